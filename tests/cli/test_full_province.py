"""The full province: totals asked for are totals counted; contradictions are refused; nothing is stored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from trihelix.cli.demo.full.targets import read, targets
from trihelix.engines.bookfile import load_file
from trihelix.engines.errors import Refused

BOOK = Path(__file__).parents[2] / "books" / "jilin"
FULL = load_file(BOOK / "demo" / "full.yaml", BOOK)
DAY = "2025-05-28"
KEPT = {"F14", "F15", "F25", "F26", "F41", "F53", "F74", "F76", "F78", "F80", "F96"}  # not scaled: rates, or bound by the map


def trihelix(home: Path, *args: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    env = {**{k: v for k, v in os.environ.items() if k != "DATABASE_URL"}, "TRIHELIX_HOME": str(home), "TRIHELIX_LOG_LEVEL": "ERROR"}
    done = subprocess.run([sys.executable, "-m", "trihelix.cli", *args], env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == code, done.stdout[-2000:] + done.stderr[-4000:]
    return done


def smaller() -> dict[str, str]:
    """The letter's totals divided by twelve, whole where they count."""
    out = {}
    for figure, value in FULL["totals"].items():
        exact = Fraction(str(value))
        money = exact.denominator > 1
        if figure in KEPT:
            continue
        part = exact / 12
        out[figure] = str(round(float(part), 2) or 0.01) if money else str(max(1, int(part)))
    return {
        **out,
        "F75": "30",
        "F77": "90",
        "F79": "60",
        "F09": "9",
        "F10": "11",
        "F29": "411",
        "F20": "0.31",
        "F21": "0.2",
        "F84": "0.2",
        "F86": "605.5",
    }


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("full") / "home"
    file = home.parent / "targets.json"
    file.write_text(json.dumps(smaller()), encoding="utf-8")
    done = trihelix(home, "demo", "--full", "--targets", str(file), "--no-serve", "--json")
    answer = json.loads(done.stdout)
    assert answer["journal"]["ok"]
    return home


def figures(home: Path) -> dict[str, dict]:
    return {f["id"]: f for f in json.loads(trihelix(home, "figures", "--as-of", DAY, "--json").stdout)}


pytestmark = [pytest.mark.nodb]


def test_every_total_asked_for_is_counted(province: Path) -> None:
    wanted = {**{k: str(v) for k, v in FULL["totals"].items()}, **smaller()}
    wanted["F16"] = wanted["F07"]
    found = figures(province)
    wrong = {
        k: (v, found[k]["value_exact"], found[k].get("gap"))
        for k, v in wanted.items()
        if k not in ("F53", "F96") and Fraction(found[k]["value_exact"] or -1) != Fraction(v)
    }
    assert wrong == {}
    assert (found["F53"]["value"], found["F96"]["value"]) == (wanted["F53"], wanted["F96"])
    assert [k for k, f in found.items() if f["status"] == "gap"] == []


def test_a_list_holds_the_summands_of_its_number(province: Path) -> None:
    found = figures(province)
    rows = [json.loads(line) for line in trihelix(province, "figures", "--as-of", DAY, "--list", "F30").stdout.splitlines()]
    assert len(rows) == int(found["F29"]["value_exact"])
    assert sum(r["value_fen"] for r in rows) == Fraction(found["F30"]["value_exact"]) * 10**10


def test_one_contract_revoked_changes_the_numbers_that_depend_on_it(province: Path) -> None:
    before = figures(province)
    row = json.loads(trihelix(province, "figures", "--as-of", DAY, "--list", "F30").stdout.splitlines()[0])
    trihelix(province, "act", "contracts", row["ref"], "revoke", "--reason", "登记材料不实", "--json")
    after = figures(province)
    changed = {k for k in before if before[k]["digest"] != after[k]["digest"]}
    assert changed == {"F29", "F30"}
    assert int(before["F29"]["value_exact"]) - int(after["F29"]["value_exact"]) == 1
    assert (Fraction(before["F30"]["value_exact"]) - Fraction(after["F30"]["value_exact"])) * 10**10 == row["value_fen"]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"F36": 400}, {"F36"}),
        ({"F35": 362}, {"F35"}),
        ({"F35": 400, "F36": 390}, {"F35", "F36"}),
        ({"F77": 85}, {"F75", "F79"}),
        ({"F16": 2, "F07": 3}, {"F16"}),
        ({"F45": "16"}, {"F45"}),
        ({"F78": 10}, {"F78"}),
        ({"F39": 0}, {"F39"}),
        ({"F29": "4830.5"}, {"F29"}),
        ({"F29": -1}, {"F29"}),
        ({"F05": 19}, {"F05"}),
        ({"F999": 1}, {"F999"}),
        ({"F29": True}, {"F29"}),
    ],
)
def test_contradicting_totals_are_refused_by_name(tmp_path: Path, given: dict, named: set[str]) -> None:
    file = tmp_path / "targets.json"
    file.write_text(json.dumps(given), encoding="utf-8")
    with pytest.raises(Refused) as found:
        targets(read(file))
    assert {p.field for p in found.value.problems} == named


def test_a_refused_total_leaves_no_data_folder(tmp_path: Path) -> None:
    file, home = tmp_path / "targets.json", tmp_path / "home"
    file.write_text('{"F35": 400, "F36": 390}', encoding="utf-8")
    done = trihelix(home, "demo", "--full", "--targets", str(file), "--no-serve", "--json", code=2)
    assert {e["field"] for e in json.loads(done.stdout)["errors"]} == {"F35", "F36"}
    assert not (home / "trihelix.sqlite3").exists()
