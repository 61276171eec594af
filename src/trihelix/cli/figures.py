"""`trihelix figures`: every printed number with definition, period, lineage and status; the records behind one; the checks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from trihelix.cli import setup
from trihelix.cli.base import dumps, emit
from trihelix.cli.workdays import parse_date
from trihelix.engines.errors import Refused

if TYPE_CHECKING:
    from trihelix.registers.figures.evaluation import Answer

_STATUS = {"computed": "", "external": "外部", "target": "目标", "gap": "缺"}
_LIGHT = {"green": "符合", "red": "不符", "amber": "提示", "grey": "数据不足"}


def _date(text: str | None, field: str) -> dt.date | None:
    return None if text is None else parse_date(text, field)


@click.command()
@click.option("--id", "ids", multiple=True, metavar="F29", help="只算这些指标，可多次 / only these, may be repeated")
@click.option("--from", "start", metavar="DATE", help="流量指标的统计期起 / start of the period of flows")
@click.option("--to", "end", metavar="DATE", help="流量指标的统计期止 / end of the period of flows")
@click.option("--as-of", "as_of", metavar="DATE", help="截止日期，默认今天 / the day D that period rules take")
@click.option("--list", "listed", metavar="F29", help="逐行列出构成此数的记录 / the records behind one figure, as JSON lines")
@click.option("--compare", is_flag=True, help="与上一年、上一份固化报告比较 / compare with last year and the last frozen report")
@click.option("--checks", "checking", is_flag=True, help="一致性核对 / consistency checks")
@setup.as_option
@setup.json_option
def figures(
    ids: tuple[str, ...], start: str | None, end: str | None, as_of: str | None, listed: str | None, compare: bool, checking: bool,
    username: str, as_json: bool,
) -> None:  # fmt: skip
    """指标：数值、定义、统计期、所据记录与摘要；缺记录的写明缺口，不写零。"""
    since, until, day = _date(start, "from"), _date(end, "to"), _date(as_of, "as-of")
    if listed is not None and (ids or checking or compare):
        raise Refused.one("usage", "--list 不与 --id、--checks、--compare 同用", field="list", value=listed)
    setup.ready()
    from trihelix.kernel import clock, journal
    from trihelix.registers.figures import evaluation
    from trihelix.registers.figures.book import figures as known

    by, on = setup.actor(username), day or clock.today()
    journal.seal_pending()
    if listed is not None:
        found = evaluation.answer(known().figure(listed), by, on, since, until)
        for row in evaluation.listed(found, by):
            click.echo(dumps(row))
        return
    if checking:
        _show_checks(by, on, as_json)
        return
    answers = evaluation.evaluate_all(by, on, ids, since, until, whole=as_json)  # JSON tells the digest of the records
    rows = [x.as_json() | (_compared(x, by) if compare else {}) for x in answers]
    emit(rows, as_json, "\n".join(_line(x) for x in answers))


def _compared(found: Answer, by: Any) -> dict[str, Any]:
    from trihelix.registers.figures.comparison import compared

    return {"comparison": compared(found, by)}


def _show_checks(by: Any, on: dt.date, as_json: bool) -> None:
    from trihelix.registers.figures.checks import check_all

    found = [f.as_json() for f in check_all(by, on)]
    lines = (f"{_LIGHT[f['light']]:<6}{f['zh']}  {f['left'] or '—'} {f['op']} {f['right'] or '—'}" for f in found)
    emit(found, as_json, "\n".join(lines))


def _line(found: Answer) -> str:
    f = found.figure
    value = f"{found.text} {f.unit}" if found.text is not None else f"〔缺：{found.reason}〕"
    progress = f"（进度 {found.progress.text or '缺'}）" if found.progress is not None else ""
    period = f"{found.span.start or '—'} 至 {found.span.end}"
    return f"{f.id:<5}{f.name()}：{value}{progress}  {_STATUS[found.status]}  {period}"
