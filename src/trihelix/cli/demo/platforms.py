"""Demo content of platforms: three provincial laboratories with their year, joint laboratories, international platforms. All synthetic."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.cli.demo.province import Context, fen
from trihelix.kernel import bulk
from trihelix.kernel.register import register_of

LABS = (
    ("SSY-1", "示例长白山实验室（演示）", "jlu"),
    ("SSY-2", "示例三江实验室（演示）", "jlau"),
    ("SSY-3", "示例吉光实验室（演示）", "ciomp"),
)
ABROAD = (
    ("belt_road_lab", "示例“一带一路”联合实验室（演示）", 1, 0),
    ("key_lab", "示例国际科技合作重点实验室（演示）", 4, 0),
    ("research_centre", "示例国际联合研究中心（演示）", 5, 110),
)


def _run(register: str, act: str) -> Any:
    return register_of(register).acts[act].run


def _import(ctx: Context, register: str, rows: list[dict[str, Any]]) -> None:
    bulk.import_rows(register_of(register), [{**row, "synthetic": True} for row in rows], ctx.by, "演示平台")


def _laboratories(ctx: Context) -> None:
    founded = dt.date(2024, 3, 18)
    _import(
        ctx, "platforms",
        [{"ref": r, "title": t, "owner": o, "kind": "provincial_lab", "batch": 1, "recognised_on": founded, "goals": "演示目标：面向产业的高能级研发平台"} for r, t, o in LABS],
    )  # fmt: skip
    wanted: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("plan", "建设方案", {"text": "演示方案"}), ("site", "物理空间选址", {"place": "示例园区（演示）"}),
        ("money", "年度专项经费", {"amount_wan": fen(20_000), "payer": "省级财政"}), ("posts", "省级事业编制", {"count": 10}),
    )  # fmt: skip
    _import(
        ctx, "platform_decisions",
        [
            {"ref": f"PF-{r}-{kind}", "title": f"{zh}：{t}", "platform": r, "kind": kind, "decided_on": founded, "starts_on": founded, "decided_by": "示例批复机关", **more}
            for r, t, _ in LABS for kind, zh, more in wanted
        ],
    )  # fmt: skip
    done = {"done_on": ctx.today - dt.timedelta(days=30), "evidence": "演示验收单"}
    _import(
        ctx, "platform_milestones",
        [
            {"ref": f"JD-{r}", "title": "物理空间改造", "platform": r, "kind": "rebuild", "planned_on": ctx.today + dt.timedelta(days=40), **(done if r == "SSY-1" else {})}
            for r, _, _ in LABS
        ],
    )  # fmt: skip


def _year(ctx: Context) -> None:
    last = ctx.today.year - 1
    made = _run("platform_years", "create")(
        by=ctx.by,
        ref="ND-demo",
        title=f"{last} 年度",
        platform="SSY-1",
        year=last,
        plan="演示计划：开放共享、首批项目",
        goals=[{"goal": "外部用户", "target": "100"}],
    )
    _run("platform_years", "submit_plan")(by=ctx.by, record=made.uid)
    _run("platform_years", "accept_plan")(by=ctx.by, record=made.uid)
    _run("platform_years", "report")(
        by=ctx.by,
        record=made.uid,
        report="演示年报",
        outside_users=126,
        shared_hours=2140,
        firms_served=18,
        open_projects=6,
        director_days=210,
        firms=["firm-jicui"],
    )
    _run("platform_years", "accept")(by=ctx.by, record=made.uid)
    batch = _run("laboratory_batches", "create")(
        by=ctx.by, ref="PC-demo", title="首批自主项目", platform="SSY-1", year=last, batch=1,
        projects=[{"name": "参片低能耗干燥（演示）", "leader": "示例甲", "money_wan": fen(80), "technical": "能耗降低两成", "industrial": "两户企业试用", "moved_in": True}],
    )  # fmt: skip
    _run("laboratory_batches", "launch")(by=ctx.by, record=batch.uid)
    judged = _run("platform_evaluations", "create")(
        by=ctx.by, ref="PG-demo", title=f"{last} 年度评估", platform="SSY-1", kind="yearly", evaluated_on=ctx.today
    )
    _run("platform_evaluations", "decide")(by=ctx.by, record=judged.uid, grade="good", conclusion="演示结论", aim_met=True)


def _joint(ctx: Context) -> None:
    firms = ("firm-jicui", "firm-chiyu", "firm-jiangtao", "firm-mingze")
    rows = [
        {
            "ref": f"LHS-{i + 1}", "title": f"示例校企联合技术创新实验室{i + 1}（演示）", "owner": ("u-tcm", "u-eng", "jlau", "jlu")[i % 4], "kind": "joint_lab", "partners": [firms[i % 4]],
            "recognised_on": dt.date(2023, 9, 1), "valid_to": dt.date(2028, 8, 31), "agreement_signed_on": dt.date(2023, 6, 1), "firm_cash_wan": fen(50 + 10 * i),
        }
        for i in range(6)
    ]  # fmt: skip
    _import(ctx, "platforms", rows)
    _import(
        ctx, "platforms",
        [
            {"ref": "SD-1", "title": "示例国家知识产权试点高校（演示）", "owner": "jlu", "kind": "pilot_university", "level": "national", "issuer": "示例机关", "recognised_on": dt.date(2023, 1, 1)},
            {"ref": "SD-2", "title": "示例部委成果转化基地（演示）", "owner": "jlau", "kind": "transfer_base", "level": "ministry", "issuer": "示例机关", "recognised_on": dt.date(2023, 1, 1)},
            {"ref": "ZS-1", "title": "示例概念验证中心（演示）", "owner": "jlu", "kind": "proof_of_concept", "recognised_on": dt.date(2024, 5, 1)},
            {"ref": "ZS-2", "title": "示例中试基地（演示）", "owner": "firm-jiangtao", "kind": "pilot_base", "recognised_on": dt.date(2024, 5, 1)},
        ],
    )  # fmt: skip


def _abroad(ctx: Context) -> None:
    _import(ctx, "foreign_partners", [{"ref": "HB-1", "title": "示例新加坡大学（演示）", "country": "新加坡", "kind": "university"}])
    years = sorted({2024, ctx.today.year - 1})
    _import(
        ctx, "platforms",
        [
            {
                "ref": f"GJ-{year}-{kind}-{i + 1}", "title": f"{title}{year}-{i + 1}", "owner": ("jlu", "jlau", "ciomp", "u-tcm")[i % 4], "kind": kind, "recognised_on": dt.date(year, 6, 3 + i),
                "countries": ["新加坡"], "foreign_partners": ["HB-1"], "staff": 20, "support_wan": fen(money) if money else None,
            }
            for year in years for kind, title, count, money in ABROAD for i in range(count)
        ],
    )  # fmt: skip
    _import(
        ctx, "foreign_agreements",
        [{"ref": "GX-1", "title": "肝病联合研究合作协议（演示）", "owner": "jlu", "partner": "HB-1", "signed_on": dt.date(2024, 2, 1), "valid_to": dt.date(2029, 1, 31)}],
    )  # fmt: skip
    kinds = ["intergovernmental"] * 5 + ["exchange"] * 2
    _import(
        ctx, "cooperation_projects",
        [
            {
                "ref": f"GH-{year}-{i + 1}", "title": f"示例国际合作项目{year}-{i + 1}（演示）", "owner": "jlu", "kind": kind, "year": year, "country": "韩国" if kind == "exchange" else "新加坡",
                "no_secrets": True, "integrity": True, "in_hand": "无", "recommended_on": dt.date(year, 3, 1), "approved_on": dt.date(year, 10, 8),
                "approved_wan": fen(20 if kind == "exchange" else 340),
            }
            for year in years for i, kind in enumerate(kinds)
        ],
    )  # fmt: skip


def load(ctx: Context) -> None:
    """A handful of each register; the laboratory's year goes through its acts."""
    _laboratories(ctx)
    _year(ctx)
    _joint(ctx)
    _abroad(ctx)
