"""Subsidy: approved, allotted, paid — three amounts that never overtake each other."""

from __future__ import annotations

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.registers.secondments.models import Secondment

MONEY = ("officer", "finance", "operator")
AMOUNT = Column("amount_wan", "money_wan", "金额", "Amount", unit="万元", required=True)
LIVE = ("appointed", "serving", "mid_review", "ending", "end_review", "closed", "renewed")


@action(
    "secondments",
    "approve_subsidy",
    "核定补助",
    "Approve a subsidy",
    roles=MONEY,
    fields=(AMOUNT, Column("basis", "text", "依据", "Basis", required=True)),
)
def approve_subsidy(a: Run, row: Secondment, *, amount_wan: int, basis: str) -> None:
    """Set the amount and its basis. Refuses less than is allotted, and cases that ended early."""
    a.require(a.record.state in LIVE, "not_live", "未聘任或已提前结束，不能核定补助", field="state")
    a.require(amount_wan >= row.allotted_fen, "below_allotted", "核定金额不能低于已下达金额", field="amount_wan")
    row.approved_fen, row.subsidy_basis = amount_wan, basis.strip()[:200]


@action("secondments", "allot_subsidy", "下达补助", "Allot the subsidy", roles=MONEY, fields=(AMOUNT,))
def allot_subsidy(a: Run, row: Secondment, *, amount_wan: int) -> None:
    """Allot a further part. Refuses more than is approved."""
    a.require(amount_wan > 0, "not_positive", "金额应大于零", field="amount_wan")
    a.require(row.allotted_fen + amount_wan <= row.approved_fen, "over_approved", "下达累计超过核定金额", field="amount_wan")
    row.allotted_fen += amount_wan


@action(
    "secondments",
    "pay_subsidy",
    "支付补助",
    "Pay the subsidy",
    roles=MONEY,
    fields=(AMOUNT, Column("voucher", "text", "凭证号", "Voucher", required=True)),
)
def pay_subsidy(a: Run, row: Secondment, *, amount_wan: int, voucher: str) -> None:
    """Record a payment. Refuses more than is allotted."""
    a.require(amount_wan > 0, "not_positive", "金额应大于零", field="amount_wan")
    a.require(row.paid_fen + amount_wan <= row.allotted_fen, "over_allotted", "支付累计超过下达金额", field="amount_wan")
    row.paid_fen += amount_wan
    a.extra["voucher"] = [None, voucher.strip()]
