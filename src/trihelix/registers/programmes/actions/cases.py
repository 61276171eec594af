"""Acts on objections and integrity records."""

from __future__ import annotations

from typing import Any

from trihelix.engines.months import add_months
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM, visible_to
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.models import Application, Integrity, Objection

NOTE = Column("note", "longtext", "说明", "Note")
TARGETS = ("applications", "subsidy_lists", "projects")


@action("objections", "create", "提出异议", "Object", creates=True, roles=("anyone",), fields=(
    Column("target", "text", "公示项目编号", "Listed case", required=True), Column("name", "text", "姓名", "Name", required=True), Column("unit", "text", "单位", "Unit"),
    Column("contact", "text", "联系方式", "Contact", required=True), Column("grounds", "longtext", "异议事项与理由", "Grounds", required=True), Column("evidence", "longtext", "证据", "Evidence", required=True),
))  # fmt: skip
def create_objection(
    a: Run, objection: Objection, *, target: str, name: str, contact: str, grounds: str, evidence: str, unit: str = ""
) -> None:
    """Object in real name with evidence against a case in publicity. Refuses cases that are not listed and objections after the period."""
    record = visible_to(a.by, Record.objects.filter(register__in=TARGETS)).filter(number=target).first()
    if record is None:
        record = visible_to(a.by, Record.objects.filter(register__in=TARGETS, uid=target)).first() if len(target) in (32, 36) else None
    if record is None or record.state not in ("publicity", "objection"):
        a.refuse("not_listed", "该编号不在公示期内，不能提出异议", field="target", value=target)
        return
    end = getattr(record.entry, "publicity_to", None)
    a.require(end is None or a.today <= end, "late", f"公示期至 {end}，已过", field="target", clause="公示期")
    objection.target, objection.name, objection.unit, objection.contact, objection.grounds, objection.evidence = (
        record,
        name,
        unit or "",
        contact,
        grounds,
        evidence,
    )
    a.record.title, a.record.owner_id, a.record.visibility = f"对 {record.number} 的异议", next(iter(sorted(a.by.bodies)), None), "owner"
    a.on_saved.append(lambda: a.link(record, "objection"))


@action("objections", "accept", "受理", "Accept", fields=(Column("suspends", "boolean", "中止该项", "Suspend the case"), NOTE))
def accept_objection(a: Run, objection: Objection, *, suspends: bool = True, note: str = "") -> None:
    """Take the objection up; only the case it is about is suspended, if at all."""
    objection.suspends = bool(suspends)
    if suspends and objection.target.register == "applications" and objection.target.state == "publicity":
        register_of("applications").acts["suspend"].run(by=SYSTEM, record=objection.target, now=a.now)


@action("objections", "reject", "不予受理", "Not taken")
def reject_objection(a: Run, objection: Objection) -> None:
    """Not taken, with the reason (no evidence, out of time, a request to change the order …)."""
    a.notify(f"异议不予受理：{objection.title}（{a.reason}）", roles=("author",), en=f"Objection not taken: {objection.title}")


@action("objections", "answer", "答复", "Answer", fields=(
    Column("answer", "longtext", "答复", "Answer", required=True), Column("remedy", "text", "处理", "Remedy", required=True, help="none、refuse 或 correct"),
))  # fmt: skip
def answer_objection(a: Run, objection: Objection, *, answer: str, remedy: str) -> None:
    """Answer with a remedy: none (the case goes on), refuse (the case is not awarded), correct. On appeal the answer is final."""
    a.require(remedy in ("none", "refuse", "correct"), "unknown_remedy", "处理应为 none、refuse 或 correct", field="remedy", value=remedy)
    appealed = objection.state == "appealed"
    objection.answer, objection.remedy, objection.answered_on = answer, remedy, a.today
    case = Application.objects.filter(record=objection.target).first()
    if case is not None and case.state in ("objection", "publicity") and remedy == "refuse":
        register_of("applications").acts["refuse"].run(by=SYSTEM, record=case.record, reason=answer, now=a.now)
    elif case is not None and case.state == "objection":
        register_of("applications").acts["resume"].run(by=SYSTEM, record=case.record, now=a.now)
    a.go("final" if appealed else "answered")
    a.notify(f"异议已答复：{objection.title}", roles=("author",), en=f"Your objection was answered: {objection.title}")


@action("objections", "appeal", "申诉", "Appeal", fields=(Column("text", "longtext", "申诉理由", "Grounds", required=True),))
def appeal(a: Run, objection: Objection, *, text: str) -> None:
    """Appeal against the answer within the scheme's days; once."""
    from trihelix.kernel import book

    case = Application.objects.filter(record=objection.target).first()
    days = queries.scheme_of(case).get("objection.appeal_days") if case else 15
    end = book.current().calendar.add(objection.answered_on or a.today, days).date
    a.require(a.today <= end, "late", f"申诉期至 {end}，已过", field="text")
    objection.appeal = text


@action("objections", "finish", "终结", "Finish")
def finish_objection(a: Run, objection: Objection) -> None:
    """End after the answer."""


@action("integrity_records", "create", "登记失信", "Record", creates=True, roles=("discipline", "officer", "operator"))
def create_integrity(a: Run, integrity: Integrity, **values: Any) -> None:
    """Enter a consequence with its legal basis and period. Refuses an end before the start."""
    create_entry(a, integrity, values)
    subject = integrity.person or integrity.body
    if subject is None or (integrity.person and integrity.body):
        a.refuse("one_subject", "请填人员或单位其一", field="person")
        return
    integrity.subject = subject
    a.require(integrity.valid_to is None or integrity.valid_to >= integrity.valid_from, "date_order", "止日不能早于起日", field="valid_to")


@action("integrity_records", "impose", "按规则处理", "Impose", creates=True, hidden=True, fields=(
    Column("subject", "ref", "对象", "Subject", required=True), Column("conduct", "text", "行为", "Conduct", required=True), Column("basis", "text", "依据", "Basis", required=True),
    Column("bars", "text", "限制", "Bars", required=True), Column("years", "integer", "年数", "Years", required=True), Column("project", "ref", "项目", "Project"),
))  # fmt: skip
def impose(a: Run, integrity: Integrity, *, subject: Any, conduct: str, basis: str, bars: str, years: int, project: Any = None) -> None:
    """A sanction that follows from a scheme's rule; done by the revocation only."""
    integrity.subject, integrity.conduct, integrity.basis, integrity.bars = subject, conduct[:40], basis, bars
    if subject.register == "people":
        integrity.person = subject
    else:
        integrity.body = subject
    integrity.valid_from, integrity.valid_to = a.today, add_months(a.today, 12 * years)
    integrity.project = project.record if project else None
    a.record.title, a.record.visibility = f"{subject.title}：{conduct}"[:400], "owner"


@action("integrity_records", "lift", "解除", "Lift")
def lift(a: Run, integrity: Integrity) -> None:
    """Lift before its end, with a reason."""
    integrity.valid_to = max(integrity.valid_from, a.today)
