"""Is there any assignment at all? The question behind reasons and repairs, asked of a model or of a problem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from . import network
from .budget import Budget
from .core import impossible_fixed
from .laminar import nest
from .model import Model, build
from .problem import Ints, Problem
from .rows import Programme, rows_of


def some_assignment(model: Model, budget: Budget) -> Ints | None:
    """Any x within every row, or None when none exists; raises ``TimeoutError`` when time ends undecided."""
    if np.any(model.bottom > model.top) or any(np.any(f.low > f.high) for f in model.families):
        return None
    nested = nest(model)
    arcs = network.arcs_of(model, nested)
    flow = network.solve(arcs, np.zeros_like(model.score))
    if flow is None:
        return None
    x = np.asarray(flow[arcs.pairs])
    if nested.is_network or not model.violated(x):
        return x
    programme = Programme(np.zeros(model.size), model.bottom, model.top, rows_of(model), np.ones(model.size, np.bool_))
    status = programme.run(budget.left())
    if status == "stopped":
        raise TimeoutError
    return np.round(programme.x).astype(np.int64) if status == "optimal" else None


def solvable(problem: Problem, budget: Budget) -> bool:
    """Whether the problem's rules (goal and wishes aside) can be met."""
    model = build(problem)
    return impossible_fixed(problem, model) is None and some_assignment(model, budget) is not None


def only_rows(model: Model, rows: set[tuple[int, int]], pairs: Ints | None = None) -> Model:
    """The model with every row outside ``rows`` relaxed, over ``pairs`` (default: all)."""
    families = []
    for f, fam in enumerate(model.families):
        keep = np.zeros(len(fam.low), dtype=np.bool_)
        keep[[g for h, g in rows if h == f]] = True
        group = fam.group if pairs is None else fam.group[pairs]
        families.append(replace(fam, group=group, low=np.where(keep, fam.low, 0), high=np.where(keep, fam.high, 1 << 40)))
    if pairs is None:
        return replace(model, families=tuple(families))
    cut = {name: getattr(model, name)[pairs] for name in ("listed", "item", "expert", "score", "bottom", "top")}
    return replace(model, families=tuple(families), **cut)
