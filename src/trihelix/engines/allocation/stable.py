"""Two-sided choice (双向选择): deferred acceptance, and where hard rules forbid its result, an exact programme over blocking pairs.

Gale and Shapley 1962 in its many-to-many form with responsive preferences; the result is checked pair by pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from .blocking import Wishes, blocking_pairs, wishes
from .budget import Budget
from .core import Solved, impossible_fixed
from .exact import Infeasible
from .feasible import some_assignment
from .model import Model, build
from .problem import Ints, Problem
from .rows import Programme, Rows, rows_of


@dataclass(frozen=True)
class NoStable:
    """The rules can be met, but by no stable assignment; ``fewest`` blocking pairs are unavoidable (None = not known)."""

    fewest: int | None


def deferred_acceptance(problem: Problem, hosts_propose: bool = False) -> set[tuple[int, int]]:
    """Stable pairs (item, expert); the proposing side gets its best stable outcome. Ties fall to file order."""
    w = wishes(problem)
    mine, theirs = (w.item, w.expert) if hosts_propose else (w.expert, w.item)
    me, you = (0, 1) if hosts_propose else (1, 0)
    seats = (problem.need, problem.cap)[:: 1 if hosts_propose else -1]
    order: dict[int, list[tuple[int, int]]] = {}
    for pair in sorted(w.pairs, key=lambda p: (mine[p], p[you])):
        order.setdefault(pair[me], []).append(pair)
    todo = [k for k in sorted(order) for _ in range(int(seats[0][k]))][::-1]
    nxt = dict.fromkeys(order, 0)
    held: dict[int, list[tuple[int, int, tuple[int, int]]]] = {}
    while todo:
        k = todo.pop()
        if nxt[k] >= len(order[k]):
            continue
        pair = order[k][nxt[k]]
        nxt[k] += 1
        room = held.setdefault(pair[you], [])
        heappush(room, (-theirs[pair], -pair[me], pair))
        if len(room) > int(seats[1][pair[you]]):
            todo.append(heappop(room)[2][me])
    return {pair for room in held.values() for _, _, pair in room}


def solve_stable(problem: Problem, budget: Budget) -> Solved | Infeasible | NoStable | None:
    """A stable assignment under every rule, or the fewest blocking pairs, as the goal asks."""
    model = build(problem)
    pair = impossible_fixed(problem, model)
    if pair is not None:
        return Infeasible({"impossible_pair": [problem.items[pair[0]], problem.experts[pair[1]]]})
    stable = deferred_acceptance(problem, problem.objective == "stable_host")
    x = np.array([p in stable for p in zip(model.item.tolist(), model.expert.tolist(), strict=True)], dtype=np.int64)
    if not model.violated(x) and np.all(x >= model.bottom):
        return Solved(model, x, int((model.score * x).sum()), ())
    if some_assignment(model, budget) is None:
        return Infeasible(None)
    return _fewest(model, budget)


def _fewest(model: Model, budget: Budget) -> Solved | NoStable | None:
    """Least number of blocking pairs under every rule, as an integer programme."""
    problem = model.problem
    goal = problem.objective
    programme = _programme(model, wishes(problem), forbid=goal != "min_blocking_pairs")
    status = programme.run(budget.left())
    if status == "infeasible":
        return NoStable(None)
    if not programme.has_solution:
        return None
    x = np.round(programme.x[: model.size]).astype(np.int64)
    chosen = set(zip(model.item[x > 0].tolist(), model.expert[x > 0].tolist(), strict=True))
    count = len(blocking_pairs(problem, chosen))
    if goal != "min_blocking_pairs":
        return Solved(model, x, int((model.score * x).sum()), (), beyond="HiGHS")
    bound = count if status == "optimal" else max(0, int(np.ceil(programme.bound - 1e-6)))
    return Solved(model, x, bound, (), done=bound >= count, beyond=None if count == 0 else "HiGHS")


class _Rows:
    """Grows a sparse system beside the model's rows."""

    def __init__(self, rows: Rows) -> None:
        self.rows, self.count = rows, len(rows.low)
        self.row, self.column, self.value = list[int](), list[int](), list[int]()
        self.low = list[int]()

    def at_least(self, terms: list[tuple[int, int]], low: int) -> None:
        for column, value in terms:
            self.row.append(self.count)
            self.column.append(column)
            self.value.append(value)
        self.low.append(low)
        self.count += 1

    def done(self) -> Rows:
        def join(a: Ints, b: list[int]) -> Ints:
            return np.concatenate([a, np.array(b, dtype=np.int64)])

        high = [1 << 40] * len(self.low)
        r = self.rows
        return Rows(
            join(r.row, self.row), join(r.column, self.column), join(r.value, self.value), join(r.low, self.low), join(r.high, high), []
        )


def _programme(model: Model, w: Wishes, forbid: bool) -> Programme:
    """For every acceptable pair: seated, or the expert is content, or the item is content, or (at cost 1) it blocks.

    A side is content with a pair left out when all its seats hold pairs it ranks at least as high.
    ``forbid`` (a stable goal) allows no blocking and seats only pairs acceptable to both.
    """
    problem = model.problem
    at = {p: k for k, p in enumerate(zip(model.item.tolist(), model.expert.tolist(), strict=True))}
    grown = _Rows(rows_of(model))
    cost, top = [0.0] * model.size, model.top.astype(np.float64).tolist()
    if forbid:
        for p, k in at.items():
            if p not in w.expert:
                top[k] = 0.0
    by = {0: dict[int, list[tuple[int, int]]](), 1: dict[int, list[tuple[int, int]]]()}
    for p in w.pairs:
        by[0].setdefault(p[0], []).append(p)
        by[1].setdefault(p[1], []).append(p)
    for p in w.pairs:
        terms = [(at[p], 1)]
        for side, rank, seats in ((0, w.item, problem.need), (1, w.expert, problem.cap)):
            good = [at[q] for q in by[side][p[side]] if rank[q] <= rank[p] and q != p]
            full = int(seats[p[side]])
            if full == 0 or len(good) < full:
                terms += [(-1, 0)] if full == 0 else []
                continue
            content = len(cost)
            cost.append(0.0)
            top.append(1.0)
            grown.at_least([*((q, 1) for q in good), (content, -full)], 0)
            terms.append((content, 1))
        if (-1, 0) in terms:
            continue  # a side without any seat never blocks
        if not forbid:
            terms.append((len(cost), 1))
            cost.append(1.0)
            top.append(1.0)
        grown.at_least(terms, 1)
    bottom = [*model.bottom.tolist(), *([0] * (len(cost) - model.size))]
    if forbid:
        for k in range(model.size):
            cost[k] = -float(model.score[k])
    return Programme(cost, bottom, top, grown.done(), np.ones(len(cost), np.bool_), maximise=False)
