"""`trihelix rules`: list, show, explain, compare and check the rules of a book."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trihelix.cli.base import dumps, emit, read_json
from trihelix.cli.workdays import parse_date
from trihelix.engines.errors import Refused

if TYPE_CHECKING:
    import polars as pl

    from trihelix.engines.rules import Answer, RuleBook

_VERDICT = {"met": "符合", "not_met": "不符合", "unknown": "尚不能判断"}


def _book(region: str, folder: str | None = None) -> RuleBook:
    from trihelix.engines.books import book_path
    from trihelix.engines.rules import load_rules

    return load_rules(Path(folder) if folder else book_path(region, os.environ))


def _rules_on(region: str, overlay: bool) -> RuleBook:
    """The shipped rules, or with ``--overlay`` those in force in the data folder: book and officers' confirmed values.

    Refused: ``other_book`` where the data folder runs another region's book.
    """
    if not overlay:
        return _book(region)
    from trihelix.cli.setup import ready

    ready()
    from trihelix.kernel import book
    from trihelix.registers.policies.rulebook import rules as in_force

    held = book.current().path.name
    if held != region:
        raise Refused.one("other_book", f"数据文件夹使用规则书 “{held}”，不是 “{region}”；请用 --book {held}", field="book", value=region)
    return in_force()


overlay_option = click.option("--overlay", is_flag=True, help="用数据文件夹中已复核的参数值 / with confirmed values of the data folder")
book_option = click.option("--book", "region", default="jilin", show_default=True, help="地区规则书 / book")
json_option = click.option("--json", "as_json", is_flag=True, help="JSON")
on_option = click.option("--on", "on", help="评价日期，默认今天 / day of assessment, ISO")


def _day(text: str | None) -> date:
    return date.today() if text is None else parse_date(text, "on")


@click.group()
def rules() -> None:
    """政策规则：列出、查看、解读、比较、核对。"""


@rules.command("list")
@book_option
@json_option
def list_rules(region: str, as_json: bool) -> None:
    """列出全部规则及其版本。"""
    from trihelix.engines.rules.describe import summary_json

    rows = [summary_json(r) for r in _book(region).rules.values()]
    spans = {r["rule"]: "；".join(f"{v['version']}：{v['from']}–{v['to'] or ''}" for v in r["versions"]) for r in rows}
    emit(rows, as_json, "\n".join(f"{r['rule']:<26}{r['zh']}  {spans[r['rule']]}" for r in rows))


@rules.command()
@click.argument("rule")
@book_option
@json_option
def show(rule: str, region: str, as_json: bool) -> None:
    """一条规则的输入项、参数和各版本。"""
    from trihelix.engines.rules.describe import rule_json

    whole = rule_json(_book(region).rule(rule))
    lines = [f"{whole['zh']}（{rule}）", "输入项："]
    lines += [f"  {i['key']:<24}{i['type']:<9}{i['unit']:<5}{'序列 ' if i['series'] else ''}{i['zh']}" for i in whole["inputs"]]
    lines += ["参数："] + [
        f"  {p['key']:<24}{p['zh']}：" + "；".join(f"{v['from']} 起 {v['value']}{p['unit']}" for v in p["values"])
        for p in whole["parameters"]
    ]
    lines += ["版本："] + [f"  {v['version']}：{v['from']} 至 {v['to'] or '今'}，{v['source']['doc']}" for v in whole["versions"]]
    emit(whole, as_json, "\n".join(lines))


@rules.command()
@click.argument("rule")
@on_option
@overlay_option
@book_option
@json_option
def explain(rule: str, on: str | None, overlay: bool, region: str, as_json: bool) -> None:
    """用文字解读某日有效的版本，逐条注明出处。"""
    from trihelix.engines.rules.describe import explain as words

    book, day = _rules_on(region, overlay), _day(on)
    version = book.version(rule, day)
    text = words(book.rule(rule), version, day)
    emit({"rule": rule, "version": version.id, "on": day, "text": text}, as_json, text)


@rules.command()
@click.argument("old")
@click.argument("new")
@click.option("--rule", help="只比较一条规则；比较两个日期时必填 / one rule")
@click.option("--batch", "batch", type=click.Path(), help="企业名单（JSON Lines）：列出结论因此改变的企业 / firms whose verdict changes")
@on_option
@book_option
@json_option
def diff(old: str, new: str, rule: str | None, batch: str | None, on: str | None, region: str, as_json: bool) -> None:
    """比较两本规则书（文件夹）或同一规则的两个日期；可列出受影响的企业。"""
    from trihelix.engines import rules as engine

    folders = [Path(x).is_dir() for x in (old, new)]
    if folders[0] != folders[1]:
        raise Refused.one("bad_diff", "OLD 与 NEW 须同为规则书文件夹或同为日期", field="new", value=new)
    if all(folders):
        books, days = (_book("", old), _book("", new)), (_day(on), _day(on))
        changes = [c for c in engine.diff(*books) if rule is None or c["rule"] == rule]
    else:
        if rule is None:
            raise Refused.one("missing_key", "比较两个日期时请用 --rule 指明规则", field="rule")
        days = (parse_date(old, "old"), parse_date(new, "new"))
        books = (_book(region),) * 2
        changes = engine.version_diff(books[0], rule, *days)
    answer: dict[str, Any] = {"changes": changes}
    if batch is not None:
        if rule is None:
            raise Refused.one("missing_key", "列出受影响企业时请用 --rule 指明规则", field="rule")
        answer["affected"] = engine.affected(*books, rule, read_firms(batch), days).to_dicts()
    lines = [f"{c['rule']} {c['path']}：{dumps(c['old'])} → {dumps(c['new'])}" for c in changes] or ["没有差别"]
    lines += [f"{a['id']}：{_VERDICT[a['old_verdict']]} → {_VERDICT[a['new_verdict']]}" for a in answer.get("affected", [])]
    emit(answer, as_json, "\n".join(lines))


@rules.command()
@click.argument("rule")
@click.option("--facts", type=click.Path(), help="事实文件（JSON），- 为标准输入")
@click.option("--batch", type=click.Path(), help="多家企业（JSON Lines，每行一家）")
@click.option("-o", "--output", type=click.Path(), help="批量结果：.jsonl 或 .parquet")
@click.option("--keep-bad", is_flag=True, help="批量时保留有误的行，在 errors 中写明 / keep wrong rows, marked")
@click.option("--trace", is_flag=True, help="批量时每行附逐条依据和改进建议（较慢，仅 .jsonl）/ full answers")
@on_option
@overlay_option
@book_option
@json_option
def check(rule: str, facts: str | None, batch: str | None, output: str | None, on: str | None, region: str, **flags: bool) -> None:
    """核对一家企业（--facts）或多家（--batch … -o …）。属自查，不代替认定。"""
    if (facts is None) == (batch is None):
        raise Refused.one("usage", "请给出 --facts 或 --batch 之一", field="facts")
    book, day = _rules_on(region, flags["overlay"]), _day(on)
    if facts is not None:
        answer = book.check(rule, read_json(facts, exact=True), day)
        emit(answer.as_json(), flags["as_json"], _words(answer))
        return
    assert batch is not None
    kinds = (".jsonl",) if flags["trace"] else (".jsonl", ".parquet")
    if output is None or Path(output).suffix not in kinds:
        raise Refused.one("usage", f"批量核对请用 -o 指定 {' 或 '.join(kinds)} 文件", field="output", value=output)
    firms = read_firms(batch)
    table = book.check_many(rule, firms, day, errors="mark" if flags["keep_bad"] else "refuse")
    _write(table, Path(output), _full(book, rule, firms, table, day) if flags["trace"] else None)
    counts = dict(table.group_by("verdict").len().rows())
    emit(
        {"rule": rule, "on": day, "rows": table.height, "verdicts": counts, "output": output},
        flags["as_json"],
        f"共 {table.height} 家：" + "，".join(f"{_VERDICT[k]} {n}" for k, n in sorted(counts.items())),
    )


def _full(book: RuleBook, rule: str, firms: pl.DataFrame, table: pl.DataFrame, day: date) -> Iterator[str]:
    """Each firm's whole answer as a line; a row with wrong facts keeps its errors."""
    for row, facts in zip(table.iter_rows(named=True), firms.iter_rows(named=True), strict=True):
        given = {k: v for k, v in facts.items() if k != "id" and v is not None}
        answer = (
            {k: v for k, v in row.items() if k in ("id", "errors")}
            if row.get("errors")
            else {"id": row["id"], **book.check(rule, given, day).as_json()}
        )
        yield dumps(answer) + "\n"


def _write(table: pl.DataFrame, path: Path, lines: Iterator[str] | None) -> None:
    """Beside the target first, then moved: a broken run leaves no half file."""
    part = path.with_name(path.name + ".part")
    try:
        if lines is not None:
            with part.open("w", encoding="utf-8") as file:
                file.writelines(lines)
        elif path.suffix == ".parquet":
            table.write_parquet(part)
        else:
            table.write_ndjson(part)
    except OSError as exc:
        raise Refused.one("cannot_write", f"不能写入 {path}：{exc.strerror}", field="output", value=str(path)) from exc
    part.replace(path)


def read_firms(name: str) -> pl.DataFrame:
    """Firms as a frame: each line ``{"id"?, key: value…}`` or ``{"id"?, "facts": {…}}``; ``.parquet`` as it is."""
    import polars as pl

    if name.endswith(".parquet"):
        if not Path(name).is_file():
            raise Refused.one("no_file", f"找不到文件 {name}", field="batch", value=name)
        return pl.read_parquet(name)
    rows = [_flat(row, number) for number, row in _lines(name)]
    if not rows:
        raise Refused.one("empty", f"{name} 中没有企业", field="batch", value=name)
    keys = dict.fromkeys(k for row in rows for k in row)
    return pl.DataFrame([_column(key, [row.get(key) for row in rows]) for key in keys])


def _lines(name: str) -> list[tuple[int, Any]]:
    try:
        text = click.open_file(name, encoding="utf-8-sig").read()
    except (OSError, UnicodeDecodeError) as exc:
        raise Refused.one("no_file", f"不能读取文件 {name}", field="batch", value=name) from exc
    out = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                out.append((number, json.loads(line)))
            except json.JSONDecodeError as exc:
                raise Refused.one("bad_json", f"{name} 第 {number} 行不是有效的 JSON：{exc}", row=number, field="batch") from exc
    return out


def _flat(row: Any, number: int) -> dict[str, Any]:
    facts = row.get("facts", row) if isinstance(row, dict) else None
    extra = sorted(set(row) - {"id", "facts"}) if isinstance(row, dict) and "facts" in row else []
    if not isinstance(facts, dict) or extra:
        raise Refused.one(
            "bad_facts",
            f"第 {number} 行应为一个对象：键与值，或 id 与 facts" + (f"；多余：{'、'.join(extra)}" if extra else ""),
            row=number,
        )
    return {"id": row.get("id", number), **{k: v for k, v in facts.items() if k != "id"}}


def _column(key: str, values: list[Any]) -> pl.Series:
    """A typed column where all values are of one plain kind, else a column of Python values read one by one."""
    import polars as pl

    kinds = {type(v) for v in values} - {type(None)}
    if not kinds:
        return pl.Series(key, values, dtype=pl.Null)
    if kinds <= {int, float}:
        return _numbers(key, values, kinds)
    simple: dict[frozenset[type], Any] = {frozenset({bool}): pl.Boolean, frozenset({str}): pl.String}
    if frozenset(kinds) in simple:
        return pl.Series(key, values, dtype=simple[frozenset(kinds)])
    return pl.Series(key, values, dtype=pl.Object)


def _numbers(key: str, values: list[Any], kinds: set[type]) -> pl.Series:
    import polars as pl

    if any(v is not None and abs(v) > 2**53 for v in values):
        return pl.Series(key, values, dtype=pl.Object)
    return pl.Series(key, values, dtype=pl.Int64 if kinds == {int} else pl.Float64, strict=False)


def _words(answer: Answer) -> str:
    mark = {"met": "✓", "not_met": "✗", "unknown": "?", "scored": "·"}
    lines = [f"{answer.rule}（版本 {answer.version}，{answer.on}）：{_VERDICT[answer.verdict]}（自查结果，不代替认定）"]
    if answer.total is not None:
        low, high = answer.total["min"], answer.total["max"]
        lines.append(f"得分：{low if low == high else f'{low}–{high}'}")
    for entry in answer.trace:
        points, margin = entry.get("points"), entry["margin"] or {}
        tail = f"{points['min']}–{points['max']}/{points['max_points']} 分" if points else ""
        shown = " ".join(str(margin[k]) for k in ("value", "op", "limit") if k in margin)
        lines.append(f"  {mark[entry['outcome']]} {entry['text']} {tail} {shown}〔{entry['source']}〕".replace("  〔", " 〔"))
    lines += [f"还缺：{'、'.join(answer.missing)}"] if answer.missing else []
    lines += [f"{k}：{v}" for k, v in answer.outputs.items() if v is not None]
    lines += [f"若要满足 {c['clause']}：{c['label']} 由 {c['from']} 变为 {c['to']}{c['unit']}" for c in answer.change]
    if answer.combination:
        lines.append("最省的组合：" + "；".join(f"{c['label']} {c['from']} → {c['to']}{c['unit']}" for c in answer.combination))
    return "\n".join(lines + [f"请核对：{w['message']}" for w in answer.warnings])
