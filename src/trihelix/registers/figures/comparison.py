"""A figure beside its value of last year and of the last frozen report; by another formula version it is not comparable."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from fractions import Fraction
from typing import Any

from trihelix.engines.errors import Refused
from trihelix.kernel.actor import Actor, visible_to
from trihelix.kernel.models import Record
from trihelix.registers.figures import evaluation, numbers, periods
from trihelix.registers.figures.book import figures
from trihelix.registers.figures.models import FrozenFigure, Report

SETTLED = ("frozen", "published")


def compared(found: evaluation.Answer, by: Actor) -> dict[str, Any]:
    """``{"last_year": {...}, "last_report": {...}}``: value, difference, growth, or why not comparable."""
    return {"last_year": _last_year(found, by), "last_report": _last_report(found, by)}


def _last_year(found: evaluation.Answer, by: Actor) -> dict[str, Any]:
    if periods.parse(found.figure.period)[0] == "fixed":
        return {"comparable": False, "reason": "统计期固定于某日，没有上一年的数"}
    day = periods.year_before(found.span.as_of)
    before = evaluation.answer(found.figure, by, day)
    return {"as_of": day.isoformat(), "period": before.span.as_json(), **_difference(found, before.value, before.text, before.formula)}


def _last_report(found: evaluation.Answer, by: Actor) -> dict[str, Any] | None:
    rows = FrozenFigure.objects.filter(figure=found.figure.id, report__in=visible_to(by, Record.objects.filter(state__in=SETTLED)))
    held = rows.select_related("report").order_by("-report__figures_report__as_of", "-pk").first()
    if held is None:
        return None
    value = held.answer.get("value_exact")
    exact = Fraction(value) if value is not None and _number(value) else None
    out = _difference(found, exact, held.answer.get("value"), held.answer.get("formula") or "")
    return {"report": held.report.number, "as_of": held.answer["period"]["as_of"], **out}


def _number(text: str) -> bool:
    try:
        Fraction(text)
    except (ValueError, ZeroDivisionError):
        return False
    return True


def _difference(found: evaluation.Answer, value: Fraction | None, text: str | None, formula: str) -> dict[str, Any]:
    out: dict[str, Any] = {"value": text, "comparable": False}
    if formula != found.formula:
        return out | {"reason": "公式版本不同，不可比"}
    if value is None or found.value is None:
        return out | {"reason": "其中一期没有数值，不可比"}
    growth = (found.value - value) / value * 100 if value else None
    return out | {
        "comparable": True, "difference": numbers.exact(found.value - value), "growth": None if growth is None else numbers.rounded(growth, 1),
    }  # fmt: skip


def since_frozen(report: Report, by: Actor, as_of: dt.date | None = None) -> list[dict[str, Any]]:
    """What changed since a report was frozen, figure by figure and record by record. Refuses a report not frozen."""
    held = list(FrozenFigure.objects.filter(report=report.record))
    if not held:
        raise Refused.one("not_frozen", "报告尚未固化，没有可比较的数", field="report", value=report.record.number)
    out = []
    for row in held:
        figure = figures().figures.get(row.figure)
        if figure is None:
            out.append(
                {"figure": row.figure, "changed": True, "then": row.answer.get("value"), "now": None, "reason": "规则书中已无此指标"}
            )
            continue
        now = evaluation.answer(figure, by, as_of or report.as_of, whole=True)
        out.append(_changes(row, now))
    return out


def _changes(row: FrozenFigure, now: evaluation.Answer) -> dict[str, Any]:
    """Lines that came, went or have another amount; equal keys count as often as they stand."""
    then_lines, now_lines = [(str(k), str(v)) for k, v in row.lines], [(str(k), str(v)) for k, v in now.pairs()]
    came, went = Counter(now_lines) - Counter(then_lines), Counter(then_lines) - Counter(now_lines)
    new, old = _by_key(came), _by_key(went)
    return {
        "figure": row.figure, "phrase": now.figure.phrase, "then": row.answer.get("value"), "now": now.text, "changed": row.answer.get("digest") != now.digest,
        "formula_changed": (row.answer.get("formula") or "") != now.formula,
        "added": [[k, v] for k, v in new.items() if k not in old], "removed": [[k, v] for k, v in old.items() if k not in new],
        "altered": [[k, old[k], new[k]] for k in new if k in old],
    }  # fmt: skip


def _by_key(lines: Counter[tuple[str, str]]) -> dict[str, str]:
    return dict(sorted(lines.elements()))
