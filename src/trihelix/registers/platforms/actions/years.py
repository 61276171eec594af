"""A platform's year, its evaluations and its batches of own projects."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.platforms.actions.platforms import host_of
from trihelix.registers.platforms.life import GRADES, OWN
from trihelix.registers.platforms.models import Batch, Evaluation, PlatformYear
from trihelix.registers.platforms.sheets import REPORTED

PAID = ("excellent", "good")  # only these grades may carry money


def _must_live(a: Run, platform: Any, *states: str) -> None:
    label = register_of("platforms").state_label(platform.state)
    a.require(
        platform.state in states,
        "platform_state",
        f"平台 “{platform.title}” 处于 “{label}”，不能办理",
        field="platform",
        value=platform.state,
    )


@action("platform_years", "create", "编制年度计划", "Plan a year", creates=True, roles=OWN)
def plan(a: Run, entry: PlatformYear, **values: Any) -> None:
    """A plan for one year, in the host's name. Refuses a second one for the same year, and platforms that do not run."""
    create_entry(a, entry, values, owner=host_of(a, values))
    _must_live(a, entry.platform, "building", "recognised", "rectifying")
    a.require(
        not PlatformYear.objects.filter(platform=entry.platform, year=entry.year).exists(),
        "year_taken",
        f"{entry.year} 年度已有记录",
        field="year",
        value=entry.year,
    )
    a.record.node, a.record.visibility = entry.platform.node, "node"
    entry.reported_on = None


@action("platform_years", "submit_plan", "提交年度计划", "Submit the plan", safe=True)
def submit_plan(a: Run, year: PlatformYear) -> None:
    """Refuses an empty plan and a plan without goals."""
    a.require(year.plan.strip(), "required", "请填写年度计划", field="plan")
    a.require(year.goals, "required", "请至少填写一项年度目标", field="goals")


@action("platform_years", "accept_plan", "审定计划", "Accept the plan", safe=True)
def accept_plan(a: Run, year: PlatformYear) -> None:
    """The plan holds; the report is due on it."""


@action("platform_years", "report", "提交年度报告", "Report", fields=(
    Column("report", "longtext", "年度报告", "Report", required=True),
    *(Column(c.name, c.kind, c.zh, c.en, unit=c.unit, required=c.name in ("outside_users", "shared_hours", "firms_served")) for c in REPORTED),
    Column("firms", "list", "服务的企业", "Firms"),
))  # fmt: skip
def report(a: Run, year: PlatformYear, *, report: str, firms: list[str] | None = None, **numbers: Any) -> None:
    """The year in words and numbers; outside users, hours and firms are always told, nought included."""
    for name, value in numbers.items():
        a.require(value is None or value >= 0, "negative", "数值不能为负", field=name, value=str(value))
        setattr(year, name if not name.endswith("_wan") else f"{name[:-4]}_fen", value)
    a.require((year.director_days or 0) <= 366, "out_of_range", "一年最多 366 天", field="director_days")
    found = [find(register_of("bodies"), name, a.by) for name in firms or ()]
    a.require(len({f.pk for f in found}) <= (year.firms_served or 0), "fewer_than_named", "服务企业数少于列出的企业", field="firms_served")
    for i, firm in enumerate(found):
        a.link(firm, "served", position=i)
    year.report, year.reported_on = report, a.today


@action("platform_years", "accept", "审定报告", "Accept the report", safe=True)
def accept(a: Run, year: PlatformYear) -> None:
    """The report counts; signed-in accounts may read it."""
    a.record.visibility = "members"


@action("platform_evaluations", "create", "新建评估", "New evaluation", creates=True, roles=OWN)
def evaluate(a: Run, evaluation: Evaluation, **values: Any) -> None:
    """An evaluation. The host starts its own ones, the department the rest."""
    create_entry(a, evaluation, values, owner=host_of(a, values))
    a.require(
        evaluation.kind == "self" or a.by.sees_all,
        "by_department",
        "单位只能提交自评；其他评估由主管部门组织",
        field="kind",
        value=evaluation.kind,
    )
    _must_live(a, evaluation.platform, "building", "recognised", "rectifying", "expired")
    a.record.node, a.record.visibility = evaluation.platform.node, "node"
    evaluation.decided_on, evaluation.support_fen = None, None


@action("platform_evaluations", "decide", "核定结论", "Settle", fields=(
    Column("grade", "choice", "等次", "Grade", required=True, choices=GRADES, example="good"), Column("conclusion", "longtext", "结论", "Conclusion", required=True),
    Column("aim_met", "boolean", "达到高能级平台目标", "Aim met"), Column("rectify_until", "date", "整改期限", "Put right by", help="不合格时填写"),
    Column("support_wan", "money_wan", "按等次支持经费", "Support by grade", unit="万元", help="仅优秀、良好"),
))  # fmt: skip
def decide(
    a: Run,
    evaluation: Evaluation,
    *,
    grade: str,
    conclusion: str,
    aim_met: bool | None = None,
    rectify_until: dt.date | None = None,
    support_wan: int | None = None,
) -> None:
    """Settle the grade; it lands on the platform unless the host evaluated itself. Money only for excellent and good."""
    a.require(not support_wan or grade in PAID, "money_by_grade", "只有优秀、良好可以给予经费支持", field="support_wan", value=grade)
    a.require(support_wan is None or support_wan >= 0, "negative", "数值不能为负", field="support_wan")
    evaluation.grade, evaluation.conclusion, evaluation.aim_met = grade, conclusion, aim_met
    evaluation.rectify_until, evaluation.support_fen, evaluation.decided_on = rectify_until, support_wan, a.today
    if evaluation.scores and evaluation.score is None:
        from decimal import Decimal

        evaluation.score = sum((Decimal(str(row.get("points") or 0)) for row in evaluation.scores), Decimal(0))
    a.record.visibility = "members"
    if evaluation.kind != "self" and evaluation.platform.state != "expired":
        register_of("platforms").acts["evaluate"].run(
            by=a.by, record=evaluation.platform, grade=grade, evaluated_on=evaluation.evaluated_on, rectify_until=rectify_until, now=a.now
        )


@action("laboratory_batches", "create", "新建批次", "New batch", creates=True, roles=OWN)
def draft_batch(a: Run, entry: Batch, **values: Any) -> None:
    """A batch of own projects, in the host's name. Refuses a number already taken."""
    create_entry(a, entry, values, owner=host_of(a, values))
    _must_live(a, entry.platform, "building", "recognised")
    taken = Batch.objects.filter(platform=entry.platform, year=entry.year, batch=entry.batch).exists()
    a.require(not taken, "batch_taken", f"{entry.year} 年第 {entry.batch} 批已有记录", field="batch", value=entry.batch)
    a.record.node, a.record.visibility = entry.platform.node, "node"
    entry.launched_on = entry.closed_on = None


@action("laboratory_batches", "launch", "启动", "Launch", safe=True)
def launch(a: Run, batch: Batch) -> None:
    """Launch. Every project has a technical and an industrial indicator and a leader."""
    a.require(batch.projects, "required", "请至少填写一个项目", field="projects")
    for row in batch.projects:
        for name, label in (("leader", "负责人"), ("technical", "技术指标"), ("industrial", "产业指标")):
            a.require(row.get(name), "required", f"“{row['name']}” 未填写{label}", field="projects")
    batch.launched_on = a.today
    a.record.visibility = "members"


@action("laboratory_batches", "close", "结题", "Close", fields=(Column("summary", "longtext", "总结", "Summary", required=True),))
def close(a: Run, batch: Batch, *, summary: str) -> None:
    """Close with a summary."""
    batch.summary, batch.closed_on = summary, a.today
