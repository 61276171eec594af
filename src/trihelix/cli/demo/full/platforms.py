"""Platforms of the full province: laboratories and international platforms (F07, F11–F16, F65–F71)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from trihelix.cli.demo.full.world import AS_OF, WAN, YEAR, World, days, parts

FOUNDED = dt.date(YEAR, 3, 18)
JOINT_FROM = dt.date(2021, 9, 1)


def load(world: World) -> None:
    """Provincial laboratories with their decisions, joint laboratories, international platforms, national projects."""
    _provincial(world)
    _joint(world)
    _international(world)
    _projects(world)


def _provincial(world: World) -> None:
    t, hosts = world.t, world.bodies["home"]
    count = t("F07")
    rows = [
        {"ref": f"q-sys-{i + 1}", "title": f"示例省实验室{i + 1}（演示）", "owner": hosts[i % len(hosts)]["ref"], "kind": "provincial_lab", "level": "provincial",
         "batch": 1, "recognised_on": FOUNDED}
        for i in range(count)
    ]  # fmt: skip
    rows.append({"ref": "q-sys-b2", "title": "示例第二批省实验室（演示）", "owner": hosts[0]["ref"], "kind": "provincial_lab", "level": "provincial", "batch": 2,
                 "recognised_on": dt.date(2025, 4, 10)})  # fmt: skip
    world.put("platforms", rows)
    decisions = []
    for i in range(count):
        wanted: list[tuple[str, dict[str, Any]]] = []
        if i < t("F12"):
            wanted.append(("plan", {}))
        if i < t("F13"):
            wanted.append(("site", {"place": "示例园区（演示）", "area_m2": Decimal(12_000)}))
        wanted += [("money", {"amount_wan": t("F14"), "payer": "省级财政"}), ("posts", {"count": t("F15")})]
        for kind, more in wanted:
            decisions.append(
                {"ref": f"q-pf-{i + 1}-{kind}", "title": f"示例省实验室{i + 1}：{kind}", "platform": f"q-sys-{i + 1}", "kind": kind,
                 "decided_on": FOUNDED + dt.timedelta(days=40), "starts_on": FOUNDED + dt.timedelta(days=60), "decided_by": "示例批复机关", **more}
            )  # fmt: skip
    world.put("platform_decisions", decisions)
    world.put(
        "platform_milestones",
        (
            {"ref": f"q-jd-{i + 1}", "title": "物理空间改造", "platform": f"q-sys-{i + 1}", "kind": "rebuild", "planned_on": dt.date(2025, 12, 31)}
            for i in range(count)
        ),
    )  # fmt: skip


def _joint(world: World) -> None:
    """Joint laboratories recognised and kept (F11); removed ones and one recognised later beside them."""
    rng, count = world.rng("joint"), world.t("F11")
    homes, firms = world.bodies["home"], world.bodies["firm"]
    removed, later = max(4, count // 20), 6
    dates = days(count + removed, rng, JOINT_FROM, AS_OF) + days(later, rng, dt.date(2025, 6, 1), dt.date(2025, 12, 20))
    rows = []
    for i, day in enumerate(dates):
        gone = {"ended_on": min(AS_OF, day + dt.timedelta(days=rng.randrange(30, 400)))} if count <= i < count + removed else {}
        rows.append(
            {"ref": f"q-lhs-{i + 1:04d}", "title": f"示例校企联合技术创新实验室{i + 1}（演示）", "owner": rng.choice(homes)["ref"], "kind": "joint_lab", "level": "provincial",
             "recognised_on": day, "partners": [rng.choice(firms)["ref"]], "firm_cash_wan": rng.randrange(20, 300) * WAN, **gone}
        )  # fmt: skip
    world.put("platforms", rows)


def _international(world: World) -> None:
    """International platforms of the year by kind (F65–F67) and the support of the centres (F68); another year's beside them."""
    rng, t = world.rng("international"), world.t
    world.put("foreign_partners", [{"ref": "q-hb-1", "title": "示例境外大学（演示）", "country": "新加坡", "kind": "university"}])
    rows: list[dict[str, Any]] = []
    for kind, count, total in (("belt_road_lab", t("F65"), 0), ("key_lab", t("F66"), 0), ("research_centre", t("F67"), t("F68"))):
        money = parts(total, count, rng, step=WAN, spread=0.2) if total else [0] * count
        dates = days(count, rng, dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 31)) + days(
            2, rng, dt.date(YEAR - 1, 1, 1), dt.date(YEAR - 1, 12, 31)
        )
        for i, (day, fen) in enumerate(zip(dates, [*money, 80 * WAN, 80 * WAN], strict=True)):
            if kind == "belt_road_lab" and i >= count:
                continue
            rows.append(
                {"ref": f"q-gj-{kind}-{i + 1}", "title": f"示例国际合作平台{kind}{i + 1}（演示）", "owner": rng.choice(world.bodies["home"])["ref"], "kind": kind, "level": "provincial",
                 "recognised_on": day, "support_wan": fen, "countries": ["新加坡"], "foreign_partners": ["q-hb-1"]}
            )  # fmt: skip
    world.put("platforms", rows)


def _projects(world: World) -> None:
    """National co-operation projects (F69, F70) and exchanges (F71) of the year; asked for but not approved, and older ones beside them."""
    rng, t = world.rng("cooperation"), world.t
    rows: list[dict[str, Any]] = []

    def add(kind: str, money: list[int], year: int, approved: bool = True) -> None:
        dates = days(len(money), rng, dt.date(year, 2, 1), dt.date(year, 12, 20))
        for day, fen in zip(dates, money, strict=True):
            got = {"approved_on": day, "approved_wan": fen} if approved else {"recommended_on": day}
            rows.append(
                {"ref": f"q-gh-{len(rows) + 1:03d}", "title": f"示例国家国际合作项目{len(rows) + 1}（演示）", "owner": rng.choice(world.bodies["home"])["ref"], "kind": kind,
                 "year": year, "country": "韩国" if kind == "exchange" else "新加坡", "no_secrets": True, "integrity": True, **got}
            )  # fmt: skip

    add("intergovernmental", parts(t("F70"), t("F69"), rng, step=WAN, spread=0.2), YEAR)
    add("exchange", [30 * WAN] * t("F71"), YEAR)
    add("intergovernmental", [300 * WAN] * 3, YEAR - 1)
    add("exchange", [30 * WAN], YEAR - 1)
    add("intergovernmental", [0] * 4, YEAR, approved=False)
    world.put("cooperation_projects", rows)
