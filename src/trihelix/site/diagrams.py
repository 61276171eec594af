"""A flow as a layered SVG drawn on the server: readable without JavaScript, in print and in dark mode. The present state is lit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from trihelix.engines.flow import Flow, State, Transition
from trihelix.site.display import words

BOX_H, GAP_Y, PAD = 34, 26, 14
LANE = 22  # height of a lane for arrows back
FEW = 14  # a flow with more arrows is drawn by its main ways only
LABEL_ROOM = 14  # room beside the boxes of a layer for the arrows' labels


@dataclass
class Node:
    """A state with its place: layer from the left, centre in pixels."""

    state: State
    layer: int
    label: str
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2


@dataclass
class Edge:
    """One arrow; acts between the same two states share it."""

    source: str
    target: str
    labels: list[str] = field(default_factory=list)
    live: bool = False


def text_width(text: str, size: float) -> float:
    """Width of a text in pixels: a Chinese character is as wide as its size, others about six tenths."""
    return sum(size if ord(c) > 0x2E7F else size * 0.58 for c in text)


def edges_of(flow: Flow, current: str | None) -> list[Edge]:
    """One edge for each pair of states, in declared order, without loops."""
    found: dict[tuple[str, str], Edge] = {}
    for t in flow.transitions:
        for source in t.sources:
            for target in dict.fromkeys((t.target, *t.targets)):
                if source == target:
                    continue
                edge = found.setdefault((source, target), Edge(source, target))
                edge.live = edge.live or source == current
                if words(t) not in edge.labels:
                    edge.labels.append(words(t))
    return list(found.values())


def layers_of(flow: Flow) -> dict[str, int]:
    """The layer of each state: its distance from the start over acts that lead on; ends stand one after the last that leads there."""
    start = next(s.id for s in flow.states if s.kind == "initial")
    order = {s.id: i for i, s in enumerate(flow.states)}
    layer = {start: 0}
    todo = [start]
    while todo:
        here = todo.pop(0)
        for t in flow.transitions:
            if here not in t.sources:
                continue
            for target in (t.target, *t.targets):
                if target not in layer:
                    layer[target] = layer[here] + 1
                    todo.append(target)
    # a step between normal states pushes the later declared one further, so that the main line reads left to right
    for _round in flow.states:
        for t in flow.transitions:
            for source in t.sources:
                if source in layer and order[t.target] > order[source] and _kind(flow, t) == "normal":
                    layer[t.target] = max(layer[t.target], min(layer[source] + 1, len(flow.states)))
    return layer


def _kind(flow: Flow, t: Transition) -> str:
    return next(s.kind for s in flow.states if s.id == t.target)


def place(flow: Flow, edges: list[Edge]) -> tuple[dict[str, Node], float, float]:
    """Nodes with their places, and the size of the drawing."""
    layer = layers_of(flow)
    nodes = {s.id: Node(s, layer[s.id], words(s)) for s in flow.states if s.id in layer and not s.retired}
    columns: dict[int, list[Node]] = defaultdict(list)
    for node in nodes.values():
        node.width = text_width(node.label, 13) + 26
        columns[node.layer].append(node)
    ranks = sorted(columns)
    for node in columns[ranks[0]]:
        node.y = 0.0
    for before, here in zip(ranks, ranks[1:], strict=False):
        _settle(columns[here], columns[before], nodes, edges)
    low = min(n.y for n in nodes.values())
    for node in nodes.values():
        node.y += PAD + BOX_H / 2 - low
    x = float(PAD)
    for rank in ranks:
        width = max(n.width for n in columns[rank])
        for node in columns[rank]:
            node.x = x + width / 2
        x += width + _room(rank, edges, nodes)
    return nodes, max(n.right for n in nodes.values()) + PAD, max(n.y for n in nodes.values()) + BOX_H / 2 + PAD


def _settle(here: list[Node], before: list[Node], nodes: dict[str, Node], edges: list[Edge]) -> None:
    """Order a layer by the mean height of what leads to it, then spread it without overlap around that mean."""
    wish = {}
    for i, node in enumerate(here):
        sources = [
            nodes[e.source].y for e in edges if e.target == node.state.id and e.source in nodes and nodes[e.source].layer < node.layer
        ]
        wish[node.state.id] = (sum(sources) / len(sources) if sources else 0.0, node.state.kind in ("end", "failed"), i)
    here.sort(key=lambda n: (wish[n.state.id][1], wish[n.state.id][0], wish[n.state.id][2]))
    step = BOX_H + GAP_Y
    centre = sum(w[0] for w in wish.values()) / len(wish)
    top = centre - step * (len(here) - 1) / 2
    for i, node in enumerate(here):
        node.y = top + i * step


def _room(rank: int, edges: list[Edge], nodes: dict[str, Node]) -> float:
    """Space to the next layer: wide enough for the longest label that crosses it."""
    crossing = [
        e for e in edges if e.source in nodes and e.target in nodes and nodes[e.source].layer == rank and nodes[e.target].layer > rank
    ]
    return max([44.0] + [text_width(_short(e), 11) + LABEL_ROOM * 2 for e in crossing])


def _short(edge: Edge) -> str:
    return edge.labels[0] + (f" +{len(edge.labels) - 1}" if len(edge.labels) > 1 else "")


def chosen_edges(edges: list[Edge], nodes: dict[str, Node]) -> list[Edge]:
    """All arrows of a small flow; of a large one those that may be taken now, and one way to each state (the table lists all)."""
    edges = [e for e in edges if e.source in nodes and e.target in nodes]
    if len(edges) <= FEW:
        return edges
    reached: set[str] = set()
    out = []
    for edge in sorted(edges, key=lambda e: nodes[e.target].layer - nodes[e.source].layer):
        first = nodes[edge.target].layer > nodes[edge.source].layer and edge.target not in reached
        if first:
            reached.add(edge.target)
        if first or edge.live:
            out.append(edge)
    return out


def curve(a: Node, b: Node, floor: float) -> tuple[str, float, float]:
    """The line of an arrow and where its label stands; arrows back run along ``floor``, below the boxes."""
    if b.layer > a.layer:
        x1, x2, bend = a.right, b.left, (b.left - a.right) / 2
        line = f"M{x1:.0f},{a.y:.0f} C{x1 + bend:.0f},{a.y:.0f} {x2 - bend:.0f},{b.y:.0f} {x2:.0f},{b.y:.0f}"
        return line, (x1 + x2) / 2, (a.y + b.y) / 2
    if b.layer == a.layer:
        down = 1 if b.y > a.y else -1
        y1, y2 = a.y + down * BOX_H / 2, b.y - down * BOX_H / 2
        if abs(b.y - a.y) <= BOX_H + GAP_Y:
            return f"M{a.x:.0f},{y1:.0f} L{b.x:.0f},{y2:.0f}", (a.x + b.x) / 2, (y1 + y2) / 2
        side = max(a.right, b.right) + 24
        return f"M{a.right:.0f},{a.y:.0f} C{side:.0f},{a.y:.0f} {side:.0f},{b.y:.0f} {b.right:.0f},{b.y:.0f}", side - 6, (a.y + b.y) / 2
    x1, x2, start, end = a.x - 8, b.x + 8, a.y + BOX_H / 2, b.y + BOX_H / 2
    line = (
        f"M{x1:.0f},{start:.0f} C{x1:.0f},{floor:.0f} {x1:.0f},{floor:.0f} {x1 - 20:.0f},{floor:.0f} "
        f"L{x2 + 20:.0f},{floor:.0f} C{x2:.0f},{floor:.0f} {x2:.0f},{floor:.0f} {x2:.0f},{end:.0f}"
    )
    return line, (x1 + x2) / 2, floor


def svg(flow: Flow, current: str | None = None, title: str = "") -> SafeString:
    """The diagram of a flow with the present state lit and the acts possible now drawn strongly."""
    edges = edges_of(flow, current)
    nodes, width, height = place(flow, edges)
    drawn, back = [], 0
    for edge in chosen_edges(edges, nodes):
        a, b = nodes[edge.source], nodes[edge.target]
        if b.layer < a.layer:
            back += 1
        drawn.append((edge, *curve(a, b, height + back * LANE - 4)))
    height += back * LANE + PAD if back else 0
    drawn.sort(key=lambda d: d[0].live)
    lines = format_html_join(
        "",
        '<path class="edge{}" d="{}" marker-end="url(#tip{})"/>',
        ((" open" if e.live else "", d, "-open" if e.live else "") for e, d, _, _ in drawn),
    )
    boxes = format_html_join("", "{}", ((_box(n, current),) for n in nodes.values()))
    labels = format_html_join("", "{}", ((_label(e, x, y),) for e, _, x, y in drawn if e.live or len(drawn) <= FEW))
    return format_html(
        '<svg role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}" xmlns="http://www.w3.org/2000/svg">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker>'
        '<marker id="tip-open" class="open" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0,0 L8,4 L0,8 z"/>'
        "</marker></defs>{}{}{}</svg>",
        title, *(round(v) for v in (width, height, width, height)), lines, boxes, labels,
    )  # fmt: skip


def _box(node: Node, current: str | None) -> SafeString:
    now = " now" if node.state.id == current else ""
    return format_html(
        '<g class="{}{}"><rect class="box" x="{}" y="{}" width="{}" height="{}" rx="5"/><text class="name" x="{}" y="{}" text-anchor="middle">{}</text></g>',
        node.state.kind, now, round(node.left), round(node.y - BOX_H / 2), round(node.width), BOX_H, round(node.x), round(node.y + 4.5), node.label,
    )  # fmt: skip


def _label(edge: Edge, x: float, y: float) -> SafeString:
    text = _short(edge)
    width = text_width(text, 11) + 6
    return format_html(
        '<rect class="halo" x="{}" y="{}" width="{}" height="15"/><text class="act{}" x="{}" y="{}" text-anchor="middle">{}</text>',
        round(x - width / 2), round(y - 8), round(width), " open" if edge.live else "", round(x), round(y + 4), text,
    )  # fmt: skip
