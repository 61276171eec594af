"""The national platform's export (全国平台导出表), imported as it is: patents and their stock-taking forms from one file.

Headings, left-out columns and words are data of the book; the layout was not seen officially. With any wrong row nothing is written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction

from trihelix.engines import sheets as engine
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets.cells import is_blank
from trihelix.engines.sheets.columns import Column, fold
from trihelix.engines.sheets.reading import read_grid
from trihelix.kernel import bulk
from trihelix.kernel.action import find
from trihelix.kernel.actor import Actor
from trihelix.kernel.register import register_of
from trihelix.registers.patents import sheets
from trihelix.registers.patents.settings_book import Export, settings

OF_PATENT = (
    "app_no",
    "title",
    "owner",
    "pub_no",
    "ptype",
    "classes",
    "holders",
    "inventors",
    "college",
    "filing_date",
    "grant_date",
    "fee_paid_to",
    "status",
    "summary",
)
OF_FORM = (
    "owner",
    "college",
    "stars",
    "prospect",
    "trl",
    "industries",
    "modes",
    "ask_wan",
    "prior_use",
    "contact",
    "obstacle",
    "improvement",
)
COLUMNS: dict[str, Column] = {c.name: c for c in (*sheets.PATENTS.columns, *sheets.STOCK.columns)}
SEPARATORS = str.maketrans({"、": ";", "，": ";", ",": ";", "；": ";"})


def read(path: Path) -> tuple[list[tuple[int, dict[str, Any]]], list[Problem]]:
    """Rows of the export by the product's columns. Headings that the book does not know are refused by name."""
    export, grid = settings().export, read_grid(path)
    known = {fold(h): c for h, c in export.columns.items()}
    ignored = {fold(h) for h in export.ignored}
    places: list[tuple[int, str]] = []
    problems = []
    for place, heading in enumerate(grid[0][1]):
        name = "" if is_blank(heading) else str(heading).strip()
        column = known.get(fold(name))
        if column is not None and column not in [c for _, c in places]:
            places.append((place, column))
        elif name and column is None and fold(name) not in ignored:
            problems.append(
                Problem(
                    "unknown_column",
                    f"导出表的列 “{name}” 不在列名对应中；请在规则书 patents/patents.yaml 的 national_export 中添加或列为不取",
                    field=name,
                    row=1,
                )
            )
    for needed in ("app_no", "title"):
        if needed not in [c for _, c in places]:
            problems.append(Problem("required", f"导出表缺少“{COLUMNS[needed].zh}”一列", field=needed, row=1))
    if problems:
        raise Refused.of(problems)
    rows = []
    for number, cells in grid[1:]:
        row, wrong = _row(export, places, cells, number)
        problems += wrong
        if not wrong:
            rows.append((number, row))
    return rows, problems


def _row(export: Export, places: list[tuple[int, str]], cells: Any, number: int) -> tuple[dict[str, Any], list[Problem]]:
    row: dict[str, Any] = {}
    problems: list[Problem] = []
    for place, name in places:
        raw = cells[place] if place < len(cells) else None
        try:
            row[name] = engine.parse(COLUMNS[name], _worded(export, COLUMNS[name], raw))
        except Refused as refusal:
            problems += [p.at(row=number, field=name) for p in refusal.problems]
    return row, problems


def _worded(export: Export, column: Column, raw: Any) -> Any:
    """A cell in the product's words: choices by the book, lists split at the platform's separators, one holder a line."""
    words = export.values.get(column.name, {})
    if not isinstance(raw, str):
        return raw
    if column.kind == "list":
        items = [i.strip() for i in raw.translate(SEPARATORS).replace("\n", ";").split(";") if i.strip()]
        return [words.get(i, i) for i in items]
    if column.kind == "rows":
        return [{column.rows[0].name: i.strip()} for i in raw.translate(SEPARATORS).replace("\n", ";").split(";") if i.strip()]
    return words.get(raw.strip(), raw)


def import_export(path: Path, round_name: str, by: Actor, *, dry_run: bool = False) -> dict[str, Any]:
    """Write patents and forms of a round from one export, all or none: counts for both, and every wrong row."""
    held = find(register_of("stock_rounds"), round_name, by)
    rows, problems = read(path)
    patents, forms = register_of("patents"), register_of("stock_records")
    read_count = len({n for n, _ in rows} | {p.row for p in problems})
    with transaction.atomic():
        first = bulk.decide(patents, [(n, {k: v for k, v in r.items() if k in OF_PATENT}) for n, r in rows], problems, by)
        answer: dict[str, Any] = {
            "read": read_count,
            "patents": first.summary(),
            "forms": _none(),
            "errors": [],
            "dry_run": dry_run,
            "round": held.number,
        }
        if not first.problems:
            bulk.apply(patents, first, by, name=path.name)
            second = bulk.decide(
                forms,
                [(n, {"round": held.number, "patent": r["app_no"], **{k: v for k, v in r.items() if k in OF_FORM}}) for n, r in rows],
                (),
                by,
            )
            answer["forms"] = second.summary()
            if not second.problems:
                bulk.apply(forms, second, by, name=path.name)
            problems = second.problems
        else:
            problems = first.problems
        answer["errors"] = [p.as_json() for p in problems]
        if problems or dry_run:
            transaction.set_rollback(True)
    if problems:
        answer["patents"] = {**answer["patents"], "created": 0, "updated": 0}
    answer["refused"] = len({p.row for p in problems})
    return answer


def _none() -> dict[str, Any]:
    return {"created": 0, "updated": 0, "unchanged": 0}
