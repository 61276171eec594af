"""Who calls: an API key (``Authorization: Bearer …``) or the session of the site (writes need its CSRF token)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from trihelix.engines.errors import Problem
from trihelix.kernel import keys
from trihelix.kernel.actor import Actor, actor_for
from trihelix.kernel.errors import Denied
from trihelix.site import throttle
from trihelix.site.api.problems import Unauthenticated

SAFE = ("GET", "HEAD", "OPTIONS")


class Caller(AuthBase):
    """Finds the actor of a request. Reading needs none (visitors see what is public); every write needs an account."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Actor:
        header = request.headers.get("Authorization", "")
        try:
            actor = self._by_key(header, request) if header else self._by_session(request)
        except Unauthenticated:
            limit(request, None)  # guessing keys is limited too
            raise
        limit(request, actor)
        request.actor = actor  # type: ignore[attr-defined]
        return actor

    def _by_key(self, header: str, request: HttpRequest) -> Actor:
        kind, _, token = header.partition(" ")
        key = keys.find(token.strip()) if kind.lower() == "bearer" else None
        if key is None:
            raise Unauthenticated(Problem("bad_key", "API 密钥无效、已过期或已吊销；请在“我的账号”重新申请", field="Authorization"))
        needed = "read" if request.method in SAFE else "write"
        if needed not in key.scopes:
            raise Denied(Problem("scope", f"此密钥没有 {needed} 权限", field="Authorization", value=key.prefix))
        request.api_key = key  # type: ignore[attr-defined]
        return actor_for(key.user)

    def _by_session(self, request: HttpRequest) -> Actor:
        actor = actor_for(getattr(request, "user", None))
        if request.method in SAFE:
            return actor
        if not actor.signed_in:
            raise Unauthenticated(Problem("sign_in", "请先登录，或在 Authorization 头中提供 API 密钥"))
        if check_csrf(request):
            raise Denied(Problem("csrf", "缺少或错误的 CSRF 令牌；请带上 X-CSRFToken 头，或改用 API 密钥", field="X-CSRFToken"))
        return actor


def actor_of(request: HttpRequest) -> Actor:
    """The actor that :class:`Caller` found."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def limit(request: HttpRequest, actor: Actor | None) -> None:
    """So many calls a minute for each account and for each visitor's address, counted in this process. Refuses beyond (429)."""
    signed_in = actor is not None and actor.signed_in
    most: int = settings.API_RATE_ACCOUNT if signed_in else settings.API_RATE_VISITOR
    throttle.count("api", request, actor, most, 60, f"每分钟最多 {most} 次请求；请按 Retry-After 所示的秒数后重试")
