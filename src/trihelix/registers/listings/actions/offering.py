"""From the body's decision to the published lot; objections that suspend."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import Column
from trihelix.kernel import clock, sealing
from trihelix.kernel.action import Run, action
from trihelix.kernel.columns import options
from trihelix.registers.inventions.models import Invention, Publicity
from trihelix.registers.inventions.procedure import DECISION, NOTICE, announce, in_force, refuse_any, take_decision
from trihelix.registers.listings.flow import DESK
from trihelix.registers.listings.models import Award, Listing

LATEST = dt.time(23, 59, 59)


def unfit(listing: Listing) -> list[Problem]:
    """Why a result may not be offered: unclear title, secret, undisclosed pledge, sold already."""
    problems: list[Problem] = []
    found = Invention.objects.filter(pk=listing.invention_id).first()
    if found is not None:
        if not found.title_clear:
            problems.append(Problem("unclear_title", "权属不清的成果不能交易", field="invention"))
        if found.secrecy != "none":
            problems.append(Problem("secret_result", "涉密成果不得公开交易，须先经主管部门审批", field="invention"))
        if found.pledged and not listing.pledge_disclosed:
            problems.append(Problem("pledge_hidden", "成果已质押，须在挂牌信息中披露", field="pledge_disclosed"))
    if thing_of(listing) is not None and Award.objects.filter(sold_id=thing_of(listing)).exclude(listing=listing).exists():
        problems.append(Problem("already_sold", "该成果已由另一标的成交转让", field="invention"))
    return problems


def thing_of(listing: Listing) -> int | None:
    """The result a lot is about."""
    return listing.invention_id or listing.result_id


@action("listings", "decide", "集体决策", "Decide", fields=DECISION)
def decide(a: Run, listing: Listing, **values: Any) -> None:
    """The body decides together on way, base price and conditions. A price other than this one needs a new decision."""
    refuse_any(unfit(listing))
    a.require(listing.price_basis, "no_price_basis", "须写明定价依据", field="price_basis")
    take_decision(a, listing, **values)


@action("listings", "reopen", "修改后重新决策", "Change and decide again")
def reopen(a: Run, listing: Listing) -> None:
    """A new base price or other conditions: decided again, published again."""
    Publicity.objects.filter(record=a.record, superseded=False).update(superseded=True)
    listing.decided_on, listing.minutes, listing.no_gain, listing.noticed_fen = None, "", False, None


@action("listings", "submit", "报市场挂牌", "Send to the market", safe=True)
def submit(a: Run, listing: Listing) -> None:
    """Send to the market for a check of completeness."""
    refuse_any(unfit(listing))


@action("listings", "return", "退回补充", "Return")
def send_back(a: Run, listing: Listing) -> None:
    """The market sends the lot back."""
    a.notify(f"挂牌已退回：{a.record.title}（{a.reason}）", roles=("owner",), en=f"Returned: {a.record.title}")


@action("listings", "set_keepers", "指定开标密钥保管人", "Name the keepers", roles=DESK, fields=sealing.KEEPER_ROWS)
def set_keepers(a: Run, listing: Listing, *, keepers: list[dict[str, str]]) -> None:
    """Make the lot's key and wrap its secret for each pair of three keepers; the secret itself is not kept anywhere."""
    a.require(listing.bid_form == "sealed", "not_sealed_lot", "只有密封报价的标的需要保管人", field="bid_form")
    a.require(a.record.state in ("decided", "submitted"), "published", "发布后不能更换保管人", field="state")
    sealing.name_keepers(a, listing, keepers)


def _close_time(a: Run, day: dt.date, text: str) -> dt.datetime:
    try:
        hour = dt.time.fromisoformat(text) if text else LATEST
    except ValueError:
        a.refuse("bad_time", "时间应写成 17:00", field="closes_time", value=text)
        raise
    return dt.datetime.combine(day, hour, tzinfo=clock.SHANGHAI)


@action(
    "listings",
    "publish",
    "发布挂牌",
    "Publish",
    fields=(*NOTICE, Column("closes_time", "text", "截止时刻", "Closing time", example="17:00")),
)
def publish(
    a: Run, listing: Listing, *, text: str, scope: list[str] | None = None, notice_from: dt.date | None = None, notice_to: dt.date | None = None,
    proof: str = "", closes_time: str = "",
) -> None:  # fmt: skip
    """Publish on the market for at least the book's days; bids close on the last day. Refuses sealed lots without keepers."""
    refuse_any(unfit(listing))
    a.require(listing.bid_form != "sealed" or listing.lot_key, "no_keepers", "密封报价须先指定三位保管人", field="keepers")
    start = notice_from or a.today
    wanted = notice_to or (start + dt.timedelta(days=listing.listing_days) if listing.listing_days else None)
    made = announce(
        a, kind="listing", clock_id="listing.days", text=text, scope=list(dict.fromkeys(["market", *(scope or ())])), notice_from=notice_from,
        notice_to=wanted, proof=proof,
    )  # fmt: skip
    listing.notice_from, listing.notice_to, listing.noticed_fen = made.starts, made.ends, listing.base_fen
    listing.closes_at = _close_time(a, made.ends, closes_time)
    a.record.visibility = "public"


@action(
    "listings",
    "announce",
    "公示协议价格",
    "Announce the agreed price",
    fields=(*NOTICE, Column("price_wan", "money_wan", "拟交易价", "Intended price", unit="万元")),
)
def announce_price(
    a: Run, listing: Listing, *, text: str, scope: list[str] | None = None, notice_from: dt.date | None = None, notice_to: dt.date | None = None,
    proof: str = "", price_wan: int | None = None,
) -> None:  # fmt: skip
    """Name and intended price on notice in the body, optionally on the market; a new price or buyer restarts the days.

    Refuses a related buyer without the label and a lot without intended buyer.
    """
    refuse_any(unfit(listing))
    a.require(listing.buyer_id or listing.buyer_name, "no_buyer", "协议定价须写明拟受让方", field="buyer")
    related = listing.buyer_id is not None and listing.buyer_id == a.record.owner_id
    names = {str(r["name"]) for i in Invention.objects.filter(pk=listing.invention_id) for r in i.completers}
    a.require(
        listing.related or not (related or listing.buyer_name in names),
        "related_unlabelled",
        "拟受让方为完成人或关联方，须标明关联交易",
        field="related",
    )
    made = announce(
        a, kind="agreement", clock_id="listing.notice", text=text, scope=list(dict.fromkeys(["unit", *(scope or ())])), notice_from=notice_from,
        notice_to=notice_to, proof=proof,
    )  # fmt: skip
    if price_wan is not None:
        a.require(price_wan >= listing.base_fen, "below_decided", "公示价低于集体决策的底价，须重新决策", field="price_wan")
    listing.noticed_fen = price_wan if price_wan is not None else listing.base_fen
    listing.notice_from, listing.notice_to = made.starts, made.ends
    if set(made.scope) & {"market", "public"}:
        a.record.visibility = "public"


@action("listings", "object", "提出异议", "Object")
def object_(a: Run, listing: Listing) -> None:
    """An objection suspends the lot until it is answered."""
    notice = in_force(a.record)
    if notice is None:
        raise Refused.one("no_notice", "没有在公示的事项", field="state")
    notice.objections = [*notice.objections, {"by": a.by.user_id, "at": a.now.isoformat(), "text": a.reason, "outcome": None}]
    notice.save(update_fields=["objections"])
    listing.suspended_from = a.record.state
    a.notify(
        f"标的因异议中止：{a.record.title}",
        roles=("owner", "node"),
        key=str(len(notice.objections)),
        en=f"Suspended by an objection: {a.record.title}",
    )


RESOLUTION = (
    Column(
        "outcome",
        "choice",
        "处理结果",
        "Outcome",
        required=True,
        choices=options(("resume", "异议不成立，恢复", "Unfounded, resume"), ("again", "异议成立，重新办理", "Founded, start again")),
    ),
)


@action("listings", "resolve", "处理异议", "Resolve", fields=RESOLUTION)
def resolve(a: Run, listing: Listing, *, outcome: str) -> None:
    """Answer the objection: resume where it stopped, the lost days added; or start again from the decision."""
    notice = in_force(a.record)
    if notice is None:
        raise Refused.one("no_notice", "没有在公示的事项", field="state")
    opened = [o for o in notice.objections if o["outcome"] is None]
    notice.objections = [o if o["outcome"] else {**o, "outcome": outcome, "answer": a.reason} for o in notice.objections]
    back = listing.suspended_from
    if outcome == "resume" and back == "listed" and opened:
        lost = a.now - dt.datetime.fromisoformat(opened[0]["at"])
        notice.ends += dt.timedelta(days=lost.days + (1 if lost.seconds else 0))
        listing.notice_to = notice.ends
        listing.closes_at = listing.closes_at and dt.datetime.combine(notice.ends, clock_time(listing.closes_at), tzinfo=clock.SHANGHAI)
    notice.superseded = outcome == "again"
    notice.save(update_fields=["objections", "ends", "superseded"])
    listing.suspended_from = ""
    a.go("decided" if outcome == "again" else back)


def clock_time(moment: dt.datetime) -> dt.time:
    """The civil time of a stored moment."""
    return moment.astimezone(clock.SHANGHAI).time()


@action("listings", "withdraw", "撤回", "Withdraw", danger=True)
def withdraw(a: Run, listing: Listing) -> None:
    """Withdraw before award; the reason is public."""
    listing.ended_on = a.today
