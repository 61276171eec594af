"""Who acts in a request, and how a refusal looks on a page."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from trihelix.engines.errors import Refused
from trihelix.kernel.actor import actor_for


class ActorMiddleware:
    """Sets ``request.actor`` (computed at first use) and turns :class:`Refused` into a page or an htmx fragment.

    Nothing is written to the session: rights are read from today's grants at every request that asks for them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_for(request.user))
        return self.get_response(request)

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
    return render(request, template, context, status=refused.status)
