"""Figures of the pool and of experts in planning, policy and guides; the enterprise share is told three ways."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.registers.experts.models import Expert, Fee, Invitation


@formula("experts.pool", "人", "在库专家", "Experts in the pool")
def pool(by: Actor, period: Period, kind: str = "", field: str = "") -> Counted:
    """COUNT of experts in the pool now; params ``kind`` (such as ``enterprise``), ``field``."""
    rows = entries(by, Expert).filter(record__state__in=("active", "paused"))
    rows = rows.filter(kind=kind) if kind else rows
    if field:
        ids = [pk for pk, held in rows.values_list("pk", "fields") if field in held]
        rows = rows.filter(pk__in=ids)
    return Counted(rows)


def invited(by: Actor, period: Period, kind: str = "", work: str = "", accepted: bool = False) -> QuerySet[Any]:
    """Invitations of a period, cancelled ones excepted, of experts of a kind."""
    rows = entries(by, Invitation).filter(**within("invited_on", period)).exclude(record__state="cancelled")
    rows = rows.filter(Q(expert_kind=kind) | Q(expert_kind="", expert__experts_expert__kind=kind)) if kind else rows
    rows = rows.filter(work__in=work.split(",")) if work else rows
    return rows.filter(record__state__in=("accepted", "contributed")) if accepted else rows


@formula("experts.invitations", "人次", "参与规划、政策、指南的专家人次", "Invitations to planning groups")
def invitations(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT of invitations; params ``kind``, ``work`` (plan, policy, guide), ``accepted``."""
    return Counted(invited(by, period, **where))


@formula("experts.fees", "分", "专家咨询费", "Expert fees")
def fees(by: Actor, period: Period) -> Counted:
    """SUM of fees paid in the period."""
    return Counted(entries(by, Fee).filter(record__state="paid", **within("paid_on", period)), "sum", "amount_fen")


def share(part: int, whole: int) -> str:
    """A percentage with one digit, or a dash where there is nothing to share."""
    return f"{100 * part / whole:.1f}%" if whole else "—"
