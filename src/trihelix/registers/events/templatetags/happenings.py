"""What the panels of the events pages read."""

from __future__ import annotations

from typing import Any

from django import template

from trihelix.registers.events import queries

register = template.Library()


@register.simple_tag(takes_context=True)
def event_audience(context: dict[str, Any], entry: Any) -> dict[str, Any]:
    """Heads by body kind and city."""
    return queries.audience(entry, context["request"].actor)


@register.simple_tag(takes_context=True)
def event_counts(context: dict[str, Any], entry: Any) -> dict[str, Any]:
    """Registrations, seats left, outcomes."""
    return queries.counts(entry, context["request"].actor)


@register.simple_tag(takes_context=True)
def series_events(context: dict[str, Any], entry: Any) -> list[Any]:
    """The events of a series."""
    return queries.of_series(entry, context["request"].actor)


@register.simple_tag(takes_context=True)
def release_items(context: dict[str, Any], entry: Any) -> list[dict[str, Any]]:
    """The items of a release, with their owner where it may be told."""
    by = context["request"].actor
    rows = queries.items(entry, by)
    return [{"record": r, "owner": "" if queries.hidden_owner(r, by) or r.owner is None else r.owner.title} for r in rows]
