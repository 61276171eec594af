"""People of the full province: title review, combined bodies, carriers, commissioners (F59–F64, F74–F80)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

from trihelix.cli.demo.full.world import AS_OF, CITIES, CITY_WEIGHTS, FIELDS, World, cover, days, person_name
from trihelix.engines.codes import synthetic_credit_code

FIXED = dt.date(2024, 12, 2)  # the day to which the letter counts its commissioners
FIRST = dt.date(2022, 12, 1)
TERM = 730


def load(world: World) -> None:
    """Authorisations, combined bodies, carriers; then the commissioners."""
    _authorisations(world)
    world.put("combined_bodies", _combined(world))
    _carriers(world)
    _commissioners(world)


def _authorisations(world: World) -> None:
    """Firms with a valid authorisation (F59); lapsed and revoked ones of other firms beside them."""
    rng, count = world.rng("authorisations"), world.t("F59")
    firms = rng.sample(world.bodies["firm"], count + 15)
    rows = []
    for i, firm in enumerate(firms):
        since = days(1, rng, dt.date(2022, 7, 1), dt.date(2025, 3, 31))[0]
        more: dict[str, Any] = {"valid_from": since, "valid_to": dt.date(2027, 12, 31)}
        if i >= count:
            more = (
                {"valid_from": dt.date(2021, 1, 1), "valid_to": dt.date(2024, 6, 30)}
                if i % 2
                else {**more, "ended_on": AS_OF - dt.timedelta(days=20)}
            )
        rows.append(
            {
                "ref": f"q-sq-{i + 1:04d}",
                "title": f"{firm['title']}职称自主评审授权",
                "owner": firm["ref"],
                "series": ["engineering"],
                "levels": ["junior", "intermediate"],
                **more,
            }
        )
    world.put("title_authorisations", rows)


def _combined(world: World) -> Iterator[dict[str, Any]]:
    """Bodies that join review and appointment (F60); some left the list, some joined later."""
    rng, count = world.rng("combined"), world.t("F60")
    left, later = max(10, count // 100), 20
    kinds = ("public", "public", "public", "state_firm", "private_firm")
    for i in range(count + left + later):
        city = rng.choices(CITIES, CITY_WEIGHTS)[0]
        since = (
            dt.date(2019 + rng.randrange(6), 1 + rng.randrange(12), 1 + rng.randrange(28))
            if i < count + left
            else dt.date(2025, 7, 1 + i % 28)
        )
        gone = {"ended_on": dt.date(2025, 1, 1 + i % 28)} if count <= i < count + left else {}
        yield {
            "ref": f"q-pp-{i + 1:05d}", "title": f"示例评聘单位{i + 1:05d}（演示）", "credit_code": synthetic_credit_code(next(world.codes), city, "12"), "kind": rng.choice(kinds),
            "division": city, "since": since, **gone,
        }  # fmt: skip


def _carriers(world: World) -> None:
    """Stations, workstations with practice bases, skill bases, studios (F61–F64); removed ones and another level beside them."""
    rng, t = world.rng("carriers"), world.t
    stations = t("F62") // 2
    wanted = [
        ("mobile_station", "national", t("F61"), 0), ("workstation", "provincial", stations, 4), ("practice_base", "provincial", t("F62") - stations, 4),
        ("skill_base", "national", t("F63"), 2), ("studio", "provincial", t("F64"), 3),
    ]  # fmt: skip
    rows: list[dict[str, Any]] = []
    for kind, level, count, removed in wanted:
        for i, day in enumerate(days(count + removed, rng, dt.date(2008, 1, 1), AS_OF)):
            pool = world.bodies["home" if kind == "mobile_station" else "firm"]
            rows.append(
                _carrier(
                    kind,
                    level,
                    i,
                    day,
                    rng.choice(pool),
                    {"ended_on": AS_OF - dt.timedelta(days=rng.randrange(1, 90))} if i >= count else {},
                )
            )
    rows += [_carrier("skill_base", "provincial", 900 + i, dt.date(2020, 5, 1), rng.choice(world.bodies["firm"]), {}) for i in range(6)]
    for row in rows:
        if "ended_on" in row:
            row["recognised_on"] = min(row["recognised_on"], dt.date(2024, 1, 1))
    world.put("talent_carriers", rows)


def _carrier(kind: str, level: str, i: int, day: dt.date, owner: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    title = f"示例{kind}{i + 1}（演示）"
    return {
        "ref": f"q-rc-{kind}-{i + 1:03d}",
        "title": title,
        "owner": owner["ref"],
        "kind": kind,
        "level": level,
        "recognised_on": day,
        "division": owner["division"],
        **more,
    }


def _commissioners(world: World) -> None:
    """People, homes, hosts, cities and fields counted apart; second terms are second appointments; later and other kinds beside them."""
    rng, t = world.rng("commissioners"), world.t
    count = t("F77")
    inside, outside = world.bodies["home"][: t("F75") - t("F76")], world.bodies["away"][: t("F76")]
    homes = cover([*inside, *outside], count, rng)
    hosts = cover(_hosts(world, t("F79"), t("F78"), rng), count, rng)
    fields = cover(FIELDS[: t("F80")], count, rng)
    batches = [_batch(world, i, t("F74")) for i in range(t("F74"))]
    later = 30
    people = [
        {"ref": f"q-ry-{i + 1:05d}", "title": person_name(rng), "owner": home["ref"], "rank": rng.choice(("教授", "副教授", "研究员", "高级工程师")),
         "discipline": "460", "fields": [field]}
        for i, (home, field) in enumerate(zip([*homes, *rng.choices(world.bodies["home"], k=later)], [*fields, *rng.choices(FIELDS, k=later)], strict=True))
    ]  # fmt: skip
    world.put("people", people)
    world.put("secondment_batches", [*batches, _late_batch(len(batches))])
    given = sorted(batches[i % len(batches)]["number_in_line"] for i in range(count)) if batches else []
    rows = [_secondment(i, people[i], hosts[i], batches[given[i] - 1], fields[i], rng) for i in range(count)]
    again = [i for i in range(count) if rows[i]["appointed_on"] + dt.timedelta(days=TERM) < FIXED]
    for j, i in enumerate(rng.sample(again, len(again) // 8)):
        first = rows[i]
        start = first["ends_on"] + dt.timedelta(days=1)
        last = batches[-1]["ref"]
        rows.append(
            {
                **first,
                "ref": f"q-kc-r{j + 1:04d}",
                "starts_on": start,
                "ends_on": start + dt.timedelta(days=TERM),
                "appointed_on": start,
                "term_no": 2,
                "batch": last,
            }
        )
    for j in range(later):
        person = people[count + j]
        rows.append(_secondment(20_000 + j, person, rng.choice(world.bodies["firm"]), _late_batch(len(batches)), person["fields"][0], rng))
    world.put("secondments", rows)


def _hosts(world: World, count: int, cities: int, rng: random.Random) -> list[dict[str, Any]]:
    """``count`` firms in exactly ``cities`` cities."""
    places = set(CITIES[:cities])
    pool = [f for f in world.bodies["firm"] if f["division"] in places]
    one_each = [next(f for f in pool if f["division"] == c) for c in CITIES[:cities]]
    held = {f["ref"] for f in one_each}
    rest = [f for f in pool if f["ref"] not in held]
    return one_each + rng.sample(rest, count - len(one_each)) if count else []


def _batch(world: World, i: int, count: int) -> dict[str, Any]:
    span = (FIXED - FIRST).days - 30
    day = FIRST + dt.timedelta(days=span * i // max(1, count - 1)) if count > 1 else FIRST
    return {
        "ref": f"q-kcp-{i + 1}",
        "title": f"示例第{i + 1}批科创专员",
        "owner": "g-kjt",
        "number_in_line": i + 1,
        "year": day.year,
        "appointed_on": day,
    }


def _late_batch(i: int) -> dict[str, Any]:
    return {
        "ref": "q-kcp-late",
        "title": f"示例第{i + 1}批科创专员",
        "owner": "g-kjt",
        "number_in_line": i + 1,
        "year": 2025,
        "appointed_on": dt.date(2025, 3, 20),
    }


def _secondment(
    i: int, person: dict[str, Any], host: dict[str, Any], batch: dict[str, Any], field: str, rng: random.Random
) -> dict[str, Any]:
    day = batch["appointed_on"]
    return {
        "ref": f"q-kc-{i + 1:05d}", "title": f"{person['title']} → {host['title']}", "owner": person["owner"], "person": person["ref"], "host": host["ref"], "batch": batch["ref"],
        "city": host["division"], "field": field, "degree": rng.choice(("doctor", "doctor", "master")), "post_title": "科技副总", "appointed_on": day,
        "starts_on": day, "ends_on": day + dt.timedelta(days=TERM), "term_no": 1,
    }  # fmt: skip
