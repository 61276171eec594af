"""Families as one line each, and the upload of the national platform's export."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel.actor import entries
from trihelix.kernel.errors import Denied
from trihelix.registers.patents import family, national
from trihelix.registers.patents.models import Patent, Round

SIZE = 50


@require_safe
def families(request: HttpRequest) -> HttpResponse:
    """One line a family, the patent that stands for it first; a bounded number of queries."""
    query = request.GET.get("q", "").strip()[:100]
    page = Paginator(family.families(request.actor, query), SIZE).get_page(request.GET.get("page"))
    groups = list(page.object_list)
    heads = {p.pk: p for p in entries(request.actor, Patent).filter(pk__in=[g["first"] for g in groups])}
    rows = [{**g, "head": heads[g["first"]]} for g in groups if g["first"] in heads]
    return render(request, "patents/families.html", {"rows": rows, "page": page, "query": query})


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Upload the export as it is; the answer names what was written and every wrong row."""
    actor = request.actor
    if not actor.signed_in or not (actor.roles & {"officer", "operator"} or actor.bodies):
        raise Denied(Problem("denied", "导出表由填报单位与主管部门导入", field="page"))
    rounds = list(entries(actor, Round).filter(record__state="running").order_by("-starts_on", "-pk")[:50])
    chosen = request.POST.get("round") or request.GET.get("round") or (rounds[0].record.number if rounds else "")
    context: dict[str, Any] = {"rounds": rounds, "chosen": chosen}
    if request.method == "POST":
        sent = request.FILES.get("file")
        if sent is None:
            raise Refused.one("required", "请选择导出表文件", field="file")
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / f"export{Path(sent.name or '').suffix.lower()}"
            kept.write_bytes(sent.read())
            context["answer"] = national.import_export(kept, chosen, actor, dry_run=bool(request.POST.get("dry_run")))
    return render(request, "patents/national.html", context)


urlpatterns = [
    path("patents/families/", families, name="patent-families"),
    path("patents/national/", upload, name="patent-national"),
]
