"""Meetings with their decisions, and rules in the making up to their issue."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.governance import sheets
from trihelix.registers.governance.models import Commission, Meeting, Rulemaking
from trihelix.registers.governance.sheets import papers


@action("commissions", "end", "撤销", "End", danger=True)
def end_commission(a: Run, commission: Commission) -> None:
    """End a commission today."""
    commission.ended_on = a.today


@action("meetings", "hold", "登记召开与决定", "Held, with decisions", fields=(
    Column("held_on", "date", "召开日期", "Held on", required=True), Column("attendees", "list", "出席", "Attendees"),
    Column("decisions", "rows", "决定", "Decisions", required=True, rows=papers.DECISION),
))  # fmt: skip
def hold(a: Run, meeting: Meeting, *, held_on: dt.date, decisions: list[dict[str, Any]], attendees: list[str] | None = None) -> None:
    """Held: every item of the agenda gets its outcome. Refuses items without a decision, and items not on the agenda."""
    items, decided = [i["item"] for i in meeting.agenda], [d["item"] for d in decisions]
    a.require(len(set(decided)) == len(decided), "decided_twice", "同一议题有两个决定", field="decisions")
    if items:
        a.require(
            not (left := [i for i in items if i not in decided]),
            "undecided",
            f"议题没有结果：{'、'.join(left)}",
            field="decisions",
            value=left,
        )
        a.require(
            not (more := [d for d in decided if d not in items]),
            "not_on_agenda",
            f"不在议程中：{'、'.join(more)}",
            field="decisions",
            value=more,
        )
    meeting.held_on, meeting.decisions = held_on, decisions
    meeting.attendees = attendees or meeting.attendees
    if meeting.commission is not None and meeting.ordinal is None and meeting.kind == "commission":
        meeting.ordinal = Meeting.objects.filter(commission=meeting.commission, ordinal__isnull=False).count() + 1


@action("meetings", "minute", "印发纪要", "Issue the minutes", fields=(Column("minutes", "longtext", "纪要", "Minutes", required=True),))
def minute(a: Run, meeting: Meeting, *, minutes: str) -> None:
    """Issue the minutes."""
    meeting.minutes = minutes


@action("meetings", "cancel", "取消", "Cancel", danger=True)
def cancel(a: Run, meeting: Meeting) -> None:
    """Cancel with the reason."""


@action("meetings", "task", "交办决定事项", "Decision task", roles=("officer", "operator"), fields=tuple(
    c for c in sheets.COMMITMENTS.columns if c.name in ("title", "text", "lead_office", "co_offices", "measure", "target", "unit", "figure", "due_kind", "due_on")
))  # fmt: skip
def task(a: Run, meeting: Meeting, **values: Any) -> None:
    """A task that follows from a decision; tracked as a commitment."""
    a.require(a.record.state in ("held", "minuted"), "not_held", "会议尚未召开，不能交办决定事项", field="title")
    made = register_of("commitments").acts["from_source"].run(by=a.by, now=a.now, source_record=a.record, values=values)
    a.extra["commitment"] = [None, made.number]


@action("rulemakings", "begin_draft", "开始起草", "Begin the draft")
def begin_draft(a: Run, rule: Rulemaking) -> None:
    """The study is done."""


@action("rulemakings", "consult", "征求意见", "Consult", fields=(
    Column("consult_from", "date", "起", "From", required=True), Column("consult_to", "date", "止", "To", required=True), Column("text", "longtext", "草案", "Draft text"),
))  # fmt: skip
def consult(a: Run, rule: Rulemaking, *, consult_from: dt.date, consult_to: dt.date, text: str = "") -> None:
    """Ask for opinions. Refuses without a draft text, and an end before the start."""
    a.require(consult_to >= consult_from, "date_order", "征求意见的止日早于起日", field="consult_to")
    rule.text = text or rule.text
    a.require(rule.text.strip(), "no_draft", "请先写入草案正文", field="text")
    rule.consult_from, rule.consult_to = consult_from, consult_to
    a.record.visibility = "public"


@action("rulemakings", "answer_opinion", "登记意见", "Opinion and answer", roles=("officer", "operator"), fields=(
    Column("sender", "text", "来自", "From", required=True), Column("text", "longtext", "意见", "Opinion", required=True), Column("answer", "longtext", "处理", "Answer"),
))  # fmt: skip
def answer_opinion(a: Run, rule: Rulemaking, *, sender: str, text: str, answer: str = "") -> None:
    """An opinion received, and what became of it."""
    rule.opinions = [*rule.opinions, {"from": sender, "text": text, "answer": answer or ""}]


@action("rulemakings", "cosign", "会签", "Co-sign")
def cosign(a: Run, rule: Rulemaking) -> None:
    """Go to the co-owners. Refuses while the consultation runs and while an opinion has no answer."""
    a.require(
        rule.consult_to is None or a.today > rule.consult_to,
        "consultation_runs",
        f"征求意见至 {rule.consult_to}，期满后再会签",
        field="consult_to",
    )
    a.require(all(o["answer"].strip() for o in rule.opinions), "opinion_unanswered", "尚有意见未处理", field="opinions")


@action("rulemakings", "submit", "提交审议", "Submit")
def submit(a: Run, rule: Rulemaking) -> None:
    """Submit to the deciding bodies."""


@action("rulemakings", "decide", "登记审议结果", "Decision of a body", fields=papers.DECIDING)
def decide(a: Run, rule: Rulemaking, *, body: str, outcome: str, on: dt.date | None = None, note: str = "") -> None:
    """The outcome of one of several deciding bodies; a deferral or refusal leads back to the draft."""
    rule.deciding = [*rule.deciding, {"body": body, "on": (on or a.today).isoformat(), "outcome": outcome, "note": note or ""}]
    a.go("draft" if outcome in ("deferred", "rejected") else "deciding")


@action("rulemakings", "issue", "印发", "Issue", fields=(
    Column("doc_number", "text", "文号", "Document number", required=True), Column("issued_on", "date", "印发日期", "Issued on", required=True),
    Column("issuers", "list", "发文机关", "Issuers", required=True),
))  # fmt: skip
def issue(a: Run, rule: Rulemaking, *, doc_number: str, issued_on: dt.date, issuers: list[str]) -> None:
    """Issue: the document enters the policy library with its deciding bodies, and is evidence of its commitment. Refuses without an adoption."""
    adopted = [d for d in rule.deciding if d["outcome"] in ("adopted", "revised")]
    a.require(adopted, "not_adopted", "尚无审议机构通过，不能印发", field="deciding")
    library = register_of("policies").acts
    lineage = "；".join(f"{d['on']} {d['body']} {papers.OUTCOMES[d['outcome']][0]}" for d in adopted)
    made = library["create"].run(
        by=a.by, now=a.now, title=a.record.title.replace("（在制）", ""), doc_number=doc_number, issuers=issuers, issued_on=issued_on, effective_on=issued_on,
        summary=f"{rule.summary}\n审议经过：{lineage}".strip(), **({"replaces": str(rule.revises.uid)} if rule.revises else {}),
    )  # fmt: skip
    library["publish"].run(by=a.by, record=made.record, now=a.now)
    rule.policy, rule.doc_number, rule.issued_on = Record.objects.get(pk=made.record.pk), doc_number, issued_on
    a.link(made.record, "issues")
    if rule.commitment is not None and rule.commitment.state == "tracked":
        register_of("commitments").acts["report"].run(
            by=a.by, record=rule.commitment, now=a.now, on=issued_on, note=f"已印发 {doc_number}", evidence=f"policies:{made.record.ref}"
        )


@action("rulemakings", "drop", "终止", "Drop", danger=True)
def drop(a: Run, rule: Rulemaking) -> None:
    """Give the rule up with the reason."""
