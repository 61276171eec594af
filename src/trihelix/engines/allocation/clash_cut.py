"""The clash of nested rules: a violated cut of the infeasible circulation, as rows with what they demand and what they allow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from . import network
from .feasible import only_rows
from .laminar import Nested, Tree, nest
from .model import Model
from .problem import Bools, Ints

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


class Skeleton:
    """The network of a clash, laid out once for many questions "do these rows still clash?".

    A row that does not count bounds nothing, and every node of a tree has one arc towards the hub: the node and its parent become one.
    Parallel pairs add up, so a question is one small max flow.
    """

    def __init__(self, model: Model, nested: Nested, rows: Sequence[Row]) -> None:
        arcs = network.arcs_of(model, nested)
        self._of = {row: k for k, row in enumerate(rows)}
        trees = np.concatenate([self._numbers(nested.left), self._numbers(nested.right)])
        split = len(nested.left.parent)
        tree = np.concatenate([np.arange(split), np.arange(arcs.pairs.stop, len(arcs.tail))])
        child = np.concatenate([arcs.head[arcs.left], arcs.tail[arcs.right]])
        parent = np.concatenate([arcs.tail[arcs.left], arcs.head[arcs.right]])
        merged = _roots(np.arange(arcs.nodes), child, parent, trees < 0)
        kept = trees >= 0
        self._row, self._child, self._parent = trees[kept], child[kept], merged[parent[kept]]
        self._left = np.arange(len(trees))[kept] < split
        self._low, self._high = arcs.low[tree][kept], arcs.high[tree][kept]
        found = np.unique(np.concatenate([[0], merged]))
        names = np.zeros(arcs.nodes, dtype=np.int64)
        names[found] = np.arange(len(found))
        self.nodes = len(found)
        self._child, self._parent, merged = names[self._child], names[self._parent], names[merged]
        self._pairs = _sum_up(
            merged[arcs.tail[arcs.pairs]], merged[arcs.head[arcs.pairs]], arcs.low[arcs.pairs], arcs.high[arcs.pairs], self.nodes
        )

    @property
    def size(self) -> int:
        """Arcs: what a question costs."""
        return len(self._row) + len(self._pairs[0])

    def _numbers(self, tree: Tree) -> Ints:
        """Position among the clashing rows of each node's row; -1 for the others."""
        return np.array([self._of.get(row, -1) for row in zip(tree.family.tolist(), tree.group.tolist(), strict=True)], dtype=np.int64)

    def clashes(self, rows: Iterable[Row]) -> bool:
        """Whether no assignment meets ``rows`` (all others left aside)."""
        counts = np.zeros(len(self._of), dtype=np.bool_)
        counts[[self._of[row] for row in rows]] = True
        on = counts[self._row]
        if np.any(self._low[on] > self._high[on]):
            return True
        merged = _roots(np.arange(self.nodes), self._child, self._parent, ~on)
        tail, head, low, high = _sum_up(merged[self._pairs[0]], merged[self._pairs[1]], self._pairs[2], self._pairs[3], self.nodes)
        child, above, left = self._child[on], merged[self._parent[on]], self._left[on]
        arcs = network.Arcs(
            np.concatenate([tail, np.where(left, above, child)]), np.concatenate([head, np.where(left, child, above)]),
            np.concatenate([low, self._low[on]]), np.concatenate([high, self._high[on]]), slice(0, len(tail)), self.nodes,
        )  # fmt: skip
        return not network.circulates(arcs)


def _roots(of: Ints, child: Ints, parent: Ints, gone: Bools) -> Ints:
    """Each node's nearest ancestor that stays when the nodes below ``gone`` arcs join their parents."""
    of = of.copy()
    of[child[gone]] = parent[gone]
    while True:
        further = of[of]
        if np.array_equal(further, of):
            return of
        of = further


def _sum_up(tail: Ints, head: Ints, low: Ints, high: Ints, nodes: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Parallel arcs as one; loops left out."""
    apart = tail != head
    key, back = np.unique(tail[apart] * nodes + head[apart], return_inverse=True)
    low, high = (np.bincount(back, v[apart], minlength=len(key)).astype(np.int64) for v in (low, high))
    return key // nodes, key % nodes, low, high
