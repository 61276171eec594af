"""Recognition and registration: clocks, correction, two officers, duplicates, change, objection, performance."""

from __future__ import annotations

import datetime as dt

import pytest

from trihelix.engines import sheets
from trihelix.engines.errors import Refused
from trihelix.kernel import book, bulk
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Notice, Record, Wait
from trihelix.kernel.register import register_of
from trihelix.registers.contracts.models import Contract

pytestmark = pytest.mark.django_db
WAN = 1_000_000


def run(act: str):
    return register_of("contracts").acts[act].run


def terms(**more):
    """A development contract: 600 of which 150 pumps and 20 material are deducted, one rig is a reasonable carrier."""
    values = {
        "title": "低温粉碎装备技术开发", "kind": "DEV", "sign_date": dt.date(2026, 5, 20), "term_from": dt.date(2026, 5, 20), "term_to": dt.date(2028, 5, 19),
        "parties": [
            {"side": "seller", "name": "示例中医药大学（演示）", "division6": "220103", "nature_code": "022"},
            {"side": "buyer", "name": "示例·集翠参业（演示）有限公司", "division6": "220582", "nature_code": "150"},
        ],
        "amount_items": [
            {"label": "开发费", "kind": "technical", "amount_wan": 400 * WAN}, {"label": "泵与传感器", "kind": "equipment", "amount_wan": 150 * WAN},
            {"label": "试验原料", "kind": "material", "amount_wan": 20 * WAN},
            {"label": "样机一台", "kind": "equipment", "amount_wan": 30 * WAN, "is_reasonable_carrier": True},
        ],
    }  # fmt: skip
    return {**values, **more}


@pytest.fixture
def clerk(actor):
    return actor("officer")


@pytest.fixture
def filed(actor):
    office = actor("utcm-office")
    made = run("create")(by=office, **terms())
    return run("submit")(by=office, record=made.uid)


def _clear(found, clerk):
    """Answer the tests of the kind so that nothing blocks, supplying the papers asked for."""
    from trihelix.registers.contracts import recognition

    tests = list(recognition.contract_book().all_tests())
    run("answer")(by=clerk, record=found.uid, passed=[t.id for t in tests if t.need], failed=[t.id for t in tests if not t.need])


def _register(found, clerk, second=None):
    run("accept")(by=clerk, record=found.uid)
    _clear(found, clerk)
    if Contract.objects.get(pk=found.pk).large:
        run("propose")(by=clerk, record=found.uid)
    return run("register")(by=second or clerk, record=found.uid)


def test_the_price_table_decides_the_technical_amount_and_the_track(filed):
    contract = Contract.objects.get(pk=filed.pk)
    assert (contract.turnover_fen, contract.technical_fen, contract.large) == (600 * WAN, 430 * WAN, False)


def test_acceptance_starts_the_clock_of_the_last_complete_submission(filed, clerk):
    accepted = run("accept")(by=clerk, record=filed.uid)
    expected = book.current().calendar.add(accepted.accepted_on, 15, kind="working").date
    assert accepted.due == expected
    assert Wait.objects.get(record=filed.record, act="register").due_at.date() in (expected, expected - dt.timedelta(days=1))


def test_a_dispute_recomputes_the_due_day_and_keeps_the_old_one_in_history(filed, clerk):
    accepted = run("accept")(by=clerk, record=filed.uid)
    before = accepted.due
    disputed = run("dispute")(by=clerk, record=filed.uid)
    assert disputed.due == book.current().calendar.add(disputed.accepted_on, 30, kind="working").date
    from trihelix.kernel.journal import history

    assert history(filed.record)[0]["changes"]["due"] == [str(before), str(disputed.due)]


def test_registering_gives_number_and_certificate(filed, clerk):
    done = _register(filed, clerk)
    assert done.record.state == "registered" and len(done.certificate_no) == 16
    assert done.certificates.get().technical_fen == 430 * WAN


def test_correction_stops_the_clock_until_the_next_submission(filed, clerk, actor):
    run("accept")(by=clerk, record=filed.uid)
    asked = run("ask")(by=clerk, record=filed.uid, reason_codes=["amount_unsplit"], reason="补分项")
    assert (asked.record.state, asked.due) == ("correction", None)
    office = actor("utcm-office")
    run("change")(by=office, record=filed.uid, price_text="人民币600万元整")
    again = run("submit")(by=office, record=filed.uid)
    assert len(again.submissions) == 2


def test_unknown_reason_codes_and_refusals_without_one_are_refused(filed, clerk):
    run("accept")(by=clerk, record=filed.uid)
    with pytest.raises(Refused) as refusal:
        run("refuse")(by=clerk, record=filed.uid, reason="不行")
    assert refusal.value.problems[0].code == "no_reason_code"
    with pytest.raises(Refused) as refusal:
        run("refuse")(by=clerk, record=filed.uid, reason="不行", reason_codes=["ugly"])
    assert refusal.value.problems[0].code == "unknown_reason"


def test_a_large_contract_needs_two_officers(actor, clerk, op):
    office = actor("utcm-office")
    big = terms(title="大额开发", amount_items=[{"label": "开发费", "kind": "technical", "amount_wan": 900 * WAN}])
    made = run("submit")(by=office, record=run("create")(by=office, **big).uid)
    run("accept")(by=clerk, record=made.uid)
    _clear(made, clerk)
    with pytest.raises(Refused) as refusal:
        run("register")(by=clerk, record=made.uid)
    assert refusal.value.problems[0].code == "two_officers"
    run("propose")(by=clerk, record=made.uid)
    with pytest.raises(Refused) as refusal:
        run("register")(by=clerk, record=made.uid)
    assert refusal.value.problems[0].code == "two_officers"
    assert run("register")(by=op, record=made.uid).record.state == "registered"


def test_the_same_contract_is_not_registered_twice_at_any_office(filed, clerk, actor):
    _register(filed, clerk)
    office = actor("utcm-office")
    twin = run("submit")(by=office, record=run("create")(by=office, **terms(office="JL-2201")).uid)
    run("accept")(by=clerk, record=twin.uid)
    _clear(twin, clerk)
    with pytest.raises(Refused) as refusal:
        run("register")(by=clerk, record=twin.uid)
    assert "duplicate" in {p.code for p in refusal.value.problems}


def test_state_secrets_never_enter(actor):
    office = actor("utcm-office")
    made = run("create")(by=office, **terms(secret_flag=True))
    with pytest.raises(Refused) as refusal:
        run("submit")(by=office, record=made.uid)
    assert refusal.value.problems[0].code == "secret_channel"


def test_a_change_makes_a_new_certificate_and_tells_who_gave_a_benefit(filed, clerk, actor):
    _register(filed, clerk)
    office = actor("utcm-office")
    run("use_benefit")(by=office, record=filed.uid, kind="VAT", period="2026", amount_wan=3 * WAN)
    run("ask_change")(by=office, record=filed.uid, reason="追加一项服务")
    items = [*terms()["amount_items"], {"label": "培训", "kind": "technical", "amount_wan": 10 * WAN}]
    run("change")(by=office, record=filed.uid, amount_items=items)
    done = run("change_done")(by=clerk, record=filed.uid)
    assert list(done.certificates.values_list("version", "technical_fen")) == [(1, 430 * WAN), (2, 440 * WAN)]
    assert done.benefits.get().notified_on_change and Notice.objects.filter(record=filed.record, key__contains="VAT").exists()


def test_receipts_are_counted_once_and_income_never_exceeds_the_technical_amount(filed, clerk, actor):
    _register(filed, clerk)
    office = actor("utcm-office")
    run("receive")(by=office, record=filed.uid, date=dt.date(2026, 12, 1), received_wan=500 * WAN, technical_wan=430 * WAN, voucher="P-1")
    with pytest.raises(Refused) as refusal:
        run("receive")(by=office, record=filed.uid, date=dt.date(2026, 12, 1), received_wan=500 * WAN, voucher="P-1")
    assert refusal.value.problems[0].code == "receipt_twice"
    with pytest.raises(Refused) as refusal:
        run("verify_income")(by=clerk, record=filed.uid, voucher="P-1", verified_wan=431 * WAN)
    assert refusal.value.problems[0].code == "above_technical"
    run("verify_income")(by=clerk, record=filed.uid, voucher="P-1", verified_wan=430 * WAN)
    assert Contract.objects.get(pk=filed.pk).receipts.get().verified_fen == 430 * WAN


def test_an_objection_can_end_in_revocation(filed, clerk, actor):
    _register(filed, clerk)
    run("object")(by=actor("utcm-office"), record=filed.uid, reason="金额有误")
    done = run("review")(by=clerk, record=filed.uid, outcome="revoked", reason="材料不实")
    assert done.record.state == "revoked" and done.ended_on is not None


def _rows(n):
    return [
        {
            **terms(title=f"合同 {i}", amount_items=[{"label": "费用", "kind": "technical", "amount_wan": (i + 1) * WAN}]), "ref": f"HT-{i}", "owner": "u-tcm",
            "office": "JL", "sign_date": dt.date(2025, 1, 1 + i % 28), "term_from": None, "registered_on": dt.date(2025, 3, 1 + i % 28),
            "certificate_no": f"2025220001{i:06d}",
        }
        for i in range(n)
    ]  # fmt: skip


def test_registrations_are_counted_by_office_and_year(op, tmp_path):
    path = tmp_path / "c.jsonl"
    rows = _rows(20)
    rows[3]["office"] = "JL-2202"
    sheets.write(register_of("contracts").sheet, rows, path, "name")
    answer = bulk.import_file(register_of("contracts"), path, op)
    assert answer["errors"] == [] and answer["created"] == 20
    year = Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    before = (
        Contract.objects.filter(registered_on__year=2025, office__parties_node__level="1").exclude(record__ref__startswith="HT-").count()
    )
    assert evaluate("contracts.registrations", op, year, office_level="1").raw() == before + 19
    assert Record.objects.get(register="contracts", ref="HT-0").state == "registered"


@pytest.mark.slow
def test_five_thousand_contracts_come_in_under_half_a_minute_and_wrong_ones_are_named(op, tmp_path):
    path = tmp_path / "c.jsonl"
    rows = _rows(5000)
    rows[7]["amount_items"][0]["kind"] = "gold"
    rows[4998]["registered_on"] = dt.date(2024, 1, 1)
    sheets.write(register_of("contracts").sheet, rows, path, "name")
    answer = bulk.import_file(register_of("contracts"), path, op)
    assert {e["row"] for e in answer["errors"]} == {8, 4999} and answer["created"] == 0
    rows[7]["amount_items"][0]["kind"], rows[4998]["registered_on"] = "technical", dt.date(2025, 3, 1)
    sheets.write(register_of("contracts").sheet, rows, path, "name")
    assert bulk.import_file(register_of("contracts"), path, op)["created"] == 5000
