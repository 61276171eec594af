"""Transfers: signing, receipts, refunds, payout orders and payments — exact to the fen, never twice."""

from __future__ import annotations

import datetime as dt

from trihelix.engines.errors import Problem
from trihelix.engines.sheets import Column
from trihelix.kernel import numbers
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.errors import Conflict
from trihelix.kernel.register import register_of
from trihelix.registers.inventions import sharing
from trihelix.registers.inventions.actions.plans import guarded
from trihelix.registers.inventions.models import HeadHolding, IncomeReceipt, Invention, Payout, SharePart, Transfer

PAYERS = ("owner:body_finance", "owner:transfer_office", "owner:body_admin", "officer", "operator", "finance")
LIVE = ("signed", "performing", "done", "ended")


@action("transfers", "sign", "登记签约", "Record signing", fields=(
    Column("signed_on", "date", "签约日期", "Signed on"), Column("amount_wan", "money_wan", "合同金额", "Amount signed", unit="万元"),
))  # fmt: skip
def sign(a: Run, transfer: Transfer, *, signed_on: dt.date | None = None, amount_wan: int | None = None) -> None:
    """Record the signing. Refuses secrets without approval, unclear title, and a head's shares not filed before."""
    transfer.signed_on = signed_on or transfer.signed_on or a.today
    transfer.amount_fen = transfer.amount_fen if amount_wan is None else amount_wan
    a.require(transfer.signed_on <= a.today, "future_date", "签约日期不能晚于今天", field="signed_on")
    invention = Invention.objects.get(pk=transfer.invention_id)
    a.require(invention.secrecy == "none", "secret_result", "涉密或关键核心技术成果须先经主管部门审批", field="invention")
    a.require(invention.title_clear, "unclear_title", "权属不清的成果不能转化", field="invention")
    if transfer.way == "shares":
        open_filings = HeadHolding.objects.filter(invention=invention.record).exclude(
            record__state__in=("accepted", "held", "released", "refused", "withdrawn")
        )
        a.require(not open_filings.exists(), "head_filing_missing", "正职领导持股备案尚未办结，不能签约", field="invention")
    a.after_saved(lambda: _mark(a, transfer))


def _mark(a: Run, transfer: Transfer) -> None:
    act = register_of("inventions").acts["mark_transferred"]
    state = transfer.invention.state
    if state in ("registered", "available", "negotiating", "rights_given", "transferred"):
        act.run(by=SYSTEM, record=transfer.invention, now=a.now)


@action("transfers", "discard", "作废草稿", "Discard", danger=True)
def discard(a: Run, transfer: Transfer) -> None:
    """Discard a draft."""


@action("transfers", "finish", "完成", "Finish")
def finish(a: Run, transfer: Transfer) -> None:
    """All is paid. Refuses while payouts are open."""
    owed = SharePart.objects.filter(receipt__transfer=transfer, payable_fen__gt=0).exclude(payouts__paid_on__isnull=False)
    a.require(not owed.exists(), "payouts_open", "尚有应付未付的分配，不能结束", field="state")


@action("transfers", "end", "终止", "End", danger=True)
def end(a: Run, transfer: Transfer) -> None:
    """The contract ended before its aim; refunds are still recorded."""


RECEIPT = (
    Column("voucher", "text", "凭证号", "Voucher", required=True), Column("date", "date", "到账日期", "Date", required=True),
    Column("amount_wan", "money_wan", "到账金额", "Received", unit="万元", required=True), Column("taxes_wan", "money_wan", "税费", "Taxes", unit="万元"),
    Column("upkeep_wan", "money_wan", "维持费", "Upkeep", unit="万元"), Column("direct_wan", "money_wan", "直接交易费用", "Direct cost", unit="万元"),
)  # fmt: skip


@action("transfers", "receive", "登记到账", "Record a receipt", fields=RECEIPT)
def receive(
    a: Run, transfer: Transfer, *, voucher: str, date: dt.date, amount_wan: int, taxes_wan: int | None = None, upkeep_wan: int | None = None,
    direct_wan: int | None = None,
) -> None:  # fmt: skip
    """Record money received and share it by the plan of its day. Refuses a voucher twice, dates before signing or in the future."""
    a.require(amount_wan > 0, "not_positive", "到账金额应大于零；退款请用 “登记退款”", field="amount_wan")
    costs = [taxes_wan or 0, upkeep_wan or 0, direct_wan or 0]
    a.require(min(costs) >= 0, "negative_money", "费用不能为负", field="taxes_wan")
    a.require(
        transfer.signed_on is None or date >= transfer.signed_on, "date_order", f"到账日期早于签约日期 {transfer.signed_on}", field="date"
    )
    _new_receipt(a, transfer, voucher, date, amount_wan, costs, None)


def _new_receipt(
    a: Run, transfer: Transfer, key: str, date: dt.date, amount: int, costs: list[int], refund_of: IncomeReceipt | None
) -> None:
    a.require(date <= a.today, "future_date", "日期不能晚于今天", field="date", value=date.isoformat())
    a.require(not transfer.receipts.filter(key=key).exists(), "receipt_twice", f"凭证 {key} 已登记", field="voucher", value=key)
    guarded(
        lambda: IncomeReceipt.objects.create(
            transfer=transfer, key=key, date=date, amount_fen=amount, taxes_fen=costs[0], upkeep_fen=costs[1], direct_fen=costs[2], refund_of=refund_of
        ),
        f"凭证 {key} 已登记", "voucher",
    )  # fmt: skip
    parts = sharing.distribute(transfer)
    a.extra["receipt"] = [None, {"voucher": key, "date": str(date), "amount_fen": amount, "costs_fen": sum(costs)}]
    mine = [p for p in parts if p.receipt.key == key]
    if mine:
        a.extra["parts"] = [None, {p.member or p.role: [p.earned_fen, p.payable_fen] for p in mine}]
        a.notify(f"收益已分配：{a.record.title}（{date}）", roles=("inventor", "owner"), key=key, en=f"Income shared: {a.record.title}")


@action("transfers", "refund", "登记退款", "Record a refund", roles=("owner", "officer", "operator", "finance"), fields=(
    Column("voucher", "text", "凭证号", "Voucher", required=True), Column("date", "date", "退款日期", "Date", required=True),
    Column("amount_wan", "money_wan", "退款金额", "Amount given back", unit="万元", required=True), Column("refund_of", "text", "原到账凭证号", "Voucher of the receipt", required=True),
))  # fmt: skip
def refund(a: Run, transfer: Transfer, *, voucher: str, date: dt.date, amount_wan: int, refund_of: str) -> None:
    """Record money given back: people already paid are set off against their next parts. Refuses more than was received."""
    a.require(a.record.state in LIVE, "not_signed", "签约后才能登记退款", field="state")
    a.require(amount_wan > 0, "not_positive", "退款金额应大于零", field="amount_wan")
    held = transfer.receipts.filter(key=refund_of, amount_fen__gt=0).first()
    if held is None:
        a.refuse("unknown_receipt", f"没有凭证号为 “{refund_of}” 的到账", field="refund_of", value=refund_of)
        return
    back = -sum(r.amount_fen for r in held.refunds.all())
    a.require(back + amount_wan <= held.amount_fen, "refund_over_receipt", "退款合计超过原到账金额", field="amount_wan")
    a.require(date >= held.date, "date_order", "退款日期早于原到账日期", field="date")
    _new_receipt(a, transfer, voucher, date, -amount_wan, [0, 0, 0], held)


@action(
    "transfers",
    "order_payouts",
    "开具兑付单",
    "Order payouts",
    roles=PAYERS,
    fields=(Column("voucher", "text", "到账凭证号", "Voucher of the receipt", help="留空为全部未开单的到账"),),
)
def order_payouts(a: Run, transfer: Transfer, *, voucher: str = "") -> None:
    """One order for each payable part without one. Refuses when nothing is payable; twice at once gives one order."""
    parts = SharePart.objects.filter(receipt__transfer=transfer, role="member", payable_fen__gt=0)
    if voucher:
        a.require(transfer.receipts.filter(key=voucher).exists(), "unknown_receipt", f"没有凭证号为 “{voucher}” 的到账", field="voucher")
        parts = parts.filter(receipt__key=voucher)
    live = set(Payout.objects.filter(part__receipt__transfer=transfer, cancelled_on=None).values_list("part_id", flat=True))
    todo = [p for p in parts.select_related("receipt") if p.pk not in live]
    a.require(todo, "nothing_payable", "没有可开具的兑付单：应付部分都已开单，或尚无生效的分配方案", field="voucher")
    numbers_ = numbers.reserve("DF", a.today.year, len(todo))
    guarded(
        lambda: Payout.objects.bulk_create(
            Payout(part=p, number=n, amount_fen=p.payable_fen, ordered_on=a.today) for p, n in zip(todo, numbers_, strict=True)
        ),
        "这些部分已由他人开单", "voucher",
    )  # fmt: skip
    a.extra["payouts"] = [None, [[n, p.member, p.payable_fen] for p, n in zip(todo, numbers_, strict=True)]]


def _payout(a: Run, transfer: Transfer, number: str) -> Payout:
    held = Payout.objects.select_for_update().filter(number=number, part__receipt__transfer=transfer).first()
    if held is None:
        a.refuse("unknown_payout", f"没有兑付单 “{number}”", field="payout", value=number)
    return held  # type: ignore[return-value]


@action("transfers", "pay", "登记兑付", "Record a payment", roles=PAYERS, fields=(
    Column("payout", "text", "兑付单号", "Payout order", required=True), Column("paid_on", "date", "支付日期", "Paid on", required=True),
    Column("bank_voucher", "text", "支付凭证号", "Bank voucher", required=True),
))  # fmt: skip
def pay(a: Run, transfer: Transfer, *, payout: str, paid_on: dt.date, bank_voucher: str) -> None:
    """Record that an order was paid. Refuses orders paid or cancelled, a bank voucher used already, payment before the notice ended."""
    held = _payout(a, transfer, payout)
    if held.paid_on or held.cancelled_on:
        raise Conflict(
            Problem("already_paid", f"兑付单 {payout} 已{'支付' if held.paid_on else '撤销'}，不能重复兑付", field="payout", value=payout)
        )
    a.require(held.part.receipt.date <= paid_on <= a.today, "date_order", "支付日期应在到账日与今天之间", field="paid_on")
    plan = sharing.SharePlan.objects.get(pk=held.part.plan_id)
    a.require(plan.notice_to is None or paid_on > plan.notice_to, "paid_before_notice", "公示期未满不得兑现", field="paid_on")
    held.paid_on, held.voucher = paid_on, bank_voucher
    guarded(lambda: held.save(update_fields=["paid_on", "voucher"]), f"支付凭证 {bank_voucher} 已用于另一兑付单", "bank_voucher")
    sharing.refresh_totals(transfer)
    a.extra["paid"] = [
        None,
        {
            "payout": payout,
            "member": held.part.member,
            "amount_fen": held.amount_fen,
            "on": str(paid_on),
            "late": bool(held.part.due and paid_on > held.part.due),
        },
    ]


@action(
    "transfers",
    "cancel_payout",
    "撤销兑付单",
    "Cancel a payout order",
    roles=PAYERS,
    danger=True,
    fields=(Column("payout", "text", "兑付单号", "Payout order", required=True),),
)
def cancel_payout(a: Run, transfer: Transfer, *, payout: str) -> None:
    """Cancel an order not yet paid, with a reason."""
    a.require(a.reason, "reason_required", "撤销兑付单须说明理由", field="reason")
    held = _payout(a, transfer, payout)
    a.require(not held.paid_on and not held.cancelled_on, "already_paid", f"兑付单 {payout} 已办结，不能撤销", field="payout")
    held.cancelled_on = a.today
    held.save(update_fields=["cancelled_on"])
    a.extra["cancelled"] = [payout, None]
