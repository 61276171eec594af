"""Charts drawn on the server as SVG; the page sets a table with the same numbers beside each."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, ROW, LABEL = 640, 28, 180


def bars(rows: Sequence[tuple[str, int]], title: str) -> SafeString:
    """Horizontal bars with their words and numbers; nothing is told by colour alone."""
    if not rows:
        return format_html("")
    most = max(n for _, n in rows) or 1
    room = WIDTH - LABEL - 70
    body = format_html_join(
        "",
        '<text class="place" x="{}" y="{}" text-anchor="end">{}</text><rect class="bar" x="{}" y="{}" width="{}" height="{}"/><text class="place" x="{}" y="{}">{}</text>',
        (
            (LABEL - 8, i * ROW + 19, label, LABEL, i * ROW + 4, max(1, round(room * n / most)), ROW - 8, LABEL + round(room * n / most) + 6, i * ROW + 19, f"{n:,}")
            for i, (label, n) in enumerate(rows)
        ),
    )  # fmt: skip
    height = len(rows) * ROW + 4
    return format_html(
        '<svg class="map chart" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">{}</svg>',
        WIDTH,
        height,
        WIDTH,
        height,
        title,
        body,
    )
