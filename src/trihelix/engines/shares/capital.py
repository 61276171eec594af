"""Money that becomes shares: surplus of contract research as capital (横向结余经费出资), and managers' commission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import round_half_up, split
from trihelix.engines.shares.book import CommissionRule


@dataclass(frozen=True)
class Project:
    """A finished contract project (横向项目), fen; ``source`` is ``contract`` (横向) or ``public`` (纵向)."""

    received: int
    spent: int
    overhead: int
    taxes: int
    reserve: int
    source: str = "contract"
    accepted: bool = True
    audit_open: bool = False


def surplus(project: Project) -> int:
    """Surplus in fen: received − spent − overhead − taxes − reserve.

    Refusals: ``public_money`` (纵向经费), ``not_accepted``, ``audit_open``, ``no_surplus``.
    """
    problems = []
    if project.source != "contract":
        problems.append(Problem("public_money", "财政（纵向）经费结余不得作为出资", "source", value=project.source))
    if not project.accepted:
        problems.append(Problem("not_accepted", "项目尚未验收，不能确认结余", "accepted"))
    if project.audit_open:
        problems.append(Problem("audit_open", "项目审计未了结，不能确认结余", "audit_open"))
    left = project.received - project.spent - project.overhead - project.taxes - project.reserve
    if left < 0:
        problems.append(Problem("no_surplus", "支出与预留合计超过到账，没有结余", "spent", value=left))
    if problems:
        raise Refused.of(problems)
    return left


def capital_shares(pre_value: int, contributions: Mapping[str, int]) -> dict[str, Fraction]:
    """Parts of the firm after contributions valued in fen: each over pre-money value plus all contributions; ``""`` = earlier holders.

    Refusal: ``no_value`` when the firm is worth nothing after all.
    """
    post = pre_value + sum(contributions.values())
    if post <= 0:
        raise Refused.one("no_value", "出资后企业价值须大于零", field="pre_value", value=post)
    return {"": Fraction(pre_value, post), **{name: Fraction(value, post) for name, value in contributions.items()}}


@dataclass(frozen=True)
class Commission:
    """A manager's commission on one case: before caps, after caps, and which cap bit."""

    before_cap: int
    amount: int
    capped_by: str | None


def commission(base: int, rule: CommissionRule, earned_this_year: int = 0) -> Commission:
    """``min(caps, rate × base)`` in fen, rounded half up; the year cap counts what the manager already earned this year."""
    before = round_half_up(rule.rate * base)
    room = {"case": rule.case_cap, "year": None if rule.year_cap is None else max(0, rule.year_cap - earned_this_year)}
    limits = {name: cap for name, cap in room.items() if cap is not None and cap < before}
    if not limits:
        return Commission(before, before, None)
    name = min(limits, key=lambda n: (limits[n], n))
    return Commission(before, limits[name], name)


def both_sides(amount: int, ratios: tuple[Fraction, Fraction] | None = None, disclosed: bool = True) -> list[int]:
    """A manager for both sides: each side's part of the fee, by agreement else equally; refused unless disclosed."""
    if not disclosed:
        raise Refused.one("double_mandate_hidden", "经理人同时代理双方须事先披露", field="disclosed")
    return split(amount, ratios or (Fraction(1, 2), Fraction(1, 2)))
