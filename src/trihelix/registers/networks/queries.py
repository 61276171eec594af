"""Reads of networks: members of the day, the chair's account, who is united in name only, sums of parks and clients."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from trihelix.kernel import clock
from trihelix.kernel.actor import Actor, entries, visible_to
from trihelix.kernel.models import Record
from trihelix.kernel.register import REGISTERS
from trihelix.registers.networks.models import (
    Activity,
    ClientContact,
    Commitment,
    CouncilSeat,
    Deal,
    DealPayment,
    Evaluation,
    Institute,
    InstituteLab,
    Introduction,
    Member,
    Network,
    Park,
    Post,
    Resolution,
    Task,
    Tenancy,
    TenantInvestment,
)  # fmt: skip

QUIET_DAYS = 365  # a member without any trace for this long is united in name only


def active_bodies(network: Record) -> QuerySet[Record]:
    """The bodies that are members today."""
    return Record.objects.filter(
        network_memberships__network=network, network_memberships__left_on=None, network_memberships__record__state="active"
    ).distinct()


def is_active(network: Record, body: Record | None) -> bool:
    """Whether a body is a member today."""
    return body is not None and active_bodies(network).filter(pk=body.pk).exists()


def account(network: Network, by: Actor) -> dict[str, Any]:
    """The chair's account: members by layer and kind of body, promises, needs, tasks, activities, money, evaluations."""
    record, today = network.record, clock.today()
    members = list(entries(by, Member).filter(network=record, record__state="active").order_by("joined_on", "pk"))
    layers = {layer: sum(1 for m in members if m.layer == layer) for layer in ("core", "close", "general")}
    kinds = dict(
        Record.objects.filter(pk__in=[m.body_id for m in members if m.body_id])
        .values_list("parties_body__kind")
        .annotate(n=Count("pk"))
        .order_by()
    )
    promised = entries(by, Commitment).filter(network=record)
    posts = entries(by, Post).filter(network=record)
    return {
        "members": members, "layers": layers, "kinds": kinds, "seats": list(entries(by, CouncilSeat).filter(network=record, record__state="serving")),
        "resolutions": list(entries(by, Resolution).filter(network=record).order_by("-met_on")[:10]),
        "promised": promised.filter(record__state="promised").count(), "overdue": promised.filter(record__state="promised", due_on__lt=today).count(),
        "delivered": promised.filter(record__state__in=("delivered", "confirmed")).count(), "money": promised.filter(record__state="confirmed").aggregate(n=Sum("delivered_fen"))["n"] or 0,
        "posts_open": posts.filter(record__state__in=("members", "raised")).count(), "posts_solved": posts.filter(record__state="solved").count(),
        "tasks": dict(entries(by, Task).filter(network=record).values_list("record__state").annotate(n=Count("pk")).order_by()),
        "activities": entries(by, Activity).filter(network=record, record__state="held").count(),
        "planned": list(entries(by, Activity).filter(network=record, record__state="planned").order_by("planned_on")[:5]),
        "evaluations": list(Evaluation.objects.filter(network=record)),
        "chair_needs": chair_needs(network, by),
    }  # fmt: skip


def chair_needs(network: Network, by: Actor) -> list[Record]:
    """Needs of the chair body, watched closely, newest first."""
    if network.record.owner_id is None:
        return []
    return list(visible_to(by, Record.objects.filter(register="needs", owner_id=network.record.owner_id)).order_by("-updated_at")[:10])


def name_only(network: Network, by: Actor) -> list[dict[str, Any]]:
    """Each active member with what it did for the network: promises kept, open and overdue, posts, tasks, resources opened, bookings.

    ``quiet`` marks those with no trace in the last year: united yet not united (联而不合). Nine queries whatever the number of members.
    """
    record, today = network.record, clock.today()
    since = today - dt.timedelta(days=QUIET_DAYS)
    members = list(entries(by, Member).filter(network=record, record__state="active").exclude(body=None).order_by("joined_on", "pk"))
    bodies = [m.body_id for m in members]
    made = Commitment.objects.filter(network=record, record__owner_id__in=bodies)
    counts = {
        "kept": _by_owner(made.filter(record__state__in=("delivered", "confirmed"))),
        "open": _by_owner(made.filter(record__state="promised")),
        "overdue": _by_owner(made.filter(record__state="promised", due_on__lt=today)),
        "broken": _by_owner(made.filter(record__state="broken")),
        "posts": _by_owner(Post.objects.filter(network=record, record__owner_id__in=bodies, posted_on__isnull=False)),
        "tasks": _by_owner(Task.objects.filter(network=record, record__owner_id__in=bodies)),
    }
    opened = _linked("shared_resources", record, bodies)
    fresh = set(made.filter(delivered_on__gte=since).values_list("record__owner_id", flat=True))
    acted = Record.objects.filter(links_out__target=record, links_out__kind="network", owner_id__in=bodies, created_at__date__gte=since)
    acted = acted.exclude(register__in=("network_members", "network_commitments"))  # joining and promising are words only
    fresh |= set(acted.values_list("owner_id", flat=True))
    rows = []
    for member in members:
        row = {name: found.get(member.body_id, 0) for name, found in counts.items()}
        joined_long_ago = member.joined_on is None or member.joined_on < since
        rows.append(
            {"member": member, **row, "resources": opened.get(member.body_id, 0), "quiet": joined_long_ago and member.body_id not in fresh}
        )
    return sorted(rows, key=lambda r: (not r["quiet"], -r["overdue"], r["member"].pk))


def _by_owner(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.values_list("record__owner_id").annotate(n=Count("pk")).order_by())


def _linked(register: str, network: Record, bodies: list[int]) -> dict[int, int]:
    rows = Record.objects.filter(register=register, links_out__target=network, links_out__kind="network", owner_id__in=bodies)
    return dict(rows.values_list("owner_id").annotate(n=Count("pk")).order_by())


def institute_of(institute: Institute, by: Actor) -> dict[str, Any]:
    """Council, resolutions, professional institutes, laboratories and parks of an institute."""
    record = institute.record
    return {
        "seats": list(entries(by, CouncilSeat).filter(institute=record, record__state="serving").order_by("organ", "position")),
        "resolutions": list(entries(by, Resolution).filter(institute=record).order_by("-met_on")[:10]),
        "below": list(entries(by, Institute).filter(parent=record)),
        "labs": list(entries(by, InstituteLab).filter(Q(institute=record) | Q(institute__networks_institute__parent=record))),
        "parks": list(entries(by, Park).filter(institute=record)),
    }


def park_of(park: Park, by: Actor) -> dict[str, Any]:
    """Tenants, area used, investment promised and paid."""
    tenants = entries(by, Tenancy).filter(park=park.record)
    active = tenants.filter(record__state="active")
    used = active.aggregate(n=Sum("area_m2"))["n"] or 0
    money = entries(by, TenantInvestment).filter(tenancy__networks_tenancy__park=park.record)
    return {
        "tenants": list(active.order_by("moved_in_on")), "left": tenants.filter(record__state="left").count(), "used": used, "free": max(0, park.area_m2 - used),
        "promised": money.filter(record__state="promised").aggregate(n=Sum("promised_fen"))["n"] or 0, "paid": money.filter(record__state="paid").aggregate(n=Sum("paid_fen"))["n"] or 0,
    }  # fmt: skip


def investments(tenancy: Tenancy, by: Actor) -> list[TenantInvestment]:
    """Investment of a tenant."""
    return list(entries(by, TenantInvestment).filter(tenancy=tenancy.record).order_by("paid_on", "pk"))


def payments(deal: Deal, by: Actor) -> dict[str, Any]:
    """Payments of a deal and their sum."""
    rows = list(entries(by, DealPayment).filter(deal=deal.record, record__state="recorded").order_by("paid_on", "pk"))
    return {"rows": rows, "paid": sum(r.paid_fen for r in rows)}


def introductions(partner: Any, by: Actor) -> list[Introduction]:
    """Introductions to a partner."""
    return list(entries(by, Introduction).filter(partner=partner.record).order_by("-record__created_at"))


def client_of(client: Any, by: Actor) -> dict[str, Any]:
    """What every line knows of a client: contacts, and its records in all registers by number, as far as the viewer may see them."""
    contacts = list(entries(by, ClientContact).filter(client=client.record).order_by("-contacted_on")[:20])
    rows = (
        visible_to(by, Record.objects.filter(owner=client.body)).values_list("register").annotate(n=Count("pk")).order_by("-n")
        if client.body_id
        else ()
    )
    held = [{"register": REGISTERS[name], "n": n} for name, n in rows if name in REGISTERS and name != "clients"]
    return {"contacts": contacts, "held": held, "body": client.body}
