"""Tiny problems solved by trying every set of pairs: the yardstick of the allocation tests, sharing no code with the engine."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from fractions import Fraction
from typing import Any

Pair = tuple[str, str]
TYPES, EMPLOYERS, CITIES = ("academic", "enterprise", "finance"), ("o1", "o2", "o3"), ("长春", "吉林", "四平")


def random_problem(seed: int, hosts: bool = False, crossing: bool = True, relief: bool = False) -> dict[str, Any]:
    """Up to 12 listed pairs with a random handful of every kind of limit."""
    rng = random.Random(seed)
    n, m = rng.randint(2, 5), rng.randint(1, 3)
    experts: list[dict[str, Any]] = []
    for k in range(n):
        row: dict[str, Any] = {"id": f"e{k}", "cap": rng.randint(1, 2)}
        for name, values in (("type", TYPES), ("employer", EMPLOYERS), ("city", CITIES)):
            if rng.random() < 0.85:
                row[name] = rng.choice(values)
        if rng.random() < 0.15:
            row["min"] = 1
        experts.append(row)
    items: list[dict[str, Any]] = []
    for k in range(m):
        item: dict[str, Any] = {"id": f"a{k}"}
        item |= {"slots": rng.randint(1, 2)} if hosts else {"need": rng.randint(1, 3)}
        if hosts and rng.random() < 0.2:
            item["min"] = 1
        if rng.random() < 0.5:
            item["applicant_employer"] = rng.choice(EMPLOYERS)
        if rng.random() < 0.7:
            item["city"] = rng.choice(CITIES)
        items.append(item)
    cells = [(i["id"], e["id"]) for i in items for e in experts]
    rng.shuffle(cells)
    affinity = [[i, e, rng.randint(1, 30)] for i, e in cells[: rng.randint(max(1, len(cells) // 2), len(cells))]][:12]
    problem: dict[str, Any] = {"experts": experts, "items": items, "affinity": affinity, "objective": "max_sum"}
    # e0 conflicts with nobody: an item in conflict with every expert is refused as input, not infeasible.
    problem["conflicts"] = [[i, e, rng.choice(["co-author", "same employer"])] for i, e in cells if rng.random() < 0.12 and e != "e0"]
    problem["limits"] = random_limits(rng, problem, hosts, crossing)
    if relief:
        kinds = [
            k for k in ("expert_cap", "waive_conflict", "same_on_panel", "seat_short", "count_waiver", "new_expert") if rng.random() < 0.6
        ]
        problem["relief_menu"] = {"prices": {k: rng.randint(1, 9) for k in kinds}, "waivable_reasons": ["co-author"]}
    return problem


def random_limits(rng: random.Random, problem: dict[str, Any], hosts: bool, crossing: bool) -> dict[str, Any]:
    have = {a: sorted({e[a] for e in problem["experts"] if a in e}) for a in ("type", "employer", "city")}
    out: dict[str, Any] = {}
    if not hosts and have["type"]:
        if rng.random() < 0.3:
            out["min_count_on_panel"] = {rng.choice(have["type"]): 1}
        if rng.random() < 0.3:
            out["min_share_on_panel"] = {rng.choice(have["type"]): rng.choice([0.2, "1/3", 0.5])}
        if rng.random() < 0.2:
            out["max_share_on_panel"] = {rng.choice(have["type"]): rng.choice([0.5, "2/3"])}
    if crossing or rng.random() < 0.4:
        same = {a: rng.randint(1, 2) for a in ("employer", "city") if rng.random() < 0.4}
        if same:
            out["max_same_on_panel"] = same
    if crossing and rng.random() < 0.25:
        a, b = rng.sample([e["id"] for e in problem["experts"]], 2)
        out["forbid_together"] = [[a, b]]
    if rng.random() < 0.25:
        out["forbid_same"] = ["employer"]
    if rng.random() < 0.25 and have["city"]:
        low = rng.randint(0, 1)
        out["total_by_expert"] = {"city": {rng.choice(have["city"]): [low, rng.choice([None, low + 1])]}}
    cities = sorted({i["city"] for i in problem["items"] if "city" in i})
    if rng.random() < 0.25 and cities:
        low = rng.randint(0, 2)
        out["total_by_item"] = {"city": {rng.choice(cities): [low, rng.choice([None, low + 1])]}}
    if rng.random() < 0.12:
        out["place_all"] = True
    if rng.random() < 0.15:
        out["fixed"] = [rng.choice(problem["affinity"])[:2]]
    return out


def share(value: Any) -> Fraction:
    return Fraction(str(value))


def allowed(problem: dict[str, Any]) -> dict[Pair, int]:
    experts = {e["id"]: e for e in problem["experts"]}
    items = {i["id"]: i for i in problem["items"]}
    banned = {(i, e) for i, e, _ in problem.get("conflicts", [])}
    out = {}
    for i, e, score in problem["affinity"]:
        same = any(
            items[i].get("applicant_employer" if a == "employer" else a) is not None
            and items[i].get("applicant_employer" if a == "employer" else a) == experts[e].get(a)
            for a in problem.get("limits", {}).get("forbid_same", [])
        )
        if (i, e) not in banned and not same:
            out[i, e] = score
    return out


def feasible(problem: dict[str, Any], chosen: frozenset[Pair], bend: Counter[tuple[str, ...]] | None = None) -> bool:
    """Every rule, counted; ``bend`` holds granted seat_short, same_on_panel and count_waiver units."""
    lim, bend = problem.get("limits", {}), bend or Counter()
    experts = {e["id"]: e for e in problem["experts"]}
    items = {i["id"]: i for i in problem["items"]}
    load, seats = Counter(e for _, e in chosen), Counter(i for i, _ in chosen)
    for e in experts.values():
        least = max(e.get("min", 0), 1 if lim.get("place_all") and not e.get("new") else 0)
        if not least <= load[e["id"]] <= e["cap"]:
            return False
    for i in items.values():
        low, high = (i["need"], i["need"]) if "need" in i else (i.get("min", 0), i["slots"])
        short = bend["seat_short", i["id"]]
        if not low - short <= seats[i["id"]] <= high - short:
            return False
        panel = [experts[e] for a, e in chosen if a == i["id"]]
        if not _panel(lim, i, panel, bend):
            return False
        for a, b in lim.get("forbid_together", []):
            if {a, b} <= {e["id"] for e in panel}:
                return False
    for key, side, table in (("total_by_item", 0, items), ("total_by_expert", 1, experts)):
        for attribute, bounds in lim.get(key, {}).items():
            for value, (low, high) in bounds.items():
                got = sum(table[p[side]].get(attribute) == value for p in chosen)
                if got < low or (high is not None and got > high):
                    return False
    return all(tuple(p) in chosen for p in lim.get("fixed", []))


def _panel(lim: dict[str, Any], item: dict[str, Any], panel: list[dict[str, Any]], bend: Counter[tuple[str, ...]]) -> bool:
    kinds = Counter(e.get("type") for e in panel)
    lows: Counter[str] = Counter()
    for kind, s in lim.get("min_share_on_panel", {}).items():
        lows[kind] = max(lows[kind], math.ceil(share(s) * item["need"]))
    for kind, n in lim.get("min_count_on_panel", {}).items():
        lows[kind] = max(lows[kind], n)
    if any(kinds[kind] < low - bend["count_waiver", item["id"], kind] for kind, low in lows.items()):
        return False
    if any(kinds[kind] > math.floor(share(s) * item["need"]) for kind, s in lim.get("max_share_on_panel", {}).items()):
        return False
    for attribute, most in lim.get("max_same_on_panel", {}).items():
        for value, n in Counter(e[attribute] for e in panel if attribute in e).items():
            if n > most + bend["same_on_panel", item["id"], attribute, value]:
                return False
    return True


def all_feasible(problem: dict[str, Any]) -> list[frozenset[Pair]]:
    pairs = sorted(allowed(problem))
    return [s for r in range(len(pairs) + 1) for c in itertools.combinations(pairs, r) if feasible(problem, s := frozenset(c))]


def totals(problem: dict[str, Any], chosen: frozenset[Pair]) -> dict[str, int]:
    score = {(i, e): s for i, e, s in problem["affinity"]}
    return {i["id"]: sum(score[p] for p in chosen if p[0] == i["id"]) for i in problem["items"]}


def any_feasible(problem: dict[str, Any], bend: Counter[tuple[str, ...]] | None = None) -> bool:
    pairs = sorted(allowed(problem))
    return any(feasible(problem, frozenset(c), bend) for r in range(len(pairs) + 1) for c in itertools.combinations(pairs, r))


def bent(problem: dict[str, Any], changes: list[list[Any]]) -> tuple[dict[str, Any], Counter[tuple[str, ...]]]:
    """The problem after changes and the granted bends."""
    experts = [dict(e) for e in problem["experts"]]
    conflicts, bend = list(problem["conflicts"]), Counter()
    for kind, *args, units in changes:
        if kind == "expert_cap":
            next(e for e in experts if e["id"] == args[0])["cap"] += units
        elif kind == "waive_conflict":
            assert all(r == "co-author" for i, e, r in conflicts if [i, e] == args)
            conflicts = [c for c in conflicts if c[:2] != args]
        elif kind == "new_expert":
            what = args[0] if isinstance(args[0], dict) else {"type": args[0], "cap": usual_cap(problem)}
            for k in range(units):
                experts.append({"id": f"new-{what.get('type')}-{k}", "new": True, **what})
        else:
            bend[kind, *args] += units
    more = [[i["id"], e["id"], 1] for e in experts if e.get("new") for i in problem["items"]]
    return {**problem, "experts": experts, "conflicts": conflicts, "affinity": problem["affinity"] + more}, bend


def usual_cap(problem: dict[str, Any]) -> int:
    """The commonest cap, the larger on a tie."""
    count = Counter(e["cap"] for e in problem["experts"])
    return max(count, key=lambda c: (count[c], c))


def levers(problem: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Every single unit of relief that the menu prices."""
    prices = problem["relief_menu"]["prices"]
    out: list[tuple[Any, ...]] = []
    if "expert_cap" in prices:
        out += [("expert_cap", e["id"]) for e in problem["experts"]]
    if "new_expert" in prices:
        out += [("new_expert", kind) for kind in sorted({e["type"] for e in problem["experts"] if "type" in e})]
    if "waive_conflict" in prices:
        bad = {(i, e) for i, e, r in problem["conflicts"] if r != "co-author"}
        out += sorted({("waive_conflict", i, e) for i, e, _ in problem["conflicts"] if (i, e) not in bad})
    for item in problem["items"]:
        if "seat_short" in prices and "need" in item:
            out.append(("seat_short", item["id"]))
        if "count_waiver" in prices:
            kinds = {*problem["limits"].get("min_count_on_panel", {}), *problem["limits"].get("min_share_on_panel", {})}
            out += [("count_waiver", item["id"], k) for k in sorted(kinds)]
        if "same_on_panel" in prices:
            for a in problem["limits"].get("max_same_on_panel", {}):
                out += [("same_on_panel", item["id"], a, v) for v in sorted({e[a] for e in problem["experts"] if a in e})]
    return out


def cheaper_cures(problem: dict[str, Any], price: float, most: int = 4000) -> bool | None:
    """Whether any multiset of relief below ``price`` cures the problem; None when there are too many to try."""
    prices, tools = problem["relief_menu"]["prices"], levers(problem)
    tried = 0
    for r in range(12):
        if not tools or r * min(prices[t[0]] for t in tools) >= price:
            return False
        for combo in itertools.combinations_with_replacement(tools, r):
            if sum(prices[t[0]] for t in combo) >= price:
                continue
            tried += 1
            if tried > most:
                return None
            changes = [[*t, n] for t, n in Counter(combo).items()]
            if any(c[0] == "waive_conflict" and c[-1] > 1 for c in changes):
                continue
            if any_feasible(*bent(problem, changes)):
                return True
    return None
