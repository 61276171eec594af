"""Figures that titles and talent carriers feed."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.kernel.validity import in_force, not_over
from trihelix.registers.platforms.figures import recognised
from trihelix.registers.titles.models import Authorisation, Carrier, CarrierYear, CombinedBody, Enclave, TalentGrade, TitleCase

NEVER = ("applied", "refused", "withdrawn")


@formula("titles.authorised_firms", "家", "授权自主评审职称的企业", "Firms authorised to review titles")
def authorised_firms(by: Actor, period: Period, series: str = "") -> Counted:
    """COUNT DISTINCT of firms with an authorisation valid on the last day: begun, not over, not revoked (F59)."""
    day = period.end
    rows = entries(by, Authorisation).exclude(record__state__in=NEVER).filter(in_force(day), record__owner__parties_body__kind="firm")
    rows = rows.filter(Q(ended_on=None) | Q(ended_on__gt=day))
    if series:
        rows = rows.filter(pk__in=[a.pk for a in rows if series in a.series])
    return Counted(rows, "distinct", "record__owner", "record__owner")


@formula("titles.combined_bodies", "家", "评聘结合单位", "Bodies of combined review")
def combined_bodies(by: Actor, period: Period, division: str = "") -> Counted:
    """COUNT DISTINCT of bodies on the list on the last day, by credit code, else by record (F60)."""
    rows = entries(by, CombinedBody).filter(since__lte=period.end).filter(Q(ended_on=None) | Q(ended_on__gt=period.end))
    rows = rows.filter(division__startswith=division.rstrip("0")) if division else rows
    own = Concat(Value("#"), Cast("record_id", CharField()), output_field=CharField())
    return Counted(rows.annotate(who=Coalesce(NullIf(F("credit_code"), Value("")), own, output_field=CharField())), "distinct", "who")


@formula("titles.carriers", "个", "人才载体", "Talent carriers")
def carriers(by: Actor, period: Period, kind: str = "", level: str = "") -> Counted:
    """COUNT of carriers recognised less removed on the last day (F61–F64); ``kind`` takes several, parted by commas."""
    rows = recognised(entries(by, Carrier), period.end)
    rows = rows.filter(kind__in=[k.strip() for k in kind.split(",")]) if kind else rows
    return Counted(rows.filter(level=level) if level else rows)


@formula("titles.cases", "人次", "取得职称", "Titles granted")
def cases(by: Actor, period: Period, channel: str = "", level: str = "", series: str = "") -> Counted:
    """COUNT of titles granted in the period."""
    wanted = {"channel": channel, "level": level, "series": series}
    rows = entries(by, TitleCase).filter(record__state="granted", **within("granted_on", period))
    return Counted(rows.filter(**{k: v for k, v in wanted.items() if v}))


def _years(by: Actor, period: Period, kind: str) -> QuerySet[Any]:
    rows = entries(by, CarrierYear).filter(record__state="accepted", year__lte=period.end.year)
    rows = rows.filter(year__gte=period.start.year) if period.start else rows
    return rows.filter(carrier__titles_carrier__kind__in=[k.strip() for k in kind.split(",")]) if kind else rows


@formula("titles.entered", "人", "进站博士后", "Post-doctoral researchers entered")
def entered(by: Actor, period: Period, kind: str = "mobile_station,workstation,workstation_branch,practice_base") -> Counted:
    """SUM over accepted years."""
    return Counted(_years(by, period, kind), "sum", "entered")


@formula("titles.trained", "人次", "培训人次", "People trained")
def trained(by: Actor, period: Period, kind: str = "skill_base,studio,training_base") -> Counted:
    """SUM over accepted years."""
    return Counted(_years(by, period, kind), "sum", "trained")


@formula("titles.enclaves", "个", "运行的飞地", "Enclaves open")
def enclaves(by: Actor, period: Period, kind: str = "") -> Counted:
    """COUNT of enclaves open on the last day."""
    rows = entries(by, Enclave).filter(opened_on__lte=period.end).filter(Q(closed_on=None) | Q(closed_on__gt=period.end))
    return Counted(rows.filter(kind=kind) if kind else rows)


@formula("titles.graded", "人", "分类认定人才", "People with a talent class")
def graded(by: Actor, period: Period, talent_class: str = "") -> Counted:
    """COUNT DISTINCT of people with a class in force on the last day; unregistered people by record."""
    rows = entries(by, TalentGrade).exclude(record__state__in=NEVER).filter(graded_on__lte=period.end)
    rows = rows.filter(not_over(period.end)).filter(Q(ended_on=None) | Q(ended_on__gt=period.end))
    rows = rows.filter(talent_class=talent_class) if talent_class else rows
    return Counted(rows.annotate(who=Coalesce("person_id", "record_id")), "distinct", "who")
