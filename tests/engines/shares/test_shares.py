"""Share-outs: every payout agrees with a second computation, parts add up, and wrong requests are refused by name."""

from __future__ import annotations

import os
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.shares.second_count import payouts
from trihelix.engines.books import books_root
from trihelix.engines.errors import Refused
from trihelix.engines.money import ratio_text
from trihelix.engines.shares import load_share_book, parse_share, share

pytestmark = pytest.mark.nodb

BOOK = load_share_book(books_root(os.environ) / "jilin")


@st.composite
def requests(draw):
    """Any shares, any receipts, refunds up to what was received."""
    rule = draw(st.sampled_from(["national", "beijing", "shanghai", "zhejiang", "shandong", "jilin"]))
    cuts = sorted(draw(st.lists(st.integers(1, 9999), max_size=6, unique=True)))
    ratios = [Fraction(b - a, 10_000) for a, b in pairwise([0, *cuts, 10_000])]
    p = Fraction(draw(st.integers(700, 900)), 1000)
    office = Fraction(draw(st.integers(0, 100)), 1000)
    receipts, received, day = [], 0, date(2025, 1, 1)
    for _ in range(draw(st.integers(1, 8))):
        day += timedelta(days=draw(st.integers(0, 40)))
        amount = draw(st.integers(-received, 10**11))
        costs = draw(st.integers(0, 10**8))
        received += amount
        receipts.append({"date": day.isoformat(), "amount_fen": amount, "direct_cost_fen": costs})
    members = [{"id": f"m{i}", "ratio": ratio_text(r), "main": True} for i, r in enumerate(ratios)]
    return {"rule": rule, "p": ratio_text(p), "office": ratio_text(office), "members": members, "receipts": receipts}


@settings(max_examples=300, deadline=None)
@given(requests())
def test_every_payout_agrees_with_the_second_computation(data):
    answer = share(parse_share(data), BOOK).as_json()
    entries = [(r["amount_fen"], r["direct_cost_fen"]) for r in data["receipts"]]
    ratios = {m["id"]: Fraction(m["ratio"]) for m in data["members"]}
    of_reward = data["rule"] == "zhejiang"
    expected = payouts(entries, Fraction(data["p"]), Fraction(data["office"]), ratios, of_reward)
    assert [{k: row[k] for k in expected[0]} for row in answer["receipts"]] == expected


@settings(max_examples=200, deadline=None)
@given(requests())
def test_parts_add_up_at_every_receipt_and_in_total(data):
    answer = share(parse_share(data), BOOK).as_json()
    for row in [*answer["receipts"], answer["total"]]:
        people = sum(row["members"].values())
        if data["rule"] == "zhejiang":
            assert people + row["office_fen"] == row["pool_fen"]
            assert row["pool_fen"] + row["unit_fen"] == row["net_fen"]
        else:
            assert people == row["pool_fen"]
            assert row["pool_fen"] + row["office_fen"] + row["unit_fen"] == row["net_fen"]
    total = answer["total"]
    assert total["net_fen"] >= 0
    assert total["net_fen"] - total["waiting_costs_fen"] == total["received_fen"] - total["costs_fen"]
    for name, earned in total["members"].items():
        assert total["payable"][name] - total["owed_back"].get(name, 0) == earned


@given(requests())
def test_the_order_of_the_file_does_not_matter(data):
    days = [r["date"] for r in data["receipts"]]
    if len(set(days)) < len(days):
        return
    turned = {**data, "receipts": data["receipts"][::-1]}
    forward, back = (share(parse_share(d), BOOK).as_json() for d in (data, turned))
    assert forward["receipts"] == back["receipts"][::-1] and forward["total"] == back["total"]


GOOD = {
    "rule": "national",
    "p": "0.70",
    "members": [{"id": "a", "ratio": "0.6", "main": True}, {"id": "b", "ratio": "0.4"}],
    "receipts": [{"date": "2025-01-01", "amount_wan": "100"}],
}


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"rules": "x"}, ["unknown_key"]),
        ({"rule": "atlantis"}, ["unknown_rule"]),
        ({"p": None}, ["missing_key"]),
        ({"p": "1.2"}, ["bad_ratio"]),
        ({"p": 0.1 + 0.2}, ["imprecise_number"]),
        ({"p": "0.49"}, ["p_below_floor"]),
        ({"office": "0.31"}, ["parts_over_whole"]),
        ({"unit_kind": "club"}, ["bad_choice"]),
        ({"receipts": []}, ["missing_key"]),
        ({"receipts": {}}, ["bad_type"]),
        ({"receipts": [{"amount_wan": 1}]}, ["missing_key"]),
        ({"receipts": [{"date": "2025-13-01", "amount_wan": 1}]}, ["bad_date"]),
        ({"receipts": [{"date": "2025-01-01", "amount_wan": 1, "amount_yuan": 1}]}, ["two_units"]),
        ({"receipts": [{"date": "2025-01-01", "amount_wan": "0.0000001"}]}, ["fraction_of_fen"]),
        ({"receipts": [{"date": "2025-01-01", "amount_wan": 1, "taxes_wan": -1}]}, ["negative_money"]),
        ({"receipts": [{"date": "2025-01-01", "amount_wan": 1, "refund_of": "2024-01-01"}]}, ["not_a_refund"]),
        ({"receipts": [{"date": "2025-01-01", "amount_wan": 1, "tax_wan": 1}]}, ["unknown_key"]),
        ({"members": [{"id": "a", "ratio": "0.4", "main": True}, {"id": "b", "ratio": "0.6"}]}, ["main_below_floor"]),
        ({"members": [{"id": "a", "ratio": "1", "main": False}]}, ["main_below_floor"]),
        ({"members": [{"id": "a", "ratio": "0.5", "main": True}, {"id": "b", "ratio": "0.4"}]}, ["ratios_not_one"]),
        ({"members": [{"id": "a", "ratio": "1", "main": "yes"}]}, ["bad_type"]),
        ({"plans": [{"from": "2025-01-01", "p": "0.7", "members": GOOD["members"]}]}, ["two_plans"]),
        ({"plans": [{"from": "2025-02-01", "p": "0.7", "members": GOOD["members"]}], "p": None, "members": None}, ["no_plan_yet"]),
        (
            {
                "plans": [
                    {"from": "2025-02-01", "p": "0.7", "members": GOOD["members"]},
                    {"from": "2025-01-01", "p": "0.7", "members": GOOD["members"]},
                ],
                "p": None,
                "members": None,
            },
            ["plans_order"],
        ),
    ],
)
def test_wrong_requests_are_refused_by_name(change, codes):
    with pytest.raises(Refused) as refusal:
        share(parse_share({**GOOD, **change}), BOOK)
    assert sorted({p.code for p in refusal.value.problems}) == codes


def test_all_problems_are_reported_together_with_their_paths():
    bad = {**GOOD, "p": "x", "receipts": [{"date": "2025-01-01", "amount_wan": "y"}]}
    with pytest.raises(Refused) as refusal:
        parse_share(bad)
    assert {p.field for p in refusal.value.problems} == {"p", "receipts[0].amount_wan"}


def test_a_firm_may_go_below_every_floor_but_a_state_unit_may_not():
    low = {**GOOD, "p": "0.10", "members": [{"id": "a", "ratio": "1", "main": False}]}
    assert share(parse_share({**low, "unit_kind": "firm"}), BOOK).shares[0].pool == 10_000_000
    with pytest.raises(Refused) as refusal:
        share(parse_share(low), BOOK)
    assert [p.code for p in refusal.value.problems] == ["p_below_floor", "main_below_floor"]


def test_unstated_main_contributors_are_a_warning_not_a_guess():
    unstated = {**GOOD, "members": [{"id": "a", "ratio": "1"}]}
    assert [w.code for w in share(parse_share(unstated), BOOK).warnings] == ["main_not_stated"]


def test_jilin_suggests_more_than_it_demands():
    fine = {**GOOD, "rule": "jilin", "p": "0.60"}
    (warning,) = share(parse_share(fine), BOOK).warnings
    assert warning.code == "below_suggested_floor" and "待核实" in warning.message


@pytest.mark.parametrize(("way", "p", "ok"), [("own_use", "0.05", True), ("own_use", "0.04", False), ("shares", "0.05", False)])
def test_the_floor_depends_on_the_way_of_transfer(way, p, ok):
    request = parse_share({**GOOD, "way": way, "p": p})
    if ok:
        assert share(request, BOOK).shares[0].pool == 5_000_000
    else:
        with pytest.raises(Refused, match="下限"):
            share(request, BOOK)


def test_a_payment_inside_the_notice_period_is_refused():
    early = {
        **GOOD,
        "notice_from": "2025-01-01",
        "notice_to": "2025-02-01",
        "receipts": [{"date": "2025-01-01", "amount_wan": "100", "paid_on": "2025-01-20"}],
    }
    with pytest.raises(Refused) as refusal:
        share(parse_share(early), BOOK)
    assert [p.code for p in refusal.value.problems] == ["paid_before_notice"]
