"""The overdue ladder (逾期处理阶梯): when a project counts as overdue, what that costs leader and unit, in exact numbers.

Source: domain page on programmes, section 3.2.6. The quota is cut by a part for each project overdue beyond a year; from a
number of overdue projects on, the unit loses the year. Rounding is down (half a place is no place) [default, marked].
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from trihelix.engines.errors import Refused
from trihelix.engines.months import add_months


@dataclass(frozen=True)
class Ladder:
    """The rungs: reference day (month, day), cut per project, years that count, projects that lose the year, forced ending, bar."""

    month: int
    day: int
    cut: Fraction
    cut_after_years: int
    lose_at: int
    forced_years: int
    bar_years: int


def quota_after(base: int, overdue_beyond: int, overdue: int, ladder: Ladder) -> Fraction:
    """The exact quota: ``base × max(0, 1 − cut × n)``, 0 from ``lose_at`` overdue projects on. Refuses negative counts.

    ``overdue_beyond`` counts projects overdue beyond ``cut_after_years``, which are among the ``overdue`` ones.
    """
    if base < 0 or overdue < 0 or overdue_beyond < 0:
        raise Refused.one("negative", "名额与逾期项数不能为负", field="base_quota")
    if overdue_beyond > overdue:
        raise Refused.one("inconsistent", "逾期一年以上的项数不能多于逾期项数", field="n_overdue")
    if overdue >= ladder.lose_at:
        return Fraction(0)
    return base * max(Fraction(0), 1 - ladder.cut * overdue_beyond)


def places(quota: Fraction) -> int:
    """Whole places of an exact quota, rounded down."""
    return quota.numerator // quota.denominator


def overdue_since(due: date, ladder: Ladder) -> date:
    """The reference day from which a project that is due and neither accepted nor filed counts as overdue."""
    here = date(due.year, ladder.month, ladder.day)
    return here if here >= due else date(due.year + 1, ladder.month, ladder.day)


def is_overdue(due: date, on: date, ladder: Ladder) -> bool:
    """Whether an open project counts as overdue on a day: its due day passed and the reference day came."""
    return on > due and on >= overdue_since(due, ladder)


def years_overdue(due: date, on: date) -> int:
    """Completed years since the due day."""
    years = 0
    while add_months(due, 12 * (years + 1)) <= on:
        years += 1
    return years


@dataclass(frozen=True)
class Standing:
    """A unit's standing on a day: overdue projects, those beyond the limit, those to be ended by force, and the quota."""

    overdue: int
    beyond: int
    forced: int
    quota: Fraction


def standing(base: int, dues: Iterable[date], on: date, ladder: Ladder) -> Standing:
    """A unit's standing from the due days of its projects that are neither filed nor ended."""
    late = [d for d in dues if is_overdue(d, on, ladder)]
    beyond = sum(1 for d in late if add_months(d, 12 * ladder.cut_after_years) < on)
    forced = sum(1 for d in late if years_overdue(d, on) >= ladder.forced_years)
    return Standing(len(late), beyond, forced, quota_after(base, beyond, len(late), ladder))
