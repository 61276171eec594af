"""Chooses the method for a problem: network where rules nest, exact programme where they cross, goals on top."""

from __future__ import annotations

from typing import Any

from trihelix.engines.errors import Stopped

from . import answer
from .budget import Budget
from .clash import explain, network_proof
from .core import NetworkState, Solved, bound_of, impossible_fixed, leaf_of, solve_network
from .crossing import solve_crossing
from .exact import Infeasible
from .fairness import solve_fair
from .laminar import nest
from .lottery import refuse_crossing
from .model import Model, build
from .problem import Problem
from .repair import repairs
from .stable import NoStable, solve_stable

WISHES = ("stable", "stable_host", "min_blocking_pairs")
Outcome = Solved | Infeasible | NoStable | None


def solve(problem: Problem, time_limit: float | None = 60.0) -> dict[str, Any]:
    """The answer file as a dict; ``status`` is ``optimal``, ``feasible`` (stopped by time, honest gap) or ``infeasible``.

    Raises ``Stopped`` when the time ran out before any assignment was found.
    """
    budget = Budget(time_limit)
    outcome = find(problem, budget)
    if outcome is None:
        raise Stopped.one("time_limit", "时限内没有找到任何可行安排，请放宽 --time", field="time", value=time_limit)
    if isinstance(outcome, Infeasible):
        return infeasible(problem, outcome, budget)
    if isinstance(outcome, NoStable):
        return answer.no_stable(problem, outcome.fewest)
    if problem.objective in WISHES:
        return answer.found_by_wishes(problem, outcome)
    return answer.found(problem, outcome)


def find(problem: Problem, budget: Budget) -> Outcome:
    """Solve for the problem's goal."""
    if problem.objective in WISHES:
        outcome = solve_stable(problem, budget)
        # Where the rules themselves cannot be met, the plain question carries the proof.
        return outcome if not isinstance(outcome, Infeasible) else find_sum(build(problem), budget)
    model = build(problem)
    if problem.objective == "max_worst_item_total_then_sum":
        first = find_sum(model, budget)
        return solve_fair(model, first, budget) if isinstance(first, Solved) else first
    return find_sum(model, budget)


def find_sum(model: Model, budget: Budget) -> Solved | Infeasible | None:
    """Greatest total affinity under every rule."""
    problem = model.problem
    pair = impossible_fixed(problem, model)
    if pair is not None:
        return Infeasible({"impossible_pair": [problem.items[pair[0]], problem.experts[pair[1]]]})
    nested = nest(model)
    if problem.is_draw:
        refuse_crossing(model, nested)
    state = solve_network(model, nested)
    if state is None:
        return Infeasible(network_proof(model, nested))
    return from_network(state) or solve_crossing(model, state, budget)


def from_network(state: NetworkState) -> Solved | None:
    """The network's optimum with its proof, if it respects the side rows too."""
    if any(_breaks(state, f, g) for f, g in state.nested.side):
        return None
    bound = bound_of(state.model, state.prices)
    proof = {"claim": "sum_at_most", "value": bound, "tree": leaf_of(state.model, state.prices)}
    return Solved(state.model, state.x, bound, (proof,))


def _breaks(state: NetworkState, f: int, g: int) -> bool:
    fam = state.model.families[f]
    got = int(state.x[fam.group == g].sum())
    return not int(fam.low[g]) <= got <= int(fam.high[g])


def infeasible(problem: Problem, outcome: Infeasible, budget: Budget) -> dict[str, Any]:
    """The proven negative answer: proof, reason in words, and cures from the relief menu."""
    out = answer.blank(problem, "infeasible")
    if outcome.proof is not None:
        out["certificate"] |= {"unit": problem.unit, "proofs": [{"claim": "infeasible", "tree": outcome.proof}]}
    else:
        out["certificate"]["beyond"] = "HiGHS"
    out["reason"] = explain(problem, budget)
    out["repairs"] = repairs(problem, budget)
    return out
