"""Consistency checks over figures (一致性核对): green holds, red or amber does not, grey cannot be judged for want of records."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from trihelix.kernel.actor import Actor
from trihelix.kernel.figures import FORMULAS
from trihelix.registers.figures import evaluation, numbers, periods
from trihelix.registers.figures.book import Check, figures

HOLDS = {"==": lambda a, b: a == b, "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b}


@dataclass(frozen=True)
class Finding:
    """A check with both sides and its light."""

    check: Check
    light: str
    left: Fraction | None
    right: Fraction | None
    missing: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain values for reports and the API."""
        return {
            "id": self.check.id, "zh": self.check.zh, "en": self.check.en, "light": self.light, "op": self.check.op, "note": self.check.note,
            "left": None if self.left is None else numbers.exact(self.left), "right": None if self.right is None else numbers.exact(self.right),
            "missing": list(self.missing), "figures": sorted({t["figure"] for t in (*self.check.left, *self.check.right) if "figure" in t}),
        }  # fmt: skip


def check_all(by: Actor, as_of: dt.date, known: dict[str, evaluation.Answer] | None = None) -> list[Finding]:
    """Every check of the book on a day; ``known`` answers are used again."""
    held = dict(known or {})
    return [_judge(check, by, as_of, held) for check in figures().checks]


def _judge(check: Check, by: Actor, as_of: dt.date, held: dict[str, evaluation.Answer]) -> Finding:
    missing: list[str] = []
    sides = [_side(terms, by, as_of, held, missing) for terms in (check.left, check.right)]
    if missing or sides[0] is None or sides[1] is None:
        return Finding(check, "grey", sides[0], sides[1], tuple(missing))
    return Finding(check, "green" if HOLDS[check.op](sides[0], sides[1]) else check.level, sides[0], sides[1])


def _side(terms: Any, by: Actor, as_of: dt.date, held: dict[str, evaluation.Answer], missing: list[str]) -> Fraction | None:
    found = [_term(term, by, as_of, held, missing) for term in terms]
    return None if any(v is None for v in found) else sum((v for v in found if v is not None), Fraction(0))


def _term(term: Any, by: Actor, as_of: dt.date, held: dict[str, evaluation.Answer], missing: list[str]) -> Fraction | None:
    times = Fraction(str(term.get("times", 1)))
    if "number" in term:
        return Fraction(str(term["number"])) * times
    if "figure" in term:
        name = term["figure"]
        if name not in held:
            held[name] = evaluation.answer(figures().figure(name), by, as_of)
        if held[name].value is None:
            missing.append(name)
            return None
        return held[name].value * times  # type: ignore[operator]
    span = periods.resolve(str(term.get("period", "to_date")), as_of)
    counted = evaluation.run(term["formula"], by, span, dict(term.get("params") or {}))
    if isinstance(counted, str):
        missing.append(term["formula"])
        return None
    return evaluation.scaled(counted.raw(), FORMULAS[term["formula"]].unit, "亿元") * times
