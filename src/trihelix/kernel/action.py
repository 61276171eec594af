"""The action: every write is the same seven steps in one transaction.

authorise → lock → check the flow → check the rules → change → append to the journal → queue after-commit work.

A register's ``actions.py`` holds plain functions decorated with :func:`action`; the function is the rules-and-change part and
gets the running act ``a`` first. Callers use keywords only: ``publish(by=actor, record=uid, note="…")``.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction

from trihelix.engines import flow as flows
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import Column
from trihelix.kernel import book, clock, journal, numbers, outbox, publicity, waits
from trihelix.kernel import values as vals
from trihelix.kernel.actor import Actor, sees, visible_to
from trihelix.kernel.errors import Conflict, Denied, Stale, Unseen
from trihelix.kernel.models import BookVersion, IdempotencyKey, Link, Participant, Record, Wait
from trihelix.kernel.register import Act, Register, register_of

RECORD_FIELDS = ("title", "state", "owner_id", "node_id", "visibility", "ref", "number", "merged_into_id")
SCALARS = (str, int, bool, float)  # JSON values as they stand
ANYONE = "anyone"  # a role that every signed-in account plays


class Run:
    """A running act: what the decorated function may read and do. ``entry`` is the typed row, ``record`` its base."""

    def __init__(self, register: Register, spec: Act, by: Actor, now: dt.datetime, reason: str) -> None:
        self.register, self.spec, self.by, self.now, self.reason = register, spec, by, now, reason
        self.entry: Any = None
        self.record: Record = None  # type: ignore[assignment]
        self.extra: dict[str, list[Any]] = {}  # further changes for the journal, such as rows of child tables
        self.pending_links: dict[str, list[Record]] = {}  # written once a new row is saved
        self.admitted = False  # somebody joined since the waits were written
        self.on_saved: list[Callable[[], None]] = []  # run once a new row is saved, still in the transaction
        self.target: str | None = None

    @property
    def today(self) -> dt.date:
        return clock.local_date(self.now)

    def refuse(self, code: str, message: str, **place: Any) -> None:
        """Refuse the act; nothing is written."""
        raise Refused.one(code, message, **place)

    def require(self, condition: object, code: str, message: str, **place: Any) -> None:
        """Refuse unless the condition holds."""
        if not condition:
            self.refuse(code, message, **place)

    def go(self, state: str) -> None:
        """Choose the target among several that the transition allows (a decision with outcomes)."""
        self.target = state

    def link(self, target: Record, kind: str, source: Record | None = None, position: int = 0) -> None:
        """Link this record (or ``source``) to another; the thread is made of these."""
        Link.objects.get_or_create(source=source or self.record, target=target, kind=kind, defaults={"at": self.now, "position": position})

    def admit(self, role: str, body: Record | None = None, user_id: int | None = None) -> None:
        """Let a body or person take part in this case with a role."""
        if not self.record.participants.filter(body=body, user=user_id, role=role, until=None).exists():
            Participant(record=self.record, body=body, user_id=user_id, role=role, since=self.now).save()
            self.admitted = True

    def notify(
        self, text: str, *, roles: Iterable[str] = (), bodies: Iterable[int] = (), users: Iterable[int] = (), key: str = "", en: str = ""
    ) -> None:
        """Queue an on-screen notice (exactly once) and mail to the people of roles on this record, of bodies, or by account."""
        outbox.put_notice(
            self.record, text, self.now, roles=roles, bodies=bodies, users=users, key=f"{self.spec.name}:{self.record.version}:{key}", en=en
        )

    def after_saved(self, step: Callable[[], None]) -> None:
        """Do something in this transaction once the record, its row and its waits are written."""
        self.on_saved.append(step)

    def after(self, kind: str, key: str, **payload: Any) -> None:
        """Queue after-commit work; the outbox row is the truth."""
        outbox.put(kind, key, payload, self.now)


def action(
    register: str, act: str, zh: str, en: str, *, fields: Iterable[Column] = (), roles: Iterable[str] = (),
    danger: bool = False, safe: bool = False, creates: bool = False, hidden: bool = False, tells: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:  # fmt: skip
    """Register a function as the writer of one act.

    An act named by a transition of the register's flow takes its roles, sources and target from there; any other act names its
    ``roles`` (relative to the record: owner, node, participant roles, province roles, or ``anyone`` signed in).
    """

    def wrap(fn: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(fn)
        def call(
            *, by: Actor, record: Any = None, version: int | None = None, key: str | None = None, reason: str = "",
            now: dt.datetime | None = None, **values: Any,
        ) -> Any:  # fmt: skip
            reg = register_of(register)
            return _perform(reg, reg.acts[act], fn, by, record, version, key, reason, now or clock.now(), values)

        spec = Act(register, act, zh, en, call, tuple(fields), tuple(roles), danger, safe, creates, hidden, tells)
        register_of(register).acts[act] = spec
        call.spec = spec  # type: ignore[attr-defined]
        return call

    return wrap


def plain(value: Any) -> Any:
    """A JSON value of a model value, stable across databases."""
    if value is None or type(value) in SCALARS:
        return value
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")  # 50 and 50.0000 are one value: how many zeros a database keeps is no change
    if isinstance(value, dt.date | uuid.UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def snapshot(entry: Any) -> dict[str, Any]:
    """Field values of a typed row and its base record, as JSON values."""
    out = {f: plain(getattr(entry.record, f)) for f in RECORD_FIELDS}
    for field in entry._meta.concrete_fields:
        if not field.primary_key:
            out[field.attname] = plain(getattr(entry, field.attname))
    return out


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """``{field: [old, new]}`` of what differs; empty values of a new record are left out."""
    return {k: [before.get(k), v] for k, v in after.items() if before.get(k) != v and not (k not in before and v in (None, "", [], {}))}


def find(register: Register, name: Any, by: Actor) -> Record:
    """The record by uid, number, integer key, ``ref`` where unique, or ``owner:ref``; only if ``by`` may see it."""
    return _find(register, name, by)[0]


def _find(register: Register, name: Any, by: Actor) -> tuple[Record, frozenset[str] | None]:
    """The record as :func:`find` gives it, and the actor's case roles there where they were read."""
    if isinstance(name, models.Model):
        return _seen(register, models.Q(pk=name.pk), name, by)
    if isinstance(name, uuid.UUID):
        return _seen(register, models.Q(uid=name), name, by)
    text = str(name).strip()
    try:
        return _seen(register, models.Q(uid=uuid.UUID(text)), name, by)
    except ValueError:
        pass
    scoped = visible_to(by, Record.objects.filter(register=register.id)).select_related("owner", "node")
    if hit := scoped.filter(number=text).first():
        return hit, None
    hits = list(scoped.filter(ref=text)[:6])
    if not hits and ":" in text:
        owner, ref = text.split(":", 1)
        hits = list(scoped.filter(ref=ref).filter(models.Q(owner__ref=owner) | models.Q(owner__number=owner))[:6])
    if len(hits) > 1:
        candidates = "、".join(f"{h.owner.ref if h.owner else ''}:{h.ref}（{h.number}）" for h in hits)
        raise Refused.one("ambiguous_ref", f"“{text}” 对应多条记录，请用 “单位:编号” 指明：{candidates}", field="ref", value=text)
    if not hits:
        raise Unseen.record(register.zh, text)
    return hits[0], None


def _seen(register: Register, condition: models.Q, name: Any, by: Actor) -> tuple[Record, frozenset[str]]:
    found = next(iter(Record.objects.filter(condition, register=register.id)), None)
    parts = by.parts_in(found) if found is not None else frozenset()
    if found is None or not sees(by, found, parts):
        raise Unseen.record(register.zh, name)
    return found, parts


def allowed_roles(register: Register, spec: Act, state: str) -> tuple[str, ...]:
    """The roles that may do an act in a state: from the flow, else from the act itself."""
    transition = flows.transition(register.flow, state, spec.act)
    return tuple(transition.roles) if transition else spec.roles


def is_transition(register: Register, act: str) -> bool:
    return any(t.act == act for t in register.flow.transitions)


def may(register: Register, spec: Act, by: Actor, record: Record) -> bool:
    """Whether the actor can do the act on the record now (rights and state; guards aside)."""
    if is_transition(register, spec.act) and flows.transition(register.flow, record.state, spec.act) is None:
        return False
    allowed = set(allowed_roles(register, spec, record.state))
    return bool(allowed & by.roles_on(record)) or (ANYONE in allowed and by.signed_in)


def _authorise(register: Register, spec: Act, by: Actor, roles: frozenset[str]) -> None:
    transition_roles = {r for t in register.flow.transitions if t.act == spec.act for r in t.roles}
    allowed = transition_roles or set(spec.roles)
    if ANYONE in allowed and by.signed_in:
        return
    if not allowed & roles:
        whom = "、".join(sorted(allowed)) or "system"
        raise Denied(
            Problem("denied", f"您没有 “{spec.zh}” 的权限；此操作由 {whom} 办理，请联系本单位管理员或所属站点", field="act", value=spec.act)
        )


def _check_version(register: Register, entry: Any, version: int | None) -> None:
    if version is not None and version != entry.record.version:
        changes = [h for h in journal.history(entry.record) if (h["version"] or 0) > version]
        fields = sorted({f for h in changes for f in h["changes"]})
        raise Stale(
            Problem(
                "stale", f"此记录已被他人修改（您的版本 {version}，现为 {entry.record.version}），改动：{'、'.join(fields) or '状态'}。请刷新后再改",
                field="version", value={"yours": version, "current": entry.record.version, "changed": fields},
            )
        )  # fmt: skip


def _request_digest(values: Mapping[str, Any], record: Any) -> str:
    return hashlib.sha256(
        json.dumps([plain(dict(values)), str(record)], sort_keys=True, default=str, ensure_ascii=False).encode()
    ).hexdigest()


def _replayed(by: Actor, key: str | None, name: str, digest: str) -> Any:
    if not key:
        return None
    held = IdempotencyKey.objects.filter(actor_id=by.user_id, key=key).first()
    if held is None:
        return None
    if held.request != digest or held.action != name:
        raise Conflict(Problem("key_reused", "同一幂等键已用于另一请求，请换一个键", field="Idempotency-Key", value=key))
    return Record.objects.get(uid=held.answer["uid"]).entry if held.answer.get("uid") else held.answer


def _perform(
    register: Register, spec: Act, fn: Callable[..., Any], by: Actor, name: Any, version: int | None, key: str | None,
    reason: str, now: dt.datetime, values: dict[str, Any],
) -> Any:  # fmt: skip
    run = Run(register, spec, by, now, reason.strip())
    key = None if spec.tells else key  # what is told depends on who may know it now, not on who asked before
    digest = _request_digest(values, name) if key else ""
    with transaction.atomic():
        if (held := _replayed(by, key, spec.name, digest)) is not None:
            return held
        if spec.creates:
            result = _create(run, fn, values)
        else:
            result = _change(run, fn, name, version, values)
        if key:
            IdempotencyKey.objects.create(
                actor_id=by.user_id, key=key, action=spec.name, request=digest, answer={"uid": str(run.record.uid)}, at=now
            )
        transaction.on_commit(outbox.wake)
    return result


def _known_values(spec: Act, values: Mapping[str, Any]) -> None:
    known = {c.name for c in spec.fields}
    if spec.fields and (unknown := sorted(set(values) - known)):
        raise Refused.of(
            Problem("unknown_field", f"“{spec.zh}” 没有字段 “{u}”；可用：{'、'.join(sorted(known))}", field=u) for u in unknown
        )
    missing = [c for c in spec.fields if c.required and values.get(c.name) in (None, "", [])]
    if missing:
        raise Refused.of(Problem("required", f"请填写 “{c.zh}”", field=c.name) for c in missing)


def _locked(seen: Record) -> Record:
    """The record, locked, as it is now. On SQLite the act's own transaction admitted no other writer since before the record was read."""
    if not connection.features.has_select_for_update:
        return seen
    return Record.objects.select_for_update().get(pk=seen.pk)


def _change(run: Run, fn: Callable[..., Any], name: Any, version: int | None, values: dict[str, Any]) -> Any:
    register, spec, by = run.register, run.spec, run.by
    seen, parts = _find(register, name, by)
    _authorise(register, spec, by, by.roles_on(seen, parts))
    run.record = _locked(seen)
    if run.record.version != seen.version:
        parts = by.parts_in(run.record)  # it changed while this act waited for the lock
        _authorise(register, spec, by, by.roles_on(run.record, parts))
    run.entry = register.model._base_manager.select_related(None).get(pk=run.record.pk)
    run.entry.record = run.record
    _check_version(register, run.entry, version)
    _known_values(spec, values)
    target = None
    if is_transition(register, spec.act):
        roles = by.roles_on(run.record, parts) | ({ANYONE} if by.signed_in else frozenset())
        facts = {"today": run.today, **register.facts(run.entry, by, values)}
        target = flows.fire(register.flow, run.record.state, spec.act, roles, facts)
        transition = flows.transition(register.flow, run.record.state, spec.act)
        if transition is not None and transition.reason_required and not run.reason:
            raise Refused.one("reason_required", f"“{spec.zh}” 须说明理由", field="reason")
        publicity.hold(register, run.record, spec.act)
    before, held = snapshot(run.entry), _columns(run.record)
    answer = fn(run, run.entry, **values)
    if target is not None:
        run.record.state = run.target or target
    _write(run, before, held, new=False)
    return run.entry if answer is None else answer


def may_start(spec: Act, by: Actor) -> bool:
    """Whether an actor may start a record by this act at all; whose it may be is for the act. Hidden acts belong to other acts."""
    held = set(by.roles) | ({"owner"} if by.bodies or by.person_id else set()) | ({"node"} if by.node_ids else set())
    held |= ({ANYONE} if by.signed_in else set()) | ({"system"} if by.system else set())
    return by.system or spec.hidden or bool(held & set(spec.roles))


def _create(run: Run, fn: Callable[..., Any], values: dict[str, Any]) -> Any:
    register, spec, by = run.register, run.spec, run.by
    if not by.signed_in and not by.system:
        raise Denied(Problem("sign_in", "请先登录", field="act", value=spec.act))
    if not may_start(spec, by):
        whom = "、".join(spec.roles)
        raise Denied(
            Problem("denied", f"您没有 “{spec.zh}” 的权限；此操作由 {whom} 办理，请联系本单位管理员或所属站点", field="act", value=spec.act)
        )
    _known_values(spec, values)
    run.entry = register.model()
    run.record = Record(
        register=register.id, state=initial_state(register), created_at=run.now, created_by_id=by.user_id, book=stored_book(), synthetic=by.demo,
        flow_version=register.flow.version,
    )  # fmt: skip
    answer = fn(run, run.entry, **values)
    _write(run, {}, {}, new=True)
    return run.entry if answer is None else answer


def initial_state(register: Register) -> str:
    return next(s.id for s in register.flow.states if s.kind == "initial")


def stored_book() -> BookVersion:
    """The current book's row, stored once per database."""
    current = book.current()
    return BookVersion.objects.defer("files").filter(digest=current.digest).first() or book.store(current)


def _saved(run: Run) -> None:
    """Steps that wait for the row: participants of a new record before its waits, due days after them."""
    for step in run.on_saved:
        step()


def _columns(row: models.Model) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def _update(run: Run, before: Mapping[str, Any], held: Mapping[str, Any]) -> None:
    """Write the columns that the act changed, of the record and of the row."""
    record, entry, after = run.record, run.entry, snapshot(run.entry)
    record.save(update_fields=[name for name, value in _columns(record).items() if held[name] != value])
    row = [f.attname for f in entry._meta.concrete_fields if not f.primary_key and before[f.attname] != after[f.attname]]
    if row:
        entry.save(update_fields=row)


def _write(run: Run, before: dict[str, Any], held: dict[str, Any], *, new: bool) -> None:
    record, entry, register = run.record, run.entry, run.register
    record.updated_at = run.now
    if new:
        record.version = 1
        record.ref = record.ref or str(record.uid)
        record.number = f"~{record.uid}"  # the series is locked last; the final number follows below
        record.save(force_insert=True)
        entry.record = record
        entry.save(force_insert=True)
        record.number = numbers.reserve(register.prefix, clock.local_date(run.now).year)[0]
        record.save(update_fields=["number"])
        run.extra.update(vals.write_links(record, run.pending_links, run.now))
    else:
        record.version += 1
        _update(run, before, held)
    if new:
        _saved(run)
    fresh = waits.rewrite(register, record, run.now)
    if not new:
        run.admitted = False
        _saved(run)
        if run.admitted:  # who joined in a step of their own has tasks too; the desk gives up what it held in their place
            fresh += waits.rewrite(register, record, run.now)
            fresh = list(Wait.objects.filter(pk__in=[w.pk for w in fresh]).select_related("record"))
    changes = {**difference(before, snapshot(entry)), **run.extra}
    journal.append(
        action=run.spec.name, register=register.id, at=run.now, record=record, changes=changes, actor=run.by.user_id,
        on_behalf_of=run.by.on_behalf_of, reason=run.reason, book=record.book_id or "", personal=register.personal,
        public=record.visibility == "public",
    )  # fmt: skip
    outbox.put_waits(register, fresh, run.now)
    if register.search_doc is not None:
        outbox.put("index", f"{record.uid}:{record.version}", {"record": record.pk}, run.now)
