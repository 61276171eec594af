"""Tests of form, parties, kind and papers: what was looked at, what it showed, and the reason code where it failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from trihelix.engines.contracts.book import ContractBook, KindTest
from trihelix.engines.contracts.record import Contract, IpItem, Party
from trihelix.engines.contracts.sums import Amounts

Outcome = Literal["pass", "fail", "unknown"]
_PATENT = re.compile(r"(?:ZL|CN)?(\d{4})([1238])\d{7}(?:\.[\dX])?", re.IGNORECASE)
_PATENT_YEARS = {"1": 20, "8": 20, "2": 10, "3": 15}


@dataclass(frozen=True)
class Finding:
    """One test's outcome; ``code`` only where it failed, ``propose`` a kind or sub-kind that would fit."""

    test: str
    outcome: Outcome
    text: str
    code: str | None = None
    propose: str | None = None
    figures: Any = None
    clause: str | None = None

    def as_json(self) -> dict[str, Any]:
        """A row of the trace."""
        return {
            "test": self.test,
            "outcome": self.outcome,
            "code": self.code,
            "text": self.text,
            "propose": self.propose,
            "figures": self.figures,
            "clause": self.clause,
        }


def _finding(test: str, passed: bool | None, text: str, code: str, **more: Any) -> Finding:
    outcome: Outcome = "unknown" if passed is None else "pass" if passed else "fail"
    return Finding(test, outcome, text, code if passed is False else None, **more)


def form_findings(contract: Contract, on: date) -> Iterator[Finding]:
    """Written, not a state secret, in force and inside its term on the day."""
    yield _finding("form", contract.form != "oral" if contract.form else None, "合同为书面或电子形式", "oral", figures=contract.form)
    yield _finding("secret", not contract.secret_flag, "不含国家秘密", "secret_channel")
    if contract.language:
        chinese = contract.language.lower() in ("zh", "zh-cn", "chinese", "中文", "汉语")
        yield _finding("language", chinese, "合同文本为中文", "other", figures=contract.language)
    begins = max((d for d in (contract.sign_date, contract.effective_date) if d), default=None)
    text = "合同已经订立并生效" if begins else "合同没有写明签订日期"
    yield _finding("effective", begins is not None and begins <= on, text, "not_effective", figures=begins)
    ends = contract.term_to
    yield _finding("term", ends >= on if ends else None, "合同仍在有效期内", "expired", figures=ends)


def party_findings(contract: Contract, book: ContractBook) -> Iterator[Finding]:
    """Both sides named, not the same body; an import is filed by the domestic buyer."""
    buyers, sellers = contract.side("buyer"), contract.side("seller")
    yield _finding("parties", bool(buyers and sellers), "买方和卖方齐全", "missing_party")
    same = {p.key for p in buyers} & {p.key for p in sellers}
    same |= {p.name for p in buyers} & {p.name for p in sellers}
    yield _finding("parties_differ", not same, "买卖双方不是同一主体", "parties_same", figures=sorted(same))
    side = applicant_side(contract, book)
    text = {
        "seller": "由卖方在卖方所在地申请登记",
        "buyer": "技术进口合同，由境内买方申请登记",
        "": "买卖双方均不在境内，境内无人可申请",
    }[side]
    passed = bool(side) and contract.applicant in ("", side)
    yield _finding("applicant", passed, text, "wrong_place", figures=side or None)


def is_domestic(party: Party, book: ContractBook) -> bool:
    """In China; a party without a country code counts as domestic."""
    return not party.country3 or party.country3.upper() in book.domestic


def applicant_side(contract: Contract, book: ContractBook) -> str:
    """Who registers: the seller; the buyer where every seller is abroad; nobody where all are."""
    sellers = contract.side("seller")
    if not sellers or any(is_domestic(p, book) for p in sellers):
        return "seller"
    return "buyer" if any(is_domestic(p, book) for p in contract.side("buyer")) else ""


def amount_findings(found: Amounts) -> Iterator[Finding]:
    """Split into items, totals that agree, 0 < technical ≤ turnover."""
    figures = {"turnover_fen": found.turnover, "technical_fen": found.technical}
    yield _finding("amount_split", found.technical is not None, "价款已按技术与非技术分项", "amount_unsplit", figures=figures)
    for conflict in found.conflicts:
        yield Finding("amounts_agree", "fail", conflict, "amount_unsplit")
    if found.technical is not None:
        yield _finding("technical_part", found.technical > 0, "扣除非技术部分后仍有技术交易额", "product_sale", figures=figures)


def kind_findings(contract: Contract, book: ContractBook) -> Iterator[Finding]:
    """The officer's answers to the tests of the kind; sub-kind, joint work and mixed price tables."""
    kind = book.kinds[contract.kind]
    if contract.subkind:
        home = next(k for k in book.kinds.values() if contract.subkind in k.subkinds)
        text = f"子类属于{kind.name}" if home is kind else f"子类“{home.subkinds[contract.subkind]}”属于{home.name}"
        yield _finding("subkind", home is kind, text, "wrong_kind", propose=contract.subkind if home is not kind else None)
    tests: list[KindTest] = [t for t in kind.tests if t.only in (None, contract.subkind)]
    if contract.subkind in kind.secrets:
        tests += book.secret_tests
    for test in tests:
        answer = contract.tests.get(test.id)
        passed = None if answer is None else answer == test.need
        yield _finding(test.id, passed, test.text, test.code, propose=test.propose if passed is False else None, clause=kind.source)
    if contract.subkind == "DEV-C":
        yield _joint(contract, book)
    yield from _mixed(contract, book)


def _joint(contract: Contract, book: ContractBook) -> Finding:
    given = {p.name: p.contributions for p in contract.parties if p.side in ("buyer", "seller") and p.contributions}
    passive = [name for name, parts in given.items() if not set(parts) & book.active]
    text = f"{'、'.join(passive)}只提供资金、设备、材料或协助，应为委托开发" if passive else "各方共同参加研究开发"
    passed = False if passive else True if len(given) >= 2 else None
    clause = "最高人民法院技术合同司法解释第十九条"
    return _finding("joint_work", passed, text, "wrong_kind", propose="DEV-E" if passive else None, figures=given, clause=clause)


def _mixed(contract: Contract, book: ContractBook) -> Iterator[Finding]:
    totals: dict[str, int] = {}
    for item in contract.items:
        if item.tech_kind and item.kind == book.technical_kind:
            totals[item.tech_kind] = totals.get(item.tech_kind, 0) + item.amount
    if not totals:
        return
    largest = max(totals, key=lambda k: (totals[k], k == contract.kind, k))
    text = f"混合合同按技术含量最大的部分定为{book.kinds[largest].name}"
    yield _finding("mixed", largest == contract.kind, text, "wrong_kind", propose=largest, figures=totals)


def ip_findings(contract: Contract, book: ContractBook, on: date) -> Iterator[Finding]:
    """Transfer and licence: proof attached, right not expired."""
    if not book.kinds[contract.kind].needs_ip or contract.subkind == "TRF-E":
        return
    listed = bool(contract.ip) or contract.subkind in book.kinds[contract.kind].secrets
    proven = listed and all(i.proof_file or _is_secret(i) for i in contract.ip)
    yield _finding("ip_proof", proven, "已附知识产权权属证明", "no_ip_proof", figures=[i.number for i in contract.ip])
    for item in contract.ip:
        ended = ip_ended(item, on)
        if ended:
            yield Finding("ip_valid", "fail", f"{item.number or item.ip_kind}已失效，进入公有领域", "public_domain", "SER", ended)


def _is_secret(item: IpItem) -> bool:
    return "secret" in item.ip_kind.lower() or "秘密" in item.ip_kind


def ip_ended(item: IpItem, on: date) -> str | None:
    """Why a right is certainly over on the day: its status, its expiry, or the age its number shows; None otherwise."""
    if item.status in ("expired", "lapsed"):
        return item.status
    if item.expires_on and item.expires_on < on:
        return item.expires_on.isoformat()
    try:
        term = date.fromisoformat(item.term)
    except ValueError:
        term = None
    if term and term < on:
        return term.isoformat()
    found = _PATENT.fullmatch("".join(item.number.split()))
    if found and int(found[1]) + _PATENT_YEARS[found[2]] < on.year:
        return f"申请于 {found[1]} 年"
    return None


def paper_findings(contract: Contract, book: ContractBook) -> Iterator[Finding]:
    """Papers that a field of the contract calls for."""
    for paper in book.papers:
        asked = all(getattr(contract, key) in values for key, values in paper.when.items())
        if asked:
            yield _finding(f"paper_{paper.id}", paper.id in contract.papers, paper.text, paper.code)


def duplicate_findings(contract: Contract, mark: str) -> Iterator[Finding]:
    """The same contract registered before, anywhere."""
    twins = [k.number or k.body or "另一登记机构" for k in contract.known if k.fingerprint == mark]
    passed = not twins if contract.known else None
    yield _finding("duplicate", passed, "没有在其他登记机构登记过", "duplicate", figures=twins)
