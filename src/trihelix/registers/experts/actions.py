"""The only writers of experts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.models import User
from trihelix.kernel.standard import create_entry
from trihelix.registers.experts import fees, sheets
from trihelix.registers.experts.models import Expert, Fee, Invitation

DESK = ("officer", "operator")


@action("experts", "admit", "入库", "Admit", safe=True)
def admit(a: Run, expert: Any) -> None:
    """Admit to the pool; signed-in bodies see name, employer and fields."""
    a.record.visibility = "members"


@action("experts", "pause", "暂停", "Pause")
def pause(a: Run, expert: Any) -> None:
    """Take no seats for a while, with a reason."""


@action("experts", "resume", "恢复", "Resume")
def resume(a: Run, expert: Any) -> None:
    """Available again."""
    expert.away_from = expert.away_to = None


@action("experts", "remove", "出库", "Remove", danger=True)
def remove(a: Run, expert: Any) -> None:
    """Leave the pool for good, with a reason."""
    a.record.visibility = "node"


@action("experts", "leave", "登记不可用时段", "State leave", roles=("owner", "author", "officer", "operator"), fields=(
    Column("away_from", "date", "起", "From", required=True), Column("away_to", "date", "止", "Until", required=True),
))  # fmt: skip
def state_leave(a: Run, expert: Any, *, away_from: dt.date, away_to: dt.date) -> None:
    """State a time without seats. Refuses an end before the start."""
    a.require(away_to >= away_from, "date_order", "止日早于起日", field="away_to")
    expert.away_from, expert.away_to = away_from, away_to


@action("experts", "rest", "安排轮休", "Rest", roles=DESK, fields=(Column("rests_until", "date", "轮休至", "Rests until", required=True),))
def rest(a: Run, expert: Expert, *, rests_until: dt.date) -> None:
    """No seats until a day, so that the load goes round (cool-down)."""
    a.require(rests_until >= a.today, "date_order", "轮休止日早于今天", field="rests_until")
    expert.rests_until = rests_until


@action(
    "experts",
    "set_load",
    "调整最多承担项数",
    "Most seats",
    roles=("owner", "author", *DESK),
    fields=(Column("max_load", "integer", "最多承担项数", "Most seats", required=True),),
)
def set_load(a: Run, expert: Expert, *, max_load: int) -> None:
    """State how many seats one takes at most."""
    a.require(max_load >= 0, "negative", "最多承担项数不能为负", field="max_load", value=max_load)
    expert.max_load = max_load


@action("experts", "credit", "信用分增减", "Credit", roles=("system", *DESK), fields=(
    Column("points", "integer", "增减分", "Points", required=True), Column("why", "text", "事由", "Why", required=True),
))  # fmt: skip
def credit(a: Run, expert: Expert, *, points: int, why: str) -> None:
    """Add or take points with the reason; between 0 and the book's most. Below the least of a panel rule the expert is not drawn."""
    most = fees.book_credit()["most"]
    expert.credit = max(0, min(most, expert.credit + points))
    a.extra["why"] = [None, why]


@action("expert_invitations", "create", "邀请专家", "Invite", creates=True, roles=DESK, fields=tuple(
    c for c in sheets.INVITATIONS.columns if c.name in ("ref", "title", "expert", "work", "role", "task", "invited_on")
))  # fmt: skip
def invite(a: Run, invitation: Invitation, **values: Any) -> None:
    """Invite an expert of the pool. Refuses experts not in the pool; the employer and the person see the invitation."""
    create_entry(a, invitation, values)
    expert = invitation.expert.entry
    a.require(expert.state in ("active", "paused"), "not_in_pool", f"“{expert.title}” 不在库", field="expert")
    invitation.invited_on, invitation.expert_kind = invitation.invited_on or a.today, expert.kind
    a.record.owner = a.record.owner or expert.record.owner
    users = list(User.objects.filter(person_id=expert.person_id, is_active=True)) if expert.person_id else []
    a.after_saved(lambda: [a.admit("expert", user_id=u.pk) for u in users] and None)


@action("expert_invitations", "accept", "接受", "Accept", safe=True)
def accept(a: Run, invitation: Invitation) -> None:
    """Take part."""
    invitation.answered_on = a.today


@action("expert_invitations", "decline", "谢绝", "Decline")
def decline(a: Run, invitation: Invitation) -> None:
    """Not this time, with the reason."""
    invitation.answered_on = a.today


@action(
    "expert_invitations",
    "contribute",
    "提交意见",
    "Contribute",
    fields=(Column("contribution", "longtext", "意见", "Contribution", required=True),),
)
def contribute(a: Run, invitation: Invitation, *, contribution: str) -> None:
    """Hand in what one has to say."""
    invitation.contribution, invitation.contributed_on = contribution, a.today


@action(
    "expert_invitations",
    "adopt",
    "登记采纳",
    "Adopted",
    roles=DESK,
    fields=(Column("adopted", "boolean", "已采纳", "Adopted", required=True), Column("note", "text", "说明", "Note")),
)
def adopt(a: Run, invitation: Invitation, *, adopted: bool, note: str = "") -> None:
    """Whether the contribution was taken up, and where."""
    a.require(a.record.state == "contributed", "not_contributed", "尚未提交意见", field="adopted")
    invitation.adopted = adopted
    if note:
        a.extra["note"] = [None, note]


@action("expert_fees", "approve", "审批", "Approve", safe=True)
def approve_fee(a: Run, fee: Fee) -> None:
    """Approve the amount. Refuses whoever drafted it."""
    a.require(a.record.created_by_id is None or a.record.created_by_id != a.by.user_id, "two_people", "审批人不能是制单人", field="act")
    fee.approved_on = a.today


@action("expert_fees", "pay", "登记支付", "Record payment", fields=(
    Column("paid_on", "date", "支付日期", "Paid on", required=True), Column("voucher", "text", "凭证号", "Voucher", required=True),
))  # fmt: skip
def pay_fee(a: Run, fee: Fee, *, paid_on: dt.date, voucher: str) -> None:
    """Record that it was paid."""
    a.require(paid_on <= a.today, "date_future", "支付日期不能晚于今天", field="paid_on")
    fee.paid_on, fee.voucher = paid_on, voucher.strip()
