"""Sheets: one column declaration gives the Excel template, the import with row errors, the export and the JSON Schema."""

from trihelix.engines.sheets.cells import cell, is_formula, parse, parse_values, plain
from trihelix.engines.sheets.columns import Column, Sheet
from trihelix.engines.sheets.forms import mark_errors, template
from trihelix.engines.sheets.reading import read
from trihelix.engines.sheets.schema import json_schema
from trihelix.engines.sheets.writing import plain_row, write

__all__ = [
    "Column",
    "Sheet",
    "cell",
    "is_formula",
    "json_schema",
    "mark_errors",
    "parse",
    "parse_values",
    "plain",
    "plain_row",
    "read",
    "template",
    "write",
]
