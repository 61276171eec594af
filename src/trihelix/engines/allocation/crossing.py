"""Rules that cross (city against employer on one panel) on large problems.

A quick assignment comes from the network by banning, panel by panel, whatever breaks a side row. The linear programme over the
promising pairs, priced over all pairs, gives the bound; pairs whose reduced cost exceeds the gap cannot be in a better assignment,
and the integer programme over the few that are left closes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from . import network
from .budget import Budget
from .core import NetworkState, Solved
from .exact import PROVE_UP_TO, Infeasible, price_leaf, solve_exact
from .model import Model
from .problem import Bools, Ints
from .rows import Programme, rows_of
from .search import SCALE

QUICK_FLOOR = 5.0  # seconds
FIRST_SLACK = 64  # score units of reduced cost admitted to the first integer programme


def solve_crossing(model: Model, state: NetworkState, budget: Budget) -> Solved | Infeasible | None:
    """The optimum over all rows, given the network's optimum without the side rows."""
    # The quick assignment has a floor of its own, so that a short limit still answers with something true.
    hint = banned(model, state, Budget(max(QUICK_FLOOR, budget.left() / 2)))
    if model.size <= PROVE_UP_TO:
        return solve_exact(model, budget, hint=hint)
    relaxed = _relax(model, state, hint, budget)
    if relaxed is None:
        return _stopped(model, state, hint) if hint is not None else solve_exact(model, budget)
    return close_gap(model, relaxed, hint, budget)


def _stopped(model: Model, state: NetworkState, hint: Ints) -> Solved:
    """Out of time: the quick assignment, with the network's bound (it ignores the side rows, so it is valid)."""
    leaf, bound = price_leaf(model, rows_of(model), _network_prices(model, state))
    return Solved(
        model, hint, bound, ({"claim": "sum_at_most", "value": bound, "tree": leaf},), done=bound <= int((model.score * hint).sum())
    )


def _network_prices(model: Model, state: NetworkState) -> Ints:
    """Network prices in the order of ``rows_of``, at ``SCALE``."""
    return np.concatenate(list(state.prices)) * SCALE


def banned(model: Model, state: NetworkState, budget: Budget, rounds: int = 60) -> Ints | None:
    """A feasible x: while a side row is exceeded, ban its least valuable seats and solve the network again."""
    arcs, x = state.arcs, state.x
    high = arcs.high.copy()
    for _ in range(rounds):
        bad = _exceeded(model, state.nested.side, x)
        if bad is None:
            return None
        if not len(bad):
            return x
        high[arcs.pairs.start + bad] = 0
        flow = None if budget.over() else network.solve(replace(arcs, high=high), model.score)
        if flow is None:
            return None
        x = flow[arcs.pairs]
    return None


def _exceeded(model: Model, side: tuple[tuple[int, int], ...], x: Ints) -> Ints | None:
    """Seats beyond each side row's maximum, least valuable first; None when a minimum is missed (banning cannot help)."""
    out: list[int] = []
    for f in {f for f, _ in side}:
        fam = model.families[f]
        mine = np.zeros(len(fam.low) + 1, dtype=np.bool_)
        mine[[g for h, g in side if h == f]] = True
        seated = np.flatnonzero((x > 0) & mine[fam.group])
        got = np.bincount(fam.group[seated], minlength=len(fam.low))
        if np.any(mine[:-1] & (fam.low > 0) & (got < fam.low)):
            return None
        order = seated[np.lexsort((-model.score[seated], fam.group[seated]))]
        group = fam.group[order]
        start = np.searchsorted(group, group)
        out += order[np.arange(len(order)) - start >= fam.high[group]].tolist()
    return np.unique(np.array(out, dtype=np.int64))


@dataclass(frozen=True)
class Relaxed:
    """Prices of the rows as a proof leaf, the bound they prove, and every pair's reduced cost at ``scale``."""

    leaf: dict[str, Any]
    bound: int
    reduced: Ints
    scale: int = SCALE


def only_pairs(model: Model, keep: Bools) -> Model:
    """The model over some of its pairs; rows stay."""
    families = tuple(replace(f, group=f.group[keep]) for f in model.families)
    cut = {name: getattr(model, name)[keep] for name in ("listed", "item", "expert", "score", "bottom", "top")}
    return replace(model, families=families, **cut)


def _relax(model: Model, state: NetworkState, hint: Ints | None, budget: Budget) -> Relaxed | None:
    """Column generation from the network's reduced costs; None when time ends or the pairs at hand are not enough."""
    reduced = model.score.copy()
    for fam, price in zip(model.families, state.prices, strict=True):
        inside = fam.group >= 0
        reduced[inside] -= price[fam.group[inside]]
    wanted = min(model.size, 5 * int(model.problem.need.sum()) + 2000)
    keep = (reduced >= np.partition(reduced, model.size - wanted)[model.size - wanted]) | (model.bottom > 0)
    if hint is not None:
        keep |= hint > 0
    rows = rows_of(model)
    while True:
        some = only_pairs(model, keep)
        programme = Programme(some.score, some.bottom, some.top, rows_of(some))
        status = programme.run(budget.left())
        if status == "infeasible" and not keep.all():
            keep |= reduced >= np.partition(reduced, max(0, model.size - 3 * int(keep.sum())))[max(0, model.size - 3 * int(keep.sum()))]
            continue
        if status != "optimal":
            return None
        y = np.round(programme.duals * SCALE).astype(np.int64)
        y = np.where((y > 0) & (rows.high >= 1 << 40), 0, y)
        left = model.score * SCALE
        np.subtract.at(left, rows.column, rows.value * y[rows.row])
        missing = (left > 0) & ~keep
        if int((left[missing] * model.top[missing]).sum()) < SCALE // 4 or budget.over():
            leaf, bound = price_leaf(model, rows, y)
            return Relaxed(leaf, bound, left)
        keep |= missing


def close_gap(model: Model, relaxed: Relaxed, hint: Ints | None, budget: Budget, worst: int | None = None) -> Solved | Infeasible | None:
    """Integer programmes over pairs within ``slack`` of the bound, until the slack covers the gap.

    ``worst`` adds the rows "each item's total ≥ worst"; a ``hint`` must then meet them.
    """
    proof = {"claim": "sum_at_most", "value": relaxed.bound, "tree": relaxed.leaf}
    best, value = hint, -1 if hint is None else int((model.score * hint).sum())
    slack = FIRST_SLACK
    while True:
        if best is not None and value >= relaxed.bound:
            return Solved(model, best, relaxed.bound, (proof,))
        if best is not None:
            slack = min(slack, relaxed.bound - value)
        keep = (relaxed.reduced >= -slack * relaxed.scale) | (model.bottom > 0)
        forced = relaxed.reduced > slack * relaxed.scale
        some = only_pairs(model, keep)
        bottom = np.where(forced[keep], some.top, some.bottom)
        programme = Programme(some.score, bottom, some.top, rows_of(some, worst), np.ones(some.size, np.bool_))
        status = programme.run(budget.left())
        if programme.has_solution and status != "infeasible":
            x = np.zeros(model.size, dtype=np.int64)
            x[keep] = np.round(programme.x).astype(np.int64)
            if int((model.score * x).sum()) > value and not model.violated(x):
                best, value = x, int((model.score * x).sum())
        if status == "stopped" or budget.over():
            return None if best is None else Solved(model, best, relaxed.bound, (proof,), done=value >= relaxed.bound)
        if best is not None and relaxed.bound - value <= slack:
            return Solved(model, best, value, (proof,), beyond="HiGHS")
        if keep.all() and best is None:
            return Infeasible(None)
        slack *= 4
