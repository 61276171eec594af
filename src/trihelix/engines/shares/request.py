"""The input of ``money share``: receipts with their costs, and the share plan (分配方案) in force at each of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from trihelix.engines.fields import Reader
from trihelix.engines.money import ratio_text
from trihelix.engines.shares.book import WAYS


@dataclass(frozen=True)
class Member:
    """One person of a plan: ``ratio`` of the people's part; ``main`` is None where nothing was stated."""

    id: str
    ratio: Fraction
    main: bool | None = None
    leader: bool = False


@dataclass(frozen=True)
class Plan:
    """Shares in force from ``since`` on: ``p`` of net to people, ``office`` to the transfer office (转化工作机构)."""

    p: Fraction
    office: Fraction
    members: tuple[Member, ...]
    since: date | None = None
    notice_from: date | None = None
    notice_to: date | None = None


@dataclass(frozen=True)
class Receipt:
    """One payment received (到账), in fen; a refund has a negative amount and may name the receipt it reverses."""

    received_on: date
    amount: int
    taxes: int = 0
    upkeep: int = 0
    direct_cost: int = 0
    paid_on: date | None = None
    refund_of: date | None = None

    @property
    def costs(self) -> int:
        """Taxes, upkeep and direct deal cost together."""
        return self.taxes + self.upkeep + self.direct_cost


@dataclass(frozen=True)
class ShareRequest:
    """What to share, by which rule and which plans (oldest first)."""

    rule: str
    receipts: tuple[Receipt, ...]
    plans: tuple[Plan, ...]
    unit_kind: str = "state"
    governance: str = "province"
    way: str = "transfer"


def parse_share(data: Any) -> ShareRequest:
    """Parse a ``money share`` input; refuses every unknown key and every bad value at once.

    Refusals of the plan itself: ``ratios_not_one``, ``duplicate_member``, ``plans_order``, ``notice_reversed``.
    """
    top = Reader(data)
    rule = top.text("rule", required=True)
    unit_kind = top.text("unit_kind", among=("state", "firm"), default="state")
    governance = top.text("governance", among=("central", "province", "city"), default="province")
    way = top.text("way", among=WAYS, default="transfer")
    plans = _plans(top)
    receipts = tuple(_receipt(r) for r in top.rows("receipts", required=True))
    top.finish()
    return ShareRequest(rule, receipts, plans, unit_kind, governance, way)


def _plans(top: Reader) -> tuple[Plan, ...]:
    if not top.has("plans"):
        top.raw("plans")
        return (_plan(top, dated=False),)
    rows = top.rows("plans", required=True)
    for key in ("p", "office", "members", "notice_from", "notice_to"):
        if top.raw(key) is not None:
            top.wrong(key, "two_plans", f"已用“plans”写明各期方案，不能再单独给出“{key}”")
    plans = tuple(_plan(row, dated=True) for row in rows)
    starts = [p.since for p in plans if p.since]
    if starts != sorted(set(starts)):
        top.wrong("plans", "plans_order", "各期方案的“from”须从早到晚，且不得重复")
    return plans


def _plan(row: Reader, *, dated: bool) -> Plan:
    since = row.day("from", required=True) if dated else None
    p = row.ratio("p", required=True) or Fraction(0)
    office = row.ratio("office") or Fraction(0)
    notice_from, notice_to = row.day("notice_from"), row.day("notice_to")
    if notice_from and notice_to and notice_to < notice_from:
        row.wrong("notice_to", "notice_reversed", "公示截止日早于开始日", notice_to.isoformat())
    members = tuple(_member(r) for r in row.rows("members", required=True))
    _check_members(row, members)
    return Plan(p, office, members, since, notice_from, notice_to)


def _member(row: Reader) -> Member:
    member = Member(
        row.text("id", required=True),
        row.ratio("ratio", required=True) or Fraction(0),
        row.flag("main"),
        row.flag("leader") or False,
    )
    row.text("role", among=("completer", "transformer", "office", "leader"))
    return member


def _check_members(row: Reader, members: tuple[Member, ...]) -> None:
    for name, times in Counter(m.id for m in members).items():
        if times > 1:
            row.wrong("members", "duplicate_member", f"成员“{name}”出现 {times} 次，请合并为一行", name)
    whole = sum((m.ratio for m in members), Fraction(0))
    if members and whole != 1:
        row.wrong("members", "ratios_not_one", f"各成员比例之和为 {ratio_text(whole)}，应恰为 1", ratio_text(whole))


def _receipt(row: Reader) -> Receipt:
    amount = row.money("amount", required=True, negative=True) or 0
    costs = {key: row.money(key, negative=amount < 0) or 0 for key in ("taxes", "upkeep", "direct_cost")}
    refund_of = row.day("refund_of")
    if refund_of and amount >= 0:
        row.wrong("refund_of", "not_a_refund", "只有金额为负的退款才能写“refund_of”", refund_of.isoformat())
    return Receipt(row.day_or("date"), amount, **costs, paid_on=row.day("paid_on"), refund_of=refund_of)
