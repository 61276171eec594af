"""Rounds of the stock-taking and colleges: who takes part, reports, steps over many forms at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.errors import Refused
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.columns import options
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.patents.models import BodyReport, College, Patent, Round, StockRecord
from trihelix.registers.patents.sheets import VALID

DESK = ("officer", "operator")
KINDS = ("university", "institute", "hospital")
MOST = 500
STEPS = options(
    ("college_approve", "学院审核通过", "College approves"), ("university_approve", "学校审核入库", "University approves"), ("tier", "按规则分层", "Tier by rule"), ("push", "推送企业", "Push to firms"),
)  # fmt: skip
FROM = {"college_approve": ("self_assessed",), "university_approve": ("college_ok",), "tier": ("pool", "assessed"), "push": ("tiered",)}


@action("stock_rounds", "create", "新建盘点", "New round", creates=True, roles=("owner", *DESK))
def create(a: Run, made: Round, **values: Any) -> None:
    """Plan a round over bodies. Refuses bodies that are neither university, institute nor hospital."""
    create_entry(a, made, values)
    for body in a.pending_links.get("stock_body", ()):
        _fits(a, body)
    a.record.visibility = "members"


def _fits(a: Run, body: Record) -> None:
    a.require(body.entry.kind in KINDS, "not_a_holder_body", f"“{body.title}” 不是高校、院所或医疗机构", field="bodies", value=body.ref)


@action("stock_rounds", "start", "启动", "Start")
def start(a: Run, made: Round) -> None:
    """Start: every body of the round has its task in the inbox."""
    bodies = [link.target for link in a.record.links_out.filter(kind="stock_body").select_related("target")]
    a.require(bodies, "no_bodies", "请先填写参加单位", field="bodies")
    for body in bodies:
        a.admit("stock_body", body=body)
    a.notify(f"存量专利盘点已启动：{a.record.title}", bodies=[b.pk for b in bodies], en=f"Stock-taking started: {a.record.title}")


@action(
    "stock_rounds",
    "add_bodies",
    "增加参加单位",
    "Add bodies",
    roles=("owner", *DESK),
    fields=(Column("bodies", "list", "参加单位", "Bodies", required=True),),
)
def add_bodies(a: Run, made: Round, *, bodies: list[str]) -> None:
    """Add bodies to a round that has not ended."""
    a.require(a.record.state in ("planned", "running"), "round_over", "盘点已结束", field="state", value=a.record.state)
    at = a.record.links_out.filter(kind="stock_body").count()
    for i, name in enumerate(bodies):
        body = find(register_of("bodies"), name, a.by)
        _fits(a, body)
        a.link(body, "stock_body", position=at + i)
        if a.record.state == "running":
            a.admit("stock_body", body=body)
    a.extra["bodies"] = [None, list(bodies)]


@action("stock_rounds", "draw", "从专利库生成盘点表", "Draw forms from the patents", roles=("stock_body", "owner", *DESK), fields=(
    Column("body", "ref", "单位", "Body", help="留空为本单位"),
))  # fmt: skip
def draw(a: Run, made: Round, *, body: Any = None) -> None:
    """Open a form for each valid patent of a body that has none in this round and was granted by its day; 500 at a time."""
    _running(a)
    target = _body(a, body)
    rows = entries(a.by, Patent).filter(record__owner=target, status__in=VALID).exclude(record__state="archived")
    if made.granted_until is not None:
        rows = rows.exclude(grant_date__gt=made.granted_until)
    rows = rows.exclude(record__in=StockRecord.objects.filter(round=a.record).values("patent"))
    opened = [p.uid for p in rows.order_by("pk")[:MOST]]
    for uid in opened:
        register_of("stock_records").acts["create"].run(by=a.by, round=str(a.record.uid), patent=str(uid), owner=str(target.uid), now=a.now)
    a.require(opened, "nothing_to_draw", "没有需要新建盘点表的有效专利", field="body")
    a.extra["forms"] = [None, len(opened)]


def _running(a: Run) -> None:
    a.require(a.record.state == "running", "round_not_running", "盘点未在进行中", field="state", value=a.record.state)


def _body(a: Run, name: Any) -> Record:
    """The body meant: named (the desk any, others their own), or the actor's only one in the round."""
    if name:
        body = find(register_of("bodies"), name, a.by)
        a.require(a.by.sees_all or body.pk in a.by.bodies, "not_yours", f"您不能代 “{body.title}” 办理", field="body", value=body.ref)
        return body
    own = list(a.record.participants.filter(role="stock_body", until=None, body_id__in=a.by.bodies).values_list("body_id", flat=True))
    if len(own) != 1:
        raise Refused.one("required", "请填写单位", field="body")
    return Record.objects.select_related("node").get(pk=own[0])


@action("stock_rounds", "step_forms", "批量办理盘点表", "Step many forms", roles=("stock_body", "owner", *DESK), fields=(
    Column("step", "choice", "办理", "Step", required=True, choices=STEPS), Column("college", "text", "学院", "College"), Column("body", "ref", "单位", "Body"),
))  # fmt: skip
def step_forms(a: Run, made: Round, *, step: str, college: str = "", body: Any = None) -> None:
    """Do one step on all forms of the round that wait for it (of a college or body, where named); each by its own act, 500 at a time."""
    _running(a)
    forms = entries(a.by, StockRecord).filter(round=a.record, record__state__in=FROM[step])
    if body or not a.by.sees_all:
        forms = forms.filter(record__owner=_body(a, body))
    if college:
        forms = forms.filter(college=college)
    done, kept = 0, []
    run = register_of("stock_records").acts[step].run
    for form in list(forms.order_by("pk")[:MOST]):
        try:
            run(by=a.by, record=form.record, now=a.now)
            done += 1
        except Refused as refusal:
            kept.append({"number": form.number, "code": refusal.problems[0].code, "message": refusal.problems[0].message})
    a.require(done or kept, "nothing_to_do", "没有等待此步骤的盘点表", field="step", value=step)
    a.extra["step"] = [None, {"step": step, "done": done, "kept": kept[:50]}]


@action(
    "stock_rounds",
    "report",
    "报告本单位盘点完成",
    "Report own stock-taking complete",
    fields=(Column("body", "ref", "单位", "Body"), Column("note", "text", "说明", "Note")),
)
def report(a: Run, made: Round, *, body: Any = None, note: str = "") -> None:
    """A body says that all its patents are in. Refuses while forms of it wait inside the body."""
    target = _body(a, body)
    forms = StockRecord.objects.filter(round=a.record, record__owner=target)
    waiting = forms.filter(record__state__in=("registered", "self_assessed", "college_ok")).count()
    a.require(not waiting, "forms_waiting", f"还有 {waiting} 份盘点表未完成审核", field="body", value=waiting)
    BodyReport.objects.update_or_create(round=a.record, body=target, defaults={"patents": forms.count(), "note": note or "", "at": a.now})
    a.record.participants.filter(role="stock_body", body=target, until=None).update(role="stock_done")
    a.extra["report"] = [None, {"body": target.number, "patents": forms.count()}]


@action("stock_rounds", "close", "结束", "Close", fields=(Column("summary", "longtext", "总结", "Summary", required=True),))
def close(a: Run, made: Round, *, summary: str) -> None:
    """Close the round with a summary."""
    made.summary, made.ends_on = summary, min(made.ends_on or a.today, max(a.today, made.starts_on))


@action("stock_colleges", "create", "新建学院", "New college", creates=True, roles=("owner", *DESK))
def create_college(a: Run, college: College, **values: Any) -> None:
    """Name a college and its reviewer. Refuses a college twice in a body."""
    create_entry(a, college, values)
    taken = College.objects.filter(record__owner=a.record.owner, record__title=a.record.title, record__state="active").exists()
    a.require(not taken, "college_twice", "该学院已登记", field="title", value=a.record.title)


def reviewer_of(owner_id: int | None, college: str) -> Record | None:
    """The person who approves for a college of a body."""
    found = (
        College.objects.filter(record__owner_id=owner_id, record__title=college, record__state="active").select_related("reviewer").first()
    )
    return found.reviewer if found else None


def shown_to(by: Actor, day: dt.date) -> Any:
    """Rounds the actor sees that have begun, newest first."""
    return entries(by, Round).filter(starts_on__lte=day).exclude(record__state__in=("planned", "dropped")).order_by("-starts_on", "-pk")
