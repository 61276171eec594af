"""Pages: all figures, one figure down to its records, checks, the letter, the leader's page, the thread of a record."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from trihelix.engines.documents import official
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock
from trihelix.kernel.action import find
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import Record
from trihelix.kernel.register import REGISTERS, register_of
from trihelix.registers.figures import checks, comparison, evaluation, funnel, thread
from trihelix.registers.figures import letter as letters
from trihelix.registers.figures.book import figures
from trihelix.registers.figures.models import Report
from trihelix.registers.governance.queries import commitments_due

SHOWN = 200


def _as_of(request: HttpRequest) -> dt.date:
    text = request.GET.get("as_of", "")
    try:
        return dt.date.fromisoformat(text) if text else clock.today()
    except ValueError:
        raise Refused.one("bad_date", f"“{text}” 不是日期，请写成 2025-05-28", field="as_of", value=text) from None


def _inside(actor: Actor) -> None:
    """Live figures span all bodies; others read the published reports."""
    if not actor.sees_all:
        raise Denied(Problem("denied", "实时指标由省级人员查看；公开的数字请看已发布的统计报告", field="page"))


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every figure with value, period and status; each number leads to its records. The public sees the last published report."""
    if not request.actor.sees_all:
        report = entries(request.actor, Report).filter(record__state="published").order_by("-as_of", "-pk").first()
        return render(request, "figures/public.html", {"report": report, "rows": report.record.frozen_figures.all() if report else ()})
    day = _as_of(request)
    return render(request, "figures/overview.html", {"answers": evaluation.evaluate_all(request.actor, day), "as_of": day})


@require_safe
def one(request: HttpRequest, figure: str) -> HttpResponse:
    """One figure: definition, period, comparison, and the records that make it."""
    _inside(request.actor)
    day = _as_of(request)
    found = evaluation.answer(figures().figure(figure), request.actor, day)
    rows = list(evaluation.listed(found, request.actor))
    context = {
        "found": found, "figure": found.figure, "rows": rows[:SHOWN], "more": max(0, len(rows) - SHOWN), "as_of": day,
        "compared": comparison.compared(found, request.actor),
    }  # fmt: skip
    return render(request, "figures/figure.html", context)


@require_safe
def listed(request: HttpRequest, figure: str) -> StreamingHttpResponse:
    """The records behind a figure as JSON lines, whole."""
    _inside(request.actor)
    found = evaluation.answer(figures().figure(figure), request.actor, _as_of(request))
    lines = (json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in evaluation.listed(found, request.actor))
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.figure.id}.jsonl"'
    return response


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """All figures as the command prints them."""
    _inside(request.actor)
    rows = [a.as_json() for a in evaluation.evaluate_all(request.actor, _as_of(request))]
    return HttpResponse(json.dumps(rows, ensure_ascii=False, default=str), content_type="application/json; charset=utf-8")


@require_safe
def check_page(request: HttpRequest) -> HttpResponse:
    """The consistency checks with both sides and their figures."""
    _inside(request.actor)
    day = _as_of(request)
    return render(request, "figures/checks.html", {"findings": [f.as_json() for f in checks.check_all(request.actor, day)], "as_of": day})


@require_safe
def letter_page(request: HttpRequest) -> HttpResponse:
    """The letter as it stands, every number a link to its records."""
    _inside(request.actor)
    built = letters.build(request.actor, _as_of(request), footnotes="footnotes" in request.GET)
    return HttpResponse(letters.hovered(official.html(built.official), built.answers))


@require_safe
def letter_file(request: HttpRequest) -> HttpResponse:
    """The letter as a Word file."""
    _inside(request.actor)
    built = letters.build(request.actor, _as_of(request), footnotes="footnotes" in request.GET)
    response = HttpResponse(
        official.docx(letters.plain(built.official)), content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    )
    response["Content-Disposition"] = 'attachment; filename="letter.docx"'
    return response


@require_safe
def leaders(request: HttpRequest) -> HttpResponse:
    """One page for leaders: figures, funnel, commitments due, waiting work; every number opens its list."""
    _inside(request.actor)
    day = _as_of(request)
    answers = evaluation.evaluate_all(request.actor, day, funnel.HEADLINES)
    context = {
        "as_of": day, "answers": answers, "funnel": funnel.steps(request.actor, day), "commitments": commitments_due(request.actor, day),
        "load": funnel.load(day), "findings": [f for f in checks.check_all(request.actor, day, {a.figure.id: a for a in answers}) if f.light in ("red", "amber")],
    }  # fmt: skip
    return render(request, "figures/leaders.html", context)


@require_safe
def thread_page(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The thread around a record as a picture and a table."""
    known = Record.objects.filter(uid=uid).first()
    if known is None or known.register not in REGISTERS:
        raise Unseen.record("记录", str(uid))
    register = register_of(known.register)
    record = find(register, uid, request.actor)
    return render(request, "figures/thread.html", {"record": record, "register": register, **thread.drawing(record, request.actor)})


@require_safe
def report_changes(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What changed since a report was frozen, record by record."""
    _inside(request.actor)
    report = entries(request.actor, Report).get(record=find(register_of("reports"), uid, request.actor))
    rows: list[dict[str, Any]] = [r for r in comparison.since_frozen(report, request.actor) if r["changed"]]
    return render(request, "figures/changes.html", {"report": report, "rows": rows})


urlpatterns = [
    path("figures/", overview, name="figures"),
    path("figures/all.json", as_json, name="figures-json"),
    path("figures/checks/", check_page, name="figures-checks"),
    path("figures/<slug:figure>/", one, name="figure"),
    path("figures/<slug:figure>/list.jsonl", listed, name="figure-list"),
    path("letter/", letter_page, name="letter"),
    path("letter/letter.docx", letter_file, name="letter-file"),
    path("leaders/", leaders, name="leaders"),
    path("thread/<uuid:uid>/", thread_page, name="thread"),
    path("reports/<uuid:uid>/changes/", report_changes, name="report-changes"),
]
