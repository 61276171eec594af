"""Demo content of networks: a consortium with members and a promise, the institute with its park, an alliance with a paid deal. All synthetic."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.cli.demo.province import Context
from trihelix.kernel import bulk
from trihelix.kernel.register import register_of

WAN = 1_000_000


def act(register: str, name: str) -> Any:
    return register_of(register).acts[name].run


def load(ctx: Context) -> None:
    """A handful of records of each part, through the acts and bulk imports."""
    _consortium(ctx)
    _institute(ctx)
    _alliance(ctx)
    _partners(ctx)


def _consortium(ctx: Context) -> None:
    made = act("networks", "create")(
        by=ctx.by, title="人参产业创新联合体（演示）", kind="consortium", owner="firm-jicui", chain="人参", fields=["medicine"], service_centre="jsti", liable_body="firm-jicui",
        secretariat="示例秘书处（演示）", agreement_signed_on=dt.date(2025, 4, 1), agreement="理事会决策，秘书处执行；成果归完成方，收益按约定分配", ref="LM-demo",
    )  # fmt: skip
    for body, title, layer in (
        ("firm-chiyu", "驰域（演示）", "close"),
        ("u-tcm", "示例中医药大学（演示）", "core"),
        ("jlau", "吉林农业大学（演示）", "general"),
    ):
        act("network_members", "create")(by=ctx.by, title=title, owner=body, network=made.number, layer=layer, ref=f"CY-demo-{body}")
    act("networks", "submit")(by=ctx.by, record=made.uid)
    act("networks", "file")(by=ctx.by, record=made.uid, filed_on=dt.date(2025, 5, 20), batch="2025年第一批")
    act("networks", "run")(by=ctx.by, record=made.uid)
    act("network_commitments", "create")(
        by=ctx.by, title="开放成分检测平台（演示）", owner="u-tcm", network=made.number, kind="equipment", promise="每年向成员开放 200 小时", due_on=ctx.today + dt.timedelta(days=60), ref="CN-demo",
    )  # fmt: skip
    post = act("network_posts", "create")(
        by=ctx.actor("jicui"),
        title="红参干燥降耗（演示）",
        network=made.number,
        kind="technical",
        text="干燥能耗偏高，求成员方案",
        ref="FB-demo",
    )
    act("network_posts", "post")(by=ctx.actor("jicui"), record=post.uid)
    act("network_activities", "create")(
        by=ctx.by,
        title="联合体年会（演示）",
        owner="firm-jicui",
        network=made.number,
        kind="annual",
        planned_on=ctx.today + dt.timedelta(days=30),
        ref="LHD-demo",
    )


def _institute(ctx: Context) -> None:
    made = act("institutes", "create")(
        by=ctx.by,
        title="科技创新研究院（演示登记）",
        kind="provincial",
        owner="jsti",
        charter="理事会领导下的院长负责制（演示）",
        charter_on=dt.date(2022, 1, 5),
        ref="YJY-demo",
    )
    seat = act("council_seats", "create")(
        by=ctx.by, title="理事长（演示）", owner="g-kjt", institute=made.number, position="chair", ref="XW-demo"
    )
    act("council_seats", "seat")(by=ctx.by, record=seat.uid, starts_on=dt.date(2024, 1, 1), term_to=ctx.today + dt.timedelta(days=900))
    act("institutes", "open")(by=ctx.by, record=made.uid)
    park = act("parks", "create")(
        by=ctx.by,
        title="产业孵化园（演示）",
        owner="jsti",
        institute=made.number,
        area_m2=13_000,
        opened_on=dt.date(2023, 6, 1),
        ref="YQ-demo",
    )
    act("parks", "open")(by=ctx.by, record=park.uid)
    bulk.import_rows(
        register_of("tenancies"),
        [{"ref": "RZ-demo", "title": "镜溪精密光学（演示）", "owner": "firm-jingxi", "park": park.number, "moved_in_on": dt.date(2024, 3, 1), "area_m2": 600, "synthetic": True}],
        ctx.by, "演示入驻",
    )  # fmt: skip
    bulk.import_rows(
        register_of("tenant_investments"),
        [{"ref": "RT-demo", "title": "天使轮（演示）", "owner": "firm-jingxi", "tenancy": "RZ-demo", "investor": "f-02", "paid_wan": 500 * WAN, "paid_on": dt.date(2024, 9, 1), "synthetic": True}],
        ctx.by, "演示获投",
    )  # fmt: skip


def _alliance(ctx: Context) -> None:
    made = act("networks", "create")(by=ctx.by, title="投资联盟（演示）", kind="investment", owner="f-01", ref="LM-demo-i")
    act("network_members", "create")(by=ctx.by, title="光电产业基金（演示）", owner="f-02", network=made.number, ref="CY-demo-i")
    day = dt.date(2024, 6, 1)
    shared = {"owner": "f-01", "network": made.number, "synthetic": True}
    for register, rows in (
        ("network_activities", [{"ref": "LY-demo", "title": "项目路演（演示）", "kind": "roadshow", "held_on": day, **shared}, {"ref": "DJ-demo", "title": "项目对接（演示）", "kind": "matching", "held_on": day, **shared}]),
        ("attracted_firms", [{"ref": "YR-demo", "title": "引入企业（演示）", "firm_name": "示例省外企业（演示）", "landed_on": day, **shared}]),
        ("incubations", [{"ref": "FH-demo", "title": "创业辅导（演示）", "firm": "firm-shuobei", "kind": "mentoring", "starts_on": day, **shared}]),
    ):  # fmt: skip
        bulk.import_rows(register_of(register), rows, ctx.by, "演示联盟")
    deal = act("alliance_deals", "create")(
        by=ctx.by,
        title="激光项目（演示）",
        owner="f-02",
        network=made.number,
        target="firm-shuobei",
        round="a",
        attribution="activity",
        activity="LY-demo",
        ref="TM-demo",
    )
    act("alliance_deals", "sign")(by=ctx.by, record=deal.uid, signed_on=dt.date(2024, 8, 1), committed_wan=1000 * WAN)
    act("alliance_deals", "pay")(by=ctx.by, record=deal.uid, paid_wan=1000 * WAN, paid_on=dt.date(2024, 10, 8))


def _partners(ctx: Context) -> None:
    partner = act("partners", "create")(
        by=ctx.by,
        title="示例省外研究所（演示）",
        kind="outside_institute",
        owner="jsti",
        place="北京",
        offers="低温干燥技术",
        ref="HZ-demo",
    )
    act("introductions", "create")(
        by=ctx.by, title="引荐（演示）", owner="firm-jicui", partner=partner.number, by_body="jsti", topic="低温干燥", ref="YJ-demo"
    )
    client = act("clients", "create")(by=ctx.by, title="集翠参业（演示）", owner="firm-jicui", ref="KH-demo")
    act("clients", "consent")(by=ctx.actor("jicui"), record=client.uid)
    act("prospects", "create")(
        by=ctx.by,
        title="企业联合基金洽谈（演示）",
        owner="g-kjt",
        kind="joint_fund",
        counterpart_name="示例央企（演示）",
        expected_wan=5000 * WAN,
        next_on=ctx.today,
        ref="QZ-demo",
    )
