"""Ranking, agreements, credit and loans of the full province (F42–F45)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.cli.demo.full.world import AS_OF, WAN, World, days, parts
from trihelix.engines.money import split
from trihelix.kernel.register import register_of

LIST, RANKING = "q-md-1", "q-bd-2024"
OTHER_BANK = 2


def load(world: World) -> None:
    """The ranking, the agreements, the list of firms, what was granted and drawn."""
    _ranking(world)
    _agreements(world)
    _credit(world)


def _ranking(world: World) -> None:
    """The list as published (F42), taken from its document; an older one beside it."""
    rng, count = world.rng("ranking"), world.t("F42")
    acts = register_of("rankings").acts
    for ref, year, size in (("q-bd-2023", 2023, 40), (RANKING, 2024, count)):
        if not size:
            continue
        row = {"ref": ref, "title": f"示例{year}年优秀科技型中小企业榜单", "owner": "g-kjt", "method": "top-500", "year": year, "as_of": dt.date(year, 12, 31), "size": size,
               "source": "示例榜单文件", "published_on": dt.date(year + 1, 3, 20)}  # fmt: skip
        world.put("rankings", [row])
        firms = rng.sample(world.bodies["firm"], size)
        world.put(
            "ranked_firms",
            (
                {"ref": f"{ref}-{i + 1:04d}", "title": f"{firm['title']}（第{i + 1}名）", "owner": firm["ref"], "ranking": ref, "rank": i + 1}
                for i, firm in enumerate(firms)
            ),
        )  # fmt: skip
        acts["accept_list"].run(by=world.by, record=ref)
        acts["publish"].run(by=world.by, record=ref)


def _agreements(world: World) -> None:
    """Finance bodies with an agreement in force (F43); lapsed ones and a later one of other bodies beside them."""
    rng, count = world.rng("agreements"), world.t("F43")
    world.make_bodies("bank", count + OTHER_BANK + 1, "bank")
    rows = []
    for i, bank in enumerate(world.bodies["bank"]):
        since, until = days(1, rng, dt.date(2023, 1, 1), dt.date(2025, 3, 31))[0], dt.date(2027, 12, 31)
        if count <= i < count + OTHER_BANK:
            since, until = dt.date(2021, 1, 1), dt.date(2023, 12, 31)
        elif i >= count:
            since = dt.date(2025, 9, 1)
        rows.append({"ref": f"q-jr-{i + 1:03d}", "title": "示例战略合作协议", "owner": "g-kjt", "partner": bank["ref"], "signed_on": since, "valid_from": since, "valid_to": until,
                     "intended_wan": 50_000 * WAN})  # fmt: skip
    world.put("finance_agreements", rows)


def _credit(world: World) -> None:
    """Limits granted to listed firms (F44) and loans drawn (F45); those of other firms and of later days beside them."""
    rng, t = world.rng("credit"), world.t
    total, drawn = t("F44"), t("F45")
    listed = rng.sample(world.bodies["firm"], 160)
    world.put(
        "firm_lists",
        [
            {
                "ref": LIST,
                "title": "示例科技创新企业清单",
                "owner": "g-kjt",
                "kind": "innovation",
                "as_of": dt.date(2024, 1, 31),
                "source": "示例清单文件",
            }
        ],
    )
    register_of("firm_lists").acts["load"].run(by=world.by, record=LIST, rows=[{"firm": f["ref"]} for f in listed])
    names = {f["ref"] for f in listed}
    unlisted = [f for f in world.bodies["firm"] if f["ref"] not in names][:30]
    first = dt.date(2024, 2, 1)
    limits = parts(total, 140, rng, step=WAN) if total else []
    loans = split(drawn, limits) if limits else []
    dates = days(len(limits), rng, first, AS_OF - dt.timedelta(days=15))
    lines: list[dict[str, Any]] = []
    taken: list[dict[str, Any]] = []
    for i, (fen, loan, day) in enumerate(zip(limits, loans, dates, strict=True)):
        lines.append(_line(f"{i + 1:04d}", world.bodies["bank"][i % max(1, t("F43"))], listed[i], fen, day, LIST))
        if loan:
            taken.append(_loan(f"{i + 1:04d}", lines[-1], loan, day + dt.timedelta(days=10)))
    for i, firm in enumerate(unlisted):
        day = days(1, rng, first, AS_OF - dt.timedelta(days=15))[0]
        lines.append(_line(f"x{i + 1:03d}", world.bodies["bank"][0], firm, 300 * WAN, day, None))
        taken.append(_loan(f"x{i + 1:03d}", lines[-1], 100 * WAN, day + dt.timedelta(days=10)))
    for i, firm in enumerate(listed[140:150]):
        lines.append(_line(f"n{i + 1:03d}", world.bodies["bank"][0], firm, 300 * WAN, dt.date(2025, 7, 1), LIST))
        taken.append(_loan(f"n{i + 1:03d}", lines[-1], 100 * WAN, dt.date(2025, 8, 1)))
    world.put("credit_lines", lines)
    world.put("loans", taken)


def _line(tag: str, bank: dict[str, Any], firm: dict[str, Any], fen: int, day: dt.date, listed: str | None) -> dict[str, Any]:
    return {
        "ref": f"q-sx-{tag}", "title": f"{firm['title']}授信", "owner": bank["ref"], "firm": firm["ref"], "list": listed, "granted_on": day,
        "valid_to": day + dt.timedelta(days=1095), "limit_wan": fen,
    }  # fmt: skip


def _loan(tag: str, line: dict[str, Any], fen: int, day: dt.date) -> dict[str, Any]:
    return {
        "ref": f"q-dk-{tag}", "title": "示例贷款", "owner": line["owner"], "firm": line["firm"], "line": line["ref"], "list": line["list"], "drawn_on": day,
        "due_on": day + dt.timedelta(days=365), "amount_wan": fen, "purpose": "研发与生产",
    }  # fmt: skip
