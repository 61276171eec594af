"""Opening times of a market node as rows: which days, from when to when; pure functions over the rows and a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel.columns import options

# A named weekday overrides ``workday`` and ``restday``, which follow the book's calendar (holidays and make-up days).
DAYS = options(
    ("workday", "工作日", "Working days"), ("restday", "休息日和节假日", "Rest days and holidays"), ("mon", "周一", "Monday"), ("tue", "周二", "Tuesday"),
    ("wed", "周三", "Wednesday"), ("thu", "周四", "Thursday"), ("fri", "周五", "Friday"), ("sat", "周六", "Saturday"), ("sun", "周日", "Sunday"),
)  # fmt: skip
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
Rows = Iterable[Mapping[str, Any]]


def check(rows: Rows) -> Iterable[Problem]:
    """Times read HH:MM, each row closes after it opens, and rows of one day do not overlap."""
    taken: dict[str, list[tuple[str, str]]] = {}
    for n, row in enumerate(rows):
        first, last = str(row.get("opens") or ""), str(row.get("closes") or "")
        for name, text in (("opens", first), ("closes", last)):
            if not TIME.fullmatch(text):
                yield Problem("bad_time", "时间应写成 08:30", field=f"opening[{n}].{name}", value=text)
                return
        if last <= first:
            yield Problem("time_order", f"第 {n + 1} 行：关门时间应晚于开门时间", field=f"opening[{n}].closes", value=last)
        held = taken.setdefault(str(row.get("day")), [])
        if any(first < b and a < last for a, b in held):
            yield Problem("time_overlap", f"第 {n + 1} 行与同一天的另一段时间重叠", field=f"opening[{n}].opens", value=first)
        held.append((first, last))


def spans(rows: Rows, day: dt.date, working: bool) -> list[tuple[str, str]]:
    """The open spans ``(HH:MM, HH:MM)`` of a day in order; ``working``: whether the calendar calls it a working day."""
    rows = list(rows)
    named = [r for r in rows if r["day"] == WEEK[day.weekday()]]
    of_day = named or [r for r in rows if r["day"] == ("workday" if working else "restday")]
    return sorted((str(r["opens"]), str(r["closes"])) for r in of_day)


def is_open(today: Iterable[tuple[str, str]], time: dt.time) -> bool:
    """Whether a time of day lies in one of the day's spans; the closing minute itself is closed."""
    return any(a <= f"{time:%H:%M}" < b for a, b in today)
