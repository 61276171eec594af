"""The allocation problem (评审分配、科创专员选派、抽签) as arrays: who may sit where, and what every seat must respect.

Everything the solvers see is an index; names stay in ``experts`` and ``items`` and never reach a solver or its log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

EXPERT_ATTRIBUTES = ("type", "employer", "city", "group", "origin")
ITEM_ATTRIBUTES = ("applicant_employer", "city", "group")
OBJECTIVES = ("max_sum", "max_worst_item_total_then_sum", "max_expected_sum", "stable", "stable_host", "min_blocking_pairs")
RELIEFS = ("expert_cap", "waive_conflict", "same_on_panel", "seat_short", "count_waiver", "new_expert")


@dataclass(frozen=True)
class Codes:
    """One attribute of experts or items: ``code[k]`` indexes ``values``; -1 where the attribute is absent."""

    values: tuple[str, ...]
    code: Ints

    def members(self, value: str) -> Bools:
        """Mask of those who carry the value."""
        return np.asarray(self.code == (self.values.index(value) if value in self.values else -2))


@dataclass(frozen=True)
class Limits:
    """The hard rules; shares are exact fractions, pairs are (item, expert) indices."""

    max_same: Mapping[str, int] = field(default_factory=dict)
    min_share: Mapping[str, Fraction] = field(default_factory=dict)
    max_share: Mapping[str, Fraction] = field(default_factory=dict)
    min_count: Mapping[str, int] = field(default_factory=dict)
    by_item: Mapping[str, Mapping[str, tuple[int, int | None]]] = field(default_factory=dict)
    by_expert: Mapping[str, Mapping[str, tuple[int, int | None]]] = field(default_factory=dict)
    forbid_same: tuple[str, ...] = ()
    together: tuple[tuple[int, int], ...] = ()
    place_all: bool = False
    fixed: tuple[tuple[int, int], ...] = ()
    max_probability: tuple[int, int] | None = None


@dataclass(frozen=True)
class Relief:
    """What may be bent (放宽): price per unit by kind, and the conflict reasons that may be waived."""

    prices: Mapping[str, Fraction] = field(default_factory=dict)
    waivable: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Bend:
    """Relief already granted, beside the original rules: seats short, extra same-attribute seats, waived minimum counts."""

    short: Mapping[int, int] = field(default_factory=dict)
    same: Mapping[tuple[int, str, str], int] = field(default_factory=dict)
    count: Mapping[tuple[int, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """A checked problem. ``least``/``most`` are seats per expert and per item; ``panel`` marks items with an exact ``need``.

    ``pair_item``, ``pair_expert``, ``score`` list every pair with an affinity, in file order; ``allowed`` masks those
    that no conflict and no ``forbid_same`` rule forbids. ``prefers`` orders are indices, or None where the file gives none.
    """

    experts: tuple[str, ...]
    cap: Ints
    expert_least: Ints
    expert_attr: Mapping[str, Codes]
    items: tuple[str, ...]
    need: Ints
    item_least: Ints
    panel: Bools
    item_attr: Mapping[str, Codes]
    pair_item: Ints
    pair_expert: Ints
    score: Ints
    conflicts: Mapping[tuple[int, int], tuple[str, ...]]
    limits: Limits
    objective: str
    relief: Relief
    expert_prefers: tuple[tuple[int, ...] | None, ...]
    item_prefers: tuple[tuple[int, ...] | None, ...]
    digest: str
    newcomers: frozenset[int] = frozenset()
    bend: Bend = field(default_factory=Bend)

    @property
    def unit(self) -> int:
        """What one whole seat counts as: 1, or the denominator b of ``max_probability`` in a draw."""
        return self.limits.max_probability[1] if self.is_draw and self.limits.max_probability else 1

    @property
    def most_per_pair(self) -> int:
        """Largest amount on one pair, in units: 1, or the numerator a of ``max_probability`` in a draw."""
        return self.limits.max_probability[0] if self.is_draw and self.limits.max_probability else 1

    @property
    def is_draw(self) -> bool:
        return self.objective == "max_expected_sum"

    def same_body(self) -> Bools:
        """Listed pairs that a ``forbid_same`` rule forbids (own employer, city or group)."""
        out = np.zeros(len(self.score), dtype=np.bool_)
        for name in self.limits.forbid_same:
            left = self.item_attr["applicant_employer" if name == "employer" else name]
            right = self.expert_attr[name]
            there = {v: k for k, v in enumerate(right.values)}
            to_right = np.array([there.get(v, -2) for v in left.values] + [-3], dtype=np.int64)
            out |= to_right[left.code[self.pair_item]] == right.code[self.pair_expert]
        return out

    def in_conflict(self) -> Bools:
        """Listed pairs with at least one conflict."""
        if not self.conflicts:
            return np.zeros(len(self.score), dtype=np.bool_)
        n = len(self.experts)
        keys = np.array([i * n + e for i, e in self.conflicts], dtype=np.int64)
        return np.isin(self.pair_item * n + self.pair_expert, keys)

    def waivable(self) -> Bools:
        """Listed pairs whose only obstacle is conflicts that may all be waived."""
        out = np.zeros(len(self.score), dtype=np.bool_)
        if "waive_conflict" not in self.relief.prices or not self.relief.waivable:
            return out
        n = len(self.experts)
        keys = [i * n + e for (i, e), why in self.conflicts.items() if set(why) <= self.relief.waivable]
        return np.isin(self.pair_item * n + self.pair_expert, np.array(keys, dtype=np.int64)) & ~self.same_body()

    def allowed(self) -> Bools:
        """Listed pairs that may be seated."""
        return ~self.in_conflict() & ~self.same_body()

    def with_pairs(self, keep: Bools) -> Problem:
        """The same problem with some listed pairs left out."""
        return replace(self, pair_item=self.pair_item[keep], pair_expert=self.pair_expert[keep], score=self.score[keep])

    def type_bounds(self) -> dict[str, tuple[Ints, Ints]]:
        """Composition by type: for each limited type the least and most seats of every item (minimums rounded up, maximums down)."""
        out: dict[str, tuple[Ints, Ints]] = {}
        lim = self.limits
        for kind in dict.fromkeys([*lim.min_share, *lim.min_count, *lim.max_share]):
            low = np.zeros(len(self.items), dtype=np.int64)
            high = self.need.copy()
            share, top = lim.min_share.get(kind), lim.max_share.get(kind)
            if share is not None:
                low = -(-self.need * share.numerator // share.denominator)
            low = np.maximum(low, lim.min_count.get(kind, 0))
            if top is not None:
                high = self.need * top.numerator // top.denominator
            for (item, what), units in self.bend.count.items():
                if what == kind:
                    low[item] = max(0, low[item] - units)
            out[kind] = (low, high)
        return out


def answer_number(value: Fraction) -> int | float:
    """A JSON number: integer where exact, else the nearest double."""
    return int(value) if value.denominator == 1 else float(value)


def loads_of(problem: Problem, pairs: list[tuple[int, int]]) -> dict[str, Any]:
    """Seats taken by each expert, in file order."""
    count = np.bincount(np.array([e for _, e in pairs], dtype=np.int64), minlength=len(problem.experts))
    return {name: int(n) for name, n in zip(problem.experts, count, strict=True)}
