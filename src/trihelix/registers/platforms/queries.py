"""Reads of platforms used by pages: what hangs on a record, openness side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.actor import Actor, entries, visible_to
from trihelix.kernel.models import Record
from trihelix.kernel.register import REGISTERS, Register, attribute
from trihelix.registers.platforms.models import Platform, PlatformYear

SHOWN = 20  # rows of each list on a page
OPENNESS = ("outside_users", "shared_hours", "firms_served", "open_projects")
# What hangs on a platform: register, the columns shown, the order.
ON_PLATFORM = (
    ("platform_decisions", "platform", ("kind", "decided_on", "amount_wan", "count", "place"), "-decided_on"),
    ("platform_milestones", "platform", ("kind", "planned_on", "done_on"), "planned_on"),
    ("platform_years", "platform", ("year", "outside_users", "shared_hours", "firms_served"), "-year"),
    ("platform_evaluations", "platform", ("kind", "evaluated_on", "score", "grade"), "-evaluated_on"),
    ("laboratory_batches", "platform", ("year", "batch", "launched_on"), "-year"),
    ("foreign_agreements", "platform", ("signed_on", "valid_to"), "-signed_on"),
    ("cooperation_projects", "platform", ("kind", "country", "approved_on", "approved_wan"), "-year"),
    ("researcher_services", "laboratory", ("kind", "started_on", "amount_wan"), "-started_on"),
)
ONLY = {  # registers that concern some families only
    "laboratory_batches": ("provincial_lab",), "foreign_agreements": ("belt_road_lab", "key_lab", "research_centre"),
    "cooperation_projects": ("belt_road_lab", "key_lab", "research_centre"),
    "researcher_services": ("joint_lab", "provincial_lab", "belt_road_lab", "key_lab"),
}  # fmt: skip
ON_PARTNER = (
    ("foreign_agreements", "partner", ("signed_on", "valid_to"), "-signed_on"),
    ("cooperation_projects", "partner", ("kind", "year", "approved_on", "approved_wan"), "-year"),
)


@dataclass(frozen=True)
class Section:
    """The records of one register that point to a record: columns, and for each row its cells; ``new`` starts another one."""

    register: Register
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, tuple[tuple[Column, Any], ...]], ...]
    new: str
    all: str


def sections(record: Record, by: Actor, wanted: Sequence[tuple[str, str, tuple[str, ...], str]]) -> list[Section]:
    """What hangs on a record, as the viewer may see it; one query a register."""
    out = []
    for name, ref, names, order in wanted:
        register = REGISTERS[name]
        columns = tuple(c for c in register.sheet.columns if c.name in names)
        model: Any = register.model
        found = entries(by, model).filter(**{ref: record}).order_by(order, "-pk")[:SHOWN]
        rows = tuple((entry, tuple((c, getattr(entry, attribute(c.name))) for c in columns)) for entry in found)
        out.append(Section(register, columns, rows, f"/{name}/new/?{ref}={record.uid}", f"/{name}/?{ref}={record.number}"))
    return out


def on_platform(platform: Platform, by: Actor) -> list[Section]:
    """What hangs on a platform of its kind."""
    wanted = [w for w in ON_PLATFORM if platform.kind in ONLY.get(w[0], (platform.kind,))]
    return sections(platform.record, by, wanted)


def hosted_with(partner: Record, by: Actor) -> list[Record]:
    """Platforms that name a partner abroad."""
    return list(visible_to(by, Record.objects.filter(links_out__target=partner, links_out__kind="foreign"))[:SHOWN])


def openness(by: Actor, year: int, kind: str = "") -> dict[str, Any]:
    """The running platforms of a kind beside each other with the openness of a year; without an accepted report they stand empty."""
    rows = entries(by, Platform).filter(record__state__in=("building", "recognised", "rectifying"))
    rows = (rows.filter(kind=kind) if kind else rows.exclude(kind__in=("pilot_university", "transfer_base"))).order_by(
        "kind", "record__title"
    )
    told = {y.platform_id: y for y in entries(by, PlatformYear).filter(year=year).exclude(record__state="void")}
    found = [{"platform": p, "year": told.get(p.pk), "cells": _cells(told.get(p.pk))} for p in rows[:500]]
    totals = [sum(r["cells"][i] or 0 for r in found) for i in range(len(OPENNESS))]
    return {"rows": found, "totals": totals, "reported": sum(1 for r in found if r["cells"][0] is not None)}


def _cells(year: PlatformYear | None) -> list[int | None]:
    if year is None or year.state != "accepted":
        return [None] * len(OPENNESS)
    return [getattr(year, name) for name in OPENNESS]
