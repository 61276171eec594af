"""The answer of one assessment in the shape of the stable formats."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Literal

Verdict = Literal["met", "not_met", "unknown"]


@dataclass(frozen=True)
class Answer:
    """Verdict, interval of points, route, failing clauses, missing inputs, outputs, trace and what would change it.

    ``combination`` is the cheapest set of changes found that makes the rule met (``None``: none found, or not needed).
    ``book`` is the digest of the rule book, so that a stored assessment names exactly what it rested on.
    """

    rule: str
    version: str
    on: date
    verdict: Verdict
    total: dict[str, Any] | None
    parts: list[dict[str, Any]]
    route: str | None
    failed: list[str]
    missing: list[str]
    outputs: dict[str, Any]
    trace: list[dict[str, Any]]
    change: list[dict[str, Any]]
    combination: list[dict[str, Any]] | None = None
    warnings: list[dict[str, Any]] = field(default_factory=list)
    book: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values; dates ISO."""
        return {**self.__dict__, "on": self.on.isoformat()}


def json_number(value: Fraction) -> int | float:
    """A whole number as int, else as float (points have at most six decimals)."""
    return int(value) if value.denominator == 1 else float(value)
