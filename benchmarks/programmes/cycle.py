"""A full cycle by acts: N applications submitted, checked, reviewed, decided, announced; throughput of each step, then list pages.

Run: ``python benchmarks/programmes/cycle.py [N]`` in a data folder of its own (``TRIHELIX_HOME``), freshly migrated by this script.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("TRIHELIX_HOME", tempfile.mkdtemp(prefix="trihelix-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trihelix.site.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from trihelix.engines.codes import synthetic_credit_code  # noqa: E402
from trihelix.kernel.accounts import operator  # noqa: E402
from trihelix.kernel.actor import SYSTEM  # noqa: E402
from trihelix.kernel.register import register_of  # noqa: E402

ANSWERS = {
    "summary": "摘要", "goals": "目标与内容", "term_months": 24, "honest": True, "indicators": [{"name": "指标", "target": "1"}], "requested": 10,
    "budget": {"业务费": {"public": 10}},
}  # fmt: skip
BATCH = 250  # acts in one transaction, as an import would group them


def timed(name: str, items: Iterable[Any], act: Callable[[Any], Any]) -> list[Any]:
    """Run an act over items in batches; print its throughput."""
    held, out = list(items), []
    started = time.perf_counter()
    for i in range(0, len(held), BATCH):
        with transaction.atomic():
            out += [act(x) for x in held[i : i + BATCH]]
    took = time.perf_counter() - started
    print(f"{name:<14}{len(held):>7}  {took:8.1f} s  {len(held) / took:8.0f} /s", flush=True)
    return out


def pages() -> None:
    """The list pages over what was made: time and number of queries."""
    client = Client()
    for address in ("/calls/", "/programmes/schemes/"):
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            started = time.perf_counter()
            client.get(address)
        print(f"{address:<24}{(time.perf_counter() - started) * 1000:7.0f} ms  {len(seen)} queries")


def main(count: int) -> None:
    """The cycle over ``count`` applications of as many bodies."""
    call_command("migrate", verbosity=0)
    op = operator()

    def do(register: str, act: str, record: Any = None, by: Any = op, **values: Any) -> Any:
        return register_of(register).acts[act].run(by=by, **({"record": record.record} if record is not None else {}), **values)

    call = do("calls", "create", title="基准通知", scheme="natural-fund", year=2026)
    do("calls", "approve", call)
    do("calls", "publish", call)
    codes = [synthetic_credit_code(i, "220101", "12") for i in range(count)]
    bodies = timed(
        "bodies", range(count), lambda i: do("bodies", "create", title=f"示例大学{i}", kind="university", credit_code=codes[i], inside=True)
    )
    cases = timed(
        "create", bodies, lambda b: do("applications", "create", title=f"申报 {b.ref}", call=call.number, owner=b.ref, class_id="young")
    )
    # the unit's own acts are done by an actor of that unit
    from trihelix.kernel.actor import Actor

    owners = {c.pk: Actor(op.user_id, "基准", body_roles={c.record.owner_id: frozenset({"transfer_office"})}) for c in cases}
    timed(
        "save",
        cases,
        lambda c: do("applications", "save", c, owners[c.pk], answers={**ANSWERS, "requested": 8, "budget": {"业务费": {"public": 8}}}),
    )
    timed("submit", cases, lambda c: do("applications", "submit", c, owners[c.pk]))
    timed("unit check", cases, lambda c: do("applications", "unit_approve", c, owners[c.pk]))
    timed("recommend", cases, lambda c: do("applications", "recommend", c))
    timed("form check", cases, lambda c: do("applications", "form_pass", c))
    timed("screening", cases, lambda c: do("applications", "screen_pass", c, similar_read=True))
    timed(
        "review",
        enumerate(cases, 1),
        lambda pair: do("applications", "review_done", pair[1], SYSTEM, score=100 - pair[0] / count, rank=pair[0]),
    )
    timed("decide", cases, lambda c: do("applications", "decide", c, outcome="award", note="同意"))
    timed("announce", [call], lambda c: do("calls", "announce", c))
    pages()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
