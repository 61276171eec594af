"""The inbox: the only place where work waits, due first."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trihelix.engines.errors import Problem
from trihelix.kernel import clock, waits
from trihelix.kernel.errors import Denied
from trihelix.kernel.register import REGISTERS
from trihelix.site import display, roles
from trihelix.site.pages import common
from trihelix.site.pages.desk import inbox_sources

LIMIT = 300


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """What waits for the actor, grouped by when it is due."""
    if not request.actor.signed_in:
        raise Denied(Problem("sign_in", "请先登录，收件箱里是等您办理的事项"))
    today = clock.today()
    sources = inbox_sources(request)
    snoozed = Q(snoozed_until__gt=today)
    counts = {"all": 0, "late": 0, "week": 0, "snoozed": 0, "delegated": 0}
    kinds: set[str] = set()
    chosen, show = request.GET.get("register", ""), request.GET.get("show", "")
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in GROUPS}
    for source in sources:
        found = waits.with_snoozes(source["waits"], source["actor"])
        _count(counts, found, snoozed, today, source["for"] is not None)
        kinds |= set(found.order_by().values_list("record__register", flat=True).distinct())
        found = _narrowed(found.filter(record__register=chosen) if chosen else found, show, snoozed, today, source["for"] is not None)
        for wait in found.select_related("record__node")[:LIMIT]:
            if wait.record.register in REGISTERS:
                groups[group_of(wait, today)].append({**_row(wait), "for": source["for"]})
    total = counts["all"]
    filters = [
        ("", _("全部"), counts["all"]),
        ("late", _("已逾期"), counts["late"]),
        ("week", _("七天内"), counts["week"]),
        ("snoozed", _("稍后"), counts["snoozed"]),
    ]
    filters += [("delegated", _("代办"), counts["delegated"])] if len(sources) > 1 else []
    names = {"late": _("已逾期"), "today": _("今天"), "week": _("本周"), "later": _("以后"), "open": _("无期限")}
    context = {
        "groups": [(names[g], rows) for g, rows in groups.items() if rows], "total": total, "limit": LIMIT, "chosen": chosen, "key": uuid.uuid4().hex,
        "show": show,
        "filters": filters, "registers": [r for r in REGISTERS.values() if r.id in kinds],
    }  # fmt: skip
    return render(request, "trihelix/inbox.html", context)


def _awake(today: dt.date) -> Q:
    return Q(snoozed_until=None) | Q(snoozed_until__lte=today)


def _count(counts: dict[str, int], found: QuerySet[Any], snoozed: Q, today: dt.date, delegated: bool) -> None:
    """Add one source's tasks to the counters: one query."""
    end = clock.end_of(today + dt.timedelta(days=7))
    awake = _awake(today)
    n = found.order_by().aggregate(
        all=Count("pk", filter=awake), late=Count("pk", filter=awake & Q(due_at__lt=clock.now())),
        week=Count("pk", filter=awake & Q(due_at__gte=clock.now(), due_at__lte=end)), snoozed=Count("pk", filter=snoozed),
    )  # fmt: skip
    for name, value in n.items():
        counts[name] += value
    counts["delegated"] += n["all"] if delegated else 0


def _narrowed(found: QuerySet[Any], show: str, snoozed: Q, today: dt.date, delegated: bool) -> QuerySet[Any]:
    """The tasks of a filter; what is put aside shows only under its own."""
    if show == "snoozed":
        return found.filter(snoozed)
    found = found.filter(_awake(today))
    if show == "late":
        return found.filter(due_at__lt=clock.now())
    if show == "week":
        return found.filter(due_at__gte=clock.now(), due_at__lte=clock.end_of(today + dt.timedelta(days=7)))
    return found.none() if show == "delegated" and not delegated else found


GROUPS = ("late", "today", "week", "later", "open")


def group_of(wait: Any, today: dt.date) -> str:
    """Overdue, today, until the end of this week, later, or without a date."""
    if wait.due_at is None:
        return "open"
    due = clock.local_date(wait.due_at)
    if due <= today:
        return "late" if due < today else "today"
    return "week" if due <= today + dt.timedelta(days=6 - today.weekday()) else "later"


def _row(wait: Any) -> dict[str, Any]:
    register = REGISTERS[wait.record.register]
    spec = register.acts.get(wait.act)
    transition = next((t for t in register.flow.transitions if t.act == wait.act), None)
    safe = spec is not None and spec.safe and not spec.hidden and common.is_direct(register, spec, wait.record.state)
    offered = spec is not None and not spec.hidden
    return {
        "wait": wait, "register": register, "spec": spec, "label": display.words(spec or transition or wait.act), "safe": safe, "offered": offered,
        "record": wait.record, "as": wait.scope.title if wait.scope else roles.word(wait.role),
    }  # fmt: skip
