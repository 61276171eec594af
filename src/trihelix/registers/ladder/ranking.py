"""Ranking by a method of the book: percentile points, weights, ties, and what other weights would do. Pure: no database, no clock."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from trihelix.registers.ladder.data import Indicator, Method

Years = Sequence[Mapping[str, Fraction | int | None]]  # oldest first; consecutive


@dataclass
class Placed:
    """One firm's place: points 0–100 exactly, rank (equal points share the better rank), parts, and the ranks under other weights."""

    key: int
    points: Fraction
    rank: int = 0
    tied: bool = False
    best: int = 0
    worst: int = 0
    parts: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """The answer of a ranking: all firms by rank, and the sensitivity by indicator and direction."""

    placed: list[Placed]
    sensitivity: list[dict[str, Any]]


def value(indicator: Indicator, years: Years) -> Fraction | None:
    """The indicator of one firm; ``None`` where a figure is missing, the divisor is zero, or the year before is not there."""
    if not years:
        return None
    now = years[-1].get(indicator.of)
    if now is None:
        return None
    if indicator.kind == "amount":
        return Fraction(now)
    divisor = years[-1].get(indicator.per) if indicator.kind == "ratio" else (years[-2].get(indicator.of) if len(years) > 1 else None)
    if divisor is None or divisor <= 0:
        return None
    return Fraction(now) / divisor - (1 if indicator.kind == "growth" else 0)


def percentiles(values: Sequence[Fraction | None]) -> list[Fraction]:
    """0 to 100 by the share of the others one is above, equals counted half; a missing value gets 0 and is told elsewhere."""
    known = sorted(v for v in values if v is not None)
    others = len(values) - 1
    if others <= 0:
        return [Fraction(100) if v is not None else Fraction(0) for v in values]
    missing = len(values) - len(known)
    out = []
    for v in values:
        if v is None:
            out.append(Fraction(0))
            continue
        below, equal = bisect_left(known, v) + missing, bisect_right(known, v) - bisect_left(known, v) - 1
        out.append(Fraction(2 * below + equal, 2 * others) * 100)
    return out


def ranks(points: Sequence[Fraction]) -> list[int]:
    """Competition ranks (1, 2, 2, 4): equal points share a rank and the next ones are skipped."""
    ordered = sorted(points)
    return [len(ordered) - bisect_right(ordered, p) + 1 for p in points]


def _weighted(columns: Sequence[Sequence[Fraction]], weights: Sequence[Fraction]) -> list[Fraction]:
    whole = sum(weights)
    return [Fraction(sum(w * c[i] for w, c in zip(weights, columns, strict=True)), 1) / whole for i in range(len(columns[0]))]


def rank(method: Method, firms: Mapping[int, Years], size: int) -> Run:
    """Rank all firms. Each weight is also taken up and down by the method's change, the others scaled; ranks under those are told."""
    keys = sorted(firms)
    if not keys:
        return Run([], [])
    values = [[value(i, firms[k]) for k in keys] for i in method.indicators]
    columns = [percentiles(v) for v in values]
    weights = [i.weight for i in method.indicators]
    points = _weighted(columns, weights)
    places = ranks(points)
    placed = [Placed(k, p, r, best=r, worst=r) for k, p, r in zip(keys, points, places, strict=True)]
    shared = _shared(places)
    for n, one in enumerate(placed):
        one.tied = one.rank in shared
        one.parts = [
            {"indicator": i.zh, "value": "" if values[m][n] is None else shown(i, values[m][n]), "points": _four(columns[m][n] * i.weight / 100),
             "note": "缺少数据，按 0 分计" if values[m][n] is None else ""}
            for m, i in enumerate(method.indicators)
        ]  # fmt: skip
    told = _sensitivity(method, columns, weights, placed, size)
    return Run(sorted(placed, key=lambda p: (p.rank, p.key)), told)


def _shared(places: Sequence[int]) -> set[int]:
    seen: set[int] = set()
    out: set[int] = set()
    for p in places:
        (out if p in seen else seen).add(p)
    return out


def _sensitivity(
    method: Method, columns: Sequence[Sequence[Fraction]], weights: Sequence[Fraction], placed: list[Placed], size: int
) -> list[dict[str, Any]]:
    out = []
    for m, indicator in enumerate(method.indicators):
        for sign, word in ((1, "+"), (-1, "−")):
            other = [w * (1 + sign * method.change) if n == m else w for n, w in enumerate(weights)]
            moved = ranks(_weighted(columns, other))
            leave = sum(1 for one, new in zip(placed, moved, strict=True) if one.rank <= size < new)
            most = max(abs(one.rank - new) for one, new in zip(placed, moved, strict=True))
            for one, new in zip(placed, moved, strict=True):
                one.best, one.worst = min(one.best, new), max(one.worst, new)
            out.append({"indicator": indicator.zh, "change": f"{word}{method.change * 100}%", "leave": leave, "most": most})
    return out


def shown(indicator: Indicator, found: Fraction | None) -> str:
    """A value for people: ratios and growth in per cent with two digits, amounts as they are."""
    if found is None:
        return ""
    if indicator.kind == "amount":
        return str(found.numerator) if found.denominator == 1 else f"{float(found):.4f}"
    return f"{float(found * 100):.2f}%"


def _four(points: Fraction) -> str:
    return f"{float(points):.4f}"
