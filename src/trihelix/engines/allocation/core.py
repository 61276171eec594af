"""What a solver hands back, and the network solve that most problems need nothing beyond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import network
from .laminar import Nested, nest
from .model import Model, build
from .problem import Ints, Problem


@dataclass(frozen=True)
class Solved:
    """An assignment ``x`` (units per pair of ``model``) with proven bounds.

    ``bound`` is on Σ score·x in units; ``worst_bound`` on the worst item's total (fairness only). ``proofs`` is the
    certificate; ``beyond`` names the solver whose own proof closes what the saved prices leave open (None = nothing left).
    """

    model: Model
    x: Ints
    bound: int
    proofs: tuple[Mapping[str, Any], ...]
    done: bool = True
    worst_bound: int | None = None
    beyond: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def value(self) -> int:
        return int((self.model.score * self.x).sum())

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Chosen (item, expert) indices in order."""
        k = np.flatnonzero(self.x)
        return sorted(zip(self.model.item[k].tolist(), self.model.expert[k].tolist(), strict=True))

    def totals(self) -> Ints:
        """Σ score·x of each item."""
        w = np.bincount(self.model.item, weights=self.model.score * self.x, minlength=len(self.model.problem.items))
        return w.astype(np.int64)


@dataclass(frozen=True)
class NetworkState:
    """A solved network, kept for exact answers to "what if" questions."""

    model: Model
    nested: Nested
    arcs: network.Arcs
    flow: Ints
    prices: list[Ints]
    label: Ints

    @property
    def x(self) -> Ints:
        return np.asarray(self.flow[self.arcs.pairs])


def solve_network(model: Model, nested: Nested | None = None, score: Ints | None = None) -> NetworkState | None:
    """The optimum over the nested rows (side rows ignored) with its prices; None when already these cannot be met."""
    nested = nest(model) if nested is None else nested
    score = model.score if score is None else score
    arcs = network.arcs_of(model, nested)
    flow = network.solve(arcs, score)
    if flow is None:
        return None
    found = network.prices(arcs, score, flow)
    return NetworkState(model, nested, arcs, flow, network.row_prices(model, nested, found), found.label)


def bound_of(model: Model, y: list[Ints], score: Ints | None = None) -> int:
    """The bound that integer prices prove over the model's pairs (see ``proof``)."""
    reduced = (model.score if score is None else score).copy()
    total = 0
    for fam, price in zip(model.families, y, strict=True):
        inside = fam.group >= 0
        reduced[inside] -= price[fam.group[inside]]
        total += int((price * np.where(price > 0, fam.high, fam.low))[price != 0].sum())
    return total + int(np.where(reduced > 0, reduced * model.top, reduced * model.bottom).sum())


def leaf_of(model: Model, y: list[Ints], scale: int = 1) -> dict[str, Any]:
    """Prices as a proof leaf: rows named by what they mean."""
    rows = [[*fam.key(int(g)), int(p[g])] for fam, p in zip(model.families, y, strict=True) for g in np.flatnonzero(p)]
    return {"scale": scale, "rows": rows}


def impossible_fixed(problem: Problem, model: Model | None = None) -> tuple[int, int] | None:
    """A fixed pair that may not be seated at all (conflict, unlisted, or certain against a probability limit)."""
    model = build(problem) if model is None else model
    have = set(zip(model.item.tolist(), model.expert.tolist(), strict=True)) if problem.limits.fixed else set()
    for pair in problem.limits.fixed:
        if pair not in have or problem.most_per_pair < problem.unit:
            return pair
    return None
