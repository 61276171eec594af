"""Who acts in a request, and how a refusal looks on a page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from trihelix.engines.errors import Refused
from trihelix.kernel.actor import VISITOR, Actor, actor_for
from trihelix.kernel.deputies import acting_for, principals
from trihelix.kernel.models import User


def acting(request: HttpRequest) -> Actor:
    """Who acts: the account that is signed in, or whom it deputises for (chosen in the session, or by ``?behalf=`` for one request)."""
    user = request.user
    if not user.is_authenticated:
        return VISITOR
    name = request.GET.get("behalf", "")
    held = request.session.get("behalf")
    if name or held:
        principal = User.objects.filter(username=name).first() if name else User.objects.filter(pk=held).first()
        if principal is not None and principals(user.pk).filter(pk=principal.pk).exists():
            return acting_for(user, principal)
    return actor_for(user)


def form_targets(request: HttpRequest) -> list[str]:
    """Other origins to which a form of this page may lead: the partner's sign-in, and a partner that asks who somebody is."""
    if request.path == settings.LOGIN_URL and settings.PARTNER["server_url"]:
        parts = urlsplit(settings.PARTNER["server_url"])
        return [f"{parts.scheme}://{parts.netloc}"]
    if request.path.startswith("/identity/o/authorize"):
        from allauth.idp.oidc.models import Client

        held = Client.objects.filter(pk=request.GET.get("client_id", "")).first()
        found = (urlsplit(u) for u in held.get_redirect_uris()) if held else ()
        return sorted({f"{u.scheme}://{u.netloc}" for u in found if u.scheme in ("http", "https")})
    return []


class ActorMiddleware:
    """Sets ``request.actor`` (computed at first use) and turns :class:`Refused` into a page or an htmx fragment.

    Nothing is written to the session: rights are read from today's grants at every request that asks for them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: acting(request))
        response = self.get_response(request)
        if targets := form_targets(request):
            response._csp_update = {"form-action": targets}  # type: ignore[attr-defined]
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A visitor who lacks a right is asked to sign in; everybody else reads what is wrong and what to do."""
        if not isinstance(exception, Refused):
            return None
        if exception.status == 403 and not request.actor.signed_in and request.method == "GET":
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        return refusal(request, exception)


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page (or fragment) that shows the problems of a refusal, with its status."""
    template = "trihelix/parts/problems.html" if getattr(request, "htmx", False) else "trihelix/error.html"
    context = {"problems": refused.problems, "status": refused.status, "language": translation.get_language()}
    response = render(request, template, context, status=refused.status)
    for name, value in getattr(refused, "headers", {}).items():
        response[name] = value
    return response
