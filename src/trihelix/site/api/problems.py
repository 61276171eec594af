"""Every refusal of the API as problem details (RFC 9457, ``application/problem+json``) with the stable ``errors`` array."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from trihelix.engines.errors import Problem, Refused

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "请求无法解析", 401: "请先登录", 403: "没有权限", 404: "找不到", 405: "不支持的方法", 409: "与现状冲突", 412: "版本已过时",
    413: "内容过大", 415: "不支持的媒体类型", 422: "输入有误", 428: "缺少前提条件", 429: "请求过于频繁", 500: "系统故障", 503: "暂时繁忙",
}  # fmt: skip

# pydantic error type → (stable code, sentence); the rest are ``bad_value``.
SENTENCES = {
    "missing": ("required", "缺少此字段"),
    "extra_forbidden": ("unknown_field", "没有这个字段"),
    "string_type": ("bad_type", "应为文本"),
    "int_type": ("bad_type", "应为整数"),
    "int_parsing": ("bad_number", "应为整数"),
    "int_from_float": ("bad_number", "应为整数"),
    "bool_type": ("bad_type", "应为 true 或 false"),
    "bool_parsing": ("bad_type", "应为 true 或 false"),
    "list_type": ("bad_type", "应为列表"),
    "dict_type": ("bad_type", "应为对象（键与值）"),
    "model_type": ("bad_type", "应为对象（键与值）"),
    "model_attributes_type": ("bad_type", "应为对象（键与值）"),
    "uuid_parsing": ("bad_value", "应为 UUID"),
    "value_error": ("bad_value", "值不符合要求"),
}


class BadRequest(Refused):
    """The request itself cannot be read (400)."""

    status = 400


class Unauthenticated(Refused):
    """No or wrong credentials (401)."""

    status = 401


class PreconditionRequired(Refused):
    """A change without a version (428, RFC 6585)."""

    status = 428


class TooLarge(Refused):
    """The content is larger than allowed (413)."""

    status = 413


def respond(
    request: HttpRequest, status: int, problems: Iterable[Problem], headers: Mapping[str, str] | None = None, **more: Any
) -> HttpResponse:
    """One problem-details answer; the first problem gives type and detail, ``more`` are extension members."""
    rows = [p.as_json() for p in problems]
    body = {
        "type": f"urn:trihelix:problem:{rows[0]['code']}", "title": TITLES.get(status, "请求未完成"), "status": status,
        "detail": rows[0]["message"], "instance": request.path, "errors": rows, **more,
    }  # fmt: skip
    response = HttpResponse(json.dumps(body, ensure_ascii=False, cls=DjangoJSONEncoder), status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="trihelix"'
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def refused(request: HttpRequest, exc: Refused) -> HttpResponse:
    """Any refusal of ours, with the status it names; a visitor without a right is asked to sign in."""
    status = exc.status
    if status == 403 and exc.problems[0].code == "sign_in":
        status = 401
    return respond(request, status, exc.problems, getattr(exc, "headers", None))


def place(loc: Iterable[Any]) -> str | None:
    """A pydantic location as a field path: ``indicators[0].target``; source and argument names are dropped."""
    parts = [p for p in loc if p not in ("body", "query", "path", "header", "form", "file", "cookie", "payload", "query_", "response")]
    out = ""
    for part in parts:
        if isinstance(part, int):
            out += f"[{part}]"
        elif not str(part).startswith("function-") and str(part) not in ("str", "int", "float", "decimal"):
            out += ("." if out else "") + str(part)
    return out or None


def from_validation(errors: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Problems of pydantic errors: one a field, with stable codes."""
    found: dict[str | None, Problem] = {}
    for error in errors:
        code, sentence = SENTENCES.get(str(error["type"]), ("bad_value", "值不符合要求"))
        field = place(error["loc"])
        detail = str((error.get("ctx") or {}).get("error") or error.get("msg", ""))
        if code == "bad_value":
            sentence = f"{sentence}：{detail}" if detail else sentence
        found.setdefault(field, Problem(code, f"“{field}” {sentence}" if field else sentence, field=field))
    return list(found.values())


def install(api: NinjaAPI) -> None:
    """Make every way to fail end in problem details."""

    def http_error(request: HttpRequest, exc: HttpError) -> HttpResponse:
        if isinstance(exc.__cause__, Refused):  # the parser's own refusal, wrapped on its way
            return refused(request, exc.__cause__)
        code = {400: "bad_json", 401: "sign_in", 403: "denied", 404: "not_found"}.get(exc.status_code, "refused")
        text = "请求正文不是有效的 UTF-8 JSON" if exc.status_code == 400 else exc.message
        return respond(request, exc.status_code, [Problem(code, text)])

    api.add_exception_handler(Refused, refused)
    api.add_exception_handler(ValidationError, lambda r, e: respond(r, 422, from_validation(e.errors)))
    api.add_exception_handler(AuthenticationError, lambda r, e: respond(r, 401, [Problem("sign_in", "请先登录，或提供有效的 API 密钥")]))
    api.add_exception_handler(HttpError, http_error)
    api.add_exception_handler(Http404, lambda r, e: respond(r, 404, [Problem("not_found", "没有这个地址")]))
    api.add_exception_handler(json.JSONDecodeError, lambda r, e: respond(r, 400, [Problem("bad_json", "请求正文不是有效的 UTF-8 JSON")]))
    api.add_exception_handler(MultiPartParserError, lambda r, e: respond(r, 400, [Problem("bad_multipart", "multipart 正文无法解析")]))
    for too_big in (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
        api.add_exception_handler(too_big, lambda r, e: respond(r, 413, [Problem("too_large", "请求正文过大，请分批提交")]))
    api.add_exception_handler(DataError, lambda r, e: respond(r, 422, [Problem("bad_value", "有一项的值超出数据库允许的长度或范围")]))
    api.add_exception_handler(OperationalError, _database_busy)
    api.add_exception_handler(Exception, _fault)


def _database_busy(request: HttpRequest, exc: OperationalError) -> HttpResponse:
    if "locked" not in str(exc) and "timeout" not in str(exc):
        return _fault(request, exc)
    return respond(request, 503, [Problem("busy", "数据库正忙，请带同一 Idempotency-Key 重试")], {"Retry-After": "2"})


def _fault(request: HttpRequest, exc: Exception) -> HttpResponse:
    """A fault of ours: logged with its trace, answered without its inner life."""
    log.error("api.fault", path=request.path, method=request.method, error="".join(traceback.format_exception(exc)))
    return respond(request, 500, [Problem("fault", "系统故障，已记录；没有写入任何内容")])
