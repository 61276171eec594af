"""Objections by people without an account: filed by real name, followed by a signed link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from django.db import transaction

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import links
from trihelix.kernel.actor import Actor, actor_for
from trihelix.kernel.home import is_demo
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.programmes.actions.cases import REAL_NAME

OBJECTOR = "实名异议人"  # under which a visitor's acts are journalled: the name itself stays in the objection
VISITOR_MUST = ("name", "id_kind", "id_number", "contact", "grounds", "evidence")


def asked() -> list[Any]:
    """The columns of the public form; who has no account must say how they can be identified."""
    return [replace(c, required=c.name in VISITOR_MUST) for c in REAL_NAME]


def file(
    *, by: Actor, target: Record, values: Mapping[str, Any], evidence: tuple[BinaryIO, str] | None = None, key: str | None = None
) -> tuple[Any, str]:
    """File an objection to a record on notice: the objection and, for a visitor, the word of the link to follow it (else empty).

    One transaction: the objection, its evidence file and the link come about together. Refuses as the act ``objections.create`` does,
    and whoever does not say who they are.
    """
    missing = [c for c in asked() if c.required and not str(values.get(c.name) or "").strip()]
    if missing:
        raise Refused.of(Problem("required", f"请填写“{c.zh}”", field=c.name) for c in missing)
    with transaction.atomic():
        actor = by
        if not by.signed_in:
            account = links.visitor(OBJECTOR, is_demo())
            actor = actor_for(account)
        made = register_of("objections").acts["create"].run(by=actor, target=str(target.uid), key=key, **values)
        record = made.record
        if evidence is not None:
            stream, name = evidence
            register_of("objections").acts["attach"].run(by=actor, record=record.uid, stream=stream, name=name, part="confidential")
        if by.signed_in:
            return made, ""
        contact = str(values["contact"]).strip()
        return made, links.follow(record=record, user=account, email=contact if "@" in contact else "")
