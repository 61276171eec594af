"""The command `rules`: list, show, explain, diff, check; one firm and many; refusals as JSON with exit 2."""

from __future__ import annotations

import json

import polars as pl
import pytest

from trihelix.cli.base import main

pytestmark = pytest.mark.nodb
RULES = [
    "tech-sme",
    "hnte",
    "innovative-sme",
    "specialised-sme",
    "little-giant",
    "eaglet",
    "gazelle",
    "unicorn",
    "cocoon",
    "innovation-points",
    "rd-super-deduction",
    "tech-relending",
    "rd-guidance-subsidy",
    "incubator",
    "transfer-agency",
    "pilot-base",
    "patent-intensive-product",
    "model-patent-firm",
    "high-value-patent",
    "patent-fee",
    "contract-tax-relief",
    "income-share-floor",
    "patent-award",
    "open-bid-subsidy",
    "cas-fund",
    "quota-after-overdue",
    "funded-patent-idle",
    "jilin-points",
    "patent-fee-holder",
    "patent-use",
    "consortium-members",
    "alliance-members",
    "institute-council",
]
FIRM = {"resident": True, "staff": 80, "tech_staff": 18, "sales": 5600, "assets": 1000.5, "rd": 300, "cost": 5000, "ip1": 0, "ip2": 2, "banned": False, "incident": False, "blacklisted": False}  # fmt: skip
ANSWER = {"rule", "version", "on", "verdict", "total", "parts", "route", "failed", "missing", "outputs", "trace", "change"}


@pytest.fixture
def call(capsys, tmp_path):
    def run(*args, files=()):
        for name, content in dict(files).items():
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / name).write_text(text, encoding="utf-8")
        code = 0
        try:
            main(["rules", *(str(tmp_path / a) if a in dict(files) or a.startswith("out.") else a for a in args)])
        except SystemExit as stop:
            code = stop.code
        return code, capsys.readouterr().out

    return run


def test_all_rules_are_listed_and_shown(call) -> None:
    code, out = call("list", "--json")
    assert code == 0 and {r["rule"] for r in json.loads(out)} == set(RULES)
    for rule in RULES:
        code, out = call("show", rule, "--json")
        whole = json.loads(out)
        assert code == 0 and all(i["zh"] and "unit" in i and i["type"] for i in whole["inputs"]), rule
        assert all(v["source"]["doc"] and v["source"]["confirmed"] for p in whole["parameters"] for v in p["values"]), rule


def test_check_answers_in_the_stable_shape(call) -> None:
    code, out = call("check", "tech-sme", "--facts", "f.json", "--on", "2023-06-01", "--json", files={"f.json": FIRM})
    answer = json.loads(out)
    assert code == 0 and set(answer) >= ANSWER
    assert (answer["verdict"], answer["total"], answer["route"]) == ("met", {"min": 64, "max": 64}, "scored")
    assert all({"clause", "text", "source", "figures", "outcome"} <= set(e) for e in answer["trace"])
    code, out = call("check", "tech-sme", "--facts", "f.json", "--on", "2023-06-01", files={"f.json": FIRM})
    assert code == 0 and "符合" in out and "国科发政〔2017〕115号" in out


def test_explain_cites_sources(call) -> None:
    code, out = call("explain", "specialised-sme", "--on", "2026-04-01")
    assert code == 0 and "版本 2026" in out and "营业收入下限：1500万元" in out


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_batch_writes_one_row_a_firm(call, tmp_path, suffix) -> None:
    lines = [{"id": "a", **FIRM}, {"id": "b", "facts": {**FIRM, "sales": {"value": 56_000_000, "unit": "元"}}}, {"id": "c", "staff": 501}]
    files = {"firms.jsonl": "\n".join(json.dumps(x) for x in lines)}
    code, out = call("check", "tech-sme", "--batch", "firms.jsonl", "-o", f"out.{suffix}", "--on", "2023-06-01", "--json", files=files)
    assert code == 0 and json.loads(out)["verdicts"] == {"met": 2, "not_met": 1}
    path = tmp_path / f"out.{suffix}"
    rows = (
        pl.read_parquet(path).to_dicts() if suffix == "parquet" else [json.loads(x) for x in path.read_text(encoding="utf-8").splitlines()]
    )
    assert [(r["id"], r["verdict"], r["failed"]) for r in rows] == [("a", "met", []), ("b", "met", []), ("c", "not_met", ["staff"])]
    assert rows[0]["total"] == {"min": 64, "max": 64}


def test_batch_with_trace_and_with_wrong_rows(call, tmp_path) -> None:
    files = {"firms.jsonl": "\n".join(json.dumps(x) for x in [{"id": "a", **FIRM}, {"id": "b", "staff": -1}])}
    args = ("check", "tech-sme", "--batch", "firms.jsonl", "-o", "out.jsonl", "--on", "2023-06-01", "--json")
    code, out = call(*args, files=files)
    assert code == 2 and [(e["row"], e["field"], e["code"]) for e in json.loads(out)["errors"]] == [("b", "staff", "negative")]
    assert not (tmp_path / "out.jsonl").exists()
    code, out = call(*args, "--keep-bad", "--trace", files=files)
    first, second = (json.loads(x) for x in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert code == 0 and set(first) >= ANSWER | {"id"}
    assert second["id"] == "b" and second["errors"][0].startswith("negative")


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("check", "tech-sme", "--facts", "f.json", "--on", "2023-13-01"), "bad_date"),
        (("check", "tech", "--facts", "f.json", "--on", "2023-06-01"), "unknown_rule"),
        (("check", "tech-sme", "--facts", "f.json", "--on", "2001-01-01"), "no_version"),
        (("check", "tech-sme", "--on", "2023-06-01"), "usage"),
        (("check", "tech-sme", "--batch", "f.json", "--on", "2023-06-01"), "usage"),
        (("check", "tech-sme", "--facts", "nowhere.json"), "no_file"),
        (("check", "tech-sme", "--batch", "bad.jsonl", "-o", "out.jsonl"), "bad_json"),
        (("check", "tech-sme", "--batch", "list.jsonl", "-o", "out.jsonl"), "bad_facts"),
        (("check", "tech-sme", "--batch", "empty.jsonl", "-o", "out.jsonl"), "empty"),
        (("show", "nothing"), "unknown_rule"),
        (("list", "--book", "atlantis"), "no_book"),
        (("diff", "2026-01-18", "2026-01-19"), "missing_key"),
    ],
)
def test_refusals_exit_two(call, args, code) -> None:
    files = {"f.json": FIRM, "bad.jsonl": "{", "list.jsonl": "[1]", "empty.jsonl": "\n"}
    status, out = call(*args, "--json", files=files)
    assert status == 2 and {e["code"] for e in json.loads(out)["errors"]} == {code}


def test_diff_of_two_days_lists_the_firms_it_touches(call) -> None:
    firm = {"id": "x", "niche_years": 2, "revenue": [1200, 1200], "main_income": 1000, "rd": [120, 120], "score": 65}
    args = ("diff", "2026-03-31", "2026-04-01", "--rule", "specialised-sme", "--batch", "firms.jsonl", "--json")
    code, out = call(*args, files={"firms.jsonl": json.dumps(firm)})
    answer = json.loads(out)
    assert code == 0 and any(c["path"] == "/parameters/revenue_least" for c in answer["changes"])
    assert [(a["id"], a["old_verdict"], a["new_verdict"]) for a in answer["affected"]] == [("x", "met", "not_met")]
