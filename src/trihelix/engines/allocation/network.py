"""The exact integer optimum of nested rules: a min-cost circulation hub → item tree → pair → expert tree → hub.

OR-Tools gives the flow (cost scaling) but no prices; they are recovered afterwards as shortest distances in the
residual network, so a saved answer carries integers that prove it (primal = dual).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import max_flow, min_cost_flow

from .laminar import Nested
from .model import Model
from .problem import Ints


@dataclass(frozen=True)
class Arcs:
    """All arcs: the item tree, the pairs, the expert tree. ``node`` 0 is the hub."""

    tail: Ints
    head: Ints
    low: Ints
    high: Ints
    pairs: slice
    nodes: int

    @property
    def left(self) -> slice:
        return slice(0, self.pairs.start)

    @property
    def right(self) -> slice:
        return slice(self.pairs.stop, len(self.tail))


def arcs_of(model: Model, nested: Nested) -> Arcs:
    """Lay the two trees and the pairs out as arcs with bounds."""
    left, right = nested.left, nested.right
    n_left, n_right = len(left.parent), len(right.parent)
    up = 1 + np.arange(n_left)
    down = 1 + n_left + np.arange(n_right)
    tail = np.concatenate([left.parent + 1, left.leaf + 1, down])
    above = np.where(right.parent < 0, 0, 1 + n_left + right.parent)
    head = np.concatenate([up, right.leaf + 1 + n_left, above])
    low = np.concatenate([left.low, model.bottom, right.low])
    high = np.concatenate([left.high, model.top, right.high])
    return Arcs(tail, head, low, high, slice(n_left, n_left + model.size), 1 + n_left + n_right)


def over_pairs(arcs: Arcs, at: Ints) -> Arcs:
    """The same trees over the pairs at positions ``at`` only."""
    some = np.concatenate([np.arange(arcs.pairs.start), arcs.pairs.start + at, np.arange(arcs.pairs.stop, len(arcs.tail))])
    return Arcs(
        arcs.tail[some], arcs.head[some], arcs.low[some], arcs.high[some], slice(arcs.pairs.start, arcs.pairs.start + len(at)), arcs.nodes
    )


def excess(arcs: Arcs) -> Ints:
    """Σ lower bounds in − out per node: what a circulation must carry beyond its lower bounds."""
    into = np.bincount(arcs.head, weights=arcs.low, minlength=arcs.nodes)
    out = np.bincount(arcs.tail, weights=arcs.low, minlength=arcs.nodes)
    return (into - out).astype(np.int64)


def solve(arcs: Arcs, score: Ints) -> Ints | None:
    """Arc flows of a circulation with the greatest Σ score·flow over the pairs; None when no circulation exists."""
    if np.any(arcs.low > arcs.high):
        return None
    cost = np.zeros(len(arcs.tail), dtype=np.int64)
    cost[arcs.pairs] = -score
    return solve_costs(arcs, cost)


def solve_costs(arcs: Arcs, cost: Ints) -> Ints | None:
    """As :func:`solve`, with a cost on every arc (least total)."""
    flow = min_cost_flow.SimpleMinCostFlow()
    # An absent maximum needs no more than what all lower bounds and pairs together can carry.
    ceiling = int(arcs.high[arcs.pairs].sum() + arcs.low.sum()) + 1
    handles = flow.add_arcs_with_capacity_and_unit_cost(arcs.tail, arcs.head, np.minimum(arcs.high, ceiling + arcs.low) - arcs.low, cost)
    flow.set_nodes_supplies(np.arange(arcs.nodes), excess(arcs))
    status = flow.solve()
    if status == flow.INFEASIBLE:
        return None
    if status != flow.OPTIMAL:
        raise RuntimeError(f"flow solver: {status}")
    return np.asarray(flow.flows(handles), dtype=np.int64) + arcs.low


def residual(arcs: Arcs, score: Ints, flow: Ints) -> tuple[Ints, Ints, Ints]:
    """Residual arcs (tail, head, cost): where one more unit may pass, or one may be taken back."""
    cost = np.zeros(len(arcs.tail), dtype=np.int64)
    cost[arcs.pairs] = -score
    more, less = flow < arcs.high, flow > arcs.low
    return (
        np.concatenate([arcs.tail[more], arcs.head[less]]),
        np.concatenate([arcs.head[more], arcs.tail[less]]),
        np.concatenate([cost[more], -cost[less]]),
    )


def distances(nodes: int, tail: Ints, head: Ints, cost: Ints) -> Ints:
    """Feasible potentials ``d`` with d[head] ≤ d[tail] + cost, from zero everywhere (no negative cycle at an optimum).

    Label correcting with a frontier: each round relaxes only the arcs out of nodes that changed.
    """
    order = np.argsort(tail, kind="stable")
    head, cost = head[order], cost[order]
    start = np.searchsorted(tail[order], np.arange(nodes + 1))
    label = np.zeros(nodes, dtype=np.int64)
    frontier = np.arange(nodes)
    for _ in range(nodes + 1):
        if not len(frontier):
            return label
        count = start[frontier + 1] - start[frontier]
        arc = np.repeat(start[frontier] - np.concatenate([[0], np.cumsum(count)[:-1]]), count) + np.arange(count.sum())
        reach = np.repeat(label[frontier], count) + cost[arc]
        closer = reach < label[head[arc]]
        target, reach = head[arc[closer]], reach[closer]
        np.minimum.at(label, target, reach)
        frontier = np.unique(target)
    raise RuntimeError("negative cycle: the flow is not optimal")


@dataclass(frozen=True)
class Prices:
    """Price of each row in the two trees (≥0 at its maximum, ≤0 at its minimum)."""

    left: Ints
    right: Ints
    label: Ints  # node potentials


def prices(arcs: Arcs, score: Ints, flow: Ints) -> Prices:
    """Integer prices that prove the flow optimal."""
    label = distances(arcs.nodes, *residual(arcs, score, flow))
    y = label[arcs.head] - label[arcs.tail]
    return Prices(y[arcs.left], y[arcs.right], label)


def row_prices(model: Model, nested: Nested, found: Prices) -> list[Ints]:
    """Prices per family and group (zero for rows outside the trees)."""
    out = [np.zeros(len(f.low), dtype=np.int64) for f in model.families]
    for tree, y in ((nested.left, found.left), (nested.right, found.right)):
        for f in np.unique(tree.family):
            mine = tree.family == f
            out[int(f)][tree.group[mine]] = y[mine]
    return out


def circulates(arcs: Arcs) -> bool:
    """Whether any circulation respects the bounds."""
    if not np.any(excess(arcs)):
        return True
    flow, wanted = _filled(arcs)
    return bool(flow.optimal_flow() == wanted)


def cut(arcs: Arcs) -> Ints:
    """Node set (mask as 0/1) whose lower bounds in exceed its upper bounds out, of an infeasible circulation."""
    flow, _ = _filled(arcs)
    side = np.zeros(arcs.nodes + 2, dtype=np.int64)
    side[np.asarray(flow.get_source_side_min_cut(), dtype=np.int64)] = 1
    return side[: arcs.nodes]


def _filled(arcs: Arcs) -> tuple[max_flow.SimpleMaxFlow, int]:
    """The max flow from nodes with too much to nodes with too little, and the amount that would meet every lower bound."""
    b = excess(arcs)
    flow = max_flow.SimpleMaxFlow()
    ceiling = int(np.abs(b).sum() + arcs.high[arcs.pairs].sum()) + 1
    room = np.maximum(np.minimum(arcs.high, ceiling + arcs.low) - arcs.low, 0)
    gives, takes = np.flatnonzero(b > 0), np.flatnonzero(b < 0)
    source, sink = arcs.nodes, arcs.nodes + 1
    flow.add_arcs_with_capacity(
        np.concatenate([arcs.tail, np.full(len(gives), source), takes]),
        np.concatenate([arcs.head, gives, np.full(len(takes), sink)]),
        np.concatenate([room, b[gives], -b[takes]]),
    )
    if flow.solve(source, sink) != flow.OPTIMAL:
        raise RuntimeError("max flow did not finish")
    return flow, int(b[gives].sum())
