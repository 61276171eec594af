"""The compiled rule against a plain reading with fractions, on random facts of every rule and version."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.rules.conftest import BOOK, facts_in_units, versions
from trihelix.engines.rules import RuleBook
from trihelix.engines.rules.columns import dtype
from trihelix.engines.rules.compile import POINTS
from trihelix.engines.rules.exact import UNDEFINED, Reading, assess
from trihelix.engines.rules.facts import Fact
from trihelix.engines.rules.model import Version
from trihelix.engines.rules.trace import exact_names
from trihelix.engines.rules.translate import column

pytestmark = pytest.mark.nodb
calm = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], derandomize=True)


def _frame(rule_id: str, rows: list[dict[str, Any]], on: date) -> pl.DataFrame:
    inputs = BOOK.rules[rule_id].inputs
    columns = [pl.Series(column(one), [row[k] for row in rows], dtype=dtype(one)) for k, one in inputs.items()]
    return pl.DataFrame(columns).with_columns(pl.lit(on).alias("on"))


def _output(version: Version, reading: Reading, name: str) -> Any:
    output = next(o for o in version.outputs if o.id == name)
    assert output.value is not None
    value = reading.of(output.value)
    return None if value is UNDEFINED else value


@pytest.mark.parametrize(("rule_id", "on"), versions())
@calm
@given(data=st.data())
def test_compiled_equals_fractions(rule_id: str, on: date, data: st.DataObject) -> None:
    compiled = BOOK.compiled(rule_id, on)
    rows = data.draw(st.lists(facts_in_units(compiled.rule), min_size=1, max_size=12))
    for got, row in zip(compiled.run(_frame(rule_id, rows, on)).to_dicts(), rows, strict=True):
        names = exact_names(compiled, {k: Fact(k, v) for k, v in row.items()}, on)
        expected = assess(compiled.version, names)
        for key, value in expected.items():
            if key.startswith("c:") or key == "verdict":
                assert got[key] == value, key
            else:
                low, high = (got[f"{key}:{end}"] for end in ("lo", "hi"))
                assert (Fraction(low, POINTS), Fraction(high, POINTS)) == value, key
        reading = Reading(names)
        for output in compiled.version.outputs:
            if output.kind in ("number", "rate") and not output.needs_met:
                num, den = got[f"o:{output.id}:num"], got[f"o:{output.id}:den"]
                assert (None if num is None or not den else Fraction(num, den)) == _output(compiled.version, reading, output.id), output.id


def _money(value: Fraction) -> int:
    return (2 * value * 10**6 + 1).__floor__() // 2


@pytest.mark.parametrize(
    ("rule_id", "on"), [v for v in versions() if v[0] in ("rd-super-deduction", "contract-tax-relief", "open-bid-subsidy", "patent-fee")]
)
@calm
@given(data=st.data())
def test_money_is_rounded_once(rule_id: str, on: date, data: st.DataObject) -> None:
    compiled = BOOK.compiled(rule_id, on)
    row = data.draw(facts_in_units(compiled.rule))
    got = compiled.run(_frame(rule_id, [row], on)).row(0, named=True)
    reading = Reading(exact_names(compiled, {k: Fact(k, v) for k, v in row.items()}, on))
    for output in compiled.version.outputs:
        if output.kind == "money" and not output.needs_met:
            value = _output(compiled.version, reading, output.id)
            assert got[f"o:{output.id}:num"] == (None if value is None else _money(value)), output.id


COMPLETE = ["tech-sme", "innovative-sme", "specialised-sme", "little-giant", "gazelle", "incubator", "model-patent-firm"]


@pytest.mark.parametrize("rule_id", COMPLETE)
@calm
@given(data=st.data())
def test_learning_more_never_overturns_a_sure_answer(rule_id: str, data: st.DataObject) -> None:
    """Hiding figures may turn an answer into unknown, never into its opposite; the interval holds the full total."""
    on = date(2026, 5, 1)
    compiled = BOOK.compiled(rule_id, on)
    full = data.draw(facts_in_units(compiled.rule))
    expert = {k for k, one in compiled.rule.inputs.items() if one.expert}
    hidden = data.draw(st.sets(st.sampled_from(sorted(set(full) - expert))))
    less = {k: None if k in hidden else v for k, v in full.items()}
    whole, part = compiled.run(_frame(rule_id, [full, less], on)).to_dicts()
    assert part["verdict"] in (None, whole["verdict"])
    if "total:lo" in whole:
        assert part["total:lo"] <= whole["total:lo"] <= whole["total:hi"] <= part["total:hi"]


@pytest.mark.parametrize(("rule_id", "on"), versions())
@calm
@given(data=st.data())
def test_missing_inputs_are_unknown_and_named_only_then(rule_id: str, on: date, data: st.DataObject, book: RuleBook) -> None:
    """What is asked for is not known yet; an unknown verdict always asks for something."""
    from trihelix.engines.rules.tabulate import answer_frame

    compiled = book.compiled(rule_id, on)
    row = data.draw(facts_in_units(compiled.rule))
    answer = answer_frame(compiled, compiled.run(_frame(rule_id, [row], on))).row(0, named=True)
    for key in answer["missing"]:
        assert row[key] is None or isinstance(row[key], list), key
    if answer["verdict"] == "unknown":
        assert answer["missing"]
