"""What the panels of the services pages read."""

from __future__ import annotations

from typing import Any

from django import template

from trihelix.registers.services import queries

register = template.Library()


@register.simple_tag(takes_context=True)
def node_catalogue(context: dict[str, Any], record: Any) -> list[Any]:
    """What a node offers today, as the viewer may see it."""
    return queries.catalogue(record, context["request"].actor)


@register.simple_tag(takes_context=True)
def campaign_counts(context: dict[str, Any], entry: Any) -> dict[str, Any]:
    """Planned, visited, needs raised."""
    return queries.campaign_counts(entry, context["request"].actor)


@register.simple_tag(takes_context=True)
def broker_record(context: dict[str, Any], entry: Any) -> dict[str, Any]:
    """A broker's cases."""
    return queries.broker_record(entry, context["request"].actor)


@register.simple_tag
def kind_label(declared: Any, column: str, value: str) -> str:
    """The label of a choice in the language of the page."""
    from django.utils.translation import get_language

    found = declared.column(column)
    return found.choice_label(value, "en" if (get_language() or "").startswith("en") else "zh") if found and value else value
