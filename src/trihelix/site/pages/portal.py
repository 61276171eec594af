"""Pages that explain: the glossary in both languages, the map with its charts."""

from __future__ import annotations

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trihelix.engines.bookfile import load_file
from trihelix.engines.errors import Problem
from trihelix.kernel import book, clock
from trihelix.kernel.actor import entries
from trihelix.kernel.errors import Unseen
from trihelix.kernel.register import Register
from trihelix.site import charts, display
from trihelix.site.navigation import areas
from trihelix.site.pages import regions


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """The domain's terms with their English, filtered by what is typed; from the book."""
    path = book.current().path
    query = request.GET.get("q", "").strip().casefold()
    terms = list(load_file(path / "glossary.yaml", path)["terms"])
    found = [t for t in terms if not query or any(query in str(v).casefold() for v in t.values())]
    return render(request, "trihelix/glossary.html", {"terms": found, "text": request.GET.get("q", "")})


@require_safe
def area_page(request: HttpRequest, area: str) -> HttpResponse:
    """What one place of the navigation holds for the viewer; as a fragment it unfolds there (``part=1``)."""
    held = next((a for a in areas(request.actor) if a.id == area), None)
    if held is None:
        raise Unseen(Problem("not_found", "没有这个栏目，或其中没有您可以打开的页面", field="area", value=area))
    return render(request, "trihelix/parts/area.html" if request.GET.get("part") else "trihelix/area.html", {"area": held})


@require_safe
def map_page(request: HttpRequest, register: Register) -> HttpResponse:
    """Counts of a register by unit and county on a schematic map, by state and by month as charts; a table beside each."""
    if not regions.has_division(register) or not (register.public or request.actor.signed_in):
        raise Unseen(Problem("not_found", "此列表没有地图：记录不写所在地", field="register", value=register.id))
    rows = entries(request.actor, register.model).filter(record__merged_into=None)
    english = display.english()
    states = dict(rows.order_by().values_list("record__state").annotate(n=Count("pk")))
    by_state = [(register.state_label(s.id, "en" if english else "zh"), states[s.id]) for s in register.flow.states if s.id in states]
    months = rows.order_by().annotate(month=TruncMonth("record__created_at")).values_list("month").annotate(n=Count("pk")).order_by("month")
    by_month = [(f"{m:%Y-%m}", n) for m, n in months if m is not None][-12:]
    context = {
        "register": register, "map": regions.counties(register, request.actor), "as_of": clock.now(),
        "charts": [
            {"title": _("按状态"), "svg": charts.bars(by_state, _("按状态")), "rows": by_state},
            {"title": _("按建立月份"), "svg": charts.bars(by_month, _("按建立月份")), "rows": by_month},
        ],
    }  # fmt: skip
    return render(request, "trihelix/map.html", context)
