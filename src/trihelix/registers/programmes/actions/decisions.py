"""Acts on applications from review to award, and the announcement of a call's decisions together."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from trihelix.engines.schemes import Scheme, grant
from trihelix.engines.schemes import forms as form_engine
from trihelix.engines.sheets import Column
from trihelix.kernel import book, clock, memo
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.register import register_of
from trihelix.kernel.ticks import tick
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.actions.applications import move
from trihelix.registers.programmes.models import Application, Call, Objection

NOTE = Column("note", "longtext", "意见", "Note")


def award_amount(application: Application, scheme: Scheme) -> Any:
    """The grant by the scheme's money rule, with the limit that won."""
    answers, _ = form_engine.read_answers(scheme.form, application.answers)
    return grant(scheme, queries.case_facts(application, scheme, answers, clock.today()))


@action("applications", "review_done", "评审完成", "Review done", fields=(
    Column("score", "decimal", "得分", "Score"), Column("rank", "integer", "名次", "Rank"), Column("ranking", "longtext", "排名依据", "Ranking"), NOTE,
))  # fmt: skip
def review_done(
    a: Run, application: Application, *, score: Any = None, rank: int | None = None, ranking: Any = None, note: str = ""
) -> None:
    """Take over score and rank from the review. ``ranking`` is what the review wants kept (scores, ties, sensitivity)."""
    a.require(rank is None or rank > 0, "bad_rank", "名次应为正整数", field="rank", value=rank)
    application.score = None if score is None else Decimal(str(score)).quantize(Decimal("0.0001"))
    application.rank = rank
    application.ranking = ranking if isinstance(ranking, dict) else {"note": ranking} if ranking else {}
    move(a, application, queries.scheme_of(application), "review")


@action("applications", "visit_done", "考察完成", "Visit done", fields=(Column("note", "longtext", "考察记录", "Record", required=True),))
def visit_done(a: Run, application: Application, *, note: str) -> None:
    """The site was looked at; the record stays with the application."""
    application.site_note = note
    move(a, application, queries.scheme_of(application), "site_visit")


@action("applications", "invite_full", "邀请提交正式申报书", "Invite the full application")
def invite_full(a: Run, application: Application) -> None:
    """Second stage: the concept's answers carry over into the full form. Refuses one-stage calls and full applications."""
    a.require(application.stage == "concept", "not_concept", "该申报不是概念书阶段", field="state")
    application.stage, application.correction = "full", {}
    a.notify(
        f"概念书通过，请提交正式申报书：{application.title}",
        roles=("owner",),
        en=f"Please submit the full application: {application.title}",
    )


@action("applications", "decide", "审定", "Decide", fields=(
    Column("outcome", "text", "结论", "Outcome", required=True, help="award 或 refuse"), Column("grant_wan", "money_wan", "资助额", "Grant", unit="万元"),
    Column("note", "longtext", "会议纪要与理由", "Minutes and reason", required=True),
))  # fmt: skip
def decide(a: Run, application: Application, *, outcome: str, note: str, grant_wan: int | None = None) -> None:
    """The meeting decides; nobody is told before the announcement. Refuses a grant above the scheme's rule, naming the limit that won."""
    a.require(outcome in ("award", "refuse"), "unknown_outcome", "结论应为 award 或 refuse", field="outcome", value=outcome)
    a.require(application.stage == "full", "concept", "概念书阶段不能立项，请先邀请提交正式申报书", field="state")
    scheme = queries.scheme_of(application)
    application.decision, application.decision_note = outcome, note
    application.grant_fen, application.grant_won, application.grant_trace = None, "", {}
    if outcome == "award":
        set_grant(a, application, scheme, grant_wan)


def set_grant(a: Run, application: Application, scheme: Scheme, wanted: int | None) -> None:
    """The approved grant: the rule's maximum, or less. Status schemes give none."""
    if scheme.money is None or scheme.award == "status":
        a.require(not wanted, "no_money", f"“{scheme.zh}” 不给予资金", field="grant_wan")
        application.grant_fen = 0
        return
    found = award_amount(application, scheme)
    a.require(
        wanted is None or wanted <= found.fen,
        "over_limit",
        f"资助额不能超过按规则计算的 {found.fen / 1_000_000:g} 万元（生效的限制：{found.won_text}）",
        field="grant_wan",
        clause=found.won_text,
    )
    application.grant_fen = found.fen if wanted is None else wanted
    application.grant_won, application.grant_trace = found.won, found.as_json()


@action("applications", "undo_decision", "重新审定", "Decide again")
def undo_decision(a: Run, application: Application) -> None:
    """Take a decision back before it is announced, with the reason."""
    application.decision, application.decision_note, application.grant_fen = "", "", None


@action("calls", "announce", "公布审定结果", "Announce decisions", fields=(NOTE,))
def announce(a: Run, call: Call, *, note: str = "") -> None:
    """Announce every pending decision of the call together and start the publicity. Refuses while an application still waits for its decision."""
    waiting = Application.objects.filter(
        call=a.record, record__state__in=("form_check", "screening", "review", "site_visit", "decision", "correction")
    )
    left = waiting.filter(stage="full").count()
    scheme = queries.scheme_of(call)
    a.require(
        left == 0 or scheme.get("call.calendar") == "rolling",
        "not_all_decided",
        f"还有 {left} 项未审定，不能分别公布",
        field="state",
        clause="一并公布",
    )
    pending = list(Application.objects.filter(call=a.record, record__state="pending").order_by("pk"))
    a.require(pending, "nothing_pending", "没有已审定待公布的申报", field="state")
    call.announced_on, call.minutes = a.today, note or call.minutes
    call.publicity_to = publicity_end(scheme, a.today)
    with memo.scope():
        for application in pending:
            announce_one(by=SYSTEM, record=application.record, now=a.now)
    a.extra["announced"] = [None, len(pending)]


def publicity_end(scheme: Scheme, start: Any) -> Any:
    """The last day of publicity by the scheme's days."""
    return (
        book.current()
        .calendar.add(
            start,
            scheme.get("publicity.days"),
            kind=scheme.get("publicity.kind"),
            first_day_counts=scheme.get("publicity.first_day_counts"),
        )
        .date
    )


@action("applications", "announce", "公布", "Announce", hidden=True)
def announce_one(a: Run, application: Application) -> None:
    """Tell the decision; an award goes to publicity where the scheme has one."""
    scheme = queries.scheme_of(application)
    if application.decision != "award":
        a.go("not_awarded")
        a.notify(f"未获立项：{application.title}", roles=("owner",), en=f"Not awarded: {application.title}")
        return
    if "publicity" in scheme.route:
        application.publicity_to = publicity_end(scheme, a.today)
        a.record.visibility = "public"
        a.go("publicity")
        a.notify(
            f"进入公示，至 {application.publicity_to}：{application.title}",
            roles=("owner",),
            en=f"In publicity until {application.publicity_to}: {application.title}",
        )
        return
    settle(a, application, scheme)
    a.go("awarded")


@action("applications", "award", "立项", "Award", fields=(Column("line", "ref", "资金科目", "Budget line"),))
def award(a: Run, application: Application, *, line: Any = None) -> None:
    """Award after the publicity: the project opens and its money is committed on the budget line. Refuses open objections and an exhausted line."""
    open_objection = (
        Objection.objects.filter(target=a.record, suspends=True).exclude(record__state__in=("final", "rejected", "answered")).exists()
    )
    a.require(not open_objection, "objection_open", "有未办结的异议，不能立项", field="state", clause="异议处理")
    settle(a, application, queries.scheme_of(application), line)


def settle(a: Run, application: Application, scheme: Scheme, line: Any = None) -> None:
    """Open the awarded case of an application; claims without a meeting get their amount here."""
    if application.grant_fen is None:
        set_grant(a, application, scheme, None)
        application.decision = "award"
    call = queries.call_of(application.call)
    from trihelix.kernel.action import find

    target = find(register_of("budget_lines"), line, SYSTEM) if line else call.line
    project = register_of("projects").acts["open"].run(by=SYSTEM, application=application, scheme=scheme, line=target, now=a.now)
    application.project = project.record
    a.link(project.record, "project")
    a.notify(f"已立项：{application.title}", roles=("owner",), key="award", en=f"Awarded: {application.title}")


@action("applications", "refuse", "不予立项", "Refuse", danger=True)
def refuse(a: Run, application: Application) -> None:
    """Refuse with a reason, told to the applicant."""
    application.decision = "refuse"
    a.notify(f"未获立项：{application.title}（{a.reason}）", roles=("owner",), en=f"Not awarded: {application.title}")


@action("applications", "suspend", "因异议中止", "Suspend for an objection")
def suspend(a: Run, application: Application) -> None:
    """Suspend this case only; the others of the list go on."""


@action("applications", "resume", "恢复", "Resume")
def resume(a: Run, application: Application) -> None:
    """Go on after an objection was answered without a remedy."""


@tick("publicity_over", every=3600)
def award_due(now: Any) -> int:
    """Tell the officers of cases whose publicity ended; awarding stays an act of a person."""
    day = clock.local_date(now)
    from trihelix.kernel import outbox

    due = Application.objects.filter(record__state="publicity", publicity_to__lt=day)
    for case in due:
        outbox.put_notice(
            case.record,
            f"公示期满，请办理立项：{case.title}",
            now,
            roles=("officer",),
            key=f"publicity:{case.pk}",
            en=f"Publicity ended: {case.title}",
        )
    return due.count()
