"""Grants relief: the same problem with caps raised, conflicts waived, seats short, or experts added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from trihelix.engines.errors import Refused

from .problem import Codes, Problem

Change = list[Any]


def apply(problem: Problem, changes: Sequence[Change]) -> Problem:
    """The problem after ``changes`` (the rows of a repair); the last entry of each change is how many units."""
    for change in changes:
        kind, *rest = change
        if kind == "new_expert":
            problem = add_experts(problem, rest[0].get("type"), rest[0]["cap"], rest[1])
        elif kind in _APPLY:
            problem = _APPLY[kind](problem, *rest)
        else:
            raise Refused.one("unknown_change", f"不认识的放宽“{kind}”", field="changes", value=change)
    return problem


def _cap(problem: Problem, expert: str, units: int) -> Problem:
    cap = problem.cap.copy()
    cap[problem.experts.index(expert)] += units
    return replace(problem, cap=cap)


def _waive(problem: Problem, item: str, expert: str, units: int) -> Problem:
    pair = (problem.items.index(item), problem.experts.index(expert))
    return replace(problem, conflicts={k: v for k, v in problem.conflicts.items() if k != pair or not units})


def _same(problem: Problem, item: str, attribute: str, value: str, units: int) -> Problem:
    key = (problem.items.index(item), attribute, value)
    bend = problem.bend
    return replace(problem, bend=replace(bend, same={**bend.same, key: bend.same.get(key, 0) + units}))


def _short(problem: Problem, item: str, units: int) -> Problem:
    k, bend = problem.items.index(item), problem.bend
    return replace(problem, bend=replace(bend, short={**bend.short, k: bend.short.get(k, 0) + units}))


def _count(problem: Problem, item: str, kind: str, units: int) -> Problem:
    key, bend = (problem.items.index(item), kind), problem.bend
    return replace(problem, bend=replace(bend, count={**bend.count, key: bend.count.get(key, 0) + units}))


_APPLY: dict[str, Any] = {
    "expert_cap": _cap,
    "waive_conflict": _waive,
    "same_on_panel": _same,
    "seat_short": _short,
    "count_waiver": _count,
}


def add_experts(problem: Problem, kind: str | None, cap: int, count: int) -> Problem:
    """``count`` further experts of one class, without employer or city, allowed everywhere at the lowest score 1."""
    old, m = len(problem.experts), len(problem.items)
    taken, names = set(problem.experts), list[str]()
    number = 1
    while len(names) < count:
        name = f"new:{kind or ''}:{number}"
        number += 1
        if name not in taken:
            names.append(name)
    attributes = {}
    for attribute, table in problem.expert_attr.items():
        values = table.values
        if attribute == "type" and kind is not None and kind not in values:
            values = (*values, kind)
        code = values.index(kind) if attribute == "type" and kind is not None else -1
        attributes[attribute] = Codes(values, np.concatenate([table.code, np.full(count, code, dtype=np.int64)]))
    items = np.tile(np.arange(m, dtype=np.int64), count)
    people = np.repeat(np.arange(old, old + count, dtype=np.int64), m)
    return replace(
        problem,
        experts=(*problem.experts, *names), cap=np.concatenate([problem.cap, np.full(count, cap, dtype=np.int64)]),
        expert_least=np.concatenate([problem.expert_least, np.zeros(count, dtype=np.int64)]), expert_attr=attributes,
        pair_item=np.concatenate([problem.pair_item, items]), pair_expert=np.concatenate([problem.pair_expert, people]),
        score=np.concatenate([problem.score, np.ones(len(items), dtype=np.int64)]),
        expert_prefers=(*problem.expert_prefers, *([None] * count)),
        newcomers=problem.newcomers | set(range(old, old + count)),
    )  # fmt: skip
