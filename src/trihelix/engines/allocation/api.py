"""The engine's doors: JSON in, JSON out. ``problem`` is always the problem file as a dict (docs/allocation.md)."""

from __future__ import annotations

from typing import Any

import numpy as np

from trihelix.engines.errors import Refused

from . import answer as answers
from . import solve as solving
from . import verify as checking
from .apply import apply
from .budget import Budget
from .clash import explain
from .core import impossible_fixed, solve_network
from .feasible import solvable
from .incremental import read_pairs, rearrange, without_pair
from .laminar import nest
from .lottery import draw as draw_once
from .lottery import refuse_crossing
from .model import build
from .parse import parse
from .problem import Ints, Problem, loads_of
from .seed import METHOD, marginals_of, seed_of
from .shape import refuse_malformed
from .why import locate
from .why import why as explain_pair


def solve(problem: Any, time_limit: float | None = 60.0) -> dict[str, Any]:
    """The answer for a problem; ``time_limit`` in seconds. Raises ``Refused`` (bad input) or ``Stopped`` (nothing found in time)."""
    return solving.solve(parse(problem), time_limit)


def verify(problem: Any, answer: Any) -> dict[str, Any]:
    """Whether the answer is true: ``{"ok", "feasible", "objective", "bound", "optimal_proven", "errors"}``."""
    return checking.verify(parse(problem), answer)


def why(problem: Any, item: str, expert: str, time_limit: float | None = 60.0) -> dict[str, Any]:
    """The exact loss of forcing ``expert`` on ``item``: ``{"item", "expert", "seated", "score", "loss", "worst_loss", "reason", "chain"}``."""
    p, budget = parse(problem), Budget(time_limit)
    locate(p, item, expert)
    state = None
    if p.objective == "max_sum":
        model = build(p)
        nested = nest(model)
        state = solve_network(model, nested) if nested.is_network and impossible_fixed(p, model) is None else None
    solved = (solving.from_network(state) if state is not None else None) or solving.find(p, budget)
    return explain_pair(p, item, expert, solved, state, solving.find, budget)


def replacement(problem: Any, item: str, expert: str, current: Any = None, time_limit: float | None = 60.0) -> dict[str, Any]:
    """``expert`` declines ``item``: the assignment nearest to ``current`` (an answer; default: the optimum) without that pair.

    Returns ``{"status", "objective", "loss", "pairs", "loads", "kept", "added", "removed"}``, or an infeasible answer with its reason.
    """
    p, budget = parse(problem), Budget(time_limit)
    pair = locate(p, item, expert)
    if p.is_draw:
        raise Refused.one("draw_again", "抽签结果不能调换人选，退出者应再次抽签", field="objective", value=p.objective)
    seated = read_pairs(p, solving.solve(p, time_limit) if current is None else current)
    found = rearrange(p, pair, seated, budget)
    if found is not None:
        return found
    out = answers.blank(p, "infeasible")
    return out | {"reason": explain(without_pair(p, pair), budget)}


def draw(problem: Any, commit: str, beacon: str, time_limit: float | None = 60.0) -> dict[str, Any]:
    """One draw from the optimal probabilities: seed = SHA-256 over the published ``commit`` and the later public value ``beacon``."""
    p = parse(problem)
    if not p.is_draw:
        raise Refused.one("not_a_draw", "抽签须以 max_expected_sum 为目标并给出 max_probability", field="objective", value=p.objective)
    if not commit or not beacon:
        raise Refused.one("no_seed", "抽签须同时给出事先公布的承诺值和事后公布的公共随机数", field="beacon" if commit else "seed_commit")
    answer = solving.solve(p, time_limit)
    return answer if answer["status"] == "infeasible" else _drawn(p, answer, commit, beacon)


def _drawn(p: Problem, answer: dict[str, Any], commit: str, beacon: str) -> dict[str, Any]:
    """The answer with its drawn pairs and the record that lets anyone draw again."""
    model = build(p)
    nested = nest(model)
    refuse_crossing(model, nested)
    marginals = marginals_of(answer)
    seed = seed_of(commit, p.digest, marginals, beacon)
    x = draw_once(model, nested, _amounts(p, model.item, model.expert, answer), seed)
    pairs = sorted(zip(model.item[x > 0].tolist(), model.expert[x > 0].tolist(), strict=True))
    record = {
        "method": METHOD, "seed_commit": commit, "beacon": beacon, "marginals": marginals, "seed": seed.hex(),
        "total": int((model.score * x).sum()),
    }  # fmt: skip
    drawn = answers.with_certificate(answer, {"draw": record})
    return drawn | {"pairs": answers.names(p, pairs), "loads": loads_of(p, pairs)}


def _amounts(p: Problem, item: Ints, expert: Ints, answer: dict[str, Any]) -> Ints:
    wrong: list[Any] = []
    seats = checking.read_seats(p, answer, wrong)
    if wrong:
        raise Refused.of(wrong)
    return np.array([seats.get(pair, 0) for pair in zip(item.tolist(), expert.tolist(), strict=True)], dtype=np.int64)


def replay(problem: Any, answer: Any) -> tuple[dict[str, Any], bool]:
    """Draw again from the published problem and answer: (the reproduced answer, whether it is identical)."""
    p = parse(problem)
    record = refuse_malformed(answer)["certificate"].get("draw")
    if not isinstance(record, dict) or not all(isinstance(record.get(k), str) for k in ("seed_commit", "beacon")):
        raise Refused.one("not_drawn", "答案中没有抽签记录（certificate.draw）", field="certificate.draw")
    report = checking.verify(p, answer, marginals_only=True)
    if not report["ok"]:
        raise Refused.one("marginals_untrue", "公布的概率没有通过核验，不能据此重演抽签", field="probabilities", value=report["errors"][:3])
    again = _drawn(p, answer, record["seed_commit"], record["beacon"])
    return again, again == answer


def cure(problem: Any, changes: list[list[Any]]) -> bool:
    """Whether the problem can be met after the ``changes`` of a repair."""
    return solvable(apply(parse(problem), changes), Budget(None))


__all__ = ["cure", "draw", "replacement", "replay", "solve", "verify", "why"]
