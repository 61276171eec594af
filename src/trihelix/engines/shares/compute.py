"""Income → taxes, upkeep, direct cost → net → pool → office, people, unit, for every receipt (收益分配).

Amounts are fen; parts are cut by largest remainder (:func:`trihelix.engines.money.split`), so at every receipt

* office of net: pool + office + unit = net, members = pool;
* office of the reward: pool + unit = net, members + office = pool.

Net is kept per deal and costs alone never take anything back: costs beyond the money received wait for later receipts.
A refund (negative receipt) makes negative parts; what people were already paid is set off against their next parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from trihelix.engines.dated import Value
from trihelix.engines.errors import Problem
from trihelix.engines.money import split
from trihelix.engines.months import add_months
from trihelix.engines.shares.book import ShareRule
from trihelix.engines.shares.request import Plan, Receipt, ShareRequest


@dataclass(frozen=True)
class Share:
    """One receipt shared out. ``members`` is what each earned, ``payable`` what is paid after set-off (冲抵)."""

    receipt: Receipt
    net: int
    pool: int
    office: int
    unit: int
    members: dict[str, int]
    payable: dict[str, int]
    due: date | None

    def as_json(self) -> dict[str, Any]:
        """The row of the answer."""
        return {
            "date": self.receipt.received_on,
            "received_fen": self.receipt.amount,
            "costs_fen": self.receipt.costs,
            "net_fen": self.net,
            "pool_fen": self.pool,
            "office_fen": self.office,
            "unit_fen": self.unit,
            "members": self.members,
            "payable": self.payable,
            "due": self.due,
        }


@dataclass(frozen=True)
class ShareResult:
    """Shares in the order of the input, with totals, warnings and refusals."""

    shares: tuple[Share, ...]
    waiting_costs: int
    owed_back: dict[str, int]
    warnings: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        """The answer of ``money share``."""
        total: dict[str, Any] = {
            "received_fen": sum(s.receipt.amount for s in self.shares),
            "costs_fen": sum(s.receipt.costs for s in self.shares),
            "net_fen": sum(s.net for s in self.shares),
            "pool_fen": sum(s.pool for s in self.shares),
            "office_fen": sum(s.office for s in self.shares),
            "unit_fen": sum(s.unit for s in self.shares),
            "members": _sum(s.members for s in self.shares),
            "payable": _sum(s.payable for s in self.shares),
            "owed_back": self.owed_back,
            "waiting_costs_fen": self.waiting_costs,
        }
        return {
            "receipts": [s.as_json() for s in self.shares],
            "total": total,
            "warnings": [w.as_json() for w in self.warnings],
            "refusals": [],
        }


def _sum(parts: Any) -> dict[str, int]:
    out: dict[str, int] = {}
    for part in parts:
        for name, amount in part.items():
            out[name] = out.get(name, 0) + amount
    return out


def nets(receipts: Sequence[Receipt]) -> tuple[list[int], int]:
    """Net of each receipt, in the order given, and the costs still waiting for income.

    The net shared so far never exceeds what the deal brought in after costs; it falls only by a refund, and a refund
    of money not seen here stays a negative entry.
    """
    out: list[int] = []
    shared = received = costs = 0
    for receipt in receipts:
        received += receipt.amount
        costs += receipt.costs
        target = max(0, received - costs) + min(0, received)
        if receipt.amount < 0:
            after = max(target, shared + receipt.amount - receipt.costs)
        else:
            after = max(shared, target)
        out.append(after - shared)
        shared = after
    return out, shared - (received - costs)


def share_out(request: ShareRequest, rule: ShareRule, warnings: Sequence[Problem] = ()) -> ShareResult:
    """Share every receipt by the plan in force on its day; the request must have passed :func:`checks.check`."""
    order = sorted(range(len(request.receipts)), key=lambda i: (request.receipts[i].received_on, i))
    entries, waiting = nets([request.receipts[i] for i in order])
    balance: dict[str, int] = {}
    shares: dict[int, Share] = {}
    for i, net in zip(order, entries, strict=True):
        shares[i] = _share(request, rule, request.receipts[i], net, balance)
    owed = {name: -amount for name, amount in balance.items() if amount < 0}
    return ShareResult(tuple(shares[i] for i in sorted(shares)), waiting, owed, tuple(warnings))


def plan_on(plans: Sequence[Plan], day: date) -> Plan | None:
    """The plan in force on a day; None before the first."""
    found = None
    for plan in plans:
        if plan.since is None or plan.since <= day:
            found = plan
    return found


def _share(request: ShareRequest, rule: ShareRule, receipt: Receipt, net: int, balance: dict[str, int]) -> Share:
    day = receipt.refund_of or receipt.received_on
    plan = plan_on(request.plans, day)
    assert plan is not None  # checks.check refuses a receipt before the first plan
    pool, office, unit, people = cut(net, plan.p, plan.office, office_of_reward(rule, day))
    parts = split(people, [m.ratio for m in plan.members])
    members = {m.id: part for m, part in zip(plan.members, parts, strict=True)}
    payable: dict[str, int] = {}
    for name, part in members.items():
        left = balance.get(name, 0) + part
        payable[name] = max(0, left)
        balance[name] = min(0, left)
    months = rule.value("due_months", day)
    due = add_months(receipt.received_on, months.value) if months and receipt.amount > 0 else None
    return Share(receipt, net, pool, office, unit, members, payable, due)


def office_of_reward(rule: ShareRule, day: date) -> bool:
    """Whether the office's part is taken of the reward (Zhejiang) rather than of net."""
    base: Value | None = rule.value("office_base", day)
    return base is not None and base.value == "reward"


def cut(net: int, p: Fraction, office: Fraction, of_reward: bool) -> tuple[int, int, int, int]:
    """Cut net into ``(pool, office, unit, people)`` fen; see the identities of this module."""
    if of_reward:
        pool, unit = split(net, [p, 1 - p])
        people, office_part = split(pool, [1 - office, office])
        return pool, office_part, unit, people
    pool, office_part, unit = split(net, [p, office, 1 - p - office])
    return pool, office_part, unit, pool


def late_payouts(request: ShareRequest, rule: ShareRule) -> list[Problem]:
    """A payout later than the rule's months after the receipt is a warning."""
    out = []
    for i, receipt in enumerate(request.receipts):
        months = rule.value("due_months", receipt.received_on)
        if not months or not receipt.paid_on or receipt.paid_on <= add_months(receipt.received_on, months.value):
            continue
        out.append(
            Problem(
                "late_payout",
                f"{receipt.received_on} 到账的收益应在 {months.value} 个月内兑现，实际兑现于 {receipt.paid_on}",
                field=f"receipts[{i}].paid_on",
                clause=months.source,
                value=receipt.paid_on.isoformat(),
            )
        )
    return out
