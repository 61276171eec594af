"""What happens by the clock alone: reminders before a limit, escalation after it, and what registers add (expiry and the like).

Every tick is idempotent: run twice, or after a crash, it does nothing more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.db import close_old_connections, transaction

from trihelix.kernel import clock, outbox
from trihelix.kernel.models import IdempotencyKey, Snooze, Wait
from trihelix.kernel.register import REGISTERS

log = structlog.get_logger()
REMIND = dt.timedelta(days=3)
KEYS_KEPT = dt.timedelta(days=30)
BATCH = 500


@dataclass(frozen=True)
class Tick:
    """A function of the moment, and the seconds between two runs."""

    name: str
    every: int
    run: Callable[[dt.datetime], int]


TICKS: dict[str, Tick] = {}


def tick(name: str, every: int) -> Callable[[Callable[[dt.datetime], int]], Callable[[dt.datetime], int]]:
    """Register what the worker runs every so many seconds; the function returns how much it did."""

    def wrap(fn: Callable[[dt.datetime], int]) -> Callable[[dt.datetime], int]:
        TICKS[name] = Tick(name, every, fn)
        return fn

    return wrap


def run_due(last: dict[str, dt.datetime], now: dt.datetime) -> dict[str, int]:
    """Run every tick whose time has come; ``last`` is kept by the caller. A failing tick never stops the others."""
    done: dict[str, int] = {}
    for item in TICKS.values():
        if item.name in last and (now - last[item.name]).total_seconds() < item.every:
            continue
        last[item.name] = now
        try:
            done[item.name] = item.run(now)
        except Exception as exc:
            log.error("tick.failed", tick=item.name, error=repr(exc), exc_info=exc)
            close_old_connections()
    return done


def label_of(wait: Wait) -> tuple[str, str]:
    register = REGISTERS.get(wait.record.register)
    act = register.acts.get(wait.act) if register else None
    return (act.zh, act.en) if act else (wait.act, wait.act)


def sleeping(wait: Wait, today: dt.date) -> frozenset[int]:
    """The accounts that put a task aside until a later day."""
    return frozenset(Snooze.objects.filter(wait=wait, until__gt=today).values_list("user_id", flat=True))


def tell(wait: Wait, zh: str, en: str, now: dt.datetime, key: str, roles: list[str], but: frozenset[int] = frozenset()) -> None:
    """Tell those for whom a task waits, or people of roles; all ``but`` some accounts."""
    whom: outbox.Whom = {"roles": roles} if roles else outbox.addressees(wait)
    outbox.put_notice(wait.record, zh, now, key=f"{key}:{wait.pk}", en=en, but=but, **whom)


@tick("remind", every=300)
def remind(now: dt.datetime) -> int:
    """Remind once, three days before a limit, those who can act; who put the task aside is reminded on the day it comes back."""
    due = Wait.objects.filter(due_at__gt=now, due_at__lte=now + REMIND, since__lt=now - dt.timedelta(days=1))
    count = 0
    for wait in due.select_related("record", "scope").order_by("due_at", "pk")[:BATCH]:
        zh, en = label_of(wait)
        day = clock.local_date(wait.due_at)  # type: ignore[arg-type]
        with transaction.atomic():
            tell(
                wait,
                f"即将到期：{zh} — {wait.record.title}（{day:%Y-%m-%d} 前）",
                f"Due soon: {en} — {wait.record.title} ({day})",
                now,
                "remind",
                [],
                sleeping(wait, clock.local_date(now)),
            )
        count += 1
    return count


@tick("forget_keys", every=3600)
def forget_keys(now: dt.datetime) -> int:
    """Drop idempotency keys that nobody will repeat any more."""
    count, _ = IdempotencyKey.objects.filter(at__lt=now - KEYS_KEPT).delete()
    return count
