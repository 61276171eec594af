"""Reads of technology contracts used by more than one caller."""

from __future__ import annotations

import datetime as dt

from trihelix.engines.contracts import Check, statistics
from trihelix.engines.contracts.tables import Statistics
from trihelix.kernel import clock
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Period
from trihelix.registers.contracts import recognition
from trihelix.registers.contracts.figures import registered
from trihelix.registers.contracts.models import Contract


def checked(contract: Contract, on: dt.date | None = None) -> Check:
    """The recognition check of a stored contract as it stands; nothing is written."""
    return recognition.check_filed(contract, on or contract.accepted_on or clock.today())


def queue(by: Actor) -> list[Contract]:
    """The registration desk: what waits for a decision, by due date."""
    rows = entries(by, Contract).filter(record__state__in=("submitted", "accepted", "expert", "objected", "change_pending"))
    return sorted(rows.select_related("office"), key=lambda c: (c.due or dt.date.max, c.record.created_at, c.pk))


def tables(by: Actor, start: dt.date, end: dt.date, division: str = "22") -> Statistics:
    """Statistics of the contracts registered in a period that the viewer may see: kinds, fields, natures on both sides, flow."""
    rows = registered(by, Period(start, end)).prefetch_related("receipts", "certificates")
    records = [recognition.record_of(c) for c in rows]
    return statistics(records, division, start, end, recognition.contract_book(), clock.today())
