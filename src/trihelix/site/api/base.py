"""What the routes of the API share: the strict reader of bodies, conditional headers, answers, and the document itself."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver, re_path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from trihelix import __version__
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel.actor import Actor
from trihelix.kernel.register import REGISTERS, Register
from trihelix.site.api import problems
from trihelix.site.api.auth import Caller
from trihelix.site.api.problems import MEDIA_TYPE, BadRequest, Unauthenticated

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:trihelix:problem:stale"]}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"}, "instance": {"type": "string"},
        "errors": {
            "type": "array", "minItems": 1,
            "items": {
                "type": "object", "required": ["row", "field", "code", "message", "clause", "value"],
                "properties": {
                    "row": {"type": ["integer", "string", "null"]}, "field": {"type": ["string", "null"]}, "code": {"type": "string"},
                    "message": {"type": "string"}, "clause": {"type": ["string", "null"]}, "value": {},
                },
            },
        },
    },
}  # fmt: skip


class StrictParser(Parser):
    """JSON bodies only: declared as such, UTF-8, no key twice, no numbers outside JSON."""

    def parse_body(self, request: HttpRequest) -> Any:
        kind = (request.content_type or "").lower()
        if kind and kind != "application/json":
            raise UnsupportedMedia(
                Problem("media_type", f"正文应为 application/json，而不是 {kind[:60]}", field="Content-Type", value=kind[:60])
            )
        return json.loads(request.body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)


class UnsupportedMedia(Refused):
    """A body of another kind (415)."""

    status = 415


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("duplicate key")
    return out


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


class Api(NinjaAPI):
    """The API: every failure a problem, every operation documented with it, unknown addresses and methods included."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._documents: dict[str | None, OpenAPISchema] = {}

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        response = super().create_response(request, data, **kwargs)
        return private(response)

    def _get_urls(self) -> list[URLPattern | URLResolver]:
        urls = super()._get_urls()
        for url in urls:
            if isinstance(url, URLPattern) and url.callback is not None:
                url.callback = _with_problems(url.callback)
        return [*urls, re_path(r"^.*$", _unknown_address, name="unknown")]

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> OpenAPISchema:
        """The document, made once a process for each prefix: with all registers it takes seconds, and nothing in it changes while we run."""
        if path_params:
            return self._document(path_prefix, path_params)
        if path_prefix not in self._documents:
            self._documents[path_prefix] = self._document(path_prefix, None)
        return self._documents[path_prefix]

    def _document(self, path_prefix: str | None, path_params: dict[str, Any] | None) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        document["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
        refusal = {
            "description": "Problem details (RFC 9457)",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for operations in document["paths"].values():
            for method, operation in operations.items():
                operation["responses"].setdefault("default", refusal)
                if method == "get":  # visitors may read what is public
                    operation["security"] = [{}, *operation["security"]]
        return document


def _with_problems(view: Any) -> Any:
    def call(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = response["Allow"]
            text = f"此地址不支持 {request.method}；可用：{allowed}"
            return problems.respond(
                request, 405, [Problem("method_not_allowed", text, field="method", value=request.method)], {"Allow": allowed}
            )
        return response

    call.csrf_exempt = True  # type: ignore[attr-defined]  # sessions are checked by the caller's authentication
    return call


def _unknown_address(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return problems.respond(request, 404, [Problem("not_found", "没有这个地址；可用的地址见 /api/v1/openapi.json")])


_unknown_address.csrf_exempt = True  # type: ignore[attr-defined]


def private(response: HttpResponse) -> HttpResponse:
    """Answers depend on who asks: shared caches must not keep them."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response["Vary"] = "Authorization, Cookie"
    return response


def make() -> Api:
    """The API object with its authentication, limits and handlers."""
    api = Api(
        title="Trihelix", version="1", urls_namespace="api", auth=Caller(), parser=StrictParser(),
        description="Records of industry–university–research integration. The same actions and refusals as the pages; see docs/api.md.",
        openapi_extra={"info": {"license": {"name": "Apache-2.0"}, "x-release": __version__}},
    )  # fmt: skip
    problems.install(api)
    return api


def answer(request: HttpRequest, data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A JSON answer as it stands; the declared schema documents it and tests compare it."""
    response = HttpResponse(
        json.dumps(data, ensure_ascii=False, cls=DjangoJSONEncoder), status=status, content_type="application/json; charset=utf-8"
    )
    for name, value in (headers or {}).items():
        response[name] = value
    return private(response)


def register_for(register: str | Register, by: Actor) -> Register:
    """A register that the caller may open: visitors only public ones, and what does not exist is unknown (404)."""
    found = register if isinstance(register, Register) else REGISTERS.get(register)
    if found is None:
        known = "、".join(sorted(r.id for r in REGISTERS.values() if r.public or by.signed_in))
        raise NotFound(
            Problem(
                "unknown_register", f"没有名为 “{str(register)[:60]}” 的登记库；可用：{known}", field="register", value=str(register)[:60]
            )
        )
    if not found.public and not by.signed_in:
        raise Unauthenticated(Problem("sign_in", f"{found.zh}登记库须登录后查看", field="register", value=found.id))
    return found


class NotFound(Refused):
    """No such thing (404)."""

    status = 404


def etag(version: int) -> str:
    """The entity tag of a record's version."""
    return f'"{version}"'


def if_match(request: HttpRequest) -> int | None:
    """The version of ``If-Match``: absent or ``*`` is none; anything but one version is refused."""
    text = request.headers.get("If-Match", "").strip()
    if text in ("", "*"):
        return None
    found = re.fullmatch(r'(?:W/)?"?(\d{1,9})"?', text, re.ASCII)
    if found is None:
        raise BadRequest(Problem("bad_etag", 'If-Match 应为读取时得到的 ETag，例如 "3"', field="If-Match", value=text[:60]))
    return int(found[1])


def idempotency_key(request: HttpRequest) -> str | None:
    """``Idempotency-Key``: up to 120 visible characters."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not re.fullmatch(r"[\x21-\x7e]{1,120}", key):
        raise BadRequest(Problem("bad_key", "Idempotency-Key 应为 1 至 120 个可见的 ASCII 字符", field="Idempotency-Key"))
    return key


def only(request: HttpRequest, known: set[str]) -> None:
    """Refuse query parameters that mean nothing here, by name."""
    unknown = [n for n in request.GET if n not in known]
    if unknown:
        listed = "、".join(sorted(known)) or "无"
        raise Refused.of(Problem("unknown_parameter", f"没有参数 “{n[:60]}”；可用：{listed}", field=n[:60]) for n in unknown)


__all__ = ["Api", "NotFound", "answer", "etag", "idempotency_key", "if_match", "make", "only", "private", "register_for"]
