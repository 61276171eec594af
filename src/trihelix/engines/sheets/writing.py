"""Write a register's rows as xlsx, csv or JSON-lines, so that reading the file back gives the same rows."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from trihelix.engines.errors import Refused
from trihelix.engines.sheets.cells import cell, is_blank, plain, written
from trihelix.engines.sheets.columns import Column, Sheet, headings
from trihelix.engines.sheets.reading import GUARDED

WIDTHS = {"longtext": 48, "rows": 48, "text": 22, "list": 26, "ref": 22, "code": 22, "date": 12, "boolean": 8, "choice": 16}
HEAD_FILL = PatternFill("solid", fgColor="DCE6F1")
HEAD_FONT = Font(bold=True)
HEAD_ALIGN = Alignment(wrap_text=True, vertical="center")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SPECIAL = re.compile(r"^[=#]|_x[0-9A-Fa-f]{4}_")


def write(sheet: Sheet, rows: Iterable[Mapping[str, Any]], path: Path, lang: str = "zh") -> int:
    """Write the rows to a file whose kind is its suffix (xlsx, csv, jsonl); returns how many.

    Headings and labels of choices are in ``lang`` (``zh``, ``en``, or ``name`` for machine names and keys).
    JSON-lines always carry machine names. A csv begins with a byte-order mark, so that Excel reads it as UTF-8.
    """
    writers = {".xlsx": _write_xlsx, ".csv": _write_csv, ".jsonl": _write_jsonl}
    suffix = path.suffix.lower()
    if suffix not in writers:
        raise Refused.one("file_kind", f"不能写成 “{suffix or path.name}”；可用：{'、'.join(writers)}", field="file", value=path.name)
    return writers[suffix](sheet, rows, path, lang)


def _write_jsonl(sheet: Sheet, rows: Iterable[Mapping[str, Any]], path: Path, lang: str) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write(json.dumps(plain_row(sheet, row), ensure_ascii=False) + "\n")
            count += 1
    return count


def plain_row(sheet: Sheet, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as one JSON object: every column, blanks as null or an empty list."""
    return {c.name: plain(c, row.get(c.name)) for c in sheet.columns}


def _write_csv(sheet: Sheet, rows: Iterable[Mapping[str, Any]], path: Path, lang: str) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(headings(sheet.columns, lang))
        for row in rows:
            writer.writerow([_csv_cell(c, row.get(c.name), lang) for c in sheet.columns])
            count += 1
    return count


def _csv_cell(column: Column, value: Any, lang: str) -> str:
    made = cell(column, value, lang)
    return "'" + made if isinstance(made, str) and GUARDED.match(made) else written(made)


def _write_xlsx(sheet: Sheet, rows: Iterable[Mapping[str, Any]], path: Path, lang: str) -> int:
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.zh or sheet.register)
    page.freeze_panes = "B2"
    for i, column in enumerate(sheet.columns):
        page.column_dimensions[get_column_letter(i + 1)].width = WIDTHS.get(column.kind, 14)
    page.append([_heading(page, text) for text in headings(sheet.columns, lang)])
    count = 0
    for row in rows:
        page.append([excel_cell(page, c, row.get(c.name), lang) for c in sheet.columns])
        count += 1
    if count:
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{count + 1}"
    book.save(path)
    return count


def _heading(page: Any, text: str) -> Any:
    made = WriteOnlyCell(page, text)
    made.font, made.fill, made.alignment = HEAD_FONT, HEAD_FILL, HEAD_ALIGN
    return made


def excel_cell(page: Any, column: Column, value: Any, lang: str) -> Any:
    """A cell for a write-only page; text that openpyxl would take for a formula or an error stays text."""
    if is_blank(value):
        return None
    made = cell(column, value, lang)
    if isinstance(made, str) and _SPECIAL.search(made):
        text = WriteOnlyCell(page, None)
        text._value, text.data_type = _ESCAPED.sub("_x005F_", made), "s"
        return text
    return made
