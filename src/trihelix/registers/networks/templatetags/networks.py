"""What the panels of networks read."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from trihelix.kernel.register import register_of
from trihelix.registers.networks import composition, queries
from trihelix.registers.networks.sheets.alliances import GRADES

register = template.Library()


def _tag(name: str, read: Any) -> None:
    """A tag that reads for the viewer of the page."""

    def tag(context: dict[str, Any], entry: Any) -> Any:
        return read(entry, context["request"].actor)

    tag.__doc__ = read.__doc__
    register.simple_tag(tag, takes_context=True, name=name)


_tag("network_account", queries.account)
_tag("institute_of", queries.institute_of)
_tag("park_of", queries.park_of)
_tag("tenant_investments", queries.investments)
_tag("deal_payments", queries.payments)
_tag("partner_introductions", queries.introductions)
_tag("client_of", queries.client_of)


@register.simple_tag
def composition_of(entry: Any) -> Any:
    """The clauses on who must be in it, with the figures of today; ``None`` where the book has no rule."""
    return composition.shown(entry)


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


@register.simple_tag
def choice_word(register_id: str, column: str, value: str) -> str:
    """The label of a choice in the viewer's language."""
    found = register_of(register_id).column(column)
    return found.choice_label(value, _language()) if found and value else value


@register.filter
def network_grade(grade: str) -> str:
    """A grade in the viewer's language."""
    zh, en = GRADES.get(grade, (grade, grade))
    return en if _language() == "en" else zh
