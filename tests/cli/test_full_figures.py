"""A small full province: every figure against plain Python over exports, the letter against its figures, frozen reports record by record."""

from __future__ import annotations

import datetime as dt
import html
import json
import os
import random
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import docx
import pytest

from tests.cli import naive
from tests.cli.test_full_province import DAY, figures, smaller, trihelix

pytestmark = [pytest.mark.nodb]
EXPORT = """
import sys
from trihelix.cli.records import export
for name in sys.argv[2:]:
    export.main([name, f"{sys.argv[1]}/{name}.jsonl", "--json"], standalone_mode=False)
"""


SETUP = """
import json, os, datetime as dt
os.environ["DJANGO_SETTINGS_MODULE"] = "trihelix.site.settings"
import django
django.setup()
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
from trihelix.registers.figures import comparison
from trihelix.registers.figures.models import Report
"""
FREEZE = """
acts = register_of("reports").acts
made = acts["create"].run(by=operator(), title="固化测试", as_of=dt.date(2025, 5, 28))
acts["freeze"].run(by=operator(), record=made.record)
print(json.dumps(made.number))
"""
CHANGED = "print(json.dumps([r for r in comparison.since_frozen(Report.objects.get(), operator()) if r['changed']], default=str))"


def inside(home: Path, code: str) -> Any:
    """Run code in a data folder; what it prints as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", SETUP + code], env=environment(home), check=True, capture_output=True, text=True, timeout=300
    )
    return json.loads(done.stdout.splitlines()[-1])


def environment(home: Path) -> dict[str, str]:
    return {**{k: v for k, v in os.environ.items() if k != "DATABASE_URL"}, "TRIHELIX_HOME": str(home), "TRIHELIX_LOG_LEVEL": "ERROR"}


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("naive") / "home"
    file = home.parent / "targets.json"
    file.write_text(json.dumps(smaller()), encoding="utf-8")
    trihelix(home, "demo", "--full", "--seed", "2", "--targets", str(file), "--no-serve", "--json")
    return home


@pytest.fixture(scope="module")
def exported(province: Path) -> Path:
    folder = province.parent / "exports"
    folder.mkdir()
    subprocess.run(
        [sys.executable, "-c", EXPORT, str(folder), *naive.TABLES], env=environment(province), check=True, capture_output=True, timeout=300
    )
    return folder


def test_figures_equal_a_naive_recount_on_any_day(province: Path, exported: Path) -> None:
    rng = random.Random(20250528)
    days = [
        dt.date.fromisoformat(DAY),
        dt.date(2024, 2, 29),
        *(dt.date(2022, 6, 1) + dt.timedelta(days=rng.randrange(1_200)) for _ in range(4)),
    ]
    for day in days:
        told = {f["id"]: f for f in json.loads(trihelix(province, "figures", "--as-of", day.isoformat(), "--json").stdout)}
        assert naive.differences(exported, told, day) == {}, day


def test_no_check_of_the_full_province_is_red(province: Path) -> None:
    found = json.loads(trihelix(province, "figures", "--checks", "--as-of", DAY, "--json").stdout)
    assert {f["light"] for f in found} <= {"green", "amber"}
    assert all(f["note"] for f in found if f["light"] == "amber")


def test_numbers_of_the_letter_read_back_are_the_figures(province: Path, tmp_path: Path) -> None:
    out = tmp_path / "letter.docx"
    answer = json.loads(trihelix(province, "letter", "--as-of", DAY, "-o", str(out), "--html", "--footnotes", "--json").stdout)
    assert answer["gaps"] == []
    told, paper = figures(province), docx.Document(out)
    text = "\n".join(p.text for p in paper.paragraphs)
    marked = re.findall(r"([0-9][0-9.]*|[零一二三四五六七八九十百千两]+|[0-9]{4}年[0-9]+月)［(F\d+)］", text)
    assert {f for _, f in marked} == set(answer["figures"])
    for number, figure in marked:
        exact = told[figure]["value"]
        if number[0].isdigit() and "月" not in number:
            assert number == exact, figure
        elif "月" in number:
            assert number == f"{int(exact[:4])}年{int(exact[5:7])}月"
        else:
            assert {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4}[number] == int(exact), figure
    loose = re.sub(r"([0-9][0-9.]*|[0-9]{4}年[0-9]+月)［F\d+］|［F\d+］", "", text)
    left = set(re.findall(r"[0-9]+", re.sub(r"20\d\d年(\d+月\d+日)?|〔20\d\d〕\d+号|第18号|^\d\.", "", loose, flags=re.M)))
    assert left <= {"18", "71"}, left  # the title and the number of the paper itself
    page = out.with_suffix(".html").read_text(encoding="utf-8")
    linked = dict(re.findall(r'data-figure="(F\d+)">([^<]*)</a>', page))
    assert set(linked) == set(answer["figures"])
    assert all(html.unescape(v).replace("超过", "").replace("近", "")[:1] for v in linked.values())
    annex = {r.cells[0].text: r.cells[2].text for table in paper.tables for r in table.rows[1:]}
    assert {k: v.split(" ")[0] for k, v in annex.items()} == {k: told[k]["value"] for k in answer["figures"]}


def test_a_frozen_report_tells_record_by_record_what_changed(province: Path) -> None:
    inside(province, FREEZE)
    before = figures(province)
    row = json.loads(trihelix(province, "figures", "--as-of", DAY, "--list", "F30").stdout.splitlines()[3])
    trihelix(province, "act", "contracts", row["ref"], "revoke", "--reason", "登记材料不实", "--json")
    changed = {c["figure"]: c for c in inside(province, CHANGED)}
    assert set(changed) == {"F29", "F30"}
    for figure, raw in (("F29", "1"), ("F30", str(row["value_fen"]))):
        assert (
            changed[figure]["removed"] == [[row["uid"].replace("-", ""), raw]]
            and not changed[figure]["added"]
            and not changed[figure]["altered"]
        )
    now = figures(province)
    assert {k for k in before if before[k]["digest"] != now[k]["digest"]} == {"F29", "F30"}
    assert Fraction(before["F29"]["value_exact"]) - Fraction(now["F29"]["value_exact"]) == 1
