"""The only writers of parties beyond the standard acts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import journal
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.columns import code_choices
from trihelix.kernel.merge import move_references
from trihelix.kernel.models import Grant, Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.parties.models import Membership
from trihelix.registers.parties.queries import node_for

DESK = ("node", "officer", "operator")


@action("bodies", "create", "新建单位", "New body", creates=True, roles=("node", "officer", "operator"))
def create_body(a: Run, body: Any, **values: Any) -> None:
    """Create a body; its ref defaults to the credit code, its node follows from the division."""
    values.setdefault("ref", values.get("credit_code") or "")
    create_entry(a, body, values)
    a.record.node = node_for(body.division) or a.record.node
    a.record.visibility = "public"


@action("nodes", "create", "新建站点", "New node", creates=True, roles=("officer", "operator"))
def create_node(a: Run, node: Any, **values: Any) -> None:
    """Create a market node, public at once and in its own care: its people keep its page."""
    create_entry(a, node, values)
    a.record.visibility = "public"
    a.record.node = None

    def own() -> None:
        a.record.node = a.record
        a.record.save(update_fields=["node"])

    a.after_saved(own)


@action("people", "create", "新建人员", "New person", creates=True, roles=("owner", "node", "officer", "operator"))
def create_person(a: Run, person: Any, **values: Any) -> None:
    """Create a person with a home body; the membership starts today."""
    create_entry(a, person, values)
    a.record.visibility = "members"


@action("people", "join", "加入单位", "Join a body", roles=("owner", *DESK), fields=(
    Column("body", "ref", "单位", "Body", required=True), Column("position", "text", "职务", "Position"), Column("valid_from", "date", "起始日期", "From"),
))  # fmt: skip
def join(a: Run, person: Any, *, body: Any, position: str = "", valid_from: dt.date | None = None) -> None:
    """Record a membership with dates. Refuses a second open membership of the same person and body."""
    target = find(register_of("bodies"), body, a.by)
    open_one = Membership.objects.filter(person=a.record, body=target, valid_to=None).exists()
    a.require(not open_one, "already_member", f"{a.record.title} 已在 {target.title} 任职，请先登记离任", field="body")
    made = Membership.objects.create(person=a.record, body=target, position=position or "", valid_from=valid_from or a.today)
    a.extra["membership"] = [None, [target.pk, made.position, str(made.valid_from)]]


@action("people", "quit", "离任", "Leave a body", roles=("owner", *DESK), fields=(
    Column("body", "ref", "单位", "Body", required=True), Column("valid_to", "date", "离任日期", "Until"),
))  # fmt: skip
def quit_body(a: Run, person: Any, *, body: Any, valid_to: dt.date | None = None) -> None:
    """End a membership; history keeps it for figures as of earlier days."""
    target = find(register_of("bodies"), body, a.by)
    held = Membership.objects.filter(person=a.record, body=target, valid_to=None).first()
    if held is None:
        a.refuse("not_member", f"{a.record.title} 现在不在 {target.title} 任职", field="body")
        return
    end = valid_to or a.today
    a.require(end >= held.valid_from, "date_order", f"离任日期不能早于起始日期 {held.valid_from}", field="valid_to")
    held.valid_to = end
    held.save(update_fields=["valid_to"])
    a.extra["membership"] = [[target.pk, str(held.valid_from), None], [target.pk, str(held.valid_from), str(end)]]


@action("people", "leave", "离开", "Leave", danger=True)
def leave(a: Run, person: Any) -> None:
    """The person leaves the register; open memberships end today."""
    Membership.objects.filter(person=a.record, valid_to=None).update(valid_to=a.today)


@action("bodies", "end", "注销", "End", danger=True)
def end_body(a: Run, body: Any) -> None:
    """End a body: it stays readable, its grants and memberships end today."""
    body.valid_to = a.today
    Membership.objects.filter(body=a.record, valid_to=None).update(valid_to=a.today)
    Grant.objects.filter(scope=a.record, valid_to=None).update(valid_to=a.today)


@action("nodes", "close", "关闭", "Close", danger=True)
def close_node(a: Run, node: Any) -> None:
    """Close a node. Refuses while records are in its care."""
    waiting = Record.objects.filter(node=a.record).exclude(pk=a.record.pk).count()
    a.require(waiting == 0, "in_care", f"还有 {waiting} 条记录由本站点负责，请先移交", field="node")
    node.closed_on = a.today


MERGE = (Column("into", "ref", "并入", "Into", required=True, help="保留的那一条的编号"),)


def _merge(a: Run, into: Any) -> None:
    target = find(a.register, into, a.by)
    a.require(target.pk != a.record.pk, "same_record", "不能并入自己", field="into")
    a.require(target.state == "active", "not_active", f"“{target.title}” 不是有效记录，不能作为保留方", field="into")
    moved = move_references(a.record, target)
    a.record.merged_into = target
    a.extra["moved"] = [None, moved]


@action("bodies", "merge", "合并到", "Merge into", fields=MERGE, danger=True)
def merge_body(a: Run, body: Any, *, into: Any) -> None:
    """Merge a duplicate body into another: every reference moves, the old id stays as an alias, history is kept."""
    _merge(a, into)
    body.credit_code = ""


@action("people", "merge", "合并到", "Merge into", fields=MERGE, danger=True)
def merge_person(a: Run, person: Any, *, into: Any) -> None:
    """Merge a duplicate person into another."""
    _merge(a, into)


@action("people", "erase", "删除个人信息", "Erase personal data", danger=True)
def erase(a: Run, person: Any) -> None:
    """Remove personal data; events stay and the journal still verifies."""
    person.email = person.phone = person.gender = person.summary = ""
    a.record.title = f"已删除人员 {a.record.number}"
    a.extra["erased"] = [None, journal.erase_personal(a.record)]


@action("bodies", "move", "变更区划", "Change division", roles=DESK, fields=(
    Column("division", "choice", "行政区划", "Division", required=True, choices=code_choices("divisions")),
))  # fmt: skip
def move_body(a: Run, body: Any, *, division: str) -> None:
    """Change a body's division and hand it to the node in charge there."""
    body.division = division
    a.record.node = node_for(division) or a.record.node
