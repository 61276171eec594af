"""Preferences (双向选择的意愿) and blocking pairs (both would rather have each other)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .problem import Problem


@dataclass(frozen=True)
class Wishes:
    """Ranks (0 = best) of acceptable pairs on each side; equal ranks are ties. ``pairs`` are acceptable to both."""

    expert: Mapping[tuple[int, int], int]
    item: Mapping[tuple[int, int], int]
    pairs: tuple[tuple[int, int], ...]


def wishes(problem: Problem) -> Wishes:
    """A given ``prefers`` list ranks the listed and refuses the rest; without one, higher affinity ranks better (ties stay ties)."""
    ok = problem.allowed()
    rows = list(zip(problem.pair_item[ok].tolist(), problem.pair_expert[ok].tolist(), problem.score[ok].tolist(), strict=True))
    by_expert = {(e, i): n for e, order in enumerate(problem.expert_prefers) if order is not None for n, i in enumerate(order)}
    by_item = {(i, e): n for i, order in enumerate(problem.item_prefers) if order is not None for n, e in enumerate(order)}
    expert: dict[tuple[int, int], int] = {}
    item: dict[tuple[int, int], int] = {}
    for i, e, score in rows:
        a = by_expert.get((e, i)) if problem.expert_prefers[e] is not None else -score
        b = by_item.get((i, e)) if problem.item_prefers[i] is not None else -score
        if a is not None and b is not None:
            expert[i, e], item[i, e] = a, b
    return Wishes(expert, item, tuple(sorted(expert)))


def blocking_pairs(problem: Problem, chosen: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """Acceptable pairs not seated where each side has a free seat or holds someone it ranks strictly lower.

    A seated pair that one side does not accept counts as ranked last by that side.
    """
    w = wishes(problem)
    chosen = set(chosen)
    far = 1 << 40
    of_expert: dict[int, list[int]] = {}
    of_item: dict[int, list[int]] = {}
    for pair in chosen:
        of_item.setdefault(pair[0], []).append(w.item.get(pair, far))
        of_expert.setdefault(pair[1], []).append(w.expert.get(pair, far))
    out = []
    for i, e in w.pairs:
        if (i, e) in chosen:
            continue
        mine, theirs = of_expert.get(e, []), of_item.get(i, [])
        expert_wants = len(mine) < problem.cap[e] or (len(mine) > 0 and max(mine) > w.expert[i, e])
        item_wants = len(theirs) < problem.need[i] or (len(theirs) > 0 and max(theirs) > w.item[i, e])
        if expert_wants and item_wants:
            out.append((i, e))
    return out
