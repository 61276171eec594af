"""Partner platforms whose people sign in with an account of this one: registered, listed, ended by the system's administrators."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel.accounts import note
from trihelix.kernel.errors import Denied, Unseen
from trihelix.site.pages.desk import signed_in

SCOPES = ("openid", "profile", "email")


@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest) -> HttpResponse:
    """The partners and the addresses they need; a secret is shown once, when it is made."""
    actor = signed_in(request)
    if not actor.roles & {"admin", "operator"}:
        raise Denied(Problem("denied", "合作平台由系统管理员登记；请联系系统管理员", field="partner"))
    shown: dict[str, Any] = {}
    if request.method == "POST":
        doing = DOINGS.get(request.POST.get("do", ""))
        if doing is None:
            raise Unseen(Problem("not_found", "没有这个操作", field="do"))
        shown = doing(request)
        if not shown:
            messages.success(request, _("已保存。"))
            return HttpResponseRedirect(request.path)
    rows = [
        {"client": c, "addresses": c.get_redirect_uris(), "told": [s for s in SCOPES if s in c.get_scopes()]}
        for c in Client.objects.order_by("name", "pk")
    ]
    return render(request, "trihelix/partners.html", {"rows": rows, "issuer": settings.SITE_URL, **shown})


def _address(text: str) -> str:
    """A return address as it must be given: whole, without a fragment, over TLS except on the machine itself."""
    parts = urlsplit(text)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or parts.fragment or "*" in text or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise Refused.one("bad_address", "返回地址要写全，以 https:// 开头，不带 # 和 *", field="addresses", value=text)
    return text


def _register(request: HttpRequest) -> dict[str, Any]:
    """Make a partner with a new secret."""
    name = request.POST.get("name", "").strip()
    if not name or len(name) > 100:
        raise Refused.one("required", "请填写合作平台的名称，不超过 100 个字", field="name", value=name)
    addresses = [_address(a) for a in request.POST.get("addresses", "").split()]
    if not addresses:
        raise Refused.one("required", "请填写至少一个返回地址，一行一个", field="addresses")
    told = [s for s in SCOPES if s == "openid" or s in request.POST.getlist("told")]
    held = Client(name=name, scopes="\n".join(told), default_scopes="openid", grant_types="authorization_code", response_types="code")
    held.set_redirect_uris(addresses)
    secret = secrets.token_urlsafe(32)
    held.set_secret(secret)
    with transaction.atomic():
        held.save(force_insert=True)
        note("accounts.register_partner", request.actor, {"partner": [None, name], "addresses": [None, addresses], "told": [None, told]})
    return {"made": held, "secret": secret}


def _end(request: HttpRequest) -> dict[str, Any]:
    """End a partner: its tokens end with it."""
    with transaction.atomic():
        held = Client.objects.select_for_update().filter(pk=request.POST.get("id", "")).first()
        if held is None:
            raise Unseen(Problem("not_found", "没有登记这个合作平台", field="partner"))
        Token.objects.filter(client=held).delete()
        note("accounts.end_partner", request.actor, {"partner": [held.name, None]})
        held.delete()
    return {}


DOINGS = {"register": _register, "end": _end}
