"""The booking calendar of a shared resource."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from trihelix.kernel.action import find
from trihelix.kernel.register import register_of
from trihelix.registers.resources import queries
from trihelix.registers.resources.models import SharedResource


@require_safe
def calendar(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A week of a resource: which half hours are free; a click opens the booking form with day and hour filled in."""
    record = find(register_of("shared_resources"), uid, request.actor)  # type: ignore[attr-defined]
    resource = SharedResource.objects.get(record=record)
    context = {
        "entry": resource,
        "record": record,
        "register": register_of("shared_resources"),
        **queries.calendar(resource, queries.week_of(request.GET.get("week"))),
    }
    return render(request, "resources/calendar.html", context)


urlpatterns = [path("shared_resources/<uuid:uid>/calendar/", calendar, name="resource-calendar")]
