"""Networks, institute and investment alliance of the full province (F08, F84–F93)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.cli.demo.full.world import AS_OF, FIELDS, WAN, World, cover, days, parts

YEAR_END = dt.date(AS_OF.year - 1, 12, 31)
ALLIANCE, PARK, INSTITUTE = "q-lm-tz", "q-yq-1", "q-yjy-1"
SINCE = dt.date(2021, 3, 1)


def load(world: World) -> None:
    """Consortia, then the institute's park, then the alliance with its deals and services."""
    _consortia(world)
    _park(world)
    _alliance(world)
    _deals(world)
    _served(world)


def _consortia(world: World) -> None:
    """Consortia filed and running (F08), the last three filed shortly before the day; one in preparation and other kinds beside them."""
    rng, count = world.rng("consortia"), world.t("F08")
    late = min(3, count // 3)
    rows: list[dict[str, Any]] = []
    for i in range(count):
        filed = dt.date(2025, 5, 20) if i >= count - late else dt.date(2022, 9, 1) + dt.timedelta(days=i * 700 // max(1, count))
        rows.append(
            _network(
                f"q-lm-{i + 1:02d}",
                f"示例创新联合体{i + 1}（演示）",
                "consortium",
                rng.choice(world.bodies["firm"])["ref"],
                filed,
                FIELDS[i % len(FIELDS)],
            )
        )
    rows.append(
        {
            **_network("q-lm-p", "示例筹备中的联合体（演示）", "consortium", world.bodies["firm"][0]["ref"], AS_OF, "energy"),
            "filed_on": None,
        }
    )
    rows.append(_network("q-lm-l", "示例后续联合体（演示）", "consortium", world.bodies["firm"][1]["ref"], dt.date(2025, 9, 1), "seed"))
    rows.append(
        _network("q-lm-cy", "示例产业技术创新联盟（演示）", "alliance", world.bodies["firm"][2]["ref"], dt.date(2023, 4, 1), "medicine")
    )
    rows.append(_network(ALLIANCE, "示例科技投资联盟（演示）", "investment", "jsti", SINCE, "digital"))
    world.put("networks", rows)
    members = []
    for row in rows[:count]:
        for j, body in enumerate(rng.sample(world.bodies["firm"], 6) + rng.sample(world.bodies["home"], 2)):
            members.append(_member(f"{row['ref']}-{j + 1}", body, row["ref"], row["filed_on"]))
    world.put("network_members", members)


def _network(ref: str, title: str, kind: str, owner: str, filed: dt.date, field: str) -> dict[str, Any]:
    return {
        "ref": ref, "title": title, "owner": owner, "kind": kind, "fields": [field], "division": "220100", "agreement_signed_on": filed - dt.timedelta(days=60),
        "agreement": "示例：理事会决策，成果按贡献共享。", "aims": "示例：围绕产业链共性技术联合攻关。", "batch": f"{filed.year}年", "filed_on": filed, "founded_on": filed,
    }  # fmt: skip


def _member(ref: str, body: dict[str, Any], network: str, joined: dt.date, **more: Any) -> dict[str, Any]:
    return {
        "ref": f"q-cy-{ref}",
        "title": f"{body['title']}（成员）",
        "owner": body["ref"],
        "network": network,
        "role": "member",
        "joined_on": joined,
        **more,
    }


def _park(world: World) -> None:
    """The park's area (F84), tenants in it (F85) and what was paid in to them (F86); one that left and promises beside them."""
    rng, t = world.rng("park"), world.t
    opened = dt.date(2023, 5, 1)
    world.put(
        "institutes",
        [
            {
                "ref": INSTITUTE,
                "title": "示例科技创新研究院（演示）",
                "owner": "jsti",
                "kind": "provincial",
                "founded_on": dt.date(2021, 1, 1),
            }
        ],
    )
    area = t("F84")
    if area:
        world.put(
            "parks",
            [
                {
                    "ref": PARK,
                    "title": "示例产业孵化园（演示）",
                    "owner": "jsti",
                    "institute": INSTITUTE,
                    "division": "220100",
                    "area_m2": area,
                    "opened_on": opened,
                }
            ],
        )
    count = t("F85")
    if not area or not count:
        return
    firms = rng.sample(world.bodies["firm"], count + 2)
    rows, money, paid = [], [], parts(t("F86"), count, rng, step=1_000)
    for i, firm in enumerate(firms):
        moved = days(1, rng, opened, AS_OF - dt.timedelta(days=90))[0]
        left = {"moved_out_on": AS_OF - dt.timedelta(days=30), "outcome": "graduated"} if i >= count else {}
        rows.append(
            {
                "ref": f"q-rz-{i + 1:03d}",
                "title": f"{firm['title']}入驻",
                "owner": firm["ref"],
                "park": PARK,
                "area_m2": 200,
                "business": "示例业务",
                "moved_in_on": moved,
                **left,
            }
        )
        if i < count:
            given = days(1, rng, moved, AS_OF)[0]
            money.append(
                _investment(i, firm, {"promised_wan": paid[i] * 3 // 2, "promised_on": moved, "paid_wan": paid[i], "paid_on": given})
            )
        else:
            money.append(_investment(i, firm, {"promised_wan": 500 * WAN, "promised_on": moved, "due_on": dt.date(2026, 12, 31)}))
    world.put("tenancies", rows)
    world.put("tenant_investments", money)


def _investment(i: int, firm: dict[str, Any], money: dict[str, Any]) -> dict[str, Any]:
    return {
        "ref": f"q-tz-{i + 1:03d}",
        "title": f"{firm['title']}融资",
        "owner": firm["ref"],
        "tenancy": f"q-rz-{i + 1:03d}",
        "investor_name": "示例投资方（演示）",
        **money,
    }


def _alliance(world: World) -> None:
    """Members in force (F87), those that left, roadshows and matchings up to the year's end (F90, F91) and after it."""
    rng, t = world.rng("alliance"), world.t
    world.make_bodies("fund", max(3, t("F87") + 2), "fund")
    funds = world.bodies["fund"]
    rows = [_member(f"tz-{i + 1}", f, ALLIANCE, SINCE + dt.timedelta(days=i * 20)) for i, f in enumerate(funds[: t("F87")])]
    rows += [_member(f"tz-l{i}", f, ALLIANCE, SINCE, left_on=dt.date(2024, 3, 1), left_why="示例") for i, f in enumerate(funds[t("F87") :])]
    world.put("network_members", rows)
    activities: list[dict[str, Any]] = []
    for kind, count in (("roadshow", t("F90")), ("matching", t("F91"))):
        dates = days(count, rng, SINCE, YEAR_END) + days(max(3, count // 15), rng, dt.date(2025, 1, 2), AS_OF)
        for i, day in enumerate(dates):
            activities.append(
                {"ref": f"q-lh-{kind}-{i + 1:04d}", "title": f"示例联盟活动{kind}{i + 1}", "owner": "jsti", "network": ALLIANCE, "kind": kind, "held_on": day,
                 "attendance": 20 + rng.randrange(80), "report": "示例：活动总结。"}
            )  # fmt: skip
    world.put("network_activities", activities)


def _deals(world: World) -> None:
    """Deals closed by members up to the year's end (F88) and the money paid on them (F89); open deals and those of this year beside them."""
    rng, t = world.rng("deals"), world.t
    count = t("F88")
    later = max(4, count // 15)
    funds = world.bodies["fund"]
    totals = parts(t("F89"), count, rng, step=WAN)
    closed = days(count, rng, SINCE, YEAR_END) + days(later, rng, dt.date(2025, 1, 2), AS_OF)
    deals, payments = [], []
    for i, day in enumerate([*closed, *[None] * later]):
        fen = totals[i] if i < count else 800 * WAN
        firm, member = rng.choice(world.bodies["firm"]), funds[i % len(funds)]
        signed = (day or AS_OF) - dt.timedelta(days=60)
        deals.append(
            {"ref": f"q-tm-{i + 1:04d}", "title": f"示例投资项目{i + 1}（演示）", "owner": member["ref"], "network": ALLIANCE, "target": firm["ref"],
             "round": rng.choice(("angel", "a", "b")), "committed_wan": fen, "signed_on": signed, "closed_on": day, "attribution": "own"}
        )  # fmt: skip
        if day is None:
            continue
        first = fen // 2
        for j, (part, on) in enumerate(((fen - first, signed + dt.timedelta(days=20)), (first, day))):
            if part:
                payments.append(
                    {"ref": f"q-cz-{i + 1:04d}-{j + 1}", "title": f"示例出资{j + 1}", "owner": member["ref"], "deal": f"q-tm-{i + 1:04d}", "paid_wan": part, "paid_on": on}
                )  # fmt: skip
    world.put("alliance_deals", deals)
    world.put("alliance_payments", payments)


def _served(world: World) -> None:
    """Firms attracted (F92) and incubated (F93), distinct, up to the year's end; some served twice, some after it."""
    rng, t = world.rng("served"), world.t
    landed = [*days(t("F92"), rng, SINCE, YEAR_END), *days(4, rng, dt.date(2025, 1, 2), AS_OF)]
    firms = rng.sample(world.bodies["firm"], len(landed))
    world.put(
        "attracted_firms",
        (
            {"ref": f"q-yr-{i + 1:03d}", "title": f"引入{f['title']}", "owner": "jsti", "network": ALLIANCE, "firm": f["ref"], "from_place": "省外", "division": f["division"],
             "agreed_on": day - dt.timedelta(days=90), "landed_on": day}
            for i, (f, day) in enumerate(zip(firms, landed, strict=True))
        ),
    )  # fmt: skip
    count = t("F93")
    pool = rng.sample(world.bodies["firm"], count + 8)
    served = cover(pool[:count], count + count // 6, rng)
    dates = days(len(served), rng, SINCE, YEAR_END)
    rows = [*zip(served, dates, strict=True), *zip(pool[count:], days(8, rng, dt.date(2025, 1, 2), AS_OF), strict=True)]
    world.put(
        "incubations",
        (
            {"ref": f"q-fh-{i + 1:04d}", "title": f"孵化服务{i + 1}", "owner": "jsti", "network": ALLIANCE, "firm": f["ref"], "kind": rng.choice(("mentoring", "finance", "space")), "starts_on": day}
            for i, (f, day) in enumerate(rows)
        ),
    )  # fmt: skip
