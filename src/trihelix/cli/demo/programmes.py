"""Demo programmes: the fund tree, an open bid, a plan call with a draft, and awarded projects of earlier years."""

from __future__ import annotations

import datetime as dt

from trihelix.cli.demo.province import Context, fen
from trihelix.kernel import bulk
from trihelix.kernel.register import register_of


def _money(ctx: Context) -> str:
    create = register_of("budget_lines").acts["create"].run
    for year, wan in ((ctx.today.year - 1, 122_500), (ctx.today.year, 152_900)):
        fund = create(by=ctx.by, title=f"{year} 年省科技聚力攻坚专项资金（演示）", kind="fund", year=year, amount_wan=fen(wan))
    line = create(
        by=ctx.by, title="成果转化与揭榜挂帅（演示）", kind="line", parent=fund.number, year=ctx.today.year, amount_wan=fen(6_000)
    )
    return str(line.number)


def _calls(ctx: Context, line: str) -> dict[str, str]:
    acts, out = register_of("calls").acts, {}
    for scheme, title in (
        ("open-bid", "揭榜挂帅（演示）"),
        ("plan-project", "科技发展计划项目（演示）"),
        ("voucher", "科技创新券（演示）"),
    ):
        call = acts["create"].run(by=ctx.by, title=f"{ctx.today.year} 年{title}", scheme=scheme, year=ctx.today.year, line=line)
        acts["approve"].run(by=ctx.by, record=call.record)
        acts["publish"].run(by=ctx.by, record=call.record)
        out[scheme] = call.number
    return out


def _board(ctx: Context, call: str) -> None:
    acts = register_of("boards").acts
    board = acts["create"].run(
        by=ctx.by, owner="firm-chiyu", title="车用耐高温密封件长寿命技术（演示）", problem="现有密封件在高温油环境中寿命不足，需要可量产的材料与工艺。",
        indicators=[{"name": "150℃ 油浸寿命", "target": "3000", "unit": "小时", "method": "台架试验"}], amount_wan=fen(800), ownership="shared",
        deadline=ctx.today + dt.timedelta(days=720), call=call,
    )  # fmt: skip
    for act, values in (
        ("submit", {}),
        ("screen", {}),
        ("argue", {"note": "超出企业自身能力，论证可行"}),
        ("list", {}),
        ("post", {"batch": 1}),
    ):
        acts[act].run(by=ctx.by, record=board.record, **values)


def _projects(ctx: Context) -> None:
    rows = [
        {
            "ref": f"demo-{scheme}-{i}", "title": f"示例项目 {scheme} {i}（演示）", "owner": owner, "scheme": scheme, "class_id": class_id, "year": ctx.today.year - 1, "batch": i,
            "approved_wan": fen(wan), "allotted_wan": fen(wan), "paid_wan": fen(wan), "match_committed_wan": fen(2 * wan), "match_paid_wan": fen(wan),
            "approved_on": dt.date(ctx.today.year - 1, 5, 10 + i), "starts_on": dt.date(ctx.today.year - 1, 6, 1), "due_on": dt.date(ctx.today.year + 1, 6, 1),
            "state": "running", "synthetic": True,
        }
        for scheme, class_id, owner, wan in (("special", "", "firm-chiyu", 300), ("cocoon", "selection", "firm-jicui", 30), ("open-bid", "", "firm-chiyu", 150))
        for i in (1, 2)
    ]  # fmt: skip
    bulk.import_rows(register_of("projects"), rows, ctx.by, "演示立项")


def load(ctx: Context) -> None:
    """The demo's programmes, through acts and one import."""
    calls = _calls(ctx, _money(ctx))
    _board(ctx, calls["open-bid"])
    draft = (
        register_of("applications")
        .acts["create"]
        .run(by=ctx.actor("utcm-office"), title="参须低温粉碎工艺（演示）", call=calls["plan-project"])
    )
    register_of("applications").acts["save"].run(
        by=ctx.actor("utcm-office"), record=draft.record, answers={"summary": "演示用草稿：参须低温粉碎工艺与装备。", "requested": 60}
    )
    _projects(ctx)
