"""What several pages need: the record behind an address, what may be done on it, safe ways back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from trihelix.engines import flow as flows
from trihelix.engines.sheets import Column
from trihelix.kernel import values as vals
from trihelix.kernel.action import ANYONE, allowed_roles, find, is_transition
from trihelix.kernel.actor import Actor, entries, visible_to
from trihelix.kernel.models import Record
from trihelix.kernel.register import Act, Register, attribute
from trihelix.kernel.standard import editable
from trihelix.site.forms import Form
from trihelix.site.listing import own_field

APART = ("change", "message")  # acts with a place of their own on the page


@dataclass(frozen=True)
class Offer:
    """An act that the actor can do now; ``direct`` acts need no form."""

    spec: Act
    direct: bool
    main: bool  # moves the record along its flow as a waiting task


def load(request: HttpRequest, register: Register, uid: uuid.UUID) -> tuple[Record, Any]:
    """The record and its typed row, if the actor may see it; refused as not found otherwise."""
    record = find(register, uid, request.actor)
    entry = entries(request.actor, register.model).get(record=record)
    return entry.record, entry


def can(register: Register, spec: Act, actor: Actor, record: Record, roles: frozenset[str]) -> bool:
    """Whether the actor can do an act now, with the roles on the record already known (guards aside)."""
    if is_transition(register, spec.act) and flows.transition(register.flow, record.state, spec.act) is None:
        return False
    allowed = set(allowed_roles(register, spec, record.state))
    return bool(allowed & roles) or (ANYONE in allowed and actor.signed_in)


def needs_reason(register: Register, spec: Act, state: str) -> bool:
    """Whether the flow asks for a reason."""
    transition = flows.transition(register.flow, state, spec.act)
    return transition is not None and transition.reason_required


def is_direct(register: Register, spec: Act, state: str) -> bool:
    """Whether an act can be done by one button: nothing to fill in, nothing dangerous."""
    return not spec.fields and not spec.danger and not needs_reason(register, spec, state)


def offers(register: Register, actor: Actor, record: Record, roles: frozenset[str]) -> list[Offer]:
    """What the actor can do on the record now, waiting tasks first."""
    if not actor.signed_in:
        return []
    out = []
    for spec in register.acts.values():
        if spec.creates or spec.hidden or spec.act in APART or not can(register, spec, actor, record, roles):
            continue
        transition = flows.transition(register.flow, record.state, spec.act)
        main = transition is not None and (transition.waits or transition.clock is not None)
        out.append(Offer(spec, is_direct(register, spec, record.state), main))
    return sorted(out, key=lambda o: (not o.main, o.spec.danger))


def may_change(register: Register, actor: Actor, record: Record, roles: frozenset[str]) -> bool:
    """Whether the actor can edit the sheet of the record now."""
    spec = register.acts.get("change")
    return spec is not None and actor.signed_in and can(register, spec, actor, record, roles) and editable(register, record, actor)


def creating_roles(actor: Actor) -> set[str]:
    """Roles that the actor can play on a record that does not exist yet."""
    roles = set(actor.roles)
    if actor.bodies or actor.person_id:
        roles.add("owner")
    if actor.node_ids:
        roles.add("node")
    if actor.signed_in:
        roles.add(ANYONE)
    return roles


def create_acts(register: Register, actor: Actor) -> list[Act]:
    """Acts by which the actor can start a record of the register, the plain one first."""
    mine = creating_roles(actor)
    found = [a for a in register.acts.values() if a.creates and not a.hidden and set(a.roles) & mine]
    return sorted(found, key=lambda a: a.act != "create")


def may_import(register: Register, actor: Actor) -> bool:
    """Whether the actor can import rows of the register."""
    return actor.signed_in and bool(set(register.create_roles) & creating_roles(actor))


def form_columns(register: Register, actor: Actor) -> list[Column]:
    """The sheet's columns for a form; the owner is not asked of somebody who has one body only."""
    columns = sorted(vals.own_columns(register), key=lambda c: c.name == "ref")  # the key of another system comes last
    if len(actor.bodies) == 1 and not actor.sees_all:
        return [replace(c, required=False) if c.name == register.owner_column else c for c in columns]
    return columns


def suggest(register: Register, form: Form, actor: Actor) -> None:
    """Give reference fields their choices: one's own bodies as owner, else an address that suggests while one types."""
    own: list[tuple[str, str]] | None = None
    for field in form.fields:
        target = vals.reference_columns(register).get(field.name)
        if target is None or field.column.kind != "ref":
            continue
        if field.name == register.owner_column and target == "bodies" and actor.bodies and not actor.sees_all and not actor.node_ids:
            if own is None:
                scoped = visible_to(actor, Record.objects.filter(pk__in=actor.bodies, register="bodies"))
                own = [(r.ref, r.title) for r in scoped.order_by("title")]
            field.own = own
            if len(own) == 1 and not field.text:
                field.text = own[0][0]
        else:
            field.lookup = reverse("lookup", args=[target])


def live_address(register: Register) -> str:
    """The page of a register that comments on a form while one writes (named ``<register>-live``), if it has one."""
    try:
        return reverse(f"{register.id}-live")
    except NoReverseMatch:
        return ""


def defaults(register: Register, columns: Iterable[Column]) -> dict[str, Any]:
    """What a new record's form starts with: the table's own yes/no defaults."""
    out: dict[str, Any] = {}
    for column in columns:
        field = own_field(register, attribute(column.name)) if column.kind == "boolean" else None
        if field is not None and field.has_default():
            out[column.name] = field.get_default()
    return out


def back(request: HttpRequest, fallback: str) -> str:
    """The address to return to: ``next`` where it stays on this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if target and safe else fallback
