"""``contract check``: amounts, clock, every test, the hint for the officer's decision. The officer decides, not this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from trihelix.engines.contracts import findings as tests
from trihelix.engines.contracts.book import ContractBook, RuleSet
from trihelix.engines.contracts.findings import Finding
from trihelix.engines.contracts.hints import Hint, fingerprint, hints
from trihelix.engines.contracts.record import Contract
from trihelix.engines.contracts.sums import Amounts, Clock, amounts, clock, is_large
from trihelix.engines.contracts.tax import BenefitView, benefits
from trihelix.engines.errors import Refused
from trihelix.engines.workdays import Calendar

# The strictest outcome among the failed tests decides the hint.
_ORDER = ("refuse", "retype", "correct")


@dataclass(frozen=True)
class Check:
    """The answer: see ``docs/money.md`` for every key."""

    contract: Contract
    rule_set: RuleSet
    amounts: Amounts
    large: bool
    clock: Clock
    decision_hint: str
    proposed: tuple[str, str] | None
    findings: tuple[Finding, ...]
    hints: tuple[Hint, ...]
    benefits: tuple[BenefitView, ...]
    applicant_side: str
    fingerprint: str

    @property
    def reason_codes(self) -> list[str]:
        """Codes of the failed tests, each once, in the order of the tests."""
        return list(dict.fromkeys(f.code for f in self.findings if f.code))

    def as_json(self) -> dict[str, Any]:
        """The answer of ``contract check``. ``due`` is null while papers are missing: the clock has not started."""
        runs = self.decision_hint != "correct"
        long = self.large or self.contract.disputed
        return {
            "rule_set": self.rule_set.id,
            "kind": self.contract.kind,
            "subkind": self.contract.subkind or None,
            "turnover_fen": self.amounts.turnover,
            "technical_fen": self.amounts.technical,
            "large": self.large,
            "track": "expert" if long else "normal",
            "accepted_on": self.clock.accepted if runs else None,
            "due": self.clock.due if runs else None,
            "due_rule": {
                "days": self.clock.days,
                "kind": self.clock.kind,
                "clause": self.clock.source,
                "unverified": self.clock.unverified,
            },
            "confirmed": self.clock.confirmed if runs else None,
            "decision_hint": self.decision_hint,
            "reason_codes": self.reason_codes,
            "proposed": {"kind": self.proposed[0], "subkind": self.proposed[1] or None} if self.proposed else None,
            "applicant_side": self.applicant_side or None,
            "deducted": [{"label": i.label, "kind": i.kind, "amount_fen": i.amount} for i in self.amounts.deducted],
            "kept": [{"label": i.label, "kind": i.kind, "amount_fen": i.amount} for i in self.amounts.kept],
            "hints": [h.as_json() for h in self.hints],
            "benefits": [b.as_json() for b in self.benefits],
            "fingerprint": self.fingerprint,
            "trace": [f.as_json() for f in self.findings],
        }


def check(contract: Contract, on: date, book: ContractBook, calendar: Calendar) -> Check:
    """Check a contract as it stands on a day.

    The clock runs from the last complete submission (``submissions``), else from the day of the check. Refusals:
    ``future_submission``, ``no_rule_set``.
    """
    late = [d for d in contract.submissions if d > on]
    if late:
        raise Refused.one("future_submission", f"提交日 {late[0]} 晚于核对日 {on}", field="submissions", value=late[0].isoformat())
    accepted = max(contract.submissions, default=on)
    rule_set = book.rule_set(contract.rule_set, accepted)
    found = amounts(contract, book)
    large = is_large(found.technical, rule_set, accepted)
    mark = fingerprint(contract)
    rows = (
        *tests.form_findings(contract, on),
        *tests.party_findings(contract, book),
        *tests.amount_findings(found),
        *tests.kind_findings(contract, book),
        *tests.ip_findings(contract, book, on),
        *tests.paper_findings(contract, book),
        *tests.duplicate_findings(contract, mark),
    )
    return Check(
        contract=contract,
        rule_set=rule_set,
        amounts=found,
        large=large,
        clock=clock(accepted, rule_set, calendar, long=large or contract.disputed),
        decision_hint=decision_hint(rows, book),
        proposed=_proposed(rows, book),
        findings=rows,
        hints=tuple(hints(contract, found, rule_set, book, on)),
        benefits=tuple(benefits(contract, book)),
        applicant_side=tests.applicant_side(contract, book),
        fingerprint=mark,
    )


def decision_hint(rows: Sequence[Finding], book: ContractBook) -> str:
    """``refuse`` before ``retype`` before ``correct``; ``register`` when no test failed."""
    outcomes = {book.reasons[f.code].outcome for f in rows if f.code}
    return next((o for o in _ORDER if o in outcomes), "register")


def _proposed(rows: Sequence[Finding], book: ContractBook) -> tuple[str, str] | None:
    word = next((f.propose for f in rows if f.code and f.propose), None)
    if word is None:
        return None
    if word in book.kinds:
        return word, ""
    kind = next(k for k in book.kinds.values() if word in k.subkinds)
    return kind.code, word
