"""Figures of finance. Which period and population a printed figure uses is data of the book."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.registers.finance import queries
from trihelix.registers.finance.models import CreditLine, FinanceAgreement, Investment, Loan, PointsStatement, TaxReferral


@formula("finance.agreements", "家", "签署合作协议的金融机构（去重）", "Finance bodies with an agreement, distinct")
def agreements(by: Actor, period: Period) -> Counted:
    """Distinct finance bodies with an agreement in force on the last day (F43)."""
    rows = entries(by, FinanceAgreement).filter(pk__in=queries.agreed(period.end).values("pk"))
    return Counted(rows, "distinct", "partner", "partner")


def _listed(rows: Any, population: str) -> Any:
    """``listed``: firms on a sent innovation list, or returned under any list; ``all``: every firm."""
    return rows if population == "all" else rows.filter(Q(firm__in=queries.on_lists()) | Q(list__isnull=False))


@formula("finance.credit_limits", "分", "授信额度", "Credit limits granted")
def credit_limits(by: Actor, period: Period, *, population: str = "listed") -> Counted:
    """SUM of limits granted to firms on the innovation list (F44): granted, not drawn."""
    rows = entries(by, CreditLine).filter(**within("granted_on", period)).exclude(record__state="void")
    return Counted(_listed(rows, population), "sum", "limit_fen")


@formula("finance.loans_drawn", "分", "贷款发放额", "Loans drawn")
def loans_drawn(by: Actor, period: Period, *, population: str = "listed", relending: str = "") -> Counted:
    """SUM of loans paid out to firms on the innovation list (F45); ``relending`` met counts those that re-lending could refinance."""
    rows = entries(by, Loan).filter(**within("drawn_on", period)).exclude(record__state="void")
    rows = rows.filter(relending=relending) if relending else rows
    return Counted(_listed(rows, population), "sum", "amount_fen")


@formula("finance.firms_financed", "户", "获贷企业（去重）", "Firms with a loan, distinct")
def firms_financed(by: Actor, period: Period, *, population: str = "all") -> Counted:
    """Distinct firms with a loan paid out in the period."""
    rows = entries(by, Loan).filter(**within("drawn_on", period)).exclude(record__state="void")
    return Counted(_listed(rows, population), "distinct", "firm", "firm")


@formula("finance.invested", "分", "基金投资额", "Money invested by funds")
def invested(by: Actor, period: Period, *, stage: str = "", hard: bool = False, private: bool = False) -> Counted:
    """SUM invested in the period, by stages (commas) and hard technology; ``private`` sums the private money of the same rounds."""
    rows = entries(by, Investment).filter(**within("invested_on", period))
    rows = rows.filter(stage__in=stage.split(",")) if stage else rows
    rows = rows.filter(hard_technology=True) if hard else rows
    return Counted(rows.filter(private_fen__isnull=False) if private else rows, "sum", "private_fen" if private else "amount_fen")


@formula("finance.statements_shared", "份", "提供的创新评价报告", "Points statements shared")
def statements_shared(by: Actor, period: Period) -> Counted:
    """Statements shared with a finance body in the period, withdrawn ones included."""
    rows = entries(by, PointsStatement).filter(shared_at__date__lte=period.end)
    return Counted(rows.filter(shared_at__date__gte=period.start) if period.start else rows)


@formula("finance.tax_enjoyed", "分", "已享受税费优惠", "Tax relief enjoyed")
def tax_enjoyed(by: Actor, period: Period) -> Counted:
    """SUM of reliefs that firms recorded as enjoyed, by the day of the check."""
    return Counted(entries(by, TaxReferral).filter(record__state="enjoyed", **within("on", period)), "sum", "enjoyed_fen")
