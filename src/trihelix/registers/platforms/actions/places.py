"""Decisions on a platform, its works and move-in, and the adoption of imported rows by the host."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import clock, outbox
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.registers.platforms.actions.platforms import host_of
from trihelix.registers.platforms.life import OWN
from trihelix.registers.platforms.models import Decision, Milestone

ONE_AT_A_TIME = ("site", "money", "posts", "director", "plan")
HANGING = ("platform_decisions", "platform_milestones", "platform_years", "platform_evaluations", "laboratory_batches")


@action("platform_decisions", "create", "提出批复事项", "New matter", creates=True, roles=OWN)
def propose(a: Run, decision: Decision, **values: Any) -> None:
    """A matter to decide, in the host's name."""
    create_entry(a, decision, values, owner=host_of(a, values))
    a.record.node, a.record.visibility = decision.platform.node, "members"
    decision.decided_on = None


@action("platform_decisions", "approve", "批复", "Approve", fields=(
    Column("decided_on", "date", "批复日期", "Decided on", help="留空为今天"), Column("decided_by", "text", "批复机关", "Decided by", required=True),
    Column("doc_number", "text", "文号", "Document number"), Column("starts_on", "date", "起始日期", "From", help="留空为批复日期"), Column("ends_on", "date", "终止日期", "To"),
))  # fmt: skip
def approve(
    a: Run, decision: Decision, *, decided_by: str, decided_on: dt.date | None = None, doc_number: str = "", starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> None:  # fmt: skip
    """Decide. The decision it replaces ends; a second one of the same kind and payer in the same time is refused."""
    day = decided_on or a.today
    a.require(day <= a.today, "date_future", "批复日期不能在今天之后", field="decided_on", value=str(day))
    decision.decided_on, decision.decided_by, decision.doc_number = day, decided_by, doc_number or decision.doc_number
    decision.starts_on, decision.ends_on = starts_on or decision.starts_on or day, ends_on or decision.ends_on
    a.require(decision.ends_on is None or decision.ends_on > decision.starts_on, "date_order", "止日应晚于起日", field="ends_on")
    if decision.replaces is not None:
        old = decision.replaces.entry
        a.require(
            (old.platform_id, old.kind) == (decision.platform_id, decision.kind),
            "other_matter",
            "被替代的批复应属同一平台、同一类别",
            field="replaces",
        )
        if decision.replaces.state == "approved":
            register_of("platform_decisions").acts["end"].run(by=SYSTEM, record=old.record, ends_on=decision.starts_on, now=a.now)
        a.link(decision.replaces, "replaces")
    if decision.kind in ONE_AT_A_TIME:
        _alone(a, decision)


def _alone(a: Run, decision: Decision) -> None:
    """Locks the platform, so that two approvals at once cannot both pass."""
    type(a.record).objects.select_for_update().get(pk=decision.platform_id)
    rows = Decision.objects.filter(
        platform=decision.platform, kind=decision.kind, payer=decision.payer, record__state__in=("approved", "ended")
    ).exclude(pk=decision.pk)
    for other in rows:
        apart = (other.ends_on and other.ends_on <= decision.starts_on) or (
            decision.ends_on and other.starts_on and decision.ends_on <= other.starts_on
        )
        a.require(
            apart,
            "overlap",
            f"与 {other.number}（{other.title}）的起止重叠；请填写“替代的批复”或先终止它",
            field="starts_on",
            value=other.number,
        )


@action(
    "platform_decisions",
    "end",
    "终止或被替代",
    "End",
    fields=(Column("ends_on", "date", "终止日期", "Ends on", help="自该日起不再有效；留空为今天"),),
)
def end(a: Run, decision: Decision, *, ends_on: dt.date | None = None) -> None:
    """End on a day, which is the first one without it. Refuses a day before it began."""
    day = ends_on or a.today
    a.require(
        decision.starts_on is None or day >= decision.starts_on, "date_order", "终止日期早于起始日期", field="ends_on", value=str(day)
    )
    decision.ends_on = day


@action("platform_milestones", "create", "新建节点", "New milestone", creates=True, roles=OWN)
def plan(a: Run, milestone: Milestone, **values: Any) -> None:
    """A milestone in the host's name; what was first planned is kept."""
    create_entry(a, milestone, values, owner=host_of(a, values))
    a.record.node, a.record.visibility = milestone.platform.node, "members"
    milestone.done_on = None


@action("platform_milestones", "reschedule", "调整计划", "Reschedule", roles=OWN, fields=(
    Column("planned_on", "date", "新的计划日期", "Planned on", required=True), Column("why", "longtext", "原因", "Reason", required=True),
))  # fmt: skip
def reschedule(a: Run, milestone: Milestone, *, planned_on: dt.date, why: str) -> None:
    """Another day, with the reason; the first plan stays beside it."""
    a.require(a.record.state == "planned", "not_open", "节点已办结，不能调整", field="state", value=a.record.state)
    milestone.planned_on = planned_on
    a.extra["why"] = [None, why]


@action("platform_milestones", "finish", "登记完成", "Finish", fields=(
    Column("done_on", "date", "完成日期", "Done on", help="留空为今天"), Column("evidence", "longtext", "依据", "Evidence", required=True),
))  # fmt: skip
def finish(a: Run, milestone: Milestone, *, evidence: str, done_on: dt.date | None = None) -> None:
    """It is done, with evidence."""
    day = done_on or a.today
    a.require(day <= a.today, "date_future", "完成日期不能在今天之后", field="done_on", value=str(day))
    milestone.done_on, milestone.evidence = day, evidence


@tick("platform_milestones_late", every=3600)
def late(now: dt.datetime) -> int:
    """Tell host and officers once when a milestone is late."""
    rows = list(Milestone.objects.filter(record__state="planned", planned_on__lt=clock.local_date(now))[:500])
    for row in rows:
        outbox.put_notice(row.record, f"节点已过计划日期（{row.planned_on}）：{row.title}", now, roles=("owner", "officer"), key=f"late:{row.planned_on}",
                          en=f"Milestone late (planned {row.planned_on}): {row.title}")  # fmt: skip
    return len(rows)


def _adoption(register: str) -> None:
    @action(register, "adopt", "归入依托单位", "Give to the host", hidden=True, roles=("system",))
    def adopt(a: Run, entry: Any) -> None:
        """An imported row becomes the host's."""
        a.record.owner, a.record.node = entry.platform.owner, a.record.node or entry.platform.node


for _name in HANGING:
    _adoption(_name)


@tick("platform_rows_adopted", every=60)
def adopt_rows(now: dt.datetime) -> int:
    """Rows imported by the department belong to the host of their platform."""
    count = 0
    for name in HANGING:
        register = register_of(name)
        rows: Any = register.model._default_manager.filter(record__owner=None, platform__owner__isnull=False)
        for entry in list(rows[:500]):
            register.acts["adopt"].run(by=SYSTEM, record=entry.record, now=now)
            count += 1
    return count
