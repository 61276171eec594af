"""`trihelix schemes`: list, show, check and draw the schemes of a book."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trihelix.cli.base import emit, read_json
from trihelix.engines.errors import Problem, Refused

if TYPE_CHECKING:
    from trihelix.engines.schemes import SchemeBook

book_option = click.option("--book", "region", default="jilin", show_default=True, help="地区规则书 / book")
json_option = click.option("--json", "as_json", is_flag=True, help="JSON")
on_option = click.option("--on", "on", help="适用日期，默认最新版本 / day, ISO")
version_option = click.option("--version-id", "version", default="", help="版本 / version of the scheme")
class_option = click.option("--class", "class_id", default="", help="类别 / class")
variant_option = click.option("--variant", default="", help="变体 / variant")


def _path(region: str) -> Path:
    from trihelix.engines.books import book_path

    return book_path(region, os.environ)


def _book(region: str) -> SchemeBook:
    from trihelix.engines.schemes import load_schemes

    return load_schemes(_path(region))


def _day(text: str | None) -> date | None:
    from trihelix.cli.workdays import parse_date

    return None if text is None else parse_date(text, "on")


@click.group()
def schemes() -> None:
    """计划类别：列出、查看、检查、画流程图、试算资助额。"""


@schemes.command("list")
@book_option
@json_option
def list_schemes(region: str, as_json: bool) -> None:
    """列出规则书中的全部计划类别。"""
    from trihelix.engines.schemes import summary_json

    book = _book(region)
    rows = []
    for scheme_id in book.ids():
        versions = book.versions(scheme_id)
        spans = [
            {"version": s.version.id, "from": s.version.since, "to": s.version.until, "unverified": s.version.unverified} for s in versions
        ]
        rows.append({**summary_json(versions[-1]), "versions": spans})
    emit(rows, as_json, "\n".join(f"{r['letter'] or '-':<2}{r['id']:<24}{r['zh']}（{r['shape_zh']}，{r['award_zh']}）" for r in rows))


@schemes.command()
@click.argument("scheme")
@on_option
@version_option
@book_option
@json_option
def show(scheme: str, on: str | None, version: str, region: str, as_json: bool) -> None:
    """一个计划类别的全部设置：含义、取值、来源、是否待核实。"""
    from trihelix.engines.schemes import scheme_json

    whole = scheme_json(_book(region).scheme(scheme, _day(on), version))
    lines = [
        f"{whole['zh']}（{whole['id']}，版本 {whole['version']}）",
        f"流程：{' → '.join(whole['route'])} → {' → '.join(whole['life'][1:])}",
    ]
    lines += [f"  {s['path']:<28}{s['value']!s:<24}{s['zh']} {'〔待核实〕' if s['unverified'] else ''}" for s in whole["settings"]]
    emit(whole, as_json, "\n".join(lines))


@schemes.command()
@click.argument("file", type=click.Path(path_type=Path))
@book_option
@json_option
def check(file: Path, region: str, as_json: bool) -> None:
    """检查一个计划文件：未知键、循环、死状态、公式错误（含除以零）、没有的规则等，逐条给出文件和行号。"""
    from trihelix.engines.bookfile import Node, load_file
    from trihelix.engines.schemes.loader import read_scheme, rule_ids

    if not file.is_file():
        raise Refused.one("no_file", f"找不到文件 {file}", field="file", value=str(file))
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise Refused(Problem("bad_encoding", f"{file} 不是 UTF-8 文本", field="file", value=str(file))) from exc
    folder = _path(region)
    held = folder / "schemes" / "defaults.yaml"
    defaults = load_file(held, folder) if held.is_file() else Node()
    versions = read_scheme(text, str(file), defaults, rule_ids(folder))
    answer: dict[str, Any] = {
        "ok": True, "scheme": versions[-1].id, "versions": [s.version.id for s in versions], "states": len(_flow(versions[-1]).states),
        "unverified": sorted(p for p, s in versions[-1].settings.items() if s.unverified),
    }  # fmt: skip
    emit(
        answer,
        as_json,
        f"✓ {versions[-1].zh}：{len(versions)} 个版本，{answer['states']} 个状态；待核实的键 {len(answer['unverified'])} 个",
    )


def _flow(scheme: Any) -> Any:
    from trihelix.engines.schemes import scheme_flow

    return scheme_flow(scheme)


@schemes.command("diagram")
@click.argument("scheme")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@on_option
@version_option
@book_option
@json_option
def diagram_command(scheme: str, lang: str, on: str | None, version: str, region: str, as_json: bool) -> None:
    """计划类别的流程图（Mermaid）。"""
    from trihelix.engines.schemes import diagram

    text = diagram(_book(region).scheme(scheme, _day(on), version), lang)
    emit({"scheme": scheme, "mermaid": text}, True) if as_json else click.echo(text, nl=False)


@schemes.command()
@click.argument("scheme")
@click.option("--facts", "facts", required=True, type=click.Path(path_type=Path), help="JSON：申报表字段的值，金额以万元计")
@class_option
@variant_option
@on_option
@version_option
@book_option
@json_option
def grant(scheme: str, facts: Path, class_id: str, variant: str, on: str | None, version: str, region: str, as_json: bool) -> None:
    """试算资助额：公式、每条上限、哪一条生效。"""
    from trihelix.engines.money import format_wan
    from trihelix.engines.schemes import grant as compute
    from trihelix.engines.schemes import with_choice
    from trihelix.engines.schemes.facts import read_facts

    found = _book(region).scheme(scheme, _day(on), version)
    chosen = with_choice(found, class_id, variant)
    given = read_facts(chosen, read_json(facts, exact=True))
    result = compute(chosen, {"used_this_year": 0, **given, "class_id": class_id, "variant": variant})
    answer = {"scheme": scheme, "version": chosen.version.id, "unverified": chosen.version.unverified, **result.as_json()}
    emit(answer, as_json, f"{format_wan(result.fen)}，生效的限制：{result.won_text}")


@schemes.command()
@click.argument("scheme")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--empty", is_flag=True, help="写出空白申报内容 / write the empty form")
@class_option
@variant_option
@on_option
@version_option
@book_option
@json_option
def answers(
    scheme: str, file: Path, empty: bool, class_id: str, variant: str, on: str | None, version: str, region: str, as_json: bool
) -> None:
    """离线填写申报内容（JSON）：写出空白表，或逐项核对填好的文件；密封申报加密前用。"""
    import json

    from trihelix.engines.schemes import forms, with_choice

    form = with_choice(_book(region).scheme(scheme, _day(on), version), class_id, variant).form
    if empty:
        if file.exists():
            raise Refused.one("file_exists", f"{file} 已存在，不覆盖", field="file", value=str(file))
        blank = {f.id: [] if f.kind in ("rows", "list") else {} if f.kind == "budget" else None for f in form.fields()}
        file.write_text(json.dumps(blank, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        emit({"file": str(file), "fields": len(blank)}, as_json, f"已写出 {file}：{len(blank)} 项")
        return
    if not file.is_file():
        raise Refused.one("no_file", f"找不到文件 {file}", field="file", value=str(file))
    given = read_json(file, exact=True)
    if not isinstance(given, dict):
        raise Refused.one("bad_json", "申报内容应为 JSON 对象", field="answers")
    read, problems = forms.read_answers(form, given)
    if problems := [*problems, *forms.missing(form, read)]:
        raise Refused.of(problems)
    emit({"ok": True, "fields": len(read)}, as_json, f"✓ 填写完整：{len(read)} 项")
