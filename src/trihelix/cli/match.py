"""`trihelix match`: ranked results or experts for a need, for a text, or for a file of texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from trihelix.cli import setup
from trihelix.cli.base import dumps, emit
from trihelix.engines.errors import Problem, Refused

KEYS = {"id", "text"}


def _queries(path: Path) -> list[tuple[str, str]]:
    """``(id, text)`` rows of a batch file; every wrong row is named."""
    rows: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as exc:
            problems.append(Problem("bad_json", f"第 {number} 行不是有效的 JSON：{exc.msg}", row=number))
            continue
        if not isinstance(row, dict) or "id" not in row or "text" not in row:
            problems.append(Problem("missing_key", f"第 {number} 行应有 id 与 text", row=number))
        elif unknown := sorted(set(row) - KEYS):
            problems.append(
                Problem("unknown_key", f"第 {number} 行有未知的键 {'、'.join(unknown)}；可用：id、text", row=number, field=unknown[0])
            )
        elif not isinstance(row["text"], str):
            problems.append(Problem("bad_text", f"第 {number} 行的 text 应为文字", row=number, field="text"))
        else:
            rows.append((str(row["id"]), row["text"]))
    if problems:
        raise Refused.of(problems)
    return rows


def _batch(path: Path, k: int, kind: str, out: Path | None, explain: bool, by: Any) -> dict[str, Any]:
    from trihelix.kernel import index

    rows = _queries(path)
    found = index.matcher().batch(rows, k, index.filters_for(by), kind, explain=explain)
    count = 0
    stream = out.open("w", encoding="utf-8") if out else None
    try:
        with setup.progress("匹配") as report:
            for hit in found:
                count += 1
                report(count, len(rows))
                stream.write(dumps(hit) + "\n") if stream else click.echo(dumps(hit))
    finally:
        if stream:
            stream.close()
    return {"queries": count, "k": k, "kind": kind, "out": str(out) if out else None}


def _of_need(name: str, k: int, kind: str, by: Any) -> dict[str, Any]:
    from trihelix.kernel import index
    from trihelix.kernel.action import find
    from trihelix.kernel.register import register_of
    from trihelix.registers.needs.register import missing_items, need_text

    register = register_of("needs")
    need = register.model._default_manager.get(record=find(register, name, by))
    values = {
        "kind": need.kind,
        "indicators": need.indicators,
        "budget_wan": need.budget_fen,
        "ownership": need.ownership,
        "deadline": need.deadline,
    }
    held = [
        n
        for n, c in (("indicators", "indicators"), ("money", "budget_wan"), ("ownership", "ownership"), ("deadline", "deadline"))
        if c not in missing_items(values)
    ]
    answer = index.match(need_text(need), by=by, kind=kind, k=k, indicators=[i.get("name", "") for i in need.indicators], given=held)
    return {"need": need.number, "title": need.title, **answer.as_json()}


@click.command()
@click.argument("need", required=False)
@click.option("--text", help="一段文字")
@click.option("--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path), help='JSON-lines，每行 {"id", "text"}')
@click.option("-k", default=10, show_default=True, help="返回条数")
@click.option("--kind", default="results", show_default=True, type=click.Choice(["results", "experts", "needs", "patents"]))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="写入文件")
@click.option("--explain", is_flag=True, help="批量时也给出理由")
@setup.as_option
@setup.json_option
def match(
    need: str | None,
    text: str | None,
    batch: Path | None,
    k: int,
    kind: str,
    output: Path | None,
    explain: bool,
    username: str,
    as_json: bool,
) -> None:
    """为需求（编号）、一段文字或一批文字排序成果或专家，附理由与措辞缺项。"""
    if sum(x is not None for x in (need, text, batch)) != 1:
        raise Refused.one("usage", "请给出需求编号、--text 或 --batch 之一", field="need")
    setup.ready()
    from trihelix.kernel import index

    by = setup.actor(username)
    index.flush()
    if batch is not None:
        summary = _batch(batch, k, kind, output, explain, by)
        if output is not None:
            emit(summary, as_json, f"{summary['queries']} 条已写入 {output}")
        return
    if text is not None and not text.strip():
        raise Refused.one("empty_text", "文字为空", field="text")
    answer = index.match(text, by=by, kind=kind, k=k).as_json() if text is not None else _of_need(str(need), k, kind, by)
    if output is not None:
        output.write_text(dumps(answer) + "\n", encoding="utf-8")
    emit(answer, as_json, _readable(answer))


def _readable(answer: dict[str, Any]) -> str:
    lines = [f"需求 {answer['need']} {answer['title']}"] if "need" in answer else []
    for place, hit in enumerate(answer["hits"], 1):
        reasons = "，".join(f"{r['term']} {r['part']:.2f}" for r in hit["reasons"][:6])
        lines.append(f"{place:>2}. {hit['title']}  [{hit['ref']}]  {hit['score']:.3f}\n      {reasons}")
    if not answer["hits"]:
        lines.append("没有相近的记录。请补充材料、方法、效果等关键词，或换一种说法")
    if answer["missing"]:
        lines.append(f"措辞中尚缺：{'、'.join(answer['missing'])}")
    return "\n".join(lines)
