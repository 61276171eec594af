"""Signing in and out, and one's own notices."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trihelix.engines.errors import Problem
from trihelix.kernel import clock
from trihelix.kernel.errors import Denied
from trihelix.kernel.home import is_demo
from trihelix.kernel.models import Grant, Notice, User
from trihelix.kernel.register import REGISTERS
from trihelix.site import roles
from trihelix.site.pages import common
from trihelix.site.pages.lists import window

BACKEND = "django.contrib.auth.backends.ModelBackend"
NOTICES = 50


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Sign in by name and password; in a demo also by choosing one of its accounts."""
    problems: list[Problem] = []
    if request.method == "POST":
        demo = "demo" in request.POST
        user = _demo_choice(request.POST.get("demo", "")) if demo else _checked(request, problems)
        if user is not None:
            target = common.back(request, settings.LOGIN_REDIRECT_URL)
            if demo:
                start_session(request, user, backend=BACKEND)
                response: HttpResponse = HttpResponseRedirect(target)
            else:  # a second factor, where the account has one, is asked before the session begins
                response = perform_password_login(
                    request, {"username": user.username}, Login(user=user, redirect_url=target, email_verification="none")
                )
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, _language(request, user), max_age=365 * 86400, samesite="Lax", httponly=True)
            return response
    context = {
        "problems": problems, "next": request.POST.get("next") or request.GET.get("next", ""), "demo_accounts": _demo_accounts(), "labels": {},
        "username": request.POST.get("username", ""), "partner": settings.PARTNER if settings.PARTNER["server_url"] else None,
    }  # fmt: skip
    return render(request, "trihelix/login.html", context, status=422 if problems else 200)


def _language(request: HttpRequest, user: User) -> str:
    """The language chosen on this device, else that of the account."""
    held = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return held if held in dict(settings.LANGUAGES) else user.language


def _checked(request: HttpRequest, problems: list[Problem]) -> User | None:
    try:
        user = get_adapter().authenticate(request, username=request.POST.get("username", ""), password=request.POST.get("password", ""))
    except ValidationError:
        problems.append(Problem("too_many_attempts", _("登录失败次数过多，请过几分钟再试；忘记密码请联系本单位管理员重设。")))
        return None
    if user is not None:
        return user  # type: ignore[no-any-return]
    problems.append(Problem("sign_in", _("账号或密码不对。忘记密码请联系本单位管理员重设。")))
    return None


def _demo_choice(username: str) -> User | None:
    """A demo account, in a demo only."""
    user = User.objects.filter(username=username, demo=True, is_active=True).first() if is_demo() else None
    if user is None:
        raise Denied(Problem("no_demo", "只有演示系统才能直接选用演示账号", field="demo"))
    return user


def _demo_accounts() -> list[dict[str, Any]]:
    """The demo's accounts with what each may do: two queries."""
    if not is_demo():
        return []
    held: dict[int, list[str]] = {}
    scopes: dict[int, str] = {}
    for user, role, scope in Grant.objects.filter(user__demo=True).order_by("pk").values_list("user", "role", "scope__title"):
        held.setdefault(user, []).append(roles.word(role))
        scopes.setdefault(user, scope or _("全省"))
    users = User.objects.filter(demo=True, is_active=True).order_by("pk")
    return [{"user": u, "roles": _("、").join(dict.fromkeys(held.get(u.pk, []))), "scope": scopes.get(u.pk, "")} for u in users]


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    end_session(request)
    return HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL)


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """One's own notices, newest first."""
    if not request.actor.signed_in:
        raise Denied(Problem("sign_in", "请先登录"))
    found = Notice.objects.filter(user_id=request.actor.user_id).select_related("record").order_by("-at", "-pk")
    page = Paginator(found, NOTICES).get_page(request.GET.get("page"))
    rows = [{"notice": n, "record": n.record if n.record and n.record.register in REGISTERS else None} for n in page]
    return render(request, "trihelix/notices.html", {"page": page, "window": window(page), "rows": rows})


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark all one's notices as read."""
    if not request.actor.signed_in:
        raise Denied(Problem("sign_in", "请先登录"))
    Notice.objects.filter(user_id=request.actor.user_id, read_at=None).update(read_at=clock.now())
    return HttpResponseRedirect(common.back(request, "/notices/"))
