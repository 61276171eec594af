"""Market of the full province: nodes, services, events, intakes, visits, technology contracts (F09–F10, F17, F25–F36)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

from trihelix.cli.demo.full.world import AS_OF, CITIES, WAN, YEAR, World, cover, days, parts
from trihelix.cli.demo.province import topics

CENTRE, OPERATOR, EDUCATION = "JL", "m-jl", "g-jyt"  # the provincial market, its operator, the owner of the survey
SUBMARKETS = ("JL-2201", "JL-2202", "JL-2203", "JL-2205", "JL-2207", "JL-2224")
TO = dt.date(YEAR, 12, 31)
FROM = dt.date(YEAR, 1, 1)
LATER = dt.date(2027, 12, 31)  # a need's own deadline must lie ahead
KINDS = ("SER", "SER", "SER", "DEV", "DEV", "CON", "TRF", "LIC")


def load(world: World) -> None:
    """Everything that the provincial market counts, and what stands beside it."""
    _nodes(world)
    _results(world)
    _needs(world)
    _visits(world)
    _events(world)
    _services(world)
    _contracts(world)


def _nodes(world: World) -> None:
    extra = world.t("F26") - 10
    world.put(
        "nodes",
        (
            {"ref": f"q-node-{i + 1}", "title": f"示例增设分市场{i + 1}（演示）", "level": "10", "owner": CENTRE, "division": CITIES[i % 9],
             "operator": "m-run", "opened_on": dt.date(2023, 3, 1), "services": ["policy", "collection", "promotion"],
             "opening": [{"day": "workday", "opens": "08:30", "closes": "16:30"}]}
            for i in range(extra)
        ),
    )  # fmt: skip


def _outside(count: int, least: int = 5) -> int:
    """How many records stand beside a population, so that a missing filter shows."""
    return max(least, count // 12)


def _texts(kind: str) -> list[tuple[str, dict[str, Any]]]:
    return [(name, topic[kind]) for name, topic in topics() if topic.get(kind)]


def _results(world: World) -> None:
    """Results collected in the year (F33), each with its own intake; some collected elsewhere or in other years."""
    rng, texts, count = world.rng("results"), _texts("result"), world.t("F33")
    beside = _outside(count)
    rows, intakes = [], []
    dates = days(count, rng, FROM, TO) + days(beside, rng, dt.date(YEAR - 1, 1, 1), dt.date(YEAR - 1, 12, 31))
    for i, day in enumerate(dates):
        name, text = texts[i % len(texts)]
        owner = rng.choice(world.bodies["home"])
        ref = f"q-cg-{i + 1:05d}"
        rows.append(
            {"ref": ref, "title": f"{text['title']}（第{i // len(texts) + 1}批示例{i + 1}）", "owner": owner["ref"], "summary": text["summary"], "fields": [name],
             "division": owner["division"], "maturity": 3 + rng.randrange(6), "transfer_ways": ["licence", "joint"], "price_rule": "negotiable"}
        )  # fmt: skip
        intakes.append(_intake(ref, "result", i, day, rng))
    _more_intakes(intakes, "result", rows, rng, beside)
    world.put("results", rows)
    world.put("intakes", intakes)


def _intake(ref: str, column: str, i: int, day: dt.date, rng: random.Random, node: str = CENTRE, tag: str = "") -> dict[str, Any]:
    owner = OPERATOR if node == CENTRE else "m-run"
    title = f"{day.year}年度{'科技成果' if column == 'result' else '企业技术需求'}征集（演示）"
    return {
        "ref": f"q-zj-{column}{tag}-{i + 1:05d}",
        "title": title,
        "owner": owner,
        column: ref,
        "route": "market",
        "at_node": node,
        "collected_on": day,
    }


def _more_intakes(intakes: list[dict[str, Any]], column: str, rows: list[dict[str, Any]], rng: random.Random, count: int) -> None:
    """The same subjects collected again by sub-markets: other intakes, not other subjects."""
    for i, day in enumerate(days(count, rng, FROM, TO)):
        row = rows[rng.randrange(len(rows))]
        intakes.append(_intake(row["ref"], column, i, day, rng, rng.choice(SUBMARKETS), "s"))


def _need(
    ref: str, owner: dict[str, Any], text: tuple[str, dict[str, Any]], i: int, published: dt.date, rng: random.Random
) -> dict[str, Any]:
    name, need = text
    return {
        "ref": ref, "title": f"{need['title']}（示例{i + 1}）", "owner": owner["ref"], "kind": "technical", "problem": need["problem"],
        "indicators": [dict(row) for row in need["indicators"]], "budget_wan": (5 + rng.randrange(200)) * WAN, "ownership": need["ownership"],
        "deadline": LATER + dt.timedelta(days=rng.randrange(700)), "fields": [name], "division": owner["division"], "published_on": published,
    }  # fmt: skip


def _needs(world: World) -> None:
    """Needs collected in the year (F34) and in other years."""
    rng, texts, count = world.rng("needs"), _texts("need"), world.t("F34")
    beside = _outside(count)
    rows, intakes = [], []
    dates = days(count, rng, FROM, TO) + days(beside, rng, dt.date(YEAR - 1, 1, 1), dt.date(YEAR - 1, 12, 31))
    for i, day in enumerate(dates):
        ref = f"q-xq-{i + 1:05d}"
        rows.append(
            _need(ref, rng.choice(world.bodies["firm"]), texts[i % len(texts)], i, day + dt.timedelta(days=3 + rng.randrange(10)), rng)
        )
        intakes.append(_intake(ref, "need", i, day, rng))
    _more_intakes(intakes, "need", rows, rng, beside)
    world.put("needs", rows)
    world.put("intakes", intakes)


def _visits(world: World) -> None:
    """The survey of the education department: firms distinct (F09), needs published from it (F10); and another owner's survey."""
    rng, texts, firms, needs = world.rng("visits"), _texts("need"), world.t("F09"), world.t("F10")
    world.put(
        "visit_campaigns",
        (
            {"ref": f"q-zfp-{kind}", "title": f"示例走访调研（{label}）", "owner": owner, "owner_kind": kind, "starts_on": dt.date(YEAR, 3, 1),
             "ends_on": dt.date(YEAR, 11, 30)}
            for kind, owner, label in (("education", EDUCATION, "教育部门服务中心"), ("market", OPERATOR, "技术市场"))
        ),
    )  # fmt: skip
    visited = rng.sample(world.bodies["firm"], firms + 18)
    first, second = dt.date(YEAR, 3, 1), dt.date(YEAR, 11, 30)
    surveys = [
        ("education", EDUCATION, cover(visited[:firms], firms + firms // 7, rng), needs),
        ("market", OPERATOR, cover(visited[firms:], 20, rng), 10),
    ]
    rows: list[dict[str, Any]] = []
    raised: list[dict[str, Any]] = []
    for kind, owner, picks, count in surveys:
        own: list[dict[str, Any]] = []
        for i, day in enumerate(days(len(picks), rng, first, second)):
            firm = picks[i]
            own.append(
                {"ref": f"q-zf-{kind}-{i + 1:04d}", "title": f"走访{firm['title']}", "owner": owner, "campaign": f"q-zfp-{kind}", "firm": firm["ref"],
                 "visited_on": day, "findings": "示例：了解生产与研发情况，记录困难。", "needs": []}
            )  # fmt: skip
        for j in range(count if own else 0):
            visit = own[j % len(own)]
            ref = f"q-xqz-{kind}-{j + 1:04d}"
            owner_row = next(f for f in visited if f["ref"] == visit["firm"])
            raised.append(_need(ref, owner_row, rng.choice(texts), 10_000 + j, visit["visited_on"] + dt.timedelta(days=20), rng))
            visit["needs"].append(ref)
        rows += own
    world.put("needs", raised)
    world.put("visits", rows)


def _events(world: World) -> None:
    """Matching events of the centre (F31) and trainings on the reform (F17), beside those of others."""
    rng = world.rng("events")
    rows: list[dict[str, Any]] = []

    def add(count: int, kind: str, first: dt.date, last: dt.date, title: str, **more: Any) -> None:
        for day in days(count, rng, first, last):
            persons = 30 + rng.randrange(170)
            rows.append(
                {"ref": f"q-hd-{len(rows) + 1:04d}", "title": f"{title}（{len(rows) + 1}）", "kind": kind, "held_on": day, "attendance": persons,
                 "audience": [{"body_kind": "firm", "division": rng.choice(CITIES), "persons": persons}], **more}
            )  # fmt: skip

    matching, training = world.t("F31"), world.t("F17")
    add(matching, "matching", FROM, TO, "示例技术供需对接活动", owner=OPERATOR, organiser=CENTRE)
    add(_outside(matching), "matching", FROM, TO, "示例分市场对接活动", owner="m-run", organiser="JL-2201")
    add(
        _outside(matching),
        "matching",
        dt.date(YEAR - 1, 1, 1),
        dt.date(YEAR - 1, 12, 31),
        "示例技术供需对接活动",
        owner=OPERATOR,
        organiser=CENTRE,
    )
    add(training, "training", dt.date(YEAR - 1, 3, 1), AS_OF, "示例职务科技成果改革宣讲培训", owner="g-kjt", topic="reform")
    add(
        _outside(training),
        "training",
        dt.date(YEAR - 1, 3, 1),
        AS_OF,
        "示例技术合同登记培训",
        owner=OPERATOR,
        organiser=CENTRE,
        topic="registration",
    )
    add(
        _outside(training),
        "training",
        dt.date(2025, 6, 1),
        dt.date(2025, 12, 31),
        "示例职务科技成果改革宣讲培训",
        owner="g-kjt",
        topic="reform",
    )
    world.put("events", rows)


def _services(world: World) -> None:
    """Matching services of the centre to firms (F35, F36) and to all (F32); other kinds, nodes and years beside them."""
    rng, all_, firm_count, to_firms = world.rng("services"), world.t("F32"), world.t("F35"), world.t("F36")
    rows: list[dict[str, Any]] = []

    def add(clients: list[dict[str, Any]], first: dt.date, last: dt.date, kind: str = "matching", node: str = CENTRE) -> None:
        for client, day in zip(clients, days(len(clients), rng, first, last), strict=True):
            rows.append(
                {"ref": f"q-fw-{len(rows) + 1:05d}", "title": "示例对接服务", "owner": OPERATOR if node == CENTRE else "m-run", "kind": kind, "channel": "window",
                 "organiser": node, "client_kind": client["kind"], "client": client["ref"], "served_on": day, "outcome": rng.choice(("answered", "introduced"))}
            )  # fmt: skip

    add(cover(rng.sample(world.bodies["firm"], firm_count), to_firms, rng), FROM, TO)
    add(rng.choices(world.bodies["home"], k=all_ - to_firms), FROM, TO)
    beside = _outside(all_)
    add(rng.choices(world.bodies["firm"], k=beside), FROM, TO, node="JL-2202")
    add(rng.choices(world.bodies["firm"], k=beside), FROM, TO, kind="policy")
    add(rng.choices(world.bodies["firm"], k=beside), dt.date(YEAR - 1, 1, 1), dt.date(YEAR - 1, 12, 31))
    add(rng.choices(world.bodies["firm"], k=beside), dt.date(2025, 1, 2), AS_OF)
    world.put("services", rows)


def _contracts(world: World) -> None:
    """Contracts registered by the centre in the year (F29, F30); those of other offices and years beside them."""
    rng, count, total = world.rng("contracts"), world.t("F29"), world.t("F30")
    amounts = parts(total, count, rng, step=WAN, spread=1.2)
    rng.shuffle(amounts)
    world.put("contracts", _contract_rows(world, "jl", CENTRE, amounts, days(count, rng, FROM, TO), rng))
    beside = _outside(count)
    for tag, office, first, last in (
        ("sub", "JL-2201", FROM, TO), ("old", CENTRE, dt.date(YEAR - 1, 1, 3), dt.date(YEAR - 1, 12, 31)), ("new", CENTRE, dt.date(2025, 1, 2), AS_OF),
    ):  # fmt: skip
        values = parts(beside * 250 * WAN, beside, rng, step=WAN, spread=1.2)
        world.put("contracts", _contract_rows(world, tag, office, values, days(beside, rng, first, last), rng))


def _contract_rows(
    world: World, tag: str, office: str, amounts: list[int], dates: list[dt.date], rng: random.Random
) -> Iterator[dict[str, Any]]:
    for i, (fen, day) in enumerate(zip(amounts, dates, strict=True)):
        seller = rng.choice(world.bodies["home"] if i % 3 else world.bodies["firm"])
        buyer = rng.choice(world.bodies["firm"])
        while buyer is seller:
            buyer = rng.choice(world.bodies["firm"])
        goods = fen * rng.choice((0, 0, 0, 5, 10, 20)) // 100 // WAN * WAN
        items = [{"label": "技术费", "kind": "technical", "amount_wan": fen - goods}]
        items += [{"label": "设备材料费", "kind": "equipment", "amount_wan": goods}] if goods else []
        yield {
            "ref": f"q-ht-{tag}-{i + 1:05d}", "title": f"示例技术合同{tag}{i + 1}", "owner": seller["ref"], "office": office, "kind": KINDS[i % len(KINDS)],
            "sign_date": day - dt.timedelta(days=5 + rng.randrange(40)), "registered_on": day, "term_to": day + dt.timedelta(days=365 * (1 + rng.randrange(3))),
            "form": "paper", "plan_source": "none", "amount_items": items,
            "parties": [
                {"side": side, "name": b["title"], "credit_code": b["credit_code"], "division6": b["division"]} for side, b in (("seller", seller), ("buyer", buyer))
            ],
        }  # fmt: skip
