"""Reads of commitments: the traffic light and what is due."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.kernel.actor import Actor, entries
from trihelix.registers.governance.models import Commitment

SOON = dt.timedelta(days=30)  # amber under this, or under four fifths of the straight line [unverified defaults]
SHARE = 0.8


def light(commitment: Commitment, day: dt.date, reached: float | None = None) -> str:
    """``green`` on track, ``amber`` due soon or behind, ``red`` overdue, ``grey`` without a measure."""
    if commitment.record.state == "fulfilled":
        return "green"
    due = commitment.due_on
    if commitment.record.state == "failed" or (due is not None and due < day):
        return "red"
    if not commitment.measure or commitment.target is None:
        return "grey"
    value = float(commitment.reached or 0) if reached is None else reached
    if value >= float(commitment.target):
        return "green"
    if due is not None and due - day < SOON:
        return "amber"
    start = commitment.starts_on
    if start is not None and due is not None and due > start and day > start:
        line = float(commitment.target) * (day - start).days / (due - start).days
        return "amber" if value < SHARE * line else "green"
    return "green"


def commitments_due(by: Actor, day: dt.date, limit: int = 40) -> list[dict[str, Any]]:
    """Commitments under way, one told twice only once, overdue and due first; each with its light and the day that counts."""
    rows = entries(by, Commitment).filter(same_as=None, record__state__in=("registered", "tracked"))
    found = [{"commitment": c, "light": light(c, day), "on": c.due_on or c.review_on} for c in rows]
    order = {"red": 0, "amber": 1, "green": 2, "grey": 3}
    found.sort(key=lambda r: (order[r["light"]], r["on"] or dt.date.max, r["commitment"].pk))
    return found[:limit]
