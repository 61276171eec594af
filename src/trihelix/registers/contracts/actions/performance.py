"""Performance of registered contracts: receipts, verified technical income, benefits taken."""

from __future__ import annotations

import datetime as dt

from django.db.models import Sum

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.columns import options
from trihelix.registers.contracts.actions.obligations import settle_payments
from trihelix.registers.contracts.models import BenefitUse, Contract, Receipt

LIVE = ("registered", "change_pending", "objected")
KINDS = options(
    ("VAT", "增值税", "VAT"), ("CIT", "企业所得税", "Corporate income tax"), ("IIT", "个人所得税", "Personal income tax"), ("RD", "研发加计扣除", "R&D deduction"),
    ("grant", "财政补助", "Grant"), ("reward", "奖酬提取", "Reward"),
)  # fmt: skip
DESK = ("owner", "node", "officer", "operator")


@action("contracts", "receive", "登记到账", "Record a receipt", roles=DESK, fields=(
    Column("date", "date", "到账日期", "Date", required=True), Column("received_wan", "money_wan", "到账金额", "Received", unit="万元", required=True),
    Column("technical_wan", "money_wan", "技术部分", "Technical part", unit="万元"), Column("cost_wan", "money_wan", "履行成本", "Cost", unit="万元"),
    Column("voucher", "text", "凭证号", "Voucher", required=True),
))  # fmt: skip
def receive(
    a: Run,
    contract: Contract,
    *,
    date: dt.date,
    received_wan: int,
    voucher: str,
    technical_wan: int | None = None,
    cost_wan: int | None = None,
) -> None:
    """Record money received; payments that the receipts cover are settled by it, the earliest first.

    Refuses a voucher recorded already, a technical part above the receipt, a date before signing.
    """
    a.require(a.record.state in LIVE, "not_registered", "合同登记后才能登记到账", field="state")
    a.require(received_wan != 0, "zero", "到账金额不能为零（退款填负数）", field="received_wan")
    a.require(date >= contract.sign_date, "date_order", f"到账日期早于签订日期 {contract.sign_date}", field="date")
    a.require(
        technical_wan is None or 0 <= technical_wan <= max(received_wan, 0),
        "technical_over_receipt",
        "技术部分应在零与到账金额之间",
        field="technical_wan",
    )
    a.require(not contract.receipts.filter(key=voucher).exists(), "receipt_twice", f"凭证 {voucher} 已登记", field="voucher", value=voucher)
    made = Receipt.objects.create(
        contract=contract, key=voucher, date=date, received_fen=received_wan, technical_fen=technical_wan, cost_fen=cost_wan or 0
    )
    a.extra["receipt"] = [None, {"voucher": voucher, "date": str(date), "received_fen": made.received_fen, "technical_fen": technical_wan}]
    total = contract.receipts.aggregate(total=Sum("received_fen"))["total"]
    a.after_saved(lambda: settle_payments(a.record, total, date, f"到账凭证 {voucher}", a))


@action("contracts", "verify_income", "核定技术性收入", "Verify technical income", roles=("node", "officer", "operator"), fields=(
    Column("voucher", "text", "凭证号", "Voucher", required=True), Column("verified_wan", "money_wan", "核定收入", "Verified income", unit="万元", required=True),
))  # fmt: skip
def verify_income(a: Run, contract: Contract, *, voucher: str, verified_wan: int) -> None:
    """Verify the technical income of one receipt. Refuses more than was received, and more in total than the technical amount."""
    receipt = contract.receipts.select_for_update().filter(key=voucher).first()
    if receipt is None:
        a.refuse("not_found", f"没有凭证 {voucher} 的到账", field="voucher", value=voucher)
        return
    a.require(0 <= verified_wan <= max(0, receipt.received_fen), "above_receipt", "核定收入应在零与到账金额之间", field="verified_wan")
    others = sum(r.verified_fen or 0 for r in contract.receipts.exclude(pk=receipt.pk))
    limit = contract.technical_fen
    a.require(
        limit is None or others + verified_wan <= limit,
        "above_technical",
        "核定收入合计超过技术交易额",
        field="verified_wan",
        clause="三项金额",
    )
    a.extra["verified"] = [receipt.verified_fen, verified_wan]
    receipt.verified_fen = verified_wan
    receipt.save(update_fields=["verified_fen"])


@action("contracts", "use_benefit", "登记享受政策", "Record a benefit", roles=DESK, fields=(
    Column("kind", "choice", "政策", "Benefit", required=True, choices=KINDS), Column("period", "text", "期间", "Period", required=True, example="2026"),
    Column("amount_wan", "money_wan", "金额", "Amount", unit="万元", required=True),
))  # fmt: skip
def use_benefit(a: Run, contract: Contract, *, kind: str, period: str, amount_wan: int) -> None:
    """Record a benefit taken on the registration; a later change or cancellation tells whom to inform."""
    a.require(a.record.state in LIVE, "not_registered", "合同登记后才能登记享受的政策", field="state")
    a.require(kind in KINDS, "unknown_benefit", f"政策应为 {'、'.join(KINDS)}", field="kind", value=kind)
    a.require(
        not contract.benefits.filter(kind=kind, period=period).exists(),
        "benefit_twice",
        f"{KINDS[kind][0]} {period} 已登记",
        field="period",
    )
    BenefitUse.objects.create(contract=contract, kind=kind, period=period, amount_fen=amount_wan)
    a.extra["benefit"] = [None, {"kind": kind, "period": period, "amount_fen": amount_wan}]
