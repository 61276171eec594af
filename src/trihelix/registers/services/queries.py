"""Reads of market services used by pages: node scorecards, catalogues, campaigns, a broker's record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Avg, Count, Q, QuerySet

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Period, within
from trihelix.kernel.models import Record
from trihelix.kernel.register import REGISTERS
from trihelix.registers.needs.models import Need
from trihelix.registers.parties.models import Node
from trihelix.registers.services.figures import by_client, visited
from trihelix.registers.services.models import Broker, BrokerageCase, Campaign, Offer, Service, ServiceRequest

# What a service record should say beside what it must: the share filled in is the data completeness.
COMPLETE = ("client_id", "outcome", "evidence", "persons", "follow_up")
# Indicators of a scorecard: id → (Chinese, English). No Jilin rule on evaluating nodes was found, so each is an unverified default.
INDICATORS = {
    "needs_verified": ("核实发布的需求", "Needs verified"), "needs_closed": ("解决的需求", "Needs closed"), "results_listed": ("发布的成果", "Results listed"),
    "results_sold": ("成交的成果", "Results sold"), "contracts": ("登记的技术合同", "Contracts registered"), "technical": ("技术交易额（万元）", "Technical amount (10k yuan)"),
    "services": ("服务次数", "Services"), "firms": ("服务企业（户）", "Firms served"), "repeat": ("再次服务的客户", "Repeat clients"),
    "on_time": ("按承诺办结率", "Served as promised"), "response": ("平均受理时长（小时）", "Mean response (hours)"), "satisfaction": ("平均满意度", "Mean satisfaction"),
    "completeness": ("数据完整率", "Data completeness"), "events": ("有签约成果的活动", "Events with signed outcomes"),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A number of a scorecard with the list behind it; ``value`` is ``None`` where there is nothing to divide by."""

    id: str
    value: str
    url: str


def _list(register: str, node: Record, **filters: Any) -> str:
    return f"/{register}/?" + urlencode(
        {k: str(v) for k, v in filters.items()} | {"node" if "organiser" not in filters else "organiser": str(node.ref)}
    )


def _span(column: str, period: Period) -> dict[str, Any]:
    return {f"{column}__gte": period.start or dt.date(2000, 1, 1), f"{column}__lte": period.end}


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "—"


def scorecard(node: Record, by: Actor, period: Period) -> list[Cell]:
    """The indicators of one node over a period, each with the address of its list; only what the viewer may see is counted."""
    services = entries(by, Service).filter(organiser=node, **within("served_on", period)).exclude(record__state="void")
    out = [*_market(node, by, period), *_contracts(node, by, period), *_served(node, services, period), *_promises(node, by, period)]
    out += _events(node, by, period)
    order = list(INDICATORS)
    return sorted(out, key=lambda c: order.index(c.id))


def _market(node: Record, by: Actor, period: Period) -> list[Cell]:
    needs = entries(by, Need).filter(record__node=node)
    verified = needs.filter(**within("published_on", period)).count()
    closed = needs.filter(**within("solved_on", period)).count()
    results = entries(by, REGISTERS["results"].model).filter(record__node=node) if "results" in REGISTERS else Need.objects.none()
    listed = results.filter(record__state__in=("listed", "talking", "transferred"), **within("record__created_at__date", period)).count()
    sold = results.filter(record__state="transferred", **within("record__updated_at__date", period)).count()
    return [
        Cell("needs_verified", str(verified), _list("needs", node)),
        Cell("needs_closed", str(closed), _list("needs", node, state="solved")), Cell("results_listed", str(listed), _list("results", node)),
        Cell("results_sold", str(sold), _list("results", node, state="transferred")),
    ]  # fmt: skip


def _contracts(node: Record, by: Actor, period: Period) -> list[Cell]:
    if "contracts" not in REGISTERS:
        return []
    rows = entries(by, REGISTERS["contracts"].model).filter(office=node, **within("registered_on", period))
    rows = rows.filter(record__state__in=("registered", "change_pending", "objected", "cancelled"))
    fen = sum(v or 0 for v in rows.values_list("technical_fen", flat=True))
    url = f"/contracts/?{urlencode({'office': node.ref, **{k: str(v) for k, v in _span('registered_on', period).items()}})}"
    return [Cell("contracts", str(rows.count()), url), Cell("technical", f"{fen / 1_000_000:.2f}", url)]


def _served(node: Record, services: QuerySet[Any], period: Period) -> list[Cell]:
    span = _span("served_on", period)
    total = services.count()
    firms = by_client(services.filter(client_kind="firm")).values("client_key").distinct().count()
    repeat = by_client(services).values("client_key").annotate(n=Count("pk")).filter(n__gt=1).count()
    stars = services.aggregate(m=Avg("satisfaction"))["m"]
    filled = sum(sum(v not in (None, "") for v in row) for row in services.values_list(*COMPLETE))
    everything, firm = (
        _list("services", node, organiser=node.ref, **span),
        _list("services", node, organiser=node.ref, client_kind="firm", **span),
    )
    return [
        Cell("services", str(total), everything), Cell("firms", str(firms), firm), Cell("repeat", str(repeat), everything),
        Cell("satisfaction", f"{stars:.1f}" if stars is not None else "—", everything), Cell("completeness", _share(filled, total * len(COMPLETE)), everything),
    ]  # fmt: skip


def _promises(node: Record, by: Actor, period: Period) -> list[Cell]:
    asked = entries(by, ServiceRequest).filter(node=node, **within("asked_on", period))
    promised = [(due, done) for due, done in asked.filter(record__state="served", due_on__isnull=False).values_list("due_on", "closed_on")]
    taken = asked.filter(accepted_at__isnull=False).values_list("record__created_at", "accepted_at")
    hours = [(to - start).total_seconds() / 3600 for start, to in taken]
    url = _list("service_requests", node, **_span("asked_on", period))
    kept = sum(done <= due for due, done in promised)
    return [
        Cell("on_time", _share(kept, len(promised)), url), Cell("response", f"{sum(hours) / len(hours):.1f}" if hours else "—", url),
    ]  # fmt: skip


def _events(node: Record, by: Actor, period: Period) -> list[Cell]:
    if "events" not in REGISTERS:
        return []
    span = _span("held_on", period)
    held = entries(by, REGISTERS["events"].model).filter(organiser=node, record__state="held", **within("held_on", period))
    signed = entries(by, REGISTERS["event_outcomes"].model).exclude(record__state="void").values("event_id")
    return [Cell("events", str(held.filter(record_id__in=signed).count()), _list("events", node, organiser=node.ref, state="held", **span))]


def scorecards(by: Actor, period: Period, level: str = "") -> list[tuple[Node, list[Cell]]]:
    """All open nodes, by level and name, with their indicators."""
    rows = entries(by, Node).filter(record__state="open").order_by("level", "record__ref")
    return [(n, scorecard(n.record, by, period)) for n in (rows.filter(level=level) if level else rows)]


def catalogue(node: Record, by: Actor) -> list[Offer]:
    """What a node offers today."""
    return list(entries(by, Offer).filter(node=node, record__state="offered").order_by("kind", "pk"))


def campaign_counts(campaign: Campaign, by: Actor) -> dict[str, Any]:
    """Firms planned and visited (distinct), those still open, needs raised and published."""
    planned = [link.target for link in campaign.record.links_out.filter(kind="planned").select_related("target").order_by("position")]
    rows = visited(by, Period(None, dt.date.max), campaign=campaign.number)
    done = set(rows.values_list("firm_id", flat=True))
    raised = entries(by, Need).filter(record__links_in__kind="raised", record__links_in__source_id__in=rows.values("record_id")).distinct()
    return {
        "planned": planned, "visits": rows.count(), "firms": len(done), "open": [f for f in planned if f.pk not in done], "off_plan": len(done - {f.pk for f in planned}),
        "needs": raised.count(), "published": raised.filter(published_on__isnull=False).count(),
    }  # fmt: skip


def broker_record(broker: Broker, by: Actor) -> dict[str, Any]:
    """A broker's visible cases by state, and the commission settled."""
    cases = entries(by, BrokerageCase).filter(broker=broker.record)
    return {
        "cases": cases.count(), "done": cases.filter(record__state__in=("contracted", "settled", "paid")).count(), "both": cases.filter(mandate="both").count(),
        "hours": sum(int(t.get("hours") or 0) for t in broker.training), "rows": cases.order_by("-opened_on")[:20],
    }  # fmt: skip


def open_requests(node: Record, by: Actor) -> int:
    """Requests of a node that still wait."""
    return entries(by, ServiceRequest).filter(Q(node=node), record__state__in=("asked", "accepted")).count()
