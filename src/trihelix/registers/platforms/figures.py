"""Figures that platforms feed. Which period and population a printed figure uses is data of the book."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.kernel.validity import not_over
from trihelix.registers.platforms.models import (
    Batch,
    CooperationProject,
    Decision,
    Evaluation,
    ForeignAgreement,
    Milestone,
    Platform,
    PlatformYear,
)

NEVER = ("draft", "submitted", "building", "refused", "withdrawn")  # not recognised, whatever dates are written
ABROAD = ("belt_road_lab", "key_lab", "research_centre")


def _split(text: str) -> list[str]:
    return [t.strip() for t in text.split(",") if t.strip()]


def recognised(rows: QuerySet[Any], day: dt.date, *, valid: bool = False) -> QuerySet[Any]:
    """Recognised by a day and not removed or closed by then; ``valid`` leaves out those whose period had ended."""
    rows = rows.exclude(record__state__in=NEVER).filter(recognised_on__lte=day).filter(Q(ended_on=None) | Q(ended_on__gt=day))
    return rows.filter(not_over(day)) if valid else rows


@formula("platforms.platforms", "个", "在册平台", "Platforms")
def platforms(by: Actor, period: Period, kind: str = "", level: str = "", batch: int = 0, valid: bool = False) -> Counted:
    """COUNT of platforms recognised less removed on the last day; ``kind`` takes several, parted by commas."""
    rows = recognised(entries(by, Platform), period.end, valid=valid)
    rows = rows.filter(kind__in=_split(kind)) if kind else rows
    rows = rows.filter(level=level) if level else rows
    return Counted(rows.filter(batch=batch) if batch else rows)


@formula("platforms.joint_labs", "个", "校企联合技术创新实验室", "Joint laboratories")
def joint_labs(by: Actor, period: Period, valid: bool = False) -> Counted:
    """COUNT of joint laboratories recognised less removed (F11)."""
    return platforms(by, period, kind="joint_lab", valid=valid)


def laboratories(by: Actor, period: Period, batch: int) -> QuerySet[Any]:
    """Provincial laboratories founded by the last day: those being built count, for the letter counts them from their founding."""
    rows = entries(by, Platform).filter(kind="provincial_lab").exclude(record__state__in=("draft", "submitted", "refused", "withdrawn"))
    rows = rows.filter(Q(recognised_on=None) | Q(recognised_on__lte=period.end)).filter(Q(ended_on=None) | Q(ended_on__gt=period.end))
    return rows.filter(batch=batch) if batch else rows


def _in_force(kind: str, period: Period) -> QuerySet[Any]:
    """Decisions of a kind in force on the last day, for a platform of the outer query."""
    rows = Decision.objects.filter(
        platform=OuterRef("record_id"), kind=kind, record__state__in=("approved", "ended"), decided_on__lte=period.end
    )
    rows = rows.filter(Q(starts_on=None) | Q(starts_on__lte=period.end))
    return rows.filter(Q(ends_on=None) | Q(ends_on__gt=period.end))


@formula("platforms.provincial_labs", "个", "省实验室", "Provincial laboratories")
def provincial_labs(by: Actor, period: Period, batch: int = 0, with_posts: bool = False) -> Counted:
    """COUNT of provincial laboratories of a batch (F07, F16); ``with_posts`` only those with posts in force."""
    rows = laboratories(by, period, batch)
    return Counted(rows.filter(Exists(_in_force("posts", period))) if with_posts else rows)


def _decided(by: Actor, period: Period, kind: str, batch: int) -> Counted:
    labs = laboratories(by, period, batch).values("record_id")
    rows = entries(by, Decision).filter(platform__in=labs, kind=kind, record__state__in=("approved", "ended"), decided_on__lte=period.end)
    return Counted(rows.filter(Q(ends_on=None) | Q(ends_on__gt=period.end)))


@formula("platforms.lab_plans", "个", "批复的建设方案", "Building plans approved")
def lab_plans(by: Actor, period: Period, batch: int = 0) -> Counted:
    """COUNT of building plans in force, approved for provincial laboratories (F12)."""
    return _decided(by, period, "plan", batch)


@formula("platforms.lab_sites", "个", "确定的选址", "Sites decided")
def lab_sites(by: Actor, period: Period, batch: int = 0) -> Counted:
    """COUNT of sites in force, decided for provincial laboratories (F13)."""
    return _decided(by, period, "site", batch)


def _each(by: Actor, period: Period, batch: int, kind: str, column: str) -> Counted:
    """One row a laboratory with the sum of its decisions in force; nought where there is none, so that "each" fails."""
    total = _in_force(kind, period).order_by().values("platform").annotate(n=Sum(column)).values("n")
    return Counted(laboratories(by, period, batch).annotate(each=Coalesce(Subquery(total), 0)), "sum", "each")


@formula("platforms.lab_yearly_money", "分", "省实验室年度经费", "Yearly money of laboratories")
def lab_yearly_money(by: Actor, period: Period, batch: int = 0) -> Counted:
    """A summand a laboratory: its yearly money in force (F14)."""
    return _each(by, period, batch, "money", "amount_fen")


@formula("platforms.lab_posts", "个", "省实验室编制", "Posts of laboratories")
def lab_posts(by: Actor, period: Period, batch: int = 0) -> Counted:
    """A summand a laboratory: its posts in force (F15)."""
    return _each(by, period, batch, "posts", "count")


@formula("platforms.labs_rebuilt", "个", "完成物理空间改造的省实验室", "Laboratories rebuilt")
def labs_rebuilt(by: Actor, period: Period, batch: int = 0) -> Counted:
    """COUNT of provincial laboratories whose rebuilding milestones are all done (F23)."""
    works = Milestone.objects.filter(platform=OuterRef("record_id"), kind="rebuild").exclude(record__state="dropped")
    done = works.filter(record__state="done", done_on__lte=period.end)
    still = works.filter(Q(done_on=None) | Q(done_on__gt=period.end))
    return Counted(laboratories(by, period, batch).filter(Exists(done)).exclude(Exists(still)))


@formula("platforms.labs_evaluated", "个", "评估达到目标的省实验室", "Laboratories that met the aim")
def labs_evaluated(by: Actor, period: Period, batch: int = 0) -> Counted:
    """COUNT of provincial laboratories whose last settled evaluation says that the aim is met; own evaluations do not count (F24)."""
    settled = Evaluation.objects.filter(platform=OuterRef("record_id"), record__state="decided", decided_on__lte=period.end).exclude(
        kind="self"
    )
    last = settled.order_by("-evaluated_on", "-pk").values("aim_met")[:1]
    return Counted(laboratories(by, period, batch).annotate(met=Subquery(last)).filter(met=True))


def _new(by: Actor, period: Period, kind: str) -> QuerySet[Any]:
    rows = entries(by, Platform).exclude(record__state__in=NEVER).filter(**within("recognised_on", period))
    return rows.filter(kind__in=_split(kind) or ABROAD)


@formula("platforms.international", "个", "新认定的国际合作平台", "International platforms, new")
def international(by: Actor, period: Period, kind: str = "") -> Counted:
    """COUNT of international platforms recognised in the period (F65–F67, F81)."""
    return Counted(_new(by, period, kind))


@formula("platforms.international_money", "分", "国际合作平台支持经费", "Money of international platforms")
def international_money(by: Actor, period: Period, kind: str = "") -> Counted:
    """SUM of support approved for platforms recognised in the period (F68)."""
    return Counted(_new(by, period, kind), "sum", "support_fen")


def _won(by: Actor, period: Period, kinds: tuple[str, ...] | list[str]) -> QuerySet[Any]:
    rows = entries(by, CooperationProject).filter(kind__in=kinds, record__state__in=("approved", "finished", "terminated"))
    return rows.filter(**within("approved_on", period))


@formula("platforms.national_projects", "项", "获批国家国际合作专项", "National co-operation projects")
def national_projects(by: Actor, period: Period, kind: str = "intergovernmental,strategic") -> Counted:
    """COUNT of national co-operation projects approved in the period (F69)."""
    return Counted(_won(by, period, _split(kind)))


@formula("platforms.national_money", "分", "国家国际合作专项经费", "Money of national co-operation projects")
def national_money(by: Actor, period: Period, kind: str = "intergovernmental,strategic") -> Counted:
    """SUM of money approved for them (F70)."""
    return Counted(_won(by, period, _split(kind)), "sum", "approved_fen")


@formula("platforms.exchange_projects", "个", "交流项目", "Exchange projects")
def exchange_projects(by: Actor, period: Period, country: str = "") -> Counted:
    """COUNT of exchanges of young scientists approved in the period (F71)."""
    rows = _won(by, period, ("exchange",))
    return Counted(rows.filter(country=country) if country else rows)


@formula("platforms.agreements", "项", "有效的国际合作协议", "Agreements abroad in force")
def agreements(by: Actor, period: Period, country: str = "") -> Counted:
    """COUNT of agreements in force on the last day."""
    rows = entries(by, ForeignAgreement).filter(signed_on__lte=period.end).filter(Q(ended_on=None) | Q(ended_on__gt=period.end))
    rows = rows.filter(not_over(period.end))
    return Counted(rows.filter(partner__platforms_foreignpartner__country=country) if country else rows)


def _years(by: Actor, period: Period, kind: str) -> QuerySet[Any]:
    """Accepted years that lie in the period."""
    rows = entries(by, PlatformYear).filter(record__state="accepted", year__lte=period.end.year)
    rows = rows.filter(year__gte=period.start.year) if period.start else rows
    return rows.filter(platform__platforms_platform__kind__in=_split(kind)) if kind else rows


@formula("platforms.outside_users", "人次", "平台外部用户", "Outside users")
def outside_users(by: Actor, period: Period, kind: str = "") -> Counted:
    """SUM over accepted yearly reports."""
    return Counted(_years(by, period, kind), "sum", "outside_users")


@formula("platforms.shared_hours", "小时", "平台开放机时", "Hours open to others")
def shared_hours(by: Actor, period: Period, kind: str = "") -> Counted:
    """SUM over accepted yearly reports."""
    return Counted(_years(by, period, kind), "sum", "shared_hours")


@formula("platforms.firms_served", "户次", "平台服务企业", "Firms served")
def firms_served(by: Actor, period: Period, kind: str = "") -> Counted:
    """SUM over accepted yearly reports: a firm served by two platforms counts twice."""
    return Counted(_years(by, period, kind), "sum", "firms_served")


@formula("platforms.own_projects", "项", "实验室自主项目", "Own projects of laboratories")
def own_projects(by: Actor, period: Period) -> Counted:
    """SUM of projects in batches launched in the period."""
    rows = entries(by, Batch).filter(record__state__in=("running", "closed"), **within("launched_on", period))
    return Counted(rows, "sum", "project_count")
