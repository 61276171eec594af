"""Rights given to people, surplus as capital, commission, evaluation: refusals and totals."""

from __future__ import annotations

import os
from calendar import monthrange
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trihelix.engines import evaluation
from trihelix.engines.books import books_root
from trihelix.engines.errors import Refused
from trihelix.engines.months import add_months, full_months
from trihelix.engines.shares import capital, load_share_book, rights

pytestmark = pytest.mark.nodb

BOOK = load_share_book(books_root(os.environ) / "jilin")


def codes(call, *args, **kwargs):
    with pytest.raises(Refused) as refusal:
        call(*args, **kwargs)
    return sorted(p.code for p in refusal.value.problems)


def test_ownership_needs_whole_shares_a_signatory_and_everybody():
    owners = [rights.Owner("team", Fraction(6, 10)), rights.Owner("unit", Fraction(3, 10), signs=True)]
    assert codes(rights.check_ownership, owners, "unit", ["a", "b"], ["a"]) == ["no_signatory", "not_unanimous", "ratios_not_one"]


def test_patent_award_refuses_unknown_kinds_and_nobody():
    half = {"a": Fraction(1, 2), "b": Fraction(1, 2)}
    assert codes(rights.patent_award, "months", date(2025, 1, 1), half, BOOK) == ["unknown_patent_kind"]
    assert codes(rights.patent_award, "design", date(2025, 1, 1), {}, BOOK) == ["no_inventor"]
    agreed = rights.patent_award("design", date(2025, 1, 1), {"a": Fraction(1), "b": Fraction(2)}, BOOK, agreed=100)
    assert agreed.inventors == {"a": 33, "b": 67}


def test_heads_file_first_and_stay_out_of_their_own_case():
    day = date(2025, 5, 1)
    assert codes(rights.check_head_filing, day, None) == ["head_filing_missing"]
    assert codes(rights.check_head_filing, day, day) == ["head_filing_late"]
    assert codes(rights.check_head_filing, day, date(2025, 4, 1), decided_own_case=True) == ["own_case"]
    assert codes(rights.check_head_filing, day, date(2025, 4, 1), contributor=False) == ["head_not_contributor"]


def test_a_used_result_is_not_idle():
    assert rights.idle(date(2024, 1, 31), date(2026, 1, 1), BOOK, used_on=date(2025, 1, 1)).state == "in_use"
    assert rights.idle(date(2024, 1, 31), date(2024, 9, 30), BOOK).state == "counting"


def test_surplus_refuses_open_audits_and_overspending():
    wrong = capital.Project(100, 200, 0, 0, 0, accepted=False, audit_open=True)
    assert codes(capital.surplus, wrong) == ["audit_open", "no_surplus", "not_accepted"]
    assert codes(capital.capital_shares, -5, {"cash": 5}) == ["no_value"]


def test_commission_reports_the_cap_that_bit():
    rule = BOOK.commissions["zhenhai"]
    assert capital.commission(1_000_000, rule) == capital.Commission(15_000, 15_000, None)
    assert capital.both_sides(101, (Fraction(2, 3), Fraction(1, 3))) == [67, 34]


def test_scores_are_weighted_and_complete():
    weights = {"science": Fraction(2, 5), "market": Fraction(3, 5)}
    assert evaluation.total_score(weights, {"science": Fraction(80), "market": Fraction(90)}) == 86
    assert codes(evaluation.total_score, weights, {"science": Fraction(80)}) == ["scores_missing"]
    assert codes(evaluation.total_score, {"science": Fraction(1, 2)}, {"science": Fraction(1)}) == ["weights_not_one"]
    expert = evaluation.Expert("e", "x", years_since_joint_paper=2, holds_shares=True)
    assert list(evaluation.exclusions(expert, ["y"])) == ["co_author", "shareholder"]


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_months_keep_the_day_or_the_month_end(day, months):
    there = add_months(day, months)
    assert (there.year - day.year) * 12 + there.month - day.month == months
    assert there.day == min(day.day, monthrange(there.year, there.month)[1])
    assert full_months(day, there) == months


def test_dates_beyond_the_calendar_are_refused():
    assert codes(add_months, date(9999, 12, 1), 1) == ["date_range"]
