"""What hangs on a record of any register: history, thread, files, messages; and a register's sheet: import, export, template."""

from __future__ import annotations

import tempfile
from pathlib import Path as FilePath
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Body, Field, File, Form, Path, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import WithJsonSchema

from trihelix.engines import sheets
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import acting, bulk, files, journal, listing
from trihelix.kernel import values as vals
from trihelix.kernel.action import find
from trihelix.kernel.actor import Actor, visible_to
from trihelix.kernel.models import File as StoredFile
from trihelix.kernel.models import Link, Record
from trihelix.kernel.register import REGISTERS, Register, attribute
from trihelix.site.api import base, schemas
from trihelix.site.api.auth import actor_of
from trihelix.site.api.problems import respond
from trihelix.site.api.records import ID, KEY_ONLY, filters_of, reason_text
from trihelix.site.attachments import attachment

routes = Router()
MOST = 200
EXPORT_ROWS = 200_000
MIME = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson",
}  # fmt: skip
REGISTER = Annotated[str, Path(...), WithJsonSchema({"type": "string", "enum": sorted(REGISTERS)})]


class HistoryItem(Schema):
    """One change, newest first; personal values only as keyed hashes, hidden columns left out."""

    at: str
    entry: str
    act: str
    version: int | None
    changes: dict[str, Annotated[Any, WithJsonSchema({})]]
    seq: int | None
    actor: str | None = None
    reason: str | None = None


class HistoryPage(Schema):
    """Changes of one record."""

    items: list[HistoryItem]


class LinkItem(Schema):
    """A link of the thread; ``direction`` is out (named by this record) or in."""

    kind: str
    direction: str
    register_: Annotated[str, Field(alias="register")]
    uid: str
    number: str
    title: str
    state: str
    at: str


class LinkPage(Schema):
    """The thread around one record."""

    items: list[LinkItem]


class FileItem(Schema):
    """A stored file."""

    uid: str
    name: str
    size: int
    mime: str
    sha256: str
    part: str
    at: str
    url: str


class FilePage(Schema):
    """Files in force."""

    items: list[FileItem]


class MessageItem(Schema):
    """A message; ``private`` ones are read by one body only."""

    uid: str
    author: str
    text: str
    at: str
    private: bool


class MessagePage(Schema):
    """Messages, oldest first."""

    items: list[MessageItem]


class MessageBody(Schema):
    """A new message."""

    model_config = {"extra": "forbid"}
    text: Annotated[Any, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 10000})]
    private: Annotated[Any, WithJsonSchema({"type": "boolean"})] = Field(False, json_schema_extra=schemas._no_default)


class VoidBody(Schema):
    """Why a file is voided."""

    model_config = {"extra": "forbid"}
    reason: Annotated[Any, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 200})]


def _seen(request: HttpRequest, register: str, name: str) -> tuple[Register, Record, Actor]:
    by = actor_of(request)
    found = base.register_for(register, by)
    return found, find(found, name, by), by


@routes.get(
    "/{register_id}/{id}/history",
    response=HistoryPage,
    operation_id="record_history",
    tags=["records"],
    summary="History with old and new per field",
)
def history(request: HttpRequest, register_id: REGISTER, id: ID, limit: Annotated[int, Field(ge=1, le=MOST)] = 100) -> HttpResponse:
    found, record, by = _seen(request, register_id, id)
    base.only(request, {"limit"})
    hide = vals.hidden_columns(found, by, record)
    secret = {attribute(c) for c in hide} | hide | ({f"link:{found.links[c][1]}" for c in hide if c in found.links})
    inside = by.sees_all or bool(by.roles_on(record) & {"owner", "node", "author"})
    rows = []
    for item in journal.history(record)[:limit]:
        entry = item["entry"]
        changes = {k: v for k, v in item["changes"].items() if k not in secret and (inside or k not in ("owner_id", "node_id"))}
        row = {
            "at": item["at"].isoformat(), "entry": str(entry.uid), "act": entry.action.partition(".")[2] or entry.action, "version": item["version"],
            "changes": changes, "seq": entry.seal.seq if hasattr(entry, "seal") else None,
        }  # fmt: skip
        rows.append({**row, "actor": str(entry.actor) if entry.actor else None, "reason": entry.reason} if by.signed_in and inside else row)
    return base.answer(request, {"items": rows})


@routes.get(
    "/{register_id}/{id}/links",
    response=LinkPage,
    by_alias=True,
    operation_id="record_links",
    tags=["records"],
    summary="The thread: records linked to this one",
)
def links(request: HttpRequest, register_id: REGISTER, id: ID) -> HttpResponse:
    _, record, by = _seen(request, register_id, id)
    base.only(request, set())
    found = list(Link.objects.filter(Q(source=record) | Q(target=record)).order_by("at", "position", "id")[:MOST])
    others = {
        r.pk: r for r in visible_to(by, Record.objects.filter(pk__in={p for x in found for p in (x.source_id, x.target_id)} - {record.pk}))
    }
    rows = []
    for link in found:
        out = link.source_id == record.pk
        other = others.get(link.target_id if out else link.source_id)
        if other is not None:
            brief = {k: v for k, v in acting.brief(other).items() if k not in ("version", "ref")}
            rows.append({"kind": link.kind, "direction": "out" if out else "in", **brief, "at": link.at.isoformat()})
    return base.answer(request, {"items": rows})


def _file_item(register: Register, record: Record, stored: StoredFile) -> dict[str, Any]:
    return {
        "uid": str(stored.uid), "name": stored.name, "size": stored.size, "mime": stored.mime, "sha256": stored.sha256, "part": stored.part,
        "at": stored.at.isoformat(), "url": f"/api/v1/{register.id}/{record.uid}/files/{stored.uid}",
    }  # fmt: skip


@routes.get(
    "/{register_id}/{id}/files",
    response=FilePage,
    operation_id="record_files",
    tags=["records"],
    summary="Files in force that the caller may open",
)
def list_files(request: HttpRequest, register_id: REGISTER, id: ID) -> HttpResponse:
    found, record, by = _seen(request, register_id, id)
    base.only(request, set())
    return base.answer(
        request, {"items": [_file_item(found, record, f) for f in files.current_files(record)[:MOST] if files.may_read(found, f, by)]}
    )


@routes.post(
    "/{register_id}/{id}/files", response={201: FileItem}, operation_id="record_attach", tags=["records"],
    summary="Attach a file, or a new version of one (`replaces`)",
)  # fmt: skip
def attach(
    request: HttpRequest, register_id: REGISTER, id: ID, file: File[UploadedFile], part: str = Form("open", max_length=20),
    replaces: str = Form("", max_length=40),
) -> HttpResponse:  # fmt: skip
    found, record, by = _seen(request, register_id, id)
    base.only(request, set())
    made = found.acts["attach"].run(by=by, record=str(record.uid), stream=file, name=file.name or "", part=part, replaces=replaces or None)
    return base.answer(request, _file_item(found, record, made), 201)


def _stored(record: Record, uid: str, register: Register, by: Actor) -> StoredFile:
    try:
        stored = StoredFile.objects.select_related("record").filter(record=record, uid=UUID(uid)).first()
    except ValueError:
        stored = None
    if stored is None or not files.may_read(register, stored, by):
        raise base.NotFound(Problem("not_found", "找不到该文件，或您无权打开", field="file", value=uid[:60]))
    return stored


@routes.get(
    "/{register_id}/{id}/files/{file}", operation_id="record_download", tags=["records"], summary="Download a file", response={200: None}
)
def download(request: HttpRequest, register_id: REGISTER, id: ID, file: str) -> FileResponse:
    found, record, by = _seen(request, register_id, id)
    stored = _stored(record, file, found, by)
    response = attachment(stored, by)
    if not files.is_marked(stored):  # a marked copy is made for each reader
        response["ETag"] = f'"{stored.sha256}"'
    response["X-Content-Type-Options"] = "nosniff"
    base.private(response)
    return response


@routes.post(
    "/{register_id}/{id}/files/{file}/void",
    response=FilePage,
    operation_id="record_detach",
    tags=["records"],
    summary="Void a file with a reason",
)
def detach(request: HttpRequest, register_id: REGISTER, id: ID, file: str, payload: Body[VoidBody]) -> HttpResponse:
    found, record, by = _seen(request, register_id, id)
    stored = _stored(record, file, found, by)
    found.acts["detach"].run(by=by, record=str(record.uid), file=str(stored.uid), reason=reason_text(payload.reason))
    return list_files(request, register_id, id)


@routes.get(
    "/{register_id}/{id}/messages", response=MessagePage, operation_id="record_messages", tags=["records"], summary="Messages of the case"
)
def messages(request: HttpRequest, register_id: REGISTER, id: ID) -> HttpResponse:
    found, record, by = _seen(request, register_id, id)
    base.only(request, set())
    mine = Q(side=None) | Q(side_id__in=by.bodies)
    seen = (
        record.messages.filter(mine if by.roles_on(record) else mine & Q(author_id=by.user_id)) if by.signed_in else record.messages.none()
    )
    nameless = found.owner_column in vals.hidden_columns(found, by, record)  # an anonymous case names nobody to strangers
    rows = [
        {
            "uid": str(m.uid), "author": "" if nameless and m.author_id != by.user_id else str(m.author), "text": m.text, "at": m.at.isoformat(),
            "private": m.side_id is not None,
        }
        for m in reversed(seen.select_related("author").order_by("-at", "-id")[:MOST])
    ]  # fmt: skip
    return base.answer(request, {"items": rows})


@routes.post(
    "/{register_id}/{id}/messages", response={201: MessagePage}, operation_id="record_message", tags=["records"], summary="Write a message",
    openapi_extra={"parameters": KEY_ONLY},
)  # fmt: skip
def write_message(request: HttpRequest, register_id: REGISTER, id: ID, payload: Body[MessageBody]) -> HttpResponse:
    found, record, by = _seen(request, register_id, id)
    values = schemas.read_body(acting.fields_of(found, found.acts["message"]), payload.model_dump(exclude_unset=True))
    acting.perform(found, "message", str(record.uid), by, values, key=base.idempotency_key(request))
    response = messages(request, register_id, id)
    response.status_code = 201
    return response


class ImportAnswer(Schema):
    """The stable import result (formats §6)."""

    read: int
    created: int
    updated: int
    unchanged: int
    refused: int
    errors: list[dict[str, Annotated[Any, WithJsonSchema({})]]]
    journal: str | None
    seq: int | None


@routes.post(
    "/{register_id}/import", response=ImportAnswer, operation_id="register_import", tags=["sheets"],
    summary="Import xlsx, csv or jsonl: all rows or none; every wrong row is named",
)  # fmt: skip
def import_sheet(request: HttpRequest, register_id: REGISTER, file: File[UploadedFile], dry_run: bool = False) -> HttpResponse:
    by = actor_of(request)
    found = base.register_for(register_id, by)
    base.only(request, {"dry_run"})
    with tempfile.TemporaryDirectory(prefix="trihelix-import-") as scratch:
        path = FilePath(scratch) / f"import{FilePath(file.name or '').suffix.lower()[:8]}"
        with path.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        result = bulk.import_file(found, path, by, dry_run=dry_run)
    if result["errors"]:
        more = {k: v for k, v in result.items() if k != "errors"}
        problems = [Problem(e["code"], e["message"], e["field"], e["row"], e["clause"], e["value"]) for e in result["errors"]]
        return respond(request, 422, problems, **more)
    return base.answer(request, result)


class ExportQuery(Schema):
    """What to export: the kind of file, the language of headings, and any filter of the list."""

    format: Annotated[str, Field(pattern="^(xlsx|csv|jsonl)$")] = "xlsx"
    lang: Annotated[str, Field(pattern="^(zh|en|name)$")] = "zh"
    q: Annotated[str, Field(max_length=200)] = ""


def _download(path: FilePath, name: str, kind: str) -> FileResponse:
    """A file answer that outlives its folder: the open handle keeps the bytes."""
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=MIME[kind])
    base.private(response)
    return response


@routes.get(
    "/{register_id}/export",
    operation_id="register_export",
    tags=["sheets"],
    summary="Export what the caller may see, with the list's filters",
    response={200: None},
)
def export_sheet(request: HttpRequest, register_id: REGISTER, query_: Query[ExportQuery]) -> FileResponse:
    by = actor_of(request)
    found = base.register_for(register_id, by)
    chosen = listing.chosen(found, by, filters_of(request, ("format", "lang", "q")), query_.q)
    if chosen[: EXPORT_ROWS + 1].count() > EXPORT_ROWS:
        raise Refused.one("too_many_rows", f"结果超过 {EXPORT_ROWS} 行，请加筛选条件", field="filter")
    with tempfile.TemporaryDirectory(prefix="trihelix-export-") as scratch:
        path = FilePath(scratch) / f"{found.id}.{query_.format}"
        sheets.write(found.sheet, bulk.export_rows(found, chosen.order_by("pk"), by), path, query_.lang)
        return _download(path, path.name, query_.format)


@routes.get("/{register_id}/template", operation_id="register_template", tags=["sheets"], summary="The Excel form", response={200: None})
def template_sheet(request: HttpRequest, register_id: REGISTER, lang: Annotated[str, Field(pattern="^(zh|en)$")] = "zh") -> FileResponse:
    found = base.register_for(register_id, actor_of(request))
    base.only(request, {"lang"})
    with tempfile.TemporaryDirectory(prefix="trihelix-template-") as scratch:
        path = FilePath(scratch) / f"{found.id}.xlsx"
        sheets.template(found.sheet, path, lang)
        return _download(path, path.name, "xlsx")
