"""Money: exact reading, printing, and splits whose parts add up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trihelix.engines.errors import Refused
from trihelix.engines.money import (
    exact,
    format_fen,
    format_wan,
    format_yi,
    parse_money,
    ratio_text,
    round_half_up,
    split,
    wan_to_fen,
    yuan_to_fen,
)

pytestmark = pytest.mark.nodb


@pytest.mark.parametrize(
    ("value", "unit", "fen"),
    [
        ("1,234.56元", "wan", 123_456),
        ("600", "wan", 600_000_000),
        ("人民币150万元整", "yuan", 150_000_000),
        ("３．２亿元", "yuan", 32_000_000_000),
        ("￥0.01", "yuan", 1),
        ("12 分", "yuan", 12),
        (0.1, "wan", 100_000),
        (147.71, "yi", 1_477_100_000_000),
        (Decimal("12345678901.123456"), "wan", 12_345_678_901_123_456),
        (Fraction(1, 100), "yuan", 1),
        (7, "fen", 7),
        ("0.000001", "wan", 1),
    ],
)
def test_money_is_read_exactly(value, unit, fen):
    assert parse_money(value, unit) == fen


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "bad_money"),
        ("约600万", "bad_money"),
        ("1,23元", "bad_money"),
        ("1e5", "bad_money"),
        ("0.0000001万元", "fraction_of_fen"),
        ("0.001", "fraction_of_fen"),
        ("-5", "negative_money"),
        (True, "bad_number"),
        (None, "bad_number"),
        (float("nan"), "bad_number"),
        (Decimal("Infinity"), "bad_number"),
        (0.1 + 0.2, "imprecise_number"),
        ("9" * 30, "money_too_large"),
    ],
)
def test_bad_money_is_refused(value, code):
    with pytest.raises(Refused) as refusal:
        parse_money(value, field="amount")
    assert [(p.code, p.field) for p in refusal.value.problems] == [(code, "amount")]


def test_negative_money_only_where_it_is_asked_for():
    assert wan_to_fen("-1.5", negative=True) == -1_500_000
    assert yuan_to_fen("2.5") == 250


@pytest.mark.parametrize(
    ("text", "value"), [("70%", Fraction(7, 10)), ("1/3", Fraction(1, 3)), ("0.70", Fraction(7, 10)), ("-2", Fraction(-2))]
)
def test_ratio_text_is_exact(text, value):
    assert exact(text) == value


@pytest.mark.parametrize("text", ["1/0", "七成", "0,7", "1/2/3", "", "0.5/3%"])
def test_bad_ratio_is_refused(text):
    with pytest.raises(Refused) as refusal:
        exact(text, "p")
    assert refusal.value.problems[0].code == "bad_number"


def test_printing():
    assert format_fen(123_456_789) == "1,234,567.89"
    assert format_fen(-1) == "-0.01"
    assert format_wan(32_880_000) == "32.88"
    assert format_wan(1_477_149_999_999, 2) == "1,477,150.00"
    assert format_yi(1_477_150_000_000, 2) == "147.72"
    assert format_yi(1_000_000_000_000) == "100"
    assert [ratio_text(Fraction(x)) for x in ("7/10", "1/3", "2", "1/1000")] == ["0.7", "1/3", "2", "0.001"]
    assert [round_half_up(Fraction(x)) for x in ("1/2", "-1/2", "3/2", "2/5")] == [1, -1, 2, 0]


def test_split_gives_leftover_fen_to_the_largest_remainders_then_in_order():
    assert split(100, ["1/3", "1/3", "1/3"]) == [34, 33, 33]
    assert split(10, ["0.26", "0.25", "0.49"]) == [3, 2, 5]
    assert split(-100, [1, 1, 1]) == [-34, -33, -33]
    assert split(5, [1, 0]) == [5, 0]


@pytest.mark.parametrize(("ratios", "code"), [([], "no_ratio"), (["-1", "2"], "negative_ratio"), ([0, 0], "zero_ratios")])
def test_impossible_splits_are_refused(ratios, code):
    with pytest.raises(Refused) as refusal:
        split(100, ratios)
    assert refusal.value.problems[0].code == code


weights = st.lists(st.fractions(min_value=0, max_value=10), min_size=1, max_size=12).filter(any)


@given(st.integers(-(10**15), 10**15), weights)
def test_parts_always_add_up_and_stay_within_one_fen(total, ratios):
    parts = split(total, ratios)
    assert sum(parts) == total
    assert all(abs(p - total * w / sum(ratios)) < 1 for p, w in zip(parts, ratios, strict=True))
    assert [-p for p in parts] == split(-total, ratios)


@given(st.integers(-(10**20), 10**20))
def test_printed_money_reads_back(fen):
    assert parse_money(format_fen(fen), "yuan", negative=True) == fen
    assert parse_money(format_wan(fen), "wan", negative=True) == fen
    assert parse_money(format_yi(fen) + "亿元", "fen", negative=True) == fen
