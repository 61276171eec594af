"""Demo content of reviews: a round over results with panels, two sheets handed in, one stepped out; experts asked to a guide. All synthetic."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.cli.demo.province import Context
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.experts.models import Expert
from trihelix.registers.reviews.models import Run, Seat

POINTS = {"topic": 7, "novelty": 8, "content": 8, "route": 7, "base": 8, "prospect": 7, "budget": 9}


def act(register: str, name: str) -> Any:
    return register_of(register).acts[name].run


def _round(ctx: Context) -> None:
    items = Record.objects.filter(register="results", visibility="public").order_by("ref")[:3]
    made = act("review_rounds", "create")(
        by=ctx.by,
        title="成果转化项目评审（演示）",
        owner="g-kjt",
        sheet_id="project",
        panel=5,
        closes_on=ctx.today + dt.timedelta(days=20),
        ref="PSL-demo",
    )
    act("review_rounds", "add_items")(by=ctx.by, record=made.uid, register="results", items=[i.number for i in items])
    act("review_rounds", "find_conflicts")(by=ctx.by, record=made.uid)
    act("review_rounds", "run")(by=ctx.by, record=made.uid)
    run = Run.objects.filter(round=made.record).latest("number")
    if run.answer["status"] == "infeasible":
        return  # the page shows the reason and the cures
    act("review_rounds", "publish")(by=ctx.by, record=made.uid, run=run.number)
    seats = list(Seat.objects.filter(round=made.record).order_by("pk"))
    for n, seat in enumerate(seats[:2]):
        act("review_seats", "accept")(by=SYSTEM, record=seat.record, promise=True)
        marks = {**POINTS, "novelty": 8 - n}
        act("review_seats", "submit")(by=SYSTEM, record=seat.record, points=marks, gates={"in_scope": True}, texts={"comment": "演示意见"})
    gone = seats[-1]
    act("review_seats", "decline")(by=SYSTEM, record=gone.record, interest="与该单位有合作（演示）", reason="利益关系")


def _groups(ctx: Context) -> None:
    """Enterprise experts in the yearly guide."""
    for n, expert in enumerate(
        Expert.objects.filter(record__state="active", kind__in=("enterprise", "academic")).order_by("record__ref")[:3]
    ):
        made = act("expert_invitations", "create")(
            by=ctx.by,
            title="年度项目指南编制（演示）",
            expert=expert.record.number,
            work="guide",
            task="提出产业需求方向",
            ref=f"YQH-demo-{n}",
        )
        if n == 0:
            act("expert_invitations", "accept")(by=ctx.by, record=made.uid)
            act("expert_invitations", "contribute")(by=ctx.by, record=made.uid, contribution="建议增设检测装备方向（演示）")


def load(ctx: Context) -> None:
    """A round in progress and invitations, through the acts."""
    _round(ctx)
    _groups(ctx)
