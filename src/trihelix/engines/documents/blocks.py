"""What a document is made of, and a small mark-up for writing it.

``# `` to ``#### `` begin a heading, ``- `` an item, ``>> `` a line at the right (signature, date), ``>< `` a centred
line, ``| a | b |`` a row of a table whose first row is the heading, ``---`` a new page; ``**words**`` are bold. Other
lines are paragraphs, parted by blank lines. Numbers such as 一、 or 1. are written out, as official papers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Align = Literal["left", "center", "right"]
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_RULE = re.compile(r"^\|(?:\s*:?-+:?\s*\|)+$")
_NUMBER = re.compile(r"^[+-]?[\d,]+(?:\.\d+)?(?:%|元|万元|亿元|项|家|人|件|个|次)?$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Run:
    """A stretch of text of one weight."""

    text: str
    bold: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; the first line is indented by two characters unless it is centred or at the right."""

    text: str
    align: Align = "left"


@dataclass(frozen=True)
class Item:
    """One item of a list."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table with a heading row that repeats on each page; short rows are filled with blanks. ``widths`` are shares of the width."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    widths: tuple[int, ...] = ()

    def aligns(self) -> list[Align]:
        """Columns that hold only numbers stand at the right."""
        columns = [[r[i] for r in self.rows if i < len(r) and r[i]] for i in range(len(self.header))]
        return ["right" if c and all(_NUMBER.match(v) for v in c) else "left" for c in columns]

    def grid(self) -> list[tuple[str, ...]]:
        """Every row as wide as the heading; a wider row is an error of the caller."""
        width = len(self.header)
        if any(len(r) > width for r in self.rows):
            raise ValueError(f"a table row is wider than its {width} headings")
        return [(*r, *[""] * (width - len(r))) for r in self.rows]


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Item | Table | PageBreak


@dataclass(frozen=True)
class Document:
    """A document. ``note`` stands small above the title (synthetic data, draft); ``issued`` dates the file itself."""

    title: str
    blocks: tuple[Block, ...]
    note: str = ""
    lang: str = "zh"
    issued: date | None = None


def clean(text: str) -> str:
    """Text without the characters that neither Word nor HTML can hold."""
    return _CONTROL.sub("", text)


def runs(text: str) -> list[Run]:
    """Split at ``**bold**``; the stars vanish."""
    parts = _BOLD.split(clean(text))
    return [Run(part, i % 2 == 1) for i, part in enumerate(parts) if part]


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of a text in the mark-up of this module."""
    out: list[Block] = []
    lines: list[str] = []
    table: list[tuple[str, ...]] = []
    for line in [*clean(text).replace("\r\n", "\n").split("\n"), ""]:
        if line.startswith("|") and line.rstrip().endswith("|"):
            out += _paragraph(lines)
            if not _RULE.match(line.strip()):
                table.append(_cells(line))
            continue
        if table:
            out.append(Table(table[0], tuple(table[1:])))
            table = []
        block = _block(line)
        if block is not None or not line.strip():
            out += _paragraph(lines)
        if block is not None:
            out.append(block)
        elif line.strip():
            lines.append(line.strip())
    return tuple(out)


def _block(line: str) -> Block | None:
    if heading := re.match(r"^(#{1,4}) +(.+)$", line):
        return Heading(len(heading[1]), heading[2].strip())
    if line.startswith("- "):
        return Item(line[2:].strip())
    if line.startswith(">> "):
        return Paragraph(line[3:].strip(), "right")
    if line.startswith(">< "):
        return Paragraph(line[3:].strip(), "center")
    return PageBreak() if line.strip() == "---" else None


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip()[1:-1]
    return tuple(c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", inner))


def _paragraph(lines: list[str]) -> Iterator[Paragraph]:
    """The waiting lines as one paragraph; a space joins them only between Latin letters or digits."""
    if lines:
        text = _join(lines)
        lines.clear()
        yield Paragraph(text)


def _join(lines: Sequence[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        text += (" " if text[-1:].isascii() and line[:1].isascii() else "") + line
    return text
