"""What the panels of deals and contract texts show; confidential parts only to whom they are open."""

from __future__ import annotations

from typing import Any

from django import template

from trihelix.kernel.actor import Actor
from trihelix.registers.contracts import queries
from trihelix.registers.contracts.models import ContractDraft, Deal

register = template.Library()


@register.simple_tag
def deal_view(deal: Deal, actor: Actor) -> dict[str, Any]:
    """Everything a deal's panel shows to a viewer."""
    return queries.deal_view(deal, actor)


@register.simple_tag
def draft_view(draft: ContractDraft, actor: Actor) -> dict[str, Any]:
    """Everything the panel of a contract text shows to a viewer."""
    return queries.draft_view(draft, actor)
