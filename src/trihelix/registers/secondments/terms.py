"""The conditions of the book: terms, checks, default scores, texts of letter and agreement."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import BookError, Node, check_keys, load_file
from trihelix.kernel import book

KEYS = (
    "kinds",
    "scores",
    "grades",
    "ending_days",
    "no_service_months",
    "publicity",
    "letter",
    "agreement",
    "fit",
    "dispatch",
    "person_checks",
)
TESTS = ("degree_or_rank", "years_at_home", "host_age", "terms_before", "outputs")
PARTS = ("time", "problems", "contracts", "outputs", "satisfaction")


@book.of_current
def terms(path: Path) -> Node:
    """The conditions in force."""
    data: Node = load_file(path / "secondments" / "terms.yaml", path)
    check_keys(data, required=KEYS)
    check_keys(data["fit"], required=("words", "field", "discipline", "rank", "source", "unverified"))
    check_keys(data["dispatch"], required=("wish", "prices", "waivable", "source", "unverified"))
    for row in data["person_checks"]:
        check_keys(row, required=("id", "zh", "kinds", "test", "value", "source", "unverified"))
        if row["test"] not in TESTS:
            raise BookError.at(row, "test", "unknown_test", f"test 应为 {'、'.join(TESTS)} 之一")
    for kind in data["kinds"].values():
        check_keys(
            kind, required=("term_years", "hosts", "homes", "source", "unverified"),
            optional=("days_per_year", "hours_per_year", "plan_per_year", "plan_years", "plan_from"),
        )  # fmt: skip
    return data


def kind_terms(kind: str) -> Node:
    """The conditions of one kind of secondment."""
    return terms()["kinds"][kind]  # type: ignore[no-any-return]


def years_on(day: dt.date, years: int) -> dt.date:
    """The last day of a term that begins on a day: two years from 2 May 2024 end on 1 May 2026."""
    try:
        last = day.replace(year=day.year + years)
    except ValueError:  # 29 February
        last = day.replace(year=day.year + years, day=28) + dt.timedelta(days=1)
    return last - dt.timedelta(days=1)


def _part(full: int, got: Any, wanted: Any) -> Decimal:
    share = min(Decimal(1), Decimal(got) / Decimal(wanted)) if wanted else Decimal(1)
    return (full * share).quantize(Decimal("0.01"), ROUND_HALF_UP)


def default_score(
    *, days: Decimal, agreed: Decimal, solved: int, contract_fen: int, outputs: int, satisfaction: Decimal | None
) -> dict[str, Decimal]:
    """Points by part (default weights 20/30/20/15/15): each is the reached share of its full mark, never above it."""
    s = terms()["scores"]
    return {
        "time": _part(s["time"], days, agreed), "problems": _part(s["problems"], solved, s["problems_full"]),
        "contracts": _part(s["contracts"], contract_fen, s["contracts_full_wan"] * 1_000_000), "outputs": _part(s["outputs"], outputs, s["outputs_full"]),
        "satisfaction": _part(s["satisfaction"], satisfaction or 0, 5),
    }  # fmt: skip


def grade_of(score: Decimal) -> str:
    """The grade by the book's thresholds."""
    return next(str(g["grade"]) for g in sorted(terms()["grades"], key=lambda g: -g["from"]) if score >= g["from"])
