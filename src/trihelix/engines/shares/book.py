"""Load ``money/share-rules.yaml``: floors, main contributors' part, the office's part, clocks, by place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.engines.dated import Series, Value, parameters, series
from trihelix.engines.errors import Refused
from trihelix.engines.money import exact, parse_money

WAYS = ("transfer", "licence", "shares", "own_use")
_RULE_KEYS = (
    "own_use_years",
    "main_floor",
    "office_base",
    "office_floor",
    "due_months",
    "notice_days",
    "exclusive_rights",
    "suggested_floor",
)


@dataclass(frozen=True)
class ShareRule:
    """One place's rule; what it does not say is asked of ``parent``."""

    id: str
    name: str
    floors: Mapping[str, Series]
    values: Mapping[str, Series]
    parent: ShareRule | None = None

    def floor(self, way: str, on: date | None) -> Value | None:
        """The least part of the base that goes to people (现金或股权奖励下限) for a way of transfer."""
        own = self.floors[way].on(on) if way in self.floors else None
        return own or (self.parent.floor(way, on) if self.parent else None)

    def value(self, key: str, on: date | None = None) -> Value | None:
        """A parameter in force on a day, own before inherited."""
        own = self.values[key].on(on) if key in self.values else None
        return own or (self.parent.value(key, on) if self.parent else None)

    def root(self) -> ShareRule:
        """The rule at the top of the line: the national one."""
        return self.parent.root() if self.parent else self


@dataclass(frozen=True)
class CommissionRule:
    """A place's practice for technology managers (技术经理人): rate on a base, caps in fen."""

    id: str
    name: str
    rate: Fraction
    base: str
    case_cap: int | None
    year_cap: int | None
    source: str
    unverified: bool


@dataclass(frozen=True)
class ShareBook:
    """All share rules of a book."""

    rules: Mapping[str, ShareRule]
    patent_award: Mapping[str, Series]
    rights: Mapping[str, Series]
    commissions: Mapping[str, CommissionRule]

    def rule(self, rule_id: str) -> ShareRule:
        """A rule by id; refused with the known ids."""
        if rule_id not in self.rules:
            known = "、".join(sorted(self.rules))
            raise Refused.one("unknown_rule", f"没有收益分配规则“{rule_id}”，可用：{known}", field="rule", value=rule_id)
        return self.rules[rule_id]


def load_share_book(book: Path) -> ShareBook:
    """Read ``money/share-rules.yaml`` of a book folder; BookError names file and line."""
    node = load_file(book / "money" / "share-rules.yaml", book)
    check_keys(node, required=("rules", "patent_award", "rights", "commission"))
    rules: dict[str, ShareRule] = {}
    for entry in node["rules"]:
        rule = _rule(entry, rules)
        rules[rule.id] = rule
    award, rights = node["patent_award"], node["rights"]
    check_keys(award, required=("months", "invention", "utility_model", "design"))
    check_keys(rights, required=("use_years", "idle_warn_months", "idle_free_months"))
    commissions = [_commission(entry) for entry in node["commission"]]
    return ShareBook(rules, parameters(award, award), parameters(rights, rights), {c.id: c for c in commissions})


def _rule(node: Node, earlier: Mapping[str, ShareRule]) -> ShareRule:
    check_keys(node, required=("id", "name"), optional=("parent", "pool_floor", *_RULE_KEYS))
    parent = node.get("parent")
    if parent is not None and parent not in earlier:
        raise BookError.at(node, "parent", "unknown_parent", f"上位规则“{parent}”须写在本规则之前")
    if node["id"] in earlier:
        raise BookError.at(node, "id", "duplicate_rule", f"规则“{node['id']}”重复")
    floors: dict[str, Series] = {}
    if "pool_floor" in node:
        check_keys(node["pool_floor"], optional=WAYS)
        floors = {way: _ratios(node["pool_floor"], way) for way in node["pool_floor"]}
    values = {key: _ratios(node, key) if key.endswith("_floor") else series(node, key) for key in _RULE_KEYS if key in node}
    _check_office(node, values)
    return ShareRule(node["id"], node["name"], floors, values, earlier.get(parent) if parent else None)


def _check_office(node: Node, values: Mapping[str, Series]) -> None:
    for value in values["office_base"].values if "office_base" in values else ():
        if value.value not in ("net", "reward"):
            raise BookError.at(node, "office_base", "bad_choice", f"office_base 只能是 net 或 reward，不是“{value.value}”")


def _ratios(node: Node, key: str) -> Series:
    found = series(node, key)
    return Series(tuple(Value(_ratio(node, key, v.value), v.source, v.since, v.unverified) for v in found.values))


def _ratio(node: Node, key: str, value: Any) -> Fraction:
    try:
        number = exact(value)
    except Refused as refusal:
        raise BookError.at(node, key, "bad_number", str(refusal)) from refusal
    if not 0 <= number <= 1:
        raise BookError.at(node, key, "bad_ratio", f"“{key}”的值 {value} 不在 0 与 1 之间")
    return number


def _commission(node: Node) -> CommissionRule:
    check_keys(node, required=("id", "name", "rate", "base", "source"), optional=("case_cap_wan", "manager_year_cap_wan", "unverified"))
    caps = [parse_money(node[k], "wan") if k in node else None for k in ("case_cap_wan", "manager_year_cap_wan")]
    rate = _ratio(node, "rate", node["rate"])
    return CommissionRule(node["id"], node["name"], rate, node["base"], caps[0], caps[1], node["source"], node.get("unverified") is True)
