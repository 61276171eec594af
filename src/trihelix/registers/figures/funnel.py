"""The way from need to report in numbers, and how much waits where."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q

from trihelix.kernel import clock
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.models import Wait
from trihelix.kernel.register import REGISTERS

HEADLINES = ("F29", "F30", "F19", "F20", "F21", "F11", "F77", "F79", "F95", "F52", "F44", "F45")
# register, label, states that count, states that dropped out
STEPS = (
    ("needs", "发布的需求", "Needs published", ("draft", "submitted"), ("discarded", "refused", "withdrawn", "expired")),
    ("matches", "对接", "Matches", (), ("declined", "lapsed", "withdrawn", "ended")),
    ("deals", "交易", "Deals", (), ("failed",)),
    ("contracts", "登记的合同", "Contracts registered", ("draft", "submitted", "correction", "accepted", "expert"), ("refused", "rejected", "lapsed", "revoked", "discarded")),
)  # fmt: skip


def steps(by: Actor, day: dt.date) -> list[dict[str, Any]]:
    """Each step: how many records reached it by the day, how many dropped out there and in which state; each with its list."""
    out = []
    end = clock.end_of(day)
    for name, zh, en, before, dropped in STEPS:
        if name not in REGISTERS:
            continue
        register = REGISTERS[name]
        rows = entries(by, register.model).filter(record__created_at__lte=end, record__merged_into=None)
        lost = rows.filter(record__state__in=dropped).values("record__state").annotate(n=Count("pk")).order_by("-n")
        out.append({
            "register": register, "zh": zh, "en": en, "count": rows.exclude(record__state__in=(*before, *dropped)).count(),
            "dropped": [{"state": r["record__state"], "n": r["n"], "label": register.state_label(r["record__state"])} for r in lost],
        })  # fmt: skip
    most = max([s["count"] for s in out], default=0) or 1
    return [s | {"width": round(100 * s["count"] / most)} for s in out]


def load(day: dt.date) -> list[dict[str, Any]]:
    """Waiting work by register: how much, how much past due. Counts only; the records keep their own visibility."""
    late = Count("pk", filter=Q(due_at__lt=clock.end_of(day - dt.timedelta(days=1))))
    rows = Wait.objects.values("record__register").annotate(n=Count("pk"), late=late).order_by("-n")
    return [
        {"register": REGISTERS[r["record__register"]], "n": r["n"], "late": r["late"]} for r in rows if r["record__register"] in REGISTERS
    ]
