"""Period rules, rounding and numerals, without a database."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trihelix.engines.errors import Refused
from trihelix.registers.figures import numbers, periods

pytestmark = pytest.mark.nodb
D = dt.date(2025, 5, 28)


@pytest.mark.parametrize(
    ("rule", "start", "end"),
    [
        ("last_full_year", "2024-01-01", "2024-12-31"), ("to_date", None, "2025-05-28"), ("fixed:2024-12-02", None, "2024-12-02"),
        ("since:2021-01-01", "2021-01-01", "2025-05-28"), ("last_year_end", None, "2024-12-31"), ("budget_year", "2025-01-01", "2025-12-31"),
        ("round:latest", None, "2025-05-28"), ("this_year", "2025-01-01", "2025-05-28"),
    ],
)  # fmt: skip
def test_rules(rule, start, end):
    span = periods.resolve(rule, D).as_json()
    assert (span["rule"], span["from"], span["to"], span["as_of"]) == (rule, start, end, "2025-05-28")


def test_a_fixed_day_is_not_ahead_of_the_day_asked():
    assert periods.resolve("fixed:2024-12-02", dt.date(2024, 6, 1)).end == dt.date(2024, 6, 1)


@pytest.mark.parametrize("rule", ["yesterday", "since:", "fixed:2024-13-01", "to_date:x"])
def test_unknown_rules_are_refused(rule):
    with pytest.raises(Refused) as told:
        periods.parse(rule)
    assert told.value.problems[0].code == "bad_period"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (Fraction(1477105, 10000), 2, "147.71"), (Fraction(147705, 1000), 2, "147.71"), (Fraction(1, 2), 0, "1"), (Fraction(-1, 2), 0, "-1"),
        (Fraction(2), 0, "2"), (Fraction(72608, 10), 1, "7260.8"), (Fraction(-1, 100), 0, "0"), (Fraction(5834 - 3866, 3866) * 100, 1, "50.9"),
    ],
)  # fmt: skip
def test_rounding_half_up(value, digits, text):
    assert numbers.rounded(value, digits) == text


@given(st.fractions(max_denominator=10**6), st.integers(0, 4))
def test_rounding_is_never_off_by_more_than_half(value, digits):
    assert abs(Fraction(numbers.rounded(value, digits)) - value) * 10**digits <= Fraction(1, 2)


@given(st.fractions(max_denominator=10**4))
def test_exact_text_is_exact(value):
    assert Fraction(numbers.exact(value)) == value


@pytest.mark.parametrize(
    ("n", "text"), [(0, "零"), (2, "二"), (10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五"), (1010, "一千零一十")]
)
def test_numerals(n, text):
    assert numbers.chinese(n) == text


def test_two_as_a_count():
    assert numbers.chinese(2, counting=True) == "两"
