"""What waits: rows written only by the flow, read by one query (the inbox)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Substr

from trihelix.engines import flow as flows
from trihelix.kernel import book, clock
from trihelix.kernel.actor import BODY_ROLES, OWNER, PROVINCE_ROLES, Actor
from trihelix.kernel.models import Grant, Participant, Record, Snooze, Wait
from trihelix.kernel.register import REGISTERS, Register
from trihelix.kernel.validity import in_force

FALLBACK = ("node", "officer", "operator", "admin", "system")
FUNCTIONS = tuple(OWNER + role for role in BODY_ROLES)
STEWARD = OWNER + "body_admin"
CHUNK = 400

Pairs = list[tuple[str, str | None]]  # role, clock
Days = dict[str, tuple[dt.datetime, bool]]  # act → the moment it is due, and whether the calendar of that year is known


class Place(NamedTuple):
    """Where a task waits: a role in a body, node or the province, or one person's."""

    role: str
    scope_id: int | None = None
    user_id: int | None = None


def tasks(register: Register, state: str) -> list[tuple[str, Pairs, Pairs]]:
    """Each waiting act of a state with the parties named for it, and the desk (node, else officer) that has it where there is no party."""
    by_act: dict[str, Pairs] = {}
    for act, role, clock_id in flows.waits(register.flow, state):
        by_act.setdefault(act, []).append((role, clock_id))
    out = []
    for act, pairs in by_act.items():
        desk = [p for name in FALLBACK[:2] for p in pairs if p[0] == name][:1]
        out.append((act, _parties([p for p in pairs if p[0] not in FALLBACK]), desk))
    return out


def _parties(pairs: Pairs) -> Pairs:
    """Without functions where the whole body has it; without its administrators where another function has it: they stand in for it."""
    roles = {role for role, _ in pairs}
    needless = set(FUNCTIONS) if "owner" in roles else {STEWARD} if roles & (set(FUNCTIONS) - {STEWARD}) else set()
    return [p for p in pairs if p[0] not in needless]


def awaited(register: Register, state: str) -> list[tuple[str, str, str | None]]:
    """Whose task each waiting act is: the parties named first; the desk (node, else officer) only where no party is named."""
    return [(act, role, clock_id) for act, parties, desk in tasks(register, state) for role, clock_id in (parties or desk)]


def _places(record: Record, role: str, parts: Iterable[Participant]) -> list[Place]:
    """Whom a flow role means on this record: the owner body or a function in it, the node, a participant, or a province role."""
    if role == "owner" or role in FUNCTIONS:
        return [Place(role, record.owner_id)] if record.owner_id else []
    if role == "node":
        return [Place("node", record.node_id)] if record.node_id else [Place("officer")]
    if role == "author":
        heirs = [p.user_id for p in parts if p.role == "author" and p.user_id]
        return [Place("owner", record.owner_id, user) for user in heirs or ([record.created_by_id] if record.created_by_id else [])]
    found = [Place(role, p.body_id, p.user_id) for p in parts if p.role == role]
    return found or ([Place(role)] if role in PROVINCE_ROLES else [])


def _wanted(register: Register, record: Record, parts: list[Participant]) -> list[tuple[str, Place, str]]:
    """Act, place and clock of everything that waits on a record; an act whose parties are all missing is the desk's."""
    out: list[tuple[str, Place, str]] = []
    waiting = tasks(register, record.state)
    rests = register.rests(record) if waiting and register.rests else ()
    for act, parties, desk in waiting:
        for pairs in (parties, desk):
            found = [
                (act, place, limit or "")
                for role, limit in pairs
                for place in _places(record, role, parts)
                if (act, place.role) not in rests and (act, place.scope_id) not in rests
            ]
            out += found
            if found:
                break
    return out


def _parts(records: Iterable[Record]) -> dict[int, list[Participant]]:
    held: dict[int, list[Participant]] = {}
    for part in Participant.objects.filter(record__in=records, until=None).order_by("pk"):
        held.setdefault(part.record_id, []).append(part)
    return held


def _made(record: Record, act: str, place: Place, limit: str, now: dt.datetime, own: Days) -> Wait:
    wait = Wait(record=record, act=act, role=place.role, scope_id=place.scope_id, user_id=place.user_id, since=now, clock=limit)
    if act in own:
        wait.due_at, wait.due_confirmed = own[act]
    else:
        set_due(wait)
    return wait


def _own_days(register: Register, records: Sequence[Record]) -> dict[int, Days]:
    """The days that records themselves set for their tasks."""
    out: dict[int, Days] = {record.pk: {} for record in records}
    for entry in register.model._default_manager.filter(record__in=records) if register.deadlines else ():
        for act, told in register.deadlines.items():
            found = getattr(entry, told) if isinstance(told, str) else told(entry)
            day, confirmed = found if isinstance(found, tuple) else (found, True)
            if day is not None:
                out[entry.pk][act] = (clock.end_of(day), confirmed)
    return out


def rewrite(register: Register, record: Record, now: dt.datetime) -> list[Wait]:
    """Make the waits of a record match its state; kept rows keep their clock. Returns the new ones."""
    wanted: dict[tuple[str, Place], str] = {}
    for act, place, limit in _wanted(register, record, _parts([record]).get(record.pk, [])):
        wanted.setdefault((act, place), limit)
    dated = [record] if any(act in register.deadlines for act, _ in wanted) else []
    own = _own_days(register, dated).get(record.pk, {})
    kept = set()
    for old in Wait.objects.filter(record=record):
        key = (old.act, Place(old.role, old.scope_id, old.user_id))
        open_key = (old.act, Place(old.role, old.scope_id))
        if key in wanted:
            kept.add(key)
        elif open_key in wanted and open_key not in kept:  # assigned to one person of those who may do it
            kept.add(open_key)
        else:
            old.delete()
            continue
        if old.act in own and (old.due_at, old.due_confirmed) != own[old.act]:
            old.due_at, old.due_confirmed = own[old.act]
            old.save(update_fields=["due_at", "due_confirmed"])
    fresh = [_made(record, act, place, limit, now, own) for (act, place), limit in wanted.items() if (act, place) not in kept]
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
        q |= Q(scope_id__in=own) & ~Q(role__in=FUNCTIONS)
        q |= _by_function(actor)
    if actor.node_ids:
        q |= Q(role="node", scope_id__in=actor.node_ids)
    if actor.roles:
        q |= Q(role__in=actor.roles, scope=None)
    if actor.user_id is not None:
        q = (q & (Q(user=None) | Q(user_id__in=actor.own_ids))) | Q(user_id__in=actor.own_ids)
    waits = Wait.objects.filter(q).select_related("record", "record__owner", "scope")
    return waits.order_by(F("due_at").asc(nulls_last=True), "since", "id")


def _by_function(actor: Actor) -> Q:
    """What waits for a function the actor holds in a body; for its administrators also what waits for one that nobody holds there."""
    q = Q(pk=None)
    scopes: dict[str, set[int]] = {}
    for body, roles in actor.body_roles.items():
        for role in roles & set(BODY_ROLES):
            scopes.setdefault(OWNER + role, set()).add(body)
    for function, bodies in scopes.items():
        q |= Q(role=function, scope_id__in=bodies)
    if stewarded := scopes.get(STEWARD):
        held = Grant.objects.filter(
            in_force(clock.today()), scope=OuterRef("scope"), role=Substr(OuterRef("role"), len(OWNER) + 1), user__is_active=True
        )
        q |= Q(~Exists(held), role__in=FUNCTIONS, scope_id__in=stewarded)
    return q


def with_snoozes(waits: models.QuerySet[Wait], actor: Actor) -> models.QuerySet[Wait]:
    """The tasks with ``snoozed_until``: the day until which the actor put each aside, for the actor alone; a deputy sees the principal's."""
    who = actor.on_behalf_of or actor.account
    mine_ = Snooze.objects.filter(wait=OuterRef("pk"), user_id=who).values("until")[:1]
    return waits.annotate(snoozed_until=Subquery(mine_))


def bulk_rewrite(register: Register, records: Iterable[Record], now: dt.datetime) -> int:
    """Waits of many fresh records in one write (imports); whoever enters the rows of others is not their author."""
    rows: list[Wait] = []
    held = list(records)
    for i in range(0, len(held), CHUNK):
        chunk = held[i : i + CHUNK]
        parts = _parts(chunk) if register.admits else {}
        own = _own_days(register, chunk)
        for record in chunk:
            found = [w for w in _wanted(register, record, parts.get(record.pk, [])) if w[1].user_id is None]
            rows += [_made(record, act, place, limit, now, own[record.pk]) for act, place, limit in dict.fromkeys(found)]
    Wait.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def complete(now: dt.datetime) -> int:
    """Write what waits for functions inside bodies on records whose waits were written before such functions had an inbox."""
    count = 0
    for register in REGISTERS.values():
        for state in register.flow.states:
            acts = [act for act, parties, _ in tasks(register, state.id) if {role for role, _ in parties} & set(FUNCTIONS)]
            for act in acts:
                bare = Record.objects.filter(register=register.id, state=state.id, merged_into=None).exclude(waits__act=act)
                keys = list(bare.order_by("pk").values_list("pk", flat=True))
                for i in range(0, len(keys), CHUNK):
                    found = list(Record.objects.filter(pk__in=keys[i : i + CHUNK]))
                    own = _own_days(register, found)
                    wanted = [(r, w) for r in found for w in _wanted(register, r, [])]
                    rows = [
                        _made(r, act, place, limit, now, own[r.pk])
                        for r, (what, place, limit) in wanted
                        if what == act and place.role in FUNCTIONS
                    ]
                    count += len(Wait.objects.bulk_create(rows))
    return count
