"""Deadlines on China's calendar: working days with make-up days (调休上班日), calendar days, pauses.

Each year's days come from a book file that names the notice of the State Council. A year without a
file, or whose file is not confirmed, counts Monday to Friday as working and says so: every answer
that looked at such a year carries ``confirmed=False``. Source: domain page on code lists, section 9.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.engines.errors import Refused

Kind = Literal["working", "calendar"]
LIMIT = 36_600  # days: a century; anything longer is a typing error
_DAY = timedelta(days=1)


class Due(NamedTuple):
    """A computed date; ``confirmed`` is false where it rests on a year not yet announced."""

    date: date
    confirmed: bool


class Status(NamedTuple):
    """Is a day a working day, and is its year announced?"""

    working: bool
    confirmed: bool


class Count(NamedTuple):
    """A number of working days, and whether every year looked at is announced."""

    days: int
    confirmed: bool


@dataclass(frozen=True)
class Year:
    """One year's announced days: ``free`` maps a day off to its festival, ``makeup`` a working weekend day likewise."""

    year: int
    confirmed: bool
    source: str
    free: Mapping[date, str]
    makeup: Mapping[date, str]


@dataclass(frozen=True)
class Calendar:
    """The announced years of a region. ``version`` is a digest of the days, stored with each deadline."""

    years: Mapping[int, Year]
    version: str = ""

    def __post_init__(self) -> None:
        days = {
            y.year: [y.confirmed, sorted(d.isoformat() for d in y.free), sorted(d.isoformat() for d in y.makeup)]
            for y in sorted(self.years.values(), key=lambda y: y.year)
        }
        object.__setattr__(self, "version", hashlib.sha256(json.dumps(days).encode()).hexdigest()[:16])

    @classmethod
    def load(cls, path: Path) -> Calendar:
        """Read every ``*.yaml`` of a book's ``calendar`` folder; BookError names file and line."""
        if not path.is_dir():
            raise Refused.one("no_calendar", f"找不到日历文件夹 {path}", field="calendar", value=str(path))
        years: dict[int, Year] = {}
        for file in sorted(path.glob("*.yaml")):
            node = load_file(file, path)
            year = _year(node, file.name)
            if year.year in years:
                raise BookError.at(node, "year", "duplicate_year", f"{year.year} 年已在另一个文件中")
            years[year.year] = year
        return cls(years)

    def is_working(self, day: date) -> Status:
        """Working day or not; a year not announced falls back on Monday to Friday, unconfirmed."""
        year = self.years.get(day.year)
        if year is None:
            return Status(day.weekday() < 5, False)
        working = day in year.makeup or (day.weekday() < 5 and day not in year.free)
        return Status(working, year.confirmed)

    def name_of(self, day: date) -> str | None:
        """The festival a day off or a make-up day belongs to, if any."""
        year = self.years.get(day.year)
        return (year.free.get(day) or year.makeup.get(day)) if year else None

    def roll(self, day: date) -> Due:
        """The day itself if it is a working day, else the next one (a period that ends on a day off, Civil Code art. 203)."""
        confirmed = True
        while True:
            status = self.is_working(day)
            confirmed = confirmed and status.confirmed
            if status.working:
                return Due(day, confirmed)
            day = _shift(day, 1)

    def add(self, start: date, n: int, kind: Kind = "working", first_day_counts: bool = False, roll: bool = False) -> Due:
        """The day on which a period of ``n`` days from ``start`` ends.

        The first day is not counted (Civil Code art. 201) unless ``first_day_counts``. ``n`` below zero
        counts backwards. ``roll`` moves an end on a day off to the next working day.
        Refused: unknown kind, ``n`` beyond a century.
        """
        _check(n, kind)
        if n == 0:
            return self.roll(start) if roll else Due(start, True)
        return self._count(start, n, kind, first_day_counts, roll, ())

    def _count(self, start: date, n: int, kind: Kind, first: bool, roll: bool, pauses: tuple[Pause, ...]) -> Due:
        step = 1 if n > 0 else -1
        day = start if first else _shift(start, step)
        left, confirmed = abs(n), True
        while True:
            if not any(p.covers(day) for p in pauses):
                status = self.is_working(day) if kind == "working" else Status(True, True)
                confirmed = confirmed and status.confirmed
                left -= status.working
            if left == 0:
                break
            day = _shift(day, step)
        if not roll:
            return Due(day, confirmed)
        end = self.roll(day)
        return Due(end.date, confirmed and end.confirmed)

    def working_days_between(self, start: date, end: date) -> Count:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``."""
        if end < start:
            back = self.working_days_between(end, start)
            return Count(-back.days, back.confirmed)
        days, confirmed = 0, True
        for day in _days(start + _DAY, end) if start < end else ():
            status = self.is_working(day)
            days += status.working
            confirmed = confirmed and status.confirmed
        return Count(days, confirmed)


@dataclass(frozen=True)
class Pause:
    """Days that do not count: from ``since`` up to, not including, ``until`` (open while ``None``)."""

    since: date
    until: date | None = None
    because: str = ""

    def covers(self, day: date) -> bool:
        """Is the day inside the pause?"""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Clock:
    """A running period as pure data: rule, start, pauses; ``began`` keeps the first start when it was restarted."""

    start: date
    n: int
    kind: Kind = "working"
    first_day_counts: bool = False
    roll: bool = False
    pauses: tuple[Pause, ...] = ()
    began: date | None = field(default=None)

    def __post_init__(self) -> None:
        _check(self.n, self.kind)
        if self.n < 1:
            raise Refused.one("days", f"期限须至少 1 天，得到 {self.n}", field="n", value=self.n)

    @property
    def is_paused(self) -> bool:
        """Is a pause open?"""
        return any(p.until is None for p in self.pauses)

    def pause(self, on: date, because: str = "") -> Clock:
        """Stop counting from ``on``. Refused when already paused, or before the start or the last resumption."""
        if self.is_paused:
            raise Refused.one("clock_paused", "期限已处于暂停状态，请先恢复再暂停", field="on", value=on.isoformat())
        last = max([self.start, *(p.until for p in self.pauses if p.until)])
        if on < last:
            raise Refused.one("clock_order", f"暂停日 {on} 早于 {last}，请改为该日或之后", field="on", value=on.isoformat())
        return replace(self, pauses=(*self.pauses, Pause(on, None, because)))

    def resume(self, on: date) -> Clock:
        """Count on from ``on``. Refused when not paused, or before the pause."""
        if not self.is_paused:
            raise Refused.one("clock_running", "期限没有暂停，无需恢复", field="on", value=on.isoformat())
        last = self.pauses[-1]
        if on < last.since:
            raise Refused.one("clock_order", f"恢复日 {on} 早于暂停日 {last.since}", field="on", value=on.isoformat())
        return replace(self, pauses=(*self.pauses[:-1], replace(last, until=on)))

    def restart(self, on: date) -> Clock:
        """The whole period anew from ``on`` (missing papers arrived); pauses end, the first start is kept."""
        if on < self.start:
            raise Refused.one("clock_order", f"重新起算日 {on} 早于原起算日 {self.start}", field="on", value=on.isoformat())
        return replace(self, start=on, pauses=(), began=self.began or self.start)

    def due(self, calendar: Calendar) -> Due | None:
        """The end of the period, or ``None`` while it is paused before its end."""
        closed = tuple(p for p in self.pauses if p.until is not None)
        end = calendar._count(self.start, self.n, self.kind, self.first_day_counts, self.roll, closed)
        open_since = self.pauses[-1].since if self.is_paused else None
        return None if open_since is not None and end.date >= open_since else end


def _check(n: int, kind: str) -> None:
    if kind not in ("working", "calendar"):
        raise Refused.one("kind", f"未知的日别 “{kind}”；可用：working（工作日）、calendar（自然日）", field="kind", value=kind)
    if abs(n) > LIMIT:
        raise Refused.one("days", f"天数 {n} 超出范围（±{LIMIT}）", field="n", value=n)


def _shift(day: date, step: int) -> date:
    try:
        return day + timedelta(days=step)
    except OverflowError as exc:
        raise Refused.one("date_range", "日期超出可表示的范围", field="date", value=day.isoformat()) from exc


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=i) for i in range((last - first).days + 1))


def _date(node: Node, key: str) -> date:
    value: Any = node[key]
    if type(value) is not date:
        raise BookError.at(node, key, "bad_date", f"“{key}” 须为日期，如 2026-01-01；得到 {value!r}")
    return value


def _year(node: Any, name: str) -> Year:
    if not isinstance(node, Node):
        raise Refused.one("bad_calendar", f"{name}: 应为键值对")
    check_keys(node, required=("year", "confirmed", "source", "holidays", "makeup_days"), optional=("number", "issued", "amended_by"))
    if type(node["year"]) is not int or type(node["confirmed"]) is not bool:
        raise BookError.at(node, "year", "bad_calendar", "year 须为整数，confirmed 须为 true 或 false")
    free: dict[date, str] = {}
    makeup: dict[date, str] = {}
    for row in node["holidays"] or ():
        check_keys(row, required=("name", "from", "to"))
        first, last = _date(row, "from"), _date(row, "to")
        if last < first:
            raise BookError.at(row, "to", "bad_date", f"结束日 {last} 早于开始日 {first}")
        for day in _days(first, last):
            _claim(row, day, node["year"], free, makeup, row["name"])
    for row in node["makeup_days"] or ():
        check_keys(row, required=("day", "for"))
        day = _date(row, "day")
        _claim(row, day, node["year"], makeup, free, row["for"])
        if day.weekday() < 5:
            raise BookError.at(row, "day", "bad_date", f"{day} 是周一至周五，不能是调休上班日")
    source = " ".join(str(node[k]) for k in ("source", "number") if node.get(k))
    return Year(node["year"], node["confirmed"], source, free, makeup)


def _claim(row: Node, day: date, year: int, mine: dict[date, str], other: dict[date, str], name: str) -> None:
    if day.year != year:
        raise BookError.at(row, None, "bad_date", f"{day} 不在 {year} 年，请写入该年的文件")
    if day in mine or day in other:
        raise BookError.at(row, None, "duplicate_day", f"{day} 已列出")
    mine[day] = name
