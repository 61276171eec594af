"""What the panels of titles and carriers read."""

from __future__ import annotations

from typing import Any

from django import template

from trihelix.registers.platforms.queries import Section, sections

register = template.Library()
WANTED = {
    "authorisation": (("review_committees", "authorisation", ("series", "levels", "size", "valid_to"), "-valid_to"),),
    "committee": (("title_cases", "committee", ("channel", "speciality", "level", "year", "reviewed_on"), "-year"),),
    "carrier": (("carrier_years", "carrier", ("year", "entered", "left", "present", "trained", "certified"), "-year"),),
}  # fmt: skip


@register.simple_tag(takes_context=True)
def hanging(context: dict[str, Any], record: Any, what: str) -> list[Section]:
    """What hangs on an authorisation, committee or carrier, as the viewer may see it."""
    return sections(record, context["request"].actor, WANTED[what])


@register.simple_tag
def channel_of(entry: Any) -> Any:
    """The channel of a case as the book writes it."""
    from trihelix.registers.titles.channels import channels

    return channels().get(entry.channel)
