"""The three amounts: turnover (合同成交额) ≥ technical amount (技术交易额) ≥ verified technical income (核定技术性收入).

``technical = turnover − Σ items that are not technical and not a reasonable quantity of carriers (合理数量载体)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from trihelix.engines.contracts.book import ContractBook, RuleSet
from trihelix.engines.contracts.record import AmountItem, Contract
from trihelix.engines.errors import Refused
from trihelix.engines.money import format_wan, parse_money, wan_to_fen
from trihelix.engines.workdays import Calendar

_MONEY_IN_TEXT = re.compile(r"\d[\d,]*(?:\.\d+)?\s*(?:亿元|万元|亿|万|元)")


@dataclass(frozen=True)
class Amounts:
    """Amounts in fen; ``technical`` is None where the price is not split into items."""

    turnover: int | None
    technical: int | None
    deducted: tuple[AmountItem, ...]
    kept: tuple[AmountItem, ...]
    conflicts: tuple[str, ...]


def is_deducted(item: AmountItem, book: ContractBook) -> bool:
    """Non-technical and not a reasonable carrier: deducted from turnover."""
    return item.kind != book.technical_kind and not item.is_reasonable_carrier


def amounts(contract: Contract, book: ContractBook) -> Amounts:
    """Turnover and technical amount of a contract, with every stated total that disagrees."""
    items = contract.items
    deducted = tuple(i for i in items if is_deducted(i, book))
    kept = tuple(i for i in items if i.kind != book.technical_kind and i.is_reasonable_carrier)
    turnover = sum(i.amount for i in items) if items else _stated_turnover(contract)
    technical = turnover - sum(i.amount for i in deducted) if items and turnover is not None else None
    return Amounts(turnover, technical, deducted, kept, tuple(_conflicts(contract, turnover, technical)))


def _stated_turnover(contract: Contract) -> int | None:
    if contract.turnover is not None:
        return contract.turnover
    stated = price_in_text(contract.price_text)
    if stated is not None:
        return stated
    fixed = [p.amount for p in contract.payments if p.amount is not None]
    return sum(fixed) if fixed else None


def price_in_text(text: str) -> int | None:
    """The price of a text that is one amount with its unit and nothing else (``人民币600万元整``); None for anything longer."""
    try:
        return parse_money(text) if _MONEY_IN_TEXT.search(text) else None
    except Refused:
        return None


def sums_in_text(text: str) -> list[int]:
    """Every amount with a unit that a price clause mentions."""
    out = []
    for found in _MONEY_IN_TEXT.findall(text):
        try:
            out.append(parse_money(found))
        except Refused:
            continue
    return out


def _conflicts(contract: Contract, turnover: int | None, technical: int | None) -> Iterator[str]:
    if turnover is None:
        return
    if contract.turnover is not None and contract.turnover != turnover:
        yield f"合同写明成交额 {format_wan(contract.turnover)} 万元，分项合计 {format_wan(turnover)} 万元"
    if contract.technical is not None and technical is not None and contract.technical != technical:
        yield f"合同写明技术交易额 {format_wan(contract.technical)} 万元，按分项应为 {format_wan(technical)} 万元"
    mentioned = sums_in_text(contract.price_text)
    if mentioned and turnover not in mentioned:
        yield f"价款条款中没有与分项合计 {format_wan(turnover)} 万元相符的金额"
    plan = [p.amount for p in contract.payments]
    if plan and all(p.form != "royalty" for p in contract.payments) and sum(a or 0 for a in plan) != turnover:
        yield f"付款计划合计 {format_wan(sum(a or 0 for a in plan))} 万元，与成交额 {format_wan(turnover)} 万元不一致"


def is_large(technical: int | None, rule_set: RuleSet, on: date) -> bool:
    """Large (大额) is judged on the technical amount, never on turnover."""
    return technical is not None and technical >= wan_to_fen(rule_set.value("large_threshold_wan", on).value)


@dataclass(frozen=True)
class Clock:
    """When the decision is due: counted from the last complete submission."""

    accepted: date
    days: int
    kind: str
    due: date
    confirmed: bool
    source: str
    unverified: bool


def clock(accepted: date, rule_set: RuleSet, calendar: Calendar, *, long: bool) -> Clock:
    """The decision's due date; ``long`` for a large or disputed contract. A supplement restarts it: pass its date."""
    limit = rule_set.value("days", accepted)
    days = limit.value["large" if long else "normal"]
    due = calendar.add(accepted, days, kind=limit.value["kind"])
    return Clock(accepted, days, limit.value["kind"], due.date, due.confirmed, limit.source, limit.unverified)


def dispute_clocks(accepted: date, rule_set: RuleSet, calendar: Calendar, *, large: bool) -> tuple[Clock, Clock]:
    """Due dates before and after a contract is found disputed (有争议); the old one is kept in history."""
    return clock(accepted, rule_set, calendar, long=large), clock(accepted, rule_set, calendar, long=True)


def verified_income(contract: Contract, book: ContractBook) -> int:
    """Verified technical income (核定技术性收入) over all receipts in fen; never above the technical amount received.

    A receipt counts its stated technical part, else its amount by the contract's technical share, less its cost; a
    verified figure entered by the body wins. Refused (``amount_unsplit``) when neither a part nor a split is known.
    """
    known = amounts(contract, book)
    total = 0
    for receipt in contract.performance:
        if receipt.verified_income is not None:
            total += receipt.verified_income
        elif receipt.technical_part is not None:
            total += max(0, receipt.technical_part - receipt.cost)
        elif known.technical is not None and known.turnover:
            total += max(0, receipt.received * known.technical // known.turnover - receipt.cost)
        else:
            raise Refused.one("amount_unsplit", f"{receipt.date} 的到账没有技术部分，合同也没有分项，无法核定", field="performance")
    return total
