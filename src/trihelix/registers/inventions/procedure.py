"""The acts that every mechanism shares, registered once for each register: apply, check, decide, announce, object, resolve, clear."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import Column
from trihelix.kernel import book, publicity
from trihelix.kernel.action import Run, action
from trihelix.kernel.columns import options
from trihelix.kernel.register import PublicNotice, register_of
from trihelix.registers.inventions.flow.common import UNIT
from trihelix.registers.inventions.models import Publicity
from trihelix.registers.inventions.models.steps import Procedure

SCOPES = options(("unit", "本单位", "Own unit"), ("market", "技术市场", "Market"), ("public", "社会公开", "Public"))
NOTHING: tuple[Problem, ...] = ()

DECISION = (
    Column("minutes", "text", "会议纪要编号", "Minutes", required=True, example="党委会〔2026〕3号"),
    Column("no_gain", "boolean", "参会人无利益声明", "No-gain statement", required=True),
    Column("decided_on", "date", "决策日期", "Decided on"), Column("alternatives", "longtext", "比较过的其他方案", "Alternatives refused"),
    Column("recused", "list", "回避人员", "Recused"),
)  # fmt: skip
NOTICE = (
    Column("text", "longtext", "公示内容", "Text", required=True), Column("scope", "list", "公示范围", "Scope", choices=SCOPES),
    Column("notice_from", "date", "公示起", "From"), Column("notice_to", "date", "公示止", "To", help="留空按规定天数计算，不得短于规定"),
    Column("proof", "text", "公示页面存档", "Archived page", help="补录既往公示须填"),
)  # fmt: skip
PAPER = (
    Column("kind", "text", "文件类别", "Kind", required=True), Column("name", "text", "文件名称", "Name", required=True),
    Column("sha256", "text", "文件摘要", "SHA-256"), Column("on", "date", "日期", "Date"),
)  # fmt: skip
RESOLUTION = (
    Column("outcome", "choice", "处理结果", "Outcome", required=True, choices=options(("notice", "异议不成立，继续公示", "Unfounded, go on"), ("decided", "异议成立，重新公示", "Founded, announce again"))),
)  # fmt: skip


@dataclass(frozen=True)
class Steps:
    """What one mechanism asks of the shared procedure: its papers, its own refusals, its notice."""

    register: str
    papers: Mapping[str, tuple[str, str]]  # kind → (Chinese, English): the documents the mechanism produces
    needed: tuple[str, ...] = ()  # papers without which nothing is decided
    clock: str = "invention.notice"
    scope: tuple[str, ...] = ("unit",)
    problems: Callable[[Any, Run], Iterable[Problem]] = lambda entry, a: NOTHING
    on_decide: Callable[[Any, Run], Iterable[Problem]] = lambda entry, a: NOTHING
    applied: Callable[[Any, Run], None] = lambda entry, a: None


STEPS: dict[str, Steps] = {}


def refuse_any(problems: Iterable[Problem]) -> None:
    """Refuse with all problems at once, if there are any."""
    if found := list(problems):
        raise Refused.of(found)


def notice_end(clock_id: str, start: dt.date) -> tuple[dt.date, int, str, str]:
    """Last day of a notice, its days, their kind and source; the first day does not count."""
    rule = book.current().clocks[clock_id]
    return book.current().due(clock_id, start)[0], rule.days, rule.kind, rule.source


def announce(
    a: Run, *, kind: str, clock_id: str, text: str, scope: Iterable[str], notice_from: dt.date | None, notice_to: dt.date | None, proof: str
) -> Publicity:  # fmt: skip
    """Put a text on notice; an earlier notice of the record is superseded. Refuses short, reversed or unproven past notices."""
    start = notice_from or a.today
    least, days, calendar, source = notice_end(clock_id, start)
    end = notice_to or least
    a.require(
        end >= least, "notice_short", f"公示不得少于 {days} 日（开始当日不计），截止日不早于 {least}", field="notice_to", clause=source,
        value=end.isoformat(),
    )  # fmt: skip
    a.require(start >= a.today or proof, "notice_unproven", "补录过去的公示须填写页面存档", field="proof", value=start.isoformat())
    a.require(start <= a.today or start <= a.today + dt.timedelta(days=60), "notice_far", "公示开始日过远，请核对", field="notice_from")
    Publicity.objects.filter(record=a.record, superseded=False).update(superseded=True)
    made = Publicity.objects.create(
        record=a.record, kind=kind, scope=list(scope), starts=start, ends=end, days=days, calendar=calendar, clause=source, text=text.strip(),
        text_hash=hashlib.sha256(text.strip().encode()).hexdigest(), proof=proof or "", made_at=a.now, made_by_id=a.by.user_id,
    )  # fmt: skip
    a.extra["publicity"] = [None, {"kind": kind, "from": str(start), "to": str(end), "scope": list(scope), "text_hash": made.text_hash}]
    return made


def in_force(record: Any) -> Publicity | None:
    """The notice in force of a record."""
    return Publicity.objects.filter(record=record, superseded=False).first()


def notice_until(entry: Any) -> dt.date | None:
    """The last day of the notice in force of a typed row."""
    notice = in_force(entry.record)
    return notice.ends if notice is not None else None


ON_NOTICE = PublicNotice(
    ("notice", "objected"), notice_until, handlers=("owner",), stop=("object", {}), closing=("clear",),
    remedies={"none": ("resolve", {"outcome": "notice"}), "correct": ("resolve", {"outcome": "decided"}), "refuse": ("refuse", {})},
)  # fmt: skip


def raise_objection(a: Run) -> None:
    """Note an objection with its reason on the notice in force; refuses after its last day."""
    notice = in_force(a.record)
    if notice is None:
        raise Refused.one("no_notice", "没有在公示的事项", field="state")
    in_time = a.today <= notice.ends or publicity.undecided(a.record)  # one filed in time may be taken up later
    a.require(in_time, "notice_over", f"公示已于 {notice.ends} 结束，异议请走申诉或复核", field="date")
    notice.objections = [*notice.objections, {"by": a.by.user_id, "at": a.now.isoformat(), "text": a.reason, "outcome": None}]
    notice.save(update_fields=["objections"])
    a.extra["objection"] = [None, {"n": len(notice.objections), "text": a.reason}]
    a.notify(f"收到异议：{a.record.title}", roles=("owner",), key=str(len(notice.objections)), en=f"Objection: {a.record.title}")


def settle_objections(a: Run, outcome: str) -> None:
    """Answer the open objections with the act's reason."""
    notice = in_force(a.record)
    if notice is not None:
        notice.objections = [o if o["outcome"] else {**o, "outcome": outcome, "answer": a.reason} for o in notice.objections]
        notice.superseded = outcome == "decided"
        notice.save(update_fields=["objections", "superseded"])
    a.extra["objection"] = [None, {"outcome": outcome, "answer": a.reason}]


def over(a: Run, field: str = "notice_to") -> Publicity:
    """The notice in force, ended without open objection; refuses before that."""
    notice = in_force(a.record)
    if notice is None:
        raise Refused.one("no_notice", "尚未公示", field=field)
    a.require(
        a.today > notice.ends,
        "notice_running",
        f"公示至 {notice.ends}，期满后方可办理",
        field=field,
        clause=notice.clause,
        value=notice.ends.isoformat(),
    )
    a.require(all(o["outcome"] for o in notice.objections), "objection_open", "尚有异议未处理", field=field)
    return notice


def take_decision(
    a: Run, entry: Procedure, *, minutes: str, no_gain: bool, decided_on: dt.date | None = None, alternatives: str = "", recused: list[str] | None = None
) -> None:  # fmt: skip
    """Note a collective decision. Refuses a missing no-gain statement and a decision in the future."""
    a.require(no_gain, "no_gain_missing", "须由参会人声明没有谋取利益", field="no_gain")
    day = decided_on or a.today
    a.require(day <= a.today, "future_date", "决策日期不能晚于今天", field="decided_on", value=day.isoformat())
    entry.decided_on, entry.minutes, entry.no_gain = day, minutes, True
    entry.alternatives, entry.recused = alternatives or "", list(recused or ())


def register_steps(steps: Steps) -> None:
    """Register the shared acts for one mechanism."""
    STEPS[steps.register] = steps
    register_of(steps.register).notice = ON_NOTICE
    _asking(steps)
    _deciding(steps)
    _noticing(steps)


def _asking(steps: Steps) -> None:
    reg = steps.register

    @action(reg, "add_paper", "登记文件", "File a document", roles=(*UNIT, "author"), fields=PAPER)
    def add_paper(a: Run, entry: Procedure, *, kind: str, name: str, sha256: str = "", on: dt.date | None = None) -> None:
        """File a document of the mechanism. Refuses kinds the mechanism does not know."""
        known = "、".join(f"{k}（{zh}）" for k, (zh, _) in steps.papers.items())
        a.require(kind in steps.papers, "unknown_paper", f"没有文件类别 “{kind}”；可用：{known}", field="kind", value=kind)
        entry.documents = [*entry.documents, {"kind": kind, "name": name, "sha256": sha256 or "", "on": str(on or a.today)}]

    @action(reg, "apply", "提出申请", "Apply", safe=True)
    def apply(a: Run, entry: Procedure) -> None:
        """Ask for it; refused at once where the mechanism's conditions fail."""
        refuse_any(steps.problems(entry, a))
        steps.applied(entry, a)

    @action(reg, "return", "退回补充", "Return")
    def send_back(a: Run, entry: Procedure) -> None:
        """Send back for completion."""
        a.notify(f"已退回补充：{a.record.title}（{a.reason}）", roles=("owner",), en=f"Returned: {a.record.title}")

    if any(t.act == "check" for t in register_of(reg).flow.transitions):

        @action(reg, "check", "审核", "Check", safe=True)
        def check(a: Run, entry: Procedure) -> None:
            """Title, money, third parties, secrecy and pledges are checked again on the day."""
            refuse_any(steps.problems(entry, a))

    @action(reg, "refuse", "不予同意", "Refuse", danger=True)
    def refuse(a: Run, entry: Procedure) -> None:
        """Refuse with a reason."""
        entry.ended_on = a.today
        a.notify(f"未通过：{a.record.title}（{a.reason}）", roles=("owner",), en=f"Refused: {a.record.title}")

    @action(reg, "withdraw", "撤回", "Withdraw", danger=True)
    def withdraw(a: Run, entry: Procedure) -> None:
        """Withdraw before it binds anyone."""
        entry.ended_on = a.today


def _deciding(steps: Steps) -> None:
    @action(steps.register, "decide", "集体决策", "Decide", fields=DECISION)
    def decide(a: Run, entry: Procedure, **values: Any) -> None:
        """The body decides together. Refuses missing papers, a missing no-gain statement and conditions that no longer hold."""
        there = {d["kind"] for d in entry.documents}
        missing = [steps.papers[k][0] for k in steps.needed if k not in there]
        a.require(not missing, "papers_missing", f"决策前须登记文件：{'、'.join(missing)}", field="documents", value=missing)
        take_decision(a, entry, **values)
        refuse_any([*steps.problems(entry, a), *steps.on_decide(entry, a)])

    @action(steps.register, "reopen", "修改后重新办理", "Change and start again", danger=True)
    def reopen(a: Run, entry: Procedure) -> None:
        """A change of price or person: decision and notice start again."""
        Publicity.objects.filter(record=a.record, superseded=False).update(superseded=True)
        entry.decided_on = entry.notice_from = entry.notice_to = None
        entry.minutes, entry.no_gain = "", False
        if a.record.visibility in ("public", "members"):
            a.record.visibility = "owner"


def _noticing(steps: Steps) -> None:
    reg = steps.register

    @action(reg, "announce", "公示", "Put on notice", fields=NOTICE)
    def put_on_notice(
        a: Run, entry: Procedure, *, text: str, scope: list[str] | None = None, notice_from: dt.date | None = None,
        notice_to: dt.date | None = None, proof: str = "",
    ) -> None:  # fmt: skip
        """Put on notice for the days of the book; announcing again restarts the days. Refuses fewer days and unproven past notices."""
        where = list(dict.fromkeys([*steps.scope, *(scope or ())]))
        made = announce(
            a, kind=reg, clock_id=steps.clock, text=text, scope=where, notice_from=notice_from, notice_to=notice_to, proof=proof
        )
        entry.notice_from, entry.notice_to = made.starts, made.ends
        if "public" in where:
            a.record.visibility = "public"
        elif "market" in where and a.record.visibility != "public":
            a.record.visibility = "members"

    @action(reg, "object", "提出异议", "Object")
    def object_(a: Run, entry: Procedure) -> None:
        """Object during the notice; everything stops until it is answered."""
        raise_objection(a)

    @action(reg, "resolve", "处理异议", "Resolve the objection", fields=RESOLUTION)
    def resolve(a: Run, entry: Procedure, *, outcome: str) -> None:
        """Answer the objections: go on with the notice, or announce again."""
        settle_objections(a, outcome)
        if outcome == "decided":
            entry.notice_from = entry.notice_to = None
        a.go(outcome)

    @action(reg, "clear", "公示结束", "End the notice", safe=True)
    def clear(a: Run, entry: Procedure) -> None:
        """The notice ran its days without open objection."""
        over(a)
