"""Arithmetic of patents: the worked examples of the rules as cases, and what must hold for all."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trihelix.engines import patents
from trihelix.engines.errors import Refused
from trihelix.engines.patents import Terms, TierStep

pytestmark = pytest.mark.nodb
TERMS = Terms({"invention": 20, "utility": 10, "design": 15}, dt.date(2021, 5, 31), 10)
TIERS = (TierStep("A", 4, ("good",), 1), TierStep("B", 3, ("good", "potential")), TierStep("C", 3, ("unclear",)), TierStep("D"))


@pytest.mark.parametrize("text", ["G06F 17/30", "A61K31/00", "H01L 21/02"])
def test_ipc_valid(text):
    assert patents.ipc(text) == text.replace(" ", "")


@pytest.mark.parametrize("text", ["I01B 1/00", "G6F 1/00", "A61K 31/0", ""])
def test_ipc_invalid(text):
    with pytest.raises(Refused) as refusal:
        patents.ipc(text, "classes")
    assert refusal.value.problems[0].code == "ipc_form"


def test_locarno_and_publication_numbers():
    assert patents.locarno("14-02") == "14-02"
    assert patents.publication_number("cn 107123456 b") == "CN107123456B"
    for wrong in ("33-01", "00-01", "1-2"):
        with pytest.raises(Refused):
            patents.locarno(wrong)
    with pytest.raises(Refused):
        patents.publication_number("CN12345678B")


def test_symbols_of_a_design_are_locarno_classes_each_once():
    assert patents.symbols(["14-02", "14-02"], "design", "classes") == (["14-02"], [])
    assert patents.symbols(["14-02"], "utility", "classes")[1][0].code == "ipc_form"


@pytest.mark.parametrize(
    ("ptype", "filed", "ends"),
    [
        ("design", "2021-05-31", "2031-05-31"),
        ("design", "2021-06-01", "2036-06-01"),
        ("invention", "2020-02-29", "2040-02-29"),
        ("utility", "2020-02-29", "2030-02-28"),
    ],
)
def test_terms(ptype, filed, ends):
    assert patents.ends_on(ptype, dt.date.fromisoformat(filed), TERMS) == dt.date.fromisoformat(ends)


@pytest.mark.parametrize(
    ("stars", "prospect", "willing", "tier"),
    [(4, "good", 1, "A"), (4, "good", 0, "B"), (3, "unclear", 0, "C"), (2, "good", 3, "D"), (3, "potential", 0, "B"), (5, "none", 9, "D")],
)
def test_tiers(stars, prospect, willing, tier):
    assert patents.tier(TIERS, stars, prospect, willing) == tier


@given(st.integers(1, 5), st.sampled_from(["good", "potential", "unclear", "none"]), st.integers(0, 9))
def test_more_willing_firms_never_lower_a_tier(stars, prospect, willing):
    assert patents.tier(TIERS, stars, prospect, willing + 1) <= patents.tier(TIERS, stars, prospect, willing)


@pytest.mark.parametrize(("effective", "due"), [("2026-01-31", "2026-04-30"), ("2026-11-30", "2027-02-28")])
def test_recording_is_due_three_calendar_months_later(effective, due):
    assert patents.recording_due(dt.date.fromisoformat(effective)) == dt.date.fromisoformat(due)


def test_fee_years_and_late_months():
    filed = dt.date(2018, 3, 15)
    assert patents.fee_year(filed, dt.date(2024, 3, 15)) == 7
    assert patents.year_starts(filed, 7) == dt.date(2024, 3, 15)
    due = dt.date(2024, 3, 15)
    assert [
        patents.late_months(due, d, 6)
        for d in (due, dt.date(2024, 4, 15), dt.date(2024, 4, 16), dt.date(2024, 5, 16), dt.date(2024, 9, 15))
    ] == [0, 0, 1, 2, 5]
    assert patents.in_grace(due, dt.date(2024, 9, 15), 6) and not patents.in_grace(due, dt.date(2024, 9, 16), 6)
    assert patents.years_from_grant(dt.date(2020, 6, 1), filed, 3) == 1
    assert patents.years_from_grant(dt.date(2020, 6, 1), filed, 12) == 10


@given(st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)), st.integers(1, 20))
def test_a_year_of_term_begins_where_its_fee_is_due(filed, year):
    assert patents.fee_year(filed, patents.year_starts(filed, year)) in (year, year - (filed.day == 29 and filed.month == 2))


def test_value_score_and_income():
    assert patents.value_score({"legal": 30, "technical": 40, "economic": 30}, {"legal": 80, "technical": 70, "economic": 60}) == 70
    with pytest.raises(Refused) as refusal:
        patents.value_score({"legal": 30, "technical": 40, "economic": 29}, {})
    assert refusal.value.problems[0].code == "weight_sum"
    value = patents.income_value([100, 100, 100], Fraction(5, 100), Fraction(20, 100))
    assert round(float(value), 2) == 10.53
    assert patents.income_value([100, 100, 100], Fraction(5, 100), Fraction(20, 100), 1) == Fraction(5) / Fraction(6, 5)


@pytest.mark.parametrize(
    "scores", [{"legal": 80}, {"legal": 80, "technical": 101, "economic": 1}, {"legal": 1, "technical": 1, "economic": 1, "other": 1}]
)
def test_scores_must_fit_the_weights(scores):
    with pytest.raises(Refused):
        patents.value_score({"legal": 30, "technical": 40, "economic": 30}, scores)
