"""Which unknown inputs matter, and how much: gates first, then scores by how far they can still swing, then direct routes, then outputs.

Only what is still open counts: the branch of a condition that was not taken, or the alternative that cannot matter any more, asks for nothing.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Final

import polars as pl

from trihelix.engines.rules.expressions import index
from trihelix.engines.rules.model import Clause, Expr, Input, Output, Rule, Score, Version
from trihelix.engines.rules.translate import Translator, column

_GATE: Final = 10**11
_DIRECT: Final = 2
_OUTPUT: Final = 1
Open = tuple[str, pl.Expr]  # an input and when it is unknown and wanted
Weighted = tuple[str, pl.Expr, pl.Expr]  # … and how decisive it then is


def weights(rule: Rule, version: Version, translator: Translator) -> list[pl.Expr]:
    """For each input of the version a column named by its key: its decisiveness where it is missing and matters, else null."""
    found: dict[str, list[pl.Expr]] = defaultdict(list)
    for key, wanted, weight in _Search(rule, translator).version(version):
        found[key].append(pl.when(wanted).then(weight))
    return [pl.max_horizontal(*found[k]).alias(k) for k in rule.inputs if k in found]


class _Search:
    def __init__(self, rule: Rule, translator: Translator) -> None:
        self.inputs, self.translator = rule.inputs, translator

    def version(self, version: Version) -> Iterator[Weighted]:
        """Everything that may be open in a version."""
        undecided = pl.col("verdict").is_null()
        for gate in version.gates:
            yield from self.clause(gate, undecided, pl.lit(_GATE))
        if version.passes:
            yield from self.scored(version, undecided & pl.col("scored").is_null())
        for route in version.direct:
            yield from self.clause(route, undecided & pl.col("direct").is_null(), pl.lit(_DIRECT))
        for output in version.outputs:
            if not output.optional:
                yield from self.output(output)

    def scored(self, version: Version, still: pl.Expr) -> Iterator[Weighted]:
        """Pass conditions on inputs, the scores, and an imported total."""
        for clause in version.passes:
            yield from self.clause(clause, still, pl.lit(_GATE - 1))
        for score in version.scores:
            yield from self.score(score, still, None)
        if version.total is not None:
            yield version.total, still & (pl.col("total:hi") > pl.col("total:lo")), pl.lit(_DIRECT + 1)

    def clause(self, clause: Clause, still: pl.Expr, weight: pl.Expr) -> Iterator[Weighted]:
        """A clause that is unknown while it matters."""
        unsettled = still & pl.col(f"c:{clause.id}").is_null()
        if clause.when is not None:
            yield from self.weigh(clause.when, unsettled, weight)
        for child in clause.children:
            yield from self.clause(child, unsettled, weight)

    def score(self, score: Score, still: pl.Expr, most: pl.Expr | None) -> Iterator[Weighted]:
        """A score whose points are not settled, as decisive as it can swing."""
        swing = pl.col(f"s:{score.id}:hi") - pl.col(f"s:{score.id}:lo")
        weight = (swing if most is None else pl.min_horizontal(swing, most)) + _DIRECT + 2
        unsettled = still & (swing > 0)
        if score.of is not None:
            yield from self.weigh(score.of, unsettled, weight)
        yield from self.cases([b.when for b in score.bands if b.when is not None], unsettled, weight)
        if score.given is not None:
            yield score.given, unsettled, weight - 1
        for child in score.children:
            yield from self.score(child, unsettled, swing)

    def cases(self, conditions: Iterable[Expr], still: pl.Expr, weight: pl.Expr) -> Iterator[Weighted]:
        """Conditions read in turn: a later one is asked only while no earlier one holds."""
        for expr in conditions:
            holds = self.translator.flag(expr)
            yield from self.weigh(expr, still & holds.is_null(), weight)
            still = still & ~holds.fill_null(False)

    def output(self, output: Output) -> Iterator[Weighted]:
        """An output that is blank though wanted."""
        blank = pl.col(f"o:{output.id}" if output.kind in ("text", "date", "flag") else f"o:{output.id}:num").is_null()
        wanted = blank & (pl.col("verdict").fill_null(True) if output.needs_met else pl.lit(True))
        if output.value is not None:
            yield from self.weigh(output.value, wanted, pl.lit(_OUTPUT))
        yield from self.cases([w for w, _ in output.cases if w is not None], wanted, pl.lit(_OUTPUT))

    def weigh(self, expr: Expr, still: pl.Expr, weight: pl.Expr) -> Iterator[Weighted]:
        """The unknown inputs of an expression while it is wanted."""
        self.translator.expr = expr
        for key, unknown in self.open(expr.tree):
            yield key, still & unknown, weight

    def open(self, node: ast.expr) -> Iterator[Open]:
        """Unknown inputs of a node that can still change its value."""
        if isinstance(node, ast.Name | ast.Subscript):
            yield from self.leaf(node)
        elif isinstance(node, ast.IfExp):
            yield from self.branch(node)
        elif isinstance(node, ast.BoolOp):
            for value in node.values:
                part = self.translator.condition(value)
                yield from ((k, unknown & part.is_null()) for k, unknown in self.open(value))
        elif not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "known"):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield from self.open(child)

    def branch(self, node: ast.IfExp) -> Iterator[Open]:
        """Of a choice, the condition while unknown, and each side while it may be taken."""
        test = self.translator.condition(node.test)
        for part, wanted in ((node.test, test.is_null()), (node.body, test.fill_null(True)), (node.orelse, ~test.fill_null(False))):
            yield from ((k, unknown & wanted) for k, unknown in self.open(part))

    def leaf(self, node: ast.Name | ast.Subscript) -> Iterator[Open]:
        """One input: unknown as a whole, at one place of a series, or with a gap in it."""
        name = node.value if isinstance(node, ast.Subscript) else node
        one = self.inputs.get(name.id) if isinstance(name, ast.Name) else None
        if one is not None:
            yield one.key, _unknown(one, index(node) if isinstance(node, ast.Subscript) else None)


def _unknown(one: Input, place: int | None) -> pl.Expr:
    col = pl.col(column(one))
    if not one.series:
        return col.is_null()
    if place is not None:
        return col.list.get(-place, null_on_oob=True).is_null()
    return reduce(lambda a, b: a | b, (col.is_null(), col.list.drop_nulls().list.len() < col.list.len()))
