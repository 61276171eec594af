"""`trihelix workdays`: the day a period ends on, over the book's calendar."""

from __future__ import annotations

import os
from datetime import date

import click

from trihelix.cli.base import emit
from trihelix.engines.errors import Refused


def parse_date(text: str, field: str) -> date:
    """An ISO date, or a refusal that names the field."""
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise Refused.one("bad_date", f"“{text}” 不是有效日期，请写成 2025-05-28 的形式", field=field, value=text) from exc


@click.command()
@click.option("--from", "start", required=True, help="起算日 / first day, ISO")
@click.option("--add", "n", required=True, type=int, help="天数，可为负 / number of days")
@click.option("--kind", type=click.Choice(["working", "calendar"]), default="working", show_default=True, help="工作日或自然日")
@click.option("--first-day-counts", is_flag=True, help="起算日当日计入 / the first day counts")
@click.option("--roll", is_flag=True, help="末日为休息日的顺延 / an end on a day off moves to the next working day")
@click.option("--book", "region", default="jilin", show_default=True, help="地区规则书 / book")
@click.option("--json", "as_json", is_flag=True, help="JSON")
def workdays(start: str, n: int, kind: str, first_day_counts: bool, roll: bool, region: str, as_json: bool) -> None:
    """期限截止日；尚未公布放假安排的年份标为未确认。"""
    from trihelix.engines.books import book_path
    from trihelix.engines.workdays import Calendar

    first = parse_date(start, "from")
    calendar = Calendar.load(book_path(region, os.environ) / "calendar")
    due = calendar.add(first, n, "calendar" if kind == "calendar" else "working", first_day_counts, roll)
    answer = {
        "date": due.date,
        "confirmed": due.confirmed,
        "from": first,
        "add": n,
        "kind": kind,
        "first_day_counts": first_day_counts,
        "calendar": calendar.version,
    }
    note = "" if due.confirmed else "（涉及尚未公布放假安排的年份，待确认）"
    emit(answer, as_json, f"{due.date}{note}")
