"""What the book says about patents: terms, tiers, pushes, recording, fees, valuation weights, headings of the national export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trihelix.engines import patents
from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.engines.patents import Terms, TierStep
from trihelix.kernel import book

PARTS = ("terms", "tiers", "push", "recording", "fees", "cases", "valuation", "indicators", "national_export")


@dataclass(frozen=True)
class WeightSet:
    """Weights (权重) of a valuation for one scenario and version; printed on every report."""

    scenario: str
    version: str
    zh: str
    en: str
    weights: Mapping[str, Any]
    unverified: bool = False


@dataclass(frozen=True)
class Export:
    """How the national platform's export reads: heading → column, headings left out, words → values by column."""

    columns: Mapping[str, str]
    ignored: frozenset[str]
    values: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class PatentBook:
    """The whole file, checked."""

    terms: Terms
    tier_version: str
    tiers: tuple[TierStep, ...]
    with_prospects: tuple[str, ...]
    push_most: int
    push_candidates: int
    push_firm_year: int
    block_days: int
    record_months: int
    warn_days: int
    remind_days: int
    grace_months: int
    restore_fen: int
    restore_months: int
    refund_months: int
    cases_wanted: int
    cases_reviewers: int
    weight_sets: tuple[WeightSet, ...]
    indicators: Mapping[str, tuple[str, str]]
    export: Export

    def weight_set(self, scenario: str) -> WeightSet | None:
        """The latest weights of a scenario."""
        found = [w for w in self.weight_sets if w.scenario == scenario]
        return max(found, key=lambda w: w.version) if found else None


def _tiers(node: Node) -> tuple[TierStep, ...]:
    check_keys(node, required=("version", "steps", "with_prospects", "source"), optional=("unverified",))
    steps = []
    for step in node["steps"]:
        check_keys(step, required=("tier",), optional=("stars", "prospects", "willing"))
        steps.append(TierStep(step["tier"], step.get("stars", 0), tuple(step.get("prospects", ())), step.get("willing", 0)))
    if not steps or steps[-1] != TierStep(steps[-1].tier):
        raise BookError.at(node, "steps", "bad_tiers", "最后一档不应带条件，作为兜底")
    return tuple(steps)


def _weight_sets(node: Node, indicators: Node) -> tuple[WeightSet, ...]:
    out = []
    for one in node["valuation"]:
        check_keys(one, required=("scenario", "version", "zh", "en", "weights"), optional=("unverified",))
        patents.weights(one["weights"])
        if unknown := sorted(set(one["weights"]) - set(indicators)):
            raise BookError.at(one, "weights", "unknown_indicator", f"没有指标 {'、'.join(unknown)}")
        out.append(WeightSet(one["scenario"], one["version"], one["zh"], one["en"], dict(one["weights"]), bool(one.get("unverified"))))
    return tuple(out)


def _export(node: Node) -> Export:
    check_keys(node, required=("columns", "ignored", "values"), optional=("unverified",))
    headings: dict[str, str] = {}
    for column, names in node["columns"].items():
        for name in names:
            if name in headings:
                raise BookError.at(node["columns"], column, "duplicate_heading", f"列名 “{name}” 对应了两列")
            headings[name] = column
    return Export(headings, frozenset(node["ignored"]), {k: dict(v) for k, v in node["values"].items()})


@book.of_current
def settings(path: Path) -> PatentBook:
    """The patents part of the current book."""
    data = load_file(path / "patents" / "patents.yaml", path)
    check_keys(data, required=PARTS)
    terms, tiers, push, fees = data["terms"], data["tiers"], data["push"], data["fees"]
    check_keys(terms, required=("years", "design_until", "design_before"))
    check_keys(push, required=("most", "candidates", "per_firm_year", "block_days"), optional=("unverified",))
    check_keys(fees, required=("remind_days", "grace_months", "restore_yuan", "restore_months", "refund_months"), optional=("unverified",))
    check_keys(data["recording"], required=("months", "warn_days"))
    check_keys(data["cases"], required=("wanted", "reviewers"))
    return PatentBook(
        Terms(dict(terms["years"]), terms["design_until"], terms["design_before"]), tiers["version"], _tiers(tiers), tuple(tiers["with_prospects"]),
        push["most"], push["candidates"], push["per_firm_year"], push["block_days"], data["recording"]["months"], data["recording"]["warn_days"], fees["remind_days"],
        fees["grace_months"], fees["restore_yuan"] * 100, fees["restore_months"], fees["refund_months"], data["cases"]["wanted"], data["cases"]["reviewers"], _weight_sets(data, data["indicators"]),
        {k: (v["zh"], v["en"]) for k, v in data["indicators"].items()}, _export(data["national_export"]),
    )  # fmt: skip
