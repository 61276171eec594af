"""Registers from a terminal: schema, template, import, export, act. The same actions and refusals as pages and API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from trihelix.cli import setup
from trihelix.cli.base import dumps, emit
from trihelix.engines.errors import Refused

REFUSED = 2
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("register")
@setup.json_option
def schema(register: str, as_json: bool) -> None:
    """登记库各列的 JSON Schema。"""
    setup.ready(tables=False)
    from trihelix.engines import sheets

    answer = sheets.json_schema(setup.register(register).sheet)
    click.echo(dumps(answer, None if as_json else 2))


@click.command()
@click.argument("register")
@click.argument("file", type=FILE)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="表头语言 / headings")
@setup.json_option
def template(register: str, file: Path, lang: str, as_json: bool) -> None:
    """生成 Excel 填报模板：表头、示例行、下拉选项与说明。"""
    setup.ready(tables=False)
    from trihelix.cli.bundle import whole_file
    from trihelix.engines import sheets

    found = setup.register(register)
    if file.suffix.lower() != ".xlsx":
        raise Refused.one("file_kind", "模板是 Excel 文件，请以 .xlsx 结尾", field="file", value=str(file))
    with whole_file(file) as part:
        made = part.with_suffix(".xlsx")
        sheets.template(found.sheet, made, lang)
        made.replace(part)
    emit({"file": str(file), "register": found.id, "columns": len(found.sheet.columns)}, as_json, f"已生成 {file}")


@click.command("import")
@click.argument("register")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="只检查，不写入 / check only")
@setup.as_option
@setup.json_option
def import_(register: str, file: Path, dry_run: bool, username: str, as_json: bool) -> None:
    """导入 xlsx、csv 或 jsonl：全部写入或一行不写，每个错误都指明行与列。"""
    setup.ready()
    from trihelix.kernel import bulk

    found, by = setup.register(register), setup.actor(username)
    with setup.progress(f"检查 {file.name}") as report:
        answer = bulk.import_file(found, file, by, dry_run=dry_run, progress=report)
    emit(answer, as_json, _import_text(answer, dry_run))
    if answer["errors"]:
        raise click.exceptions.Exit(REFUSED)


def _import_text(answer: dict[str, Any], dry_run: bool) -> str:
    if answer["errors"]:
        rows = [f"✗ 第 {e['row']} 行 {e['field'] or ''}：{e['message']}" if e["row"] else f"✗ {e['message']}" for e in answer["errors"]]
        return "\n".join([*rows, f"共 {answer['refused']} 行有误，没有写入任何内容"])
    counts = f"读入 {answer['read']} 行：新增 {answer['created']}，更新 {answer['updated']}，未变 {answer['unchanged']}"
    return f"{counts}（仅检查，未写入）" if dry_run else counts


@click.command()
@click.argument("register")
@click.argument("file", type=FILE)
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="筛选，可多次；也可用 COLUMN__gte=、__lte=、__contains=、__not=、__empty=",
)
@click.option("--lang", type=click.Choice(["zh", "en", "name"]), default="zh", show_default=True, help="表头语言 / headings")
@setup.as_option
@setup.json_option
def export(register: str, file: Path, filters: tuple[str, ...], lang: str, username: str, as_json: bool) -> None:
    """导出此账号可见的记录为 xlsx、csv 或 jsonl；原样重新导入不改变任何内容。"""
    setup.ready()
    from trihelix.cli.bundle import whole_file
    from trihelix.engines import sheets
    from trihelix.kernel import bulk, listing

    found, by = setup.register(register), setup.actor(username)
    chosen = listing.chosen(found, by, setup.pairs(filters, "filter"))
    with setup.progress(f"导出 {found.zh}") as report, whole_file(file) as part:
        total = chosen.count()
        made = part.with_suffix(file.suffix)
        rows = _counted(bulk.export_rows(found, chosen.order_by("pk"), by), total, report)
        count = sheets.write(found.sheet, rows, made, lang)
        made.replace(part)
    emit({"file": str(file), "register": found.id, "rows": count}, as_json, f"已导出 {count} 行到 {file}")


def _counted(rows: Any, total: int, report: Any) -> Any:
    for done, row in enumerate(rows, 1):
        if done % 500 == 0 or done == total:
            report(done, total)
        yield row


@click.command()
@click.argument("register")
@click.argument("name", metavar="ID")
@click.argument("act_name", metavar="ACT")
@click.option("--value", "given", multiple=True, metavar="FIELD=VALUE", help="此步骤要求的栏目，可多次 / a field of the act")
@click.option("--reason", default="", help="理由 / reason")
@click.option("--if-version", type=int, default=None, help="只在记录仍为此版本时办理 / refuse a stale change")
@click.option("--key", default="", help="幂等键 / idempotency key")
@setup.as_option
@setup.json_option
def act(
    register: str, name: str, act_name: str, given: tuple[str, ...], reason: str, if_version: int | None, key: str, username: str, as_json: bool
) -> None:  # fmt: skip
    """在一条记录上办理一个步骤（提交、受理、发布……）；与页面和接口同一套规则。"""
    setup.ready()
    from trihelix.kernel import acting

    found, by = setup.register(register), setup.actor(username)
    spec = acting.spec_of(found, act_name)
    typed = acting.typed(found, spec, setup.single(setup.pairs(given, "value"), "value"))
    said = setup.at_terminal(reason) if reason or not acting.reason_required(found, spec) else ""
    answer = acting.perform(found, act_name, name, by, typed, version=if_version, key=key or None, reason=said)
    emit(
        answer,
        as_json,
        f"✓ {spec.zh}：{answer['number']} {answer['title']} → {found.state_label(answer['state'])}（版本 {answer['version']}）",
    )
