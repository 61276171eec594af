"""From the problem file to :class:`Problem` (formats: experts, items, affinity, conflicts, limits, objective, relief_menu)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .apply import apply
from .parse_limits import read_limits, read_relief
from .problem import EXPERT_ATTRIBUTES, ITEM_ATTRIBUTES, OBJECTIVES, Codes, Ints, Problem
from .reader import Reader, digest_of

TOP = ("experts", "items", "affinity", "conflicts", "limits", "objective", "relief_menu", "granted")
GRANTED = {"expert_cap": 1, "waive_conflict": 2, "same_on_panel": 3, "seat_short": 1, "count_waiver": 2}  # names before the units
EXPERT = ("id", "cap", "min", *EXPERT_ATTRIBUTES, "prefers")
ITEM = ("id", "need", "slots", "min", *ITEM_ATTRIBUTES, "prefers")
SCORES = (1, 10000)


def parse(raw: Any) -> Problem:
    """Check the whole file and return it as arrays; raises ``Refused`` naming every fault by its JSON path."""
    r = Reader()
    top = r.mapping(raw, "", TOP)
    for key in ("experts", "items", "affinity", "objective"):
        if key not in top:
            r.fault(key, "missing", f"缺少“{key}”")
    r.stop_if_wrong()
    experts = [r.mapping(x, f"experts[{k}]", EXPERT) for k, x in enumerate(r.array(top["experts"], "experts"))]
    items = [r.mapping(x, f"items[{k}]", ITEM) for k, x in enumerate(r.array(top["items"], "items"))]
    expert_at, item_at = _ids(r, experts, "experts"), _ids(r, items, "items")
    if not experts or not items:
        r.fault("items" if experts else "experts", "empty", "不能为空")
    if top["objective"] not in OBJECTIVES:
        r.fault("objective", "unknown_objective", f"目标应为：{'、'.join(OBJECTIVES)}", top["objective"])
    r.stop_if_wrong()
    cap, least = _expert_seats(r, experts)
    need, item_least, panel = _item_seats(r, items)
    pair_item, pair_expert, score = _affinity(r, top["affinity"], item_at, expert_at)
    r.stop_if_wrong()
    problem = Problem(
        experts=tuple(expert_at), cap=cap, expert_least=least,
        expert_attr={a: _codes(r, experts, "experts", a) for a in EXPERT_ATTRIBUTES},
        items=tuple(item_at), need=need, item_least=item_least, panel=panel,
        item_attr={a: _codes(r, items, "items", a) for a in ITEM_ATTRIBUTES},
        pair_item=pair_item, pair_expert=pair_expert, score=score,
        conflicts=_conflicts(r, top.get("conflicts", ()), item_at, expert_at),
        limits=read_limits(r, top.get("limits", {}), experts, items, item_at, expert_at, top),
        objective=str(top["objective"]), relief=read_relief(r, top.get("relief_menu", {})),
        expert_prefers=_prefers(r, experts, "experts", item_at), item_prefers=_prefers(r, items, "items", expert_at),
        digest=digest_of(raw),
    )  # fmt: skip
    problem = _granted(r, top.get("granted", ()), problem)
    _no_way(r, problem)
    r.stop_if_wrong()
    return problem


def _granted(r: Reader, raw: Any, problem: Problem) -> Problem:
    """Relief that was granted before (the rows of a repair), so that solving, checking and asking why all keep to it."""
    changes = []
    for k, row in enumerate(r.array(raw, "granted")):
        path = f"granted[{k}]"
        if not isinstance(row, list | tuple) or not row or row[0] not in GRANTED or len(row) != GRANTED[row[0]] + 2:
            r.fault(path, "bad_change", f"应为放宽办法的一项，种类可用：{'、'.join(GRANTED)}", row)
            continue
        names, units = row[1:-1], r.whole(row[-1], f"{path}[{len(row) - 1}]", low=1)
        known = problem.experts if row[0] == "expert_cap" else problem.items
        bad = [n for n in names if not isinstance(n, str)]
        if bad or names[0] not in known or (row[0] == "waive_conflict" and names[1] not in problem.experts):
            r.fault(path, "unknown_id", "所列编号不存在", row)
            continue
        changes.append([row[0], *names, units])
    return apply(problem, changes) if not r.wrong else problem


def _ids(r: Reader, rows: Sequence[Mapping[str, Any]], path: str) -> dict[str, int]:
    at: dict[str, int] = {}
    for k, row in enumerate(rows):
        if "id" not in row:
            r.fault(f"{path}[{k}].id", "missing", "缺少 id")
            continue
        name = r.text(row["id"], f"{path}[{k}].id")
        if name in at:
            r.fault(f"{path}[{k}].id", "duplicate_id", f"“{name}”与 {path}[{at[name]}] 重复", name)
        at.setdefault(name, k)
    return at


def _codes(r: Reader, rows: Sequence[Mapping[str, Any]], path: str, attribute: str) -> Codes:
    values: dict[str, int] = {}
    code = np.full(len(rows), -1, dtype=np.int64)
    for k, row in enumerate(rows):
        value = row.get(attribute)
        if value is not None:
            code[k] = values.setdefault(r.text(value, f"{path}[{k}].{attribute}"), len(values))
    return Codes(tuple(values), code)


def _expert_seats(r: Reader, rows: Sequence[Mapping[str, Any]]) -> tuple[Ints, Ints]:
    cap, least = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    for k, row in enumerate(rows):
        if "cap" not in row:
            r.fault(f"experts[{k}].cap", "missing", "缺少承担上限 cap")
            continue
        cap[k] = r.whole(row["cap"], f"experts[{k}].cap")
        least[k] = r.whole(row["min"], f"experts[{k}].min") if "min" in row else 0
        if least[k] > cap[k] and not any(w.field == f"experts[{k}].cap" for w in r.wrong):
            r.fault(f"experts[{k}].min", "min_above_max", f"最少 {least[k]} 大于上限 {cap[k]}", int(least[k]))
    return cap, least


def _item_seats(r: Reader, rows: Sequence[Mapping[str, Any]]) -> tuple[Ints, Ints, Any]:
    most, least = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    panel = np.zeros(len(rows), dtype=np.bool_)
    for k, row in enumerate(rows):
        if ("need" in row) == ("slots" in row):
            r.fault(f"items[{k}]", "need_or_slots", "评审组写 need（恰好席数），接收单位写 slots（至多席数），二者必居其一")
            continue
        panel[k] = "need" in row
        if panel[k]:
            most[k] = least[k] = r.whole(row["need"], f"items[{k}].need", low=1)
            if "min" in row:
                r.fault(f"items[{k}].min", "min_with_need", "need 已是恰好席数，不能再写 min", row["min"])
            continue
        most[k] = r.whole(row["slots"], f"items[{k}].slots")
        least[k] = r.whole(row["min"], f"items[{k}].min") if "min" in row else 0
        if least[k] > most[k]:
            r.fault(f"items[{k}].min", "min_above_max", f"最少 {least[k]} 大于席数 {most[k]}", int(least[k]))
    return most, least, panel


def _affinity(r: Reader, rows: Any, item_at: Mapping[str, int], expert_at: Mapping[str, int]) -> tuple[Ints, Ints, Ints]:
    """Whole columns at once where the file is clean; row by row only to name the faults."""
    rows = r.array(rows, "affinity")
    empty = np.zeros(0, dtype=np.int64)
    try:
        names, people, scores = zip(*rows, strict=True) if rows else ((), (), ())
        clean = {int} >= set(map(type, scores)) and (not scores or (SCORES[0] <= min(scores) and max(scores) <= SCORES[1]))
        item, expert = [item_at.get(x, -1) for x in names], [expert_at.get(x, -1) for x in people]
        clean = clean and -1 not in item and -1 not in expert
    except (TypeError, ValueError):
        clean = False
    if not clean:
        _name_bad_rows(r, rows, item_at, expert_at)
        return empty, empty, empty
    i, e = np.array(item, dtype=np.int64), np.array(expert, dtype=np.int64)
    order = np.argsort(i * len(expert_at) + e, kind="stable")
    key = (i * len(expert_at) + e)[order]
    for k in order[1:][key[1:] == key[:-1]][:10]:
        r.fault(f"affinity[{k}]", "duplicate_pair", f"{names[k]} 与 {people[k]} 的分数重复", [names[k], people[k]])
    return i, e, np.array(scores, dtype=np.int64)


def _name_bad_rows(r: Reader, rows: Sequence[Any], item_at: Mapping[str, int], expert_at: Mapping[str, int]) -> None:
    for k, row in enumerate(rows):
        path = f"affinity[{k}]"
        if not isinstance(row, list | tuple) or len(row) != 3:
            r.fault(path, "not_triple", "应为 [item, expert, score]", row)
            continue
        _pair(r, row, path, item_at, expert_at)
        r.whole(row[2], f"{path}[2]", *SCORES)


def _pair(r: Reader, row: Any, path: str, item_at: Mapping[str, int], expert_at: Mapping[str, int]) -> tuple[int, int]:
    found = []
    for k, (at, what) in enumerate(((item_at, "items"), (expert_at, "experts"))):
        name = row[k]
        if not isinstance(name, str) or name not in at:
            r.fault(f"{path}[{k}]", "unknown_id", f"“{name}”不在 {what} 中", name)
            found.append(-1)
        else:
            found.append(at[name])
    return found[0], found[1]


def _conflicts(r: Reader, rows: Any, item_at: Mapping[str, int], expert_at: Mapping[str, int]) -> dict[tuple[int, int], tuple[str, ...]]:
    out: dict[tuple[int, int], tuple[str, ...]] = {}
    for k, row in enumerate(r.array(rows, "conflicts")):
        if not isinstance(row, list | tuple) or len(row) != 3:
            r.fault(f"conflicts[{k}]", "not_triple", "应为 [item, expert, reason]", row)
            continue
        pair = _pair(r, row, f"conflicts[{k}]", item_at, expert_at)
        reason = r.text(row[2], f"conflicts[{k}][2]")
        if reason not in out.get(pair, ()):
            out[pair] = (*out.get(pair, ()), reason)
    return out


def _prefers(r: Reader, rows: Sequence[Mapping[str, Any]], path: str, other: Mapping[str, int]) -> tuple[tuple[int, ...] | None, ...]:
    out: list[tuple[int, ...] | None] = []
    for k, row in enumerate(rows):
        if row.get("prefers") is None:
            out.append(None)
            continue
        seen: dict[int, None] = {}
        for n, name in enumerate(r.array(row["prefers"], f"{path}[{k}].prefers")):
            where = f"{path}[{k}].prefers[{n}]"
            if not isinstance(name, str) or name not in other:
                r.fault(where, "unknown_id", f"“{name}”不存在", name)
            elif other[name] in seen:
                r.fault(where, "duplicate_id", f"“{name}”重复", name)
            else:
                seen[other[name]] = None
        out.append(tuple(seen))
    return tuple(out)


def _no_way(r: Reader, problem: Problem) -> None:
    """An item in conflict with every expert is an input fault, unless the relief menu holds a cure."""
    menu = problem.relief.prices
    for k, name in enumerate(problem.items):
        if problem.item_least[k] == 0:
            continue
        reasons = (
            [problem.conflicts.get((k, e)) for e in range(len(problem.experts))]
            if len(problem.conflicts) >= len(problem.experts)
            else [None]
        )
        if any(x is None for x in reasons):
            continue
        curable = "new_expert" in menu or "seat_short" in menu
        curable |= "waive_conflict" in menu and any(set(x) <= problem.relief.waivable for x in reasons if x is not None)
        if not curable:
            r.fault(f"items[{k}]", "all_in_conflict", f"“{name}”与全部专家都有回避关系，请补充专家或核对回避清单", name)
