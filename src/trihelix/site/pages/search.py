"""One search over everything the viewer may see, the command palette, and suggestions for reference fields."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trihelix.kernel import index
from trihelix.kernel.actor import Actor, visible_to
from trihelix.kernel.models import Record
from trihelix.kernel.register import REGISTERS, Register
from trihelix.site import display
from trihelix.site.context import AREAS, shown_registers
from trihelix.site.pages import common

HITS = 40
PALETTE = 12
SUGGESTIONS = 15
REASONS = 5


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Hits with the words that brought them, filtered by register."""
    query = request.GET.get("q", "").strip()[:400]
    searched = [r for r in shown_registers(request.actor) if r.search_doc is not None]
    chosen = [k for k in request.GET.getlist("kind") if k in {r.id for r in searched}]
    exact = _by_number(request.actor, query)
    answer = index.search(query, by=request.actor, kinds=chosen, k=HITS, facets=("field", "region")) if query else None
    hits = _hits(request.actor, answer.hits) if answer else []
    context = {
        "query": query, "registers": searched, "chosen": chosen, "hits": hits, "exact": exact, "total": answer.facets.total if answer and answer.facets else len(hits),
    }  # fmt: skip
    return render(request, "trihelix/search.html", context)


def _by_number(actor: Actor, text: str) -> Record | None:
    """The record whose number was typed."""
    return visible_to(actor, Record.objects.filter(number__iexact=text)).first() if text else None


def _hits(actor: Actor, hits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hits with their records, re-read through the viewer's scope: the index may be a moment behind."""
    uids = [uuid.UUID(h["uid"]) for h in hits]
    records = {str(r.uid): r for r in visible_to(actor, Record.objects.filter(uid__in=uids)).select_related("owner")}
    out = []
    for hit in hits:
        record = records.get(hit["uid"])
        if record is not None and record.register in REGISTERS:
            words = [r["term"] for r in hit.get("reasons", ()) if r.get("kind") == "word"][:REASONS]
            out.append(
                {"record": record, "register": REGISTERS[record.register], "words": words, "highlights": hit.get("highlights") or []}
            )
    return out


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """Places to go for what was typed: pages and lists first, then records."""
    query = request.GET.get("q", "").strip()[:100]
    items = [i for i in _places(request.actor) if not query or query.casefold() in i["search"].casefold()]
    if query:
        found = visible_to(request.actor, Record.objects.filter(register__in=list(REGISTERS)))
        named = Q(title__icontains=query) | Q(number__icontains=query) | Q(ref__iexact=query)
        for record in found.filter(named).order_by("-updated_at", "-pk")[:PALETTE]:
            items.append({"url": reverse("record", args=[record.register, record.uid]), "label": record.title, "kind": record.number})
    return render(request, "trihelix/parts/palette.html", {"items": items[: PALETTE * 2]})


def _places(actor: Actor) -> list[dict[str, str]]:
    out = [{"url": reverse("home"), "label": _("首页"), "kind": _("页面"), "search": _("首页") + "home"}]
    if actor.signed_in:
        out.append({"url": reverse("inbox"), "label": _("收件箱"), "kind": _("页面"), "search": _("收件箱") + "inbox"})
        out.append({"url": reverse("notices"), "label": _("通知"), "kind": _("页面"), "search": _("通知") + "notices"})
    for register in shown_registers(actor):
        area = str(AREAS.get(register.area, ""))
        names = f"{register.zh} {register.en} {register.id} {area}"
        out.append({"url": reverse("list", args=[register]), "label": display.words(register), "kind": _("列表"), "search": names})
        for act in common.create_acts(register, actor)[:1]:
            out.append(
                {
                    "url": reverse("new", args=[register]),
                    "label": display.words(act),
                    "kind": _("新建"),
                    "search": f"{act.zh} {act.en} {names}",
                }
            )
    out.append({"url": reverse("help"), "label": _("帮助"), "kind": _("页面"), "search": _("帮助") + "help"})
    return out


@require_safe
def lookup(request: HttpRequest, register: Register) -> HttpResponse:
    """Options for a reference field while one types: records of the register the viewer may see."""
    query = next((v.strip() for k, v in request.GET.items() if v.strip()), "")[:100]
    found = visible_to(request.actor, Record.objects.filter(register=register.id, merged_into=None))
    if query:
        found = found.filter(Q(title__icontains=query) | Q(number__icontains=query) | Q(ref__istartswith=query))
    options = [(r.number if r.ref == str(r.uid) else r.ref, r.title) for r in found.order_by("title", "pk")[:SUGGESTIONS]]
    return render(request, "trihelix/parts/options.html", {"options": options})
