"""Patents of the full province: stock-taking, recordings, products (F47–F53)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

from trihelix.cli.demo.full.world import AS_OF, FIELDS, TRADE, YEAR, World, cover, days
from trihelix.engines.codes import application_of

FIRST_SERIAL = 9_900_000  # serial numbers of the demo's application numbers begin here, in every year
ROUND, OLDER = "q-pd-2024", "q-pd-2022"
STARTS = dt.date(YEAR, 2, 1)
CLASSES = {
    "optoelectronics": "G02B", "automobile": "B60K", "materials": "C08L", "energy": "H01M", "medicine": "A61K", "machinery": "A01B", "fibre": "D01F",
    "digital": "G06F", "transport": "B61L", "environment": "C02F", "seed": "A01H", "space": "B64G",
}  # fmt: skip
TOPICS = ("制备方法", "检测装置", "控制方法", "成形工艺", "提取方法", "结构", "系统", "复合材料")


def load(world: World) -> None:
    """The round with its patents, the recordings of two years, products of firms."""
    _stock(world)
    world.put("patent_recordings", _recordings(world))
    _products(world)


def _stock(world: World) -> None:
    """Patents with prospects of the bodies asked for (F50, F51); without prospects, not yet approved, and of an older round beside them."""
    rng, t = world.rng("patents"), world.t
    bodies = world.bodies["home"][: t("F50")]
    others = world.bodies["home"][t("F50") :]
    count = t("F51")
    without, waiting, older = count // 6 + 20, 60, 80
    for ref, title, start, joined in (
        (OLDER, "示例存量专利盘点（前一轮）", dt.date(2022, 3, 1), others),
        (ROUND, "示例存量专利盘点", STARTS, [*bodies, *others]),
    ):
        world.put(
            "stock_rounds",
            [
                {
                    "ref": ref,
                    "title": title,
                    "owner": "g-scjg",
                    "starts_on": start,
                    "bodies": [b["ref"] for b in joined],
                    "granted_until": start,
                }
            ],
        )
    owners = [*cover(bodies, count, rng), *rng.choices(bodies or others, k=without), *rng.choices(others, k=waiting + older)]
    world.put("patents", (_patent(i, owner, rng) for i, owner in enumerate(owners)))
    world.put("stock_records", _forms(owners, count, without, waiting, rng))


def _patent(i: int, owner: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    year = 2012 + i % 11
    topic = owner["fields"][0] if rng.random() < 0.6 else rng.choice(FIELDS)
    filed = dt.date(year, 1 + rng.randrange(12), 1 + rng.randrange(28))
    granted = min(filed + dt.timedelta(days=400 + rng.randrange(700)), STARTS - dt.timedelta(days=1))
    return {
        "ref": f"q-zl-{i + 1:06d}", "app_no": application_of(year, FIRST_SERIAL + i), "title": f"一种{TRADE[topic]}用{rng.choice(TOPICS)}（示例{i + 1}）", "owner": owner["ref"],
        "classes": [f"{CLASSES[topic]} {1 + i % 9}/00"], "filing_date": filed, "grant_date": granted, "status": "in_force", "fields": [topic], "division": owner["division"],
    }  # fmt: skip


def _forms(owners: list[dict[str, Any]], count: int, without: int, waiting: int, rng: random.Random) -> Iterator[dict[str, Any]]:
    for i, owner in enumerate(owners):
        form: dict[str, Any] = {"ref": f"q-pj-{i + 1:06d}", "round": ROUND, "patent": f"q-zl-{i + 1:06d}", "owner": owner["ref"]}
        if i < count:
            form |= {
                "prospect": rng.choice(("good", "potential", "potential")),
                "stars": 3 + rng.randrange(3),
                "pool_on": dt.date(YEAR, 6, 1 + i % 28),
            }
        elif i < count + without:
            form |= {"prospect": rng.choice(("unclear", "none")), "stars": 1 + rng.randrange(2), "pool_on": dt.date(YEAR, 6, 1 + i % 28)}
        elif i >= count + without + waiting:
            form |= {"round": OLDER, "prospect": "good", "stars": 4, "pool_on": dt.date(2022, 6, 1)}
        yield form


def _recordings(world: World) -> Iterator[dict[str, Any]]:
    """Recordings of the year (F52), of the year before for the growth (F53), and of this year."""
    rng, t = world.rng("recordings"), world.t
    now, before = t("F52"), t.base("F52", "F53") if t("F52") else 0
    spans = (
        (now, dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 31)),
        (before, dt.date(YEAR - 1, 1, 1), dt.date(YEAR - 1, 12, 31)),
        (120, dt.date(2025, 1, 1), AS_OF),
    )
    made = 0
    for count, first, last in spans:
        for day in days(count, rng, first, last):
            made += 1
            yield {
                "ref": f"q-ba-{made:06d}", "title": f"示例专利许可备案{made}", "kind": rng.choice(("transfer", "licence", "licence")), "recorded_on": day,
                "recording_no": f"示例备案{made:06d}", "patents": 1 + (rng.random() < 0.2), "holder_kind": rng.choice(("firm", "firm", "university", "institute", "person")),
                "holder_name": "示例权利人（演示）", "counterpart_name": "示例受让方（演示）",
            }  # fmt: skip


def _products(world: World) -> None:
    """Products filed by firms (F47, F48), some recognised nationally (F49); drafts and later filings beside them."""
    rng, t = world.rng("products"), world.t
    firms = rng.sample(world.bodies["firm"], t("F47"))
    owners, recognised, extra = cover(firms, t("F48"), rng), t("F49"), 12
    dates = days(len(owners), rng, dt.date(2023, 6, 1), AS_OF - dt.timedelta(days=60))
    rows: list[dict[str, Any]] = []
    for i, owner in enumerate(owners):
        got = {"recognised_on": dates[i] + dt.timedelta(days=50), "certificate_no": f"示例{i + 1:04d}"} if i < recognised else {}
        rows.append(
            {"ref": f"q-cp-{i + 1:04d}", "title": f"示例专利产品{i + 1}（演示）", "owner": owner["ref"], "filed_on": dates[i], **got}
        )
    for i, owner in enumerate(rng.choices(world.bodies["firm"], k=extra)):
        rows.append(
            {
                "ref": f"q-cp-x{i + 1:03d}",
                "title": f"示例专利产品草稿{i + 1}（演示）",
                "owner": owner["ref"],
                **({"filed_on": dt.date(2025, 8, 1)} if i % 2 else {}),
            }
        )
    world.put("patent_products", rows)
