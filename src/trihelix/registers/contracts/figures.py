"""Figure functions of technology contracts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Counted, Period, formula, within
from trihelix.registers.contracts.models import Contract

GONE = ("revoked", "discarded", "draft", "refused", "rejected", "lapsed")


def registered(by: Actor, period: Period, office_level: str = "") -> QuerySet[Any]:
    """Contracts registered in a period, revoked ones excepted; ``office_level`` 1 is the provincial centre."""
    rows = entries(by, Contract).filter(**within("registered_on", period)).exclude(record__state__in=GONE)
    return rows.filter(office__parties_node__level=office_level) if office_level else rows


@formula("contracts.registrations", "项", "登记的技术合同数", "Contracts registered")
def registrations(by: Actor, period: Period, office_level: str = "") -> Counted:
    """COUNT of registrations."""
    return Counted(registered(by, period, office_level))


@formula("contracts.turnover", "分", "登记合同成交额", "Turnover of contracts registered")
def turnover(by: Actor, period: Period, office_level: str = "") -> Counted:
    """SUM of turnover; never the technical amount."""
    return Counted(registered(by, period, office_level), "sum", "turnover_fen")


@formula("contracts.technical", "分", "登记合同技术交易额", "Technical amount of contracts registered")
def technical(by: Actor, period: Period, office_level: str = "") -> Counted:
    """SUM of the technical amount."""
    return Counted(registered(by, period, office_level), "sum", "technical_fen")
