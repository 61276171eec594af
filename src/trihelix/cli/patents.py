"""Patents from a terminal: the national platform's export, annual fees by rule, numbers with their check digit."""

from __future__ import annotations

from pathlib import Path

import click

from trihelix.cli import setup
from trihelix.cli.base import emit

REFUSED = 2


@click.group()
def patents() -> None:
    """专利：导入全国平台导出表，核对号码。"""


@patents.command("import-export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--round", "round_name", required=True, help="盘点批次的编号 / round")
@click.option("--dry-run", is_flag=True, help="只核对，不写入 / check only")
@setup.as_option
@setup.json_option
def import_export(file: Path, round_name: str, dry_run: bool, username: str, as_json: bool) -> None:
    """导入全国平台导出表：专利与盘点表一并写入，再次导入只更新。"""
    setup.ready()
    from trihelix.registers.patents import national

    answer = national.import_export(file, round_name, setup.actor(username), dry_run=dry_run)
    lines = [f"✗ 第 {e['row']} 行 {e['field'] or ''}：{e['message']}" for e in answer["errors"]]
    counts = "；".join(
        f"{zh}：新增 {answer[k]['created']}，更新 {answer[k]['updated']}，未变 {answer[k]['unchanged']}"
        for k, zh in (("patents", "专利"), ("forms", "盘点表"))
    )
    emit(answer, as_json, "\n".join([*lines, f"读入 {answer['read']} 行：{counts}"]))
    if answer["errors"]:
        raise click.exceptions.Exit(REFUSED)


@patents.command()
@click.argument("number")
@setup.json_option
def number(number: str, as_json: bool) -> None:
    """核对申请号或专利号的校验位。"""
    from trihelix.engines.codes import application_number
    from trihelix.engines.patents import KIND_OF

    found = application_number(number, "number")
    told = {"app_no": str(found), "patent_no": found.patent_number, "kind": found.kind, "ptype": KIND_OF[found.kind], "year": found.year}
    emit(told, as_json, f"{found}（{found.patent_number}）")
