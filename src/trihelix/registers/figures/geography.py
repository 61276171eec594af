"""Where the records are: nine units and sixty counties as a schematic map drawn on the server, with the same numbers as a table."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from trihelix.engines.bookfile import load_file
from trihelix.engines.codelists import CodeRow
from trihelix.engines.errors import Refused
from trihelix.kernel import book, clock
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.register import REGISTERS, Register

COUNTIES = ("district", "county", "county_city", "autonomous_county")
# Register: its first and last day, and whether a record without a first day counts as standing before it was entered.
LIVES: dict[str, tuple[str, str, bool]] = {
    "bodies": ("established", "valid_to", True), "needs": ("published_on", "", False), "results": ("listed_at", "", False),
    "platforms": ("recognised_on", "ended_on", False), "resources": ("opened_on", "retired_on", False), "events": ("held_on", "", False),
}  # fmt: skip
CELL_W, CELL_H, HEAD, ACROSS, GAP = 66, 34, 28, 3, 8
WIDTH = ACROSS * CELL_W + 4


def choices(by: Actor) -> list[Register]:
    """Registers that say where their records are and that the viewer may open."""
    return [REGISTERS[n] for n in LIVES if n in REGISTERS and (by.signed_in or REGISTERS[n].public)]


def _name(row: CodeRow) -> str:
    return row.name("en" if (get_language() or "").startswith("en") else "zh")


def _address(register: Register, codes: list[str], day: dt.date) -> str:
    return reverse("map-list", args=[register.id]) + "?" + urlencode([("as_of", day.isoformat()), *(("division", c) for c in codes)])


def register_of_map(by: Actor, name: str) -> Register:
    """A register of the map by its name. Refuses one that is not to be had, with those that are."""
    known = choices(by)
    found = next((r for r in known if r.id == name), None)
    if found is None:
        told = f"没有 “{name[:40]}” 的地图；可用：{'、'.join(r.id for r in known)}"
        raise Refused.one("unknown_map", told, field="map", value=name[:40])
    return found


def rows_of(register: Register, by: Actor, day: dt.date) -> QuerySet[Any]:
    """What stands in a place on a day, of what the viewer may see: begun by then, not ended. Without a first day a record counts from the
    day it was entered, a body as standing."""
    first, last, standing = LIVES[register.id]
    begun = Q(**{f"{first}__lte": clock.end_of(day) if first.endswith("_at") else day})
    undated = Q(**{first: None}) if standing else Q(**{first: None}, record__created_at__lte=clock.end_of(day))
    rows = entries(by, register.model).filter(begun | undated, record__register=register.id, record__merged_into=None).exclude(division="")
    return rows.exclude(**{f"{last}__lte": day}) if last else rows


def units(register: Register, by: Actor, day: dt.date) -> list[dict[str, Any]]:
    """Each unit with its counties on a day, in one query; places without a county stand in the unit's own number."""
    codes = book.current().codes["divisions"]
    rows = rows_of(register, by, day).order_by()
    found = dict(rows.values_list("division").annotate(n=Count("pk")))
    path, out = book.current().path, []
    for tile in load_file(path / "map.yaml", path)["tiles"]:
        unit = codes.get(str(tile["code"]))
        if unit is None:
            continue
        known = [unit.code, *dict.fromkeys(r.code for r in codes.children(unit.code, day))]
        counties = [_place(register, found, r, day) for r in codes.children(unit.code, day) if r.kind in COUNTIES]
        total = sum(found.get(c, 0) for c in known)
        own = [c for c in known if c not in {p["code"] for p in counties}]
        out.append({
            "code": unit.code, "name": _name(unit), "count": total, "url": _address(register, known, day), "counties": counties, "x": float(tile["column"]), "y": float(tile["row"]),
            "rest": {"count": sum(found.get(c, 0) for c in own), "url": _address(register, own, day)},
        })  # fmt: skip
    return out


def names(codes: list[str]) -> list[str]:
    """The names of known divisions, in the order given."""
    known = book.current().codes["divisions"]
    return [_name(row) for code in codes if (row := known.get(code)) is not None]


def _place(register: Register, found: dict[str, int], row: CodeRow, day: dt.date) -> dict[str, Any]:
    return {"code": row.code, "name": _name(row), "count": found.get(row.code, 0), "url": _address(register, [row.code], day)}


def picture(register: Register, by: Actor, day: dt.date) -> dict[str, Any]:
    """``{"register", "svg", "units", "total", "counties"}``; every region of the picture opens its list."""
    found = units(register, by, day)
    return {
        "register": register, "units": found, "svg": _svg(found), "total": sum(u["count"] for u in found), "counties": sum(len(u["counties"]) for u in found),
    }  # fmt: skip


def _svg(found: list[dict[str, Any]]) -> SafeString:
    if not found:
        return format_html("")
    tall = HEAD + 4 + CELL_H * max(-(-len(u["counties"]) // ACROSS) for u in found)
    most = max((p["count"] for u in found for p in u["counties"]), default=0) or 1
    width = round((max(u["x"] for u in found) + 1) * (WIDTH + GAP))
    height = round((max(u["y"] for u in found) + 1) * (tall + GAP))
    body = format_html_join("", "{}", ((_unit(u, tall, most),) for u in found))
    return format_html(
        '<svg class="map" viewBox="0 0 {} {}" width="{}" height="{}" role="group" xmlns="http://www.w3.org/2000/svg">{}</svg>',
        width,
        height,
        width,
        height,
        body,
    )


def _unit(unit: dict[str, Any], tall: int, most: int) -> SafeString:
    x, y = round(unit["x"] * (WIDTH + GAP)), round(unit["y"] * (tall + GAP))
    head = format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="4" fill="none" stroke="#888"/><a href="{}"><title>{} {}</title><rect x="{}" y="{}" width="{}" height="{}" rx="4" fill="#eef1f4"/>'
        '<text x="{}" y="{}" font-size="13" font-weight="600" fill="currentColor">{} {}</text></a>',
        x, y, WIDTH, tall, unit["url"], unit["name"], unit["count"], x, y, WIDTH, HEAD, x + 8, y + 19, _short(unit["name"], 14), f"{unit['count']:,}",
    )  # fmt: skip
    cells = format_html_join(
        "",
        "{}",
        ((_county(p, x + 2 + i % ACROSS * CELL_W, y + HEAD + 2 + i // ACROSS * CELL_H, most),) for i, p in enumerate(unit["counties"])),
    )
    return format_html("<g>{}{}</g>", head, cells)


def _county(place: dict[str, Any], x: int, y: int, most: int) -> SafeString:
    return format_html(
        '<a href="{}"><title>{} {}</title><g class="shade-{}"><rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="#2f5d8a" fill-opacity="{}"/>'
        '<text x="{}" y="{}" font-size="10" fill="currentColor">{}</text><text x="{}" y="{}" font-size="12" fill="currentColor">{}</text></g></a>',
        place["url"], place["name"], place["count"], _shade(place["count"], most), x + 1, y + 1, CELL_W - 2, CELL_H - 2, 0.09 * _shade(place["count"], most), x + 5, y + 14, _short(place["name"], 6), x + 5, y + 28, f"{place['count']:,}",
    )  # fmt: skip


def _short(name: str, most: int) -> str:
    limit = most * 2 if name.isascii() else most  # Latin letters are half as wide
    return name if len(name) <= limit else name[: limit - 1] + "…"


def _shade(count: int, most: int) -> int:
    """0 to 4: darker where there is more."""
    return 0 if count == 0 else min(4, 1 + 4 * count // (most + 1))
