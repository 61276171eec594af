"""The methods meant for thousands of panels, forced onto tiny problems where the truth is known, and onto middling ones."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from benchmarks.allocation import instances
from tests.engines.allocation.brute import all_feasible, any_feasible, cheaper_cures, random_problem, totals
from tests.engines.allocation.test_repair import cured
from trihelix.engines import allocation
from trihelix.engines.allocation import clash, crossing, fairness, repair
from trihelix.engines.allocation.budget import Budget
from trihelix.engines.allocation.clash_cut import Skeleton, tight_cut
from trihelix.engines.allocation.core import solve_network
from trihelix.engines.allocation.dense import solve_dense
from trihelix.engines.allocation.feasible import only_rows, some_assignment
from trihelix.engines.allocation.laminar import nest
from trihelix.engines.allocation.lottery import draw, seed_of
from trihelix.engines.allocation.model import build
from trihelix.engines.allocation.parse import parse
from trihelix.engines.allocation.problem import Limits
from trihelix.engines.allocation.solve import find

pytestmark = pytest.mark.nodb


@pytest.fixture
def everything_is_large(monkeypatch):
    for module in (clash, crossing, fairness, repair):
        monkeypatch.setattr(module, "PROVE_UP_TO", 0)


@pytest.mark.usefixtures("everything_is_large")
def test_crossing_rules_by_pricing():
    for seed in range(160):
        problem = random_problem(seed)
        best = max((sum(totals(problem, s).values()) for s in all_feasible(problem)), default=None)
        answer = allocation.solve(problem)
        assert (answer["status"] == "infeasible") == (best is None), seed
        assert allocation.verify(problem, answer)["ok"], seed
        if best is not None:
            assert (answer["status"], answer["objective"], answer["bound"]) == ("optimal", best, best), seed


@pytest.mark.usefixtures("everything_is_large")
def test_steered_fairness_is_honest():
    equal = tried = 0
    for seed in range(200):
        problem = random_problem(seed, crossing=False) | {"objective": "max_worst_item_total_then_sum"}
        best = max(((min(t.values()), sum(t.values())) for s in all_feasible(problem) for t in [totals(problem, s)]), default=None)
        answer = allocation.solve(problem)
        assert allocation.verify(problem, answer)["ok"], (seed, allocation.verify(problem, answer))
        assert (answer["status"] == "infeasible") == (best is None), seed
        if best is None:
            continue
        tried += 1
        mine = (answer["worst_item_total"], answer["objective"])
        assert mine <= best, seed
        equal += mine == best
        if answer["status"] == "optimal":
            assert mine == best, seed
    assert equal > 0.8 * tried > 20


@pytest.mark.usefixtures("everything_is_large")
def test_cures_by_flow():
    cures = 0
    for seed in range(240):
        problem = random_problem(seed, crossing=False, relief=True)
        problem["relief_menu"]["prices"].pop("new_expert", None)
        if any_feasible(problem):
            continue
        answer = allocation.solve(problem)
        assert answer["status"] == "infeasible" and answer["reason"]["needed"] > answer["reason"]["available"], seed
        for repair_ in answer["repairs"]:
            cures += 1
            changes = repair_["changes"]
            assert cured(problem, changes), (seed, repair_)
            for k, change in enumerate(changes):
                fewer = [[*change[:-1], change[-1] - 1]] if change[-1] > 1 else []
                assert not cured(problem, changes[:k] + fewer + changes[k + 1 :]), (seed, repair_)
        if answer["repairs"]:
            assert not cheaper_cures(problem, answer["repairs"][0]["price"], 100), seed
    assert cures > 10


def test_new_experts_by_flow_and_by_programme_cost_the_same(monkeypatch):
    for seed in range(60):
        problem = random_problem(seed, crossing=False, relief=True)
        problem["relief_menu"]["prices"] = {"new_expert": 7, "expert_cap": 3, "count_waiver": 5}
        monkeypatch.setattr(repair, "PROVE_UP_TO", 4000)
        exact = allocation.solve(problem)
        monkeypatch.setattr(repair, "PROVE_UP_TO", 0)
        quick = allocation.solve(problem)
        assert [r["price"] for r in exact["repairs"][:1]] == [r["price"] for r in quick["repairs"][:1]], seed
        for r in exact["repairs"]:
            assert allocation.cure(problem, r["changes"])


def test_the_merged_network_answers_as_the_whole_one():
    """Random subsets of the rows of a clash: the small max flow and the whole circulation agree on whether they clash."""
    rng, asked, clashed = np.random.default_rng(5), 0, 0
    for seed in range(120):
        model = build(parse(random_problem(seed, seed % 3 == 0)))
        nested = nest(model)
        if some_assignment(nested_only(model, nested), Budget(None)) is not None:
            continue
        cut = tight_cut(model, nested)
        rows = list(dict.fromkeys([row for row, _ in cut.demand] + cut.supply))
        skeleton = Skeleton(model, nested, rows)
        for _ in range(6):
            some = [row for row in rows if rng.random() < 0.8]
            whole = some_assignment(only_rows(model, set(some)), Budget(None)) is None
            assert skeleton.clashes(some) == whole, (seed, some)
            asked, clashed = asked + 1, clashed + whole
    assert asked > 100 and asked > clashed > 10


def nested_only(model, nested):
    """The model without the rows that fit in neither tree."""
    rows = {(f, g) for f, fam in enumerate(model.families) for g in range(len(fam.low))} - set(nested.side)
    return only_rows(model, rows)


def test_every_pair_priced_equals_the_flow_over_all_pairs():
    dense = instances.scores(60, 90, 3)
    limits = Limits(max_same={"employer": 1}, min_share={"enterprise": Fraction(1, 3)})
    base = replace(instances.problem(60, 90, 3, dense=dense, pairs=np.nonzero(dense), cap=3), limits=limits)
    state = solve_network(build(base))
    priced = solve_dense(base, dense, per_item=4, per_expert=2)
    assert priced.value == priced.bound == int((state.model.score * state.x).sum())
    assert priced.model.size < dense.size / 2


def test_nested_quotas_at_middling_size_are_proven():
    problem = instances.nested(150, 600, 5)
    solved = find(problem, Budget(None))
    assert solved.value == solved.bound and not solved.model.violated(solved.x)


def test_draws_keep_every_quota_whole():
    """At Q = 1/2 two half seats of one employer fit the probabilities; a draw must still never seat both."""
    problem = instances.nested(100, 400, 2)
    problem = replace(problem, objective="max_expected_sum", limits=replace(problem.limits, max_probability=(1, 2)))
    model = build(problem)
    nested = nest(model)
    state = solve_network(model, nested)
    whole = build(replace(problem, objective="max_sum"))
    for k in range(5):
        x = draw(model, nested, state.x, seed_of("ab", "p", "m", str(k)))
        assert not whole.violated(x) and x.max() == 1
        assert np.all(state.x[x > 0] > 0)


def test_a_time_limit_gives_the_best_found_and_an_honest_gap():
    problem = instances.nested(150, 600, 5)
    problem = replace(problem, limits=replace(problem.limits, max_same={"employer": 1, "city": 1}))
    short = find(problem, Budget(0.5))
    exact = find(problem, Budget(60))
    assert not short.model.violated(short.x)
    assert short.value <= exact.value <= short.bound
    assert short.done == (short.value == short.bound) or short.beyond
    assert exact.done
