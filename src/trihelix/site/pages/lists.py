"""The list page of every register, its export and its empty form."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from trihelix.engines import sheets
from trihelix.engines.errors import Refused
from trihelix.engines.sheets import Sheet
from trihelix.kernel import bulk, clock
from trihelix.kernel.register import Register, attribute
from trihelix.site import display
from trihelix.site.listing import PAGE_SIZE, Listing, column_of, exported_rows, shown_rows
from trihelix.site.pages import common
from trihelix.site.words import often_words

FORMATS = ("xlsx", "csv", "jsonl")
RIGHT = ("integer", "decimal", "money_wan", "money_yuan")


def page_language() -> str:
    """The language of headings in a file: that of the page."""
    return "en" if display.english() else "zh"


@require_safe
def show(request: HttpRequest, register: Register) -> HttpResponse:
    """The list as its address describes it."""
    listing = Listing.of(register, request.actor, request.GET)
    page = Paginator(listing.queryset(), PAGE_SIZE).get_page(request.GET.get("page"))
    creates = common.create_acts(register, request.actor)
    plain = creates[0] if creates and creates[0].act == "create" else None
    counts = listing.group_counts()
    rows = [_row(listing, e, v) for e, v in shown_rows(listing, page)]
    context = {
        "register": register, "listing": listing, "page": page, "window": window(page), "rows": grouped(listing, page, rows, counts), "groupable": [column_of(register, n) for n in listing.groupable],
        "query_string": _query(request), "often": often_words(),
        "heads": _heads(listing), "filters": listing.filters, "narrowed": sum(f.given for f in listing.filters), "states": [s for s in register.flow.states if not s.retired], "active": listing.active,
        "all_columns": listing.all_columns, "shown_names": {c.name for c in listing.columns}, "formats": FORMATS, "problems": listing.problems,
        "kept": [(n, v) for n in request.GET for v in request.GET.getlist(n) if n not in ("cols", "page")], "query": "",
        "help": (register.help_en if display.english() else "") or register.help_zh, "create": plain, "can_create": plain is not None,
        "more_creates": [a for a in creates if a.act != "create"], "can_import": common.may_import(register, request.actor),
    }  # fmt: skip
    return render(request, "trihelix/list.html", context, status=422 if listing.problems else 200)


def _query(request: HttpRequest) -> str:
    """The address of the list without its page: what a saved search and a batch keep."""
    given = request.GET.copy()
    given.pop("page", None)
    return str(given.urlencode())


def grouped(listing: Listing, page: Page[Any], rows: list[dict[str, Any]], counts: dict[Any, int]) -> list[dict[str, Any]]:
    """Rows with the heading of each group before its first one on the page."""
    if not listing.group:
        return rows
    column = column_of(listing.register, listing.group)
    last: Any = object()
    for entry, row in zip(page, rows, strict=True):
        value = _group_value(listing, entry)
        if value != last:
            shown = display.chip(listing.register, value) if listing.group == "state" else display.value(column, value)
            row["group"], row["group_count"], last = shown, counts.get(value, 0), value
    return rows


def _group_value(listing: Listing, entry: Any) -> Any:
    if listing.group in ("owner", "node"):
        held = getattr(entry.record, listing.group)
        return held.title if held else None
    return entry.record.state if listing.group == "state" else getattr(entry, attribute(listing.group))


def window(page: Page[Any]) -> list[int]:
    """Page numbers around the present one; 0 stands for a gap."""
    last, here = page.paginator.num_pages, page.number
    wanted = sorted({1, last, *range(max(1, here - 2), min(last, here + 2) + 1)})
    out: list[int] = []
    for number in wanted:
        if out and number > out[-1] + 1:
            out.append(0)
        out.append(number)
    return out


def _heads(listing: Listing) -> list[dict[str, Any]]:
    """Column heads: the address that sorts by each, and which one is sorted."""
    out = []
    for column in listing.columns:
        name = column.name
        up, down = listing.sort == name, listing.sort == f"-{name}"
        sort = (f"-{name}" if up else name) if name in listing.sortable else ""
        out.append(
            {"column": column, "sort": sort, "sorted": "ascending" if up else "descending" if down else "", "right": column.kind in RIGHT}
        )
    return out


def _row(listing: Listing, entry: Any, values: dict[str, Any]) -> dict[str, Any]:
    lead = "title" if any(c.name == "title" for c in listing.columns) else listing.columns[0].name
    cells = []
    for column in listing.columns:
        raw = values[column.name]
        text = display.chip(listing.register, entry.record.state) if column.name == "state" else display.value(column, raw)
        if column.name == lead:
            text = raw or entry.record.title
        css = (
            "right"
            if column.kind in RIGHT
            else "narrow"
            if column.kind in ("date", "boolean", "choice") or column.name in ("state", "number")
            else ""
        )
        blank = " blank" if raw in (None, "", []) else ""
        cells.append(
            {
                "column": column,
                "text": text,
                "lead": column.name == lead,
                "css": (css + (" lead" if column.name == lead else "") + blank).strip(),
            }
        )
    return {"url": reverse("record", args=[listing.register, entry.record.uid]), "synthetic": entry.record.synthetic, "cells": cells}


@require_safe
def export(request: HttpRequest, register: Register, fmt: str) -> HttpResponse:
    """The list as a file: the rows and columns shown, or with ``whole=1`` every column, ready to be imported again."""
    listing = Listing.of(register, request.actor, request.GET)
    rows = listing.queryset()
    if listing.problems:
        raise Refused.of(listing.problems)
    whole = request.GET.get("whole") == "1"
    sheet = register.sheet if whole else Sheet(register.id, tuple(_plain(c) for c in listing.columns), zh=register.zh)
    data = bulk.export_rows(register, rows, request.actor) if whole else exported_rows(listing)
    out = scratch(f".{fmt}")
    sheets.write(sheet, data, out, page_language())
    mark = "-演示数据" if _synthetic(listing) else ""
    return sent(out, f"{register.zh}-{clock.today():%Y%m%d}{mark}.{fmt}")


def _plain(column: sheets.Column) -> sheets.Column:
    """References are shown by name, so the column holds text there."""
    kind = "text" if column.kind in ("ref", "code") else column.kind
    return sheets.Column(column.name, kind, column.zh, column.en, column.unit, choices=column.choices, rows=column.rows)


def _synthetic(listing: Listing) -> bool:
    return listing.queryset().filter(record__synthetic=True).exists()


@require_safe
def template(request: HttpRequest, register: Register) -> HttpResponse:
    """The register's empty Excel form, with a sample row, lists and notes."""
    out = scratch(".xlsx")
    sheets.template(register.sheet, out, page_language())
    return sent(out, f"{register.zh}-模板.xlsx" if page_language() == "zh" else f"{register.id}-template.xlsx")


def scratch(suffix: str) -> Path:
    handle = tempfile.NamedTemporaryFile(suffix=suffix, delete=False)  # noqa: SIM115  (removed once it is open for sending)
    handle.close()
    return Path(handle.name)


def sent(path: Path, name: str) -> FileResponse:
    """Send a scratch file and forget it: the open handle outlives the name."""
    stream = path.open("rb")
    path.unlink()
    return FileResponse(stream, as_attachment=True, filename=name)
