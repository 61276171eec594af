"""Recognition of technology contracts: kinds, amounts, clocks, refusals of bad input, hints."""

from __future__ import annotations

import os
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trihelix.engines import contracts
from trihelix.engines.books import books_root
from trihelix.engines.errors import Refused
from trihelix.engines.workdays import Calendar

pytestmark = pytest.mark.nodb

FOLDER = books_root(os.environ) / "jilin"
BOOK = contracts.load_contract_book(FOLDER)
CALENDAR = Calendar.load(FOLDER / "calendar")
DAY = date(2026, 3, 10)
BASE = {
    "rule_set": "NAT-2026",
    "kind": "SER",
    "title": "工艺改进服务",
    "sign_date": "2026-02-01",
    "term_to": "2027-01-31",
    "parties": [{"side": "buyer", "name": "甲"}, {"side": "seller", "name": "乙"}],
    "amount_items": [{"label": "服务费", "kind": "technical", "amount_wan": "80"}],
}


def answer(**change):
    record = contracts.parse_contract({**BASE, **change}, BOOK)
    return contracts.check(record, DAY, BOOK, CALENDAR).as_json()


@pytest.mark.parametrize(
    ("change", "hint", "codes"),
    [
        ({}, "register", []),
        ({"kind": "技术服务", "subkind": "技术培训", "tests": {"vocational": True}}, "refuse", ["not_technology"]),
        ({"subkind": "training", "tests": {"inside_other": True}}, "retype", ["wrong_kind"]),
        ({"subkind": "DEV-E"}, "retype", ["wrong_kind"]),
        ({"tests": {"pure_labour": True}}, "refuse", ["routine_work"]),
        ({"tests": {"transfers_ip": True}}, "retype", ["wrong_kind"]),
        ({"tests": {"specific_problem": True, "pure_labour": False}}, "register", []),
        ({"kind": "CON", "tests": {"includes_guidance": True}}, "retype", ["wrong_kind"]),
        ({"kind": "DEV", "tests": {"solution_mastered": True}}, "retype", ["wrong_kind"]),
        ({"kind": "DEV", "tests": {"innovation": False}}, "refuse", ["routine_work"]),
        ({"kind": "TRF", "subkind": "patent"}, "correct", ["no_ip_proof"]),
        ({"kind": "TRF", "subkind": "shares"}, "register", []),
        ({"kind": "LIC", "subkind": "secret"}, "register", []),
        ({"kind": "LIC", "subkind": "secret", "tests": {"ownership_clause": False}}, "refuse", ["no_ip_clause"]),
        ({"kind": "LIC", "subkind": "secret", "tests": {"secret_not_public": False}}, "refuse", ["public_domain"]),
        ({"parties": [{"side": "seller", "name": "乙"}]}, "correct", ["missing_party"]),
        ({"parties": [{"side": "buyer", "name": "乙"}, {"side": "seller", "name": "乙"}]}, "refuse", ["parties_same"]),
        ({"secret_flag": True}, "refuse", ["secret_channel"]),
        ({"sign_date": "2026-03-11"}, "refuse", ["not_effective"]),
        ({"effective_date": "2026-03-11"}, "refuse", ["not_effective"]),
        ({"sign_date": None}, "refuse", ["not_effective"]),
        ({"language": "en"}, "correct", ["other"]),
        ({"signed_by": "research_group"}, "correct", ["no_mandate"]),
        ({"signed_by": "research_group", "papers": ["mandate"]}, "register", []),
        ({"government_project": True}, "correct", ["missing_paper"]),
        ({"amount_items": [{"kind": "equipment", "amount_wan": 9}]}, "refuse", ["product_sale"]),
        ({"turnover_wan": "81"}, "correct", ["amount_unsplit"]),
        ({"technical_wan": "79"}, "correct", ["amount_unsplit"]),
        ({"price_text": "合同总价81万元"}, "correct", ["amount_unsplit"]),
        ({"price_text": "合同总价80万元，分两期各40万元"}, "register", []),
        ({"payment_plan": [{"amount_wan": 79}]}, "correct", ["amount_unsplit"]),
        ({"payment_plan": [{"amount_wan": 30, "form": "entry"}, {"form": "royalty"}]}, "register", []),
        ({"form": "oral", "signed_by": "department"}, "refuse", ["oral", "no_mandate"]),
    ],
)
def test_each_test_leads_to_its_reason(change, hint, codes):
    found = answer(**change)
    assert (found["decision_hint"], found["reason_codes"]) == (hint, codes)


def test_a_mixed_contract_takes_the_kind_of_its_largest_technical_part():
    items = [
        {"kind": "technical", "amount_wan": 50, "tech_kind": "DEV"},
        {"kind": "technical", "amount_wan": 30, "tech_kind": "SER"},
        {"kind": "equipment", "amount_wan": 90, "tech_kind": "SER"},
    ]
    found = answer(amount_items=items)
    assert found["decision_hint"] == "retype" and found["proposed"] == {"kind": "DEV", "subkind": None}
    assert found["technical_fen"] == 80_000_000


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"colour": "red"}, "unknown_key"),
        ({"kind": "GIFT"}, "bad_choice"),
        ({"kind": None}, "missing_key"),
        ({"subkind": "poetry"}, "bad_choice"),
        ({"rule_set": "EU-2030"}, "bad_choice"),
        ({"parties": [{"side": "left", "name": "甲"}]}, "bad_choice"),
        ({"parties": [{"side": "buyer", "name": "甲", "nick": "a"}]}, "unknown_key"),
        ({"amount_items": [{"kind": "technical", "amount_wan": "-1"}]}, "negative_money"),
        ({"amount_items": [{"kind": "gold", "amount_wan": "1"}]}, "bad_choice"),
        ({"amount_items": [{"kind": "technical"}]}, "missing_key"),
        ({"tests": {"feels_right": True}}, "unknown_key"),
        ({"tests": {"improves": "yes"}}, "bad_type"),
        ({"submissions": ["soon"]}, "bad_date"),
        ({"submissions": ["2026-03-11"]}, "future_submission"),
        ({"payment_plan": [{"form": "fixed"}]}, "missing_key"),
        ({"ip_items": [{"ip_kind": "专利", "term": True}]}, "bad_type"),
    ],
)
def test_bad_input_is_refused_by_name(change, code):
    with pytest.raises(Refused) as refusal:
        answer(**change)
    assert code in {p.code for p in refusal.value.problems}


def test_before_any_rule_set_the_contract_must_name_one():
    record = contracts.parse_contract({**BASE, "rule_set": None}, BOOK)
    with pytest.raises(Refused, match="1999"):
        contracts.check(record, date(1999, 1, 1), BOOK, CALENDAR)


items = st.lists(
    st.tuples(st.sampled_from(sorted(BOOK.amount_kinds)), st.integers(0, 10**12), st.booleans()).map(
        lambda t: {"kind": t[0], "amount_fen": t[1], "is_reasonable_carrier": t[2]}
    ),
    min_size=1,
    max_size=8,
)


@given(items)
def test_technical_amount_is_turnover_less_deductions(rows):
    found = answer(amount_items=rows)
    deducted = sum(r["amount_fen"] for r in found["deducted"])
    assert found["turnover_fen"] == sum(r["amount_fen"] for r in rows)
    assert found["technical_fen"] == found["turnover_fen"] - deducted >= 0
    assert found["large"] == (found["technical_fen"] >= 500_000_000)


def test_a_dispute_keeps_the_old_due_date():
    before, after = contracts.dispute_clocks(DAY, BOOK.rule_sets["NAT-2026"], CALENDAR, large=False)
    assert (before.due, after.due) == (date(2026, 3, 31), date(2026, 4, 22))


def test_a_due_date_in_a_year_not_announced_says_so():
    record = contracts.parse_contract({**BASE, "term_to": "2040-01-01"}, BOOK)
    assert contracts.check(record, date(2039, 3, 1), BOOK, CALENDAR).as_json()["confirmed"] is False


def test_verified_income_follows_the_receipts():
    equipment = {"label": "设备", "kind": "equipment", "amount_wan": "20"}
    receipts = [
        {"date": "2026-03-01", "received_wan": 50, "cost_wan": 5},
        {"date": "2026-04-01", "received_wan": 50, "technical_part_wan": 30, "cost_wan": 10},
        {"date": "2026-05-01", "received_wan": 50, "verified_income_wan": 7},
    ]
    data = {**BASE, "amount_items": [*BASE["amount_items"], equipment], "performance": receipts}
    assert contracts.verified_income(contracts.parse_contract(data, BOOK), BOOK) == (35 + 20 + 7) * 1_000_000
    unsplit = {**BASE, "amount_items": None, "price_text": "100万元", "performance": receipts[:1]}
    with pytest.raises(Refused, match="无法核定"):
        contracts.verified_income(contracts.parse_contract(unsplit, BOOK), BOOK)


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (
            {"parties": [{"side": "buyer", "name": "甲", "signatory": "丙"}, {"side": "seller", "name": "乙", "signatory": "丙"}]},
            "same_signatory",
        ),
        (
            {
                "parties": [
                    {"side": "buyer", "name": "甲", "shareholders": ["丁"]},
                    {"side": "seller", "name": "乙", "shareholders": ["丁"]},
                ]
            },
            "common_shareholder",
        ),
        ({"amount_items": [{"kind": "technical", "amount_wan": 499}]}, "just_under"),
        ({"text": "乙方提供设备三台"}, "hardware_in_price"),
        ({"parties": [{"side": "buyer", "name": "甲"}, {"side": "seller", "name": "乙", "rd_staff": 0}]}, "no_rd_staff"),
        ({"performance": [{"date": "2026-03-01", "received_wan": 1, "returned_to_payer": True}]}, "money_returned"),
        ({"sign_date": "2025-02-01", "payment_plan": [{"form": "royalty"}]}, "royalty_silent"),
    ],
)
def test_hints_ask_but_never_refuse(change, hint):
    found = answer(**change)
    assert [h["code"] for h in found["hints"]] == [hint]
    assert found["decision_hint"] == "register"


def test_december_registration_of_a_finished_contract_is_a_hint():
    data = {**BASE, "performance": [{"date": "2026-11-01", "received_wan": 80}]}
    found = contracts.check(contracts.parse_contract(data, BOOK), date(2026, 12, 5), BOOK, CALENDAR)
    assert [h.code for h in found.hints] == ["december_after_performance"]


def test_portfolio_hints_need_many_contracts():
    under = [{"kind": "technical", "amount_wan": 490}]
    rows = [{**BASE, "id": str(n), "title": f"合同{n}", "amount_items": under} for n in range(3)]
    rows.append({**BASE, "id": "copy", "title": "合同 0", "amount_items": under})
    other = [{"side": "buyer", "name": "甲"}, {"side": "seller", "name": "丙"}]
    rows += [{**BASE, "id": "t1", "text": "研究  内容"}, {**BASE, "id": "t2", "text": "研究内容。", "parties": other}]
    found = contracts.portfolio_hints([contracts.parse_contract(r, BOOK) for r in rows], BOOK)
    assert [(h.code, h.contracts) for h in found] == [
        ("same_text", ("t1", "t2")),
        ("many_just_under", ("0", "1", "2", "copy")),
        ("filed_twice", ("0", "copy")),
    ]
