"""Rules over patents: reductions holder by holder, restoration and refund, uses, self-checks, the yearly cap of pushes, families in the index."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from trihelix.engines.codes import application_of
from trihelix.engines.errors import Refused
from trihelix.engines.months import add_months
from trihelix.kernel import bulk, clock, journal
from trihelix.kernel.models import Outbox, Record
from trihelix.kernel.register import register_of
from trihelix.registers.patents.actions import pushing
from trihelix.registers.patents.actions.fees import run_calendar
from trihelix.registers.patents.family import refresh_families
from trihelix.registers.patents.models import Fee, Patent, Push
from trihelix.registers.patents.settings_book import settings
from trihelix.registers.policies import facts
from trihelix.registers.policies.rulebook import rules

pytestmark = pytest.mark.django_db
TODAY = clock.today()


def run(register: str, act: str):
    return register_of(register).acts[act].run


def number(serial: int, kind: int = 1) -> str:
    return application_of(2018, 8_800_000 + serial, kind)


def patent(by, serial: int, kind: int = 1, **more) -> Patent:
    values = {
        "title": f"测试专利 {serial}", "owner": "u-tcm", "app_no": number(serial, kind), "filing_date": dt.date(2018, 3, 1), "grant_date": dt.date(2020, 5, 1),
        "fee_paid_to": dt.date(2030, 3, 1), "holders": [{"name": "示例中医药大学"}], **more,
    }  # fmt: skip
    return run("patents", "create")(by=by, **values)


def code(refusal) -> str:
    return refusal.value.problems[0].code


def test_a_reduction_holds_only_if_every_holder_qualifies(op):
    made = patent(op, 1, holders=[{"name": "示例大学"}, {"name": "示例企业"}])
    with pytest.raises(Refused) as refusal:
        run("patents", "check_reduction")(by=op, record=made.uid, parties=[{"name": "示例大学", "holder_kind": "public"}])
    assert code(refusal) == "holders_differ"
    for income, cut, verdicts in (("99.99", True, ["met", "met"]), ("100", False, ["met", "not_met"]), ("", False, ["met", "unknown"])):
        told = run("patents", "check_reduction")(
            by=op, record=made.uid,
            parties=[{"name": "示例大学", "holder_kind": "public"}, {"name": "示例企业", "holder_kind": "firm", "taxable_income": income}],
        )  # fmt: skip
        assert told.fee_cut is cut and [p["verdict"] for p in told.fee_parties] == verdicts
        assert all(p["rule"].startswith("patent-fee-holder@") for p in told.fee_parties)


def lapsed(op, serial: int) -> Fee:
    """A fee whose grace ran out a week ago."""
    end = add_months(TODAY, -6) - dt.timedelta(days=7)
    made = patent(op, serial, filing_date=end.replace(year=end.year - 6), grant_date=end.replace(year=end.year - 4), fee_paid_to=end)
    run("patents", "draw_fee")(by=op, record=made.uid)
    run_calendar(clock.now())
    fee = Fee.objects.get(patent=made.record)
    assert fee.record.state == "lapsed" and Patent.objects.get(pk=made.pk).status == "lapsed_fee"
    return fee


def test_a_lapsed_right_is_restored_with_its_fee_and_money_paid_twice_comes_back(op):
    fee = lapsed(op, 2)
    kept = run("patent_fees", "restore")(by=op, record=fee.uid, restored_on=TODAY, voucher="PJ-1")
    assert kept.restore_fen == 100_000 and kept.pay_fen == kept.full_fen + kept.late_fen + 100_000
    again = Patent.objects.get(pk=fee.patent_id)
    assert kept.record.state == "paid" and again.status == "restored" and again.fee_paid_to > TODAY
    refund = run("patent_fees", "refund")
    for values, reason, expected in (
        ({"amount_yuan": 1}, "", "reason_required"), ({"amount_yuan": kept.pay_fen + 1}, "重缴", "over_paid"), ({"amount_yuan": 0}, "重缴", "over_paid"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            refund(by=op, record=fee.uid, refunded_on=TODAY, reason=reason, **values)
        assert code(refusal) == expected
    assert refund(by=op, record=fee.uid, amount_yuan=kept.full_fen, refunded_on=TODAY, reason="重缴").refund_fen == kept.full_fen
    with pytest.raises(Refused) as refusal:
        refund(by=op, record=fee.uid, amount_yuan=1, refunded_on=TODAY, reason="重缴")
    assert code(refusal) == "refunded_twice"


def test_restoration_ends_and_unpaid_fees_have_no_refund(op):
    fee = lapsed(op, 3)
    with pytest.raises(Refused) as refusal:
        run("patent_fees", "refund")(by=op, record=fee.uid, amount_yuan=100, refunded_on=TODAY, reason="错缴")
    assert code(refusal) == "not_paid"
    Fee.objects.filter(pk=fee.pk).update(last_on=add_months(TODAY, -settings().restore_months) - dt.timedelta(days=1))
    with pytest.raises(Refused) as refusal:
        run("patent_fees", "restore")(by=op, record=fee.uid, restored_on=TODAY, voucher="PJ-2")
    assert code(refusal) == "restoration_over"


def test_a_class_two_right_serves_one_recognition_once_save_by_override_with_reason(actor, op):
    office = actor("utcm-office")
    made, invention = patent(op, 4, kind=2), patent(op, 5)
    use = run("patents", "use_for")
    assert use(by=office, record=made.uid, recognition="hnte").used_in == ["hnte"]
    with pytest.raises(Refused) as refusal:
        use(by=office, record=made.uid, recognition="hnte")
    assert code(refusal) == "rule_not_met" and refusal.value.problems[0].clause == "patent-use"
    with pytest.raises(Refused) as refusal:
        use(by=office, record=made.uid, recognition="hnte", override=True, reason="原认定已撤销")
    assert code(refusal) == "override_by_desk"
    with pytest.raises(Refused) as refusal:
        use(by=op, record=made.uid, recognition="hnte", override=True)
    assert code(refusal) == "reason_required"
    use(by=op, record=made.uid, recognition="hnte", override=True, reason="原认定已撤销")
    last = journal.history(made.record)[0]
    assert last["changes"]["override"][1]["failed"] == ["once"]
    for _ in range(2):
        use(by=office, record=invention.uid, recognition="hnte")


def test_publicly_funded_and_unused_for_five_years(op):
    opened = run("patents", "open_to_state")
    idle = patent(op, 6, funded=True)
    with pytest.raises(Refused) as refusal:
        opened(by=op, record=idle.uid)
    assert code(refusal) == "rule_not_met" and "good_reason" in refusal.value.problems[0].message
    assert "state_use" in opened(by=op, record=idle.uid, good_reason=False).encumbrances
    used = patent(op, 7, funded=True)
    run("patent_deals", "create")(
        by=op, title="许可", owner="u-tcm", kind="ordinary", counterpart="firm-jicui", patents=[used.number], signed_on=dt.date(2024, 1, 1), effective_on=dt.date(2024, 1, 2)
    )  # fmt: skip
    with pytest.raises(Refused):
        opened(by=op, record=used.uid, good_reason=False)
    assert "state_use" in opened(by=op, record=used.uid, good_reason=False, override=True, reason="许可从未履行").encumbrances


def test_a_product_checks_itself_against_the_cut_off_of_its_round(op):
    made = run("patent_products", "create")(
        by=op, title="示例产品", owner="firm-jicui", data_year=2024, sales_wan=100_000_000, revenue_wan=300_000_000, takes_part=True, patents_used=[{"app_no": number(8)}]
    )  # fmt: skip
    patent(op, 8)
    run("patent_products", "submit")(by=op, record=made.uid)
    run("patent_products", "file")(by=op, record=made.uid, filed_on=dt.date(2025, 9, 1))
    check = run("patent_products", "self_check")
    day = dt.date(2025, 9, 15)
    assert check(by=op, record=made.uid, on=day, cutoff=dt.date(2025, 9, 1)).gate["verdict"] == "met"
    late = check(by=op, record=made.uid, on=day, cutoff=dt.date(2025, 8, 31)).gate
    assert late["verdict"] == "not_met" and late["failed"] == ["in_time"] and late["cutoff"] == "2025-08-31"
    unknown = check(by=op, record=made.uid, on=day).gate
    assert unknown["verdict"] == "unknown" and unknown["missing"] == ["cutoff_announced"]


def test_the_model_firm_check_knows_the_patents_and_products(op):
    firm = Record.objects.get(register="bodies", ref="firm-jicui")
    before = facts.of_firm("model-patent-firm", firm, TODAY)
    held = [patent(op, 20 + n, owner="firm-jicui", holders=[{"name": firm.title}]) for n in range(4)]
    made = run("patent_products", "create")(
        by=op, title="示例产品", owner="firm-jicui", data_year=2024, sales_wan=1, revenue_wan=2, patents_used=[{"app_no": p.app_no} for p in held[:3]]
    )  # fmt: skip
    run("patent_products", "submit")(by=op, record=made.uid)
    run("patent_products", "file")(by=op, record=made.uid, filed_on=TODAY)
    after = facts.of_firm("model-patent-firm", firm, TODAY)
    assert after["patents_valid"]["value"] - before.get("patents_valid", {"value": 0})["value"] == 4
    assert after["patents_used"]["value"] - before.get("patents_used", {"value": 0})["value"] == 3
    assert after["product_filed"] == {"value": True, "source": "专利产品库"}
    typed = facts.of_firm("model-patent-firm", firm, TODAY, {"patents_used": 1, "patents_valid": 4})
    answer = rules().check("model-patent-firm", typed, TODAY)
    assert "rate" in answer.failed and any(c["clause"] == "rate" for c in answer.change)


def test_a_firm_is_not_asked_more_than_its_share_in_a_year(op, monkeypatch):
    made = patent(op, 30)
    around = run("stock_rounds", "create")(by=op, title="盘点（测试）", owner="g-scjg", bodies=["u-tcm"], starts_on=TODAY)
    run("stock_rounds", "start")(by=op, record=around.uid)
    form = run("stock_records", "create")(by=op, round=around.number, patent=made.number)
    push = run("stock_pushes", "create")(
        by=op, title="推送", owner="u-tcm", stock=str(form.uid), patent=str(made.uid), firm="firm-jicui", sent_on=TODAY
    )
    firm, held = push.firm_id, settings()
    have = Push.objects.filter(firm=firm, sent_on__year=TODAY.year).exclude(record__state="withdrawn").count()
    limit = {"n": have + 1}
    monkeypatch.setattr(pushing, "settings", lambda: dataclasses.replace(held, push_firm_year=limit["n"]))
    assert pushing.full_firms([firm], TODAY) == set()
    limit["n"] = have
    assert pushing.full_firms([firm], TODAY) == {firm}
    assert pushing.full_firms([firm], TODAY.replace(year=TODAY.year + 1, day=1)) == set()
    Record.objects.filter(pk=push.pk).update(state="withdrawn")
    assert pushing.full_firms([firm], TODAY) == set()


def test_members_that_an_import_brings_refresh_their_family_once(op):
    head = patent(op, 40)
    rows = [
        {"title": "同族成员", "owner": "u-tcm", "app_no": number(41), "filing_date": dt.date(2018, 6, 1), "priority": head.app_no, "holders": [{"name": "示例中医药大学"}]}
    ]  # fmt: skip
    bulk.import_rows(register_of("patents"), rows, op, "导入")
    assert Patent.objects.filter(family=head.family).count() == 2
    assert refresh_families(clock.now()) >= 2
    queued = Outbox.objects.filter(kind="index", payload__record=head.pk).count()
    assert queued >= 2
    refresh_families(clock.now())
    assert Outbox.objects.filter(kind="index", payload__record=head.pk).count() == queued
