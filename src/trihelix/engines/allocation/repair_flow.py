"""The cheapest cure of nested rules as one min-cost flow: every unit of relief is an extra arc with its price.

Raised maxima are parallel arcs, lowered minima are backward arcs, waived conflicts are priced pairs. A further expert is priced by
the seat (price ÷ cap), which can only be too cheap: if rounding up to whole experts costs no more, the cure is proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from . import network
from .laminar import nest
from .model import Model
from .problem import Bools, Ints

Change = list[Any]


@dataclass(frozen=True)
class Newcomer:
    """A class of further experts in the model: expert index, what the change says, cap of each."""

    expert: int
    what: dict[str, Any]
    cap: int


@dataclass
class _Extra:
    """Priced arcs beside the base network; ``change`` names what a unit of flow means."""

    tail: list[int]
    head: list[int]
    high: list[int]
    price: list[Fraction]
    change: list[Change]

    def add(self, tail: Any, head: Any, high: Any, price: Fraction, change: Change) -> None:
        self.tail.append(int(tail))
        self.head.append(int(head))
        self.high.append(int(high))
        self.price.append(price)
        self.change.append(change)


def cheapest_by_flow(
    model: Model, prices: dict[str, Fraction], waivable: Bools, newcomers: Sequence[Newcomer]
) -> tuple[list[Change], bool] | None:
    """(changes, proven) of least price, or None where the rules cross, a row contradicts itself, or no cure exists."""
    nested = nest(model)
    arcs = network.arcs_of(model, nested)
    if not nested.is_network or np.any(arcs.low > arcs.high):
        return None
    extra = _Extra([], [], [], [], [])
    _bend_left(model, nested, arcs, prices, extra)
    new = {n.expert: n for n in newcomers}
    start = len(nested.left.parent) + model.size
    base: list[Fraction] = [Fraction(0)] * len(arcs.tail)
    for node, (f, g) in enumerate(zip(nested.right.family.tolist(), nested.right.group.tolist(), strict=True)):
        if model.families[f].kind != "expert":
            continue
        if g in new:
            base[start + node] = prices["new_expert"] / new[g].cap
        elif "expert_cap" in prices:
            name = model.problem.experts[g]
            room = max(0, len(model.problem.items) - int(arcs.high[start + node]))
            extra.add(arcs.tail[start + node], arcs.head[start + node], room, prices["expert_cap"], ["expert_cap", name])
    for k in np.flatnonzero(waivable[model.listed]).tolist():
        base[arcs.pairs.start + k] = prices["waive_conflict"]
    flow = _solve(arcs, base, extra)
    return None if flow is None else _read(model, arcs, flow, base, extra, newcomers, start, waivable)


def _bend_left(model: Model, nested: Any, arcs: network.Arcs, prices: dict[str, Fraction], extra: _Extra) -> None:
    p = model.problem
    for k, (f, g) in enumerate(zip(nested.left.family.tolist(), nested.left.group.tolist(), strict=True)):
        fam = model.families[f]
        if fam.kind == "same" and "same_on_panel" in prices:
            extra.add(arcs.tail[k], arcs.head[k], p.need[fam.owner[g]], prices["same_on_panel"], ["same_on_panel", *fam.key(g)[1:]])
        elif fam.kind == "item" and "seat_short" in prices and p.panel[g]:
            extra.add(arcs.head[k], arcs.tail[k], arcs.low[k], prices["seat_short"], ["seat_short", p.items[g]])
        elif fam.kind == "type" and "count_waiver" in prices and arcs.low[k] > 0:
            extra.add(arcs.head[k], arcs.tail[k], arcs.low[k], prices["count_waiver"], ["count_waiver", *fam.key(g)[1:]])


def _solve(arcs: network.Arcs, base: list[Fraction], extra: _Extra) -> Ints | None:
    scale = 1
    for price in {*base, *extra.price}:
        scale = scale * price.denominator // np.gcd(scale, price.denominator)
    grown = replace(
        arcs, tail=np.concatenate([arcs.tail, np.array(extra.tail, dtype=np.int64)]),
        head=np.concatenate([arcs.head, np.array(extra.head, dtype=np.int64)]),
        low=np.concatenate([arcs.low, np.zeros(len(extra.tail), dtype=np.int64)]),
        high=np.concatenate([arcs.high, np.array(extra.high, dtype=np.int64)]),
    )  # fmt: skip
    cost = np.array([int(price * int(scale)) for price in (*base, *extra.price)], dtype=np.int64)
    return network.solve_costs(grown, cost)


def _read(
    model: Model, arcs: network.Arcs, flow: Ints, base: list[Fraction], extra: _Extra, newcomers: Sequence[Newcomer], start: int, waivable: Bools
) -> tuple[list[Change], bool]:  # fmt: skip
    """The relief the flow uses; with newcomers, whether whole experts cost no more than the priced seats."""
    p = model.problem
    changes = [[*change, int(n)] for change, n in zip(extra.change, flow[len(arcs.tail) :].tolist(), strict=True) if n > 0]
    x = flow[arcs.pairs]
    for k in np.flatnonzero((x > 0) & waivable[model.listed]).tolist():
        changes.append(["waive_conflict", p.items[model.item[k]], p.experts[model.expert[k]], 1])
    exact = True
    for new in newcomers:
        seats = x[model.expert == new.expert]
        count = max(-(-int(seats.sum()) // new.cap), int(seats.max(initial=0)))
        exact &= count * new.cap == int(seats.sum())
        if count:
            changes.append(["new_expert", new.what, count])
    return changes, exact
