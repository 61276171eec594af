"""Import of the stock-taking at the letter's size: 16,574 rows, the same once more, the same with every value changed, then with
wrong rows; the register's own sheet likewise; figures beside it.

Run: ``python benchmarks/patents/imports.py [ROWS]``; a data folder of its own is made and migrated.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TRIHELIX_HOME", tempfile.mkdtemp(prefix="trihelix-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trihelix.site.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from trihelix.engines.codes import application_of, synthetic_credit_code  # noqa: E402
from trihelix.kernel import bulk, clock  # noqa: E402
from trihelix.kernel.accounts import operator  # noqa: E402
from trihelix.kernel.figures import Period, evaluate  # noqa: E402
from trihelix.kernel.register import register_of  # noqa: E402
from trihelix.kernel.tables import without_migrations  # noqa: E402
from trihelix.registers.patents import national  # noqa: E402
from trihelix.registers.patents.models import Patent, StockRecord  # noqa: E402

ROWS = 16_574
BODIES = 51
HEADINGS = (
    "序号",
    "专利号",
    "专利名称",
    "专利类型",
    "单位名称",
    "专利权人",
    "发明人",
    "申请日",
    "授权公告日",
    "法律状态",
    "IPC分类号",
    "价值分级",
    "产业化前景",
    "摘要",
)


def number(serial: int, year: int = 2019) -> str:
    return application_of(year, serial)


def export(path: Path, rows: int, wrong: int = 0, changed: bool = False) -> Path:
    """A file as the national platform might export it; the last ``wrong`` rows carry a wrong check digit, ``changed`` ones other values."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(HEADINGS)
        for i in range(rows):
            app_no = number(i) if i < rows - wrong else number(i)[:-1] + ("1" if number(i)[-1] != "1" else "2")
            out.writerow(
                [
                    i + 1,
                    f"ZL{app_no}",
                    f"一种{'改名的' if changed else ''}测试装置与方法{i}",
                    "发明",
                    f"u{i % BODIES}",
                    f"示例高校{i % BODIES}",
                    "甲;乙",
                    "2019-03-01",
                    "2021-05-01",
                    "失效" if changed and i % 7 == 0 else "有效",
                    "H01L 21/02",
                    "五星" if changed else "四星",
                    "前景好",
                    "更正后的摘要文字" if changed else "用于基准测试的摘要文字",
                ]
            )
    return path


def timed(name: str, act: Callable[[], Any]) -> Any:
    started, worked = time.perf_counter(), time.process_time()
    answer = act()
    print(f"{name:<42}{time.perf_counter() - started:8.1f} s{time.process_time() - worked:8.1f} s of processor", flush=True)
    return answer


def main(rows: int) -> None:
    without_migrations()  # the tables are the same, and made in a second
    call_command("migrate", run_syncdb=True, verbosity=0)
    by = operator()
    bodies = [
        {
            "ref": f"u{i}",
            "title": f"示例高校{i}",
            "kind": "university",
            "division": "220100",
            "credit_code": synthetic_credit_code(i, authority="12"),
        }
        for i in range(BODIES)
    ]
    bulk.import_rows(register_of("bodies"), bodies, by)
    bulk.import_rows(register_of("stock_rounds"), [{"ref": "PD", "title": "盘点", "owner": "u0", "starts_on": clock.today()}], by)
    folder = Path(tempfile.mkdtemp(prefix="trihelix-bench-files-"))
    path = export(folder / "export.csv", rows)
    first = timed(f"export, {rows} rows: patents and forms", lambda: national.import_export(path, "PD", by))
    assert (first["patents"]["created"], first["forms"]["created"], first["errors"]) == (rows, rows, [])
    again = timed("the same file again", lambda: national.import_export(path, "PD", by))
    assert (again["patents"]["unchanged"], again["forms"]["unchanged"]) == (rows, rows)
    other = timed(
        "the same with every row changed", lambda: national.import_export(export(folder / "changed.csv", rows, changed=True), "PD", by)
    )
    assert (other["patents"]["created"], other["patents"]["updated"], other["forms"]["created"], other["forms"]["updated"]) == (
        0,
        rows,
        0,
        rows,
    )
    assert (Patent.objects.count(), StockRecord.objects.filter(stars=5).count()) == (rows, rows)
    wrong = timed("the same with 100 wrong rows", lambda: national.import_export(export(folder / "wrong.csv", rows, 100), "PD", by))
    assert wrong["refused"] == 100
    plain = folder / "patents.csv"
    with plain.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["申请号", "专利名称", "第一权利人（库内）", "申请日", "授权公告日"])
        out.writerows([number(i, 2020), f"另一种装置{i}", f"u{i % BODIES}", "2020-03-01", "2021-05-01"] for i in range(rows))
    alone = timed(f"the register's own sheet, {rows} patents", lambda: bulk.import_file(register_of("patents"), plain, by))
    assert alone["created"] == rows
    once_more = timed("the same sheet again", lambda: bulk.import_file(register_of("patents"), plain, by))
    assert once_more["unchanged"] == rows
    with plain.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["申请号", "专利名称", "第一权利人（库内）", "申请日", "授权公告日"])
        out.writerows([number(i, 2020), f"改名装置{i}", f"u{i % BODIES}", "2020-03-02", "2021-05-02"] for i in range(rows))
    renamed = timed("the same sheet with every row changed", lambda: bulk.import_file(register_of("patents"), plain, by))
    assert (renamed["created"], renamed["updated"], Patent.objects.count()) == (0, rows, 2 * rows)
    day = Period(None, clock.today())
    assert timed("figure: patents with prospects", lambda: evaluate("patents.stock_prospects", by, day).raw()) == rows
    assert timed("figure: bodies", lambda: evaluate("patents.stock_bodies", by, day).raw()) == BODIES


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
