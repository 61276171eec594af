"""The clash of nested rules: a violated cut of the infeasible circulation, as rows with what they demand and what they allow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from . import network
from .feasible import only_rows
from .laminar import Nested, Tree, nest
from .model import Model
from .problem import Bools

Row = tuple[int, int]


@dataclass(frozen=True)
class Cut:
    """Rows whose minimums enter (``demand``) and whose maximums leave (``supply``) one connected part; sums in units."""

    demand: list[tuple[Row, int]]
    supply: list[Row]
    needed: int
    available: int


def violated_cut(model: Model, nested: Nested) -> Cut:
    """The smallest connected part of the min cut that is violated on its own."""
    arcs = network.arcs_of(model, nested)
    trees = ((nested.left, arcs.left), (nested.right, arcs.right))
    for tree, part in trees:
        for k in np.flatnonzero(arcs.low[part] > arcs.high[part])[:1].tolist():
            row, low, high = _row(tree, k), int(arcs.low[part][k]), int(arcs.high[part][k])
            return Cut([(row, low)], [row], low, high)
    side = network.cut(arcs)
    member = side != side[0]
    part_of, sizes = _parts(arcs, member)
    a, b = member[arcs.tail], member[arcs.head]
    # With the hub on the sink side minimums enter the part; with the hub on the source side they leave it.
    demand, supply = (b & ~a, a & ~b) if side[0] == 0 else (a & ~b, b & ~a)
    inner = np.where(a, arcs.tail, arcs.head)
    needs = np.bincount(part_of[inner[demand]], arcs.low[demand], minlength=arcs.nodes)
    gives = np.bincount(part_of[inner[supply]], arcs.high[supply], minlength=arcs.nodes)
    best = min(np.flatnonzero(needs > gives).tolist(), key=lambda c: (sizes[c], c))
    mine = part_of[inner] == best
    demands, supplies = [], []
    for tree, part in trees:
        demands += [(_row(tree, k), int(arcs.low[part][k])) for k in np.flatnonzero((demand & mine & (arcs.low > 0))[part]).tolist()]
        supplies += [_row(tree, k) for k in np.flatnonzero((supply & mine)[part]).tolist()]
    return Cut(demands, supplies, int(needs[best]), int(gives[best]))


def _row(tree: Tree, k: int) -> Row:
    return int(tree.family[k]), int(tree.group[k])


def _parts(arcs: network.Arcs, member: Bools) -> tuple[np.ndarray, np.ndarray]:
    both = member[arcs.tail] & member[arcs.head]
    graph = coo_matrix((np.ones(int(both.sum())), (arcs.tail[both], arcs.head[both])), shape=(arcs.nodes, arcs.nodes))
    _, part_of = connected_components(graph, directed=False)
    return part_of, np.bincount(part_of[member], minlength=arcs.nodes)


def tight_cut(model: Model, nested: Nested) -> Cut:
    """The cut with demands dropped while it stays violated, cut again until nothing more goes."""
    cut = violated_cut(model, nested)
    while True:
        surplus, kept = cut.needed - cut.available, []
        for row, low in reversed(cut.demand):
            if low < surplus:
                surplus -= low
            else:
                kept.append(row)
        if len(kept) == len(cut.demand):
            return cut
        smaller = only_rows(model, {*kept, *cut.supply})
        cut = violated_cut(smaller, nest(smaller))
