"""So many tries in a while of one account or from one visitor's address, counted in this process."""

from __future__ import annotations

import hashlib
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel.actor import Actor


class TooMany(Refused):
    """More calls than allowed (429)."""

    status = 429

    def __init__(self, seconds: int, *found: Problem) -> None:
        super().__init__(*found)
        self.headers = {"Retry-After": str(seconds)}


def address(request: HttpRequest) -> str:
    """The visitor's address: as many forwarded steps back as there are trusted proxies."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if settings.PROXIES and len(forwarded) >= settings.PROXIES:
        return str(forwarded[-settings.PROXIES].strip())
    return str(request.META.get("REMOTE_ADDR", ""))


def count(kind: str, request: HttpRequest, actor: Actor | None, most: int, seconds: int, message: str) -> None:
    """Count one try of an account, or of a visitor's address; refuses beyond ``most`` in ``seconds`` (429), saying when to come back."""
    who = f"user:{actor.user_id}" if actor is not None and actor.signed_in else f"address:{address(request)}"
    now = time.time()
    key = f"{kind}:{hashlib.sha256(who.encode()).hexdigest()[:32]}:{int(now // seconds)}"
    cache.add(key, 0, seconds)
    try:
        tries = cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return
    if tries > most:
        raise TooMany(seconds - int(now % seconds), Problem("too_many_requests", message))
