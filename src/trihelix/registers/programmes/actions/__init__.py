"""The only writers of programmes."""

from trihelix.registers.programmes.actions import (
    applications,
    calls,
    cases,
    checking,
    decisions,
    endings,
    money,
    projects,
    schemes,
    sealed,
    submission,
    subsidies,
)

__all__ = [
    "applications",
    "calls",
    "cases",
    "checking",
    "decisions",
    "endings",
    "money",
    "projects",
    "schemes",
    "sealed",
    "submission",
    "subsidies",
]
