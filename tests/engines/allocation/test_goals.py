"""Draws, two-sided choice, why, replacement: each against enumeration on tiny problems."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from tests.engines.allocation.brute import all_feasible, allowed, feasible, random_problem, totals
from trihelix.engines import allocation
from trihelix.engines.errors import Refused

pytestmark = pytest.mark.nodb


@pytest.mark.parametrize("block", range(8))
def test_loss_of_forcing_a_pair(block):
    for seed in range(block * 8, block * 8 + 8):
        problem = random_problem(seed, hosts=seed % 3 == 0)
        ways = all_feasible(problem)
        best = max((sum(totals(problem, s).values()) for s in ways), default=None)
        ok = allowed(problem)
        for item, expert in itertools.product(problem["items"], problem["experts"]):
            pair = (item["id"], expert["id"])
            with_it = max((sum(totals(problem, s).values()) for s in ways if pair in s), default=None)
            answer = allocation.why(problem, *pair)
            expected = None if with_it is None else best - with_it
            assert answer["loss"] == expected, (seed, pair, answer)
            assert answer["reason"]
            if pair not in ok:
                assert answer["loss"] is None


@pytest.mark.parametrize("block", range(6))
def test_replacement_disturbs_least(block):
    tried = 0
    for seed in range(block * 15, block * 15 + 15):
        problem = random_problem(seed, hosts=seed % 3 == 0)
        problem["limits"].pop("fixed", None)
        answer = allocation.solve(problem)
        if answer["status"] != "optimal" or not answer["pairs"]:
            continue
        old = frozenset(map(tuple, answer["pairs"]))
        gone = answer["pairs"][0]
        ways = [s for s in all_feasible(problem) if tuple(gone) not in s]
        best = max(((len(s & old), sum(totals(problem, s).values())) for s in ways), default=None)
        found = allocation.replacement(problem, *gone, answer)
        if best is None:
            assert found["status"] == "infeasible" and found["reason"]["sentence"]
            continue
        tried += 1
        assert (found["kept"], found["objective"]) == best, seed
        assert frozenset(map(tuple, found["pairs"])) in ways
    assert tried > 0


def draw_problem(seed):
    problem = random_problem(seed, crossing=False)
    problem["objective"] = "max_expected_sum"
    problem["limits"].pop("fixed", None)
    problem["limits"]["max_probability"] = [[1, 2], [2, 3], [3, 5], [1, 1]][seed % 4]
    return problem


def expected_by_programme(problem):
    """The optimum of the linear programme over pairs, written out row by row here (None = infeasible)."""
    pairs = sorted(allowed(problem).items())
    if not pairs:
        return None  # panels always need someone
    a, b = problem["limits"]["max_probability"]
    experts = {e["id"]: e for e in problem["experts"]}
    rows, low, high = [], [], []

    def row(test, lo, hi):
        rows.append([1.0 if test(i, e) else 0.0 for (i, e), _ in pairs])
        low.append(lo)
        high.append(np.inf if hi is None else hi)

    lim = problem["limits"]
    for e in problem["experts"]:
        row(lambda i, x, e=e: x == e["id"], max(e.get("min", 0), int(bool(lim.get("place_all")))), e["cap"])
    for item in problem["items"]:
        mine = item["id"]
        row(lambda i, x: i == mine, item["need"], item["need"])  # noqa: B023
        for key, up in (("min_count_on_panel", False), ("min_share_on_panel", False), ("max_share_on_panel", True)):
            for kind, amount in lim.get(key, {}).items():
                exact = Fraction(str(amount)) * (item["need"] if "share" in key else 1)
                n = int(exact) if up else -int(-exact // 1)
                row(lambda i, x, kind=kind: i == mine and experts[x].get("type") == kind, 0 if up else n, n if up else None)  # noqa: B023
        for attribute, most in lim.get("max_same_on_panel", {}).items():
            for value in {e.get(attribute) for e in problem["experts"]} - {None}:
                row(lambda i, x, at=attribute, v=value: i == mine and experts[x].get(at) == v, 0, most)  # noqa: B023
    items = {i["id"]: i for i in problem["items"]}
    for key in ("total_by_item", "total_by_expert"):
        for attribute, bounds in lim.get(key, {}).items():
            for value, (lo, hi) in bounds.items():
                row(lambda i, x, k=key, at=attribute, v=value: (items[i] if k == "total_by_item" else experts[x]).get(at) == v, lo, hi)
    matrix = np.array(rows)
    found = linprog(
        [-s for _, s in pairs], A_ub=np.vstack([matrix, -matrix]), b_ub=np.concatenate([np.minimum(high, 1e6), -np.array(low, dtype=float)]),
        bounds=(0, a / b), method="highs",
    )  # fmt: skip
    return -found.fun if found.status == 0 else None


def test_draws_have_the_best_probabilities_and_keep_every_quota():
    drawn = 0
    for seed in range(300):
        problem = draw_problem(seed)
        try:
            answer = allocation.solve(problem)
        except Refused as refusal:
            assert refusal.problems[0].code == "crossing_in_draw"
            continue
        best = expected_by_programme(problem)
        assert allocation.verify(problem, answer)["optimal_proven"], seed
        assert (answer["status"] == "infeasible") == (best is None), seed
        if best is None:
            continue
        assert answer["objective"] == pytest.approx(best, abs=1e-6), seed
        chance = {(i, e): Fraction(n, d) for i, e, n, d in answer["probabilities"]}
        got: Counter[tuple[str, str]] = Counter()
        for k in range(20):
            one = allocation.draw(problem, "c0ffee", f"beacon {k}")
            chosen = frozenset(map(tuple, one["pairs"]))
            assert feasible(problem, chosen), (seed, one["pairs"])
            assert chosen <= set(chance)
            got.update(chosen)
        assert all(got[p] == 20 for p, c in chance.items() if c == 1)
        drawn += 1
    assert drawn > 20


def test_marginals_of_many_draws():
    """4 of 8 experts on one panel, nobody above 1/2: every pair comes up half the time."""
    experts = [{"id": f"e{k}", "cap": 1} for k in range(8)]
    problem = {
        "experts": experts, "items": [{"id": "p", "need": 4}], "affinity": [["p", e["id"], 5 + k] for k, e in enumerate(experts)],
        "limits": {"max_probability": [1, 2]}, "objective": "max_expected_sum",
    }  # fmt: skip
    count = Counter(e for k in range(600) for _, e in allocation.draw(problem, "ab", str(k))["pairs"])
    assert all(abs(count[e["id"]] - 300) < 60 for e in experts)  # 60 is five standard deviations


def test_replay_is_bit_identical_and_another_beacon_is_not():
    experts = [{"id": f"e{k}", "cap": 2} for k in range(12)]
    items = [{"id": f"a{k}", "need": 3} for k in range(4)]
    problem = {
        "experts": experts, "items": items, "affinity": [[i["id"], e["id"], 7] for i in items for e in experts],
        "limits": {"max_probability": [1, 3]}, "objective": "max_expected_sum",
    }  # fmt: skip
    one = allocation.draw(problem, "ab" * 32, "第2026136期")
    assert allocation.replay(problem, one) == (one, True)
    assert allocation.draw(problem, "ab" * 32, "第2026137期")["pairs"] != one["pairs"]
    swapped = {**one, "pairs": one["pairs"][1:] + one["pairs"][:1]}
    assert allocation.replay(problem, swapped)[1] is False
    assert allocation.verify(problem, one)["ok"]


def host_problem(seed):
    problem = random_problem(seed, hosts=True, crossing=False)
    rng = np.random.default_rng(seed)
    problem["limits"] = {k: v for k, v in problem["limits"].items() if k in ("total_by_item", "place_all", "fixed")} if seed % 2 else {}
    names = {"experts": [i["id"] for i in problem["items"]], "items": [e["id"] for e in problem["experts"]]}
    for side, others in names.items():
        for row in problem[side]:
            row.pop("min", None)
            if rng.random() < 0.8:
                row["prefers"] = list(rng.permutation(others))[: max(1, int(rng.integers(1, len(others) + 1)))]
    return problem


def blocking(problem, chosen):
    """Blocking pairs by definition: unlisted partners rank last, equal affinity is a tie."""
    ok = allowed(problem)
    experts, items = {e["id"]: e for e in problem["experts"]}, {i["id"]: i for i in problem["items"]}

    def rank(row, other, score):
        if "prefers" in row:
            return row["prefers"].index(other) if other in row["prefers"] else None
        return -score

    def wants(row, room, other, score, held):
        mine = rank(row, other, score)
        if mine is None:
            return False
        ranks = [rank(row, o, s) for o, s in held]
        return len(held) < room or (room > 0 and any(r is None or r > mine for r in ranks))

    out = []
    for (i, e), score in ok.items():
        if (i, e) in chosen:
            continue
        mine = [(a, ok[a, b]) for a, b in chosen if b == e]
        theirs = [(b, ok[a, b]) for a, b in chosen if a == i]
        if wants(experts[e], experts[e]["cap"], i, score, mine) and wants(items[i], items[i]["slots"], e, score, theirs):
            out.append((i, e))
    return out


def acceptable(problem, chosen):
    experts, items = {e["id"]: e for e in problem["experts"]}, {i["id"]: i for i in problem["items"]}
    return all(i in experts[e].get("prefers", [i]) and e in items[i].get("prefers", [e]) for i, e in chosen)


@pytest.mark.parametrize("goal", ["stable", "stable_host"])
def test_stable_assignments(goal):
    seen = Counter()
    for seed in range(150):
        problem = host_problem(seed) | {"objective": goal}
        ways = [s for s in all_feasible(problem) if acceptable(problem, s) and not blocking(problem, s)]
        answer = allocation.solve(problem)
        seen[answer["status"]] += 1
        assert (answer["status"] == "infeasible") == (not ways), (seed, answer)
        assert allocation.verify(problem, answer)["ok"], seed
        if ways:
            assert frozenset(map(tuple, answer["pairs"])) in ways, seed
    assert seen["optimal"] > 50 and seen["infeasible"] > 5


def test_fewest_blocking_pairs():
    most = 0
    for seed in range(150):
        problem = host_problem(seed) | {"objective": "min_blocking_pairs"}
        best = min((len(blocking(problem, s)) for s in all_feasible(problem)), default=None)
        answer = allocation.solve(problem)
        assert (answer["status"] == "infeasible") == (best is None), seed
        assert allocation.verify(problem, answer)["ok"], seed
        if best is not None:
            assert answer["objective"] == best, (seed, answer["pairs"])
            assert frozenset(map(tuple, answer["pairs"])) in all_feasible(problem)
            most = max(most, best)
    assert most > 0


def test_the_proposing_side_gets_its_best():
    """Two stable assignments: people propose and get their wishes; hosts propose and get theirs."""
    problem = {
        "experts": [{"id": "x", "cap": 1, "prefers": ["p", "q"]}, {"id": "y", "cap": 1, "prefers": ["q", "p"]}],
        "items": [{"id": "p", "slots": 1, "prefers": ["y", "x"]}, {"id": "q", "slots": 1, "prefers": ["x", "y"]}],
        "affinity": [[i, e, 5] for i in "pq" for e in "xy"], "objective": "stable",
    }  # fmt: skip
    assert allocation.solve(problem)["pairs"] == [["p", "x"], ["q", "y"]]
    assert allocation.solve(problem | {"objective": "stable_host"})["pairs"] == [["p", "y"], ["q", "x"]]
