"""The figures of the book: loaded with file and line, checked whole, never imported.

Each file of ``figures/`` holds ``figures:`` (a list) or ``checks:`` (a list). The book names the formula; a register brings it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.engines.errors import Refused
from trihelix.kernel import book
from trihelix.registers.figures import periods

KINDS = ("flow", "stock", "plan", "target")
OPERATIONS = ("value", "growth", "each", "latest", "share")
IN_PER_CENT = ("growth", "share")
REQUIRED = ("id", "place", "phrase", "subject", "population", "measure_kind", "period", "unit", "owner")
OPTIONAL = (
    "measure", "digits", "formula", "params", "operation", "base_params", "scale", "external", "target", "aspect", "cautions", "choices",
)  # fmt: skip
CHECK_REQUIRED = ("id", "zh", "en", "left", "op", "right", "level")
TERM = ("figure", "formula", "params", "period", "number", "times")


@dataclass(frozen=True)
class Figure:
    """One figure (指标): what is counted, in which population and period, by which formula, in which unit, and who answers for it."""

    id: str
    place: str
    phrase: dict[str, str]
    subject: str
    population: str
    measure_kind: str
    period: str
    unit: str
    owner: str
    measure: str
    digits: int
    formula: str
    params: dict[str, Any]
    operation: str
    base_params: dict[str, Any] | None
    scale: Fraction | None
    external: bool
    target: Fraction | None
    aspect: str
    cautions: tuple[str, ...]
    choices: tuple[str, ...]
    where: str

    def name(self, lang: str = "zh") -> str:
        return self.phrase.get("en" if lang.startswith("en") else "zh") or self.phrase["zh"]


@dataclass(frozen=True)
class Check:
    """A consistency check: ``left op right`` over figures; red needs an explanation before a report is frozen."""

    id: str
    zh: str
    en: str
    left: tuple[Node, ...]
    op: str
    right: tuple[Node, ...]
    level: str
    note: str


@dataclass(frozen=True)
class FigureBook:
    figures: dict[str, Figure]
    checks: tuple[Check, ...] = field(default_factory=tuple)

    @functools.cached_property
    def checked(self) -> frozenset[str]:
        """The figures that checks compare."""
        return frozenset(t["figure"] for c in self.checks for t in (*c.left, *c.right) if "figure" in t)

    def of_letter(self) -> list[Figure]:
        """The figures of the letter (F…), in order; others stand beside them and are asked for by id."""
        return [f for f in self.figures.values() if f.id.startswith("F")]

    def figure(self, figure_id: str) -> Figure:
        """The figure, or a refusal that names the range."""
        found = self.figures.get(figure_id)
        if found is None:
            raise Refused.one("unknown_figure", f"没有指标 “{figure_id}”；可用：{'、'.join(self.figures)}", field="id", value=figure_id)
        return found


def _fraction(node: Node, key: str) -> Fraction | None:
    if node.get(key) is None:
        return None
    try:
        return Fraction(str(node[key]))
    except (ValueError, ZeroDivisionError):
        raise BookError.at(node, key, "bad_number", f"{key} 应为数，现为 {node[key]!r}") from None


def _texts(node: Node, key: str) -> tuple[str, ...]:
    given = node.get(key) or []
    if not isinstance(given, list) or not all(isinstance(t, str) for t in given):
        raise BookError.at(node, key, "bad_list", f"{key} 应为文字的列表")
    return tuple(given)


def _figure(node: Node) -> Figure:
    check_keys(node, required=REQUIRED, optional=OPTIONAL)
    if node["measure_kind"] not in KINDS:
        raise BookError.at(node, "measure_kind", "bad_kind", f"measure_kind 应为 {'、'.join(KINDS)} 之一")
    operation = node.get("operation", "value")
    if operation not in OPERATIONS:
        raise BookError.at(node, "operation", "bad_operation", f"operation 应为 {'、'.join(OPERATIONS)} 之一")
    try:
        periods.parse(str(node["period"]))
    except Refused as refusal:
        raise BookError.at(node, "period", "bad_period", refusal.problems[0].message) from None
    sources = [k for k in ("formula", "external", "target") if node.get(k)]
    if not sources:
        raise BookError.at(node, None, "no_source", "须写明 formula、external 或 target 之一")
    if (operation in IN_PER_CENT) != (node["unit"] == "%"):
        raise BookError.at(node, "unit", "bad_unit", "增幅与占比的单位是 %，其他指标不用 %")
    if operation == "share" and not node.get("base_params"):
        raise BookError.at(node, "base_params", "no_base", "占比须以 base_params 写明分母")
    return Figure(
        id=str(node["id"]), place=str(node["place"]), phrase=dict(node["phrase"]), subject=node["subject"], population=node["population"],
        measure_kind=node["measure_kind"], period=str(node["period"]), unit=str(node["unit"]), owner=node["owner"],
        measure=str(node.get("measure", node["unit"])), digits=int(node.get("digits", 0)), formula=str(node.get("formula", "")),
        params=dict(node.get("params") or {}), operation=operation,
        base_params=dict(node["base_params"]) if "base_params" in node else None, scale=_fraction(node, "scale"),
        external=bool(node.get("external", False)), target=_fraction(node, "target"), aspect=str(node.get("aspect", "")),
        cautions=_texts(node, "cautions"), choices=_texts(node, "choices"), where=node.where(),
    )  # fmt: skip


def _check(node: Node, figures: dict[str, Figure]) -> Check:
    check_keys(node, required=CHECK_REQUIRED, optional=("note",))
    if node["op"] not in ("==", "<=", ">="):
        raise BookError.at(node, "op", "bad_op", "op 应为 ==、<= 或 >=")
    if node["level"] not in ("red", "amber"):
        raise BookError.at(node, "level", "bad_level", "level 应为 red 或 amber")
    for side in ("left", "right"):
        for term in node[side]:
            check_keys(term, optional=TERM)
            if sum(k in term for k in ("figure", "formula", "number")) != 1:
                raise BookError.at(term, None, "bad_term", "每一项写 figure、formula 或 number 之一")
            if "figure" in term and term["figure"] not in figures:
                raise BookError.at(term, "figure", "unknown_figure", f"没有指标 {term['figure']}")
    return Check(
        node["id"], node["zh"], node["en"], tuple(node["left"]), node["op"], tuple(node["right"]), node["level"], str(node.get("note", ""))
    )


def read(folder: Path, root: Path) -> FigureBook:
    """Read and check every file of a figures folder. Refuses unknown keys, doubles and wrong values with file and line."""
    figures: dict[str, Figure] = {}
    raw: list[Node] = []
    for path in sorted(folder.glob("*.yaml")):
        data = load_file(path, root)
        check_keys(data, optional=("figures", "checks"))
        raw += data.get("checks") or []
        for node in data.get("figures") or []:
            found = _figure(node)
            if found.id in figures:
                raise BookError.at(node, "id", "duplicate_figure", f"指标 {found.id} 重复（另见 {figures[found.id].where}）")
            figures[found.id] = found
    ordered = dict(sorted(figures.items(), key=lambda p: (p[0][:1], int(p[0][1:]) if p[0][1:].isdigit() else 0, p[0])))
    checks = tuple(_check(node, ordered) for node in raw)
    doubles = {c.id for c in checks if sum(d.id == c.id for d in checks) > 1}
    if doubles:
        raise Refused.one("duplicate_check", f"核对 {'、'.join(sorted(doubles))} 重复", field="checks")
    return FigureBook(ordered, checks)


@book.of_current
def figures(path: Path) -> FigureBook:
    """The figures of the book in force."""
    return read(path / "figures", path)
