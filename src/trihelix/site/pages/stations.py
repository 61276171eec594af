"""The market nodes (1 + 10 + N) for the public: a list, and a page each with services, address, opening times, contact and events."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import book, clock
from trihelix.kernel.actor import VISITOR, Actor, entries
from trihelix.kernel.errors import Unseen
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.events.models import Event
from trihelix.registers.events.queries import public_events
from trihelix.registers.parties import opening, sheets
from trihelix.registers.parties.models import Node
from trihelix.site import display
from trihelix.site.pages import common

EVENTS, WEEK = 6, 7


def _nodes() -> QuerySet[Any]:
    return entries(VISITOR, Node).filter(record__state="open", record__merged_into=None).order_by("division", "pk")


def day_of(node: Any, day: dt.date, time: dt.time | None = None) -> dict[str, Any]:
    """One day of a node: its open spans, and whether it is open at a time of that day."""
    status = book.current().calendar.is_working(day)
    found = opening.spans(node.opening, day, status.working)
    return {"day": day, "spans": found, "confirmed": status.confirmed, "open": time is not None and opening.is_open(found, time)}


def _now() -> tuple[dt.date, dt.time]:
    moment = clock.now().astimezone(clock.SHANGHAI)
    return clock.today(), moment.time()


def _words(values: list[str], choices: Any) -> list[str]:
    return [display.words(choices[v]) if v in choices else v for v in values]


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All open nodes by level, with what they do and whether they are open now; of one city and one service where asked."""
    city, service = request.GET.get("city", ""), request.GET.get("service", "")
    if service and service not in sheets.SERVICES:
        raise Refused.one(
            "unknown_service", f"没有服务项目 “{service}”；可用：{'、'.join(sheets.SERVICES)}", field="service", value=service
        )
    rows = list(_nodes())
    cities = [(n.division[:4], n.title) for n in rows if n.level == "10" and n.division.endswith("00")]
    if city:
        rows = [n for n in rows if n.division.startswith(city)]
    if service:
        rows = [n for n in rows if service in n.services]
    today, time = _now()
    levels = [
        {"label": display.words(label), "rows": [_card(n, today, time) for n in rows if n.level == level]}
        for level, label in sheets.LEVELS.items()
    ]
    context = {
        "levels": [g for g in levels if g["rows"]], "cities": cities, "city": city, "service": service,
        "services": [(k, display.words(v)) for k, v in sheets.SERVICES.items()], "count": len(rows),
    }  # fmt: skip
    return render(request, "trihelix/stations.html", context)


def _card(node: Any, today: dt.date, time: dt.time) -> dict[str, Any]:
    return {"node": node, "services": _words(node.services, sheets.SERVICES), "today": day_of(node, today, time)}


@require_safe
def show(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The public page of one node."""
    node = entries(VISITOR, Node).filter(record__uid=uid).first()
    if node is None:
        raise Unseen(Problem("not_found", _("没有这个站点"), field="uid", value=str(uid)))
    today, time = _now()
    record = node.record
    actor: Actor = request.actor
    register = register_of("nodes")
    times = [(display.words(opening.DAYS[r["day"]]), r["opens"], r["closes"]) for r in node.opening if r.get("day") in opening.DAYS]
    coming, past = _events(node, today)
    context = {
        "node": node, "record": record, "register": register, "level": display.words(sheets.LEVELS[node.level]), "times": times,
        "services": _words(node.services, sheets.SERVICES), "today": day_of(node, today, time), "closed": record.state != "open",
        "week": [day_of(node, today + dt.timedelta(days=n)) for n in range(1, WEEK)], "parent": _shown(record.owner), "below": _nodes().filter(record__owner=record),
        "operator": node.operator, "coming": coming, "past": past, "may_edit": common.may_change(register, actor, record, actor.roles_on(record)),
    }  # fmt: skip
    return render(request, "trihelix/station.html", context)


def _shown(owner: Record | None) -> Record | None:
    return owner if owner is not None and owner.register == "nodes" and owner.visibility == "public" else None


def _events(node: Any, today: dt.date) -> tuple[QuerySet[Event], QuerySet[Event]]:
    """Events that the node runs or has in its care, and those held in its county or city: to come, and the latest held."""
    mine = Q(organiser=node.record) | Q(record__node=node.record)
    if node.level == "n":
        mine |= Q(division=node.division)
    elif node.level == "10" and node.division.endswith("00"):
        mine |= Q(division__startswith=node.division[:4])
    rows = public_events().filter(mine)
    return rows.filter(Q(held_on__gte=today) | Q(ends_on__gte=today))[:EVENTS], rows.filter(held_on__lt=today).exclude(
        ends_on__gte=today
    ).order_by("-held_on", "-pk")[:EVENTS]
