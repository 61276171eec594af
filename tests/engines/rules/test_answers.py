"""Facts with units and sources, traces, what would change it, batches and comparisons."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trihelix.engines.books import book_path
from trihelix.engines.errors import Refused
from trihelix.engines.rules import RuleBook, affected, diff, load_rules, version_diff
from trihelix.engines.rules.describe import explain, rule_json

pytestmark = pytest.mark.nodb
DAY = date(2023, 6, 1)
FIRM: dict[str, Any] = {
    "resident": True, "staff": 80, "tech_staff": 18, "sales": 5600, "assets": 1000, "rd": 300, "cost": 5000, "ip1": 0, "ip2": 2,
    "banned": False, "incident": False, "blacklisted": False,
    "hnte_valid": False, "national_award_top3": False, "rd_body_provincial": False, "led_standard": False,
}  # fmt: skip


def codes(book: RuleBook, facts: dict[str, Any], rule: str = "tech-sme", on: date = DAY) -> set[tuple[str | None, str]]:
    with pytest.raises(Refused) as refusal:
        book.check(rule, facts, on)
    return {(p.field, p.code) for p in refusal.value.problems}


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("staff", -1, "negative"),
        ("staff", 1.5, "too_fine"),
        ("staff", "八十", "bad_number"),
        ("staff", True, "bad_number"),
        ("staff", [80], "bad_type"),
        ("staff", 10**10, "out_of_range"),
        ("staff", {"value": 80, "unit": "万元"}, "wrong_unit"),
        ("staff", {"amount": 80}, "unknown_key"),
        ("sales", "1.0000001", "fraction_of_fen"),
        ("sales", {"value": 5600, "unit": "美元"}, "wrong_unit"),
        ("sales", {"value": 5600, "as_of": "去年"}, "bad_date"),
        ("sales", float("nan"), "bad_number"),
        ("sales", 0.1234567890123456789, "imprecise_number"),
        ("resident", "是", "bad_type"),
        ("founded", "2019/1/1", "bad_date"),
        ("nobody", 1, "unknown_key"),
    ],
)
def test_wrong_facts_are_named(book: RuleBook, key: str, value: Any, code: str) -> None:
    assert codes(book, {**FIRM, key: value}) == {(key, code)}


def test_all_wrong_facts_are_named_at_once(book: RuleBook) -> None:
    assert codes(book, {**FIRM, "staff": -1, "rd": "x", "foo": 1}) == {("staff", "negative"), ("rd", "bad_money"), ("foo", "unknown_key")}


def test_an_alias_may_not_contradict_its_key(book: RuleBook) -> None:
    assert book.check("tech-sme", {**FIRM, "rd_tax": "300.00"}, DAY).verdict == "met"
    assert codes(book, {**FIRM, "rd_tax": 299}) == {("rd_tax", "contradiction")}


def test_unknown_rule_and_unheld_day_are_refused(book: RuleBook) -> None:
    assert codes(book, {}, "tech-smes") == {("rule", "unknown_rule")}
    assert codes(book, {}, "tech-sme", date(2000, 1, 1)) == {("on", "no_version")}


def test_series_and_percentages_read_as_written(book: RuleBook) -> None:
    on, base = date(2026, 5, 1), {"market_rank": 9}
    for value, verdict in ((10, "met"), ("10%", "met"), ({"value": 10, "unit": "%"}, "met"), (9.999999, "not_met"), ("0.1", "not_met")):
        answer = book.check("little-giant", {**base, "market_share": value}, on, change=False)
        assert next(e["outcome"] for e in answer.trace if e["clause"] == "market") == verdict, value
    assert codes(book, {"market_share": 101}, "little-giant", on) == {("market_share", "out_of_range")}
    assert codes(book, {"revenue": []}, "little-giant", on) == {("revenue", "bad_series")}
    assert codes(book, {"revenue": [1, -2]}, "little-giant", on) == {("revenue", "negative")}


def test_the_trace_names_figures_and_where_they_come_from(book: RuleBook) -> None:
    fact = {"value": 56_000_000, "unit": "元", "as_of": "2022-12-31", "source": "审计报告"}
    answer = book.check("tech-sme", {**FIRM, "sales": fact}, DAY)
    sales = next(e for e in answer.trace if e["clause"] == "sales")
    assert sales["figures"][0] == {
        "key": "sales",
        "label": "年销售收入",
        "value": 5600,
        "unit": "万元",
        "as_of": "2022-12-31",
        "source": "审计报告",
    }
    assert sales["figures"][1]["source"].startswith("国科发政〔2017〕115号")
    assert sales["margin"] == {"value": "5600", "op": "≤", "limit": "20000", "gap": "-14400"}
    ratio = next(e for e in answer.trace if e["clause"] == "staff_score")
    assert ratio["margin"] == {"value": "0.225"} and ratio["points"] == {"min": 12, "max": 12, "max_points": 20}
    assert [e["clause"] for e in answer.trace if e["parent"] == "rd_score"] == ["rd_sales_score", "rd_cost_score"]
    assert answer.book == book.digest


def test_defaults_of_the_book_are_marked_as_such(book: RuleBook) -> None:
    answer = book.check("patent-fee", {"ptype": "invention", "year": 7, "eligible": True, "parties": 1}, date(2025, 5, 1))
    figures = {f["key"]: f["source"] for e in answer.trace for f in e["figures"]}
    assert figures["open_licence"] == "规则书默认值" and figures["eligible"] is None


def test_smallest_changes_are_smallest(book: RuleBook) -> None:
    """Each single change mends its clause; one unit less does not."""
    facts = {**FIRM, "staff": 503, "tech_staff": 49, "assets": 20000.01, "rd": 200}
    answer = book.check("tech-sme", facts, DAY)
    assert {c["clause"] for c in answer.change} >= {"staff", "assets", "staff_score_positive"}
    for row in answer.change:
        assert row["from"] == facts[row["key"]]
        step = 1 if isinstance(row["to"], int) and row["unit"] != "万元" else 0.000001
        nearer = row["to"] + step if row["to"] < row["from"] else row["to"] - step
        outcome = {v: _outcome(book, {**facts, row["key"]: v}, row["clause"]) for v in (row["to"], nearer)}
        assert outcome == {row["to"]: "met", nearer: "not_met"}, row


def _outcome(book: RuleBook, facts: dict[str, Any], clause: str) -> str:
    answer = book.check("tech-sme", facts, DAY, change=False)
    return next(e["outcome"] for e in answer.trace if e["clause"] == clause)


def test_the_combination_makes_the_rule_met(book: RuleBook) -> None:
    facts = {**FIRM, "staff": 40, "tech_staff": 4, "sales": 1000, "rd": 10, "cost": 500, "ip2": 0}
    answer = book.check("tech-sme", facts, DAY)
    assert answer.verdict == "not_met" and answer.combination
    assert book.check("tech-sme", facts | {c["key"]: c["to"] for c in answer.combination}, DAY).verdict == "met"
    for left_out in answer.combination:
        rest = {c["key"]: c["to"] for c in answer.combination if c is not left_out}
        assert book.check("tech-sme", facts | rest, DAY).verdict != "met"


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(1, 600), st.integers(0, 100), st.integers(1, 25000), st.integers(0, 60), st.integers(0, 5))
def test_every_offered_change_holds(staff: int, tech: int, sales: int, rd_share: int, ip2: int) -> None:
    book = BOOK
    facts = {
        **FIRM,
        "staff": staff,
        "tech_staff": staff * tech // 100,
        "sales": sales,
        "cost": sales,
        "rd": sales * rd_share // 100,
        "ip2": ip2,
    }
    answer = book.check("tech-sme", facts, DAY)
    for row in answer.change:
        assert _outcome(book, facts | {row["key"]: row["to"]}, row["clause"]) == "met"
    if answer.combination:
        assert book.check("tech-sme", facts | {c["key"]: c["to"] for c in answer.combination}, DAY, change=False).verdict == "met"
    if answer.verdict == "met":
        assert answer.change == [] and answer.combination is None


def test_many_firms_and_one_firm_agree(book: RuleBook) -> None:
    rows = [FIRM, {**FIRM, "rd": 112.5}, {**FIRM, "staff": None}, {**FIRM, "ip1": None, "ip2": None, "assets": 20000.01}]
    table = book.check_many("tech-sme", pl.DataFrame([{"id": f"f{i}", **r} for i, r in enumerate(rows)]), DAY)
    assert table["id"].to_list() == ["f0", "f1", "f2", "f3"]
    for got, facts in zip(table.to_dicts(), rows, strict=True):
        one = book.check("tech-sme", facts, DAY, change=False)
        assert (got["verdict"], got["failed"], got["missing"], got["total"]) == (one.verdict, one.failed, one.missing, one.total)
        assert got["parts"] == [{k: p[k] for k in ("id", "min", "max", "max_points")} for p in one.parts]


def test_wrong_rows_are_named_by_their_id(book: RuleBook) -> None:
    frame = pl.DataFrame({"id": ["a", "b", "c"], "staff": [10, -1, 5], "tech_staff": [1, 1, 9], "sales": [1.5, 0.1234567, 2.0]})
    with pytest.raises(Refused) as refusal:
        book.check_many("tech-sme", frame, DAY)
    assert {(p.row, p.field, p.code) for p in refusal.value.problems} == {
        ("b", "staff", "negative"), ("b", "sales", "fraction_of_fen"), ("c", "tech_staff", "contradiction"),
    }  # fmt: skip
    marked = book.check_many("tech-sme", frame, DAY, errors="mark")
    assert [len(x) for x in marked["errors"]] == [0, 2, 1]
    assert marked["total"].to_list()[1] is None and marked["total"].to_list()[0] is not None
    with pytest.raises(Refused) as refusal:
        book.check_many("tech-sme", pl.DataFrame({"turnover": [1]}), DAY)
    assert refusal.value.problems[0].code == "unknown_key"


@given(st.integers(0, 10**13))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_floats_are_read_by_their_shortest_text(fen: int) -> None:
    """Every amount of up to fifteen digits survives the float column exactly."""
    from trihelix.engines.rules.frames import normalise

    rule = BOOK.rule("tech-sme")
    columns, problems = normalise(rule, pl.DataFrame({"sales": [fen / 10**6]}), [1])
    assert problems == [] and columns["i:sales"].to_list() == [fen]


def test_diff_names_what_changed_and_whom_it_touches(tmp_path: Path, book: RuleBook) -> None:
    (tmp_path / "rules").mkdir()
    text = (book_path("jilin", {}) / "rules" / "tech-sme.yaml").read_text(encoding="utf-8")
    (tmp_path / "rules" / "tech-sme.yaml").write_text(text.replace("value: 60, source", "value: 65, source"), encoding="utf-8")
    new = load_rules(tmp_path)
    changes = [c for c in diff(book, new) if c["rule"] == "tech-sme"]
    assert changes == [{"rule": "tech-sme", "path": "/parameters/pass_total/values/2017-05-03/value", "old": 60, "new": 65}]
    assert {c["rule"] for c in diff(book, new)} == set(book.rules) and diff(book, book) == []
    frame = pl.DataFrame([{"id": "x", **FIRM}, {"id": "y", **FIRM, "ip1": 1}])
    assert affected(book, new, "tech-sme", frame, (DAY, DAY)).select("id", "old_verdict", "new_verdict").to_dicts() == [
        {"id": "x", "old_verdict": "met", "new_verdict": "not_met"}
    ]


def test_two_days_of_one_rule_compare(book: RuleBook) -> None:
    changes = version_diff(book, "tech-relending", date(2026, 1, 18), date(2026, 1, 19))
    assert [(c["path"], c["old"], c["new"]) for c in changes] == [("/parameters/rate", 0.015, 0.0125)]
    ladder = {c["path"] for c in version_diff(book, "specialised-sme", date(2026, 3, 31), date(2026, 4, 1))}
    assert {"/version", "/parameters/niche_least", "/gates/prior_title"} <= ladder


def test_every_rule_is_described_whole(book: RuleBook) -> None:
    for rule in book.rules.values():
        whole = rule_json(rule)
        assert {i["key"] for i in whole["inputs"]} == set(rule.inputs)
        for version in rule.versions:
            text = explain(rule, version, version.since)
            assert rule.label.zh in text and str(version.cite) in text
            assert ("待核实" in text) or not version.cite.unverified
            for clause in (*version.gates, *version.passes, *version.direct):
                assert clause.label.zh in text


BOOK = load_rules(book_path("jilin", {}))
