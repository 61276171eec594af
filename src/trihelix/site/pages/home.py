"""The public home, help, health and the changing of language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock
from trihelix.kernel.actor import Actor, entries, visible_to
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import REGISTERS, Register
from trihelix.registers.programmes.models import Call
from trihelix.site import display, tours
from trihelix.site import help as helps
from trihelix.site.context import AREAS, areas
from trihelix.site.navigation import PAGES, shown_pages
from trihelix.site.pages import common, objections, regions

LATEST, NOTICES, STARTS = 8, 5, 6
FIRST = {  # what most come to begin: bodies and their people, nodes, the province's desks
    "bodies": ("needs", "results", "deals", "contracts", "applications", "service_requests"),
    "nodes": ("needs", "results", "services", "events", "contracts", "nodes"),
    "desks": ("needs", "contracts", "calls", "events", "policies", "proposals"),
}
MAIN = ("needs", "results", "patents", "experts", "policies", "calls", "events", "nodes")  # counted on top; the rest unfolds
TITLES = {
    "home": gettext_lazy("首页"), "inbox": gettext_lazy("收件箱"), "account": gettext_lazy("我的账号"), "saved": gettext_lazy("保存的检索"),
    "starred": gettext_lazy("星标与最近"), "notices": gettext_lazy("通知"), "search": gettext_lazy("检索"), "glossary": gettext_lazy("术语"),
    "people-manage": gettext_lazy("人员与角色"), "partners": gettext_lazy("合作平台登录"),
}  # fmt: skip


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One search box, what there is with its count, where it is, and what is new."""
    registers = [r for area in areas(request.actor) for r in area.registers if r.public]
    seen = visible_to(request.actor, Record.objects.filter(register__in=[r.id for r in registers], merged_into=None))
    counts = dict(seen.order_by().values_list("register").annotate(n=Count("pk")))
    cards = [{"register": r, "count": counts.get(r.id, 0)} for r in registers if counts.get(r.id) or request.actor.signed_in]
    latest = visible_to(
        request.actor, Record.objects.filter(register__in=[r.id for r in registers if r.search_doc is not None], merged_into=None)
    )
    context = {
        "cards": [c for c in cards if c["register"].id in MAIN], "more": [c for c in cards if c["register"].id not in MAIN], "calls": _calls(request.actor), "as_of": clock.now(), "map": _map(registers, request),
        "latest": [{"record": r, "register": REGISTERS[r.register]} for r in latest.order_by("-updated_at", "-pk")[:LATEST]],
        "starts": _starts(request.actor), "notices": objections.on_notice(request.actor, clock.today())[:NOTICES],
    }  # fmt: skip
    return render(request, "trihelix/home.html", context)


def _calls(actor: Actor) -> list[dict[str, Any]]:
    """Open calls with the days left, what closes first in front."""
    today = clock.today()
    rows = entries(actor, Call).filter(record__state="open", closes_on__gte=today).order_by("closes_on", "pk")
    return [{"call": c, "days": (c.closes_on - today).days} for c in rows[:NOTICES]]


def _map(registers: list[Register], request: HttpRequest) -> dict[str, Any] | None:
    placed = [r for r in registers if regions.has_division(r)]
    if not placed:
        return None
    chosen = next((r for r in placed if r.id == request.GET.get("map")), placed[0])
    return {"register": chosen, "choices": placed, **regions.counts(chosen, request.actor)}


def _starts(actor: Actor) -> dict[str, Any]:
    """What the actor can begin right here: the main ones at hand, the rest behind one menu by area. Visitors begin nothing."""
    if not actor.signed_in:
        return {}
    by_area = [
        (area.label, [{"register": r, "act": a} for r in area.registers for a in common.create_acts(r, actor)[:1]]) for area in areas(actor)
    ]
    held = [s for _, starts in by_area for s in starts]
    main = FIRST["desks" if actor.sees_all else "nodes" if actor.node_ids else "bodies"]
    first = [s for s in held if s["register"].id in main] or [starts[0] for _, starts in by_area if starts][:STARTS]
    first = first if len(held) > STARTS else held
    rest = [(label, [s for s in starts if s not in first]) for label, starts in by_area]
    return {"first": first, "areas": [(label, starts) for label, starts in rest if starts], "more": len(held) - len(first)}


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How things are done here, register by register, and what the words mean."""
    context = {"help_areas": areas(request.actor), "area_words": AREAS, "tour": tours.tour(request.actor, display.english())}
    return render(request, "trihelix/help.html", context)


@require_safe
def help_on_page(request: HttpRequest, page: str) -> HttpResponse:
    """What one page is for and how it is used."""
    held = helps.page(page)
    if held is None:
        raise Unseen(Problem("not_found", f"没有名为 “{page}” 的页面帮助", field="page", value=page))
    found = next((p for p in shown_pages(request.actor) if p["route"] == page), None)
    title = found["label"] if found else _title(page)
    return render(request, "trihelix/help_page.html", {"title": title, **held, "back": found["url"] if found else ""})


def _title(page: str) -> str:
    return str(TITLES.get(page) or next((p.label for p in PAGES if p.route == page), page))


@require_safe
def help_on_register(request: HttpRequest, register: Register) -> HttpResponse:
    """What a register is for, who does what in which state, and its columns; from its declaration."""
    if not (register.public or request.actor.signed_in):
        raise Denied(Problem("sign_in", "请先登录"))
    context = {
        "register": register, "title": register.label("en" if display.english() else "zh"), "what": (register.help_en if display.english() else "") or register.help_zh,
        "beginnings": helps.beginnings(register), "states": helps.states(register), "columns": helps.columns(register), "kinds": helps.kinds(),
        "back": reverse("list", args=[register]),
    }  # fmt: skip
    return render(request, "trihelix/help_page.html", context)


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
