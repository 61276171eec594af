"""The draw (抽签, 双随机): exact marginals become one assignment by a stream of bits that anyone can recompute.

The marginals are an integer flow in units of 1/b. Cycles of arcs with a broken amount are pushed up or down, with probabilities
that keep every marginal exact (Birkhoff – von Neumann as in Budish, Che, Kojima and Milgrom 2013), until nothing is broken.
Every quota is an arc whose bounds are whole, so every drawn assignment keeps every quota. No floating point anywhere.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from trihelix.engines.errors import Refused

from .laminar import Nested
from .model import Model
from .network import arcs_of
from .problem import Ints
from .seed import seed_of

__all__ = ["Stream", "draw", "refuse_crossing", "seed_of"]


def refuse_crossing(model: Model, nested: Nested) -> None:
    """Marginals guarantee a draw only where the rules nest; crossing rules are refused by name rather than broken in silence."""
    if nested.is_network:
        return
    names = sorted({model.families[f].kind + "." + ".".join(model.families[f].key(g)[1:]) for f, g in nested.side})[:10]
    raise Refused.one(
        "crossing_in_draw",
        f"这些规则互相交叉，无法保证每次抽签都满足，请去掉其一或改用择优分配：{'、'.join(names)}",
        field="limits",
        value=names,
    )


class Stream:
    """Whole numbers from SHA-256 in counter mode: block k is SHA-256(seed ‖ k as 8 bytes), read as four 64-bit words."""

    def __init__(self, seed: bytes) -> None:
        self._seed, self._count, self._words = seed, 0, list[int]()

    def below(self, n: int) -> int:
        """Uniform in 0..n-1, by rejection, so no remainder bias."""
        limit = (1 << 64) - (1 << 64) % n
        while True:
            if not self._words:
                block = hashlib.sha256(self._seed + self._count.to_bytes(8, "big")).digest()
                self._words = [int.from_bytes(block[k : k + 8], "big") for k in (24, 16, 8, 0)]
                self._count += 1
            word = self._words.pop()
            if word < limit:
                return word % n


@dataclass
class _Graph:
    """Broken arcs around each node; a cycle always exists because broken amounts balance at every node."""

    tail: list[int]
    head: list[int]
    amount: list[int]
    around: list[list[int]]


def draw(model: Model, nested: Nested, x: Ints, seed: bytes) -> Ints:
    """One assignment (0/1 per pair) drawn with exactly the marginals ``x``/unit."""
    unit = model.problem.unit
    arcs = arcs_of(model, nested)
    flow = _flows(model, nested, x, len(arcs.tail), arcs.pairs.start)
    stream = Stream(seed)
    broken = np.flatnonzero(flow % unit).tolist()
    around: list[list[int]] = [[] for _ in range(arcs.nodes)]
    graph = _Graph(arcs.tail.tolist(), arcs.head.tolist(), flow.tolist(), around)
    for arc in broken:
        around[graph.tail[arc]].append(arc)
        around[graph.head[arc]].append(arc)
    for arc in broken:
        while graph.amount[arc] % unit:
            _cancel(graph, _cycle(graph, arc, unit), unit, stream)
    return np.array(graph.amount[arcs.pairs], dtype=np.int64) // unit


def _flows(model: Model, nested: Nested, x: Ints, count: int, first_pair: int) -> Ints:
    """Amounts on every arc from the amounts on pairs, leaves before parents."""
    flow = np.zeros(count, dtype=np.int64)
    flow[first_pair : first_pair + model.size] = x
    for tree, start in ((nested.left, 0), (nested.right, first_pair + model.size)):
        got = np.bincount(tree.leaf, weights=x, minlength=len(tree.parent)).astype(np.int64)
        depth = _depths(tree.parent)
        for level in range(int(depth.max(initial=0)), 0, -1):
            mine = np.flatnonzero(depth == level)
            np.add.at(got, tree.parent[mine], got[mine])
        flow[start : start + len(got)] = got
    return flow


def _depths(parent: Ints) -> Ints:
    depth = np.zeros(len(parent), dtype=np.int64)
    up = parent.copy()
    while (up >= 0).any():
        depth += up >= 0
        up = np.where(up >= 0, parent[up], -1)
    return depth


def _cycle(graph: _Graph, first: int, unit: int) -> list[tuple[int, int]]:
    """A cycle of broken arcs reached from ``first``, each with +1 (along) or -1 (against)."""
    path: list[tuple[int, int]] = [(first, 1)]
    node = graph.head[first]
    seen = {graph.tail[first]: 0, node: 1}
    if node == graph.tail[first]:
        return path
    while True:
        last = path[-1][0]
        choices = graph.around[node]
        while True:
            arc = choices[-1]
            if graph.amount[arc] % unit == 0:
                choices.pop()
                continue
            if arc == last:
                arc = _other(graph, choices, last, unit)
            break
        along = graph.tail[arc] == node
        node = graph.head[arc] if along else graph.tail[arc]
        path.append((arc, 1 if along else -1))
        if node in seen:
            return path[seen[node] :]
        seen[node] = len(path)


def _other(graph: _Graph, choices: list[int], last: int, unit: int) -> int:
    """Another broken arc at the node than the one we came by; broken amounts never meet a node alone."""
    k = len(choices) - 2
    while graph.amount[choices[k]] % unit == 0 or choices[k] == last:
        k -= 1
    return choices[k]


def _cancel(graph: _Graph, cycle: list[tuple[int, int]], unit: int, stream: Stream) -> None:
    """Push the cycle up by ``up`` with probability down/(up+down), else down by ``down``: marginals stay exact."""
    up = min(unit - graph.amount[a] % unit if s > 0 else graph.amount[a] % unit for a, s in cycle)
    down = min(graph.amount[a] % unit if s > 0 else unit - graph.amount[a] % unit for a, s in cycle)
    step = up if stream.below(up + down) < down else -down
    for arc, sign in cycle:
        graph.amount[arc] += sign * step
