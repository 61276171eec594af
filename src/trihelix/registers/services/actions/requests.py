"""Catalogue and requests: a client asks, the node accepts, serves within the promise and records the service."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.kernel import book
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import Actor
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.services import sheets
from trihelix.registers.services.models import Offer, ServiceRequest

SHEET = {c.name: c for c in sheets.SERVICE.columns}
ASKED = ("title", "owner", "offer", "node", "kind", "wanted", "need", "result", "contact_name", "contact_phone", "ref")
DELIVERED = ("served_on", "channel", "persons", "outcome", "outcome_text", "follow_up", "follow_up_on", "evidence", "price_yuan")


def may_serve(by: Actor, node: Record | None) -> bool:
    """Whether the actor works for the node (or for the province, or for the body that runs it)."""
    return node is None or by.sees_all or bool(by.roles & {"officer", "operator"}) or node.pk in by.node_ids


@action("service_offers", "create", "新建服务项目", "New offer", creates=True, roles=("owner", "node", "officer", "operator"))
def offer_service(a: Run, offer: Offer, **values: Any) -> None:
    """Enter a service into a node's catalogue. Refuses other nodes than one's own; the provider is the node's operator by default."""
    create_entry(a, offer, values)
    operator = offer.node.entry.operator
    own = may_serve(a.by, offer.node) or (operator is not None and operator.pk in a.by.bodies)
    a.require(own, "not_your_node", f"您不能为 “{offer.node.title}” 编制服务目录", field="node")
    a.record.owner = a.record.owner or operator
    a.record.node, a.record.visibility = offer.node, "node"


@action("service_offers", "publish", "公布", "Publish", safe=True)
def publish(a: Run, offer: Offer) -> None:
    """Show the offer to everybody."""
    a.record.visibility = "public"


@action("service_offers", "stop", "停办", "Stop", danger=True)
def stop(a: Run, offer: Offer) -> None:
    """Stop offering it; open requests go on."""
    offer.valid_to = a.today


@action("service_requests", "create", "申请服务", "Ask for a service", creates=True, roles=("owner", "node", "officer", "operator"),
        fields=tuple(c for c in sheets.REQUESTS.columns if c.name in ASKED))  # fmt: skip
def ask(a: Run, request: ServiceRequest, **values: Any) -> None:
    """Ask for a service of the catalogue, or of a node in free words. The promise counts from today."""
    create_entry(a, request, values)
    offer = request.offer.entry if request.offer else None
    if offer is not None:
        a.require(request.offer.state == "offered", "not_offered", "此项服务未在提供，请另选", field="offer")
        a.require(
            not offer.valid_to or offer.valid_to >= a.today, "not_offered", "此项服务已截止", field="offer", value=str(offer.valid_to)
        )
        a.require(request.node_id in (None, offer.node_id), "other_node", "所选服务由另一站点提供；请留空站点", field="node")
        request.node_id, request.kind, request.promise_days = offer.node_id, offer.kind, offer.promise_days
        request.due_on = book.current().calendar.add(a.today, offer.promise_days, kind="working").date
    request.node = request.node or (a.record.owner.node if a.record.owner else None)
    a.require(request.node is not None, "required", "请选择服务项目或站点", field="node")
    a.require(request.node.state == "open", "node_closed", "该站点已关闭，请另选", field="node")  # type: ignore[union-attr]
    a.require(request.kind, "required", "请选择服务类别", field="kind")
    request.asked_on = a.today
    a.record.node, a.record.visibility = request.node, "node"


@action("service_requests", "accept", "受理", "Accept", safe=True)
def accept(a: Run, request: ServiceRequest) -> None:
    """Take it on; the client reads the promised day."""
    request.accepted_at = a.now
    promise = f"，承诺 {request.due_on} 前办结" if request.due_on else ""
    a.notify(
        f"服务申请已受理{promise}：{request.title}",
        roles=("owner",),
        en=f"Request accepted, promised by {request.due_on or '—'}: {request.title}",
    )


@action("service_requests", "refuse", "不予受理", "Refuse", danger=True)
def refuse(a: Run, request: ServiceRequest) -> None:
    """Refuse with the reason; the client is told."""
    request.closed_on = a.today
    a.notify(f"服务申请未受理：{request.title}（{a.reason}）", roles=("owner",), en=f"Request refused: {request.title}")


@action("service_requests", "withdraw", "撤回", "Withdraw", danger=True)
def withdraw(a: Run, request: ServiceRequest) -> None:
    """The client takes it back."""
    request.closed_on = a.today


@action("service_requests", "deliver", "办结并登记服务", "Serve and record", fields=tuple(SHEET[n] for n in DELIVERED))
def deliver(a: Run, request: ServiceRequest, *, served_on: dt.date, **values: Any) -> None:
    """Record the service done for this request and ask the client to confirm it."""
    a.require(served_on >= request.asked_on, "date_order", f"服务日期早于申请日期 {request.asked_on}", field="served_on")
    client = a.record.owner
    kind = client.entry.kind if client is not None and client.register == "bodies" else "person"
    more = {k: v for k, v in values.items() if v not in (None, "")}
    for name in ("need", "result"):
        if (target := getattr(request, name)) is not None:
            more[name] = str(target.uid)
    made = register_of("services").acts["create"].run(
        by=a.by, title=request.title, kind=request.kind, organiser=str(request.node.uid), client_kind=kind, served_on=served_on,
        **({"client": str(client.uid)} if client is not None else {"client_name": request.title}), request=str(a.record.uid), now=a.now, **more,
    )  # fmt: skip
    request.closed_on = a.today
    a.extra["service"] = [None, made.number]
    a.after_saved(lambda: a.link(find(register_of("services"), made.uid, a.by), "service"))
