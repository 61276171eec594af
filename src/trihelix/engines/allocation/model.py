"""Every rule as families of rows over the allowed pairs: each group of a family is a set of pairs whose sum lies in [low, high].

A family partitions (part of) the pairs, so a rule costs one integer per pair, a bound is one weighted count, and the whole
programme is ``max score·x, 0 ≤ x ≤ top, low ≤ Σ_{group} x ≤ high``. Amounts are in units (1 a seat; b a seat in a draw).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .problem import Bools, Codes, Ints, Problem

NO_LIMIT = 1 << 40  # an absent maximum; larger than any sum of seats, so it is never tight
Key = tuple[str, ...]


@dataclass(frozen=True)
class Family:
    """Rows of one kind. ``group`` is per pair (-1 outside); ``owner`` the item of an inner row, else -1; ``key`` names a row."""

    kind: str
    level: str  # outer_left · item · inner · expert · outer_right
    group: Ints
    low: Ints
    high: Ints
    owner: Ints
    key: Callable[[int], Key]

    def sums(self, x: Ints) -> Ints:
        """Σ x over each group."""
        inside = self.group >= 0
        return np.bincount(self.group[inside], weights=x[inside], minlength=len(self.low)).astype(np.int64)


@dataclass(frozen=True)
class Model:
    """Pairs (indices into the problem's listed pairs in ``listed``) with lower and upper amounts, and all rows."""

    problem: Problem
    listed: Ints
    item: Ints
    expert: Ints
    score: Ints
    bottom: Ints
    top: Ints
    families: tuple[Family, ...]

    @property
    def size(self) -> int:
        return len(self.score)

    def violated(self, x: Ints) -> list[tuple[int, int]]:
        """(family, group) of every row that ``x`` breaks."""
        out = []
        for f, fam in enumerate(self.families):
            got = fam.sums(x)
            out += [(f, int(g)) for g in np.flatnonzero((got < fam.low) | (got > fam.high))]
        return out


def build(problem: Problem, mask: Bools | None = None, top: Ints | None = None) -> Model:
    """All rows over the pairs in ``mask`` (default: every allowed pair); ``top`` gives other largest amounts per listed pair."""
    listed = np.flatnonzero(problem.allowed() if mask is None else mask)
    item, expert = problem.pair_item[listed], problem.pair_expert[listed]
    unit, most = problem.unit, problem.most_per_pair
    top = np.full(len(listed), most, dtype=np.int64) if top is None else top[listed]
    bottom = np.zeros(len(listed), dtype=np.int64)
    if problem.limits.fixed:
        n = len(problem.experts)
        bottom[np.isin(item * n + expert, np.array([i * n + e for i, e in problem.limits.fixed], dtype=np.int64))] = unit
    short = np.zeros(len(problem.items), dtype=np.int64)
    for k, units in problem.bend.short.items():
        short[k] = units
    # A drawn pair takes a whole seat: rows that the probabilities cannot reach but a draw can must stay.
    reach = np.maximum(top, unit)
    families = [
        *_totals(problem, "total_by_item", item, reach),
        _plain("item", item, (problem.item_least - short) * unit, (problem.need - short) * unit, problem.items),
        *_types(problem, item, expert, reach),
        *_same(problem, item, expert, reach),
        *_together(problem, item, expert, reach),
        _plain("expert", expert, _least_loads(problem) * unit, problem.cap * unit, problem.experts),
        *_totals(problem, "total_by_expert", expert, reach),
    ]
    return Model(problem, listed, item, expert, problem.score[listed], bottom, top, tuple(families))


def _least_loads(problem: Problem) -> Ints:
    least = problem.expert_least
    if not problem.limits.place_all:
        return least
    original = np.array([k not in problem.newcomers for k in range(len(problem.experts))], dtype=np.int64)
    return np.maximum(least, original)


def _plain(kind: str, group: Ints, low: Ints, high: Ints, names: tuple[str, ...]) -> Family:
    return Family(kind, kind, group, low, high, np.arange(len(low)), lambda g: (kind, names[g]))


def _totals(problem: Problem, kind: str, index: Ints, top: Ints) -> list[Family]:
    rules, tables, level = (
        (problem.limits.by_item, problem.item_attr, "outer_left")
        if kind == "total_by_item"
        else (problem.limits.by_expert, problem.expert_attr, "outer_right")
    )
    out = []
    for attribute, bounds in rules.items():
        names = tuple(bounds)
        group = _recode(tables[attribute], names)[index]
        low = np.array([bounds[v][0] for v in names], dtype=np.int64) * problem.unit
        high = np.array([NO_LIMIT if (m := bounds[v][1]) is None else m * problem.unit for v in names], dtype=np.int64)
        nobody = np.full(len(names), -1)
        key = _total_key(kind, attribute, names)
        out.append(_only_binding(top, kind, group, low, high, np.full(len(names), problem.need.sum() * problem.unit), nobody, key, level))
    return out


def _total_key(kind: str, attribute: str, names: tuple[str, ...]) -> Callable[[int], Key]:
    return lambda g: (kind, attribute, names[g])


def _recode(table: Codes, names: tuple[str, ...]) -> Ints:
    """Codes of ``table`` renumbered to positions in ``names`` (-1 where not named)."""
    at = {v: k for k, v in enumerate(names)}
    lookup = np.array([at.get(v, -1) for v in table.values] + [-1], dtype=np.int64)
    return np.asarray(lookup[table.code], dtype=np.int64)


def _types(problem: Problem, item: Ints, expert: Ints, top: Ints) -> list[Family]:
    """Composition by class: one row per (item, limited type) that can bind."""
    bounds = problem.type_bounds()
    if not bounds:
        return []
    names, m = tuple(bounds), len(problem.items)
    low = np.stack([bounds[t][0] for t in names], axis=1).reshape(-1) * problem.unit
    high = np.stack([bounds[t][1] for t in names], axis=1).reshape(-1) * problem.unit
    kind = _recode(problem.expert_attr["type"], names)[expert]
    group = np.where(kind >= 0, item * len(names) + kind, -1)
    full = np.repeat(problem.need * problem.unit, len(names))
    owner = np.repeat(np.arange(m), len(names))
    return [
        _only_binding(top, "type", group, low, high, full, owner, lambda g: ("type", problem.items[g // len(names)], names[g % len(names)]))
    ]


def _same(problem: Problem, item: Ints, expert: Ints, top: Ints) -> list[Family]:
    """At most so many of one employer (city, …) on one panel."""
    out = []
    for attribute, most in problem.limits.max_same.items():
        table = problem.expert_attr[attribute]
        width = max(1, len(table.values))
        code = table.code[expert]
        found, back = np.unique(np.where(code >= 0, item * width + code, -1), return_inverse=True)
        inside = int(len(found) > 0 and found[0] < 0)
        group, found = back.astype(np.int64) - inside, found[inside:]
        high = np.full(len(found), most * problem.unit, dtype=np.int64)
        owner = found // width
        for (i, what, value), units in problem.bend.same.items():
            if what == attribute and value in table.values:
                high[found == i * width + table.values.index(value)] += units * problem.unit
        full = problem.need[owner] * problem.unit
        key = _same_key(problem, attribute, found, width)
        out.append(_only_binding(top, "same", group, np.zeros_like(high), high, full, owner, key))
    return out


def _same_key(problem: Problem, attribute: str, found: Ints, width: int) -> Callable[[int], Key]:
    values = problem.expert_attr[attribute].values
    return lambda g: ("same", problem.items[int(found[g]) // width], attribute, values[int(found[g]) % width])


def _together(problem: Problem, item: Ints, expert: Ints, top: Ints) -> list[Family]:
    """Two experts who may not share a panel: families of disjoint pairs, so that each stays a partition."""
    shelves: list[dict[int, int]] = []
    for k, (a, b) in enumerate(problem.limits.together):
        shelf = next((s for s in shelves if a not in s and b not in s), None)
        if shelf is None:
            shelves.append(shelf := {})
        shelf[a] = shelf[b] = k
    out = []
    width = max(1, len(problem.limits.together))
    for shelf in shelves:
        of = np.full(len(problem.experts), -1, dtype=np.int64)
        of[list(shelf)] = list(shelf.values())
        code = of[expert]
        found, back = np.unique(np.where(code >= 0, item * width + code, -1), return_inverse=True)
        inside = int(len(found) > 0 and found[0] < 0)
        group, found = back.astype(np.int64) - inside, found[inside:]
        high = np.full(len(found), problem.unit, dtype=np.int64)
        full = np.full(len(found), NO_LIMIT)
        out.append(
            _only_binding(top, "together", group, np.zeros_like(high), high, full, found // width, _together_key(problem, found, width))
        )
    return out


def _together_key(problem: Problem, found: Ints, width: int) -> Callable[[int], Key]:
    def key(g: int) -> Key:
        item, k = divmod(int(found[g]), width)
        a, b = problem.limits.together[k]
        return ("together", problem.items[item], problem.experts[a], problem.experts[b])

    return key


def _only_binding(
    top: Ints,
    kind: str,
    group: Ints,
    low: Ints,
    high: Ints,
    full: Ints,
    owner: Ints,
    key: Callable[[int], Key],
    level: str = "inner",
) -> Family:
    """Leave out rows that cannot bind: no minimum, and a maximum not below what the pairs or the item allow."""
    count = np.bincount(group[group >= 0], weights=top[group >= 0], minlength=len(low)).astype(np.int64)
    keep = np.flatnonzero((low > 0) | (high < np.minimum(count, full)))
    new = np.full(len(low) + 1, -1, dtype=np.int64)
    new[keep] = np.arange(len(keep))
    return Family(kind, level, new[group], low[keep], high[keep], owner[keep], lambda g: key(int(keep[g])))
