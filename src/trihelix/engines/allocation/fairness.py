"""Worst item first, then the sum (先保最差，再求总分): the best attainable total of the worst-off item, then the best sum under it.

Large problems: small raises of the weak items' scores (Lagrangian prices) steer repeated network solves until no item is below the
target, and the raises themselves prove the bound. What stays open, and all small problems, goes to an exact programme.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .budget import Budget
from .core import Solved, leaf_of, solve_network
from .crossing import Relaxed, close_gap
from .exact import PROVE_UP_TO, Infeasible, prove_infeasible, solve_exact
from .laminar import Nested, nest
from .model import Model
from .problem import Ints
from .rows import Programme, rows_of
from .steer import FINE, steer

EXACT_WORST_UP_TO = 20_000  # pairs for which the best worst total is searched exactly when steering falls short
Proof = dict[str, Any]


@dataclass(frozen=True)
class Worst:
    """The best worst total found, an assignment that has it, the proven bound, and the proof of the bound."""

    total: int
    x: Ints
    bound: int
    proof: Proof | None
    done: bool


def solve_fair(model: Model, first: Solved, budget: Budget) -> Solved | Infeasible | None:
    """Lexicographic optimum from a greatest-sum solution ``first`` of the same model.

    ``worst_bound`` bounds the worst total (claim ``worst_below``); ``bound`` the sum, given the worst total reached.
    """
    nested = nest(model)
    if model.size > PROVE_UP_TO and nested.is_network:
        return _large(model, nested, first, budget)
    return _exact(model, first, budget)


def _exact(model: Model, first: Solved, budget: Budget) -> Solved:
    worst = _exact_worst(model, first, budget)
    best: Any = first if int(first.totals().min()) >= worst.total else solve_exact(model, budget, worst.total, worst.x)
    if not isinstance(best, Solved):
        best = Solved(model, worst.x, first.bound, first.proofs, done=False)
    return _join(best, worst)


def _join(best: Solved, worst: Worst) -> Solved:
    proofs: list[Any] = [{**p, "given_worst": worst.total} for p in best.proofs]
    if worst.proof is not None:
        proofs.append({"claim": "worst_below", "value": worst.bound + 1, "tree": worst.proof})
    beyond = best.beyond or ("HiGHS" if worst.done and worst.proof is None else None)
    return replace(best, proofs=tuple(proofs), worst_bound=worst.bound, done=best.done and worst.done, beyond=beyond)


def _exact_worst(model: Model, first: Solved, budget: Budget) -> Worst:
    """Maximise the worst total as an integer programme."""
    alone, leaf, _ = alone_bound(model)
    reached = int(first.totals().min())
    if reached >= alone:
        return Worst(reached, first.x, alone, leaf, True)
    rows = rows_of(model, 0)
    n, m = model.size, len(model.problem.items)
    last = np.arange(len(rows.low) - m, len(rows.low))
    grown = replace(
        rows, row=np.concatenate([rows.row, last]), column=np.concatenate([rows.column, np.full(m, n)]),
        value=np.concatenate([rows.value, np.full(m, -1, dtype=np.int64)]),
    )  # fmt: skip
    cost = np.append(np.zeros(n), 1.0)
    whole = np.ones(n + 1, np.bool_)
    programme = Programme(cost, np.append(model.bottom, 0.0), np.append(model.top, float(alone)), grown, whole)
    programme.start(np.append(first.x, reached))
    status = programme.run(budget.left())
    x = np.round(programme.x[:n]).astype(np.int64) if programme.has_solution else first.x
    total = int(np.bincount(model.item, weights=model.score * x, minlength=m).min())
    if status != "optimal":
        return Worst(total, x, min(alone, int(np.floor(programme.bound + 1e-6))), None, False)
    if total >= alone:
        return Worst(total, x, alone, leaf, True)
    return Worst(total, x, total, prove_infeasible(model, budget, total + 1), True)


def alone_bound(model: Model) -> tuple[int, Proof, int]:
    """The least over items of the best total it could have with every expert to itself: bound, proof leaf, that item."""
    if not any(f.level == "inner" and len(f.low) for f in model.families) and not model.bottom.any() and np.all(model.top == 1):
        return _alone_by_rank(model)
    families = tuple(
        replace(f, low=np.zeros_like(f.low), high=np.full_like(f.high, 1 << 40))
        if f.level in ("expert", "outer_left", "outer_right")
        else f
        for f in model.families
    )
    free = replace(model, families=families)
    nested = nest(free)
    state = solve_network(free, nested)
    if state is None:  # cannot happen where a whole assignment exists
        raise ValueError("the item rows alone cannot be met")
    y = state.prices
    per_item = np.zeros(len(model.problem.items), dtype=np.int64)
    reduced = model.score.copy()
    for fam, price in zip(free.families, y, strict=True):
        inside = fam.group >= 0
        reduced[inside] -= price[fam.group[inside]]
        if fam.level in ("item", "inner"):
            np.add.at(per_item, fam.owner, price * np.where(price > 0, fam.high, fam.low))
    gain = np.where(reduced > 0, reduced * model.top, reduced * model.bottom)
    np.add.at(per_item, model.item, gain)
    worst = int(np.argmin(per_item))
    mine = [
        np.where(f.owner == worst, p, 0) if f.level in ("item", "inner") else np.zeros_like(p)
        for f, p in zip(free.families, y, strict=True)
    ]
    leaf = leaf_of(model, mine)
    leaf["rows"].append(["worst", model.problem.items[worst], -1])
    return int(per_item[worst]), leaf, worst


def _alone_by_rank(model: Model) -> tuple[int, Proof, int]:
    """As :func:`alone_bound` where nothing but its seats limits an item: its best scores, priced at the last that gets a seat."""
    family = next(k for k, f in enumerate(model.families) if f.kind == "item")
    most = model.families[family].high
    order = np.lexsort((-model.score, model.item))
    start = np.searchsorted(model.item[order], np.arange(len(most) + 1))
    rank = np.arange(model.size) - start[model.item[order]]
    seated = order[rank < most[model.item[order]]]
    totals = np.bincount(model.item[seated], model.score[seated], minlength=len(most)).astype(np.int64)
    worst = int(np.argmin(totals))
    y = [np.zeros(len(f.low), dtype=np.int64) for f in model.families]
    if 0 < most[worst] <= start[worst + 1] - start[worst]:
        y[family][worst] = model.score[order[start[worst] + most[worst] - 1]]
    leaf = leaf_of(model, y)
    leaf["rows"].append(["worst", model.problem.items[worst], -1])
    return int(totals[worst]), leaf, worst


def _large(model: Model, nested: Nested, first: Solved, budget: Budget) -> Solved:
    """Steered network solves, then integer programmes over the pairs that the proven gap leaves open."""
    alone, leaf, _ = alone_bound(model)
    if int(first.totals().min()) >= alone:
        return _join(first, Worst(alone, first.x, alone, leaf, True))
    found = steer(model, nested, alone, budget)
    if found.worst < alone and model.size <= EXACT_WORST_UP_TO:
        return _exact(model, first, budget)
    worst = Worst(found.worst, found.x, alone, leaf, found.worst >= alone)
    if int(first.totals().min()) >= found.worst:
        return _join(first, replace(worst, total=int(first.totals().min()), done=int(first.totals().min()) >= alone))
    best = close_gap(model, Relaxed(found.leaf, found.bound, found.reduced, FINE), found.x, budget, found.worst)
    if not isinstance(best, Solved):  # cannot happen: the steered assignment itself is one
        raise ValueError("the steered assignment was lost")
    return _join(best, worst)
