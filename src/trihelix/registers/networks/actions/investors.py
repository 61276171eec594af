"""The only writers of deals, their payments, attracted firms and incubation services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.networks.actions.alliances import chair_takes_part, leads
from trihelix.registers.networks.actions.institute import under, whose
from trihelix.registers.networks.actions.limits import within_signed
from trihelix.registers.networks.models import AttractedFirm, Deal, DealPayment, Incubation
from trihelix.registers.networks.queries import is_active
from trihelix.registers.networks.sheets import others as sheets

WRITERS = ("owner", "node", "officer", "operator")


@action("alliance_deals", "create", "登记投资项目", "New deal", creates=True, roles=WRITERS)
def open_deal(a: Run, deal: Deal, **values: Any) -> None:
    """Enter a deal of a member, with its attribution. Refuses bodies that are no members and days that acts fill."""
    create_entry(a, deal, values)
    a.require(is_active(deal.network, a.record.owner), "not_a_member", "出资单位不是该联盟的在册成员", field="owner")
    a.require(deal.signed_on is None and deal.closed_on is None, "sign_by_act", "签约与完成日期由办理填写", field="signed_on")
    _attributed(a, deal)
    a.record.node, a.record.visibility = deal.network.node, "owner"

    def admit() -> None:
        chair_takes_part(a, deal.network)
        for target, kind in ((deal.activity, "from"), (deal.introduction, "from"), (deal.result, "result")):
            if target is not None:
                a.link(target, kind)

    a.after_saved(admit)


def _attributed(a: Run, deal: Deal) -> None:
    if deal.activity is not None:
        activity = deal.activity.entry
        a.require(activity.network_id == deal.network_id, "other_network", "所填活动不属于该联盟", field="activity")
        a.require(deal.activity.state == "held", "not_held", "所填活动尚未登记举办", field="activity")


@action("alliance_deals", "sign", "登记签约", "Sign", fields=(
    Column("signed_on", "date", "签约日期", "Signed on", required=True), Column("committed_wan", "money_wan", "签约金额", "Committed", unit="万元", required=True),
))  # fmt: skip
def sign_deal(a: Run, deal: Deal, *, signed_on: dt.date, committed_wan: int) -> None:
    """Signed. An activity that came after the signature cannot have brought it about."""
    a.require(signed_on <= a.today, "date_future", "签约日期不能晚于今天", field="signed_on")
    a.require(committed_wan > 0, "not_positive", "签约金额须大于零", field="committed_wan")
    held = deal.activity.entry.held_on if deal.activity else None
    a.require(
        held is None or held <= signed_on,
        "after_signature",
        f"活动举办于 {held}，在签约之后，不能归因于它",
        field="signed_on",
        clause="投资归因",
    )
    deal.signed_on, deal.committed_fen = signed_on, committed_wan


@action("alliance_deals", "pay", "登记出资", "Record payment", fields=sheets.PAYMENT)
def pay_deal(a: Run, deal: Deal, *, paid_wan: int, paid_on: dt.date, voucher: str = "") -> None:
    """A payment; the last one closes the deal. Refuses more than was committed."""
    a.require((deal.signed_on or paid_on) <= paid_on <= a.today, "date_order", "出资日期应在签约日与今天之间", field="paid_on")
    a.require(paid_wan > 0, "not_positive", "出资金额须大于零", field="paid_wan")
    total = within_signed(a, a.record, paid_wan)
    made = register_of("alliance_payments").acts["create"].run(
        by=SYSTEM, title=a.record.title, deal=str(a.record.uid), paid_wan=paid_wan, paid_on=paid_on, voucher=voucher or "", now=a.now
    )  # fmt: skip
    a.extra["payment"] = [None, made.number]
    if total == deal.committed_fen:
        deal.closed_on = paid_on
        a.go("closed")


@action("alliance_deals", "close", "出资完成", "Close")
def close_deal(a: Run, deal: Deal) -> None:
    """No more will be paid: closed with less than was committed, with the reason."""
    last = DealPayment.objects.filter(deal=a.record, record__state="recorded").order_by("-paid_on").first()
    a.require(last, "nothing_paid", "尚无出资记录", field="state")
    deal.closed_on = last.paid_on if last else None


@action("alliance_payments", "create", "登记出资", "Record payment", creates=True, roles=("officer", "operator"))
def enter_payment(a: Run, made: DealPayment, **values: Any) -> None:
    """A payment on a signed deal, for records of earlier years; the deal's own act makes the rest. The deal is locked, so that payments
    together never exceed what was signed."""
    deal = find(register_of("alliance_deals"), values.get("deal"), a.by)
    deal = Record.objects.select_for_update(of=("self",)).get(pk=deal.pk)
    a.require(deal.state in ("signed", "paying", "closed"), "not_signed", "未签约的项目不能登记出资", field="deal", value=deal.number)
    create_entry(a, made, {k: v for k, v in values.items() if k != "owner"}, deal.owner)
    within_signed(a, deal, made.paid_fen or 0)
    a.record.node, a.record.visibility = deal.node, "node"
    a.after_saved(lambda: a.link(deal, "deal"))


@action("alliance_payments", "void", "作废", "Void", danger=True)
def void_payment(a: Run, made: DealPayment) -> None:
    """Take a wrong payment out. Refuses on closed deals, except by the department."""
    a.require(made.deal.state != "closed" or a.by.sees_all, "deal_closed", "项目已完成，由主管部门更正", field="deal")


@action("attracted_firms", "create", "登记引入企业", "New firm attracted", creates=True, roles=WRITERS)
def attract(a: Run, made: AttractedFirm, **values: Any) -> None:
    """Enter a firm that a member or the alliance attracts."""
    create_entry(a, made, values)
    a.require(leads(a.by, made.network) or is_active(made.network, a.record.owner), "not_a_member", "该联盟的成员才能登记", field="network")
    a.require(made.landed_on is None, "land_by_act", "落地日期由“登记落地”填写", field="landed_on")
    a.record.node, a.record.visibility = made.network.node, "node"

    def linked() -> None:
        chair_takes_part(a, made.network)
        if made.deal is not None:
            a.link(made.deal, "deal")

    a.after_saved(linked)


@action("attracted_firms", "land", "登记落地", "Land", fields=(sheets.LANDED, Column("firm", "ref", "企业", "Firm")))
def land(a: Run, made: AttractedFirm, *, landed_on: dt.date, firm: Any = None) -> None:
    """The firm landed, now perhaps registered."""
    a.require((made.agreed_on or landed_on) <= landed_on <= a.today, "date_order", "落地日期应在签约日与今天之间", field="landed_on")
    made.landed_on = landed_on
    if firm:
        made.firm = find(register_of("bodies"), firm, a.by)
        made.firm_key = str(made.firm_id)


@action("incubations", "create", "登记孵化服务", "New incubation service", creates=True, roles=WRITERS)
def incubate(a: Run, made: Incubation, **values: Any) -> None:
    """Enter a service of the alliance or the institute; members of the alliance may too."""
    create_entry(a, made, values)
    if made.network is None or not is_active(made.network, a.record.owner):
        whose(a, made)
    target: Record = made.institute or made.network
    a.record.node, a.record.visibility = target.node, "node"
    a.after_saved(lambda: under(a, target))
