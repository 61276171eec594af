"""Runs the policy cases (政策案例) of this folder: YAML that a lawyer can read, one file a rule.

A case: ``case`` (section and number of the domain notes, or what it is about), ``date``, ``facts`` over the file's ``given``, ``expect``. Expected keys: ``verdict``,
``total`` (a number or [min, max]), ``route``, ``parts`` {id: number or [min, max]}, ``failed`` (exact), ``missing`` (exact),
``wan`` (money outputs in 万元, rounded half up to two decimals), ``outputs`` (others), ``change`` (contained), ``refused`` (codes).
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from trihelix.engines.books import book_path
from trihelix.engines.errors import Refused
from trihelix.engines.money import format_wan
from trihelix.engines.rules import Answer, RuleBook, load_rules

pytestmark = pytest.mark.nodb
HERE = Path(__file__).parent
KEYS = {"verdict", "total", "route", "parts", "failed", "missing", "wan", "outputs", "change", "refused", "warnings"}


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_rules(book_path("jilin", {}))


def _cases() -> list[Any]:
    out = []
    for path in sorted(HERE.glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in data["cases"]:
            case = {"rule": data["rule"], "given": data.get("given", {}), "date": data.get("date"), **case}
            out.append(pytest.param(case, id=f"{path.stem}-{case['case']}"))
    return out


def _facts(case: dict[str, Any]) -> dict[str, Any]:
    facts = {**case["given"], **case.get("facts", {})}
    return {k: v for k, v in facts.items() if v != "未知"}


def _span(value: Any) -> tuple[float, float]:
    return (value[0], value[1]) if isinstance(value, list) else (value, value)


@pytest.mark.parametrize("case", _cases())
def test_policy_case(case: dict[str, Any], book: RuleBook) -> None:
    expect = case["expect"]
    assert expect and set(expect) <= KEYS, set(expect) - KEYS
    if "refused" in expect:
        with pytest.raises(Refused) as refusal:
            book.check(case["rule"], _facts(case), case["date"])
        assert {p.code for p in refusal.value.problems} == set(expect["refused"])
        return
    answer = book.check(case["rule"], _facts(case), case["date"], change="change" in expect)
    _compare(answer, expect, book)


def _compare(answer: Answer, expect: dict[str, Any], book: RuleBook) -> None:
    for key in ("verdict", "route", "failed", "missing"):
        if key in expect:
            assert getattr(answer, key) == expect[key], (key, answer.as_json())
    if "total" in expect:
        assert answer.total is not None
        assert (answer.total["min"], answer.total["max"]) == _span(expect["total"])
    flat = {p["id"]: (p["min"], p["max"]) for p in _flat(answer.parts)}
    for name, value in expect.get("parts", {}).items():
        assert flat[name] == _span(value), name
    for name, value in expect.get("wan", {}).items():
        fen = answer.outputs[f"{name}_fen"]
        if value is None or fen is None:
            assert fen is None and value is None, (name, fen)
        else:
            assert format_wan(fen, 2) == format_wan(int(Fraction(str(value)) * 10**6), 2), (name, fen)
    for name, value in expect.get("outputs", {}).items():
        assert answer.outputs[name] == value, name
    for wanted in expect.get("change", []):
        assert any(all(row[k] == v for k, v in wanted.items()) for row in answer.change), answer.change
    if "warnings" in expect:
        assert [w["clause"] for w in answer.warnings] == expect["warnings"]


def _flat(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [x for p in parts for x in (p, *_flat(p.get("of", [])))]


def test_every_rule_has_a_case(book: RuleBook) -> None:
    covered = {case.values[0]["rule"] for case in _cases()}
    assert covered == set(book.rules)


def test_the_batch_gives_the_same_answers(book: RuleBook) -> None:
    """Every case again, all cases of a rule and day in one frame."""
    groups: dict[tuple[str, Any], list[dict[str, Any]]] = {}
    for param in _cases():
        case = param.values[0]
        if "refused" not in case["expect"]:
            groups.setdefault((case["rule"], case["date"]), []).append(_facts(case))
    for (rule, on), rows in groups.items():
        keys = sorted({k for row in rows for k in row})
        frame = pl.DataFrame(
            [pl.Series(k, [row.get(k) for row in rows], dtype=pl.Object) for k in keys] or [pl.Series("id", list(range(len(rows))))]
        )
        table = book.check_many(rule, frame, on)
        for row, facts in zip(table.to_dicts(), rows, strict=True):
            one = book.check(rule, facts, on, change=False)
            assert (row["verdict"], row["failed"], row["missing"], row["route"]) == (one.verdict, one.failed, one.missing, one.route)
            assert (
                row["total"] is None
                if one.total is None
                else (row["total"]["min"], row["total"]["max"]) == (one.total["min"], one.total["max"])
            )
