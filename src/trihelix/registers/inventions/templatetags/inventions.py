"""What panels of service inventions show beyond the sheet."""

from __future__ import annotations

from typing import Any

from django import template

from trihelix.engines.errors import Refused
from trihelix.engines.shares.rights import Idle
from trihelix.kernel import clock
from trihelix.registers.inventions import conditional
from trihelix.registers.inventions.actions.ledger import idle_of

register = template.Library()


@register.filter
def obligations_of(entry: Any) -> dict[str, Any]:
    """Obligations as of today, or the sentence why there are none yet."""
    try:
        return {"rows": [o.as_json() for o in conditional.obligations(entry, clock.today())], "why": ""}
    except Refused as refusal:
        return {"rows": [], "why": refusal.problems[0].message}


@register.filter
def idle_timer(entry: Any) -> Idle | None:
    """The idle timer as of today."""
    return idle_of(entry, clock.today())
