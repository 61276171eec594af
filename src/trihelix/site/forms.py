"""Forms generated from columns: what a column is decides the widget, the reading and the refusal. They work without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from trihelix.engines.errors import Problem
from trihelix.engines.money import format_fen, format_wan
from trihelix.engines.sheets import Column
from trihelix.engines.sheets.cells import cell, parse_values
from trihelix.site.display import words

SPARE_ROWS = 5
WIDGETS = {"longtext": "area", "boolean": "check", "choice": "select", "rows": "rows"}


@dataclass
class RowCell:
    """One input of a row table."""

    column: Column
    name: str
    text: str
    label: str

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(value, words(label)) for value, label in self.column.choices.items()]

    @property
    def input(self) -> str:
        return "date" if self.column.kind == "date" else "text"

    @property
    def example(self) -> Any:
        return self.column.example


@dataclass
class Field:
    """One field as shown: its column, what it holds now, what is wrong with it."""

    column: Column
    text: str = ""
    values: list[str] = field(default_factory=list)
    table: list[Mapping[str, Any]] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)  # suggestions for a reference
    lookup: str = ""  # address that suggests references while one types
    own: list[tuple[str, str]] = field(default_factory=list)  # the only possible values, such as one's own bodies

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def required(self) -> bool:
        return self.column.required

    @property
    def widget(self) -> str:
        if self.own:
            return "select"
        if self.column.kind == "list":
            return "checks" if self.column.choices else "area"
        return WIDGETS.get(self.column.kind, "input")

    @property
    def wide(self) -> bool:
        """Whether it takes the whole width of the form."""
        return self.widget in ("area", "rows", "checks") or self.column.name == "title"

    @property
    def input(self) -> str:
        return "date" if self.column.kind == "date" else "text"

    @property
    def mode(self) -> str:
        return {"integer": "numeric", "decimal": "decimal", "money_wan": "decimal", "money_yuan": "decimal"}.get(self.column.kind, "")

    @property
    def height(self) -> int:
        return 5 if self.column.kind == "longtext" else 3

    @property
    def checked(self) -> bool:
        return self.text == "true"

    @property
    def choices(self) -> list[tuple[str, str]]:
        return self.own or [(value, words(label)) for value, label in self.column.choices.items()]

    @property
    def placeholder(self) -> str:
        example = self.column.example
        if example in (None, "", []) or self.column.kind in ("date", "choice", "boolean"):
            return ""
        return _("例：%(example)s") % {"example": "；".join(example) if isinstance(example, list | tuple) else example}

    @property
    def help(self) -> str:
        hints = [self.column.help] if self.column.help and self.widget != "rows" else []  # a row table explains itself
        if self.column.kind == "list" and not self.column.choices:
            hints.append(_("每行一项"))
        if self.column.kind == "ref" and not self.own:
            hints.append(_("填编号、统一社会信用代码或全称"))
        return _("；").join(hints)

    @property
    def described(self) -> str:
        wrong = [f"wrong-{self.name}-{i}" for i in range(1, len(self.errors) + 1)]
        return " ".join(([f"help-{self.name}"] if self.help else []) + wrong)

    @property
    def rows(self) -> list[list[RowCell]]:
        count = max(SPARE_ROWS, len(self.table) + 2)
        out = []
        for i in range(count):
            row = self.table[i] if i < len(self.table) else {}
            out.append(
                [
                    RowCell(
                        c,
                        f"{self.name}.{i}.{c.name}",
                        str(row.get(c.name, "")),
                        _("%(name)s，第 %(n)d 行") % {"name": words(c), "n": i + 1},
                    )
                    for c in self.column.rows
                ]
            )
        return out


@dataclass
class Form:
    """The fields of a form in order, and every problem with the place it belongs to."""

    fields: list[Field]
    problems: list[Problem] = field(default_factory=list)

    @property
    def labels(self) -> dict[str, str]:
        return {f.name: words(f.column) for f in self.fields}

    def named(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)


def base_name(field_name: str | None) -> str:
    """The form field a problem belongs to: ``indicators[0].target`` → ``indicators``."""
    return re.split(r"[\[.]", field_name or "", maxsplit=1)[0]


def build(columns: Iterable[Column], initial: Mapping[str, Any]) -> Form:
    """A form over typed values, as a register row holds them."""
    fields = []
    for column in columns:
        made, value = Field(column), initial.get(column.name)
        if column.kind == "rows":
            made.table = [{c.name: text_of(c, row[c.name]) for c in column.rows if row.get(c.name) is not None} for row in value or []]
        elif column.kind == "list":
            made.values = [str(v) for v in value or []]
            made.text = "\n".join(made.values)
        elif column.kind == "boolean":
            made.text = "true" if value else ""
        elif value is not None:
            made.text = text_of(column, value)
        fields.append(made)
    return Form(fields)


def text_of(column: Column, value: Any) -> str:
    """A value as one types it: never an exponent, however small the sum."""
    if column.kind in ("money_wan", "money_yuan"):
        return (format_wan(value) if column.kind == "money_wan" else format_fen(value)).replace(",", "")
    if column.kind == "decimal":
        return format(value, "f")
    shown = value if column.kind == "choice" else cell(column, value)
    return "" if shown is None else str(shown)


def read_raw(columns: Iterable[Column], data: Any) -> dict[str, Any]:
    """Raw values of a submitted form by column."""
    raw: dict[str, Any] = {}
    for column in columns:
        name = column.name
        if column.kind == "rows":
            raw[name] = _read_rows(column, data)
        elif column.kind == "list" and column.choices:
            raw[name] = data.getlist(name)
        elif column.kind == "boolean":
            raw[name] = data.get(name) == "true"
        else:
            raw[name] = data.get(name, "").strip()
    return raw


def _read_rows(column: Column, data: Any) -> list[dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    known = {c.name for c in column.rows}
    for key in data:
        parts = key.split(".")
        if len(parts) == 3 and parts[0] == column.name and parts[1].isdigit() and parts[2] in known and data[key].strip():
            found.setdefault(int(parts[1]), {})[parts[2]] = data[key].strip()
    return [found[i] for i in sorted(found)]


def bind(columns: Iterable[Column], data: Any) -> tuple[Form, dict[str, Any]]:
    """A form over submitted text, and its typed values; wrong fields are problems of the form."""
    columns = list(columns)
    raw = read_raw(columns, data)
    values, problems = parse_values(columns, raw)
    fields = []
    for column in columns:
        made, value = Field(column), raw[column.name]
        if column.kind == "rows":
            made.table = value
        elif column.kind == "list":
            made.values = value if isinstance(value, list) else []
            made.text = value if isinstance(value, str) else "\n".join(value)
        else:
            made.text = "true" if value is True else "" if value is False else value
        fields.append(made)
    form = Form(fields)
    place(form, problems)
    return form, values


def place(form: Form, problems: Iterable[Problem]) -> None:
    """Put problems at their fields and into the summary."""
    for problem in problems:
        name = base_name(problem.field)
        if (found := form.named(name)) is not None:
            found.errors.append(problem)
            problem = replace(problem, field=name)
        form.problems.append(problem)


def without_blanks(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a new record: what was left empty is not given at all."""
    return {k: v for k, v in values.items() if v not in (None, "", [])}
