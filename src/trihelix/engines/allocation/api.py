"""The engine's doors: JSON in, JSON out."""

from __future__ import annotations

from typing import Any

from . import solve as _solve
from . import verify as _verify
from .parse import parse


def solve(problem: Any, time_limit: float | None = 60.0) -> dict[str, Any]:
    """The answer for a problem; ``time_limit`` in seconds. Raises ``Refused`` (bad input) or ``Stopped`` (nothing found in time)."""
    return _solve.solve(parse(problem), time_limit)


def verify(problem: Any, answer: Any) -> dict[str, Any]:
    """Whether the answer is true: ``{"ok", "feasible", "objective", "bound", "optimal_proven", "errors"}``."""
    return _verify.verify(parse(problem), answer)
