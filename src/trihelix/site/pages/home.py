"""The public home, help, health and the changing of language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe

from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.actor import Actor, entries, visible_to
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import REGISTERS, Register
from trihelix.site import display, tours
from trihelix.site.context import AREAS, areas, shown_registers
from trihelix.site.pages import common, objections, regions

LATEST, NOTICES = 8, 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One search box, what there is with its count, where it is, and what is new."""
    registers = [r for area in areas(request.actor) for r in area.registers if r.public]
    counts = {r.id: entries(request.actor, r.model).filter(record__merged_into=None).count() for r in registers}
    latest = visible_to(
        request.actor, Record.objects.filter(register__in=[r.id for r in registers if r.search_doc is not None], merged_into=None)
    )
    context = {
        "cards": [{"register": r, "count": counts[r.id]} for r in registers if counts[r.id] or request.actor.signed_in], "as_of": clock.now(), "map": _map(registers, request),
        "latest": [{"record": r, "register": REGISTERS[r.register]} for r in latest.order_by("-updated_at", "-pk")[:LATEST]],
        "starts": _starts(request.actor), "notices": objections.on_notice(request.actor, clock.today())[:NOTICES],
    }  # fmt: skip
    return render(request, "trihelix/home.html", context)


def _map(registers: list[Register], request: HttpRequest) -> dict[str, Any] | None:
    placed = [r for r in registers if regions.has_division(r)]
    if not placed:
        return None
    chosen = next((r for r in placed if r.id == request.GET.get("map")), placed[0])
    return {"register": chosen, "choices": placed, **regions.counts(chosen, request.actor)}


def _starts(actor: Actor) -> list[dict[str, Any]]:
    """What the actor can begin right here."""
    out = []
    for register in shown_registers(actor):
        out += [{"register": register, "act": a} for a in common.create_acts(register, actor)[:1]]
    return out


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How things are done here, register by register, and what the words mean."""
    context = {"help_areas": areas(request.actor), "area_words": AREAS, "tour": tours.tour(request.actor, display.english())}
    return render(request, "trihelix/help.html", context)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether the site can read its database; for supervisors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"ok": True})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie, and with the account for its mails."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Refused.one(
            "unknown_language", f"没有语言 “{chosen}”；可用：{'、'.join(dict(settings.LANGUAGES))}", field="language", value=chosen
        )
    response = HttpResponseRedirect(common.back(request, "/"))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 86400, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    if request.actor.signed_in:
        User.objects.filter(pk=request.actor.user_id).exclude(language=chosen).update(language=chosen)
    translation.activate(chosen)
    return response
