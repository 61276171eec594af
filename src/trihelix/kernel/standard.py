"""The acts every register has: create, change, discard, void, message, file. One implementation for all."""

from __future__ import annotations

import re
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.flow import Transition
from trihelix.engines.sheets import Column
from trihelix.kernel import mailboxes
from trihelix.kernel import values as vals
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import Actor, actor_for, entries, visible_to
from trihelix.kernel.errors import Conflict, Denied
from trihelix.kernel.files import file_actions
from trihelix.kernel.models import Message, Record, User
from trihelix.kernel.register import Register

MENTION = re.compile(r"@([A-Za-z][A-Za-z0-9._-]{1,59})")


def _checked(register: Register, values: dict[str, Any], by: Actor, full: dict[str, Any]) -> dict[str, list[Record]]:
    """Refuse unknown, missing or inconsistent values; returns the records they refer to."""
    known = {c.name: c for c in vals.own_columns(register)}
    problems = [
        Problem("unknown_field", f"没有字段 “{n}”；可用：{'、'.join(known)}", field=n, value=values[n]) for n in values if n not in known
    ]
    if problems:
        raise Refused.of(problems)
    hits, problems = vals.resolve(register, values, vals.load_context(register, [values], by))
    problems += [
        Problem("required", f"请填写 “{c.zh}”", field=c.name)
        for c in known.values()
        if c.required and full.get(c.name) in (None, "", []) and c.name != register.owner_column
    ]
    problems += vals.misfits(register, values)
    problems += list(register.check(full, {"by": by}))
    if problems:
        raise Refused.of(problems)
    return hits


def create_entry(a: Run, entry: Any, values: dict[str, Any], owner: Record | None = None) -> None:
    """Fill a new typed row from sheet values, inside a running ``create`` act (also of other registers' acts)."""
    hits = _checked(a.register, values, a.by, values)
    if owner is None:
        owner, problems = vals.decide_owner(a.register, a.by, hits)
        if problems:
            raise Refused.of(problems)
    a.record.owner = owner
    roles = set(a.by.roles) | ({"owner"} if owner is None or owner.pk in a.by.bodies or owner.pk == a.by.person_id else set())
    roles |= {"node"} if a.by.node_ids and (owner is None or owner.node_id in a.by.node_ids) else set()
    roles |= {"system"} if a.by.system else set()
    if not roles & set(a.register.create_roles) and not a.by.system:
        raise Denied(
            Problem("denied", f"您不能新建{a.register.zh}；由 {'、'.join(a.register.create_roles)} 办理", field="act", value="create")
        )
    a.record.node = owner.node if owner else None
    if a.record.node is None and a.by.node_ids:
        a.record.node_id = min(a.by.node_ids)
    a.record.ref = str(values.get("ref") or "")
    if a.record.ref and Record.objects.filter(register=a.register.id, owner=owner, ref=a.record.ref).exists():
        raise Conflict(Problem("ref_taken", f"外部编号 “{a.record.ref}” 已被使用，请换一个或修改原记录", field="ref", value=a.record.ref))
    links = vals.apply(a.register, entry, a.record, values, hits)
    a.pending_links = links


def change_entry(a: Run, entry: Any, values: dict[str, Any]) -> None:
    """Change columns of an existing row, inside a running act."""
    kinds = [kind for _, kind in a.register.links.values()]
    now_values = vals.to_row(a.register, entry, vals.linked_refs([a.record], kinds).get(a.record.pk))
    hits = _checked(a.register, values, a.by, {**now_values, **values})
    a.extra.update(vals.write_links(a.record, vals.apply(a.register, entry, a.record, values, hits), a.now))
    if values.get("ref"):
        a.record.ref = str(values["ref"])
    if a.register.owner_column in values:
        owner, problems = vals.decide_owner(a.register, a.by, hits)
        if problems:
            raise Refused.of(problems)
        a.record.owner = owner


def editable(register: Register, record: Record, by: Actor) -> bool:
    """Whether the sheet of a record may be changed now: not in an end state, and by the owner only in the register's states."""
    state = next((s for s in register.flow.states if s.id == record.state), None)
    if state is None or (state.kind in ("end", "failed") and not by.roles & vals.PRIVILEGED):
        return False
    if register.change_states is not None and record.state not in register.change_states:
        return bool(by.roles & vals.PRIVILEGED)
    return True


def change_where_editable(a: Run, entry: Any, values: dict[str, Any]) -> None:
    """Change columns as the standard act does: refuses end states, and owners outside the states in which they may change."""
    if not editable(a.register, a.record, a.by):
        label = a.register.state_label(a.record.state)
        raise Conflict(Problem("not_editable", f"“{label}” 状态下不能修改；请先退回或联系经办人", field="state", value=a.record.state))
    change_entry(a, entry, values)


def standard_actions(register: Register) -> None:
    """Register ``create``, ``change``, ``discard``, ``void`` and ``message`` for a register that does not bring its own."""
    if "create" not in register.acts:

        @action(register.id, "create", f"新建{register.zh}", f"New {register.en}", creates=True, roles=register.create_roles)
        def create(a: Run, entry: Any, **values: Any) -> None:
            """Create a record from its sheet's columns. Refuses unknown or missing columns, a taken ref, a foreign owner."""
            create_entry(a, entry, values)

    if "change" not in register.acts:

        @action(register.id, "change", "修改", "Change", roles=("owner", "node", "officer", "operator"))
        def change(a: Run, entry: Any, **values: Any) -> None:
            """Change columns. Refuses end states, and owners outside the states in which the register may be changed."""
            change_where_editable(a, entry, values)

    if "message" not in register.acts:
        _message_action(register)
    for transition in register.flow.transitions:
        if transition.act not in register.acts:
            _plain_move(register, transition)
    file_actions(register)


def _plain_move(register: Register, transition: Transition) -> None:
    """An act for a transition that changes nothing but the state."""

    @action(register.id, transition.act, transition.zh, transition.en, hidden=set(transition.roles) <= {"system"})
    def move(a: Run, entry: Any) -> None:
        """Move along the flow; guards and reasons as the flow says."""


def mentioned(record: Record, text: str, side: Record | None) -> list[int]:
    """The accounts named by ``@username`` in a message, as far as they may read it: nobody learns of a case from a mention."""
    names = set(MENTION.findall(text))
    out = []
    for user in User.objects.filter(username__in=names, is_active=True) if names else ():
        actor = actor_for(user)
        reads = visible_to(actor, Record.objects.filter(pk=record.pk)).exists()
        if reads and (side is None or side.pk in actor.bodies or side.pk in actor.node_ids):
            out.append(user.pk)
    return out


def _message_action(register: Register) -> None:
    @action(
        register.id, "message", "发送消息", "Send message", roles=("anyone",),
        fields=(Column("text", "longtext", "内容", "Text", required=True), Column("private", "boolean", "仅本单位可见", "Only my body")),
    )  # fmt: skip
    def message(a: Run, entry: Any, *, text: str, private: bool = False) -> None:
        """Write a message on a record one can see; the other people of the case are told."""
        side = a.record.owner if private and a.record.owner_id in a.by.bodies else None
        if private and side is None and a.by.bodies:
            side = Record.objects.get(pk=min(a.by.bodies))
        made = Message.objects.create(record=a.record, author_id=a.by.user_id or 0, side=side, text=text.strip(), at=a.now)
        a.extra["message"] = [None, str(made.uid)]
        mailboxes.copy(a.record, made, mailboxes.parties(a.record, made))
        named = mentioned(a.record, text, side)
        if named:
            who = a.by.name
            a.notify(
                f"{who} 在留言中提到您：{a.record.title}", users=named, key=f"at:{made.uid}", en=f"{who} mentioned you: {a.record.title}"
            )
        if side is None:
            others = set(a.record.participants.filter(until=None).exclude(body=None).values_list("body_id", flat=True))
            others |= {a.record.owner_id} if a.record.owner_id else set()
            a.notify(f"新消息：{a.record.title}", bodies=others - set(a.by.bodies), key=str(made.uid), en=f"New message: {a.record.title}")


def readable(register: Register, name: Any, by: Actor) -> dict[str, Any]:
    """One record as a sheet row, without what the viewer may not read (the API's GET)."""
    record = find(register, name, by)
    entry = entries(by, register.model).get(record=record)
    kinds = [kind for _, kind in register.links.values()]
    hide = vals.hidden_columns(register, by, record)
    return vals.to_row(register, entry, vals.linked_refs([record], kinds).get(record.pk), hide)
