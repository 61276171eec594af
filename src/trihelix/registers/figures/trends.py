"""Figures through the years: the same figure on the same day of earlier years, as a line with a table beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from trihelix.kernel.actor import Actor
from trihelix.registers.figures import evaluation, periods
from trihelix.registers.figures.book import Figure, figures
from trihelix.registers.figures.periods import Span

YEARS = 5
WIDTH, HEIGHT, EDGE = 300, 64, 10


def days(day: dt.date, years: int = YEARS) -> list[dt.date]:
    """The same day of the years before, oldest first, the day itself last."""
    out = [day]
    for _ in range(years - 1):
        out.append(periods.year_before(out[-1]))
    return out[::-1]


def lines(by: Actor, day: dt.date, ids: Iterable[str]) -> list[dict[str, Any]]:
    """For each figure its points (a gap where there are no records) and the picture; each point opens its list."""
    return drawn(evaluation.answers(asked(day, ids), by))


def asked(day: dt.date, ids: Iterable[str]) -> list[tuple[Figure, Span]]:
    """The figures with their periods that the lines need, figure by figure, oldest first."""
    return [(f, evaluation.span_of(f, on)) for f in map(figures().figure, ids) for on in days(day)]


def drawn(found: Sequence[evaluation.Answer]) -> list[dict[str, Any]]:
    """The lines of answers in the order of :func:`asked`."""
    out = []
    for start in range(0, len(found), YEARS):
        part = found[start : start + YEARS]
        points = [_point(a) for a in part]
        out.append({"figure": part[0].figure, "answer": part[-1], "points": points, "svg": _svg(points)})
    return out


def _point(found: evaluation.Answer) -> dict[str, Any]:
    url = reverse("figure", args=[found.figure.id]) + f"?as_of={found.span.as_of.isoformat()}"
    shown = found.progress or found
    return {"on": found.span.end, "year": str(found.span.end.year), "value": shown.value, "text": shown.text, "url": url}


def _svg(points: list[dict[str, Any]]) -> SafeString:
    known = [p["value"] for p in points if p["value"] is not None]
    if not known:
        return format_html("")
    low, high = min(Fraction(0), *known), max(known)
    step = Fraction(WIDTH - 2 * EDGE, max(1, len(points) - 1))

    def place(i: int, value: Fraction) -> tuple[float, float]:
        part = (value - low) / (high - low) if high != low else Fraction(1, 2)
        return round(float(EDGE + i * step), 1), round(float(HEIGHT - EDGE - part * (HEIGHT - 2 * EDGE)), 1)

    at = [(p, *place(i, p["value"])) for i, p in enumerate(points) if p["value"] is not None]
    path = "M" + " L".join(f"{x},{y}" for _, x, y in at)
    dots = format_html_join(
        "",
        '<a href="{}"><title>{} {}</title><circle cx="{}" cy="{}" r="4" fill="currentColor"/></a>',
        ((p["url"], p["year"], p["text"], x, y) for p, x, y in at),
    )
    return format_html(
        '<svg class="trend" role="group" viewBox="0 0 {} {}" width="{}" height="{}" xmlns="http://www.w3.org/2000/svg"><path fill="none" stroke="currentColor" '
        'stroke-width="2" d="{}"/>{}</svg>',
        WIDTH, HEIGHT, WIDTH, HEIGHT, path, dots,
    )  # fmt: skip
