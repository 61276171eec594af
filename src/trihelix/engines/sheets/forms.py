"""Workbooks for people: the empty form with a sample row and lists, and the returned form with its errors marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from trihelix.engines.errors import Problem
from trihelix.engines.sheets.cells import cell, is_blank
from trihelix.engines.sheets.columns import Column, Sheet
from trihelix.engines.sheets.reading import SAMPLE, read_grid
from trihelix.engines.sheets.schema import example_value
from trihelix.engines.sheets.writing import HEAD_ALIGN, HEAD_FILL, HEAD_FONT, WIDTHS

FORM_ROWS = 20_000  # rows with drop-down lists and formats
WRONG = PatternFill("solid", fgColor="F8CBAD")
SAMPLE_FONT = Font(italic=True, color="808080")
_EDGE = Border(*(Side(style="thin", color="BFBFBF") for _ in range(4)))
_HEAD = {
    "zh": ("列名", "字段名", "类型", "必填", "单位", "说明", "示例"),
    "en": ("Column", "Field", "Type", "Required", "Unit", "Help", "Example"),
}
_WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "notes": "填写说明", "lists": "选项", "errors": "错误清单", "yes": "是", "no": "否", "pick": "请从列表中选择", "required": "必填",
        "list_hint": "可填多项，以分号或换行分隔",
        "rows_hint": "每行一项，各栏以 | 分隔：",
        "sheet_hint": "示例行（以“示例：”开头）不会导入，可以删除。",
    },
    "en": {
        "notes": "Notes", "lists": "Lists", "errors": "Errors", "yes": "yes", "no": "no", "required": "required",
        "pick": "Choose from the list",
        "list_hint": "Several allowed, separated by semicolons or line breaks",
        "rows_hint": "One item a line, fields separated by |: ",
        "sheet_hint": "The sample row (it begins with “Sample:”) is not imported and may be deleted.",
    },
}  # fmt: skip
_TYPE_NAMES = {
    "text": ("文本", "text"), "longtext": ("长文本", "long text"), "integer": ("整数", "whole number"), "decimal": ("数字", "number"),
    "money_wan": ("金额（万元）", "money (10,000 yuan)"), "money_yuan": ("金额（元）", "money (yuan)"), "date": ("日期", "date"),
    "boolean": ("是/否", "yes/no"), "choice": ("单选", "one of a list"), "code": ("统一社会信用代码", "unified social credit code"),
    "ref": ("编号或名称", "reference"), "list": ("多项", "several"), "rows": ("明细", "repeated rows"),
}  # fmt: skip


def template(sheet: Sheet, out: Path, lang: str = "zh") -> None:
    """Write the register's Excel form: headings with notes, a sample row that import skips, lists, a page of notes."""
    words = _WORDS[lang]
    columns = [c for c in sheet.columns if c.name not in sheet.kept]
    book = Workbook()
    page = book.active
    page.title = _page_title(sheet)
    page.freeze_panes = "B2"
    page.row_dimensions[1].height = 32
    lists = book.create_sheet(words["lists"])
    lists.sheet_state = "hidden"
    for i, column in enumerate(columns):
        _head(page, i + 1, column, lang)
        _sample(page, i + 1, column, lang, first=i == 0)
        _formats(page, lists, i + 1, column, lang)
    _notes(book.create_sheet(words["notes"]), columns, lang)
    book.save(out)


def _page_title(sheet: Sheet) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", sheet.zh or sheet.register)[:31]


def _head(page: Any, place: int, column: Column, lang: str) -> None:
    words = _WORDS[lang]
    made = page.cell(1, place, column.header(lang) + ("*" if column.required else ""))
    made.font, made.fill, made.alignment, made.border = HEAD_FONT, HEAD_FILL, HEAD_ALIGN, _EDGE
    lines = [
        column.name,
        _TYPE_NAMES[column.kind][lang == "en"] + (f"；{words['required']}" if column.required else ""),
        *_hints(column, lang),
    ]
    made.comment = Comment("\n".join(lines), "Trihelix", height=40 + 18 * len(lines), width=280)
    page.column_dimensions[get_column_letter(place)].width = WIDTHS.get(column.kind, 14)


def _hints(column: Column, lang: str) -> list[str]:
    words = _WORDS[lang]
    hints = [column.help] if column.help and lang == "zh" else []
    if column.kind == "list":
        hints.append(words["list_hint"])
    if column.kind == "rows":
        hints.append(words["rows_hint"] + "|".join(c.label(lang) for c in column.rows))
    return hints


def _sample(page: Any, place: int, column: Column, lang: str, first: bool) -> None:
    value = example_value(column)
    text = None if is_blank(value) else cell(column, value, lang)
    if first:
        text = SAMPLE[2 if lang == "en" else 0] + ("" if text is None else str(text))
    made = page.cell(2, place, text)
    made.font, made.alignment = SAMPLE_FONT, Alignment(wrap_text=True, vertical="top")
    if isinstance(text, str):
        made.data_type = "s"


def _formats(page: Any, lists: Any, place: int, column: Column, lang: str) -> None:
    letter = get_column_letter(place)
    if column.kind == "date":
        page.column_dimensions[letter].number_format = "yyyy-mm-dd"
    elif column.kind in ("text", "longtext", "code", "ref", "list", "rows"):
        page.column_dimensions[letter].number_format = "@"
    if column.kind not in ("choice", "boolean"):
        return
    words = _WORDS[lang]
    options = [words["yes"], words["no"]] if column.kind == "boolean" else [column.choice_label(k, lang) for k in column.choices]
    for i, option in enumerate(options):
        made = lists.cell(i + 1, place, option)
        made.data_type = "s"
    rule = DataValidation("list", formula1=f"'{lists.title}'!${letter}$1:${letter}${len(options)}", allow_blank=True, showErrorMessage=True)
    rule.error = words["pick"]
    page.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{FORM_ROWS + 2}")


def _notes(page: Any, columns: Sequence[Column], lang: str) -> None:
    words = _WORDS[lang]
    page.append([words["sheet_hint"]])
    page.append(list(_HEAD[lang]))
    for made in page[2]:
        made.font, made.fill = HEAD_FONT, HEAD_FILL
    for column in columns:
        example = example_value(column)
        text = "" if is_blank(example) else str(cell(column, example, lang))
        help_text = "；".join(_hints(column, lang))
        required = words["yes"] if column.required else ""
        page.append([column.label(lang), column.name, _TYPE_NAMES[column.kind][lang == "en"], required, column.unit or "", help_text])
        made = page.cell(page.max_row, 7, text)
        made.data_type = "s"
    for letter, width in zip("ABCDEFG", (18, 18, 18, 8, 8, 48, 40), strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A3"


def mark_errors(sheet: Sheet, path: Path, problems: Iterable[Problem], out: Path, lang: str = "zh") -> None:
    """The uploaded file as a workbook with wrong cells coloured and commented, and a page that lists every problem.

    A csv or old Excel file comes back as xlsx. A problem without a known column marks the first cell of its row.
    """
    problems = list(problems)
    book = load_workbook(path) if path.suffix.lower() == ".xlsx" else _as_book(sheet, path)
    page = next((s for s in book.worksheets if s.sheet_state == "visible"), book.worksheets[0])
    places: dict[str, int] = {}
    for made in page[1]:
        if made.value and (column := sheet.find(str(made.value))) is not None:
            places[column.name] = made.column
    texts: dict[tuple[int, int], list[str]] = {}
    for problem in problems:
        if isinstance(problem.row, int):
            name = re.split(r"[\[.]", problem.field or "")[0]
            texts.setdefault((problem.row, places.get(name, 1)), []).append(problem.message)
    for (row, place), found in texts.items():
        made = page.cell(row, place)
        made.fill = WRONG
        made.comment = Comment("\n".join(found), "Trihelix", height=30 + 30 * len(found), width=320)
    _error_page(book, problems, sheet, lang)
    book.save(out)


def _as_book(sheet: Sheet, path: Path) -> Workbook:
    book = Workbook()
    page = book.active
    page.title = _page_title(sheet)
    for number, cells in read_grid(path):
        for i, value in enumerate(cells):
            if not is_blank(value):
                made = page.cell(number, i + 1)
                made.value = value
                if isinstance(value, str):
                    made.data_type = "s"
    return book


def _error_page(book: Workbook, problems: Sequence[Problem], sheet: Sheet, lang: str) -> None:
    title = _WORDS[lang]["errors"]
    if title in book.sheetnames:
        del book[title]
    page = book.create_sheet(title)
    page.append(["行", "列", "问题", "代码"] if lang == "zh" else ["Row", "Column", "Problem", "Code"])
    for problem in problems:
        name = re.split(r"[\[.]", problem.field or "")[0]
        label = sheet.by_name[name].label(lang) if name in sheet.by_name else problem.field
        page.append([problem.row, None, problem.message, problem.code])
        for place, text in ((2, label), (3, problem.message)):
            made = page.cell(page.max_row, place, text)
            made.data_type = "s" if text else "n"
    for letter, width in zip("ABCD", (8, 20, 80, 22), strict=True):
        page.column_dimensions[letter].width = width
