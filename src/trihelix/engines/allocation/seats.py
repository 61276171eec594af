"""Checks an assignment against the rules by counting, without any solver or row of the solver.

Amounts are Python integers in units (1 a seat; b a seat in a draw with ``max_probability`` [a, b]).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from trihelix.engines.errors import Problem as Wrong

from .problem import Problem

Amounts = Mapping[tuple[int, int], int]


def faults(problem: Problem, seats: Amounts, unit: int = 1, most: int = 1) -> list[Wrong]:
    """Every rule the assignment breaks; an empty list means it is feasible."""
    return [Wrong(code, message, field=field) for code, field, message in _all(problem, seats, unit, most)]


Found = Iterator[tuple[str, str, str]]


def _all(problem: Problem, seats: Amounts, unit: int, most: int) -> Found:
    yield from _pairs(problem, seats, unit, most)
    yield from _loads(problem, seats, unit)
    yield from _panels(problem, seats, unit)
    yield from _totals(problem, seats, unit)


def _pairs(problem: Problem, seats: Amounts, unit: int, most: int) -> Found:
    ok = problem.allowed()
    allowed = set(zip(problem.pair_item[ok].tolist(), problem.pair_expert[ok].tolist(), strict=True))
    for (i, e), amount in seats.items():
        name = f"{problem.items[i]}—{problem.experts[e]}"
        if (i, e) not in allowed:
            yield "pair_not_allowed", name, "该组合未列出分数或须回避"
        if not 0 < amount <= most:
            yield "pair_amount", name, f"该组合的份额 {amount}/{unit} 超出 {most}/{unit}"
    for pair in problem.limits.fixed:
        if seats.get(pair, 0) != unit:
            yield "fixed_missing", f"{problem.items[pair[0]]}—{problem.experts[pair[1]]}", "指定的组合没有安排"


def _loads(problem: Problem, seats: Amounts, unit: int) -> Found:
    load: Counter[int] = Counter()
    filled: Counter[int] = Counter()
    for (i, e), amount in seats.items():
        load[e] += amount
        filled[i] += amount
    for e, name in enumerate(problem.experts):
        least = int(problem.expert_least[e])
        if problem.limits.place_all and e not in problem.newcomers:
            least = max(1, least)
        if not least * unit <= load[e] <= int(problem.cap[e]) * unit:
            yield "load", name, f"承担 {load[e]}/{unit} 席，应在 {least} 到 {problem.cap[e]} 席之间"
    for i, name in enumerate(problem.items):
        short = problem.bend.short.get(i, 0)
        low, high = int(problem.item_least[i]) - short, int(problem.need[i]) - short
        if not low * unit <= filled[i] <= high * unit:
            yield "seats", name, f"安排 {filled[i]}/{unit} 席，应在 {low} 到 {high} 席之间"


def _panels(problem: Problem, seats: Amounts, unit: int) -> Found:
    count: Counter[tuple[int, str, str]] = Counter()
    for (i, e), amount in seats.items():
        for attribute, table in problem.expert_attr.items():
            if table.code[e] >= 0:
                count[i, attribute, table.values[table.code[e]]] += amount
    for kind, (low, high) in problem.type_bounds().items():
        for i, name in enumerate(problem.items):
            got = count[i, "type", kind]
            if not int(low[i]) * unit <= got <= int(high[i]) * unit:
                yield "composition", name, f"“{kind}”类 {got}/{unit} 席，应在 {low[i]} 到 {high[i]} 席之间"
    for (i, attribute, value), got in count.items():
        most = problem.limits.max_same.get(attribute)
        if most is not None and got > (most + problem.bend.same.get((i, attribute, value), 0)) * unit:
            yield "same_on_panel", problem.items[i], f"同一 {attribute}“{value}”有 {got}/{unit} 席，至多 {most} 席"
    for a, b in problem.limits.together:
        for i, name in enumerate(problem.items):
            if seats.get((i, a), 0) + seats.get((i, b), 0) > unit:
                yield "together", name, f"{problem.experts[a]} 与 {problem.experts[b]} 不得同组"


def _totals(problem: Problem, seats: Amounts, unit: int) -> Found:
    for what, rules, tables, side in (
        ("total_by_item", problem.limits.by_item, problem.item_attr, 0),
        ("total_by_expert", problem.limits.by_expert, problem.expert_attr, 1),
    ):
        for attribute, bounds in rules.items():
            table = tables[attribute]
            got: Counter[str] = Counter()
            for pair, amount in seats.items():
                code = int(table.code[pair[side]])
                if code >= 0:
                    got[table.values[code]] += amount
            for value, (low, high) in bounds.items():
                if got[value] < low * unit or (high is not None and got[value] > high * unit):
                    yield (
                        what,
                        f"{attribute}={value}",
                        f"共 {got[value]}/{unit} 席，应在 {low} 到 {'不限' if high is None else high} 席之间",
                    )
