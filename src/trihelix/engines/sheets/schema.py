"""The sheet as JSON Schema (2020-12): what `trihelix schema` prints and what a JSON-lines row must be."""

from __future__ import annotations

from typing import Any

from trihelix.engines.errors import Refused
from trihelix.engines.sheets.cells import parse, plain
from trihelix.engines.sheets.columns import Column, Sheet

_TYPES: dict[str, list[str]] = {
    "integer": ["integer", "string"], "decimal": ["number", "string"],
    "money_wan": ["number", "string"], "money_yuan": ["number", "string"], "boolean": ["boolean", "string"],
    "list": ["array", "string"], "rows": ["array", "string"],
}  # fmt: skip


def json_schema(sheet: Sheet) -> dict[str, Any]:
    """JSON Schema of one row. ``x-…`` keys carry what the standard has no word for: kind, unit, English label, labels of choices."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": sheet.zh or sheet.register,
        "type": "object",
        "x-register": sheet.register,
        "x-key": [k for k in sheet.key if k in sheet.by_name],
        "properties": {c.name: _column(c) for c in sheet.columns},
        "required": [c.name for c in sheet.columns if c.required],
        "additionalProperties": False,
    }


def _column(column: Column) -> dict[str, Any]:
    types = _TYPES.get(column.kind, ["string"])
    out: dict[str, Any] = {
        "title": column.zh,
        "x-title-en": column.en,
        "x-kind": column.kind,
        "type": types if column.required else [*types, "null"],
    }
    if column.kind == "date":
        out["format"] = "date"
    if column.unit:
        out["x-unit"] = column.unit
    if column.help:
        out["description"] = column.help
    if column.choices:
        out["x-choices"] = [{"value": k, "zh": zh, "en": en} for k, (zh, en) in column.choices.items()]
    if column.kind == "choice":
        out["enum"] = [*column.choices, *([] if column.required else [None])]
    if column.kind == "list":
        out["items"] = {"type": "string", **({"enum": list(column.choices)} if column.choices else {})}
    if column.kind == "rows":
        out["items"] = {
            "type": "object",
            "properties": {c.name: _column(c) for c in column.rows},
            "required": [c.name for c in column.rows if c.required],
            "additionalProperties": False,
        }
        out["x-cell"] = "|".join(c.name for c in column.rows)
    example = example_value(column)
    if example is not None and example != []:
        out["examples"] = [plain(column, example)]
    return out


def example_value(column: Column) -> Any:
    """The parsed example of a column; of repeated rows, one row made of the examples of their columns."""
    raw = column.example
    if raw is None and column.kind == "rows":
        raw = [{c.name: c.example for c in column.rows if c.example is not None}]
    if raw is None:
        return column.blank
    try:
        return parse(column, raw)
    except Refused as refusal:
        raise ValueError(f"column {column.name}: the example {raw!r} is refused: {refusal}") from refusal
