"""Every pair allowed (tens of millions): solve on candidate lists, then price all pairs; the pass that finds nothing is the proof.

Memory stays at the score matrix plus the candidates, because pairs left out are priced by rows and never stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from trihelix.engines.errors import Refused

from .core import NetworkState, Solved, leaf_of, solve_network
from .laminar import nest
from .model import Model, build
from .problem import Bools, Ints, Problem

CHUNK = 256
Scores = npt.NDArray[Any]


@dataclass(frozen=True)
class Pricing:
    """Prices laid out by item, by expert, and by (item, value) cell for each inner rule: ``cells`` are (code per expert, table)."""

    item: Ints
    expert: Ints
    cells: tuple[tuple[Ints, Ints], ...]

    def of_rows(self, rows: slice) -> Ints:
        """Σ prices for items in ``rows`` against every expert."""
        out = self.item[rows, None] + self.expert[None, :]
        for code, table in self.cells:
            out += table[rows][:, code]
        return out


def solve_dense(problem: Problem, scores: Scores, per_item: int = 40, per_expert: int = 15, rounds: int = 30) -> Solved:
    """The greatest-sum assignment over the matrix ``scores`` (items × experts; 0 = not allowed), bound proven over all its pairs.

    ``problem`` carries everything but the pairs (its own pair list is ignored). Rules must nest; crossing rules are refused.
    Raises ``Refused`` where even all pairs of a shortage cannot be met.
    """
    keep = _candidates(problem, scores, per_item, per_expert)
    for _ in range(rounds):
        model = _restricted(problem, scores, keep)
        nested = nest(model)
        if not nested.is_network:
            raise Refused.one("crossing_in_dense", "规则互相交叉，请用候选名单而不是全部组合来求解", field="limits")
        state = solve_network(model, nested)
        if state is None:
            if keep.all():
                raise Refused.one("infeasible", "全部组合都放开也无法满足规则", field="limits")
            per_item = min(scores.shape[1], per_item * 2)
            keep |= _candidates(problem, scores, per_item, per_expert * 2)
            continue
        found, bound = _under_priced(scores, pricing(model, state), keep, model, state)
        if found is None:
            proof = {"claim": "sum_at_most", "value": bound, "tree": leaf_of(model, state.prices)}
            return Solved(model, state.x, bound, (proof,))
        keep |= found
    raise RuntimeError("pricing did not settle")


def _candidates(problem: Problem, scores: Scores, per_item: int, per_expert: int) -> Bools:
    """Each item's best, each expert's best, each item's best of every class with a minimum, and the fixed pairs."""
    m, n = scores.shape
    keep = np.zeros((m, n), dtype=np.bool_)
    wanted = [(np.arange(n), per_item)]
    for kind, (low, _) in problem.type_bounds().items():
        if low.max(initial=0) > 0:
            wanted.append((np.flatnonzero(problem.expert_attr["type"].members(kind)), max(per_item // 3, 2 * int(low.max()))))
    for start in range(0, m, CHUNK):
        rows = slice(start, start + CHUNK)
        for people, most in wanted:
            if len(people) <= most:
                keep[rows, people] = True
                continue
            block = scores[rows] if len(people) == n else scores[rows][:, people]
            best = np.argpartition(block, len(people) - most, axis=1)[:, len(people) - most :]
            np.put_along_axis(keep[rows], people[best], True, axis=1)
    for start in range(0, n, CHUNK):
        columns = slice(start, start + CHUNK)
        most = min(per_expert, m)
        best = np.argpartition(scores[:, columns], m - most, axis=0)[m - most :]
        np.put_along_axis(keep[:, columns], best, True, axis=0)
    for i, e in problem.limits.fixed:
        keep[i, e] = True
    return keep


def _restricted(problem: Problem, scores: Scores, keep: Bools) -> Model:
    item, expert = np.nonzero(keep)
    value = scores[item, expert].astype(np.int64)
    some = value > 0
    return build(replace(problem, pair_item=item[some], pair_expert=expert[some], score=value[some]))


def pricing(model: Model, state: NetworkState) -> Pricing:
    """Row prices folded into item and expert vectors and (item, value) tables."""
    p = model.problem
    item, expert = np.zeros(len(p.items), dtype=np.int64), np.zeros(len(p.experts), dtype=np.int64)
    at = {name: k for k, name in enumerate(p.items)}
    tables: dict[str, Ints] = {}
    for fam, price in zip(model.families, state.prices, strict=True):
        for g in np.flatnonzero(price).tolist():
            key, y = fam.key(g), int(price[g])
            if fam.kind == "item":
                item[g] += y
            elif fam.kind == "expert":
                expert[g] += y
            elif fam.kind == "total_by_item":
                item[p.item_attr[key[1]].members(key[2])] += y
            elif fam.kind == "total_by_expert":
                expert[p.expert_attr[key[1]].members(key[2])] += y
            elif fam.kind == "together":
                raise Refused.one("crossing_in_dense", "不得同组的规则请用候选名单求解", field="limits.forbid_together")
            else:
                attribute, value = ("type", key[2]) if fam.kind == "type" else (key[2], key[3])
                table = p.expert_attr[attribute]
                grid = tables.setdefault(attribute, np.zeros((len(p.items), len(table.values) + 1), dtype=np.int64))
                grid[at[key[1]], table.values.index(value)] += y
    # Code -1 (no value) reads the last column, which stays zero.
    return Pricing(item, expert, tuple((p.expert_attr[a].code, grid) for a, grid in tables.items()))


def _chunks(scores: Scores) -> Iterator[slice]:
    for start in range(0, scores.shape[0], CHUNK):
        yield slice(start, start + CHUNK)


def _under_priced(scores: Scores, y: Pricing, keep: Bools, model: Model, state: NetworkState) -> tuple[Bools | None, int]:
    """Pairs left out whose score exceeds their prices (None when there are none), and then the bound over all pairs."""
    found: Bools | None = None
    blocked = model.problem.conflicts
    gain = 0
    for rows in _chunks(scores):
        block = scores[rows]
        excess = np.where(block > 0, block - y.of_rows(rows), 0)
        out = (excess > 0) & ~keep[rows]
        if out.any():
            if found is None:
                found = np.zeros(scores.shape, dtype=np.bool_)
            found[rows] = out
    if found is not None:
        for i, e in blocked:
            found[i, e] = False
        if found.any():
            return found, 0
    reduced = model.score - y.item[model.item] - y.expert[model.expert]
    for code, grid in y.cells:
        reduced -= grid[model.item, code[model.expert]]
    gain = int(np.where(reduced > 0, reduced * model.top, reduced * model.bottom).sum())
    for fam, price in zip(model.families, state.prices, strict=True):
        gain += int((price * np.where(price > 0, fam.high, fam.low))[price != 0].sum())
    return None, gain
