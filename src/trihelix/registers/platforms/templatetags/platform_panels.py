"""What the panels of platforms read."""

from __future__ import annotations

from typing import Any

from django import template

from trihelix.registers.platforms import queries

register = template.Library()


@register.simple_tag(takes_context=True)
def on_platform(context: dict[str, Any], entry: Any) -> list[queries.Section]:
    """What hangs on a platform, as the viewer may see it."""
    return queries.on_platform(entry, context["request"].actor)


@register.simple_tag(takes_context=True)
def on_partner(context: dict[str, Any], record: Any) -> list[queries.Section]:
    """Agreements and projects with a partner abroad."""
    return queries.sections(record, context["request"].actor, queries.ON_PARTNER)


@register.simple_tag(takes_context=True)
def hosted_with(context: dict[str, Any], record: Any) -> list[Any]:
    """Platforms with a partner abroad."""
    return queries.hosted_with(record, context["request"].actor)
