"""Reads of commitments: the traffic light and what is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from trihelix.kernel.actor import Actor, entries
from trihelix.registers.governance.models import Commitment

SOON = dt.timedelta(days=30)  # amber under this, or under four fifths of the straight line [unverified defaults]
SHARE = 0.8


def limits(commitment: Commitment, day: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """``(start, due)`` that count on a day: what recurs each year runs from January to December of that year, what is promised for
    a year ends with the year it was promised in."""
    start, due = commitment.starts_on, commitment.due_on
    if due is None and commitment.due_kind == "recurring":
        return dt.date(day.year, 1, 1), dt.date(day.year, 12, 31)
    if due is None and commitment.due_kind in ("year", "within_year") and start is not None:
        return start, dt.date(start.year, 12, 31)
    return start, due


def light(commitment: Commitment, day: dt.date, reached: float | None = None) -> str:
    """``green`` on track, ``amber`` due soon or behind, ``red`` overdue, ``grey`` without a measure."""
    if commitment.record.state == "fulfilled":
        return "green"
    start, due = limits(commitment, day)
    if commitment.record.state == "failed" or (due is not None and due < day):
        return "red"
    if not commitment.measure or commitment.target is None:
        return "grey"
    value = float(commitment.reached or 0) if reached is None else reached
    if value >= float(commitment.target):
        return "green"
    if due is not None and due - day < SOON:
        return "amber"
    if start is not None and due is not None and due > start and day > start:
        line = float(commitment.target) * (day - start).days / (due - start).days
        return "amber" if value < SHARE * line else "green"
    return "green"


def open_commitments(by: Actor) -> Any:
    """Commitments under way; one told twice counts once."""
    return entries(by, Commitment).filter(same_as=None, record__state__in=("registered", "tracked"))


def commitments_due(by: Actor, day: dt.date, limit: int = 40, progress: Mapping[str, Fraction] | None = None) -> list[dict[str, Any]]:
    """Commitments under way, overdue and due first; each with its light, what was reached and the day that counts.

    ``progress`` gives the value of figures: a commitment measured by one takes it from there, never from what was typed.
    """
    found = []
    for c in open_commitments(by):
        value = (progress or {}).get(c.figure) if c.figure else None
        reached = float(value) if value is not None else None
        on = limits(c, day)[1] or c.review_on
        found.append(
            {
                "commitment": c,
                "uid": str(c.record.uid),
                "light": light(c, day, reached),
                "on": on,
                "reached": reached if reached is not None else c.reached,
            }
        )
    order = {"red": 0, "amber": 1, "green": 2, "grey": 3}
    found.sort(key=lambda r: (order[r["light"]], r["on"] or dt.date.max, r["commitment"].pk))
    return found[:limit]
