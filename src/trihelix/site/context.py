"""What every page needs: navigation by what one does, the actor, counters, the demo mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from trihelix.kernel import waits
from trihelix.kernel.home import is_demo
from trihelix.kernel.models import Notice
from trihelix.kernel.register import REGISTERS, Register

# Places in the navigation, in the order of a working day.
AREAS = {
    "needs": _("需求"), "results": _("成果"), "deals": _("交易"), "programmes": _("项目"), "people": _("人才"),
    "platforms": _("平台"), "finance": _("金融"), "governance": _("治理"), "data": _("数据"),
}  # fmt: skip


@dataclass(frozen=True)
class Area:
    """One place in the navigation with its registers."""

    id: str
    label: Any
    registers: list[Register]


def shown_registers(actor: Any) -> list[Register]:
    """Registers whose list the actor may open: visitors see public ones only."""
    return [r for r in REGISTERS.values() if r.public or actor.signed_in]


def areas(actor: Any) -> list[Area]:
    """The navigation; areas without a register are left out, an unknown area is shown under data."""
    found: dict[str, list[Register]] = {}
    for register in shown_registers(actor):
        found.setdefault(register.area if register.area in AREAS else "data", []).append(register)
    return [Area(a, label, found[a]) for a, label in AREAS.items() if a in found]


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor of every page; counters are computed only where a template prints them."""
    actor = request.actor
    match = request.resolver_match
    return {
        "actor": actor,
        "areas": SimpleLazyObject(lambda: areas(actor)),
        "here": getattr(match.kwargs.get("register"), "id", "") if match else "",
        "page_name": match.url_name if match else "",
        "demo": is_demo(),
        "languages": settings.LANGUAGES,
        "theme": request.COOKIES.get("theme") if request.COOKIES.get("theme") in ("light", "dark") else "",
        "inbox_count": SimpleLazyObject(lambda: waits.mine(actor).count() if actor.signed_in else 0),
        "notice_count": SimpleLazyObject(
            lambda: Notice.objects.filter(user_id=actor.user_id, read_at=None).count() if actor.signed_in else 0
        ),
    }
