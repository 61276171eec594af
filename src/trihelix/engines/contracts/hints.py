"""Fraud hints (风险提示) on one contract and over many. Hints ask a person to look; none refuses anything."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from trihelix.engines.contracts.book import ContractBook, RuleSet
from trihelix.engines.contracts.record import Contract
from trihelix.engines.contracts.sums import Amounts, amounts
from trihelix.engines.money import exact, wan_to_fen
from trihelix.engines.months import add_months


@dataclass(frozen=True)
class Hint:
    """A reason to look closer; ``contracts`` are the ids concerned."""

    code: str
    text: str
    contracts: tuple[str, ...] = ()
    figures: Any = None

    def as_json(self) -> dict[str, Any]:
        """A row of the answer."""
        return {"code": self.code, "text": self.text, "contracts": list(self.contracts), "figures": self.figures}


def squeeze(text: str) -> str:
    """Letters and digits only, in one form and case, so that spacing and punctuation do not hide a copy."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).lower() if ch.isalnum())


def fingerprint(contract: Contract) -> str:
    """The mark of one contract for duplicates across offices: parties, title, signing date and turnover, not the wording of the form."""
    parties = sorted(f"{p.side}:{squeeze(p.name)}" for p in contract.parties if p.side != "third")
    turnover = sum(i.amount for i in contract.items) or contract.turnover or 0
    parts = [squeeze(contract.title), str(contract.sign_date), str(turnover), *parties]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def hints(contract: Contract, found: Amounts, rule_set: RuleSet, book: ContractBook, on: date) -> Iterator[Hint]:
    """Hints that one contract shows by itself."""
    yield from _shared_hands(contract)
    just_under = _just_under(found, rule_set, book, on)
    if just_under:
        yield Hint("just_under", "技术交易额略低于大额标准", figures=found.technical)
    words = _hardware(contract, book, on)
    if found.technical is not None and found.technical == found.turnover and words:
        yield Hint("hardware_in_price", f"全部价款列为技术，但文本出现：{'、'.join(words)}", figures=words)
    idle = [p.name for p in contract.side("seller") if p.rd_staff == 0]
    if idle:
        yield Hint("no_rd_staff", f"卖方没有研发人员：{'、'.join(idle)}", figures=idle)
    if any(p.returned_to_payer for p in contract.performance):
        yield Hint("money_returned", "到账款项又回流付款方")
    received = sum(p.received for p in contract.performance)
    if on.month == 12 and found.turnover and received >= found.turnover:
        yield Hint("december_after_performance", "十二月申请登记，而合同已履行完毕", figures=received)
    yield from _silent_royalty(contract, book, on)


def _shared_hands(contract: Contract) -> Iterator[Hint]:
    buyers, sellers = contract.side("buyer"), contract.side("seller")
    hands = sorted({p.signatory for p in buyers if p.signatory} & {p.signatory for p in sellers})
    if hands:
        yield Hint("same_signatory", f"双方由同一人签署：{'、'.join(hands)}", figures=hands)
    owners = sorted({s for p in buyers for s in p.shareholders} & {s for p in sellers for s in p.shareholders})
    if owners:
        yield Hint("common_shareholder", f"双方有共同股东：{'、'.join(owners)}", figures=owners)


def _just_under(found: Amounts, rule_set: RuleSet, book: ContractBook, on: date) -> bool:
    large = wan_to_fen(rule_set.value("large_threshold_wan", on).value)
    least = exact(book.hint("just_under", on).value) * large
    return found.technical is not None and least <= found.technical < large


def _hardware(contract: Contract, book: ContractBook, on: date) -> list[str]:
    text = " ".join([contract.title, contract.price_text, contract.text, *(i.label for i in contract.items)])
    return [w for w in book.hint("hardware_words", on).value if w in text]


def _silent_royalty(contract: Contract, book: ContractBook, on: date) -> Iterator[Hint]:
    begins = contract.effective_date or contract.sign_date
    if begins is None or contract.performance or all(p.form != "royalty" for p in contract.payments):
        return
    months = book.hint("royalty_silent_months", on).value
    if add_months(begins, months) < on:
        yield Hint("royalty_silent", f"提成合同生效超过 {months} 个月没有到账")


def portfolio_hints(contracts: Iterable[Contract], book: ContractBook) -> list[Hint]:
    """Hints that only many contracts show: same text under two sellers, many just under the threshold, one contract filed twice."""
    rows = list(contracts)
    return [*_same_text(rows), *_many_just_under(rows, book), *_filed_twice(rows)]


def _same_text(rows: list[Contract]) -> Iterator[Hint]:
    by_text: dict[str, list[Contract]] = defaultdict(list)
    for row in rows:
        if row.text:
            by_text[squeeze(row.text)].append(row)
    for same in by_text.values():
        sellers = {p.key for row in same for p in row.side("seller")}
        if len(sellers) > 1:
            yield Hint("same_text", "同一文本出现在不同卖方名下", tuple(r.id for r in same), sorted(sellers))


def _many_just_under(rows: list[Contract], book: ContractBook) -> Iterator[Hint]:
    groups: dict[tuple[str, int], list[str]] = defaultdict(list)
    for row in rows:
        day = row.sign_date
        if day and _just_under(amounts(row, book), book.rule_set(row.rule_set, day), book, day):
            for party in row.side("seller"):
                groups[party.key, day.year].append(row.id)
    for (seller, year), ids in sorted(groups.items()):
        if len(ids) >= book.hint("many_just_under").value:
            yield Hint("many_just_under", f"{seller} 在 {year} 年有 {len(ids)} 份合同略低于大额标准", tuple(ids))


def _filed_twice(rows: list[Contract]) -> Iterator[Hint]:
    by_mark: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_mark[fingerprint(row)].append(row.id)
    for ids in by_mark.values():
        if len(ids) > 1:
            yield Hint("filed_twice", "疑为同一合同重复登记", tuple(ids))
