"""Read the facts of one firm: values with unit, date and source, into exact column units. Every wrong fact is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import UNITS, exact, parse_money, ratio_text
from trihelix.engines.rules.columns import SCALES, SERIES_ITEMS, from_units, to_units
from trihelix.engines.rules.model import Input, Rule

_MONEY: Final = {"分": "fen", "元": "yuan", "万元": "wan", "亿元": "yi"}


@dataclass(frozen=True)
class Fact:
    """One fact as stored (``units`` of its column) with its provenance."""

    key: str
    units: Any
    as_of: str | None = None
    source: str | None = None
    default: bool = False


def alias_table(rule: Rule) -> dict[str, Input]:
    """Every accepted key of a rule, aliases included."""
    return {name: one for one in rule.inputs.values() for name in (one.key, *one.also)}


def unknown_key(key: str, rule: Rule, row: Any = None) -> Problem:
    """The refusal of a key the rule does not know."""
    known = "、".join(sorted(rule.inputs))
    return Problem("unknown_key", f"规则“{rule.id}”没有输入项“{key}”；可用：{known}", field=key, row=row)


def read_facts(rule: Rule, facts: Any) -> dict[str, Fact]:
    """The facts of one firm by input key; defaults of the book fill what was not stated and are marked."""
    if not isinstance(facts, Mapping):
        raise Refused.one("bad_facts", "事实应为一个对象：{键: 值}", field="facts")
    names, problems, out = alias_table(rule), list[Problem](), dict[str, Fact]()
    for key, raw in facts.items():
        one = names.get(str(key))
        if one is None:
            problems.append(unknown_key(str(key), rule))
            continue
        try:
            fact = read_fact(one, raw)
        except Refused as refusal:
            problems += [p.at(field=str(key)) for p in refusal.problems]
            continue
        if one.key in out and fact.units is not None and out[one.key].units not in (None, fact.units):
            problems.append(Problem("contradiction", f"“{one.label.zh}”以两个键给出了不同的值", field=str(key)))
        if fact.units is not None or one.key not in out:
            out[one.key] = fact
    if problems:
        raise Refused.of(problems)
    return out | {k: default_fact(one) for k, one in rule.inputs.items() if one.default is not None and k not in _stated(out)}


def _stated(facts: Mapping[str, Fact]) -> set[str]:
    return {k for k, f in facts.items() if f.units is not None}


def default_fact(one: Input) -> Fact:
    """The default of the book, marked as such."""
    assert one.default is not None
    raw = ratio_text(one.default) if isinstance(one.default, Fraction) else one.default
    units = _one_value(one, raw, None)
    return Fact(one.key, [units] if one.series else units, default=True)


def read_fact(one: Input, raw: Any) -> Fact:
    """A fact written as a value or as ``{"value", "unit", "as_of", "source"}``."""
    if not isinstance(raw, Mapping):
        return Fact(one.key, read_value(one, raw, None))
    extra = sorted(set(raw) - {"value", "unit", "as_of", "source"})
    if extra or "value" not in raw:
        raise Refused.one(
            "unknown_key", f"事实只能含 value、unit、as_of、source，且须有 value；多余：{'、'.join(extra) or '无'}", field=one.key
        )
    as_of = raw.get("as_of")
    if as_of is not None:
        _date(as_of)
    source = raw.get("source")
    unit = raw.get("unit")
    if unit is not None and not isinstance(unit, str):
        raise Refused.one("wrong_unit", f"“{one.label.zh}”的单位应为文本", field=one.key)
    return Fact(
        one.key, read_value(one, raw["value"], unit), None if as_of is None else str(as_of), None if source is None else str(source)
    )


def read_value(one: Input, raw: Any, unit: str | None) -> Any:
    """Column units of a value; a series takes a list, oldest first, or one value as its latest item."""
    if raw is None:
        return None
    if not one.series:
        if isinstance(raw, list):
            raise Refused.one("bad_type", f"“{one.label.zh}”应为单个值，不是列表", field=one.key, value=raw)
        return _one_value(one, raw, unit)
    items = raw if isinstance(raw, list) else [raw]
    if len(items) > SERIES_ITEMS or not items:
        raise Refused.one("bad_series", f"“{one.label.zh}”的列表应有 1 至 {SERIES_ITEMS} 项", field=one.key)
    return [None if x is None else _one_value(one, x, unit) for x in items]


def _one_value(one: Input, raw: Any, unit: str | None) -> Any:
    label = one.label.zh
    if one.type in SCALES:
        return _number(one, raw, unit)
    if unit not in (None, "", one.unit):
        raise Refused.one("wrong_unit", f"“{label}”不应带单位“{unit}”", field=one.key, value=unit)
    if one.type == "date":
        return _date(raw, one)
    if one.type == "bool":
        if not isinstance(raw, bool):
            raise Refused.one("bad_type", f"“{label}”应填 true 或 false", field=one.key, value=raw)
        return raw
    if not isinstance(raw, str) or (one.choices and raw not in one.choices):
        options = f"；可选：{'、'.join(one.choices)}" if one.choices else ""
        raise Refused.one("bad_choice", f"“{label}”的值“{raw}”不合要求{options}", field=one.key, value=raw)
    return raw


def _date(raw: Any, one: Input | None = None) -> date:
    if type(raw) is date:
        return raw
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError) as exc:
        name, key = (f"“{one.label.zh}”", one.key) if one else ("日期 as_of", None)
        raise Refused.one("bad_date", f"{name}应为日期，写成 2025-05-28；收到 {raw!r}", field=key, value=raw) from exc


def _number(one: Input, raw: Any, unit: str | None) -> int:
    units = to_units(_measure(one, raw, unit), one)
    if units.denominator != 1:
        what = "整数" if one.type == "int" else "至多六位小数的数"
        raise Refused.one("too_fine", f"“{one.label.zh}”应为{what}，收到 {raw}", field=one.key, value=raw)
    problem = range_problem(one, int(units), raw)
    if problem:
        raise Refused(problem)
    return int(units)


def _measure(one: Input, raw: Any, unit: str | None) -> Fraction:
    """The exact value in wholes (a percentage as a ratio), after unit conversion."""
    if one.type == "money":
        if unit is not None and unit not in _MONEY:
            raise Refused.one(
                "wrong_unit", f"“{one.label.zh}”的单位“{unit}”不是金额单位；可用：{'、'.join(_MONEY)}", field=one.key, value=unit
            )
        fen = parse_money(raw, _MONEY[unit] if unit else "wan", negative=True, field=one.key)  # type: ignore[arg-type]
        return Fraction(fen, UNITS["wan"])
    value = exact(raw, one.key)
    if one.type in ("percent", "ratio"):
        written = isinstance(raw, str) and raw.strip().endswith(("%", "％"))
        if unit not in (None, "", "%", "％"):
            raise Refused.one("wrong_unit", f"“{one.label.zh}”的单位“{unit}”不能用；请用 % 或不写单位", field=one.key, value=unit)
        hundredths = not written and (unit in ("%", "％") or (one.type == "percent" and unit is None))
        return value / 100 if hundredths else value
    if unit not in (None, one.unit):
        raise Refused.one("wrong_unit", f"“{one.label.zh}”的单位应为“{one.unit or '无'}”，收到“{unit}”", field=one.key, value=unit)
    return value


def range_problem(one: Input, units: int, raw: Any) -> Problem | None:
    """Why a number is out of its range, if it is."""
    value, label = from_units(units, one), one.label.zh
    shown = raw if isinstance(raw, int | float | str) else str(raw)
    if one.least is not None and value < one.least:
        code, words = (
            ("negative", f"“{label}”不能为负") if one.least == 0 else ("out_of_range", f"“{label}”不能小于 {ratio_text(one.least)}")
        )
        return Problem(code, f"{words}，收到 {shown}", field=one.key, value=shown)
    if (one.most is not None and value > one.most) or abs(units) > SCALES[one.type][2] * SCALES[one.type][0]:
        top = ratio_text(one.most) if one.most is not None else str(SCALES[one.type][2])
        return Problem("out_of_range", f"“{label}”的值 {shown} 超过上限 {top}，请核对单位", field=one.key, value=shown)
    return None
