"""Feeds: the personal calendar of deadlines and events, and Atom feeds of public lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from trihelix.engines.errors import Problem
from trihelix.kernel import clock, digests, waits
from trihelix.kernel.actor import VISITOR, actor_for, visible_to
from trihelix.kernel.errors import Unseen
from trihelix.kernel.listing import chosen
from trihelix.kernel.models import Record
from trihelix.kernel.register import REGISTERS, Register
from trihelix.site import display
from trihelix.site.listing import RESERVED

ENTRIES, DAYS = 40, 500


@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """Deadlines of what waits for the owner of the address, and the events they take part in (RFC 5545)."""
    user = digests.calendar_owner(secret)
    if user is None:
        raise Unseen(Problem("not_found", "日历地址无效或已更换；请在“我的账号”中取新的地址", field="secret"))
    actor = actor_for(user)
    out = Calendar()
    out.add("prodid", "-//Trihelix//Desk//ZH")
    out.add("version", "2.0")
    out.add("x-wr-calname", _("三螺旋期限与活动"))
    for wait in waits.mine(actor).exclude(due_at=None)[:DAYS]:
        out.add_component(_deadline(request, wait))
    for event in _events(actor):
        out.add_component(event)
    return HttpResponse(out.to_ical(), content_type="text/calendar; charset=utf-8")


def _deadline(request: HttpRequest, wait: Any) -> Event:
    register = REGISTERS.get(wait.record.register)
    act = register.acts.get(wait.act) if register else None
    due = clock.local_date(wait.due_at)
    made = Event()
    made.add("uid", f"wait-{wait.pk}@trihelix")
    made.add("dtstamp", wait.since)
    made.add("dtstart", due)
    made.add("dtend", due + dt.timedelta(days=1))
    made.add("summary", f"{display.words(act) if act else wait.act}：{wait.record.title}")
    made.add("url", request.build_absolute_uri(reverse("record", args=[wait.record.register, wait.record.uid])))
    return made


def _events(actor: Any) -> list[Event]:
    """Events to come in which the owner's bodies take part, where the events' register is installed."""
    register = REGISTERS.get("events")
    if register is None:
        return []
    mine = Record.objects.filter(participants__body__in=actor.bodies, participants__until=None, register="events")
    mine = mine | Record.objects.filter(register="events", owner__in=actor.bodies)
    found = register.model._default_manager.filter(record__in=visible_to(actor, mine), held_on__gt=clock.today() - dt.timedelta(days=30))
    out = []
    for entry in found.distinct()[:DAYS]:
        made = Event()
        made.add("uid", f"{entry.record.uid}@trihelix")
        made.add("dtstamp", entry.record.updated_at)
        made.add("dtstart", entry.held_on)
        made.add("dtend", (entry.ends_on or entry.held_on) + dt.timedelta(days=1))
        made.add("summary", entry.record.title)
        out.append(made)
    return out


@require_safe
def atom(request: HttpRequest, register: Register) -> HttpResponse:
    """The newest public records of a list, with the filters of its address; what needs a sign-in is never in it."""
    if not register.public:
        raise Unseen(Problem("not_found", "此列表不公开，没有订阅源", field="register", value=register.id))
    filters = [(n, v) for n in request.GET for v in request.GET.getlist(n) if n not in RESERVED and v]
    found = chosen(register, VISITOR, filters, request.GET.get("q", "")).order_by("-record__updated_at", "-pk")[:ENTRIES]
    base = request.build_absolute_uri(reverse("list", args=[register]))
    feed = Atom1Feed(
        title=f"{display.words(register)} · {_('三螺旋')}",
        link=base,
        description=register.help_zh or register.zh,
        feed_url=request.build_absolute_uri(),
    )
    for entry in found:
        record = entry.record
        state = register.state_label(record.state, "en" if display.english() else "zh")
        address = request.build_absolute_uri(reverse("record", args=[register, record.uid]))
        feed.add_item(
            title=record.title, link=address, description=f"{record.number} · {state}", unique_id=f"urn:uuid:{record.uid}", updateddate=record.updated_at,
            pubdate=record.created_at,
        )  # fmt: skip
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
