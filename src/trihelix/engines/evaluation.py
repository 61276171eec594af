"""Evaluation of results (科技成果评价): who may not sit, and the weighted total of the experts' sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from trihelix.engines.errors import Refused
from trihelix.engines.money import ratio_text

COAUTHOR_YEARS = 3


@dataclass(frozen=True)
class Expert:
    """An expert: employer, years since the last joint paper with a completer (None = never), shares in a party."""

    id: str
    employer: str
    years_since_joint_paper: int | None = None
    holds_shares: bool = False


def exclusions(expert: Expert, completers_employers: Sequence[str]) -> Iterator[str]:
    """Why an expert is excluded (回避): ``same_unit``, ``co_author`` within three years, ``shareholder``."""
    if expert.employer in completers_employers:
        yield "same_unit"
    if expert.years_since_joint_paper is not None and expert.years_since_joint_paper < COAUTHOR_YEARS:
        yield "co_author"
    if expert.holds_shares:
        yield "shareholder"


def total_score(weights: Mapping[str, Fraction], scores: Mapping[str, Fraction]) -> Fraction:
    """``Σ weight × score`` over the indicators of a class. Refusals: ``weights_not_one``, ``scores_missing``."""
    whole = sum(weights.values(), Fraction(0))
    if whole != 1:
        raise Refused.one("weights_not_one", f"指标权重之和为 {ratio_text(whole)}，应恰为 1", field="weights", value=ratio_text(whole))
    missing = sorted(set(weights) ^ set(scores))
    if missing:
        raise Refused.one("scores_missing", f"评分与指标不对应：{'、'.join(missing)}", field="scores", value=missing)
    return sum((weights[key] * scores[key] for key in weights), Fraction(0))
