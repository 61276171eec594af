"""Matches of a need, needs for a result, the live panel while one writes, and matching quality."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from trihelix.engines.matching import wording
from trihelix.kernel import book, index
from trihelix.kernel.action import find
from trihelix.kernel.actor import entries
from trihelix.kernel.register import register_of
from trihelix.registers.matches import queries
from trihelix.registers.needs.models import Need
from trihelix.registers.needs.sheets import MANDATORY
from trihelix.registers.results.models import Result

COMPARED = 4


def _english(request: HttpRequest) -> bool:
    return (request.LANGUAGE_CODE or "").startswith("en")


@require_safe
def of_need(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Ranked results (or experts) for a need, with reasons; up to four side by side."""
    need = entries(request.actor, Need).get(record=find(register_of("needs"), uid, request.actor))
    kind = "experts" if request.GET.get("kind") == "experts" else "results"
    cards, missing = queries.ranked(need, request.actor, kind)
    chosen = request.GET.getlist("compare")[:COMPARED]
    compared = [c for c in cards if str(c["record"].uid) in chosen]
    mine = request.actor.roles_on(need.record)
    context = {
        "need": need, "record": need.record, "register": register_of("needs"), "cards": cards, "kind": kind, "compared": compared, "chosen": chosen,
        "advice": wording.advice(missing), "can_invite": bool(mine & {"owner", "node", "officer", "operator"}) and need.state in ("published", "matching", "talking"),
        "matches": queries.matches_of(need.record, request.actor), "key": uuid.uuid4().hex, "match_register": register_of("matches"),
        "result_register": register_of(kind),
    }  # fmt: skip
    return render(request, "matches/of_need.html", context)


@require_safe
def of_result(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Needs that a result could serve."""
    result = entries(request.actor, Result).get(record=find(register_of("results"), uid, request.actor))
    context = {
        "result": result, "record": result.record, "register": register_of("results"), "cards": queries.reverse_ranked(result, request.actor),
        "need_register": register_of("needs"), "can_invite": bool(request.actor.roles_on(result.record) & {"owner", "node", "officer", "operator"}),
    }  # fmt: skip
    return render(request, "matches/of_result.html", context)


@require_POST
def live(request: HttpRequest) -> HttpResponse:
    """While a need is written: which items are missing, similar needs, the first five results so far."""
    given = request.POST
    text = "\n".join(t for t in (given.get("title", ""), given.get("problem", ""), given.get("conditions", "")) if t.strip())
    indicators = [v.strip() for k, v in given.items() if k.startswith("indicators") and k.endswith("name") and v.strip()]
    filled = {
        "indicators": indicators,
        "budget_wan": given.get("budget_wan"),
        "ownership": given.get("ownership"),
        "deadline": given.get("deadline"),
    }
    items = [(register_of("needs").column(name), bool(filled[name])) for name in MANDATORY]
    enough = len(text) >= 8
    answer = (
        index.match(
            text, by=request.actor, kind="results", k=5, indicators=indicators, given=[queries.ITEMS[n] for n in MANDATORY if filled[n]]
        )
        if enough
        else None
    )
    rows = (
        {str(e.record.uid): e for e in entries(request.actor, Result).filter(record__uid__in=[h["uid"] for h in answer.hits])}
        if answer
        else {}
    )
    context = {
        "items": items, "advice": wording.advice([m for m in answer.missing if m not in queries.ITEMS.values()]) if answer else [],
        "cards": [queries.card(h, rows[h["uid"]]) for h in answer.hits if h["uid"] in rows] if answer else [],
        "similar": [s for s in index.similar(text, kinds=("needs",), by=request.actor, k=3) if s["closeness"] >= 0.2] if enough else [],
        "result_register": register_of("results"), "need_register": register_of("needs"), "enough": enough,
    }  # fmt: skip
    return render(request, "matches/_live.html", context)


@dataclass(frozen=True)
class Line:
    """A line of the quality table."""

    label: str
    address: str
    rates: dict[str, Any]


@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    """Matching quality with denominators, public."""
    found, english = queries.quality(), _english(request)
    names = {code: (en if english else zh) for code, (zh, en) in _fields().items()}
    context = {
        "all": found["all"],
        "fields": [Line(names.get(code, code), f"/needs/?fields={code}", rates) for code, rates in found["by_field"].items()],
        "nodes": [Line(title, "", rates) for title, rates in found["by_node"].items()],
    }
    return render(request, "matches/quality.html", context)


def _fields() -> dict[str, tuple[str, str]]:
    codes = book.current().codes["fields"]
    english = dict(codes.choices("en"))
    return {code: (zh, english.get(code, zh)) for code, zh in codes.choices("zh")}


urlpatterns = [
    path("needs/<uuid:uid>/matches/", of_need, name="need-matches"),
    path("results/<uuid:uid>/needs/", of_result, name="result-needs"),
    path("needs/live/", live, name="needs-live"),
    path("matching/quality/", quality, name="matching-quality"),
]
