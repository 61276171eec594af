"""The inventor's page, the reform dashboard, decision files."""

from __future__ import annotations

import datetime as dt
import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock
from trihelix.kernel.action import find
from trihelix.kernel.errors import Denied
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.inventions import dossier, queries
from trihelix.registers.inventions.procedure import STEPS


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """My inventions, shares, receipts, what I am owed and when; a waterfall for each receipt."""
    actor = request.actor
    if not actor.signed_in:
        raise Denied(Problem("sign_in", "请先登录"))
    person = Record.objects.filter(pk=actor.person_id).first() if actor.person_id else None
    lines = queries.lines_of(actor.person_id, clock.today())
    found = queries.my_inventions(actor, {person.ref, person.number}) if person else []
    context = {
        "person": person,
        "lines": lines,
        "totals": queries.totals(lines),
        "inventions": found,
        "width": queries.WIDTH,
        "height": queries.HEIGHT,
        "bar": queries.BAR,
    }
    return render(request, "inventions/mine.html", context)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as exc:
        raise Refused.one("bad_date", "日期应写成 2026-03-01", field="on", value=text) from exc


@require_safe
def reform(request: HttpRequest) -> HttpResponse:
    """Reform dashboard by body and mechanism, cumulative at a date."""
    on = _day(request.GET["on"]) if request.GET.get("on") else clock.today()
    return render(request, "inventions/reform.html", queries.dashboard(request.actor, on))


@require_safe
def decision_file(request: HttpRequest, register: str, uid: uuid.UUID) -> HttpResponse:
    """The decision file of one approval, for its body, the desk and auditors."""
    if register not in STEPS:
        raise Http404
    declared = register_of(register)
    record = find(declared, uid, request.actor)
    if not request.actor.sees_all and not request.actor.roles_on(record) & {"owner", "node"}:
        raise Denied(Problem("denied", "决策档案只向本单位、经办与监督岗位开放", field="act"))
    answer = HttpResponse(dossier.build(declared.model._default_manager.get(pk=record.pk)), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{record.number}-decision.zip"'
    return answer


urlpatterns = [
    path("my/inventions/", mine, name="my-inventions"),
    path("reform/", reform, name="reform"),
    path("decision-files/<str:register>/<uuid:uid>.zip", decision_file, name="decision-file"),
]
