"""Facts given by hand for a trial computation: names of the form, the agencies and the system; money in 万元."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import exact
from trihelix.engines.schemes.loader import known_names
from trihelix.engines.schemes.model import Scheme


def read_facts(scheme: Scheme, given: Any) -> dict[str, Any]:
    """Values by name; unknown names and values that are no number where one is due are refused by name."""
    if not isinstance(given, Mapping):
        raise Refused.one("bad_facts", "事实应为一个 JSON 对象：名称 → 值", field="facts")
    known = known_names(scheme)
    out: dict[str, Any] = {}
    problems = []
    for name, raw in given.items():
        if name not in known or name in scheme.tables or name in scheme.parameters:
            problems.append(Problem("unknown_fact", f"“{scheme.zh}” 不用 “{name}”", field=name, value=str(raw)[:80]))
            continue
        if known[name] is None:
            out[name] = date.fromisoformat(raw) if name == "on" else raw
            continue
        try:
            number = exact(raw, name) if isinstance(raw, int | float | str | Decimal | Fraction) else None
        except Refused as refusal:
            problems += refusal.problems
            continue
        if number is None or number < 0:
            problems.append(Problem("bad_number", f"“{name}” 应为不小于零的数", field=name, value=str(raw)))
            continue
        out[name] = number
    if problems:
        raise Refused.of(problems)
    return out
