"""The only writers of events, registrations, outcomes, series and releases."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.kernel.values import decide_owner, lookup
from trihelix.registers.events import sheets
from trihelix.registers.events.models import Event, Outcome, Registration, Release, Series

WRITERS = ("owner", "node", "officer", "operator")
TAKEN = ("registered", "checked_in", "absent")


@action("event_series", "create", "新建系列", "New series", creates=True, roles=WRITERS)
def open_series(a: Run, series: Series, **values: Any) -> None:
    """Open a branded series; public."""
    create_entry(a, series, values)
    a.record.visibility = "public"


@action("event_series", "end", "结束", "End", danger=True)
def end_series(a: Run, series: Series) -> None:
    """End the series."""
    series.ended_on = a.today


@action("events", "create", "新建活动", "New event", creates=True, roles=WRITERS)
def plan(a: Run, event: Event, **values: Any) -> None:
    """Plan an event. Refuses other nodes than one's own; a node's event belongs to its operator by default."""
    create_entry(a, event, values)
    if event.organiser is None and a.by.node_ids:
        event.organiser = Record.objects.get(pk=min(a.by.node_ids))
    if event.organiser is not None:
        own = (
            a.by.sees_all
            or event.organiser_id in a.by.node_ids
            or bool(a.by.bodies & {getattr(event.organiser.entry, "operator_id", None)})
        )
        a.require(own, "not_your_node", f"您不能以 “{event.organiser.title}” 的名义办活动", field="organiser")
        a.record.node = event.organiser
        a.record.owner = a.record.owner or event.organiser.entry.operator
    a.record.visibility = "node"


@action("events", "submit", "提交审核", "Submit", safe=True)
def submit(a: Run, event: Event) -> None:
    """Submit for publication."""


@action("events", "return", "退回修改", "Return")
def send_back(a: Run, event: Event) -> None:
    """Send back with the reason."""
    a.notify(f"活动退回修改：{event.title}（{a.reason}）", roles=("owner", "author"), en=f"Event returned: {event.title}")


@action("events", "publish", "发布", "Publish", safe=True)
def publish(a: Run, event: Event) -> None:
    """Publish: everybody sees it, it enters the calendar feed, registration opens. Refuses days gone by."""
    a.require((event.ends_on or event.held_on) >= a.today, "date_past", f"活动日期 {event.held_on} 已过，请修改日期", field="held_on")
    a.record.visibility = "public"


@action(
    "events",
    "hold",
    "登记举办情况",
    "Report it held",
    fields=(sheets.ATTENDANCE, sheets.AUDIENCE, Column("report", "longtext", "总结", "Report", required=True)),
)
def hold(a: Run, event: Event, *, report: str, attendance: int | None = None, audience: list[dict[str, Any]] | None = None) -> None:
    """Report attendance and audience; without figures they are taken from the check-in. Refuses future days and sums that differ."""
    a.require(event.held_on <= a.today, "date_future", f"活动定于 {event.held_on}，尚未举办", field="held_on")
    checked = Registration.objects.filter(event=a.record, record__state="checked_in").count()
    event.audience = audience or event.audience
    total = sum(g.get("persons") or 0 for g in event.audience)
    event.attendance = attendance if attendance is not None else (total or checked)
    a.require(
        not event.audience or total == event.attendance,
        "sum_differs",
        f"分类人数合计 {total}，与到会人数 {event.attendance} 不等",
        field="attendance",
    )
    a.require(
        event.attendance >= checked, "below_check_in", f"到会人数少于已签到的 {checked} 人", field="attendance", value=event.attendance
    )
    event.report = report


@action("events", "cancel", "取消", "Cancel", danger=True)
def cancel(a: Run, event: Event) -> None:
    """Cancel with the reason; everybody registered is told."""
    event.cancelled_on = a.today
    booked = Registration.objects.filter(event=a.record, record__state__in=("registered", "waiting"))
    users = {u for u in booked.values_list("record__created_by_id", flat=True) if u}
    a.notify(f"活动取消：{event.title}（{a.reason}）", users=users, en=f"Event cancelled: {event.title}")


@action("events", "register", "报名", "Register", roles=("anyone",), fields=(
    Column("name", "text", "姓名", "Name", required=True), Column("phone", "text", "电话", "Telephone"), Column("email", "text", "邮箱", "Mail"),
    Column("part", "choice", "身份", "Part", choices=sheets.PARTS), Column("note", "text", "备注", "Note"),
))  # fmt: skip
def register(a: Run, event: Event, *, name: str, phone: str = "", email: str = "", part: str = "", note: str = "") -> None:
    """Register oneself or a colleague; the event is locked, so that the last seat goes to one."""
    made = register_of("event_registrations").acts["create"].run(
        by=a.by, title=f"{event.title} — {name}"[:400], event=str(a.record.uid), name=name, phone=phone or "", email=email or "", part=part or "", note=note or "", now=a.now
    )  # fmt: skip
    a.extra["registration"] = [None, made.number]


@action("event_registrations", "create", "报名", "Register", creates=True, roles=("anyone",))
def sign_up(a: Run, made: Registration, **values: Any) -> None:
    """Register for an event. Refuses events not open, days gone by, and the same person twice; beyond the seats: waiting list."""
    if not values.get("owner") and len(a.by.bodies) != 1:
        create_entry(a, made, values)
    else:
        hits = {"owner": lookup("bodies", [str(values["owner"])], a.by).get(str(values["owner"]), [])} if values.get("owner") else {}
        owner, problems = decide_owner(register_of("event_registrations"), a.by, hits)
        a.require(not problems, "not_yours", "您不能以其他单位的名义报名", field="owner", value=values.get("owner"))
        create_entry(a, made, values, owner)
    _open_for(a, made)
    _describe(made, a.record.owner)
    made.registered_at, made.checked_in_on = a.now, None
    a.record.node, a.record.visibility = made.event.node, "node"
    if made.event.owner is not None:
        a.after_saved(lambda: a.admit("organiser", body=made.event.owner))


def _open_for(a: Run, made: Registration) -> None:
    event = Record.objects.select_for_update(of=("self",)).get(pk=made.event_id)
    entry = Event.objects.get(record=event)
    a.require(event.state == "published", "not_open", "该活动未开放报名", field="event", value=event.number)
    last = entry.register_by or entry.ends_on or entry.held_on
    a.require(a.today <= last, "closed", f"报名已于 {last} 截止", field="event")
    live = Registration.objects.filter(event=event).exclude(record__state="cancelled")
    same = live.filter(name=made.name, record__owner=a.record.owner, phone=made.phone)
    a.require(not same.exists(), "registered_already", f"“{made.name}” 已报名", field="name")
    if entry.capacity is not None and live.filter(record__state__in=TAKEN).count() >= entry.capacity:
        a.record.state = "waiting"


def _describe(made: Registration, owner: Record | None) -> None:
    """Body kind and city from the register where the body is known."""
    if owner is not None and owner.register == "bodies":
        body = owner.entry
        made.body_name, made.body_kind = made.body_name or owner.title, made.body_kind or body.kind
        made.division = made.division or body.division
    made.body_kind = made.body_kind or "person"


@action("event_registrations", "check_in", "签到", "Check in", safe=True)
def check_in(a: Run, made: Registration) -> None:
    """Check in on the day. Refuses days before the event."""
    event = made.event.entry
    a.require(a.today >= event.held_on, "too_early", f"活动日 {event.held_on} 才能签到", field="event")
    made.checked_in_on = a.today


@action("event_registrations", "mark_absent", "登记未到", "Mark absent", safe=True)
def mark_absent(a: Run, made: Registration) -> None:
    """Registered but did not come."""


@action("event_registrations", "cancel", "取消报名", "Cancel", danger=True)
def cancel_registration(a: Run, made: Registration) -> None:
    """Cancel; the first of the waiting list gets the seat."""
    if a.record.state != "registered":
        return
    Record.objects.select_for_update(of=("self",)).get(pk=made.event_id)
    following = Registration.objects.filter(event=made.event, record__state="waiting").order_by("registered_at", "pk").first()
    if following is not None:
        promote(by=SYSTEM, record=following.record, now=a.now)


@action("event_registrations", "queue", "列为候补", "Put on the waiting list")
def queue(a: Run, made: Registration) -> None:
    """Move someone to the waiting list with the reason."""
    a.notify(f"已列为候补：{made.title}（{a.reason}）", roles=("author",), en=f"On the waiting list: {made.title}")


@action("event_registrations", "promote", "候补转正", "Give a seat", safe=True)
def promote(a: Run, made: Registration) -> None:
    """Give a seat to someone waiting."""
    a.notify(f"候补已转正：{made.title}", roles=("author",), en=f"You have a seat: {made.title}")


@action("event_outcomes", "create", "登记签约成果", "Record an outcome", creates=True, roles=WRITERS)
def sign(a: Run, outcome: Outcome, **values: Any) -> None:
    """Record what was signed. Refuses events that were cancelled, and days before the event."""
    create_entry(a, outcome, values)
    event = outcome.event
    a.require(event.state in ("published", "held"), "not_held", "活动未发布或已取消，不能登记成果", field="event", value=event.number)
    a.require(outcome.signed_on >= event.entry.held_on, "date_order", "签约日期早于活动日期", field="signed_on")
    a.record.node, a.record.owner, a.record.visibility = event.node, a.record.owner or event.owner, "node"

    def admit() -> None:
        for body in (outcome.party_a, outcome.party_b):
            if body is not None:
                a.admit("party", body=body)
        for target in (outcome.need, outcome.result, outcome.deal, outcome.contract):
            if target is not None:
                a.link(target, "outcome")

    a.after_saved(admit)


@action("event_outcomes", "perform", "登记落地", "Record performance", fields=(
    Column("performed_on", "date", "落地日期", "Performed on", required=True), Column("follow_up", "longtext", "落地情况", "What became of it", required=True),
    Column("contract", "ref", "技术合同", "Contract"), Column("deal", "ref", "交易", "Deal"),
))  # fmt: skip
def perform(a: Run, outcome: Outcome, *, performed_on: dt.date, follow_up: str, contract: Any = None, deal: Any = None) -> None:
    """Record that the agreement was carried out, with its contract or deal."""
    a.require(outcome.signed_on <= performed_on <= a.today, "date_order", "落地日期应在签约日期与今天之间", field="performed_on")
    outcome.performed_on, outcome.follow_up = performed_on, follow_up
    for name, value in (("contract", contract), ("deal", deal)):
        if value:
            setattr(outcome, name, find(register_of(f"{name}s"), value, a.by))
            a.link(getattr(outcome, name), "outcome")


@action("event_outcomes", "void", "作废", "Void", danger=True)
def void(a: Run, outcome: Outcome) -> None:
    """Void an outcome recorded by mistake."""


@action("releases", "create", "新建发布", "New release", creates=True, roles=WRITERS)
def compose(a: Run, release: Release, **values: Any) -> None:
    """Select results and needs for a release."""
    create_entry(a, release, values)
    a.record.visibility = "node"


@action("releases", "submit", "提交审核", "Submit", safe=True)
def submit_release(a: Run, release: Release) -> None:
    """Submit to the publication desk."""


@action("releases", "return", "退回修改", "Return")
def return_release(a: Run, release: Release) -> None:
    """Send back with the reason."""
    a.notify(f"发布退回修改：{release.title}（{a.reason}）", roles=("owner", "author"), en=f"Release returned: {release.title}")


@action("releases", "release", "发布", "Release", safe=True)
def release_items(a: Run, release: Release) -> None:
    """Release. Refuses an empty selection, and items that are not public themselves, by name."""
    items = [link.target for link in a.record.links_out.filter(kind__in=("released_result", "released_need")).select_related("target")]
    a.require(items, "empty", "请先选择要发布的成果或需求", field="results")
    hidden = [i.number for i in items if i.visibility != "public"]
    a.require(not hidden, "not_public", f"以下条目尚未公开，不能发布：{'、'.join(hidden)}", field="results", value=hidden)
    release.released_on = release.released_on or a.today
    a.record.visibility = "public"
    owners = {i.owner_id for i in items if i.owner_id}
    a.notify(f"贵单位的条目已列入发布：{release.title}", bodies=owners, en=f"Your items were released: {release.title}")


@action("releases", "withdraw", "撤下", "Withdraw", danger=True)
def withdraw(a: Run, release: Release) -> None:
    """Take it down with the reason."""
    a.record.visibility, release.valid_to = "node", a.today
