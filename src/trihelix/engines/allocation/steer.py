"""Raises for weak items (Lagrangian prices) found by repeated network solves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .budget import Budget
from .core import NetworkState, bound_of, leaf_of, solve_network
from .laminar import Nested
from .model import Model
from .problem import Ints

FINE = 1000  # scores are scaled by this, so that raises are thousandths
MOST_ROUNDS = 60


@dataclass(frozen=True)
class Steered:
    """The best x found, its worst total, and a proven bound on the sum of anything with that worst total."""

    x: Ints
    worst: int
    bound: int
    leaf: dict[str, Any]


@dataclass
class _Trial:
    raises: Ints
    state: NetworkState
    totals: Ints


def steer(model: Model, nested: Nested, target: int, budget: Budget) -> Steered:
    """Reach ``target`` for every item if raises can; else the best level reached by bisection on the target."""
    reached, found = _reach(model, nested, target, budget)
    if not reached:
        low, high = int(found.totals.min()), target
        for _ in range(8):
            if high - low <= max(1, target // 200) or budget.over():
                break
            middle = (low + high) // 2
            ok, trial = _reach(model, nested, middle, budget)
            if ok:
                low, found = middle, trial
            else:
                high = middle
                if int(trial.totals.min()) > low:
                    low, found = int(trial.totals.min()), trial
    worst = int(found.totals.min())
    found = _lower(model, nested, found, worst, budget)
    return _close(model, found, worst)


def _try(model: Model, nested: Nested, raises: Ints) -> _Trial:
    state = solve_network(model, nested, model.score * (FINE + raises[model.item]))
    if state is None:
        raise ValueError("the rules cannot be met")
    totals = np.bincount(model.item, weights=model.score * state.x, minlength=len(raises)).astype(np.int64)
    return _Trial(raises, state, totals)


def _reach(model: Model, nested: Nested, target: int, budget: Budget) -> tuple[bool, _Trial]:
    """Raise weak items, faster the longer they stay weak."""
    raises = np.zeros(len(model.problem.items), dtype=np.int64)
    stubborn = np.zeros_like(raises)
    best = trial = _try(model, nested, raises)
    for _ in range(MOST_ROUNDS):
        weak = trial.totals < target
        if not weak.any():
            return True, trial
        if budget.over():
            break
        stubborn = np.where(weak, stubborn + 1, 0)
        lack = (target - trial.totals).clip(min=0) * FINE // max(1, target) + 1
        raises = raises + np.where(weak, lack * (1 << np.minimum(stubborn - 1, 12)), 0)
        if raises.max() > 1000 * FINE:
            break
        trial = _try(model, nested, raises)
        if int(trial.totals.min()) > int(best.totals.min()):
            best = trial
    return False, best


def _lower(model: Model, nested: Nested, found: _Trial, worst: int, budget: Budget) -> _Trial:
    """Take back raises that are larger than the target needs: the sum grows and the bound comes closer."""
    for _ in range(6):
        raised = np.flatnonzero(found.raises)
        if not len(raised) or budget.over():
            break
        trial = _try(model, nested, found.raises * 3 // 4)
        if int(trial.totals.min()) < worst:
            break
        found = trial
    return found


def _close(model: Model, found: _Trial, worst: int) -> Steered:
    """The proof: network prices at scale ``FINE`` and −raise on each worst-total row."""
    score = model.score * (FINE + found.raises[model.item])
    bound = (bound_of(model, found.state.prices, score) - int(found.raises.sum()) * worst) // FINE
    leaf = leaf_of(model, found.state.prices, FINE)
    leaf["rows"] += [["worst", model.problem.items[i], -int(found.raises[i])] for i in np.flatnonzero(found.raises)]
    return Steered(found.state.x, worst, bound, leaf)
