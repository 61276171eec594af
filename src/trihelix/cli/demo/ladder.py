"""Demo content of the ladder: firms over the years, places, a published ranking, an incubator with a tenant, a consent. All synthetic."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.cli.demo.province import Context
from trihelix.kernel import bulk
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.parties.models import Body

FIRMS = 12


def act(register: str, name: str) -> Any:
    return register_of(register).acts[name].run


def load(ctx: Context) -> None:
    """A handful of records of each register, through the acts."""
    bodies = list(Body.objects.filter(kind="firm", inside=True, sales_fen__isnull=False).select_related("record").order_by("pk")[:FIRMS])
    _years(ctx, bodies)
    titles = [
        {
            "ref": f"ZG-demo-{n}", "title": "科技型中小企业（演示）", "owner": str(b.record.uid), "title_kind": "tech-sme", "valid_from": dt.date(ctx.today.year - 1, 1, 1),
            "valid_to": dt.date(ctx.today.year + 1, 12, 31), "issuer": "演示认定机构", "synthetic": True,
        }
        for n, b in enumerate(bodies, 1)
    ]  # fmt: skip
    bulk.import_rows(register_of("recognitions"), titles, ctx.by, "演示资格")
    act("ladder_places", "create")(by=ctx.by, owner="firm-jicui", on=ctx.today)
    made = act("rankings", "create")(
        by=ctx.by, title="优秀科技型中小企业榜单（演示）", method="top-500", year=ctx.today.year - 1, as_of=dt.date(ctx.today.year - 1, 12, 31), size=10, ref="BDW-demo"
    )  # fmt: skip
    act("rankings", "compute")(by=ctx.by, record=made.uid)
    act("rankings", "publish")(by=ctx.by, record=made.uid)
    _incubator(ctx)
    act("consents", "create")(by=ctx.actor("jicui"), purpose="profile", ref="SQX-demo")


def _years(ctx: Context, bodies: list[Body]) -> None:
    rows = []
    for back in (2, 1):
        year = ctx.today.year - back
        for body in bodies:
            sales = (body.sales_fen or 0) * (100 - 8 * back - ctx.rng.randrange(10)) // 100
            rd = (body.rd_fen or 0) * (100 - 6 * back - ctx.rng.randrange(10)) // 100
            rows.append(
                {
                    "ref": str(year), "title": f"{body.record.title} {year}", "owner": str(body.record.uid), "year": year, "basis": "self", "revenue_wan": sales,
                    "rd_tax_wan": rd, "rd_stat_wan": rd * 105 // 100, "staff": body.staff, "source": "演示数据", "synthetic": True,
                }
            )  # fmt: skip
    bulk.import_rows(register_of("firm_years"), rows, ctx.by, "演示年度数据")


def _incubator(ctx: Context) -> None:
    house = act("incubators", "create")(
        by=ctx.by, title="示例孵化器（演示）", owner="m-jl", kind="incubator", field="medicine", ref="FHQ-demo"
    )
    act("incubators", "recognise")(by=ctx.by, record=house.uid, level="provincial", recognised_on=ctx.today - dt.timedelta(days=400))
    act("incubators", "assess")(by=ctx.by, record=house.uid)
    start = ctx.today - dt.timedelta(days=200)
    if Record.objects.filter(register="tenants", owner__ref="firm-jicui", state="inside").exists():
        return
    act("tenants", "create")(by=ctx.by, owner="firm-jicui", incubator="FHQ-demo", entered_on=start, filed_patent=True, ref="ZHQ-demo")
    served = act("incubator_services", "create")(
        by=ctx.by, title="创业辅导（演示）", owner="m-jl", incubator="FHQ-demo", firm="firm-jicui", kind="mentor", served_on=start + dt.timedelta(days=20), ref="FHF-demo"
    )  # fmt: skip
    act("incubator_services", "confirm")(by=ctx.actor("jicui"), record=served.uid)
