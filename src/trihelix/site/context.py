"""What every page needs: navigation by what one does, the actor, counters, the demo mark."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from trihelix.kernel import waits
from trihelix.kernel.home import is_demo
from trihelix.kernel.models import Notice, User
from trihelix.site import help as helps
from trihelix.site.navigation import AREAS, administrators, areas, shown_registers

__all__ = ["AREAS", "areas", "shown_registers", "site"]


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor of every page; counters are computed only where a template prints them."""
    actor = request.actor
    match = request.resolver_match
    return {
        "actor": actor,
        "areas": SimpleLazyObject(lambda: areas(actor)),
        "here": getattr(match.kwargs.get("register"), "id", "") if match else "",
        "page_name": match.url_name if match else "",
        "here_route": (getattr(match.kwargs.get("register"), "id", ""), match.url_name or "") if match else ("", ""),
        "help_url": SimpleLazyObject(
            lambda: helps.address(match.url_name or "", match.kwargs.get("register"), request.path) if match else reverse("help")
        ),
        "demo": is_demo(),
        "manages": SimpleLazyObject(lambda: administrators(actor)),
        "behalf_name": SimpleLazyObject(lambda: str(User.objects.filter(pk=actor.on_behalf_of).first() or "")),
        "languages": settings.LANGUAGES,
        "theme": request.COOKIES.get("theme") if request.COOKIES.get("theme") in ("light", "dark") else "",
        "inbox_count": SimpleLazyObject(lambda: waits.mine(actor).count() if actor.signed_in else 0),
        "notice_count": SimpleLazyObject(
            lambda: Notice.objects.filter(user_id=actor.user_id, read_at=None).count() if actor.signed_in else 0
        ),
    }
