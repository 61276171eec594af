"""Figure functions of the reform of service inventions."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, at, formula, within
from trihelix.registers.inventions.models import PilotBody, Transfer

GONE = ("draft", "discarded")


@formula("inventions.pilot_bodies", "家", "先期试点单位数", "Pilot bodies")
def pilot_bodies(by: Actor, period: Period) -> Counted:
    """Distinct bodies on the dated list on the last day of the period."""
    rows = entries(by, PilotBody).filter(at("valid_from", "valid_to", period.end))
    return Counted(rows, "distinct", "record__owner")


def signed(by: Actor, period: Period, pilot: bool = True, mechanism: str = "") -> QuerySet[Any]:
    """Transfers signed in a period; ``pilot`` keeps those of bodies on the pilot list at its end."""
    rows = entries(by, Transfer).filter(**within("signed_on", period)).exclude(record__state__in=GONE)
    if pilot:
        listed = PilotBody.objects.filter(at("valid_from", "valid_to", period.end), record__owner=OuterRef("record__owner"))
        rows = rows.filter(Exists(listed))
    return rows.filter(mechanism=mechanism) if mechanism else rows


@formula("inventions.results_transferred", "项", "转化成果数", "Results transferred")
def results_transferred(by: Actor, period: Period, pilot: bool = True, mechanism: str = "") -> Counted:
    """DISTINCT inventions transferred, not contracts."""
    return Counted(signed(by, period, pilot, mechanism), "distinct", "invention")


@formula("inventions.amount_signed", "分", "转化合同金额", "Amount signed")
def amount_signed(by: Actor, period: Period, pilot: bool = True, mechanism: str = "") -> Counted:
    """SUM of the amounts signed, not received."""
    return Counted(signed(by, period, pilot, mechanism), "sum", "amount_fen")


@formula("inventions.amount_received", "分", "转化到账金额", "Amount received")
def amount_received(by: Actor, period: Period, pilot: bool = True, mechanism: str = "") -> Counted:
    """SUM received so far on transfers signed in the period, refunds taken off."""
    return Counted(signed(by, period, pilot, mechanism), "sum", "received_fen")


@formula("inventions.distributed", "分", "分配给科研人员金额", "Distributed to people")
def distributed(by: Actor, period: Period, pilot: bool = True, mechanism: str = "", paid: bool = False) -> Counted:
    """SUM allotted to people on transfers signed in the period; ``paid`` counts only what was paid out."""
    return Counted(signed(by, period, pilot, mechanism), "sum", "paid_fen" if paid else "people_fen")
