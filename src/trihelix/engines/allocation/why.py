"""Why (not) this expert on that item: the exact loss of forcing the pair, and the chain of exchanges it sets off.

In a network the loss is the pair's cost plus the shortest residual path back (one unit, so exact); elsewhere the problem is solved
again with the pair fixed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from trihelix.engines.errors import Refused

from . import network
from .budget import Budget
from .core import NetworkState, Solved
from .problem import Problem, answer_number

Find = Callable[[Problem, Budget], Any]


def locate(problem: Problem, item: str, expert: str) -> tuple[int, int]:
    """Indices of a named pair; an unknown name is refused."""
    for name, names, what in ((item, problem.items, "item"), (expert, problem.experts, "expert")):
        if name not in names:
            raise Refused.one("unknown_id", f"题目中没有“{name}”", field=what, value=name)
    return problem.items.index(item), problem.experts.index(expert)


def obstacle(problem: Problem, pair: tuple[int, int]) -> str | None:
    """Why the pair may not be seated at all; None when it may."""
    listed = (problem.pair_item == pair[0]) & (problem.pair_expert == pair[1])
    if pair in problem.conflicts:
        return f"须回避：{'、'.join(problem.conflicts[pair])}"
    if not listed.any():
        return "该组合没有列出分数，不在候选范围"
    if problem.same_body()[listed].any():
        return f"规则禁止同一{'、'.join(problem.limits.forbid_same)}"
    return None


class Path:
    """Residual distances of a solved network, asked pair by pair."""

    def __init__(self, state: NetworkState) -> None:
        self.state, arcs = state, state.arcs
        tail, head, cost = network.residual(arcs, state.model.score, state.flow)
        order = np.argsort(tail, kind="stable")
        label = state.label
        reduced = (cost + label[tail] - label[head])[order].astype(np.float64)
        start = np.searchsorted(tail[order], np.arange(arcs.nodes + 1))
        self.graph = csr_matrix((reduced, head[order].astype(np.int32), start), shape=(arcs.nodes, arcs.nodes))

    def force(self, k: int) -> tuple[int, list[tuple[int, int]]] | None:
        """(loss, exchanges) of seating pair ``k``; exchanges are (pair, ±1). None when no exchange makes room."""
        arcs, label, model = self.state.arcs, self.state.label, self.state.model
        source, target = int(arcs.head[arcs.pairs][k]), int(arcs.tail[arcs.pairs][k])
        far, before = dijkstra(self.graph, indices=source, return_predecessors=True)
        if not np.isfinite(far[target]):
            return None
        loss = int(far[target]) - int(label[source]) + int(label[target]) - int(model.score[k])
        steps, node = [], target
        while node != source:
            steps.append((int(before[node]), node))
            node = int(before[node])
        return loss, [(k, 1), *self._exchanges(steps[::-1])]

    def _exchanges(self, steps: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Which pairs the path seats (+1) or frees (-1)."""
        arcs = self.state.arcs
        key = arcs.tail[arcs.pairs] * arcs.nodes + arcs.head[arcs.pairs]
        wanted = {u * arcs.nodes + v: 1 for u, v in steps} | {v * arcs.nodes + u: -1 for u, v in steps}
        hits = {int(key[k]): int(k) for k in np.flatnonzero(np.isin(key, np.array(list(wanted), dtype=np.int64)))}
        out = []
        for u, v in steps:
            for code, sign in ((u * arcs.nodes + v, 1), (v * arcs.nodes + u, -1)):
                if code in hits:
                    out.append((hits[code], sign))
        return out


def why(problem: Problem, item: str, expert: str, solved: Any, state: NetworkState | None, find: Find, budget: Budget) -> dict[str, Any]:
    """``{"item", "expert", "seated", "score", "loss", "worst_loss", "reason", "chain"}``; ``loss`` is null where forcing is impossible."""
    pair = locate(problem, item, expert)
    out: dict[str, Any] = {
        "item": item,
        "expert": expert,
        "seated": False,
        "score": None,
        "loss": None,
        "worst_loss": None,
        "reason": None,
        "chain": [],
    }
    out["reason"] = obstacle(problem, pair)
    if out["reason"] is not None:
        return out
    listed = (problem.pair_item == pair[0]) & (problem.pair_expert == pair[1])
    out["score"] = int(problem.score[listed][0])
    if not isinstance(solved, Solved):
        return out | {"reason": "原题本身无解，先看 reason 与 repairs"}
    k = int(np.flatnonzero((solved.model.item == pair[0]) & (solved.model.expert == pair[1]))[0])
    if solved.x[k] >= solved.model.top[k]:
        return out | {"seated": True, "loss": 0, "worst_loss": 0, "reason": "已在当前安排中"}
    if state is not None:
        return out | _by_path(problem, state, k)
    return out | _again(problem, pair, solved, find, budget)


def _by_path(problem: Problem, state: NetworkState, k: int) -> dict[str, Any]:
    found = Path(state).force(k)
    if found is None:
        return {"reason": "其他硬性规则下，没有任何调换能为该组合腾出席位"}
    loss, moves = found
    model = state.model
    chain = [[problem.items[model.item[p]], problem.experts[model.expert[p]], sign] for p, sign in moves]
    return {"loss": loss, "chain": chain, "reason": f"强制安排将使总分减少 {loss}，牵动 {len(chain)} 处"}


def _again(problem: Problem, pair: tuple[int, int], solved: Solved, find: Find, budget: Budget) -> dict[str, Any]:
    """Solve once more with the pair fixed (in a draw: at its largest probability)."""
    limits = problem.limits
    forced = find(replace(problem, limits=replace(limits, fixed=(*limits.fixed, pair))), budget)
    if not isinstance(forced, Solved):
        return {"reason": "其他硬性规则下，该组合无法成立" if forced is not None else "时限内未能算出"}
    loss = Fraction(solved.value - forced.value, problem.unit)
    worst = Fraction(int(solved.totals().min()) - int(forced.totals().min()), problem.unit)
    old, new = set(solved.pairs), set(forced.pairs)
    chain = [[problem.items[i], problem.experts[e], sign] for sign, ps in ((1, new - old), (-1, old - new)) for i, e in sorted(ps)]
    sure = solved.done and forced.done
    words = f"强制安排将使总分减少 {answer_number(loss)}" + ("" if sure else "（未证到最优，仅供参考）")
    return {"loss": answer_number(loss), "worst_loss": answer_number(worst), "chain": chain, "reason": words}
