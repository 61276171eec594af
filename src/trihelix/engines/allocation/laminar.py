"""Which rows nest: sets of pairs that contain one another or are disjoint form a tree, and two trees make one network.

Rows that cross (say city against employer on one panel) are left aside as *side rows* for ``crossing``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .model import Family, Model
from .problem import Bools, Ints


@dataclass(frozen=True)
class Tree:
    """Nested sets: ``parent`` (-1 = directly under the hub), bounds, the row (family, group) of each node, and each pair's leaf."""

    parent: Ints
    low: Ints
    high: Ints
    family: Ints
    group: Ints
    leaf: Ints


@dataclass(frozen=True)
class Nested:
    """The two trees of a model and the rows that fit in neither, as (family, group)."""

    left: Tree
    right: Tree
    side: tuple[tuple[int, int], ...]

    @property
    def is_network(self) -> bool:
        return not self.side


def nest(model: Model) -> Nested:
    """Split the rows into an item tree, an expert tree and side rows."""
    at = {
        f: [k for k, fam in enumerate(model.families) if fam.level == f] for f in ("outer_left", "item", "inner", "expert", "outer_right")
    }
    side: list[tuple[int, int]] = []
    left = _tree(model, at["outer_left"], at["item"][0], at["inner"], model.item, side)
    right = _tree(model, at["outer_right"], at["expert"][0], [], model.expert, side)
    return Nested(left, right, tuple(side))


def _tree(model: Model, outer: list[int], middle: int, inner: list[int], index: Ints, side: list[tuple[int, int]]) -> Tree:
    """Nodes in order: outer sets, the middle family (items or experts), inner sets."""
    fams = model.families
    count = len(fams[middle].low)
    out = _forest([_per_member(fams[f], index, count) for f in outer], [fams[f] for f in outer])
    ins = _forest([fams[f].group for f in inner], [fams[f] for f in inner])
    base = len(out.family)
    parent = [out.parent, np.asarray(out.leaf if outer else np.full(count, -1)), ins.parent + base + count]
    owner = np.zeros(len(ins.family), dtype=np.int64)
    for k, f in enumerate(inner):
        mine = ins.family == k
        owner[mine] = fams[f].owner[ins.group[mine]]
    parent[2] = np.where(ins.parent < 0, base + owner, parent[2])
    family = np.concatenate([_of(outer, out.family), np.full(count, middle), _of(inner, ins.family)])
    group = np.concatenate([out.group, np.arange(count), ins.group])
    leaf = base + index
    if inner:
        leaf = np.where(ins.leaf >= 0, base + count + ins.leaf, leaf)
    low, high = (np.zeros(len(family), dtype=np.int64) for _ in range(2))
    for f in (*outer, middle, *inner):
        mine = family == f
        low[mine], high[mine] = fams[f].low[group[mine]], fams[f].high[group[mine]]
    side += [(outer[f], g) for f, g in out.crossing] + [(inner[f], g) for f, g in ins.crossing]
    return Tree(np.concatenate(parent).astype(np.int64), low, high, family, group, leaf)


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


def _of(names: list[int], which: Ints) -> Ints:
    return np.array(names, dtype=np.int64)[which] if len(which) else _none()


def _per_member(fam: Family, index: Ints, count: int) -> Ints:
    """A total's group per item or expert, read off its pairs."""
    out = np.full(count, -1, dtype=np.int64)
    out[index] = fam.group
    return out


@dataclass(frozen=True)
class _Forest:
    parent: Ints
    family: Ints
    group: Ints
    leaf: Ints
    crossing: list[tuple[int, int]]


def _forest(groups: list[Ints], fams: list[Family]) -> _Forest:
    """Nest several partial partitions of the same elements; a set that crosses an earlier one is set aside."""
    if not groups:
        return _Forest(_none(), _none(), _none(), _none(), [])
    size = [np.bincount(g[g >= 0], minlength=len(f.low)) for g, f in zip(groups, fams, strict=True)]
    kept = [np.ones(len(f.low), dtype=np.bool_) for f in fams]
    inside: list[tuple[int, Ints, int, Ints]] = []  # (child family, child groups, parent family, parent groups)
    crossing: list[tuple[int, int]] = []
    for f in range(len(groups)):
        links = []
        for h in range(f):
            a, b, n = _overlaps(groups[f], kept[f], groups[h], kept[h], len(fams[h].low))
            bad = (n < size[f][a]) & (n < size[h][b])
            dropped = np.unique(a[bad])
            kept[f][dropped] = False
            crossing += [(f, int(g)) for g in dropped]
            links.append((h, a, b, n))
        for h, a, b, n in links:
            alive = kept[f][a]
            a, b, n = a[alive], b[alive], n[alive]
            child = n == size[f][a]
            inside.append((f, a[child], h, b[child]))
            inside.append((h, b[~child], f, a[~child]))
    return _link(groups, fams, size, kept, inside, crossing)


def _overlaps(a: Ints, keep_a: Bools, b: Ints, keep_b: Bools, width: int) -> tuple[Ints, Ints, Ints]:
    both = (a >= 0) & (b >= 0)
    x, y = a[both], b[both]
    alive = keep_a[x] & keep_b[y]
    key, n = np.unique(x[alive] * width + y[alive], return_counts=True)
    return key // max(1, width), key % max(1, width), n


def _link(
    groups: list[Ints],
    fams: list[Family],
    size: list[Ints],
    kept: list[Bools],
    inside: list[tuple[int, Ints, int, Ints]],
    crossing: list[tuple[int, int]],
) -> _Forest:
    """Number the kept sets and give each the smallest set that contains it."""
    start = np.cumsum([0] + [int(k.sum()) for k in kept])
    number = [np.where(k, np.cumsum(k) - 1 + s, -1) for k, s in zip(kept, start, strict=False)]
    total = int(start[-1])
    parent = np.full(total, -1, dtype=np.int64)
    best = np.full(total, np.iinfo(np.int64).max)
    for f, a, h, b in inside:
        child, above = number[f][a], number[h][b]
        rank = size[h][b] * len(fams) + (len(fams) - 1 - h)  # smallest first; of equal sets the later family lies deeper
        order = np.lexsort((rank, child))
        child, above, rank = child[order], above[order], rank[order]
        first = np.ones(len(child), dtype=np.bool_)
        first[1:] = child[1:] != child[:-1]
        child, above, rank = child[first], above[first], rank[first]
        better = rank < best[child]
        parent[child[better]], best[child[better]] = above[better], rank[better]
    leaf = np.full(len(groups[0]), -1, dtype=np.int64)
    small = np.full(len(groups[0]), np.iinfo(np.int64).max)
    for f, g in enumerate(groups):
        mine = np.where(g >= 0, number[f][g], -1) if len(fams[f].low) else np.full(len(g), -1)
        rank = np.where(mine >= 0, size[f][g] if len(fams[f].low) else 0, np.iinfo(np.int64).max)
        better = (mine >= 0) & (rank <= small)
        leaf[better], small[better] = mine[better], rank[better]
    family = np.repeat(np.arange(len(fams)), [int(k.sum()) for k in kept])
    group = np.concatenate([np.flatnonzero(k) for k in kept]) if total else _none()
    return _Forest(parent, family, group.astype(np.int64), leaf, crossing)
