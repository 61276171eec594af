"""A bad book is refused with file, line and reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from trihelix.engines.bookfile import BookError
from trihelix.engines.books import book_path, books_root
from trihelix.engines.errors import Refused
from trihelix.engines.rules import load_rules
from trihelix.engines.rules.loader import read_rule

pytestmark = pytest.mark.nodb

GOOD = """\
rule: demo
zh: 示例
confirmed: 2026-02-28
sources:
  law: {doc: 示例办法}
inputs:
  staff: {zh: 职工, type: int, unit: 人}
  rd: {zh: 研发, type: money}
  sales: {zh: 销售, type: money}
parameters:
  most: {zh: 上限, values: [{from: 2020-01-01, to: 2020-12-31, value: 500, source: law}, {from: 2021-01-01, value: 600, source: law}]}
versions:
  - version: "1"
    from: 2020-01-01
    to: 2021-12-31
    source: law
    gates:
      - {id: staff, zh: 人数, when: staff <= most}
    scores:
      - id: ratio
        zh: 比例
        max: 20
        of: rd / sales
        bands:
          - {at_least: 30%, points: 20}
          - {at_least: 10%, below: 30%, points: 10}
          - {below: 10%, points: 0}
    pass:
      - {id: total, zh: 总分, when: total >= 10}
  - version: "2"
    from: 2022-01-01
    source: law
    gates:
      - {id: staff, zh: 人数, when: staff <= most}
      - {id: rd, zh: 研发, when: rd >= sales * 3%}
"""


def refused(old: str, new: str, code: str, line: int) -> str:
    assert GOOD.count(old) >= 1
    with pytest.raises(BookError) as refusal:
        rule = read_rule(GOOD.replace(old, new, 1), "rules/demo.yaml")
        from trihelix.engines.rules.engine import RuleBook

        RuleBook({rule.id: rule}, "")
    problem = refusal.value.problems[0]
    assert problem.code == code, problem
    assert problem.message.startswith(f"rules/demo.yaml:{line}:"), problem.message
    return problem.message


def test_the_good_book_loads() -> None:
    rule = read_rule(GOOD, "rules/demo.yaml")
    assert [v.id for v in rule.versions] == ["1", "2"]
    first, second = rule.parameters["most"].on(date(2020, 12, 31)), rule.parameters["most"].on(date(2021, 1, 1))
    assert first and second and (first.value, second.value) == (500, 600)
    assert rule.on(date(2019, 12, 31)) is None


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("zh: 示例\n", "zh: 示例\nauthor: 某人\n", "unknown_key", 3),
        ("{from: 2021-01-01, value: 600, source: law}", "{from: 2021-01-01, value: 600}", "missing_source", 11),
        ("source: law}, {from: 2021-01-01", "source: nolaw}, {from: 2021-01-01", "unknown_source", 11),
        ("confirmed: 2026-02-28\n", "", "missing_confirmed", 10),
        ("{from: 2021-01-01", "{from: 2020-12-31", "overlapping_dates", 11),
        ("to: 2020-12-31", "to: 2019-12-31", "dates_order", 11),
        ("    to: 2021-12-31\n", "", "overlapping_dates", 30),
        ("    from: 2022-01-01", "    from: 2021-12-31", "overlapping_dates", 31),
        ("below: 30%, points: 10", "below: 29%, points: 10", "band_hole", 20),
        ("{at_least: 30%, points: 20}", "{above: 30%, points: 20}", "band_hole", 20),
        ("below: 30%, points: 10", "below: 31%, points: 10", "band_overlap", 20),
        ("below: 30%, points: 10", "at_most: 30%, points: 10", "tie_missing", 20),
        ("max: 20", "max: 20\n        tie: better", "tie_unused", 20),
        ("{below: 10%, points: 0}", "{at_least: 5%, below: 10%, points: 0}", "band_hole", 20),
        ("{at_least: 10%, below: 30%, points: 10}", "{at_least: 30%, below: 10%, points: 10}", "unreachable", 26),
        ("points: 20}", "points: 21}", "bad_points", 20),
        ("when: staff <= most}", "when: 500 <= most}", "unreachable", 18),
        ("when: staff <= most}", "when: staff <= least}", "unknown_name", 18),
        ("when: staff <= most}", "when: staff <= 'many'}", "bad_type", 18),
        ("when: staff <= most}", "when: staff <=}", "bad_expression", 18),
        ("when: staff <= most}", "when: open(staff)}", "bad_expression", 18),
        ("when: staff <= most}", "when: staff.real > 1}", "bad_expression", 18),
        ("when: total >= 10}", "when: total == 10}", "bad_type", 29),
        ("of: rd / sales", "of: rd * rd * rd / sales", "too_large", 23),
        (
            "  staff: {zh: 职工, type: int, unit: 人}",
            "  staff: {zh: 职工, type: int, unit: 人}\n  idle: {zh: 闲置, type: int}",
            "unused_input",
            8,
        ),
        ("  law: {doc: 示例办法}", "  law: {doc: 示例办法}\n  other: {doc: 没人引用}", "unused_source", 6),
        ("parameters:", "parameters:\n  idle: {zh: 闲置, values: [{from: 2020-01-01, value: 1, source: law}]}", "unused_parameter", 11),
        ("value: 600, source: law}", "to: 2021-06-30, value: 600, source: law}", "parameter_gap", 18),
        ("{from: 2021-01-01, value: 600", "{from: 2021-02-01, value: 600", "parameter_gap", 18),
        ("{from: 2020-01-01, to: 2020-12-31", "{from: 2020-06-01, to: 2020-12-31", "parameter_gap", 18),
        ("{id: total, zh: 总分", "{id: staff, zh: 总分", "duplicate_id", 29),
        ("type: int, unit: 人", "type: whole, unit: 人", "bad_value", 7),
        ("rule: demo", "rule: demo\nrule: demo", "duplicate_key", 2),
    ],
)
def test_bad_books_are_refused(old: str, new: str, code: str, line: int) -> None:
    refused(old, new, code, line)


CASES = """\
        cases:
          - {when: staff >= 4, points: 20}
          - {when: staff >= 3, points: 10}
          - {else: true, points: 0}
"""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("staff >= 3", "staff >= 5", "unreachable"),
        ("staff >= 3", "staff >= 4", "unreachable"),
        ("          - {else: true, points: 0}\n", "", "band_hole"),
        ("{when: staff >= 3, points: 10}", "{else: true, points: 10}", "unreachable"),
    ],
)
def test_cases_must_be_reachable_and_complete(old: str, new: str, code: str) -> None:
    start, end = GOOD.index("        of: rd / sales"), GOOD.index("    pass:")
    book = GOOD[:start] + CASES + GOOD[end:]
    read_rule(book, "rules/demo.yaml")
    with pytest.raises(BookError) as refusal:
        read_rule(book.replace(old, new), "rules/demo.yaml")
    assert refusal.value.problems[0].code == code


def test_derived_figures_are_put_in_place_and_idle_ones_refused() -> None:
    book = GOOD.replace("    gates:", "    derived:\n      - {id: intensity, zh: 强度, value: rd / sales}\n    gates:", 1)
    rule = read_rule(book.replace("of: rd / sales", "of: intensity"), "rules/demo.yaml")
    assert rule.versions[0].scores[0].of is not None and rule.versions[0].scores[0].of.names == {"rd", "sales"}
    with pytest.raises(BookError) as refusal:
        read_rule(book, "rules/demo.yaml")
    assert refusal.value.problems[0].code == "unused_derived"


def test_an_empty_folder_and_a_rule_twice_are_refused(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    with pytest.raises(BookError) as refusal:
        load_rules(tmp_path)
    assert refusal.value.problems[0].code == "no_rules"
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / "rules" / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(BookError) as refusal:
        load_rules(tmp_path)
    assert refusal.value.problems[0].code == "duplicate_id"


def test_books_are_found_where_named(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "book.yaml").write_text("region: here\n", encoding="utf-8")
    assert book_path("here", {"TRIHELIX_BOOKS": str(tmp_path)}) == tmp_path / "here"
    with pytest.raises(Refused) as refusal:
        book_path("there", {"TRIHELIX_BOOKS": str(tmp_path)})
    assert "here" in refusal.value.problems[0].message
    with pytest.raises(Refused):
        books_root({"TRIHELIX_BOOKS": str(tmp_path / "missing")})
    with pytest.raises(Refused):
        book_path("../here", {"TRIHELIX_BOOKS": str(tmp_path)})
    assert (books_root({}) / "jilin" / "book.yaml").is_file()
