"""Writing through pages: new records, edits and acts. Each is one call to an action; a refusal comes back beside its field."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets.cells import cell
from trihelix.kernel import teams
from trihelix.kernel import values as vals
from trihelix.kernel.actor import visible_to
from trihelix.kernel.errors import Conflict, Denied, Stale, Unseen
from trihelix.kernel.models import Record
from trihelix.kernel.register import Act, Register
from trihelix.site import display, forms
from trihelix.site.forms import Form
from trihelix.site.pages import common

FORM = "trihelix/form.html"


def _shown(request: HttpRequest, register: Register, form: Form, *, status: int = 200, **context: Any) -> HttpResponse:
    common.suggest(register, form, request.actor)
    live = common.live_address(register) if context.get("live_wanted") else ""
    record: Record | None = context.get("record")
    editors = teams.editors(request.actor, record) if record is not None else []
    if record is not None and request.method in ("GET", "POST") and request.actor.signed_in:
        teams.opened(request.actor, record)
    context = {
        "register": register,
        "form": form,
        "problems": form.problems,
        "labels": form.labels,
        "key": uuid.uuid4().hex,
        "reason": None,
        "live": live,
        "editors": editors,
        **context,
    }
    return render(request, FORM, context, status=status)


def _own(refused: Refused) -> bool:
    """Refusals that belong on the form; rights and unseen records are pages of their own."""
    return not isinstance(refused, Denied | Unseen)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, register: Register) -> HttpResponse:
    """Start a record by one of the register's creating acts."""
    possible = {a.act: a for a in common.create_acts(register, request.actor)}
    name = request.GET.get("act", "create")
    spec = possible.get(name)
    if spec is None:
        text = f"您不能新建{register.zh}；由 {'、'.join(register.create_roles)} 办理"
        raise Denied(Problem("denied", text, field="act", value=name))
    columns = list(spec.fields) or common.form_columns(register, request.actor)
    context = {
        "title": display.words(spec), "submit": display.words(spec), "cancel": reverse("list", args=[register]),
        "autosave": f"{request.actor.user_id}:{register.id}:{spec.act}", "lead": (register.help_en if display.english() else "") or register.help_zh,
        "live_wanted": not spec.fields,
    }  # fmt: skip
    if request.method != "POST":
        given = {c.name: request.GET[c.name] for c in columns if c.name in request.GET and c.kind not in ("list", "rows")}
        form = forms.build(columns, common.defaults(register, columns))
        for field in form.fields:
            field.text = given.get(field.name, field.text)
        return _shown(request, register, form, **context)
    form, values = forms.bind(columns, request.POST)
    if not form.problems:
        try:
            made = spec.run(by=request.actor, key=request.POST.get("key") or None, **forms.without_blanks(values))
        except Refused as refused:
            if not _own(refused):
                raise
            forms.place(form, refused.problems)
        else:
            record: Record = made.record if hasattr(made, "record") else made
            messages.success(request, _("已保存：%(number)s %(title)s") % {"number": record.number, "title": record.title})
            return HttpResponseRedirect(reverse("record", args=[record.register, record.uid]))
    return _shown(request, register, form, status=422, **context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, register: Register, uid: uuid.UUID) -> HttpResponse:
    """Change the sheet of a record; a stale edit shows what differs and lets the writer decide."""
    record, entry = common.load(request, register, uid)
    if not common.may_change(register, request.actor, record, request.actor.roles_on(record)):
        if not request.actor.signed_in:
            raise Denied(Problem("sign_in", "请先登录"))
        label = register.state_label(record.state)
        raise Conflict(
            Problem("not_editable", f"“{label}” 状态下您不能修改此记录；请联系所属单位或经办站点", field="state", value=record.state)
        )
    columns = common.form_columns(register, request.actor)
    address = reverse("record", args=[register, record.uid])
    context = {
        "title": _("修改：%(title)s") % {"title": record.title}, "submit": _("保存"), "cancel": address, "record": record, "version": record.version,
        "autosave": f"{request.actor.user_id}:{record.uid}:edit", "lead": "", "live_wanted": True,
    }  # fmt: skip
    now = row_of(register, record, entry)
    if request.method != "POST":
        return _shown(request, register, forms.build(columns, now), **context)
    form, values = forms.bind(columns, request.POST)
    if form.problems:
        return _shown(request, register, form, status=422, **{**context, "version": request.POST.get("version") or record.version})
    changed = {c.name: values[c.name] for c in columns if _differs(c, values.get(c.name), now.get(c.name))}
    if not changed:
        messages.info(request, _("内容没有变化，未写入。"))
        return HttpResponseRedirect(address)
    try:
        version = int(request.POST.get("version") or 0) or None
        register.acts["change"].run(by=request.actor, record=record.uid, version=version, key=request.POST.get("key") or None, **changed)
    except Stale:
        differences = [{"column": c, "theirs": now.get(c.name), "yours": values[c.name]} for c in columns if c.name in changed]
        return _shown(request, register, form, status=412, stale=differences, **context)
    except Refused as refused:
        if not _own(refused):
            raise
        forms.place(form, refused.problems)
        return _shown(request, register, form, status=refused.status, **context)
    teams.closed(request.actor, record)
    messages.success(request, _("已保存修改。"))
    return HttpResponseRedirect(address)


def row_of(register: Register, record: Record, entry: Any) -> dict[str, Any]:
    """The sheet row of a record as it is now."""
    kinds = [kind for _target, kind in register.links.values()]
    return vals.to_row(register, entry, vals.linked_refs([record], kinds).get(record.pk))


def _differs(column: Any, new_value: Any, old_value: Any) -> bool:
    if column.kind == "boolean":
        return bool(new_value) != bool(old_value)
    return cell(column, new_value) != cell(column, old_value)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, register: Register, uid: uuid.UUID, act: str) -> HttpResponse:
    """Do one act on a record: by button where nothing is asked, else by its form."""
    record, _entry = common.load(request, register, uid)
    spec = _spec(register, act)
    address = reverse("record", args=[register, record.uid])
    reason_required = common.needs_reason(register, spec, record.state)
    context = {
        "title": f"{display.words(spec)}：{record.title}", "submit": display.words(spec), "cancel": common.back(request, address), "record": record,
        "version": record.version if spec.act != "message" else "", "danger": spec.danger, "reason": "" if reason_required or spec.danger else None,
        "reason_required": reason_required, "autosave": f"{request.actor.user_id}:{record.uid}:{spec.act}", "next": request.GET.get("next", ""), "lead": "",
    }  # fmt: skip
    if request.method != "POST":
        if not common.can(register, spec, request.actor, record, request.actor.roles_on(record)):
            _refuse_now(request, register, spec, record)
        return _shown(request, register, forms.build(spec.fields, {}), **context)
    form, values = forms.bind(spec.fields, request.POST)
    context["reason"] = request.POST.get("reason", "") if context["reason"] is not None else None
    if form.problems:
        return _shown(request, register, form, status=422, **context)
    try:
        _run(request, spec, record, values)
    except Refused as refused:
        bare = not spec.fields and context["reason"] is None  # a button has no form to return to
        if bare or not _own(refused):
            raise
        forms.place(form, refused.problems)
        return _shown(request, register, form, status=refused.status, **context)
    teams.closed(request.actor, record)
    messages.success(request, _("已办理“%(act)s”：%(title)s") % {"act": display.words(spec), "title": record.title})
    return HttpResponseRedirect(_after(request, register, record, address))


def _spec(register: Register, act: str) -> Act:
    spec = register.acts.get(act)
    if spec is None or spec.creates or spec.hidden or act == "change":
        raise Unseen(Problem("not_found", f"{register.zh}没有名为 “{act}” 的操作", field="act", value=act))
    return spec


def _refuse_now(request: HttpRequest, register: Register, spec: Act, record: Record) -> None:
    label = register.state_label(record.state)
    text = f"“{label}” 状态下您现在不能“{spec.zh}”；可办理的操作见记录页右侧“办理”" if request.actor.signed_in else "请先登录"
    raise Denied(Problem("denied", text, field="act", value=spec.act))


def _run(request: HttpRequest, spec: Act, record: Record, values: dict[str, Any]) -> None:
    version = request.POST.get("version", "")
    spec.run(
        by=request.actor, record=record.uid, version=int(version) if version.isdigit() else None, key=request.POST.get("key") or None,
        reason=request.POST.get("reason", ""), **forms.without_blanks(values),
    )  # fmt: skip


def _after(request: HttpRequest, register: Register, record: Record, address: str) -> str:
    """Where to go after an act: back to where it was asked, else the record, else its list when it can no longer be seen."""
    if not visible_to(request.actor, Record.objects.filter(pk=record.pk)).exists():
        address = reverse("list", args=[register])
    elif request.POST.get("tab"):
        address += f"?tab={request.POST['tab']}" if request.POST["tab"].isalpha() else ""
    return common.back(request, address)
