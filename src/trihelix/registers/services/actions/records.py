"""Service records: written by the node, confirmed and rated by the client; researchers' services likewise by the firm."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Participant, Record
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.registers.services.actions.requests import may_serve
from trihelix.registers.services.models import ResearcherService, Service

STARS = Column("satisfaction", "integer", "满意度（1—5）", "Satisfaction (1–5)", required=True, example=5)
COMMENT = Column("comment", "longtext", "评语", "Comment")


def _provincial() -> Record | None:
    return Record.objects.filter(register="nodes", state="open", parties_node__level="1").order_by("pk").first()


@action("services", "create", "登记服务", "Record a service", creates=True, roles=("node", "officer", "operator"))
def record_service(a: Run, service: Service, **values: Any) -> None:
    """Record a service done. Refuses other nodes than one's own, and a client kind that differs from the client's; the client is asked to confirm."""
    create_entry(a, service, values)
    if service.organiser is None:
        service.organiser = Record.objects.get(pk=min(a.by.node_ids)) if a.by.node_ids else _provincial()
    a.require(may_serve(a.by, service.organiser), "not_your_node", "只能登记本站点或下级站点的服务", field="organiser")
    if service.client is not None:
        real = service.client.entry.kind
        a.require(
            service.client_kind == real,
            "client_kind_differs",
            f"客户登记的类型为 {real}，与所填 {service.client_kind} 不同",
            field="client_kind",
            value=real,
        )
    service.confirmed_on, service.satisfaction, service.comment = None, None, ""
    a.record.node, a.record.visibility = service.organiser, "node"
    if service.client is not None:
        a.record.state = "asked"
        a.after_saved(lambda: a.admit("client", body=service.client))


@action("services", "ask_client", "请客户确认", "Ask the client", safe=True)
def ask_client(a: Run, service: Service) -> None:
    """Ask the client to confirm (imported records). Refuses clients that are no registered body."""
    client = service.client
    if client is None:
        a.refuse("no_client", "客户尚未登记为单位，无法在线确认", field="client")
        return
    a.admit("client", body=client)
    a.notify(f"请确认收到的服务：{service.title}", bodies=(client.pk,), en=f"Please confirm the service: {service.title}")


@action("services", "confirm", "确认服务", "Confirm", fields=(STARS, COMMENT))
def confirm(a: Run, service: Service, *, satisfaction: int, comment: str = "") -> None:
    """The client confirms and rates."""
    a.require(1 <= satisfaction <= 5, "out_of_range", "满意度为 1 到 5 的整数", field="satisfaction", value=satisfaction)
    service.confirmed_on, service.satisfaction, service.comment = a.today, satisfaction, comment or ""


@action("services", "dispute", "提出异议", "Dispute", danger=True)
def dispute(a: Run, service: Service) -> None:
    """The client disputes the record with the reason."""
    a.notify(f"客户对服务记录有异议：{service.title}（{a.reason}）", roles=("node", "author"), en=f"Service disputed: {service.title}")


@action("services", "correct", "更正后再请确认", "Correct and ask again", safe=True)
def correct(a: Run, service: Service) -> None:
    """Ask again after a correction."""


@action("services", "void", "作废", "Void", danger=True)
def void(a: Run, service: Service) -> None:
    """Void a record made by mistake; it counts nowhere and stays listed."""


@action("services", "follow", "登记跟进", "Record follow-up", roles=("owner", "node", "officer", "operator"), fields=(
    Column("follow_up", "longtext", "跟进情况", "Follow-up", required=True), Column("follow_up_on", "date", "下次跟进日期", "Next date"),
))  # fmt: skip
def follow(a: Run, service: Service, *, follow_up: str, follow_up_on: dt.date | None = None) -> None:
    """Add what happened afterwards; earlier notes stay above it."""
    service.follow_up = "\n".join(t for t in (service.follow_up, f"{a.today}：{follow_up.strip()}") if t)
    service.follow_up_on = follow_up_on


@tick("services_ask_clients", every=300)
def ask_clients(now: dt.datetime) -> int:
    """Ask the clients of freshly imported records to confirm."""
    known = Participant.objects.filter(role="client").values("record_id")
    due = Service.objects.filter(record__state="recorded", client__isnull=False).exclude(record_id__in=known)[:500]
    return sum(1 for s in list(due) if ask_client(by=SYSTEM, record=s.record, now=now))


@action("researcher_services", "create", "登记服务", "Record a service", creates=True, roles=("owner", "node", "officer", "operator"))
def record_researcher(a: Run, service: ResearcherService, **values: Any) -> None:
    """Record a researcher's service. Refuses a firm that is none, and a contract between other parties."""
    create_entry(a, service, values)
    a.require(service.firm.entry.kind == "firm", "not_a_firm", f"“{service.firm.title}” 不是企业", field="firm")
    _fits_contract(a, service)
    if service.laboratory is not None:
        target = service.laboratory
        a.after_saved(lambda: a.link(target, "laboratory"))
    service.confirmed_on, service.satisfaction = None, None
    a.record.visibility = "node"


def _fits_contract(a: Run, service: ResearcherService) -> None:
    """A contract names its parties; the serving body and the firm must be among them where both are written."""
    if service.contract is None:
        return
    names = {str(p.get("name", "")).strip() for p in service.contract.entry.parties}
    if names and a.record.owner is not None:
        a.require(
            service.firm.title in names,
            "contract_other_party",
            f"合同 {service.contract.number} 的当事人中没有 “{service.firm.title}”",
            field="contract",
        )


@action("researcher_services", "ask_firm", "请企业确认", "Ask the firm", safe=True)
def ask_firm(a: Run, service: ResearcherService) -> None:
    """Ask the firm to confirm."""
    a.admit("firm", body=service.firm)


@action("researcher_services", "confirm", "确认服务", "Confirm", fields=(STARS,))
def confirm_researcher(a: Run, service: ResearcherService, *, satisfaction: int) -> None:
    """The firm confirms and rates."""
    a.require(1 <= satisfaction <= 5, "out_of_range", "满意度为 1 到 5 的整数", field="satisfaction", value=satisfaction)
    service.confirmed_on, service.satisfaction = a.today, satisfaction


@action("researcher_services", "dispute", "提出异议", "Dispute", danger=True)
def dispute_researcher(a: Run, service: ResearcherService) -> None:
    """The firm disputes with the reason."""
    a.notify(f"企业对服务记录有异议：{service.title}（{a.reason}）", roles=("owner",), en=f"Service disputed: {service.title}")


@action("researcher_services", "void", "作废", "Void", danger=True)
def void_researcher(a: Run, service: ResearcherService) -> None:
    """Void a record made by mistake."""


@action("researcher_services", "link_contract", "关联技术合同", "Link the contract", roles=("owner", "node", "officer", "operator"),
        fields=(Column("contract", "ref", "技术合同", "Contract", required=True),))  # fmt: skip
def link_contract(a: Run, service: ResearcherService, *, contract: Any) -> None:
    """Link the technology contract that the service belongs to."""
    from trihelix.kernel.action import find
    from trihelix.kernel.register import register_of

    service.contract = find(register_of("contracts"), contract, a.by)
    _fits_contract(a, service)
    a.link(service.contract, "contract")
