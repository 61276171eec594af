"""Programmes and money of the full province: projects, data-led subsidies, funds (F37–F40, F46, F72–F73, F95–F104)."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any

from trihelix.cli.demo.full.world import AS_OF, WAN, YEAR, World, days, parts
from trihelix.kernel.register import register_of


def load(world: World) -> None:
    """Each family of projects, then the subsidy list and the fund."""
    t = world.t
    _cocoon(world)
    firms = world.bodies["firm"]
    rng = world.rng("projects")
    world.put(
        "projects",
        _projects("lead", "patent-lead", rng.sample(firms, t("F46")), t("F46") * 50 * WAN, _years(t("F46"), rng, 2023, AS_OF), rng),
    )
    _special(world)
    _open_bid(world)
    homes = world.bodies["home"]
    count = t("F72")
    rows = _projects(
        "intl",
        "international",
        rng.choices(homes, k=count),
        t("F73"),
        _years(count, rng, YEAR, dt.date(YEAR, 12, 31)),
        rng,
        class_id="project",
    )
    rows += _projects(
        "intl-o",
        "international",
        rng.choices(homes, k=9),
        9 * 14 * WAN,
        _years(9, rng, YEAR - 1, dt.date(YEAR - 1, 12, 31)),
        rng,
        class_id="project",
    )
    count = t("F97")
    rows += _projects("jf", "joint-fund", rng.choices(homes, k=count), t("F98"), _years(count, rng, 2023, AS_OF), rng, class_id="firm")
    rows += _projects("jf-o", "joint-fund", rng.choices(homes, k=7), 7 * 40 * WAN, _years(7, rng, 2023, AS_OF), rng, class_id="place")
    rows += _projects(
        "jf-p", "joint-fund", rng.choices(homes, k=2), 2 * 40 * WAN, _years(2, rng, 2022, dt.date(2022, 12, 31)), rng, class_id="firm"
    )
    world.put("projects", rows)
    _subsidy(world)
    _fund(world)


def _years(count: int, rng: random.Random, first: int, last: dt.date) -> list[dt.date]:
    return days(count, rng, dt.date(first, 1, 1), last)


def _projects(
    tag: str, scheme: str, owners: list[dict[str, Any]], total: int, dates: list[dt.date], rng: random.Random, *, batches: list[tuple[int, int]] | None = None,
    match: int = 0, **more: Any,
) -> list[dict[str, Any]]:  # fmt: skip
    """Awarded projects; ``batches`` gives each its year and batch, in order."""
    money = parts(total, len(owners), rng, step=WAN, spread=0.5)
    firm = parts(match, len(owners), rng, step=WAN, spread=0.5) if match else [0] * len(owners)
    out = []
    for i, owner in enumerate(owners):
        year, batch = batches[i] if batches else (dates[i].year, 1)
        out.append(
            {
                "ref": f"q-lx-{tag}-{i + 1:04d}", "title": f"示例{tag}项目{i + 1}（演示）", "owner": owner["ref"], "scheme": scheme, "year": year, "batch": batch,
                "approved_wan": money[i], "allotted_wan": money[i], "paid_wan": money[i] // 2, "match_committed_wan": firm[i],
                "match_paid_wan": firm[i] // 2, "approved_on": dates[i], "starts_on": dates[i], "due_on": dates[i] + dt.timedelta(days=730), **more,
            }
        )  # fmt: skip
    return out


def _batched(count: int, batches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Every batch at least once, in order of time."""
    return sorted(batches[i % len(batches)] for i in range(count))


def _cocoon(world: World) -> None:
    """Firms of the cocoon batches, distinct; some were awarded twice."""
    rng, batches, count = world.rng("cocoon"), world.t("F37"), world.t("F38")
    last = AS_OF.year - 1
    slots = sorted((last - i // 2, 1 + i % 2) for i in range(batches)) if batches > 4 else sorted((last - i, 1) for i in range(batches))
    owners = rng.sample(world.bodies["firm"], count)
    owners += rng.sample(owners, count // 12)
    given = _batched(len(owners), slots)
    dates = [dt.date(year, 6 if batch == 1 else 11, 1 + rng.randrange(28)) for year, batch in given]
    world.put("projects", _projects("cocoon", "cocoon", owners, len(owners) * 20 * WAN, dates, rng, batches=given, class_id="selection"))


def _special(world: World) -> None:
    """Specials started in the year: batches, public money approved, firms' money committed; earlier ones beside them."""
    rng, batches, count = world.rng("special"), world.t("F99"), world.t("F100")
    given = _batched(count, [(YEAR, b + 1) for b in range(batches)]) if count else []
    dates = [dt.date(YEAR, min(12, 3 + 5 * (batch - 1)), 1 + rng.randrange(28)) for _, batch in given]
    owners = rng.choices(world.bodies["firm"], k=count)
    rows = _projects("special", "special", owners, world.t("F101"), dates, rng, batches=given, match=world.t("F102"))
    old = [dt.date(YEAR - 1, 9, 1 + i) for i in range(4)]
    rows += _projects("special-o", "special", rng.choices(world.bodies["firm"], k=4), 4 * 2000 * WAN, old, rng, match=4 * 4000 * WAN)
    world.put("projects", rows)


def _open_bid(world: World) -> None:
    """Open-bid projects since 2021, the military-order form included; awards straddle the revision of the plan."""
    rng, batches, count = world.rng("open-bid"), world.t("F103"), world.t("F104")
    first, last = 2021, AS_OF.year - 1
    slots = sorted((first + i % (last - first + 1), 1 + i // (last - first + 1)) for i in range(batches))
    given = _batched(count, slots) if count else []
    dates = [dt.date(year, min(12, 8 + batch), 1 + rng.randrange(28)) for year, batch in given]
    rows = _projects(
        "bid", "open-bid", rng.choices(world.bodies["home"], k=count), count * 150 * WAN, dates, rng, batches=given, match=count * 400 * WAN
    )
    for row in rows[2::4]:
        row |= {"scheme": "military-order", "variant": "military_order"}
    world.put("projects", rows)


def _subsidy(world: World) -> None:
    """The R&D subsidy paid in the year (F39, F40), recorded from its document; the list of another year beside it."""
    rng, firms, total = world.rng("subsidy"), world.t("F39"), world.t("F40")
    acts = register_of("subsidy_lists").acts
    for year, count, fen in ((YEAR, firms, total), (YEAR - 1, 60, 60 * 6 * WAN)):
        if not count:
            continue
        picks, money = rng.sample(world.bodies["firm"], count), parts(fen, count, rng, step=10_000, spread=0.8)
        world.put(
            "subsidy_lists",
            [
                {
                    "ref": f"q-bz-{year}",
                    "title": f"{year}年度研发投入补助名单（演示）",
                    "owner": "g-kjt",
                    "scheme": "rd-subsidy",
                    "year": year,
                }
            ],
        )
        rows = [
            {"credit_code": p["credit_code"], "name": p["title"], "grant": f"{m // WAN}.{m % WAN:06d}"}
            for p, m in zip(picks, money, strict=True)
        ]
        acts["record_paid"].run(
            by=world.by,
            record=f"q-bz-{year}",
            rows=json.dumps(rows, ensure_ascii=False),
            paid_on=dt.date(year, 11, 20),
            source="示例拨付文件",
            reason="补登历史名单",
        )


def _fund(world: World) -> None:
    """The consolidated fund: the budget of the year (F95) over the year before (F96), with lines below it."""
    now, before = world.t("F95"), world.t.base("F95", "F96", step=10**8)
    rows: list[dict[str, Any]] = []
    for year, total in ((AS_OF.year, now), (AS_OF.year - 1, before)):
        rows.append(
            {
                "ref": f"q-zx-{year}",
                "title": f"{year}年省级科技专项资金（演示）",
                "owner": "g-czt",
                "kind": "fund",
                "year": year,
                "amount_wan": total,
            }
        )
        names = ("基础研究", "重大攻关", "平台建设", "成果转化", "人才与合作")
        for i, (name, fen) in enumerate(zip(names, parts(total, 5, world.rng(f"fund{year}"), step=WAN, spread=0.4), strict=True)):
            rows.append(
                {"ref": f"q-zx-{year}-{i + 1}", "title": f"{year}年{name}", "owner": "g-czt", "kind": "line", "parent": f"q-zx-{year}", "year": year, "amount_wan": fen}
            )  # fmt: skip
    for row in rows:  # parents first, one import a level
        row.setdefault("note", "示例预算")
    world.put("budget_lines", [r for r in rows if r["kind"] == "fund"])
    world.put("budget_lines", [r for r in rows if r["kind"] == "line"])
