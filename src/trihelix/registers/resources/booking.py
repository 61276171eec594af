"""Half hours of a resource: which ones a booking wants, which unit is free, what it costs. Times are local, written HH:MM."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from trihelix.kernel.models import Record
from trihelix.registers.resources.models import Slot

TIME = re.compile(r"([01]\d|2[0-3]):(00|30)|24:00")
MOST_DAYS = 31  # a longer use is agreed by contract


def half_hours(text: str) -> int:
    """Half hours since midnight of a time on the half-hour grid."""
    hour, minute = text.split(":")
    return int(hour) * 2 + int(minute) // 30


def wanted(day: dt.date, until: dt.date | None, starts_at: str, ends_at: str) -> Iterator[tuple[dt.date, int]]:
    """Every (day, half hour) that a booking takes: the same hours on each of its days."""
    for n in range(((until or day) - day).days + 1):
        for half in range(half_hours(starts_at), half_hours(ends_at)):
            yield day + dt.timedelta(days=n), half


def minutes_of(day: dt.date, until: dt.date | None, starts_at: str, ends_at: str) -> int:
    """Length of a booking in minutes."""
    return sum(30 for _ in wanted(day, until, starts_at, ends_at))


def fee(minutes: int, price_fen: int) -> int:
    """Price of a use in fen: minutes at a price an hour, half a fen up."""
    return int(Fraction(minutes * price_fen, 60) + Fraction(1, 2))


def members(network: Record | None) -> QuerySet[Record]:
    """The bodies that are members of a network today, as the register of members says."""
    return Record.objects.filter(
        network_memberships__network=network, network_memberships__left_on=None, network_memberships__record__state="active"
    ).distinct()


def is_member(network: Record | None, body: Record | None) -> bool:
    """Whether a body is a member of a network today."""
    return network is not None and body is not None and members(network).filter(pk=body.pk).exists()


def free_unit(resource: Any, slots: list[tuple[dt.date, int]]) -> int | None:
    """The first unit with all the wanted half hours free; ``None`` where there is none."""
    days = {day for day, _ in slots}
    asked = set(slots)
    taken = Slot.objects.filter(resource=resource.record, day__in=days).values_list("unit", "day", "half_hour")
    busy = {unit for unit, day, half in taken if (day, half) in asked}
    return next((unit for unit in range(1, resource.units + 1) if unit not in busy), None)


def hold(resource: Any, booking: Record, unit: int, slots: list[tuple[dt.date, int]]) -> None:
    """Take the half hours; the database refuses what another booking holds."""
    Slot.objects.bulk_create(Slot(resource=resource.record, booking=booking, unit=unit, day=day, half_hour=half) for day, half in slots)


def release(booking: Record) -> None:
    """Give the half hours back."""
    Slot.objects.filter(booking=booking).delete()
