"""Reform of service inventions in the full province: pilot bodies, inventions, transfers, income of people (F18–F21)."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from trihelix.cli.demo.full.world import AS_OF, World, cover, days, parts, person_name
from trihelix.engines.money import split

START = dt.date(2022, 7, 1)
LATE = dt.date(2025, 12, 31)
MECHANISMS = ("income_share", "income_share", "rights", "separate", "use_first", "concession")
WAYS = ("licence", "licence", "transfer", "invest")


def load(world: World) -> None:
    """Transfers of pilot bodies add up to the totals; those of other bodies and later ones stand beside them."""
    rng, bodies, results = world.rng("reform"), world.t("F18"), world.t("F19")
    homes = world.bodies["home"]
    pilots, others = homes[:bodies], homes[bodies : bodies + 6]
    world.put(
        "pilot_bodies",
        (
            {"ref": f"q-sd-{i + 1:03d}", "title": f"{p['title']}（试点）", "owner": p["ref"], "batch": "先期试点", "valid_from": START, "source": "示例试点名单"}
            for i, p in enumerate(pilots)
        ),
    )  # fmt: skip
    repeats = results // 25  # a result may be transferred more than once
    amounts = parts(world.t("F20"), results + repeats, rng, step=10_000, spread=1.1) if results else []
    people = split(world.t("F21"), amounts) if amounts else []
    owners = cover(pilots, results, rng)
    made = [_invention(f"q-zk-{i + 1:05d}", owner, i, rng) for i, owner in enumerate(owners)]
    again = [made[rng.randrange(results)] for _ in range(repeats)]
    dates = days(len(amounts), rng, START, AS_OF)
    transfers = [_transfer("a", i, inv, dates[i], amounts[i], people[i], rng) for i, inv in enumerate([*made, *again])]
    beside = [_invention(f"q-zk-b{i + 1:04d}", rng.choice(others), 20_000 + i, rng) for i in range(40)]
    values = parts(2 * 10**9, 40, rng, step=10_000)
    transfers += [
        _transfer("b", i, inv, day, values[i], values[i] * 7 // 10, rng)
        for i, (inv, day) in enumerate(zip(beside, days(40, rng, START, AS_OF), strict=True))
    ]
    if pilots:
        late = [_invention(f"q-zk-c{i + 1:04d}", rng.choice(pilots), 30_000 + i, rng) for i in range(25)]
        day = AS_OF + dt.timedelta(days=1)
        transfers += [
            _transfer("c", i, inv, d, 5 * 10**7, 35 * 10**6, rng)
            for i, (inv, d) in enumerate(zip(late, days(25, rng, day, LATE), strict=True))
        ]
        beside += late
    world.put("inventions", made + beside)
    world.put("transfers", transfers)


def _invention(ref: str, owner: dict[str, Any], i: int, rng: random.Random) -> dict[str, Any]:
    return {
        "ref": ref, "title": f"示例职务成果{i + 1}（演示）", "owner": owner["ref"], "kind": rng.choice(("patent", "patent", "software", "secret")),
        "completers": [{"name": person_name(rng) + "1", "ratio": "0.6"}, {"name": person_name(rng) + "2", "ratio": "0.4"}],
        "registered_on": START - dt.timedelta(days=30 + rng.randrange(700)), "summary": "示例：由高校院所完成、登记入账的职务科技成果。",
    }  # fmt: skip


def _transfer(tag: str, i: int, invention: dict[str, Any], day: dt.date, amount: int, people: int, rng: random.Random) -> dict[str, Any]:
    return {
        "ref": f"q-zh-{tag}-{i + 1:05d}", "title": f"{invention['title']}转化", "owner": invention["owner"], "invention": invention["ref"],
        "partner_name": "示例受让企业（演示）", "mechanism": rng.choice(MECHANISMS), "way": rng.choice(WAYS), "price_way": "agreement", "signed_on": day,
        "amount_wan": amount, "opening_on": max(day, AS_OF), "opening_received_wan": amount, "opening_people_wan": people,
    }  # fmt: skip
