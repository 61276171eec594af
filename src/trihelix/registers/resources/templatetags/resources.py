"""What the panels of resources and scenes read."""

from __future__ import annotations

from typing import Any

from django import template

from trihelix.registers.resources import queries

register = template.Library()


@register.simple_tag(takes_context=True)
def resource_ledger(context: dict[str, Any], entry: Any) -> list[dict[str, Any]]:
    """Hours and fees by year."""
    return queries.ledger_of(entry, context["request"].actor)


@register.simple_tag(takes_context=True)
def scene_replies(context: dict[str, Any], entry: Any) -> list[Any]:
    """Replies that the viewer may see."""
    return queries.replies(entry, context["request"].actor)


@register.filter
def as_hours(minutes: int | None) -> str:
    """Minutes as hours."""
    return queries.hours(minutes)
