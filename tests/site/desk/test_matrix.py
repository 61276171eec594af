"""URL × role: what every address of the site answers to every kind of viewer. A route without an entry fails."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import get_resolver

from trihelix.kernel.models import Record, User

VIEWERS = {
    "visitor": None, "firm": "jicui", "researcher": "utcm-teacher", "office": "utcm-office", "station": "station-jian",
    "officer": "officer", "review": "reviewer", "leader": "leader", "admin": "admin",
}  # fmt: skip
WORDS = {200: "ok", 302: "in", 401: "key", 403: "no", 404: "none", 405: "post", 409: "state", 410: "over", 422: "ask", 400: "bad"}
NOWHERE = uuid.UUID("01941d72-0000-7000-8000-000000000000")
MATRIX = Path(__file__).with_name("matrix.yaml")


def routes() -> dict[str, str]:
    """``{pattern: view name}`` of every route, however deep it is included."""

    def walk(patterns: Any, before: str) -> Iterator[tuple[str, str]]:
        for p in patterns:
            here = before + str(p.pattern)
            if hasattr(p, "url_patterns"):
                yield from walk(p.url_patterns, here)
            else:
                yield here, p.name or ""

    return dict(walk(get_resolver().url_patterns, ""))


def filled(pattern: str) -> str:
    """The address of a route with samples in its places: a public need, a body, a node, else nothing that exists."""
    from trihelix.kernel.actor import VISITOR, visible_to

    seen = visible_to(VISITOR, Record.objects.all()).order_by("pk")
    register = next((r for r in ("needs", "bodies", "nodes", "results") if pattern.startswith(f"{r}/")), "needs")
    sample = seen.filter(register=register).first()
    words = {
        "register:register": "needs", "uuid:uid": str(sample.uid) if sample else str(NOWHERE), "format:fmt": "csv", "slug:act": "withdraw",
        "uuid:file": str(NOWHERE), "str:register": "needs", "slug:figure": "F01", "slug:rule": "hnte", "slug:scheme_id": "key-rd", "slug:area": "needs",
        "register_id": "needs", "id": sample.number if sample else "x", "act": "withdraw", "prefix": "none", "file": str(NOWHERE),
    }  # fmt: skip
    for place, text in words.items():
        pattern = pattern.replace(f"<{place}>", text)
    out = pattern.split("<")[0] if "<" in pattern and pattern.endswith(">") else pattern
    for kind in ("str", "slug", "int", "uuid", "path"):
        while f"<{kind}:" in out:
            start = out.index(f"<{kind}:")
            value = {"int": "0", "uuid": str(NOWHERE)}.get(kind, "none")
            out = out[:start] + value + out[out.index(">", start) + 1 :]
    return "/" + out.replace("^", "").replace("\\Z", "").replace("$", "")


def observed(pattern: str) -> str:
    """The answers to a plain GET, viewer by viewer; one word where all are answered alike."""
    out = []
    for username in VIEWERS.values():
        client = Client(raise_request_exception=False)
        if username:
            client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(filled(pattern))
        out.append(WORDS.get(answer.status_code, str(answer.status_code)))
    return out[0] if len(set(out)) == 1 else " ".join(out)


def written() -> dict[str, str]:
    return {route: str(answer) for route, answer in yaml.safe_load(MATRIX.read_text(encoding="utf-8"))["routes"].items()}


def test_every_route_is_in_the_matrix(db):
    """A route of an app that is not installed here may stay listed; a route that exists must be."""
    found = {p for p in routes() if not p.startswith("api/v1/")}
    missing = sorted(found - set(written()))
    assert not missing, f"add to matrix.yaml: {missing}"


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(6))
def test_each_viewer_gets_what_the_matrix_says(part, home):
    """GET by nine viewers; a fault (500) is never an answer."""
    known, wrong = written(), {}
    for pattern in sorted(set(routes()) & set(known))[part::6]:
        answer = observed(pattern)
        if answer != known[pattern]:
            wrong[pattern] = {"matrix": known[pattern], "answered": answer}
    assert not wrong
