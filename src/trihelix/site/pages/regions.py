"""Counts of a register by prefecture unit, drawn as a schematic map with a table beside it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from trihelix.engines.bookfile import load_file
from trihelix.kernel import book
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.register import Register
from trihelix.site.display import words
from trihelix.site.listing import own_field

TILE_W, TILE_H, GAP = 132, 62, 6


def has_division(register: Register) -> bool:
    """Whether the register says where its records are."""
    return "division" in register.filters and own_field(register, "division") is not None


def counts(register: Register, actor: Actor) -> dict[str, Any]:
    """Visible records by prefecture unit: one query; the shape of the map is the book's."""
    codes = book.current().codes["divisions"]
    rows = (
        entries(actor, register.model).exclude(division="").annotate(unit=Substr("division", 1, 4)).values("unit").annotate(n=Count("pk"))
    )
    found = {r["unit"]: r["n"] for r in rows.order_by()}
    tiles = []
    for code, column, row in places():
        unit = codes.get(code)
        if unit is None:
            continue
        inside = [code, *(c.code for c in codes.children(code))]
        address = reverse("list", args=[register]) + "?" + urlencode([("division", c) for c in inside])
        tiles.append({"code": code, "name": words(unit), "count": found.get(code[:4], 0), "x": column, "y": row, "url": address})
    return {"svg": _svg(tiles), "tiles": tiles, "total": sum(t["count"] for t in tiles)}


BLOCK_W, CELL_W, CELL_H, HEAD = 4, 58, 34, 24


def counties(register: Register, actor: Actor) -> dict[str, Any]:
    """Visible records by county, county cells inside the block of their unit: one query. Places are schematic, not borders."""
    codes = book.current().codes["divisions"]
    found = dict(entries(actor, register.model).exclude(division="").order_by().values_list("division").annotate(n=Count("pk")))
    base = reverse("list", args=[register])
    rows: list[dict[str, Any]] = []
    blocks: list[SafeString] = []
    most = max(found.values(), default=0) or 1
    deepest = max((len(list(codes.children(code))) for code, _c, _r in places() if codes.get(code)), default=4)
    high = HEAD + -(-(deepest + 1) // BLOCK_W) * CELL_H + GAP
    wide = BLOCK_W * CELL_W + GAP * 2
    for code, column, row in places():
        unit = codes.get(code)
        if unit is None:
            continue
        cells = [(code, _("本级"))] + [(c.code, words(c)) for c in codes.children(code)]
        parts = []
        for i, (cell, name) in enumerate(cells):
            n = found.get(cell, 0)
            x, y = round(column * wide) + GAP + i % BLOCK_W * CELL_W, round(row * high) + HEAD + i // BLOCK_W * CELL_H
            address = f"{base}?{urlencode([('division', cell)])}"
            rows.append({"unit": words(unit), "name": name, "code": cell, "count": n, "url": address})
            parts.append(
                (
                    address,
                    _shade(n, most),
                    f"{words(unit)} {name} {n}",
                    x,
                    y,
                    CELL_W - 2,
                    CELL_H - 2,
                    x + 3,
                    y + 13,
                    name[:4],
                    x + 3,
                    y + 27,
                    n,
                )
            )
        drawn = format_html_join(
            "", '<a href="{}"><g class="tile shade-{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}"/><text class="county" x="{}" y="{}">{}</text><text class="county" x="{}" y="{}">{}</text></g></a>', parts
        )  # fmt: skip
        blocks.append(
            format_html(
                '<text class="place" x="{}" y="{}">{}</text>{}', round(column * wide) + GAP, round(row * high) + 16, words(unit), drawn
            )
        )
    width = round((max((c for _k, c, _r in places()), default=0) + 1) * wide)
    height = round((max((r for _k, _c, r in places()), default=0) + 1) * high)
    svg = format_html(
        '<svg class="map" viewBox="0 0 {} {}" width="{}" height="{}" role="group" xmlns="http://www.w3.org/2000/svg">{}</svg>', width, height, width, height,
        format_html_join("", "{}", ((b,) for b in blocks)),
    )  # fmt: skip
    return {"svg": svg, "rows": rows, "total": sum(found.values())}


def places() -> list[tuple[str, float, float]]:
    """``(division code, column, row)`` of the schematic map, from the book (``map.yaml``)."""
    path = book.current().path
    return [(str(t["code"]), float(t["column"]), float(t["row"])) for t in load_file(path / "map.yaml", path)["tiles"]]


def _svg(tiles: list[dict[str, Any]]) -> SafeString:
    if not tiles:
        return format_html("")
    most = max(t["count"] for t in tiles) or 1
    width = (max(t["x"] for t in tiles) + 1) * (TILE_W + GAP)
    height = (max(t["y"] for t in tiles) + 1) * (TILE_H + GAP)
    body = format_html_join(
        "",
        '<a href="{}"><g class="tile shade-{}"><rect x="{}" y="{}" width="{}" height="{}" rx="4"/>'
        '<text class="place" x="{}" y="{}">{}</text><text class="value" x="{}" y="{}">{}</text></g></a>',
        ((t["url"], _shade(t["count"], most), *_box(t), _box(t)[0] + 10, _box(t)[1] + 24, t["name"], _box(t)[0] + 10, _box(t)[1] + 50, f"{t['count']:,}") for t in tiles),
    )  # fmt: skip
    return format_html(
        '<svg class="map" viewBox="0 0 {} {}" width="{}" height="{}" role="group" xmlns="http://www.w3.org/2000/svg">{}</svg>',
        round(width),
        round(height),
        round(width),
        round(height),
        body,
    )


def _box(tile: dict[str, Any]) -> tuple[int, int, int, int]:
    return round(tile["x"] * (TILE_W + GAP)), round(tile["y"] * (TILE_H + GAP)), TILE_W, TILE_H


def _shade(count: int, most: int) -> int:
    """0 to 4: darker where there is more."""
    return 0 if count == 0 else min(4, 1 + 4 * count // (most + 1))
