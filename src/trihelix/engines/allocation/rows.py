"""The rows as a linear or integer programme for HiGHS: used only where rules cross, for fairness targets, wishes and repairs.

Columns and rows are numbered; no name of a person reaches the solver, and its log is off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from highspy._core import _Highs

from .model import NO_LIMIT, Model
from .problem import Bools, Ints

Reals = npt.NDArray[np.float64]
INFINITE = highspy.kHighsInf


@dataclass(frozen=True)
class Rows:
    """A sparse system ``low ≤ A x ≤ high`` in triples; ``label`` is (family, group) or (-1, item) for a worst-total row."""

    row: Ints
    column: Ints
    value: Ints
    low: Ints
    high: Ints
    label: list[tuple[int, int]]

    def at(self, x: Ints) -> Ints:
        return np.bincount(self.row, weights=self.value * x[self.column], minlength=len(self.low)).astype(np.int64)


def rows_of(model: Model, worst: int | None = None, skip: Sequence[tuple[int, int]] = ()) -> Rows:
    """Every row of the model except ``skip``; with ``worst``, also "each item's total ≥ worst"."""
    row, column, value, low, high = [], [], [], [], []
    label: list[tuple[int, int]] = []
    start = 0
    without = set(skip)
    for f, fam in enumerate(model.families):
        keep = (
            np.array([(f, g) not in without for g in range(len(fam.low))], dtype=np.bool_) if without else np.ones(len(fam.low), np.bool_)
        )
        number = np.where(keep, np.cumsum(keep) - 1 + start, -1)
        inside = np.flatnonzero(fam.group >= 0)
        where = number[fam.group[inside]] if len(fam.low) else inside[:0]
        row.append(where[where >= 0])
        column.append(inside[where >= 0])
        value.append(np.ones(int((where >= 0).sum()), dtype=np.int64))
        low.append(fam.low[keep])
        high.append(fam.high[keep])
        label += [(f, int(g)) for g in np.flatnonzero(keep)]
        start += int(keep.sum())
    if worst is not None:
        m = len(model.problem.items)
        row.append(model.item + start)
        column.append(np.arange(model.size))
        value.append(model.score)
        low.append(np.full(m, worst, dtype=np.int64))
        high.append(np.full(m, NO_LIMIT, dtype=np.int64))
        label += [(-1, i) for i in range(m)]
    joined = [np.concatenate(part).astype(np.int64) for part in (row, column, value, low, high)]
    return Rows(joined[0], joined[1], joined[2], joined[3], joined[4], label)


def floor_inf(values: Ints) -> Reals:
    """Bounds as doubles, absent maxima as infinity."""
    out = values.astype(np.float64)
    out[values >= NO_LIMIT] = INFINITE
    return out


class Programme:
    """One HiGHS instance: maximise or minimise, with bounds that may change between solves."""

    def __init__(self, cost: Any, low: Any, high: Any, rows: Rows, integer: Bools | None = None, maximise: bool = True) -> None:
        self.size, self.count = len(cost), len(rows.low)
        self.demand, self.room = rows.low, rows.high
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.size, self.count
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.asarray(cost, np.float64), np.asarray(low, np.float64), np.asarray(high, np.float64)
        lp.row_lower_, lp.row_upper_ = rows.low.astype(np.float64), floor_inf(rows.high)
        order = np.lexsort((rows.row, rows.column))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.searchsorted(rows.column[order], np.arange(self.size + 1)).astype(np.int32)
        lp.a_matrix_.index_ = rows.row[order].astype(np.int32)
        lp.a_matrix_.value_ = rows.value[order].astype(np.float64)
        lp.sense_ = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
        if integer is not None:
            kinds = [highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger]
            lp.integrality_ = [kinds[int(k)] for k in integer]
        # The plain binding: the wrapper class prints a banner on standard output, where answers go.
        self.highs: Any = _Highs()
        for key, value in (("output_flag", False), ("threads", 1), ("random_seed", 7), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.999)):
            self.highs.setOptionValue(key, value)
        self.highs.passModel(lp)

    def bounds(self, column: int, low: float, high: float) -> None:
        self.highs.changeColBounds(column, low, high)

    def start(self, x: Ints) -> None:
        """A known integer solution to begin from."""
        solution = highspy.HighsSolution()
        solution.col_value = x.astype(np.float64).tolist()
        self.highs.setSolution(solution)

    def run(self, seconds: float) -> str:
        """``optimal`` · ``infeasible`` · ``stopped``."""
        if not self.size:  # HiGHS calls a programme without columns "empty", whatever its rows demand
            return "infeasible" if np.any((self.demand > 0) | (self.room < 0)) else "optimal"
        self.highs.setOptionValue("time_limit", float(self.highs.getRunTime() + max(0.01, seconds)))
        self.highs.run()
        status = self.highs.getModelStatus()
        kinds = highspy.HighsModelStatus
        if status == kinds.kOptimal:
            return "optimal"
        if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
            return "infeasible"
        if status in (kinds.kTimeLimit, kinds.kIterationLimit, kinds.kInterrupt, kinds.kSolutionLimit):
            return "stopped"
        raise RuntimeError(f"HiGHS: {status}")

    @property
    def x(self) -> Reals:
        return np.asarray(self.highs.getSolution().col_value, dtype=np.float64)

    @property
    def duals(self) -> Reals:
        return np.asarray(self.highs.getSolution().row_dual, dtype=np.float64)

    @property
    def has_solution(self) -> bool:
        return not self.size or bool(self.highs.getInfo().primal_solution_status == 2)

    @property
    def value(self) -> float:
        return float(self.highs.getInfo().objective_function_value)

    @property
    def bound(self) -> float:
        return float(self.highs.getInfo().mip_dual_bound) if self.size else 0.0


def by_label(model: Model, rows: Rows, y: Ints) -> tuple[list[Ints], Ints]:
    """Row prices back as one array a family, and the prices of worst-total rows by item."""
    out = [np.zeros(len(f.low), dtype=np.int64) for f in model.families]
    worst = np.zeros(len(model.problem.items), dtype=np.int64)
    for k in np.flatnonzero(y):
        f, g = rows.label[int(k)]
        if f < 0:
            worst[g] = y[k]
        else:
            out[f][g] = y[k]
    return out, worst
