"""Acts on objections and integrity records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from trihelix.engines import flow as flows
from trihelix.engines.codes import check_credit_code
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.months import add_months
from trihelix.engines.sheets import Column
from trihelix.kernel import publicity
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM, visible_to
from trihelix.kernel.columns import options
from trihelix.kernel.models import Record
from trihelix.kernel.register import REGISTERS, register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.models import Application, Integrity, Objection
from trihelix.registers.programmes.sheets import ID_KIND, ID_NUMBER

NOTE = Column("note", "longtext", "说明", "Note")
REAL_NAME = (
    Column("name", "text", "姓名或单位名称", "Name", required=True), ID_KIND, ID_NUMBER, Column("unit", "text", "所在单位", "Unit"),
    Column("contact", "text", "联系方式", "Contact", required=True, help="电话或邮箱；只用于核对和答复，不公开"),
    Column("grounds", "longtext", "异议事项与理由", "Grounds", required=True), Column("evidence", "longtext", "证据", "Evidence", required=True, help="写明依据的事实与材料"),
)  # fmt: skip


@action("objections", "create", "提出异议", "Object", creates=True, roles=("anyone",), fields=(
    Column("target", "text", "公示事项编号", "Case on notice", required=True), *REAL_NAME,
))  # fmt: skip
def create_objection(
    a: Run, objection: Objection, *, target: str, name: str, contact: str, grounds: str, evidence: str, unit: str = "", id_kind: str = "",
    id_number: str = "",
) -> None:  # fmt: skip
    """Object in real name with evidence against a case on notice; it waits at the office responsible. Refuses cases that are not
    listed, objections after the last day, and a whole identity number where its end is enough."""
    record = on_notice(target, a.by)
    publicity.require_open(record, a.today)
    if problem := identity_problem(id_kind, id_number):
        raise Refused(problem)
    for field, value in {
        "name": name,
        "id_kind": id_kind,
        "id_number": id_number,
        "unit": unit,
        "contact": contact,
        "grounds": grounds,
        "evidence": evidence,
    }.items():
        setattr(objection, field, (value or "").strip())
    objection.target = record
    a.record.title, a.record.owner_id, a.record.visibility = f"对 {record.number} 的异议", min(a.by.bodies, default=None), "owner"
    a.on_saved.append(lambda: _land(a, record))


def on_notice(target: str, by: Any) -> Record:
    """The record on notice by number or uid, as far as one may see it; refused alike whether it is hidden or does not exist."""
    where = Q(register__in=[r.id for r in REGISTERS.values() if r.notice is not None])
    named = Q(uid=target) if len(str(target)) in (32, 36) else Q(number=target)
    record = visible_to(by, Record.objects.filter(where & named)).first()
    if record is None:
        raise Refused.one("not_listed", "该编号不在公示期内，不能提出异议", field="target", value=str(target))
    return record


def identity_problem(kind: str, number: str) -> Problem | None:
    """What is wrong with how an objector is identified: bodies by their credit code, people by the end of a document's number."""
    number = (number or "").strip()
    if kind == "credit_code":
        return next(iter(check_credit_code(number, "id_number").problems), None)
    if number and not 2 <= len(number) <= 4:
        return Problem("identity_tail", "个人只填证件号后四位；完整号码不在此收集，受理时当面或电话核对", field="id_number")
    return None


def _land(a: Run, record: Record) -> None:
    """Bring a filed objection to those who answer it; the link is what holds the case back."""
    a.link(record, publicity.KIND)
    a.admit("participant", user_id=a.by.user_id)
    for user in publicity.handlers(record, a.today):
        a.record.participants.create(user=user, role="case:handler", since=a.now, confidential_at=a.now)


def _on_case(a: Run, target: Record, step: tuple[str, Mapping[str, Any]] | None, answer: str = "") -> None:
    """Do a step of the notice's declaration on the case, where its state allows it: by the system if the flow lets it, else as oneself."""
    if step is None:
        return
    act, given = step
    register = register_of(target.register)
    target.refresh_from_db()
    way = flows.transition(register.flow, target.state, act)
    if way is None:
        return
    values = {k: v.format(number=a.record.number, answer=answer) if isinstance(v, str) else v for k, v in given.items()}
    reason = (answer or f"受理异议 {a.record.number}") if way.reason_required else answer
    register.acts[act].run(by=SYSTEM if "system" in way.roles else a.by, record=target, reason=reason, now=a.now, **values)


@action("objections", "accept", "受理", "Accept", fields=(Column("suspends", "boolean", "中止该项", "Suspend the case"), NOTE))
def accept_objection(a: Run, objection: Objection, *, suspends: bool = True, note: str = "") -> None:
    """Take the objection up; only the case it is about is suspended, if at all."""
    objection.suspends = bool(suspends)
    notice = publicity.of(objection.target)
    if suspends and notice is not None:
        _on_case(a, objection.target, notice.stop)


@action("objections", "reject", "不予受理", "Not taken")
def reject_objection(a: Run, objection: Objection) -> None:
    """Not taken, with the reason (no evidence, out of time, a request to change the order …)."""
    a.notify(f"异议不予受理：{objection.title}（{a.reason}）", roles=("author",), en=f"Objection not taken: {objection.title}")


@action("objections", "answer", "答复", "Answer", fields=(
    Column("answer", "longtext", "答复", "Answer", required=True), Column("remedy", "choice", "处理", "Remedy", required=True, choices=options(
        ("none", "异议不成立，公示继续", "Unfounded: the notice goes on"), ("correct", "异议成立，更正", "Upheld: put right"), ("refuse", "异议成立，不予通过", "Upheld: the case is refused"),
    )),
))  # fmt: skip
def answer_objection(a: Run, objection: Objection, *, answer: str, remedy: str) -> None:
    """Answer with a remedy: none (the case goes on), refuse (the case is not awarded), correct. On appeal the answer is final."""
    a.require(remedy in ("none", "refuse", "correct"), "unknown_remedy", "处理应为 none、refuse 或 correct", field="remedy", value=remedy)
    appealed = objection.state == "appealed"
    objection.answer, objection.remedy, objection.answered_on = answer, remedy, a.today
    notice = register_of(objection.target.register).notice
    if notice is not None:
        _on_case(a, objection.target, notice.remedies.get(remedy), answer)
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
