"""The ladder's data in the book: steps, ranking methods, what a firm may let be read for proposals."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import Node, check_keys, load_file
from trihelix.engines.errors import Refused
from trihelix.engines.money import exact
from trihelix.kernel import book

KINDS = ("amount", "ratio", "growth")
SERIES = ("revenue", "main_income", "ht_income", "assets", "liabilities", "cost", "rd_tax", "rd_ht", "rd_stat", "rd_acc", "equity_new", "staff", "tech_staff", "rd_staff", "ip1", "ip2")  # fmt: skip


@dataclass(frozen=True)
class Indicator:
    """One indicator of a ranking: a year's amount, a ratio of two, or growth over the year before; ``weight`` in points."""

    id: str
    zh: str
    en: str
    kind: str
    of: str
    per: str
    weight: Fraction


@dataclass(frozen=True)
class Method:
    """A published ranking method. ``change`` is the relative change of each weight in the sensitivity run."""

    id: str
    version: str
    zh: str
    en: str
    note: str
    size: int
    titles: tuple[str, ...]
    years: int
    change: Fraction
    indicators: tuple[Indicator, ...]
    unverified: bool


def _wrong(node: Node, text: str, value: Any = None) -> Refused:
    return Refused.one("bad_ladder", text, field="ladder.yaml", value=value)


@book.of_current
def content(path: Path) -> Any:
    """The whole file."""
    node = load_file(path / "ladder" / "ladder.yaml", path)
    check_keys(node, required=("steps", "methods", "implicit"))
    for step in node["steps"]:
        check_keys(step, required=("id", "track", "zh", "en", "titles", "rules"))
    check_keys(node["implicit"], required=("cap", "records", "scope"))
    return node


def _indicator(node: Node) -> Indicator:
    check_keys(node, required=("id", "zh", "en", "kind", "of", "weight"), optional=("per",))
    if node["kind"] not in KINDS:
        raise _wrong(node, f"指标类型应为 {'、'.join(KINDS)}", node["kind"])
    for name in (node["of"], node.get("per")):
        if name is not None and name not in SERIES:
            raise _wrong(node, f"没有年度数据项 “{name}”；可用：{'、'.join(SERIES)}", name)
    if (node["kind"] == "ratio") != ("per" in node):
        raise _wrong(node, "只有比率指标须写分母 per", node["id"])
    return Indicator(
        node["id"], node["zh"], node["en"], node["kind"], node["of"], str(node.get("per") or ""), exact(node["weight"], "weight")
    )


def _method(key: str, node: Node) -> Method:
    check_keys(node, required=("version", "zh", "en", "size", "population", "weight_change", "indicators"), optional=("note", "unverified"))
    check_keys(node["population"], required=("titles", "years"))
    indicators = tuple(_indicator(i) for i in node["indicators"])
    if sum(i.weight for i in indicators) != 100:
        raise _wrong(node, f"方法 {key} 的权重合计应为 100")
    percent = Fraction(str(node["weight_change"]).rstrip("%")) / 100
    return Method(
        key, str(node["version"]), node["zh"], node["en"], str(node.get("note") or ""), int(node["size"]), tuple(node["population"]["titles"]),
        int(node["population"]["years"]), percent, indicators, bool(node.get("unverified", False)),
    )  # fmt: skip


def method(key: str) -> Method:
    """A ranking method; unknown ones are refused with what exists."""
    held = content()["methods"]
    if key not in held:
        raise Refused.one("unknown_method", f"没有方法 “{key}”；可用：{'、'.join(held)}", field="method", value=key)
    return _method(key, held[key])


def steps() -> list[dict[str, Any]]:
    """The steps of both tracks, lowest first."""
    return [dict(s) for s in content()["steps"]]


def step_choices() -> dict[str, tuple[str, str]]:
    return {s["id"]: (s["zh"], s["en"]) for s in steps()}


def method_choices() -> dict[str, tuple[str, str]]:
    return {k: (m["zh"], m["en"]) for k, m in content()["methods"].items()}


def scope_choices() -> dict[str, tuple[str, str]]:
    return {k: (s["zh"], s["en"]) for k, s in content()["implicit"]["scope"].items()}
