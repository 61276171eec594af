"""Figure functions of market services: nodes, services, firms, intakes, visits, researchers' services, brokers."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, at, formula, within
from trihelix.kernel.models import Link
from trihelix.registers.intakes.models import Intake
from trihelix.registers.needs.models import Need
from trihelix.registers.parties.models import Node
from trihelix.registers.services.models import Broker, BrokerageCase, ResearcherService, Service, Visit


@formula("services.nodes", "个", "市场站点数", "Market nodes")
def nodes(by: Actor, period: Period, level: str = "") -> Counted:
    """COUNT of nodes open on the last day of the period; ``level`` 1, 10 or n."""
    rows = entries(by, Node).filter(Q(opened_on=None) | Q(opened_on__lte=period.end))
    rows = rows.filter(Q(closed_on=None, record__state="open") | Q(closed_on__gt=period.end))
    return Counted(rows.filter(level=level) if level else rows)


def served(
    by: Actor,
    period: Period,
    *,
    kind: str = "",
    organiser_level: str = "",
    organiser: str = "",
    client_kind: str = "",
    confirmed: bool = False,
) -> QuerySet[Any]:
    """Services of a period, void ones excepted: by kind, organiser (level or ref) and client kind."""
    rows = entries(by, Service).filter(**within("served_on", period)).exclude(record__state="void")
    if kind:
        rows = rows.filter(kind=kind)
    if organiser_level:
        rows = rows.filter(organiser__parties_node__level=organiser_level)
    if organiser:
        rows = rows.filter(organiser__ref=organiser)
    if client_kind:
        rows = rows.filter(client_kind=client_kind)
    return rows.filter(record__state="confirmed") if confirmed else rows


@formula("services.services", "次", "服务次数", "Services")
def services(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT of services; params ``kind``, ``organiser_level``, ``organiser``, ``client_kind``, ``confirmed``."""
    return Counted(served(by, period, **where))


def by_client(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds ``client_key``: the registered body or, for clients not registered, credit code, else name; the code joins both."""
    code = NullIf(F("client__parties_body__credit_code"), Value(""))
    body = Concat(Value("#"), Cast("client_id", CharField()), output_field=CharField())
    known = Coalesce(code, body, output_field=CharField())
    loose = Coalesce(NullIf(F("client_code"), Value("")), F("client_name"), output_field=CharField())
    from django.db.models import Case, When

    return rows.annotate(client_key=Case(When(client__isnull=False, then=known), default=loose, output_field=CharField()))


@formula("services.firms_served", "户", "服务企业数", "Firms served")
def firms_served(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT DISTINCT of client firms; the same params as ``services.services``."""
    return Counted(by_client(served(by, period, **{**where, "client_kind": "firm"})), "distinct", "client_key")


@formula("services.intakes", "项", "征集数", "Collected")
def intakes(by: Actor, period: Period, subject: str, organiser_level: str = "", owner: str = "") -> Counted:
    """COUNT of intakes of results or needs (``subject``), collected by nodes of a level, or by a body (``owner``)."""
    rows = entries(by, Intake).filter(**within("collected_on", period)).exclude(record__state="void")
    rows = rows.filter(need__isnull=False) if subject == "need" else rows.filter(result__isnull=False)
    if organiser_level:
        run = Node.objects.filter(level=organiser_level, operator__isnull=False).values("operator_id")
        rows = rows.filter(
            Q(at_node__in=Node.objects.filter(level=organiser_level).values("pk")) | Q(at_node=None, record__owner_id__in=run)
        )
    return Counted(rows.filter(record__owner__ref=owner) if owner else rows)


def visited(by: Actor, period: Period, *, owner_kind: str = "", campaign: str = "", owner: str = "") -> QuerySet[Any]:
    """Visits of a period, void ones excepted: of campaigns of an owner kind, of one campaign, of one visiting body."""
    rows = entries(by, Visit).filter(**within("visited_on", period)).exclude(record__state="void")
    if owner_kind:
        rows = rows.filter(campaign__services_campaign__owner_kind=owner_kind)
    if campaign:
        rows = rows.filter(Q(campaign__ref=campaign) | Q(campaign__number=campaign))
    return rows.filter(record__owner__ref=owner) if owner else rows


@formula("services.visits", "次", "走访次数", "Visits")
def visits(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT of visits; params ``owner_kind``, ``campaign``, ``owner``."""
    return Counted(visited(by, period, **where))


@formula("services.firms_visited", "户", "走访企业数", "Firms visited")
def firms_visited(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT DISTINCT of firms visited; the same params as ``services.visits``."""
    return Counted(visited(by, period, **where), "distinct", "firm_id", "firm")


@formula("services.visit_needs", "项", "走访提出并发布的需求", "Needs raised on visits")
def visit_needs(by: Actor, period: Period, published: bool = True, **where: Any) -> Counted:
    """COUNT of needs raised on visits (each once); ``published`` counts those published by the end of the period."""
    sources = visited(by, Period(period.start, period.end), **where).values("record_id")
    raised = Link.objects.filter(target=OuterRef("record_id"), kind="raised", source_id__in=sources)
    rows = entries(by, Need).filter(Exists(raised)).exclude(record__state__in=("discarded", "merged"))
    return Counted(rows.filter(published_on__lte=period.end) if published else rows)


@formula("services.researcher_services", "次", "科研人员服务企业次数", "Researchers' services")
def researcher_services(
    by: Actor, period: Period, kind: str = "", provider_kind: str = "", owner: str = "", laboratory: str = "", confirmed: bool = True
) -> Counted:
    """COUNT of researchers' services begun in the period; by default those that the firm confirmed. ``laboratory``: of the platform by ref
    or number, or of that name where it is on no register."""
    return Counted(_researchers(by, period, kind, provider_kind, owner, laboratory, confirmed))


@formula("services.researcher_firms", "户", "科研人员服务的企业数", "Firms served by researchers")
def researcher_firms(
    by: Actor, period: Period, kind: str = "", provider_kind: str = "", owner: str = "", laboratory: str = "", confirmed: bool = True
) -> Counted:
    """COUNT DISTINCT of firms served by researchers."""
    return Counted(_researchers(by, period, kind, provider_kind, owner, laboratory, confirmed), "distinct", "firm_id", "firm")


def _researchers(by: Actor, period: Period, kind: str, provider_kind: str, owner: str, laboratory: str, confirmed: bool) -> QuerySet[Any]:
    rows = entries(by, ResearcherService).filter(**within("started_on", period)).exclude(record__state="void")
    wanted = {"kind": kind, "provider_kind": provider_kind, "record__owner__ref": owner}
    rows = rows.filter(**{k: v for k, v in wanted.items() if v})
    if laboratory:
        rows = rows.filter(Q(laboratory__ref=laboratory) | Q(laboratory__number=laboratory) | Q(laboratory_name=laboratory))
    return rows.filter(record__state="confirmed") if confirmed else rows


@formula("services.brokers", "人", "在册技术经理人", "Technology managers")
def brokers(by: Actor, period: Period, grade: str = "", alliance: bool = False) -> Counted:
    """COUNT of registered technology managers; ``alliance`` counts members of the alliance on the last day."""
    rows = entries(by, Broker).filter(record__state="registered").filter(Q(registered_on=None) | Q(registered_on__lte=period.end))
    if alliance:
        rows = entries(by, Broker).filter(at("joined_on", "left_on", period.end))
    return Counted(rows.filter(grade=grade) if grade else rows)


@formula("services.commission", "分", "经纪佣金", "Commission")
def commissions(by: Actor, period: Period) -> Counted:
    """SUM of commissions settled in the period."""
    return Counted(
        entries(by, BrokerageCase).filter(**within("settled_on", period), record__state__in=("settled", "paid")), "sum", "commission_fen"
    )
