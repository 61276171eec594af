"""The navigation by what one does: registers grouped by area, with the pages that belong there, as far as the viewer may open them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from trihelix.kernel.actor import Actor
from trihelix.kernel.register import REGISTERS, Register

# Places in the navigation, in the order of a working day.
AREAS = {
    "needs": _("需求"), "results": _("成果"), "deals": _("交易"), "programmes": _("项目"), "people": _("人才"),
    "platforms": _("平台"), "finance": _("金融"), "governance": _("治理"), "data": _("数据"),
}  # fmt: skip


def anyone(actor: Actor) -> bool:
    """Visitors too."""
    return True


def signed_in(actor: Actor) -> bool:
    """Every account."""
    return actor.signed_in


def province(actor: Actor) -> bool:
    """Roles over the whole province."""
    return actor.sees_all


def desk(actor: Actor) -> bool:
    """Nodes and the province."""
    return actor.sees_all or bool(actor.node_ids)


def clerks(actor: Actor) -> bool:
    """Nodes and the officers of the province: those who enter records for others."""
    return bool(actor.node_ids) or bool(actor.roles & {"officer", "operator"})


def administrators(actor: Actor) -> bool:
    """Those who manage accounts: the system's administrators and a body's own."""
    return bool(actor.roles & {"admin", "operator"}) or any("body_admin" in roles for roles in actor.body_roles.values())


@dataclass(frozen=True)
class Page:
    """A page beside the lists: its place, its route, its words, and who may open it."""

    area: str
    route: str
    label: Any
    who: Callable[[Actor], bool] = anyone
    query: str = ""

    @property
    def url(self) -> str:
        return reverse(self.route) + self.query


PAGES = (
    Page("needs", "matching-quality", _("匹配质量")),
    Page("results", "my-inventions", _("我的发明"), signed_in),
    Page("results", "reform", _("赋权改革")),
    Page("deals", "stations", _("服务站点")),
    Page("deals", "event-calendar", _("活动日历")),
    Page("deals", "contracts-desk", _("合同登记台"), desk),
    Page("deals", "contracts-statistics", _("合同统计")),
    Page("deals", "node-scorecards", _("站点成绩单"), desk),
    Page("deals", "station-merge", _("合并重复登记"), clerks),
    Page("programmes", "schemes", _("项目类别")),
    Page("platforms", "platforms_openness", _("平台开放情况")),
    Page("finance", "ranking-methods", _("榜单方法")),
    Page("finance", "tax-guide", _("税费政策指引")),
    Page("finance", "funds-report", _("基金投资报表"), province),
    Page("finance", "check-up-batch", _("政策体检（批量）"), desk),
    Page("governance", "publicity", _("公示")),
    Page("governance", "rule-list", _("政策规则")),
    Page("data", "dashboard", _("看板")),
    Page("data", "figures", _("统计指标")),
    Page("data", "figures-checks", _("数据核对"), province),
    Page("data", "letter", _("答复函"), province),
    Page("data", "leaders", _("领导页"), province),
)


@dataclass(frozen=True)
class Area:
    """One place in the navigation with its lists and pages."""

    id: str
    label: Any
    registers: list[Register]
    pages: list[dict[str, Any]] = field(default_factory=list)

    def holds(self, register: str, route: str) -> bool:
        """Whether the present page is one of this place."""
        return any(r.id == register for r in self.registers) or any(p["route"] == route for p in self.pages)


def shown_registers(actor: Actor) -> list[Register]:
    """Registers whose list the actor may open: visitors see public ones only."""
    return [r for r in REGISTERS.values() if r.public or actor.signed_in]


def shown_pages(actor: Actor) -> list[dict[str, Any]]:
    """Pages the actor may open; a page of an app that is not installed is left out."""
    out = []
    for page in PAGES:
        if page.who(actor):
            try:
                out.append({"area": page.area, "route": page.route, "label": page.label, "url": page.url})
            except NoReverseMatch:
                continue
    return out


def areas(actor: Actor) -> list[Area]:
    """The navigation; areas without a register are left out, an unknown area is shown under data."""
    found: dict[str, list[Register]] = {}
    for register in shown_registers(actor):
        found.setdefault(register.area if register.area in AREAS else "data", []).append(register)
    pages = shown_pages(actor)
    return [
        Area(a, label, found.get(a, []), [p for p in pages if p["area"] == a])
        for a, label in AREAS.items()
        if a in found or any(p["area"] == a for p in pages)
    ]
