"""Take an import back as one act, while nothing depends on it: new rows vanish from every list, changed rows return to what they were."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import models, transaction

from trihelix.engines.errors import Problem
from trihelix.kernel import clock, journal, outbox
from trihelix.kernel.action import RECORD_FIELDS, difference, snapshot, stored_book
from trihelix.kernel.actor import UNDONE, Actor
from trihelix.kernel.errors import Conflict, Denied, Unseen
from trihelix.kernel.merge import relations
from trihelix.kernel.models import JournalChange, JournalEntry, JournalPrivate, Link, Record, Wait
from trihelix.kernel.register import Register, register_of

# What an import itself writes, and what hangs on a record without depending on it.
OWN = frozenset({
    "kernel.JournalEntry.record", "kernel.JournalChange.record", "kernel.JournalPrivate.record", "kernel.Wait.record", "kernel.Wait.scope",
    "kernel.Notice.record", "kernel.Link.source", "kernel.SeenHit.record", "kernel.Star.record", "kernel.Editing.record", "kernel.Record.node",
})  # fmt: skip
SHOWN = 5
CHUNK = 400


def find(by: Actor, uid: Any) -> JournalEntry:
    """An import that the actor made, or any for the province's desks."""
    try:
        held = JournalEntry.objects.filter(uid=uuid.UUID(str(uid)), action__endswith=".import").first()
    except ValueError:
        held = None
    if held is None or not (held.actor_id == by.user_id or by.roles & {"officer", "operator", "admin"} or by.system):
        raise Unseen(Problem("not_found", "找不到这次导入，或它不是您办理的", field="import", value=str(uid)))
    return held


def undone(entry: JournalEntry) -> bool:
    """Whether an import was taken back already."""
    return JournalEntry.objects.filter(action=f"{entry.register}.undo_import", reason=str(entry.uid)).exists()


def obstacles(entry: JournalEntry) -> list[Problem]:
    """What depends on the imported rows by now; empty when the import may be taken back."""
    register = register_of(entry.register)
    rows = list(entry.children.select_related("record"))
    problems = [
        Problem("changed_since", f"{c.record.number} {c.record.title} 在导入之后又有改动", field="record", value=c.record.number)
        for c in rows
        if c.record.version != c.version or c.record.merged_into_id
    ]
    fresh = {c.record_id for c in rows if _is_new(c.changes)}
    problems += _dependents(fresh, register)
    if undone(entry):
        problems.insert(0, Problem("undone", "这次导入已经撤销", field="import"))
    return problems


def _is_new(changes: Mapping[str, list[Any]]) -> bool:
    return "state" in changes and changes["state"][0] is None


def _dependents(fresh: set[int], register: Register) -> list[Problem]:
    found: dict[int, str] = {}
    ids = sorted(fresh)
    for name, model, field in relations():
        if name in OWN or (model is register.model and field.primary_key):
            continue
        for i in range(0, len(ids), CHUNK):
            rows = model._base_manager.filter(**{f"{field.name}__in": ids[i : i + CHUNK]})
            if name == "kernel.Link.target":
                rows = rows.exclude(source__in=fresh) if len(fresh) <= CHUNK else rows
            for pk in rows.values_list(field.attname, flat=True)[:SHOWN]:
                found.setdefault(pk, name)
    for i in range(0, len(ids), CHUNK):
        later = JournalEntry.objects.filter(record__in=ids[i : i + CHUNK])
        for pk in later.values_list("record_id", flat=True)[:SHOWN]:
            found.setdefault(pk, "kernel.JournalEntry.record")
    records = Record.objects.in_bulk(list(found))
    return [
        Problem("in_use", f"{records[pk].number} {records[pk].title} 已被其他记录引用或已有办理", field="record", value=records[pk].number)
        for pk in found
    ]


def undo(*, by: Actor, uid: Any) -> JournalEntry:
    """Take an import back. Refuses when any of its rows was changed or is used since, and imports of others."""
    entry = find(by, uid)
    if entry.actor_id == by.user_id and not (by.bodies or by.node_ids or by.roles or by.system):
        raise Denied(Problem("denied", "您已没有可办理此事的角色", field="import"))
    register, now = register_of(entry.register), clock.now()
    with transaction.atomic():
        ids = list(entry.children.values_list("record_id", flat=True))
        for i in range(0, len(ids), CHUNK):
            list(Record.objects.select_for_update().filter(pk__in=ids[i : i + CHUNK]).order_by("pk"))
        if problems := obstacles(entry):
            raise Conflict(*problems[:SHOWN])
        rows = [_back(register, child, now) for child in entry.children.select_related("record")]
        made = journal.append_bulk(
            action=f"{register.id}.undo_import", register=register.id, at=now, rows=rows, actor=by.user_id, on_behalf_of=by.on_behalf_of,
            reason=str(entry.uid), book=stored_book().digest, personal=register.personal,
        )  # fmt: skip
        if register.search_doc is not None:
            outbox.put_many("index", ((f"{r.uid}:{r.version}", {"record": r.pk}) for r, _ in rows), now)
        transaction.on_commit(outbox.wake)
    return made


def _back(register: Register, child: JournalChange, now: dt.datetime) -> tuple[Record, dict[str, list[Any]]]:
    record = child.record
    entry: Any = register.model._base_manager.get(record=record)
    entry.record = record
    before = snapshot(entry)
    record.version, record.updated_at = record.version + 1, now
    if _is_new(child.changes):
        Wait.objects.filter(record=record).delete()
        Link.objects.filter(source=record).delete()
        record.state, record.visibility, record.ref = UNDONE, "sealed", f"{record.ref[:90]}@{record.number}"
        record.save()
        return record, difference(before, snapshot(entry))
    links: dict[str, list[Any]] = {}
    for name, (old, _new) in child.changes.items():
        if name.startswith("link:"):
            links |= relink(record, name[5:], old or [], now)
        else:
            put_back(register, entry, record, name, old)
    record.save()
    entry.save()
    return record, {**difference(before, snapshot(entry)), **links}


def relink(record: Record, kind: str, targets: Iterable[int], now: dt.datetime) -> dict[str, list[Any]]:
    """Make the links of a kind exactly these again."""
    from trihelix.kernel.values import write_links

    held = Record.objects.in_bulk(list(targets))
    return write_links(record, {kind: [held[t] for t in targets if t in held]}, now)


def put_back(register: Register, entry: Any, record: Record, name: str, old: Any) -> None:
    """Set one journal field to its old value: on the base record or the typed row."""
    value = original(record, name, old)
    if name in RECORD_FIELDS:
        setattr(record, name, value)
        return
    field = next((f for f in register.model._meta.concrete_fields if f.attname == name), None)
    if field is not None:
        setattr(entry, name, typed(field, value))


def original(record: Record, name: str, value: Any) -> Any:
    """The value behind a keyed hash, where it has not been erased."""
    if isinstance(value, dict) and set(value) == {"hmac"}:
        held = JournalPrivate.objects.filter(record=record, field=name, token=value["hmac"]).first()
        return json.loads(held.value) if held else None
    return value


def typed(field: Any, value: Any) -> Any:
    """A journal value as the model field holds it."""
    if value is None:
        return None if field.null else field.get_default()
    if isinstance(field, models.DateTimeField):
        return dt.datetime.fromisoformat(value)
    if isinstance(field, models.DateField):
        return dt.date.fromisoformat(value)
    if isinstance(field, models.DecimalField):
        return Decimal(str(value))
    return value
