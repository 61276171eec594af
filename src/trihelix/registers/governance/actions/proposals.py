"""Handling of proposals and motions: from assignment to the reply, its reception, and following up what was promised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.models import Participant, Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.governance import sheets
from trihelix.registers.governance.models import Commitment, Handling, Proposal
from trihelix.registers.governance.sheets import papers

_ROLES = {"lead": "主办", "split": "分办", "co": "会办", "read": "参阅"}


def _case_role(role: str) -> str:
    """The participant role of a handling role; a case role waits only for those who hold it."""
    return f"case:{role}" if role in ("co", "split") else role


def _bodies(a: Run, names: Any) -> list[Record]:
    wanted = names if isinstance(names, list | tuple) else [names] if names else []
    return [find(register_of("bodies"), name, a.by) for name in wanted]


def _hand(a: Run, bodies: Iterable[Record], role: str, clock: str) -> None:
    due = book.current().due(clock, a.today)[0]
    for body in bodies:
        a.require(not Handling.objects.filter(proposal=a.record, body=body, returned_on=None).exists(), "body_twice",
                  f"“{body.title}” 已承担此件，不能重复交办", field=role, value=body.ref)  # fmt: skip
        Handling.objects.create(proposal=a.record, body=body, role=role, sent_on=a.today, due_on=due)
        a.admit(_case_role(role), body=body)
        a.extra[f"{role}:{body.ref}"] = [None, due.isoformat()]
        a.notify(f"{_ROLES[role]}：{a.record.title}", bodies=[body.pk], key=f"{role}{body.pk}", en=f"{role}: {a.record.title}")


def _dismiss(a: Run, body: Record, role: str, to: str = "") -> None:
    """End a body's role; with ``to`` it keeps its sight of the case under another."""
    Participant.objects.filter(record=a.record, body=body, role=_case_role(role), until=None).update(until=a.now)
    if to:
        a.admit(to, body=body)


@action("proposals", "create", "登记提案", "New proposal", creates=True, roles=("officer", "operator"))
def create(a: Run, proposal: Proposal, **values: Any) -> None:
    """Register a proposal or motion. Refuses a number taken in its session."""
    create_entry(a, proposal, values)
    same = Proposal.objects.filter(session=proposal.session, kind=proposal.kind, session_number=proposal.session_number)
    a.require(
        not same.exists(),
        "number_taken",
        f"{proposal.session} 第 {proposal.session_number} 号已登记",
        field="session_number",
        value=proposal.session_number,
    )
    a.record.visibility = "members"


@action("proposals", "assign", "交办", "Assign", fields=(
    Column("lead", "ref", "主办单位", "Lead", required=True), Column("split", "list", "分办单位", "Split"), Column("co", "list", "会办单位", "Co-handlers"),
    Column("read", "list", "参阅单位", "Read only"),
))  # fmt: skip
def assign(a: Run, proposal: Proposal, *, lead: Any, split: Any = None, co: Any = None, read: Any = None) -> None:
    """Send to the lead and others, each with its clock. Refuses a body named twice."""
    proposal.lead = _bodies(a, lead)[0]
    _hand(a, [proposal.lead], "lead", "proposal.answer")
    for role, names in (("split", split), ("co", co), ("read", read)):
        _hand(a, _bodies(a, names), role, "proposal.co")


@action("proposals", "give_back", "退回", "Return")
def give_back(a: Run, proposal: Proposal) -> None:
    """The lead returns a wrong item with the reason, within the days of acceptance. Refuses after them."""
    mine = Handling.objects.filter(proposal=a.record, role="lead", returned_on=None).first()
    a.require(mine is not None, "no_lead", "此件没有主办单位")
    last = book.current().due("proposal.return", mine.sent_on)[0]  # type: ignore[union-attr]
    a.require(a.today <= last, "return_late", f"退回期限已过（{last}），请与交办单位协商", field="give_back", clause="交办后限期内退回")
    for row in Handling.objects.filter(proposal=a.record, returned_on=None):
        row.returned_on, row.reason = a.today, a.reason
        row.save()
        _dismiss(a, row.body, row.role, "read" if row.role == "lead" else "")
    proposal.lead = None


@action("proposals", "accept", "接收", "Accept")
def accept(a: Run, proposal: Proposal) -> None:
    """The lead takes the item."""


@action("proposals", "plan", "定办理方案", "Plan", fields=(
    Column("head", "text", "负总责", "Head", required=True), Column("deputy", "text", "分管", "Deputy"), Column("division", "text", "承办处室", "Division", required=True),
    Column("standard", "text", "办理标准", "Standard"),
))  # fmt: skip
def plan(a: Run, proposal: Proposal, *, head: str, division: str, deputy: str = "", standard: str = "") -> None:
    """Fix who answers: head leads, deputy runs, division does."""
    proposal.duty = {"head": head, "deputy": deputy or "", "division": division, "standard": standard or ""}


@action("proposals", "ask_opinions", "征求会办意见", "Ask for opinions")
def ask_opinions(a: Run, proposal: Proposal) -> None:
    """Ask the co-handlers. Refuses an item without any."""
    a.require(
        a.record.participants.filter(role__in=("case:co", "case:split"), until=None).exists(), "no_co", "此件没有会办或分办单位，可直接起草"
    )


@action("proposals", "opinion", "提交会办意见", "Give an opinion", fields=(Column("text", "longtext", "意见", "Opinion", required=True),))
def opinion(a: Run, proposal: Proposal, *, text: str) -> None:
    """A co-handler's opinion; once given it no longer waits for that body."""
    row = Handling.objects.filter(
        proposal=a.record, role__in=("co", "split"), body_id__in=a.by.bodies, returned_on=None, opinion_on=None
    ).first()
    a.require(row is not None, "not_yours", "贵单位没有待提交的会办意见", field="text")
    row.opinion, row.opinion_on = text.strip(), a.today  # type: ignore[union-attr]
    row.save()  # type: ignore[union-attr]
    _dismiss(a, row.body, row.role, "read")  # type: ignore[union-attr]
    a.extra["opinion"] = [None, f"{row.body.ref}"]  # type: ignore[union-attr]


DRAFT = (Column("suggestion", "integer", "建议序号", "Suggestion", required=True), Column("text", "text", "答复", "Text", required=True))


@action("proposals", "draft", "起草答复", "Draft", fields=(Column("points", "rows", "逐条答复", "Points", required=True, rows=DRAFT),))
def draft(a: Run, proposal: Proposal, *, points: list[dict[str, Any]]) -> None:
    """Draft per suggestion; a later draft of the same suggestion takes the place of the earlier. Refuses unknown suggestions."""
    known = {s["number"] for s in proposal.suggestions}
    wrong = [p["suggestion"] for p in points if p["suggestion"] not in known]
    a.require(not wrong, "unknown_suggestion", f"没有第 {wrong} 条建议；可用：{sorted(known)}", field="points", value=wrong)
    merged = {d["suggestion"]: d["text"] for d in proposal.drafts} | {p["suggestion"]: p["text"] for p in points}
    proposal.drafts = [{"suggestion": k, "text": merged[k]} for k in sorted(merged)]


@action("proposals", "contact", "登记联系", "Contact log", roles=("lead", "officer", "operator"), fields=(
    Column("on", "date", "日期", "On"), Column("way", "choice", "方式", "Way", required=True, choices=papers.WAYS), Column("person", "text", "联系人", "Person", required=True),
    Column("note", "longtext", "内容", "Note"), Column("satisfied", "boolean", "提案者认可", "Content with the draft"),
))  # fmt: skip
def contact(
    a: Run, proposal: Proposal, *, way: str, person: str, on: dt.date | None = None, note: str = "", satisfied: bool | None = None
) -> None:
    """Note a call, visit or meeting with the proposer."""
    proposal.contacts = [
        *proposal.contacts, {"on": (on or a.today).isoformat(), "way": way, "person": person, "note": note or "", "satisfied": satisfied},
    ]  # fmt: skip


@action("proposals", "talk", "与提案者沟通", "Talk with the proposer")
def talk(a: Run, proposal: Proposal) -> None:
    """The draft was talked over. Refuses without a contact on the log."""
    a.require(proposal.contacts, "no_contact", "请先登记与提案者的联系（电话、走访、座谈或书面）", field="contacts")


@action("proposals", "send_back", "退回修改", "Send back")
def send_back(a: Run, proposal: Proposal) -> None:
    """The office sends the draft back with the reason."""


@action("proposals", "clear", "核稿", "Clear")
def clear(a: Run, proposal: Proposal) -> None:
    """The office checks the draft. Refuses a suggestion without an answer, and a proposer who is not content with the draft."""
    answered = {d["suggestion"] for d in proposal.drafts if d["text"].strip()}
    missing = [s["number"] for s in proposal.suggestions if s["number"] not in answered]
    a.require(not missing, "suggestion_unanswered", f"第 {'、'.join(map(str, missing))} 条建议没有答复", field="drafts", value=missing)
    last = proposal.contacts[-1] if proposal.contacts else {}
    a.require(last.get("satisfied") is not False, "proposer_not_content", "提案者对草稿不认可，请继续沟通后再送核", field="contacts")


@action("proposals", "sign", "签发", "Sign", fields=(
    Column("signer", "text", "签发人", "Signer", required=True), Column("result_class", "choice", "办理结果", "Result class", required=True, choices=papers.CLASSES),
    Column("result_reason", "longtext", "理由", "Reason"), Column("by_head", "boolean", "主要负责人签发", "Signed by the head"),
    Column("division_code", "text", "处室代字", "Division code"), Column("doc_number", "text", "发文字号", "Document number", help="留空自动编号"),
))  # fmt: skip
def sign(
    a: Run, proposal: Proposal, *, signer: str, result_class: str, result_reason: str = "", by_head: bool = False, division_code: str = "", doc_number: str = "",
) -> None:  # fmt: skip
    """Sign: the reply becomes an outgoing document with its number. Key items are signed by the head. C and D need a reason."""
    a.require(by_head or not proposal.key_item, "head_signs", "重点提案的答复须由主要负责人签发", field="by_head")
    a.require(result_class in "AB" or (result_reason or "").strip(), "reason_required", "结果为 C、D 的须说明理由", field="result_reason")
    proposal.result_class, proposal.result_reason = result_class, result_reason or ""
    text = "\n\n".join(f"{d['suggestion']}. {d['text']}" for d in proposal.drafts)
    ordinal = "" if proposal.rounds == 1 else "（再次答复）"
    papers_of = register_of("documents").acts
    made = papers_of["create"].run(
        by=a.by, now=a.now, kind="reply", title=f"对{proposal.session}第{proposal.session_number}号{papers.KINDS[proposal.kind][0]}的答复{ordinal}",
        org_code="吉科发", division_code=division_code or "成", addressee="、".join(proposal.proposers), text=text, proposal=str(a.record.uid),
        classes=[f"{papers.SUBKINDS[proposal.subkind][0]}" if proposal.subkind else papers.KINDS[proposal.kind][0]],
    )  # fmt: skip
    done = papers_of["sign"].run(
        by=a.by, record=made.record, now=a.now, signer=signer, **({"doc_number": doc_number} if doc_number else {})
    )
    proposal.replies = [
        *proposal.replies, {"document": str(made.record.uid), "number": done.doc_number, "on": a.today.isoformat(), "round": proposal.rounds},
    ]  # fmt: skip
    a.link(made.record, "reply")


@action("proposals", "send", "发出答复", "Send")
def send(a: Run, proposal: Proposal) -> None:
    """Send the reply with its opinion form."""
    proposal.sent_on = a.today


@action("proposals", "feedback", "登记反馈", "Feedback", fields=(
    Column("satisfaction", "choice", "评价", "Opinion", required=True, choices=papers.SATISFACTION), Column("note", "longtext", "意见", "Remarks"),
))  # fmt: skip
def feedback(a: Run, proposal: Proposal, *, satisfaction: str, note: str = "") -> None:
    """What the proposer thinks of the reply."""
    proposal.satisfaction, proposal.feedback_note = satisfaction, note or ""


@action("proposals", "redo", "重新办理", "Handle again")
def redo(a: Run, proposal: Proposal) -> None:
    """Not satisfied: handle again once, with a second reply. A second refusal leads to a meeting."""
    a.require(proposal.satisfaction == "not", "not_needed", "提案者未表示不满意，无须重新办理", field="satisfaction")
    a.require(proposal.rounds == 1, "meet_now", "已再次答复，请当面协商", field="redo")
    proposal.rounds += 1


@action("proposals", "consult", "当面协商", "Consultation meeting", fields=(
    Column("on", "date", "日期", "On", required=True), Column("note", "longtext", "结果", "Outcome", required=True),
))  # fmt: skip
def consult(a: Run, proposal: Proposal, *, on: dt.date, note: str) -> None:
    """A meeting face to face, with its outcome on the contact log."""
    proposal.contacts = [
        *proposal.contacts,
        {"on": on.isoformat(), "way": "meeting", "person": "、".join(proposal.proposers), "note": note, "satisfied": None},
    ]


@action("proposals", "close", "办结", "Close")
def close(a: Run, proposal: Proposal) -> None:
    """Close. Refuses while the proposer is not satisfied and was not met; what was planned stays tracked until it is answered again."""
    a.require(
        proposal.satisfaction != "not" or a.record.state == "consultation",
        "not_satisfied",
        "提案者不满意，请重新办理或当面协商",
        field="close",
    )
    proposal.tracked = proposal.result_class == "B"


@action("proposals", "withdraw", "撤案", "Withdraw", danger=True)
def withdraw(a: Run, proposal: Proposal) -> None:
    """Withdrawn by its proposers."""


@action("proposals", "supplement", "补充答复", "Supplementary reply", roles=("officer", "operator"), fields=(
    Column("text", "longtext", "补充答复", "Text", required=True), Column("solved", "boolean", "已解决", "Solved"),
))  # fmt: skip
def supplement(a: Run, proposal: Proposal, *, text: str, solved: bool = False) -> None:
    """Answer again when a planned matter is solved or cannot be. Refuses while its commitments are still tracked."""
    a.require(a.record.state == "closed" and proposal.tracked, "not_tracked", "只有办结时列入计划的提案须补充答复", field="text")
    open_now = Commitment.objects.filter(source_record=a.record, record__state__in=("registered", "tracked")).count()
    a.require(not open_now, "commitments_open", f"尚有 {open_now} 项承诺在跟踪，请先认定兑现或未兑现", field="text")
    proposal.tracked, proposal.result_class = False, "A" if solved else "C"
    proposal.replies = [
        *proposal.replies,
        {"document": "", "number": text.strip(), "on": a.today.isoformat(), "round": proposal.rounds + 1},
    ]


@action("proposals", "promise", "登记承诺", "Raise a commitment", roles=("lead", "officer", "operator"), fields=tuple(
    c for c in sheets.COMMITMENTS.columns if c.name in ("title", "text", "lead_office", "co_offices", "measure", "target", "unit", "figure", "due_kind", "due_on", "suggestion")
))  # fmt: skip
def promise(a: Run, proposal: Proposal, **values: Any) -> None:
    """A commitment raised by the reply; it is tracked on its own."""
    made = register_of("commitments").acts["from_source"].run(by=a.by, now=a.now, source_record=a.record, values=values)
    a.extra["commitment"] = [None, made.number]
