"""What the panels of secondments read."""

from __future__ import annotations

from typing import Any

from django import template

from trihelix.registers.secondments import queries, sheets
from trihelix.registers.secondments.models import Secondment

register = template.Library()
LABELS = {
    "side": sheets.SIDES,
    "phase": sheets.PHASES,
    "grade": sheets.GRADES,
    "output": sheets.OUTPUTS,
    "end": sheets.ENDS,
    "kind": sheets.KINDS,
    "field": sheets.FIELDS,
    "city": sheets.DIVISIONS,
}


@register.simple_tag(takes_context=True)
def post_candidates(context: dict[str, Any], entry: Any) -> list[dict[str, Any]]:
    """People for a post with reasons."""
    return queries.candidates(entry, context["request"].actor, 8)


@register.simple_tag
def term_service(entry: Any) -> dict[str, Any]:
    """Days, problems, outputs, money of a term, with the default score."""
    found = queries.service(entry)
    parts = queries.score_of(entry)
    return {**found, "parts": parts, "score": sum(parts.values())}


@register.simple_tag(takes_context=True)
def batch_rows(context: dict[str, Any], entry: Any) -> dict[str, Any]:
    """The batch's evaluation and its people by state."""
    actor = context["request"].actor
    found = queries.evaluation(entry, actor)
    states = Secondment.objects.filter(batch=entry.record).values_list("record__state", flat=True)
    counts: dict[str, int] = {}
    for s in states:
        counts[s] = counts.get(s, 0) + 1
    return {**found, "states": counts}


@register.simple_tag(takes_context=True)
def sent_label(context: dict[str, Any], what: str, value: str) -> str:
    """The label of a choice in the language of the page."""
    from django.utils.translation import get_language

    pair = LABELS[what].get(value)
    return (pair[1] if (get_language() or "").startswith("en") else pair[0]) if pair else value
