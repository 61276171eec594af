"""Load the book's contract rules: rule sets, kinds and their tests, amounts, papers, reason codes, hints, benefits, pricing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.engines.dated import Series, Value, parameters, series
from trihelix.engines.errors import Refused


@dataclass(frozen=True)
class RuleSet:
    """One regime of recognition (认定规则版本); what it does not say is asked of ``parent``."""

    id: str
    name: str
    valid_from: date
    valid_to: date | None
    values: Mapping[str, Series]
    parent: RuleSet | None = None

    def value(self, key: str, on: date | None = None) -> Value:
        """A parameter; the book check makes sure that it is there."""
        found = self.values[key].on(on) if key in self.values else None
        if found is not None:
            return found
        if self.parent is None:
            raise Refused.one("no_value", f"规则版本 {self.id} 没有“{key}”的取值", field="rule_set", value=key)
        return self.parent.value(key, on)

    def covers(self, day: date) -> bool:
        """Is the day inside its validity?"""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class KindTest:
    """One test of a kind: the officer's answer that passes, the reason code when it fails, and the kind proposed instead."""

    id: str
    need: bool
    code: str
    text: str
    propose: str | None = None
    only: str | None = None


@dataclass(frozen=True)
class Kind:
    """A statutory kind of technology contract (技术合同类型); ``subkinds`` maps code to Chinese name."""

    code: str
    name: str
    seller: str
    source: str
    needs_ip: bool
    subkinds: Mapping[str, str]
    aliases: Mapping[str, str]
    secrets: frozenset[str]
    tests: tuple[KindTest, ...]


@dataclass(frozen=True)
class Reason:
    """A reason code: what it leads to (refuse, retype, correct) and its sentence."""

    code: str
    outcome: str
    text: str


@dataclass(frozen=True)
class Paper:
    """A paper that must be attached when a field of the contract has one of the values."""

    id: str
    code: str
    text: str
    when: Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Benefit:
    """A tax benefit tied to registration, by kind: ``yes``, ``no`` or ``inside`` a development, transfer or licence."""

    id: str
    name: str
    by_kind: Mapping[str, str]
    licence_years: int | None
    refuse_related: bool
    source: str
    unverified: bool


@dataclass(frozen=True)
class ContractBook:
    """Everything the contract engine takes from a book."""

    rule_sets: Mapping[str, RuleSet]
    defaults: tuple[str, ...]
    domestic: frozenset[str]
    amount_kinds: Mapping[str, str]
    technical_kind: str
    kinds: Mapping[str, Kind]
    secret_tests: tuple[KindTest, ...]
    passive: frozenset[str]
    active: frozenset[str]
    papers: tuple[Paper, ...]
    reasons: Mapping[str, Reason]
    hints: Mapping[str, Series]
    benefits: tuple[Benefit, ...]
    parameters: Mapping[str, Series]
    pricing: Mapping[str, Series]
    price_ways: tuple[str, ...]

    def rule_set(self, rule_set: str, on: date) -> RuleSet:
        """The named rule set, or the default one whose validity covers the day; refused with the known ids."""
        if rule_set:
            if rule_set not in self.rule_sets:
                known = "、".join(self.rule_sets)
                raise Refused.one("unknown_rule_set", f"没有规则版本“{rule_set}”，可用：{known}", field="rule_set", value=rule_set)
            return self.rule_sets[rule_set]
        fitting = [self.rule_sets[i] for i in self.defaults if self.rule_sets[i].covers(on)]
        if not fitting:
            raise Refused.one("no_rule_set", f"{on} 没有适用的规则版本，请在合同中写明 rule_set", field="rule_set", value=on.isoformat())
        return fitting[-1]

    def all_tests(self) -> Iterator[KindTest]:
        """Every test an officer may answer."""
        for kind in self.kinds.values():
            yield from kind.tests
        yield from self.secret_tests

    def find_kind(self, word: str) -> Kind | None:
        """A kind by code or Chinese name."""
        return next((k for k in self.kinds.values() if word in (k.code, k.name)), None)

    def price(self, key: str, on: date | None = None) -> Value:
        """A value of ``pricing.yaml``."""
        return _need(self.pricing, key, on)

    def parameter(self, key: str, on: date | None = None) -> Value:
        """A value of ``benefits.yaml``."""
        return _need(self.parameters, key, on)

    def hint(self, key: str, on: date | None = None) -> Value:
        """A threshold of a fraud hint."""
        return _need(self.hints, key, on)


def _need(values: Mapping[str, Series], key: str, on: date | None) -> Value:
    found = values[key].on(on)
    if found is None:
        raise Refused.one("no_value", f"规则库在 {on} 没有“{key}”的取值", field=key)
    return found


def load_contract_book(book: Path) -> ContractBook:
    """Read ``money/contract-rules.yaml``, ``benefits.yaml`` and ``pricing.yaml``; BookError names file and line."""
    node = load_file(book / "money" / "contract-rules.yaml", book)
    check_keys(node, required=_TOP)
    benefits = load_file(book / "money" / "benefits.yaml", book)
    check_keys(benefits, required=("benefits", "parameters"))
    pricing = load_file(book / "money" / "pricing.yaml", book)
    check_keys(pricing, required=("parameters", "ways"))
    rule_sets: dict[str, RuleSet] = {}
    for entry in node["rule_sets"]:
        rule_sets[entry["id"]] = _rule_set(entry, rule_sets)
    reasons = {code: _reason(code, entry) for code, entry in node["reason_codes"].items()}
    kinds = {entry["code"]: _kind(entry, reasons) for entry in node["kinds"]}
    return ContractBook(
        rule_sets=rule_sets,
        defaults=tuple(node["default_rule_sets"]),
        domestic=frozenset(node["domestic_countries"]),
        amount_kinds=node["amount_kinds"],
        technical_kind=node["technical_kind"],
        kinds=kinds,
        secret_tests=tuple(_test(entry, reasons) for entry in node["secret_tests"]),
        passive=frozenset(node["passive_contributions"]),
        active=frozenset(node["active_contributions"]),
        papers=tuple(_paper(entry, reasons) for entry in node["papers"]),
        reasons=reasons,
        hints=parameters(node["hints"], node["hints"]),
        benefits=tuple(_benefit(entry) for entry in benefits["benefits"]),
        parameters=parameters(benefits["parameters"], benefits["parameters"]),
        pricing=parameters(pricing["parameters"], pricing["parameters"]),
        price_ways=tuple(pricing["ways"]),
    )


_TOP = (
    *("rule_sets", "default_rule_sets", "domestic_countries", "amount_kinds", "technical_kind", "kinds", "secret_tests"),
    *("passive_contributions", "active_contributions", "papers", "reason_codes", "hints"),
)
_PAPER_FIELDS = ("signed_by", "government_project", "needs_permit")
_RULE_SET_VALUES = ("days", "large_threshold_wan")


def _rule_set(node: Node, earlier: Mapping[str, RuleSet]) -> RuleSet:
    check_keys(node, required=("id", "name", "valid_from"), optional=("valid_to", "parent", *_RULE_SET_VALUES))
    parent = node.get("parent")
    if parent is not None and parent not in earlier:
        raise BookError.at(node, "parent", "unknown_parent", f"上位版本“{parent}”须写在本版本之前")
    values = {key: series(node, key) for key in _RULE_SET_VALUES if key in node}
    found = RuleSet(node["id"], node["name"], node["valid_from"], node.get("valid_to"), values, earlier[parent] if parent else None)
    for key in _RULE_SET_VALUES:
        found.value(key)
    return found


def _reason(code: str, node: Node) -> Reason:
    check_keys(node, required=("outcome", "text"))
    if node["outcome"] not in ("refuse", "retype", "correct"):
        raise BookError.at(node, "outcome", "bad_choice", f"outcome 只能是 refuse、retype、correct，不是“{node['outcome']}”")
    return Reason(code, node["outcome"], node["text"])


def _kind(node: Node, reasons: Mapping[str, Reason]) -> Kind:
    check_keys(node, required=("code", "name", "seller", "source", "subkinds", "tests"), optional=("needs_ip",))
    for entry in node["subkinds"]:
        check_keys(entry, required=("code", "name"), optional=("aliases", "secret"))
    subkinds = node["subkinds"]
    return Kind(
        node["code"],
        node["name"],
        node["seller"],
        node["source"],
        node.get("needs_ip") is True,
        {s["code"]: s["name"] for s in subkinds},
        {word: s["code"] for s in subkinds for word in (s["code"], s["name"], *s.get("aliases", ()))},
        frozenset(s["code"] for s in subkinds if s.get("secret")),
        tuple(_test(entry, reasons) for entry in node["tests"]),
    )


def _test(node: Node, reasons: Mapping[str, Reason]) -> KindTest:
    check_keys(node, required=("id", "need", "code", "text"), optional=("propose", "only"))
    _known(node, reasons)
    return KindTest(node["id"], node["need"], node["code"], node["text"], node.get("propose"), node.get("only"))


def _paper(node: Node, reasons: Mapping[str, Reason]) -> Paper:
    check_keys(node, required=("id", "code", "when", "text"))
    check_keys(node["when"], optional=_PAPER_FIELDS)
    _known(node, reasons)
    return Paper(node["id"], node["code"], node["text"], {k: tuple(v) for k, v in node["when"].items()})


def _known(node: Node, reasons: Mapping[str, Reason]) -> None:
    if node["code"] not in reasons:
        raise BookError.at(node, "code", "unknown_reason", f"理由代码“{node['code']}”没有在 reason_codes 中定义")


def _benefit(node: Node) -> Benefit:
    check_keys(
        node,
        required=("id", "name", "by_kind", "source"),
        optional=("licence_years", "refuse_related", "unverified"),
    )
    return Benefit(
        node["id"],
        node["name"],
        node["by_kind"],
        node.get("licence_years"),
        node.get("refuse_related") is True,
        node["source"],
        node.get("unverified") is True,
    )
