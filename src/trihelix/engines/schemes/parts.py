"""Readers of the lists of a scheme file: parameters, tables, conditions, money, tranches, papers, limits, sanctions, agencies."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from trihelix.engines.bookfile import BookError, Node, check_keys
from trihelix.engines.errors import Refused
from trihelix.engines.money import exact
from trihelix.engines.rules.expressions import parse
from trihelix.engines.rules.model import Expr
from trihelix.engines.schemes import model as m

TRIGGERS = ("signed", "milestone", "stage_check", "year_two", "acceptance", "filed", "evaluation", "list", "redemption")
APPROVERS = ("unit", "leader", "office", "meeting")
MOMENTS = ("submit", "award", "pay", "acceptance")


def number(node: Node, key: str) -> Fraction:
    """An exact number; refused with file and line."""
    try:
        return exact(node[key], key)
    except Refused as refusal:
        raise BookError.at(node, key, "bad_number", refusal.problems[0].message) from refusal


def expr(node: Node, key: str) -> Expr:
    return parse(node[key], node.where(key))


def rows(node: Node, key: str) -> list[Node]:
    """A list of mappings, empty where absent."""
    held = node.get(key) or []
    if not isinstance(held, list) or not all(isinstance(x, Node) for x in held):
        raise BookError.at(node, key, "bad_list", f"“{key}” 应为列表，每项一组键")
    ids = [str(x.get("id") or x.get("kind") or x.get("agency") or x.get("rule")) for x in held]
    if doubled := sorted({i for i in ids if ids.count(i) > 1}):
        raise BookError.at(node, key, "duplicate_id", f"“{key}” 中 “{'、'.join(doubled)}” 重复")
    return held


def _words(node: Node) -> dict[str, Any]:
    return {"zh": node["zh"], "en": node.get("en") or node["zh"]}


def _marks(node: Node) -> dict[str, Any]:
    return {"source": str(node.get("source") or ""), "unverified": bool(node.get("unverified"))}


def choice_of(node: Node, key: str, allowed: tuple[str, ...]) -> str:
    if node[key] not in allowed:
        raise BookError.at(node, key, "bad_choice", f"“{node[key]}” 无效；可用：{'、'.join(allowed)}")
    return str(node[key])


def parameters(node: Node | None) -> dict[str, m.Parameter]:
    """``{cap: {value: 300, zh, unit, source}}``; a bare number is allowed in classes, which only override."""
    out = {}
    for key, held in (node or Node()).items():
        if isinstance(held, Node):
            check_keys(held, required=("value", "zh"), optional=("unit", "source", "unverified"))
            out[key] = m.Parameter(
                key,
                number(held, "value"),
                held["zh"],
                str(held.get("unit") or ""),
                str(held.get("source") or ""),
                bool(held.get("unverified")),
            )
        else:
            out[key] = m.Parameter(key, number(node, key), key, "", "", False)  # type: ignore[arg-type]
    return out


def tables(node: Node | None) -> dict[str, m.Table]:
    """``{bands: [[0, 30%], [500, 25%]]}``: starts must rise."""
    out = {}
    for key, held in (node or Node()).items():
        if not isinstance(held, list) or not held or any(not isinstance(r, list) or len(r) != 2 for r in held):
            raise BookError.at(node, key, "bad_table", f"表 “{key}” 应为若干 [起点, 值]")  # type: ignore[arg-type]
        try:
            made = tuple((exact(a, key), exact(b, key)) for a, b in held)
        except Refused as refusal:
            raise BookError.at(node, key, "bad_number", refusal.problems[0].message) from refusal  # type: ignore[arg-type]
        if list(made) != sorted(set(made)) or len({a for a, _ in made}) != len(made):
            raise BookError.at(node, key, "table_order", f"表 “{key}” 的起点应从小到大且不重复")  # type: ignore[arg-type]
        out[key] = made
    return out


def clause(node: Node) -> m.Clause:
    check_keys(node, required=("id", "zh", "when"), optional=("en", "source", "unverified", "at"))
    at = choice_of(node, "at", MOMENTS) if "at" in node else "submit"
    return m.Clause(node["id"], when=expr(node, "when"), at=at, **_words(node), **_marks(node))


def named_rules(node: Node) -> tuple[m.NamedRule, ...]:
    """``rules: [{rule: tech-sme, zh: 科技型中小企业}]``: rules of the book that the applicant must meet."""
    out = []
    for one in rows(node, "rules"):
        check_keys(one, required=("rule", "zh"), optional=("en", "source", "unverified"))
        out.append(m.NamedRule(str(one["rule"]), **_words(one), **_marks(one)))
    return tuple(out)


def money(node: Node | None) -> m.Money | None:
    """The money rule; ``None`` for schemes that pay nothing."""
    if node is None:
        return None
    check_keys(node, required=("formula",), optional=("caps", "requires", "zh", "source", "unverified"))
    caps = []
    for cap in rows(node, "caps"):
        check_keys(cap, required=("id", "zh", "amount"), optional=("en", "source", "unverified"))
        caps.append(m.Cap(cap["id"], amount=expr(cap, "amount"), **_words(cap), **_marks(cap)))
    requires = tuple(clause(c) for c in rows(node, "requires"))
    return m.Money(expr(node, "formula"), tuple(caps), requires, str(node.get("zh") or ""), **_marks(node))


def tranches(node: Node) -> tuple[m.Tranche, ...]:
    """Parts of the grant; their percents add up to 100%."""
    out = []
    for t in rows(node, "tranches"):
        check_keys(t, required=("id", "zh", "trigger", "percent"), optional=("en", "condition", "source", "unverified"))
        trigger = choice_of(t, "trigger", TRIGGERS)
        out.append(
            m.Tranche(
                t["id"], trigger=trigger, percent=number(t, "percent"), condition=str(t.get("condition") or ""), **_words(t), **_marks(t)
            )
        )
    if out and sum((t.percent for t in out), Fraction(0)) != 1:
        raise BookError.at(node, "tranches", "tranche_sum", "各期拨款比例之和应为 100%")
    if any(t.percent <= 0 for t in out):
        raise BookError.at(node, "tranches", "tranche_zero", "每期拨款比例应大于 0")
    return tuple(out)


def changes(node: Node) -> tuple[m.Change, ...]:
    out = []
    for c in rows(node, "changes"):
        check_keys(c, required=("kind", "zh", "approver"), optional=("en", "source", "unverified"))
        out.append(m.Change(c["kind"], c["zh"], c.get("en") or c["zh"], choice_of(c, "approver", APPROVERS), str(c.get("source") or "")))
    return tuple(out)


def documents(node: Node) -> tuple[m.Document, ...]:
    out = []
    for d in rows(node, "documents"):
        check_keys(d, required=("id", "zh"), optional=("en", "when", "source", "unverified"))
        out.append(
            m.Document(d["id"], d["zh"], d.get("en") or d["zh"], expr(d, "when") if "when" in d else None, str(d.get("source") or ""))
        )
    return tuple(out)


def limits(node: Node) -> tuple[m.Limit, ...]:
    out = []
    for one in rows(node, "limits"):
        check_keys(one, required=("id", "zh", "per", "within", "most"), optional=("en", "source", "unverified"))
        per = choice_of(one, "per", ("leader", "unit", "payee"))
        within = choice_of(one, "within", ("call", "year", "open"))
        if type(one["most"]) is not int or one["most"] < 0:
            raise BookError.at(one, "most", "bad_value", "限项数应为非负整数")
        out.append(m.Limit(one["id"], per=per, within=within, most=one["most"], **_words(one), **_marks(one)))
    return tuple(out)


def sanctions(node: Node) -> tuple[m.Sanction, ...]:
    out = []
    for s in rows(node, "sanctions"):
        check_keys(s, required=("id", "zh", "bars", "years"), optional=("en", "source", "unverified"))
        on = choice_of(s, "bars", ("leader", "unit"))
        out.append(m.Sanction(s["id"], on=on, years=int(s["years"]), **_words(s), **_marks(s)))
    return tuple(out)


def agencies(node: Node) -> tuple[m.Agency, ...]:
    out = []
    for a in rows(node, "agencies"):
        check_keys(a, required=("agency", "zh"), optional=("en", "gives", "strike", "reason"))
        strike = expr(a, "strike") if "strike" in a else None
        out.append(m.Agency(a["agency"], a["zh"], a.get("en") or a["zh"], tuple(a.get("gives") or ()), strike, str(a.get("reason") or "")))
    return tuple(out)


def choices(node: Node, key: str) -> tuple[m.Choice, ...]:
    """Classes (``classes``) or variants (``variants``): parameters and plain keys that differ."""
    out = []
    for c in rows(node, key):
        check_keys(c, required=("id", "zh"), optional=("en", "parameters", "set", "note", "source", "unverified"))
        settings = {str(k): v for k, v in (c.get("set") or {}).items()}
        out.append(m.Choice(c["id"], c["zh"], c.get("en") or c["zh"], parameters(c.get("parameters")), settings, str(c.get("note") or "")))
    return tuple(out)
