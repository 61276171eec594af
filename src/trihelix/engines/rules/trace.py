"""The trace of an assessment: each clause with its text, source, the figures used, the outcome and the margin."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from trihelix.engines.money import format_decimal, ratio_text
from trihelix.engines.rules.answer import json_number
from trihelix.engines.rules.columns import from_units, is_number
from trihelix.engines.rules.compile import POINTS, Compiled
from trihelix.engines.rules.exact import UNDEFINED, Reading
from trihelix.engines.rules.facts import Fact
from trihelix.engines.rules.model import Citation, Clause, Expr, Input, Score
from trihelix.engines.rules.soundness import walk

_OUTCOME = {True: "met", False: "not_met", None: "unknown"}
_SIGN = {ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Eq: "=", ast.NotEq: "≠"}


def exact_names(compiled: Compiled, facts: Mapping[str, Fact], on: date) -> dict[str, Any]:
    """Inputs, parameters and the day as exact values."""
    names: dict[str, Any] = {k: exact_value(one, facts[k].units if k in facts else None) for k, one in compiled.rule.inputs.items()}
    return names | {k: v.value for k, v in compiled.values.items()} | {"on": on}


def exact_value(one: Input, units: Any) -> Any:
    """An input's exact value."""
    if units is None or not is_number(one):
        return units
    return [None if u is None else from_units(u, one) for u in units] if one.series else from_units(units, one)


def shown(one: Input, units: Any) -> Any:
    """A value in the input's own unit for people and JSON."""
    if isinstance(units, list):
        return [shown(one, u) for u in units]
    if units is None or not is_number(one):
        return units.isoformat() if isinstance(units, date) else units
    value = from_units(units, one)
    return json_number(value * 100 if one.type == "percent" else value)


def number_text(value: Any) -> str:
    """An exact number as text, a long fraction rounded to six decimals."""
    if not isinstance(value, Fraction):
        return str(value.isoformat() if isinstance(value, date) else value)
    text = ratio_text(value)
    return format_decimal(value, 6) if "/" in text else text


class Tracer:
    """Builds the trace of one firm from the compiled row (outcomes) and the exact reading (figures and margins)."""

    def __init__(self, compiled: Compiled, facts: Mapping[str, Fact], on: date, row: Mapping[str, Any]) -> None:
        self.compiled, self.facts, self.row = compiled, facts, row
        spans = {k[2:-3]: (v, row[k[:-2] + "hi"]) for k, v in row.items() if k.startswith("s:") and k.endswith(":lo")}
        if "total:lo" in row:
            spans["total"] = (row["total:lo"], row["total:hi"])
        points = {k: (Fraction(a, POINTS), Fraction(b, POINTS)) for k, (a, b) in spans.items()}
        self.reading = Reading({**exact_names(compiled, facts, on), **points})
        self.points = points

    def build(self) -> list[dict[str, Any]]:
        """Gates, scores, pass conditions, direct routes; children follow their parent and name it."""
        v = self.compiled.version
        out = self._clauses(v.gates, None)
        for score in v.scores:
            out += self._score(score, None)
        return out + self._clauses(v.passes, None) + self._clauses(v.direct, None)

    def _clauses(self, clauses: Iterable[Clause], parent: str | None) -> list[dict[str, Any]]:
        out = []
        for clause in clauses:
            exprs = [c.when for c in walk([clause]) if c.when is not None]
            entry = self._entry(clause.id, clause.label.zh, clause.cite, exprs, parent)
            entry["outcome"] = _OUTCOME[self.row[f"c:{clause.id}"]]
            entry["margin"] = self._margin(clause.when) if clause.when is not None else None
            out += [entry, *self._clauses(clause.children, clause.id)]
        return out

    def _score(self, score: Score, parent: str | None) -> list[dict[str, Any]]:
        exprs = [e for e in (score.of, *(b.when for b in score.bands)) if e is not None]
        entry = self._entry(score.id, score.label.zh, score.cite, exprs, parent, score.given)
        low, high = self.points[score.id]
        entry["outcome"] = "scored" if low == high else "unknown"
        entry["points"] = {"min": json_number(low), "max": json_number(high), "max_points": json_number(score.max)}
        measure = self.reading.of(score.of) if score.of is not None else None
        entry["margin"] = (
            None if measure is None else {"value": number_text(measure)} if measure is not UNDEFINED else {"value": "分母为零"}
        )
        return [entry, *(x for c in score.children for x in self._score(c, score.id))]

    def _entry(
        self, name: str, text: str, cite: Citation, exprs: list[Expr], parent: str | None, given: str | None = None
    ) -> dict[str, Any]:
        names = sorted(set().union(*(e.names for e in exprs)) | ({given} if given else set()))
        return {"clause": name, "text": text, "source": str(cite), "figures": self._figures(names), "outcome": None, "parent": parent,
                "unverified": cite.unverified or any(v.cite.unverified for k in names if (v := self.compiled.values.get(k)))}  # fmt: skip

    def _figures(self, names: list[str]) -> list[dict[str, Any]]:
        out = []
        for name in names:
            one = self.compiled.rule.inputs.get(name)
            parameter = self.compiled.values.get(name)
            if one is not None:
                fact = self.facts.get(name, Fact(name, None))
                out.append({"key": name, "label": one.label.zh, "value": shown(one, fact.units), "unit": one.unit,
                            "as_of": fact.as_of, "source": "规则书默认值" if fact.default else fact.source})  # fmt: skip
            elif parameter is not None and not isinstance(parameter.value, tuple):
                label = self.compiled.rule.parameters[name]
                out.append({"key": name, "label": label.label.zh, "value": number_text(parameter.value), "unit": label.unit,
                            "as_of": parameter.since.isoformat(), "source": str(parameter.cite)})  # fmt: skip
            elif name in self.points:
                low, high = self.points[name]
                out.append({"key": name, "label": "得分", "value": {"min": json_number(low), "max": json_number(high)}, "unit": "分",
                            "as_of": None, "source": None})  # fmt: skip
        return out

    def _margin(self, expr: Expr) -> dict[str, str] | None:
        """For a single comparison of numbers: both sides and how far apart they are."""
        tree = expr.tree
        if not isinstance(tree, ast.Compare) or len(tree.ops) != 1 or type(tree.ops[0]) not in _SIGN:
            return None
        left, right = (_worst(self.reading.walk(n)) for n in (tree.left, tree.comparators[0]))
        if not isinstance(left, Fraction) or not isinstance(right, Fraction):
            return None
        return {"value": number_text(left), "op": _SIGN[type(tree.ops[0])], "limit": number_text(right), "gap": number_text(left - right)}


def _worst(value: Any) -> Any:
    """The sure end of a score's range."""
    return value[0] if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], Fraction) else value
