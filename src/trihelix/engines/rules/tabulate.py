"""From compiled columns to answer columns: verdict, total, parts, route, failed clauses, missing inputs, outputs. All vectorised."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

import polars as pl

from trihelix.engines.money import format_decimal, ratio_text
from trihelix.engines.rules.compile import POINTS, Compiled
from trihelix.engines.rules.model import Output, Version
from trihelix.engines.rules.soundness import expressions, walk_scores


def answer_frame(compiled: Compiled, ran: pl.DataFrame) -> pl.DataFrame:
    """One row a firm: ``verdict, total, parts, route, failed, missing, outputs``."""
    version = compiled.version
    plain = ran.select(_verdict_text(), _total(version), _route(version))
    lists = [_parts(version, ran), _failed(version, ran), _missing(compiled, ran), _outputs(version, ran)]
    return plain.hstack(lists).select("verdict", "total", "parts", "route", "failed", "missing", "outputs")


def by_pattern(keys: pl.DataFrame, make: Callable[[pl.DataFrame], pl.Series], name: str) -> pl.Series:
    """A column that depends on ``keys`` alone, made once for each distinct row of them (few, as bands and clauses are few)."""
    distinct = keys.unique()
    made = distinct.with_columns(make(distinct).alias(name))
    return keys.join(made, on=keys.columns, how="left", nulls_equal=True, maintain_order="left")[name]


def _lists(build: Callable[[tuple[Any, ...]], list[str]]) -> Callable[[pl.DataFrame], pl.Series]:
    """Lists of names, row by row."""
    return lambda frame: pl.Series([build(row) for row in frame.iter_rows()], dtype=pl.List(pl.String()))


def _empty(kind: pl.DataType, name: str, height: int) -> pl.Series:
    return pl.Series(name, [[]], dtype=pl.List(kind)).new_from_index(0, height)


def _verdict_text() -> pl.Expr:
    v = pl.col("verdict")
    return pl.when(v).then(pl.lit("met")).when(~v).then(pl.lit("not_met")).otherwise(pl.lit("unknown")).alias("verdict")


def _total(version: Version) -> pl.Expr:
    kind = pl.Struct({"min": pl.Float64, "max": pl.Float64})
    if not version.scores:
        return pl.lit(None, dtype=kind).alias("total")
    return pl.struct((pl.col(f"total:{c}") / POINTS).alias(name) for c, name in (("lo", "min"), ("hi", "max"))).alias("total")


def _parts(version: Version, ran: pl.DataFrame) -> pl.Series:
    if not version.scores:
        return _empty(pl.Struct({"id": pl.String, "min": pl.Float64, "max": pl.Float64, "max_points": pl.Float64}), "parts", ran.height)
    rows = [
        pl.struct(
            pl.lit(s.id).alias("id"),
            *((pl.col(f"s:{s.id}:{end}") / POINTS).alias(name) for end, name in (("lo", "min"), ("hi", "max"))),
            pl.lit(float(s.max)).alias("max_points"),
        )
        for s in version.scores
    ]
    keys = ran.select(f"s:{s.id}:{end}" for s in version.scores for end in ("lo", "hi"))
    return by_pattern(keys, lambda frame: frame.select(pl.concat_list(rows)).to_series(), "parts")


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

    return by_pattern(ran.select("verdict", *(f"c:{i}" for i in ids)), _lists(build), "failed")


def _missing(compiled: Compiled, ran: pl.DataFrame) -> pl.Series:
    """Inputs that are not known and matter, most decisive first."""
    found = ran.select(compiled.weights)

    def build(row: tuple[Any, ...]) -> list[str]:
        ranked = sorted(zip(row, found.columns, strict=True), key=lambda x: -(x[0] or 0))
        return [key for weight, key in ranked if weight is not None]

    return by_pattern(found, _lists(build), "missing") if found.width else _empty(pl.String(), "missing", ran.height)


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
        return by_pattern(pair, _rates, "rate")
    return pair["n"].cast(pl.Float64) / pair["d"].cast(pl.Float64)


def _rates(pairs: pl.DataFrame) -> pl.Series:
    return pl.Series([None if n is None or not d else rate_text(Fraction(n, d)) for n, d in pairs.rows()], dtype=pl.String)


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
