"""Why it cannot be done: a minimal set of rows that clash, counted (needed against available) and said in words.

Nested rules: the min cut of the infeasible circulation. Crossing rules: prices of the least violation. Either set is then
thinned until no row can be left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from . import network
from .budget import Budget
from .clash_cut import Skeleton, tight_cut, violated_cut
from .clash_words import describe
from .core import impossible_fixed
from .exact import PROVE_UP_TO
from .feasible import only_rows, some_assignment
from .laminar import Nested, nest
from .model import Model, build
from .problem import Problem
from .rows import Programme, rows_of
from .search import least_violation

Row = tuple[int, int]
MOST_TESTS = 400
MOST_ARCS = 200_000  # arcs over all questions about one large clash


def network_proof(model: Model, nested: Nested) -> dict[str, Any]:
    """Prices ±1 on the rows of a violated cut: they prove a negative bound, so no assignment exists."""
    arcs = network.arcs_of(model, nested)
    rows: list[list[Any]] = []
    for tree, part in ((nested.left, arcs.left), (nested.right, arcs.right)):
        low, high = arcs.low[part], arcs.high[part]
        bad = np.flatnonzero(low > high)
        for k in bad[:1]:
            key = model.families[int(tree.family[k])].key(int(tree.group[k]))
            return {"scale": 1, "rows": [[*key, 1], [*key, -1]]}
    side = network.cut(arcs)
    for tree, part in ((nested.left, arcs.left), (nested.right, arcs.right)):
        y = side[arcs.tail[part]] - side[arcs.head[part]]
        for k in np.flatnonzero(y):
            key = model.families[int(tree.family[k])].key(int(tree.group[k]))
            rows.append([*key, int(y[k])])
    return {"scale": 1, "rows": rows}


def explain(problem: Problem, budget: Budget) -> dict[str, Any]:
    """The ``reason`` object of an infeasible answer."""
    model = build(problem)
    pair = impossible_fixed(problem, model)
    if pair is not None:
        return describe(model, [], 1, 0, pair)
    nested = nest(model)
    if _flows(network.arcs_of(model, nested)):
        rows = _thin(model, _by_violation(model, budget), budget)
        return describe(model, rows, *_count(model, rows, budget))
    cut = tight_cut(model, nested)
    rows = [*dict.fromkeys([row for row, _ in cut.demand] + cut.supply)]
    rows = _thin_cut(model, nested, rows, budget)
    last = only_rows(model, set(rows))
    cut = violated_cut(last, nest(last))
    return describe(model, rows, cut.needed, cut.available)


def _flows(arcs: network.Arcs) -> bool:
    return not np.any(arcs.low > arcs.high) and network.circulates(arcs)


def _by_violation(model: Model, budget: Budget) -> list[Row]:
    """Rows priced by the least total violation; all rows when only whole numbers are the obstacle."""
    rows = rows_of(model)
    programme = least_violation(model, rows, model.bottom, model.top)
    if programme.run(budget.left()) == "optimal" and programme.value > 1e-6:
        picked = [rows.label[int(k)] for k in np.flatnonzero(np.abs(programme.duals) > 1e-7)]
        if some_assignment(only_rows(model, set(picked)), budget) is None:
            return picked
    return list(rows.label)


def _thin(model: Model, rows: list[Row], budget: Budget) -> list[Row]:
    """Leave out whatever the contradiction does not need, larger pieces first."""
    lows = [np.asarray(f.low) for f in model.families]

    def clashes(keep: list[Row]) -> bool:
        touched = np.zeros(model.size, dtype=np.bool_)
        kept = set(keep)
        for f, fam in enumerate(model.families):
            marked = np.zeros(len(fam.low) + 1, dtype=np.bool_)
            marked[[g for h, g in kept if h == f and lows[f][g] > 0]] = True
            touched |= marked[fam.group]
        try:
            return some_assignment(only_rows(model, kept, np.flatnonzero(touched | (model.bottom > 0))), budget) is None
        except TimeoutError:
            return False

    ordered = _minimums_first(model, rows)
    return _delete(ordered, clashes, budget) if clashes(ordered) else ordered


def _thin_cut(model: Model, nested: Nested, rows: list[Row], budget: Budget) -> list[Row]:
    """As :func:`_thin` for the rows of a cut, each question one small max flow.

    A trimmed cut seldom holds a row too many, and asking it of every row of a large clash costs more than it tells: there the number
    of questions is bounded by ``MOST_ARCS``, and the rows stay a true clash at any moment.
    """
    skeleton = Skeleton(model, nested, rows)
    most = min(MOST_TESTS, MOST_ARCS // skeleton.size) if model.size > PROVE_UP_TO else MOST_TESTS
    return _delete(_minimums_first(model, rows), skeleton.clashes, budget, most)


def _minimums_first(model: Model, rows: list[Row]) -> list[Row]:
    """Minimum rows first: fewer panels make a shorter sentence than fewer experts."""
    return sorted(rows, key=lambda r: (int(model.families[r[0]].low[r[1]]) <= 0, r))


def _delete(rows: list[Row], clashes: Callable[[list[Row]], bool], budget: Budget, most: int = MOST_TESTS) -> list[Row]:
    """Deletion filter with halving chunks; the result loses its contradiction if any single row goes (within the test limit)."""
    tests, size = 0, max(1, len(rows) // 2)
    while True:
        k = 0
        while k < len(rows):
            tests += 1
            if tests > most or budget.over():
                return rows
            shorter = rows[:k] + rows[k + size :]
            if shorter and clashes(shorter):
                rows = shorter
            else:
                k += size
        if size == 1:
            return rows
        size = max(1, size // 2)


def _count(model: Model, rows: list[Row], budget: Budget) -> tuple[int, int]:
    """Seats the clash demands, and the most of them that can be met at once under its other rows (both in units)."""
    demand = [(f, g) for f, g in rows if model.families[f].low[g] > 0]
    needed = sum(int(model.families[f].low[g]) for f, g in demand)
    kept = only_rows(model, set(rows))
    soft = rows_of(kept)
    number = {label: k for k, label in enumerate(soft.label)}
    soft_low = soft.low.copy()
    for row in demand:
        soft_low[number[row]] = 0
    extra_row = np.array([number[row] for row in demand], dtype=np.int64)
    n = model.size
    # One column per demand row counts what it still lacks; the least total lack is needed − available.
    grown = replace(
        soft, row=np.concatenate([soft.row, extra_row]), column=np.concatenate([soft.column, n + np.arange(len(demand))]),
        value=np.concatenate([soft.value, np.ones(len(demand), np.int64)]),
    )  # fmt: skip
    top = np.concatenate([model.top, [int(model.families[f].low[g]) for f, g in demand]])
    cost = np.concatenate([np.zeros(n), np.ones(len(demand))])
    programme = Programme(
        cost, np.concatenate([model.bottom, np.zeros(len(demand))]), top, grown, np.ones(n + len(demand), np.bool_), maximise=False
    )
    programme.run(max(1.0, budget.left()))
    lacking = round(programme.value) if programme.has_solution else 1
    return needed, needed - max(1, lacking)
