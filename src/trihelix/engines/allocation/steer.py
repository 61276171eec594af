"""Raises for weak items (Lagrangian prices) found by repeated network solves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from . import network
from .budget import Budget
from .core import bound_of, leaf_of
from .laminar import Nested
from .model import Model
from .problem import Bools, Ints

FINE = 1000  # scores are scaled by this, so that raises are thousandths
MOST_ROUNDS = 60


@dataclass(frozen=True)
class Steered:
    """The best x found, its worst total, and a proven bound on the sum of anything with that worst total."""

    x: Ints
    worst: int
    bound: int
    leaf: dict[str, Any]
    reduced: Ints  # of every pair, at scale ``FINE``


@dataclass
class _Trial:
    raises: Ints
    flow: Ints
    x: Ints
    totals: Ints


class _Net:
    """The network laid out once over the pairs that matter; each trial only changes the scores.

    The best pairs of every item and of every expert nearly always hold the answer; :func:`_close` takes in what its prices miss.
    """

    def __init__(self, model: Model, nested: Nested) -> None:
        self.model, self.nested, self.all = model, nested, network.arcs_of(model, nested)
        seats = -(-int(model.problem.need.sum()) // len(model.problem.items))
        self.over((model.bottom > 0) | _best(model.item, model.score, 6 * seats) | _best(model.expert, model.score, 5))

    def over(self, keep: Bools) -> None:
        """Lay the network out over the pairs in ``keep``."""
        self.keep = keep if 2 * int(keep.sum()) < self.model.size else np.ones_like(keep)
        self.at = np.flatnonzero(self.keep)
        self.arcs = network.over_pairs(self.all, self.at)

    def scores(self, raises: Ints) -> Ints:
        return np.asarray(self.model.score * (FINE + raises[self.model.item]))

    def trial(self, raises: Ints) -> _Trial:
        """Solve under the raises; pairs are added until the rules can be met."""
        flow = network.solve(self.arcs, self.scores(raises)[self.at])
        if flow is None and not self.keep.all():
            self.over(np.ones_like(self.keep))
            return self.trial(raises)
        if flow is None:
            raise ValueError("the rules cannot be met")
        x = np.zeros(self.model.size, dtype=np.int64)
        x[self.at] = flow[self.arcs.pairs]
        got = np.bincount(self.model.item, weights=self.model.score * x, minlength=len(raises))
        return _Trial(raises, flow, x, got.astype(np.int64))


def _best(index: Ints, score: Ints, count: int) -> Bools:
    """The ``count`` pairs of highest score of each item (or expert)."""
    order = np.lexsort((-score, index))
    rank = np.arange(len(order)) - np.searchsorted(index[order], index[order])
    out = np.zeros(len(index), dtype=np.bool_)
    out[order[rank < count]] = True
    return out


def steer(model: Model, nested: Nested, target: int, budget: Budget) -> Steered:
    """Reach ``target`` for every item if raises can; else the best level reached by bisection on the target."""
    net = _Net(model, nested)
    reached, found = _reach(net, target, budget)
    if not reached:
        low, high = int(found.totals.min()), target
        for _ in range(8):
            if high - low <= max(1, target // 200) or budget.over():
                break
            middle = (low + high) // 2
            ok, trial = _reach(net, middle, budget)
            if ok:
                low, found = middle, trial
            else:
                high = middle
                if int(trial.totals.min()) > low:
                    low, found = int(trial.totals.min()), trial
    worst = int(found.totals.min())
    found = _lower(net, found, worst, budget)
    return _close(net, found, worst)


def _reach(net: _Net, target: int, budget: Budget) -> tuple[bool, _Trial]:
    """Raise weak items, faster the longer they stay weak."""
    raises = np.zeros(len(net.model.problem.items), dtype=np.int64)
    stubborn = np.zeros_like(raises)
    best = trial = net.trial(raises)
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
        trial = net.trial(raises)
        if int(trial.totals.min()) > int(best.totals.min()):
            best = trial
    return False, best


def _lower(net: _Net, found: _Trial, worst: int, budget: Budget) -> _Trial:
    """Take back raises that are larger than the target needs: the sum grows and the bound comes closer."""
    for _ in range(6):
        raised = np.flatnonzero(found.raises)
        if not len(raised) or budget.over():
            break
        trial = net.trial(found.raises * 3 // 4)
        if int(trial.totals.min()) < worst:
            break
        found = trial
    return found


def _close(net: _Net, found: _Trial, worst: int) -> Steered:
    """The proof: network prices at scale ``FINE`` and −raise on each worst-total row, over every pair of the model."""
    model, score, trial = net.model, net.scores(found.raises), found
    while True:
        priced = network.prices(net.arcs, score[net.at], trial.flow)
        y = network.row_prices(model, net.nested, priced)
        reduced = score.copy()
        for fam, price in zip(model.families, y, strict=True):
            inside = fam.group >= 0
            reduced[inside] -= price[fam.group[inside]]
        missing = (reduced > 0) & ~net.keep
        if not missing.any():
            break
        net.over(net.keep | missing)
        trial = net.trial(found.raises)
        found = trial if int(trial.totals.min()) >= worst else found
    bound = (bound_of(model, y, score) - int(found.raises.sum()) * worst) // FINE
    leaf = leaf_of(model, y, FINE)
    leaf["rows"] += [["worst", model.problem.items[i], -int(found.raises[i])] for i in np.flatnonzero(found.raises)]
    return Steered(found.x, worst, bound, leaf, reduced)
