"""Schemas of the API, made from the sheets: what a record looks like, what may be sent. Money in answers is whole fen.

Bodies are typed here for the document and for JSON types; values then pass the sheet's own reader, so that pages, files and
API refuse the same things in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field, WithJsonSchema, create_model

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import Column, parse_values, plain
from trihelix.kernel import acting
from trihelix.kernel import values as vals
from trihelix.kernel.register import Act, Register, attribute

FEN = {"type": "integer", "minimum": -(2**53), "maximum": 2**53}
TYPES: Mapping[str, dict[str, Any]] = {
    "integer": {"type": "integer", "minimum": -(2**53), "maximum": 2**53},
    "decimal": {"type": ["number", "string"]}, "money_wan": {"type": ["number", "string"]}, "money_yuan": {"type": ["number", "string"]},
    "date": {"type": "string", "format": "date"}, "boolean": {"type": "boolean"},
}  # fmt: skip
MONEY = ("money_wan", "money_yuan")
PYTHON: Mapping[str, tuple[type, ...]] = {
    "integer": (int,), "decimal": (int, float, str), "money_wan": (int, float, str), "money_yuan": (int, float, str), "boolean": (bool,),
    "list": (list,), "rows": (list,),
}  # fmt: skip
WORDS = {
    "integer": "整数",
    "decimal": "数字",
    "money_wan": "金额",
    "money_yuan": "金额",
    "boolean": "true 或 false",
    "list": "列表",
    "rows": "对象的列表",
}


def shape(column: Column, *, out: bool) -> dict[str, Any]:
    """JSON Schema of a column's value: as sent (``out`` false) or as answered, where it may also be null."""
    if column.kind == "list":
        item: dict[str, Any] = {"type": "string", **({"enum": list(column.choices)} if column.choices and not out else {})}
        found: dict[str, Any] = {"type": "array", "items": item}
    elif column.kind == "rows":
        found = {"type": "array", "items": _row(column.rows, out=out)}
    elif column.kind == "choice":
        found = {"type": "string"} if out else {"type": "string", "enum": list(column.choices)}
    else:
        found = dict(TYPES.get(column.kind, {"type": "string"}))
    found["title"] = column.zh
    if column.help:
        found["description"] = column.help
    if column.unit:
        found["x-unit"] = column.unit
    if column.example is not None and column.kind not in ("rows", "list", "boolean", "integer"):
        found["examples"] = [column.example]
    return nullable(found)


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema, or null."""
    kind = schema["type"]
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **enum, "type": [*kind, "null"] if isinstance(kind, list) else [kind, "null"]}


def _row(columns: Iterable[Column], *, out: bool) -> dict[str, Any]:
    columns = list(columns)
    required = [] if out else [c.name for c in columns if c.required]
    return {
        "type": "object",
        "properties": {c.name: shape(c, out=out) for c in columns},
        "required": required,
        "additionalProperties": False,
    }


def _fen(column: Column) -> dict[str, Any]:
    return nullable({**FEN, "title": column.zh, "x-unit": "分"})


def fields_out(columns: Iterable[Column]) -> dict[str, dict[str, Any]]:
    """Answered name → schema; a money column answers as ``…_fen``."""
    return {(attribute(c.name) if c.kind in MONEY else c.name): (_fen(c) if c.kind in MONEY else shape(c, out=True)) for c in columns}


def fields_in(columns: Iterable[Column]) -> dict[str, dict[str, Any]]:
    """Sent name → schema; a money column is sent in its unit or as ``…_fen``, not both."""
    found: dict[str, dict[str, Any]] = {}
    for column in columns:
        found[column.name] = shape(column, out=False)
        if column.kind in MONEY:
            found[attribute(column.name)] = _fen(column)
    return found


def model(
    name: str,
    fields: Mapping[str, dict[str, Any]],
    *,
    required: Iterable[str] = (),
    closed: bool = True,
    doc: str = "",
    example: Any = None,
) -> type[Schema]:
    """A pydantic model whose fields carry exactly these JSON Schemas; values are judged by the sheet's reader."""
    needed = set(required)
    made: dict[str, Any] = {}
    for field, schema in fields.items():
        kind, taken, named = Annotated[Any, WithJsonSchema(schema)], field, {}
        if hasattr(Schema, field):  # a column may be called like a method of the model, such as ``register`` or ``copy``
            taken, named = f"{field}_", {"alias": field}
        made[taken] = (kind, Field(..., **named)) if field in needed else (kind, Field(None, json_schema_extra=_no_default, **named))
    extra: dict[str, Any] = {"examples": [example]} if example else {}
    config = ConfigDict(extra="forbid" if closed else "allow", json_schema_extra=extra)
    base = type("Body", (Schema,), {"model_config": config, "__module__": __name__})
    return create_model(name, __base__=base, __doc__=doc, **made)


def _no_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)  # "not sent" differs from null


def camel(text: str) -> str:
    """``platform_labs`` → ``PlatformLabs``."""
    return "".join(part.capitalize() for part in text.replace("-", "_").split("_"))


def json_types(columns: Iterable[Column], given: Mapping[str, Any], where: str = "") -> list[Problem]:
    """Values whose JSON type is not that of the column: files may carry text for everything, JSON says what it means."""
    problems: list[Problem] = []
    known = {c.name: c for c in columns}
    for name, value in given.items():
        column = known.get(name)
        if column is None or value is None:
            continue
        field = f"{where}{name}"
        wanted = PYTHON.get(column.kind, (str,))
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            problems.append(Problem("bad_type", f"“{column.zh}”应为{WORDS.get(column.kind, '文本')}", field=field))
        elif column.kind == "list":
            problems += [
                Problem("bad_type", f"“{column.zh}”的每一项应为文本", field=f"{field}[{i}]")
                for i, v in enumerate(value)
                if not isinstance(v, str)
            ]
            problems += _unknown(column, [v for v in value if isinstance(v, str)], field)
        elif column.kind == "rows":
            for i, row in enumerate(value):
                if isinstance(row, dict):
                    problems += json_types(column.rows, row, f"{field}[{i}].")
        elif column.kind == "choice":
            problems += _unknown(column, [value], field)
        elif column.kind == "date" and not _iso(value):
            problems.append(Problem("bad_date", f"“{column.zh}”应为日期，写成 2025-05-28", field=field, value=str(value)[:40]))
    return problems


def _iso(text: str) -> bool:
    import re

    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) is not None


def _unknown(column: Column, values: Iterable[str], field: str) -> list[Problem]:
    if not column.choices:
        return []
    options = "、".join(list(column.choices)[:20])
    return [
        Problem("bad_choice", f"“{column.zh}”没有“{v[:40]}”；可用：{options}", field=field, value=v[:80])
        for v in values
        if v not in column.choices
    ]


def read_body(columns: Iterable[Column], given: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values of a body. Refuses unknown names, wrong JSON types and everything the sheet's reader refuses, together."""
    columns = list(columns)
    rest, fen, problems = dict(given), {}, []
    for column in columns:
        name = attribute(column.name)
        if column.kind not in MONEY or name not in rest:
            continue
        value = rest.pop(name)
        if column.name in rest:
            problems.append(Problem("two_units", f"“{column.zh}”只能用一种单位：{column.name} 或 {name}", field=name))
        elif value is not None and (type(value) is not int or abs(value) > FEN["maximum"]):
            problems.append(Problem("bad_number", f"“{name}”应为整数（分）", field=name))
        else:
            fen[column.name] = value
    problems += json_types(columns, rest)
    wrong = {str(p.field).split("[")[0] for p in problems}
    values, found = parse_values([_optional(c) for c in columns], {k: v for k, v in rest.items() if k not in wrong})
    problems += found
    if problems:
        raise Refused.of(problems)
    return {**values, **fen}


def _optional(column: Column) -> Column:
    """A column whose blank is let through: whether it may be blank is for the act to say, with the whole row before it."""
    from dataclasses import replace

    return replace(column, required=False) if column.required else column


def row_out(columns: Iterable[Column], row: Mapping[str, Any], hide: frozenset[str]) -> dict[str, Any]:
    """A typed row as answered: hidden columns are left out, money in fen, dates ISO."""
    found: dict[str, Any] = {}
    for column in columns:
        if column.name in hide:
            continue
        value = row.get(column.name)
        if column.kind in MONEY:
            found[attribute(column.name)] = value
        elif column.kind in ("text", "longtext", "ref", "code") and isinstance(value, str | None):
            found[column.name] = value
        else:
            found[column.name] = plain(column, value)
    return found


def act_schema(register: Register, spec: Act) -> dict[str, Any]:
    """JSON Schema of an act's ``values``."""
    columns = acting.fields_of(register, spec)
    return {
        "title": spec.zh, "x-title-en": spec.en, "type": "object", "properties": fields_in(columns),
        "required": [c.name for c in columns if c.required and c.kind not in MONEY and spec.act != "change"], "additionalProperties": False,
        "x-reason-required": acting.reason_required(register, spec), "x-dangerous": spec.danger, "x-creates": spec.creates,
    }  # fmt: skip


def create_columns(register: Register) -> list[Column]:
    """Columns of a new record."""
    return list(acting.fields_of(register, register.acts["create"])) if "create" in register.acts else vals.own_columns(register)
