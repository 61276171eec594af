"""Panel rules and score sheets of the book (``panels/*.yaml``)."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.engines.errors import Refused
from trihelix.engines.schemes import Scheme
from trihelix.engines.schemes.sheets import Group, Item, ScoreSheet, read_sheet
from trihelix.kernel import book
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of

RULE = (
    "id", "zh", "en", "panel", "panel_min", "odd", "finance_min", "enterprise_percent", "same_employer", "same_city", "newcomers_min", "newcomers_each", "women_min", "most_seats", "years", "drop_from",
    "cool_seats", "cool_days", "credit_min", "objective", "draw", "affinity", "relief", "source", "unverified",
)  # fmt: skip


@book.of_current
def _read(path: Path) -> tuple[dict[str, Node], dict[str, ScoreSheet]]:
    rules: dict[str, Node] = {}
    sheets: dict[str, ScoreSheet] = {}
    for file in sorted((path / "panels").glob("*.yaml")):
        data = load_file(file, path)
        check_keys(data, optional=("rules", "sheets", "credit", "fees"))
        for rule in data.get("rules") or []:
            check_keys(rule, required=RULE)
            if rule["panel"] < rule["panel_min"] or (rule["odd"] and rule["panel"] % 2 == 0):
                raise BookError.at(rule, "panel", "bad_panel", f"专家组 {rule['panel']} 人与最少人数或奇数规则不符")
            rules[rule["id"]] = rule
        for node in data.get("sheets") or []:
            body = Node({k: v for k, v in node.items() if k not in ("zh", "en")})
            body.file, body.line, body.lines = node.file, node.line, node.lines
            sheet = read_sheet(body)
            sheets[sheet.id] = sheet
            NAMES[sheet.id] = (str(node.get("zh") or sheet.id), str(node.get("en") or sheet.id))
    return rules, sheets


NAMES: dict[str, tuple[str, str]] = {}


def rules() -> dict[str, Node]:
    """Panel rules by id."""
    return _read()[0]


def sheets() -> dict[str, ScoreSheet]:
    """Score sheets by id."""
    return _read()[1]


def rule_choices() -> dict[str, tuple[str, str]]:
    """Rules as choices of a column."""
    return {k: (str(r["zh"]), str(r["en"])) for k, r in rules().items()}


def sheet_choices() -> dict[str, tuple[str, str]]:
    """Sheets as choices of a column."""
    return {k: NAMES[k] for k in sheets()}


def scheme_of(call: Record) -> Scheme:
    """The scheme behind a call, as the register of calls knows it: the version it opened with, from the book or a confirmed file."""
    of = register_of(call.register).scheme
    if of is None:
        raise Refused.one("no_scheme", f"{call.number} 没有对应的计划，不能取用其评审设置", field="call", value=call.number)
    found: Scheme = of(call.entry)
    return found


def from_json(data: dict[str, Any]) -> ScoreSheet:
    """The sheet of its plain form, as a round keeps it."""
    groups = tuple(
        Group(
            g["id"], g["zh"], g["en"], Fraction(g["weight"]),
            tuple(Item(i["id"], i["zh"], i["en"], i["max"], tuple((b["from"], b["to"], b["text"]) for b in i["bands"])) for i in g["items"]),
        )
        for g in data["groups"]
    )  # fmt: skip
    gates = tuple((g["id"], g["zh"], g["en"]) for g in data["gates"])
    return ScoreSheet(
        data["id"],
        gates,
        groups,
        tuple((t["id"], t["zh"], t["en"], t["confidential"]) for t in data["texts"]),
        data["source"],
        data["unverified"],
    )
