"""The independent checker of a saved proof: NumPy and integers only, no solver, none of the solver's rows.

For any prices y of rows, Σ (y>0 ? y·max : y·min) + Σ_pairs (r>0 ? r·top : r·bottom), r = score − Σ y of the pair's rows, bounds
every assignment (weak duality). A proof is such prices, or a split on one pair with a proof for both halves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from trihelix.engines.errors import Refused

from .problem import Ints, Problem

MOST_SCALE = 1 << 40
MOST_SCORE = 10_000
ITEM_ROWS = {"type": 2, "same": 3, "together": 3}


def leaf_bounds(problem: Problem, tree: Mapping[str, Any], zero_score: bool, worst: int | None = None) -> list[tuple[int, int]]:
    """(numerator, scale) of the bound that each leaf of the proof tree establishes.

    ``zero_score`` proves infeasibility (a bound below 0); ``worst`` adds the rows "every item's total ≥ worst".
    """
    return _Checker(problem, zero_score, worst).walk(tree, {})


class _Checker:
    """The problem as flat columns, ready to price any list of rows."""

    def __init__(self, problem: Problem, zero_score: bool, worst: int | None) -> None:
        ok = problem.allowed()
        self.problem, self.worst = problem, worst
        self.item, self.expert, self.true = problem.pair_item[ok], problem.pair_expert[ok], problem.score[ok]
        self.score = np.zeros_like(self.true) if zero_score else self.true
        self.unit, self.most = problem.unit, problem.most_per_pair
        self.item_at = {name: k for k, name in enumerate(problem.items)}
        self.expert_at = {name: k for k, name in enumerate(problem.experts)}
        self.at = {pair: k for k, pair in enumerate(zip(self.item.tolist(), self.expert.tolist(), strict=True))}
        self.types = problem.type_bounds()
        self.bottom = np.zeros(len(self.item), dtype=np.int64)
        for pair in problem.limits.fixed:
            if pair in self.at:
                self.bottom[self.at[pair]] = self.unit

    def walk(self, tree: Mapping[str, Any], fixed: dict[int, int]) -> list[tuple[int, int]]:
        if "split" in tree:
            pair = (self._index(self.item_at, tree["split"][0]), self._index(self.expert_at, tree["split"][1]))
            if pair not in self.at or self.unit != 1:
                raise Refused.one("bad_certificate", "证书中的分支组合不存在", field="certificate.proofs", value=tree["split"])
            k = self.at[pair]
            return self.walk(tree["zero"], {**fixed, k: 0}) + self.walk(tree["one"], {**fixed, k: 1})
        if "impossible_pair" in tree:
            pair = (self._index(self.item_at, tree["impossible_pair"][0]), self._index(self.expert_at, tree["impossible_pair"][1]))
            broken = pair in self.problem.limits.fixed and (pair not in self.at or self.most < self.unit)
            return [(-1 if broken else 0, 1)]
        return [self._leaf(tree, fixed)]

    def _leaf(self, leaf: Mapping[str, Any], fixed: Mapping[int, int]) -> tuple[int, int]:
        scale = leaf.get("scale", 1)
        if type(scale) is not int or not 1 <= scale <= MOST_SCALE:
            raise Refused.one("bad_certificate", f"证书的 scale 应为 1 到 {MOST_SCALE} 的整数", field="certificate.proofs", value=scale)
        reduced = self.score * scale
        total = 0
        by_item, by_expert = np.zeros(len(self.problem.items), dtype=np.int64), np.zeros(len(self.problem.experts), dtype=np.int64)
        weight = np.zeros(len(self.problem.items), dtype=np.int64)
        inner: dict[tuple[str, ...], dict[tuple[int, int], int]] = {}
        weighed = 0
        for row in leaf["rows"]:
            *key, y = row
            if type(y) is not int or abs(y) > 1 << 50:
                raise Refused.one("bad_certificate", "证书的价格应为整数", field="certificate.proofs", value=row)
            weighed += abs(y) * (MOST_SCORE if key[:1] == ["worst"] else 1)
            if weighed > 1 << 61:  # sums of prices stay within 64 bits, so no wrapped number can pass for a proof
                raise Refused.one("bad_certificate", "证书的价格过大", field="certificate.proofs", value=row)
            low, high = self._bounds(key)
            if y > 0 and high is None:
                raise Refused.one("bad_certificate", "没有上限的规则不能有正价格", field="certificate.proofs", value=row)
            total += y * (high or 0) if y > 0 else y * low
            self._charge(key, y, by_item, by_expert, weight, inner)
        reduced = reduced - by_item[self.item] - by_expert[self.expert] - weight[self.item] * self.true
        for group, prices in inner.items():
            reduced -= self._inner(group, prices)
        top = np.full(len(reduced), self.most, dtype=np.int64)
        bottom = self.bottom.copy()
        for k, value in fixed.items():
            top[k], bottom[k] = min(top[k], value), max(bottom[k], value)
            if bottom[k] > top[k]:
                return -(1 << 62), 1  # the branch contradicts a fixed choice: nothing lives there
        amounts = np.where(reduced > 0, top, bottom)
        if int(np.abs(reduced).max(initial=0)) * self.most * 4096 < 1 << 62:
            gains = reduced * amounts
            return total + sum(int(gains[k : k + 4096].sum()) for k in range(0, len(gains), 4096)), scale
        return total + sum(r * a for r, a in zip(reduced.tolist(), amounts.tolist(), strict=True)), scale

    @staticmethod
    def _index(at: Mapping[str, int], name: Any) -> int:
        if not isinstance(name, str) or name not in at:
            raise Refused.one("bad_certificate", f"证书提到不存在的“{name}”", field="certificate.proofs", value=name)
        return at[name]

    def _bounds(self, key: list[Any]) -> tuple[int, int | None]:
        """Least and most of a named row, straight from the problem, in units."""
        p, kind = self.problem, key[0]
        if kind == "worst" and self.worst is not None:
            return self.worst, None
        if kind in ("item", *ITEM_ROWS):
            i = self._index(self.item_at, key[1])
        if kind == "item":
            short = p.bend.short.get(i, 0)
            return (int(p.item_least[i]) - short) * self.unit, (int(p.need[i]) - short) * self.unit
        if kind == "expert":
            e = self._index(self.expert_at, key[1])
            least = max(int(p.expert_least[e]), int(p.limits.place_all and e not in p.newcomers))
            return least * self.unit, int(p.cap[e]) * self.unit
        if kind == "type" and key[2] in self.types:
            return int(self.types[key[2]][0][i]) * self.unit, int(self.types[key[2]][1][i]) * self.unit
        if kind == "same" and key[2] in p.limits.max_same:
            return 0, (p.limits.max_same[key[2]] + p.bend.same.get((i, key[2], key[3]), 0)) * self.unit
        if kind == "together":
            a, b = sorted((self._index(self.expert_at, key[2]), self._index(self.expert_at, key[3])))
            if (a, b) in p.limits.together:
                return 0, self.unit
        if kind in ("total_by_item", "total_by_expert"):
            rules = (p.limits.by_item if kind == "total_by_item" else p.limits.by_expert).get(key[1], {})
            if key[2] in rules:
                low, high = rules[key[2]]
                return low * self.unit, None if high is None else high * self.unit
        raise Refused.one("bad_certificate", "证书提到题目中没有的规则", field="certificate.proofs", value=key)

    def _charge(
        self, key: list[Any], y: int, by_item: Ints, by_expert: Ints, weight: Ints, inner: dict[tuple[str, ...], dict[tuple[int, int], int]]
    ) -> None:
        """Book the price on whatever carries it: items, experts, or (item, value) cells."""
        p, kind = self.problem, key[0]
        if kind == "item":
            by_item[self.item_at[key[1]]] += y
        elif kind == "worst":
            weight[self._index(self.item_at, key[1])] += y
        elif kind == "expert":
            by_expert[self.expert_at[key[1]]] += y
        elif kind == "total_by_item":
            by_item[p.item_attr[key[1]].members(key[2])] += y
        elif kind == "total_by_expert":
            by_expert[p.expert_attr[key[1]].members(key[2])] += y
        elif kind == "together":
            for name in key[2:]:
                cell = (self.item_at[key[1]], self.expert_at[name])
                if cell in self.at:
                    book = inner.setdefault(("together",), {})
                    book[cell] = book.get(cell, 0) + y
        else:
            attribute, value = ("type", key[2]) if kind == "type" else (key[2], key[3])
            table = p.expert_attr[attribute]
            if value in table.values:
                book = inner.setdefault(("cell", attribute), {})
                cell = (self.item_at[key[1]], table.values.index(value))
                book[cell] = book.get(cell, 0) + y

    def _inner(self, group: tuple[str, ...], book: Mapping[tuple[int, int], int]) -> Ints:
        """Prices of (item, value) cells, spread over the pairs."""
        if group[0] == "together":
            column, width = self.expert, len(self.problem.experts) + 2
        else:
            table = self.problem.expert_attr[group[1]]
            column, width = table.code[self.expert], len(table.values) + 2
        cells = np.array(sorted(i * width + v + 1 for i, v in book), dtype=np.int64)
        values = np.array([book[int(c) // width, int(c) % width - 1] for c in cells], dtype=np.int64)
        mine = self.item * width + column + 1
        where = np.minimum(np.searchsorted(cells, mine), len(cells) - 1)
        return np.where(cells[where] == mine, values[where], 0)
