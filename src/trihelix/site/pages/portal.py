"""Pages that explain: the glossary in both languages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trihelix.engines.bookfile import load_file
from trihelix.kernel import book


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """The domain's terms with their English, filtered by what is typed; from the book."""
    path = book.current().path
    query = request.GET.get("q", "").strip().casefold()
    terms = list(load_file(path / "glossary.yaml", path)["terms"])
    found = [t for t in terms if not query or any(query in str(v).casefold() for v in t.values())]
    return render(request, "trihelix/glossary.html", {"terms": found, "text": request.GET.get("q", "")})
