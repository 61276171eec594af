"""Figures of secondments (F57, F74–F80): appointments from the start, ended ones included; people, bodies, firms counted once."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Sum, Value
from django.db.models.functions import Coalesce, NullIf, Substr

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.registers.secondments.models import Secondment


def appointed(by: Actor, period: Period, kind: str = "commissioner", batch: str = "", city: str = "", field: str = "") -> QuerySet[Any]:
    """Appointments of a period by day of appointment; ended, renewed and replaced ones included."""
    rows = entries(by, Secondment).filter(kind__in=kind.split(","), appointed_on__isnull=False, **within("appointed_on", period))
    rows = rows.filter(batch__ref=batch) if batch else rows
    wanted = {k: v for k, v in {"city": city, "field": field}.items() if v}
    return rows.filter(**wanted)


@formula("secondments.appointments", "次", "任命次数", "Appointments")
def appointments(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT of appointments; a second term is a second appointment. Params ``kind``, ``batch``, ``city``, ``field``."""
    return Counted(appointed(by, period, **where))


@formula("secondments.people", "名", "选派人数（去重）", "People, distinct")
def people(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT DISTINCT of people (F57, F77)."""
    return Counted(appointed(by, period, **where), "distinct", "person_id", "person")


@formula("secondments.batches", "批", "选派批次", "Batches")
def batches(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT DISTINCT of batches with an appointment (F74)."""
    return Counted(appointed(by, period, **where).exclude(batch=None), "distinct", "batch_id", "batch")


@formula("secondments.home_bodies", "家", "派出单位（去重）", "Home bodies, distinct")
def home_bodies(by: Actor, period: Period, outside: bool = False, **where: Any) -> Counted:
    """COUNT DISTINCT of home bodies; ``outside`` only those outside the province (F75, F76)."""
    rows = appointed(by, period, **where)
    rows = rows.filter(record__owner__parties_body__inside=False) if outside else rows
    return Counted(rows, "distinct", "record__owner_id", "record__owner")


@formula("secondments.host_firms", "户", "接收企业（去重）", "Host firms, distinct")
def host_firms(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT DISTINCT of hosts that are firms (F79)."""
    return Counted(appointed(by, period, **where).filter(host__parties_body__kind="firm"), "distinct", "host_id", "host")


@formula("secondments.host_cities", "个", "接收企业所在市（州）（去重）", "Host cities, distinct")
def host_cities(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT DISTINCT of cities and prefectures of hosts in the province (F78)."""
    rows = appointed(by, period, **where).filter(host__parties_body__inside=True)
    address = NullIf(Substr("host__parties_body__division", 1, 4), Value(""))
    rows = rows.annotate(host_city=Coalesce(NullIf(Substr("city", 1, 4), Value("")), address)).exclude(host_city=None)
    return Counted(rows, "distinct", "host_city", "host")


@formula("secondments.fields", "个", "专业领域（去重）", "Fields, distinct")
def fields(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT DISTINCT of fields (F80)."""
    return Counted(appointed(by, period, **where).exclude(field=""), "distinct", "field")


@formula("secondments.subsidy", "分", "补助", "Subsidy")
def subsidy(by: Actor, period: Period, aspect: str = "paid", **where: Any) -> Counted:
    """SUM of the subsidy ``approved``, ``allotted`` or ``paid``."""
    return Counted(appointed(by, period, **where), "sum", f"{aspect}_fen")


def subsidy_total(rows: QuerySet[Any]) -> dict[str, int]:
    """Approved, allotted and paid of a set of appointments."""
    found = rows.aggregate(approved=Sum("approved_fen"), allotted=Sum("allotted_fen"), paid=Sum("paid_fen"))
    return {k: v or 0 for k, v in found.items()}
