"""Intents, qualification, open and sealed bids, closing and opening."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sealing import digest
from trihelix.engines.sealing import sealed as read_sealed
from trihelix.engines.sheets import Column
from trihelix.kernel import clock
from trihelix.kernel import sealing as keepers
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.errors import Conflict
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.ticks import tick
from trihelix.registers.inventions.actions.plans import guarded
from trihelix.registers.listings.flow import DESK
from trihelix.registers.listings.models import Bid, Intent, Listing
from trihelix.registers.listings.sealing import price_in

APPLICANT = Column("applicant", "ref", "受让方", "Applicant", help="留空为本单位")


def applicant_of(a: Run, name: Any) -> Record:
    """The body for which the actor applies or bids: the named one, else its only body; not another's."""
    if name:
        body = find(register_of("bodies"), name, a.by)
        if body.pk in a.by.bodies or a.by.roles & {"officer", "operator"}:
            return body
        raise Refused.one("not_yours", f"您不能代表 “{body.title}”", field="applicant", value=str(name))
    if len(a.by.bodies) != 1:
        raise Refused.one("required", "请填写受让方", field="applicant")
    return Record.objects.get(pk=next(iter(a.by.bodies)))


def _listed(a: Run, listing: Listing) -> None:
    a.require(
        a.record.state == "listed" and listing.way != "agreement", "not_listed", "标的不在挂牌期", field="state", value=a.record.state
    )
    a.require(
        listing.closes_at is not None and a.now <= listing.closes_at,
        "late",
        f"已于 {_shown(listing.closes_at)} 截止",
        field="at",
        value=a.now.isoformat(),
    )


def _shown(moment: dt.datetime | None) -> str:
    return moment.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


@action("listings", "apply_intent", "登记受让意向", "File an intent", roles=("anyone",), fields=(APPLICANT,))
def apply_intent(a: Run, listing: Listing, *, applicant: Any = None) -> None:
    """File an intent with a deposit account of its own. Refuses the seller itself, late ones and doubles."""
    _listed(a, listing)
    body = applicant_of(a, applicant)
    a.require(body.pk != a.record.owner_id, "own_lot", "出让方不能受让自己的标的", field="applicant")
    a.require(not listing.intents.filter(applicant=body).exists(), "intent_twice", "已登记意向", field="applicant", value=body.ref)
    account = f"BZ{secrets.randbelow(10**12):012d}"
    guarded(lambda: Intent.objects.create(listing=listing, applicant=body, account=account, filed_at=a.now), "已登记意向", "applicant")
    a.admit("bidder", body=body)
    a.extra["intent"] = [None, {"account": account}]


@action("listings", "qualify", "资格确认", "Qualify", roles=DESK, fields=(
    Column("applicant", "ref", "受让方", "Applicant", required=True), Column("qualified", "boolean", "符合条件", "Qualified", required=True),
    Column("deposit_paid_on", "date", "保证金到账日", "Deposit paid on"), Column("note", "text", "理由", "Reason"),
))  # fmt: skip
def qualify(a: Run, listing: Listing, *, applicant: Any, qualified: bool, deposit_paid_on: dt.date | None = None, note: str = "") -> None:
    """Confirm conditions and deposit. Refuses qualification without the deposit, rejection without a reason."""
    body = find(register_of("bodies"), applicant, a.by)
    intent = listing.intents.filter(applicant=body).first()
    if intent is None:
        raise Refused.one("no_intent", "该单位没有登记意向", field="applicant", value=str(applicant))
    a.require(not qualified or not listing.deposit_fen or deposit_paid_on, "deposit_missing", "保证金尚未到账", field="deposit_paid_on")
    a.require(qualified or note, "reason_required", "不合格须说明理由", field="note")
    intent.qualified, intent.deposit_paid_on, intent.reason = qualified, deposit_paid_on, note or ""
    intent.save(update_fields=["qualified", "deposit_paid_on", "reason"])
    a.extra["qualified"] = [None, {"applicant": body.ref, "qualified": qualified}]


def _intent(a: Run, listing: Listing, applicant: Any) -> Intent:
    body = applicant_of(a, applicant)
    intent = listing.intents.filter(applicant=body).first()
    if intent is None or not intent.qualified:
        raise Refused.one("not_qualified", "须先登记意向并通过资格确认、缴纳保证金", field="applicant", value=body.ref)
    return intent


@action(
    "listings",
    "bid",
    "报价",
    "Bid",
    roles=("anyone",),
    fields=(Column("price_wan", "money_wan", "报价", "Price", unit="万元", required=True), APPLICANT),
)
def bid(a: Run, listing: Listing, *, price_wan: int, applicant: Any = None) -> None:
    """An open bid. Refuses sealed lots, late bids, prices under the base or the highest bid plus the step."""
    a.require(listing.bid_form == "open", "sealed_only", "本标的只收密封报价", field="price_wan")
    _listed(a, listing)
    intent = _intent(a, listing, applicant)
    top = Bid.objects.filter(intent__listing=listing).order_by("-price_fen").first()
    least = listing.base_fen if top is None or top.price_fen is None else top.price_fen + max(1, listing.step_fen)
    a.require(price_wan >= least, "bid_too_low", f"报价不得低于 {least / 1_000_000:g} 万元", field="price_wan", value=price_wan)
    Bid.objects.create(intent=intent, at=a.now, price_fen=price_wan, by_id=a.by.user_id)
    a.extra["bid"] = [None, {"account": intent.account, "price_fen": price_wan}]


@action(
    "listings",
    "bid_sealed",
    "提交密封报价",
    "Sealed bid",
    roles=("anyone",),
    fields=(
        Column("sealed", "longtext", "密文（base64）", "Ciphertext", required=True, help="用标段公钥加密（trihelix seal）后的 base64"),
        APPLICANT,
    ),
)
def bid_sealed(a: Run, listing: Listing, *, sealed: str, applicant: Any = None) -> None:
    """A sealed bid; a later one replaces it until the closing second. Refuses late ones and anything not encrypted."""
    a.require(listing.bid_form == "sealed", "open_only", "本标的采用网络竞价", field="sealed")
    _listed(a, listing)
    intent = _intent(a, listing, applicant)
    raw, receipt = read_sealed(sealed)
    Bid.objects.filter(intent=intent, superseded=False).update(superseded=True)
    Bid.objects.create(intent=intent, at=a.now, sealed=base64.b64encode(raw).decode(), sha256=receipt, by_id=a.by.user_id)
    a.extra["sealed_bid"] = [None, {"account": intent.account, "sha256": receipt}]


@action("listings", "close", "截止", "Close")
def close(a: Run, listing: Listing) -> None:
    """Close after the closing second; refused before."""
    a.require(
        listing.closes_at is not None and a.now > listing.closes_at,
        "listing_running",
        f"挂牌至 {_shown(listing.closes_at)}",
        field="closes_at",
    )


@tick("listings_close", every=60)
def close_due(now: dt.datetime) -> int:
    """Close every lot whose closing second has passed."""
    count = 0
    for listing in Listing.objects.filter(record__state="listed", closes_at__lt=now).exclude(way="agreement"):
        close(by=SYSTEM, record=listing.record, now=now)
        count += 1
    return count


@action("listings", "extend", "延长挂牌", "Extend", fields=(Column("notice_to", "date", "延长至", "Until", required=True),))
def extend(a: Run, listing: Listing, *, notice_to: dt.date) -> None:
    """List longer when nobody came; refused once bids are in."""
    a.require(not Bid.objects.filter(intent__listing=listing).exists(), "bids_in", "已有报价，不能延长", field="notice_to")
    a.require(notice_to > a.today, "date_order", "延长截止日须晚于今天", field="notice_to")
    listing.notice_to = notice_to
    listing.closes_at = dt.datetime.combine(notice_to, dt.time(23, 59, 59), tzinfo=clock.SHANGHAI)


@action("listings", "peel", "解开外层", "Take off the outer layer", roles=("keeper",), fields=keepers.PEELED)
def peel(a: Run, listing: Listing, *, pair: str, layer: str) -> None:
    """The outer keeper of a pair took off the outer layer off-line; the inner keeper can then open. Journalled, early or not."""
    keepers.peel(a, listing, pair, layer)


def _open(a: Run, listing: Listing, pair: str, lot_key: str, early: bool) -> None:
    lot = keepers.opened(a, listing, pair, lot_key)
    rows: list[dict[str, Any]] = []
    for n, one in enumerate(
        Bid.objects.filter(intent__listing=listing, superseded=False).exclude(sealed="").select_related("intent__applicant"), 1
    ):
        raw = base64.b64decode(one.sealed)
        price, fault = price_in(raw, lot)
        if price is not None and price < listing.base_fen:
            fault = "低于底价"
        one.price_fen, one.void = price, fault
        one.save(update_fields=["price_fen", "void"])
        rows.append({
            "n": n, "applicant": one.intent.applicant.title, "price_fen": price, "at": one.at.isoformat(), "sha256": one.sha256, "valid": not fault, "reason": fault,
            "intact": digest(raw) == one.sha256,
        })  # fmt: skip
    listing.opening, listing.opened_at, listing.opened_early = rows, a.now, early
    a.extra["opening"] = [None, {"pair": pair, "early": early, "bids": len(rows), "valid": sum(r["valid"] for r in rows)}]
    if early:
        a.notify(
            f"提前开标：{a.record.title}（{a.reason}）",
            roles=("owner", "node", "discipline"),
            key="early",
            en=f"Opened early: {a.record.title}",
        )


@action("listings", "open_bids", "开标", "Open the bids", fields=keepers.OPEN)
def open_bids(a: Run, listing: Listing, *, pair: str, lot_key: str) -> None:
    """Open after closing with the lot's key, unwrapped by two keepers; the opening record is public. Void bids say why."""
    if listing.opened_at is not None:
        raise Conflict(Problem("already_open", "已开标", field="state"))
    _open(a, listing, pair, lot_key, early=keepers.is_early(listing, a.now))


@action("listings", "open_early", "提前开标", "Open early", fields=keepers.OPEN, danger=True)
def open_early(a: Run, listing: Listing, *, pair: str, lot_key: str) -> None:
    """Opening before the closing second needs two keepers and a reason, ends the bidding, and stays marked in the record."""
    a.require(listing.bid_form == "sealed", "not_sealed_lot", "只有密封报价的标的需要开标", field="bid_form")
    _open(a, listing, pair, lot_key, early=a.now <= (listing.closes_at or a.now))
