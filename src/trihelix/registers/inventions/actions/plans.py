"""Share plans: inventors heard, decided, on notice, in force; history is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, transaction

from trihelix.engines.errors import Problem
from trihelix.engines.shares.rights import reward_besides_rights
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.errors import Conflict
from trihelix.kernel.models import Record, User
from trihelix.registers.inventions import sharing
from trihelix.registers.inventions.models import RightsGrant, SharePlan, Transfer
from trihelix.registers.inventions.procedure import Steps, over, register_steps

PAPERS = {"plan": ("分配方案", "Plan"), "minutes": ("会议纪要", "Minutes"), "hearing": ("听取意见记录", "Hearing of the inventors"), "agreement": ("分配协议", "Agreement"),
          "payout_list": ("发放清单", "Payout list"), "tax_file": ("个税备案材料", "Tax file")}  # fmt: skip


def transfer_of(plan: SharePlan) -> Transfer:
    """The transfer a plan belongs to."""
    return Transfer.objects.get(pk=plan.transfer_id)


def _problems(plan: SharePlan, a: Run) -> Iterator[Problem]:
    transfer = transfer_of(plan)
    for problem in sharing.check_plan(plan, transfer):
        if problem.code != "leader_without_notice":  # announced by this procedure before it takes effect
            yield problem
    rule = sharing.share_book().rule(transfer.rule)
    holders = {
        str(o.get("person") or o["name"])
        for g in RightsGrant.objects.filter(invention=transfer.invention, record__state="active")
        for o in g.owners
    }
    paid = {sharing.member_id(m) for m in plan.members}
    if holders & paid and (problem := reward_besides_rights(rule, True, plan.rights_besides)):
        yield problem


def _recusals(plan: SharePlan, a: Run) -> Iterator[Problem]:
    leaders = [str(m["name"]) for m in plan.members if m.get("leader") or m["role"] == "leader"]
    missing = [n for n in leaders if n not in plan.recused]
    if missing:
        yield Problem("not_recused", f"分配方案涉及的领导须回避决策：{'、'.join(missing)}", field="recused", value=missing)


register_steps(Steps("share_plans", PAPERS, problems=_problems, on_decide=_recusals))


@action(
    "share_plans", "take_effect", "生效", "Take effect", fields=(Column("since", "date", "适用于该日起的到账", "Applies to receipts from"),)
)
def take_effect(a: Run, plan: SharePlan, *, since: dt.date | None = None) -> None:
    """Put a plan in force: receipts from that day are shared by it. Refuses before the notice ended, and days already paid by an earlier plan."""
    over(a)
    lock = Record.objects.select_for_update(of=("self",)).get(pk=plan.transfer_id)
    transfer = transfer_of(plan)
    earlier = sharing.plans_of(transfer)
    first = transfer.receipts.order_by("date").first()
    known = [d for d in (transfer.signed_on, first.date if first else None) if d]
    day = since or (a.today if earlier else min(known, default=a.today))
    a.require(
        not earlier or day > (earlier[-1].since or dt.date.min),
        "plans_order",
        f"新方案须晚于现行方案的起始日 {earlier[-1].since if earlier else ''}",
        field="since",
    )
    plan.since, plan.effective_on = day, a.today
    for problem in _problems(plan, a):
        raise Conflict(problem)
    for row in plan.members:
        person = sharing.person_of(row, plan)
        for user in User.objects.filter(person=person) if person else ():
            a.admit("inventor", user_id=user.pk)
    a.after_saved(lambda: _apply(a, plan, lock, earlier))


def _apply(a: Run, plan: SharePlan, lock: Record, earlier: list[SharePlan]) -> None:
    transfer = Transfer.objects.get(pk=lock.pk)
    sharing.distribute(transfer)
    transfer.save()
    for row in plan.members:
        person = sharing.person_of(row, plan)
        for user in User.objects.filter(person=person) if person else ():
            if not lock.participants.filter(user=user, role="inventor", until=None).exists():
                lock.participants.create(user=user, role="inventor", since=a.now)
    for old in earlier:
        if old.record.state == "effective":
            end(by=a.by, record=old.record, now=a.now)


@action("share_plans", "end", "由新方案取代", "Superseded", hidden=True)
def end(a: Run, plan: SharePlan) -> None:
    """A newer plan took over; receipts before it keep this one."""
    plan.ended_on = a.today


def guarded(step: Any, message: str, field: str) -> Any:
    """Run a database step; a broken constraint becomes a conflict a person can read."""
    try:
        with transaction.atomic():
            return step()
    except IntegrityError as exc:
        raise Conflict(Problem("already_done", message, field=field)) from exc
