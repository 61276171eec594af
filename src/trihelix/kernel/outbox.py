"""After-commit work: rows are the truth, with lease, attempts and next try; a wake-up only hurries them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, TypedDict

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Q

from trihelix.kernel import clock, journal
from trihelix.kernel.actor import OWNER
from trihelix.kernel.models import Grant, Notice, Outbox, Participant, Record, User, Wait
from trihelix.kernel.register import Register
from trihelix.kernel.validity import in_force

log = structlog.get_logger()
LEASE = dt.timedelta(minutes=5)
RETRY = (10, 60, 300, 1800, 7200, 21600)  # seconds

HANDLERS: dict[str, Callable[[Outbox], None]] = {}


def handler(kind: str) -> Callable[[Callable[[Outbox], None]], Callable[[Outbox], None]]:
    """Register the function that does outbox rows of a kind; it must be idempotent."""

    def wrap(fn: Callable[[Outbox], None]) -> Callable[[Outbox], None]:
        HANDLERS[kind] = fn
        return fn

    return wrap


def put(kind: str, key: str, payload: dict[str, Any], now: dt.datetime) -> None:
    """Queue one piece of work; the same key is queued once."""
    Outbox.objects.bulk_create(
        [Outbox(kind=kind, key=f"{kind}:{key}", payload=payload, created_at=now, next_try=now)], ignore_conflicts=True
    )


def put_many(kind: str, items: Iterable[tuple[str, dict[str, Any]]], now: dt.datetime) -> None:
    """Queue many pieces of work in one write."""
    rows = (Outbox(kind=kind, key=f"{kind}:{key}", payload=payload, created_at=now, next_try=now) for key, payload in items)
    Outbox.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def people_of(record: Record, roles: Iterable[str], bodies: Iterable[int], users: Iterable[int], day: dt.date) -> set[int]:
    """Accounts that hold the roles on a record, belong to the bodies, or are named."""
    found = set(users)
    scopes: set[int] = set(bodies)
    province: set[str] = set()
    for role in roles:
        if role.startswith(OWNER) and record.owner_id:
            found |= holders(record.owner_id, role.removeprefix(OWNER), day)
        elif role == "owner" and record.owner_id:
            scopes.add(record.owner_id)
        elif role == "node" and record.node_id:
            scopes.add(record.node_id)
        elif role == "author" and record.created_by_id:
            found.add(record.created_by_id)
        else:
            parts = list(Participant.objects.filter(record=record, role=role, until=None).values_list("body_id", "user_id"))
            scopes |= {b for b, _ in parts if b}
            found |= {u for _, u in parts if u}
            if not parts:
                province.add(role)
    where = Q(scope_id__in=scopes) | Q(scope=None, role__in=province)
    if scopes or province:
        found |= set(Grant.objects.filter(in_force(day) & where, user__is_active=True).values_list("user_id", flat=True))
    return found


def holders(body: int, function: str, day: dt.date) -> set[int]:
    """Accounts that hold a function in a body on a day; its administrators where nobody does."""
    held = Grant.objects.filter(in_force(day), scope_id=body, role__in=(function, "body_admin"), user__is_active=True)
    by_role: dict[str, set[int]] = {}
    for role, user in held.values_list("role", "user_id"):
        by_role.setdefault(role, set()).add(user)
    return by_role.get(function) or by_role.get("body_admin", set())


class Whom(TypedDict, total=False):
    """Whom a notice is for."""

    users: list[int]
    bodies: list[int]
    roles: list[str]


def addressees(wait: Wait) -> Whom:
    """For whom a task waits, as ``put_notice`` takes it: one person, a function inside the owner, a body or node, or a province role."""
    if wait.user_id:
        return {"users": [wait.user_id]}
    if wait.scope_id and not wait.role.startswith(OWNER):
        return {"bodies": [wait.scope_id]}
    return {"roles": [wait.role]}


def put_notice(
    record: Record, text: str, now: dt.datetime, *, roles: Iterable[str] = (), bodies: Iterable[int] = (), users: Iterable[int] = (),
    key: str = "", en: str = "", but: frozenset[int] = frozenset(),
) -> None:  # fmt: skip
    """Write on-screen notices in this transaction (exactly once by key) and queue their mails."""
    people = sorted(people_of(record, roles, bodies, users, clock.local_date(now)) - but)
    names = {u: f"{record.uid}:{key}:{u}"[:200] for u in people}
    notices = [Notice(user_id=u, record=record, key=name, text=text[:400], text_en=en[:400], at=now) for u, name in names.items()]
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=500)
    shared = {"subject": text[:120], "text": text, "record": str(record.uid), "register": record.register}
    put_many("mail", ((name, {"user": u, **shared}) for u, name in names.items()), now)


def notice_to(user_id: int, text: str, en: str, key: str, now: dt.datetime) -> None:
    """An on-screen notice that belongs to no record."""
    Notice.objects.bulk_create([Notice(user_id=user_id, key=key[:200], text=text[:400], text_en=en[:400], at=now)], ignore_conflicts=True)


def put_waits(register: Register, waits: Iterable[Wait], now: dt.datetime) -> None:
    """Tell those for whom something new waits."""
    for wait in waits:
        act = register.acts.get(wait.act)
        label, en = (act.zh, act.en) if act else (wait.act, wait.act)
        text = f"待办：{label} — {wait.record.title}" + (f"（{clock.local_date(wait.due_at):%Y-%m-%d} 前）" if wait.due_at else "")
        key = f"wait:{wait.act}:{wait.record.version}"
        put_notice(wait.record, text, now, key=key, en=f"To do: {en} — {wait.record.title}", **addressees(wait))


@handler("mail")
def _send_mail(row: Outbox) -> None:
    """Send one mail, at least once, always with the same Message-ID."""
    user = User.objects.filter(pk=row.payload["user"], is_active=True).select_related("preference").first()
    if user is None or not user.email or getattr(getattr(user, "preference", None), "mail", "each") != "each":
        return  # the others read a digest, or the screen alone
    address = f"{settings.SITE_URL}/{row.payload['register']}/{row.payload['record']}/"
    message = EmailMessage(
        subject=row.payload["subject"], body=f"{row.payload['text']}\n\n{address}\n", to=[user.email],
        headers={"Message-ID": f"<outbox-{row.pk}@{settings.MAIL_DOMAIN}>"},
    )  # fmt: skip
    message.send()


def lease(kind: str | None, limit: int) -> list[Outbox]:
    """Take due rows under a lease that expires by itself."""
    now = clock.now()
    due = Outbox.objects.filter(done_at=None, next_try__lte=now).filter(Q(leased_until=None) | Q(leased_until__lt=now)).order_by("id")
    due = due.filter(kind=kind) if kind else due.exclude(kind="index")
    with transaction.atomic():
        if connection.vendor == "postgresql":
            due = due.select_for_update(skip_locked=True)
        rows = list(due[:limit])
        Outbox.objects.filter(pk__in=[r.pk for r in rows]).update(leased_until=now + LEASE)
    return rows


def drain(kind: str | None = None, limit: int = 200) -> int:
    """Do due work once; failures are kept with their error and tried again later. Never holds a transaction over the work."""
    rows = lease(kind, limit)
    for row in rows:
        try:
            HANDLERS[row.kind](row)
        except Exception as exc:
            seconds = RETRY[min(row.attempts, len(RETRY) - 1)]
            log.warning("outbox.retry", kind=row.kind, key=row.key, error=str(exc), seconds=seconds)
            Outbox.objects.filter(pk=row.pk).update(
                attempts=row.attempts + 1, next_try=clock.now() + dt.timedelta(seconds=seconds), leased_until=None, error=str(exc)[:2000]
            )
        else:
            Outbox.objects.filter(pk=row.pk).update(done_at=clock.now(), attempts=row.attempts + 1, leased_until=None, error="")
    return len(rows)


def wake() -> None:
    """After a commit: seal inline on SQLite (PostgreSQL's sealer lives in the worker)."""
    if connection.vendor != "postgresql" and not connection.in_atomic_block:
        journal.seal_pending()
