"""`trihelix contract`: recognition check of a technology contract, timeline of a conditional instrument."""

from __future__ import annotations

import os

import click

from trihelix.cli.base import dumps, emit, read_json
from trihelix.cli.workdays import parse_date
from trihelix.engines.errors import Refused


@click.group()
def contract() -> None:
    """技术合同：认定核对、支付约定的时间线。"""


@contract.command()
@click.argument("contract_file", metavar="C.json")
@click.option("--on", "on", required=True, help="核对日（未写提交日时即受理日），ISO / day of the check")
@click.option("--book", "region", default="jilin", show_default=True, help="地区规则书 / book")
@click.option("--json", "as_json", is_flag=True, help="JSON")
def check(contract_file: str, on: str, region: str, as_json: bool) -> None:
    """技术合同认定核对：成交额、技术交易额、是否大额、期限、理由代码与处理建议。"""
    from trihelix.engines import contracts
    from trihelix.engines.books import book_path
    from trihelix.engines.workdays import Calendar

    folder = book_path(region, os.environ)
    rules = contracts.load_contract_book(folder)
    record = contracts.parse_contract(read_json(contract_file, exact=True), rules)
    emit(contracts.check(record, parse_date(on, "on"), rules, Calendar.load(folder / "calendar")).as_json(), as_json)


@contract.command()
@click.argument("instrument_file", metavar="INSTRUMENT.json", required=False)
@click.option("--example", "kind", help="打印某类约定的示例输入 / print a sample input of this kind")
@click.option("--on", "on", help="截至此日标明已付与逾期，ISO / mark paid and overdue as of this day")
@click.option("--book", "region", default="jilin", show_default=True, help="地区规则书 / book")
@click.option("--json", "as_json", is_flag=True, help="JSON")
def timeline(instrument_file: str | None, kind: str | None, on: str | None, region: str, as_json: bool) -> None:
    """附条件支付约定的时间线：事件进，应付义务出（何时、谁付谁、多少、为什么）。"""
    from trihelix.engines import instruments
    from trihelix.engines.books import book_path

    if kind is not None:
        click.echo(dumps(instruments.example(kind), 2))
        return
    if instrument_file is None:
        raise Refused.one("no_file", "请给出约定文件，或用 --example 打印示例", field="file")
    models = instruments.load_models(book_path(region, os.environ))
    found = instruments.parse_instrument(read_json(instrument_file, exact=True), models)
    for hint in found.built.hints:
        click.echo(f"提示：{hint}", err=True)
    rows = instruments.timeline(found, None if on is None else parse_date(on, "on"))
    emit([row.as_json() for row in rows], as_json)
