"""Commitments and action plans: measure, progress, reminders, conclusion, supplementary reply."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action
from trihelix.kernel.models import Record
from trihelix.kernel.standard import create_entry
from trihelix.registers.governance.models import ActionPlan, Commitment, Measure, ResultClause


@action("commitments", "from_source", "由来源登记", "From a source", creates=True, hidden=True)
def from_source(a: Run, commitment: Commitment, *, source_record: Record, values: dict[str, Any]) -> None:
    """A commitment raised by a reply or a decision; done by their acts only."""
    create_entry(
        a, commitment, {"due_kind": "none", **values, "source": source_record.title[:200], "starts_on": values.get("starts_on") or a.today}
    )
    commitment.source_record = source_record
    a.record.visibility = "members"
    a.after_saved(lambda: a.link(source_record, "promised_in"))


@action("commitments", "set_measure", "定衡量办法", "Set the measure", roles=("officer", "operator"), fields=(
    Column("measure", "text", "衡量办法", "Measure", required=True), Column("target", "decimal", "目标值", "Target", required=True),
    Column("unit", "text", "单位", "Unit", required=True), Column("figure", "text", "进度指标", "Progress figure"), Column("due_on", "date", "完成期限", "Due on"),
))  # fmt: skip
def set_measure(
    a: Run, commitment: Commitment, *, measure: str, target: Decimal, unit: str, figure: str = "", due_on: dt.date | None = None
) -> None:
    """Give a commitment something to be measured by; the earlier values stay in the history."""
    commitment.measure, commitment.target, commitment.unit, commitment.figure = measure, target, unit, figure or ""
    commitment.due_on = due_on or commitment.due_on


@action("commitments", "track", "开始跟踪", "Track")
def track(a: Run, commitment: Commitment) -> None:
    """Begin to track. Refuses without a due or a review date."""
    a.require(commitment.due_on or commitment.review_on, "no_date", "没有期限的承诺须定复核日期", field="review_on")
    commitment.starts_on = commitment.starts_on or a.today


@action("commitments", "report", "报告进度", "Report progress", roles=("officer", "operator"), safe=True, fields=(
    Column("on", "date", "日期", "On"), Column("value", "decimal", "数值", "Value"), Column("note", "longtext", "情况", "Note", required=True),
    Column("evidence", "text", "证明", "Evidence"),
))  # fmt: skip
def report(
    a: Run, commitment: Commitment, *, note: str, on: dt.date | None = None, value: Decimal | None = None, evidence: str = ""
) -> None:
    """Note progress with its evidence. A commitment measured by a figure takes its value from the records, not from here."""
    a.require(value is None or not commitment.figure, "figure_counts", f"进度由指标 {commitment.figure} 计算，不能手填数值", field="value")
    a.require(a.record.state == "tracked", "not_tracked", "此承诺不在跟踪中", field="note")
    row = {"on": (on or a.today).isoformat(), "value": None if value is None else str(value), "note": note, "evidence": evidence or ""}
    commitment.progress = [*commitment.progress, row]
    commitment.reached = value if value is not None else commitment.reached
    if commitment.due_on is None and commitment.review_on is not None and commitment.review_on <= a.today:
        commitment.review_on = book.current().due("commitment.review", a.today)[0]  # reviewed: the next review is due


@action("commitments", "measured", "由指标更新进度", "Progress from the figure", roles=("system",), hidden=True)
def measured(a: Run, commitment: Commitment, *, value: Decimal) -> None:
    """The progress that the figure counts; fired by the worker when it has changed."""
    a.require(commitment.figure, "no_figure", "此承诺没有进度指标", field="figure")
    commitment.reached = value


@action("commitments", "warn", "自动提醒", "Remind by rule", roles=("system",), hidden=True)
def warn(a: Run, commitment: Commitment, *, light: str, on: dt.date, text: str, en: str) -> None:
    """Remind by rule: once for each light and each day that counts. Fired by the worker."""
    commitment.reminders = [*commitment.reminders, {"on": a.today.isoformat(), "text": text, "light": light, "due": on.isoformat()}]
    a.notify(text, roles=("officer",), key=f"{light}:{on.isoformat()}", en=en)


@action(
    "commitments",
    "remind",
    "督办提醒",
    "Remind",
    roles=("officer", "leader", "operator"),
    fields=(Column("text", "longtext", "提醒内容", "Text", required=True),),
)
def remind(a: Run, commitment: Commitment, *, text: str) -> None:
    """Remind the owner in writing."""
    commitment.reminders = [*commitment.reminders, {"on": a.today.isoformat(), "text": text}]
    a.notify(f"督办：{a.record.title}", roles=("officer",), key=str(len(commitment.reminders)), en=f"Reminder: {a.record.title}")


def _conclude(a: Run, commitment: Commitment, conclusion: str, reply: str) -> None:
    """Keep conclusion and supplementary reply; once nothing from the same proposal is open, its supplementary reply is due."""
    commitment.conclusion, commitment.supplementary = conclusion, reply or ""
    source = commitment.source_record
    if source is None or source.register != "proposals":
        return
    others = Commitment.objects.filter(source_record=source, record__state__in=("registered", "tracked")).exclude(pk=commitment.pk)
    if not others.exists():
        text = f"承诺均已有结论，请向提案者补充答复：{source.title}"
        a.notify(
            text, roles=("officer",), key="supplementary", en=f"Every commitment is concluded, a supplementary reply is due: {source.title}"
        )


CONCLUSION = (
    Column("conclusion", "longtext", "结论", "Conclusion", required=True), Column("supplementary", "longtext", "补充答复", "Supplementary reply"),
)  # fmt: skip


@action("commitments", "fulfil", "认定兑现", "Fulfilled", fields=CONCLUSION)
def fulfil(a: Run, commitment: Commitment, *, conclusion: str, supplementary: str = "") -> None:
    """Conclude as fulfilled. Refuses without any evidence on the progress log."""
    a.require(
        any(p["evidence"] for p in commitment.progress) or commitment.figure,
        "no_evidence",
        "没有证明材料，请先报告进度并附证明",
        field="conclusion",
    )
    _conclude(a, commitment, conclusion, supplementary)


@action("commitments", "fail", "认定未兑现", "Failed", fields=CONCLUSION)
def fail(a: Run, commitment: Commitment, *, conclusion: str, supplementary: str = "") -> None:
    """Conclude as failed with the reason. Refuses without a supplementary reply where a proposer was promised it."""
    promised = commitment.source_record is not None and commitment.source_record.register == "proposals"
    a.require(not promised or (supplementary or "").strip(), "reply_owed", "未兑现的承诺须向提案者补充答复，请填写", field="supplementary")
    _conclude(a, commitment, conclusion, supplementary)


@action("commitments", "merge", "并入同一事项", "Merge", fields=(Column("same_as", "ref", "同一事项", "Same as", required=True),))
def merge(a: Run, commitment: Commitment, *, same_as: Any) -> None:
    """The same matter promised twice counts once. Refuses itself and one that is merged."""
    from trihelix.kernel.action import find

    other = find(a.register, same_as, a.by)
    a.require(other.pk != a.record.pk and other.state != "merged", "bad_target", "不能并入自身或已合并的事项", field="same_as")
    commitment.same_as = other
    a.link(other, "same_as")


@action("measures", "end", "停止", "End", danger=True)
def end_measure(a: Run, measure: Measure) -> None:
    """A measure no longer in force."""


@action("result_clauses", "retire", "停用", "Retire", danger=True)
def retire_result(a: Run, result: ResultClause) -> None:
    """A result no longer told."""


@action("action_plans", "publish", "公布", "Publish", fields=(Column("published_on", "date", "公布日期", "Published on"),))
def publish_plan(a: Run, plan: ActionPlan, *, published_on: dt.date | None = None) -> None:
    """Publish; starting is another act."""
    plan.published_on = published_on or a.today
    a.record.visibility = "public"


@action("action_plans", "start", "启动", "Start", fields=(Column("started_on", "date", "启动日期", "Started on"),))
def start_plan(a: Run, plan: ActionPlan, *, started_on: dt.date | None = None) -> None:
    """Start. Refuses a start before publication."""
    day = started_on or a.today
    a.require(plan.published_on is None or day >= plan.published_on, "date_order", "启动早于公布", field="started_on")
    plan.started_on = day


@action(
    "action_plans",
    "review",
    "评估",
    "Review",
    roles=("officer", "operator"),
    fields=(Column("note", "longtext", "评估意见", "Note", required=True),),
)
def review_plan(a: Run, plan: ActionPlan, *, note: str) -> None:
    """A review of a plan under way."""
    plan.reviews = [*plan.reviews, {"on": a.today.isoformat(), "note": note}]


@action("action_plans", "task_done", "任务完成", "Task done", roles=("officer", "operator"), fields=(
    Column("task", "text", "任务", "Task", required=True), Column("done_on", "date", "完成日期", "Done on"),
))  # fmt: skip
def task_done(a: Run, plan: ActionPlan, *, task: str, done_on: dt.date | None = None) -> None:
    """Mark a task as done. Refuses a task the plan does not have."""
    a.require(any(t["task"] == task for t in plan.tasks), "unknown_task", f"计划中没有任务 “{task}”", field="task", value=task)
    plan.tasks = [t | ({"done_on": (done_on or a.today).isoformat()} if t["task"] == task else {}) for t in plan.tasks]


@action("action_plans", "finish", "完成", "Finish")
def finish_plan(a: Run, plan: ActionPlan) -> None:
    """Finish."""


@action("action_plans", "stop", "终止", "Stop", danger=True)
def stop_plan(a: Run, plan: ActionPlan) -> None:
    """Stop with the reason."""
