"""Benefits tied to registration: who may ask, what is missing, and estimates (never advice; see the book for sources)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from trihelix.engines.contracts.book import Benefit, ContractBook
from trihelix.engines.contracts.record import Contract
from trihelix.engines.money import exact, round_half_up, wan_to_fen
from trihelix.engines.months import add_months, full_months

Eligible = Literal["yes", "no", "unknown"]
_YEARS = re.compile(r"(\d+(?:\.\d+)?)\s*(?:年|years?|y)?", re.IGNORECASE)
_OPEN = ("", "长期", "无限期", "永久", "unlimited", "perpetual")


@dataclass(frozen=True)
class BenefitView:
    """What a contract may expect of one benefit."""

    kind: str
    eligible: Eligible
    missing: tuple[str, ...]
    text: str
    clause: str
    unverified: bool

    def as_json(self) -> dict[str, Any]:
        """A row of the answer."""
        return {
            "kind": self.kind,
            "eligible": self.eligible,
            "missing": list(self.missing),
            "text": self.text,
            "clause": self.clause,
            "unverified": self.unverified,
        }


def benefits(contract: Contract, book: ContractBook) -> list[BenefitView]:
    """Eligibility by kind, licence years and related parties; without a registration date the registration is what is missing."""
    return [_view(contract, rule) for rule in book.benefits]


def _view(contract: Contract, rule: Benefit) -> BenefitView:
    by_kind = rule.by_kind[contract.kind]
    reasons: list[str] = []
    eligible: Eligible = "unknown" if by_kind == "inside" else "yes" if by_kind == "yes" else "no"
    if by_kind == "no":
        reasons.append("该类合同不在范围内")
    if by_kind == "inside":
        reasons.append("只有附属于开发、转让或许可合同并开在同一发票上时才可以")
    obstacles = list(_obstacles(contract, rule)) if by_kind == "yes" else []
    reasons += [reason for reason, _ in obstacles]
    if obstacles:
        eligible = "no" if any(certain for _, certain in obstacles) else "unknown"
    missing = () if contract.registered_on or eligible == "no" else ("registration",)
    text = "；".join(reasons) or ("符合条件" if contract.registered_on else "登记后可以申请")
    return BenefitView(rule.id, eligible, missing, f"{rule.name}：{text}", rule.source, rule.unverified)


def _obstacles(contract: Contract, rule: Benefit) -> Iterator[tuple[str, bool]]:
    if rule.refuse_related and any(p.is_related for p in contract.parties):
        yield "与百分之百关联方的交易不适用", True
    if rule.licence_years is not None and contract.kind == "LIC":
        years = licence_years(contract)
        if years is None:
            yield f"须许可 {rule.licence_years} 年以上，合同没有写明许可期限", False
        elif years < rule.licence_years:
            yield f"须许可 {rule.licence_years} 年以上", True


def licence_years(contract: Contract) -> Fraction | None:
    """Shortest licence term of the contract in years; None where nothing is stated, and open terms count as very long."""
    found = [_term_years(i.term, contract.effective_date or contract.sign_date) for i in contract.ip if i.term]
    stated = [y for y in found if y is not None]
    if stated:
        return min(stated)
    if contract.term_from and contract.term_to:
        return Fraction(full_months(contract.term_from, _next_day(contract.term_to)), 12)
    return None


def _next_day(day: date) -> date:
    return day if day == date.max else date.fromordinal(day.toordinal() + 1)


def _term_years(term: str, begins: date | None) -> Fraction | None:
    if term.lower() in _OPEN:
        return Fraction(999)
    found = _YEARS.fullmatch(term)
    if found:
        return exact(found[1])
    try:
        end = date.fromisoformat(term)
    except ValueError:
        return None
    return Fraction(full_months(begins, _next_day(end)), 12) if begins else None


@dataclass(frozen=True)
class Estimate:
    """A tax estimate in fen: what would be due without and with the benefit."""

    without: int
    with_benefit: int
    figures: dict[str, int]

    @property
    def saved(self) -> int:
        """What the benefit is worth."""
        return self.without - self.with_benefit


def _rate(book: ContractBook, key: str, on: date | None) -> Fraction:
    return exact(book.parameter(key, on).value)


def cit_estimate(income: int, cost: int, taxes: int, book: ContractBook, on: date | None = None) -> Estimate:
    """Corporate income tax on a year's transfer income (所得): exempt up to 500 万元, the part above at half."""
    profit = max(0, income - cost - taxes)
    exempt = wan_to_fen(book.parameter("cit_exempt_wan", on).value)
    taxable = max(0, profit - exempt) * _rate(book, "cit_half", on)
    rate = _rate(book, "cit_rate", on)
    return Estimate(
        round_half_up(profit * rate), round_half_up(taxable * rate), {"profit_fen": profit, "taxable_fen": round_half_up(taxable)}
    )


def vat_estimate(fee_with_tax: int, book: ContractBook, on: date | None = None) -> Estimate:
    """VAT inside a technical fee that exemption saves."""
    rate = _rate(book, "vat_rate", on)
    return Estimate(round_half_up(fee_with_tax * rate / (1 + rate)), 0, {"fee_fen": fee_with_tax})


def rd_estimate(fee: int, book: ContractBook, rate: Fraction, on: date | None = None) -> Estimate:
    """Extra deduction on entrusted research: 80% of the fee counts, 100% extra; ``rate`` is the client's income-tax rate."""
    base = fee * _rate(book, "rd_entrusted", on)
    extra = base * _rate(book, "rd_extra", on)
    return Estimate(round_half_up(extra * rate), 0, {"base_fen": round_half_up(base), "extra_fen": round_half_up(extra)})


@dataclass(frozen=True)
class CashReward:
    """How much of a cash reward counts as that month's wage (现金奖励计入当月工资薪金)."""

    counted: int
    halved: bool
    last_day: date
    clause: str


def cash_reward(amount: int, received_on: date, paid_on: date, registered: bool, book: ContractBook) -> CashReward:
    """Half counts when paid within 36 months of the receipt and the contract is registered; else the whole."""
    months = book.parameter("reward_months", paid_on)
    last = add_months(received_on, months.value)
    halved = registered and received_on <= paid_on <= last
    counted = round_half_up(amount * _rate(book, "reward_counted", paid_on)) if halved else amount
    return CashReward(counted, halved, last, months.source)


def shares_tax(sold_for: int, original_value: int, fees: int, book: ContractBook, on: date | None = None) -> int:
    """Technology for shares (技术入股递延纳税): a person's tax, due only when the shares are sold; fen."""
    return round_half_up(max(0, sold_for - original_value - fees) * _rate(book, "shares_rate", on))
