"""Seeded synthetic problems: experts and applications have fields, scores follow the fields, classes and employers follow places."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from trihelix.engines.allocation.model import Model, build
from trihelix.engines.allocation.problem import Codes, Limits, Problem, Relief

TYPES = ("academic", "enterprise", "finance")


def scores(m: int, n: int, seed: int, fields: int = 40) -> np.ndarray:
    """Dense affinities 1..10000 (items × experts, int32): closeness of two sparse field mixtures plus noise."""
    rng = np.random.default_rng(seed)
    left = rng.dirichlet(np.full(fields, 0.08), m).astype(np.float32)
    right = rng.dirichlet(np.full(fields, 0.08), n).astype(np.float32)
    left /= np.linalg.norm(left, axis=1, keepdims=True)
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    out = np.empty((m, n), dtype=np.int32)
    for k in range(0, m, 500):
        close = left[k : k + 500] @ right.T
        noise = rng.random(close.shape, dtype=np.float32)
        out[k : k + 500] = np.clip(1 + 9000 * close + 999 * noise, 1, 10000).astype(np.int32)
    return out


def candidates(
    dense: np.ndarray, per_item: int, per_expert: int, kinds: np.ndarray | None = None, per_kind: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """(item, expert) of each item's best, each expert's best, and each item's best of every class."""
    m, n = dense.shape
    keep = np.zeros((m, n), dtype=np.bool_)
    np.put_along_axis(keep, np.argpartition(-dense, per_item, axis=1)[:, :per_item], True, axis=1)
    np.put_along_axis(keep, np.argpartition(-dense, min(per_expert, m - 1), axis=0)[:per_expert], True, axis=0)
    for kind in range(0 if kinds is None else len(TYPES)):
        of = np.flatnonzero(kinds == kind)
        best = np.argpartition(-dense[:, of], per_kind, axis=1)[:, :per_kind]
        np.put_along_axis(keep, of[best], True, axis=1)
    return np.nonzero(keep)


def problem(
    m: int,
    n: int,
    seed: int,
    need: int = 3,
    cap: int = 6,
    pairs: tuple[np.ndarray, np.ndarray] | None = None,
    dense: np.ndarray | None = None,
    objective: str = "max_sum",
) -> Problem:
    """A plain problem over the given pairs (default: top 50 an item and top 15 an expert)."""
    dense = scores(m, n, seed) if dense is None else dense
    item, expert = candidates(dense, min(50, n - 1), 15) if pairs is None else pairs
    rng = np.random.default_rng(seed + 1)
    kind = rng.choice(3, n, p=(0.6, 0.3, 0.1))
    employer = kind * 10_000 + (rng.pareto(0.9, n) * 5).astype(np.int64) % max(20, n // 12)
    _, employer = np.unique(employer, return_inverse=True)
    city = rng.integers(0, 9, int(employer.max()) + 1)[employer]
    origin = (rng.random(int(employer.max()) + 1) < 0.5).astype(np.int64)[employer]

    def codes(code: np.ndarray, names: tuple[str, ...] | None = None) -> Codes:
        return Codes(names or tuple(str(k) for k in range(int(code.max()) + 1)), code.astype(np.int64))

    none = np.full(m, -1, dtype=np.int64)
    return Problem(
        experts=tuple(f"e{k}" for k in range(n)), cap=np.full(n, cap), expert_least=np.zeros(n, dtype=np.int64),
        expert_attr={"type": codes(kind, TYPES), "employer": codes(employer), "city": codes(city), "group": Codes((), np.full(n, -1)), "origin": codes(origin, ("inside", "outside"))},
        items=tuple(f"a{k}" for k in range(m)), need=np.full(m, need), item_least=np.full(m, need), panel=np.ones(m, dtype=np.bool_),
        item_attr={k: Codes((), none) for k in ("applicant_employer", "city", "group")},
        pair_item=item.astype(np.int64), pair_expert=expert.astype(np.int64), score=dense[item, expert].astype(np.int64),
        conflicts={}, limits=Limits(), objective=objective, relief=Relief(), expert_prefers=(None,) * n, item_prefers=(None,) * m,
        digest=f"benchmark-{m}-{n}-{seed}",
    )  # fmt: skip


def nested(m: int, n: int, seed: int) -> Problem:
    """Panels of 7, ≥20 % enterprise, one per employer on a panel, employer total ≤5 %, ≥35 % from outside: all nested."""
    dense = scores(m, n, seed)
    plain = problem(m, n, seed, need=7, dense=dense, pairs=(np.array([0]), np.array([0])))
    kinds = plain.expert_attr["type"].code
    item, expert = candidates(dense, min(150, n // 4), 15, kinds, 25)
    seats = 7 * m
    limits = Limits(
        max_same={"employer": 1}, min_share={"enterprise": Fraction(1, 5)},
        by_expert={
            "employer": dict.fromkeys(plain.expert_attr["employer"].values, (0, seats // 20)),
            "origin": {"outside": (-(-seats * 35 // 100), None)},
        },
    )  # fmt: skip
    return replace(plain, pair_item=item, pair_expert=expert, score=dense[item, expert].astype(np.int64), limits=limits)


def dispatch(people: int, firms: int, seed: int) -> Problem:
    """One person to one firm (two posts a firm), everyone placed, 7 % floor a city, 5 % cap a home body (or its size), 25 % from outside."""
    dense = scores(firms, people, seed)
    item, expert = candidates(dense, min(60, people - 1), 40)
    base = problem(firms, people, seed, pairs=(item, expert), dense=dense)
    largest = int(np.bincount(base.expert_attr["employer"].code).max())
    city = np.random.default_rng(seed + 2).integers(0, 9, firms)
    limits = Limits(
        by_item={"city": {str(k): (people * 7 // 100, None) for k in range(9)}},
        by_expert={
            "employer": {v: (0, max(largest, people // 20)) for v in base.expert_attr["employer"].values},
            "origin": {"outside": (people // 4, None)},
        },
        place_all=True,
    )
    attributes = {**base.item_attr, "city": Codes(tuple(str(k) for k in range(9)), city.astype(np.int64))}
    ones = np.ones(people, dtype=np.int64)
    return replace(
        base, cap=ones, need=np.full(firms, 2), item_least=np.zeros(firms, dtype=np.int64), panel=np.zeros(firms, dtype=np.bool_),
        item_attr=attributes, limits=limits,
    )  # fmt: skip


def seats_as_items(p: Problem) -> Model:
    """Each post of a firm as an item of its own, for a plain bipartite matching."""
    m = len(p.items)
    twice = replace(
        p, items=tuple(f"{k}" for k in range(2 * m)), need=np.ones(2 * m, dtype=np.int64), item_least=np.zeros(2 * m, dtype=np.int64),
        panel=np.zeros(2 * m, dtype=np.bool_), pair_item=np.concatenate([p.pair_item, p.pair_item + m]),
        pair_expert=np.tile(p.pair_expert, 2), score=np.tile(p.score, 2), limits=Limits(),
        item_attr={k: Codes((), np.full(2 * m, -1)) for k in p.item_attr},
    )  # fmt: skip
    return build(twice)
