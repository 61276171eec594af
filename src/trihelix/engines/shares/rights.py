"""Rights given to people (赋权): co-ownership, long-term use, the idle timer, the award at grant, heads' shareholding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import parse_money, ratio_text, split
from trihelix.engines.months import add_months, full_months
from trihelix.engines.shares.book import ShareBook, ShareRule

IdleState = Literal["in_use", "counting", "warn", "free_to_act"]


@dataclass(frozen=True)
class Owner:
    """One co-owner of a result; ``signs`` marks who signs for the team."""

    id: str
    ratio: Fraction
    signs: bool = False


def check_ownership(owners: Sequence[Owner], unit: str, completers: Sequence[str], consents: Sequence[str]) -> None:
    """Ownership given to completers (mode A, 赋予所有权): ratios sum to 1, someone signs for the team, all completers agree.

    Refusals: ``ratios_not_one``, ``no_signatory``, ``not_unanimous``.
    """
    problems = []
    whole = sum((o.ratio for o in owners), Fraction(0))
    if whole != 1:
        problems.append(Problem("ratios_not_one", f"各权利人份额之和为 {ratio_text(whole)}，应恰为 1", "owners", value=ratio_text(whole)))
    if not any(o.signs for o in owners if o.id != unit):
        problems.append(Problem("no_signatory", "须指定一名成员代表团队签署", "owners"))
    missing = [c for c in completers if c not in consents]
    if missing:
        problems.append(Problem("not_unanimous", f"完成人须一致同意，尚缺：{'、'.join(missing)}", "consents", value=missing))
    if problems:
        raise Refused.of(problems)


def check_use_right(use_from: date, use_to: date, book: ShareBook) -> None:
    """A long-term use right (mode B, 长期使用权) lasts at least the book's years. Refusal: ``use_right_short``."""
    years = book.rights["use_years"].on(use_from)
    if years and use_to < add_months(use_from, 12 * years.value):
        raise Refused.one(
            "use_right_short",
            f"长期使用权不得少于 {years.value} 年，请把截止日改为 {add_months(use_from, 12 * years.value)} 或之后",
            field="use_to",
            clause=years.source,
            value=use_to.isoformat(),
        )


def co_owner_split(net: int, owners: Sequence[Owner]) -> dict[str, int]:
    """A licence fee among co-owners by their shares (patent act art. 14); net in fen, parts add up to net."""
    return dict(zip([o.id for o in owners], split(net, [o.ratio for o in owners]), strict=True))


def reward_besides_rights(rule: ShareRule, holds_rights: bool, chose_reward: bool) -> Problem | None:
    """Where rights and reward exclude each other (Zhejiang art. 37), a holder of rights gets no further part of the unit's income."""
    exclusive = rule.value("exclusive_rights")
    if not (exclusive and exclusive.value and holds_rights) or chose_reward:
        return None
    return Problem("rights_exclude_reward", "已按份享有权利的人员不再从单位所得中提取奖励", "members", clause=exclusive.source)


@dataclass(frozen=True)
class Idle:
    """The idle timer (闲置计时): whole months, and the dates of the warning and of freedom to act."""

    state: IdleState
    months: int
    warn_on: date
    free_on: date


def idle(since: date, on: date, book: ShareBook, used_on: date | None = None) -> Idle:
    """How long a result lay idle since registration or grant: warned at nine months, free to act at twelve (book values)."""
    warn, free = (book.rights[k].on(on) for k in ("idle_warn_months", "idle_free_months"))
    if warn is None or free is None:
        raise Refused.one("no_value", f"规则库在 {on} 没有闲置期限取值", field="on")
    warn_on, free_on = add_months(since, warn.value), add_months(since, free.value)
    state: IdleState = "counting"
    if used_on is not None and used_on <= on:
        state = "in_use"
    elif on >= free_on:
        state = "free_to_act"
    elif on >= warn_on:
        state = "warn"
    return Idle(state, full_months(since, on), warn_on, free_on)


@dataclass(frozen=True)
class PatentAward:
    """The award at grant (授权奖励): due date, fen in total, fen per inventor."""

    due: date
    total: int
    inventors: Mapping[str, int]
    source: str


def patent_award(kind: str, granted_on: date, inventors: Mapping[str, Fraction], book: ShareBook, agreed: int | None = None) -> PatentAward:
    """One award per patent, due within three months of grant; the legal minimum unless a unit rule or agreement says otherwise.

    Refusals: ``unknown_patent_kind``, ``no_inventor``.
    """
    least = book.patent_award[kind].on(granted_on) if kind in ("invention", "utility_model", "design") else None
    months = book.patent_award["months"].on(granted_on)
    if least is None or months is None:
        raise Refused.one("unknown_patent_kind", f"没有专利类型“{kind}”的奖励标准", field="kind", value=kind)
    if not inventors:
        raise Refused.one("no_inventor", "没有列出发明人", field="inventors")
    total = parse_money(least.value, "yuan") if agreed is None else agreed
    parts = split(total, inventors.values())
    return PatentAward(add_months(granted_on, months.value), total, dict(zip(inventors, parts, strict=True)), least.source)


def check_head_filing(signed_on: date, filed_on: date | None, decided_own_case: bool = False, contributor: bool = True) -> None:
    """A head holding shares files before the contract is signed (正职领导持股备案).

    Refusals: ``head_not_contributor``, ``head_filing_missing``, ``head_filing_late``, ``own_case``.
    """
    if not contributor:
        raise Refused.one("head_not_contributor", "正职领导并非主要完成人或重要贡献人，不能持股", field="contributor")
    if decided_own_case:
        raise Refused.one("own_case", "领导参与了对本人事项的决策，须回避后重新决策", field="decision")
    if filed_on is None:
        raise Refused.one("head_filing_missing", "正职领导持股须在签约前备案，请先提交备案", field="filed_on")
    if filed_on >= signed_on:
        raise Refused.one("head_filing_late", f"备案日 {filed_on} 不早于签约日 {signed_on}，事后备案无效", field="filed_on")
