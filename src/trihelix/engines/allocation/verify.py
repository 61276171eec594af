"""Checks an answer against its problem without a solver: seats counted again, sums added again, the bound proven from prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from trihelix.engines.errors import Problem as Wrong
from trihelix.engines.errors import Refused

from .answer import gap_of, names
from .blocking import blocking_pairs
from .problem import Problem
from .proof import leaf_bounds
from .seats import faults
from .shape import draw_faults, other_claims, reason_faults, refuse_malformed

Seats = dict[tuple[int, int], int]


def verify(problem: Problem, answer: Any, marginals_only: bool = False) -> dict[str, Any]:
    """``{"ok", "feasible", "objective", "bound", "optimal_proven", "errors"}``; ``ok`` = nothing in the answer is untrue.

    ``optimal_proven`` says whether the saved prices alone prove the answer best (or infeasible); where a solver's own search
    closed a last gap the certificate says so under ``beyond`` and ``optimal_proven`` is false. ``marginals_only`` checks the
    probabilities of a draw and leaves its drawn pairs to the replay.
    """
    wrong: list[Wrong] = []
    certificate = refuse_malformed(answer)["certificate"]
    if certificate.get("problem") != problem.digest:
        wrong.append(
            Wrong("other_problem", "答案属于另一道题：题目摘要不一致", field="certificate.problem", value=certificate.get("problem"))
        )
    other_claims(problem, answer, wrong)
    if answer["status"] == "infeasible":
        reason_faults(problem, answer, wrong)
        proven = _infeasible(problem, certificate, wrong)
        return _report(wrong, False, None, None, proven)
    seats = read_seats(problem, answer, wrong)
    broken = faults(problem, seats, problem.unit, problem.most_per_pair)
    wrong += broken
    if problem.is_draw and answer.get("pairs") and not marginals_only:
        broken += _drawn(problem, answer, seats, wrong)
    if not marginals_only:
        draw_faults(problem, answer, sum(_totals(problem, read_seats(problem, answer, [], drawn=True))), wrong)
        _loads(problem, answer, seats, wrong)
    totals = _totals(problem, seats)
    value = Fraction(sum(totals), problem.unit)
    worst = Fraction(min(totals), problem.unit)
    _claim(wrong, "worst_item_total", answer.get("worst_item_total"), worst)
    if problem.objective in ("stable", "stable_host", "min_blocking_pairs"):
        return _stable(problem, answer, seats, value, broken, wrong)
    _claim(wrong, "objective", answer.get("objective"), value)
    bound = _bound(problem, certificate, wrong, int(worst * problem.unit))
    claimed = answer.get("bound")
    if bound is None or (
        not _same(claimed, bound) and not (certificate.get("beyond") and _number(claimed) <= bound and _number(claimed) >= value)
    ):
        wrong.append(Wrong("bound_not_proven", f"证书证明的上界是 {bound}，答案写的是 {claimed}", field="bound", value=claimed))
    _gap(problem, certificate, answer, value, worst, wrong)
    fair = problem.objective != "max_worst_item_total_then_sum" or _worst_proven(problem, certificate, int(worst))
    proven = fair and bound == value and not broken
    if answer["status"] == "optimal" and not proven and not certificate.get("beyond"):
        wrong.append(Wrong("optimum_not_proven", "答案自称最优，但证书没有证明", field="status", value="optimal"))
    return _report(wrong, not broken, value, bound, proven)


def _number(value: Any) -> Fraction:
    return Fraction(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else Fraction(-1)


def _same(claimed: Any, true: Fraction) -> bool:
    """A JSON number equals an exact value (or its nearest double)."""
    if isinstance(claimed, bool) or not isinstance(claimed, int | float):
        return False
    return Fraction(claimed) == true or (true.denominator != 1 and float(claimed) == float(true))


def _claim(wrong: list[Wrong], field: str, claimed: Any, true: Fraction) -> None:
    if not _same(claimed, true):
        wrong.append(Wrong(f"{field}_untrue", f"{field} 重新计算为 {true}，答案写的是 {claimed}", field=field, value=claimed))


def _report(wrong: list[Wrong], feasible: bool, value: Fraction | None, bound: Fraction | None, proven: bool) -> dict[str, Any]:
    show = {k: None if v is None else int(v) if v.denominator == 1 else float(v) for k, v in (("objective", value), ("bound", bound))}
    return {"ok": not wrong, "feasible": feasible, **show, "optimal_proven": proven and not wrong, "errors": [w.as_json() for w in wrong]}


def read_seats(problem: Problem, answer: Mapping[str, Any], wrong: list[Wrong], drawn: bool = False) -> Seats:
    """The amounts in units: probabilities of a draw, else (and for its ``drawn`` pairs) one unit a pair."""
    item_at = {name: k for k, name in enumerate(problem.items)}
    expert_at = {name: k for k, name in enumerate(problem.experts)}
    seats: Seats = {}
    unit = 1 if drawn else problem.unit
    rows = answer.get("probabilities", []) if problem.is_draw and not drawn else [[*row, 1, 1] for row in answer.get("pairs", [])]
    for k, row in enumerate(rows):
        try:
            pair, amount = (item_at[row[0]], expert_at[row[1]]), Fraction(row[2], row[3]) * unit
        except (KeyError, TypeError, IndexError, ZeroDivisionError):
            wrong.append(Wrong("bad_pair", "组合的编号或份额不正确", field=f"pairs[{k}]", value=row))
            continue
        if pair in seats or amount.denominator != 1:
            wrong.append(Wrong("bad_pair", "组合重复或份额不是分母的整数倍", field=f"pairs[{k}]", value=row))
        seats[pair] = int(amount)
    return seats


def _drawn(problem: Problem, answer: Mapping[str, Any], seats: Seats, wrong: list[Wrong]) -> list[Wrong]:
    """A drawn assignment keeps every rule whole and seats only pairs with a probability."""
    chosen = read_seats(problem, answer, wrong, drawn=True)
    broken = faults(problem, chosen)
    broken += [
        Wrong("not_drawable", "抽中的组合没有概率", field="pairs", value=[problem.items[i], problem.experts[e]])
        for i, e in set(chosen) - set(seats)
    ]
    wrong += broken
    return broken


def _loads(problem: Problem, answer: Mapping[str, Any], seats: Seats, wrong: list[Wrong]) -> None:
    """The stated loads are the counted ones: of the drawn pairs where there are any, else of the (expected) seats."""
    unit = problem.unit
    if problem.is_draw and answer.get("pairs"):
        seats, unit = read_seats(problem, answer, [], drawn=True), 1
    load: Counter[str] = Counter()
    for (_, e), amount in seats.items():
        load[problem.experts[e]] += amount
    claimed = answer.get("loads")
    claimed = claimed if isinstance(claimed, Mapping) else {}
    for name in dict.fromkeys([*problem.experts, *claimed]):
        if not _same(claimed.get(name), Fraction(load[name], unit)):
            wrong.append(
                Wrong("loads_untrue", f"{name} 承担 {Fraction(load[name], unit)} 席，答案写的是 {claimed.get(name)}", field=f"loads.{name}")
            )


def _totals(problem: Problem, seats: Seats) -> list[int]:
    score = dict(zip(zip(problem.pair_item.tolist(), problem.pair_expert.tolist(), strict=True), problem.score.tolist(), strict=True))
    totals = [0] * len(problem.items)
    for pair, amount in seats.items():
        totals[pair[0]] += score.get(pair, 0) * amount
    return totals


def _proof(certificate: Mapping[str, Any], claim: str) -> Mapping[str, Any] | None:
    return next((p for p in certificate.get("proofs", []) if isinstance(p, Mapping) and p.get("claim") == claim), None)


def _bounds(problem: Problem, proof: Mapping[str, Any], zero: bool, worst: int | None) -> list[tuple[int, int]]:
    try:
        return leaf_bounds(problem, proof["tree"], zero, worst)
    except (KeyError, TypeError, IndexError, ValueError, AttributeError, OverflowError) as exc:
        raise Refused.one("bad_certificate", "证书结构不完整", field="certificate.proofs", value=str(exc)) from exc


def _bound(problem: Problem, certificate: Mapping[str, Any], wrong: list[Wrong], worst: int) -> Fraction | None:
    """The largest leaf bound, rounded down to a whole number of units (totals are whole)."""
    proof = _proof(certificate, "sum_at_most")
    if proof is None:
        return None
    given = proof.get("given_worst")
    if given is not None and given != worst:
        wrong.append(Wrong("worst_mismatch", "总分上界以另一个最差总分为前提", field="certificate.proofs", value=given))
    return Fraction(max(b // s for b, s in _bounds(problem, proof, False, given)), problem.unit)


def _worst_proven(problem: Problem, certificate: Mapping[str, Any], worst: int) -> bool:
    proof = _proof(certificate, "worst_below")
    return proof is not None and proof.get("value") == worst + 1 and all(b < 0 for b, _ in _bounds(problem, proof, True, worst + 1))


def _gap(
    problem: Problem, certificate: Mapping[str, Any], answer: Mapping[str, Any], value: Fraction, worst: Fraction, wrong: list[Wrong]
) -> None:
    """The stated gap is that of the stated bound, or the larger one of the worst item's; an optimum has none."""
    bound, claimed = _number(answer.get("bound")), answer.get("gap")
    least = gap_of(int(value * problem.unit), int(bound * problem.unit))
    proof = _proof(certificate, "worst_below")
    limit = proof.get("value") if proof is not None else None
    if type(limit) is int:
        least = max(least, gap_of(int(worst * problem.unit), limit - 1))
    open_worst = problem.objective == "max_worst_item_total_then_sum" and proof is None
    if not isinstance(claimed, int | float) or claimed < least or (claimed > least and not open_worst):
        wrong.append(Wrong("gap_untrue", f"gap 重新计算为 {least}，答案写的是 {claimed}", field="gap", value=claimed))


def _infeasible(problem: Problem, certificate: Mapping[str, Any], wrong: list[Wrong]) -> bool:
    proof = _proof(certificate, "infeasible")
    if proof is not None and all(b < 0 for b, _ in _bounds(problem, proof, True, None)):
        return True
    if not certificate.get("beyond"):
        wrong.append(Wrong("infeasible_not_proven", "证书没有证明无解", field="certificate.proofs"))
    return False


def _stable(
    problem: Problem, answer: Mapping[str, Any], seats: Seats, value: Fraction, broken: list[Wrong], wrong: list[Wrong]
) -> dict[str, Any]:
    blocking = blocking_pairs(problem, set(seats))
    certificate, named = answer["certificate"], names(problem, blocking)
    for key, true in (("blocking_pairs", named), ("total", int(value))):
        if certificate.get(key, true) != true:
            wrong.append(Wrong(f"{key}_untrue", f"{key} 重新计算的结果不同", field=f"certificate.{key}"))
    if problem.objective == "min_blocking_pairs":
        bound = _number(answer.get("bound"))
        honest = bound == len(blocking) if answer["status"] == "optimal" else 0 <= bound <= len(blocking)
        gap = 0.0 if answer["status"] == "optimal" else (len(blocking) - float(bound)) / max(1, len(blocking))
    else:
        honest, gap = _same(answer.get("bound"), value), 0.0
    if not honest:
        wrong.append(Wrong("bound_untrue", "bound 与重新计算的结果不符", field="bound", value=answer.get("bound")))
    if answer.get("gap") != gap:
        wrong.append(Wrong("gap_untrue", f"gap 重新计算为 {gap}，答案写的是 {answer.get('gap')}", field="gap", value=answer.get("gap")))
    if problem.objective == "min_blocking_pairs":
        _claim(wrong, "objective", answer.get("objective"), Fraction(len(blocking)))
        proven = not blocking and not broken
        if answer["status"] == "optimal" and not proven and not answer["certificate"].get("beyond"):
            wrong.append(Wrong("optimum_not_proven", "答案自称最优，但证书没有证明", field="status", value="optimal"))
        return _report(wrong, not broken, Fraction(len(blocking)), Fraction(0), proven)
    _claim(wrong, "objective", answer.get("objective"), value)
    for i, e in blocking[:20]:
        wrong.append(Wrong("blocking_pair", "双方都更愿意选择对方", field="pairs", value=[problem.items[i], problem.experts[e]]))
    return _report(wrong, not broken, value, value, not blocking and not broken)
