"""The inbox: the only place where work waits, due first."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

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

LIMIT = 300


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """What waits for the actor, grouped by when it is due."""
    if not request.actor.signed_in:
        raise Denied(Problem("sign_in", "请先登录，收件箱里是等您办理的事项"))
    found = waits.mine(request.actor)
    total = found.count()
    chosen = request.GET.get("register", "")
    if chosen:
        found = found.filter(record__register=chosen)
    today = clock.today()
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in GROUPS}
    for wait in found.select_related("record__node")[:LIMIT]:
        if wait.record.register in REGISTERS:
            groups[group_of(wait, today)].append(_row(wait))
    names = {"late": _("已逾期"), "today": _("今天"), "week": _("本周"), "later": _("以后"), "open": _("无期限")}
    context = {
        "groups": [(names[g], rows) for g, rows in groups.items() if rows], "total": total, "limit": LIMIT, "chosen": chosen, "key": uuid.uuid4().hex,
        "registers": [r for r in REGISTERS.values() if r.id in set(waits.mine(request.actor).order_by().values_list("record__register", flat=True).distinct())],
    }  # fmt: skip
    return render(request, "trihelix/inbox.html", context)


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
