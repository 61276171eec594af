"""``python -m benchmarks.figures.run [--rows 20000]``: figures over that many contracts (sum, count, growth, distinct, list), time and queries,
each beside the naive way in the same run: every record loaded as an object and counted in Python, as pages did before.

Runs in a data folder of its own, or in the PostgreSQL of ``DATABASE_URL`` (``python tools/with_postgres.py python -m benchmarks.figures.run``).
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import Any

os.environ.setdefault("TRIHELIX_HOME", tempfile.mkdtemp(prefix="trihelix-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trihelix.site.settings")
os.environ.setdefault("TRIHELIX_LOG_LEVEL", "ERROR")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from trihelix.kernel import bulk, home  # noqa: E402
from trihelix.kernel.accounts import operator  # noqa: E402
from trihelix.kernel.register import register_of  # noqa: E402
from trihelix.registers.figures import evaluation  # noqa: E402
from trihelix.registers.figures.book import Figure, figures  # noqa: E402

DAY = dt.date(2025, 5, 28)
WAN = 1_000_000
LIMIT_MS = 100.0


def fill(rows: int) -> None:
    """Contracts registered by the provincial centre and recordings of two years, ``rows`` of each."""
    by = operator()
    bulk.import_rows(
        register_of("bodies"), [{"ref": "b-1", "title": "示例大学", "kind": "university", "division": "220100", "synthetic": True}], by
    )
    bulk.import_rows(
        register_of("nodes"), [{"ref": "JL", "title": "示例省级市场", "level": "1", "division": "220000", "synthetic": True}], by
    )
    start = dt.date(2024, 1, 1)
    for begin in range(0, rows, 5_000):
        part = range(begin, min(rows, begin + 5_000))
        bulk.import_rows(register_of("contracts"), [_contract(i, start + dt.timedelta(days=i % 366)) for i in part], by)
        bulk.import_rows(
            register_of("patent_recordings"), [_recording(i, start + dt.timedelta(days=i % 366 - 366 * (i % 2))) for i in part], by
        )


def _contract(i: int, day: dt.date) -> dict[str, Any]:
    return {
        "ref": f"ht-{i}", "title": f"示例合同{i}", "owner": "b-1", "office": "JL", "kind": "DEV", "sign_date": day, "registered_on": day, "synthetic": True,
        "parties": [{"side": "seller", "name": "甲"}, {"side": "buyer", "name": f"乙{i}"}], "amount_items": [{"label": "技术费", "kind": "technical", "amount_wan": (10 + i % 90) * WAN}],
    }  # fmt: skip


def _recording(i: int, day: dt.date) -> dict[str, Any]:
    return {
        "ref": f"ba-{i}", "title": f"示例备案{i}", "kind": "licence", "recorded_on": day, "recording_no": f"备案{i}", "patents": 1, "holder_kind": "firm",
        "holder_name": "示例权利人", "counterpart_name": "示例受让方", "synthetic": True,
    }  # fmt: skip


def measured(name: str, act: Callable[[], Any], limit: float | None, naive: Callable[[], Any] | None = None) -> bool:
    """Median of seven runs after one to warm up, with the number of queries; whether it kept the limit, and the ratio to the naive way."""
    act()
    with CaptureQueriesContext(connection) as seen:
        act()
    times = []
    for _ in range(7):
        begin = time.perf_counter()
        act()
        times.append((time.perf_counter() - begin) * 1000)
    median = statistics.median(times)
    kept = limit is None or median < limit
    beside = ""
    if naive is not None:
        begin = time.perf_counter()
        naive()
        slow = (time.perf_counter() - begin) * 1000
        beside = f"   naive {slow:8.1f} ms = {slow / median:.0f} times"
    print(
        f"{name:<44}{median:8.1f} ms {len(seen):4} queries{'' if limit is None else f'   limit {limit:.0f} ms ' + ('kept' if kept else 'MISSED')}{beside}",
        flush=True,
    )
    return kept


def lineage(figure: Figure) -> str | None:
    """The figure with every record behind it and the digest over them."""
    return evaluation.answer(figure, operator(), DAY, whole=True).digest


def naive(figure: Figure) -> None:
    """The value by loading each record and counting in Python; it must be the same."""
    counted = evaluation.run(figure.formula, operator(), evaluation.span_of(figure, DAY), figure.params)
    assert not isinstance(counted, str)
    rows = list(counted.rows)
    raw = sum(getattr(row, counted.path) for row in rows) if counted.measure == "sum" else len({row.record.uid for row in rows})
    assert raw == evaluation.lineage.tallies([counted])[0].raw


def paged(figure: Figure) -> None:
    """The figure and the first page of its list."""
    found = evaluation.answer(figure, operator(), DAY)
    assert len(list(evaluation.listed(found, operator(), found.page(0, 200)))) == 200


def main() -> None:
    """Fill, measure, exit 1 where the limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    rows = parser.parse_args().rows
    home.mark_demo()
    call_command("migrate", verbosity=0)
    fill(rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    by, known = operator(), figures()
    print(f"{connection.vendor}, {rows} contracts and {rows} recordings")
    kept = [
        measured(f"{name} {known.figure(name).name()}", partial(evaluation.answer, known.figure(name), by, DAY), LIMIT_MS, partial(naive, known.figure(name)))
        for name in ("F29", "F30", "F52")
    ]  # fmt: skip
    kept.append(measured("F53 growth, two periods", partial(evaluation.answer, known.figure("F53"), by, DAY), LIMIT_MS))
    measured("F29 with a page of its list", partial(paged, known.figure("F29")), None)
    measured("all figures of the letter", partial(evaluation.evaluate_all, by, DAY), None)
    for name in ("F29", "F30", "F53"):
        measured(f"{name} with its {rows} records (lineage)", partial(lineage, known.figure(name)), None)
    raise SystemExit(0 if all(kept) else 1)


if __name__ == "__main__":
    main()
