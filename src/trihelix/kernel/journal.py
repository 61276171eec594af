"""Write, seal and verify the journal.

An act appends its entry in its own transaction without touching the chain. One sealer takes committed entries without a
seal, in batches, and links them; the sealed order is the order of the public feed. Before sealing a deletion cannot be
detected; head and count are written outside the database at each batch, so that a cut tail shows.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from trihelix.engines import chain
from trihelix.kernel import clock
from trihelix.kernel.home import home
from trihelix.kernel.models import JournalChange, JournalEntry, JournalPrivate, JournalSeal, Record

GENESIS = "0" * 64
LOCK_ID = 7_216_001  # advisory lock of the sealer on PostgreSQL
BATCH = 2_000


def content(entry: JournalEntry) -> dict[str, Any]:
    """What the digest of an entry covers: everything but the digest itself."""
    return {
        "uid": str(entry.uid), "at": entry.at.astimezone(dt.UTC).isoformat(), "action": entry.action, "register": entry.register,
        "record": entry.record_id, "version": entry.version, "actor": entry.actor_id, "on_behalf_of": entry.on_behalf_of_id,
        "changes": entry.changes, "reason": entry.reason, "book": entry.book, "rows": entry.rows, "merkle_root": entry.merkle_root,
        "public": entry.public,
    }  # fmt: skip


def tokenise(changes: Mapping[str, list[Any]], personal: frozenset[str]) -> tuple[dict[str, list[Any]], list[dict[str, str]]]:
    """Replace personal values by keyed hashes; returns the changes for the chain and the private rows to store beside it."""
    out: dict[str, list[Any]] = {}
    private: list[dict[str, str]] = []
    for name, pair in changes.items():
        if name not in personal:
            out[name] = list(pair)
            continue
        tokens: list[Any] = []
        for value in pair:
            if value in (None, "", [], {}):
                tokens.append(value)
                continue
            salt, text = secrets.token_hex(16), json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
            token = chain.token(salt, text)
            tokens.append({"hmac": token})
            private.append({"field": name, "token": token, "salt": salt, "value": text})
        out[name] = tokens
    return out, private


def append(
    *, action: str, register: str, at: dt.datetime, record: Record | None, changes: Mapping[str, list[Any]], actor: int | None,
    on_behalf_of: int | None = None, reason: str = "", book: str = "", personal: frozenset[str] = frozenset(), public: bool = False,
) -> JournalEntry:  # fmt: skip
    """Append one entry inside the act's transaction."""
    safe, private = tokenise(changes, personal)
    entry = JournalEntry(
        at=at, action=action, record=record, register=register, version=record.version if record else None, actor_id=actor,
        on_behalf_of_id=on_behalf_of, changes=safe, reason=reason, book=book, public=public,
    )  # fmt: skip
    entry.digest = chain.digest(content(entry))
    entry.save(force_insert=True)
    if private and record is not None:
        JournalPrivate.objects.bulk_create(JournalPrivate(entry=entry, record=record, **p) for p in private)
    return entry


def append_bulk(
    *, action: str, register: str, at: dt.datetime, rows: Iterable[tuple[Record, Mapping[str, list[Any]]]], actor: int | None,
    on_behalf_of: int | None = None, reason: str = "", book: str = "", personal: frozenset[str] = frozenset(),
) -> JournalEntry:  # fmt: skip
    """One entry for a bulk act: a Merkle root over its rows, each row's old and new as a child."""
    prepared = [(record, *tokenise(changes, personal)) for record, changes in rows]
    leaves = [chain.digest({"record": r.pk, "uid": str(r.uid), "version": r.version, "changes": c}) for r, c, _ in prepared]
    entry = JournalEntry(
        at=at, action=action, record=None, register=register, version=None, actor_id=actor, on_behalf_of_id=on_behalf_of,
        changes={}, reason=reason, book=book, rows=len(prepared), merkle_root=chain.merkle_root(leaves),
    )  # fmt: skip
    entry.digest = chain.digest(content(entry))
    entry.save(force_insert=True)
    JournalChange.objects.bulk_create(
        (
            JournalChange(entry=entry, position=i, record=r, version=r.version, changes=c, leaf=leaves[i])
            for i, (r, c, _) in enumerate(prepared)
        ),
        batch_size=500,
    )
    JournalPrivate.objects.bulk_create(
        (JournalPrivate(entry=entry, record=r, **p) for r, _, private in prepared for p in private), batch_size=500
    )
    return entry


def _sealer_lock() -> bool:
    if connection.vendor != "postgresql":
        return True  # BEGIN IMMEDIATE already admits one writer
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK_ID])
        return bool(cursor.fetchone()[0])


def seal_pending() -> int:
    """Link committed entries that have no seal, oldest first; returns how many. Safe to call from anywhere, any time."""
    total = 0
    while True:
        with transaction.atomic():
            if not _sealer_lock():
                return total
            pending = list(JournalEntry.objects.filter(seal=None).order_by("id").values_list("id", "digest")[:BATCH])
            if not pending:
                return total
            last = JournalSeal.objects.order_by("-seq").first()
            seq, head = (last.seq, last.hash) if last else (0, GENESIS)
            seals = []
            for entry_id, digest in pending:
                seq, previous, head = seq + 1, head, chain.link(head, digest)
                seals.append(JournalSeal(seq=seq, entry_id=entry_id, previous=previous, hash=head))
            JournalSeal.objects.bulk_create(seals, batch_size=500)
            transaction.on_commit(functools.partial(write_head, seq, head))
        total += len(pending)
        if len(pending) < BATCH:
            return total


def head_file() -> Path:
    return home() / "journal.head"


def write_head(seq: int, head: str) -> None:
    """Append head and count outside the database, so that a cut tail shows."""
    with head_file().open("a", encoding="utf-8") as out:
        out.write(json.dumps({"seq": seq, "hash": head}) + "\n")


def heads() -> list[dict[str, Any]]:
    """The heads noted outside the database, oldest first."""
    if not head_file().exists():
        return []
    return [json.loads(line) for line in head_file().read_text(encoding="utf-8").splitlines() if line.strip()]


def _children_fault(entry: JournalEntry) -> str | None:
    children = list(entry.children.select_related("record").order_by("position"))
    if len(children) != entry.rows:
        return f"应有 {entry.rows} 行，现有 {len(children)} 行"
    leaves = [chain.digest({"record": c.record_id, "uid": str(c.record.uid), "version": c.version, "changes": c.changes}) for c in children]
    for child, leaf in zip(children, leaves, strict=True):
        if leaf != child.leaf:
            return f"第 {child.position} 行被改动"
    return None if chain.merkle_root(leaves) == entry.merkle_root else "行的默克尔根不符"


def faults() -> Iterator[dict[str, Any]]:
    """Every fault of the sealed chain: altered, deleted or inserted entries, a cut tail, entries unsealed beyond a minute."""
    noted = {h["seq"]: h["hash"] for h in heads()}
    previous, expected = GENESIS, 0
    for seal in JournalSeal.objects.select_related("entry").order_by("seq").iterator(chunk_size=2000):
        expected += 1
        entry = seal.entry if seal.entry_id else None
        name = {"seq": seal.seq, "entry": str(entry.uid) if entry else None, "action": entry.action if entry else None}
        if seal.seq != expected:
            yield {**name, "fault": "deleted", "message": f"第 {expected} 至 {seal.seq - 1} 号封存条目缺失"}
            expected = seal.seq
        if entry is None:
            continue
        if chain.digest(content(entry)) != entry.digest:
            yield {**name, "fault": "altered", "message": f"第 {seal.seq} 号条目的内容被改动"}
        if seal.previous != previous:
            yield {**name, "fault": "inserted", "message": f"第 {seal.seq} 号条目与前一条不衔接（被插入或前一条被替换）"}
        if chain.link(seal.previous, entry.digest) != seal.hash:
            yield {**name, "fault": "altered", "message": f"第 {seal.seq} 号条目的摘要与封条不符"}
        if seal.seq in noted and noted[seal.seq] != seal.hash:
            yield {**name, "fault": "rewritten", "message": f"第 {seal.seq} 号封条与库外记录的链头不符"}
        if entry.rows and (fault := _children_fault(entry)):
            yield {**name, "fault": "altered", "message": f"第 {seal.seq} 号批量条目：{fault}"}
        previous = seal.hash
    if noted and max(noted) > expected:
        yield {
            "seq": expected + 1,
            "entry": None,
            "action": None,
            "fault": "cut",
            "message": f"链尾被截断：库外记录到 {max(noted)} 号，库中只到 {expected} 号",
        }
    limit = clock.now() - dt.timedelta(minutes=1)
    for entry in JournalEntry.objects.filter(seal=None, at__lt=limit).order_by("id").iterator():
        yield {"seq": None, "entry": str(entry.uid), "action": entry.action, "fault": "unsealed", "message": "条目超过一分钟仍未封存"}


def verify() -> dict[str, Any]:
    """Replay the chain; ``faults`` is empty when it holds."""
    found = list(faults()) + list(_private_faults())
    last = JournalSeal.objects.order_by("-seq").first()
    return {"ok": not found, "sealed": last.seq if last else 0, "head": last.hash if last else GENESIS, "faults": found}


def _private_faults() -> Iterator[dict[str, Any]]:
    for row in JournalPrivate.objects.select_related("entry").iterator(chunk_size=2000):
        if chain.token(row.salt, row.value) != row.token:
            yield {
                "seq": None,
                "entry": str(row.entry.uid),
                "action": row.entry.action,
                "fault": "altered",
                "message": f"个人信息 {row.field} 与链中摘要不符",
            }


def erase_personal(record: Record) -> int:
    """Erase the personal values kept for a record, salt and value together; the chain stays verifiable."""
    count, _ = JournalPrivate.objects.filter(record=record).delete()
    return count


def history(record: Record) -> list[dict[str, Any]]:
    """Every change of a record, newest first, from single and bulk entries, with old and new per field."""
    single: list[tuple[dt.datetime, int, JournalEntry, Any, int | None]] = [
        (e.at, e.pk, e, e.changes, e.version) for e in record.journal.select_related("actor", "on_behalf_of")
    ]
    bulk: list[tuple[dt.datetime, int, JournalEntry, Any, int | None]] = [
        (c.entry.at, c.entry_id, c.entry, c.changes, c.version)
        for c in record.bulk_changes.select_related("entry__actor", "entry__on_behalf_of")
    ]
    rows = sorted(single + bulk, key=lambda x: (x[0], x[1]), reverse=True)
    return [{"at": at, "entry": e, "changes": changes, "version": version} for at, _, e, changes, version in rows]
