"""Pages of programmes: the scheme book, the application form with its completeness and totals, Word files."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trihelix.engines.documents import Document, docx, parse
from trihelix.engines.errors import Refused
from trihelix.engines.money import format_wan
from trihelix.engines.schemes import diagram, scheme_json, summary_json
from trihelix.engines.schemes import forms as form_engine
from trihelix.kernel import bookfiles, clock
from trihelix.kernel.action import find, may
from trihelix.kernel.actor import entries
from trihelix.kernel.register import register_of
from trihelix.registers.programmes import overlay, queries
from trihelix.registers.programmes.actions.projects import instrument_docx
from trihelix.registers.programmes.models import Application, Project

FILE_MAX = 1_000_000
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """Every scheme of the book, with its shape and what it gives."""
    held = queries.scheme_book()
    rows = [{**summary_json(held.scheme(i)), "versions": [s.version for s in held.versions(i)]} for i in held.ids()]
    return render(request, "programmes/schemes.html", {"rows": rows})


@require_safe
def scheme(request: HttpRequest, scheme_id: str) -> HttpResponse:
    """One scheme: every key with its meaning, value and source, its formulas, its way as a diagram."""
    found = queries.scheme_book().scheme(scheme_id, version=request.GET.get("version", ""))
    lang = "en" if (request.LANGUAGE_CODE or "").startswith("en") else "zh"
    sections: dict[str, list[dict[str, Any]]] = {}
    whole = scheme_json(found)
    for row in whole["settings"]:
        sections.setdefault(row["section_zh"], []).append(row)
    context = {
        "scheme": found,
        "whole": whole,
        "sections": sections,
        "diagram": diagram(found, lang),
        "versions": queries.scheme_book().versions(scheme_id),
        "count": queries.year_count(scheme_id, clock.today().year),
    }
    return render(request, "programmes/scheme.html", context)


@require_safe
def scheme_file(request: HttpRequest, scheme_id: str) -> HttpResponse:
    """The scheme in force as a file of the book: take out, add a version, hand in again."""
    return bookfiles.offered(overlay.text_of(scheme_id), scheme_id)


@require_POST
def scheme_upload(request: HttpRequest) -> HttpResponse:
    """A scheme file handed in becomes a proposal; a second person confirms it. Refuses with line and reason."""
    text, _ = bookfiles.handed_in(request, "计划", FILE_MAX)
    made = register_of("scheme_changes").acts["create"].run(by=request.actor, text=text)  # type: ignore[attr-defined]
    return redirect(f"/scheme_changes/{made.uid}/")


def _application(request: HttpRequest, uid: uuid.UUID) -> Application:
    return entries(request.actor, Application).get(record=find(register_of("applications"), uid, request.actor))  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The application form: sections with their completeness, counters, the budget table with its totals. A POST saves what it carries."""
    application = _application(request, uid)
    problems: list[Any] = []
    given: dict[str, Any] = {}
    if request.method == "POST":
        given = posted(queries.form_of(application), request.POST)
        try:
            register_of("applications").acts["save"].run(by=request.actor, record=application.record, answers=given)  # type: ignore[attr-defined]
        except Refused as refusal:
            problems = refusal.problems
        if request.headers.get("Accept") == "application/json":
            status = 422 if problems else 200
            return JsonResponse({"errors": [p.as_json() for p in problems], "totals": _totals(_application(request, uid))}, status=status)
        if not problems:
            return redirect(request.path)
    application = _application(request, uid)
    return render(request, "programmes/form.html", _form_context(request, application, problems, given), status=422 if problems else 200)


def posted(held: form_engine.Form, post: Any) -> dict[str, Any]:
    """Answers of a posted form: only the fields it carries, so one section never empties another."""
    out: dict[str, Any] = {}
    for field in held.fields():
        if field.kind == "budget":
            cells = {h: {k: post.get(f"{field.id}:{i}:{k}", "") for k in form_engine.FUNDERS} for i, h in enumerate(field.heads)}
            if any(f"{field.id}:{i}:public" in post for i in range(len(field.heads))):
                out[field.id] = {
                    h: {k: v for k, v in row.items() if v.strip()} for h, row in cells.items() if any(v.strip() for v in row.values())
                }
        elif field.kind == "boolean":
            if f"{field.id}:shown" in post:
                out[field.id] = field.id in post
        elif field.id in post:
            out[field.id] = post[field.id]
    return out


def _totals(application: Application) -> dict[str, str]:
    held = queries.form_of(application)
    read, _ = form_engine.read_answers(held, application.answers)
    for field in held.fields():
        if field.kind == "budget" and field.id in read:
            return {k: format_wan(v) for k, v in form_engine.budget_totals(read[field.id]).items()}
    return {}


def _form_context(request: HttpRequest, application: Application, problems: list[Any], given: dict[str, Any]) -> dict[str, Any]:
    scheme = queries.scheme_of(application)
    held = queries.form_of(application, scheme)
    read, _ = form_engine.read_answers(held, application.answers)
    visible = {f.id for f in form_engine.shown(held, read)}
    wrong = {p.field: p.message for p in problems}
    filled = {**application.answers, **given}
    sections = [
        {"id": s.id, "zh": s.zh, "en": s.en, "fields": [_field(f, filled.get(f.id), wrong.get(f.id)) for f in s.fields if f.id in visible]}
        for s in held.sections
    ]
    named = set(application.correction.get("fields") or ()) if application.state == "correction" else None
    if named is not None:
        for section in sections:
            for row in section["fields"]:
                row["locked"] = row["field"].id not in named
    register = register_of("applications")
    sealed_only = bool(scheme.get("call.sealed")) and application.state in ("draft", "sealed")
    return {
        "sealed_only": sealed_only,
        "application": application, "record": application.record, "register": register, "scheme": scheme, "sections": sections, "problems": problems,
        "completeness": form_engine.completeness(held, read), "totals": _totals(application), "can_save": application.state in ("draft", "correction") and not sealed_only and may(register, register.acts["save"], request.actor, application.record),  # type: ignore[attr-defined]
        "call": queries.call_of(application.call),
    }  # fmt: skip


def _field(field: form_engine.Field, value: Any, wrong: str | None) -> dict[str, Any]:
    """A field with its answer as text, its counter, and the rows of the budget table."""
    text = value
    if field.kind == "rows" and isinstance(value, list):
        text = "\n".join("|".join(str(r.get(c.name, "") or "") for c in field.rows) for r in value)
    elif field.kind == "list" and isinstance(value, list):
        text = "；".join(map(str, value))
    budget = []
    if field.kind == "budget":
        held = value if isinstance(value, dict) else {}
        budget = [
            {
                "head": h,
                "cells": [
                    {"name": f"{field.id}:{i}:{k}", "label": v[0], "value": held.get(h, {}).get(k, "")}
                    for k, v in form_engine.FUNDERS.items()
                ],
            }
            for i, h in enumerate(field.heads)
        ]
    return {
        "field": field, "value": text, "wrong": wrong, "budget": budget, "locked": False, "count": len(value) if isinstance(value, str) else 0,
        "funders": [v[0] for v in form_engine.FUNDERS.values()], "choices": [(k, v[0]) for k, v in (field.choices or {}).items()],
    }  # fmt: skip


@require_safe
def form_docx(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The application as a Word file: cover, sections numbered as on screen, budget, receipt."""
    application = _application(request, uid)
    scheme = queries.scheme_of(application)
    lines = [
        "| 项目 | 内容 |",
        f"| 申报编号 | {application.number} |",
        f"| 计划类别 | {scheme.zh} |",
        f"| 申报单位 | {application.record.owner.title if application.record.owner else ''} |",
        f"| 回执 | {application.receipt or '未提交'} |",
        "",
        "---",
    ]
    held = queries.form_of(application, scheme)
    attached = [f.name.replace("|", "／") for f in application.record.files.filter(newer=None).order_by("pk")]
    parts = [s.zh for s in held.sections] + (["附件清单"] if attached else [])
    lines += ["# 目录", *[f"- {n} {zh}" for n, zh in enumerate(parts, 1)], "", "---"]
    for number, section in enumerate(held.sections, 1):
        lines += ["", f"# {number} {section.zh}"]
        for field in section.fields:
            lines += _printed(field, application.answers.get(field.id))
    if attached:
        lines += ["", f"# {len(parts)} 附件清单", "| 序号 | 文件 |", *[f"| {n} | {name} |" for n, name in enumerate(attached, 1)]]
    note = "演示数据（合成）" if application.record.synthetic else ""
    answer = HttpResponse(docx(Document(application.title, parse("\n".join(lines)), note)), content_type=WORD)
    answer["Content-Disposition"] = f'attachment; filename="{application.number}.docx"'
    return answer


def _printed(field: form_engine.Field, value: Any) -> list[str]:
    if value in (None, "", [], {}):
        return []

    def cell(raw: Any) -> str:
        return str("" if raw is None else raw).replace("|", "／").replace("\n", " ")

    if field.kind == "budget":
        rows = [f"| {h} | " + " | ".join(cell(row.get(k)) for k in form_engine.FUNDERS) + " |" for h, row in value.items()]
        return ["", f"## {field.zh}（万元）", "| 科目 | " + " | ".join(v[0] for v in form_engine.FUNDERS.values()) + " |", *rows, ""]
    if field.kind == "rows":
        return [
            "",
            f"## {field.zh}",
            "| " + " | ".join(c.zh for c in field.rows) + " |",
            *["| " + " | ".join(cell(r.get(c.name)) for c in field.rows) + " |" for r in value],
            "",
        ]
    shown = (
        "是"
        if value is True
        else (field.choices or {}).get(str(value), (value,))[0]
        if field.kind == "choice"
        else json.dumps(value, ensure_ascii=False)
        if isinstance(value, list)
        else value
    )
    return ["", f"**{field.zh}**", "", f"{shown}{field.unit}"]


@require_safe
def project_docx(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The task book or military order as a Word file."""
    project = entries(request.actor, Project).get(record=find(register_of("projects"), uid, request.actor))  # type: ignore[attr-defined]
    answer = HttpResponse(instrument_docx(project), content_type=WORD)
    answer["Content-Disposition"] = f'attachment; filename="{project.number}.docx"'
    return answer


urlpatterns = [
    path("programmes/schemes/", schemes, name="schemes"),
    path("programmes/schemes/upload/", scheme_upload, name="scheme-upload"),
    path("programmes/schemes/<slug:scheme_id>.yaml", scheme_file, name="scheme-file"),
    path("programmes/schemes/<slug:scheme_id>/", scheme, name="scheme"),
    path("programmes/applications/<uuid:uid>/form/", form, name="application-form"),
    path("programmes/applications/<uuid:uid>/form.docx", form_docx, name="application-docx"),
    path("programmes/projects/<uuid:uid>/instrument.docx", project_docx, name="instrument-docx"),
]
