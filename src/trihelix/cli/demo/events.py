"""Demo content of events: a branded series, one event ahead with registrations, one held with outcomes, a release. All synthetic."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.cli.demo.province import Context
from trihelix.kernel import bulk
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of


def act(register: str, name: str) -> Any:
    return register_of(register).acts[name].run


def load(ctx: Context) -> None:
    """A handful of records of each register, through the acts."""
    act("event_series", "create")(
        by=ctx.by, title="科创路演（演示系列）", brand="科创路演", owner="m-jl", rhythm="每月一期", started_on=ctx.today, ref="LY-demo"
    )
    ahead = act("events", "create")(
        by=ctx.by, title="人参产业供需对接会（演示）", kind="matching", organiser="JL-2205", series="LY-demo", held_on=ctx.today + dt.timedelta(days=14),
        starts_at="09:00", ends_at="11:30", place="通化市示例会议中心（演示）", division="220500", capacity=60, summary="企业提出需求，高校带成果到场", ref="HD-demo",
    )  # fmt: skip
    act("events", "publish")(by=ctx.by, record=ahead.uid)
    act("events", "register")(by=ctx.actor("jicui"), record=ahead.uid, name="示例甲", part="exhibitor")
    act("events", "register")(by=ctx.actor("utcm-office"), record=ahead.uid, name="示例乙")
    held = {
        "ref": "HD-demo-held", "title": "职务科技成果改革宣讲（演示）", "kind": "training", "organiser": "JL", "owner": "m-jl", "held_on": ctx.today - dt.timedelta(days=30),
        "division": "220100", "topic": "reform", "synthetic": True,
        "audience": [{"body_kind": "university", "division": "220100", "persons": 38}, {"body_kind": "firm", "division": "220500", "persons": 14}],
    }  # fmt: skip
    bulk.import_rows(register_of("events"), [held], ctx.by, "演示活动")
    act("event_outcomes", "create")(
        by=ctx.by,
        title="合作意向（演示）",
        event="HD-demo-held",
        kind="intent",
        party_a="firm-jicui",
        party_b="u-tcm",
        signed_on=ctx.today - dt.timedelta(days=30),
        ref="QY-demo",
    )
    shown = [str(r.uid) for r in Record.objects.filter(register="results", visibility="public").order_by("pk")[:3]]
    if shown:
        made = act("releases", "create")(
            by=ctx.by, title="可转化成果发布（演示）", kind="results", owner="m-jl", results=shown, ref="FB-demo"
        )
        act("releases", "release")(by=ctx.by, record=made.uid)
