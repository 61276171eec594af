"""The only writers of what members do together: posts, tasks, activities, annual reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Participant
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.networks.actions.alliances import chair_takes_part, leads, members_only
from trihelix.registers.networks.models import Activity, AnnualReport, Post, Task
from trihelix.registers.networks.queries import active_bodies, is_active
from trihelix.registers.networks.sheets import alliances as sheets

WRITERS = ("owner", "node", "officer", "operator")


@action("network_posts", "create", "新建成员内发布", "New post", creates=True, roles=WRITERS)
def draft_post(a: Run, post: Post, **values: Any) -> None:
    """Draft a need or an offer for the members."""
    create_entry(a, post, values)
    members_only(a, post.network)
    a.record.node, a.record.visibility = post.network.node, "owner"
    a.after_saved(lambda: chair_takes_part(a, post.network))


@action("network_posts", "post", "发给成员", "Post to members", safe=True)
def post_it(a: Run, post: Post) -> None:
    """Post to the members of the day; nobody else sees it."""
    post.posted_on, post.members_until = a.today, book.current().due("network.members_first", a.today)[0]
    told = _admit_members(a, post)
    a.notify(f"联合体内新发布：{post.title}", bodies=told, en=f"New post for members: {post.title}")


def _admit_members(a: Run, post: Post) -> list[int]:
    bodies = list(active_bodies(post.network).exclude(pk=a.record.owner_id or 0))
    for body in bodies:
        a.admit("ally", body=body)
    Participant.objects.filter(record=a.record, role="ally", until=None).exclude(body__in=bodies).update(until=a.now)
    return [b.pk for b in bodies]


@action("network_posts", "sync_members", "更新可见成员", "Update who sees it", roles=("system",), hidden=True)
def sync_post(a: Run, post: Post) -> None:
    """A member joined or left."""
    _admit_members(a, post)


@action("network_posts", "answer", "答复", "Answer", roles=("ally",), fields=(Column("text", "longtext", "答复", "Answer", required=True),))
def answer_post(a: Run, post: Post, *, text: str) -> None:
    """A member answers."""
    a.require(a.record.state in ("members", "raised"), "not_open", "该发布已结束", field="state")
    parts = a.record.participants.filter(role="ally", until=None, body_id__in=a.by.bodies).select_related("body")
    body = next((p.body for p in parts if p.body is not None), None)
    a.require(body, "not_a_member", "成员才能答复", field="act")
    post.answers = [
        *post.answers,
        {"body": body.title if body else "", "uid": str(body.uid) if body else "", "text": text, "on": str(a.today)},
    ]
    a.notify(f"成员答复：{post.title}", roles=("owner",), en=f"A member answered: {post.title}")


@action("network_posts", "raise", "转为公开需求", "Raise to everybody")
def raise_post(a: Run, post: Post) -> None:
    """Raise to a public need after the members' days: a draft need, filled from the post, goes the way of all needs."""
    a.require(
        post.kind in ("technical", "capital", "sales"),
        "not_a_need",
        "技术、资金、销售渠道需求才能转为公开需求",
        field="kind",
        value=post.kind,
    )
    a.require(
        post.members_until is not None and a.today > post.members_until, "members_first", f"成员优先期至 {post.members_until}，期满后可公开", field="state", clause="先成员后公开",
    )  # fmt: skip
    by = a.by if a.record.owner_id in a.by.bodies or a.by.sees_all else SYSTEM
    need = register_of("needs").acts["create"].run(
        by=by, title=a.record.title, kind=post.kind, problem=post.text, now=a.now, **({"owner": str(a.record.owner.uid)} if a.record.owner else {})
    )  # fmt: skip
    post.need = need.record
    a.link(need.record, "need")


@action("network_posts", "solve", "确认解决", "Solved", fields=(
    Column("outcome", "longtext", "如何解决", "How", required=True), Column("solved_by", "ref", "解决单位", "Solved by"),
))  # fmt: skip
def solve_post(a: Run, post: Post, *, outcome: str, solved_by: Any = None) -> None:
    """Solved, by whom and how."""
    post.outcome, post.solved_on = outcome, a.today
    post.solved_by = find(register_of("bodies"), solved_by, a.by) if solved_by else None


@action("network_tasks", "create", "拟定任务", "New task", creates=True, roles=WRITERS)
def plan_task(a: Run, task: Task, **values: Any) -> None:
    """Plan a task from a post or a need."""
    create_entry(a, task, values)
    members_only(a, task.network)
    a.require(task.post is None or task.post.entry.network_id == task.network_id, "other_network", "来源发布不属于该联合体", field="post")
    task.need = task.need or (task.post.entry.need if task.post else None)
    a.record.node, a.record.visibility = task.network.node, "owner"

    def admit_partners() -> None:
        chair_takes_part(a, task.network)
        for kind, source in (("from", task.post), ("need", task.need)):
            if source is not None:
                a.link(source, kind)
        for partner in a.pending_links.get("partner", ()):
            a.admit("partner", body=partner)

    a.after_saved(admit_partners)


@action("network_tasks", "agree", "签任务书", "Sign the task book", fields=(
    Column("task_book", "longtext", "任务书要点", "Task book", required=True), Column("budget_wan", "money_wan", "预算", "Budget", unit="万元"),
))  # fmt: skip
def agree_task(a: Run, task: Task, *, task_book: str, budget_wan: int | None = None) -> None:
    """The task book is signed."""
    task.task_book = task_book
    task.budget_fen = task.budget_fen if budget_wan is None else budget_wan


@action(
    "network_tasks",
    "to_project",
    "登记立项",
    "It became a project",
    fields=(Column("project", "ref", "科技项目", "Project", required=True),),
)
def to_project(a: Run, task: Task, *, project: Any) -> None:
    """It became a project of a programme."""
    task.project = find(register_of("projects"), project, a.by)
    a.link(task.project, "project")


@action("network_tasks", "finish", "登记完成", "Finish", fields=(
    Column("result", "longtext", "成果", "Result", required=True), Column("done_on", "date", "完成日期", "Done on", required=True),
))  # fmt: skip
def finish_task(a: Run, task: Task, *, result: str, done_on: dt.date) -> None:
    """Finished with its result."""
    a.require((task.starts_on or done_on) <= done_on <= a.today, "date_order", "完成日期应在起始日期与今天之间", field="done_on")
    task.result, task.done_on = result, done_on


@action("network_activities", "create", "计划活动", "Plan an activity", creates=True, roles=WRITERS)
def plan_activity(a: Run, activity: Activity, **values: Any) -> None:
    """Plan an activity with a network; its service centre may do so too."""
    create_entry(a, activity, values)
    centre = activity.network.entry.service_centre_id
    a.require(
        centre in a.by.bodies or leads(a.by, activity.network) or is_active(activity.network, a.record.owner), "not_a_member", "成员或服务单位才能组织活动", field="network",
    )  # fmt: skip
    a.require(activity.held_on is None, "report_by_act", "举办日期由“登记举办情况”填写", field="held_on")
    a.record.node, a.record.visibility = activity.network.node, "members"
    a.after_saved(lambda: chair_takes_part(a, activity.network))


@action("network_activities", "hold", "登记举办情况", "Report it held", fields=sheets.HELD)
def hold(a: Run, activity: Activity, *, held_on: dt.date, report: str, attendance: int | None = None, projects: int | None = None) -> None:
    """Report it held."""
    a.require(held_on <= a.today, "date_future", "举办日期不能晚于今天", field="held_on")
    a.require((attendance or 0) >= 0 and (projects or 0) >= 0, "negative", "数值不能为负", field="attendance")
    activity.held_on, activity.report, activity.attendance, activity.projects = held_on, report, attendance, projects
    a.record.visibility = "public"


@action("network_reports", "create", "填写年报", "New annual report", creates=True, roles=WRITERS)
def write_report(a: Run, report: AnnualReport, **values: Any) -> None:
    """Write the report of a year; one a year, by the lead body."""
    create_entry(a, report, values)
    a.require(leads(a.by, report.network), "lead_only", "年报由牵头单位填写", field="network")
    a.require(
        not AnnualReport.objects.filter(network=report.network, year=report.year).exists(),
        "reported_already",
        f"{report.year} 年度已有年报",
        field="year",
    )
    a.record.node = report.network.node
    a.after_saved(lambda: a.link(report.network, "network"))


@action("network_reports", "submit", "提交", "Submit", safe=True)
def submit_report(a: Run, report: AnnualReport) -> None:
    """Submit to the department."""
    report.submitted_on = a.today
    a.record.visibility = "node"


@action("network_reports", "return", "退回修改", "Return")
def return_report(a: Run, report: AnnualReport) -> None:
    """Send back with the reason."""
    a.notify(f"年报退回修改：{report.title}（{a.reason}）", roles=("owner",), en=f"Annual report returned: {report.title}")
