"""What would change it: for each failing clause the smallest change of each single input, and the cheapest combination found.

Candidates come from an exact search over fractions; every one is then confirmed through the compiled rule before it is
reported. The combination is the cheapest among the edges of bands and clauses, each change then cut back to the least
that still passes; cost is the relative change of an input times its weight in the book.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

import polars as pl

from trihelix.engines.rules.columns import SCALES, dtype, is_number, to_units
from trihelix.engines.rules.compile import Compiled
from trihelix.engines.rules.exact import Reading, assess, clause_outcome, score_points
from trihelix.engines.rules.facts import Fact
from trihelix.engines.rules.model import Clause, Input, Score
from trihelix.engines.rules.soundness import walk, walk_scores
from trihelix.engines.rules.trace import exact_names, exact_value, shown
from trihelix.engines.rules.translate import column

_MOST_COMBINATIONS: Final = 20_000
_MOST_KEYS: Final = 6
Test = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Move:
    """One input set to another value (column units; the latest item of a series)."""

    one: Input
    before: Any
    after: Any

    @property
    def cost(self) -> Fraction:
        """Relative size of the change times the input's weight."""
        if not is_number(self.one):
            return Fraction(self.one.cost)
        base = max(abs(self.before), SCALES[self.one.type][0])
        return Fraction(abs(self.after - self.before), base) * self.one.cost


class Finder:
    """Searches changes for one firm."""

    def __init__(self, compiled: Compiled, facts: Mapping[str, Fact], on: date, row: Mapping[str, Any]) -> None:
        self.compiled, self.facts, self.on, self.row = compiled, facts, on, row
        self.names = exact_names(compiled, facts, on)
        self.movable = {k: one for k, one in compiled.rule.inputs.items() if one.change != "no" and self._latest(k) is not None}

    def _latest(self, key: str) -> Any:
        units = self.facts[key].units if key in self.facts else None
        return units[-1] if isinstance(units, list) else units

    def _whole(self, move: Move) -> Any:
        """The input's full value after a move."""
        return [*self.facts[move.one.key].units[:-1], move.after] if move.one.series else move.after

    def changed(self, moves: list[Move]) -> dict[str, Any]:
        """Exact names after some moves."""
        return {**self.names, **{m.one.key: exact_value(m.one, self._whole(m)) for m in moves}}

    def sane(self, names: Mapping[str, Any]) -> bool:
        """Whether no contradiction check is broken."""
        reading = Reading(names)
        return all(clause_outcome(c, reading) is not False for c in self.compiled.rule.checks)

    def least(self, one: Input, test: Test, others: list[Move] | None = None) -> Move | None:
        """The smallest move of one input that makes a test true."""
        base, found = self._latest(one.key), list[Move]()

        def holds(after: Any) -> bool:
            names = self.changed([*(others or []), Move(one, base, after)])
            return test(names) and self.sane(names)

        if one.type == "bool":
            return Move(one, base, not base) if holds(not base) else None
        if not is_number(one):
            return None
        for sign in (1, -1):
            if one.change in ("any", "up" if sign > 0 else "down"):
                after = self._search(one, base, sign, holds)
                found += [] if after is None else [Move(one, base, after)]
        return min(found, key=lambda m: m.cost, default=None)

    def _search(self, one: Input, base: int, sign: int, holds: Callable[[int], bool]) -> int | None:
        bound = self._bound(one, sign)
        room = (bound - base) * sign
        last, step = 0, 1
        while last < room:
            step = min(step, room)
            if holds(base + sign * step):
                while step - last > 1:
                    middle = (step + last) // 2
                    last, step = (last, middle) if holds(base + sign * middle) else (middle, step)
                return base + sign * step
            last, step = step, step * 8
        return None

    def _bound(self, one: Input, sign: int) -> int:
        limit = one.most if sign > 0 else one.least
        if limit is not None:
            return int(to_units(limit, one))
        scale, _, most = SCALES[one.type]
        return sign * scale * min(most, 10**7)

    def clause_test(self, clause: Clause) -> tuple[Test, set[str]]:
        """The test that a clause holds, and the inputs it depends on (through scores for pass conditions)."""
        names = set().union(*(c.when.names for c in walk([clause]) if c.when is not None))
        scores = {s.id: s for s in walk_scores(self.compiled.version.scores)}
        if not names & ({"total"} | set(scores)):
            return (lambda values: clause_outcome(clause, Reading(values)) is True), names
        tops = self.compiled.version.scores if "total" in names else [scores[n] for n in names if n in scores]
        keys = names | set().union(*(_score_keys(s) for s in tops))
        return (lambda values: assess(self.compiled.version, values)[f"c:{clause.id}"] is True), keys

    def singles(self) -> list[tuple[str, Move]]:
        """For each failing gate or pass condition, every single input that can mend it, the cheapest first."""
        out: list[tuple[str, Move]] = []
        for clause in (*self.compiled.version.gates, *self.compiled.version.passes):
            if self.row[f"c:{clause.id}"] is False:
                test, keys = self.clause_test(clause)
                moves = [m for k in sorted(keys & set(self.movable)) if (m := self.least(self.movable[k], test)) is not None]
                out += [(clause.id, m) for m in sorted(moves, key=lambda m: (m.cost, m.one.key))]
        ran = self.run([[m] for _, m in out])
        return [pair for i, pair in enumerate(out) if ran[i][f"c:{pair[0]}"] is True]

    def run(self, plans: list[list[Move]]) -> list[dict[str, Any]]:
        """The compiled rule on the firm after each plan of moves, in one frame."""
        if not plans:
            return []
        table = {column(o): pl.Series([self.facts[k].units if k in self.facts else None] * len(plans), dtype=dtype(o))
                 for k, o in self.compiled.rule.inputs.items()}  # fmt: skip
        for key, one in self.movable.items():
            hits = [next((self._whole(m) for m in plan if m.one.key == key), self.facts[key].units) for plan in plans]
            table[column(one)] = pl.Series(hits, dtype=dtype(one))
        frame = pl.DataFrame(table).with_columns(pl.lit(self.on).alias("on"))
        return self.compiled.run(frame).to_dicts()

    def combination(self, singles: list[tuple[str, Move]]) -> list[Move] | None:
        """The cheapest combination found that makes the rule met."""
        options = self._options(singles)
        plans = [[m for m in picked if m is not None] for picked in itertools.product(*options.values())]
        plans = [p for p in plans if p]
        ran = self.run(plans)
        met = sorted((p for p, r in zip(plans, ran, strict=True) if r["verdict"] is True), key=lambda p: (sum(m.cost for m in p), len(p)))
        best = next((p for p in met if self.sane(self.changed(p))), None)
        if best is None:
            return None
        tight = self._tighten(best)
        return tight if self.run([tight])[0]["verdict"] is True else best

    def _options(self, singles: list[tuple[str, Move]]) -> dict[str, list[Move | None]]:
        found: dict[str, dict[Any, Move]] = {k: {} for k in self.movable}
        for _, move in singles:
            found[move.one.key][move.after] = move
        for score in walk_scores(self.compiled.version.scores):
            for key in _score_keys(score, deep=False) & set(self.movable):
                for move in self._edges(score, self.movable[key]):
                    found[key][move.after] = move
        ranked = sorted((sorted(m.values(), key=lambda x: x.cost) for m in found.values() if m), key=lambda ms: ms[0].cost)[:_MOST_KEYS]
        depth = 8
        while len(ranked) and (min(depth, max(len(r) for r in ranked)) + 1) ** len(ranked) > _MOST_COMBINATIONS and depth > 1:
            depth -= 1
        return {r[0].one.key: [None, *r[:depth]] for r in ranked}

    def _edges(self, score: Score, one: Input) -> list[Move]:
        """Moves of one input to each higher level of a score."""
        now = score_points(score, Reading(self.names))[0]
        out = []
        for level in sorted({b.low for b in score.bands if b.low > now}):
            move = self.least(one, lambda values, level=level: score_points(score, Reading(values))[0] >= level)  # type: ignore[misc]
            if move is not None:
                out.append(move)
        return out

    def _tighten(self, plan: list[Move]) -> list[Move]:
        """Cut each move back to the least that still passes, the costliest first."""
        version = self.compiled.version
        for move in sorted(plan, key=lambda m: -m.cost):
            if not is_number(move.one):
                continue
            others = [m for m in plan if m is not move]
            if assess(version, self.changed(others))["verdict"] is True:
                plan = others
                continue
            less = self.least(move.one, lambda values: assess(version, values)["verdict"] is True, others)
            if less is not None and less.cost < move.cost:
                plan = [*others, less]
        return sorted(plan, key=lambda m: list(self.compiled.rule.inputs).index(m.one.key))


def _score_keys(score: Score, deep: bool = True) -> set[str]:
    exprs = [e for s in (walk_scores([score]) if deep else [score]) for e in (s.of, *(b.when for b in s.bands)) if e is not None]
    return set().union(*(e.names for e in exprs))


def move_json(move: Move, clause: str | None = None) -> dict[str, Any]:
    """``{"clause", "key", "from", "to"}`` with label and unit for people."""
    head = {} if clause is None else {"clause": clause}
    place = {"at": "latest"} if move.one.series else {}
    return head | {"key": move.one.key, "from": shown(move.one, move.before), "to": shown(move.one, move.after),
                   "label": move.one.label.zh, "unit": move.one.unit} | place  # fmt: skip


def changes(
    compiled: Compiled, facts: Mapping[str, Fact], on: date, row: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]] | None]:
    """Single changes and the cheapest combination, as JSON rows."""
    if row["verdict"] is True:
        return [], None
    finder = Finder(compiled, facts, on, row)
    singles = finder.singles()
    plan = finder.combination(singles)
    return [move_json(m, clause) for clause, m in singles], None if plan is None else [move_json(m) for m in plan]
