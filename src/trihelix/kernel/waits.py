"""What waits: rows written only by the flow, read by one query (the inbox)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from trihelix.engines import flow as flows
from trihelix.kernel import book, clock
from trihelix.kernel.actor import Actor
from trihelix.kernel.models import Participant, Record, Snooze, Wait
from trihelix.kernel.register import Register

FALLBACK = ("node", "officer", "operator", "admin", "system")


def awaited(register: Register, state: str) -> list[tuple[str, str, str | None]]:
    """Whose task each waiting act is: the parties named first; the desk (node, else officer) only where no party is named."""
    by_act: dict[str, list[tuple[str, str | None]]] = {}
    for act, role, clock_id in flows.waits(register.flow, state):
        by_act.setdefault(act, []).append((role, clock_id))
    out = []
    for act, pairs in by_act.items():
        parties = [p for p in pairs if p[0] not in FALLBACK]
        desk = [p for name in FALLBACK[:2] for p in pairs if p[0] == name][:1]
        out += [(act, role, clock_id) for role, clock_id in (parties or desk)]
    return out


def _scopes(record: Record, role: str) -> list[dict[str, Any]]:
    """Whom a flow role means on this record: the owner body, the node, a participant, or a province role."""
    if role == "owner":
        return [{"role": "owner", "scope": record.owner}] if record.owner_id else []
    if role == "node":
        return [{"role": "node", "scope": record.node}] if record.node_id else [{"role": "officer", "scope": None}]
    if role == "author":
        heirs = Participant.objects.filter(record=record, role="author", until=None).exclude(user=None).select_related("user")
        return [{"role": "owner", "scope": record.owner, "user": h.user} for h in heirs] or [
            {"role": "owner", "scope": record.owner, "user": record.created_by}
        ]
    parts = Participant.objects.filter(record=record, role=role, until=None).select_related("body", "user")
    found = [{"role": role, "scope": p.body, "user": p.user} for p in parts]
    return found or ([] if ":" in role or role == "system" else [{"role": role, "scope": None}])


def rewrite(register: Register, record: Record, now: dt.datetime) -> list[Wait]:
    """Make the waits of a record match its state; kept rows keep their clock. Returns the new ones."""
    wanted: dict[tuple[Any, ...], Wait] = {}
    for act, role, clock_id in awaited(register, record.state):
        for where in _scopes(record, role):
            scope, user = where["scope"], where.get("user")
            key = (act, where["role"], scope.pk if scope else None, user.pk if user else None)
            wanted.setdefault(
                key, Wait(record=record, act=act, role=where["role"], scope=scope, user=user, since=now, clock=clock_id or "")
            )
    kept = set()
    for old in Wait.objects.filter(record=record):
        key = (old.act, old.role, old.scope_id, old.user_id)
        open_key = (old.act, old.role, old.scope_id, None)
        if key in wanted:
            kept.add(key)
        elif open_key in wanted and open_key not in kept:  # assigned to one person of those who may do it
            kept.add(open_key)
        else:
            old.delete()
    fresh = [w for k, w in wanted.items() if k not in kept]
    for wait in fresh:
        set_due(wait)
    Wait.objects.bulk_create(fresh)
    return fresh


def set_due(wait: Wait) -> None:
    """Fill the due moment from the book's clock, counted from ``since``."""
    if wait.clock:
        due, confirmed = book.current().due(wait.clock, clock.local_date(wait.since))
        wait.due_at, wait.due_confirmed = clock.end_of(due), confirmed


def mine(actor: Actor) -> models.QuerySet[Wait]:
    """The inbox: what this actor can do, due first."""
    q = Q(pk=None)
    if actor.bodies or actor.person_id:
        own = set(actor.bodies) | ({actor.person_id} if actor.person_id else set())
        q |= Q(scope_id__in=own)
    if actor.node_ids:
        q |= Q(role="node", scope_id__in=actor.node_ids)
    if actor.roles:
        q |= Q(role__in=actor.roles, scope=None)
    if actor.user_id is not None:
        q = (q & (Q(user=None) | Q(user_id__in=actor.own_ids))) | Q(user_id__in=actor.own_ids)
    waits = Wait.objects.filter(q).select_related("record", "record__owner", "scope")
    return waits.order_by(F("due_at").asc(nulls_last=True), "since", "id")


def with_snoozes(waits: models.QuerySet[Wait], actor: Actor) -> models.QuerySet[Wait]:
    """The tasks with ``snoozed_until``: the day until which the actor put each aside, for the actor alone; a deputy sees the principal's."""
    who = actor.on_behalf_of or actor.account
    mine_ = Snooze.objects.filter(wait=OuterRef("pk"), user_id=who).values("until")[:1]
    return waits.annotate(snoozed_until=Subquery(mine_))


def bulk_rewrite(register: Register, records: Iterable[Record], now: dt.datetime) -> int:
    """Waits of many fresh records in one write (imports)."""
    per_state: dict[str, list[tuple[str, str, str | None]]] = {}
    rows: list[Wait] = []
    for record in records:
        acts = per_state.setdefault(record.state, awaited(register, record.state))
        for act, role, clock_id in acts:
            if role not in ("owner", "node", "officer") or (role == "owner" and not record.owner_id):
                continue
            scope = record.owner if role == "owner" else record.node if role == "node" else None
            name = "officer" if role == "node" and scope is None else role
            wait = Wait(record=record, act=act, role=name, scope=scope, since=now, clock=clock_id or "")
            set_due(wait)
            rows.append(wait)
    Wait.objects.bulk_create(rows, batch_size=500)
    return len(rows)
