"""Campaigns of visits and the visits themselves, with the needs that firms raise."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.services.models import Campaign, Visit

WRITERS = ("owner", "node", "officer", "operator")
ROUTES = {"education": "education", "market": "market"}


@action("visit_campaigns", "create", "新建走访批次", "New campaign", creates=True, roles=WRITERS)
def plan(a: Run, campaign: Campaign, **values: Any) -> None:
    """Plan a campaign with the firms to visit."""
    create_entry(a, campaign, values)
    a.record.visibility = "members"


@action("visit_campaigns", "start", "启动", "Start", safe=True)
def start(a: Run, campaign: Campaign) -> None:
    """Visits may be recorded from now on."""


@action("visit_campaigns", "close", "结束", "Close", fields=(Column("summary", "longtext", "总结", "Summary", required=True),))
def close(a: Run, campaign: Campaign, *, summary: str) -> None:
    """Close with a summary; the end is today unless it was set earlier."""
    campaign.summary = summary
    campaign.ends_on = min(campaign.ends_on or a.today, max(a.today, campaign.starts_on))


@action("visit_campaigns", "drop", "取消", "Drop", danger=True)
def drop(a: Run, campaign: Campaign) -> None:
    """Cancel a plan with the reason."""


@action(
    "visit_campaigns",
    "add_firms",
    "增加企业",
    "Add firms",
    roles=WRITERS,
    fields=(Column("firms", "list", "企业", "Firms", required=True),),
)
def add_firms(a: Run, campaign: Campaign, *, firms: list[str]) -> None:
    """Add firms to the plan. Refuses bodies that are no firm."""
    found = [_firm(a, name) for name in firms]
    at = a.record.links_out.filter(kind="planned").count()
    for i, firm in enumerate(found):
        a.link(firm, "planned", position=at + i)
    a.extra["firms"] = [None, [f.number for f in found]]


def _firm(a: Run, name: Any) -> Record:
    firm = find(register_of("bodies"), name, a.by)
    a.require(firm.entry.kind == "firm", "not_a_firm", f"“{firm.title}” 不是企业", field="firms", value=str(name))
    return firm


@action("visits", "create", "登记走访", "Record a visit", creates=True, roles=WRITERS)
def visit(a: Run, made: Visit, **values: Any) -> None:
    """Record a visit. Refuses bodies that are no firm, and campaigns that are not running."""
    create_entry(a, made, values)
    a.require(made.firm.entry.kind == "firm", "not_a_firm", f"“{made.firm.title}” 不是企业", field="firm")
    if made.campaign is not None:
        a.require(made.campaign.state == "running", "not_running", "该走访批次未在进行中", field="campaign", value=made.campaign.number)
        a.require(made.visited_on >= made.campaign.entry.starts_on, "date_order", "走访日期早于批次开始日期", field="visited_on")
    a.record.node = a.record.node or made.firm.node
    a.record.visibility = "node"


@action("visits", "void", "作废", "Void", danger=True)
def void(a: Run, made: Visit) -> None:
    """Void a visit recorded by mistake."""


@action("visits", "raise_need", "记下企业需求", "Note a need", roles=WRITERS, fields=(
    Column("title", "text", "需求名称", "Title", required=True), Column("problem", "longtext", "问题", "Problem", required=True),
))  # fmt: skip
def raise_need(a: Run, made: Visit, *, title: str, problem: str) -> None:
    """Open a draft need in the firm's name: the firm completes and submits it. The collecting is recorded too."""
    a.require(a.record.state == "recorded", "void", "此走访记录已作废", field="state")
    need = (
        register_of("needs")
        .acts["create"]
        .run(by=SYSTEM, title=title, problem=problem, owner=str(made.firm.uid), kind="technical", now=a.now)
    )
    campaign = made.campaign
    route = ROUTES.get(campaign.entry.owner_kind, "visit") if campaign else "visit"
    if a.record.owner is not None:
        register_of("intakes").acts["create"].run(
            by=SYSTEM, title=f"走访征集：{title}", owner=str(a.record.owner.uid), need=str(need.uid), route=route, campaign=campaign.title[:80] if campaign else "",
            collected_on=min(made.visited_on, a.today), now=a.now,
        )  # fmt: skip
    a.link(need.record, "raised", position=a.record.links_out.filter(kind="raised").count())
    a.extra["need"] = [None, need.number]
    a.notify(
        f"走访时记下的需求草稿，请补充后提交：{title}",
        bodies=(made.firm_id,),
        key=need.number,
        en=f"Draft need noted on a visit, please complete: {title}",
    )


@action("visits", "link_need", "关联已有需求", "Link a need", roles=WRITERS, fields=(Column("need", "ref", "需求", "Need", required=True),))
def link_need(a: Run, made: Visit, *, need: Any) -> None:
    """Link a need that the firm raised on this visit. Refuses needs of other firms."""
    target = find(register_of("needs"), need, a.by)
    a.require(target.owner_id == made.firm_id, "other_firm", f"需求 {target.number} 不属于该企业", field="need")
    a.link(target, "raised", position=a.record.links_out.filter(kind="raised").count())
    a.extra["need"] = [None, target.number]


@action("visits", "follow", "登记跟进", "Record follow-up", roles=WRITERS, fields=(
    Column("follow_up", "longtext", "跟进情况", "Follow-up", required=True), Column("follow_up_on", "date", "下次跟进日期", "Next date"),
))  # fmt: skip
def follow(a: Run, made: Visit, *, follow_up: str, follow_up_on: dt.date | None = None) -> None:
    """Add what happened afterwards."""
    made.follow_up = "\n".join(t for t in (made.follow_up, f"{a.today}：{follow_up.strip()}") if t)
    made.follow_up_on = follow_up_on
