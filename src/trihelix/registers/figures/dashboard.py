"""What a dashboard shows to one viewer: only what that viewer may see, each number with the address of its records."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.kernel.actor import Actor, entries
from trihelix.registers.figures import checks, evaluation, funnel, geography, trends
from trihelix.registers.figures.book import figures
from trihelix.registers.figures.models import Report
from trihelix.registers.governance.queries import commitments_due

# What each role of the province looks at first; others see the general headlines.
BY_ROLE = {
    "finance": ("F95", "F96", "F40", "F44", "F45", "F98", "F101", "F102", "F68", "F73"),
    "auditor": ("F30", "F40", "F45", "F89", "F95", "F98", "F101", "F102"),
    "discipline": ("F21", "F40", "F95", "F98", "F101", "F104"),
    "officer": ("F29", "F30", "F31", "F32", "F35", "F36", "F33", "F34", "F19", "F20", "F77", "F79"),
}


def headlines(by: Actor) -> tuple[str, ...]:
    """The figures of the viewer's first role that has its own, else the general ones."""
    return next((BY_ROLE[r] for r in BY_ROLE if r in by.roles), funnel.HEADLINES)


def map_of(by: Actor, day: dt.date, wanted: str = "") -> dict[str, Any] | None:
    """The map of one register by its name as it stood on a day. Refuses a name that is not to be had."""
    known = geography.choices(by)
    if not known:
        return None
    return geography.picture(geography.register_of_map(by, wanted) if wanted else known[0], by, day) | {"choices": known}


def published(by: Actor) -> Report | None:
    """The last report open to the viewer."""
    return entries(by, Report).filter(record__state="published").order_by("-as_of", "-pk").first()


def own(by: Actor, day: dt.date, wanted: str = "") -> dict[str, Any]:
    """The dashboard of any viewer: funnel and map of what they may see, their waiting work, the commitments and the published report."""
    report = published(by)
    return {
        "as_of": day, "funnel": funnel.steps(by, day), "map": map_of(by, day, wanted), "load": funnel.load(by, day) if by.signed_in else [],
        "report": report, "rows": list(report.record.frozen_figures.all()) if report else [],
    } | _commitments(commitments_due(by, day))  # fmt: skip


def _commitments(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Those with a measure, and those that lack one, apart."""
    return {"commitments": [r for r in rows if r["light"] != "grey"], "unmeasured": [r for r in rows if r["light"] == "grey"]}


def province(by: Actor, day: dt.date, wanted: str = "", ids: tuple[str, ...] = ()) -> dict[str, Any]:
    """The page of those who see the province: figures with comparison and trend, funnel, map, commitments, load, checks that do not hold."""
    book = figures()
    shown = ids or headlines(by)
    drawn = trends.asked(day, shown)  # the last point of a line is the figure of the day
    beside = [f for f in book.figures.values() if f.id not in shown and (f.target is not None or f.id in book.checked)]
    found = evaluation.answers([*drawn, *((f, evaluation.span_of(f, day)) for f in beside)], by)
    lines = trends.drawn(found[: len(drawn)])
    known = {a.figure.id: a for a in (*(line["answer"] for line in lines), *found[len(drawn) :])}
    return {
        "as_of": day, "cards": [(known[i], line) for i, line in zip(shown, lines, strict=True)], "funnel": funnel.steps(by, day), "map": map_of(by, day, wanted),
        "load": funnel.load(by, day), "findings": [f for f in checks.check_all(by, day, known) if f.light in ("red", "amber")],
    } | _commitments(commitments_due(by, day, progress=evaluation.progress_of(known.values())))  # fmt: skip
