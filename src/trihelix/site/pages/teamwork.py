"""Stars, labels, team notes, reminders, snoozes and assignments; old versions restored; links for outsiders; the case as a PDF."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import files, links, teams
from trihelix.kernel import restore as versions
from trihelix.kernel.action import allowed_roles, find
from trihelix.kernel.actor import entries
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import File, User
from trihelix.kernel.register import REGISTERS, Register
from trihelix.site import casefile, forms
from trihelix.site.attachments import attachment
from trihelix.site.pages import common
from trihelix.site.pages.desk import day_of, signed_in


def _page(register: Register, uid: uuid.UUID, tab: str = "") -> str:
    return reverse("record", args=[register, uid]) + (f"?tab={tab}" if tab else "")


@require_POST
def mark(request: HttpRequest, register: Register, uid: uuid.UUID, what: str) -> HttpResponse:
    """Star, label, note or reminder on a record."""
    actor = signed_in(request)
    record = find(register, uid, actor)
    word = request.POST.get("word", "")
    if what == "star":
        teams.star(by=actor, record=record, on=request.POST.get("on") == "1")
    elif what == "label":
        teams.put_label(by=actor, record=record, word=word)
    elif what == "unlabel":
        teams.drop_label(by=actor, record=record, word=word)
    elif what == "note":
        teams.write_note(by=actor, record=record, text=request.POST.get("text", ""))
        return HttpResponseRedirect(_page(register, uid, "messages"))
    elif what == "remind":
        if not actor.roles_on(record):
            raise Denied(Problem("denied", "只有本案各方可以催办", field="act"))
        count = teams.remind(by=actor, record=record)
        messages.success(request, _("已提醒 %(n)d 项待办的办理人。") % {"n": count} if count else _("现在没有等待办理的事项。"))
    else:
        raise Unseen(Problem("not_found", "没有这个操作", field="what", value=what))
    return HttpResponseRedirect(common.back(request, _page(register, uid)))


@require_POST
def editing(request: HttpRequest, register: Register, uid: uuid.UUID) -> HttpResponse:
    """An open form says that it is still open, and hears who else has one open; a part of the form's page."""
    actor = signed_in(request)
    record = find(register, uid, actor)
    if not actor.roles_on(record):
        raise Denied(Problem("denied", "只有能办理此记录的人才会登记为正在填写", field="record"))
    editors = teams.editors(actor, record)
    teams.opened(actor, record)
    return render(request, "trihelix/parts/editors.html", {"editors": editors})


@require_POST
def snooze(request: HttpRequest) -> HttpResponse:
    """Put a task aside until a day, or take it back."""
    actor = signed_in(request)
    teams.snooze(by=actor, wait=request.POST.get("wait"), until=None if request.POST.get("wake") else day_of(request, "until"))
    messages.success(request, _("已保存。"))
    return HttpResponseRedirect(common.back(request, reverse("inbox")))


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, wait: int) -> HttpResponse:
    """Put a task aside or give it to a colleague."""
    actor = signed_in(request)
    held = teams.my_wait(actor, wait)
    people = teams.colleagues(actor, held.scope_id, held.role)
    if request.method == "POST":
        to = User.objects.filter(username=request.POST.get("to", ""), is_active=True).first()
        if to is None:
            raise Refused.one("required", "请选择同事", field="to")
        teams.assign(by=actor, wait=wait, to=to)
        messages.success(request, _("已分派给 %(name)s。") % {"name": str(to)})
        return HttpResponseRedirect(reverse("inbox"))
    register = REGISTERS[held.record.register]
    act = register.acts.get(held.act)
    return render(request, "trihelix/task.html", {"wait": held, "register": register, "act": act or held.act, "people": people})


@require_POST
def restore(request: HttpRequest, register: Register, uid: uuid.UUID) -> HttpResponse:
    """Restore a version as a new act."""
    actor = signed_in(request)
    number = request.POST.get("version", "")
    versions.restore(
        by=actor, register=register, record=uid, version=int(number) if number.isdigit() else 0, key=request.POST.get("key") or None
    )
    messages.success(request, _("已恢复到第 %(n)s 版；这是一次新的修改，可以再恢复回来。") % {"n": number})
    return HttpResponseRedirect(_page(register, uid))


@require_http_methods(["GET", "HEAD", "POST"])
def record_links(request: HttpRequest, register: Register, uid: uuid.UUID) -> HttpResponse:
    """The links by which people without an account read a record: issue, list, revoke."""
    actor = signed_in(request)
    record = find(register, uid, actor)
    if not (actor.roles_on(record) | actor.roles) & links.ISSUERS:
        raise Denied(Problem("denied", "只有所属单位、经办站点和主管处室可以发出链接", field="record"))
    shown: dict[str, Any] = {}
    if request.method == "POST":
        if request.POST.get("revoke"):
            links.revoke(by=actor, uid=request.POST["revoke"])
            messages.success(request, _("链接已收回。"))
            return HttpResponseRedirect(reverse("record-links", args=[register, uid]))
        days = request.POST.get("days", "14")
        made, word = links.issue(
            by=actor, register=register, record=uid, name=request.POST.get("name", ""), email=request.POST.get("email", ""),
            role=request.POST.get("role", "reader"), days=int(days) if days.isdigit() else 0,
        )  # fmt: skip
        shown = {"made": made, "address": request.build_absolute_uri(reverse("link", args=[word]))}
    return render(request, "trihelix/links.html", {"register": register, "record": record, "links": links.of_record(record), **shown})


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, word: str) -> HttpResponse:
    """One record, opened by a signed link: its content, files and messages; a message may be written. No account, no session."""
    held, actor = links.opened(word)
    request.actor = actor
    record = held.record
    register = REGISTERS[record.register]
    seen = find(register, record.uid, actor)
    own = [
        o.spec
        for o in common.offers(register, actor, seen, actor.roles_on(seen))
        if held.role == "author" and "author" in allowed_roles(register, o.spec, seen.state)
    ]
    if request.method == "POST":
        name = request.POST.get("act", "message")
        spec = next((s for s in own if s.act == name), register.acts.get("message") if name == "message" else None)
        if spec is None:
            raise Unseen(Problem("not_found", "此记录不接收留言" if name == "message" else "现在没有这个操作", field="act"))
        fields = {c.name: request.POST.get(c.name, "") for c in spec.fields if c.name in request.POST}
        spec.run(by=actor, record=seen.uid, **fields)
        return HttpResponseRedirect(reverse("link", args=[word]))
    panels = register.panels if held.role == "author" else ()
    context = {
        "link": held,
        "word": word,
        "entry": entries(actor, register.model).get(record=seen),
        "panels": panels,
        "own_acts": [(s, forms.build(s.fields, {}).fields) for s in own],
        **casefile.shown(register, seen, actor),
    }
    return render(request, "trihelix/link.html", context)


@require_safe
def link_file(request: HttpRequest, word: str, file: uuid.UUID) -> HttpResponse:
    """A file of the record behind a signed link, where its reader may open it."""
    held, actor = links.opened(word)
    found = File.objects.filter(record=held.record, uid=file, void_reason="").first()
    if found is None or not files.may_read(REGISTERS[held.record.register], found, actor):
        raise Unseen(Problem("not_found", "此记录没有该文件", field="file", value=str(file)))
    return attachment(found, actor)


@require_safe
def case_pdf(request: HttpRequest, register: Register, uid: uuid.UUID) -> HttpResponse:
    """The case on paper: cover, contents, content, flow, messages, history, list of attachments; pages numbered."""
    record = find(register, uid, signed_in(request))
    response = HttpResponse(casefile.pdf(register, record, request.actor), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{record.number}.pdf"'
    return response
