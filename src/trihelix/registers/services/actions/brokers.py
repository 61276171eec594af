"""Brokers and their cases: register, grades, alliance, mandates, commission with caps; acknowledgements of the exchange."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Sum

from trihelix.engines.shares import CommissionRule, load_share_book
from trihelix.engines.shares.capital import both_sides, commission
from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.errors import Conflict
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.services import sheets
from trihelix.registers.services.models import Broker, BrokerageCase, ExchangeAck

WRITERS = ("owner", "node", "officer", "operator")
UPPER = ("officer", "operator")


@action("brokers", "create", "申请登记", "Apply", creates=True, roles=WRITERS)
def apply(a: Run, broker: Broker, **values: Any) -> None:
    """Apply to be registered as a technology manager; the desk checks grade and papers."""
    create_entry(a, broker, values)
    a.record.visibility = "node"


@action("brokers", "register", "准予登记", "Register", safe=True)
def register(a: Run, broker: Broker) -> None:
    """Enter into the public register. Refuses expired certificates."""
    a.require(broker.valid_to is None or broker.valid_to >= a.today, "expired", f"证书已于 {broker.valid_to} 到期", field="valid_to")
    broker.registered_on = a.today
    a.record.visibility = "public"
    a.notify(f"已登记为技术经理人：{broker.title}", roles=("owner", "author"), en=f"Registered as technology manager: {broker.title}")


@action("brokers", "refuse", "不予登记", "Refuse", danger=True)
def refuse(a: Run, broker: Broker) -> None:
    """Refuse with the reason."""
    a.notify(f"技术经理人登记未通过：{broker.title}（{a.reason}）", roles=("owner", "author"), en=f"Not registered: {broker.title}")


@action("brokers", "suspend", "暂停执业", "Suspend", danger=True)
def suspend(a: Run, broker: Broker) -> None:
    """Suspend with the reason; new cases are refused meanwhile."""


@action("brokers", "resume", "恢复执业", "Resume", safe=True)
def resume(a: Run, broker: Broker) -> None:
    """End the suspension."""


@action("brokers", "remove", "注销", "Remove", danger=True)
def remove(a: Run, broker: Broker) -> None:
    """Remove; membership of the alliance ends with it."""
    _leave(broker, a.today)


@action("brokers", "set_grade", "评定级别", "Set the grade", roles=UPPER, fields=(
    Column("grade", "choice", "级别", "Grade", required=True, choices=sheets.GRADES), Column("graded_on", "date", "评定日期", "Graded on", required=True),
    Column("certificate_no", "text", "证书编号", "Certificate"), Column("valid_to", "date", "有效期止", "Valid to"),
))  # fmt: skip
def set_grade(a: Run, broker: Broker, *, grade: str, graded_on: dt.date, certificate_no: str = "", valid_to: dt.date | None = None) -> None:
    """Record a grade with certificate and period; the earlier one stays in history."""
    a.require(valid_to is None or valid_to >= graded_on, "date_order", "有效期止早于评定日期", field="valid_to")
    broker.grade, broker.graded_on, broker.valid_to = grade, graded_on, valid_to
    broker.certificate_no = certificate_no or broker.certificate_no


@action("brokers", "train", "登记培训", "Record training", roles=WRITERS, fields=(
    Column("course", "text", "课程", "Course", required=True), Column("hours", "integer", "学时", "Hours", required=True), Column("passed_on", "date", "结业日期", "Passed on", required=True),
))  # fmt: skip
def train(a: Run, broker: Broker, *, course: str, hours: int, passed_on: dt.date) -> None:
    """Add a course passed."""
    a.require(hours > 0, "not_positive", "学时应大于零", field="hours", value=hours)
    broker.training = [*broker.training, {"course": course, "hours": hours, "passed_on": passed_on.isoformat()}]


@action(
    "brokers",
    "join",
    "加入联盟",
    "Join the alliance",
    roles=WRITERS,
    fields=(Column("joined_on", "date", "入盟日期", "Joined on", required=True),),
)
def join(a: Run, broker: Broker, *, joined_on: dt.date) -> None:
    """Become a member of the broker alliance. Refuses brokers not registered, and members."""
    a.require(a.record.state == "registered", "not_registered", "在册的技术经理人才能入盟", field="state")
    a.require(not broker.alliance, "member_already", "已是联盟成员", field="joined_on")
    broker.alliance, broker.joined_on, broker.left_on = True, joined_on, None


@action("brokers", "leave", "退出联盟", "Leave the alliance", roles=WRITERS, danger=True)
def leave(a: Run, broker: Broker) -> None:
    """Leave the alliance."""
    a.require(broker.alliance, "no_member", "不是联盟成员", field="left_on")
    _leave(broker, a.today)


def _leave(broker: Broker, day: dt.date) -> None:
    if broker.alliance:
        broker.alliance, broker.left_on = False, day


CASE_IN = ("base_wan", "commission_wan", "capped_by", "settled_on", "paid_on", "state", "number", "uid", "version", "synthetic")


@action(
    "brokerages",
    "create",
    "受托立案",
    "Open a case",
    creates=True,
    roles=WRITERS,
    fields=tuple(c for c in sheets.BROKERAGES.columns if c.name not in CASE_IN),
)
def open_case(a: Run, case: BrokerageCase, **values: Any) -> None:
    """Open a case. Refuses brokers not in practice, and a hidden double mandate; those who gave the mandate agree on-line."""
    if not values.get("owner") and len(a.by.bodies) != 1:
        broker = find(register_of("brokers"), values.get("broker"), a.by)
        values["owner"] = str(broker.owner.uid) if broker.owner else None
    create_entry(a, case, values)
    broker = case.broker
    a.require(broker.state == "registered", "not_in_practice", f"“{broker.title}” 不在册或已暂停，不能受托", field="broker")
    own = a.by.sees_all or broker.owner_id == a.record.owner_id
    a.require(own, "not_yours", "只能以本单位的技术经理人立案", field="broker")
    a.record.visibility = "owner"
    a.after_saved(lambda: _admit(a, case))


def _admit(a: Run, case: BrokerageCase) -> None:
    for side, body in (("buyer", case.buyer), ("seller", case.seller)):
        if case.mandate in (side, "both"):
            a.admit("mandator", body=body)
            a.notify(f"请确认经纪委托：{case.title}", bodies=(body.pk,), key=side, en=f"Please agree to the mandate: {case.title}")


@action("brokerages", "agree", "同意委托", "Agree", safe=True)
def agree(a: Run, case: BrokerageCase) -> None:
    """A side agrees; under a double mandate both must, knowing of each other."""
    sides = [s for s, body in (("buyer", case.buyer_id), ("seller", case.seller_id)) if body in a.by.bodies and case.mandate in (s, "both")]
    fresh = [s for s in sides if getattr(case, f"{s}_agreed_on") is None]
    a.require(fresh, "agreed_already", "贵单位已同意，待另一方同意", field="mandate")
    for side in fresh:
        setattr(case, f"{side}_agreed_on", a.today)
    needed = ("buyer", "seller") if case.mandate == "both" else (case.mandate,)
    a.go("agreed" if all(getattr(case, f"{s}_agreed_on") for s in needed) else "opened")


@action("brokerages", "contract", "登记签约", "Record the contract", fields=(
    Column("contracted_on", "date", "签约日期", "Contracted on", required=True), Column("contract", "ref", "技术合同", "Contract"),
    Column("base_wan", "money_wan", "佣金基数", "Base", unit="万元", help="已填技术合同时由合同得出"),
))  # fmt: skip
def contract(a: Run, case: BrokerageCase, *, contracted_on: dt.date, contract: Any = None, base_wan: int | None = None) -> None:
    """Record the contract that came of it; the base is read from a registered contract, else as typed."""
    a.require(contracted_on >= case.opened_on, "date_order", "签约日期早于受托日期", field="contracted_on")
    if contract:
        case.contract = find(register_of("contracts"), contract, a.by)
        a.link(case.contract, "contract")
    case.contracted_on, case.base_fen = contracted_on, base_wan if base_wan is not None else case.base_fen
    a.require(case.contract is not None or case.base_fen is not None, "required", "请填写技术合同或佣金基数", field="base_wan")


def rule_of(case: BrokerageCase) -> CommissionRule:
    """The commission rule of a case: of the book, or its own terms."""
    if case.rule:
        return load_share_book(book.current().path).commissions[case.rule]
    rate = Fraction(case.rate_percent or Decimal(0)) / 100
    return CommissionRule("own", "自定", rate, "contract", case.case_cap_fen, case.year_cap_fen, "经纪合同约定", False)


def base_of(case: BrokerageCase, rule: CommissionRule) -> int | None:
    """The base in fen: from the contract as the rule says (paid, contract, technical), else as typed."""
    if case.contract is None:
        return case.base_fen
    found = case.contract.entry
    if rule.base == "paid":
        return int(found.receipts.aggregate(n=Sum("received_fen"))["n"] or 0)
    value: int | None = found.technical_fen if rule.base == "technical" else found.turnover_fen
    return value if value is not None else case.base_fen


def earned(case: BrokerageCase, year: int) -> int:
    """What the broker earned in a calendar year by the same rule on other cases, in fen."""
    others = BrokerageCase.objects.filter(
        broker_id=case.broker_id, rule=case.rule, settled_on__year=year, record__state__in=("settled", "paid")
    ).exclude(pk=case.pk)
    return int(others.aggregate(n=Sum("commission_fen"))["n"] or 0)


@action("brokerages", "settle", "核定佣金", "Settle the commission")
def settle(a: Run, case: BrokerageCase) -> None:
    """Compute the commission by rule and caps. The broker is locked, so that two cases cannot both use the room under the year's cap."""
    Record.objects.select_for_update(of=("self",)).get(pk=case.broker_id)
    rule = rule_of(case)
    base = base_of(case, rule)
    a.require(base is not None and base > 0, "no_base", "佣金基数为零：请先登记到账或填写基数", field="base_wan")
    a.require(rule.rate > 0, "no_rate", "请填写佣金规则或自定费率", field="rule")
    found = commission(base or 0, rule, earned(case, a.today.year))
    case.base_fen, case.commission_before_fen, case.commission_fen, case.capped_by = (
        base,
        found.before_cap,
        found.amount,
        found.capped_by or "",
    )
    case.settled_on = a.today
    case.buyer_part_fen, case.seller_part_fen = _parts(case, found.amount)


def _parts(case: BrokerageCase, amount: int) -> tuple[int, int]:
    if case.mandate == "both":
        share = Fraction(case.buyer_share_percent) / 100 if case.buyer_share_percent is not None else Fraction(1, 2)
        buyer, seller = both_sides(amount, (share, 1 - share), case.disclosed)
        return buyer, seller
    return (amount, 0) if case.mandate == "buyer" else (0, amount)


@action("brokerages", "pay", "登记支付", "Record payment", fields=(
    Column("paid_on", "date", "支付日期", "Paid on", required=True), Column("voucher", "text", "凭证号", "Voucher", required=True),
))  # fmt: skip
def pay(a: Run, case: BrokerageCase, *, paid_on: dt.date, voucher: str) -> None:
    """Record that the commission was paid."""
    a.require(case.settled_on is None or paid_on >= case.settled_on, "date_order", "支付日期早于核定日期", field="paid_on")
    a.require(paid_on <= a.today, "date_future", "支付日期不能晚于今天", field="paid_on")
    case.paid_on, case.voucher = paid_on, voucher.strip()


@action("brokerages", "fail", "终止", "End", danger=True)
def fail(a: Run, case: BrokerageCase) -> None:
    """End without a contract, with the reason."""


@action("exchange_acks", "create", "登记回执", "Record an acknowledgement", creates=True, roles=UPPER)
def acknowledge(a: Run, ack: ExchangeAck, **values: Any) -> None:
    """Take in an acknowledgement. Refuses a second one for the same change, and changes that were never sent."""
    from trihelix.registers.services import exchange

    create_entry(a, ack, values)
    last = exchange.last_seq()
    a.require(1 <= ack.seq <= last, "unknown_change", f"没有序号为 {ack.seq} 的变更（最新 {last}）", field="seq", value=ack.seq)
    if ExchangeAck.objects.filter(peer=ack.peer, seq=ack.seq).exists():
        from trihelix.engines.errors import Problem

        raise Conflict(Problem("ack_twice", f"{ack.peer} 对变更 {ack.seq} 的回执已有，请修改原记录", field="seq", value=ack.seq))
    ack.received_at = a.now


@action("exchange_acks", "void", "作废", "Void", danger=True)
def void_ack(a: Run, ack: ExchangeAck) -> None:
    """Void a wrong acknowledgement."""
