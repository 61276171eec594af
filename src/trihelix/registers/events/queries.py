"""Reads of events used by pages: the calendar, the audience by body kind and city, the items of a release."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, QuerySet, Sum
from icalendar import Calendar
from icalendar import Event as Item

from trihelix.kernel import clock
from trihelix.kernel.actor import VISITOR, Actor, entries, visible_to
from trihelix.kernel.models import Record
from trihelix.registers.events import sheets
from trihelix.registers.events.models import Event, Outcome, Registration, Series


def public_events() -> QuerySet[Any]:
    """Published and held events as everybody sees them, in order of day."""
    rows = entries(VISITOR, Event).filter(record__state__in=("published", "held", "cancelled"), record__visibility="public")
    return rows.order_by("held_on", "starts_at", "pk")


def _start_end(event: Event) -> tuple[dt.date, dt.date]:
    """Start and end for the calendar: moments where a time is written, else whole days (the end is the day after)."""
    last = event.ends_on or event.held_on
    if not event.starts_at:
        return event.held_on, last + dt.timedelta(days=1)
    start = dt.datetime.combine(event.held_on, dt.time.fromisoformat(event.starts_at), clock.SHANGHAI)
    if event.ends_at:
        return start, dt.datetime.combine(last, dt.time.fromisoformat(event.ends_at), clock.SHANGHAI)
    return start, start + dt.timedelta(hours=1) if last == event.held_on else dt.datetime.combine(last, dt.time(23, 59), clock.SHANGHAI)


def calendar(events: QuerySet[Any], site: str) -> bytes:
    """An iCalendar file (RFC 5545) of events; times in UTC, a cancelled event says so."""
    out = Calendar()
    out.add("prodid", "-//Trihelix//events//ZH")
    out.add("version", "2.0")
    out.add("method", "PUBLISH")
    out.add("x-wr-calname", "产学研活动")
    for event in events:
        start, end = _start_end(event)
        item = Item()
        item.add("uid", f"{event.record.uid}@trihelix")
        item.add("dtstamp", event.record.updated_at.astimezone(dt.UTC))
        item.add("sequence", event.record.version)
        item.add("dtstart", start.astimezone(dt.UTC) if isinstance(start, dt.datetime) else start)
        item.add("dtend", end.astimezone(dt.UTC) if isinstance(end, dt.datetime) else end)
        item.add("summary", event.title)
        if event.place:
            item.add("location", event.place)
        item.add("description", "\n".join(t for t in (sheets.KINDS[event.kind][0], event.summary, event.online) if t))
        item.add("categories", [sheets.KINDS[event.kind][0]])
        item.add("url", f"{site}/events/{event.record.uid}/")
        item.add("status", "CANCELLED" if event.state == "cancelled" else "CONFIRMED")
        out.add_component(item)
    return bytes(out.to_ical())


def audience(event: Event, by: Actor) -> dict[str, Any]:
    """Heads by body kind and by city: from the check-in where there is one, else as reported."""
    came = Registration.objects.filter(event=event.record, record__state="checked_in")
    if came.exists():
        kinds = dict(came.values_list("body_kind").annotate(n=Count("pk")).order_by())
        cities: dict[str, int] = {}
        for division, n in came.values_list("division").annotate(n=Count("pk")).order_by():
            city = f"{division[:4]}00" if division else ""
            cities[city] = cities.get(city, 0) + n
        total, source = came.count(), "check_in"
    else:
        kinds, cities, source = {}, {}, "report"
        for group in event.audience:
            city = f"{group['division'][:4]}00" if group.get("division") else ""
            kinds[group["body_kind"]] = kinds.get(group["body_kind"], 0) + (group.get("persons") or 0)
            cities[city] = cities.get(city, 0) + (group.get("persons") or 0)
        total = event.attendance or 0
    return {"kinds": _named(kinds, sheets.WHO), "cities": _named(cities, sheets.DIVISIONS), "total": total, "source": source}


def _named(found: dict[str, int], labels: Any) -> list[tuple[str, str, int]]:
    rows = [(*labels.get(key, (key, key)), n) for key, n in found.items()]
    return sorted(rows, key=lambda r: (-r[2], r[0]))


def counts(event: Event, by: Actor) -> dict[str, Any]:
    """Registrations by state, seats left, signed outcomes that the viewer may see."""
    states = dict(Registration.objects.filter(event=event.record).values_list("record__state").annotate(n=Count("pk")).order_by())
    taken = states.get("registered", 0) + states.get("checked_in", 0) + states.get("absent", 0)
    signed = entries(by, Outcome).filter(event=event.record).exclude(record__state="void")
    return {
        "registered": taken, "waiting": states.get("waiting", 0), "checked_in": states.get("checked_in", 0),
        "left": max(0, event.capacity - taken) if event.capacity is not None else None, "outcomes": signed.count(),
        "amount": signed.aggregate(n=Sum("amount_fen"))["n"] or 0,
    }  # fmt: skip


def of_series(series: Series, by: Actor) -> list[Event]:
    """The events of a series, latest first."""
    return list(entries(by, Event).filter(series=series.record).order_by("-held_on"))


def items(release: Any, by: Actor) -> list[Record]:
    """Items of a release that the viewer may see today: what is public no more is not shown."""
    links = release.record.links_out.filter(kind__in=("released_result", "released_need")).order_by("kind", "position")
    seen = {r.pk: r for r in visible_to(by, Record.objects.filter(pk__in=links.values("target_id")).select_related("owner"))}
    return [seen[link.target_id] for link in links if link.target_id in seen]


def hidden_owner(record: Record, by: Actor) -> bool:
    """Whether the viewer may not learn whose item it is (anonymous needs)."""
    from trihelix.kernel import values as vals
    from trihelix.kernel.register import register_of

    register = register_of(record.register)
    return register.owner_column in vals.hidden_columns(register, by, record)
