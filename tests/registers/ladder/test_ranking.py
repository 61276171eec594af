"""The arithmetic of rankings: percentiles, ties, weights, missing figures."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trihelix.registers.ladder.data import Indicator, Method
from trihelix.registers.ladder.ranking import percentiles, rank, ranks, value

pytestmark = pytest.mark.nodb
AMOUNT = Indicator("a", "甲", "A", "amount", "revenue", "", Fraction(60))
GROWTH = Indicator("g", "乙", "G", "growth", "revenue", "", Fraction(40))
RATIO = Indicator("r", "丙", "R", "ratio", "rd_tax", "revenue", Fraction(40))
METHOD = Method("m", "1", "法", "M", "", 2, ("tech-sme",), 2, Fraction(1, 5), (AMOUNT, GROWTH), False)


def years(before, now):
    return [{"revenue": before}, {"revenue": now}]


def test_equal_firms_share_a_rank_and_the_next_is_skipped():
    assert ranks([Fraction(5), Fraction(9), Fraction(5), Fraction(1)]) == [2, 1, 2, 4]


def test_percentiles_count_equals_half_and_missing_as_nothing():
    assert percentiles([Fraction(1), Fraction(2), Fraction(2), None]) == [Fraction(100, 3), Fraction(500, 6), Fraction(500, 6), 0]


def test_indicators():
    assert value(GROWTH, years(1000, 1728)) == Fraction(728, 1000)
    assert value(GROWTH, [{"revenue": 5}]) is None and value(GROWTH, years(0, 5)) is None
    assert value(RATIO, [{"revenue": 200, "rd_tax": 10}]) == Fraction(1, 20)
    assert value(RATIO, [{"revenue": 0, "rd_tax": 10}]) is None and value(AMOUNT, []) is None


def test_a_run_names_missing_figures_and_ranges():
    run = rank(METHOD, {1: years(100, 200), 2: years(100, 300), 3: years(None, 250)}, 2)
    assert run.placed[0].key == 2
    three = next(p for p in run.placed if p.key == 3)
    assert three.parts[1]["note"] and three.parts[1]["points"] == "0.0000"
    assert {(s["indicator"], s["change"]) for s in run.sensitivity} == {("甲", "+20%"), ("甲", "−20%"), ("乙", "+20%"), ("乙", "−20%")}


@given(st.dictionaries(st.integers(1, 50), st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=12))
def test_points_stay_in_range_and_order_agrees_with_ranks(firms):
    run = rank(METHOD, {k: years(a, b) for k, (a, b) in firms.items()}, 3)
    assert len(run.placed) == len(firms)
    for one, other in zip(run.placed, run.placed[1:], strict=False):
        assert 0 <= one.points <= 100 and one.points >= other.points and (one.points == other.points) == (one.rank == other.rank)
    for one in run.placed:
        assert one.best <= one.rank <= one.worst
        better = sum(p.points > one.points for p in run.placed)
        assert one.rank == better + 1
