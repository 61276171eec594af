"""The only writers of deals."""

from __future__ import annotations

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.register import register_of
from trihelix.registers.contracts.models import Deal
from trihelix.registers.contracts.sheets import WAYS
from trihelix.registers.matches.models import Match
from trihelix.registers.needs import actions as needs
from trihelix.registers.results import actions as results

TERMS = (
    Column("way", "choice", "合作方式", "Way", choices=WAYS), Column("amount_wan", "money_wan", "意向金额", "Amount", unit="万元"),
    Column("note", "longtext", "说明", "Note"),
)  # fmt: skip


@action(
    "deals",
    "open_from_match",
    "由对接开启交易",
    "Open from match",
    creates=True,
    hidden=True,
    fields=(Column("match", "ref", "对接", "Match", required=True), *TERMS),
)
def open_from_match(a: Run, deal: Deal, *, match: Match, way: str = "", amount_wan: int | None = None, note: str = "") -> None:
    """Open a deal that carries both ends of a match; done by the match's hand-over only."""
    need, result = match.need, match.result
    deal.match, deal.need, deal.result, deal.buyer, deal.seller = match.record, need, result, need.owner, result.owner
    deal.way, deal.amount_fen, deal.note = way or "", amount_wan, note or ""
    deal.proposed_by = "seller" if result.owner_id in a.by.bodies else "buyer"
    a.record.title, a.record.owner, a.record.node, a.record.visibility = match.title, need.owner, match.record.node, "owner"
    invited = deal.buyer if deal.proposed_by == "seller" else deal.seller

    def admit() -> None:
        a.admit("buyer", body=deal.buyer)
        a.admit("seller", body=deal.seller)
        a.admit("invited_side", body=invited)
        for target, kind in ((match.record, "match"), (need, "need"), (result, "result")):
            a.link(target, kind)

    a.on_saved.append(admit)


@action("matches", "hand_over", "移交交易", "Hand over to a deal", fields=TERMS)
def hand_over(a: Run, match: Match, *, way: str = "", amount_wan: int | None = None, note: str = "") -> None:
    """Hand the thread over to a deal record that carries both ends; the other side confirms it there."""
    deal = register_of("deals").acts["open_from_match"].run(by=a.by, match=match, way=way, amount_wan=amount_wan, note=note, now=a.now)
    a.extra["deal"] = [None, deal.number]


@action("deals", "confirm", "确认开启", "Confirm", safe=True)
def confirm(a: Run, deal: Deal) -> None:
    """The other side opens the deal too."""
    deal.opened_on = a.today
    a.notify(
        f"交易已由双方开启：{deal.title}", bodies={deal.buyer_id, deal.seller_id}, key="open", en=f"Deal opened by both sides: {deal.title}"
    )


@action(
    "deals",
    "sign",
    "登记签约",
    "Record signing",
    fields=(Column("amount_wan", "money_wan", "合同金额", "Amount", unit="万元", required=True),),
)
def sign(a: Run, deal: Deal, *, amount_wan: int) -> None:
    """Record that the contract was signed; the need moves on with it."""
    a.require(amount_wan > 0, "not_positive", "合同金额应大于零", field="amount_wan", value=amount_wan)
    deal.amount_fen = amount_wan
    if deal.need is not None and deal.need.state in ("published", "matching", "talking"):
        needs.sign(by=SYSTEM, record=deal.need, now=a.now)
    if deal.result is not None and deal.result.state in ("listed", "talking") and deal.way == "transfer":
        results.transfer(by=SYSTEM, record=deal.result, now=a.now)


@action("deals", "fail", "终止", "End without deal", danger=True)
def fail(a: Run, deal: Deal) -> None:
    """End without a deal, with the reason."""
    others = {deal.buyer_id, deal.seller_id} - set(a.by.bodies)
    a.notify(f"交易终止：{deal.title}（{a.reason}）", bodies=others, key="fail", en=f"Deal ended: {deal.title}")
