"""What the panels of the ladder pages read."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Count, Q

from trihelix.kernel.actor import entries
from trihelix.kernel.models import Record
from trihelix.registers.ladder import data, queries
from trihelix.registers.ladder.models import ImplicitNeed, RankedFirm, Tenant
from trihelix.registers.parties.models import Body

register = template.Library()
SHOWN = 50


@register.simple_tag(takes_context=True)
def ranking_rows(context: dict[str, Any], entry: Any) -> list[Any]:
    """The first firms of a ranking."""
    rows = entries(context["request"].actor, RankedFirm).filter(ranking=entry.record, record__state="listed")
    return list(rows.select_related("record__owner").order_by("rank", "record_id")[:SHOWN])


@register.simple_tag
def ranking_method(entry: Any) -> Any:
    """The method of a ranking."""
    return data.method(entry.method)


@register.simple_tag(takes_context=True)
def incubator_counts(context: dict[str, Any], entry: Any) -> dict[str, int]:
    """Tenants inside, graduated and left."""
    rows = entries(context["request"].actor, Tenant).filter(incubator=entry.record)
    return rows.aggregate(**{s: Count("pk", filter=Q(record__state=s)) for s in ("inside", "graduated", "left")})


@register.simple_tag(takes_context=True)
def consent_proposals(context: dict[str, Any], entry: Any) -> dict[str, Any]:
    """What was proposed under a consent, and beside it what mere popularity would propose."""
    by = context["request"].actor
    rows = list(entries(by, ImplicitNeed).filter(consent=entry.record).select_related("result").order_by("-proposed_on", "place")[:20])
    body = Body.objects.filter(record=entry.record.owner).first()
    ids = queries.popular(list(body.fields), data.content()["implicit"]["cap"]) if body is not None else []
    held = Record.objects.in_bulk(ids)
    return {"rows": rows, "baseline": [held[i] for i in ids if i in held]}


@register.filter
def step_name(step: str, lang: str = "zh") -> str:
    """The name of a step of the ladder."""
    names = data.step_choices().get(step)
    return "—" if names is None else names[1] if lang.startswith("en") else names[0]
