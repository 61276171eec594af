"""How a cell becomes a value and a value a cell, one function a kind; nothing is guessed.

The same functions read Excel, csv, JSON-lines, forms and the API, so every way in refuses the same things.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trihelix.engines.codes import credit_code
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import format_decimal, parse_money
from trihelix.engines.sheets.columns import Column, fold

CELL_LIMIT = 32_767  # characters in one Excel cell
SAFE_DIGITS = 15  # decimal digits a double keeps
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LEADS = frozenset("=@+-＝＠＋－﹦﹫﹢﹣")
# What a spreadsheet would run after + or -: a function, a cell, a cell of another sheet, a DDE link.
_CALL = re.compile(r"(?:^|[-+*/^&,(])\s*[A-Za-z_][A-Za-z0-9_.]*\(")
_CELLS = re.compile(r"\$?[A-Z]{1,3}\$?\d{1,7}(?:\s*[-+*/^&:,]\s*\$?[A-Z]{0,3}\$?\d+(?:\.\d+)?)*")
_LINK = re.compile(r"^[\w.]+\|.*!|[A-Za-z0-9_']![$A-Z]")
_DATES = (
    re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?$"),
    re.compile(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$"),
    re.compile(r"^(\d{4})年(\d{1,2})月(\d{1,2})日$"),
    re.compile(r"^(\d{4})(\d{2})(\d{2})$"),
)
_TRUE = {"是", "true", "yes", "y", "1", "√", "对", "有"}
_FALSE = {"否", "false", "no", "n", "0", "×", "错", "无"}
_NUMBER = re.compile(r"^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$")
_EXCEL_ZERO = date(1899, 12, 30)


def _refuse(column: Column, code: str, message: str, value: Any) -> Refused:
    return Refused(Problem(code, message, column.name, value=_shown(value)))


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= 200 else value[:200] + "…"
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def is_formula(text: str) -> bool:
    """Would a spreadsheet run the text? Ranges such as ``-40~85℃`` are not formulas."""
    if text.lstrip()[:1] not in _LEADS:
        return False
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) < 2:
        return False
    body = plain.lstrip("+-@ ")
    if plain[0] == "=":
        return True
    if plain[0] == "@":
        return bool(_CALL.match(body))
    return bool(_CALL.search(body) or _CELLS.fullmatch(body) or _LINK.search(body))


def tidy(text: str) -> str:
    """Text as stored: one kind of line end, no blanks around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def is_blank(value: Any) -> bool:
    """An empty cell: nothing, blanks only, or an empty list."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def parse(column: Column, raw: Any) -> Any:
    """The value of a cell, as :mod:`columns` describes; refused with one problem for each thing wrong."""
    if is_blank(raw):
        if column.required:
            raise _refuse(column, "required", f"“{column.zh}”为必填项，请填写", None)
        return column.blank
    value = _PARSERS[column.kind](column, raw)
    if column.check is not None and (problem := column.check(value)) is not None:
        raise Refused(problem.at(field=column.name))
    return value


def parse_values(columns: Iterable[Column], values: Mapping[str, Any], row: int | None = None) -> tuple[dict[str, Any], list[Problem]]:
    """Parse the given values by name; unknown names are problems. Names not given stay absent.

    A required column that is not given is the caller's affair: a change names only what it changes.
    """
    known = {c.name: c for c in columns}
    out: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, raw in values.items():
        column = known.get(name)
        if column is None:
            problems.append(Problem("unknown_field", f"没有字段“{name}”；可用：{'、'.join(known)}", name, row, value=_shown(raw)))
            continue
        try:
            out[name] = parse(column, raw)
        except Refused as refusal:
            problems += [p.at(row=row, field=name) for p in refusal.problems]
    return out, problems


def _text(column: Column, raw: Any) -> str:
    if not isinstance(raw, str):
        return _as_text(column, raw)
    text = tidy(raw)
    if found := _CONTROL.search(text):
        raise _refuse(column, "control_character", f"“{column.zh}”含有不可见的控制字符（U+{ord(found[0]):04X}），请删除", None)
    if len(text) > CELL_LIMIT:
        raise _refuse(column, "too_long", f"“{column.zh}”有 {len(text)} 个字符，最多 {CELL_LIMIT} 个", text)
    if is_formula(text):
        raise _refuse(column, "formula", f"“{column.zh}”的内容像公式（以 {text[0]} 开头），请改为普通文字", text)
    return text


def _as_text(column: Column, raw: Any) -> str:
    """The text of a cell that the spreadsheet keeps as something else: a number keeps its digits."""
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, int | float | Decimal):
        return _plain_number(column, raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(" ")
    if isinstance(raw, date | time):
        return raw.isoformat()
    raise _refuse(column, "bad_text", f"“{column.zh}”应为文本", raw)


def _plain_number(column: Column, raw: int | float | Decimal) -> str:
    number = _decimal(column, raw)
    if isinstance(raw, float) and len(number.as_tuple().digits) > SAFE_DIGITS:
        raise _refuse(column, "imprecise_number", f"“{column.zh}”的数字位数过多，Excel 已存不准；请把单元格设为文本后重填", raw)
    return format(number.to_integral_value() if number == number.to_integral_value() else number.normalize(), "f")


def _decimal(column: Column, raw: Any) -> Decimal:
    text = repr(raw) if isinstance(raw, float) else unicodedata.normalize("NFKC", str(raw)).replace(" ", "")
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise _refuse(column, "bad_number", f"“{column.zh}”应为数字", raw)
    if isinstance(raw, str) and not _NUMBER.match(text):
        raise _refuse(column, "bad_number", f"“{column.zh}”应为数字，得到“{_shown(raw)}”", raw)
    number = Decimal(text.replace(",", ""))
    if not number.is_finite():
        raise _refuse(column, "bad_number", f"“{column.zh}”应为有限的数字", raw)
    return number


def _integer(column: Column, raw: Any) -> int:
    number = _decimal(column, raw)
    if number != number.to_integral_value():
        raise _refuse(column, "bad_integer", f"“{column.zh}”应为整数，得到 {_shown(raw)}", raw)
    if abs(number) > 2**53:
        raise _refuse(column, "bad_integer", f"“{column.zh}”的数字过大", raw)
    return int(number)


def _money(column: Column, raw: Any) -> int:
    if not isinstance(raw, str | int | float | Decimal) or isinstance(raw, bool):
        raise _refuse(column, "bad_money", f"“{column.zh}”应为金额", raw)
    return parse_money(raw, "wan" if column.kind == "money_wan" else "yuan", field=column.name)


def _date(column: Column, raw: Any) -> date:
    if isinstance(raw, datetime):
        if raw.time() != time():
            raise _refuse(column, "bad_date", f"“{column.zh}”应为日期，不含时刻", raw)
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _serial(column, raw)
    text = unicodedata.normalize("NFKC", raw).strip() if isinstance(raw, str) else ""
    for pattern in _DATES:
        if match := pattern.match(text):
            try:
                return date(*(int(x) for x in match.groups()))
            except ValueError:
                raise _refuse(column, "bad_date", f"“{column.zh}”的日期 {_shown(raw)} 不存在", raw)
    raise _refuse(column, "bad_date", f"“{column.zh}”应为日期，请写成 2025-05-28 的形式", raw)


def _serial(column: Column, raw: int | float) -> date:
    """A number in a date column: an Excel serial day of 1950 to 2149, or eight digits such as 20250528."""
    if raw == int(raw) and 19_000_101 <= raw <= 21_991_231:
        return _date(column, str(int(raw)))
    if raw != int(raw) or not 18_264 <= raw <= 91_311:
        raise _refuse(column, "bad_date", f"“{column.zh}”的数字 {raw} 不是日期，请写成 2025-05-28 的形式", raw)
    return _EXCEL_ZERO + timedelta(days=int(raw))


def _boolean(column: Column, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    text = str(int(raw)) if isinstance(raw, float) and raw in (0, 1) else str(raw)
    text = unicodedata.normalize("NFKC", text).strip().casefold()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise _refuse(column, "bad_boolean", f"“{column.zh}”应填 是 或 否，得到“{_shown(raw)}”", raw)


def _choice(column: Column, raw: Any) -> str:
    text = _plain_number(column, raw) if isinstance(raw, int | float) and not isinstance(raw, bool) else str(raw).strip()
    keys = column.choice_index.get(fold(text), [])
    if len(keys) == 1:
        return keys[0]
    if keys:
        named = "、".join(f"{k} {column.choices[k][0]}" for k in keys)
        raise _refuse(column, "ambiguous_choice", f"“{column.zh}”的“{text}”对应多项：{named}；请填代码", text)
    near = column.nearest(text)
    hint = f"；是否为：{'、'.join(near)}" if near else f"；可选：{'、'.join(v[0] for v in list(column.choices.values())[:12])}"
    raise _refuse(column, "bad_choice", f"“{column.zh}”中没有“{_shown(text)}”{hint}", text)


def _code(column: Column, raw: Any) -> str:
    return credit_code(raw if isinstance(raw, str) else _text(column, raw), column.name)


def split_cell(text: str, separators: str) -> list[str]:
    """Split at any of the separators that no backslash protects; parts are stripped, the protection removed."""
    parts, part, i = [], "", 0
    while i < len(text):
        if text[i] == "\\" and i + 1 < len(text) and text[i + 1] in separators + "\\":
            part += text[i + 1]
            i += 2
            continue
        if text[i] in separators:
            parts.append(part.strip())
            part = ""
        else:
            part += text[i]
        i += 1
    return [*parts, part.strip()]


def join_cell(parts: Iterable[str], separator: str, separators: str) -> str:
    """The inverse of :func:`split_cell`."""
    guarded = re.compile(f"([{re.escape(separators)}\\\\])")
    return separator.join(guarded.sub(r"\\\1", p) for p in parts)


ITEMS = ";；\n"
FIELDS = "|｜"


def _list(column: Column, raw: Any) -> list[str]:
    if isinstance(raw, str):
        items: list[Any] = split_cell(tidy(raw), ITEMS)
    elif isinstance(raw, list | tuple):
        items = list(raw)
    else:
        items = [raw]
    one = _choice if column.choices else _text
    out, problems = [], []
    for i, item in enumerate(items):
        if is_blank(item):
            continue
        try:
            out.append(one(column, item))
        except Refused as refusal:
            problems += [Problem(p.code, p.message, f"{column.name}[{i}]", value=p.value) for p in refusal.problems]
    if problems:
        raise Refused(*problems)
    return list(dict.fromkeys(out)) if column.choices else out


def _rows(column: Column, raw: Any) -> list[dict[str, Any]]:
    problems: list[Problem] = []
    out: list[dict[str, Any]] = []
    for i, item in enumerate(_groups(column, raw)):
        given = {k: " ".join(v.split("\n")) if isinstance(v, str) else v for k, v in item.items() if not is_blank(v)}
        if not given:
            continue
        values, found = parse_values(column.rows, given)
        found += [Problem("required", f"第 {i + 1} 项缺少“{c.zh}”", c.name) for c in column.rows if c.required and c.name not in given]
        problems += [Problem(p.code, p.message, f"{column.name}[{i}].{p.field}", clause=p.clause, value=p.value) for p in found]
        out.append(values)
    if problems:
        raise Refused(*problems)
    return out


def _groups(column: Column, raw: Any) -> list[Mapping[str, Any]]:
    if isinstance(raw, list | tuple):
        if not all(isinstance(x, Mapping) for x in raw):
            raise _refuse(column, "bad_rows", f"“{column.zh}”应为对象的列表", raw)
        return list(raw)
    if not isinstance(raw, str):
        raise _refuse(column, "bad_rows", f"“{column.zh}”应为文本，每行一项，各栏以 | 分隔", raw)
    names = [c.name for c in column.rows]
    out: list[Mapping[str, Any]] = []
    for i, line in enumerate(x for x in tidy(raw).split("\n") if x.strip()):
        parts = split_cell(line, FIELDS)
        if len(parts) > len(names):
            labels = "|".join(c.zh for c in column.rows)
            raise _refuse(column, "bad_rows", f"“{column.zh}”第 {i + 1} 行有 {len(parts)} 栏，最多 {len(names)} 栏：{labels}", line)
        out.append(dict(zip(names, parts, strict=False)))
    return out


_PARSERS = {
    "text": _text, "longtext": _text, "ref": _text, "code": _code, "integer": _integer, "decimal": _decimal, "money_wan": _money,
    "money_yuan": _money, "date": _date, "boolean": _boolean, "choice": _choice, "list": _list, "rows": _rows,
}  # fmt: skip


def _number(value: Decimal | Fraction, digits: int) -> int | float | str:
    """A number as a file carries it: a number while a double keeps every digit, else text."""
    text = format_decimal(Fraction(value), digits)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if len(re.sub(r"^0+|\D", "", text.replace(".", ""))) > SAFE_DIGITS:
        return text
    return float(text) if "." in text else int(text)


def cell(column: Column, value: Any, lang: str = "zh") -> Any:
    """A value as an Excel or csv cell: text, number, bool or date; what :func:`parse` reads back to the same value."""
    if is_blank(value):
        return None
    kind = column.kind
    if kind == "money_wan":
        return _number(Fraction(value, 1_000_000), 6)
    if kind == "money_yuan":
        return _number(Fraction(value, 100), 2)
    if kind == "decimal":
        return _number(value, max(0, -int(value.as_tuple().exponent)))
    if kind == "boolean":
        return ("yes" if value else "no") if lang == "en" else ("是" if value else "否")
    if kind == "choice":
        return column.choice_label(value, lang)
    if kind == "list":
        return join_cell((column.choice_label(v, lang) if column.choices else str(v) for v in value), "；", ITEMS)
    if kind == "rows":
        return "\n".join(_row_line(column, row, lang) for row in value)
    return value


def written(made: Any) -> str:
    """A cell as plain text: numbers without exponent, dates ISO."""
    if made is None:
        return ""
    return format(Decimal(repr(made)), "f") if isinstance(made, float) else made.isoformat() if isinstance(made, date) else str(made)


def _row_line(column: Column, row: Mapping[str, Any], lang: str) -> str:
    texts = [written(cell(c, row.get(c.name), lang)).replace("\n", " ") for c in column.rows]
    while len(texts) > 1 and not texts[-1]:
        texts.pop()
    return join_cell(texts, "|", FIELDS)


def plain(column: Column, value: Any) -> Any:
    """A value as JSON carries it: keys of choices, lists and objects as such, money in the column's unit, dates ISO."""
    if column.kind in ("list", "rows"):
        if column.kind == "list":
            return list(value or [])
        return [{c.name: plain(c, r[c.name]) for c in column.rows if not is_blank(r.get(c.name))} for r in value or []]
    if is_blank(value):
        return None
    if column.kind == "date":
        return value.isoformat()
    if column.kind in ("boolean", "choice"):
        return value
    return cell(column, value)
