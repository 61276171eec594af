"""Typed routes of each register: list, one, create, change, acts. Made from the declaration; a new register brings no code here.

Annotations here are live (no postponed evaluation): the schemas are made inside functions.
"""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, Path, Query, Router, Schema
from pydantic import Field, WithJsonSchema, create_model

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import acting, listing
from trihelix.kernel import values as vals
from trihelix.kernel.action import find, may
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.models import Record
from trihelix.kernel.register import Register
from trihelix.site.api import base, schemas
from trihelix.site.api.auth import actor_of
from trihelix.site.api.problems import PreconditionRequired

LIMIT = 200
RESERVED = ("q", "sort", "cursor", "limit", "fields")
ID = Annotated[str, Path(..., description="uid, number, ref where unique, or owner:ref", max_length=300)]
HEAD: dict[str, dict[str, Any]] = {
    "uid": {"type": "string", "format": "uuid"}, "number": {"type": "string"}, "ref": {"type": "string"}, "title": {"type": "string"},
    "state": {"type": "string"}, "version": {"type": "integer"}, "synthetic": {"type": "boolean"}, "visibility": {"type": "string"},
    "created_at": {"type": "string", "format": "date-time"}, "updated_at": {"type": "string", "format": "date-time"},
    "owner": {"type": ["string", "null"]},
}  # fmt: skip
CONDITIONS = [
    {"in": "header", "name": "If-Match", "required": False, "schema": {"type": "string"}, "description": "ETag as read; a stale one is refused (412)"},
    {"in": "header", "name": "Idempotency-Key", "required": False, "schema": {"type": "string", "maxLength": 120}, "description": "the same key answers the same and writes once"},
]  # fmt: skip
KEY_ONLY = CONDITIONS[1:]


def head(register: Register, record: Record, hide: frozenset[str]) -> dict[str, Any]:
    """What every record answers, whatever its sheet; the owner only where the sheet names it and the viewer may know it."""
    found = {
        "uid": str(record.uid), "number": record.number, "ref": record.ref, "title": record.title, "state": record.state,
        "version": record.version, "synthetic": record.synthetic, "visibility": record.visibility,
        "created_at": record.created_at.isoformat(), "updated_at": record.updated_at.isoformat(),
    }  # fmt: skip
    if register.column(register.owner_column) is None or register.owner_column in hide:
        return found
    return {**found, "owner": record.owner.ref if record.owner else None}


def shown(register: Register, row: dict[str, Any], record: Record, hide: frozenset[str]) -> dict[str, Any]:
    """A record as answered: its sheet row and its head, without hidden columns."""
    return {**schemas.row_out(register.sheet.columns, row, hide), **head(register, record, hide)}


def page_of(register: Register, found: list[Any], by: Actor) -> list[dict[str, Any]]:
    """Rows of a page with a bounded number of queries."""
    linked = vals.linked_refs([e.record for e in found], [kind for _, kind in register.links.values()])
    out = []
    for entry in found:
        hide = vals.hidden_for_list(register, by, entry)
        out.append(shown(register, vals.to_row(register, entry, linked.get(entry.record.pk), hide), entry.record, hide))
    return out


def one(register: Register, name: Any, by: Actor) -> dict[str, Any]:
    """One record with what its viewer may do now."""
    record = find(register, name, by)
    entry = entries(by, register.model).get(record=record)
    hide = vals.hidden_columns(register, by, record)
    linked = vals.linked_refs([record], [kind for _, kind in register.links.values()])
    row = vals.to_row(register, entry, linked.get(record.pk), hide)
    acts = [
        {"act": s.act, "zh": s.zh, "en": s.en} for s in acting.outside(register).values() if not s.creates and may(register, s, by, record)
    ]
    return {**shown(register, row, record, hide), "acts": acts}


def wanted_fields(text: str, known: set[str]) -> list[str]:
    """``fields=a,b``: refused by name where unknown."""
    names = [n.strip() for n in text.split(",") if n.strip()]
    if unknown := [n for n in names if n not in known]:
        raise Refused.of(
            Problem("unknown_field", f"没有字段 “{n[:60]}”；可用：{'、'.join(sorted(known))}", field="fields", value=n[:60])
            for n in unknown
        )
    return names


def filters_of(request: HttpRequest, reserved: tuple[str, ...] = RESERVED) -> list[tuple[str, str]]:
    """Every query parameter that is not reserved is a filter."""
    return [(name, value) for name, values in request.GET.lists() if name not in reserved for value in values]


def query_model(register: Register) -> type[Schema]:
    """The query of a list, for the document: paging, sort, fields and every filter."""
    made: dict[str, Any] = {
        "q": (str, Field("", max_length=200, description="words in title, number or ref")),
        "sort": (str, Field("", max_length=80, description="a column, with a leading - for descending; default -created_at")),
        "cursor": (str, Field("", max_length=2000, description="`next` of the page before")),
        "limit": (int, Field(50, ge=1, le=LIMIT)),
        "fields": (str, Field("", max_length=2000, description="names to answer, separated by commas")),
    }
    for name, kind in listing.filterable(register).items():
        if name in made or hasattr(Schema, name) or name in register.confidential | register.personal:
            continue
        kinds = {"boolean": "true or false", "date": "a date", "moment": "a date or moment", "integer": "a whole number"}
        made[name] = (
            Annotated[str | None, WithJsonSchema({"type": "string"})],
            Field(
                None, description=f"filter: {kinds.get(kind, kind)}; also {name}__not, __empty, __gte, __lte, __contains where they apply"
            ),
        )
    return create_model(f"{schemas.camel(register.id)}Query", __base__=Schema, **made)


def router(register: Register) -> Router:
    """The typed routes of one register."""
    routes = Router(tags=[register.id])
    name, columns = schemas.camel(register.id), register.sheet.columns
    out = {**schemas.fields_out(columns), **HEAD}
    record = schemas.model(f"{name}Record", {**out, "acts": {"type": "array", "items": {"type": "object"}}}, doc=register.help_en)
    page = create_model(f"{name}Page", __base__=Schema, items=(list[record], ...), next=(str | None, ...))  # type: ignore[valid-type]
    _reading(routes, register, record, page, set(out))
    if "create" in register.acts:
        _creating(routes, register, record)
    if "change" in register.acts:
        _changing(routes, register, record)
    _acting(routes, register)
    return routes


def _reading(routes: Router, register: Register, record: Any, page: Any, known: set[str]) -> None:
    model = query_model(register)

    def list_records(request: HttpRequest, query_: Query[model]) -> HttpResponse:  # type: ignore[valid-type]
        by = actor_of(request)
        base.register_for(register, by)
        names = wanted_fields(query_.fields, known)
        chosen = listing.chosen(register, by, filters_of(request), query_.q)
        rows = chosen.select_related("record__owner", *listing.foreign(register))
        found = listing.page(rows, register, by, sort=query_.sort, cursor=query_.cursor, limit=query_.limit)
        items = page_of(register, found.entries, by)
        return base.answer(
            request, {"items": [{k: v for k, v in i.items() if not names or k in names} for i in items], "next": found.next or None}
        )

    def read_record(request: HttpRequest, id: ID) -> HttpResponse:
        by = actor_of(request)
        base.register_for(register, by)
        base.only(request, {"fields"})
        names = wanted_fields(request.GET.get("fields", ""), known | {"acts"})
        found = one(register, id, by)
        tag = base.etag(found["version"])
        if (
            not names and request.headers.get("If-None-Match") == tag and not by.signed_in
        ):  # what others may do changes without a new version
            response = HttpResponse(status=304, headers={"ETag": tag})
            return base.private(response)
        return base.answer(request, {k: v for k, v in found.items() if not names or k in names}, headers={"ETag": tag})

    fields = {"parameters": [{"in": "query", "name": "fields", "required": False, "schema": {"type": "string"}}]}
    routes.get(
        "", response=page, by_alias=True, operation_id=f"{register.id}_list", summary=f"List {register.en.lower()} records ({register.zh})"
    )(list_records)
    routes.get(
        "/{id}",
        response=record,
        by_alias=True,
        operation_id=f"{register.id}_read",
        summary=f"Read one {register.en.lower()}",
        openapi_extra=fields,
    )(read_record)


def _creating(routes: Router, register: Register, record: Any) -> None:
    columns = schemas.create_columns(register)
    required = [c.name for c in columns if c.required and c.kind not in schemas.MONEY and c.name != register.owner_column]
    example = {
        c.name: c.example for c in columns if c.example is not None and c.kind in ("text", "longtext", "date", "choice", "ref", "code")
    }
    model = schemas.model(f"{schemas.camel(register.id)}New", schemas.fields_in(columns), required=required, example=example)

    def create_record(request: HttpRequest, payload: Body[model]) -> HttpResponse:  # type: ignore[valid-type]
        by = actor_of(request)
        base.register_for(register, by)
        base.only(request, set())
        values = schemas.read_body(columns, payload.model_dump(exclude_unset=True, by_alias=True))
        made = acting.perform(register, "create", None, by, values, key=base.idempotency_key(request))
        headers = {"ETag": base.etag(made["version"]), "Location": f"{request.path}/{made['uid']}"}
        return base.answer(request, one(register, made["uid"], by), 201, headers)

    spec = register.acts["create"]
    routes.post(
        "", response={201: record}, operation_id=f"{register.id}_create", summary=f"{spec.en} ({spec.zh})", by_alias=True, openapi_extra={"parameters": KEY_ONLY}
    )(create_record)  # fmt: skip


def _changing(routes: Router, register: Register, record: Any) -> None:
    spec = register.acts["change"]
    columns = list(acting.fields_of(register, spec))
    fields = {
        **schemas.fields_in(columns),
        "version": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1, "description": "instead of If-Match"},
    }
    model = schemas.model(f"{schemas.camel(register.id)}Change", fields)

    def change_record(request: HttpRequest, id: ID, payload: Body[model]) -> HttpResponse:  # type: ignore[valid-type]
        by = actor_of(request)
        base.register_for(register, by)
        base.only(request, set())
        given = payload.model_dump(exclude_unset=True, by_alias=True)
        version = wanted_version(request, given.pop("version", None))
        values = schemas.read_body(columns, given)
        if not values:
            raise Refused.one("nothing_to_change", "正文没有要修改的字段")
        done = acting.perform(register, "change", id, by, values, version=version, key=base.idempotency_key(request))
        return base.answer(request, one(register, done["uid"], by), headers={"ETag": base.etag(done["version"])})

    routes.patch(
        "/{id}", response=record, operation_id=f"{register.id}_change", summary=f"{spec.en} ({spec.zh})", by_alias=True, openapi_extra={"parameters": CONDITIONS}
    )(change_record)  # fmt: skip


def wanted_version(request: HttpRequest, given: Any) -> int:
    """The version a change rests on: ``If-Match`` or ``version`` in the body; without one it is refused (428)."""
    tag = base.if_match(request)
    if given is not None and (type(given) is not int or not 1 <= given < 2**31):
        raise Refused.one("bad_number", "version 应为正整数", field="version")
    if tag is not None and given is not None and tag != given:
        raise Refused.one("two_versions", "If-Match 与正文中的 version 不一致", field="version", value=given)
    if tag is None and given is None:
        raise PreconditionRequired(
            Problem("precondition_required", "请在 If-Match 头（读取时的 ETag）或正文 version 中说明修改所依据的版本", field="If-Match")
        )
    return tag if tag is not None else int(given)


class ActBody(Schema):
    """What an act takes: its own values, and a reason where the flow asks for one."""

    model_config = {"extra": "forbid"}
    values: Annotated[dict[str, Any], WithJsonSchema({"type": "object"})] = Field(
        default_factory=dict, json_schema_extra=schemas._no_default
    )
    reason: Annotated[Any, WithJsonSchema({"type": "string", "maxLength": 2000})] = Field("", json_schema_extra=schemas._no_default)
    version: Annotated[Any, WithJsonSchema({"type": ["integer", "null"], "minimum": 1, "maximum": 2**31 - 1})] = Field(
        None, json_schema_extra=schemas._no_default
    )


def _acting(routes: Router, register: Register) -> None:
    names = [n for n, s in acting.outside(register).items() if not s.creates]
    act_name = Annotated[str, Path(...), WithJsonSchema({"type": "string", "enum": names})]
    done_model = schemas.model(f"{schemas.camel(register.id)}Done", DONE)

    def do_act(request: HttpRequest, id: ID, act: act_name, payload: Body[ActBody]) -> HttpResponse:  # type: ignore[valid-type]
        by = actor_of(request)
        base.register_for(register, by)
        base.only(request, set())
        spec = acting.spec_of(register, act)
        if spec.creates:
            raise base.NotFound(Problem("unknown_act", f"“{spec.zh}” 用 POST /{register.id} 办理", field="act", value=act))
        version = wanted_version(request, payload.version) if base.if_match(request) is not None or payload.version is not None else None
        values = schemas.read_body(acting.fields_of(register, spec), payload.values)
        key = base.idempotency_key(request)
        done = acting.perform(register, act, id, by, values, version=version, key=key, reason=reason_text(payload.reason))
        return base.answer(request, done, headers={"ETag": base.etag(done["version"])})

    listed = "\n".join(
        f"- `{n}` {register.acts[n].zh} / {register.acts[n].en}: {', '.join(c.name for c in acting.fields_of(register, register.acts[n])) or '—'}"
        for n in names
    )
    routes.post(
        "/{id}/acts/{act}", response=done_model, by_alias=True, operation_id=f"{register.id}_act", summary=f"Do an act on one {register.en.lower()}",
        description=f"Acts and their values (schemas: `/registers/{register.id}/schema`):\n\n{listed}", openapi_extra={"parameters": CONDITIONS},
    )(do_act)  # fmt: skip


_TEXT = {"type": "string"}
BRIEF: dict[str, dict[str, Any]] = {
    "register": _TEXT, "uid": {"type": "string", "format": "uuid"}, "number": _TEXT, "ref": _TEXT, "title": _TEXT, "state": _TEXT,
    "version": {"type": "integer"},
}  # fmt: skip
DONE: dict[str, dict[str, Any]] = {
    **BRIEF,
    "made": {"type": ["object", "null"], "properties": BRIEF, "description": "another record that the act made"},
    "told": {"type": ["object", "null"], "description": "what the act tells the one who did it, such as a paper read; null for other acts"},
}


def reason_text(given: Any) -> str:
    """A reason: text without control characters, at most 2000."""
    if given in (None, ""):
        return ""
    if not isinstance(given, str) or len(given) > 2000:
        raise Refused.one("bad_type", "reason 应为不超过 2000 字的文本", field="reason")
    if any((ord(c) < 32 and c not in "\n\t\r") or "\ud800" <= c <= "\udfff" for c in given):
        raise Refused.one("control_character", "reason 含有不可见的控制字符", field="reason")
    return given
