"""One declines on the eve (临时退出): the replacement that disturbs the others least, then the best total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from trihelix.engines.errors import Refused

from .answer import names
from .budget import Budget
from .core import Solved, solve_network
from .exact import solve_exact
from .laminar import nest
from .model import build
from .problem import Problem, loads_of
from .why import locate

Pairs = Sequence[tuple[int, int]]


def without_pair(problem: Problem, pair: tuple[int, int]) -> Problem:
    """The problem after the expert has declined this item."""
    keep = ~((problem.pair_item == pair[0]) & (problem.pair_expert == pair[1]))
    fixed = tuple(p for p in problem.limits.fixed if p != pair)
    return replace(problem.with_pairs(keep), limits=replace(problem.limits, fixed=fixed))


def read_pairs(problem: Problem, answer: Any) -> list[tuple[int, int]]:
    """The seated pairs of an answer file."""
    rows = answer.get("pairs") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not rows or not all(isinstance(r, list | tuple) and len(r) == 2 for r in rows):
        raise Refused.one("not_an_answer", "现有安排应有 pairs，每行为 [item, expert]", field="pairs")
    return [locate(problem, row[0], row[1]) for row in rows]


def rearrange(problem: Problem, pair: tuple[int, int], current: Pairs, budget: Budget) -> dict[str, Any] | None:
    """Keep as many of ``current`` as the rules allow without ``pair``, then the greatest total; None when no assignment is left.

    Returns ``{"status", "objective", "loss", "pairs", "loads", "kept", "added", "removed"}``.
    """
    if pair not in set(current):
        raise Refused.one("not_seated", "该专家并不在这一项的现有安排中", field="pairs", value=names(problem, [pair])[0])
    model = build(without_pair(problem, pair))
    stays = np.isin(model.item * len(problem.experts) + model.expert, [i * len(problem.experts) + e for i, e in current])
    # One kept pair outweighs every score there is, so fewest changes come first and the total decides among them.
    heavy = int(problem.need.sum()) * int(model.score.max(initial=1)) + 1
    weighted = replace(model, score=model.score + stays * heavy)
    found = _best(weighted, budget)
    if found is None:
        return None
    x, done = found
    chosen = sorted(zip(model.item[x > 0].tolist(), model.expert[x > 0].tolist(), strict=True))
    old, new = set(current), set(chosen)
    listed = zip(problem.pair_item.tolist(), problem.pair_expert.tolist(), strict=True)
    score = dict(zip(listed, problem.score.tolist(), strict=True))
    before, after = (sum(score.get(p, 0) for p in ps) for ps in (old, new))
    return {
        "status": "optimal" if done else "feasible", "objective": after, "loss": before - after, "pairs": names(problem, chosen),
        "loads": loads_of(problem, chosen), "kept": len(old & new), "added": names(problem, sorted(new - old)),
        "removed": names(problem, sorted(old - new)),
    }  # fmt: skip


def _best(model: Any, budget: Budget) -> tuple[Any, bool] | None:
    nested = nest(model)
    state = solve_network(model, nested)
    if state is None:
        return None
    if nested.is_network or not model.violated(state.x):
        return state.x, True
    found = solve_exact(model, budget)
    return (found.x, found.done) if isinstance(found, Solved) else None
