"""The only writers of obligations: who owes what until when; due ones enter the debtor's inbox by the clock."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F

from trihelix.engines.errors import Refused
from trihelix.engines.sheets import Column
from trihelix.kernel import book, clock
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import change_entry, create_entry, editable
from trihelix.kernel.ticks import tick
from trihelix.registers.contracts import sheets
from trihelix.registers.contracts.access import admit_sides
from trihelix.registers.contracts.actions.deals import EITHER
from trihelix.registers.contracts.models import ContractDraft, Deal, Obligation

BY_ACT = ("done_on", "evidence", "confirmed_on", "state", "number", "uid", "version", "synthetic")
OWN = tuple(c for c in sheets.OBLIGATIONS.columns if c.name not in BY_ACT)
BATCH = 500


@action(
    "obligations",
    "create",
    "登记义务",
    "Add an obligation",
    creates=True,
    roles=("owner", "node", "officer", "operator", "system"),
    fields=OWN,
)
def create(a: Run, duty: Obligation, **values: Any) -> None:
    """Add an obligation between the two sides of a deal. Refuses strangers, and duties of a deal that failed."""
    record = find(register_of("deals"), values["deal"], a.by)
    deal: Deal = record.entry
    if not {*EITHER, "system"} & a.by.roles_on(record):
        raise Refused.one("not_yours", "只有交易双方或经办站点可以登记义务", field="deal", value=record.number)
    a.require(record.state in ("open", "signed"), "deal_not_open", "交易开启后才能登记义务", field="deal", value=record.state)
    debtor, creditor = (find(register_of("bodies"), values[name], a.by) for name in ("debtor", "creditor"))
    a.require({debtor.pk, creditor.pk} == {deal.buyer_id, deal.seller_id}, "not_a_side", "履行方与对方须为交易的双方", field="debtor")
    create_entry(a, duty, {**values, "deal": str(record.uid)}, owner=creditor if creditor.pk in a.by.bodies else debtor)
    a.record.owner = debtor
    a.record.visibility, a.record.node = "owner", record.node

    def admit() -> None:
        a.admit("debtor", body=debtor)
        a.admit("creditor", body=creditor)
        admit_sides(a.record, deal, a.now)
        a.link(record, "deal")

    a.on_saved.append(admit)


FIXED = ("deal", "debtor", "creditor")


@action("obligations", "change", "修改", "Change", roles=("creditor", "node", "officer", "operator"))
def change(a: Run, duty: Obligation, **values: Any) -> None:
    """The creditor or the desk changes what is owed before it is due; never who owes it."""
    a.require(editable(a.register, a.record, a.by), "not_editable", "已到期或已履行的义务不能修改", field="state", value=a.record.state)
    fixed = sorted(set(values) & set(FIXED))
    a.require(not fixed, "parties_fixed", "不能改换交易与双方，请免除后另行登记", field=fixed[0] if fixed else None)
    change_entry(a, duty, values)


def from_payment_plan(draft: ContractDraft, deal: Deal, now: dt.datetime) -> None:
    """The payments of a signed text as obligations of the buyer; their sums are those of the plan, to the fen."""
    run = register_of("obligations").acts["create"].run
    for n, row in enumerate(draft.payment_plan, 1):
        form = {"fixed": "付款", "royalty": "提成", "entry": "入门费"}[row.get("form") or "fixed"]
        due = dt.date.fromisoformat(str(row["due"])) if row.get("due") else None
        values = {"due_on": due, "trigger": row.get("trigger") or "", "amount_wan": row.get("amount_wan")}
        run(
            by=SYSTEM, now=now, title=f"第 {n} 期{form}：{draft.record.title}"[:400], deal=str(deal.record.uid), kind="payment", debtor=str(deal.buyer.uid),
            creditor=str(deal.seller.uid), **{k: v for k, v in values.items() if v not in (None, "")},
        )  # fmt: skip


@action(
    "obligations", "fall_due", "转为待履行", "Fall due", fields=(Column("due_on", "date", "到期日", "Due on", help="条件成就的，填到期日"),)
)
def fall_due(a: Run, duty: Obligation, *, due_on: dt.date | None = None) -> None:
    """Its day comes near, or its condition came about: it enters the debtor's inbox with its day."""
    duty.due_on = due_on or duty.due_on
    a.require(duty.due_on is not None, "required", "请填写到期日", field="due_on")


DONE = (
    Column("done_on", "date", "履行日期", "Done on", required=True), Column("evidence", "longtext", "履行凭据", "Evidence", required=True, help="凭证号、交付单、验收单等"),
)  # fmt: skip


def _fulfil(a: Run, duty: Obligation, done_on: dt.date, evidence: str) -> None:
    a.require(done_on <= a.today, "future_date", "履行日期不能晚于今天", field="done_on", value=str(done_on))
    duty.done_on, duty.evidence = done_on, evidence.strip()


@action("obligations", "fulfil", "登记履行", "Record fulfilment", fields=DONE)
def fulfil(a: Run, duty: Obligation, *, done_on: dt.date, evidence: str) -> None:
    """The debtor records that it was done, with evidence; the other side confirms or returns it."""
    _fulfil(a, duty, done_on, evidence)


@action("obligations", "fulfil_early", "提前履行", "Fulfil early", fields=DONE)
def fulfil_early(a: Run, duty: Obligation, *, done_on: dt.date, evidence: str) -> None:
    """Done before its day."""
    _fulfil(a, duty, done_on, evidence)


@action("obligations", "confirm", "确认履行", "Confirm", safe=True)
def confirm(a: Run, duty: Obligation) -> None:
    """The creditor confirms."""
    duty.confirmed_on = a.today


@action("obligations", "return", "退回", "Return", danger=True)
def return_(a: Run, duty: Obligation) -> None:
    """The creditor does not accept it: it is due again, with the reason to the debtor."""
    duty.done_on, duty.evidence = None, ""
    a.notify(f"履行被退回：{a.record.title}（{a.reason}）", roles=("debtor",), en=f"Fulfilment returned: {a.record.title}")


@action(
    "obligations",
    "settle",
    "由到账核销",
    "Settled by receipts",
    fields=(*DONE, Column("confirmed", "boolean", "收款方已入账", "Booked by the creditor")),
)
def settle(a: Run, duty: Obligation, *, done_on: dt.date, evidence: str, confirmed: bool = False) -> None:
    """Receipts of the contract cover this payment. Booked by the creditor it is confirmed; booked by others, the creditor confirms."""
    duty.done_on, duty.evidence = duty.done_on or done_on, duty.evidence or evidence
    if confirmed:
        duty.confirmed_on = a.today
    a.go("confirmed" if confirmed else "done")


def settle_payments(contract: Record, covered_fen: int, day: dt.date, evidence: str, a: Run) -> None:
    """Settle the payments that net receipts of ``covered_fen`` cover whole, the earliest first; instalments without a sum stay open."""
    payments = Obligation.objects.filter(contract=contract, kind="payment").exclude(record__state="waived").exclude(amount_fen=None)
    for duty in payments.select_related("record").order_by(F("due_on").asc(nulls_last=True), "pk"):
        covered_fen -= duty.amount_fen or 0
        if covered_fen < 0:
            break
        confirmed = duty.creditor_id in a.by.bodies
        if duty.record.state in ("planned", "due") or (duty.record.state == "done" and confirmed):
            settle(by=SYSTEM, record=duty.record, now=a.now, done_on=day, evidence=evidence, confirmed=confirmed)


@tick("obligations_due", every=3600)
def due_soon(now: dt.datetime) -> int:
    """Move what falls due within the book's notice into the inboxes; run twice, nothing more happens."""
    limit, _ = book.current().due("obligation.notice", clock.local_date(now))
    due = Obligation.objects.filter(record__state="planned", due_on__lte=limit).values_list("pk", flat=True)[:BATCH]
    for pk in list(due):
        fall_due(by=SYSTEM, record=Record.objects.get(pk=pk), now=now)
    return len(due)
