"""The cheapest cure of nested rules as one min-cost flow: every unit of relief is an extra arc with its price.

Raised maxima are parallel arcs, lowered minima are backward arcs, waived conflicts are priced pairs. A further expert is priced by
the seat (price ÷ cap), which can only be too cheap: if rounding up to whole experts costs no more, the cure is proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from . import network
from .laminar import Tree, nest
from .model import Model
from .problem import Bools, Ints

Change = list[Any]


@dataclass(frozen=True)
class Newcomer:
    """A class of further experts in the model: expert index, what the change says, cap of each."""

    expert: int
    what: dict[str, Any]
    cap: int


@dataclass(frozen=True)
class _Levers:
    """Priced arcs beside the base network, one kind: ``group`` of the row that a unit of flow bends, or the expert it loads."""

    kind: str
    family: int
    group: Ints
    tail: Ints
    head: Ints
    high: Ints

    def change(self, model: Model, k: int) -> Change:
        """What lever ``k`` means, without its amount."""
        return [self.kind, *model.families[self.family].key(int(self.group[k]))[1:]]


def cheapest_by_flow(
    model: Model, prices: dict[str, Fraction], waivable: Bools, newcomers: Sequence[Newcomer]
) -> tuple[list[Change], bool] | None:
    """(changes, proven) of least price, or None where the rules cross, a row contradicts itself, or no cure exists."""
    nested = nest(model)
    arcs = network.arcs_of(model, nested)
    if not nested.is_network or np.any(arcs.low > arcs.high):
        return None
    scale = lcm(1, *(p.denominator for p in prices.values()), *((prices["new_expert"] / n.cap).denominator for n in newcomers))
    levers = [*_bend_left(model, nested.left, arcs, prices), *_bend_right(model, nested.right, arcs, prices, newcomers)]
    cost = np.zeros(len(arcs.tail), dtype=np.int64)
    right = nested.right
    for new in newcomers:
        mine = np.flatnonzero((right.family == _expert_family(model)) & (right.group == new.expert))
        cost[arcs.pairs.stop + mine] = int(prices["new_expert"] / new.cap * scale)
    if waivable.any():
        cost[arcs.pairs][waivable[model.listed]] = int(prices["waive_conflict"] * scale)
    grown = replace(
        arcs, tail=np.concatenate([arcs.tail, *(v.tail for v in levers)]), head=np.concatenate([arcs.head, *(v.head for v in levers)]),
        low=np.concatenate([arcs.low, *(np.zeros_like(v.high) for v in levers)]),
        high=np.concatenate([arcs.high, *(v.high for v in levers)]),
    )  # fmt: skip
    priced = [np.full(len(v.high), int(prices[v.kind] * scale), dtype=np.int64) for v in levers]
    flow = network.solve_costs(grown, np.concatenate([cost, *priced]))
    return None if flow is None else _read(model, arcs, flow, levers, newcomers, waivable)


def _expert_family(model: Model) -> int:
    return next(f for f, fam in enumerate(model.families) if fam.kind == "expert")


def _bend_left(model: Model, tree: Tree, arcs: network.Arcs, prices: dict[str, Fraction]) -> list[_Levers]:
    """More of one employer on a panel; fewer seats, or fewer of a class, as backward arcs."""
    p, out = model.problem, []
    for f, fam in enumerate(model.families):
        at = np.flatnonzero(tree.family == f)
        group = tree.group[at]
        if fam.kind == "same" and "same_on_panel" in prices:
            out.append(_Levers("same_on_panel", f, group, arcs.tail[at], arcs.head[at], p.need[fam.owner[group]]))
        elif fam.kind == "item" and "seat_short" in prices:
            at, group = at[p.panel[group]], group[p.panel[group]]
            out.append(_Levers("seat_short", f, group, arcs.head[at], arcs.tail[at], arcs.low[at]))
        elif fam.kind == "type" and "count_waiver" in prices:
            at, group = at[arcs.low[at] > 0], group[arcs.low[at] > 0]
            out.append(_Levers("count_waiver", f, group, arcs.head[at], arcs.tail[at], arcs.low[at]))
    return out


def _bend_right(
    model: Model, tree: Tree, arcs: network.Arcs, prices: dict[str, Fraction], newcomers: Sequence[Newcomer]
) -> list[_Levers]:  # fmt: skip
    """More seats of present experts, as parallel arcs."""
    if "expert_cap" not in prices:
        return []
    f = _expert_family(model)
    node = np.flatnonzero((tree.family == f) & ~np.isin(tree.group, [n.expert for n in newcomers]))
    at = arcs.pairs.stop + node
    room = np.maximum(0, len(model.problem.items) - arcs.high[at])
    return [_Levers("expert_cap", f, tree.group[node], arcs.tail[at], arcs.head[at], room)]


def _read(
    model: Model, arcs: network.Arcs, flow: Ints, levers: Sequence[_Levers], newcomers: Sequence[Newcomer], waivable: Bools
) -> tuple[list[Change], bool]:  # fmt: skip
    """The relief the flow uses; with newcomers, whether whole experts cost no more than the priced seats."""
    p = model.problem
    changes: list[Change] = []
    start = len(arcs.tail)
    for lever in levers:
        used = flow[start : start + len(lever.high)]
        changes += [[*lever.change(model, k), int(used[k])] for k in np.flatnonzero(used > 0).tolist()]
        start += len(used)
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
