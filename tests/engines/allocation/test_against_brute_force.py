"""Every goal against trying everything, on hundreds of tiny random problems with random limits."""

from __future__ import annotations

import pytest

from tests.engines.allocation.brute import all_feasible, random_problem, totals
from trihelix.engines import allocation

pytestmark = pytest.mark.nodb


def checked(problem, **more):
    """Solve, verify without a solver, and return the answer."""
    problem = problem | more
    answer = allocation.solve(problem)
    report = allocation.verify(problem, answer)
    assert report["ok"], report
    assert report["optimal_proven"], report
    return answer


@pytest.mark.parametrize("block", range(10))
@pytest.mark.parametrize("hosts", [False, True])
def test_greatest_sum(block, hosts):
    seen = set()
    for seed in range(block * 20, block * 20 + 20):
        problem = random_problem(seed, hosts)
        best = max((sum(totals(problem, s).values()) for s in all_feasible(problem)), default=None)
        answer = checked(problem)
        seen.add(answer["status"])
        assert (answer["status"] == "infeasible") == (best is None), (seed, answer)
        if best is not None:
            assert (answer["objective"], answer["bound"]) == (best, best), seed
            assert frozenset(map(tuple, answer["pairs"])) in all_feasible(problem)
    assert "optimal" in seen


@pytest.mark.parametrize("block", range(10))
def test_worst_item_first_then_sum(block):
    for seed in range(block * 12, block * 12 + 12):
        problem = random_problem(seed, hosts=seed % 4 == 0)
        best = max(((min(t.values()), sum(t.values())) for s in all_feasible(problem) for t in [totals(problem, s)]), default=None)
        answer = checked(problem, objective="max_worst_item_total_then_sum")
        assert (answer["status"] == "infeasible") == (best is None), seed
        if best is not None:
            assert (answer["worst_item_total"], answer["objective"]) == best, seed
            assert answer["bound"] == best[1] and answer["gap"] == 0
