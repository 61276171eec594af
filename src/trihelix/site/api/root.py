"""Routes that belong to no single register: registers and schemas, search and match, inbox, change feed, verification, the account."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, Field, Path, Query, Router, Schema
from pydantic import WithJsonSchema

from trihelix.engines import sheets
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.flow import acts_from
from trihelix.engines.matching.port import KINDS
from trihelix.kernel import acting, clock, evidence, index, journal, keys, listing, ranked, waits
from trihelix.kernel.action import find
from trihelix.kernel.actor import VISITOR, Actor, visible_to
from trihelix.kernel.errors import Denied
from trihelix.kernel.models import ApiKey, JournalSeal, Record
from trihelix.kernel.register import REGISTERS, Register, register_of
from trihelix.site.api import base, schemas
from trihelix.site.api.auth import actor_of
from trihelix.site.api.problems import Unauthenticated
from trihelix.site.api.records import BRIEF

routes = Router()
AUDIT = frozenset({"auditor", "discipline", "admin", "operator"})
FEED, CHAIN, INBOX = 500, 1000, 200
LARGEST = 2**63 - 1
ANY = Annotated[Any, WithJsonSchema({})]
KIND = Annotated[str, WithJsonSchema({"type": "string", "enum": list(KINDS)})]
Seq = Annotated[int, Field(ge=0, le=LARGEST)]


def signed_in(request: HttpRequest) -> Actor:
    """The caller, who must have an account."""
    by = actor_of(request)
    if not by.signed_in:
        raise Unauthenticated(Problem("sign_in", "请先登录，或在 Authorization 头中提供 API 密钥"))
    return by


class RegisterItem(Schema):
    """One register: how it is called and what one may do there."""

    id: str
    zh: str
    en: str
    prefix: str
    public: bool
    area: str
    states: list[dict[str, ANY]]
    acts: list[dict[str, ANY]]
    filters: list[str]
    sort: list[str]


class RegisterPage(Schema):
    """All registers."""

    items: list[RegisterItem]


def _register_item(register: Register) -> dict[str, Any]:
    return {
        "id": register.id, "zh": register.zh, "en": register.en, "prefix": register.prefix, "public": register.public, "area": register.area,
        "states": [{"id": s.id, "zh": s.zh, "en": s.en, "kind": s.kind, "acts": [t.act for t in acts_from(register.flow, s.id)]} for s in register.flow.states],
        "acts": [{"act": s.act, "zh": s.zh, "en": s.en, "creates": s.creates} for s in acting.outside(register).values()],
        "filters": list(listing.filterable(register)), "sort": listing.sortable(register),
    }  # fmt: skip


@routes.get(
    "/registers", response=RegisterPage, operation_id="registers", tags=["registers"], summary="All registers that the caller may open"
)
def registers(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    base.only(request, set())
    return base.answer(request, {"items": [_register_item(r) for r in REGISTERS.values() if r.public or by.signed_in]})


SCHEMA_FIELDS: dict[str, dict[str, Any]] = {
    "sheet": {"type": "object", "description": "JSON Schema of a row of the files"},
    "acts": {"type": "object", "description": "act → JSON Schema of its values", "additionalProperties": {"type": "object"}},
}


@routes.get(
    "/registers/{register_id}/schema", response=schemas.model("RegisterSchema", SCHEMA_FIELDS), operation_id="register_schema", tags=["registers"],
    summary="JSON Schema of a register's sheet and of its acts",
)  # fmt: skip
def schema(
    request: HttpRequest, register_id: Annotated[str, Path(...), WithJsonSchema({"type": "string", "enum": sorted(REGISTERS)})]
) -> HttpResponse:
    found = base.register_for(register_id, actor_of(request))
    base.only(request, set())
    acts = {name: schemas.act_schema(found, spec) for name, spec in acting.outside(found).items()}
    return base.answer(request, {"sheet": sheets.json_schema(found.sheet), "acts": acts})


class Hits(Schema):
    """Ranked records with reasons (formats §1)."""

    hits: list[dict[str, ANY]]
    missing: list[str]
    facets: dict[str, dict[str, int]]
    total: int | None


class SearchQuery(Schema):
    """Words as a person types them; power words such as ``field:光电 trl:>=6`` narrow."""

    q: Annotated[str, Field(max_length=400)]
    kind: list[KIND] = []
    k: Annotated[int, Field(ge=1, le=100)] = 10
    facet: list[str] = []


@routes.get("/search", response=Hits, operation_id="search", tags=["search"], summary="Search everything the caller may see")
def search(request: HttpRequest, query_: Query[SearchQuery]) -> HttpResponse:
    base.only(request, {"q", "kind", "k", "facet"})
    kinds, facets = _known(query_.kind, KINDS, "kind"), _known(query_.facet, index.FIELDS, "facet")
    return base.answer(request, index.search(_text(query_.q), by=actor_of(request), kinds=kinds, k=query_.k, facets=facets).as_json())


def _known(given: list[str], known: tuple[str, ...], field: str) -> list[str]:
    if wrong := [g for g in given if g not in known]:
        raise Refused.of(Problem("bad_choice", f"没有 “{w[:40]}”；可用：{'、'.join(known)}", field=field, value=w[:40]) for w in wrong)
    return given


def _text(text: str) -> str:
    if any((ord(c) < 32 and c not in "\n\t\r") or "\ud800" <= c <= "\udfff" for c in text):
        raise Refused.one("control_character", "文字含有不可见的控制字符", field="q")
    return text


class MatchQuery(Schema):
    """For a record (``register`` and ``id``) or for a text."""

    register_: Annotated[str, Field("", alias="register", max_length=40, description="register of the record, e.g. needs")] = ""
    id: Annotated[str, Field(max_length=300)] = ""
    text: Annotated[str, Field(max_length=8000)] = ""
    kind: KIND = "results"
    k: Annotated[int, Field(ge=1, le=100)] = 10


@routes.get(
    "/match",
    response=Hits,
    operation_id="match",
    tags=["search"],
    summary="Ranked results, experts or needs for a record or a text, with reasons",
)
def match(request: HttpRequest, query_: Query[MatchQuery]) -> HttpResponse:
    base.only(request, {"register", "id", "text", "kind", "k"})
    return _match(request, query_)


@routes.post("/match", response=Hits, operation_id="match_text", tags=["search"], summary="As GET, for long texts")
def match_text(request: HttpRequest, payload: Body[MatchQuery]) -> HttpResponse:
    base.only(request, set())
    return _match(request, payload)


def _match(request: HttpRequest, asked: MatchQuery) -> HttpResponse:
    by = actor_of(request)
    _known([asked.kind], KINDS, "kind")
    if bool(asked.id) == bool(asked.text.strip()):
        raise Refused.one("id_or_text", "请给出 register 与 id，或给出 text，二者取一", field="text")
    if asked.text.strip():
        return base.answer(request, index.match(_text(asked.text), by=by, kind=asked.kind, k=asked.k).as_json())
    register = base.register_for(asked.register_ or "needs", by)
    return base.answer(request, ranked.for_record(find(register, asked.id, by), by, asked.kind, asked.k))


class InboxItem(Schema):
    """Something that waits for the caller."""

    act: str
    zh: str
    en: str
    role: str
    since: str
    due_at: str | None
    due_confirmed: bool
    late: bool
    record: Annotated[dict[str, Any], WithJsonSchema({"type": "object", "properties": BRIEF})]


class InboxPage(Schema):
    """The inbox, due first."""

    items: list[InboxItem]
    next: str | None


class InboxQuery(Schema):
    """Paging."""

    cursor: Annotated[str, Field(pattern=r"^[0-9]{0,6}$")] = ""
    limit: Annotated[int, Field(ge=1, le=INBOX)] = 50


@routes.get("/inbox", response=InboxPage, operation_id="inbox", tags=["account"], summary="What waits for the caller, due first")
def inbox(request: HttpRequest, query_: Query[InboxQuery]) -> HttpResponse:
    by, now = signed_in(request), clock.now()
    base.only(request, {"cursor", "limit"})
    start = int(query_.cursor or 0)
    found = list(waits.mine(by)[start : start + query_.limit + 1])
    rows = []
    for wait in found[: query_.limit]:
        act = register_of(wait.record.register).acts.get(wait.act)
        rows.append({
            "act": wait.act, "zh": act.zh if act else wait.act, "en": act.en if act else wait.act, "role": wait.role, "since": wait.since.isoformat(),
            "due_at": wait.due_at.isoformat() if wait.due_at else None, "due_confirmed": wait.due_confirmed,
            "late": wait.due_at is not None and wait.due_at < now, "record": acting.brief(wait.record),
        })  # fmt: skip
    return base.answer(request, {"items": rows, "next": str(start + query_.limit) if len(found) > query_.limit else None})


class ChangeItem(Schema):
    """One public change, in sealed order. A record that is no longer public is named by its uid alone (``gone``)."""

    seq: int
    entry: str
    at: str
    act: str
    register_: Annotated[str, Field(alias="register")]
    uid: str
    version: int | None
    fields: list[str]
    gone: bool
    number: str | None = None
    title: str | None = None
    state: str | None = None


class ChangePage(Schema):
    """A page of the feed; ask again with ``after`` = ``next``."""

    items: list[ChangeItem]
    next: int
    head: int


class FeedQuery(Schema):
    """Where to go on."""

    after: Seq = 0
    limit: Annotated[int, Field(ge=1, le=FEED)] = 100


@routes.get(
    "/changes", response=ChangePage, by_alias=True, operation_id="changes", tags=["feed"], summary="Ordered public feed of sealed changes"
)
def changes(request: HttpRequest, query_: Query[FeedQuery]) -> HttpResponse:
    base.only(request, {"after", "limit"})
    head = JournalSeal.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    seals = list(
        JournalSeal.objects.filter(seq__gt=query_.after, seq__lte=head, entry__public=True, entry__record__isnull=False)
        .select_related("entry", "entry__record").order_by("seq")[: query_.limit]
    )  # fmt: skip
    public = set(visible_to(VISITOR, Record.objects.filter(pk__in={s.entry.record_id for s in seals})).values_list("pk", flat=True))
    rows = [_change_item(s, s.entry.record_id in public) for s in seals]
    full = len(seals) == query_.limit
    return base.answer(request, {"items": rows, "next": seals[-1].seq if full else max(head, query_.after), "head": head})


def _change_item(seal: JournalSeal, public: bool) -> dict[str, Any]:
    entry = seal.entry
    record = entry.record
    assert record is not None  # the query asks for entries of records only
    register = REGISTERS.get(entry.register)
    secret = (register.personal | register.confidential) if register else frozenset()
    shown = sorted(f for f in entry.changes if f not in secret and not f.endswith("_id")) if public else []
    row = {
        "seq": seal.seq, "entry": str(entry.uid), "at": entry.at.isoformat(), "act": entry.action.partition(".")[2] or entry.action,
        "register": entry.register, "uid": str(record.uid), "version": entry.version, "fields": shown, "gone": not public,
    }  # fmt: skip
    return {**row, "number": record.number, "title": record.title, "state": record.state} if public else row


def _auditor(request: HttpRequest) -> Actor:
    by = signed_in(request)
    if not by.roles & AUDIT:
        raise Denied(Problem("denied", "流水校验由审计、纪检监督或系统管理人员办理", field="act", value="verify"))
    return by


class Verified(Schema):
    """The outcome of replaying the journal."""

    ok: bool
    sealed: int
    head: str
    faults: list[dict[str, ANY]]


@routes.get("/verify", response=Verified, operation_id="verify", tags=["audit"], summary="Replay the journal's chain (auditors)")
def verify(request: HttpRequest) -> HttpResponse:
    _auditor(request)
    base.only(request, set())
    return base.answer(request, journal.verify())


class ChainRow(Schema):
    """One sealed entry, enough to verify it with arithmetic alone."""

    seq: int
    content: dict[str, ANY]
    digest: str
    previous: str
    hash: str


class ChainPage(Schema):
    """Sealed entries in order."""

    items: list[ChainRow]
    next: int | None


class ChainQuery(Schema):
    """Where to go on."""

    after: Seq = 0
    limit: Annotated[int, Field(ge=1, le=CHAIN)] = 200


@routes.get(
    "/verify/chain",
    response=ChainPage,
    operation_id="verify_chain",
    tags=["audit"],
    summary="The sealed chain itself, to be replayed elsewhere (auditors)",
)
def chain(request: HttpRequest, query_: Query[ChainQuery]) -> HttpResponse:
    _auditor(request)
    base.only(request, {"after", "limit"})
    rows = list(evidence.sealed_rows(query_.after, query_.limit))
    return base.answer(request, {"items": rows, "next": rows[-1]["seq"] if len(rows) == query_.limit else None})


class Me(Schema):
    """The caller."""

    signed_in: bool
    name: str
    language: str
    roles: list[str]
    bodies: list[dict[str, ANY]]
    nodes: list[dict[str, ANY]]
    key: str | None


@routes.get("/me", response=Me, operation_id="me", tags=["account"], summary="Who calls, with today's roles")
def me(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    base.only(request, set())
    held = {r.pk: r for r in Record.objects.filter(pk__in=by.bodies | by.node_ids)}
    bodies = [{**acting.brief(held[b]), "roles": sorted(roles)} for b, roles in sorted(by.body_roles.items()) if b in held]
    key = getattr(request, "api_key", None)
    found = {
        "signed_in": by.signed_in, "name": by.name, "language": by.language, "roles": sorted(by.roles), "bodies": bodies,
        "nodes": [acting.brief(held[n]) for n in sorted(by.node_ids) if n in held], "key": key.prefix if key else None,
    }  # fmt: skip
    return base.answer(request, found)


class KeyItem(Schema):
    """A key without its secret."""

    prefix: str
    name: str
    scopes: list[str]
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    revoked_at: str | None


class KeyPage(Schema):
    """Keys of the caller."""

    items: list[KeyItem]


class KeyMade(KeyItem):
    """A new key; ``token`` is shown this once."""

    token: str


class KeyBody(Schema):
    """What the key is for."""

    model_config = {"extra": "forbid"}
    name: Annotated[str, Field(min_length=1, max_length=80)]
    scopes: list[Annotated[str, WithJsonSchema({"type": "string", "enum": list(keys.SCOPES)})]] = list(keys.SCOPES)
    days: Annotated[int, Field(ge=1, le=keys.MOST_DAYS, strict=True)] = 365


def _key_item(key: ApiKey) -> dict[str, Any]:
    def moment(value: Any) -> str | None:
        return value.isoformat() if value else None

    return {
        "prefix": key.prefix, "name": key.name, "scopes": key.scopes, "created_at": key.created_at.isoformat(), "expires_at": moment(key.expires_at),
        "last_used_at": moment(key.last_used_at), "revoked_at": moment(key.revoked_at),
    }  # fmt: skip


@routes.get("/me/keys", response=KeyPage, operation_id="my_keys", tags=["account"], summary="API keys of the caller")
def my_keys(request: HttpRequest) -> HttpResponse:
    by = signed_in(request)
    base.only(request, set())
    return base.answer(
        request, {"items": [_key_item(k) for k in ApiKey.objects.filter(user_id=by.user_id).order_by("-created_at", "-pk")[:200]]}
    )


@routes.post("/me/keys", response={201: KeyMade}, operation_id="issue_key", tags=["account"], summary="A new API key (by session only)")
def issue_key(request: HttpRequest, payload: Body[KeyBody]) -> HttpResponse:
    by = signed_in(request)
    if getattr(request, "api_key", None) is not None:
        raise Denied(Problem("by_session", "密钥只能在登录后的会话中申请，不能用另一把密钥申请", field="Authorization"))
    made, token = keys.issue(by=by, name=_text(payload.name), scopes=payload.scopes, days=payload.days)
    return base.answer(request, {**_key_item(made), "token": token}, 201)


@routes.post("/me/keys/{prefix}/revoke", response=KeyItem, operation_id="revoke_key", tags=["account"], summary="Revoke a key")
def revoke_key(request: HttpRequest, prefix: str) -> HttpResponse:
    return base.answer(request, _key_item(keys.revoke(by=signed_in(request), prefix=_text(prefix)[:40])))
