"""Figures of the ladder. Which period and population a printed figure uses is data of the book."""

from __future__ import annotations

from django.db.models import Q

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.kernel.validity import not_over
from trihelix.registers.ladder.models import ImplicitNeed, Incubator, IncubatorService, LadderPlace, RankedFirm, Ranking, Tenant


@formula("ladder.ranked", "户", "榜单企业（去重）", "Firms on the ranking, distinct")
def ranked(by: Actor, period: Period, *, method: str = "top-500") -> Counted:
    """Distinct firms on the latest ranking of a method published by the day (F42)."""
    lists = entries(by, Ranking).filter(method=method, published_on__lte=period.end, record__state="published")
    latest = lists.order_by("-as_of", "-published_on", "-pk").values_list("record_id", flat=True).first()
    rows = entries(by, RankedFirm).filter(ranking_id=latest, record__state="listed")
    return Counted(rows, "distinct", "record__owner", "record__owner")


@formula("ladder.placed", "户", "梯度企业（去重）", "Firms placed, distinct")
def placed(by: Actor, period: Period, *, place: str = "", growth_place: str = "") -> Counted:
    """Distinct firms whose current place, assessed by the day, is a step."""
    rows = entries(by, LadderPlace).filter(on__lte=period.end, record__state="current")
    rows = rows.filter(place=place) if place else rows
    return Counted(rows.filter(growth_place=growth_place) if growth_place else rows, "distinct", "record__owner", "record__owner")


@formula("ladder.incubators", "家", "孵化载体数", "Incubators")
def incubators(by: Actor, period: Period, *, kind: str = "", level: str = "") -> Counted:
    """Recognised incubators in force on the last day, by kind and level."""
    rows = entries(by, Incubator).filter(recognised_on__lte=period.end).filter(Q(ended_on=None) | Q(ended_on__gt=period.end))
    rows = rows.filter(not_over(period.end))
    rows = rows.filter(kind=kind) if kind else rows
    return Counted(rows.filter(level=level) if level else rows)


@formula("ladder.tenants", "户", "在孵企业（去重）", "Tenants, distinct")
def tenants(by: Actor, period: Period, *, incubator: str = "") -> Counted:
    """Distinct firms inside an incubator on the last day."""
    rows = entries(by, Tenant).filter(entered_on__lte=period.end).filter(Q(ended_on=None) | Q(ended_on__gt=period.end))
    rows = rows.filter(Q(incubator__ref=incubator) | Q(incubator__number=incubator)) if incubator else rows
    return Counted(rows, "distinct", "record__owner", "record__owner")


@formula("ladder.graduates", "户", "毕业企业（去重）", "Graduates, distinct")
def graduates(by: Actor, period: Period) -> Counted:
    """Distinct firms graduated in the period."""
    rows = entries(by, Tenant).filter(record__state="graduated", **within("ended_on", period))
    return Counted(rows, "distinct", "record__owner", "record__owner")


@formula("ladder.incubation", "次", "孵化服务", "Incubation services")
def incubation(by: Actor, period: Period, *, confirmed: bool = True) -> Counted:
    """Services of incubators in the period; by default those the firm confirmed."""
    rows = entries(by, IncubatorService).filter(**within("served_on", period)).exclude(record__state="disputed")
    return Counted(rows.filter(record__state="confirmed") if confirmed else rows)


@formula("ladder.proposals", "条", "推送成果数", "Results proposed")
def proposals(by: Actor, period: Period, *, state: str = "") -> Counted:
    """Results proposed to firms in the period; ``state`` interested counts those taken up."""
    rows = entries(by, ImplicitNeed).filter(**within("proposed_on", period))
    return Counted(rows.filter(record__state=state) if state else rows)
