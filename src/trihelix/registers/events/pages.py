"""The calendar of public events: a page by month, and the feed to subscribe to."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import groupby

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.errors import Unseen
from trihelix.kernel.register import register_of
from trihelix.registers.events import queries, sheets

KEPT_MONTHS = 12  # how far back the feed goes


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Public events of a year by month, of one kind or all."""
    text, kind = request.GET.get("year", str(clock.today().year)), request.GET.get("kind", "")
    if not (text.isdecimal() and len(text) == 4):
        raise Refused.one("bad_year", f"“{text}” 不是年份，请写成 2025", field="year", value=text)
    if kind and kind not in sheets.KINDS:
        raise Refused.one("unknown_kind", f"没有活动类型 “{kind}”；可用：{'、'.join(sheets.KINDS)}", field="kind", value=kind)
    rows = queries.public_events().filter(held_on__year=int(text))
    rows = rows.filter(kind=kind) if kind else rows
    months = [(dt.date(int(text), month, 1), list(group)) for month, group in groupby(rows, key=lambda e: e.held_on.month)]
    context = {
        "months": months,
        "year": int(text),
        "kind": kind,
        "kinds": sheets.KINDS,
        "register": register_of("events"),
        "today": clock.today(),
    }
    return render(request, "events/calendar.html", context)


def _ics(events: object, name: str) -> HttpResponse:
    answer = HttpResponse(queries.calendar(events, settings.SITE_URL), content_type="text/calendar; charset=utf-8")  # type: ignore[arg-type]
    answer["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return answer


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The iCalendar feed of public events, by ``kind`` and ``division`` where given."""
    rows = queries.public_events().filter(held_on__gte=clock.today() - dt.timedelta(days=31 * KEPT_MONTHS))
    if kind := request.GET.get("kind"):
        if kind not in sheets.KINDS:
            raise Refused.one("unknown_kind", f"没有活动类型 “{kind}”；可用：{'、'.join(sheets.KINDS)}", field="kind", value=kind)
        rows = rows.filter(kind=kind)
    if division := request.GET.get("division"):
        rows = rows.filter(division__startswith=division.rstrip("0") or division)
    return _ics(rows, "events")


@require_safe
def one(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One public event for one's own calendar."""
    rows = queries.public_events().filter(record__uid=uid)
    if not rows.exists():
        raise Unseen.record("活动", uid)
    return _ics(rows, "event")


urlpatterns = [
    path("events/calendar/", show, name="event-calendar"),
    path("events/calendar.ics", feed, name="event-feed"),
    path("events/<uuid:uid>/event.ics", one, name="event-ics"),
]
