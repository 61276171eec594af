"""A body's own accounts: who holds which role until when, invitations, staff lists, passwords, hand-over, double accounts."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth import login as start_session
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from trihelix.engines import sheets
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import accounts, clock, deputies, mailboxes, people
from trihelix.kernel.actor import Actor
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import Grant, Invitation, Mailbox, Record, User
from trihelix.site import roles
from trihelix.site.pages.desk import day_of, signed_in
from trihelix.site.pages.lists import page_language, scratch, sent

BACKEND = "django.contrib.auth.backends.ModelBackend"
SHOWN = 500


def _scopes(actor: Actor) -> list[Record]:
    """The scopes whose people the actor manages: for a body's administrator its bodies."""
    own = [b for b, held in actor.body_roles.items() if "body_admin" in held]
    return list(Record.objects.filter(pk__in=own).order_by("title"))


def _scope(request: HttpRequest) -> Record | None:
    """The scope that the address names; the province where none is, for the system's administrators."""
    actor = signed_in(request)
    name = request.GET.get("scope", "")
    own = _scopes(actor)
    if name:
        held = Record.objects.filter(Q(number=name) | Q(ref=name), register__in=("bodies", "nodes"), merged_into=None).first()
        if held is None or not accounts.may_administer(actor, held):
            raise Unseen(Problem("not_found", "找不到这个单位，或您不管理它的账号", field="scope", value=name))
        return held
    if actor.roles & {"admin", "operator"}:
        return None
    if not own:
        raise Denied(Problem("denied", "本单位的账号由本单位管理员管理；请联系管理员或所属站点", field="scope"))
    return own[0]


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest) -> HttpResponse:
    """The people of a scope, and every change of them."""
    scope = _scope(request)
    people.admit(request.actor, scope)
    shown: dict[str, Any] = {}
    if request.method == "POST":
        doing = DOINGS.get(request.POST.get("do", ""))
        if doing is None:
            raise Unseen(Problem("not_found", "没有这个操作", field="do"))
        shown = doing(request, scope) or {}
        if not shown:
            messages.success(request, _("已保存。"))
            return HttpResponseRedirect(request.get_full_path())
    held = list(people.current(scope)[:SHOWN])
    context = {
        "scope": scope, "scopes": _scopes(request.actor), "grants": [{"grant": g, "role": roles.word(g.role)} for g in held],
        "users": list({g.user_id: g.user for g in held if g.user.is_active}.values()), "role_choices": [(r, roles.word(r)) for r in people.roles_for(scope)],
        "invitations": Invitation.objects.filter(scope=scope, accepted_at=None, revoked_at=None, expires_at__gt=clock.now()).order_by("-at")[:SHOWN],
        "mailbox": Mailbox.objects.filter(scope=scope).first() if scope else None, "today": clock.today(), "query": f"?scope={scope.number}" if scope else "", **shown,
    }  # fmt: skip
    return render(request, "trihelix/people.html", context)


def _user(request: HttpRequest, name: str, scope: Record | None) -> User:
    user = User.objects.filter(username=request.POST.get(name, "")).first()
    if user is None or not Grant.objects.filter(user=user, scope=scope).exists():
        raise Unseen(Problem("not_found", "本单位没有这个账号", field=name, value=request.POST.get(name)))
    return user


def _invite(request: HttpRequest, scope: Record | None) -> None:
    p = request.POST
    people.invite(
        by=request.actor,
        scope=scope,
        name=p.get("name", ""),
        email=p.get("email", ""),
        role=p.get("role", ""),
        valid_to=day_of(request, "valid_to"),
    )


def _revoke(request: HttpRequest, scope: Record | None) -> None:
    pk = request.POST.get("pk", "")
    people.revoke(by=request.actor, pk=int(pk) if pk.isdigit() else 0, scope=scope)


def _grant(request: HttpRequest, scope: Record | None) -> None:
    accounts.grant(
        by=request.actor,
        user=_user(request, "user", scope),
        role=request.POST.get("role", ""),
        scope=scope,
        valid_to=day_of(request, "valid_to"),
    )


def _end(request: HttpRequest, scope: Record | None) -> None:
    pk = request.POST.get("pk", "")
    held = people.current(scope).filter(pk=pk if pk.isdigit() else 0).first()
    if held is None:
        raise Unseen(Problem("not_found", "找不到这个角色", field="pk"))
    accounts.end_grant(by=request.actor, held=held, on=day_of(request, "on"), reason=request.POST.get("reason", ""))


def _reset(request: HttpRequest, scope: Record | None) -> dict[str, Any]:
    user = _user(request, "user", scope)
    return {"reset": user, "word": people.reset_password(by=request.actor, user=user, scope=scope)}


def _hand_over(request: HttpRequest, scope: Record | None) -> dict[str, Any]:
    person, successor = _user(request, "user", scope), _user(request, "successor", scope)
    moved = deputies.hand_over(by=request.actor, person=person, successor=successor, roles=request.POST.get("roles") == "1")
    return {"moved": moved, "person": person, "successor": successor}


def _merge(request: HttpRequest, scope: Record | None) -> None:
    people.merge_accounts(by=request.actor, old=_user(request, "user", scope), new=_user(request, "successor", scope))


def _mailbox(request: HttpRequest, scope: Record | None) -> None:
    if scope is None:
        raise Unseen(Problem("not_found", "固定邮箱属于单位或站点，省级机关没有", field="address"))
    mailboxes.set_address(by=request.actor, scope=scope, address=request.POST.get("address", ""))


def _staff(request: HttpRequest, scope: Record | None) -> dict[str, Any]:
    given = request.FILES.get("file")
    if given is None or not given.name:
        raise Refused.one("required", "请选择人员名单文件", field="file")
    with tempfile.NamedTemporaryFile(suffix=Path(given.name).suffix.lower()) as held:
        for chunk in given.chunks():
            held.write(chunk)
        held.flush()
        rows, problems = sheets.read(people.STAFF, Path(held.name))
    if problems:
        return {"problems": problems}
    try:
        return {"count": people.invite_list(by=request.actor, scope=scope, rows=rows)}
    except Refused as refused:
        return {"problems": refused.problems}


DOINGS: dict[str, Callable[[HttpRequest, Record | None], dict[str, Any] | None]] = {
    "invite": _invite, "revoke": _revoke, "grant": _grant, "end": _end, "reset": _reset, "hand-over": _hand_over, "merge": _merge, "staff": _staff,
    "mailbox": _mailbox,
}  # fmt: skip


@require_safe
def staff_template(request: HttpRequest) -> HttpResponse:
    """The empty staff list with its choices and notes."""
    signed_in(request)
    out = scratch(".xlsx")
    sheets.template(people.STAFF, out, page_language())
    return sent(out, "人员名单-模板.xlsx" if page_language() == "zh" else "staff-template.xlsx")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, word: str) -> HttpResponse:
    """Accept an invitation: open an account, or add the role to the one signed in."""
    held = people.invitation(word)
    problems: list[Problem] = []
    if request.method == "POST":
        user = User.objects.get(pk=request.actor.user_id) if request.actor.signed_in and request.POST.get("mine") else None
        try:
            made = people.accept(
                word=word, username=request.POST.get("username", "").strip(), password=request.POST.get("password", ""), user=user
            )
        except Refused as refused:
            problems = refused.problems
        else:
            if user is None:
                start_session(request, made, backend=BACKEND)
            messages.success(request, _("欢迎，%(name)s。") % {"name": str(made)})
            return HttpResponseRedirect(reverse("inbox"))
    context = {
        "held": held,
        "role": roles.word(held.role),
        "problems": problems,
        "labels": {},
        "username": request.POST.get("username", ""),
    }
    return render(request, "trihelix/invitation.html", context, status=422 if problems else 200)
