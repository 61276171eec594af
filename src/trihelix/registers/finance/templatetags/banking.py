"""What the panels of the finance pages read."""

from __future__ import annotations

from typing import Any

from django import template

from trihelix.engines.money import format_wan
from trihelix.kernel import clock
from trihelix.kernel.actor import entries
from trihelix.kernel.register import register_of
from trihelix.kernel.values import hidden_columns
from trihelix.registers.finance import conditions, queries
from trihelix.registers.finance.models import Investment, Loan, TaxReferral
from trihelix.registers.policies.rulebook import rules

register = template.Library()
SHOWN = 100


@register.simple_tag(takes_context=True)
def list_rows(context: dict[str, Any], entry: Any) -> list[Any]:
    """The firms of a list as far as the viewer may see them."""
    return list(queries.rows_of(entry, context["request"].actor)[:SHOWN])


@register.simple_tag(takes_context=True)
def line_state(context: dict[str, Any], entry: Any) -> dict[str, int]:
    """Limit, drawn, outstanding, left."""
    return queries.line_state(entry, context["request"].actor)


@register.simple_tag(takes_context=True)
def line_loans(context: dict[str, Any], entry: Any) -> list[Any]:
    """Loans on a line."""
    return list(entries(context["request"].actor, Loan).filter(line=entry.record).order_by("-drawn_on")[:SHOWN])


@register.simple_tag(takes_context=True)
def fund_promises(context: dict[str, Any], entry: Any) -> list[dict[str, Any]]:
    """Promised and actual shares of a fund."""
    return queries.promises(entry, context["request"].actor, clock.today())


@register.simple_tag(takes_context=True)
def fund_investments(context: dict[str, Any], entry: Any) -> list[Any]:
    """Investments of a fund, newest first."""
    rows = entries(context["request"].actor, Investment).filter(fund=entry.record).select_related("firm", "follows")
    return list(rows.order_by("-invested_on")[:SHOWN])


@register.simple_tag(takes_context=True)
def statement_view(context: dict[str, Any], entry: Any) -> dict[str, Any]:
    """Whether the viewer must read by the logged act, and who read so far, newest first."""
    hidden = bool(hidden_columns(register_of("points_statements"), context["request"].actor, entry.record))
    return {"hidden": hidden, "readings": [] if hidden else queries.readings(entry)[:SHOWN]}


@register.simple_tag
def told_outputs(entry: Any) -> list[tuple[str, str]]:
    """What a tax rule worked out, by the names of the rule; money in 万元."""
    if not isinstance(entry, TaxReferral) or entry.rule not in rules().rules:
        return []
    rule = rules().rule(entry.rule)
    version = next((v for v in rule.versions if v.id == entry.rule_version), rule.versions[-1])
    found = entry.answer.get("outputs", {})
    out = []
    for one in version.outputs:
        if (fen := found.get(f"{one.id}_fen")) is not None:
            out.append((one.label.zh, format_wan(fen)))
        elif (value := found.get(one.id)) is not None:
            out.append((one.label.zh, str(value)))
    return out


@register.filter
def condition_text(row: dict[str, Any]) -> str:
    """A condition of a product for people."""
    return conditions.sentence(row)
