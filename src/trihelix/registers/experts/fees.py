"""Consulting fees by the ministry's standard (财科教〔2017〕128号), as data of the book; exact to the fen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import load_file
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import book


@book.of_current
def _read(path: Path) -> Any:
    return load_file(path / "panels" / "rules.yaml", path)


def standard() -> Any:
    """The fee standard in force."""
    return _read()["fees"]


def book_credit() -> Any:
    """Points of the credit score."""
    return _read()["credit"]


def day_range(rank: str, academician: bool = False) -> tuple[int, int]:
    """Least and most of the day rate in fen for a rank; academicians and nationally known experts half as much again."""
    s = standard()
    low, high = s["senior"] if academician or rank in s["senior_ranks"] else s["other"]
    factor = s["academician_percent"] if academician else 100
    return low * factor, high * factor  # yuan × percent = fen


def amount(mode: str, day_fen: int, days: Decimal | None, times: int | None, percent: int | None) -> int:
    """What is due after tax in fen: meetings by half days with the third day on at half rate, correspondence by times."""
    s = standard()
    if mode == "correspondence":
        return day_fen * (percent or s["correspondence_percent"][0]) * (times or 0) // 100
    half = Fraction(days or 0) * 2
    if half.denominator != 1:
        raise Refused.one("half_days", "会议天数按半天计，请填 0.5 的倍数", field="days", value=str(days))
    full, rest = divmod(int(half), 2)
    late = max(0, full - 2)
    total = Fraction(day_fen) * (min(full, 2) + Fraction(late * s["from_day_3_percent"], 100))
    if rest:
        rate = Fraction(s["half_day_percent"], 100) * (Fraction(s["from_day_3_percent"], 100) if full >= 2 else 1)
        total += day_fen * rate
    return int(total)


def check(row: Mapping[str, Any]) -> Iterable[Problem]:
    """What is wrong with a fee: the missing measure, the share outside the standard, a day rate above the highest."""
    s = standard()
    top = s["senior"][1] * s["academician_percent"]
    if row.get("day_yuan") is not None and not 0 < row["day_yuan"] <= top:
        yield Problem("above_standard", f"日标准最高 {top // 100} 元", field="day_yuan", value=row["day_yuan"], clause=s["source"])
    if row.get("mode") == "meeting":
        if not row.get("days") or row["days"] <= 0:
            yield Problem("required", "会议须填写天数", field="days")
        elif row["days"] * 2 != int(row["days"] * 2):
            yield Problem("half_days", "会议天数按半天计，请填 0.5 的倍数", field="days", value=str(row["days"]))
    if row.get("mode") == "correspondence":
        low, high = s["correspondence_percent"]
        if not row.get("times") or row["times"] <= 0:
            yield Problem("required", "函评或网评须填写次数", field="times")
        if row.get("percent") is not None and not low <= row["percent"] <= high:
            yield Problem("out_of_range", f"每次为日标准的 {low}% 至 {high}%", field="percent", value=row["percent"], clause=s["source"])
