"""Crossing rules and worst-total targets: integer programme for the answer, closed search tree or root prices for the proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .budget import Budget
from .core import Solved, leaf_of
from .model import Model
from .problem import Ints
from .rows import Programme, Rows, by_label, rows_of
from .search import SCALE, Search

PROVE_UP_TO = 4000  # pairs for which the whole proof tree is attempted


@dataclass(frozen=True)
class Infeasible:
    """Proven: no assignment exists. ``proof`` is None where only the solver says so."""

    proof: dict[str, Any] | None


def solve_exact(model: Model, budget: Budget, worst: int | None = None, hint: Ints | None = None) -> Solved | Infeasible | None:
    """The optimum over every row; None when the time ran out with nothing found."""
    rows = rows_of(model, worst)
    programme = Programme(model.score, model.bottom, model.top, rows, np.ones(model.size, np.bool_))
    if hint is not None:
        programme.start(hint)
    status = programme.run(budget.left())
    if status == "infeasible":
        return Infeasible(prove_infeasible(model, budget, worst))
    x = np.round(programme.x).astype(np.int64) if programme.has_solution else hint
    if x is None:
        return None
    return with_proof(model, x, budget, worst, int(np.floor(programme.bound + 1e-6)) if status == "optimal" else None, rows)


def with_proof(model: Model, x: Ints, budget: Budget, worst: int | None, solver_bound: int | None, rows: Rows | None = None) -> Solved:
    """Attach the strongest proof at hand: a closed tree, else root prices (then ``beyond`` tells that the solver closed the gap)."""
    value = int((model.score * x).sum())
    given = {} if worst is None else {"given_worst": worst}
    if model.size <= PROVE_UP_TO:
        found = Search(model, value, budget if solver_bound is None else Budget(20.0), worst=worst).run()
        if found.x is not None:
            x, value = found.x, int((model.score * found.x).sum())
        if found.closed and found.tree is not None:
            return Solved(model, x, value, ({"claim": "sum_at_most", "value": value, **given, "tree": found.tree},))
    leaf, bound = root_prices(model, worst, rows)
    proof = {"claim": "sum_at_most", "value": bound, **given, "tree": leaf}
    if bound <= value or solver_bound is None:
        return Solved(model, x, bound, (proof,), done=bound <= value)
    return Solved(model, x, value, (proof,), beyond="HiGHS")


def root_prices(model: Model, worst: int | None, rows: Rows | None = None) -> tuple[dict[str, Any], int]:
    """Prices of the linear relaxation and the bound they prove (always valid, tight only as far as the relaxation is)."""
    rows = rows_of(model, worst) if rows is None else rows
    programme = Programme(model.score, model.bottom, model.top, rows)
    programme.run(60.0)
    return price_leaf(model, rows, np.round(programme.duals * SCALE).astype(np.int64))


def price_leaf(model: Model, rows: Rows, y: Ints) -> tuple[dict[str, Any], int]:
    """A leaf from row prices at ``SCALE`` and its bound, rounded down."""
    y = np.where((y > 0) & (rows.high >= 1 << 40), 0, y)
    reduced = model.score * SCALE
    np.subtract.at(reduced, rows.column, rows.value * y[rows.row])
    active = y != 0
    total = sum(int(a) * int(b) for a, b in zip(y[active], np.where(y > 0, rows.high, rows.low)[active], strict=True))
    total += int(np.where(reduced > 0, reduced * model.top, reduced * model.bottom).sum())
    families, extra = by_label(model, rows, y)
    leaf = leaf_of(model, families, SCALE)
    leaf["rows"] += [["worst", model.problem.items[i], int(extra[i])] for i in np.flatnonzero(extra)]
    return leaf, total // SCALE


def prove_infeasible(model: Model, budget: Budget, worst: int | None = None) -> dict[str, Any] | None:
    """A closed tree showing that no assignment exists; None where the tree stays open."""
    found = Search(model, -1, Budget(min(budget.left(), 20.0) + 1.0), zero_score=True, worst=worst).run()
    return found.tree if found.closed and found.x is None else None
