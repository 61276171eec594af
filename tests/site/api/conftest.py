"""Callers of the API: visitors, sessions, keys."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client


class Caller:
    """A client that speaks JSON and checks that every refusal is a problem."""

    def __init__(self, token: str = "") -> None:
        self.client = Client(raise_request_exception=True)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, headers: dict[str, str] | None = None, **more: Any
    ) -> Any:
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else b""
        kind = {"content_type": "application/json"} if body is not None or raw is not None else {}
        sent = {**self.headers, **(headers or {})}
        response = self.client.generic(method, f"/api/v1{path}", data, headers=sent, **{**kind, **more})
        if response.status_code >= 400:
            assert response["Content-Type"] == "application/problem+json", response.content[:300]
            problem = response.json()
            assert problem["status"] == response.status_code and problem["errors"]
            for error in problem["errors"]:
                assert set(error) == {"row", "field", "code", "message", "clause", "value"}
        return response

    def get(self, path: str, **more: Any) -> Any:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.call("POST", path, body, **more)

    def patch(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.call("PATCH", path, body, **more)


def codes(response: Any) -> set[str]:
    """Codes of a refusal."""
    return {e["code"] for e in response.json()["errors"]}


@pytest.fixture(autouse=True)
def fresh_counters(settings, home):
    cache.clear()
    settings.MEDIA_ROOT = home / "files"


@pytest.fixture
def visitor(db) -> Caller:
    return Caller()


@pytest.fixture
def as_user(db, actor):
    """``as_user("chiyu")``: a caller with a key of that account."""
    from trihelix.kernel import keys

    def make(username: str, scopes: tuple[str, ...] = ("read", "write")) -> Caller:
        _, token = keys.issue(by=actor(username), name="test", scopes=scopes)
        return Caller(token)

    return make


@pytest.fixture
def operator(db, op) -> Caller:
    from trihelix.kernel import keys

    return Caller(keys.issue(by=op, name="test")[1])
