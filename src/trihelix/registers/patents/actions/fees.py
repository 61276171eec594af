"""The fee calendar: fees are drawn up before they are due, computed by the rule, paid, given up, or lapse after the grace."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines import patents as engine
from trihelix.engines.errors import Refused
from trihelix.engines.months import add_days, add_months
from trihelix.engines.sheets import Column
from trihelix.kernel import clock
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.outbox import put_notice
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.registers.patents import sheets
from trihelix.registers.patents.models import Fee, Patent
from trihelix.registers.patents.queries import fee_of
from trihelix.registers.patents.settings_book import settings

BATCH = 500


@action("patents", "draw_fee", "生成下一年度年费", "Draw up the next fee", roles=("owner", "officer", "operator", "system"))
def draw_fee(a: Run, patent: Patent) -> None:
    """Draw up the fee of the next year of term. Refuses patents not in force, without days, over their term, or with a fee open."""
    a.require(
        patent.status in sheets.VALID, "not_in_force", f"专利 {patent.app_no} 不在有效状态，无须缴年费", field="status", value=patent.status
    )
    year = next_year(patent)
    due = engine.year_starts(patent.filing_date, year)  # type: ignore[arg-type]
    over = patent.expires_on is not None and due >= patent.expires_on
    a.require(not over, "term_over", "保护期将满，没有下一年度年费", field="expires_on", value=str(patent.expires_on))
    held = Fee.objects.filter(patent=a.record, year=year).first()
    a.require(held is None, "fee_there", f"第 {year} 年度年费已生成（{held.number if held else ''}）", field="year", value=year)
    told = fee_of(patent, year, due)
    grace = settings().grace_months
    made = register_of("patent_fees").acts["create"].run(
        by=SYSTEM, title=f"第 {year} 年度年费：{a.record.title[:150]}", owner=str(a.record.owner.uid) if a.record.owner else None, patent=str(a.record.uid), year=year,
        due_on=due, last_on=add_months(due, grace), full_yuan=told.full_fen, rate_percent=told.percent, late_yuan=0, pay_yuan=told.pay_fen, rule=told.rule, now=a.now,
    )  # fmt: skip
    a.extra["fee"] = [None, made.number]


def next_year(patent: Patent) -> int:
    """The year of term whose fee is next: after what is paid, else after the year of grant."""
    if patent.filing_date is None or (patent.fee_paid_to is None and patent.grant_date is None):
        raise Refused.one("dates_missing", "请先填写申请日，以及年费缴至或授权公告日", field="fee_paid_to")
    if patent.fee_paid_to is not None:
        return engine.fee_year(patent.filing_date, patent.fee_paid_to)
    return engine.fee_year(patent.filing_date, patent.grant_date) + 1  # type: ignore[arg-type]


@action("patent_fees", "create", "生成年费", "Draw up a fee", creates=True, hidden=True, roles=("system", "officer", "operator"))
def create(a: Run, fee: Fee, **values: Any) -> None:
    """Keep a fee drawn up; its day due stands in the owner's inbox."""
    create_entry(a, fee, {k: v for k, v in values.items() if v is not None})
    a.record.visibility = "owner"
    a.on_saved.append(lambda: a.link(fee.patent, "patent"))


@action("patent_fees", "pay", "登记缴费", "Record payment", fields=(
    Column("paid_on", "date", "缴费日期", "Paid on", required=True), Column("voucher", "text", "票据号", "Voucher", required=True),
))  # fmt: skip
def pay(a: Run, fee: Fee, *, paid_on: dt.date, voucher: str) -> None:
    """Record the payment; the amount with late fee follows from the day paid, and the patent is kept a year further."""
    a.require(paid_on <= a.today, "date_future", "缴费日期在今天之后", field="paid_on", value=str(paid_on))
    a.require(paid_on <= fee.last_on, "after_grace", f"宽限期已于 {fee.last_on} 届满，须请求恢复权利", field="paid_on", value=str(paid_on))
    patent = Patent.objects.get(pk=fee.patent_id)
    told = fee_of(patent, fee.year, fee.due_on, paid_on)
    fee.full_fen, fee.rate_percent, fee.late_fen, fee.pay_fen, fee.rule = (
        told.full_fen,
        told.percent,
        told.late_fen,
        told.pay_fen,
        told.rule,
    )
    fee.paid_on, fee.voucher = paid_on, voucher
    until = engine.year_starts(patent.filing_date, fee.year + 1)  # type: ignore[arg-type]
    register_of("patents").acts["paid_to"].run(by=SYSTEM, record=fee.patent, on=until, now=a.now)


@action("patent_fees", "give_up", "不再维持", "Give up", danger=True)
def give_up(a: Run, fee: Fee) -> None:
    """The holder lets the right go, with the reason; it ends with the grace unless somebody takes it over."""


@action("patent_fees", "late", "进入宽限期", "Into grace")
def late(a: Run, fee: Fee) -> None:
    """Not paid by the day due: the grace begins and late fees count."""
    told = fee_of(Patent.objects.get(pk=fee.patent_id), fee.year, fee.due_on, a.today)
    fee.late_fen, fee.pay_fen = told.late_fen, told.pay_fen
    _event(fee, "grace", a)
    a.notify(
        f"年费已逾期，请在 {fee.last_on} 前补缴：{a.record.title}",
        roles=("owner",),
        en=f"Fee late, payable until {fee.last_on}: {a.record.title}",
    )


def _event(fee: Fee, kind: str, a: Run) -> None:
    register_of("patents").acts["note_event"].run(by=SYSTEM, record=fee.patent, kind=kind, on=a.today, note=f"年费 {fee.year}", now=a.now)


@action("patent_fees", "lapse", "未缴终止", "Lapse")
def lapse(a: Run, fee: Fee) -> None:
    """The grace ran out: the right ends and leaves the stock-taking."""
    a.require(a.today > fee.last_on, "grace_running", f"宽限期至 {fee.last_on}", field="last_on", value=str(fee.last_on))
    _event(fee, "lapse", a)


@action("patent_fees", "restore", "恢复权利", "Restore the right", fields=(
    Column("restored_on", "date", "缴费日期", "Paid on", required=True), Column("voucher", "text", "票据号", "Voucher", required=True),
))  # fmt: skip
def restore(a: Run, fee: Fee, *, restored_on: dt.date, voucher: str) -> None:
    """Restore a lapsed right: annual fee, late fee and the restoration fee of the rule are paid together. Refuses later than the rule allows."""
    patent = Patent.objects.get(pk=fee.patent_id)
    a.require(
        fee.last_on < restored_on <= a.today, "date_order", "缴费日期应在宽限期之后、今天之前", field="restored_on", value=str(restored_on)
    )
    limit = add_months(fee.last_on, settings().restore_months)
    a.require(restored_on <= limit, "restoration_over", f"恢复权利的期限已于 {limit} 届满", field="restored_on", value=str(restored_on))
    a.require(patent.status == "lapsed_fee", "not_lapsed", "专利不是因未缴年费终止，不能由此恢复", field="status", value=patent.status)
    told = fee_of(patent, fee.year, fee.due_on, restored_on)
    fee.full_fen, fee.rate_percent, fee.late_fen, fee.rule = told.full_fen, told.percent, told.late_fen, told.rule
    fee.restore_fen = settings().restore_fen
    fee.pay_fen = told.pay_fen + fee.restore_fen
    fee.paid_on = fee.restored_on = restored_on
    fee.voucher = voucher
    acts, until = register_of("patents").acts, engine.year_starts(patent.filing_date, fee.year + 1)  # type: ignore[arg-type]
    acts["note_event"].run(by=SYSTEM, record=fee.patent, kind="restoration", on=restored_on, note=f"年费 {fee.year}", now=a.now)
    acts["paid_to"].run(by=SYSTEM, record=fee.patent, on=until, now=a.now)


@action("patent_fees", "refund", "登记退款", "Record a refund", roles=("owner", "officer", "operator"), fields=(
    Column("amount_yuan", "money_yuan", "退款金额", "Amount", unit="元", required=True), Column("refunded_on", "date", "退款日期", "Refunded on", required=True),
))  # fmt: skip
def refund(a: Run, fee: Fee, *, amount_yuan: int, refunded_on: dt.date) -> None:
    """Money paid too much, twice or by mistake came back, with the reason. Refuses unpaid fees, more than was paid, and days over the limit."""
    a.require(a.reason, "reason_required", "请说明退款原因（多缴、重缴、错缴）", field="reason")
    if fee.paid_on is None:
        a.refuse("not_paid", "未缴的费用没有退款", field="state")
        return
    a.require(fee.refund_fen is None, "refunded_twice", "该费用已登记退款", field="amount_yuan")
    a.require(
        0 < amount_yuan <= fee.pay_fen,
        "over_paid",
        f"退款应大于零、不超过已缴 {fee.pay_fen / 100:g} 元",
        field="amount_yuan",
        value=amount_yuan,
    )
    limit = add_months(fee.paid_on, settings().refund_months)
    a.require(
        fee.paid_on <= refunded_on <= min(limit, a.today),
        "date_order",
        f"退款日期应在缴费之后、{limit} 之前",
        field="refunded_on",
        value=str(refunded_on),
    )
    fee.refund_fen, fee.refunded_on = amount_yuan, refunded_on


@tick("patent_fees", every=86_400)
def run_calendar(now: dt.datetime) -> int:
    """Draw up what is due within the days of notice, start graces, let lapse, end terms. Run twice, it does nothing more."""
    today = clock.local_date(now)
    return _draw_due(now, today) + _move_on(now, today)


def _draw_due(now: dt.datetime, today: dt.date) -> int:
    until = add_days(today, settings().remind_days)
    due = Patent.objects.filter(status__in=sheets.VALID, filing_date__isnull=False, fee_paid_to__lte=until).exclude(
        record__state="archived"
    )
    due = (
        due.exclude(expires_on__lte=until)
        .exclude(pk__in=Fee.objects.filter(record__state__in=("due", "grace", "given_up")).values("patent_id"))
        .order_by("fee_paid_to", "pk")
    )
    count = 0
    for patent in list(due[:BATCH]):
        try:
            draw_fee(by=SYSTEM, record=patent.record, now=now)
        except Refused:
            continue  # told to whoever draws it by hand: dates missing or the term over
        fee = Fee.objects.filter(patent=patent.record).order_by("-year").first()
        if fee is not None:
            text = f"年费将于 {fee.due_on} 到期，应缴 {fee.pay_fen / 100:g} 元：{patent.record.title}"
            put_notice(
                fee.record, text, now, roles=("owner",), key=f"fee:{fee.pk}", en=f"Annual fee due by {fee.due_on}: {patent.record.title}"
            )
        count += 1
    return count


def _move_on(now: dt.datetime, today: dt.date) -> int:
    count = 0
    for fee in list(Fee.objects.filter(record__state__in=("due", "grace"), last_on__lt=today).order_by("due_on", "pk")[:BATCH]):
        lapse(by=SYSTEM, record=fee.record, now=now)
        count += 1
    for fee in list(Fee.objects.filter(record__state="due", due_on__lt=today).order_by("due_on", "pk")[:BATCH]):
        late(by=SYSTEM, record=fee.record, now=now)
        count += 1
    over = Patent.objects.filter(status__in=sheets.VALID, expires_on__lt=today).exclude(record__state="archived").order_by("pk")
    for patent in list(over[:BATCH]):
        register_of("patents").acts["note_event"].run(by=SYSTEM, record=patent.record, kind="expiry", on=patent.expires_on, now=now)
        count += 1
    return count
