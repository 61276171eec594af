"""Demo content of titles and carriers: authorised firms, a case, bodies of combined review, carriers of every kind. All synthetic."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.cli.demo.province import Context
from trihelix.engines.codes import synthetic_credit_code
from trihelix.kernel import bulk
from trihelix.kernel.register import register_of

FIRMS = ("firm-jicui", "firm-chiyu", "firm-jiangtao", "firm-mingze", "firm-liyuan")
CARRIERS = (
    ("mobile_station", "示例博士后科研流动站（演示）", "jlu", "national", 3), ("workstation", "示例博士后科研工作站（演示）", "firm-chiyu", "national", 2),
    ("practice_base", "示例博士后创新实践基地（演示）", "firm-jicui", "provincial", 3), ("skill_base", "示例高技能人才培训基地（演示）", "firm-liyuan", "national", 2),
    ("studio", "示例技能大师工作室（演示）", "firm-jiangtao", "provincial", 2), ("training_base", "示例校企人才实训基地（演示）", "u-eng", "provincial", 1),
)  # fmt: skip


def _run(register: str, act: str) -> Any:
    return register_of(register).acts[act].run


def _import(ctx: Context, register: str, rows: list[dict[str, Any]]) -> None:
    bulk.import_rows(register_of(register), [{**row, "synthetic": True} for row in rows], ctx.by, "演示职称与载体")


def _review(ctx: Context) -> None:
    until = dt.date(ctx.today.year + 2, 12, 31)
    _import(
        ctx, "title_authorisations",
        [
            {"ref": f"SQ-{firm}", "title": "自主评审授权（演示）", "owner": firm, "series": ["engineering"], "levels": ["intermediate", "associate_senior"],
             "number_given": f"演示〔2024〕{i}", "valid_from": dt.date(2024, 1, 1), "valid_to": until}
            for i, firm in enumerate(FIRMS, 1)
        ],
    )  # fmt: skip
    _import(
        ctx, "review_committees",
        [{"ref": "PW-demo", "title": "工程系列评审委员会（演示）", "owner": "firm-jicui", "authorisation": "SQ-firm-jicui", "series": "engineering",
          "levels": ["intermediate", "associate_senior"], "size": 7, "valid_from": dt.date(2024, 1, 1), "valid_to": until}],
    )  # fmt: skip
    made = _run("title_cases", "create")(
        by=ctx.by, ref="ZCS-demo", title="工程系列副高级申报（演示）", owner="firm-jicui", channel="social", applicant_name="示例甲", year=ctx.today.year,
        series="engineering", speciality="机械设计", level="associate_senior", works=[{"name": "参片干燥装备（演示）", "kind": "专利"}],
    )  # fmt: skip
    _run("title_cases", "submit")(by=ctx.by, record=made.uid)
    _run("title_cases", "pass_upward")(by=ctx.by, record=made.uid)


def load(ctx: Context) -> None:
    """A handful of each register; the case goes through its acts."""
    _review(ctx)
    _import(
        ctx, "combined_bodies",
        [
            {"ref": f"PJ-demo-{i}", "title": f"示例事业单位{i}（演示）", "credit_code": synthetic_credit_code(90_000 + i, "220100", "12"), "kind": "public", "division": "220100",
             "since": dt.date(2021, 9, 1)}
            for i in range(1, 13)
        ],
    )  # fmt: skip
    _import(
        ctx, "talent_carriers",
        [
            {"ref": f"RC-{kind}-{i + 1}", "title": f"{title}{i + 1}", "owner": owner, "kind": kind, "level": level, "recognised_on": dt.date(2023, 5, 4), "leader": "示例大师",
             **({"partners": ["firm-chiyu"]} if kind == "training_base" else {})}
            for kind, title, owner, level, count in CARRIERS for i in range(count)
        ],
    )  # fmt: skip
    _import(
        ctx, "carrier_years",
        [{"ref": "RCN-demo", "title": "上年度", "carrier": "RC-workstation-1", "year": ctx.today.year - 1, "entered": 3, "left": 1, "present": 6}],
    )  # fmt: skip
    _import(
        ctx, "talent_enclaves",
        [{"ref": "FD-demo", "title": "示例北京人才飞地（演示）", "owner": "firm-jicui", "home": "220500", "host_place": "北京市海淀区", "services": ["项目对接", "住房"],
          "opened_on": dt.date(2024, 9, 1)}],
    )  # fmt: skip
    _import(
        ctx, "talent_grades",
        [{"ref": "RF-demo", "title": "人才分类认定（演示）", "owner": "firm-jicui", "person_name": "示例乙", "talent_class": "D", "standard": "3.0", "graded_on": dt.date(2024, 4, 1)}],
    )  # fmt: skip
