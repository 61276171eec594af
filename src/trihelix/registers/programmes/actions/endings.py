"""Acts at the end of a case: acceptance, filing, overdue, stopping, recovery, status grades, payments without a project."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from trihelix.engines.months import add_months
from trihelix.engines.schemes.expressions import truth
from trihelix.engines.schemes.money import names_for
from trihelix.engines.sheets import Column
from trihelix.kernel import clock
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.register import register_of
from trihelix.kernel.ticks import tick
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.actions.founding import followed
from trihelix.registers.programmes.actions.money import change_line, release_tranches
from trihelix.registers.programmes.actions.projects import open_report
from trihelix.registers.programmes.models import Project, Tranche

NOTE = Column("note", "longtext", "说明", "Note")
PACK = Column(
    "pack",
    "rows",
    "验收材料",
    "Acceptance pack",
    required=True,
    rows=(Column("id", "text", "材料", "Paper", required=True), Column("reference", "text", "文件或编号", "Reference", required=True)),
)
COMPARISON = Column("comparison", "rows", "指标对照", "Comparison", required=True, rows=(
    Column("name", "text", "指标", "Indicator", required=True), Column("target", "text", "目标", "Target"), Column("reached", "text", "完成值", "Reached", required=True), Column("met", "boolean", "完成", "Met", required=True),
))  # fmt: skip


def due_documents(project: Project) -> list[Any]:
    """The papers of the acceptance pack that apply to this project."""
    scheme = queries.scheme_of(project)
    facts: dict[str, Any] = {"granted": Fraction(project.approved_fen, 1_000_000), "class_id": project.class_id, "variant": project.variant}
    if project.application_id:
        from trihelix.engines.schemes import forms as form_engine
        from trihelix.registers.programmes.models import Application

        answers, _ = form_engine.read_answers(scheme.form, Application.objects.get(record=project.application).answers)
        facts |= form_engine.facts_of(scheme.form, answers)
    return [d for d in scheme.documents if d.when is None or truth(d.when, names_for(scheme, facts)) is True]


@action("projects", "request_acceptance", "申请验收", "Ask for acceptance", fields=(PACK, COMPARISON))
def request_acceptance(a: Run, project: Project, *, pack: list[dict[str, Any]], comparison: list[dict[str, Any]]) -> None:
    """Ask for acceptance with the whole pack. Refuses missing papers (a special audit from the scheme's amount on) and indicators left out.

    Where the scheme says so, the demand party asks.
    """
    scheme = queries.scheme_of(project)
    if scheme.get("acceptance.through_demand") and project.demand_id:
        a.require(
            project.demand_id in a.by.bodies or a.by.system, "through_demand", "验收申请由需求方提出", field="act", clause="通过需求方验收"
        )
    given = {row["id"]: row["reference"] for row in pack}
    lacking = [d for d in due_documents(project) if d.id not in given]
    a.require(
        not lacking,
        "papers_missing",
        f"缺少验收材料：{'、'.join(d.zh for d in lacking)}",
        field="pack",
        clause="验收材料",
        value=[d.id for d in lacking],
    )
    reported = {row["name"] for row in comparison}
    left = [i["name"] for i in project.indicators if i.get("name") not in reported]
    a.require(not left, "indicators_missing", f"指标对照缺少：{'、'.join(left)}", field="comparison", value=left)
    project.pack, project.comparison = given, comparison


@action("projects", "desk_return", "退回补充材料", "Return")
def desk_return(a: Run, project: Project) -> None:
    """Send the pack back with what is missing."""


@action("projects", "desk_pass", "材料审查通过", "Pass the desk check", fields=(NOTE,))
def desk_pass(a: Run, project: Project, *, note: str = "") -> None:
    """The file is in order; experts may meet."""


@action("projects", "conclude", "验收结论", "Conclude", fields=(
    Column("conclusion", "text", "结论", "Conclusion", required=True, help="accepted、closed、rectify 或 stopped"), Column("votes_for", "integer", "同意", "For", required=True), Column("votes", "integer", "专家数", "Experts", required=True),
    Column("opinion", "longtext", "专家组意见", "Opinion", required=True),
))  # fmt: skip
@followed
def conclude(a: Run, project: Project, *, conclusion: str, votes_for: int, votes: int, opinion: str) -> None:
    """The panel's conclusion. Passing needs the scheme's majority and enough experts; it is not the end: the filing is."""
    scheme = queries.scheme_of(project)
    a.require(
        conclusion in ("accepted", "closed", "rectify", "stopped"),
        "unknown_conclusion",
        "结论应为 accepted、closed、rectify 或 stopped",
        field="conclusion",
        value=conclusion,
    )
    a.require(
        votes >= scheme.get("review.panel_min"), "panel", f"专家不少于 {scheme.get('review.panel_min')} 人", field="votes", value=votes
    )
    a.require(0 <= votes_for <= votes, "votes", "同意票数应在 0 与专家数之间", field="votes_for")
    a.require(
        conclusion != "accepted" or Fraction(votes_for, votes) >= scheme.get("acceptance.majority"),
        "majority",
        f"未达到 {scheme.get('acceptance.majority')} 多数，不能通过验收",
        field="votes_for",
        clause="专家组多数",
    )
    project.panel = {"for": votes_for, "of": votes, "opinion": opinion, "on": a.today.isoformat()}
    project.conclusion = conclusion
    if conclusion in ("accepted", "closed"):
        project.accepted_on, project.ended_as = a.today, conclusion
        release_tranches(a, project, "acceptance")
        if scheme.get("acceptance.filing_required"):
            a.go("filing")
        else:
            _follow(a, project)
            a.go("follow_up")
    elif conclusion == "stopped":
        project.ended_as, project.ended_on = "stopped", a.today
        a.go("stopped")
    else:
        a.go("rectify")
    a.notify(f"验收结论：{project.title}", roles=("owner", "demand"), en=f"Acceptance concluded: {project.title}")


def _follow(a: Run, project: Project) -> None:
    """Start the follow-up years with a report each."""
    years = queries.scheme_of(project).get("followup.years")
    project.followup_to = add_months(a.today, 12 * years)
    for n in range(1, years + 1):
        open_report(by=SYSTEM, project=project, kind="follow_up", due_on=add_months(a.today, 12 * n), now=a.now)


@action("projects", "file", "备案", "File", fields=(Column("number", "text", "备案号", "Filing number", required=True),))
@followed
def file_project(a: Run, project: Project, *, number: str) -> None:
    """File in the system: the real end of the project. Refuses projects that were not accepted or closed."""
    a.require(
        project.conclusion in ("accepted", "closed"), "not_concluded", "尚未通过验收或结题，不能备案", field="state", clause="验收后备案"
    )
    project.filed_on, project.ended_on, project.overdue_since = a.today, a.today, None
    project.pack = {**project.pack, "filing": number}
    release_tranches(a, project, "filed")
    _follow(a, project)
    a.go("follow_up")


@action("projects", "mark_due", "到期", "Due")
def mark_due(a: Run, project: Project) -> None:
    """The term ended; the acceptance request is due."""
    a.require(project.due_on is not None and a.today > project.due_on, "not_due", "执行期未满", field="due_on")


@action("projects", "mark_overdue", "认定逾期", "Mark overdue")
def mark_overdue(a: Run, project: Project) -> None:
    """Due and not accepted, or accepted and not filed, on the reference day. Refuses before it."""
    scheme = queries.scheme_of(project)
    a.require(
        queries.overdue(scheme, project, a.today),
        "not_overdue",
        f"未到逾期认定日（{scheme.get('overdue.reference')}）",
        field="due_on",
        clause="逾期认定",
    )
    project.overdue_since = a.today


@action("projects", "propose_ending", "提出终止", "Propose to end")
def propose_ending(a: Run, project: Project) -> None:
    """The undertaking or the recommending unit proposes to end the project; the department decides."""
    project.overdue_since = project.overdue_since or a.today
    a.notify(f"提出终止：{project.title}（{a.reason}）", roles=("officer",), en=f"Proposed to end: {project.title}")


DOSSIER = (
    Column("tried", "longtext", "已做工作", "What was tried"), Column("spent", "longtext", "经费支出（分科目）", "Money spent by line"), Column("cause", "longtext", "未完成原因", "Cause"),
    Column("evidence", "longtext", "证明材料", "Evidence"), Column("diligent", "boolean", "认定已勤勉尽责", "Found diligent"), Column("recover_wan", "money_wan", "应追回", "To be recovered", unit="万元"),
)  # fmt: skip


def _end(a: Run, project: Project, ended: str, given: dict[str, Any]) -> None:
    """End by stopping or revoking: dossier, exemption, recovery, cancelled tranches and released commitments."""
    diligent, recover = given.pop("diligent", None), given.pop("recover_wan", None) or 0
    project.dossier = {**project.dossier, **{k: v for k, v in given.items() if v}, "reason": a.reason}
    a.require(
        not diligent or all(project.dossier.get(k) for k in ("tried", "cause", "evidence")),
        "dossier",
        "认定勤勉尽责须有已做工作、原因和证明材料",
        field="tried",
        clause="尽职免责",
    )
    a.require(
        0 <= recover <= project.paid_fen,
        "recovery",
        f"应追回不能超过已支付的 {project.paid_fen / 1_000_000:g} 万元",
        field="recover_wan",
        value=recover,
    )
    a.require(not (diligent and recover and ended == "revoked"), "exempt", "勤勉尽责的项目按中止办理，不撤销", field="diligent")
    project.diligent, project.ended_as, project.ended_on = diligent, ended, a.today
    project.recovery_due_fen = recover
    free = sum(t.amount_fen for t in Tranche.objects.filter(project=a.record, state="planned"))
    Tranche.objects.filter(project=a.record, state="planned").update(state="cancelled")
    if project.line is not None and free:
        change_line(by=SYSTEM, record=project.line, field="committed", fen=-free, now=a.now)
    a.extra["released_fen"] = [None, free]
    a.go("recovery" if recover else ended)


@action("projects", "stop", "中止", "Stop", fields=DOSSIER, danger=True)
@followed
def stop(a: Run, project: Project, **given: Any) -> None:
    """Stop for explained causes, with the failure dossier; diligent failure is exempt from sanctions, unspent money may be recovered."""
    _end(a, project, "stopped", given)


@action("projects", "revoke", "撤销", "Revoke", fields=DOSSIER, danger=True)
@followed
def revoke(a: Run, project: Project, **given: Any) -> None:
    """Revoke for unexplained delay or breach: the leader is barred for the scheme's years, entered in the integrity register."""
    a.require(not given.get("diligent"), "exempt", "勤勉尽责的项目按中止办理，不撤销", field="diligent", clause="尽职免责")
    _end(a, project, "revoked", given)
    scheme = queries.scheme_of(project)
    for sanction in scheme.sanctions:
        subject = project.leader if sanction.on == "leader" else a.record.owner
        if subject is not None:
            impose = register_of("integrity_records").acts["impose"].run
            impose(
                by=SYSTEM,
                subject=subject,
                conduct=sanction.zh,
                basis=scheme.source(sanction.source) or scheme.zh,
                bars=sanction.on,
                years=sanction.years,
                project=project,
                now=a.now,
            )


@action(
    "projects",
    "recover",
    "登记追回",
    "Record recovery",
    fields=(
        Column("amount_wan", "money_wan", "金额", "Amount", unit="万元", required=True),
        Column("voucher", "text", "凭证号", "Voucher", required=True),
    ),
)
def recover(a: Run, project: Project, *, amount_wan: int, voucher: str) -> None:
    """Record recovered money; when all is back the case ends as decided."""
    left = project.recovery_due_fen - project.recovered_fen
    a.require(0 < amount_wan <= left, "over_due", f"待追回 {left / 1_000_000:g} 万元", field="amount_wan", value=amount_wan)
    project.recovered_fen += amount_wan
    a.extra["voucher"] = [None, voucher]
    a.go("recovery" if project.recovered_fen < project.recovery_due_fen else project.ended_as)


@action("projects", "archive", "归档", "Archive")
def archive(a: Run, project: Project) -> None:
    """Archive after the follow-up years. Refuses before they are over."""
    a.require(
        project.followup_to is None or a.today >= project.followup_to, "follow_up", f"后续跟踪至 {project.followup_to}", field="state"
    )


@action("projects", "recognise", "认定", "Recognise", fields=(NOTE,))
@followed
def recognise(a: Run, project: Project, *, note: str = "") -> None:
    """A status begins: with a build period where the scheme has one, else recognised at once. Refuses grants."""
    scheme = queries.scheme_of(project)
    a.require(scheme.award == "status", "not_status", "该类立项不是认定", field="state")
    if "building" in scheme.life.values():
        project.due_on = add_months(a.today, scheme.get("status.build_months"))
        a.go("building")
    else:
        _recognised(a, project)


def _recognised(a: Run, project: Project) -> None:
    scheme = queries.scheme_of(project)
    project.valid_to = add_months(a.today, scheme.get("status.valid_months"))
    project.evaluate_on = add_months(a.today, scheme.get("status.evaluate_months"))
    project.due_on = None


@action("projects", "build_done", "通过建设验收", "Build accepted", fields=(NOTE,))
@followed
def build_done(a: Run, project: Project, *, note: str = "") -> None:
    """The build period ended well: the status is valid from today."""
    _recognised(a, project)


@action("projects", "evaluate", "评估", "Evaluate", fields=(Column("grade", "text", "等级", "Grade", required=True), NOTE))
@followed
def evaluate(a: Run, project: Project, *, grade: str, note: str = "") -> None:
    """Grade a status: paid grades set money free, the lowest asks to rectify, several in a row remove. Refuses unknown grades."""
    scheme = queries.scheme_of(project)
    grades = list(scheme.get("status.grades"))
    a.require(grade in grades, "unknown_grade", f"等级应为：{'、'.join(grades)}", field="grade", value=grade)
    project.grade, project.grades = grade, [*project.grades, {"grade": grade, "on": a.today.isoformat(), "note": note or ""}]
    project.evaluate_on = add_months(a.today, scheme.get("status.evaluate_months"))
    worst = grades[-1]
    in_a_row = 0
    for held in reversed(project.grades):
        if held["grade"] != worst:
            break
        in_a_row += 1
    if grade in scheme.get("status.paid_grades"):
        release_tranches(a, project, "evaluation")
    a.go("removed" if in_a_row >= scheme.get("status.remove_after") else "status_rectify" if grade == worst else "recognised")


@action("projects", "renew", "续期", "Renew", fields=(NOTE,))
@followed
def renew(a: Run, project: Project, *, note: str = "") -> None:
    """Lengthen a status by another period from its end."""
    months = queries.scheme_of(project).get("status.valid_months")
    project.valid_to = add_months(project.valid_to or a.today, months)


@action("projects", "expire", "到期失效", "Expire")
@followed
def expire(a: Run, project: Project) -> None:
    """A status ends with its period."""
    a.require(project.valid_to is not None and a.today > project.valid_to, "not_over", f"有效期至 {project.valid_to}", field="valid_to")


@action("projects", "remove", "摘牌", "Remove", danger=True)
@followed
def remove(a: Run, project: Project) -> None:
    """Take a status away with a reason."""
    project.ended_on = a.today


@action("projects", "start_paying", "开始拨付", "Start paying")
def start_paying(a: Run, project: Project) -> None:
    """Payments without an instrument: all tranches are set free at once. Refuses grants and statuses."""
    a.require(queries.scheme_of(project).award == "payment", "not_payment", "该类立项不是补助兑付", field="state")
    for trigger in ("list", "redemption", "signed"):
        release_tranches(a, project, trigger)


@action("projects", "finish_paying", "拨付完成", "Paid")
def finish_paying(a: Run, project: Project) -> None:
    """Close when everything approved is paid."""
    a.require(project.paid_fen == project.approved_fen, "not_paid", "尚未全部拨付", field="paid_wan")
    project.ended_on = a.today


@tick("projects_clock", every=3600)
def project_clock(now: dt.datetime) -> int:
    """Terms that ended, projects that became overdue, statuses that expired, second-year tranches; each through its own act."""
    day, count = clock.local_date(now), 0
    for project in Project.objects.filter(record__state="running", due_on__lt=day):
        mark_due(by=SYSTEM, record=project.record, now=now)
        count += 1
    for project in Project.objects.filter(record__state__in=("due", "desk_check", "panel", "rectify", "filing"), due_on__lt=day):
        if queries.overdue(queries.scheme_of(project), project, day):
            mark_overdue(by=SYSTEM, record=project.record, now=now)
            count += 1
    for project in Project.objects.filter(record__state="recognised", valid_to__lt=day):
        expire(by=SYSTEM, record=project.record, now=now)
        count += 1
    return count
