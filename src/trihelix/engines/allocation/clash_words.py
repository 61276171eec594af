"""The reason as data and as one Chinese sentence."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from .model import Key, Model
from .problem import Problem, answer_number

SHOWN = 6


def describe(
    model: Model, rows: Sequence[tuple[int, int]], needed: int, available: int, pair: tuple[int, int] | None = None
) -> dict[str, Any]:
    """``{"items", "experts", "limits", "needed", "available", "sentence"}`` of a set of clashing rows (or one impossible fixed pair)."""
    problem = model.problem
    if pair is not None:
        item, expert = problem.items[pair[0]], problem.experts[pair[1]]
        why = problem.conflicts.get(pair)
        because = f"须回避（{'、'.join(why)}）" if why else "没有列出分数或被规则禁止"
        if not why and problem.most_per_pair < problem.unit:
            because = "抽签概率有上限，不能必然入选"
        sentence = f"指定了 {item} 由 {expert} 担任，但该组合{because}。请取消指定或处理该限制。"
        limits = ["fixed", *(["conflicts"] if why else ["affinity"])]
        return {"items": [item], "experts": [expert], "limits": limits, "needed": 1, "available": 0, "sentence": sentence}
    keys = [(model.families[f].key(g), int(model.families[f].low[g]), int(model.families[f].high[g])) for f, g in rows]
    demand = [(key, low) for key, low, _ in keys if low > 0]
    supply = [(key, high) for key, low, high in keys if low <= 0 or low > high]
    items, experts, around = _who(model, rows)
    limits = sorted({_limit(problem, key) for key, _ in demand + supply} | around)
    unit = problem.unit
    need, have = (answer_number(Fraction(v, unit)) for v in (needed, available))
    sentence = f"{_demand(demand, unit)}，但{_supply(supply, experts, unit)}，至多能满足 {have} 席，差 {answer_number(Fraction(needed - available, unit))} 席。"
    return {"items": items, "experts": experts, "limits": limits, "needed": need, "available": have, "sentence": sentence}


def _who(model: Model, rows: Sequence[tuple[int, int]]) -> tuple[list[str], list[str], set[str]]:
    """Items and experts of the clash: those named by its rows, and the experts who could fill its demands."""
    problem = model.problem
    inside = np.zeros(model.size, dtype=np.bool_)
    items: set[int] = set()
    experts: set[int] = set()
    for f, g in rows:
        fam = model.families[f]
        if fam.low[g] > 0:
            inside |= fam.group == g
        if fam.level in ("item", "inner") and fam.owner[g] >= 0:
            items.add(int(fam.owner[g]))
        if fam.kind == "expert":
            experts.add(g)
        if fam.kind == "total_by_item" and fam.low[g] > 0:
            items |= set(model.item[fam.group == g].tolist())
    experts |= set(model.expert[inside].tolist())
    around = set()
    if problem.conflicts and any(i in items for i, _ in problem.conflicts):
        around.add("conflicts")
    if problem.limits.fixed and bool((model.bottom[inside] > 0).any()):
        around.add("fixed")
    if problem.is_draw:
        around.add("max_probability")
    return [problem.items[i] for i in sorted(items)], [problem.experts[e] for e in sorted(experts)], around


def _limit(problem: Problem, key: Key) -> str:
    """The place in the problem file that states the row."""
    match key[0]:
        case "item":
            return "items.need" if problem.panel[problem.items.index(key[1])] else "items.slots"
        case "expert":
            least = problem.expert_least[problem.experts.index(key[1])]
            return "experts.cap" if least == 0 and not problem.limits.place_all else "experts.min" if least else "place_all"
        case "type":
            rules = {"min_count_on_panel": problem.limits.min_count, "min_share_on_panel": problem.limits.min_share}
            name = next((name for name, rule in rules.items() if key[2] in rule), "max_share_on_panel")
            return f"{name}.{key[2]}"
        case "same":
            return f"max_same_on_panel.{key[2]}"
        case "together":
            return "forbid_together"
        case _:
            return ".".join(key)


def _some(names: Sequence[str]) -> str:
    shown = "、".join(names[:SHOWN])
    return f"{shown} 等 {len(names)} 个" if len(names) > SHOWN else shown


def _demand(rows: Sequence[tuple[Key, int]], unit: int) -> str:
    parts = []
    plain = [key[1] for key, _ in rows if key[0] == "item"]
    if plain:
        parts.append(f"{_some(plain)} 共需 {sum(n for k, n in rows if k[0] == 'item') // unit} 席")
    for kind in dict.fromkeys(key[2] for key, _ in rows if key[0] == "type"):
        mine = [(k, n) for k, n in rows if k[0] == "type" and k[2] == kind]
        parts.append(f"{_some([k[1] for k, _ in mine])} 共需“{kind}”类至少 {sum(n for _, n in mine) // unit} 席")
    people = [key[1] for key, _ in rows if key[0] == "expert"]
    if people:
        parts.append(f"专家 {_some(people)} 至少须承担 {sum(n for k, n in rows if k[0] == 'expert') // unit} 席")
    parts += [f"“{key[2]}”合计至少 {n // unit} 席" for key, n in rows if key[0].startswith("total")]
    return "、".join(parts) or "规则要求的席位"


def _supply(rows: Sequence[tuple[Key, int]], experts: Sequence[str], unit: int) -> str:
    parts = []
    caps = [key[1] for key, _ in rows if key[0] == "expert"]
    if caps:
        parts.append(f"专家 {_some(caps)} 的承担上限合计 {sum(n for k, n in rows if k[0] == 'expert') // unit} 席")
    for key, n in rows[: SHOWN * 4]:
        if key[0] == "item":
            parts.append(f"{key[1]} 只有 {n // unit} 席")
        elif key[0] == "type":
            parts.append(f"{key[1]} 的“{key[2]}”类至多 {n // unit} 席")
        elif key[0] == "same":
            parts.append(f"{key[1]} 同一“{key[3]}”至多 {n // unit} 席")
        elif key[0] == "together":
            parts.append(f"{key[2]} 与 {key[3]} 不得同组")
        elif key[0].startswith("total"):
            parts.append(f"“{key[2]}”合计至多 {n // unit} 席")
    if not parts:
        parts.append(f"可用专家只有 {_some(experts)}" if experts else "没有可用的专家")
    return "、".join(parts)
