"""How several reviewers' totals become a rank: pure and exact.

Per item: gate votes, abstentions left out, highest and lowest dropped from a given number on, mean. Ties share a rank (1, 2, 2, 4).
Normalisation is off by default; when on, each reviewer's totals are moved to the common mean and spread, so that strict and lenient
reviewers weigh alike — and it says so beside every score.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Vote:
    """One submitted review: whose, of what, 0 to 100; ``None`` where a gate failed."""

    item: str
    reviewer: str
    total: Fraction | None


@dataclass(frozen=True)
class Placed:
    """An item with its score and rank; ``score`` is None where most reviewers failed a gate, or nobody scored."""

    item: str
    score: Fraction | None
    rank: int | None
    votes: int
    dropped: tuple[Fraction, ...] = ()
    gate_failed: int = 0


def trimmed(totals: Sequence[Fraction], drop_from: int | None) -> tuple[list[Fraction], tuple[Fraction, ...]]:
    """The totals that count, and those dropped: one highest and one lowest where there are ``drop_from`` or more (and at least three)."""
    ordered = sorted(totals)
    if drop_from is None or len(ordered) < max(3, drop_from):
        return ordered, ()
    return ordered[1:-1], (ordered[0], ordered[-1])


def normalised(votes: Iterable[Vote]) -> list[Vote]:
    """Each reviewer's totals with the common mean and spread; reviewers with one vote or equal votes are only moved to the mean."""
    votes = list(votes)
    scored = [v.total for v in votes if v.total is not None]
    if len(scored) < 2:
        return votes
    mean, spread = _mean(scored), _spread(scored)
    by_reviewer: dict[str, list[Fraction]] = defaultdict(list)
    for v in votes:
        if v.total is not None:
            by_reviewer[v.reviewer].append(v.total)
    out = []
    for v in votes:
        if v.total is None:
            out.append(v)
            continue
        own = by_reviewer[v.reviewer]
        own_spread = _spread(own)
        factor = spread / own_spread if own_spread else Fraction(0)
        moved = mean + (v.total - _mean(own)) * factor
        out.append(Vote(v.item, v.reviewer, min(Fraction(100), max(Fraction(0), moved))))
    return out


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _spread(values: Sequence[Fraction]) -> Fraction:
    """Standard deviation to nine digits, as a fraction: the same on every machine."""
    mean = _mean(values)
    variance = sum(((v - mean) ** 2 for v in values), Fraction(0)) / len(values)
    return Fraction(math.isqrt(int(variance * 10**18)), 10**9)


def rank(items: Iterable[str], votes: Iterable[Vote], *, drop_from: int | None = None, normalise: bool = False) -> list[Placed]:
    """Items by score, best first; those without a score last, without a rank."""
    votes = normalised(votes) if normalise else list(votes)
    by_item: dict[str, list[Vote]] = {i: [] for i in items}
    for v in votes:
        by_item[v.item].append(v)
    found = []
    for item, rows in by_item.items():
        failed = sum(v.total is None for v in rows)
        totals = [v.total for v in rows if v.total is not None]
        if not totals or failed * 2 > len(rows):
            found.append(Placed(item, None, None, len(rows), (), failed))
            continue
        kept, dropped = trimmed(totals, drop_from)
        found.append(Placed(item, _mean(kept), None, len(rows), dropped, failed))
    found.sort(key=lambda p: (p.score is None, -(p.score or Fraction(0)), p.item))
    out: list[Placed] = []
    for i, p in enumerate(found):
        if p.score is None:
            out.append(p)
            continue
        place = out[-1].rank if out and out[-1].score == p.score else i + 1
        out.append(Placed(p.item, p.score, place, p.votes, p.dropped, p.gate_failed))
    return out


def sensitivity(items: Iterable[str], votes: Iterable[Vote], **how: Any) -> dict[str, dict[str, Any]]:
    """How the order changes if one reviewer is left out: item → best and worst rank, and who moves it most."""
    items, votes = list(items), list(votes)
    base = {p.item: p.rank for p in rank(items, votes, **how)}
    out: dict[str, dict[str, Any]] = {i: {"best": r, "worst": r, "mover": "", "shift": 0} for i, r in base.items()}
    for reviewer in sorted({v.reviewer for v in votes}):
        left = {p.item: p.rank for p in rank(items, [v for v in votes if v.reviewer != reviewer], **how)}
        for item, now in left.items():
            before, row = base[item], out[item]
            if now is None or before is None:
                continue
            row["best"], row["worst"] = min(row["best"], now), max(row["worst"], now)
            if abs(now - before) > row["shift"]:
                row["mover"], row["shift"] = reviewer, abs(now - before)
    return out


def not_told(items: Iterable[str]) -> dict[str, dict[str, Any]]:
    """In place of :func:`sensitivity` where it was not worked out: nothing is claimed."""
    return {i: {"best": None, "worst": None, "mover": "", "shift": None} for i in items}


def as_json(placed: Sequence[Placed], moved: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The ranking as a round keeps it; scores with four digits and as exact fractions."""
    return [
        {
            "item": p.item, "rank": p.rank, "score": None if p.score is None else f"{float(p.score):.4f}", "exact": None if p.score is None else str(p.score), "votes": p.votes,
            "dropped": [f"{float(d):.2f}" for d in p.dropped], "gate_failed": p.gate_failed, **{k: moved[p.item][k] for k in ("best", "worst", "mover", "shift")},
        }
        for p in placed
    ]  # fmt: skip
