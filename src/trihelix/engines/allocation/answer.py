"""The answer file: status, figures, pairs, certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from .blocking import blocking_pairs
from .core import Solved
from .problem import Problem, answer_number, loads_of


def blank(problem: Problem, status: str) -> dict[str, Any]:
    """Every key of the format, empty."""
    return {
        "status": status, "objective": None, "bound": None, "gap": None, "worst_item_total": None, "pairs": [], "probabilities": [],
        "loads": {}, "certificate": {"version": 1, "problem": problem.digest, "goal": problem.objective, "proofs": []},
        "reason": None, "repairs": [],
    }  # fmt: skip


def gap_of(value: int, bound: int) -> float:
    """(bound − value) / bound, 0 when they meet."""
    return 0.0 if bound <= value else (bound - value) / max(1, abs(bound))


def names(problem: Problem, pairs: Sequence[tuple[int, int]]) -> list[list[str]]:
    return [[problem.items[i], problem.experts[e]] for i, e in pairs]


def found(problem: Problem, solved: Solved) -> dict[str, Any]:
    """The answer of a solved assignment; draws carry probabilities in place of pairs."""
    value, bound = Fraction(solved.value, problem.unit), Fraction(solved.bound, problem.unit)
    worst = int(solved.totals().min())
    gap = gap_of(solved.value, solved.bound)
    if solved.worst_bound is not None:
        gap = max(gap, gap_of(worst, solved.worst_bound))
    out = blank(problem, "optimal" if solved.done else "feasible")
    out |= {
        "objective": answer_number(value), "bound": answer_number(bound), "gap": gap,
        "worst_item_total": answer_number(Fraction(worst, problem.unit)),
    }  # fmt: skip
    if problem.is_draw:
        k = np.flatnonzero(solved.x)
        rows = zip(solved.model.item[k].tolist(), solved.model.expert[k].tolist(), solved.x[k].tolist(), strict=True)
        out["probabilities"] = [[problem.items[i], problem.experts[e], n, problem.unit] for i, e, n in sorted(rows)]
        load = np.bincount(solved.model.expert, weights=solved.x, minlength=len(problem.experts)).astype(np.int64)
        out["loads"] = {name: answer_number(Fraction(int(n), problem.unit)) for name, n in zip(problem.experts, load, strict=True)}
    else:
        out["pairs"] = names(problem, solved.pairs)
        out["loads"] = loads_of(problem, solved.pairs)
    out["certificate"] |= {"unit": problem.unit, "proofs": list(solved.proofs), **solved.extra}
    if solved.beyond:
        out["certificate"]["beyond"] = solved.beyond
    return out


def with_certificate(answer: dict[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """The same answer with more in its certificate."""
    return {**answer, "certificate": {**answer["certificate"], **extra}}


def found_by_wishes(problem: Problem, solved: Solved) -> dict[str, Any]:
    """The answer of a two-sided goal: ``objective`` is the total affinity of a stable assignment, or the number of blocking pairs."""
    out = found(problem, solved)
    blocking = blocking_pairs(problem, solved.pairs)
    out["certificate"]["blocking_pairs"] = names(problem, blocking)
    if problem.objective == "min_blocking_pairs":
        out |= {"objective": len(blocking), "bound": solved.bound if not solved.done else len(blocking)}
        out["gap"] = 0.0 if solved.done else (len(blocking) - solved.bound) / max(1, len(blocking))
    out["certificate"]["total"] = solved.value
    return out


def no_stable(problem: Problem, fewest: int | None) -> dict[str, Any]:
    """The rules can be met, but every such assignment leaves someone a reason to leave."""
    out = blank(problem, "infeasible")
    out["certificate"]["beyond"] = "HiGHS"
    out["reason"] = {
        "items": [], "experts": [], "limits": ["stable"], "needed": 0, "available": fewest,
        "sentence": "规则可以满足，但满足规则的安排都不稳定：总有双方更愿意选择对方。请改用 min_blocking_pairs（阻塞对最少）或放宽总量规则。",
    }  # fmt: skip
    return out
