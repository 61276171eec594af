"""Who sees what of a deal: one's own always, the other side's confidential parts once both signed confidentiality."""

from __future__ import annotations

import datetime as dt

from trihelix.kernel.actor import Actor
from trihelix.kernel.models import Participant, Record
from trihelix.registers.contracts.models import ContractDraft, Deal, Obligation

SIDES = ("buyer", "seller")


def side_of(deal: Deal, by: Actor) -> str:
    """The side an actor speaks for; empty for others, and for who belongs to both."""
    mine = [s for s in SIDES if getattr(deal, f"{s}_id") in by.bodies]
    return mine[0] if len(mine) == 1 else ""


def nda_open(deal: Deal) -> bool:
    """Whether confidential parts are open between the sides: nothing is confidential, or both signed."""
    return deal.confidentiality == "open" or bool(deal.buyer_nda_on and deal.seller_nda_on)


def cases_of(deal: Deal) -> list[int]:
    """The records whose confidential parts follow the deal's terms: the deal, its texts, its obligations."""
    rows = [deal.record.pk]
    for model in (ContractDraft, Obligation):
        rows += model.objects.filter(deal=deal.record).values_list("pk", flat=True)
    return rows


def refresh_access(deal: Deal, now: dt.datetime) -> None:
    """Make the access to confidential columns follow the signatures, on the deal and all that hangs on it."""
    held = Participant.objects.filter(record_id__in=cases_of(deal), until=None)
    sides, brokers = held.filter(role__in=(*SIDES, "invited_side", "debtor", "creditor")), held.filter(role="broker")
    if not nda_open(deal):
        held.filter(role__in=(*SIDES, "invited_side", "debtor", "creditor", "broker")).update(confidential_at=None)
        return
    sides.filter(confidential_at=None).update(confidential_at=now)
    ready = deal.brokers.filter(until=None)
    if deal.confidentiality == "mutual":
        brokers.update(confidential_at=None)
        ready = ready.exclude(nda_on=None)
    owners = list(ready.values_list("broker__owner_id", flat=True))
    brokers.filter(body_id__in=owners, confidential_at=None).update(confidential_at=now)


def may_read(deal: Deal, by: Actor, written_by: str = "") -> bool:
    """Whether an actor may read a confidential part of a deal that a side wrote (or both, when ``written_by`` is empty)."""
    if by.sees_all or deal.record.node_id in by.node_ids:
        return True
    side = side_of(deal, by)
    if side:
        return written_by == side or nda_open(deal)
    mine = deal.brokers.filter(until=None, broker__owner_id__in=by.bodies)
    if deal.confidentiality == "mutual":
        mine = mine.exclude(nda_on=None)
    return nda_open(deal) and mine.exists()


def others(deal: Deal, by: Actor) -> set[int]:
    """The bodies of the deal that the actor does not speak for."""
    return {deal.buyer_id, deal.seller_id} - set(by.bodies)


def admit_sides(record: Record, deal: Deal, now: dt.datetime) -> None:
    """Let both sides and the brokers into a record that hangs on a deal."""
    rows = [("buyer", deal.buyer_id), ("seller", deal.seller_id)]
    rows += [("broker", owner) for owner in deal.brokers.filter(until=None).values_list("broker__owner_id", flat=True) if owner]
    for role, body in dict.fromkeys(rows):
        Participant.objects.get_or_create(record=record, body_id=body, user=None, role=role, defaults={"since": now})
    refresh_access(deal, now)
