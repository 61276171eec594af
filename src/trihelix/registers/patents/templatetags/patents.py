"""What the panels of the patent pages read."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from trihelix.kernel import clock
from trihelix.kernel.actor import entries
from trihelix.registers.patents import flow, queries, sheets
from trihelix.registers.patents.models import Case, FirmScore, Push, StockRecord
from trihelix.registers.patents.settings_book import settings

register = template.Library()
Context = dict[str, Any]


@register.simple_tag(takes_context=True)
def patent_parts(context: Context, entry: Any) -> dict[str, Any]:
    """Family, fee calendar, events, forms, and whether the patent is of high value."""
    actor = context["request"].actor
    own = actor.sees_all or entry.record.owner_id in actor.bodies
    return {
        "family": queries.family_of(entry, actor), "fees": queries.calendar(entry) if own else [], "events": list(entry.record.patent_events.all()),
        "forms": list(entries(actor, StockRecord).filter(patent=entry.record).order_by("-pk")[:10]),
        "value": queries.high_value(entry, clock.today()) if entry.ptype == "invention" else None,
    }  # fmt: skip


@register.simple_tag(takes_context=True)
def round_progress(context: Context, entry: Any) -> dict[str, Any]:
    """How a round stands."""
    return queries.progress(entry, context["request"].actor)


@register.simple_tag(takes_context=True)
def stock_parts(context: Context, entry: Any) -> dict[str, Any]:
    """Judgements of firms and pushes of a form, for those who may see them, and the rule behind the tier."""
    actor, record = context["request"].actor, entry.record
    inside = actor.sees_all or record.owner_id in actor.bodies
    scores = FirmScore.objects.filter(stock=record).select_related("firm")
    return {
        "scores": list(scores if inside else scores.filter(firm__in=actor.bodies)),
        "pushes": list(entries(actor, Push).filter(stock=record).select_related("firm", "need").order_by("rank")),
        "rule": settings().tiers, "version": entry.tier_rule or settings().tier_version, "pool": record.state in flow.POOL,
    }  # fmt: skip


@register.simple_tag(takes_context=True)
def centre_list(context: Context, entry: Any) -> list[dict[str, Any]]:
    """The host's inventions with their kinds of high value."""
    return queries.centre_patents(entry.record.owner, context["request"].actor, clock.today())


@register.simple_tag(takes_context=True)
def call_cases(context: Context, entry: Any) -> list[Any]:
    """The cases of a call that the viewer may see, best first."""
    rows = entries(context["request"].actor, Case).filter(call=entry.record)
    return list(rows.order_by("rank", "-average", "pk")[:200])


@register.simple_tag
def product_check(entry: Any) -> dict[str, Any]:
    """Whether the filing is complete and in time; the last day of the round is not known until it is announced."""
    return entry.gate or queries.product_gate(entry, None, clock.today())


@register.simple_tag
def weights_of(entry: Any) -> list[tuple[str, Any, Any]]:
    """``(indicator, weight, score)`` of a valuation in the language of the page."""
    lang = 1 if (get_language() or "").startswith("en") else 0
    names = settings().indicators
    scores = {r["indicator"]: r["score"] for r in entry.scores}
    return [
        (names[k][lang] if k in names else k, w, scores.get(k) or scores.get(names[k][0]) if k in names else None)
        for k, w in entry.weights.items()
    ]


@register.filter
def word(value: str, column: str) -> str:
    """The label of a choice of the patent sheets."""
    choices = {
        "status": sheets.STATUSES,
        "ptype": sheets.PTYPES,
        "prospect": sheets.PROSPECTS,
        "need": sheets.NEEDS,
        "outcome": sheets.OUTCOMES,
        "grade": sheets.GRADES,
    }
    found = choices[column].get(value)
    return found[1 if (get_language() or "").startswith("en") else 0] if found else value
