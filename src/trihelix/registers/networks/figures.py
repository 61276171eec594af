"""Figure functions of networks, the institute and the investment alliance (F08, F84–F93). The population is said in each."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.registers.networks.models import (
    Activity,
    AttractedFirm,
    Commitment,
    Deal,
    DealPayment,
    Incubation,
    InstituteLab,
    Introduction,
    Member,
    Network,
    Park,
    Post,
    Prospect,
    Tenancy,
    TenantInvestment,
)  # fmt: skip

LIVE = ("filed", "running", "rectifying", "removed", "dissolved")  # ended ones are told apart by their day


def _live(by: Actor, period: Period, kind: str, batch: str = "") -> QuerySet[Network]:
    rows = entries(by, Network).filter(
        Q(ended_on=None) | Q(ended_on__gt=period.end), filed_on__lte=period.end, record__state__in=LIVE, kind=kind
    )
    return rows.filter(batch=batch) if batch else rows


@formula("networks.consortia", "个", "已备案且在运行的联合体", "Consortia filed and running")
def consortia(by: Actor, period: Period, kind: str = "consortium", batch: str = "") -> Counted:
    """COUNT of networks of a kind filed by the last day and not ended by then; params ``kind``, ``batch``."""
    return Counted(_live(by, period, kind, batch))


@formula("networks.members", "家", "联合体成员", "Members of networks")
def members(by: Actor, period: Period, kind: str = "consortium") -> Counted:
    """COUNT DISTINCT of bodies that are members of live networks of a kind on the last day."""
    return Counted(_members(by, period, kind), "distinct", "body")


def _members(by: Actor, period: Period, kind: str) -> QuerySet[Member]:
    rows = entries(by, Member).filter(
        Q(left_on=None) | Q(left_on__gt=period.end), joined_on__lte=period.end, network__networks_network__kind=kind
    )
    ended = Q(network__networks_network__ended_on__lte=period.end)
    return rows.filter(record__state__in=("active", "left")).exclude(ended)


@formula("networks.alliance_members", "家", "投资联盟成员", "Members of the investment alliance")
def alliance_members(by: Actor, period: Period) -> Counted:
    """COUNT of memberships of investment alliances in force on the last day; one a body."""
    return Counted(_members(by, period, "investment"), "distinct", "body")


@formula("networks.park_area", "平方米", "孵化园面积", "Area of the park")
def park_area(by: Actor, period: Period) -> Counted:
    """SUM of the area of parks open on the last day."""
    rows = entries(by, Park).filter(Q(closed_on=None) | Q(closed_on__gt=period.end), opened_on__lte=period.end)
    return Counted(rows.exclude(record__state="preparing"), "sum", "area_m2")


@formula("networks.tenants", "户", "在驻企业", "Tenants")
def tenants(by: Actor, period: Period) -> Counted:
    """COUNT DISTINCT of firms in a park on the last day."""
    rows = entries(by, Tenancy).filter(Q(moved_out_on=None) | Q(moved_out_on__gt=period.end), moved_in_on__lte=period.end)
    return Counted(rows.filter(record__state__in=("active", "left")), "distinct", "firm")


@formula("networks.tenant_investment", "分", "入驻企业到位投资", "Investment of tenants paid in")
def tenant_investment(by: Actor, period: Period) -> Counted:
    """SUM of what was paid in to tenants in the period; promises do not count."""
    return Counted(entries(by, TenantInvestment).filter(**within("paid_on", period), record__state="paid"), "sum", "paid_fen")


def _deals(by: Actor, period: Period, attribution: str) -> QuerySet[Deal]:
    rows = entries(by, Deal).filter(**within("closed_on", period), record__state="closed", network__networks_network__kind="investment")
    return rows.filter(attribution=attribution) if attribution else rows


@formula("networks.alliance_deals", "项", "联盟成员完成的投资", "Deals closed by members")
def alliance_deals(by: Actor, period: Period, attribution: str = "") -> Counted:
    """COUNT of deals of members closed in the period; param ``attribution`` keeps those that an activity or introduction brought about."""
    return Counted(_deals(by, period, attribution))


@formula("networks.alliance_paid", "分", "联盟成员已投金额", "Amount paid by members")
def alliance_paid(by: Actor, period: Period, attribution: str = "") -> Counted:
    """SUM of payments made in the period on deals closed by its last day; param ``attribution``."""
    deals = _deals(by, Period(None, period.end), attribution).values("record_id")
    rows = entries(by, DealPayment).filter(**within("paid_on", period), record__state="recorded", deal__in=deals)
    return Counted(rows, "sum", "paid_fen")


def _activities(by: Actor, period: Period, kind: str, network_kind: str) -> QuerySet[Activity]:
    rows = entries(by, Activity).filter(**within("held_on", period), record__state="held", network__networks_network__kind=network_kind)
    return rows.filter(kind=kind) if kind else rows


@formula("networks.alliance_roadshows", "次", "投资联盟路演", "Roadshows of the investment alliance")
def alliance_roadshows(by: Actor, period: Period) -> Counted:
    """COUNT of roadshows held by investment alliances in the period."""
    return Counted(_activities(by, period, "roadshow", "investment"))


@formula("networks.alliance_matchings", "次", "投资联盟对接活动", "Matchings of the investment alliance")
def alliance_matchings(by: Actor, period: Period) -> Counted:
    """COUNT of matching events held by investment alliances in the period; not those of the technology market."""
    return Counted(_activities(by, period, "matching", "investment"))


@formula("networks.activities", "次", "联盟活动", "Activities of networks")
def activities(by: Actor, period: Period, kind: str = "", network_kind: str = "consortium") -> Counted:
    """COUNT of activities held in the period; params ``kind``, ``network_kind``."""
    return Counted(_activities(by, period, kind, network_kind))


@formula("networks.firms_attracted", "家", "招商引入企业", "Firms attracted")
def firms_attracted(by: Actor, period: Period) -> Counted:
    """COUNT DISTINCT of firms attracted by investment alliances that landed in the period."""
    rows = entries(by, AttractedFirm).filter(
        **within("landed_on", period), record__state="landed", network__networks_network__kind="investment"
    )
    return Counted(rows, "distinct", "firm_key")


@formula("networks.firms_incubated", "家", "孵化服务企业", "Firms incubated")
def firms_incubated(by: Actor, period: Period) -> Counted:
    """COUNT DISTINCT of firms whose incubation by investment alliances began in the period."""
    rows = entries(by, Incubation).filter(
        **within("starts_on", period), record__state="recorded", network__networks_network__kind="investment"
    )
    return Counted(rows, "distinct", "firm_key")


@formula("networks.labs", "个", "专业所企业重点实验室", "Firm laboratories of institutes")
def labs(by: Actor, period: Period) -> Counted:
    """COUNT of firm laboratories of institutes open on the last day."""
    rows = entries(by, InstituteLab).filter(Q(closed_on=None) | Q(closed_on__gt=period.end), opened_on__lte=period.end)
    return Counted(rows)


@formula("networks.introductions", "次", "引荐会面", "Introductions that met")
def introductions(by: Actor, period: Period, partner_kind: str = "", agreed: bool = False) -> Counted:
    """COUNT of introductions whose meeting lies in the period; params ``partner_kind``, ``agreed``."""
    rows = entries(by, Introduction).filter(**within("met_on", period))
    rows = rows.filter(partner__networks_partner__kind=partner_kind) if partner_kind else rows
    return Counted(rows.filter(record__state="agreed") if agreed else rows)


@formula("networks.commitments_overdue", "项", "逾期未兑现的承诺", "Commitments overdue")
def commitments_overdue(by: Actor, period: Period) -> Counted:
    """COUNT of promises of members due by the last day and not delivered by then."""
    rows = entries(by, Commitment).filter(Q(delivered_on=None) | Q(delivered_on__gt=period.end), due_on__lt=period.end)
    return Counted(rows.exclude(record__state="withdrawn"))


@formula("networks.posts_solved", "项", "成员间解决的需求", "Needs solved among members")
def posts_solved(by: Actor, period: Period) -> Counted:
    """COUNT of posts solved in the period."""
    return Counted(entries(by, Post).filter(**within("solved_on", period), record__state="solved"))


@formula("networks.prospects", "项", "达成的合作储备", "Prospects agreed")
def prospects(by: Actor, period: Period, kind: str = "") -> Counted:
    """COUNT of prospects agreed in the period; param ``kind``."""
    rows = entries(by, Prospect).filter(**within("agreed_on", period), record__state="agreed")
    return Counted(rows.filter(kind=kind) if kind else rows)
