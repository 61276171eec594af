"""One search over everything the viewer may see, the command palette, and suggestions for reference fields."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from trihelix.kernel import alerts, book, index
from trihelix.kernel.actor import Actor, visible_to
from trihelix.kernel.models import Record, SavedSearch
from trihelix.kernel.register import REGISTERS, Register
from trihelix.site import display
from trihelix.site.navigation import AREAS, shown_pages, shown_registers
from trihelix.site.pages import common
from trihelix.site.pages.desk import address_of, recent_records
from trihelix.site.words import often_words

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
    include, exclude = alerts.facets(request.GET.getlist("f")), alerts.facets(request.GET.getlist("x"))
    ask = bool(query or include or chosen)
    answer = (
        index.search(query, by=request.actor, kinds=chosen, k=HITS, include=include, exclude=exclude, facets=(*FACETS, "kind"))
        if ask
        else None
    )
    hits = _hits(request.actor, answer.hits) if answer else []
    context = {
        "query": query, "registers": searched, "chosen": chosen, "hits": hits, "exact": exact, "total": answer.facets.total if answer and answer.facets else len(hits),
    }  # fmt: skip
    counted = answer.facets.counts if answer and answer.facets else {}
    given = request.GET.copy()
    context |= {
        "facets": facet_blocks(request, counted, include, exclude), "kind_counts": counted.get("kind", {}), "query_string": given.urlencode(), "often": often_words(),
        "taken": [("f", v, _facet_word(*v.split(":", 1))) for v in given.getlist("f") if ":" in v] + [("x", v, _facet_word(*v.split(":", 1))) for v in given.getlist("x") if ":" in v],
    }  # fmt: skip
    return render(request, "trihelix/search.html", context)


FACETS = ("field", "region", "way", "ip", "ownership", "kind_of")
FACET_WORDS = {
    "field": gettext_lazy("领域"), "region": gettext_lazy("地区"), "way": gettext_lazy("转化方式"), "ip": gettext_lazy("知识产权"),
    "ownership": gettext_lazy("权属"), "kind_of": gettext_lazy("类别"), "state": gettext_lazy("状态"), "holder": gettext_lazy("单位"),
}  # fmt: skip
CODES = {"field": "fields", "region": "divisions"}  # code lists of the book behind a facet
COLUMNS = {
    "way": "transfer_ways",
    "ip": "ip_kind",
    "ownership": "ownership",
    "kind_of": "kind",
}  # sheet columns whose choices name a facet's values
FACET_SHOWN = 10


def _facet_word(name: str, value: str) -> str:
    """A facet's value in words: from the book's code list, else from the choices of the column it comes from."""
    listed = book.current().codes.get(CODES.get(name, ""))
    found = listed.get(value) if listed is not None else None
    if found is not None:
        return display.words(found)
    for register in REGISTERS.values():
        column = register.column(COLUMNS.get(name, name))
        if column is not None and value in column.choices:
            return display.words(column.choices[value])
    return value


def facet_blocks(request: HttpRequest, counted: Any, include: dict[str, list[str]], exclude: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Facets with counts; each value with the address that includes it and the one that leaves it out."""
    blocks = []
    for name in FACETS:
        values = sorted(counted.get(name, {}).items(), key=lambda x: (-x[1], x[0]))[:FACET_SHOWN]
        rows = []
        for value, n in values:
            pair = f"{name}:{value}"
            rows.append(
                {
                    "word": _facet_word(name, value),
                    "n": n,
                    "with": _with(request, "f", pair),
                    "without": _with(request, "x", pair),
                    "on": value in include.get(name, []),
                }
            )
        if rows:
            blocks.append({"name": FACET_WORDS[name], "rows": rows})
    return blocks


def _with(request: HttpRequest, key: str, pair: str) -> str:
    given = request.GET.copy()
    held = given.getlist(key)
    given.setlist(key, [v for v in held if v != pair] if pair in held else [*held, pair])
    return "?" + str(given.urlencode())


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
    items = [] if query else _near(request)
    items += [i for i in _places(request.actor) if not query or query.casefold() in i["search"].casefold()]
    if query:
        found = visible_to(request.actor, Record.objects.filter(register__in=list(REGISTERS)))
        named = Q(title__icontains=query) | Q(number__icontains=query) | Q(ref__iexact=query)
        for record in found.filter(named).order_by("-updated_at", "-pk")[:PALETTE]:
            items.append({"url": reverse("record", args=[record.register, record.uid]), "label": record.title, "kind": record.number})
    return render(request, "trihelix/parts/palette.html", {"items": items[: PALETTE * 2]})


def _near(request: HttpRequest) -> list[dict[str, str]]:
    """Before anything is typed: what one opened last and what one starred."""
    if not request.actor.signed_in:
        return []
    out = [(r, _("最近打开")) for r in recent_records(request)[:6]]
    seen = {r.pk for r, _word in out}
    stars = Record.objects.filter(stars__user_id=request.actor.user_id).exclude(pk__in=seen).order_by("-stars__at")
    out += [(r, _("星标")) for r in visible_to(request.actor, stars)[:6] if r.register in REGISTERS]
    return [{"url": reverse("record", args=[r.register, r.uid]), "label": r.title, "kind": word} for r, word in out]


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
    for page in shown_pages(actor):
        out.append({"url": page["url"], "label": str(page["label"]), "kind": _("页面"), "search": f"{page['label']} {page['route']}"})
    if actor.signed_in:
        for route, label in (("account", _("我的账号")), ("saved", _("保存的检索")), ("starred", _("星标与最近"))):
            out.append({"url": reverse(route), "label": label, "kind": _("页面"), "search": f"{label} {route}"})
        for search in SavedSearch.objects.filter(user_id=actor.user_id).order_by("name")[:PALETTE]:
            out.append({"url": address_of(search), "label": search.name, "kind": _("保存的检索"), "search": search.name})
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
