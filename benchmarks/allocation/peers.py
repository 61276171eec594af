"""Peer methods, written from their papers or given to a general solver; none shares code with the engine's own methods."""

from __future__ import annotations

import heapq

import numpy as np
from highspy import HighsModelStatus
from ortools.graph.python import min_cost_flow
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from trihelix.engines.allocation.model import Model
from trihelix.engines.allocation.rows import Programme, rows_of


def highs(model: Model, seconds: float, whole: bool = False) -> tuple[str, int]:
    """HiGHS on exactly the engine's rows: linear (integral where rows nest) or integer. (status, objective)."""
    programme = Programme(model.score, model.bottom, model.top, rows_of(model), np.ones(model.size, np.bool_) if whole else None)
    status = programme.run(seconds)
    return status, round(programme.value) if programme.has_solution else 0


def highs_clash(model: Model, seconds: float) -> tuple[str, int]:
    """HiGHS's irreducible infeasible subsystem (strategy: light plus elastic, from the rows). (status, rows named); it gives no cure."""
    programme = Programme(np.zeros(model.size), model.bottom, model.top, rows_of(model))
    programme.highs.setOptionValue("iis_strategy", 2)
    programme.highs.setOptionValue("iis_time_limit", seconds)
    programme.run(seconds)
    if programme.highs.getModelStatus() != HighsModelStatus.kInfeasible:
        return "not infeasible", 0
    _, iis = programme.highs.getIis()
    return "done", len(iis.row_index_)


def greedy_rounds(model: Model) -> tuple[np.ndarray, int]:
    """What officers do by hand: seat by seat the best remaining pair that breaks no maximum. (x, seats left empty)."""
    order = np.lexsort((model.expert, model.item, -model.score))
    room = [f.high.copy() for f in model.families]
    groups = [f.group for f in model.families]
    x = np.zeros(model.size, dtype=np.int64)
    for k in order.tolist():
        cells = [(f, g[k]) for f, g in enumerate(groups) if g[k] >= 0]
        if all(room[f][g] > 0 for f, g in cells):
            x[k] = 1
            for f, g in cells:
                room[f][g] -= 1
    return x, int(model.problem.need.sum() - x.sum())


def flow_over_all(scores: np.ndarray, need: int, cap: int) -> int:
    """OR-Tools min-cost flow with one arc for every pair."""
    m, n = scores.shape
    flow = min_cost_flow.SimpleMinCostFlow()
    for i in range(0, m, 200):
        block = scores[i : i + 200]
        rows = np.repeat(np.arange(i, i + len(block)), n)
        flow.add_arcs_with_capacity_and_unit_cost(
            rows, np.tile(m + np.arange(n), len(block)), np.ones(len(rows), np.int64), -block.reshape(-1).astype(np.int64)
        )
    flow.add_arcs_with_capacity_and_unit_cost(m + np.arange(n), np.full(n, m + n), np.full(n, cap), np.zeros(n, np.int64))
    flow.set_nodes_supplies(np.append(np.arange(m), m + n), np.append(np.full(m, need), -need * m))
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("flow")
    return -flow.optimal_cost()


def _assign(scores: np.ndarray, allowed: np.ndarray, need: np.ndarray, cap: np.ndarray, bonus: np.ndarray) -> np.ndarray | None:
    """Pair matrix of a min-cost flow with row needs, column capacities and pair scores."""
    m, n = scores.shape
    item, expert = np.nonzero(allowed)
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        item, m + expert, np.ones(len(item), np.int64), -(scores + bonus)[item, expert].astype(np.int64)
    )
    flow.add_arcs_with_capacity_and_unit_cost(m + np.arange(n), np.full(n, m + n), cap, np.zeros(n, np.int64))
    flow.set_nodes_supplies(np.append(np.arange(m), m + n), np.append(need, -need.sum()))
    if flow.solve() != flow.OPTIMAL:
        return None
    out = np.zeros((m, n), dtype=np.int64)
    out[item, expert] = flow.flows(arcs)
    return out


def fair_flow(scores: np.ndarray, allowed: np.ndarray, need: int, cap: int, steps: int = 10) -> np.ndarray:
    """FairFlow-style (Kobren, Saha, McCallum, KDD 2019): bisection on a floor T; items below T − max score give way to a flow that
    lets items at or above T hand one seat on, until no item is far below; then all open seats are filled by flow."""
    m, n = scores.shape
    best = _assign(scores, allowed, np.full(m, need), np.full(n, cap), np.zeros_like(scores))
    if best is None:
        raise RuntimeError("no assignment")
    top = int(scores[allowed].max())
    low, high = 0, int(np.sort(np.where(allowed, scores, 0), axis=1)[:, -need:].sum(axis=1).min())
    for _ in range(steps):
        floor = (low + high + 1) // 2
        now = best.copy()
        for _ in range(12):
            totals = (scores * now).sum(axis=1)
            worst, rich = totals < floor - top, totals >= floor
            weak = totals < floor
            if not weak.any():
                break
            keep = now.copy()
            for i in np.flatnonzero(rich):
                seated = np.flatnonzero(now[i])
                spare = totals[i] - floor
                drop = seated[np.argmin(scores[i, seated])]
                if scores[i, drop] <= spare + top:
                    keep[i, drop] = 0
            for i in np.flatnonzero(weak | worst):
                keep[i] = 0
            open_seats = need - keep.sum(axis=1)
            bonus = np.where((weak | worst)[:, None], 4 * top, 0) * np.ones_like(scores)
            filled = _assign(scores, allowed & (keep == 0), open_seats, cap - keep.sum(axis=0), bonus)
            if filled is None or np.array_equal(keep + filled, now):
                break
            now = keep + filled
        reached = int((scores * now).sum(axis=1).min())
        if reached > int((scores * best).sum(axis=1).min()):
            best = now
        low, high = (floor, high) if reached >= floor else (low, floor - 1)
        if low >= high:
            break
    return best


def fair_sequence(scores: np.ndarray, allowed: np.ndarray, need: int, cap: int) -> np.ndarray:
    """FairSequence-style (Payan and Zick 2022): one pick an item a round; within a round the item whose best free expert is
    worth most picks first (lazy heap)."""
    m, n = scores.shape
    order = np.argsort(np.where(allowed, -scores, 1), axis=1, kind="stable")
    width = allowed.sum(axis=1)
    left = np.full(n, cap)
    out = np.zeros((m, n), dtype=np.int64)
    for _ in range(need):
        place = [0] * m
        heap = [(-int(scores[i, order[i, 0]]), i) for i in range(m)]
        heapq.heapify(heap)
        while heap:
            _, i = heapq.heappop(heap)
            k = place[i]
            while k < width[i] and (left[order[i, k]] == 0 or out[i, order[i, k]]):
                k += 1
            if k == width[i]:
                continue
            expert = order[i, k]
            value = -int(scores[i, expert])
            if k != place[i] and heap and value > heap[0][0]:
                place[i] = k
                heapq.heappush(heap, (value, i))
                continue
            out[i, expert], left[expert] = 1, left[expert] - 1
    return out


def sparse_matching(model: Model) -> int:
    """SciPy's sparse bipartite matching: every item one seat, no quotas. The pair list as given."""
    m, n = len(model.problem.items), len(model.problem.experts)
    graph = csr_matrix((model.score.astype(np.float64), (model.item, model.expert)), shape=(m, n))
    graph = graph if m <= n else graph.T.tocsr()
    rows, columns = min_weight_full_bipartite_matching(graph, maximize=True)
    return int(graph[rows, columns].sum())
