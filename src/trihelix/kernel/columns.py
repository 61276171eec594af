"""Columns and choices that many sheets share."""

from __future__ import annotations

from trihelix.engines.sheets import Column
from trihelix.kernel import book

# What the system keeps: written by exports, read back by imports to find the row and to notice a stale edit.
SYSTEM: tuple[Column, ...] = (
    Column("state", "text", "状态", "State"),
    Column("number", "text", "系统编号", "Number"),
    Column("uid", "text", "唯一标识", "UID"),
    Column("version", "integer", "版本", "Version"),
    Column("synthetic", "boolean", "合成数据", "Synthetic"),
)


def options(*triples: tuple[str, str, str]) -> dict[str, tuple[str, str]]:
    """Choices of a column: value → (Chinese, English)."""
    return {value: (zh, en) for value, zh, en in triples}


def code_choices(system: str) -> dict[str, tuple[str, str]]:
    """Choices from a code list of the book: code → (Chinese, English)."""
    codes = book.current().codes[system]
    english = dict(codes.choices("en"))
    return {code: (zh, english.get(code, zh)) for code, zh in codes.choices("zh")}
