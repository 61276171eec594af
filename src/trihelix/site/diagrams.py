"""A flow drawn on the server as SVG: readable without JavaScript, in print and in the dark. The present state is lit.

The main states run from left to right in the upper band, the ends stand in a row below; arrows that skip a state or lead back
run in lanes above the boxes, so that no arrow crosses a box.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from trihelix.engines.flow import Flow, State
from trihelix.site.display import words

BOX_H, GAP_Y, PAD, GAP_X = 34, 22, 12, 20
LANE = 22  # height of a lane above the boxes
DROP = 58  # room between the bands for arrows and their labels
FEW = 12  # a flow with more arrows is drawn by its main ways only; the table beside it lists all
MAIN = ("initial", "normal")


@dataclass
class Box:
    """A state with its place: the centre in pixels."""

    state: State
    label: str
    layer: int = 0
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        return text_width(self.label, 13) + 24

    @property
    def main(self) -> bool:
        return self.state.kind in MAIN


@dataclass
class Arrow:
    """One arrow between two states; acts between the same states share it. ``live`` arrows can be taken now."""

    source: Box
    target: Box
    labels: list[str] = field(default_factory=list)
    live: bool = False
    lane: int = 0

    @property
    def text(self) -> str:
        return self.labels[0] + (f" +{len(self.labels) - 1}" if len(self.labels) > 1 else "")

    @property
    def side(self) -> str:
        """Where it runs: to an end below, straight to the next layer, or over a lane above."""
        if not self.target.main:
            return "down"
        if not self.source.main:
            return "up"
        return "next" if self.target.layer == self.source.layer + 1 else "over"


def text_width(text: str, size: float) -> float:
    """Width of a text in pixels: a Chinese character is as wide as its size, others about six tenths."""
    return sum(size if ord(c) > 0x2E7F else size * 0.58 for c in text)


def arrows_of(flow: Flow, boxes: dict[str, Box], current: str | None) -> list[Arrow]:
    """One arrow for each pair of different states, in declared order."""
    found: dict[tuple[str, str], Arrow] = {}
    for t in flow.transitions:
        for source in t.sources:
            for target in dict.fromkeys((t.target, *t.targets)):
                if source == target or source not in boxes or target not in boxes:
                    continue
                arrow = found.setdefault((source, target), Arrow(boxes[source], boxes[target]))
                arrow.live = arrow.live or source == current
                if words(t) not in arrow.labels:
                    arrow.labels.append(words(t))
    return list(found.values())


def set_layers(boxes: dict[str, Box], arrows: Iterable[Arrow]) -> None:
    """The layer of each main state: one more than the furthest earlier declared state that leads to it."""
    order = {name: i for i, name in enumerate(boxes)}
    into: dict[str, list[Box]] = defaultdict(list)
    for arrow in arrows:
        if arrow.source.main and order[arrow.source.state.id] < order[arrow.target.state.id]:
            into[arrow.target.state.id].append(arrow.source)
    for name, box in boxes.items():
        if box.main:
            box.layer = max((b.layer + 1 for b in into[name]), default=0 if box.state.kind == "initial" else 1)


def chosen(arrows: list[Arrow]) -> list[Arrow]:
    """All arrows of a small flow; of a large one those that can be taken now and one way to each state."""
    if len(arrows) <= FEW:
        return arrows
    reached = {a.target.state.id for a in arrows if a.live and a.side == "down"}
    out = []
    for arrow in sorted(arrows, key=lambda a: (a.side != "next", a.target.layer)):
        first = arrow.side in ("next", "down") and arrow.target.state.id not in reached
        if first:
            reached.add(arrow.target.state.id)
        if first or arrow.live:
            out.append(arrow)
    return out


def set_lanes(arrows: list[Arrow]) -> int:
    """Give each arrow over the boxes the lowest free lane; returns how many lanes there are."""
    lanes: list[list[tuple[float, float]]] = []
    for arrow in sorted((a for a in arrows if a.side in ("over", "up")), key=lambda a: abs(a.source.x - a.target.x)):
        low, high = sorted((arrow.source.x, arrow.target.x))
        middle, half = (low + high) / 2, text_width(arrow.text, 11) / 2 + 6
        low, high = min(low, middle - half), max(high, middle + half)
        for number, taken in enumerate(lanes):
            if all(high < a or low > b for a, b in taken):
                taken.append((low, high))
                arrow.lane = number
                break
        else:
            arrow.lane = len(lanes)
            lanes.append([(low, high)])
    return len(lanes)


def set_places(boxes: dict[str, Box], arrows: list[Arrow]) -> tuple[float, float, float]:
    """Place every box; returns width, height and where the upper band begins."""
    layers: dict[int, list[Box]] = defaultdict(list)
    for box in boxes.values():
        if box.main:
            layers[box.layer].append(box)
    x = float(PAD)
    for number in sorted(layers):
        widest = max(b.width for b in layers[number])
        for box in layers[number]:
            box.x = x + widest / 2
        leaving = [text_width(a.text, 11) + 22 for a in arrows if a.side == "next" and a.source.layer == number]
        x += widest + max([40.0, *leaving])
    right = max(b.x + b.width / 2 for b in boxes.values() if b.main)
    ends = [b for b in boxes.values() if not b.main]
    top = PAD + set_lanes(arrows) * LANE + (6 if any(a.side in ("over", "up") for a in arrows) else 0)
    tallest = max(len(v) for v in layers.values())
    for column in layers.values():
        for i, box in enumerate(column):
            box.y = top + BOX_H / 2 + i * (BOX_H + GAP_Y)
    height = top + tallest * (BOX_H + GAP_Y) - GAP_Y
    height = _row_of_ends(ends, right, height) if ends else height
    return max(right, *(b.x + b.width / 2 for b in boxes.values())) + PAD, height + PAD, top


def _row_of_ends(ends: list[Box], right: float, height: float) -> float:
    """The ends stand in one row under the main states, as wide as those where they can be."""
    room = (right - PAD - sum(b.width for b in ends)) / max(1, len(ends) - 1)
    gap, x = min(GAP_X * 2.0, max(GAP_X / 2.0, room)), float(PAD)
    for box in ends:
        box.x, box.y = x + box.width / 2, height + DROP + BOX_H / 2
        x += box.width + gap
    return height + DROP + BOX_H


def line(arrow: Arrow, top: float) -> tuple[str, float, float]:
    """The path of an arrow and where its label stands."""
    a, b = arrow.source, arrow.target
    if arrow.side == "down":
        y1, y2 = a.y + BOX_H / 2, b.y - BOX_H / 2
        bend = min(40.0, (y2 - y1) / 2)
        return f"M{a.x:.0f},{y1:.0f} C{a.x:.0f},{y1 + bend:.0f} {b.x:.0f},{y2 - bend - 8:.0f} {b.x:.0f},{y2:.0f}", b.x, y2 - 15
    if arrow.side == "next":
        x1, x2 = a.x + a.width / 2, b.x - b.width / 2
        bend = (x2 - x1) / 2
        return (
            f"M{x1:.0f},{a.y:.0f} C{x1 + bend:.0f},{a.y:.0f} {x2 - bend:.0f},{b.y:.0f} {x2:.0f},{b.y:.0f}",
            (x1 + x2) / 2,
            (a.y + b.y) / 2,
        )
    return _over(arrow, top)


def _over(arrow: Arrow, top: float) -> tuple[str, float, float]:
    """An arrow that runs in a lane above; a box below another one of its layer is left and reached at its left side."""
    a, b = arrow.source, arrow.target
    y = top - 10 - arrow.lane * LANE
    shift = -7 if b.x < a.x else 7
    first = a.y <= top + BOX_H / 2
    x1 = a.x + shift if first else a.x - a.width / 2 - 12
    start = f"M{x1:.0f},{a.y - BOX_H / 2:.0f}" if first else f"M{a.x - a.width / 2:.0f},{a.y:.0f} H{x1:.0f}"
    if b.y <= top + BOX_H / 2:
        x2 = b.x - shift
        end = f"V{b.y - BOX_H / 2:.0f}"
    else:
        x2 = b.x - b.width / 2 - 14
        end = f"V{b.y:.0f} H{b.x - b.width / 2:.0f}"
    turn = 8 if x2 > x1 else -8
    path = f"{start} V{y + 6:.0f} Q{x1:.0f},{y:.0f} {x1 + turn:.0f},{y:.0f} H{x2 - turn:.0f} Q{x2:.0f},{y:.0f} {x2:.0f},{y + 6:.0f} {end}"
    return path, (x1 + x2) / 2, y


def svg(flow: Flow, current: str | None = None, title: str = "") -> SafeString:
    """The diagram of a flow with the present state lit and the acts possible now drawn strongly."""
    boxes = {s.id: Box(s, words(s)) for s in flow.states if not s.retired}
    arrows = arrows_of(flow, boxes, current)
    set_layers(boxes, arrows)
    arrows = chosen(arrows)
    width, height, top = set_places(boxes, arrows)
    drawn = sorted(((a, *line(a, top)) for a in arrows), key=lambda d: d[0].live)
    lines = format_html_join(
        "", '<path class="edge{}" d="{}" marker-end="url(#tip{})"/>', ((" open" * a.live, d, "-open" * a.live) for a, d, _, _ in drawn)
    )
    named = {id(a): (a, x, y) for a, _, x, y in drawn if a.live or len(drawn) <= FEW}
    labels = format_html_join("", "{}", ((_label(a, x, y),) for a, x, y in named.values()))
    return format_html(
        '<svg role="img" aria-label="{}" viewBox="0 0 {w} {h}" width="{w}" height="{h}" xmlns="http://www.w3.org/2000/svg"><defs>{}{}</defs>{}{}{}</svg>',
        title, _tip("tip", ""), _tip("tip-open", "open"), lines, format_html_join("", "{}", ((_box(b, current),) for b in boxes.values())), labels,
        w=round(width), h=round(height),
    )  # fmt: skip


def _tip(name: str, css: str) -> SafeString:
    return format_html(
        '<marker id="{}" class="{}" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="9" markerHeight="9" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z"/></marker>', name, css,
    )  # fmt: skip


def _box(box: Box, current: str | None) -> SafeString:
    now = " now" if box.state.id == current else ""
    return format_html(
        '<g class="{}{}"><rect class="box" x="{}" y="{}" width="{}" height="{}" rx="5"/><text class="name" x="{}" y="{}" text-anchor="middle">{}</text></g>',
        box.state.kind, now, round(box.x - box.width / 2), round(box.y - BOX_H / 2), round(box.width), BOX_H, round(box.x), round(box.y + 5), box.label,
    )  # fmt: skip


def _label(arrow: Arrow, x: float, y: float) -> SafeString:
    width = text_width(arrow.text, 11) + 6
    return format_html(
        '<rect class="halo" x="{}" y="{}" width="{}" height="15"/><text class="act{}" x="{}" y="{}" text-anchor="middle">{}</text>',
        round(x - width / 2), round(y - 8), round(width), " open" * arrow.live, round(x), round(y + 4), arrow.text,
    )  # fmt: skip
