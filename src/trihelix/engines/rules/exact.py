"""A plain reading of the same expressions over one firm with fractions: figures, margins and the search for changes.

Verdicts never come from here; they come from the compiled form. Tests compare the two on random facts.
Values: ``Fraction``, ``date``, ``str``, ``bool``, list; ``None`` = unknown; ``UNDEFINED`` = a ratio with a zero denominator.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

from trihelix.engines.months import add_months
from trihelix.engines.rules.expressions import add_months_years, as_date, constant, index
from trihelix.engines.rules.model import Band, Clause, Edge, Expr, Score, Version
from trihelix.engines.rules.soundness import walk, walk_scores


class _Undefined:
    def __repr__(self) -> str:
        return "undefined"


UNDEFINED: Final = _Undefined()
Points = tuple[Fraction, Fraction]
_OPS: Final[dict[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Lt: lambda a, b: a < b, ast.LtE: lambda a, b: a <= b, ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b, ast.Eq: lambda a, b: a == b, ast.NotEq: lambda a, b: a != b,
}  # fmt: skip


def conjunction(values: list[bool | None]) -> bool | None:
    """Kleene and."""
    return False if False in values else None if None in values else True


def disjunction(values: list[bool | None]) -> bool | None:
    """Kleene or."""
    return True if True in values else None if None in values else False


def negation(value: bool | None) -> bool | None:
    """Kleene not."""
    return None if value is None else not value


class Reading:
    """Evaluates expressions over named values."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names

    def of(self, expr: Expr) -> Any:
        """The value of an expression."""
        return self.walk(expr.tree)

    def walk(self, node: ast.expr) -> Any:
        """The value of a node."""
        method: Callable[[Any], Any] = getattr(self, f"_{type(node).__name__.lower()}")
        return method(node)

    def _constant(self, node: ast.Constant) -> Any:
        return constant(node.value)

    def _name(self, node: ast.Name) -> Any:
        return self.names.get(node.id)

    def _boolop(self, node: ast.BoolOp) -> bool | None:
        values = [self.walk(v) for v in node.values]
        return conjunction(values) if isinstance(node.op, ast.And) else disjunction(values)

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        value = self.walk(node.operand)
        if isinstance(node.op, ast.Not):
            return negation(value)
        return value if value is None or value is UNDEFINED else -value

    def _binop(self, node: ast.BinOp) -> Any:
        a, b = self.walk(node.left), self.walk(node.right)
        if isinstance(a, tuple) and isinstance(b, tuple):
            return (a[0] + b[0], a[1] + b[1])
        if a is UNDEFINED or b is UNDEFINED or (isinstance(node.op, ast.Div) and b == 0):
            return UNDEFINED
        if a is None or b is None:
            return None
        if isinstance(node.op, ast.Pow):
            return a ** int(b)
        return {ast.Add: a.__add__, ast.Sub: a.__sub__, ast.Mult: a.__mul__, ast.Div: a.__truediv__}[type(node.op)](b)

    def _ifexp(self, node: ast.IfExp) -> Any:
        cond = self.walk(node.test)
        return None if cond is None else self.walk(node.body if cond else node.orelse)

    def _compare(self, node: ast.Compare) -> bool | None:
        items = [node.left, *node.comparators]
        return conjunction([self._pair(items[i], op, items[i + 1]) for i, op in enumerate(node.ops)])

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool | None:
        if isinstance(op, ast.In | ast.NotIn) and isinstance(right, ast.List):
            found = disjunction([self._pair(left, ast.Eq(), e) for e in right.elts])
            return negation(found) if isinstance(op, ast.NotIn) else found
        return relation(self.walk(left), type(op), self.walk(right))

    def _subscript(self, node: ast.Subscript) -> Any:
        series, place = self.walk(node.value), index(node)
        assert place is not None
        return series[-place] if series is not None and len(series) >= place else None

    def _call(self, node: ast.Call) -> Any:
        assert isinstance(node.func, ast.Name)
        if node.func.id == "known":
            return self.walk(node.args[0]) is not None
        args = [self.walk(a) for a in node.args]
        if any(a is UNDEFINED for a in args):
            return UNDEFINED
        if any(a is None for a in args):
            return None
        return FUNCTIONS[node.func.id](*args)


def relation(a: Any, op: type[ast.cmpop], b: Any) -> bool | None:
    """Compare two values; a score's range compares as surely / possibly; false where a side is undefined."""
    if a is UNDEFINED or b is UNDEFINED:
        return False
    if a is None or b is None:
        return None
    if isinstance(a, str) and isinstance(b, date):
        a = as_date(a)
    if isinstance(b, str) and isinstance(a, date):
        b = as_date(b)
    pairs = [(x, y) for x in (a if isinstance(a, tuple) else (a,)) for y in (b if isinstance(b, tuple) else (b,))]
    found = {_OPS[op](x, y) for x, y in pairs}
    return found.pop() if len(found) == 1 else None


def _sum(series: list[Any], last: Fraction | None = None) -> Any:
    items = series if last is None else series[-int(last) :]
    return None if None in items else sum(items, Fraction(0))


def _lookup(x: Fraction, rows: Any) -> Any:
    found = [value for start, value in rows if start <= x]
    return found[-1] if found else UNDEFINED


def _marginal(x: Fraction, rows: Any) -> Fraction:
    tops = [*(start for start, _ in rows[1:]), None]
    slices = [(max((x if top is None else min(x, top)) - start, Fraction(0)), rate) for (start, rate), top in zip(rows, tops, strict=True)]
    return sum((part * rate for part, rate in slices), Fraction(0))


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "min": min,
    "max": max,
    "sum": _sum,
    "len": lambda series: Fraction(len(series)),
    "floor": lambda x: Fraction(math.floor(x)),
    "ceil": lambda x: Fraction(math.ceil(x)),
    "days": lambda a, b: Fraction((b - a).days),
    "add_months": lambda d, n: add_months(d, add_months_years("add_months", int(n))),
    "add_years": lambda d, n: add_months(d, add_months_years("add_years", int(n))),
    "year": lambda d: Fraction(d.year),
    "month": lambda d: Fraction(d.month),
    "lookup": _lookup,
    "marginal": _marginal,
}


def clause_outcome(clause: Clause, reading: Reading) -> bool | None:
    """Met, not met or unknown."""
    if clause.when is not None:
        value: bool | None = reading.of(clause.when)
        return value
    inner = [clause_outcome(c, reading) for c in clause.children]
    return conjunction(inner) if clause.mode == "all" else disjunction(inner)


def score_points(score: Score, reading: Reading) -> Points:
    """Lowest and highest points."""
    given = reading.names.get(score.given) if score.given else None
    if given is not None:
        return (given, given)
    return _computed(score, reading)


def _computed(score: Score, reading: Reading) -> Points:
    if score.kind == "expert":
        return (score.least, score.max)
    if score.kind in ("best", "sum"):
        lows, highs = zip(*(score_points(c, reading) for c in score.children), strict=True)
        if score.kind == "best":
            return (max(lows), max(highs))
        return (min(sum(lows, Fraction(0)), score.max), min(sum(highs, Fraction(0)), score.max))
    if score.kind == "cases":
        return _pick([(True if b.when is None else reading.of(b.when), b) for b in score.bands])
    assert score.of is not None
    value = reading.of(score.of)
    if value is UNDEFINED:
        return (score.undefined, score.undefined)
    if score.kind == "formula":
        kept = None if value is None else min(max(Fraction(math.floor(value * 10**6), 10**6), Fraction(0)), score.max)
        return (Fraction(0), score.max) if kept is None else (kept, kept)
    rows = [
        (None if value is None else _inside(value, b), b) for b in sorted(score.bands, key=lambda b: b.high, reverse=score.tie != "worse")
    ]
    return _pick(rows)


def _pick(rows: list[tuple[bool | None, Band]]) -> Points:
    may = []
    for holds, band in rows:
        if holds is not False:
            may.append(band)
        if holds is True:
            break
    return (min(b.low for b in may), max(b.high for b in may))


def _inside(value: Fraction, band: Band) -> bool:
    def beyond(edge: Edge | None, sign: int) -> bool:
        return edge is not None and (sign * value < sign * edge.value or (value == edge.value and not edge.closed))

    return not beyond(band.start, 1) and not beyond(band.end, -1)


def assess(version: Version, names: Mapping[str, Any]) -> dict[str, Any]:
    """Every clause (``c:``), score (``s:``), the total and the verdict of one firm."""
    reading = Reading(names)
    out: dict[str, Any] = {f"c:{c.id}": clause_outcome(c, reading) for c in walk((*version.gates, *version.direct))}
    points = {s.id: score_points(s, reading) for s in walk_scores(version.scores)}
    tops = [points[s.id] for s in version.scores]
    total = (sum((p[0] for p in tops), Fraction(0)), sum((p[1] for p in tops), Fraction(0)))
    given = names.get(version.total) if version.total else None
    total = total if given is None else (given, given)
    scored = Reading({**names, **points, "total": total})
    out |= {f"c:{c.id}": clause_outcome(c, scored) for c in walk(version.passes)}
    out |= {f"s:{k}": v for k, v in points.items()} | ({"total": total} if version.scores else {})
    gates = conjunction([out[f"c:{c.id}"] for c in version.gates])
    passed = conjunction([out[f"c:{c.id}"] for c in version.passes])
    direct = disjunction([out[f"c:{c.id}"] for c in version.direct]) if version.direct else False
    route = disjunction([passed, direct]) if version.passes else direct if version.direct else True
    return out | {"verdict": conjunction([gates, route])}
