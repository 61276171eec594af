"""Normalise a frame of many firms: plain integer, float, flag, date and text columns stay vectorised and exact.

A float column is taken by its shortest decimal text: ``n = round(x·10⁶)`` is the true value exactly when ``n / 10⁶ == x``,
which holds for every decimal of at most six places below 2⁵³; anything else is refused, row by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.rules.columns import SCALES, dtype, is_number, to_units
from trihelix.engines.rules.facts import Fact, alias_table, default_fact, range_problem, read_fact, unknown_key
from trihelix.engines.rules.model import Input, Rule
from trihelix.engines.rules.translate import column

MOST_PROBLEMS = 1000  # a refusal names at most so many


def one_row(rule: Rule, facts: Mapping[str, Fact]) -> pl.DataFrame:
    """The facts of one firm as a frame of one row."""
    return pl.DataFrame([pl.Series(column(o), [facts[k].units if k in facts else None], dtype=dtype(o)) for k, o in rule.inputs.items()])


def normalise(rule: Rule, frame: pl.DataFrame, ids: list[Any]) -> tuple[pl.DataFrame, list[tuple[int, Problem]]]:
    """Columns ``i:<key>`` for every input, and the problems found, each with its row index."""
    names, problems, columns = alias_table(rule), list[tuple[int, Problem]](), dict[str, pl.Series]()
    strange = [c for c in frame.columns if c not in names]
    if strange:
        raise Refused.of(unknown_key(c, rule) for c in strange)
    for name in frame.columns:
        one = names[name]
        series, found = _read(one, frame[name], name, ids)
        problems += found
        if one.key in columns:
            clash = (columns[one.key] != series).fill_null(False)
            problems += [
                (i, Problem("contradiction", f"“{one.label.zh}”以两个键给出了不同的值", field=name, row=ids[i])) for i in clash.arg_true()
            ]
            series = columns[one.key].zip_with(columns[one.key].is_not_null(), series)
        columns[one.key] = series
    out = [_filled(one, columns.get(key), frame.height).alias(column(one)) for key, one in rule.inputs.items()]
    return pl.DataFrame(out), problems


def _filled(one: Input, series: pl.Series | None, height: int) -> pl.Series:
    empty = pl.Series([None], dtype=dtype(one)).new_from_index(0, height) if series is None else series
    if one.default is None:
        return empty
    usual = pl.Series([default_fact(one).units], dtype=dtype(one)).new_from_index(0, height)
    return empty.zip_with(empty.is_not_null(), usual)


def _read(one: Input, series: pl.Series, name: str, ids: list[Any]) -> tuple[pl.Series, list[tuple[int, Problem]]]:
    kind = series.dtype
    if kind == pl.Null:
        return pl.Series([None], dtype=dtype(one)).new_from_index(0, len(series)), []
    plain = not one.series
    if plain and is_number(one) and (kind.is_integer() or kind.is_float()):
        return _numbers(one, series, name, ids)
    if plain and ((one.type == "bool" and kind == pl.Boolean) or (one.type == "date" and kind == pl.Date)):
        return series, []
    if plain and one.type == "text" and kind == pl.String and not one.choices:
        return series, []
    return _slow(one, series, name, ids)


def _numbers(one: Input, series: pl.Series, name: str, ids: list[Any]) -> tuple[pl.Series, list[tuple[int, Problem]]]:
    scale, _, limit = SCALES[one.type]
    top = limit * scale if one.most is None else min(limit * scale, int(to_units(one.most, one)))
    low = -limit * scale if one.least is None else int(to_units(one.least, one))
    known = series.is_not_null()
    if series.dtype.is_float():
        units, exactly = _from_floats(series, scale, limit)
    else:
        exactly = series.is_between(-limit, limit)
        units = series.zip_with(exactly.fill_null(False), pl.Series([0], dtype=series.dtype)).cast(pl.Int64) * scale
    good = known & exactly.fill_null(False) & units.is_between(low, top)
    bad = (known & ~good).arg_true().to_list()
    return units.zip_with(good, pl.Series([None], dtype=pl.Int64)), [(i, _why(one, series[i], name, ids[i])) for i in bad[:MOST_PROBLEMS]]


def _from_floats(series: pl.Series, scale: int, limit: int) -> tuple[pl.Series, pl.Series]:
    """Units and whether they are exact. NumPy divides as IEEE asks; Polars multiplies by the reciprocal, which would not do."""
    x = series.fill_null(0).to_numpy()
    near = np.isfinite(x) & (np.abs(x) <= limit)
    whole = np.rint(np.where(near, x, 0.0) * scale)
    return pl.Series(whole.astype(np.int64)), pl.Series(near & (whole / scale == x))


def _why(one: Input, raw: Any, name: str, row: Any) -> Problem:
    """The problem of a value that the fast check turned down."""
    try:
        units = read_fact(one, raw).units
    except Refused as refusal:
        return refusal.problems[0].at(row=row, field=name)
    found = range_problem(one, units, raw)
    assert found is not None
    return found.at(row=row, field=name)


def _slow(one: Input, series: pl.Series, name: str, ids: list[Any]) -> tuple[pl.Series, list[tuple[int, Problem]]]:
    """Value by value: texts, lists, and facts with units. Exact as for one firm."""
    out: list[Any] = []
    problems: list[tuple[int, Problem]] = []
    for i, raw in enumerate(series.to_list()):
        try:
            out.append(None if raw is None else read_fact(one, _drop_null(raw)).units)
        except Refused as refusal:
            problems += [(i, p.at(row=ids[i], field=name)) for p in refusal.problems]
            out.append(None)
    return pl.Series(out, dtype=dtype(one)), problems


def _drop_null(raw: Any) -> Any:
    """A struct column pads absent keys with nulls."""
    return {k: v for k, v in raw.items() if v is not None or k == "value"} if isinstance(raw, dict) else raw
