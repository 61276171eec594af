"""Openness of platforms side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.register import register_of
from trihelix.registers.platforms import queries, sheets


@require_safe
def openness(request: HttpRequest) -> HttpResponse:
    """Outside users, hours and firms of every platform in a year."""
    text, kind = request.GET.get("year", ""), request.GET.get("kind", "")
    if text and not (text.isdigit() and len(text) == 4):
        raise Refused.one("bad_year", f"“{text}” 不是年度，请写成 2025", field="year", value=text)
    if kind and kind not in sheets.KINDS:
        raise Refused.one("unknown_kind", f"没有类别 “{kind}”；可用：{'、'.join(sheets.KINDS)}", field="kind", value=kind)
    year = int(text) if text else clock.today().year - 1
    found = queries.openness(request.actor, year, kind)
    labels = [(c.zh, c.en) for c in sheets.OPENNESS]
    kinds = [(k, zh, en) for k, (zh, en) in sheets.KINDS.items()]
    context = {**found, "labels": labels, "kinds": kinds, "kind": kind, "year": year, "register": register_of("platforms")}
    return render(request, "platforms/openness.html", context)


urlpatterns = [path("platforms/openness/", openness, name="platforms_openness")]
