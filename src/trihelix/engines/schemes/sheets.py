"""A score sheet (评分表) as data: gates, weighted groups of items with bands, free and confidential text.

``total`` computes one reviewer's total exactly; how several reviewers combine is the affair of the review.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from trihelix.engines.bookfile import BookError, Node, check_keys
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import exact


@dataclass(frozen=True)
class Item:
    """One scored item: most points, and bands that describe what points mean."""

    id: str
    zh: str
    en: str
    most: int
    bands: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True)
class Group:
    """Items whose points together weigh ``weight`` of the total."""

    id: str
    zh: str
    en: str
    weight: Fraction
    items: tuple[Item, ...]


@dataclass(frozen=True)
class ScoreSheet:
    """Gates (yes or no), groups, and texts. Weights add up to 1."""

    id: str
    gates: tuple[tuple[str, str, str], ...]
    groups: tuple[Group, ...]
    texts: tuple[tuple[str, str, str, bool], ...]  # id, zh, en, confidential
    source: str = ""
    unverified: bool = False

    def total(self, points: Mapping[str, Any], gates: Mapping[str, bool]) -> Fraction | None:
        """0 to 100, ``None`` where a gate failed. Refuses missing, unknown or excessive points by name."""
        known = {i.id: i for g in self.groups for i in g.items}
        problems = [Problem("unknown_item", f"评分表没有 “{k}”", field=k) for k in points if k not in known]
        for key, item in known.items():
            if points.get(key) is None:
                problems.append(Problem("required", f"请为 “{item.zh}” 打分", field=key))
            elif not 0 <= exact(points[key], key) <= item.most:
                problems.append(Problem("out_of_range", f"“{item.zh}” 应在 0 至 {item.most} 分之间", field=key, value=points[key]))
        problems += [Problem("required", f"请回答 “{zh}”", field=k) for k, zh, _ in self.gates if gates.get(k) is None]
        if problems:
            raise Refused.of(problems)
        if not all(gates[k] for k, _, _ in self.gates):
            return None
        return sum((g.weight * 100 * self._share(g, points) for g in self.groups), Fraction(0))

    @staticmethod
    def _share(group: Group, points: Mapping[str, Any]) -> Fraction:
        return sum((exact(points[i.id]) for i in group.items), Fraction(0)) / sum(i.most for i in group.items)

    def as_json(self) -> dict[str, Any]:
        """Plain data for pages and other registers."""
        return {
            "id": self.id, "source": self.source, "unverified": self.unverified,
            "gates": [{"id": i, "zh": zh, "en": en} for i, zh, en in self.gates],
            "groups": [
                {
                    "id": g.id, "zh": g.zh, "en": g.en, "weight": str(g.weight),
                    "items": [
                        {"id": i.id, "zh": i.zh, "en": i.en, "max": i.most, "bands": [{"from": a, "to": b, "text": t} for a, b, t in i.bands]}
                        for i in g.items
                    ],
                }
                for g in self.groups
            ],
            "texts": [{"id": i, "zh": zh, "en": en, "confidential": c} for i, zh, en, c in self.texts],
        }  # fmt: skip


def read_sheet(node: Node) -> ScoreSheet:
    """Read a ``sheet`` section; refuses weights that do not add up, doubled ids, items without points."""
    check_keys(node, required=("id", "groups"), optional=("gates", "texts", "source", "unverified"))
    for part in [*(node.get("gates") or []), *(node.get("texts") or [])]:
        check_keys(part, required=("id", "zh"), optional=("en", "confidential"))
    groups = tuple(_group(g) for g in node["groups"])
    if sum((g.weight for g in groups), Fraction(0)) != 1:
        raise BookError.at(node, "groups", "weights", "评分表各组权重之和应为 100%")
    ids = [i.id for g in groups for i in g.items] + [g["id"] for g in node.get("gates") or []] + [t["id"] for t in node.get("texts") or []]
    for double in sorted({i for i in ids if ids.count(i) > 1}):
        raise BookError.at(node, "groups", "duplicate_id", f"评分表中 “{double}” 重复")
    gates = tuple((g["id"], g["zh"], g.get("en") or g["zh"]) for g in node.get("gates") or [])
    texts = tuple((t["id"], t["zh"], t.get("en") or t["zh"], bool(t.get("confidential"))) for t in node.get("texts") or [])
    return ScoreSheet(node["id"], gates, groups, texts, str(node.get("source") or ""), bool(node.get("unverified")))


def _group(node: Node) -> Group:
    check_keys(node, required=("id", "zh", "weight", "items"), optional=("en",))
    items = tuple(_item(i) for i in node["items"])
    if not items:
        raise BookError.at(node, "items", "empty", f"评分组 “{node['zh']}” 没有评分项")
    return Group(node["id"], node["zh"], node.get("en") or node["zh"], exact(node["weight"], "weight"), items)


def _item(node: Node) -> Item:
    check_keys(node, required=("id", "zh", "max"), optional=("en", "bands"))
    if type(node["max"]) is not int or node["max"] <= 0:
        raise BookError.at(node, "max", "bad_points", "评分项的分值应为正整数")
    for band in node.get("bands") or []:
        check_keys(band, required=("from", "to", "text"))
        if not 0 <= band["from"] <= band["to"] <= node["max"]:
            raise BookError.at(band, "from", "bad_band", f"分档 {band['from']}–{band['to']} 应在 0 至 {node['max']} 分之内")
    bands = tuple((b["from"], b["to"], b["text"]) for b in node.get("bands") or [])
    return Item(node["id"], node["zh"], node.get("en") or node["zh"], node["max"], bands)
