"""Figures that programmes feed. Which period and population a printed figure uses is data of the book."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.registers.programmes.models import BudgetLine, Call, Project, SubsidyList, SubsidyRow

LIVE = ("revoked", "removed")


def _projects(by: Actor, period: Period, scheme: str, class_id: str = "", variant: str = "") -> Any:
    rows = entries(by, Project).filter(scheme__in=scheme.split(","), **within("approved_on", period)).exclude(record__state__in=LIVE)
    rows = rows.filter(class_id__in=class_id.split(",")) if class_id else rows
    return rows.filter(variant=variant) if variant else rows


@formula("programmes.projects", "项", "立项数", "Awarded cases")
def projects(by: Actor, period: Period, *, scheme: str, class_id: str = "", variant: str = "") -> Counted:
    """Awarded cases of a scheme (F65–F69, F72, F97, F100, F104; several schemes separated by commas)."""
    return Counted(_projects(by, period, scheme, class_id, variant))


@formula("programmes.firms", "户", "获支持企业数（去重）", "Firms awarded, distinct")
def firms(by: Actor, period: Period, *, scheme: str, class_id: str = "") -> Counted:
    """Distinct firms awarded (F38)."""
    rows = _projects(by, period, scheme, class_id).filter(record__owner__parties_body__kind="firm")
    return Counted(rows, "distinct", "record__owner", "record__owner")


@formula("programmes.batches", "批", "批次数（去重）", "Batches, distinct")
def batches(by: Actor, period: Period, *, scheme: str) -> Counted:
    """Distinct year and batch of a scheme's awards (F37, F99, F103)."""
    from django.db.models import F

    rows = _projects(by, period, scheme).annotate(key=F("year") * 100 + F("batch"))
    return Counted(rows, "distinct", "key")


@formula("programmes.approved", "分", "批准资金", "Money approved")
def approved(by: Actor, period: Period, *, scheme: str, class_id: str = "") -> Counted:
    """Public and partner money approved (F68, F70, F73, F98, F101)."""
    return Counted(_projects(by, period, scheme, class_id), "sum", "approved_fen")


@formula("programmes.paid", "分", "支付资金", "Money paid")
def paid(by: Actor, period: Period, *, scheme: str) -> Counted:
    """Public money paid on awards of the period."""
    return Counted(_projects(by, period, scheme), "sum", "paid_fen")


@formula("programmes.match_committed", "分", "企业承诺资金", "Enterprise money committed")
def match_committed(by: Actor, period: Period, *, scheme: str) -> Counted:
    """Enterprise money committed (F102)."""
    return Counted(_projects(by, period, scheme), "sum", "match_committed_fen")


@formula("programmes.match_paid", "分", "企业到位资金", "Enterprise money paid in")
def match_paid(by: Actor, period: Period, *, scheme: str) -> Counted:
    """Enterprise money paid in."""
    return Counted(_projects(by, period, scheme), "sum", "match_paid_fen")


@formula("programmes.subsidy_firms", "户", "免申即享惠及企业（去重）", "Firms of data-led lists, distinct")
def subsidy_firms(by: Actor, period: Period, *, scheme: str = "rd-subsidy") -> Counted:
    """Distinct firms paid (F39)."""
    return Counted(_paid_rows(by, period, scheme), "distinct", "credit_code", "list")


@formula("programmes.subsidy_paid", "分", "免申即享拨付", "Paid by data-led lists")
def subsidy_paid(by: Actor, period: Period, *, scheme: str = "rd-subsidy") -> Counted:
    """Sum paid (F40)."""
    return Counted(_paid_rows(by, period, scheme), "sum", "grant_fen", "list")


def _paid_rows(by: Actor, period: Period, scheme: str) -> Any:
    lists = entries(by, SubsidyList).filter(scheme=scheme).values("record_id")
    return SubsidyRow.objects.filter(list__in=lists, struck_by="", **within("paid_on", period))


@formula("programmes.fund", "分", "专项资金预算", "Approved budget of funds")
def fund(by: Actor, period: Period, *, year_offset: int = 0) -> Counted:
    """Approved budget of the consolidated fund in the year of the as-of day plus ``year_offset`` (F95, and the base of F96)."""
    return Counted(entries(by, BudgetLine).filter(kind="fund", year=period.end.year + year_offset, agreement=None), "sum", "amount_fen")


@formula("programmes.calls_opened", "次", "已开放的申报通知", "Calls opened")
def calls_opened(by: Actor, period: Period, *, scheme: str) -> Counted:
    """Calls of a scheme opened in the period (F106)."""
    return Counted(
        entries(by, Call)
        .filter(scheme__in=scheme.split(","), **within("opens_on", period))
        .exclude(record__state__in=("drafting", "topic_collection", "approved", "cancelled"))
    )


def fund_growth(by: Actor, period: Period) -> Fraction | None:
    """Growth of the fund over the year before, exactly (F96); ``None`` without a year before."""
    now, before = fund(by, period).raw(), fund(by, period, year_offset=-1).raw()
    return Fraction(now - before, before) if before else None
