"""Figures recomputed in plain Python over exported JSON-lines: no database, no formula of the product. Keys are figure ids."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

Row = dict[str, Any]
FEN = 10**6  # in one 万元
NOT_PROJECTS = ("revoked", "removed")
NOT_PLATFORMS = ("draft", "submitted", "building", "refused", "withdrawn")
POOL = (
    "pool",
    "assessed",
    "tiered",
    "pushed",
    "contacted",
    "licensed",
    "transferred",
    "priced_in",
    "open_licensed",
    "own_use",
    "verification",
    "recorded",
)


class Tables:
    """The exported registers by name, read when asked for; money as exact decimals."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.held = folder, {}

    def __getitem__(self, name: str) -> list[Row]:
        if name not in self.held:
            lines = (self.folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
            self.held[name] = [json.loads(line, parse_float=Decimal) for line in lines]
        return self.held[name]

    def column(self, name: str, column: str) -> dict[str, Any]:
        return {r["ref"]: r[column] for r in self[name]}


def bounds(rule: str, day: dt.date) -> tuple[str, str]:
    """First and last day of a period as ISO texts; no first day is ``0``."""
    year, last = day.year, day.isoformat()
    name, _, argument = rule.partition(":")
    return {
        "last_full_year": (f"{year - 1}-01-01", f"{year - 1}-12-31"), "last_year_end": ("0", f"{year - 1}-12-31"), "this_year": (f"{year}-01-01", last),
        "budget_year": (f"{year}-01-01", f"{year}-12-31"), "since": (argument, last), "fixed": ("0", min(last, argument)),
    }.get(name, ("0", last))  # fmt: skip


def sum_fen(rows: Iterable[Row], column: str) -> int:
    return sum(int(Fraction(r[column]) * FEN) for r in rows if r[column] is not None)


def turnover(rows: Iterable[Row]) -> int:
    return sum(int(Fraction(i["amount_wan"]) * FEN) for r in rows for i in r["amount_items"])


def within(rows: Iterable[Row], column: str, span: tuple[str, str]) -> list[Row]:
    return [r for r in rows if r[column] and span[0] <= r[column] <= span[1]]


def standing(rows: Iterable[Row], start: str, ends: tuple[str, ...], last: str) -> list[Row]:
    """Begun by the day and none of the ends reached (the day of an end is no longer in)."""
    return [r for r in rows if r[start] and r[start] <= last and all(not r[e] or r[e] > last for e in ends)]


def contracts(t: Tables, span: tuple[str, str]) -> list[Row]:
    top = {r["ref"] for r in t["nodes"] if r["level"] == "1"}
    gone = ("revoked", "discarded", "draft", "refused", "rejected", "lapsed")
    return [r for r in within(t["contracts"], "registered_on", span) if r["office"] in top and r["state"] not in gone]


def services(t: Tables, span: tuple[str, str], client: str = "") -> list[Row]:
    top = {r["ref"] for r in t["nodes"] if r["level"] == "1"}
    rows = [
        r for r in within(t["services"], "served_on", span) if r["kind"] == "matching" and r["organiser"] in top and r["state"] != "void"
    ]
    return [r for r in rows if not client or r["client_kind"] == client]


def served_firms(t: Tables, span: tuple[str, str]) -> int:
    codes = t.column("bodies", "credit_code")
    return len({codes.get(r["client"]) or r["client"] or r["client_code"] or r["client_name"] for r in services(t, span, "firm")})


def events(t: Tables, span: tuple[str, str], **wanted: Any) -> list[Row]:
    rows = [r for r in within(t["events"], "held_on", span) if r["state"] == "held"]
    return [r for r in rows if all(r[k] == v for k, v in wanted.items())]


def intakes(t: Tables, span: tuple[str, str], subject: str) -> list[Row]:
    top = [r for r in t["nodes"] if r["level"] == "1"]
    refs, run = {r["ref"] for r in top}, {r["operator"] for r in top if r["operator"]}
    rows = [r for r in within(t["intakes"], "collected_on", span) if r["state"] != "void" and r[subject]]
    return [r for r in rows if r["at_node"] in refs or (not r["at_node"] and r["owner"] in run)]


def surveys(t: Tables, span: tuple[str, str]) -> list[Row]:
    kinds = t.column("visit_campaigns", "owner_kind")
    return [r for r in within(t["visits"], "visited_on", span) if r["state"] != "void" and kinds.get(r["campaign"]) == "education"]


def transfers(t: Tables, span: tuple[str, str]) -> list[Row]:
    pilot = {r["owner"] for r in standing(t["pilot_bodies"], "valid_from", ("valid_to",), span[1])}
    return [r for r in within(t["transfers"], "signed_on", span) if r["state"] not in ("draft", "discarded") and r["owner"] in pilot]


def labs(t: Tables, span: tuple[str, str]) -> list[Row]:
    rows = [
        r
        for r in t["platforms"]
        if r["kind"] == "provincial_lab" and r["batch"] == 1 and r["state"] not in ("draft", "submitted", "refused", "withdrawn")
    ]
    return [r for r in rows if (not r["recognised_on"] or r["recognised_on"] <= span[1]) and (not r["ended_on"] or r["ended_on"] > span[1])]


def decisions(t: Tables, span: tuple[str, str], kind: str) -> list[Row]:
    refs = {r["ref"] for r in labs(t, span)}
    rows = standing(t["platform_decisions"], "decided_on", ("ends_on",), span[1])
    return [r for r in rows if r["platform"] in refs and r["kind"] == kind and r["state"] in ("approved", "ended")]


def platforms(t: Tables, span: tuple[str, str], kind: str) -> list[Row]:
    return [r for r in within(t["platforms"], "recognised_on", span) if r["kind"] == kind and r["state"] not in NOT_PLATFORMS]


def cooperation(t: Tables, span: tuple[str, str], *kinds: str) -> list[Row]:
    rows = within(t["cooperation_projects"], "approved_on", span)
    return [r for r in rows if r["kind"] in kinds and r["state"] in ("approved", "finished", "terminated")]


def projects(t: Tables, span: tuple[str, str], *schemes: str, class_id: str = "") -> list[Row]:
    rows = [r for r in within(t["projects"], "approved_on", span) if r["scheme"] in schemes and r["state"] not in NOT_PROJECTS]
    return [r for r in rows if not class_id or r["class_id"] == class_id]


def firms(t: Tables, rows: Iterable[Row]) -> int:
    kinds = t.column("bodies", "kind")
    return len({r["owner"] for r in rows if kinds.get(r["owner"]) == "firm"})


def batches(rows: Iterable[Row]) -> int:
    return len({(r["year"], r["batch"]) for r in rows})


def fund(t: Tables, year: int) -> int:
    return sum_fen([r for r in t["budget_lines"] if r["kind"] == "fund" and r["year"] == year and not r["agreement"]], "amount_wan")


def products(t: Tables, span: tuple[str, str]) -> list[Row]:
    return [r for r in within(t["patent_products"], "filed_on", span) if r["state"] not in ("draft", "submitted", "withdrawn")]


def stock(t: Tables, span: tuple[str, str]) -> list[Row]:
    rounds = sorted(
        (r["starts_on"], r["number"], r["ref"])
        for r in t["stock_rounds"]
        if r["starts_on"] <= span[1] and r["state"] not in ("planned", "dropped")
    )
    return [
        r
        for r in t["stock_records"]
        if rounds and r["round"] == rounds[-1][2] and r["prospect"] in ("good", "potential") and r["state"] in POOL
    ]


def recordings(t: Tables, span: tuple[str, str]) -> int:
    return sum(1 for r in within(t["patent_recordings"], "recorded_on", span) if r["state"] != "void")


def of_alliance(t: Tables, rows: Iterable[Row], kind: str = "investment") -> list[Row]:
    kinds = t.column("networks", "kind")
    return [r for r in rows if kinds.get(r["network"]) == kind]


def activities(t: Tables, span: tuple[str, str], kind: str) -> list[Row]:
    return [r for r in of_alliance(t, within(t["network_activities"], "held_on", span)) if r["kind"] == kind and r["state"] == "held"]


def deals(t: Tables, span: tuple[str, str]) -> list[Row]:
    return [r for r in of_alliance(t, within(t["alliance_deals"], "closed_on", span)) if r["state"] == "closed"]


def deal_money(t: Tables, span: tuple[str, str]) -> int:
    closed = {r["ref"] for r in deals(t, span)}
    return sum_fen(
        [r for r in within(t["alliance_payments"], "paid_on", span) if r["deal"] in closed and r["state"] == "recorded"], "paid_wan"
    )


def appointed(t: Tables, span: tuple[str, str]) -> list[Row]:
    return [r for r in within(t["secondments"], "appointed_on", span) if r["kind"] == "commissioner"]


def cities(t: Tables, span: tuple[str, str]) -> int:
    inside, place = t.column("bodies", "inside"), t.column("bodies", "division")
    rows = [r for r in appointed(t, span) if inside.get(r["host"])]
    return len({(r["city"] or place[r["host"]] or "")[:4] for r in rows} - {""})


def outside(t: Tables, span: tuple[str, str]) -> int:
    inside = t.column("bodies", "inside")
    return len({r["owner"] for r in appointed(t, span) if inside[r["owner"]] is False})


def carriers(t: Tables, span: tuple[str, str], *kinds: str, level: str = "") -> int:
    rows = [
        r
        for r in t["talent_carriers"]
        if r["kind"] in kinds and (not level or r["level"] == level) and r["recognised_on"] and r["recognised_on"] <= span[1]
    ]
    return len(
        [
            r
            for r in rows
            if r["state"] in ("recognised", "rectifying", "expired", "removed", "closed")
            and (not r.get("ended_on") or r["ended_on"] > span[1])
        ]
    )


def authorised(t: Tables, span: tuple[str, str]) -> int:
    rows = standing(t["title_authorisations"], "valid_from", ("ended_on",), span[1])
    return firms(
        t, [r for r in rows if r["state"] not in ("applied", "refused", "withdrawn") and (not r["valid_to"] or r["valid_to"] >= span[1])]
    )


def combined(t: Tables, span: tuple[str, str]) -> int:
    return len({r["credit_code"] or r["uid"] for r in standing(t["combined_bodies"], "since", ("ended_on",), span[1])})


def credit(t: Tables, span: tuple[str, str], table: str, day: str, money: str) -> int:
    return sum_fen([r for r in within(t[table], day, span) if r["state"] != "void" and r["list"]], money)


def ranked(t: Tables, span: tuple[str, str]) -> int:
    known = sorted(
        (r["as_of"], r["published_on"], r["number"], r["ref"])
        for r in t["rankings"]
        if r["method"] == "top-500" and r["published_on"] and r["published_on"] <= span[1] and r["state"] == "published"
    )
    return len({r["owner"] for r in t["ranked_firms"] if known and r["ranking"] == known[-1][3] and r["state"] == "listed"})


def distinct(rows: Iterable[Row], column: str) -> int:
    return len({r[column] for r in rows if r[column]})


Span = tuple[str, str]
NAIVE: dict[str, Callable[[Tables, Span], int]] = {
    "F07": lambda t, s: len(labs(t, s)),
    "F08": lambda t, s: len([r for r in standing(t["networks"], "filed_on", (), s[1]) if r["kind"] == "consortium"]),
    "F09": lambda t, s: distinct(surveys(t, s), "firm"),
    "F11": lambda t, s: len([r for r in standing(t["platforms"], "recognised_on", ("ended_on",), s[1]) if r["kind"] == "joint_lab" and r["state"] not in NOT_PLATFORMS]),
    "F12": lambda t, s: len(decisions(t, s, "plan")),
    "F13": lambda t, s: len(decisions(t, s, "site")),
    "F17": lambda t, s: len(events(t, s, kind="training", topic="reform")),
    "F18": lambda t, s: distinct(standing(t["pilot_bodies"], "valid_from", ("valid_to",), s[1]), "owner"),
    "F19": lambda t, s: distinct(transfers(t, s), "invention"),
    "F20": lambda t, s: sum_fen(transfers(t, s), "amount_wan"),
    "F21": lambda t, s: sum_fen(transfers(t, s), "opening_people_wan"),
    "F25": lambda t, s: len([r for r in t["nodes"] if r["level"] == "1" and r["state"] == "open" and (r["opened_on"] or "0") <= s[1]]),
    "F26": lambda t, s: len([r for r in t["nodes"] if r["level"] == "10" and r["state"] == "open" and (r["opened_on"] or "0") <= s[1]]),
    "F29": lambda t, s: len(contracts(t, s)),
    "F30": lambda t, s: turnover(contracts(t, s)),
    "F31": lambda t, s: len([r for r in events(t, s, kind="matching") if r["organiser"] in {n["ref"] for n in t["nodes"] if n["level"] == "1"}]),
    "F32": lambda t, s: len(services(t, s)),
    "F33": lambda t, s: len(intakes(t, s, "result")),
    "F34": lambda t, s: len(intakes(t, s, "need")),
    "F35": served_firms,
    "F36": lambda t, s: len(services(t, s, "firm")),
    "F37": lambda t, s: batches(projects(t, s, "cocoon")),
    "F38": lambda t, s: firms(t, projects(t, s, "cocoon")),
    "F42": ranked,
    "F44": lambda t, s: credit(t, s, "credit_lines", "granted_on", "limit_wan"),
    "F45": lambda t, s: credit(t, s, "loans", "drawn_on", "amount_wan"),
    "F46": lambda t, s: firms(t, projects(t, s, "patent-lead")),
    "F47": lambda t, s: distinct(products(t, s), "owner"),
    "F48": lambda t, s: len(products(t, s)),
    "F49": lambda t, s: len([r for r in within(t["patent_products"], "recognised_on", s) if r["state"] != "withdrawn"]),
    "F50": lambda t, s: distinct(stock(t, s), "owner"),
    "F51": lambda t, s: distinct(stock(t, s), "patent"),
    "F52": recordings,
    "F59": authorised,
    "F60": combined,
    "F61": lambda t, s: carriers(t, s, "mobile_station"),
    "F62": lambda t, s: carriers(t, s, "workstation", "practice_base"),
    "F63": lambda t, s: carriers(t, s, "skill_base", level="national"),
    "F64": lambda t, s: carriers(t, s, "studio"),
    "F65": lambda t, s: len(platforms(t, s, "belt_road_lab")),
    "F66": lambda t, s: len(platforms(t, s, "key_lab")),
    "F67": lambda t, s: len(platforms(t, s, "research_centre")),
    "F68": lambda t, s: sum_fen(platforms(t, s, "research_centre"), "support_wan"),
    "F69": lambda t, s: len(cooperation(t, s, "intergovernmental", "strategic")),
    "F70": lambda t, s: sum_fen(cooperation(t, s, "intergovernmental", "strategic"), "approved_wan"),
    "F71": lambda t, s: len(cooperation(t, s, "exchange")),
    "F72": lambda t, s: len(projects(t, s, "international", class_id="project")),
    "F73": lambda t, s: sum_fen(projects(t, s, "international", class_id="project"), "approved_wan"),
    "F74": lambda t, s: distinct(appointed(t, s), "batch"),
    "F75": lambda t, s: distinct(appointed(t, s), "owner"),
    "F76": outside,
    "F77": lambda t, s: distinct(appointed(t, s), "person"),
    "F78": cities,
    "F79": lambda t, s: distinct([r for r in appointed(t, s) if t.column("bodies", "kind")[r["host"]] == "firm"], "host"),
    "F80": lambda t, s: distinct(appointed(t, s), "field"),
    "F84": lambda t, s: sum(int(r["area_m2"]) for r in standing(t["parks"], "opened_on", (), s[1])),
    "F85": lambda t, s: distinct(standing(t["tenancies"], "moved_in_on", ("moved_out_on",), s[1]), "owner"),
    "F86": lambda t, s: sum_fen([r for r in within(t["tenant_investments"], "paid_on", s) if r["state"] == "paid"], "paid_wan"),
    "F87": lambda t, s: distinct(of_alliance(t, standing(t["network_members"], "joined_on", ("left_on",), s[1])), "owner"),
    "F88": lambda t, s: len(deals(t, s)),
    "F89": deal_money,
    "F90": lambda t, s: len(activities(t, s, "roadshow")),
    "F91": lambda t, s: len(activities(t, s, "matching")),
    "F92": lambda t, s: distinct([r for r in of_alliance(t, within(t["attracted_firms"], "landed_on", s)) if r["state"] == "landed"], "firm"),
    "F93": lambda t, s: distinct([r for r in of_alliance(t, within(t["incubations"], "starts_on", s)) if r["state"] == "recorded"], "firm"),
    "F95": lambda t, s: fund(t, int(s[1][:4])),
    "F97": lambda t, s: len(projects(t, s, "joint-fund", class_id="firm")),
    "F98": lambda t, s: sum_fen(projects(t, s, "joint-fund", class_id="firm"), "approved_wan"),
    "F99": lambda t, s: batches(projects(t, s, "special")),
    "F100": lambda t, s: len(projects(t, s, "special")),
    "F101": lambda t, s: sum_fen(projects(t, s, "special"), "approved_wan"),
    "F102": lambda t, s: sum_fen(projects(t, s, "special"), "match_committed_wan"),
    "F103": lambda t, s: batches(projects(t, s, "open-bid", "military-order")),
    "F104": lambda t, s: len(projects(t, s, "open-bid", "military-order")),
}  # fmt: skip
UNITS = {"亿元": 10**10, "万元": FEN, "万平方米": 10_000}
TABLES = (
    "contracts", "nodes", "services", "events", "intakes", "visits", "visit_campaigns", "platforms", "platform_decisions", "cooperation_projects", "networks", "network_members",
    "network_activities", "parks", "tenancies", "tenant_investments", "alliance_deals", "alliance_payments", "attracted_firms", "incubations", "secondments", "bodies", "projects",
    "budget_lines", "title_authorisations", "combined_bodies", "talent_carriers", "patent_products", "patent_recordings", "stock_records", "stock_rounds", "credit_lines", "loans",
    "rankings", "ranked_firms", "pilot_bodies", "transfers",
)  # fmt: skip


def differences(folder: Path, found: dict[str, dict[str, Any]], day: dt.date) -> dict[str, tuple[Any, Any]]:
    """``{figure: (naive, told)}`` where the two differ; a gap of the product is nothing counted here."""
    tables, out = Tables(folder), {}
    for name, count in NAIVE.items():
        told = found[name]
        naive = Fraction(count(tables, bounds(told["period"]["rule"], day)), UNITS.get(told["unit"], 1))
        exact = Fraction(told["value_exact"]) if told["value_exact"] is not None else Fraction(0)
        if naive != exact:
            out[name] = (str(naive), told["value_exact"] or told.get("gap"))
    return out
