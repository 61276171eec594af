"""The one declaration of a column and of a sheet.

Values in Python, by kind: text, longtext, ref, code → ``str``; integer → ``int``; decimal → ``Decimal``; money_wan and
money_yuan → integer fen; date → ``date``; boolean → ``bool``; choice → the key of the choice; list → ``list[str]``;
rows → ``list[dict]`` with blank fields absent. A blank is ``None``, or ``[]`` for list and rows.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from trihelix.engines.errors import Problem

KINDS = (
    "text", "longtext", "integer", "decimal", "money_wan", "money_yuan", "date", "boolean", "choice", "code", "ref", "list", "rows",
)  # fmt: skip
LANGS = ("zh", "en", "name")


def fold(text: str) -> str:
    """Text as compared for headers and choices: width, case and spaces do not matter."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a register's sheet; form, template, import, export and schema are made from it.

    ``choices`` maps the stored key to its (Chinese, English) label and limits a choice, or each item of a list.
    ``rows`` are the columns of a repeated group, such as a need's indicators. ``check`` looks at a parsed value and
    returns a problem or ``None``.
    """

    name: str
    kind: str
    zh: str
    en: str
    unit: str | None = None
    required: bool = False
    example: Any = None
    choices: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    help: str = ""
    rows: tuple[Column, ...] = ()
    check: Callable[[Any], Problem | None] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.name}: kind {self.kind!r} is none of {', '.join(KINDS)}")
        if (self.kind == "choice") > bool(self.choices) or (self.kind == "rows") != bool(self.rows):
            raise ValueError(f"column {self.name}: a choice needs choices, and only rows have columns of their own")
        if any(c.kind in ("rows", "list") for c in self.rows):
            raise ValueError(f"column {self.name}: a repeated group holds plain columns only")

    def label(self, lang: str = "zh") -> str:
        """The column's name for people (``zh``, ``en``) or machines (``name``)."""
        return {"zh": self.zh, "en": self.en, "name": self.name}[lang]

    def header(self, lang: str = "zh") -> str:
        """The heading of the column in a file: label, unit in brackets."""
        unit = self.unit if lang == "zh" else {"万元": "10k yuan", "元": "yuan", "人": "persons"}.get(self.unit or "", self.unit)
        return self.name if lang == "name" else self.label(lang) + (f"（{unit}）" if unit else "")

    @property
    def blank(self) -> Any:
        """The value of an empty cell."""
        return [] if self.kind in ("list", "rows") else None

    @cached_property
    def choice_index(self) -> dict[str, list[str]]:
        """Folded key or label → keys; a label that several choices share leads to all of them."""
        index: dict[str, list[str]] = {}
        for key, labels in self.choices.items():
            for text in {fold(t) for t in (key, *labels, *(key + t for t in labels))}:
                index.setdefault(text, []).append(key)
        for key in self.choices:
            index[fold(key)] = [key]
        return index

    def choice_label(self, key: str, lang: str = "zh") -> str:
        """The label of a choice as written to files: the key itself where the label would not lead back to it."""
        if lang == "name" or key not in self.choices:
            return key
        text = self.choices[key][1 if lang == "en" else 0]
        return text if self.choice_index[fold(text)] == [key] else key

    def nearest(self, text: str) -> list[str]:
        """Up to three choices most like the text, shown as ``key label``."""
        shown = {fold(t): f"{k} {labels[0]}" if k != labels[0] else k for k, labels in self.choices.items() for t in (k, *labels)}
        found = difflib.get_close_matches(fold(text), list(shown), 3, 0.5) or [t for t in shown if fold(text) and fold(text) in t][:3]
        return list(dict.fromkeys(shown[t] for t in found))


@dataclass(frozen=True, eq=False)
class Sheet:
    """The columns of a register's file.

    ``key`` names the columns that make a row unique inside one file; its last column must be filled for the rule to
    apply. A row that fills one of ``identity`` points at an existing record, so a required column may be absent.
    ``kept`` columns belong to the system: exports write them, the empty form leaves them out.
    """

    register: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("owner", "ref")
    identity: tuple[str, ...] = ("uid", "number")
    kept: tuple[str, ...] = ("state", "number", "uid", "version", "synthetic")
    zh: str = ""

    def __post_init__(self) -> None:
        for lang in LANGS:
            labels = [fold(c.label(lang)) for c in self.columns]
            twice = sorted({t for t in labels if labels.count(t) > 1})
            if twice:
                raise ValueError(f"sheet {self.register}: two columns are called {', '.join(twice)}")

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Machine name → column."""
        return {c.name: c for c in self.columns}

    @cached_property
    def header_index(self) -> dict[str, Column]:
        """Folded heading in any language → column; a machine name wins over another column's label."""
        return {fold(c.label(lang)): c for lang in ("en", "zh", "name") for c in self.columns}

    def find(self, heading: str) -> Column | None:
        """The column a heading means: a mark ``*`` and a unit in brackets do not matter."""
        text = fold(heading).rstrip("*")
        return self.header_index.get(text) or self.header_index.get(re.sub(r"\([^()]*\)$", "", text).rstrip("*"))

    def key_of(self, row: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The row's key, or ``None`` where its last part is blank."""
        names = [k for k in self.key if k in self.by_name]
        values = tuple(row.get(k) for k in names)
        return values if values and values[-1] is not None else None

    def suggest(self, heading: str) -> list[str]:
        """Up to three headings most like an unknown one."""
        shown = {fold(c.label(lang)): c.zh for c in self.columns for lang in LANGS}
        return list(dict.fromkeys(shown[t] for t in difflib.get_close_matches(fold(heading), list(shown), 3, 0.5)))


def headings(columns: Iterable[Column], lang: str = "zh") -> list[str]:
    """The heading row of a file."""
    return [c.header(lang) for c in columns]
