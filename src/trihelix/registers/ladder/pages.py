"""Pages of the ladder: a firm over the years, and how a ranking is made."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from trihelix.engines.errors import Problem
from trihelix.kernel import clock
from trihelix.kernel.action import find
from trihelix.kernel.errors import Denied
from trihelix.kernel.register import register_of
from trihelix.registers.ladder import data, queries


@require_safe
def profile(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A firm over time: years with four kinds of R&D apart, recognitions, ladder places, rankings. For the firm and its desk."""
    firm = find(register_of("bodies"), uid, request.actor)
    by = request.actor
    if not (by.sees_all or firm.pk in by.bodies or firm.node_id in by.node_ids):
        raise Denied(Problem("denied", "企业画像只供本企业、所属站点与主管部门查看", field="page"))
    context = {
        "record": firm,
        "register": register_of("bodies"),
        "today": clock.today(),
        "steps": data.step_choices(),
        **queries.profile(firm, by),
    }
    return render(request, "ladder/profile.html", context)


@require_safe
def methods(request: HttpRequest) -> HttpResponse:
    """The published methods: population, indicators, weights, ties, missing values."""
    held = [data.method(k) for k in data.method_choices()]
    return render(request, "ladder/methods.html", {"methods": held, "register": register_of("rankings")})


urlpatterns = [
    path("bodies/<uuid:uid>/growth/", profile, name="firm-growth"),
    path("rankings/methods/", methods, name="ranking-methods"),
]
