"""Import and export of a register's sheet: all rows or none, every wrong row named, one journal entry with a Merkle root.

Rows are read, checked and decided outside the lock; then one bulk write re-checks versions and applies (decide and apply).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from trihelix.engines import sheets
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock, journal, memo, numbers, outbox, uniques, waits
from trihelix.kernel import values as vals
from trihelix.kernel.action import difference, initial_state, snapshot, stored_book
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.models import JournalEntry, Link, Participant, Record, new_uid
from trihelix.kernel.register import Register, attribute

Progress = Callable[[int, int], None]


@dataclass
class Decision:
    """What an import would do, decided from facts loaded before: nothing is written yet."""

    read: int = 0
    problems: list[Problem] = field(default_factory=list)
    creates: list[tuple[Any, Record, dict[str, list[Record]]]] = field(default_factory=list)
    updates: list[tuple[Any, Record, dict[str, list[Any]], dict[str, list[Record]], int]] = field(default_factory=list)
    unchanged: int = 0

    def summary(self, entry: JournalEntry | None = None) -> dict[str, Any]:
        """The stable import result (formats §6)."""
        seal = getattr(entry, "seal", None) if entry else None
        bad = {p.row for p in self.problems}
        return {
            "read": self.read, "created": 0 if self.problems else len(self.creates), "updated": 0 if self.problems else len(self.updates),
            "unchanged": self.unchanged, "refused": len(bad), "errors": [p.as_json() for p in self.problems],
            "journal": str(entry.uid) if entry else None, "seq": seal.seq if seal else None,
        }  # fmt: skip


@memo.scope()
def decide(
    register: Register, rows: list[tuple[int, dict[str, Any]]], problems: Iterable[Problem], by: Actor, progress: Progress | None = None
) -> Decision:
    """Decide every row: create, update, unchanged, or a problem with row, field, code, message."""
    out = Decision(read=len(rows), problems=list(problems))
    out.problems += register.keyed(rows, by)
    context = vals.load_context(register, (row for _, row in rows), by)
    existing = _existing(register, [row for _, row in rows], by)
    kinds = [kind for _, kind in register.links.values()]
    linked = vals.linked_refs([e.record for hits in existing.values() for e in hits], kinds)
    now, synthetic, version = clock.now(), by.demo, stored_book()
    seen: dict[tuple[int | None, str], int] = {}
    placed: list[tuple[int, Any]] = []
    for i, (number, row) in enumerate(rows):
        if progress and i % 500 == 0:
            progress(i, len(rows))
        found = _decide_row(register, row, by, context, existing, linked)
        if isinstance(found, list):
            out.problems += [p.at(row=number) for p in found]
            continue
        entry, owner, hits = found
        if entry is not None:
            _decide_update(register, out, number, row, entry, hits, by, linked)
            placed.append((number, entry))
            continue
        record = Record(
            uid=new_uid(), register=register.id, state=row.get("state") or _import_state(register, by, row), owner=owner,
            node=owner.node if owner else None, synthetic=synthetic or bool(row.get("synthetic")), book=version, created_at=now, updated_at=now,
            created_by_id=by.user_id, ref=str(row.get("ref") or ""), flow_version=register.flow.version,
            visibility=_import_visibility(register, by),
        )  # fmt: skip
        record.ref = record.ref or str(record.uid)
        key = (owner.pk if owner else None, record.ref)
        if key in seen:
            out.problems.append(Problem("duplicate_row", f"与第 {seen[key]} 行的外部编号重复", field="ref", row=number, value=record.ref))
            continue
        seen[key] = number
        typed: Any = register.model(record=record)
        links = vals.apply(register, typed, record, row, hits)
        register.imported(typed, clock.local_date(now))
        out.creates.append((typed, record, links))
        placed.append((number, typed))
    out.problems += uniques.clashes(register, placed)
    out.problems.sort(key=lambda p: (p.row if isinstance(p.row, int) else 0, p.field or ""))
    return out


def _import_state(register: Register, by: Actor, row: Mapping[str, Any]) -> str:
    privileged = by.roles & vals.PRIVILEGED or by.node_ids or by.system
    wanted = register.import_state(row) if callable(register.import_state) else register.import_state
    return wanted if wanted and privileged else initial_state(register)


def _import_visibility(register: Register, by: Actor) -> str:
    privileged = by.roles & vals.PRIVILEGED or by.node_ids or by.system
    return register.import_visibility if register.import_visibility and privileged else "owner"


def _existing(register: Register, rows: list[dict[str, Any]], by: Actor) -> dict[str, list[Any]]:
    """Typed rows already there, by ref, number and uid."""
    names = sorted({str(row[k]) for row in rows for k in ("ref", "number", "uid") if row.get(k)})
    refs = ("record__owner", "record__node", *(c for c in register.refs if c != register.owner_column))  # the row shows their refs
    out: dict[str, list[Any]] = {}
    for i in range(0, len(names), 400):
        part = names[i : i + 400]
        scoped = entries(by, register.model).select_related(*refs)
        uids = [n for n in part if len(n) in (32, 36) and vals._is_uuid(n)]
        found: list[Any] = [
            *scoped.filter(record__ref__in=part),
            *scoped.filter(record__number__in=part),
            *scoped.filter(record__uid__in=uids),
        ]
        for entry in {e.pk: e for e in found}.values():
            for name in {entry.record.ref, entry.record.number, str(entry.record.uid)}:
                out.setdefault(name, []).append(entry)
    return out


def _decide_row(
    register: Register, row: Mapping[str, Any], by: Actor, context: Any, existing: Mapping[str, list[Any]], linked: Any
) -> tuple[Any | None, Record | None, dict[str, list[Record]]] | list[Problem]:
    hits, problems = vals.resolve(register, row, context)
    entry = None
    if row.get("uid") or row.get("number"):
        named = existing.get(str(row.get("uid") or ""), []) or existing.get(str(row.get("number") or ""), [])
        entry = named[0] if named else None
        if entry is None and not row.get("ref"):
            problems.append(Problem("not_found", f"找不到编号为 “{row.get('number') or row.get('uid')}” 的记录", field="number"))
    owner = None
    if entry is None:
        owner, more = vals.decide_owner(register, by, hits)
        problems += more
        candidates = [e for e in existing.get(str(row.get("ref") or ""), []) if e.record.ref == str(row.get("ref"))]
        named_owner = bool(hits.get(register.owner_column))
        mine = [e for e in candidates if e.record.owner_id == (owner.pk if owner else None)] if named_owner or owner else candidates
        entry = mine[0] if len(mine) == 1 else None
        if len(mine) > 1:
            problems.append(Problem("ambiguous_ref", "外部编号对应多个单位的记录，请填写所属单位", field="ref", value=row.get("ref")))
    full = dict(row)
    if entry is not None:
        kinds = linked.get(entry.record.pk, {})
        full = {**vals.to_row(register, entry, kinds), **row}
    problems += vals.misfits(register, row)
    problems += list(register.check(full, {"by": by, "import": True}))
    if entry is None and not by.sees_all:
        problems += _may_create(register, by, owner)
    if (state := row.get("state")) and state not in {s.id for s in register.flow.states}:
        problems.append(
            Problem(
                "unknown_state", f"没有状态 “{state}”；可用：{'、'.join(s.id for s in register.flow.states)}", field="state", value=state
            )
        )
    elif state and entry is None and state != initial_state(register) and not (by.roles & vals.PRIVILEGED or by.system or by.node_ids):
        problems.append(Problem("state_by_act", "新记录的状态只能由办理得到，请留空", field="state", value=state))
    return problems if problems else (entry, owner, hits)


def _may_create(register: Register, by: Actor, owner: Record | None) -> list[Problem]:
    roles = {"owner"} if owner is not None and (owner.pk in by.bodies or owner.pk == by.person_id) else set()
    roles |= {"node"} if by.node_ids else set()
    if (roles | by.roles) & set(register.create_roles):
        return []
    return [Problem("denied", f"您不能导入{register.zh}；由 {'、'.join(register.create_roles)} 办理", field=None)]


def _decide_update(
    register: Register, out: Decision, number: int, row: Mapping[str, Any], entry: Any, hits: Any, by: Actor, linked: Any
) -> None:
    record = entry.record
    if row.get("state") and row["state"] != record.state:
        out.problems.append(
            Problem("state_by_act", f"状态只能由办理改变（现为 {record.state}）", field="state", row=number, value=row["state"])
        )
        return
    before, links_before = snapshot(entry), linked.get(record.pk, {})
    links = vals.apply(register, entry, record, row, hits)
    changes = difference(before, snapshot(entry))
    changed_links = {k: v for k, v in links.items() if [t.ref for t in v] != list(links_before.get(k, []))}
    if not changes and not changed_links:
        out.unchanged += 1
        return
    if row.get("version") not in (None, "", record.version):
        text = f"第 {number} 行的版本 {row['version']} 已过时（现为 {record.version}）；请重新导出后再改"
        out.problems.append(Problem("stale", text, field="version", row=number, value=row["version"]))
        return
    if not (by.sees_all and by.roles & vals.PRIVILEGED) and not by.roles_on(record) & {"owner", "node", "officer", "operator", "system"}:
        out.problems.append(Problem("denied", "您不能修改此记录", field="ref", row=number, value=record.ref))
        return
    out.updates.append((entry, record, changes, changed_links, record.version))


def apply(register: Register, decision: Decision, by: Actor, *, name: str = "", on_behalf_of: int | None = None) -> JournalEntry | None:
    """One bulk write of what was decided; refuses when a row changed meanwhile. Returns the journal entry (none if nothing to do)."""
    if decision.problems:
        raise Refused.of(decision.problems)
    if not decision.creates and not decision.updates:
        return None
    now = clock.now()
    with transaction.atomic():
        journal_rows = _apply_updates(register, decision, now)
        journal_rows += _apply_creates(register, decision, now)
        entry = journal.append_bulk(
            action=f"{register.id}.import", register=register.id, at=now, rows=journal_rows, actor=by.user_id, on_behalf_of=on_behalf_of,
            reason=name, book=stored_book().digest, personal=register.personal,
        )  # fmt: skip
        waits.bulk_rewrite(register, (r for _, r, _ in decision.creates), now)
        if register.search_doc is not None:
            outbox.put_many("index", ((f"{r.uid}:{r.version}", {"record": r.pk}) for r, _ in journal_rows), now)
        transaction.on_commit(outbox.wake)
    return entry


def _apply_creates(register: Register, decision: Decision, now: Any) -> list[tuple[Record, dict[str, list[Any]]]]:
    records = [record for _, record, _ in decision.creates]
    if not records:
        return []
    for entry, record, _ in decision.creates:
        if register.node_of is not None:
            record.node = register.node_of(entry) or record.node
    for record, number in zip(records, numbers.reserve(register.prefix, clock.local_date(now).year, len(records)), strict=True):
        record.number = number
    Record.objects.bulk_create(records, batch_size=500)
    typed = []
    for entry, record, _ in decision.creates:
        entry.record = record  # takes over the new primary key
        typed.append(entry)
    register.model._base_manager.bulk_create(typed, batch_size=500)
    links = [
        Link(source=record, target=target, kind=kind, position=i, at=now)
        for _, record, kinds in decision.creates
        for kind, targets in kinds.items()
        for i, target in enumerate(dict.fromkeys(targets))
    ]
    Link.objects.bulk_create(links, batch_size=500)
    _admit(register, typed, now)
    return [(record, difference({}, snapshot(entry))) for entry, record, _ in decision.creates]


def _admit(register: Register, rows: list[Any], now: Any) -> None:
    """Bodies named in the columns of ``admits`` take part in the case; the part of one that the import replaced ends."""
    for i in range(0, len(rows), 400) if register.admits else ():
        wanted = {
            (entry.record.pk, role): body
            for entry in rows[i : i + 400]
            for role, column in register.admits.items()
            if (body := getattr(entry, f"{column}_id")) is not None
        }
        cases = {entry.record.pk for entry in rows[i : i + 400]}
        held = Participant.objects.filter(record__in=cases, role__in=register.admits, user=None, until=None)
        gone = []
        for pk, record, body, role in held.values_list("pk", "record", "body", "role"):
            if wanted.get((record, role)) == body:
                del wanted[record, role]
            else:
                gone.append(pk)
        Participant.objects.filter(pk__in=gone).update(until=now)
        Participant.objects.bulk_create(
            Participant(record_id=record, body_id=body, role=role, since=now) for (record, role), body in wanted.items()
        )


def _apply_updates(register: Register, decision: Decision, now: Any) -> list[tuple[Record, dict[str, list[Any]]]]:
    if not decision.updates:
        return []
    ids = [record.pk for _, record, *_ in decision.updates]
    current: dict[int, int] = {}
    for i in range(0, len(ids), 400):
        locked = Record.objects.select_for_update().filter(pk__in=ids[i : i + 400]).order_by("pk")
        current.update(locked.values_list("pk", "version"))
    stale = [r.ref for _, r, _, _, version in decision.updates if current.get(r.pk) != version]
    if stale:
        raise Refused.of(Problem("stale", f"记录 {ref} 在导入期间被他人修改，请重试", field="ref", value=ref) for ref in stale)
    out = []
    for _, record, changes, links, _ in decision.updates:
        record.version, record.updated_at = record.version + 1, now
        out.append((record, {**changes, **vals.write_links(record, links, now)}))
    _rewrite(Record, [r for _, r, *_ in decision.updates], ["title", "ref", "owner", "node", "version", "updated_at"])
    names = [f.name for f in register.model._meta.concrete_fields if not f.primary_key]
    _rewrite(register.model, [e for e, *_ in decision.updates], names)
    _admit(register, [e for e, *_ in decision.updates], now)
    return out


def _rewrite(model: Any, rows: list[Any], names: list[str]) -> None:
    """Write rows that exist again, by the insert that updates where the key is there: one plain statement a batch, where ``bulk_update``
    builds a condition for each row and column (ten times the processor time at 16,574 rows)."""
    model._base_manager.bulk_create(rows, batch_size=500, update_conflicts=True, unique_fields=["pk"], update_fields=names)


def import_rows(register: Register, rows: Iterable[Mapping[str, Any]], by: Actor, name: str = "") -> JournalEntry | None:
    """Import values already parsed (sheet column → value), all or none; for generators and other registers' acts."""
    decision = decide(register, [(i, dict(row)) for i, row in enumerate(rows, 1)], (), by)
    return apply(register, decision, by, name=name)


def import_file(register: Register, path: Path, by: Actor, *, dry_run: bool = False, progress: Progress | None = None) -> dict[str, Any]:
    """Import a sheet file; returns the stable result. With any error nothing is written."""
    rows, problems = sheets.read(register.sheet, path)
    decision = decide(register, rows, problems, by, progress)
    decision.read = len({n for n, _ in rows} | {p.row for p in problems if isinstance(p.row, int)})
    if decision.problems or dry_run:
        return decision.summary()
    entry = apply(register, decision, by, name=path.name)
    return decision.summary(JournalEntry.objects.select_related("seal").get(pk=entry.pk) if entry else None)


def export_rows(register: Register, queryset: QuerySet[Any], by: Actor) -> Iterator[dict[str, Any]]:
    """Sheet rows of a scoped queryset, in chunks with a bounded number of queries each."""
    kinds = [kind for _, kind in register.links.values()]
    refs = [c for c in register.refs if c != register.owner_column]
    chunk: list[Any] = []
    for entry in queryset.select_related("record__owner", *refs).iterator(chunk_size=500):
        chunk.append(entry)
        if len(chunk) == 500:
            yield from _chunk_rows(register, chunk, kinds, by)
            chunk = []
    yield from _chunk_rows(register, chunk, kinds, by)


def _chunk_rows(register: Register, chunk: list[Any], kinds: list[str], by: Actor) -> Iterator[dict[str, Any]]:
    linked = vals.linked_refs([e.record for e in chunk], kinds)
    for entry in chunk:
        yield vals.to_row(register, entry, linked.get(entry.record.pk), vals.hidden_for_list(register, by, entry))


def columns_attribute(register: Register, name: str) -> str:
    """The query path of a column: on the base record or on the typed row."""
    if name in ("title", "state", "number", "ref", "version", "uid", "synthetic", "visibility", "created_at", "updated_at"):
        return f"record__{name}"
    if name == register.owner_column:
        return "record__owner__title"
    return f"{name}__title" if name in register.refs else attribute(name)
