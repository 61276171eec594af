"""The thread of a record: everything linked to it, drawn on the server with dates and money."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import ForeignKey, Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from trihelix.kernel.actor import Actor, visible_to
from trihelix.kernel.models import Link, Record
from trihelix.kernel.register import REGISTERS

LIMIT = 60  # records in one picture; the rest is said in words
WIDTH, HEIGHT, GAP_X, GAP_Y = 210, 58, 60, 16
SKIPPED = ("bodies", "people", "nodes")  # shown as owners, never followed: everything hangs on them


@dataclass(frozen=True)
class Edge:
    source: int
    target: int
    kind: str


def references(record: Record) -> list[tuple[int, str]]:
    """Records that the typed row points to by foreign key: ``(record id, column)``."""
    register = REGISTERS.get(record.register)
    if register is None:
        return []
    row = register.model._default_manager.filter(record=record).first()
    found = []
    for field in register.model._meta.concrete_fields if row is not None else ():
        if isinstance(field, ForeignKey) and field.related_model is Record and not field.primary_key:
            value = getattr(row, field.attname)
            found += [(value, field.name)] if value else []
    return found


def _pointing(ids: set[int]) -> list[Edge]:
    """Typed rows of any register that point to these records."""
    out = []
    for register in REGISTERS.values():
        if register.id in SKIPPED:
            continue
        for field in register.model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model is Record and not field.primary_key:
                rows = register.model._default_manager.filter(**{f"{field.attname}__in": ids}).values_list("pk", field.attname)[:LIMIT]
                out += [Edge(a, b, field.name) for a, b in rows]
    return out


def collect(record: Record, by: Actor) -> tuple[dict[int, Record], list[Edge], bool]:
    """Records and edges around one, breadth first, only what the viewer may see; the flag says that there is more."""
    seen: dict[int, Record] = {record.pk: record}
    edges: dict[tuple[int, int], Edge] = {}
    front, more = [record], False
    while front and not more:
        ids = {r.pk for r in front}
        links = Link.objects.filter(Q(source__in=ids) | Q(target__in=ids)).values_list("source_id", "target_id", "kind")[: 4 * LIMIT]
        found = [Edge(a, b, k) for a, b, k in links] + _pointing(ids)
        found += [Edge(r.pk, target, column) for r in front for target, column in references(r)]
        wanted = {p for e in found for p in (e.source, e.target)} - set(seen)
        fresh = list(
            visible_to(by, Record.objects.filter(pk__in=wanted).exclude(register__in=SKIPPED)).order_by("created_at", "pk")[: LIMIT + 1]
        )
        more = len(seen) + len(fresh) > LIMIT
        front = fresh[: max(0, LIMIT - len(seen))]
        seen |= {r.pk: r for r in front}
        for e in found:
            edges.setdefault((e.source, e.target), e)
    return seen, [e for e in edges.values() if e.source in seen and e.target in seen and e.source != e.target], more


def money_of(record: Record) -> int | None:
    """The record's main amount in fen: turnover, else the first money column that is filled."""
    register = REGISTERS.get(record.register)
    row = register.model._default_manager.filter(record=record).first() if register else None
    names = [f.name for f in register.model._meta.concrete_fields if f.name.endswith("_fen")] if register else []
    values: list[Any] = [getattr(row, n) for n in sorted(names, key=lambda n: n != "turnover_fen")] if row is not None else []
    return next((v for v in values if v), None)


def drawing(record: Record, by: Actor) -> dict[str, Any]:
    """The picture and the same as a table: ``svg``, ``rows``, ``edges``, ``more``."""
    seen, edges, more = collect(record, by)
    columns: dict[int, list[Record]] = defaultdict(list)
    depth = _depths(record.pk, seen, edges)
    for r in sorted(seen.values(), key=lambda r: (r.created_at, r.pk)):
        columns[depth[r.pk]].append(r)
    places = {
        r.pk: (12 + c * (WIDTH + GAP_X), 12 + i * (HEIGHT + GAP_Y)) for c, rows in enumerate(columns[k] for k in sorted(columns)) for i, r in enumerate(rows)
    }  # fmt: skip
    rows = [{"record": r, "register": REGISTERS.get(r.register), "money": money_of(r), "root": r.pk == record.pk} for r in seen.values()]
    rows.sort(key=lambda row: (row["record"].created_at, row["record"].pk))
    return {"svg": _svg(record, rows, edges, places), "rows": rows, "edges": edges, "more": more}


def _depths(root: int, seen: dict[int, Record], edges: list[Edge]) -> dict[int, int]:
    """Longest way along references towards later records, ordered by when each began."""
    order = {pk: i for i, pk in enumerate(sorted(seen, key=lambda k: (seen[k].created_at, k)))}
    depth = dict.fromkeys(seen, 0)
    for pk in sorted(seen, key=order.__getitem__):
        for e in edges:
            a, b = (e.source, e.target) if order[e.source] < order[e.target] else (e.target, e.source)
            if b == pk:
                depth[pk] = max(depth[pk], depth[a] + 1)
    return depth


def _svg(root: Record, rows: list[dict[str, Any]], edges: list[Edge], places: dict[int, tuple[int, int]]) -> SafeString:
    width = max(x for x, _ in places.values()) + WIDTH + 12
    height = max(y for _, y in places.values()) + HEIGHT + 12
    lines = format_html_join(
        "",
        '<path class="edge" fill="none" stroke="currentColor" stroke-opacity="0.4" d="{}"/>',
        ((_path(places[e.source], places[e.target]),) for e in edges),
    )
    boxes = format_html_join("", "{}", ((_box(row, places[row["record"].pk]),) for row in rows))
    return format_html(
        '<svg role="img" aria-label="{}" viewBox="0 0 {w} {h}" width="{w}" height="{h}" xmlns="http://www.w3.org/2000/svg">{}{}</svg>',
        root.title, lines, boxes, w=width, h=height,
    )  # fmt: skip


def _path(a: tuple[int, int], b: tuple[int, int]) -> str:
    (left, right) = (a, b) if a[0] <= b[0] else (b, a)
    x1, y1, x2, y2 = left[0] + WIDTH, left[1] + HEIGHT // 2, right[0], right[1] + HEIGHT // 2
    if left[0] == right[0]:
        x1, x2 = left[0] + WIDTH // 2, right[0] + WIDTH // 2
    return f"M{x1},{y1} C{(x1 + x2) // 2},{y1} {(x1 + x2) // 2},{y2} {x2},{y2}"


def _box(row: dict[str, Any], place: tuple[int, int]) -> SafeString:
    record, (x, y) = row["record"], place
    title = record.title if len(record.title) <= 14 else record.title[:13] + "…"
    money = f" · {row['money'] / 1_000_000:,.2f} 万元" if row["money"] else ""
    second = f"{record.number}{money}"
    return format_html(
        '<a href="/{}/{}/"><rect x="{x}" y="{y}" width="{w}" height="{h}" rx="6" fill="none" stroke="currentColor" stroke-width="{}"/>'
        '<text x="{tx}" y="{y1}" font-size="13" fill="currentColor">{}</text><text x="{tx}" y="{y2}" font-size="11" fill="currentColor">{}</text>'
        '<text x="{tx}" y="{y3}" font-size="11" fill="currentColor">{}</text></a>',
        record.register, record.uid, 3 if row["root"] else 1, title, second, record.created_at.date().isoformat(),
        x=x, y=y, w=WIDTH, h=HEIGHT, tx=x + 10, y1=y + 19, y2=y + 36, y3=y + 51,
    )  # fmt: skip
