"""Calling acts by name with values as they come from outside (text of a terminal, JSON of the API): shared by both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trihelix.engines import sheets
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import Column
from trihelix.kernel import values as vals
from trihelix.kernel.actor import Actor
from trihelix.kernel.errors import Unseen
from trihelix.kernel.models import Entry, Record
from trihelix.kernel.register import Act, Register


def outside(register: Register) -> dict[str, Act]:
    """The acts that may be called by name: not those hidden from people, nor those that carry a stream."""
    return {name: spec for name, spec in register.acts.items() if not spec.hidden}


def spec_of(register: Register, name: str) -> Act:
    """The act, or a refusal that lists what exists."""
    known = outside(register)
    if name not in known:
        listed = "、".join(f"{a}（{s.zh}）" for a, s in known.items())
        raise Unseen(Problem("unknown_act", f"{register.zh}没有步骤 “{name}”；可用：{listed}", field="act", value=name))
    return known[name]


def fields_of(register: Register, spec: Act) -> tuple[Column, ...]:
    """What an act takes: its own fields, or the sheet for ``create`` and ``change``."""
    if spec.fields or spec.act not in ("create", "change"):
        return spec.fields
    return tuple(vals.own_columns(register))


def typed(register: Register, spec: Act, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an act from text or JSON; every wrong or unknown one is named. Blank answers are left to the act."""
    values, problems = sheets.parse_values(fields_of(register, spec), given)
    if problems:
        raise Refused.of(problems)
    return values


def reason_required(register: Register, spec: Act) -> bool:
    """Whether the flow asks for a reason."""
    return any(t.act == spec.act and t.reason_required for t in register.flow.transitions)


def brief(record: Record) -> dict[str, Any]:
    """A record in one line: what a caller needs to go on."""
    return {
        "register": record.register, "uid": str(record.uid), "number": record.number, "ref": record.ref, "title": record.title,
        "state": record.state, "version": record.version,
    }  # fmt: skip


def made_by(done: Any) -> Record | None:
    """The base record behind what an act returned, if it returned one."""
    if isinstance(done, Record):
        return done
    return done.record if isinstance(done, Entry) else None


def perform(
    register: Register, act: str, name: str | None, by: Actor, given: Mapping[str, Any], *, version: int | None = None, key: str | None = None,
    reason: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Do an act by name with typed values: the record acted on as it is now, what else the act made (``made``), what it told (``told``)."""
    from trihelix.kernel.action import find

    spec = spec_of(register, act)
    if spec.creates:
        made = made_by(spec.run(by=by, key=key, reason=reason, **given))
        if made is None:
            raise TypeError(f"{spec.name} creates and returns no record")
        return {**brief(made), "made": None, "told": None}
    seen = find(register, name, by)
    done = spec.run(by=by, record=str(seen.uid), version=version, key=key, reason=reason, **given)
    made = made_by(done)
    seen.refresh_from_db()  # the actor may have acted it out of their own sight
    return {**brief(seen), "made": brief(made) if made is not None and made.pk != seen.pk else None, "told": done if spec.tells else None}
