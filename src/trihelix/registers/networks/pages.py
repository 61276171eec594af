"""The account of a network's chair body: who is united in name only, the chair's needs, what is planned."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from trihelix.engines.errors import Problem
from trihelix.kernel.action import find
from trihelix.kernel.errors import Denied
from trihelix.kernel.register import register_of
from trihelix.registers.networks import queries
from trihelix.registers.networks.models import Network


@require_safe
def account(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """For the lead body, the service centre, the members and the department."""
    by = request.actor  # type: ignore[attr-defined]
    record = find(register_of("networks"), uid, by)
    network = Network.objects.get(record=record)
    inside = set(queries.active_bodies(record).values_list("pk", flat=True)) | {record.owner_id, network.service_centre_id}
    if not (by.sees_all or by.bodies & inside or record.node_id in by.node_ids):
        raise Denied(Problem("denied", "成员、服务单位与主管部门才能查看台账", field="network", value=record.number))
    context = {
        "entry": network,
        "record": record,
        "register": register_of("networks"),
        "rows": queries.name_only(network, by),
        "account": queries.account(network, by),
    }
    return render(request, "networks/account.html", context)


urlpatterns = [path("networks/<uuid:uid>/account/", account, name="network-account")]
