"""Read the pieces of a rule file: sources, parameters, inputs, clauses, scores, outputs. Each refusal names file, line and reason."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, cast, get_args

from trihelix.engines.bookfile import Node, check_keys
from trihelix.engines.errors import Refused
from trihelix.engines.money import exact
from trihelix.engines.rules.expressions import parse, wrong
from trihelix.engines.rules.model import (
    Band,
    Citation,
    Clause,
    Dated,
    Edge,
    Expr,
    Input,
    InputType,
    Output,
    Parameter,
    Scalar,
    Score,
    Source,
    Table,
    Text,
)  # fmt: skip

NUMBERS = ("int", "decimal", "money", "percent", "ratio")
CITE = ("source", "article", "confirmed", "unverified")
UNITS: Mapping[str, str] = {"money": "万元", "percent": "%", "ratio": "", "date": "", "bool": "", "text": ""}


@dataclass(frozen=True)
class Citing:
    """The sources of a file, its default day of confirmation, and which sources were cited so far."""

    sources: Mapping[str, Source]
    confirmed: date | None
    used: set[str]
    fallback: Citation | None = None

    def read(self, node: Node, what: str) -> Citation:
        """The citation of a mapping; the version's own source is the default of its clauses."""
        if "source" not in node and self.fallback is None:
            raise wrong(node.where(), "missing_source", f"{what}没有写明出处（source）")
        key = str(node["source"]) if "source" in node else cast(Citation, self.fallback).source.id
        if key not in self.sources:
            raise wrong(node.where("source"), "unknown_source", f"{what}引用的出处“{key}”不在 sources 中")
        self.used.add(key)
        confirmed = day(node, "confirmed") or (self.fallback.confirmed if self.fallback else self.confirmed)
        if confirmed is None:
            raise wrong(node.where(), "missing_confirmed", f"{what}没有写明最近核对日期（confirmed）")
        article = node.get("article", self.fallback.article if self.fallback and "source" not in node else None)
        unverified = node.get("unverified", self.fallback.unverified if self.fallback else False)
        if not isinstance(unverified, bool):
            raise wrong(node.where("unverified"), "bad_value", "unverified 只能是 true 或 false")
        return Citation(self.sources[key], None if article is None else str(article), confirmed, unverified)

    def within(self, cite: Citation) -> Citing:
        """The same sources with a version's citation as default."""
        return Citing(self.sources, self.confirmed, self.used, cite)


def day(node: Node, key: str) -> date | None:
    """A date or None; anything else is refused."""
    value = node.get(key)
    if value is not None and type(value) is not date:
        raise wrong(node.where(key), "bad_date", f"“{key}”应为日期，写成 2026-04-01")
    return value


def nodes(node: Node, key: str) -> list[Node]:
    """A list of mappings."""
    raw = node.get(key) or []
    if not isinstance(raw, list) or not all(isinstance(x, Node) for x in raw):
        raise wrong(node.where(key), "bad_shape", f"“{key}”应为若干条目的列表")
    return raw


def table(node: Node, key: str) -> dict[str, Node]:
    """A mapping of mappings."""
    raw = node.get(key) or {}
    if not isinstance(raw, dict) or not all(isinstance(x, Node) for x in raw.values()):
        raise wrong(node.where(key), "bad_shape", f"“{key}”应为“键: 条目”的形式")
    return raw


def text(node: Node) -> Text:
    """``zh`` (required) and ``en``."""
    zh = node.get("zh")
    if not isinstance(zh, str) or not zh.strip():
        raise wrong(node.where("zh"), "missing_key", "缺少中文名称 zh")
    en = node.get("en")
    return Text(zh, None if en is None else str(en))


def number(value: Any, where: str) -> Fraction:
    """An exact number: ``5``, ``0.5``, ``30%``."""
    try:
        return exact(value)
    except Refused as refusal:
        raise wrong(where, "bad_number", f"“{value}”不是数字") from refusal


def scalar(value: Any, where: str) -> Scalar:
    """A number, date, text or flag as written."""
    if isinstance(value, bool) or type(value) is date:
        return value
    if isinstance(value, str):
        try:
            return exact(value)
        except Refused:
            return value
    return number(value, where)


def sources(node: Node) -> dict[str, Source]:
    """The documents a file cites."""
    out = {}
    for key, one in table(node, "sources").items():
        check_keys(one, required=("doc",), optional=("title", "date", "url", "status"))
        status = one.get("status", "in_force")
        if status not in ("in_force", "replaced", "draft", "expired"):
            raise wrong(one.where("status"), "bad_value", f"文件状态“{status}”不在 in_force、replaced、draft、expired 内")
        out[key] = Source(key, str(one["doc"]), one.get("title"), day(one, "date"), one.get("url"), status)
    return out


def parameter(key: str, node: Node, citing: Citing) -> Parameter:
    """One parameter; its values must be in order of date and may not overlap."""
    check_keys(node, required=("zh", "values"), optional=("en", "unit"))
    values: list[Dated] = []
    for one in nodes(node, "values"):
        check_keys(one, required=("from", "value"), optional=("to", *CITE))
        since, until = day(one, "from"), day(one, "to")
        assert since is not None
        _in_order(values[-1] if values else None, since, until, one, f"参数“{key}”")
        values.append(Dated(_value(one), since, until, citing.read(one, f"参数“{key}”的取值")))
    if not values:
        raise wrong(node.where("values"), "missing_key", f"参数“{key}”没有取值")
    return Parameter(key, text(node), str(node.get("unit", "")), tuple(values), node.where())


def _in_order(before: Any, since: date, until: date | None, node: Node, what: str) -> None:
    if until is not None and until < since:
        raise wrong(node.where("to"), "dates_order", f"{what}的截止日 {until} 早于起始日 {since}")
    if before is not None and (since <= before.since or (before.until is not None and since <= before.until)):
        raise wrong(node.where("from"), "overlapping_dates", f"{what}自 {since} 起的取值与前一取值的期间重叠")


def _value(node: Node) -> Scalar | Table:
    raw, where = node["value"], node.where("value")
    if not isinstance(raw, list):
        return scalar(raw, where)
    rows = [(number(r[0], where), number(r[1], where)) for r in raw if isinstance(r, list) and len(r) == 2]
    if len(rows) != len(raw) or not rows or any(a[0] >= b[0] for a, b in itertools.pairwise(rows)):
        raise wrong(where, "bad_table", "表格应为 [起点, 取值] 的列表，起点从小到大")
    return tuple(rows)


_INPUT = ("en", "unit", "series", "min", "max", "choices", "default", "also", "period", "basis", "evidence", "change", "cost", "expert")


def an_input(key: str, node: Node) -> Input:
    """One input; its unit follows its type unless it is a count."""
    check_keys(node, required=("zh", "type"), optional=_INPUT)
    kind, change = node["type"], node.get("change", "no")
    if kind not in get_args(InputType) or change not in ("up", "down", "any", "no"):
        raise wrong(node.where("type"), "bad_value", f"输入项“{key}”的 type 或 change 不在可选项内")
    bound = {k: None if node.get(k) is None else number(node[k], node.where(k)) for k in ("min", "max")}
    default = None if node.get("default") is None else scalar(node["default"], node.where("default"))
    least = bound["min"] if "min" in node or kind not in NUMBERS else Fraction(0)
    choices, also = (tuple(str(x) for x in node.get(k) or ()) for k in ("choices", "also"))
    words = {k: None if node.get(k) is None else str(node[k]) for k in ("period", "basis", "evidence")}
    return Input(key, text(node), kind, str(node.get("unit", UNITS.get(kind, ""))), node.where(), node.get("series") is True, least,
                 bound["max"], choices, default, also, words["period"], words["basis"], words["evidence"], change,
                 int(node.get("cost", 1)), node.get("expert") is True)  # fmt: skip


def clause(node: Node, citing: Citing) -> Clause:
    """A clause: exactly one of ``when``, ``all``, ``any``."""
    check_keys(node, required=("id", "zh"), optional=("en", "when", "all", "any", *CITE))
    given = [k for k in ("when", "all", "any") if k in node]
    if len(given) != 1:
        raise wrong(node.where(), "bad_shape", f"条款“{node['id']}”须且只须写 when、all、any 之一")
    cite = citing.read(node, f"条款“{node['id']}”")
    base = (str(node["id"]), text(node), cite, node.where())
    if given == ["when"]:
        return Clause(*base, parse(node["when"], node.where("when")))
    inner = tuple(clause(n, citing.within(cite)) for n in nodes(node, given[0]))
    if len(inner) < 2:
        raise wrong(node.where(given[0]), "bad_shape", f"条款“{node['id']}”的 {given[0]} 至少要有两项")
    return Clause(*base, None, "all" if given == ["all"] else "any", inner)


_KINDS = {"bands": "bands", "cases": "cases", "expert": "expert", "best_of": "best", "sum_of": "sum", "formula": "formula"}


def score(node: Node, citing: Citing) -> Score:
    """A score; its kind is told by the one key among bands, cases, expert, best_of, sum_of, formula."""
    check_keys(node, required=("id", "zh", "max"), optional=("en", "of", "given", "undefined", "tie", *_KINDS, *CITE))
    kinds = [k for k in _KINDS if k in node]
    if len(kinds) != 1:
        raise wrong(node.where(), "bad_shape", f"评分项“{node['id']}”须且只须写 {'、'.join(_KINDS)} 之一")
    key, cite = kinds[0], citing.read(node, f"评分项“{node['id']}”")
    kind, most = _KINDS[key], number(node["max"], node.where("max"))
    if (kind == "bands") != ("of" in node):
        raise wrong(node.where(), "bad_shape", f"评分项“{node['id']}”：分档（bands）须写明所比的量 of，其余不写")
    of = parse(node["of"], node.where("of")) if kind == "bands" else parse(node[key], node.where(key)) if kind == "formula" else None
    bands = tuple(band(n, kind) for n in nodes(node, key)) if kind in ("bands", "cases") else ()
    children = tuple(score(n, citing.within(cite)) for n in nodes(node, key)) if kind in ("best", "sum") else ()
    low, high = _points(node["expert"], node.where("expert")) if kind == "expert" else (Fraction(0), most)
    if high != most:
        raise wrong(node.where("expert"), "bad_points", f"评分项“{node['id']}”的专家评分上限应等于满分 {most}")
    given = None if node.get("given") is None else str(node["given"])
    return Score(str(node["id"]), text(node), cite, node.where(), cast(Any, kind), most, of, bands, children, given,
                 number(node.get("undefined", 0), node.where("undefined")), node.get("tie"), low)  # fmt: skip


def _points(raw: Any, where: str) -> tuple[Fraction, Fraction]:
    pair = raw if isinstance(raw, list) else [raw, raw]
    if len(pair) != 2:
        raise wrong(where, "bad_points", "分值应为一个数，或 [最低, 最高]")
    low, high = number(pair[0], where), number(pair[1], where)
    if low > high or low < 0 or (low * 100).denominator != 1 or (high * 100).denominator != 1:
        raise wrong(where, "bad_points", f"分值 {raw} 不成立：须从低到高、不为负、至多两位小数")
    return low, high


def band(node: Node, kind: str) -> Band:
    """A band: edges (at_least, above / at_most, below) for measures; ``when`` or ``else`` for cases."""
    edges = ("at_least", "above", "at_most", "below")
    check_keys(node, required=("points",), optional=edges if kind == "bands" else ("when", "else"))
    low, high = _points(node["points"], node.where("points"))
    if kind == "cases":
        if ("when" in node) == ("else" in node):
            raise wrong(node.where(), "bad_shape", "每一档须且只须写 when 或 else")
        when = parse(node["when"], node.where("when")) if "when" in node else None
        return Band(low, high, when=when, text=when.text if when else "其他")
    start, end = _edge(node, "at_least", "above"), _edge(node, "at_most", "below")
    words = [f"{zh}{node[k]}" for k, zh in zip(edges, ("≥", ">", "≤", "<"), strict=True) if k in node]
    if start and end and (start.value > end.value or (start.value == end.value and not (start.closed and end.closed))):
        raise wrong(node.where(), "unreachable", f"这一档（{'、'.join(words)}）没有任何取值能落入")
    return Band(low, high, start, end, text="、".join(words) or "任何取值")


def _edge(node: Node, closed: str, opened: str) -> Edge | None:
    if closed in node and opened in node:
        raise wrong(node.where(opened), "bad_shape", f"{closed} 与 {opened} 只能写一个")
    key = closed if closed in node else opened
    return Edge(number(node[key], node.where(key)), key == closed) if key in node else None


def output(node: Node, citing: Citing) -> Output:
    """An output: ``value`` (an expression) or ``cases`` (texts by condition)."""
    check_keys(node, required=("id", "zh", "type"), optional=("en", "value", "cases", "needs", "optional", *CITE))
    kind = node["type"]
    if kind not in ("money", "rate", "number", "date", "text", "flag") or ("value" in node) == ("cases" in node):
        raise wrong(node.where(), "bad_shape", f"结果“{node['id']}”的 type 不在可选项内，或没有写 value、cases 之一")
    if node.get("needs", "met") != "met" or (kind == "text") != ("cases" in node):
        raise wrong(node.where(), "bad_shape", f"结果“{node['id']}”：needs 只能是 met；文本结果用 cases，其余用 value")
    value = parse(node["value"], node.where("value")) if "value" in node else None
    cases: list[tuple[Expr | None, str]] = []
    for n in nodes(node, "cases"):
        check_keys(n, required=("text",), optional=("when", "else"))
        cases.append((parse(n["when"], n.where("when")) if "when" in n else None, str(n["text"])))
    return Output(str(node["id"]), text(node), kind, citing.read(node, f"结果“{node['id']}”"), node.where(), value, tuple(cases),
                  "needs" in node, node.get("optional") is True)  # fmt: skip
