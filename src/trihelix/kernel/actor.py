"""Who acts, with which rights, and what they may see. Deny by default; every read starts from :func:`visible_to`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from trihelix.engines.errors import Problem
from trihelix.kernel import clock
from trihelix.kernel.errors import Denied
from trihelix.kernel.models import Grant, Participant, Record, User
from trihelix.kernel.validity import in_force

# Roles over the whole province (grant without scope). The rest are held in a body or a node.
PROVINCE_ROLES = ("officer", "auditor", "leader", "finance", "discipline", "admin", "operator", "reviewer_office")
SEES_ALL = frozenset({"officer", "auditor", "leader", "finance", "discipline", "admin", "operator", "system"})
BODY_ROLES = ("member", "body_admin", "transfer_office", "researcher", "signer", "body_finance")
OWNER = "owner:"  # ``owner:signer``: the people of the owner body who hold that function; its administrators where nobody does
NODE_ROLES = ("station",)
UNDONE = "undone"  # the state of a row whose import was taken back: kept for the journal, seen by nobody

T = TypeVar("T", bound=models.Model)


@dataclass(frozen=True)
class Actor:
    """The one who acts: an account with the roles it holds today, perhaps on behalf of another."""

    user_id: int | None
    name: str
    roles: frozenset[str] = frozenset()
    body_roles: Mapping[int, frozenset[str]] = field(default_factory=dict)
    node_ids: frozenset[int] = frozenset()
    person_id: int | None = None
    on_behalf_of: int | None = None
    system: bool = False
    demo: bool = False
    language: str = "zh-hans"

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def account(self) -> int:
        """The key of the account that acts; visitors and the system have none and are refused."""
        if self.user_id is None:
            raise Denied(Problem("sign_in", "请先登录"))
        return self.user_id

    @property
    def own_ids(self) -> frozenset[int]:
        """The accounts whose part this actor plays: its own, and the one it acts for."""
        return frozenset({self.user_id, self.on_behalf_of} - {None})  # type: ignore[arg-type]

    @property
    def bodies(self) -> frozenset[int]:
        return frozenset(self.body_roles)

    @property
    def sees_all(self) -> bool:
        return self.system or bool(self.roles & SEES_ALL)

    def parts_in(self, record: Record) -> frozenset[str]:
        """The roles with which this actor, or a body of theirs, takes part in a case; one query."""
        if not record.pk or not (self.bodies or self.user_id):
            return frozenset()
        parts = Participant.objects.filter(record=record, until=None).filter(Q(body_id__in=self.bodies) | Q(user_id__in=self.own_ids))
        return frozenset(parts.values_list("role", flat=True))

    def roles_on(self, record: Record, parts: frozenset[str] | None = None) -> frozenset[str]:
        """The roles this actor plays on a record: ``owner``, ``node``, province roles, body roles, and ``parts``, the case roles."""
        found = set(self.roles) | (self.parts_in(record) if parts is None else parts)
        if self.system:
            found.add("system")
        if record.owner_id in self.body_roles or record.pk in self.body_roles:
            found |= {"owner", *(OWNER + r for r in self.body_roles.get(record.owner_id or record.pk, ()))}
        if record.created_by_id is not None and record.created_by_id in self.own_ids:
            found.add("author")
        if record.node_id is not None and record.node_id in self.node_ids:
            found.add("node")
        if self.person_id is not None and record.owner_id is not None and record.owner_id == self.person_id:
            found.add("owner")
        return frozenset(found)

    def scope_tokens(self) -> list[str]:
        """Tokens of the search index that this viewer may see."""
        if self.sees_all:
            return ["all"]
        tokens = ["public"]
        if self.signed_in:
            tokens.append("members")
        tokens += [f"body:{b}" for b in sorted(self.bodies)] + [f"node:{n}" for n in sorted(self.node_ids)]
        return tokens


VISITOR = Actor(None, "访客")
SYSTEM = Actor(None, "系统", system=True)


def actor_for(user: Any, on: dt.date | None = None, on_behalf_of: int | None = None) -> Actor:
    """The actor of an account with the grants valid on a date; one query, plus one where it works for a node."""
    if user is None or not getattr(user, "is_authenticated", False) or not user.is_active:
        return VISITOR
    day = on or clock.today()
    grants = Grant.objects.filter(in_force(day), user=user)
    roles: set[str] = set()
    bodies: dict[int, set[str]] = {}
    nodes: set[int] = set()
    for role, scope in grants.values_list("role", "scope_id"):
        if scope is None:
            roles.add(role)
        elif role in NODE_ROLES:
            nodes.add(scope)
        else:
            bodies.setdefault(scope, set()).add(role)
    if nodes:
        below = Q(owner_id__in=nodes) | Q(owner__owner_id__in=nodes)  # 1 → 10 → N: a node works for those below it
        nodes |= set(Record.objects.filter(below, register="nodes").values_list("pk", flat=True))
    return Actor(
        user.pk, str(user), frozenset(roles), {b: frozenset(r) for b, r in bodies.items()}, frozenset(nodes),
        user.person_id, on_behalf_of, user.system, user.demo, user.language,
    )  # fmt: skip


def system_user() -> User:
    """The account under which the system itself acts; it cannot sign in."""
    user, created = User.objects.get_or_create(username="system", defaults={"display_name": "系统", "system": True, "is_active": False})
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def visible_q(actor: Actor, prefix: str = "") -> Q:
    """The condition under which ``actor`` sees a record; ``prefix`` leads from the queried table to it (``"record__"``)."""
    there = ~Q(**{f"{prefix}state": UNDONE})
    if actor.sees_all:
        return there
    seen = Q(**{f"{prefix}visibility": "public"})
    if actor.signed_in:
        ref = f"{prefix}pk" if prefix else "pk"
        case = Participant.objects.filter(record=OuterRef(ref), until=None).filter(
            Q(body_id__in=actor.bodies) | Q(user_id__in=actor.own_ids)
        )
        seen |= Q(**{f"{prefix}visibility": "members"}) | Q(Exists(case))
        if actor.bodies or actor.person_id:
            own = actor.bodies | ({actor.person_id} if actor.person_id else set())
            seen |= Q(**{f"{prefix}owner_id__in": own}) | Q(**{f"{prefix}pk__in": own})
    if actor.node_ids:
        seen |= Q(**{f"{prefix}node_id__in": actor.node_ids}) & ~Q(**{f"{prefix}visibility": "sealed"})
    return seen & there


def sees(actor: Actor, record: Record, parts: frozenset[str]) -> bool:
    """Whether the actor sees a record in hand, given the case roles there: what :func:`visible_q` asks of the database."""
    if record.state == UNDONE:
        return False
    if actor.sees_all or record.visibility == "public":
        return True
    if actor.signed_in:
        own = actor.bodies | ({actor.person_id} if actor.person_id else set())
        if record.visibility == "members" or parts or record.owner_id in own or record.pk in own:
            return True
    return record.node_id in actor.node_ids and record.visibility != "sealed"


def visible_to(actor: Actor, queryset: models.QuerySet[T]) -> models.QuerySet[T]:
    """Only the rows that the actor may see; the table is ``Record`` or a register's."""
    prefix = "" if queryset.model is Record else "record__"
    condition = visible_q(actor, prefix)
    return queryset.filter(condition) if condition else queryset


def entries(actor: Actor, model: type[T]) -> models.QuerySet[T]:
    """The register's rows visible to the actor: where every list, export, figure and API answer starts."""
    return visible_to(actor, model._default_manager.all())
