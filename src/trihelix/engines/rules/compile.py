"""Compile a version of a rule, with its parameters of a day, into staged Polars expressions.

Columns made: ``c:<clause>`` (three-valued), ``s:<score>:lo|hi`` (points × 10⁶), ``total:lo|hi``, ``scored``, ``direct``,
``verdict``, ``o:<output>`` (fen, date, text, flag) or ``o:<output>:num|den``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import reduce

import polars as pl

from trihelix.engines.rules import terms
from trihelix.engines.rules.decisive import weights
from trihelix.engines.rules.expressions import wrong
from trihelix.engines.rules.model import Band, Clause, Dated, Edge, Output, Rule, Scalar, Score, Table, Version
from trihelix.engines.rules.soundness import walk, walk_scores
from trihelix.engines.rules.terms import Num, Whole
from trihelix.engines.rules.translate import Day, Span, Term, Translator, input_term, scalar_term

POINTS = 10**6  # points are kept in millionths, like any decimal input


@dataclass(frozen=True)
class Compiled:
    """A version ready to run: ``stages`` are applied one after the other, ``weights`` rank missing inputs."""

    rule: Rule
    version: Version
    values: Mapping[str, Dated]
    stages: tuple[tuple[pl.Expr, ...], ...]
    weights: tuple[pl.Expr, ...] = ()

    def run(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Add the answer columns to a frame of normalised inputs (``i:<key>``) and ``on``."""
        lazy = frame.lazy()
        for stage in self.stages:
            lazy = lazy.with_columns(stage)
        return lazy.collect()


def parameters_on(rule: Rule, day: date) -> dict[str, Dated]:
    """The parameter values in force on a day."""
    return {k: v for k, p in rule.parameters.items() if (v := p.on(day)) is not None}


def base_terms(rule: Rule, values: Mapping[str, Scalar | Table]) -> dict[str, Term]:
    """Inputs, parameters and the day as terms."""
    names: dict[str, Term] = {k: input_term(one) for k, one in rule.inputs.items()}
    names |= {k: scalar_term(v) for k, v in values.items()}
    return names | {"on": Day(pl.col("on"))}


def compile_version(rule: Rule, version: Version, values: Mapping[str, Dated]) -> Compiled:
    """Compile; type errors and possible overflow are refused with file and line."""
    names = base_terms(rule, {k: v.value for k, v in values.items()})
    plain = Translator(names)
    first = [*clause_columns((*version.gates, *version.direct), plain), *_score_columns(version.scores, plain)]
    second = _total(rule, version) if version.scores else []
    spans = {s.id: _span(f"s:{s.id}") for s in walk_scores(version.scores)} | {"total": _span("total")}
    scored = Translator({**names, **spans})
    third = list(clause_columns(version.passes, scored))
    stages = [first, second, third, *_verdict(version), *_outputs(version, plain)]
    return Compiled(rule, version, values, tuple(tuple(s) for s in stages if s), tuple(weights(rule, version, scored)))


def clause_columns(clauses: Iterable[Clause], translator: Translator) -> list[pl.Expr]:
    """Every clause and its children as ``c:<id>``."""
    return [_clause(c, translator).alias(f"c:{c.id}") for c in walk(clauses)]


def _clause(clause: Clause, translator: Translator) -> pl.Expr:
    if clause.when is not None:
        return translator.flag(clause.when)
    parts = [_clause(c, translator) for c in clause.children]
    return reduce(lambda a, b: a & b if clause.mode == "all" else a | b, parts)


def _span(name: str) -> Span:
    low, high = (Num(Whole(pl.col(f"{name}:{end}"), 10**9, False), Whole.of(POINTS)) for end in ("lo", "hi"))
    return Span(low, high)


def _score_columns(scores: Iterable[Score], translator: Translator) -> list[pl.Expr]:
    out = []
    for score in walk_scores(scores):
        low, high = _score(score, translator)
        out += [low.alias(f"s:{score.id}:lo"), high.alias(f"s:{score.id}:hi")]
    return out


def _cents(value: Fraction) -> pl.Expr:
    return pl.lit(int(value * POINTS), dtype=pl.Int64)


def _score(score: Score, translator: Translator) -> tuple[pl.Expr, pl.Expr]:
    """Lowest and highest points; never unknown."""
    low, high = _computed(score, translator)
    if score.given is not None:
        units = pl.col(f"i:{score.given}") * POINTS // translator_input(translator, score.given)
        low, high = pl.coalesce(units, low), pl.coalesce(units, high)
    return low, high


def translator_input(translator: Translator, key: str) -> int:
    """Units per whole of a number input."""
    term = translator.names[key]
    assert isinstance(term, Num) and term.den.const is not None
    return term.den.const


def _computed(score: Score, translator: Translator) -> tuple[pl.Expr, pl.Expr]:
    if score.kind == "expert":
        return _cents(score.least), _cents(score.max)
    if score.kind in ("best", "sum"):
        lows, highs = zip(*(_score(c, translator) for c in score.children), strict=True)
        if score.kind == "best":
            return pl.max_horizontal(*lows), pl.max_horizontal(*highs)
        return tuple(pl.min_horizontal(reduce(lambda a, b: a + b, x), _cents(score.max)) for x in (lows, highs))  # type: ignore[return-value]
    if score.kind == "formula":
        assert score.of is not None
        points = terms.mul(translator.number(score.of), Num.of(Fraction(POINTS)))
        whole = terms.floor(points)
        value = whole.num.expr if whole.undefined is None else pl.when(whole.undefined).then(0).otherwise(whole.num.expr)
        kept = value.cast(pl.Int64).clip(0, int(score.max * POINTS))
        return kept.fill_null(0), kept.fill_null(int(score.max * POINTS))
    return _banded(score, translator)


def _banded(score: Score, translator: Translator) -> tuple[pl.Expr, pl.Expr]:
    if score.kind == "cases":
        conditions = [None if b.when is None else translator.flag(b.when) for b in score.bands]
        return _pick(list(zip(conditions, score.bands, strict=True)))
    assert score.of is not None
    measure = translator.number(score.of)
    steps = _steps(score)
    lows = _chain(measure, score.undefined, [(edge, b.low) for edge, b in steps])
    if all(b.low == b.high for b in score.bands):
        return lows.fill_null(_cents(min(b.low for b in score.bands))), lows.fill_null(_cents(max(b.high for b in score.bands)))
    highs = _chain(measure, score.undefined, [(edge, b.high) for edge, b in steps])
    return lows.fill_null(_cents(min(b.low for b in score.bands))), highs.fill_null(_cents(max(b.high for b in score.bands)))


def _steps(score: Score) -> list[tuple[Edge | None, Band]]:
    """Bands from the highest down, each with the edge it begins at; an edge that two bands claim goes by the stored tie-break."""
    bands = sorted(score.bands, key=lambda b: (b.start is not None, b.start.value if b.start else 0, not (b.start and b.start.closed)))
    out: list[tuple[Edge | None, Band]] = [(None, bands[0])]
    for below, band in itertools.pairwise(bands):
        assert band.start is not None and below.end is not None
        both = band.start.closed and below.end.closed
        wins = (band.high >= below.high) == (score.tie == "better")
        out.append((Edge(band.start.value, band.start.closed and (wins or not both)), band))
    return out[::-1]


def _chain(measure: Num, undefined: Fraction, steps: list[tuple[Edge | None, Fraction]]) -> pl.Expr:
    """Points of the first band whose edge is reached; unknown where the measure is."""
    out: pl.Expr = pl.lit(None, dtype=pl.Int64)
    known = terms.test(measure, Num.of(Fraction(0)), ">=").is_not_null()
    for edge, points in reversed(steps):
        if edge is None:
            out = pl.when(known).then(_cents(points)).otherwise(out)
        else:
            out = pl.when(terms.test(measure, Num.of(edge.value), ">=" if edge.closed else ">")).then(_cents(points)).otherwise(out)
    return out if measure.undefined is None else pl.when(measure.undefined).then(_cents(undefined)).otherwise(out)


def _pick(rows: list[tuple[pl.Expr | None, Band]]) -> tuple[pl.Expr, pl.Expr]:
    """The first band that holds; where conditions are unknown, the range over all bands that may hold."""
    lows, highs = [], []
    open_before: pl.Expr | None = None  # no earlier band surely holds
    for condition, band in rows:
        may = pl.lit(True) if condition is None else condition.fill_null(True)
        may = may if open_before is None else may & open_before
        lows.append(pl.when(may).then(_cents(band.low)))
        highs.append(pl.when(may).then(_cents(band.high)))
        if condition is not None:
            closed = ~condition.fill_null(False)
            open_before = closed if open_before is None else open_before & closed
    return pl.min_horizontal(*lows), pl.max_horizontal(*highs)


def _total(rule: Rule, version: Version) -> list[pl.Expr]:
    out = []
    for end in ("lo", "hi"):
        value = reduce(lambda a, b: a + b, [pl.col(f"s:{s.id}:{end}") for s in version.scores])
        if version.total is not None:
            if version.total not in rule.inputs:
                raise wrong(version.where, "unknown_name", f"total 指的“{version.total}”不是输入项")
            one = input_term(rule.inputs[version.total])
            assert isinstance(one, Num) and one.den.const is not None
            value = pl.coalesce(pl.col(f"i:{version.total}") * POINTS // one.den.const, value)
        out.append(value.alias(f"total:{end}"))
    return out


def _all(parts: list[pl.Expr]) -> pl.Expr:
    return reduce(lambda a, b: a & b, parts) if parts else pl.lit(True)


def _verdict(version: Version) -> list[list[pl.Expr]]:
    gates = _all([pl.col(f"c:{c.id}") for c in version.gates])
    scored = _all([pl.col(f"c:{c.id}") for c in version.passes])
    direct = reduce(lambda a, b: a | b, [pl.col(f"c:{c.id}") for c in version.direct]) if version.direct else pl.lit(False)
    route = scored | direct if version.passes else direct if version.direct else pl.lit(True)
    return [[gates.alias("gates"), scored.alias("scored"), direct.alias("direct"), (gates & route).alias("verdict")]]


def _outputs(version: Version, translator: Translator) -> list[list[pl.Expr]]:
    return [[e for o in version.outputs for e in _output(o, translator)]]


def _output(output: Output, translator: Translator) -> list[pl.Expr]:
    name = f"o:{output.id}"
    met = pl.col("verdict")
    if output.kind == "text":
        text = _first([(translator.flag(when) if when is not None else pl.lit(True), pl.lit(words)) for when, words in output.cases])
        return [(pl.when(met).then(text) if output.needs_met else text).alias(name)]
    assert output.value is not None
    if output.kind == "flag":
        return [translator.flag(output.value).alias(name)]
    if output.kind == "date":
        term = translator.term(output.value)
        if not isinstance(term, Day):
            raise wrong(output.where, "bad_type", f"结果“{output.id}”应为日期")
        return [(pl.when(met).then(term.expr) if output.needs_met else term.expr).alias(name)]
    number = translator.number(output.value)
    if output.kind == "money":
        number = terms.floor(terms.add(terms.mul(number, Num.of(Fraction(10**6))), Num.of(Fraction(1, 2))))
    parts: dict[str, pl.Expr] = {"num": number.num.expr.cast(pl.Int128), "den": number.den.expr.cast(pl.Int128)}
    if number.undefined is not None:
        parts = {end: pl.when(~number.undefined).then(e) for end, e in parts.items()}
    if output.needs_met:  # a benefit of firms that do not qualify is zero, of firms not known to qualify unknown
        parts = {end: pl.when(met).then(e).when(~met).then(0 if end == "num" else 1) for end, e in parts.items()}
    return [e.alias(f"{name}:{end}") for end, e in parts.items()]


def _first(parts: list[tuple[pl.Expr, pl.Expr]]) -> pl.Expr:
    """The text of the first condition that holds; unknown where an earlier one is unknown."""
    out: pl.Expr = pl.lit(None, dtype=pl.String)
    for condition, words in reversed(parts):
        out = pl.when(condition).then(words).when(~condition).then(out).otherwise(None)
    return out
