"""`trihelix money`: sharing of income and exact splits, as pure computations on files."""

from __future__ import annotations

import os
import re

import click

from trihelix.cli.base import emit, read_json
from trihelix.engines.errors import Refused


@click.group()
def money() -> None:
    """金额计算：收益分配、按比例拆分；金额一律为整数分。"""


@money.command()
@click.argument("request_file", metavar="S.json")
@click.option("--book", "region", default="jilin", show_default=True, help="地区规则书 / book")
@click.option("--json", "as_json", is_flag=True, help="JSON")
def share(request_file: str, region: str, as_json: bool) -> None:
    """职务科技成果收益分配：到账 → 税费、维护、直接成本 → 净收入 → 奖励、工作机构、个人、单位。"""
    from trihelix.engines.books import book_path
    from trihelix.engines.shares import load_share_book, parse_share
    from trihelix.engines.shares import share as share_engine

    request = parse_share(read_json(request_file, exact=True))
    emit(share_engine(request, load_share_book(book_path(region, os.environ))).as_json(), as_json)


@money.command(context_settings={"ignore_unknown_options": True})
@click.argument("total_fen")
@click.argument("ratios", nargs=-1, required=True, metavar="RATIO...")
@click.option("--json", "as_json", is_flag=True, help="JSON")
def split(total_fen: str, ratios: tuple[str, ...], as_json: bool) -> None:
    """按比例拆分总额（整数分），最大余数法，各份之和恒等于总额。"""
    from trihelix.engines.money import split as split_engine

    if not re.fullmatch(r"[+-]?\d{1,24}", total_fen):
        raise Refused.one("bad_number", f"总额“{total_fen}”应为整数分", field="total_fen", value=total_fen)
    parts = split_engine(int(total_fen), ratios)
    emit({"parts": parts}, as_json, " ".join(map(str, parts)))
