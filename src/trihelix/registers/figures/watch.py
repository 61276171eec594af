"""What the worker does for commitments: progress from the figures, and a reminder when the light turns or a review is due."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trihelix.kernel import clock
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.register import register_of
from trihelix.kernel.ticks import tick
from trihelix.registers.figures import evaluation
from trihelix.registers.governance.models import Commitment
from trihelix.registers.governance.queries import light, limits, open_commitments

TOLD = {
    "red": ("承诺已逾期", "Commitment overdue"),
    "amber": ("承诺临期或进度落后", "Commitment due soon or behind"),
    "review": ("承诺到复核日", "Commitment to be reviewed"),
}


@tick("commitments", every=3600)
def watch(now: dt.datetime) -> int:
    """Bring measured commitments up to date and remind once for each light and day. Run twice it does nothing more."""
    day = clock.local_date(now)
    rows = [c for c in open_commitments(SYSTEM).select_related("record") if c.record.state == "tracked"]
    progress = evaluation.reached(SYSTEM, day) if any(c.figure for c in rows) else {}
    return sum(_measure(c, progress, now) + _remind(c, day, now) for c in rows)


def _measure(commitment: Commitment, progress: dict[str, Fraction], now: dt.datetime) -> int:
    value = progress.get(commitment.figure) if commitment.figure else None
    if value is None:
        return 0
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    if commitment.reached is not None and commitment.reached == round(exact, 4):
        return 0
    register_of("commitments").acts["measured"].run(by=SYSTEM, record=commitment.record, value=exact, now=now)
    commitment.refresh_from_db()
    return 1


def _remind(commitment: Commitment, day: dt.date, now: dt.datetime) -> int:
    found = _why(commitment, day)
    if found is None:
        return 0
    kind, on = found
    told: list[dict[str, Any]] = commitment.reminders
    if any(r.get("light") == kind and r.get("due") == on.isoformat() for r in told):
        return 0
    zh, en = TOLD[kind]
    title = commitment.record.title
    text = f"{zh}：{title}（{on:%Y-%m-%d}）"
    register_of("commitments").acts["warn"].run(
        by=SYSTEM, record=commitment.record, light=kind, on=on, text=text, en=f"{en}: {title} ({on})", now=now
    )
    return 1


def _why(commitment: Commitment, day: dt.date) -> tuple[str, dt.date] | None:
    due = limits(commitment, day)[1]
    colour = light(commitment, day)
    if due is not None and colour in ("red", "amber"):
        return colour, due
    if due is None and commitment.review_on is not None and commitment.review_on <= day:
        return "review", commitment.review_on
    return None
