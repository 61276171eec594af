"""Import as a journey: form → upload → preview with errors by row and cell → confirm → result. Nothing is written before the confirmation."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from trihelix.engines import sheets
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets.reading import SUFFIXES
from trihelix.kernel import bulk, jobs, undo
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.home import home
from trihelix.kernel.models import JournalEntry
from trihelix.kernel.register import Register
from trihelix.kernel.values import own_columns
from trihelix.site import display
from trihelix.site.pages import common
from trihelix.site.pages.lists import page_language, scratch, sent

SHOWN_ERRORS = 200
SAMPLE_ROWS = 10
LARGE = 1_000_000  # bytes above which a file goes to the worker
TOKEN = re.compile(r"[0-9a-f]{32}")


def _admit(request: HttpRequest, register: Register) -> None:
    if not common.may_import(register, request.actor):
        text = f"您不能导入{register.zh}；由 {'、'.join(register.create_roles)} 办理" if request.actor.signed_in else "请先登录"
        raise Denied(Problem("denied", text))


def _folder(request: HttpRequest) -> Path:
    """Where this account's uploads wait for their confirmation; nobody else can name them."""
    folder = home() / "staging" / str(request.actor.user_id)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _staged(request: HttpRequest, token: str) -> Path:
    found = next(_folder(request).glob(f"{token}.*"), None) if TOKEN.fullmatch(token) else None
    if found is None:
        raise Unseen(Problem("not_found", "上传的文件已不在，请重新上传", field="file"))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, register: Register) -> HttpResponse:
    """The empty form, the rules, and the upload."""
    _admit(request, register)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            token = _keep(request, request.FILES.get("file"))
            return HttpResponseRedirect(reverse("import-preview", args=[register, token]))
        except Refused as refused:
            problems = refused.problems
    context = {"register": register, "problems": problems, "columns": own_columns(register), "suffixes": ",".join(SUFFIXES)}
    return render(request, "trihelix/import.html", context, status=422 if problems else 200)


def _keep(request: HttpRequest, sent_file: UploadedFile | None) -> str:
    if sent_file is None or not sent_file.name:
        raise Refused.one("required", "请选择要导入的文件", field="file")
    suffix = Path(sent_file.name).suffix.lower()
    if suffix not in SUFFIXES:
        raise Refused.one(
            "file_kind", f"不支持的文件类型 “{suffix or sent_file.name}”；可用：{'、'.join(SUFFIXES)}", field="file", value=sent_file.name
        )
    folder = _folder(request)
    for old in folder.iterdir():
        old.unlink()  # one upload at a time waits for its confirmation
    token = uuid.uuid4().hex
    with (folder / f"{token}{suffix}").open("wb") as out:
        for chunk in sent_file.chunks():
            out.write(chunk)
    return token


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, register: Register, token: str) -> HttpResponse:
    """What the file would do, decided without writing; a second press writes it all or nothing."""
    _admit(request, register)
    path = _staged(request, token)
    if path.stat().st_size > LARGE:
        return _in_background(request, register, token, path)
    try:
        rows, problems = sheets.read(register.sheet, path)
    except Refused as refused:
        return _shown(request, register, token, {"read": 0}, refused.problems, [], blocked=True)
    decision = bulk.decide(register, rows, problems, request.actor)
    if request.method == "POST" and not decision.problems:
        try:
            entry = bulk.apply(register, decision, request.actor, name=f"upload{path.suffix}")
        except Refused as refused:
            return _shown(request, register, token, decision.summary(), refused.problems, rows)
        path.unlink()
        return _result(request, register, decision, entry)
    return _shown(request, register, token, decision.summary(), decision.problems, rows)


def _in_background(request: HttpRequest, register: Register, token: str, path: Path) -> HttpResponse:
    """A large file is read, checked and written by the worker: all rows or none, with its progress on a page that may be left."""
    if request.method != "POST":
        return render(request, "trihelix/import_large.html", {"register": register, "token": token, "size": path.stat().st_size})
    folder = home() / "staging" / "jobs"
    folder.mkdir(parents=True, exist_ok=True)
    held = path.rename(folder / path.name)
    job = jobs.start(
        by=request.actor,
        kind="import",
        title=_("导入%(name)s") % {"name": display.words(register)},
        payload={"register": register.id, "path": str(held)},
    )
    return HttpResponseRedirect(reverse("job", args=[job.uid]))


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, register: Register, uid: uuid.UUID) -> HttpResponse:
    """Undo an import as one act, while nothing depends on it; says what does."""
    if not request.actor.signed_in:
        raise Denied(Problem("sign_in", "请先登录"))
    entry = undo.find(request.actor, uid)
    if entry.register != register.id:
        raise Unseen(Problem("not_found", "找不到这次导入，或它不是您办理的", field="import"))
    if request.method == "POST":
        undo.undo(by=request.actor, uid=uid)
        messages.success(request, _("已撤销这次导入；它仍留在日志中。"))
        return HttpResponseRedirect(reverse("list", args=[register]))
    return render(request, "trihelix/import_undo.html", {"register": register, "entry": entry, "obstacles": undo.obstacles(entry)})


def _shown(
    request: HttpRequest,
    register: Register,
    token: str,
    summary: dict[str, Any],
    problems: list[Problem],
    rows: list[Any],
    blocked: bool = False,
) -> HttpResponse:
    names = {n for _row, values in rows[:SAMPLE_ROWS] for n in values}
    columns = [c for c in register.sheet.columns if c.name in names][:8]
    sample = [{"row": n, "cells": [display.value(c, values.get(c.name)) for c in columns]} for n, values in rows[:SAMPLE_ROWS]]
    context = {
        "register": register, "token": token, "summary": summary, "problems": problems[:SHOWN_ERRORS], "problem_count": len(problems), "blocked": blocked,
        "columns": columns, "sample": sample, "labels": {c.name: display.words(c) for c in register.sheet.columns},
        "refused": len({p.row for p in problems}),
    }  # fmt: skip
    return render(request, "trihelix/import_preview.html", context, status=422 if problems else 200)


def _result(request: HttpRequest, register: Register, decision: bulk.Decision, entry: JournalEntry | None) -> HttpResponse:
    fresh = JournalEntry.objects.select_related("seal").get(pk=entry.pk) if entry else None
    context = {"register": register, "summary": decision.summary(fresh), "entry": fresh}
    return render(request, "trihelix/import_result.html", context)


@require_safe
def marked(request: HttpRequest, register: Register, token: str) -> HttpResponse:
    """The uploaded file with the wrong cells coloured and commented."""
    _admit(request, register)
    path = _staged(request, token)
    if path.suffix == ".jsonl":
        raise Refused.one("file_kind", "JSON-lines 文件没有单元格可标；请按页面上的行号修改", field="file")
    try:
        rows, problems = sheets.read(register.sheet, path)
        problems = bulk.decide(register, rows, problems, request.actor).problems
    except Refused as refused:
        problems = refused.problems
    out = scratch(".xlsx")
    sheets.mark_errors(register.sheet, path, problems, out, page_language())
    return sent(out, f"{register.zh}-错误标注.xlsx" if page_language() == "zh" else f"{register.id}-errors.xlsx")
