"""Period rules (统计期): what a day D means for a figure. Pure.

``last_full_year`` · ``since:DATE`` · ``to_date`` · ``fixed:DATE`` · ``last_year_end`` · ``round:ID`` · ``budget_year`` · ``this_year``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from trihelix.engines.errors import Refused

PLAIN = ("last_full_year", "to_date", "last_year_end", "budget_year", "this_year")
WITH_DATE = ("since", "fixed")
FLOWS = ("last_full_year", "since", "this_year", "budget_year")


@dataclass(frozen=True)
class Span:
    """A resolved period: ``start`` is ``None`` for stocks and cumulative numbers."""

    rule: str
    start: dt.date | None
    end: dt.date
    as_of: dt.date

    def as_json(self) -> dict[str, str | None]:
        """``{"rule", "from", "to", "as_of"}`` with ISO days."""
        return {
            "rule": self.rule,
            "from": self.start.isoformat() if self.start else None,
            "to": self.end.isoformat(),
            "as_of": self.as_of.isoformat(),
        }


def parse(rule: str) -> tuple[str, str]:
    """``(name, argument)`` of a rule. Refuses unknown names and wrong days."""
    name, _, argument = rule.partition(":")
    if name in PLAIN and not argument:
        return name, ""
    if name == "round" and argument:
        return name, argument
    if name in WITH_DATE:
        try:
            dt.date.fromisoformat(argument)
        except ValueError:
            raise Refused.one("bad_period", f"统计期 “{rule}” 的日期应写成 2024-12-02", field="period", value=rule) from None
        return name, argument
    known = "、".join((*PLAIN, "since:日期", "fixed:日期", "round:编号"))
    raise Refused.one("bad_period", f"没有统计期规则 “{rule}”；可用：{known}", field="period", value=rule)


def is_flow(rule: str) -> bool:
    """Whether the rule bounds the period at its start, so that ``--from`` and ``--to`` may replace it."""
    return parse(rule)[0] in FLOWS


def resolve(rule: str, day: dt.date) -> Span:
    """The period of a rule on a day. A fixed day later than ``day`` is cut at ``day``: nothing is counted ahead of it."""
    name, argument = parse(rule)
    year = day.year
    if name == "last_full_year":
        return Span(rule, dt.date(year - 1, 1, 1), dt.date(year - 1, 12, 31), day)
    if name == "last_year_end":
        return Span(rule, None, dt.date(year - 1, 12, 31), day)
    if name == "budget_year":
        return Span(rule, dt.date(year, 1, 1), dt.date(year, 12, 31), day)
    if name == "this_year":
        return Span(rule, dt.date(year, 1, 1), day, day)
    if name == "since":
        return Span(rule, dt.date.fromisoformat(argument), day, day)
    if name == "fixed":
        return Span(rule, None, min(day, dt.date.fromisoformat(argument)), day)
    return Span(rule, None, day, day)


def year_before(day: dt.date) -> dt.date:
    """The same day a year earlier; 29 February becomes 28."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def shifted(span: Span) -> Span:
    """The same period a year earlier: the base of growth."""
    return Span(span.rule, year_before(span.start) if span.start else None, year_before(span.end), year_before(span.as_of))
