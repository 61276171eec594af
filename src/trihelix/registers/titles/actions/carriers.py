"""Talent carriers: founded, evaluated, upgraded from base to workstation, and their years."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.registers.platforms.kinds import Kind, kinds
from trihelix.registers.platforms.life import OWN, life_actions, run_clock
from trihelix.registers.titles.models import Carrier, CarrierYear
from trihelix.registers.titles.sheets import CONDITIONS, FILE


def _kind(carrier: Carrier) -> Kind:
    return kinds(FILE)[carrier.kind]


@action("talent_carriers", "create", "申报或登记载体", "New carrier", creates=True, roles=OWN)
def create(a: Run, carrier: Carrier, **values: Any) -> None:
    """A draft in the host's name. Refuses hosts that cannot have such a carrier (no practice base at a university)."""
    create_entry(a, carrier, values)
    _fits_host(a, carrier)


def _fits_host(a: Run, carrier: Carrier) -> None:
    kind, host = _kind(carrier), a.record.owner
    a.require(host is not None, "required", "请填写设站（依托）单位", field="owner")
    if host is not None:
        a.require(
            host.entry.kind in kind.owner_kinds,
            "host_kind",
            f"“{host.title}” 不能设立{kind.zh}",
            field="owner",
            value=host.entry.kind,
            clause=kind.source,
        )


def fit(a: Run, carrier: Carrier) -> None:
    """The tests of the kind: conditions of a base, master of a studio, partners of a training base, workstation of a branch."""
    kind = _kind(carrier)
    _fits_host(a, carrier)
    if "conditions" in kind.needs:
        for column in CONDITIONS:
            a.require(
                getattr(carrier, column.name), "condition_missing", f"{kind.zh}须满足“{column.zh}”", field=column.name, clause=kind.source
            )
    if "leader" in kind.needs:
        a.require(carrier.leader, "required", f"{kind.zh}须填写领办大师", field="leader", clause=kind.source)
    if "parent" in kind.needs:
        fits = carrier.parent is not None and carrier.parent.entry.kind == "workstation"
        a.require(fits, "parent_missing", f"{kind.zh}须填写所属工作站", field="parent", clause=kind.source)
    if "partners" in kind.needs:
        sides = {a.record.owner.entry.kind if a.record.owner else ""} | {
            link.target.entry.kind for link in a.record.links_out.filter(kind="partner").select_related("target")
        }
        a.require({"firm", "university"} <= sides, "two_sides", f"{kind.zh}须由高校与企业共建", field="partners", clause=kind.source)


life_actions(
    "talent_carriers",
    before_submit=fit,
    months=lambda c: _kind(c).valid_months,
    build_months=lambda c: _kind(c).build_months,
    remove_after=lambda c: _kind(c).remove_after,
)


@action("talent_carriers", "upgrade", "升级为工作站", "Upgrade to a workstation", roles=("officer", "operator"), danger=True, fields=(
    Column("doc_number", "text", "文号", "Document number", required=True), Column("recognised_on", "date", "设站日期", "Recognised on", help="留空为今天"),
    Column("level", "choice", "级别", "Level", choices=dict(register_of("talent_carriers").column("level").choices), example="national"),  # type: ignore[union-attr]
))  # fmt: skip
def upgrade(a: Run, carrier: Carrier, *, doc_number: str, recognised_on: dt.date | None = None, level: str = "national") -> None:
    """A practice base becomes a workstation: the base ends, the workstation is a new record, so both count rightly on every day."""
    a.require(carrier.kind == "practice_base", "not_a_base", "只有创新实践基地可以升级为工作站", field="kind", value=carrier.kind)
    a.require(a.record.state == "recognised", "not_in_force", "只有在册的可以升级", field="state", value=a.record.state)
    day = recognised_on or a.today
    a.require(day <= a.today, "date_future", "设站日期不能在今天之后", field="recognised_on", value=str(day))
    new = register_of("talent_carriers").acts["become"].run(by=SYSTEM, base=carrier, level=level, doc_number=doc_number, day=day, now=a.now)
    a.record.state, carrier.ended_on, carrier.ended_why = "closed", day, f"升级为工作站 {new.number}"
    a.extra["upgraded"] = [None, new.number]


@action("talent_carriers", "become", "升级设站", "Founded by upgrade", creates=True, hidden=True)
def become(a: Run, carrier: Carrier, *, base: Carrier, level: str, doc_number: str, day: dt.date) -> None:
    """The workstation that a base became; done by ``upgrade`` only."""
    for name in (
        "leader",
        "has_rd_unit",
        "has_supervisors",
        "has_plan",
        "has_living",
        "capacity",
        "trades",
        "introduction",
        "division",
        "fields",
    ):
        setattr(carrier, name, getattr(base, name))
    carrier.kind, carrier.level, carrier.doc_number, carrier.recognised_on, carrier.upgraded_from = (
        "workstation",
        level,
        doc_number,
        day,
        base.record,
    )
    a.record.title, a.record.owner, a.record.node = base.title.replace("创新实践基地", "工作站"), base.record.owner, base.record.node
    a.record.state, a.record.visibility = "recognised", "public"


@tick("carriers_clock", every=3600)
def carriers_clock(now: dt.datetime) -> int:
    """Periods end, are warned of, rectifications are asked after."""
    return run_clock("talent_carriers", now)


@action("carrier_years", "create", "填报载体年度", "Report a year", creates=True, roles=OWN)
def report(a: Run, entry: CarrierYear, **values: Any) -> None:
    """A year in the host's name. Refuses a second one for the same year."""
    owner = find(register_of("talent_carriers"), values["carrier"], a.by).owner if values.get("carrier") else None
    create_entry(a, entry, values, owner=owner)
    taken = CarrierYear.objects.filter(carrier=entry.carrier, year=entry.year).exists()
    a.require(not taken, "year_taken", f"{entry.year} 年度已有记录", field="year", value=entry.year)
    a.record.node, a.record.visibility = entry.carrier.node, "node"


@action("carrier_years", "adopt", "归入设站单位", "Give to the host", hidden=True, roles=("system",))
def adopt(a: Run, entry: CarrierYear) -> None:
    """An imported row becomes the host's."""
    a.record.owner, a.record.node = entry.carrier.owner, a.record.node or entry.carrier.node


@tick("carrier_years_adopted", every=60)
def adopt_years(now: dt.datetime) -> int:
    """Years imported by the department belong to the host of their carrier."""
    rows = list(CarrierYear.objects.filter(record__owner=None, carrier__owner__isnull=False)[:500])
    for entry in rows:
        register_of("carrier_years").acts["adopt"].run(by=SYSTEM, record=entry.record, now=now)
    return len(rows)
