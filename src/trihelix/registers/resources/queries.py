"""Reads of shared resources and scenes used by pages: the booking calendar, the ledger in sum, replies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, Sum

from trihelix.kernel import clock
from trihelix.kernel.actor import Actor, entries
from trihelix.registers.resources.booking import half_hours
from trihelix.registers.resources.models import SceneReply, SharedResource, Slot, UsageLog

WEEK = 7


def calendar(resource: SharedResource, start: dt.date) -> dict[str, Any]:
    """A week of half hours: how many units of the resource are taken in each; who took them is not told."""
    days = [start + dt.timedelta(days=n) for n in range(WEEK)]
    taken = (
        Slot.objects.filter(resource=resource.record, day__range=(days[0], days[-1]))
        .values_list("day", "half_hour")
        .annotate(n=Count("pk"))
    )
    busy = {(day, half): n for day, half, n in taken.order_by()}
    rows = []
    for half in range(half_hours(resource.opens_at), half_hours(resource.closes_at)):
        label = f"{half // 2:02d}:{'30' if half % 2 else '00'}"
        rows.append((label, [{"day": day, "free": max(0, resource.units - busy.get((day, half), 0))} for day in days]))
    return {"days": days, "rows": rows, "earlier": start - dt.timedelta(days=WEEK), "later": start + dt.timedelta(days=WEEK)}


def monday(day: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def ledger_of(resource: SharedResource, by: Actor) -> list[dict[str, Any]]:
    """Minutes, outside minutes and fees of a resource by year, as far as the viewer may read the ledger."""
    lines = entries(by, UsageLog).filter(resource=resource.record, record__state="recorded")
    rows = lines.values("day__year").annotate(
        sessions=Count("pk"), total=Sum("minutes"), others=Sum("minutes", filter=Q(outside=True)), fee=Sum("fee_fen")
    )
    return [
        {
            "year": r["day__year"],
            "sessions": r["sessions"],
            "hours": hours(r["total"]),
            "outside": hours(r["others"]),
            "fee": r["fee"] or 0,
        }
        for r in rows.order_by("-day__year")
    ]


def hours(minutes: int | None) -> str:
    """Minutes as hours for reading."""
    return f"{(minutes or 0) / 60:,.1f}"


def replies(scene: Any, by: Actor) -> list[SceneReply]:
    """The replies to a scene that the viewer may see."""
    return list(entries(by, SceneReply).filter(scene=scene.record).order_by("record__created_at"))


def week_of(text: str | None) -> dt.date:
    """The Monday of the week asked for; today's where nothing readable is asked."""
    try:
        return monday(dt.date.fromisoformat(text or ""))
    except ValueError:
        return monday(clock.today())
