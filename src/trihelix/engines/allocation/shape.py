"""Whether a file has the form of an answer, before anything in it is believed; what is wrong is named by its path in the JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from trihelix.engines.errors import Problem as Wrong
from trihelix.engines.errors import Refused

from .problem import RELIEFS, Problem, answer_number
from .reader import Reader, is_text
from .seed import METHOD, marginals_of, seed_of

STATUS = ("optimal", "feasible", "infeasible")
NUMBERS = ("objective", "bound", "gap", "worst_item_total")
CLAIMS = ("sum_at_most", "worst_below", "infeasible")
TOP = ("status", *NUMBERS, "pairs", "probabilities", "loads", "certificate", "reason", "repairs")
CERTIFICATE = ("version", "problem", "goal", "unit", "proofs", "beyond", "draw", "total", "blocking_pairs")
DRAW = ("method", "seed_commit", "beacon", "marginals", "seed", "total")


def refuse_malformed(answer: Any) -> Mapping[str, Any]:
    """The answer as a mapping; raises ``Refused`` for whatever has not the form of docs/allocation.md."""
    if not isinstance(answer, Mapping) or not isinstance(answer.get("certificate"), Mapping) or answer.get("status") is None:
        raise Refused.one("not_an_answer", "这不是 allocate 的答案文件：缺少 status 或 certificate", field="certificate")
    if not is_text(answer):
        raise Refused.one("not_text", "答案中有不成字的字符", field="$")
    r = Reader()
    r.mapping(answer, "", TOP)
    if answer["status"] not in STATUS:
        r.fault("status", "unknown_status", f"应为：{'、'.join(STATUS)}", answer["status"])
    for key in NUMBERS:
        _number(r, answer.get(key), key)
    for key, width in (("pairs", 2), ("probabilities", 4)):
        for k, row in enumerate(r.array(answer.get(key, ()), key)):
            if not isinstance(row, list | tuple) or len(row) != width or not all(isinstance(v, str | int) for v in row):
                r.fault(f"{key}[{k}]", "bad_pair", f"应为 {width} 个值的组合", row)
    for name, load in r.mapping(answer.get("loads", {}), "loads").items():
        _number(r, load, f"loads.{name}")
    if answer.get("reason") is not None:
        r.mapping(answer["reason"], "reason", ("items", "experts", "limits", "needed", "available", "sentence"))
    r.array(answer.get("repairs", ()), "repairs")
    _certificate(r, answer["certificate"])
    r.stop_if_wrong()
    return answer


def _number(r: Reader, value: Any, path: str) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value)):
        r.fault(path, "not_number", "应为有限的数", value)


def _certificate(r: Reader, certificate: Mapping[str, Any]) -> None:
    r.mapping(certificate, "certificate", CERTIFICATE)
    if certificate.get("version", 1) != 1:
        r.fault("certificate.version", "unknown_version", "不认识的证书版本", certificate["version"])
    for k, proof in enumerate(r.array(certificate.get("proofs", ()), "certificate.proofs")):
        path = f"certificate.proofs[{k}]"
        if not isinstance(proof, Mapping) or proof.get("claim") not in CLAIMS or not isinstance(proof.get("tree"), Mapping):
            r.fault(path, "bad_certificate", f"应有 claim（{'、'.join(CLAIMS)}）和 tree", None)
    if certificate.get("beyond", "HiGHS") != "HiGHS":
        r.fault("certificate.beyond", "bad_certificate", "只能是 HiGHS", certificate["beyond"])
    if "draw" in certificate:
        r.mapping(certificate["draw"], "certificate.draw", DRAW)
    r.array(certificate.get("blocking_pairs", ()), "certificate.blocking_pairs")


def other_claims(problem: Problem, answer: Mapping[str, Any], wrong: list[Wrong]) -> None:
    """What the answer says beside its seats and bounds: whose goal it is, and that a negative answer seats nobody."""
    certificate = answer["certificate"]
    for key, true in (("goal", problem.objective), ("unit", problem.unit)):
        if certificate.get(key, true) != true:
            wrong.append(Wrong(f"{key}_untrue", f"{key} 应为 {true}，答案写的是 {certificate[key]}", field=f"certificate.{key}"))
    empty = ("objective", "bound", "gap", "worst_item_total", "pairs", "probabilities", "loads")
    negative = answer["status"] == "infeasible"
    for key in empty if negative else ("reason", "repairs"):
        if answer.get(key) if key not in NUMBERS else answer.get(key) is not None:
            wrong.append(Wrong("not_empty", f"{'无解' if negative else '有解'}的答案不应写 {key}", field=key, value=None))
    if not problem.is_draw and answer.get("probabilities"):
        wrong.append(Wrong("not_empty", "只有抽签才有 probabilities", field="probabilities"))


def reason_faults(problem: Problem, answer: Mapping[str, Any], wrong: list[Wrong]) -> None:
    """The reason names people and items of the problem and demands more than there is; each repair costs what the menu says."""
    reason = answer.get("reason")
    if not isinstance(reason, Mapping) or not isinstance(reason.get("sentence"), str) or not reason["sentence"]:
        wrong.append(Wrong("reason_missing", "无解的答案须说明原因", field="reason"))
        return
    for key, known in (("items", problem.items), ("experts", problem.experts)):
        if not isinstance(reason.get(key), list) or not set(map(str, reason[key])) <= set(known):
            wrong.append(Wrong("reason_untrue", f"原因中的 {key} 不在题目中", field=f"reason.{key}"))
    stable = reason.get("limits") == ["stable"]
    needed, available = reason.get("needed"), reason.get("available")
    if not stable and not (isinstance(needed, int | float) and isinstance(available, int | float) and needed > available):
        wrong.append(Wrong("reason_untrue", "原因中所需应大于可得", field="reason.needed", value=needed))
    for k, repair in enumerate(answer.get("repairs") or ()):
        price = _price(problem, repair)
        if price is None or answer_number(price) != repair.get("price"):
            wrong.append(Wrong("repair_untrue", f"放宽办法的代价应为 {price}", field=f"repairs[{k}]", value=None))


def _price(problem: Problem, repair: Any) -> Fraction | None:
    """Σ units × price of the menu; None where a change is none the menu knows."""
    total, prices = Fraction(0), problem.relief.prices
    changes = repair.get("changes") if isinstance(repair, Mapping) else None
    if not isinstance(changes, list) or not changes:
        return None
    for change in changes:
        if not isinstance(change, list) or len(change) < 3 or change[0] not in RELIEFS or change[0] not in prices:
            return None
        first, units = change[1], change[-1]
        known = {"expert_cap": problem.experts}.get(change[0], problem.items)
        if type(units) is not int or units < 1 or (change[0] != "new_expert" and first not in known):
            return None
        total += prices[change[0]] * units
    return total


def draw_faults(problem: Problem, answer: Mapping[str, Any], total: int, wrong: list[Wrong]) -> None:
    """The record of a draw: the digest of the published probabilities, and the seed that follows from what was published."""
    record = answer["certificate"].get("draw")
    if record is None:
        return
    marginals = marginals_of(answer)
    commit, beacon = record.get("seed_commit"), record.get("beacon")
    seed = seed_of(commit, problem.digest, marginals, beacon).hex() if isinstance(commit, str) and isinstance(beacon, str) else None
    for key, true in (("method", METHOD), ("marginals", marginals), ("seed", seed), ("total", total)):
        if record.get(key) != true:
            wrong.append(Wrong("draw_untrue", f"抽签记录的 {key} 应为 {true}", field=f"certificate.draw.{key}", value=None))
