"""Calendar months with the month end kept in range (Civil Code art. 202: no such day → the month's last day)."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from trihelix.engines.errors import Refused


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, clamped to the month's end: 31 January + 1 → 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise Refused.one("date_range", f"{day} 加 {months} 个月超出日期范围", value=months)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_days(day: date, days: int) -> date:
    """The day ``days`` later; refused (``date_range``) beyond the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError as exc:
        raise Refused.one("date_range", f"{day} 加 {days} 日超出日期范围", value=days) from exc


def full_months(start: date, end: date) -> int:
    """Whole months from ``start`` to ``end``: 12 exactly on the anniversary; negative when ``end`` lies before."""
    months = (end.year - start.year) * 12 + end.month - start.month
    while add_months(start, months) > end:
        months -= 1
    return months
