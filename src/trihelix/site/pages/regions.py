"""Counts of a register by prefecture unit, drawn as a schematic map with a table beside it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

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
