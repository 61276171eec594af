"""Recognition and registration of technology contracts: from submission to certificate, change, objection, revocation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError

from trihelix.engines.contracts import after_registration
from trihelix.engines.contracts.record import BenefitUse as UsedBenefit
from trihelix.engines.contracts.record import Certificate as CertificateVersion
from trihelix.engines.errors import Problem
from trihelix.engines.sheets import Column
from trihelix.kernel import book, clock, numbers
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.columns import options
from trihelix.kernel.errors import Conflict, Denied
from trihelix.kernel.models import Record
from trihelix.kernel.ticks import tick
from trihelix.registers.contracts import recognition
from trihelix.registers.contracts.models import Certificate, Contract

CODES = Column("reason_codes", "list", "原因代码", "Reason codes", help="见不予登记原因代码表")
TEXT = Column("text", "longtext", "说明", "Text")
ANSWERS = (
    Column("passed", "list", "核对为“是”的要点", "Tests answered yes"), Column("failed", "list", "核对为“否”的要点", "Tests answered no"),
)  # fmt: skip
OUTCOMES = options(("registered", "维持登记", "Keep registered"), ("refused", "不予登记", "Refuse"), ("revoked", "撤销登记", "Revoke"))


def _known_codes(a: Run, codes: list[str]) -> list[str]:
    known = recognition.contract_book().reasons
    for code in codes:
        a.require(code in known, "unknown_reason", f"没有原因代码 “{code}”；可用：{'、'.join(known)}", field="reason_codes", value=code)
    return list(dict.fromkeys(codes))


def _office_only(a: Run, contract: Contract) -> None:
    """Change and cancellation belong to the office that registered; officers of the department may always act."""
    if a.by.sees_all or contract.office_id is None or contract.office_id in a.by.node_ids or a.record.owner_id in a.by.bodies:
        return
    raise Denied(Problem("other_office", "变更与注销由原登记机构办理", field="office", clause="原登记机构"))


@action("contracts", "submit", "提交认定", "Submit", safe=True)
def submit(a: Run, contract: Contract) -> None:
    """Submit for recognition; each complete submission restarts the clock. Refuses state secrets and missing office."""
    a.require(
        not contract.secret_flag,
        "secret_channel",
        "涉及国家秘密的合同不得经本系统上传，请走保密渠道",
        field="secret_flag",
        clause="secret_channel",
    )
    contract.office = contract.office or _office_of(a)
    a.record.node = contract.office
    a.record.visibility = "node"
    contract.submissions = [*contract.submissions, a.today.isoformat()]
    recognition.check_filed(contract, a.today)


def _office_of(a: Run) -> Record:
    from trihelix.registers.parties.models import Node

    province = Node.objects.filter(level="1", record__state="open").order_by("pk").first()
    office = a.record.node or (province.record if province else None)
    if office is None:
        a.refuse("no_office", "请选择登记机构", field="office")
    return office  # type: ignore[return-value]


@action("contracts", "discard", "作废草稿", "Discard", danger=True)
def discard(a: Run, contract: Contract) -> None:
    """Discard a draft."""


@action("contracts", "accept", "受理", "Accept", safe=True)
def accept(a: Run, contract: Contract) -> None:
    """Accept: the clock runs from the last complete submission, longer for a large or disputed contract."""
    found = recognition.check_filed(contract, a.today)
    contract.accepted_on, contract.due = found.clock.accepted, found.clock.due
    a.notify(
        f"合同已受理，{contract.due} 前作出决定：{contract.title}",
        roles=("owner",),
        en=f"Accepted, decision by {contract.due}: {contract.title}",
    )


@action("contracts", "dispute", "列为有争议", "Mark as disputed", roles=("node", "officer", "operator", "finance"))
def dispute(a: Run, contract: Contract) -> None:
    """Mark as disputed: the due day is recomputed, the old one stays in history. Refuses outside acceptance."""
    a.require(a.record.state in ("accepted", "expert"), "not_accepted", "只有受理后的合同可以列为有争议", field="state")
    contract.disputed = True
    contract.due = recognition.check_filed(contract, contract.accepted_on or a.today).clock.due


@action("contracts", "ask", "要求补正", "Ask for correction", fields=(CODES, Column("days", "integer", "补正天数", "Days")))
def ask(a: Run, contract: Contract, *, reason_codes: list[str] | None = None, days: int | None = None) -> None:
    """Send back with coded, named lacks; the clock stops until the next complete submission."""
    contract.reason_codes = _known_codes(a, reason_codes or [])
    contract.decision_text, contract.accepted_on, contract.due = a.reason, None, None
    a.notify(f"合同需补正：{contract.title}（{a.reason}）", roles=("owner",), en=f"To be corrected: {contract.title}")


@action("contracts", "reject", "不予受理", "Reject at intake", fields=(CODES,), danger=True)
def reject(a: Run, contract: Contract, *, reason_codes: list[str] | None = None) -> None:
    """Refuse at intake with reason codes."""
    contract.reason_codes, contract.decision_text = _known_codes(a, reason_codes or []), a.reason
    a.notify(f"合同不予受理：{contract.title}（{a.reason}）", roles=("owner",), en=f"Rejected: {contract.title}")


@action("contracts", "answer", "核对要点", "Answer the tests", roles=("node", "officer", "operator"), fields=ANSWERS)
def answer(a: Run, contract: Contract, *, passed: list[str] | None = None, failed: list[str] | None = None) -> None:
    """Record the officer's answers to the kind's tests. Refuses unknown tests and one answered both ways."""
    known = {t.id for t in recognition.contract_book().all_tests()}
    both = set(passed or ()) & set(failed or ())
    a.require(not both, "both_answers", f"{'、'.join(sorted(both))} 不能既是又否", field="failed")
    unknown = sorted((set(passed or ()) | set(failed or ())) - known)
    a.require(not unknown, "unknown_test", f"没有要点 {'、'.join(unknown)}；可用：{'、'.join(sorted(known))}", field="passed")
    contract.tests = {**contract.tests, **dict.fromkeys(passed or (), True), **dict.fromkeys(failed or (), False)}


@action("contracts", "to_experts", "转专家审核", "To experts")
def to_experts(a: Run, contract: Contract) -> None:
    """Large or disputed contracts go to the experts of the province."""
    a.require(contract.large or contract.disputed, "not_large", "只有大额或有争议的合同转专家审核", field="large")
    contract.due = recognition.check_filed(contract, contract.accepted_on or a.today).clock.due


@action("contracts", "propose", "初审同意", "First officer agrees")
def propose(a: Run, contract: Contract) -> None:
    """The first officer of a large contract agrees; another one must register it."""
    contract.first_officer_id = a.by.user_id


@action("contracts", "register", "准予登记", "Register", fields=(TEXT,))
def register(a: Run, contract: Contract, *, text: str = "") -> None:
    """Register: number and certificate version 1.

    Refuses what the tests refuse, a large contract without a second officer, and a contract registered at any office already.
    """
    found = recognition.check_filed(contract, a.today)
    blocking = [f for f in found.findings if f.code]
    if blocking:
        raise Conflict(*[Problem(f.code, f.text, field="reason_codes", clause=f.code) for f in blocking])
    if contract.large:
        a.require(contract.first_officer_id, "two_officers", "大额合同须先由另一经办人初审同意", field="first_officer", clause="双人审核")
        a.require(
            contract.first_officer_id != a.by.user_id,
            "two_officers",
            "大额合同的初审与登记须由两人办理",
            field="first_officer",
            clause="双人审核",
        )
    contract.registered_on, contract.reason_codes, contract.decision_text = a.today, [], text or ""
    contract.certificate_no = _certificate_no(contract, a.today)
    try:
        contract.save(update_fields=["registered_on", "fingerprint", "certificate_no"])
    except IntegrityError as exc:
        raise Conflict(Problem("duplicate", "同一合同已在其他机构登记", field="fingerprint", clause="duplicate")) from exc
    Certificate.objects.create(
        contract=contract, version=1, date=a.today, turnover_fen=contract.turnover_fen or 0, technical_fen=contract.technical_fen or 0
    )
    a.extra["certificate"] = [
        None,
        {"no": contract.certificate_no, "version": 1, "turnover_fen": contract.turnover_fen, "technical_fen": contract.technical_fen},
    ]
    a.notify(f"合同已登记：{contract.title}（{contract.certificate_no}）", roles=("owner",), en=f"Registered: {contract.title}")


def _certificate_no(contract: Contract, on: dt.date) -> str:
    """Year, province and city, point, serial: the later 16-digit form (unverified after 2026)."""
    division = getattr(getattr(contract.office, "parties_node", None), "division", "") or "220000"
    serial = numbers.reserve("RD", on.year)[0].rsplit("-", 1)[1]
    return f"{on.year}{division[:4]}{(contract.office_id or 0) % 100:02d}{serial}"


@action("contracts", "refuse", "不予登记", "Refuse", fields=(CODES,), danger=True)
def refuse(a: Run, contract: Contract, *, reason_codes: list[str] | None = None) -> None:
    """Refuse with at least one reason code."""
    codes = _known_codes(a, reason_codes or [])
    a.require(codes, "no_reason_code", "不予登记须选择原因代码", field="reason_codes")
    contract.reason_codes, contract.decision_text = codes, a.reason
    a.notify(f"合同不予登记：{contract.title}（{a.reason}）", roles=("owner",), en=f"Refused: {contract.title}")


@action("contracts", "lapse", "逾期失效", "Lapse", hidden=True)
def lapse(a: Run, contract: Contract) -> None:
    """The correction did not come in time."""
    a.notify(f"合同逾期未补正，已失效：{contract.title}", roles=("owner",), en=f"Lapsed: {contract.title}")


@action("contracts", "ask_change", "申请变更", "Ask for a change")
def ask_change(a: Run, contract: Contract) -> None:
    """Ask the same office for a change of parties, amount, term or kind; the terms are then edited."""
    _office_only(a, contract)


@action("contracts", "change_done", "准予变更", "Grant the change", fields=(TEXT,))
def change_done(a: Run, contract: Contract, *, text: str = "") -> None:
    """Grant: a new certificate version; whoever granted a benefit is to be told."""
    _office_only(a, contract)
    recognition.check_filed(contract, a.today)
    effect = after_registration("change", a.today, versions(contract), used(contract), contract.turnover_fen, contract.technical_fen)
    last = effect.current
    if last is not None:
        Certificate.objects.get_or_create(
            contract=contract, version=last.version,
            defaults={"date": last.date, "turnover_fen": last.turnover, "technical_fen": last.technical, "reason": (text or a.reason)[:200]},
        )  # fmt: skip
        a.extra["certificate"] = [None, {"no": contract.certificate_no, "version": last.version}]
    _tell(a, contract, effect.notices)


def versions(contract: Contract) -> list[CertificateVersion]:
    """Certificate versions, of imported registrations too."""
    rows = list(contract.certificates.order_by("version"))
    if not rows and contract.registered_on:
        rows = [
            Certificate(
                contract=contract,
                version=1,
                date=contract.registered_on,
                turnover_fen=contract.turnover_fen or 0,
                technical_fen=contract.technical_fen or 0,
            )
        ]
        rows[0].save()
    return [
        CertificateVersion(contract.certificate_no or contract.number, c.version, c.date, c.turnover_fen, c.technical_fen) for c in rows
    ]


def used(contract: Contract) -> list[UsedBenefit]:
    return [UsedBenefit(b.kind, b.period, b.amount_fen, b.notified_on_change) for b in contract.benefits.all()]


def _tell(a: Run, contract: Contract, notices: Any) -> None:
    for n in notices:
        a.notify(
            f"{contract.title}：{n.text}",
            roles=("owner", "finance"),
            key=f"{n.benefit}:{n.period}",
            en=f"Tell {n.to} about {n.benefit} {n.period}: {contract.title}",
        )
    if notices:
        contract.benefits.filter(notified_on_change=False).update(notified_on_change=True)
        a.extra["to_tell"] = [None, [{"benefit": n.benefit, "period": n.period, "to": n.to} for n in notices]]


@action("contracts", "change_back", "驳回变更", "Refuse the change")
def change_back(a: Run, contract: Contract) -> None:
    """Refuse a change; the certificate stays as it was."""


@action("contracts", "cancel", "注销", "Cancel", danger=True)
def cancel(a: Run, contract: Contract) -> None:
    """Cancel a contract that was rescinded or ended; benefits already taken must be reported."""
    _office_only(a, contract)
    contract.ended_on = a.today
    _tell(a, contract, after_registration("cancel", a.today, versions(contract), used(contract)).notices)


@action("contracts", "object", "提出异议", "Object")
def object_(a: Run, contract: Contract) -> None:
    """The applicant, or finance and tax officers who doubt it, ask for a re-check."""


@action(
    "contracts",
    "review",
    "异议复核",
    "Decide the objection",
    fields=(Column("outcome", "choice", "结论", "Outcome", required=True, choices=OUTCOMES),),
)
def review(a: Run, contract: Contract, *, outcome: str) -> None:
    """Decide an objection: keep, refuse, or revoke. A contract never registered can only be refused or registered by the normal way."""
    a.require(outcome != "registered" or contract.registered_on, "never_registered", "该合同尚未登记，请退回认定程序", field="outcome")
    if outcome == "revoked":
        _revoke(a, contract)
    a.go(outcome)


@action("contracts", "revoke", "撤销登记", "Revoke", danger=True)
def revoke(a: Run, contract: Contract) -> None:
    """Revoke a certificate obtained by deceit or mistake; tax and funding bodies are told."""
    _revoke(a, contract)


def _revoke(a: Run, contract: Contract) -> None:
    contract.ended_on = a.today
    if contract.registered_on:
        _tell(a, contract, after_registration("revoke", a.today, versions(contract), used(contract)).notices)
    a.notify(f"登记已撤销：{contract.title}（{a.reason}）", roles=("owner",), key="revoke", en=f"Revoked: {contract.title}")


@tick("contracts_lapse", every=3600)
def lapse_due(now: dt.datetime) -> int:
    """Lapse contracts whose correction did not come within the book's limit."""
    count = 0
    for contract in Contract.objects.filter(record__state="correction"):
        since = clock.local_date(contract.record.updated_at)
        if book.current().due("contract.correct", since)[0] < clock.local_date(now):
            lapse(by=SYSTEM, record=contract.record, now=now, reason="逾期未补正")
            count += 1
    return count
