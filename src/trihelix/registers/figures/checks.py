"""Consistency checks over figures (一致性核对): green holds, red or amber does not, grey cannot be judged for want of records."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from trihelix.kernel.actor import Actor
from trihelix.kernel.figures import FORMULAS, Counted, scaled
from trihelix.registers.figures import evaluation, lineage, numbers, periods
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
    """Every check of the book on a day, its numbers counted together; ``known`` answers are used again."""
    held = dict(known or {})
    terms = [t for check in figures().checks for t in (*check.left, *check.right)]
    wanted = dict.fromkeys(t["figure"] for t in terms if "figure" in t and t["figure"] not in held)
    held |= {a.figure.id: a for a in (evaluation.evaluate_all(by, as_of, wanted) if wanted else ())}
    values = _values(terms, by, as_of, held)
    return [_judge(check, values) for check in figures().checks]


def _values(terms: list[Any], by: Actor, as_of: dt.date, held: dict[str, evaluation.Answer]) -> dict[int, Fraction | None]:
    """The value of each term by its identity; ``None`` where a figure has no value or a formula is not to be had."""
    found: dict[int, Fraction | None] = {}
    asked: list[tuple[Any, Counted]] = []
    for term in terms:
        if "number" in term:
            found[id(term)] = Fraction(str(term["number"]))
        elif "figure" in term:
            found[id(term)] = held[term["figure"]].value
        else:
            span = periods.resolve(str(term.get("period", "to_date")), as_of)
            counted = evaluation.run(term["formula"], by, span, dict(term.get("params") or {}))
            found[id(term)] = None
            if not isinstance(counted, str):
                asked.append((term, counted))
    for (term, _), tally in zip(asked, lineage.tallies([c for _, c in asked]), strict=True):
        found[id(term)] = scaled(tally.raw, FORMULAS[term["formula"]].unit, "亿元")
    times = {id(t): Fraction(str(t.get("times", 1))) for t in terms}
    return {k: None if v is None else v * times[k] for k, v in found.items()}


def _judge(check: Check, values: dict[int, Fraction | None]) -> Finding:
    left, right = ([values[id(t)] for t in terms] for terms in (check.left, check.right))
    missing = tuple(t.get("figure") or t["formula"] for t in (*check.left, *check.right) if values[id(t)] is None)
    sides = [None if None in side else sum((v for v in side if v is not None), Fraction(0)) for side in (left, right)]
    if missing or sides[0] is None or sides[1] is None:
        return Finding(check, "grey", sides[0], sides[1], missing)
    return Finding(check, "green" if HOLDS[check.op](sides[0], sides[1]) else check.level, sides[0], sides[1])
