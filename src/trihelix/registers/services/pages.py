"""Scorecards of nodes, the merge of stations' workbooks, and the addresses of the exchange with the national node."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock, keys
from trihelix.kernel.action import find
from trihelix.kernel.actor import Actor, actor_for
from trihelix.kernel.errors import Denied
from trihelix.kernel.figures import Period
from trihelix.kernel.register import REGISTERS, register_of
from trihelix.registers.services import exchange, queries, stations


def _period(request: HttpRequest) -> Period:
    today = clock.today()
    days = {"from": dt.date(today.year, 1, 1), "to": today}
    for name in days:
        if text := request.GET.get(name):
            try:
                days[name] = dt.date.fromisoformat(text)
            except ValueError:
                raise Refused.one("bad_date", f"“{text}” 不是日期，请写成 2025-12-31", field=name, value=text) from None
    if days["to"] < days["from"]:
        raise Refused.one("date_order", "止日早于起日", field="to", value=str(days["to"]))
    return Period(days["from"], days["to"])


def _labels() -> list[tuple[str, str, str]]:
    return [(k, zh, en) for k, (zh, en) in queries.INDICATORS.items()]


@require_safe
def scorecards(request: HttpRequest) -> HttpResponse:
    """All nodes beside each other; every number leads to its list."""
    period, level = _period(request), request.GET.get("level", "10")
    if level not in ("", "1", "10", "n"):
        raise Refused.one("unknown_level", f"没有层级 “{level}”；可用：1、10、n", field="level", value=level)
    if not (request.actor.sees_all or request.actor.node_ids):
        raise Denied(Problem("denied", "站点绩效由站点与主管部门使用", field="page"))
    rows = [(n, {c.id: c for c in cells}) for n, cells in queries.scorecards(request.actor, period, level)]
    context = {"rows": rows, "labels": _labels(), "period": period, "level": level, "register": register_of("nodes")}
    return render(request, "services/scorecards.html", context)


@require_safe
def scorecard(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One node's indicators."""
    register, period = register_of("nodes"), _period(request)
    record = find(register, uid, request.actor)
    if not (request.actor.sees_all or record.pk in request.actor.node_ids):
        raise Denied(Problem("denied", "站点绩效由站点与主管部门使用", field="page"))
    cells = [(*queries.INDICATORS[c.id], c) for c in queries.scorecard(record, request.actor, period)]
    return render(request, "services/scorecard.html", {"record": record, "register": register, "cells": cells, "period": period})


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest) -> HttpResponse:
    """Upload several workbooks of stations; the answer names what was written and every wrong row by file."""
    allowed = stations.mergeable(request.actor, REGISTERS)
    if not allowed:
        raise Denied(Problem("denied", "离线表合并由站点与主管部门使用", field="page"))
    chosen = request.POST.get("register") or request.GET.get("register") or allowed[0]
    if chosen not in allowed:
        raise Refused.one("unknown_register", f"不能合并 “{chosen}”；可用：{'、'.join(allowed)}", field="register", value=chosen)
    context: dict[str, Any] = {"allowed": [REGISTERS[r] for r in allowed], "chosen": chosen}
    if request.method == "POST":
        with tempfile.TemporaryDirectory() as folder:
            files = {}
            for i, sent in enumerate(request.FILES.getlist("files")):
                kept = Path(folder) / f"{i}{Path(sent.name).suffix.lower()}"
                kept.write_bytes(sent.read())
                files[sent.name] = kept
            context["answer"] = stations.merge(REGISTERS[chosen], files, request.actor, dry_run=bool(request.POST.get("dry_run")))
    return render(request, "services/merge.html", context)


def _caller(request: HttpRequest, scope: str) -> Actor:
    """The partner's account: by API key, or by the session of the site (writes then need its CSRF token)."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if token:
        key = keys.find(token.strip()) if kind.lower() == "bearer" else None
        if key is None or scope not in key.scopes:
            raise Denied(Problem("bad_key", f"API 密钥无效，或没有 {scope} 权限", field="Authorization"))
        return actor_for(key.user)
    if (
        scope == "write"
        and CsrfViewMiddleware(lambda r: HttpResponse()).process_view(request, lambda r: HttpResponse(), (), {}) is not None
    ):
        raise Denied(Problem("csrf", "缺少或错误的 CSRF 令牌；请改用 API 密钥", field="X-CSRFToken"))
    return request.actor


def _answer(work: Any) -> JsonResponse:
    """JSON of what the work gives; a refusal with its status and problems."""
    try:
        return JsonResponse(work(), json_dumps_params={"ensure_ascii": False})
    except Refused as refusal:
        return JsonResponse(refusal.as_json(), status=refusal.status, json_dumps_params={"ensure_ascii": False})


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, str(default))
    if not text.isdecimal():
        raise Refused.one("bad_number", f"{name} 应为非负整数", field=name, value=text)
    return int(text)


@require_safe
def changes(request: HttpRequest) -> JsonResponse:
    """``GET /exchange/v1/changes?after=N&limit=M&kind=…``: the ordered feed; public records only, for visitors too."""

    def work() -> dict[str, Any]:
        _caller(request, "read")
        return exchange.changes(_number(request, "after", 0), _number(request, "limit", 500), request.GET.getlist("kind"))

    return _answer(work)


@csrf_exempt  # checked in _caller: keys need none
@require_http_methods(["POST"])
def acks(request: HttpRequest) -> JsonResponse:
    """``POST /exchange/v1/acks`` with ``{"format", "acks": [{"peer", "seq", "status", "remote_id", "message"}]}``; a repeat changes nothing."""

    def work() -> dict[str, Any]:
        by = _caller(request, "write")
        try:
            body = json.loads(request.body.decode("utf-8"))
        except ValueError:
            raise Refused.one("bad_json", "正文不是有效的 UTF-8 JSON", field="body") from None
        if not isinstance(body, dict) or body.get("format") != exchange.FORMAT or not isinstance(body.get("acks"), list):
            raise Refused.one("bad_format", f"正文应为 {{format: {exchange.FORMAT}, acks: [...]}}", field="format")
        if unknown := sorted(set(body) - {"format", "acks"}):
            raise Refused.one("unknown_field", f"没有字段 “{unknown[0]}”", field=unknown[0])
        if any(not isinstance(row, dict) for row in body["acks"]):
            raise Refused.one("bad_format", "acks 的每一项应为一组键", field="acks")
        return exchange.acknowledge(body["acks"], by)

    return _answer(work)


urlpatterns = [
    path("nodes/scorecards/", scorecards, name="node-scorecards"),
    path("nodes/<uuid:uid>/scorecard/", scorecard, name="node-scorecard"),
    path("services/merge/", merge, name="station-merge"),
    path("exchange/v1/changes", changes, name="exchange-changes"),
    path("exchange/v1/acks", acks, name="exchange-acks"),
]
