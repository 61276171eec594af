"""After registration: certificate versions, notices, benefits, pricing, statistics."""

from __future__ import annotations

import os
from datetime import date
from fractions import Fraction

import pytest

from trihelix.engines import contracts
from trihelix.engines.books import books_root
from trihelix.engines.contracts import pricing, tax
from trihelix.engines.contracts.record import BenefitUse, Certificate
from trihelix.engines.contracts.tables import flow
from trihelix.engines.errors import Refused
from trihelix.engines.workdays import Calendar

pytestmark = pytest.mark.nodb

FOLDER = books_root(os.environ) / "jilin"
BOOK = contracts.load_contract_book(FOLDER)
FIRST = Certificate("N1", 1, date(2025, 1, 10), 100, 90)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("change", date(2025, 2, 1), [], [], 1, 1), "not_registered"),
        (("change", date(2025, 2, 1), [FIRST], [], 100, None), "no_amounts"),
        (("change", date(2025, 2, 1), [FIRST], [], 100, 101), "technical_over_turnover"),
        (("cancel", date(2025, 1, 1), [FIRST], []), "date_order"),
    ],
)
def test_impossible_changes_are_refused(args, code):
    with pytest.raises(Refused) as refusal:
        contracts.after_registration(*args)
    assert refusal.value.problems[0].code == code


def test_only_benefits_not_yet_reported_cause_a_notice():
    used = [BenefitUse("CIT", "2025", 5, True), BenefitUse("grant", "2025", 7)]
    effect = contracts.after_registration("revoke", date(2025, 3, 1), [FIRST], used)
    assert [(n.benefit, n.to, n.amount) for n in effect.notices] == [("grant", "funder", 7)]
    assert effect.current is None and effect.certificates == (FIRST,)


def licence(**change):
    data = {"kind": "LIC", "subkind": "patent", "sign_date": "2025-01-01", "registered_on": "2025-02-01", **change}
    return contracts.parse_contract(data, BOOK)


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({"ip_items": [{"term": 5}]}, "yes"),
        ({"ip_items": [{"term": "长期"}]}, "yes"),
        ({"ip_items": [{"term": "2029-12-30"}]}, "no"),
        ({"ip_items": [{"term": "2029-12-31"}]}, "yes"),
        ({"ip_items": [{"term": 5}, {"term": 3}]}, "no"),
        ({"term_from": "2025-01-01", "term_to": "2029-12-31"}, "yes"),
        ({"ip_items": [{"term": "看情况"}]}, "unknown"),
        ({"ip_items": [{"term": 6}], "parties": [{"side": "buyer", "name": "甲", "is_related": True}]}, "no"),
        ({"kind": "CON", "subkind": "forecast"}, "no"),
    ],
)
def test_corporate_tax_relief_hangs_on_five_years_and_strangers(change, eligible):
    found = {b.kind: b.eligible for b in contracts.benefits(licence(**change), BOOK)}
    assert found["CIT"] == eligible


def test_a_service_contract_alone_cannot_know_its_vat():
    (vat, *_) = contracts.benefits(contracts.parse_contract({"kind": "SER"}, BOOK), BOOK)
    assert (vat.eligible, vat.missing) == ("unknown", ("registration",))


def test_estimates_never_go_below_zero():
    assert tax.cit_estimate(100, 200, 0, BOOK).without == 0
    assert tax.shares_tax(10, 20, 5, BOOK) == 0
    assert tax.rd_estimate(300, BOOK, Fraction(1, 4)).saved == 60


def agreed(**change):
    notice = pricing.PriceNotice(frozenset({"own_unit", "market"}), date(2025, 1, 1), date(2025, 1, 16), 100, change.pop("objections", 0))
    return pricing.Sale(**{"way": "agreement", "price": 100, "notice": notice, "rofr_answer": "waived", **change})


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"notice": None}, ["no_notice"]),
        ({"objections": 1}, ["objection_open"]),
        ({"signed_on": date(2025, 1, 16)}, ["signed_in_notice"]),
        ({"secret": True}, ["secret_not_approved"]),
        ({"way": "barter"}, ["unknown_way"]),
        ({"rofr_answer": None}, ["first_refusal_open"]),
        ({"rofr_answer": None, "is_transfer": False}, []),
        ({"rofr_answer": None, "service_result": False}, []),
    ],
)
def test_what_blocks_an_award(change, codes):
    sale = agreed(**change)
    assert [p.code for p in pricing.problems(sale, BOOK)] == codes
    if codes:
        with pytest.raises(Refused):
            contracts.award(sale, "bidder", "completer", BOOK)
    else:
        assert contracts.award(sale, "bidder", "completer", BOOK) == "bidder"


def test_a_completer_who_takes_it_gets_a_transfer_but_not_a_licence():
    assert contracts.award(agreed(rofr_answer="taken"), "bidder", "completer", BOOK) == "completer"
    assert contracts.award(agreed(rofr_answer="taken", is_transfer=False), "bidder", "completer", BOOK) == "bidder"


def row(n, seller, buyer, wan, registered="2025-03-01", **more):
    return contracts.parse_contract(
        {
            "id": str(n),
            "kind": "DEV",
            "registered_on": registered,
            "field": "新材料",
            "parties": [
                {"side": "seller", "name": f"s{n}", "nature_code": "0221", **seller},
                {"side": "buyer", "name": f"b{n}", "nature_code": "1500", **buyer},
            ],
            "amount_items": [{"kind": "technical", "amount_wan": wan}, {"kind": "equipment", "amount_wan": 1}],
            **more,
        },
        BOOK,
    )


HERE, THERE, ABROAD = {"division6": "220100"}, {"division6": "110108"}, {"country3": "502", "division6": ""}


def test_a_local_contract_is_output_and_intake_but_counted_once():
    rows = [
        row(1, HERE, HERE, 10),
        row(2, HERE, THERE, 20),
        row(3, THERE, HERE, 40),
        row(4, THERE, THERE, 80),
        row(5, HERE, ABROAD, 160),
        row(6, HERE, HERE, 320, registered="2024-12-31"),
        row(7, HERE, HERE, 640, registered=None),
    ]
    found = contracts.statistics(rows, "22", date(2025, 1, 1), date(2025, 12, 31), BOOK, date(2026, 1, 1)).as_json()
    assert found["total"] == {"contracts": 4, "turnover_fen": 234_000_000, "technical_fen": 230_000_000}
    assert {k: v["contracts"] for k, v in found["flow"].items()} == {"output": 3, "intake": 2, "local": 1}
    assert found["foreign"]["foreign"]["contracts"] == 1
    assert found["kind"]["DEV"] == found["total"] == found["field"]["新材料"] == found["seller_nature"]["0221"]
    assert [flow(r, "22", BOOK) for r in rows[:5]] == ["local", "output", "intake", "elsewhere", "output"]


def test_a_correction_changes_the_past_and_shows_as_a_revision():
    versions = [
        {"no": "N", "version": 1, "date": "2025-03-01", "turnover_wan": 11, "technical_amount_wan": 10},
        {"no": "N", "version": 2, "date": "2025-06-01", "turnover_wan": 9, "technical_amount_wan": 8},
    ]
    rows = [row(1, HERE, HERE, 10, certificate=versions)]
    period = ("22", date(2025, 1, 1), date(2025, 12, 31), BOOK)
    before, after = (contracts.statistics(rows, *period, d) for d in (date(2025, 5, 31), date(2025, 6, 1)))
    assert (before.total.technical, before.revision) == (10_000_000, 0)
    assert (after.total.technical, after.revision) == (8_000_000, 1)


def test_listing_deposits_and_the_record_of_a_licence_have_their_days():
    calendar = Calendar.load(FOLDER / "calendar")
    assert pricing.listing_ends(date(2026, 3, 2), BOOK) == date(2026, 3, 17)
    assert pricing.deposit_due(date(2026, 4, 30), BOOK, calendar).date == date(2026, 5, 11)
    effective = date(2026, 1, 31)
    days = {date(2026, 3, 31): "open", date(2026, 4, 1): "warn", date(2026, 4, 30): "warn", date(2026, 5, 1): "overdue"}
    assert {d: pricing.licence_record_state(effective, None, d, BOOK) for d in days} == days
    late = [pricing.licence_record_state(effective, d, date(2027, 1, 1), BOOK) for d in (date(2026, 4, 30), date(2026, 5, 1))]
    assert late == ["recorded", "recorded_late"]
