"""The only writers of shared resources, bookings, the ledger and reviews."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum

from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.resources import booking as slots
from trihelix.registers.resources import sheets
from trihelix.registers.resources.models import Booking, SharedResource, SharingReview, Slot, UsageLog

WRITERS = ("owner", "node", "officer", "operator")
SUBSIDISED = ("excellent", "good")  # grades that bring a subsidy; the Jilin rule was not seen


@action("shared_resources", "create", "登记共享资源", "New shared resource", creates=True, roles=WRITERS)
def enter(a: Run, resource: SharedResource, **values: Any) -> None:
    """Enter a resource; a draft of the managing unit."""
    create_entry(a, resource, values)
    if resource.network is not None:
        a.after_saved(lambda: a.link(resource.network, "network"))


@action("shared_resources", "open", "开放", "Open", safe=True)
def open_resource(a: Run, resource: SharedResource) -> None:
    """Open to others: everybody sees it; what belongs to a network is shown to its members first in lists and price."""
    a.require(
        resource.kind == "data" or resource.price_fen is not None, "price_missing", "请公布价格（免费填 0）后再开放", field="price_yuan"
    )
    resource.opened_on = resource.opened_on or a.today
    a.record.visibility = "public"


@action("shared_resources", "suspend", "暂停", "Suspend")
def suspend(a: Run, resource: SharedResource) -> None:
    """Take no bookings for a while; those confirmed stand."""


@action("shared_resources", "retire", "退出共享", "Retire", danger=True)
def retire(a: Run, resource: SharedResource) -> None:
    """Retire. Refuses while bookings are open."""
    live = Booking.objects.filter(resource=a.record, record__state__in=("requested", "confirmed", "in_use")).count()
    a.require(not live, "bookings_open", f"尚有 {live} 项预约未办结，请先办结或取消", field="state")
    resource.retired_on = a.today


@action("bookings", "create", "预约", "Book", creates=True, roles=WRITERS)
def book_it(a: Run, made: Booking, **values: Any) -> None:
    """Book half hours of a resource. Refuses closed resources, days gone by, hours outside, and what is taken: one holder for each half hour."""
    create_entry(a, made, values)
    Record.objects.select_for_update(of=("self",)).get(pk=made.resource_id)
    resource = SharedResource.objects.get(record_id=made.resource_id)
    a.require(resource.state == "open", "not_open", f"“{resource.title}” 未开放预约", field="resource", value=resource.number)
    a.require(made.day >= a.today, "date_past", f"{made.day} 已过，请选今后的日期", field="day", value=str(made.day))
    a.require(
        resource.opens_at <= made.starts_at and made.ends_at <= resource.closes_at, "closed_hours",
        f"每日开放 {resource.opens_at}–{resource.closes_at}，请改时间", field="starts_at", value=f"{made.starts_at}–{made.ends_at}",
    )  # fmt: skip
    wanted = list(slots.wanted(made.day, made.until, made.starts_at, made.ends_at))
    if resource.exclusive:
        made.unit = slots.free_unit(resource, wanted)
        a.require(made.unit, "taken", "所选时段已被预约，请查看预约日历另选时段", field="starts_at", value=f"{made.day} {made.starts_at}")
    _quote(a, made, resource)
    a.record.node, a.record.visibility = resource.record.node, "owner"
    a.after_saved(lambda: _hold(a, made, resource, wanted))


def _quote(a: Run, made: Booking, resource: SharedResource) -> None:
    """The price today: none for the managing unit itself, the members' price inside the network, else the published price."""
    made.member_rate = slots.is_member(resource.network, a.record.owner)
    own = a.record.owner_id is not None and a.record.owner_id == resource.record.owner_id
    price = resource.member_price_fen if made.member_rate and resource.member_price_fen is not None else resource.price_fen
    made.price_fen = 0 if own else price or 0
    made.quoted_fen = slots.fee(slots.minutes_of(made.day, made.until, made.starts_at, made.ends_at), made.price_fen)


def _hold(a: Run, made: Booking, resource: SharedResource, wanted: list[tuple[dt.date, int]]) -> None:
    if resource.exclusive:
        try:
            with transaction.atomic():
                slots.hold(resource, a.record, made.unit or 1, wanted)
        except IntegrityError:
            a.refuse("taken", "所选时段刚被他人预约，请另选时段", field="starts_at")
    a.link(resource.record, "resource")
    if resource.record.owner is not None:
        a.admit("keeper", body=resource.record.owner)
        a.notify(f"新预约：{resource.title}（{made.day} {made.starts_at}）", roles=("keeper",), en=f"New booking: {resource.title} ({made.day} {made.starts_at})")  # fmt: skip


@action("bookings", "confirm", "确认预约", "Confirm", safe=True)
def confirm(a: Run, made: Booking) -> None:
    """Offer the slot asked for."""
    a.notify(f"预约已确认：{made.title}（{made.day} {made.starts_at}）", roles=("owner",), en=f"Booking confirmed: {made.title}")


@action("bookings", "refuse", "不接受", "Refuse")
def refuse(a: Run, made: Booking) -> None:
    """Refuse with the reason; the half hours are free again."""
    slots.release(a.record)
    a.notify(f"预约未被接受：{made.title}（{a.reason}）", roles=("owner",), en=f"Booking refused: {made.title}")


@action("bookings", "cancel", "取消预约", "Cancel", danger=True)
def cancel(a: Run, made: Booking) -> None:
    """Cancel with the reason; the half hours are free again, and both sides know."""
    slots.release(a.record)
    a.notify(f"预约取消：{made.title}（{a.reason}）", roles=("owner", "keeper"), en=f"Booking cancelled: {made.title}")


@action("bookings", "start", "收样上机", "Sample in", safe=True, fields=(Column("samples", "text", "样品", "Samples"),))
def start(a: Run, made: Booking, *, samples: str = "") -> None:
    """The sample came in. Refuses days before the booking."""
    a.require(a.today >= made.day, "too_early", f"预约日 {made.day} 才能收样", field="day")
    made.samples = samples or made.samples


@action("bookings", "mark_absent", "登记爽约", "Did not come")
def mark_absent(a: Run, made: Booking) -> None:
    """Booked but did not come; what is left of the half hours is free again."""
    a.require(a.today >= made.day, "too_early", f"预约日 {made.day} 才能登记", field="day")
    Slot.objects.filter(booking=a.record, day__gt=a.today).delete()


@action("bookings", "report", "出具结果并计时", "Report", fields=(
    sheets.HOURS, Column("outcome", "longtext", "结果", "Result", required=True),
    Column("used_on", "date", "使用日期", "Used on", help="留空则为预约日"),
))  # fmt: skip
def report(a: Run, made: Booking, *, hours: Decimal, outcome: str, used_on: dt.date | None = None) -> None:
    """Report the result and the hours really used; the line enters the ledger by the same act."""
    day = used_on or made.day
    a.require(made.day <= day <= a.today, "date_order", "使用日期应在预约日与今天之间", field="used_on")
    made.outcome, made.used_minutes = outcome, _minutes(a, hours)
    resource, user = SharedResource.objects.get(record_id=made.resource_id), a.record.owner
    line = register_of("usage_logs").acts["create"].run(
        by=SYSTEM, title=made.title[:380], owner=resource.record.owner.ref if resource.record.owner else None, resource=str(made.resource.uid), booking=str(a.record.uid),
        user=str(user.uid) if user else None, day=day, hours=hours, now=a.now,
    )  # fmt: skip
    a.extra["usage"] = [None, line.number]
    a.notify(f"已出具结果：{made.title}", roles=("owner",), en=f"Result ready: {made.title}")


def _minutes(a: Run, hours: Decimal) -> int:
    minutes = hours * 60
    a.require(
        0 < hours <= 24 * slots.MOST_DAYS and minutes == int(minutes),
        "bad_hours",
        "机时应为正数，精确到分钟",
        field="hours",
        value=str(hours),
    )
    return int(minutes)


@action("bookings", "invoice", "开具账单", "Invoice", fields=(
    Column("fee_yuan", "money_yuan", "金额", "Amount", unit="元", help="留空则按实际机时与报价计算"), Column("invoice_no", "text", "发票号", "Invoice number"),
))  # fmt: skip
def invoice(a: Run, made: Booking, *, fee_yuan: int | None = None, invoice_no: str = "") -> None:
    """Bill the hours used at the price quoted. More than that needs a reason; nothing to pay is settled at once."""
    due = slots.fee(made.used_minutes or 0, made.price_fen or 0)
    made.fee_fen, made.invoice_no = due if fee_yuan is None else fee_yuan, invoice_no
    a.require(made.fee_fen >= 0, "negative", "金额不能为负", field="fee_yuan", value=made.fee_fen)
    a.require(made.fee_fen <= due or a.reason, "above_price", f"金额高于按报价计算的 {due / 100:.2f} 元，请说明理由", field="fee_yuan")
    UsageLog.objects.filter(booking=a.record, record__state="recorded").update(fee_fen=made.fee_fen)
    if made.fee_fen == 0:
        a.go("settled")
    a.notify(f"账单：{made.title}", roles=("owner",), en=f"Invoice: {made.title}")


@action("bookings", "settle", "确认到账", "Confirm payment", fields=(sheets.PAID_ON,))
def settle(a: Run, made: Booking, *, paid_on: dt.date) -> None:
    """The money came in. Refuses future days."""
    a.require(made.day <= paid_on <= a.today, "date_order", "到账日期应在使用日与今天之间", field="paid_on")
    made.paid_on = paid_on


@action(
    "bookings",
    "rate",
    "评价",
    "Rate",
    roles=("owner",),
    fields=(Column("satisfaction", "integer", "满意度（1–5）", "Satisfaction (1–5)", required=True),),
)
def rate(a: Run, made: Booking, *, satisfaction: int) -> None:
    """Rate a settled use, once."""
    a.require(a.record.state == "settled", "not_settled", "结算后才能评价", field="state")
    a.require(made.satisfaction is None, "rated_already", "已评价", field="satisfaction")
    a.require(1 <= satisfaction <= 5, "out_of_range", "满意度为 1 至 5", field="satisfaction", value=satisfaction)
    made.satisfaction = satisfaction


@action("usage_logs", "create", "登记机时", "Log hours", creates=True, roles=WRITERS)
def log_use(a: Run, line: UsageLog, **values: Any) -> None:
    """Log a session of the managing unit's resource. Who used it decides whether it counts as outside use."""
    create_entry(a, line, values)
    resource = line.resource
    a.require(
        a.by.system or a.by.sees_all or resource.owner_id in a.by.bodies or resource.node_id in a.by.node_ids,
        "not_your_resource", "只能登记本单位管理的资源", field="resource", value=resource.number,
    )  # fmt: skip
    a.record.owner, a.record.node, a.record.visibility = resource.owner, resource.node, "node"
    line.minutes = _minutes(a, line.hours)
    if line.user is not None:
        line.outside, line.user_kind = line.user_id != resource.owner_id, line.user.entry.kind
    a.after_saved(lambda: a.link(resource, "resource"))


@action("usage_logs", "void", "作废", "Void", danger=True)
def void_use(a: Run, line: UsageLog) -> None:
    """Take a wrong line out of the ledger; it stays listed with the reason."""


@action("sharing_reviews", "create", "填报共享年报", "New report on sharing", creates=True, roles=("owner", "officer", "operator"))
def report_year(a: Run, review: SharingReview, **values: Any) -> None:
    """A unit's report on a year; one a year."""
    create_entry(a, review, values)
    same = SharingReview.objects.filter(record__owner=a.record.owner, year=review.year)
    a.require(not same.exists(), "reported_already", f"{review.year} 年度已填报", field="year", value=review.year)


def ledger(owner: Record | None, year: int) -> dict[str, int]:
    """What the ledger says of a unit's year: instruments, value, minutes, clients, income."""
    units = SharedResource.objects.filter(record__owner=owner, kind="instrument").exclude(record__state="draft")
    units = units.filter(Q(retired_on=None) | Q(retired_on__year__gt=year), Q(opened_on=None) | Q(opened_on__year__lte=year))
    lines = UsageLog.objects.filter(record__owner=owner, record__state="recorded", day__year=year)
    outside = lines.filter(outside=True)
    return {
        "instruments": units.count(), "original_fen": units.aggregate(n=Sum("original_fen"))["n"] or 0,
        "effective_minutes": lines.aggregate(n=Sum("minutes"))["n"] or 0, "outside_minutes": outside.aggregate(n=Sum("minutes"))["n"] or 0,
        "clients": (outside.aggregate(n=Count("user", distinct=True))["n"] or 0) + outside.filter(user=None).exclude(user_name="").values("user_name").distinct().count(),
        "income_fen": outside.aggregate(n=Sum("fee_fen"))["n"] or 0,
    }  # fmt: skip


@action("sharing_reviews", "submit", "提交", "Submit", safe=True)
def submit_review(a: Run, review: SharingReview) -> None:
    """Submit with the numbers as the ledger has them; a year not over is refused."""
    a.require(review.year < a.today.year, "year_running", f"{review.year} 年尚未结束", field="year", value=review.year)
    for name, value in ledger(a.record.owner, review.year).items():
        setattr(review, name, value)
    review.submitted_on = a.today
    a.record.visibility = "node"


@action("sharing_reviews", "return", "退回修改", "Return")
def return_review(a: Run, review: SharingReview) -> None:
    """Send back with the reason."""
    a.notify(f"共享年报退回：{review.title}（{a.reason}）", roles=("owner",), en=f"Report on sharing returned: {review.title}")


@action("sharing_reviews", "grade", "评定等次", "Grade", fields=(
    Column("grade", "choice", "等次", "Grade", required=True, choices=sheets.GRADES), Column("score", "decimal", "得分", "Score"),
    Column("opinion", "longtext", "意见", "Opinion", required=True), Column("subsidy_wan", "money_wan", "核定补助", "Subsidy", unit="万元"),
))  # fmt: skip
def grade_review(
    a: Run, review: SharingReview, *, grade: str, opinion: str, score: Decimal | None = None, subsidy_wan: int | None = None
) -> None:
    """Grade. Excellent and good may bring a subsidy, poor a period to put things right; a barred unit gets none."""
    a.require(
        not subsidy_wan or grade in SUBSIDISED, "no_subsidy", "优秀、良好等次才可核定补助", field="subsidy_wan", clause="仪器开放共享后补助"
    )
    a.require(subsidy_wan is None or subsidy_wan >= 0, "negative", "补助不能为负", field="subsidy_wan")
    barred = SharingReview.objects.filter(record__owner=a.record.owner, barred_until__gte=a.today).order_by("-barred_until").first()
    if subsidy_wan and barred is not None:
        a.refuse("barred", f"该单位 {barred.barred_until} 前不得获补助（{barred.number}）", field="subsidy_wan", clause="弄虚作假的处理")
    review.grade, review.score, review.opinion, review.graded_on, review.subsidy_fen = grade, score, opinion, a.today, subsidy_wan
    if grade == "poor":
        review.rectify_until = book.current().due("sharing.rectify", a.today)[0]
        a.go("rectifying")
    a.notify(
        f"共享考核等次：{sheets.GRADES[grade][0]}（{review.title}）",
        roles=("owner",),
        en=f"Grade: {sheets.GRADES[grade][1]} ({review.title})",
    )


@action("sharing_reviews", "pay", "拨付后补助", "Pay the subsidy", fields=(
    Column("paid_wan", "money_wan", "金额", "Amount", required=True, unit="万元"), sheets.PAID_ON,
))  # fmt: skip
def pay_subsidy(a: Run, review: SharingReview, *, paid_wan: int, paid_on: dt.date) -> None:
    """Pay what was approved, or less."""
    a.require(
        0 < paid_wan <= (review.subsidy_fen or 0), "above_approved", "拨付金额应大于零且不超过核定补助", field="paid_wan", value=paid_wan
    )
    a.require((review.graded_on or paid_on) <= paid_on <= a.today, "date_order", "拨付日期应在评定日与今天之间", field="paid_on")
    review.paid_fen, review.paid_on = paid_wan, paid_on


@action("sharing_reviews", "claw_back", "追回补助", "Claw back", danger=True)
def claw_back(a: Run, review: SharingReview) -> None:
    """Take a subsidy back after false reports; no subsidy for the years that the book's clock says."""
    review.barred_until = book.current().due("sharing.bar", a.today)[0]
    a.notify(f"共享补助追回：{review.title}（{a.reason}）", roles=("owner",), en=f"Subsidy clawed back: {review.title}")
