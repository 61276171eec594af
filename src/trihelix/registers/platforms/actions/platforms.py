"""Platforms: applied for by the host, tested by kind, recognised, and the clock over them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.kernel.action import Run, action
from trihelix.kernel.models import Record
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.registers.platforms.kinds import kinds
from trihelix.registers.platforms.life import life_actions, run_clock
from trihelix.registers.platforms.models import Platform

NEEDS = {
    "head": "负责人", "agreement_signed_on": "合作协议签订日期", "countries": "合作国别", "staff": "固定人员", "issuer": "认定机关",
}  # fmt: skip


@action("platforms", "create", "申报或登记平台", "New platform", creates=True, roles=("owner", "node", "officer", "operator"))
def create(a: Run, platform: Platform, **values: Any) -> None:
    """A draft in the host's name. Refuses hosts that cannot have such a platform."""
    create_entry(a, platform, values)
    _fits_host(a, platform)
    a.after_saved(lambda: _admit(a))


def _admit(a: Run) -> None:
    for link in a.record.links_out.filter(kind="partner").select_related("target"):
        a.admit("partner", body=link.target)


def _fits_host(a: Run, platform: Platform) -> None:
    host, kind = a.record.owner, kinds()[platform.kind]
    a.require(host is not None, "required", "请填写依托单位", field="owner")
    if host is not None:
        a.require(
            host.entry.kind in kind.owner_kinds,
            "host_kind",
            f"“{host.title}” 不能作为{kind.zh}的依托单位",
            field="owner",
            value=host.entry.kind,
        )


def fit(a: Run, platform: Platform) -> None:
    """The tests of the kind, as the book writes them."""
    kind = kinds()[platform.kind]
    _fits_host(a, platform)
    for name in kind.needs:
        if name in NEEDS:
            a.require(
                getattr(platform, name) not in (None, "", []), "required", f"{kind.zh}须填写{NEEDS[name]}", field=name, clause=kind.source
            )
    if "partners" in kind.needs:
        _fits_partners(a, kind.zh, kind.source)
    if "firm_invests" in kind.needs:
        given = (platform.firm_cash_fen or 0) + (platform.firm_equipment_fen or 0)
        a.require(given > 0, "firm_invests", "合作企业须在建设期内投入资金或设备", field="firm_cash_wan", clause=kind.source)
    if "head" in kind.needs and platform.head is not None:
        a.require(
            platform.head.owner_id == a.record.owner_id, "head_serving", "负责人应为依托单位在职人员", field="head", clause=kind.source
        )
    _fits_size(a, platform, kind)


def _fits_partners(a: Run, name: str, source: str) -> None:
    partners = [link.target for link in a.record.links_out.filter(kind="partner").select_related("target")]
    firms = [p for p in partners if p.entry.kind == "firm"]
    a.require(firms, "firm_partner", f"{name}须有合作企业", field="partners", clause=source)
    for partner in partners:
        a.admit("partner", body=partner)


def _fits_size(a: Run, platform: Platform, kind: Any) -> None:
    if kind.min_staff:
        a.require(
            (platform.staff or 0) >= kind.min_staff,
            "too_few_staff",
            f"{kind.zh}的固定人员不少于 {kind.min_staff} 人",
            field="staff",
            value=platform.staff,
            clause=kind.source,
        )
    host = a.record.owner
    if kind.min_firm_years and host is not None and host.entry.kind == "firm":
        since = host.entry.established
        limit = a.today.replace(year=a.today.year - kind.min_firm_years, day=min(a.today.day, 28))
        a.require(
            since and since <= limit,
            "firm_too_young",
            f"依托企业须注册满 {kind.min_firm_years} 年",
            field="owner",
            value=str(since or ""),
            clause=kind.source,
        )


life_actions(
    "platforms", before_submit=fit, months=lambda p: kinds()[p.kind].valid_months, build_months=lambda p: kinds()[p.kind].build_months,
    remove_after=lambda p: kinds()[p.kind].remove_after,
)  # fmt: skip


@tick("platforms_clock", every=3600)
def platforms_clock(now: dt.datetime) -> int:
    """Periods end, are warned of, rectifications are asked after."""
    return run_clock("platforms", now)


def host_of(a: Run, values: dict[str, Any]) -> Record | None:
    """The host of the platform that a new record names, so that the record belongs to it."""
    from trihelix.kernel.action import find
    from trihelix.kernel.register import register_of

    return find(register_of("platforms"), values["platform"], a.by).owner if values.get("platform") else None
