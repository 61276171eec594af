"""Ranking: exact, with ties, dropping, gates, normalisation and sensitivity."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trihelix.registers.reviews.scoring import Vote, normalised, rank, sensitivity, trimmed

pytestmark = pytest.mark.nodb
F = Fraction


def votes(**items: list[object]) -> list[Vote]:
    return [Vote(i, f"r{n}", None if t is None else F(str(t))) for i, totals in items.items() for n, t in enumerate(totals)]


@pytest.mark.parametrize(
    ("totals", "drop_from", "kept", "dropped"),
    [
        ([1, 2, 3], None, [1, 2, 3], ()),
        ([5, 1, 9, 7, 3, 8, 2], 7, [2, 3, 5, 7, 8], (1, 9)),
        ([5, 1, 9, 7, 3, 8], 7, [1, 3, 5, 7, 8, 9], ()),
        ([5, 1], 1, [1, 5], ()),
    ],
)
def test_highest_and_lowest_are_dropped_from_the_set_number_on(totals, drop_from, kept, dropped):
    assert trimmed([F(t) for t in totals], drop_from) == ([F(t) for t in kept], tuple(F(d) for d in dropped))


def test_ties_share_a_rank_and_the_next_is_counted_on():
    placed = rank("abcd", votes(a=[90], b=["80.5"], c=["80.5"], d=[70]))
    assert [(p.item, p.rank) for p in placed] == [("a", 1), ("b", 2), ("c", 2), ("d", 4)]


def test_no_rounding_makes_a_tie():
    placed = rank("ab", votes(a=["80.00001", 80], b=[80, 80]))
    assert [(p.item, p.rank) for p in placed] == [("a", 1), ("b", 2)]


def test_a_gate_failed_by_most_leaves_an_item_without_rank_and_a_minority_does_not():
    placed = {p.item: p for p in rank("ab", votes(a=[90, None, None], b=[60, 70, None]))}
    assert placed["a"].rank is None and placed["a"].gate_failed == 2
    assert placed["b"].rank == 1 and placed["b"].score == 65


def test_an_item_nobody_scored_has_no_rank():
    assert [p.rank for p in rank("a", [])] == [None]


def test_normalisation_weighs_a_strict_and_a_lenient_reviewer_alike():
    rows = [Vote("a", "strict", F(40)), Vote("b", "strict", F(50)), Vote("a", "lenient", F(95)), Vote("b", "lenient", F(90))]
    assert [p.item for p in rank("ab", rows)] == ["b", "a"]
    moved = {(v.item, v.reviewer): v.total for v in normalised(rows)}
    assert moved["b", "strict"] - moved["a", "strict"] == pytest.approx(float(moved["a", "lenient"] - moved["b", "lenient"]), abs=1e-6)


def test_sensitivity_names_who_moves_an_item_most():
    rows = [
        Vote("a", "x", F(100)),
        Vote("b", "x", F(0)),
        Vote("a", "y", F(50)),
        Vote("b", "y", F(60)),
        Vote("a", "z", F(50)),
        Vote("b", "z", F(60)),
    ]
    found = sensitivity("ab", rows)
    assert found["a"] == {"best": 1, "worst": 2, "mover": "x", "shift": 1}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 100)), max_size=20))
def test_a_rank_never_contradicts_the_scores(rows):
    placed = [p for p in rank("abc", [Vote(i, r, F(t)) for i, r, t in rows], drop_from=3) if p.score is not None]
    for left, right in itertools.pairwise(placed):
        assert left.score >= right.score and (left.rank == right.rank) == (left.score == right.score)
