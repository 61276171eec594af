"""From compiled columns to answer columns: verdict, total, parts, route, failed clauses, missing inputs, outputs. All vectorised."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any

import polars as pl

from trihelix.engines.money import format_decimal, ratio_text
from trihelix.engines.rules.compile import POINTS, Compiled
from trihelix.engines.rules.expressions import index
from trihelix.engines.rules.model import Clause, Expr, Input, Output, Score, Version
from trihelix.engines.rules.soundness import expressions, walk_scores
from trihelix.engines.rules.translate import column

_GATE, _CHOICE, _OUTPUT = 10**11, 2, 1  # decisiveness: gates, then scores by their swing, direct routes, outputs


@dataclass(frozen=True)
class Item:
    """Something still open: the inputs it reads, when it is open, and how decisive it is."""

    keys: tuple[str, ...]
    open: pl.Expr
    weight: pl.Expr


def answer_frame(compiled: Compiled, ran: pl.DataFrame) -> pl.DataFrame:
    """One row a firm: ``verdict, total, parts, route, failed, missing, outputs``."""
    version = compiled.version
    plain = ran.select(_verdict_text(), _total(version), _route(version))
    lists = [_parts(version, ran), _failed(version, ran), _missing(compiled, ran), _outputs(version, ran)]
    return plain.hstack(lists).select("verdict", "total", "parts", "route", "failed", "missing", "outputs")


def by_pattern(keys: pl.DataFrame, build: Callable[[tuple[Any, ...]], Any], kind: pl.DataType, name: str) -> pl.Series:
    """A column built row by row in Python, but once for each distinct row of ``keys`` (few, as bands and clauses are few)."""
    if not keys.width:
        return pl.Series(name, [build(())], dtype=kind).new_from_index(0, keys.height)
    distinct = keys.unique()
    built = distinct.with_columns(pl.Series(name, [build(row) for row in distinct.rows()], dtype=kind))
    return keys.join(built, on=keys.columns, how="left", nulls_equal=True, maintain_order="left")[name]


def _verdict_text() -> pl.Expr:
    v = pl.col("verdict")
    return pl.when(v).then(pl.lit("met")).when(~v).then(pl.lit("not_met")).otherwise(pl.lit("unknown")).alias("verdict")


def _total(version: Version) -> pl.Expr:
    kind = pl.Struct({"min": pl.Float64, "max": pl.Float64})
    if not version.scores:
        return pl.lit(None, dtype=kind).alias("total")
    return pl.struct((pl.col(f"total:{c}") / POINTS).alias(name) for c, name in (("lo", "min"), ("hi", "max"))).alias("total")


def _parts(version: Version, ran: pl.DataFrame) -> pl.Series:
    kind = pl.List(pl.Struct({"id": pl.String, "min": pl.Float64, "max": pl.Float64, "max_points": pl.Float64}))

    def build(row: tuple[Any, ...]) -> list[dict[str, Any]]:
        pairs = zip(version.scores, row[::2], row[1::2], strict=True)
        return [{"id": s.id, "min": low / POINTS, "max": high / POINTS, "max_points": float(s.max)} for s, low, high in pairs]

    return by_pattern(ran.select(f"s:{s.id}:{end}" for s in version.scores for end in ("lo", "hi")), build, kind, "parts")


def _route(version: Version) -> pl.Expr:
    none = pl.lit(None, dtype=pl.String)
    if not version.passes and not version.direct:
        return none.alias("route")
    met, scored = pl.col("verdict"), pl.col("scored") if version.passes else pl.lit(False)
    return pl.when(met & scored).then(pl.lit("scored")).when(met).then(pl.lit("direct")).otherwise(none).alias("route")


def _failed(version: Version, ran: pl.DataFrame) -> pl.Series:
    """Clauses that stand in the way: failing gates and pass conditions, unless the verdict is met."""
    ids = [c.id for c in (*version.gates, *version.passes)]

    def build(row: tuple[Any, ...]) -> list[str]:
        return [] if row[0] is True else [i for i, outcome in zip(ids, row[1:], strict=True) if outcome is False]

    return by_pattern(ran.select("verdict", *(f"c:{i}" for i in ids)), build, pl.List(pl.String()), "failed")


def _missing(compiled: Compiled, ran: pl.DataFrame) -> pl.Series:
    """Inputs that are not known and matter, most decisive first."""
    by_key: dict[str, list[pl.Expr]] = defaultdict(list)
    inputs = compiled.rule.inputs
    for item in _items(compiled):
        for key in set(item.keys) & set(inputs):
            by_key[key].append(pl.when(item.open).then(item.weight))
    keys = [k for k in inputs if k in by_key]
    weights = [pl.when(_unknown(inputs[k], _depth(compiled.version, k))).then(pl.max_horizontal(*by_key[k])).alias(k) for k in keys]

    def build(row: tuple[Any, ...]) -> list[str]:
        return [k for w, k in sorted(zip(row, keys, strict=True), key=lambda x: -(x[0] or 0)) if w is not None]

    return by_pattern(ran.select(weights), build, pl.List(pl.String()), "missing")


def _unknown(one: Input, depth: int) -> pl.Expr:
    col = pl.col(column(one))
    if not one.series:
        return col.is_null()
    return col.is_null() | (col.list.drop_nulls().list.len() < pl.max_horizontal(col.list.len(), pl.lit(depth)))


def _depth(version: Version, key: str) -> int:
    """How many items of a series the version reads by place."""
    deepest = 1
    for expr in expressions(version):
        for node in ast.walk(expr.tree):
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == key:
                deepest = max(deepest, index(node) or 1)
    return deepest


def _items(compiled: Compiled) -> Iterator[Item]:
    version = compiled.version
    undecided = pl.col("verdict").is_null()
    for gate in version.gates:
        yield from _clause_items(gate, undecided, pl.lit(_GATE))
    if version.passes:
        open_route = undecided & pl.col("scored").is_null()
        for clause in version.passes:
            yield from _clause_items(clause, open_route, pl.lit(_GATE - 1))
        for score in version.scores:
            yield from _score_items(score, open_route, None)
        if version.total is not None:
            yield Item((version.total,), open_route & (pl.col("total:hi") > pl.col("total:lo")), pl.lit(_CHOICE + 1))
    for clause in version.direct:
        yield from _clause_items(clause, undecided & pl.col("direct").is_null(), pl.lit(_CHOICE))
    for output in version.outputs:
        if not output.optional:
            yield from _output_items(output)


def _clause_items(clause: Clause, still: pl.Expr, weight: pl.Expr) -> Iterator[Item]:
    unsettled = still & pl.col(f"c:{clause.id}").is_null()
    if clause.when is not None:
        yield Item(tuple(sorted(clause.when.names)), unsettled, weight)
    for child in clause.children:
        yield from _clause_items(child, unsettled, weight)


def _score_items(score: Score, still: pl.Expr, most: pl.Expr | None) -> Iterator[Item]:
    swing = pl.col(f"s:{score.id}:hi") - pl.col(f"s:{score.id}:lo")
    weight = (swing if most is None else pl.min_horizontal(swing, most)) + _CHOICE + 2
    unsettled = still & (swing > 0)
    exprs: list[Expr] = [e for e in (score.of, score.only_if, *(b.when for b in score.bands)) if e is not None]
    for expr in exprs:
        yield Item(tuple(sorted(expr.names)), unsettled, weight)
    if score.given is not None:
        yield Item((score.given,), unsettled, weight - 1)
    for child in score.children:
        yield from _score_items(child, unsettled, swing)


def _output_items(output: Output) -> Iterator[Item]:
    exprs = [output.value] if output.value is not None else [w for w, _ in output.cases if w is not None]
    blank = pl.col(f"o:{output.id}" if output.kind in ("text", "date", "flag") else f"o:{output.id}:num").is_null()
    wanted = pl.col("verdict").fill_null(True) if output.needs_met else pl.lit(True)
    for expr in exprs:
        yield Item(tuple(sorted(expr.names)), blank & wanted, pl.lit(_OUTPUT))


def output_name(output: Output) -> str:
    """The key in the answer: money ends in ``_fen``."""
    return f"{output.id}_fen" if output.kind == "money" else output.id


def _outputs(version: Version, ran: pl.DataFrame) -> pl.Series:
    if not version.outputs:
        return pl.Series("outputs", [None], dtype=pl.Null).new_from_index(0, ran.height)
    return pl.DataFrame([_output(o, ran).alias(output_name(o)) for o in version.outputs]).to_struct("outputs")


def _output(output: Output, ran: pl.DataFrame) -> pl.Series:
    if output.kind in ("text", "date", "flag"):
        return ran[f"o:{output.id}"]
    pair = ran.select(pl.col(f"o:{output.id}:num").alias("n"), pl.col(f"o:{output.id}:den").alias("d"))
    if output.kind == "money":
        return pair["n"].cast(pl.Int64)
    if output.kind == "rate":
        return by_pattern(pair, lambda row: rate_text(Fraction(*row)) if row[0] is not None and row[1] else None, pl.String(), "rate")
    return pair["n"].cast(pl.Float64) / pair["d"].cast(pl.Float64)


def rate_text(value: Fraction) -> str:
    """A rate as people write it: ``1.75%``; a rate that does not terminate, rounded to four decimals of a percent."""
    percent = value * 100
    text = ratio_text(percent)
    return f"{format_decimal(percent, 4) if '/' in text else text}%"


def keys_of(version: Version) -> set[str]:
    """Names a version reads."""
    names = reduce(lambda a, b: a | b, (e.names for e in expressions(version)), frozenset[str]())
    given = {s.given for s in walk_scores(version.scores) if s.given} | ({version.total} if version.total else set())
    return set(names) | given
