"""Write the calendar files of a book from the dev package `chinesecalendar` (run once a year, after the notice).

Usage: python tools/make_calendar.py books/jilin/calendar 2026

The package knows which days are free; the notice that says so is named here, by year.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

from chinese_calendar import constants

# year → (number of the notice, date of issue, notices that changed it later)
NOTICES: dict[int, tuple[str, str, list[str]]] = {
    2020: ("国办发明电〔2019〕16号", "2019-11-21", ["国办发明电〔2020〕1号（延长2020年春节假期）"]),
    2021: ("国办发明电〔2020〕27号", "2020-11-25", []),
    2022: ("国办发明电〔2021〕11号", "2021-10-25", []),
    2023: ("国办发明电〔2022〕16号", "2022-12-08", []),
    2024: ("国办发明电〔2023〕7号", "2023-10-25", []),
    2025: ("国办发明电〔2024〕12号", "2024-11-12", []),
    2026: ("国办发明电〔2025〕7号", "2025-11-04", []),
}
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


def spans(days: dict[date, str]) -> list[tuple[str, date, date]]:
    """Neighbouring free days of one name, joined: ``[(name, first, last)]``."""
    out: list[tuple[str, date, date]] = []
    for day in sorted(days):
        name = NAMES[days[day]]
        if out and out[-1][0] == name and out[-1][2] + timedelta(days=1) == day:
            out[-1] = (name, out[-1][1], day)
        else:
            out.append((name, day, day))
    return out


def render(year: int) -> str:
    """The calendar file of one year as YAML text."""
    number, issued, amended = NOTICES[year]
    lines = [
        "# 法定节假日与调休上班日；未列出的日子按周一至周五上班、周六周日休息。",
        f"year: {year}",
        "confirmed: true",
        f"source: 国务院办公厅关于{year}年部分节假日安排的通知",
        f"number: {number}",
        f"issued: {issued}",
    ]
    if amended:
        lines += ["amended_by:", *(f"  - {a}" for a in amended)]
    lines.append("holidays:")
    free = {d: n for d, n in constants.holidays.items() if d.year == year}
    lines += [f"  - {{name: {n}, from: {a}, to: {b}}}" for n, a, b in spans(free)]
    lines.append("makeup_days:")
    lines += [f"  - {{day: {d}, for: {NAMES[constants.workdays[d]]}}}" for d in sorted(constants.workdays) if d.year == year]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for wanted in sys.argv[2:]:
        (folder / f"{wanted}.yaml").write_text(render(int(wanted)), encoding="utf-8")
