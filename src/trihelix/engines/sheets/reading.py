"""Read a register's file: xlsx, xls, csv or JSON-lines → rows with their numbers, and every problem found.

Row numbers are those a person sees: the row of the spreadsheet (its heading is row 1) or the line of the JSON-lines
file. A key of a row is present when its column stands in the file; a blank cell is ``None``.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import python_calamine

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets.cells import is_blank, parse, parse_values
from trihelix.engines.sheets.columns import Column, Sheet

SUFFIXES = (".xlsx", ".xls", ".csv", ".jsonl")
ROW_LIMIT = 200_000
UNPACKED_LIMIT = 1_000_000_000  # bytes of a workbook when unpacked
SAMPLE = ("示例：", "示例:", "Sample:")
# What a spreadsheet may run when it opens a csv; written with an apostrophe in front, read without.
GUARDED = re.compile(r"^'*[=+\-@|%\t＝＋－＠]")

Row = tuple[int, dict[str, Any]]
Grid = list[tuple[int, Sequence[Any]]]


def read(sheet: Sheet, path: Path) -> tuple[list[Row], list[Problem]]:
    """Rows as ``(row number, values)`` and all problems; a row with a problem is left out of the rows.

    Refused outright: an unknown kind of file, one that cannot be opened, unknown or doubled headings.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise Refused.one(
            "file_kind", f"不支持的文件类型 “{suffix or path.name}”；可用：{'、'.join(SUFFIXES)}", field="file", value=path.name
        )
    if not path.is_file():
        raise Refused.one("no_file", f"找不到文件 {path.name}", field="file", value=path.name)
    if suffix == ".jsonl":
        rows, problems = _read_jsonl(sheet, path)
    else:
        grid = read_grid(path)
        marks = _marked_cells(path) if suffix == ".xlsx" else {}
        rows, problems = _read_grid(sheet, grid, marks)
    problems += _doubles(sheet, rows)
    wrong = {p.row for p in problems}
    return [r for r in rows if r[0] not in wrong], sorted(problems, key=lambda p: p.row if isinstance(p.row, int) else 0)


def read_grid(path: Path) -> Grid:
    """The cells of a csv or of a workbook's first visible sheet as ``(row number, cells)``; blank rows are left out."""
    rows = _csv_rows(path) if path.suffix.lower() == ".csv" else _workbook_rows(path)
    grid = [(n, r) for n, r in rows if any(not is_blank(v) for v in r)]
    if len(grid) > ROW_LIMIT + 1:
        raise Refused.one("too_many_rows", f"文件有 {len(grid) - 1} 行，一次最多 {ROW_LIMIT} 行，请分批", field="file")
    if not grid:
        raise Refused.one("empty_file", "文件是空的：请从模板开始，第一行为表头", field="file", value=path.name)
    return grid


def _workbook_rows(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        if path.suffix.lower() == ".xlsx":
            with zipfile.ZipFile(path) as packed:
                if sum(i.file_size for i in packed.infolist()) > UNPACKED_LIMIT:
                    raise Refused.one("file_too_large", "工作簿展开后过大，请拆分", field="file", value=path.name)
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        cells = book.get_sheet_by_index(_first_visible(book)).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError) as exc:
        raise Refused.one(
            "bad_workbook", f"无法打开工作簿 {path.name}：文件损坏、加密或不是 Excel 文件", field="file", value=path.name
        ) from exc
    return ((i + 1, row) for i, row in enumerate(cells))


def _first_visible(book: Any) -> int:
    shown = [i for i, s in enumerate(book.sheets_metadata) if s.visible == python_calamine.SheetVisibleEnum.Visible]
    return shown[0] if shown else 0


def decode(raw: bytes, name: str) -> str:
    """Text of a csv or JSON-lines file: UTF-8 with or without mark, UTF-16 with mark, else GB 18030."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        codecs = ["utf-16"]
    else:
        codecs = ["utf-8-sig", "gb18030"]
    for codec in codecs:
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    raise Refused.one("encoding", f"无法识别 {name} 的文字编码，请另存为 UTF-8", field="file", value=name)


def _csv_rows(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    text = decode(path.read_bytes(), path.name)
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=lambda d: (first.count(d), d == ","))
    try:
        for i, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)):
            yield i + 1, [v[1:] if v.startswith("'") and GUARDED.match(v) else v for v in row]
    except csv.Error as exc:
        raise Refused.one("bad_csv", f"{path.name} 不是有效的 csv：{exc}", field="file", value=path.name) from exc


def _read_grid(sheet: Sheet, grid: Grid, marks: dict[tuple[int, int], str]) -> tuple[list[Row], list[Problem]]:
    columns = header(sheet, [str(v) if not is_blank(v) else "" for v in grid[0][1]], grid[1:])
    present = [c.name for _, c in columns]
    absent = [c for c in sheet.columns if c.required and c.name not in present]
    first = columns[0][0] if columns else 0
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, cells in grid[1:]:
        lead = cells[first] if first < len(cells) else None
        if isinstance(lead, str) and lead.lstrip().startswith(SAMPLE):
            continue
        values: dict[str, Any] = {}
        for place, column in columns:
            mark = marks.get((number, place))
            if mark is not None:
                problems.append(_marked(column, number, mark))
                continue
            try:
                values[column.name] = parse(column, cells[place] if place < len(cells) else None)
            except Refused as refusal:
                problems += [p.at(row=number, field=column.name) for p in refusal.problems]
        problems += _absent(sheet, absent, values, number)
        rows.append((number, values))
    return rows, problems


def header(sheet: Sheet, names: Sequence[str], body: Grid = ()) -> list[tuple[int, Column]]:  # type: ignore[assignment]
    """``[(place, column)]`` of a heading row; unknown, doubled and missing headings are refused together, by name."""
    out: list[tuple[int, Column]] = []
    problems: list[Problem] = []
    for place, name in enumerate(names):
        if not name.strip():
            if any(place < len(r) and not is_blank(r[place]) for _, r in body):
                problems.append(Problem("no_heading", f"第 {place + 1} 列有内容但没有表头", row=1))
            continue
        column = sheet.find(name)
        if column is None:
            near = sheet.suggest(name)
            hint = f"；是否为：{'、'.join(near)}" if near else f"；可用：{'、'.join(c.zh for c in sheet.columns)}"
            problems.append(Problem("unknown_column", f"未知的列 “{name.strip()}”{hint}", field=name.strip(), row=1))
        elif column in [c for _, c in out]:
            problems.append(Problem("duplicate_column", f"列 “{column.zh}” 出现两次", field=column.name, row=1))
        else:
            out.append((place, column))
    if problems:
        raise Refused(*problems)
    return out


def _absent(sheet: Sheet, absent: Sequence[Column], values: dict[str, Any], number: int) -> list[Problem]:
    """Problems for required columns that the file lacks, unless the row points at an existing record."""
    if any(values.get(k) is not None for k in sheet.identity):
        return []
    return [Problem("required", f"缺少必填的列“{c.zh}”", c.name, number) for c in absent]


def _marked(column: Column, number: int, mark: str) -> Problem:
    if mark == "formula":
        return Problem("formula", f"“{column.zh}”是公式，请改为数值或文字（复制后“选择性粘贴—数值”）", column.name, number)
    return Problem("cell_error", f"“{column.zh}”是 Excel 的错误值，请更正", column.name, number)


def _read_jsonl(sheet: Sheet, path: Path) -> tuple[list[Row], list[Problem]]:
    rows: list[Row] = []
    problems: list[Problem] = []
    required = [c for c in sheet.columns if c.required]
    for i, line in enumerate(decode(path.read_bytes(), path.name).split("\n")):
        if not line.strip():
            continue
        try:
            raw = json.loads(line, object_pairs_hook=_no_doubles)
        except ValueError as exc:
            problems.append(Problem("bad_json", f"不是有效的 JSON：{exc}", row=i + 1))
            continue
        if not isinstance(raw, dict):
            problems.append(Problem("bad_json", "每行应为一个 JSON 对象", row=i + 1))
            continue
        values, found = parse_values(sheet.columns, raw, i + 1)
        problems += found + _absent(sheet, [c for c in required if c.name not in raw], values, i + 1)
        rows.append((i + 1, values))
        if len(rows) > ROW_LIMIT:
            raise Refused.one("too_many_rows", f"一次最多 {ROW_LIMIT} 行，请分批", field="file")
    return rows, problems


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("键重复")
    return out


def _doubles(sheet: Sheet, rows: Sequence[Row]) -> list[Problem]:
    """Rows of one file that carry the same key or point at the same record."""
    seen: dict[tuple[Any, ...], int] = {}
    problems: list[Problem] = []
    for number, values in rows:
        keys: list[tuple[str, Any]] = [(k, values.get(k)) for k in sheet.identity if values.get(k) is not None]
        if (own := sheet.key_of(values)) is not None:
            keys.append((sheet.key[-1], own))
        for name, value in keys:
            earlier = seen.setdefault((name, value), number)
            if earlier != number:
                label = sheet.by_name[name].zh
                problems.append(Problem("duplicate_row", f"“{label}”与第 {earlier} 行重复", name, number, value=values.get(name)))
    return problems


def _marked_cells(path: Path) -> dict[tuple[int, int], str]:
    """Cells of the first visible sheet that hold a formula or an error: calamine shows only their last value, or nothing."""
    with zipfile.ZipFile(path) as packed:
        name = _sheet_part(packed, path)
        if name is None or not re.search(rb"<(?:\w+:)?f[ />]|\st=\"e\"", packed.read(name)):
            return {}
        with packed.open(name) as stream:
            return dict(_scan(stream))


def _sheet_part(packed: zipfile.ZipFile, path: Path) -> str | None:
    """The part inside the workbook that holds its first visible sheet."""
    book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
    links = {r.get("Id"): str(r.get("Target")) for r in ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))}
    sheets = [e for e in book.iter() if e.tag.endswith("}sheet")]
    shown = [e for e in sheets if e.get("state", "visible") == "visible"] or sheets
    if not shown:
        return None
    link = next(v for k, v in shown[0].attrib.items() if k.endswith("}id"))
    target = links[link]
    return target.lstrip("/") if target.startswith("/") else "xl/" + target


def _scan(stream: Any) -> Iterator[tuple[tuple[int, int], str]]:
    row = column = 0
    for event, element in ElementTree.iterparse(stream, events=("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "row":
            row, column = int(element.get("r") or row + 1), 0
        elif event == "start" and tag == "c":
            letters = re.match(r"[A-Z]+", element.get("r") or "")
            column = _place(letters[0]) if letters else column + 1
        elif event == "end" and tag == "c":
            if any(child.tag.endswith("}f") for child in element):
                yield (row, column - 1), "formula"
            elif element.get("t") == "e":
                yield (row, column - 1), "error"
        elif event == "end" and tag == "row":
            element.clear()


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place
