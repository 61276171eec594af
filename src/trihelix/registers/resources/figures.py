"""Figure functions of shared resources and scenes."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.registers.resources.models import Scene, SceneReply, SharedResource, SharingReview, UsageLog


def _open(by: Actor, period: Period, kind: str) -> QuerySet[SharedResource]:
    rows = entries(by, SharedResource).filter(Q(opened_on__lte=period.end), Q(retired_on=None) | Q(retired_on__gt=period.end))
    rows = rows.exclude(record__state="draft")
    return rows.filter(kind=kind) if kind else rows


@formula("resources.resources", "台（套）", "开放的共享资源", "Shared resources open")
def resources(by: Actor, period: Period, kind: str = "") -> Counted:
    """SUM of units of resources open on the last day; param ``kind``."""
    return Counted(_open(by, period, kind), "sum", "units")


@formula("resources.units", "家", "管理单位", "Managing units")
def units(by: Actor, period: Period, kind: str = "") -> Counted:
    """COUNT DISTINCT of managing units of resources open on the last day; param ``kind``."""
    return Counted(_open(by, period, kind), "distinct", "record__owner")


@formula("resources.original_value", "分", "资源原值", "Original value")
def original_value(by: Actor, period: Period, kind: str = "") -> Counted:
    """SUM of the original value of resources open on the last day; param ``kind``."""
    return Counted(_open(by, period, kind), "sum", "original_fen")


def _lines(by: Actor, period: Period, outside: bool, user_kind: str) -> QuerySet[UsageLog]:
    rows = entries(by, UsageLog).filter(**within("day", period), record__state="recorded")
    rows = rows.filter(outside=True) if outside else rows
    return rows.filter(user_kind=user_kind) if user_kind else rows


@formula("resources.minutes", "分钟", "有效机时", "Effective minutes")
def minutes(by: Actor, period: Period, outside: bool = False, user_kind: str = "") -> Counted:
    """SUM of minutes in the ledger; params ``outside`` (only for others), ``user_kind``. In hours with ``scale: 1/60``."""
    return Counted(_lines(by, period, outside, user_kind), "sum", "minutes")


@formula("resources.clients", "家", "外部用户", "Outside users")
def clients(by: Actor, period: Period, user_kind: str = "") -> Counted:
    """COUNT DISTINCT of registered bodies outside the managing unit; param ``user_kind``."""
    return Counted(_lines(by, period, True, user_kind).exclude(user=None), "distinct", "user")


@formula("resources.income", "分", "对外服务收入", "Income from outside use")
def income(by: Actor, period: Period, user_kind: str = "") -> Counted:
    """SUM of fees of outside use; param ``user_kind``."""
    return Counted(_lines(by, period, True, user_kind), "sum", "fee_fen")


@formula("resources.subsidies", "分", "共享后补助", "Subsidies for sharing")
def subsidies(by: Actor, period: Period) -> Counted:
    """SUM of subsidies paid in the period, those clawed back excepted."""
    rows = entries(by, SharingReview).filter(**within("paid_on", period)).exclude(record__state="clawed_back")
    return Counted(rows, "sum", "paid_fen")


@formula("resources.scenes", "个", "发布的应用场景", "Scenes published")
def scenes(by: Actor, period: Period, kind: str = "") -> Counted:
    """COUNT of scenes published in the period, abilities excepted unless asked for; param ``kind`` keeps the two lists of chances apart."""
    rows = entries(by, Scene).filter(**within("published_on", period)).exclude(record__state="withdrawn")
    return Counted(rows.filter(kind=kind) if kind else rows.exclude(kind="ability"))


@formula("resources.demonstrations", "个", "示范场景", "Demonstration scenes")
def demonstrations(by: Actor, period: Period) -> Counted:
    """COUNT of demonstration scenes reported in the period."""
    return Counted(entries(by, Scene).filter(**within("reported_on", period), demonstration=True))


@formula("resources.pilots", "个", "场景试点", "Pilots in scenes")
def pilots(by: Actor, period: Period, succeeded: bool = False) -> Counted:
    """COUNT of pilots reported in the period; param ``succeeded`` keeps those that met their aim."""
    rows = entries(by, SceneReply).filter(**within("reported_on", period))
    return Counted(rows.filter(succeeded=True) if succeeded else rows)
