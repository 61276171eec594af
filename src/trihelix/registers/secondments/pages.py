"""Overview of secondments, one's own by role, letters, agreements and evaluation reports."""

from __future__ import annotations

import datetime as dt
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock
from trihelix.kernel.action import find
from trihelix.kernel.errors import Conflict, Denied
from trihelix.kernel.register import register_of
from trihelix.kernel.values import hidden_columns
from trihelix.registers.secondments import dispatch_pages, documents, queries, sheets, terms
from trihelix.registers.secondments.actions import terms_end
from trihelix.registers.secondments.models import Batch, Secondment

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refused.one("bad_date", f"“{text}” 不是日期，请写成 2024-12-02", field="until", value=text) from None


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """People, appointments, hosts, homes, cities, fields as of a day, and the plan against both counts."""
    kind = request.GET.get("kind") or "commissioner"
    if kind not in sheets.KINDS:
        raise Refused.one("unknown_kind", f"没有选派类型 “{kind}”；可用：{'、'.join(sheets.KINDS)}", field="kind", value=kind)
    if not request.actor.signed_in:
        raise Denied(Problem("sign_in", "请先登录"))
    until = _day(request.GET["until"]) if request.GET.get("until") else clock.today()
    found = queries.overview(request.actor, kind, until)
    idle = list(terms_end.idle(clock.today()).select_related("person", "host")[:50]) if request.actor.sees_all else []
    context = {
        **found, "kinds": sheets.KINDS, "divisions": sheets.DIVISIONS, "field_names": sheets.FIELDS, "register": register_of("secondments"), "idle": idle,
        "idle_months": terms.terms()["no_service_months"],
    }  # fmt: skip
    return render(request, "secondments/overview.html", context)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """My secondments: as the person, as host, as home body, as city."""
    if not request.actor.signed_in:
        raise Denied(Problem("sign_in", "请先登录"))
    found = queries.mine(request.actor)
    groups = [(key, found[key]) for key in ("person", "host", "home", "city") if found[key]]
    return render(
        request,
        "secondments/mine.html",
        {"groups": groups, "logs": found["logs"], "register": register_of("secondments"), "log_register": register_of("secondment_logs")},
    )


def _file(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=WORD)
    answer["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return answer


def _row(request: HttpRequest, uid: uuid.UUID) -> Secondment:
    record = find(register_of("secondments"), uid, request.actor)
    return Secondment.objects.select_related("person", "host", "batch", "batch__owner").get(record=record)


@require_safe
def letter(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The letter of appointment; there is none before the appointment."""
    row = _row(request, uid)
    if row.appointed_on is None:
        raise Conflict(Problem("not_appointed", "尚未聘任，没有聘书", field="state", value=row.state))
    return _file(documents.letter(row), f"{row.number}-letter")


@require_safe
def agreement(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The three-party agreement, for its parties and the office."""
    row = _row(request, uid)
    register = register_of("secondments")
    parties = request.actor.roles_on(row.record) & {"host", "secondee", "owner", "node", "recommender"}
    if not parties and hidden_columns(register, request.actor, row.record):
        raise Denied(Problem("denied", "三方协议只向各方与主管部门开放", field="page"))
    return _file(documents.agreement(row), f"{row.number}-agreement")


@require_safe
def report(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The evaluation report of a batch."""
    record = find(register_of("secondment_batches"), uid, request.actor)
    if not request.actor.sees_all:
        raise Denied(Problem("denied", "评估报告由主管部门生成", field="page"))
    return _file(documents.evaluated(Batch.objects.get(record=record), request.actor), f"{record.number}-report")


urlpatterns = [
    path("secondments/overview/", overview, name="secondment-overview"),
    path("my/secondments/", mine, name="my-secondments"),
    path("secondments/<uuid:uid>/letter.docx", letter, name="secondment-letter"),
    path("secondments/<uuid:uid>/agreement.docx", agreement, name="secondment-agreement"),
    path("secondment_batches/<uuid:uid>/report.docx", report, name="secondment-report"),
    *dispatch_pages.urlpatterns,
]
