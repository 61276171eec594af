"""Conditional instruments: replay in any order, exact totals, settlement, refusals."""

from __future__ import annotations

import os
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trihelix.engines import instruments
from trihelix.engines.books import books_root
from trihelix.engines.errors import Refused
from trihelix.engines.instruments.core import after, by_tiers, earlier_of, happens, later_of, on
from trihelix.engines.money import round_half_up

pytestmark = pytest.mark.nodb

MODELS = instruments.load_models(books_root(os.environ) / "jilin")
KINDS = ["instalments", "royalty", "use-first", "fund-first", "concession", "commission", "custom"]


def rows(data, day=None):
    return instruments.timeline(instruments.parse_instrument(data, MODELS), day)


def codes(data):
    with pytest.raises(Refused) as refusal:
        rows(data)
    return sorted({p.code for p in refusal.value.problems})


@pytest.mark.parametrize("kind", KINDS)
def test_every_sample_runs_and_replays_in_any_order(kind):
    sample = instruments.example(kind)
    found = rows(sample)
    assert found and [(r.due, r.id) for r in found] == sorted((r.due, r.id) for r in found)
    assert rows({**sample, "events": sample["events"][::-1]}) == found
    assert rows(instruments.example(kind)) == found


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_term_or_event_key_is_refused(kind):
    sample = instruments.example(kind)
    assert codes({**sample, "terms": {**sample["terms"], "mood": 1}}) == ["unknown_key"]
    assert codes({**sample, "events": [{**sample["events"][0], "mood": 1}]}) == ["unknown_key"]


def test_an_unknown_kind_or_event_type_is_refused():
    assert codes({"instrument": "barter", "terms": {}}) == ["bad_choice"]
    assert codes({"instrument": "royalty"}) == ["missing_key"]
    assert codes({**instruments.example("royalty"), "events": [{"date": "2026-01-01", "type": "income", "amount_wan": 1}]}) == [
        "bad_choice"
    ]
    with pytest.raises(Refused, match="royalty"):
        instruments.example("barter")


def test_conditions_wait_for_what_has_not_happened():
    events = [instruments.Event(date(2025, 3, 31), "a"), instruments.Event(date(2025, 5, 1), "a")]
    a, b, fixed = happens("a"), happens("b"), on(date(2025, 1, 1))
    assert a.resolve(events) == date(2025, 3, 31)
    assert after(a, months=1).resolve(events) == date(2025, 4, 30)
    assert after(a, months=1, days=1).resolve(events) == date(2025, 5, 1)
    assert later_of(fixed, b).resolve(events) is None and later_of(fixed, a).resolve(events) == date(2025, 3, 31)
    assert earlier_of(fixed, b).resolve(events) == date(2025, 1, 1) and earlier_of(b).resolve(events) is None


def royalty(events, **terms):
    return {"instrument": "royalty", "terms": {"royalty_rate": "0.033", **terms}, "events": events}


reports = st.lists(st.integers(-(10**9), 10**11), min_size=1, max_size=12)


@given(
    reports,
    st.sampled_from([{}, {"cap_fen": 10**9}, {"royalty_rate": None, "tiers": [{"up_to_fen": 10**9, "rate": "0.07"}, {"rate": "1/3"}]}]),
)
def test_all_royalties_together_are_the_royalty_of_all_sales_together(amounts, terms):
    day = date(2025, 1, 1)
    events = [{"date": (day + timedelta(n)).isoformat(), "type": "report", "amount_fen": a} for n, a in enumerate(amounts)]
    found = rows(royalty(events, **terms))
    total = sum(r.amount if r.payer == "licensee" else -r.amount for r in found)
    base = sum(amounts)
    if "tiers" in terms:
        rate, low = Fraction(7, 100), 10**9
        expected = base * rate if base <= low else low * rate + Fraction(base - low, 3)
    else:
        expected = min(Fraction(base * 33, 1000), Fraction(terms.get("cap_fen", 10**30)))
    assert total == round_half_up(expected)
    assert all(r.amount > 0 for r in found)


def test_a_correction_gives_money_back():
    events = [{"date": "2025-01-01", "type": "report", "amount_wan": 100}, {"date": "2025-02-01", "type": "report", "amount_wan": -40}]
    first, second = rows(royalty(events))
    assert (first.payer, first.amount) == ("licensee", 3_300_000)
    assert (second.payer, second.payee, second.amount) == ("licensor", "licensee", 1_320_000)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"tiers": [{"rate": "0.1"}]}, "two_rates"),
        ({"royalty_rate": None, "tiers": [{"up_to_wan": 5, "rate": "0.1"}]}, "bad_tiers"),
        ({"royalty_rate": None, "tiers": [{"up_to_wan": 5, "rate": "0.1"}, {"up_to_wan": 4, "rate": "0.1"}, {"rate": "0.1"}]}, "bad_tiers"),
        ({"entry_wan": 5}, "missing_key"),
        ({"entry_wan": 5, "entry_when": {"on": "2025-01-01", "event": "x"}}, "bad_when"),
        ({"base": "mood"}, "bad_choice"),
    ],
)
def test_wrong_royalty_terms_are_refused(terms, code):
    assert code in codes(royalty([], **terms))


def instalment(parts, **more):
    return {"instrument": "instalments", "terms": {"total_wan": 100, "parts": parts}, **more}


def test_instalments_by_ratio_add_up_to_the_fen():
    parts = [{"ratio": "1/3", "when": f"2025-0{n}-01"} for n in (1, 2, 3)]
    found = rows({"instrument": "instalments", "terms": {"total_yuan": "0.10", "parts": parts}})
    assert [r.amount for r in found] == [4, 3, 3]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([{"amount_wan": 60, "when": "2025-01-01"}, {"amount_wan": 50, "when": "2025-02-01"}], "instalments_total"),
        ([{"ratio": "0.6", "when": "2025-01-01"}, {"ratio": "0.5", "when": "2025-02-01"}], "ratios_not_one"),
        ([{"ratio": "0.6", "when": "2025-01-01"}, {"amount_wan": 40, "when": "2025-02-01"}], "mixed_parts"),
        ([{"ratio": "1"}], "missing_key"),
        ([], "missing_key"),
    ],
)
def test_instalments_must_make_the_total(parts, code):
    assert code in codes(instalment(parts))


def test_payments_settle_the_oldest_first_and_may_not_exceed_the_debt():
    parts = [{"amount_wan": 60, "when": "2025-01-01"}, {"amount_wan": 40, "when": "2025-06-01"}]
    paid = {"date": "2025-02-01", "type": "payment", "amount_wan": 70}
    found = rows(instalment(parts, events=[paid]), date(2025, 5, 1))
    assert [(r.paid, r.status) for r in found] == [(60_000_000, "paid"), (10_000_000, "part_paid")]
    assert [r.status for r in rows(instalment(parts, events=[paid]), date(2025, 1, 1))] == ["due", "planned"]
    assert [r.status for r in rows(instalment(parts, events=[paid]), date(2025, 6, 2))] == ["paid", "overdue"]
    assert codes(instalment(parts, events=[{**paid, "amount_wan": 101}])) == ["overpaid"]


def test_a_termination_stops_what_is_not_yet_due():
    parts = [{"amount_wan": 60, "when": "2025-01-01"}, {"amount_wan": 40, "when": "2025-06-01"}]
    found = rows(instalment(parts, events=[{"date": "2025-03-01", "type": "terminated"}]))
    assert [r.id for r in found] == ["part-1"]


def use_first(events, **terms):
    eligible = {"model": "shaanxi", "granted": True, "separately_managed": True, "registered": True, "start": "2025-01-01"}
    return {"instrument": "use-first", "terms": {**eligible, "royalty_rate": "0.05", **terms}, "events": events}


def test_sales_in_the_free_time_cost_nothing_and_a_report_may_not_straddle_its_end():
    free = {"date": "2025-12-31", "type": "sales", "amount_wan": 100, "from": "2025-07-01", "to": "2025-12-31"}
    later = {"date": "2026-12-31", "type": "sales", "amount_wan": 200, "from": "2026-01-01", "to": "2026-12-31"}
    assert [r.amount for r in rows(use_first([free, later], pays_from="term"))] == [10_000_000]
    assert codes(use_first([{**free, "to": "2026-01-31"}], pays_from="term")) == ["straddles_start"]


def test_income_in_the_free_time_starts_payment_where_the_clause_takes_the_earlier():
    sales = {"date": "2025-06-30", "type": "sales", "amount_wan": 100, "from": "2025-04-01", "to": "2025-06-30"}
    assert [(r.due, r.amount) for r in rows(use_first([sales]))] == [(date(2025, 6, 30), 5_000_000)]
    assert rows(use_first([sales], pays_from="later_of")) == []


def test_a_returned_result_owes_nothing_more():
    back = {"date": "2025-08-01", "type": "returned"}
    assert rows(use_first([back], deferred_fee_wan=30)) == []


def test_high_fees_are_only_a_hint():
    built = instruments.parse_instrument(use_first([], royalty_rate="0.25", entry_wan=2001), MODELS).built
    assert len(built.hints) == 2


@given(
    st.integers(1, 10**11), st.integers(1, 10**12), st.integers(0, 10**12), st.integers(1, 10**7), st.integers(0, 90), st.integers(1, 60)
)
def test_conversion_respects_cap_and_price(funded, pre, bought, before, discount, cap):
    d, most = Fraction(discount, 100), Fraction(cap, 100)
    done = instruments.convert(funded, pre, bought, Fraction(before), d, most)
    assert done.own <= most and done.own == done.shares / (before + done.shares + done.round_shares)
    assert done.price == Fraction(pre, before) * (1 - d)
    assert done.converted + done.rest == funded
    assert abs(done.shares * done.price - done.converted) <= Fraction(1, 2)
    assert done.capped == (done.own == most and done.shares < funded / done.price)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ((1, 0, 0, Fraction(1)), "bad_round"),
        ((1, 1, 0, Fraction(0)), "bad_round"),
        ((1, 1, 0, Fraction(1), Fraction(1)), "bad_discount"),
        ((1, 1, 0, Fraction(1), Fraction(0), Fraction(1)), "bad_cap"),
    ],
)
def test_impossible_conversions_are_refused(args, code):
    with pytest.raises(Refused) as refusal:
        instruments.convert(*args)
    assert refusal.value.problems[0].code == code


def fund(events, **terms):
    base = {
        "agreed": "2025-01-01",
        "tranches": [{"amount_wan": 100, "when": "2025-01-15"}, {"amount_wan": 100, "when": {"event": "milestone"}}],
    }
    return {"instrument": "fund-first", "terms": {**base, **terms}, "events": events}


ROUND = {"date": "2026-10-01", "type": "round", "pre_wan": 400, "amount_wan": 0, "shares_before": "1000"}
MILESTONE = {"date": "2026-01-01", "type": "milestone"}


def test_the_second_tranche_waits_for_the_milestone_and_only_funded_money_converts():
    assert [r.amount for r in rows(fund([]))] == [100_000_000]
    convert = rows(fund([ROUND], cap="0.5"))[-1]
    assert (convert.id, convert.amount, convert.shares, convert.status) == ("convert", 100_000_000, 250, None)
    assert convert.as_json()["own"] == "1/5"


def test_money_beyond_the_cap_becomes_a_debt_where_the_clause_says_so():
    found = {r.id: r for r in rows(fund([MILESTONE, ROUND], rest_as="debt"))}
    assert found["convert"].own == Fraction(1, 5)
    assert (found["rest"].payer, found["rest"].amount + found["convert"].amount) == ("firm", 200_000_000)


def test_buy_back_failure_and_missing_trigger():
    out = rows(fund([MILESTONE, ROUND, {"date": "2029-10-01", "type": "buyback"}], buyback_rate="0.03", cap="0.5"))[-1]
    assert (out.payer, out.payee, out.amount) == ("founders", "holder", 218_545_400)
    failed = rows(fund([{"date": "2025-06-01", "type": "failed", "amount_wan": 30}]))[-1]
    assert (failed.id, failed.amount) == ("compensation", 30_000_000)
    assert [r.id for r in rows(fund([{**ROUND, "date": "2028-10-01"}], on_no_trigger="repay"))] == ["tranche-1", "repay"]
    assert [r.id for r in rows(fund([]))] == ["tranche-1"]
    target = {"date": "2026-06-01", "type": "revenue", "amount_wan": 500, "pre_wan": 1000, "shares_before": "10"}
    assert rows(fund([target], revenue_target_wan=500))[-1].shares == 1
    assert codes(fund([{"date": "2026-06-01", "type": "round", "amount_wan": 5}])) == ["no_value"]
    assert codes(fund([], team_firm=False)) == ["not_team_firm"]
    assert instruments.parse_instrument(fund([], tranches=[{"amount_wan": 301, "when": "2025-01-01"}]), MODELS).built.hints


def test_concession_refuses_covers_and_short_prices():
    terms = {"value_wan": 500, "unit_share": "0.3", "income_rate": "0.1"}
    assert codes({"instrument": "concession", "terms": {**terms, "third_party_behind": True}}) == ["third_party_behind"]
    assert codes({"instrument": "concession", "terms": {**terms, "down_wan": 151, "down_when": "2025-01-01"}}) == ["down_over_price"]


def test_a_year_cap_of_commission_starts_anew_each_year():
    paid = [{"date": d, "type": "paid", "amount_wan": 300} for d in ("2025-02-01", "2025-05-01", "2026-01-10")]
    found = rows({"instrument": "commission", "terms": {"rule": "lanzhou"}, "events": paid})
    assert [r.amount for r in found] == [15_000_000, 5_000_000, 15_000_000]


def test_tiers_and_present_value_are_exact():
    fee = by_tiers([(100, Fraction(1, 10)), (200, Fraction(1, 20)), (None, Fraction(0))])
    assert [fee(Fraction(x)) for x in (50, 150, 1000, -10)] == [5, Fraction(25, 2), 15, -1]
    assert instruments.present_value([(100, Fraction(0)), (121, Fraction(2))], Fraction(1, 10)) == 200
    with pytest.raises(Refused, match="整年"):
        instruments.present_value([(1, Fraction(1, 2))], Fraction(0))


def test_a_demand_gives_thirty_days():
    assert instruments.demand_ends(date(2026, 1, 31), MODELS) == date(2026, 3, 2)
