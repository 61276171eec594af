"""Demo content of market services: a catalogue, a request served within its promise, visits, a broker's case. All synthetic."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.cli.demo.province import Context, fen
from trihelix.kernel import bulk
from trihelix.kernel.register import register_of
from trihelix.registers.parties.models import Node

PROMISE = {
    "policy": 2,
    "collection": 5,
    "evaluation": 10,
    "promotion": 5,
    "trading": 10,
    "registration": 15,
    "finance": 10,
    "trusteeship": 15,
}
FREE = ("policy", "collection", "promotion", "registration")


def act(register: str, name: str) -> Any:
    return register_of(register).acts[name].run


def _offers(ctx: Context) -> None:
    kinds = register_of("service_offers").column("kind").choices  # type: ignore[union-attr]
    rows = [
        {
            "ref": f"FM-{node.ref}-{kind}", "title": f"{kinds[kind][0]}（{node.title}）", "node": node.ref, "kind": kind, "promise_days": PROMISE[kind],
            "pricing": "free" if kind in FREE else "negotiable", "hours": node.hours, "description": "演示目录项", "synthetic": True,
        }
        for node in Node.objects.filter(level__in=("1", "10")) for kind in node.services
    ]  # fmt: skip
    bulk.import_rows(register_of("service_offers"), rows, ctx.by, "演示服务目录")


def _request(ctx: Context) -> None:
    firm, station = ctx.actor("jicui"), ctx.actor("station-tonghua")
    asked = act("service_requests", "create")(
        by=firm, title="咨询研发费用政策", offer="FM-JL-2205-policy", wanted="想知道可以享受哪些政策", ref="FQ-demo"
    )
    act("service_requests", "accept")(by=station, record=asked.uid)
    act("service_requests", "deliver")(
        by=station, record=asked.uid, served_on=ctx.today, channel="online", outcome="answered", persons=1, evidence="往来消息"
    )


def _visits(ctx: Context) -> None:
    start = ctx.today - dt.timedelta(days=20)
    made = act("visit_campaigns", "create")(
        by=ctx.by,
        title="企业技术需求走访（演示）",
        owner="g-jyt",
        owner_kind="education",
        starts_on=start,
        firms=["firm-jicui", "firm-chiyu"],
        ref="ZFP-demo",
    )
    act("visit_campaigns", "start")(by=ctx.by, record=made.uid)
    act("visits", "create")(
        by=ctx.by, title="走访集翠参业", owner="g-jyt", campaign="ZFP-demo", firm="firm-jicui", visited_on=start + dt.timedelta(days=5),
        findings="干燥工序能耗偏高，缺检测手段", ref="ZF-demo",
    )  # fmt: skip


def _brokerage(ctx: Context) -> None:
    office = ctx.actor("utcm-office")
    broker = act("brokers", "create")(
        by=office, title="示例经理人（演示）", grade="intermediate", division="220100", fields=[], ref="JR-demo"
    )
    act("brokers", "register")(by=ctx.by, record=broker.uid)
    act("brokers", "join")(by=ctx.by, record=broker.uid, joined_on=ctx.today)
    case = act("brokerages", "create")(
        by=office, title="参类提取工艺转让（演示）", broker="JR-demo", mandate="both", disclosed=True, buyer="firm-jicui", seller="u-tcm", opened_on=ctx.today,
        rule="lanzhou", ref="JJ-demo",
    )  # fmt: skip
    act("brokerages", "agree")(by=office, record=case.uid)
    act("researcher_services", "create")(
        by=office, title="参片干燥工艺咨询（演示）", kind="consulting", provider_kind="university", firm="firm-jicui", started_on=ctx.today - dt.timedelta(days=40),
        amount_wan=fen(2), ref="KF-demo",
    )  # fmt: skip


def load(ctx: Context) -> None:
    """A handful of records of each register, through the acts."""
    _offers(ctx)
    _request(ctx)
    _visits(ctx)
    _brokerage(ctx)
