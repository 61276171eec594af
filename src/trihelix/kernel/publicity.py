"""Public notices (公示): how long one stands, who answers objections to it, and what waits for the answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from trihelix.engines.errors import Refused
from trihelix.kernel.models import Grant, Link, Record, User
from trihelix.kernel.register import REGISTERS, PublicNotice, Register
from trihelix.kernel.validity import in_force

KIND = "objection"  # the link from an objection to the record it is about
DESKS = {"owner": ("transfer_office", "body_admin"), "node": ("station",)}


def of(record: Record) -> PublicNotice | None:
    """The notice a record is on now, its days over or not; none where its register has no notices or its state is another."""
    register = REGISTERS.get(record.register)
    notice = register.notice if register is not None else None
    return notice if notice is not None and record.state in notice.states else None


def last_day(record: Record, entry: Any = None) -> dt.date | None:
    """The last day on which an objection to a record is taken; none for records without notice or without an end."""
    notice = of(record)
    return notice.last_day(entry if entry is not None else record.entry) if notice is not None else None


def require_open(record: Record, today: dt.date) -> None:
    """Refuses records that are not on notice, and objections after the last day."""
    if of(record) is None:
        raise Refused.one("not_listed", "该编号不在公示期内，不能提出异议", field="target", value=record.number)
    end = last_day(record)
    if end is not None and today > end:
        raise Refused.one("late", f"公示期至 {end}，已过；此后请走申诉或复核", field="target", clause="公示期", value=str(end))


def undecided(record: Record) -> bool:
    """Whether an objection waits to be taken up; where nothing suspends the case, also while it waits for its answer."""
    register = REGISTERS.get(record.register)
    notice = register.notice if register is not None else None
    states = ("filed",) if notice is not None and notice.stop else ("filed", "accepted")
    return Link.objects.filter(target=record, kind=KIND, source__state__in=states).exists()


def hold(register: Register, record: Record, act: str) -> None:
    """Refuses the acts that end a notice while an objection to it is not dealt with."""
    if register.notice is not None and act in register.notice.closing and undecided(record):
        raise Refused.one("objection_open", "有未办结的异议，请先受理并答复", field="state", clause="异议处理")


def handlers(record: Record, today: dt.date) -> list[User]:
    """The people who take up objections to a record: of the office its register names, with a right in force on the day."""
    notice = of(record)
    where = Q(pk=None)
    for side in notice.handlers if notice is not None else ():
        scope = record.owner_id if side == "owner" else record.node_id
        where |= Q(scope_id=scope, role__in=DESKS[side]) if scope else Q(pk=None)
    held = Grant.objects.filter(where, in_force(today), user__is_active=True)
    return list(User.objects.filter(pk__in=held.values("user")).order_by("pk"))
