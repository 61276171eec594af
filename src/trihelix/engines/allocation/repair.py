"""The cheapest cure (最省的放宽): one elastic column for every unit of relief the menu prices, least total price, then proven.

A repair counts only if the bent problem solves and no unit of it can be left out; the first of the list is the cheapest there is.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from .apply import Change, add_experts, apply
from .budget import Budget
from .core import impossible_fixed
from .exact import PROVE_UP_TO
from .feasible import solvable
from .model import build
from .problem import Bools, Problem, answer_number
from .repair_flow import Newcomer, cheapest_by_flow
from .rows import Programme, Rows, rows_of


def repairs(problem: Problem, budget: Budget) -> list[dict[str, Any]]:
    """Cures from the relief menu, cheapest first: the cheapest mixture, then the cheapest of each kind alone."""
    prices = problem.relief.prices
    if not prices:
        return []
    first = cheapest(problem, set(prices), budget)
    if first is None:
        return []
    out = [first]
    kinds = {change[0] for change in first["changes"]}
    for kind in prices:
        if budget.over() or kinds == {kind}:
            continue
        other = cheapest(problem, {kind}, budget)
        if other is not None and other["changes"] not in [r["changes"] for r in out]:
            out.append(other)
    return sorted(out, key=lambda r: r["price"])


def cheapest(problem: Problem, kinds: Collection[str], budget: Budget) -> dict[str, Any] | None:
    """The cheapest cure that uses only ``kinds``: ``{"price", "changes", "proven", "gap"}``; None when there is none."""
    elastic = Elastic(problem, kinds)
    if impossible_fixed(elastic.problem, elastic.model) is not None:
        return None
    if elastic.model.size > PROVE_UP_TO and problem.unit == 1:
        prices = {k: problem.relief.prices[k] for k in elastic.kinds}
        quick = cheapest_by_flow(elastic.model, prices, elastic.waivable, elastic.newcomers())
        if quick is not None and quick[1]:
            price = sum((problem.relief.prices[c[0]] * c[-1] for c in quick[0]), Fraction(0))
            return (
                {"price": answer_number(price), "changes": quick[0], "proven": True} if solvable(apply(problem, quick[0]), budget) else None
            )
    elastic.prepare()
    status = elastic.programme.run(budget.left())
    if status == "infeasible" or not elastic.programme.has_solution:
        return None
    changes = elastic.changes()
    if not changes:
        return None
    price = sum((problem.relief.prices[c[0]] * c[-1] for c in changes), Fraction(0))
    bound = Fraction(max(0, int(np.ceil(elastic.programme.bound - 1e-6))), elastic.scale)
    proven = status == "optimal"
    if not verified(problem, changes, budget):
        return None
    out: dict[str, Any] = {"price": answer_number(price), "changes": changes, "proven": proven}
    if not proven:
        out["gap"] = float((price - bound) / price)
    return out


def verified(problem: Problem, changes: list[Change], budget: Budget) -> bool:
    """Applied, it solves; with one unit of any change left out, it does not."""
    try:
        if not solvable(apply(problem, changes), budget):
            return False
        for k, change in enumerate(changes):
            fewer = [[*change[:-1], change[-1] - 1]] if change[-1] > 1 else []
            if solvable(apply(problem, changes[:k] + fewer + changes[k + 1 :]), budget):
                return False
    except TimeoutError:
        return False
    return True


def usual_cap(problem: Problem) -> int:
    """The cap of a further expert: the commonest among the present ones (the larger on a tie), at least 1."""
    values, counts = np.unique(problem.cap, return_counts=True)
    return max(1, int(values[np.flatnonzero(counts == counts.max())[-1]]))


@dataclass(frozen=True)
class _Lever:
    """One elastic column: its kind, what it bends, its largest useful amount."""

    kind: str
    args: tuple[Any, ...]
    most: int


class Elastic:
    """The programme of least price. A further expert is one column a class, seated up to ``need`` times on a panel."""

    def __init__(self, problem: Problem, kinds: Collection[str]) -> None:
        self.kinds, self.cap = set(kinds) & set(problem.relief.prices), usual_cap(problem)
        self.types: list[str | None] = []
        if "new_expert" in self.kinds:
            named = dict.fromkeys([*problem.expert_attr["type"].values, *problem.type_bounds(), *problem.limits.by_expert.get("type", {})])
            self.types = list(named) or [None]
        self.old = len(problem.experts)
        for kind in self.types:
            problem = add_experts(problem, kind, 10**6, 1)
        self.problem = problem
        many = problem.need[problem.pair_item] * problem.unit
        listed_top = np.where(problem.pair_expert >= self.old, many, problem.most_per_pair)
        mask: Bools = problem.allowed()
        self.waivable = problem.waivable() & problem.in_conflict() if "waive_conflict" in self.kinds else np.zeros_like(mask)
        self.model = build(problem, mask | self.waivable, listed_top)
        self.levers: list[_Lever] = []
        self.scale = lcm(1, *(problem.relief.prices[k].denominator for k in self.kinds))
        self._extra: list[tuple[list[tuple[int, int]], int, int]] = []
        self._into: list[tuple[int, int, int]] = []

    def prepare(self) -> None:
        """Write the integer programme."""
        self.rows = rows_of(self.model)
        self._pull()
        self.programme = self._programme()

    def _what(self, kind: str | None) -> dict[str, Any]:
        return {"cap": self.cap} if kind is None else {"type": kind, "cap": self.cap}

    def newcomers(self) -> list[Newcomer]:
        """The further experts of each class, as the flow sees them."""
        return [Newcomer(self.old + k, self._what(kind), self.cap) for k, kind in enumerate(self.types)]

    def _lever(self, kind: str, args: tuple[Any, ...], most: int) -> int:
        self.levers.append(_Lever(kind, args, most))
        return self.model.size + len(self.levers) - 1

    def _pull(self) -> None:
        """Attach a lever to every row (and waivable pair) that the menu lets bend."""
        p, unit, model = self.problem, self.problem.unit, self.model
        for k, (f, g) in enumerate(self.rows.label):
            fam = model.families[f]
            key = fam.key(g)
            if fam.kind == "expert" and g < self.old and "expert_cap" in self.kinds:
                room = max(0, len(p.items) - int(p.cap[g]))
                if room:
                    self._into.append((k, self._lever("expert_cap", (key[1],), room), -unit))
            elif fam.kind == "expert" and g >= self.old:
                self._newcomer(k, g)
            elif fam.kind == "same" and "same_on_panel" in self.kinds:
                self._into.append((k, self._lever("same_on_panel", key[1:], int(p.need[fam.owner[g]])), -unit))
            elif fam.kind == "item" and "seat_short" in self.kinds and p.panel[g]:
                self._into.append((k, self._lever("seat_short", (key[1],), int(p.need[g])), unit))
            elif fam.kind == "type" and "count_waiver" in self.kinds and fam.low[g] > 0:
                lever = self._lever("count_waiver", key[1:], int(fam.low[g]) // unit)
                terms = [(int(c), 1) for c in np.flatnonzero(fam.group == g)]
                self._extra.append(([*terms, (lever, unit)], int(fam.low[g]), 1 << 40))
                self.rows.low[k] = 0
        for k in np.flatnonzero(self.waivable[model.listed]).tolist():
            lever = self._lever("waive_conflict", (p.items[model.item[k]], p.experts[model.expert[k]]), 1)
            self._extra.append(([(k, 1), (lever, -int(model.top[k]))], -(1 << 30), 0))

    def _newcomer(self, row: int, g: int) -> None:
        p, model = self.problem, self.model
        enough = -(-int(p.need.sum()) * p.unit // p.most_per_pair)
        lever = self._lever("new_expert", (self._what(self.types[g - self.old]),), enough)
        self.rows.low[row], self.rows.high[row] = -(1 << 30), 0
        self._into.append((row, lever, -self.cap * p.unit))
        for k in np.flatnonzero(model.expert == g):
            self._extra.append(([(int(k), 1), (lever, -p.most_per_pair)], -(1 << 30), 0))

    def _programme(self) -> Programme:
        r, base = self.rows, len(self.rows.low)
        extra = [(base + n, c, v) for n, (terms, _, _) in enumerate(self._extra) for c, v in terms] + self._into
        row, column, value = (np.array([e[k] for e in extra], dtype=np.int64) for k in range(3))
        rows = Rows(
            np.concatenate([r.row, row]), np.concatenate([r.column, column]), np.concatenate([r.value, value]),
            np.concatenate([r.low, np.array([e[1] for e in self._extra], dtype=np.int64)]),
            np.concatenate([r.high, np.array([e[2] for e in self._extra], dtype=np.int64)]), r.label,
        )  # fmt: skip
        prices = [float(self.problem.relief.prices[v.kind] * self.scale) for v in self.levers]
        size, more = self.model.size, len(self.levers)
        # In a draw the amounts on pairs follow the network, whole once the levers are whole.
        whole = np.concatenate([np.full(size, self.problem.unit == 1), np.ones(more, np.bool_)])
        top = np.concatenate([self.model.top, np.array([v.most for v in self.levers], dtype=np.int64)])
        bottom = np.concatenate([self.model.bottom, np.zeros(more, dtype=np.int64)])
        return Programme(np.concatenate([np.zeros(size), prices]), bottom, top, rows, whole, maximise=False)

    def changes(self) -> list[Change]:
        """The levers pulled, as rows of the answer."""
        amounts = np.round(self.programme.x[self.model.size :]).astype(int)
        return [[v.kind, *v.args, int(n)] for v, n in zip(self.levers, amounts, strict=True) if n > 0]
