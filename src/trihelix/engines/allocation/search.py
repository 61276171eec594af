"""Branch and bound whose closed tree is the certificate: every leaf carries integer prices that prove it holds nothing better.

Small by design: it proves what the network cannot (crossing rules, worst-total targets). The prices are rounded solver duals;
weak duality holds for any integers, so rounding can only loosen a bound, never falsify it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .budget import Budget
from .core import leaf_of
from .model import Model
from .problem import Ints
from .rows import Programme, Reals, Rows, by_label, rows_of

SCALE = 1 << 20
WHOLE = 1e-6


@dataclass
class Found:
    """The best x beyond the threshold (None = nothing beyond it), the proof tree, and whether the tree is closed."""

    x: Ints | None
    tree: dict[str, Any] | None
    closed: bool


class Search:
    """Proves ``max score·x ≤ known`` (or finds better), or with ``zero_score`` that no x exists at all.

    ``worst`` adds the rows "each item's total ≥ worst". ``leaves`` bounds the size of the tree.
    """

    def __init__(
        self, model: Model, known: int, budget: Budget, zero_score: bool = False, worst: int | None = None, leaves: int = 3000
    ) -> None:
        self.model, self.known, self.budget, self.left = model, known, budget, leaves
        self.score = np.zeros_like(model.score) if zero_score else model.score
        self.rows = rows_of(model, worst)
        self.best: Ints | None = None
        self.low, self.high = model.bottom.copy(), model.top.copy()
        self.main = Programme(self.score, self.low, self.high, self.rows)
        self.phase: Programme | None = None
        self.closed = True

    def run(self) -> Found:
        tree = self._node()
        return Found(self.best, tree if self.closed else None, self.closed)

    def _node(self) -> dict[str, Any]:
        """One node; recursion depth is at most the number of pairs branched on."""
        self.left -= 1
        if self.left < 0 or self.budget.over() or not self.closed:
            self.closed = False
            return {}
        status = self.main.run(self.budget.left())
        if status == "stopped":
            self.closed = False
            return {}
        if status == "infeasible":
            return self._infeasible_leaf()
        leaf, bound = self._leaf(self.main.duals)
        if bound <= self.known:
            return leaf
        x = self.main.x
        loose = np.abs(x - np.round(x))
        if loose.max(initial=0.0) <= WHOLE:
            whole = np.round(x).astype(np.int64)
            value = int((self.score * whole).sum())
            if value > self.known:
                self.known, self.best = value, whole
            if bound <= self.known:
                return leaf
            free = np.flatnonzero(self.low < self.high)
            if not len(free):
                self.closed = False
                return {}
            return self._split(int(free[0]))
        return self._split(int(np.argmax(loose)))

    def _split(self, k: int) -> dict[str, Any]:
        out: dict[str, Any] = {"split": [self.model.problem.items[self.model.item[k]], self.model.problem.experts[self.model.expert[k]]]}
        for name, value in (("one", 1), ("zero", 0)):
            kept = int(self.low[k]), int(self.high[k])
            self._set(k, value, value)
            out[name] = self._node()
            self._set(k, *kept)
        return out

    def _set(self, k: int, low: int, high: int) -> None:
        self.low[k], self.high[k] = low, high
        self.main.bounds(k, low, high)
        if self.phase is not None:
            self.phase.bounds(k, low, high)

    def _leaf(self, duals: Reals) -> tuple[dict[str, Any], int]:
        """The leaf of rounded prices and the bound it proves (rounded down)."""
        y = np.round(duals * SCALE).astype(np.int64)
        y[(y > 0) & (self.rows.high >= 1 << 40)] = 0
        reduced = self.score * SCALE
        np.subtract.at(reduced, self.rows.column, self.rows.value * y[self.rows.row])
        total = sum(int(a) * int(b) for a, b in zip(y[y != 0], np.where(y > 0, self.rows.high, self.rows.low)[y != 0], strict=True))
        total += int(np.where(reduced > 0, reduced * self.high, reduced * self.low).sum())
        families, worst = by_label(self.model, self.rows, y)
        leaf = leaf_of(self.model, families, SCALE)
        leaf["rows"] += [["worst", self.model.problem.items[i], int(worst[i])] for i in np.flatnonzero(worst)]
        return leaf, total // SCALE

    def _infeasible_leaf(self) -> dict[str, Any]:
        """Prices of the least total violation prove a negative bound; for a scored claim they are scaled until they beat it."""
        if self.phase is None:
            self.phase = least_violation(self.model, self.rows, self.low, self.high)
        if self.phase.run(self.budget.left()) != "optimal":
            self.closed = False
            return {}
        duals = -self.phase.duals
        if self.score.any():
            # score·x ≤ Σ score·top, so a large enough multiple of the violation prices outweighs every score
            duals = duals * (4.0 * float((self.score * self.model.top).sum()) / max(1e-9, self.phase.value))
        leaf, bound = self._leaf(duals)
        if bound > self.known:
            self.closed = False
        return leaf


def least_violation(model: Model, rows: Rows, low: Ints, high: Ints) -> Programme:
    """Least Σ of row violations: always feasible, its duals are the Farkas prices."""
    n, m = model.size, len(rows.low)
    count = np.arange(m)
    more = Rows(
        np.concatenate([rows.row, count, count]), np.concatenate([rows.column, n + count, n + m + count]),
        np.concatenate([rows.value, np.ones(m, np.int64), -np.ones(m, np.int64)]), rows.low, rows.high, rows.label,
    )  # fmt: skip
    cost = np.concatenate([np.zeros(n), np.ones(2 * m)])
    bottom = np.concatenate([low, np.zeros(2 * m)])
    top = np.concatenate([high.astype(np.float64), np.full(2 * m, 1e9)])
    return Programme(cost, bottom, top, more, maximise=False)
