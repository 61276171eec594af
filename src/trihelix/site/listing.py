"""One list of a register as its address describes it: filters, sort, chosen columns; so that a list can be shared and exported as shown.

Filter names are those of the kernel's listing (``column=…``, ``column__gte=…``), so an address works on page and API alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import Column
from trihelix.kernel import clock
from trihelix.kernel import listing as kernel
from trihelix.kernel import values as vals
from trihelix.kernel.actor import Actor, entries, visible_q, visible_to
from trihelix.kernel.bulk import columns_attribute
from trihelix.kernel.models import Label, Link, Record
from trihelix.kernel.register import Register, attribute
from trihelix.kernel.teams import of_teams
from trihelix.site.display import words

PAGE_SIZE = 50
CHUNK = 500
RANGES = ("date", "integer", "decimal", "money_wan", "money_yuan", "moment")
RESERVED = ("q", "sort", "cols", "page", "whole", "group", "label", "batch", "behalf")
HIDDEN = ("uid", "version", "synthetic")
ON_RECORD = ("title", "state", "number", "ref", "version", "uid", "synthetic", "visibility", "created_at", "updated_at")
# Columns that every register has on its base record, beside its sheet.
BASE = {
    "number": Column("number", "text", "编号", "Number"), "title": Column("title", "text", "名称", "Title"),
    "state": Column("state", "text", "状态", "State"), "owner": Column("owner", "ref", "所属单位", "Owner"),
    "node": Column("node", "ref", "经办站点", "Node"), "ref": Column("ref", "text", "外部编号", "External key"),
    "created_at": Column("created_at", "date", "建立日期", "Created"), "updated_at": Column("updated_at", "date", "更新日期", "Updated"),
}  # fmt: skip


def own_field(register: Register, name: str) -> Any:
    """The field of the register's own table, if it has one of that name."""
    return next((f for f in register.model._meta.concrete_fields if name in (f.name, f.attname)), None)


def column_of(register: Register, name: str) -> Column | None:
    """The column of a list: of the sheet, of the base record, or one that acts set."""
    if name in ("number", "state"):  # the sheet's own wording is for files
        return BASE[name]
    return register.column(name) or BASE.get(name) or next((c for c in register.computed if c.name == name), None)


@dataclass
class Filter:
    """One filter as shown and as given."""

    column: Column
    kind: str  # choice | range | text
    values: list[str] = field(default_factory=list)
    low: str = ""
    high: str = ""

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def param(self) -> str:
        """The name in the address: free text is looked for inside the value, references are named exactly."""
        return f"{self.name}__contains" if self.kind == "text" and self.column.kind in ("text", "longtext", "code") else self.name

    @property
    def given(self) -> bool:
        return bool(self.values or self.low or self.high)

    @property
    def input(self) -> str:
        return "date" if self.column.kind == "date" else "number"

    @property
    def choices(self) -> list[tuple[str, str]]:
        if self.column.kind == "boolean":
            return [("true", _("是")), ("false", _("否"))]
        return [(value, words(label)) for value, label in self.column.choices.items()]


def filter_of(column: Column, params: Any) -> Filter:
    """A filter with what the address gives: by choice, by range, or by text."""
    kind = "choice" if column.choices or column.kind == "boolean" else "range" if column.kind in RANGES else "text"
    made = Filter(column, kind)
    made.values = [v for v in params.getlist(made.param) if v]
    made.low, made.high = params.get(f"{made.name}__gte", "").strip(), params.get(f"{made.name}__lte", "").strip()
    return made


@dataclass
class Listing:
    """A list for one viewer. ``problems`` says what in the address could not be understood; then nothing is shown."""

    register: Register
    actor: Actor
    text: str = ""
    given: list[tuple[str, str]] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    sort: str = ""
    chosen: list[str] = field(default_factory=list)
    group: str = ""
    label: str = ""
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, register: Register, actor: Actor, params: Any) -> Listing:
        """Read an address."""
        made = cls(register, actor, params.get("q", "").strip(), sort=params.get("sort", ""))
        made.given = [(n, v) for n in params for v in params.getlist(n) if n not in RESERVED and v]
        columns = (column_of(register, n) for n in register.filters)
        known = kernel.filterable(register)
        made.filters = [filter_of(c, params) for c in columns if c is not None and c.name in known and not made.closed(c.name)]
        made.label = params.get("label", "").strip()
        made.group = params.get("group", "")
        if made.group and made.group not in made.groupable:
            made.problems.append(
                Problem("unknown_group", f"不能按 “{made.group}” 分组；可用：{'、'.join(made.groupable)}", field="group", value=made.group)
            )
            made.group = ""
        names = {c.name for c in made.all_columns}
        made.chosen = [c for c in dict.fromkeys(params.getlist("cols")) if c in names]
        if made.sort and made.sort.removeprefix("-") not in made.sortable:
            text = f"不能按 “{made.sort.removeprefix('-')}” 排序；可用：{'、'.join(made.sortable)}"
            made.problems.append(Problem("unknown_sort", text, field="sort", value=made.sort))
        return made

    def closed(self, name: str) -> bool:
        """Columns by which this viewer may not filter or sort: their order would tell what they hold."""
        return kernel.hidden(self.register, name, self.actor)

    @cached_property
    def sortable(self) -> list[str]:
        return [n for n in kernel.sortable(self.register) if not self.closed(n)]

    @cached_property
    def groupable(self) -> list[str]:
        """Columns by which the rows may be put together: those with few values."""
        names = [
            "state",
            "owner",
            "node",
            *(c.name for c in self.all_columns if c.kind in ("choice", "boolean") and own_field(self.register, c.name) is not None),
        ]
        known = kernel.filterable(self.register)
        return [
            n
            for n in dict.fromkeys(names)
            if n in known and not self.closed(n) and not (n == "owner" and self.register.owner_masked_q is not None)
        ]

    def group_path(self) -> str:
        """The query path of the column that the rows are grouped by."""
        return f"record__{self.group}__title" if self.group in ("owner", "node") else columns_attribute(self.register, self.group)

    def group_counts(self) -> dict[Any, int]:
        """How many rows each group has: one query."""
        if not self.group or self.problems:
            return {}
        found = self.queryset().order_by().values(self.group_path()).annotate(n=Count("pk")).values_list(self.group_path(), "n")
        return dict(found)

    @property
    def states(self) -> list[str]:
        return [v for n, v in self.given if n == "state"]

    @property
    def active(self) -> list[str]:
        """What narrows the list."""
        return (["q"] if self.text else []) + (["label"] if self.label else []) + [n for n, _value in self.given]

    @cached_property
    def all_columns(self) -> list[Column]:
        """Columns one may choose, the usual ones first."""
        names = [*self.register.list_columns, *(c.name for c in self.register.sheet.columns), "node", "created_at", "updated_at"]
        found = (column_of(self.register, n) for n in dict.fromkeys(names) if n not in HIDDEN and not self.closed(n))
        return [c for c in found if c is not None and c.kind != "rows"]

    @cached_property
    def columns(self) -> list[Column]:
        """The columns shown: those chosen, else the register's usual ones."""
        by_name = {c.name: c for c in self.all_columns}
        return [by_name[n] for n in self.chosen or self.register.list_columns if n in by_name]

    def queryset(self) -> QuerySet[Any]:
        """The rows this viewer sees under these filters, in a total order."""
        try:
            rows = kernel.chosen(self.register, self.actor, self.given, self.text)
        except Refused as refusal:
            self.problems += refusal.problems
        if self.problems:
            return entries(self.actor, self.register.model).none()
        if self.label:
            rows = rows.filter(record__in=Label.objects.filter(of_teams(self.actor), word=self.label).values("record"))
        refs = [n for n in self.register.refs if own_field(self.register, n) is not None]
        return rows.select_related("record__owner", "record__node", *refs).order_by(*self._order())

    def _order(self) -> list[Any]:
        """Groups first, then as sorted; always a total order."""
        return ([F(self.group_path()).asc(nulls_last=True)] if self.group else []) + self._sorted()

    def _sorted(self) -> list[Any]:
        name = self.sort.removeprefix("-")
        if not name:
            return ["-record__updated_at", "-pk"]
        held = name in self.register.refs and own_field(self.register, name) is not None
        path = f"record__{name}__title" if name in ("owner", "node") and not held else columns_attribute(self.register, name)
        order = F(path).desc(nulls_last=True) if self.sort.startswith("-") else F(path).asc(nulls_last=True)
        return [order, "-pk"]


def linked_titles(register: Register, columns: Iterable[Column], rows: Iterable[Any], actor: Actor) -> dict[tuple[int, str], list[str]]:
    """Titles behind the link columns of a page of rows, in order, as far as the viewer sees the records: one query."""
    kinds = {register.links[c.name][1]: c.name for c in columns if c.name in register.links}
    out: dict[tuple[int, str], list[str]] = {}
    if kinds:
        found = Link.objects.filter(source__in=[r.pk for r in rows], kind__in=kinds).order_by("position", "id")
        found = found.filter(visible_q(actor, "target__"))
        for source, kind, title in found.values_list("source_id", "kind", "target__title"):
            out.setdefault((source, kinds[kind]), []).append(title)
    return out


def seen_references(register: Register, columns: Iterable[Column], rows: Iterable[Any], actor: Actor) -> set[int]:
    """Which records behind the reference columns of a page the viewer may see: one query, none where nothing is referred to."""
    names = [c.name for c in columns if c.name in register.refs and own_field(register, c.name) is not None]
    ids = {getattr(r, f"{n}_id") for r in rows for n in names} - {None}
    return set(visible_to(actor, Record.objects.filter(pk__in=ids)).values_list("pk", flat=True)) if ids else set()


def shown_value(register: Register, entry: Any, name: str, linked: Mapping[tuple[int, str], list[str]], seen: set[int]) -> Any:
    """The value of a column in a list: names instead of keys of other records, dates instead of moments."""
    if name in register.links:
        return linked.get((entry.pk, name), [])
    if name in register.refs and own_field(register, name) is not None:
        value = getattr(entry, name)
        if value is not None and value.pk not in seen:
            return _("（不可查看的记录）")
    elif name in (register.owner_column, "owner"):
        value = entry.record.owner
    elif name == "node" or name in ON_RECORD:
        value = getattr(entry.record, name)
    else:
        value = getattr(entry, attribute(name), None)
    if isinstance(value, dt.datetime):
        return clock.local_date(value)
    return getattr(value, "title", value) if hasattr(value, "register") else value


def shown_rows(listing: Listing, page: Iterable[Any]) -> list[tuple[Any, dict[str, Any]]]:
    """``(entry, {column: value})`` of a page, without what the viewer may not read."""
    page = list(page)
    linked = linked_titles(listing.register, listing.columns, page, listing.actor)
    seen = seen_references(listing.register, listing.columns, page, listing.actor)
    out = []
    for entry in page:
        hide = vals.hidden_for_list(listing.register, listing.actor, entry)
        row = {c.name: None if c.name in hide else shown_value(listing.register, entry, c.name, linked, seen) for c in listing.columns}
        out.append((entry, row))
    return out


def exported_rows(listing: Listing) -> Iterator[dict[str, Any]]:
    """All rows of the list with exactly the columns shown, a bounded number of queries for each chunk."""
    rows = listing.queryset().iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        for entry, row in shown_rows(listing, chunk):
            if "state" in row:
                row["state"] = words(next((s for s in listing.register.flow.states if s.id == entry.record.state), entry.record.state))
            yield row
