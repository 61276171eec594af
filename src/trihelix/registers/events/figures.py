"""Figure functions of events: held events by kind, attendance, signed outcomes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.registers.events.models import Event, Outcome, Registration


def held(
    by: Actor, period: Period, *, kind: str = "", organiser_level: str = "", organiser: str = "", topic: str = "", owner: str = ""
) -> QuerySet[Any]:
    """Events held in a period: by kind, organiser (level of the node, or its ref), topic and owner body."""
    rows = entries(by, Event).filter(**within("held_on", period), record__state="held")
    wanted = {
        "kind": kind,
        "organiser__parties_node__level": organiser_level,
        "organiser__ref": organiser,
        "topic": topic,
        "record__owner__ref": owner,
    }
    return rows.filter(**{k: v for k, v in wanted.items() if v})


@formula("events.events", "场", "举办活动数", "Events held")
def events(by: Actor, period: Period, **where: Any) -> Counted:
    """COUNT of events held; params ``kind``, ``organiser_level``, ``organiser``, ``topic``, ``owner``."""
    return Counted(held(by, period, **where))


@formula("events.attendance", "人次", "到会人次", "Attendance")
def attendance(by: Actor, period: Period, **where: Any) -> Counted:
    """SUM of attendance; the same params as ``events.events``."""
    return Counted(held(by, period, **where), "sum", "attendance")


@formula("events.outcomes", "项", "活动签约成果", "Signed outcomes")
def outcomes(by: Actor, period: Period, kind: str = "", event_kind: str = "") -> Counted:
    """COUNT of outcomes signed in the period, void ones excepted; params ``kind`` of outcome, ``event_kind``."""
    return Counted(_signed(by, period, kind, event_kind))


@formula("events.outcome_amount", "分", "活动签约金额", "Amount signed at events")
def outcome_amount(by: Actor, period: Period, kind: str = "", event_kind: str = "") -> Counted:
    """SUM of the amounts signed at events."""
    return Counted(_signed(by, period, kind, event_kind), "sum", "amount_fen")


def _signed(by: Actor, period: Period, kind: str, event_kind: str) -> QuerySet[Any]:
    rows = entries(by, Outcome).filter(**within("signed_on", period)).exclude(record__state="void")
    wanted = {"kind": kind, "event__events_event__kind": event_kind}
    return rows.filter(**{k: v for k, v in wanted.items() if v})


@formula("events.checked_in", "人次", "签到人次", "People checked in")
def checked_in(by: Actor, period: Period, event_kind: str = "") -> Counted:
    """COUNT of registrations checked in at events held in the period."""
    rows = entries(by, Registration).filter(**within("checked_in_on", period), record__state="checked_in")
    return Counted(rows.filter(event__events_event__kind=event_kind) if event_kind else rows)
