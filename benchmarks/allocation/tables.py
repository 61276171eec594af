"""The tables of ``run``: each measures the engine and its peers on the same arrays and returns (title, head, rows)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from benchmarks.allocation import instances, peers
from trihelix.engines.allocation.budget import Budget
from trihelix.engines.allocation.clash import explain
from trihelix.engines.allocation.core import NetworkState, solve_network
from trihelix.engines.allocation.crossing import Relaxed, close_gap
from trihelix.engines.allocation.dense import solve_dense
from trihelix.engines.allocation.fairness import solve_fair
from trihelix.engines.allocation.laminar import nest
from trihelix.engines.allocation.lottery import draw, seed_of
from trihelix.engines.allocation.model import Model, build
from trihelix.engines.allocation.problem import Problem, Relief
from trihelix.engines.allocation.repair import cheapest
from trihelix.engines.allocation.solve import find, find_sum
from trihelix.engines.allocation.steer import FINE, steer
from trihelix.engines.allocation.why import Path

LIMIT = 115.0
Measure = Callable[..., Any]
Table = tuple[str, list[str], list[list[str]]]
HEAD = ["instance", "method", "result", "seconds", "MB", "time ratio (ours / it)"]


def _rows(name: str, outcomes: list[tuple[str, Any, str]]) -> list[list[str]]:
    """The first outcome is ours; ratios are ours over the other's (≤ where it was stopped)."""
    ours = outcomes[0][1].seconds
    out = []
    for k, (method, o, result) in enumerate(outcomes):
        ratio = "1" if k == 0 else f"{'' if o.done else '≤ '}{ours / max(o.seconds, 1e-9):.3f}"
        shown = f"{o.seconds:.3f}" if o.done else f"not finished in {o.seconds:.0f}"
        out.append([name if k == 0 else "", method, result, shown, f"{o.megabytes:.0f}", ratio])
    return out


def _sum(problem: Problem) -> tuple[int, int, bool]:
    solved = find(problem, Budget(None))
    return solved.value, solved.bound, not solved.model.violated(solved.x)  # type: ignore[union-attr]


def _say(o: Any) -> str:
    return "" if not o.done else f"{o.value[0]:,}, bound {o.value[1]:,}" + ("" if o.value[2] else " BROKEN")


def _greedy(problem: Problem) -> tuple[int, int, int]:
    model = build(problem)
    x, empty = peers.greedy_rounds(model)
    worst = np.bincount(model.item, weights=model.score * x, minlength=len(problem.items)).min()
    return int((model.score * x).sum()), empty, int(worst)


def _against_highs(problem: Problem, name: str, measure: Measure, whole: bool = False) -> list[list[str]]:
    ours = measure(lambda: _sum(problem))
    other = measure(lambda: peers.highs(build(problem), LIMIT, whole))
    if other.done and other.value[0] == "stopped":
        other.value = None
    hand = measure(lambda: _greedy(problem))
    return _rows(name, [
        ("**this engine**", ours, _say(ours)),
        ("HiGHS MIP, same rows" if whole else "HiGHS LP, same rows", other, f"{other.value[1]:,}" if other.done else ""),
        ("greedy rounds", hand, f"{hand.value[0]:,}, {hand.value[1]} seats empty"),
    ])  # fmt: skip


def plain(quick: bool, measure: Measure) -> Table:
    sizes = [(500, 300)] if quick else [(500, 300), (2000, 2000)]
    rows = [r for m, n in sizes for r in _against_highs(instances.problem(m, n, 1), f"{m}x{n}, seed 1", measure)]
    return "Plain panels (k = 3, cap 6)", HEAD, rows


def quotas(quick: bool, measure: Measure) -> Table:
    sizes = [(200, 800)] if quick else [(500, 2000), (5000, 10000)]
    rows = [r for m, n in sizes for r in _against_highs(instances.nested(m, n, 1), f"{m}x{n}, seed 1", measure)]
    return "All nested quotas (k = 7; class, employer, employer total, origin)", HEAD, rows


def crossing(quick: bool, measure: Measure) -> Table:
    rows = []
    for m, n in [(100, 400)] if quick else [(500, 2000), (2000, 4000)]:
        base = instances.nested(m, n, 1)
        problem = replace(base, limits=replace(base.limits, max_same={"employer": 1, "city": 2}))
        rows += _against_highs(problem, f"{m}x{n}, seed 1", measure, whole=True)
    return "Crossing rules (also at most 2 of one city on a panel)", HEAD, rows


def pairs(quick: bool, measure: Measure) -> Table:
    rows = []
    for m, n in [(1000, 1000)] if quick else [(2000, 2000), (5000, 10000)]:
        dense = instances.scores(m, n, 1)
        problem = instances.problem(m, n, 1, dense=dense, pairs=(np.array([0]), np.array([0])))

        def priced(problem: Problem = problem, dense: np.ndarray = dense) -> tuple[int, int, bool]:
            solved = solve_dense(problem, dense)
            return solved.value, solved.bound, True

        ours, other = measure(priced), measure(lambda dense=dense: peers.flow_over_all(dense, 3, 6))
        rows += _rows(f"{m}x{n}, seed 1", [
            ("**this engine**", ours, _say(ours)), ("OR-Tools flow, every pair an arc", other, f"{other.value:,}" if other.done else ""),
        ])  # fmt: skip
    return "Every pair allowed", HEAD, rows


def _sum_above(model: Model, floor: int) -> int:
    """The best sum this engine finds with no item below ``floor`` (not timed): what a peer's trade-off is measured against."""
    first = find_sum(model, Budget(None))
    if int(first.totals().min()) >= floor:  # type: ignore[union-attr]
        return first.value  # type: ignore[union-attr]
    found = steer(model, nest(model), floor, Budget(60))
    best = close_gap(model, Relaxed(found.leaf, found.bound, found.reduced, FINE), found.x, Budget(60), floor)
    return best.value  # type: ignore[union-attr]


def _worst(o: Any, model: Model | None = None) -> str:
    """Worst and sum of an outcome; with ``model``, beside them what this engine attains at that worst."""
    if not o.done:
        return ""
    text = f"worst {o.value[0]:,}, sum {o.value[1]:,}"
    return text if model is None else f"{text} (this engine at that worst: sum {_sum_above(model, o.value[0]):,})"


def fairness(quick: bool, measure: Measure) -> Table:
    rows = []
    for m, n in [(200, 120)] if quick else [(500, 300), (2000, 2000)]:
        problem = instances.problem(m, n, 1, objective="max_worst_item_total_then_sum")
        model = build(problem)
        dense, allowed = np.zeros((m, n), dtype=np.int64), np.zeros((m, n), dtype=np.bool_)
        dense[model.item, model.expert], allowed[model.item, model.expert] = model.score, True

        def ours(model: Any = model) -> tuple[int, int, int]:
            first = find_sum(model, Budget(None))
            solved = solve_fair(model, first, Budget(60))  # type: ignore[arg-type]
            return int(solved.totals().min()), solved.value, solved.worst_bound  # type: ignore[union-attr, return-value]

        def of(x: np.ndarray, dense: np.ndarray = dense) -> tuple[int, int]:
            totals = (dense * x).sum(axis=1)
            return int(totals.min()), int(totals.sum())

        mine = measure(ours)
        flow = measure(lambda d=dense, a=allowed, of=of: of(peers.fair_flow(d, a, 3, 6)))
        sequence = measure(lambda d=dense, a=allowed, of=of: of(peers.fair_sequence(d, a, 3, 6)))
        hand = measure(lambda p=problem: _greedy(p))
        rows += _rows(f"{m}x{n}, seed 1", [
            ("**this engine**", mine, f"{_worst(mine)}, worst bound {mine.value[2]:,}"), ("FairFlow-style", flow, _worst(flow, model)),
            ("FairSequence-style", sequence, _worst(sequence, model)), ("greedy rounds", hand, f"worst {hand.value[2]:,}, sum {hand.value[0]:,}"),
        ])  # fmt: skip
    return "Worst panel first, then the sum", HEAD, rows


def lottery(quick: bool, measure: Measure) -> Table:
    rows = []
    for m, n in [(200, 800)] if quick else [(500, 2000), (2000, 4000)]:
        base = instances.nested(m, n, 1)
        problem = replace(base, objective="max_expected_sum", limits=replace(base.limits, max_probability=(1, 2)))

        def ours(problem: Problem = problem) -> tuple[int, int, bool]:
            model = build(problem)
            nested = nest(model)
            state = solve_network(model, nested)
            draws = [draw(model, nested, state.x, seed_of("ab", problem.digest, "", str(k))) for k in range(3)]  # type: ignore[union-attr]
            again = draw(model, nested, state.x, seed_of("ab", problem.digest, "", "0"))  # type: ignore[union-attr]
            whole = build(replace(problem, objective="max_sum"))
            fine = bool((again == draws[0]).all()) and not any(whole.violated(x) for x in draws)
            return int((model.score * state.x).sum()), len(draws), fine  # type: ignore[union-attr]

        mine = measure(ours)
        other = measure(lambda p=problem: peers.highs(build(p), LIMIT))
        if other.done and other.value[0] == "stopped":
            other.value = None
        rows += _rows(f"{m}x{n}, Q = 1/2, seed 1", [
            ("**this engine** (4 draws)", mine, f"{mine.value[0]:,} / 2, replay and quotas {'kept' if mine.value[2] else 'BROKEN'}"),
            ("HiGHS LP marginals, no draw", other, f"{other.value[1]:,} / 2" if other.done else ""),
        ])  # fmt: skip
    return "Lottery with quotas", HEAD, rows


def why(quick: bool, measure: Measure) -> Table:
    rows = []
    for m, n in [(200, 800)] if quick else [(500, 2000), (5000, 10000)]:
        problem = instances.nested(m, n, 1)
        state = solve_network(build(problem))
        asked = np.random.default_rng(1).choice(np.flatnonzero(state.x == 0), 5, replace=False).tolist()  # type: ignore[union-attr]

        def by_path(state: Any = state, asked: list[int] = asked) -> list[int | None]:
            path = Path(state)
            return [None if (f := path.force(k)) is None else f[0] for k in asked]

        def again(state: NetworkState = state, asked: list[int] = asked) -> list[int | None]:  # type: ignore[assignment]
            best, out = int((state.model.score * state.x).sum()), []
            for k in asked:
                bottom = state.model.bottom.copy()
                bottom[k] = 1
                found = solve_network(replace(state.model, bottom=bottom))
                out.append(None if found is None else best - int((state.model.score * found.x).sum()))
            return out

        mine, other = measure(by_path), measure(again)
        rows += _rows(f"{m}x{n}, 5 pairs, seed 1", [
            ("**this engine**", mine, str(mine.value)), ("re-solve with the pair forced", other, str(other.value) if other.done else ""),
        ])  # fmt: skip
    return "Why not this pair: exact loss", HEAD, rows


def repair(quick: bool, measure: Measure) -> Table:
    rows = []
    prices = {"expert_cap": Fraction(3), "seat_short": Fraction(10), "count_waiver": Fraction(4), "same_on_panel": Fraction(5)}
    for m, n in [(100, 400)] if quick else [(200, 800), (500, 2000)]:
        base = instances.nested(m, n, 1)
        problem = replace(base, limits=replace(base.limits, min_count={"finance": 3}), relief=Relief(prices))

        def ours(problem: Problem = problem) -> tuple[int, int, str]:
            reason = explain(problem, Budget(60))
            cure = cheapest(problem, set(prices), Budget(60))
            return len(reason["items"]) + len(reason["experts"]), reason["needed"] - reason["available"], f"price {cure and cure['price']}"

        mine, other = measure(ours), measure(lambda p=problem: peers.highs_clash(build(p), LIMIT))
        rows += _rows(f"{m}x{n}, 3 finance a panel, seed 1", [
            ("**this engine**", mine, f"{mine.value[0]} names, {mine.value[1]} seats short, proven cure at {mine.value[2]}"),
            ("HiGHS infeasible subsystem", other, f"{other.value[0]}, {other.value[1]} rows, no cure" if other.done else ""),
        ])  # fmt: skip
    return "Reason and cheapest cure", HEAD, rows


def dispatch(quick: bool, measure: Measure) -> Table:
    people, firms = (200, 250) if quick else (1012, 799)
    problem = instances.dispatch(people, firms, 1)
    free = replace(problem, limits=replace(problem.limits, by_item={}, by_expert={}))
    ours = measure(lambda: _sum(problem))
    other = measure(lambda: peers.sparse_matching(instances.seats_as_items(free)))
    hand = measure(lambda: _greedy(problem))
    rows = _rows(f"{people}x{firms}, seed 1", [
        ("**this engine**, city floors, employer caps, all placed", ours, _say(ours)), ("SciPy sparse matching, no quotas", other, f"{other.value:,}"),
        ("greedy rounds", hand, f"{hand.value[0]:,}"),
    ])  # fmt: skip
    return "Dispatch of commissioners", HEAD, rows


TABLES: dict[str, Callable[[bool, Measure], Table]] = {
    "plain": plain, "quotas": quotas, "crossing": crossing, "pairs": pairs, "fairness": fairness, "lottery": lottery, "why": why,
    "repair": repair, "dispatch": dispatch,
}  # fmt: skip
