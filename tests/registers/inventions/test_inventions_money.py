"""Receipts to people: the worked example, refunds, history of plans, no double payout; a second computation checks every payout."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trihelix.engines.errors import Refused
from trihelix.kernel.register import register_of
from trihelix.registers.inventions.models import Payout, SharePart, Transfer

pytestmark = pytest.mark.django_db
WAN = 1_000_000
DAY = dt.timedelta(days=1)


def run(register: str, act: str, **values):
    return register_of(register).acts[act].run(**values)


def moment(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 4, tzinfo=dt.UTC)


START = dt.date(2026, 1, 5)


def invention(by, **more):
    values = {
        "title": "参须活性物提取方法", "kind": "patent", "granted_on": dt.date(2025, 11, 3),
        "completers": [{"person": "p-058", "name": "示例-何二", "ratio": "0.6"}, {"name": "示例-乙", "ratio": "0.4"}],
    }  # fmt: skip
    made = run("inventions", "create", by=by, **{**values, **more})
    run("inventions", "disclose", by=by, record=made.uid, now=moment(START))
    return run("inventions", "claim", by=by, record=made.uid, minutes="校办〔2026〕1号", now=moment(START))


def transfer(by, found, **more):
    values = {
        "title": "提取方法许可",
        "invention": found.number,
        "way": "licence",
        "amount_wan": 1000 * WAN,
        "partner_name": "示例参业（演示）",
    }
    made = run("transfers", "create", by=by, **{**values, **more})
    return run("transfers", "sign", by=by, record=made.uid, signed_on=START, now=moment(START))


MEMBERS = (
    {"person": "p-058", "name": "示例-何二", "role": "completer", "ratio": "0.6", "is_main": True},
    {"name": "示例-乙", "role": "transformer", "ratio": "0.4", "is_main": False},
)


def plan(by, deal, p="0.7", members=MEMBERS, since=None, begin=START, office=""):
    made = run(
        "share_plans",
        "create",
        by=by,
        title=f"分配方案 {p} {begin}",
        transfer=deal.number,
        p=p,
        office=office,
        members=[dict(m) for m in members],
    )
    run("share_plans", "apply", by=by, record=made.uid, now=moment(begin))
    run("share_plans", "decide", by=by, record=made.uid, minutes="党委会〔2026〕3号", no_gain=True, now=moment(begin))
    run("share_plans", "announce", by=by, record=made.uid, text="方案公示", now=moment(begin))
    end = begin + 16 * DAY
    run("share_plans", "clear", by=by, record=made.uid, now=moment(end))
    return run("share_plans", "take_effect", by=by, record=made.uid, since=since, now=moment(end))


def receive(by, deal, key, amount, day, **costs):
    return run("transfers", "receive", by=by, record=deal.uid, voucher=key, date=day, amount_wan=amount, now=moment(day), **costs)


@pytest.fixture
def office(actor):
    return actor("utcm-office")


@pytest.fixture
def deal(office):
    return transfer(office, invention(office))


def test_a_licence_of_1000_gives_658_to_people_and_282_to_the_unit(office, deal):
    plan(office, deal)
    receive(office, deal, "V1", 1000 * WAN, dt.date(2026, 2, 1), taxes_wan=30 * WAN, upkeep_wan=10 * WAN, direct_wan=20 * WAN)
    parts = {p.member or p.role: p.earned_fen for p in SharePart.objects.filter(receipt__transfer=deal)}
    assert parts == {"p-058": 394_800_000, "示例-乙": 263_200_000, "office": 0, "unit": 282 * WAN}
    assert sum(parts.values()) == 940 * WAN
    mine = SharePart.objects.get(member="p-058")
    assert mine.person.ref == "p-058"
    assert Transfer.objects.get(pk=deal.pk).people_fen == 658 * WAN


def test_receipts_before_the_plan_are_shared_when_it_takes_effect(office, deal):
    receive(office, deal, "V1", 100 * WAN, dt.date(2026, 1, 6))
    assert not SharePart.objects.filter(receipt__transfer=deal).exists()
    plan(office, deal)
    assert sum(p.earned_fen for p in SharePart.objects.filter(receipt__transfer=deal)) == 100 * WAN


def test_a_later_plan_shares_later_receipts_only(office, deal):
    plan(office, deal, "0.7")
    receive(office, deal, "V1", 100 * WAN, dt.date(2026, 2, 1))
    plan(office, deal, "0.8", since=dt.date(2026, 5, 1), begin=dt.date(2026, 4, 1))
    receive(office, deal, "V2", 100 * WAN, dt.date(2026, 6, 1))
    unit = {p.receipt.key: p.earned_fen for p in SharePart.objects.filter(receipt__transfer=deal, role="unit")}
    assert unit == {"V1": 30 * WAN, "V2": 20 * WAN}


def test_below_the_floor_is_refused_for_a_state_unit_and_allowed_in_a_firm(office, actor):
    for kind, refused in (("state", True), ("firm", False)):
        one = transfer(office, invention(office, title=f"成果 {kind}"), unit_kind=kind)
        if refused:
            with pytest.raises(Refused) as refusal:
                plan(office, one, "0.45")
            assert refusal.value.problems[0].code == "p_below_floor"
        else:
            assert plan(office, one, "0.45").record.state == "effective"


def test_notice_of_14_days_is_refused_and_of_15_ends_only_after_its_last_day(office, deal):
    made = run("share_plans", "create", by=office, title="方案", transfer=deal.number, p="0.7", members=[dict(m) for m in MEMBERS])
    run("share_plans", "apply", by=office, record=made.uid, now=moment(START))
    run("share_plans", "decide", by=office, record=made.uid, minutes="纪要", no_gain=True, now=moment(START))
    with pytest.raises(Refused) as refusal:
        run("share_plans", "announce", by=office, record=made.uid, text="公示", notice_to=START + 14 * DAY, now=moment(START))
    assert refusal.value.problems[0].code == "notice_short"
    run("share_plans", "announce", by=office, record=made.uid, text="公示", now=moment(START))
    with pytest.raises(Refused) as refusal:
        run("share_plans", "clear", by=office, record=made.uid, now=moment(START + 15 * DAY))
    assert refusal.value.problems[0].code == "notice_running"


def test_an_objection_suspends_until_it_is_answered(office, deal):
    made = run("share_plans", "create", by=office, title="方案", transfer=deal.number, p="0.7", members=[dict(m) for m in MEMBERS])
    for act, more in (("apply", {}), ("decide", {"minutes": "纪要", "no_gain": True}), ("announce", {"text": "公示"})):
        run("share_plans", act, by=office, record=made.uid, now=moment(START), **more)
    run("share_plans", "object", by=office, record=made.uid, reason="遗漏完成人", now=moment(START + DAY))
    with pytest.raises(Refused):
        run("share_plans", "clear", by=office, record=made.uid, now=moment(START + 16 * DAY))
    back = run("share_plans", "resolve", by=office, record=made.uid, outcome="decided", reason="异议成立", now=moment(START + 2 * DAY))
    assert back.record.state == "decided" and back.notice_to is None


def test_a_leader_must_be_recused(office, deal):
    members = ({**MEMBERS[0], "leader": True}, MEMBERS[1])
    made = run("share_plans", "create", by=office, title="方案", transfer=deal.number, p="0.7", members=[dict(m) for m in members])
    run("share_plans", "apply", by=office, record=made.uid, now=moment(START))
    with pytest.raises(Refused) as refusal:
        run("share_plans", "decide", by=office, record=made.uid, minutes="纪要", no_gain=True, now=moment(START))
    assert refusal.value.problems[0].code == "not_recused"


def test_a_part_is_paid_once(office, actor, deal):
    plan(office, deal)
    receive(office, deal, "V1", 100 * WAN, dt.date(2026, 2, 1))
    cashier, now = actor("utcm-finance"), moment(dt.date(2026, 2, 2))
    run("transfers", "order_payouts", by=cashier, record=deal.uid, now=now)
    with pytest.raises(Refused) as refusal:
        run("transfers", "order_payouts", by=cashier, record=deal.uid, now=now)
    assert refusal.value.problems[0].code == "nothing_payable"
    order = Payout.objects.filter(part__receipt__transfer=deal).first()
    run("transfers", "pay", by=cashier, record=deal.uid, payout=order.number, paid_on=dt.date(2026, 2, 2), bank_voucher="B-1", now=now)
    with pytest.raises(Refused) as refusal:
        run("transfers", "pay", by=cashier, record=deal.uid, payout=order.number, paid_on=dt.date(2026, 2, 2), bank_voucher="B-2", now=now)
    assert refusal.value.problems[0].code == "already_paid"


def test_a_refund_is_set_off_against_the_next_receipt(office, deal):
    plan(office, deal)
    receive(office, deal, "V1", 100 * WAN, dt.date(2026, 2, 1))
    run(
        "transfers",
        "refund",
        by=office,
        record=deal.uid,
        voucher="R1",
        date=dt.date(2026, 3, 1),
        amount_wan=40 * WAN,
        refund_of="V1",
        now=moment(dt.date(2026, 3, 1)),
    )
    receive(office, deal, "V2", 100 * WAN, dt.date(2026, 4, 1))
    payable = {(p.receipt.key, p.member): p.payable_fen for p in SharePart.objects.filter(receipt__transfer=deal, role="member")}
    assert payable[("R1", "p-058")] == 0
    assert payable[("V2", "p-058")] == 42 * WAN - (42 * 4 // 10 * WAN + 8 * WAN // 10)


def _largest(total: int, ratios: list[Fraction]) -> list[int]:
    """Written again on purpose: floor every part, then one fen each by falling remainder."""
    sign, rest = (1, total) if total >= 0 else (-1, -total)
    raw = [rest * r for r in ratios]
    parts = [int(x) for x in raw]
    order = sorted(range(len(raw)), key=lambda i: (-(raw[i] - parts[i]), i))
    for i in order[: rest - sum(parts)]:
        parts[i] += 1
    return [sign * x for x in parts]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.integers(1, 10**11), min_size=1, max_size=4), p=st.integers(50, 100), share=st.integers(1, 99))
def test_every_payout_agrees_with_a_second_computation(office, amounts, p, share):
    one = transfer(office, invention(office))
    ratio = Fraction(share, 100)
    members = [
        {"name": "甲", "role": "completer", "ratio": f"{share}/100"},
        {"name": "乙", "role": "completer", "ratio": f"{100 - share}/100"},
    ]
    plan(office, one, f"{p}%", members=members)
    for n, amount in enumerate(amounts):
        receive(office, one, f"V{n}", amount, dt.date(2026, 2, 1) + n * DAY)
    for n, amount in enumerate(amounts):
        pool, office_part, unit = _largest(amount, [Fraction(p, 100), Fraction(0), 1 - Fraction(p, 100)])
        first, second = _largest(pool, [ratio, 1 - ratio])
        found = {q.member or q.role: q.earned_fen for q in SharePart.objects.filter(receipt__transfer=one, receipt__key=f"V{n}")}
        assert found == {"甲": first, "乙": second, "office": office_part, "unit": unit}
        assert sum(found.values()) == amount
