"""Allocation with proof (评审分配、科创专员选派、抽签): panels, dispatch and draws over a problem in JSON.

``solve(problem)`` answers with a certificate; ``verify(problem, answer)`` checks it without a solver. Problem and answer format:
docs/allocation.md. Everything is deterministic for the same input.
"""

from __future__ import annotations

from .api import cure, draw, replacement, replay, solve, verify, why

__all__ = ["cure", "draw", "replacement", "replay", "solve", "verify", "why"]
