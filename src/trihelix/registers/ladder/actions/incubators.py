"""Acts on incubators, tenants and services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.errors import Refused
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.standard import create_entry
from trihelix.registers.ladder import queries, sheets
from trihelix.registers.ladder.models import Incubator, IncubatorService, Tenant
from trihelix.registers.policies.rulebook import rules

DAY = Column("on", "date", "日期", "On")


@action("incubators", "create", "登记孵化器", "New incubator", creates=True, roles=("owner", "node", "officer", "operator"))
def create(a: Run, incubator: Incubator, **values: Any) -> None:
    """Register an incubator; public."""
    create_entry(a, incubator, values)
    a.record.visibility = "public"


@action("incubators", "assess", "按规则自评", "Self-check", roles=("owner", "node", "officer", "operator"), fields=(DAY,))
def assess(a: Run, incubator: Incubator, *, on: dt.date | None = None) -> None:
    """Check it against the incubator rule, clause by clause, tenants counted from the register; the answer is kept with its version."""
    day = on or a.today
    answer = rules().check("incubator", queries.incubator_facts(incubator, day), day)
    incubator.assessment = answer.as_json()


@action("incubators", "recognise", "登记认定", "Recognise", fields=(
    Column("level", "choice", "级别", "Level", required=True, choices=sheets.LEVELS), Column("recognised_on", "date", "认定日期", "Recognised on", required=True),
    Column("valid_to", "date", "有效期止", "Valid to"), Column("grade", "text", "等级", "Grade"),
))  # fmt: skip
def recognise(
    a: Run, incubator: Incubator, *, level: str, recognised_on: dt.date, valid_to: dt.date | None = None, grade: str = ""
) -> None:
    """Record an official recognition. Refuses an end before the start and days ahead."""
    a.require(recognised_on <= a.today, "date_future", "认定日期在今天之后", field="recognised_on")
    a.require(valid_to is None or valid_to >= recognised_on, "date_order", "止日早于起日", field="valid_to")
    incubator.level, incubator.recognised_on, incubator.valid_to, incubator.grade, incubator.ended_on = (
        level,
        recognised_on,
        valid_to,
        grade or "",
        None,
    )


@action("incubators", "regrade", "登记评价等级", "Grade", fields=(Column("grade", "text", "等级", "Grade", required=True),))
def regrade(a: Run, incubator: Incubator, *, grade: str) -> None:
    """The grade of an evaluation; grades are text, for the national grades are changing."""
    incubator.grade = grade


@action("incubators", "revoke", "取消资格", "Revoke", danger=True)
def revoke(a: Run, incubator: Incubator) -> None:
    """Revoke the recognition with the reason."""
    incubator.ended_on = a.today


@action("incubators", "close", "关闭", "Close", danger=True)
def close(a: Run, incubator: Incubator) -> None:
    """Close. Refuses while tenants are inside."""
    inside = Tenant.objects.filter(incubator=a.record, record__state="inside").count()
    a.require(not inside, "tenants_inside", f"仍有 {inside} 家在孵企业，请先登记去向", field="state")
    incubator.ended_on = a.today


@action("tenants", "create", "登记入驻", "Move in", creates=True, roles=("owner", "node", "officer", "operator"))
def move_in(a: Run, tenant: Tenant, **values: Any) -> None:
    """A firm moves in; it says so itself or its desk does. Refuses a firm that is inside an incubator already, and closed ones."""
    create_entry(a, tenant, {**values, "title": values.get("title") or "入驻"})
    a.require(tenant.incubator.state != "closed", "closed", "该孵化器已关闭", field="incubator")
    inside = Tenant.objects.filter(record__owner=a.record.owner, record__state="inside").select_related("incubator").first()
    a.require(inside is None, "inside_already", f"该企业已在 “{inside.incubator.title if inside else ''}” 在孵", field="owner")
    a.record.ref = a.record.ref or f"{tenant.incubator.number}-{tenant.entered_on}"
    if not values.get("title"):
        a.record.title = f"{a.record.owner.title if a.record.owner else ''} — {tenant.incubator.title}"[:400]
    a.record.visibility = "members"
    if tenant.incubator.owner is not None:
        a.after_saved(lambda: a.admit("incubator", body=tenant.incubator.owner))


def _end(a: Run, tenant: Tenant, on: dt.date | None, outcome: str) -> None:
    day = on or a.today
    a.require(tenant.entered_on <= day <= a.today, "date_order", "日期应在入驻日期与今天之间", field="on")
    tenant.ended_on, tenant.outcome = day, outcome


@action("tenants", "graduate", "毕业", "Graduate", fields=(DAY,))
def graduate(a: Run, tenant: Tenant, *, on: dt.date | None = None) -> None:
    """The tenant graduates."""
    _end(a, tenant, on, "graduated")


@action("tenants", "leave", "迁出", "Leave", fields=(DAY, Column("outcome", "choice", "去向", "Outcome", choices=sheets.OUTCOMES)))
def leave(a: Run, tenant: Tenant, *, on: dt.date | None = None, outcome: str = "") -> None:
    """The tenant leaves with the reason."""
    if outcome == "graduated":
        raise Refused.one("use_graduate", "毕业请用 “毕业” 办理", field="outcome")
    _end(a, tenant, on, outcome or "moved")


@action("incubator_services", "create", "登记孵化服务", "Record a service", creates=True, roles=("owner", "node", "officer", "operator"))
def serve(a: Run, service: IncubatorService, **values: Any) -> None:
    """Record a service to a tenant; the firm is asked to confirm. Refuses firms that are not inside on the day, and others' incubators."""
    create_entry(a, service, values)
    own = a.by.sees_all or service.incubator.owner_id in a.by.bodies or service.incubator.node_id in a.by.node_ids
    a.require(own, "not_yours", "您不能为其他孵化器登记服务", field="incubator")
    a.require(service.served_on <= a.today, "date_future", "服务日期在今天之后", field="served_on")
    inside = Tenant.objects.filter(incubator=service.incubator, record__owner=service.firm, entered_on__lte=service.served_on)
    last = inside.order_by("-entered_on").first()
    a.require(
        last is not None and (last.ended_on is None or last.ended_on >= service.served_on), "not_inside", "该企业当日不在孵", field="firm"
    )
    a.record.owner = service.incubator.owner or a.record.owner
    a.record.visibility = "owner"
    a.after_saved(lambda: a.admit("client", body=service.firm))


@action("incubator_services", "confirm", "确认服务", "Confirm", safe=True)
def confirm(a: Run, service: IncubatorService) -> None:
    """The firm confirms."""
    service.confirmed_on = a.today
