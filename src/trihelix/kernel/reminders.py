"""What a missed limit sets off: first those who can act are told, then their unit, then the node in charge (the officers where there is none)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from trihelix.kernel import book, clock, outbox
from trihelix.kernel.models import Grant, Wait
from trihelix.kernel.ticks import BATCH, label_of, tell, tick
from trihelix.kernel.validity import in_force

UNIT_AFTER, NODE_AFTER = 1, 2  # working days after the limit
ADMINS = ("body_admin", "transfer_office")


def late_days(wait: Wait, now: dt.datetime) -> int:
    """Working days since the limit."""
    if wait.due_at is None:
        return 0
    return int(book.current().calendar.working_days_between(clock.local_date(wait.due_at), clock.local_date(now)).days)


@tick("escalate", every=60)
def escalate(now: dt.datetime) -> int:
    """Once a limit has passed, climb the ladder one rung at a time; each rung is told once."""
    late = Wait.objects.filter(due_at__lt=now, step__lt=3).select_related("record", "scope")
    ripe = Q(step=0) | Q(due_at__lt=now - dt.timedelta(days=1))
    count = 0
    for wait in late.filter(ripe).order_by("step", "due_at", "pk")[:BATCH]:
        rung = _rung(wait, now)
        if rung <= wait.step:
            continue
        with transaction.atomic():
            if not Wait.objects.filter(pk=wait.pk, step=wait.step).update(step=rung, escalated_at=now):
                continue
            for step in range(wait.step + 1, rung + 1):
                _told(wait, step, now)
        count += 1
    return count


def _rung(wait: Wait, now: dt.datetime) -> int:
    """How far up it should be known by now; what waits for the node itself goes to the officers at once."""
    if wait.scope_id is None or wait.role == "node":
        return 3
    days = late_days(wait, now)
    return 3 if days >= NODE_AFTER else 2 if days >= UNIT_AFTER else 1


def _told(wait: Wait, step: int, now: dt.datetime) -> None:
    zh, en = label_of(wait)
    text, english = f"已超期：{zh} — {wait.record.title}", f"Overdue: {en} — {wait.record.title}"
    if step == 1:
        tell(wait, text, english, now, "late", [])
    elif step == 2 and wait.scope_id is not None and wait.role != "node":
        users = Grant.objects.filter(
            in_force(clock.local_date(now)), scope_id=wait.scope_id, role__in=ADMINS, user__is_active=True
        ).values_list("user_id", flat=True)
        outbox.put_notice(
            wait.record,
            text + "，请本单位督促",
            now,
            users=set(users),
            key=f"unit:{wait.pk}",
            en=english + " — please see to it in your body",
        )
    elif step == 3:
        node = wait.record.node_id is not None and wait.role != "node"
        manned = node and outbox.people_of(wait.record, ["node"], (), (), clock.local_date(now))
        roles = ["node"] if manned else ["officer"]  # a node without people would leave it unread
        tell(wait, text + "，请督促办理", f"Overdue, please follow up: {en} — {wait.record.title}", now, "escalate", roles)
