"""Facts of a firm for the rules, each with where it came from: the register, an official recognition, or typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.models import Record
from trihelix.registers.parties.models import Body
from trihelix.registers.policies.models import Recognition
from trihelix.registers.policies.rulebook import rules

if TYPE_CHECKING:
    import polars as pl

    from trihelix.engines.rules.model import Rule

# Input key → (attribute of the body, how it is read). Money goes to the rules in 万元.
FROM_BODY = {
    "staff": ("staff", "plain"), "sales": ("sales_fen", "wan"), "revenue": ("sales_fen", "wan"), "rd": ("rd_fen", "wan"), "rd_acc": ("rd_fen", "wan"),
    "founded": ("established", "day"), "resident": ("inside", "plain"),
}  # fmt: skip
FROM_TITLES = {
    "hnte_valid": "hnte",
    "tech_sme_valid": "tech-sme",
    "innovative_sme_valid": "innovative-sme",
    "specialised_valid": "specialised-sme",
}


# What further registers know of a firm for a rule: ``f(rule, firm, on) -> {key: {"value", "source"}}``; they append themselves.
MORE: list[Callable[[Any, Record, dt.date], dict[str, dict[str, Any]]]] = []


def _value(body: Body, attribute: str, how: str) -> Any:
    raw = getattr(body, attribute)
    if raw is None:
        return None
    if how == "wan":
        return str(raw // 1_000_000) if raw % 1_000_000 == 0 else f"{raw / 1_000_000:.6f}"
    return raw.isoformat() if how == "day" else raw


def titles_on(bodies: Iterable[int], on: dt.date) -> dict[int, set[str]]:
    """Recognitions in force on a day, by body."""
    held: dict[int, set[str]] = {}
    rows = Recognition.objects.filter(record__owner_id__in=list(bodies), valid_from__lte=on).exclude(record__state="removed")
    for owner, kind, until in rows.values_list("record__owner_id", "title_kind", "valid_to"):
        if until is None or until >= on:
            held.setdefault(owner, set()).add(kind)
    return held


def known(rule: Rule, body: Body, titles: set[str]) -> dict[str, dict[str, Any]]:
    """What the registers know of a firm, for the inputs of one rule: ``{key: {"value", "source"}}``."""
    out: dict[str, dict[str, Any]] = {}
    for key, one in rule.inputs.items():
        for name in (key, *one.also):
            if name in FROM_BODY:
                attribute, how = FROM_BODY[name]
                value = _value(body, attribute, how)
                if value is not None:
                    out[key] = {"value": [value] if one.series else value, "source": f"单位库 {body.record.number}"}
                break
            if name in FROM_TITLES:
                out[key] = {"value": FROM_TITLES[name] in titles, "source": "资格认定库"}
                break
    return out


def of_firm(rule_id: str, firm: Record, on: dt.date, typed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Facts of one firm for one rule; what was typed wins and says so."""
    body = Body.objects.get(record=firm)
    facts: dict[str, Any] = known(rules().rule(rule_id), body, titles_on([firm.pk], on).get(firm.pk, set()))
    for source in MORE:
        for key, fact in source(rules().rule(rule_id), firm, on).items():
            facts.setdefault(key, fact)
    for key, value in (typed or {}).items():
        facts[key] = {**value, "source": value.get("source") or "填写"} if isinstance(value, dict) else {"value": value, "source": "填写"}
    return facts


def frame(rule_id: str, by: Actor, division: str, on: dt.date) -> tuple[pl.DataFrame, dict[int, Body]]:
    """One row a firm of a division (prefix of its code) that the viewer may see, with what the registers know."""
    import polars as pl

    rule = rules().rule(rule_id)
    firms = entries(by, Body).filter(kind="firm", record__state="active", division__startswith=division)
    bodies = {b.pk: b for b in firms}
    held = titles_on(bodies, on)
    rows = [{k: v["value"] for k, v in known(rule, body, held.get(pk, set())).items()} for pk, body in bodies.items()]
    keys = sorted({k for row in rows for k in row})
    columns: dict[str, list[Any]] = {"id": list(bodies), **{k: [row.get(k) for row in rows] for k in keys}}
    return pl.DataFrame(columns, strict=False), bodies
