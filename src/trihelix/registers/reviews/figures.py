"""Figures of reviews: seats drawn by class of expert; the enterprise share of seats is their quotient."""

from __future__ import annotations

from typing import Any

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.registers.reviews.models import Seat


def drawn(by: Actor, period: Period, kind: str = "", round: str = "") -> Any:
    """Seats invited in a period, those replaced or declined excepted."""
    rows = entries(by, Seat).filter(**within("invited_on", period)).exclude(record__state__in=("declined", "replaced", "expired"))
    rows = rows.filter(kind=kind) if kind else rows
    return rows.filter(round__ref=round) if round else rows


@formula("reviews.seats", "席", "抽到的评审席位", "Seats drawn")
def seats(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT of seats; params ``kind`` (such as ``enterprise``), ``round``."""
    return Counted(drawn(by, period, **where))


@formula("reviews.experts", "人", "参评专家（去重）", "Reviewers, distinct")
def experts(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT DISTINCT of experts with a seat."""
    return Counted(drawn(by, period, **where), "distinct", "expert_id", "expert")
