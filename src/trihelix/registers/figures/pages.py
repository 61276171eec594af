"""Pages: all figures, one figure down to its records, checks, the letter, the leader's page, the thread of a record."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from trihelix.engines.documents import official
from trihelix.engines.documents.web import pdf
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock
from trihelix.kernel.action import find
from trihelix.kernel.actor import Actor, entries, visible_to
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import Record
from trihelix.kernel.register import REGISTERS, register_of
from trihelix.registers.figures import checks, comparison, evaluation, funnel, geography, thread
from trihelix.registers.figures import dashboard as boards
from trihelix.registers.figures import letter as letters
from trihelix.registers.figures.book import figures
from trihelix.registers.figures.models import Report

SHOWN = 200
TYPES = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf"}
DIGESTED = 2_000  # above this the digest, which takes every record, is made when it is asked for


def _as_of(request: HttpRequest) -> dt.date:
    text = request.GET.get("as_of", "")
    try:
        return dt.date.fromisoformat(text) if text else clock.today()
    except ValueError:
        raise Refused.one("bad_date", f"“{text}” 不是日期，请写成 2025-05-28", field="as_of", value=text) from None


def _paged(request: HttpRequest, rows: Any) -> dict[str, Any]:
    """One page of a list, cut by the database, with the numbers of its neighbours."""
    page = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    return {
        "page": page,
        "window": list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "count": page.paginator.count,
    }


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
    part = _paged(request, evaluation.Lines(found))
    context = {
        "found": found, "figure": found.figure, "as_of": day, "compared": comparison.compared(found, request.actor),
        "rows": list(evaluation.listed(found, request.actor, part["page"].object_list)), "digested": found.records <= DIGESTED or "digest" in request.GET,
    }  # fmt: skip
    return render(request, "figures/figure.html", context | part)


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


def _letter(request: HttpRequest) -> letters.Built:
    _inside(request.actor)
    return letters.build(request.actor, _as_of(request), footnotes="footnotes" in request.GET)


@require_safe
def letter_page(request: HttpRequest) -> HttpResponse:
    """The letter as it stands, every number a link to its records, with what is missing and the files to take away."""
    built = _letter(request)
    context = {
        "sheet": mark_safe(letters.hovered(official.html_body(built.official), built.answers)),
        "as_of": _as_of(request), "footnotes": "footnotes" in request.GET, "gaps": built.gaps, "count": len(built.answers), "files": (("letter-docx", "Word"), ("letter-pdf", "PDF")),
    }  # fmt: skip
    return render(request, "figures/letter.html", context)


@require_safe
def letter_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The letter as a Word file or PDF."""
    built = _letter(request)
    bare = letters.plain(built.official)
    made = official.docx(bare) if kind == "docx" else pdf(official.html(bare))
    response = HttpResponse(made, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="letter-{_as_of(request).isoformat()}.{kind}"'
    return response


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The dashboard of any viewer, the public among them: what they may see, each number with its list."""
    context = boards.own(request.actor, _as_of(request), request.GET.get("map", ""))
    return render(request, "figures/dashboard.html", context | {"self": "dashboard"})


@require_safe
def leaders(request: HttpRequest) -> HttpResponse:
    """One page for those who see the province: figures with trend, funnel, map, commitments, waiting work; every number opens its list."""
    _inside(request.actor)
    context = boards.province(request.actor, _as_of(request), request.GET.get("map", ""))
    return render(request, "figures/leaders.html", context | {"self": "leaders"})


@require_safe
def leaders_pdf(request: HttpRequest) -> HttpResponse:
    """The same page on paper."""
    _inside(request.actor)
    context = boards.province(request.actor, _as_of(request), request.GET.get("map", ""))
    page = render_to_string("figures/leaders_print.html", context | {"self": "leaders", "whole": True}, request=request)
    response = HttpResponse(pdf(page), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="leaders-{context["as_of"].isoformat()}.pdf"'
    return response


@require_safe
def funnel_list(request: HttpRequest, step: str) -> HttpResponse:
    """The records behind one number of the funnel, exactly."""
    known, day = funnel.step_of(step), _as_of(request)
    state, why = request.GET.get("state", ""), request.GET.get("why")
    rows = funnel.rows_of(known, request.actor, day, state, why).select_related("record", "record__owner").order_by("-pk")
    register = register_of(known.register)
    context = {
        "step": known, "told": {"zh": known.told_zh, "en": known.told_en}, "register": register, "as_of": day, "state": register.state_label(state) if state else None,
        "why": getattr(register.column(known.why), "choices", {}).get(why) if known.why and why else None, 
    }  # fmt: skip
    return render(request, "figures/funnel_list.html", context | _paged(request, rows))


@require_safe
def map_list(request: HttpRequest, register: str) -> HttpResponse:
    """The records behind one number of the map: what stood in the named divisions on the day, exactly."""
    known, day = geography.register_of_map(request.actor, register), _as_of(request)
    codes = request.GET.getlist("division")[:400]
    rows = geography.rows_of(known, request.actor, day).filter(division__in=codes).select_related("record", "record__owner").order_by("-pk")
    named = geography.names(codes[:1])
    return render(
        request, "figures/map_list.html", {"register": known, "as_of": day, "place": named[0] if named else ""} | _paged(request, rows)
    )


@require_safe
def waiting_list(request: HttpRequest) -> HttpResponse:
    """The waiting work behind one number: of the whole province for those who see it, one's own for others."""
    if not request.actor.signed_in:
        raise Denied(Problem("denied", "请先登录再看待办", field="page"))
    name, late = request.GET.get("register", ""), "late" in request.GET
    if name and name not in REGISTERS:
        raise Refused.one("unknown_register", f"没有登记库 “{name[:40]}”", field="register", value=name[:40])
    register = REGISTERS[name] if name else None
    rows = funnel.waiting(request.actor, register, _as_of(request) if late else None)
    return render(request, "figures/waiting_list.html", {"register": register, "late": late} | _paged(request, rows))


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


@require_safe
def report_figure(request: HttpRequest, uid: uuid.UUID, figure: str) -> HttpResponse:
    """One number of a frozen report: its definition, period and digest, and of the records behind it those the viewer may see."""
    report = entries(request.actor, Report).get(record=find(register_of("reports"), uid, request.actor))
    held = report.record.frozen_figures.filter(figure=figure).first()
    if held is None:
        raise Unseen.record("指标", figure[:40])
    wanted = [uuid.UUID(key) for key, _ in held.lines[:5000] if len(key) == 32 and all(c in "0123456789abcdef" for c in key)]
    seen: list[Record] = []
    for i in range(0, len(wanted), 400):
        seen += visible_to(request.actor, Record.objects.filter(uid__in=wanted[i : i + 400]).select_related("owner"))
        if len(seen) >= SHOWN:
            break
    context = {"report": report, "held": held, "answer": held.answer, "rows": seen[:SHOWN], "total": len(held.lines)}
    return render(request, "figures/report_figure.html", context)


urlpatterns = [
    path("figures/", overview, name="figures"),
    path("figures/all.json", as_json, name="figures-json"),
    path("figures/checks/", check_page, name="figures-checks"),
    path("figures/<slug:figure>/", one, name="figure"),
    path("figures/<slug:figure>/list.jsonl", listed, name="figure-list"),
    path("letter/", letter_page, name="letter"),
    path("letter/letter.docx", letter_file, {"kind": "docx"}, name="letter-docx"),
    path("letter/letter.pdf", letter_file, {"kind": "pdf"}, name="letter-pdf"),
    path("leaders/", leaders, name="leaders"),
    path("leaders/leaders.pdf", leaders_pdf, name="leaders-pdf"),
    path("dashboard/", dashboard, name="dashboard"),
    path("dashboard/funnel/<slug:step>/", funnel_list, name="funnel-list"),
    path("dashboard/map/<slug:register>/", map_list, name="map-list"),
    path("dashboard/waiting/", waiting_list, name="waiting-list"),
    path("thread/<uuid:uid>/", thread_page, name="thread"),
    path("reports/<uuid:uid>/figures/<slug:figure>/", report_figure, name="report-figure"),
    path("reports/<uuid:uid>/changes/", report_changes, name="report-changes"),
]
