"""Acts on funds, agreements and payment orders. The only place where budget lines change."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.programmes.models import Agreement, BudgetLine, PayIn, Payment, Project, Tranche

MONEY = Column("amount_wan", "money_wan", "金额", "Amount", unit="万元", required=True)


def commit(a: Run, record: Record, fen: int) -> None:
    """Commit money on a line through its own act: the line's row is locked, and the database refuses too much."""
    change_line(by=SYSTEM, record=record, field="committed", fen=fen, now=a.now)


@action("budget_lines", "create", "新建资金或科目", "New line", creates=True, roles=("finance", "officer", "operator"))
def create_line(a: Run, line: BudgetLine, **values: Any) -> None:
    """Open a fund or a line below one; its money is taken from the parent. Refuses more than the parent has free."""
    create_entry(a, line, values)
    a.require(line.amount_fen >= 0, "negative", "预算不能为负", field="amount_wan")
    a.require(line.kind == "fund" or line.parent_id, "no_parent", "科目须属于一项资金", field="parent")
    a.record.visibility = "members"
    if line.parent is not None:
        change_line(by=SYSTEM, record=line.parent, field="allocated", fen=line.amount_fen, now=a.now)


@action("budget_lines", "change_amount", "调整预算", "Change the amount", roles=("finance", "officer", "operator"), fields=(MONEY,))
def change_amount(a: Run, line: BudgetLine, *, amount_wan: int) -> None:
    """Change what a line holds, with a reason. Refuses less than is given out, and more than the parent has free."""
    a.require(a.reason, "reason_required", "调整预算须说明理由", field="reason")
    used = line.allocated_fen + line.committed_fen
    a.require(amount_wan >= used, "below_used", f"不能低于已安排的 {used / 1_000_000:g} 万元", field="amount_wan")
    if line.parent is not None:
        change_line(by=SYSTEM, record=line.parent, field="allocated", fen=amount_wan - line.amount_fen, now=a.now)
    line.amount_fen = amount_wan


@action(
    "budget_lines",
    "move",
    "记账",
    "Move",
    roles=("system",),
    hidden=True,
    fields=(Column("field", "text", "栏", "Field", required=True), Column("fen", "integer", "分", "Fen", required=True)),
)
def change_line(a: Run, line: BudgetLine, *, field: str, fen: int) -> None:
    """Add to allocated, committed, allotted or paid. Refuses what the line does not have; the database has the same rule."""
    a.require(line.state == "open", "line_closed", f"{line.title} 已关闭", field="line")
    a.require(field in ("allocated", "committed", "allotted", "paid"), "unknown_field", "没有这一栏", field="field", value=field)
    if field in ("allocated", "committed"):
        a.require(
            fen <= line.free_fen,
            "line_exhausted",
            f"{line.title} 余额 {line.free_fen / 1_000_000:g} 万元，不足 {fen / 1_000_000:g} 万元",
            field="line",
            value=fen,
        )
    setattr(line, f"{field}_fen", getattr(line, f"{field}_fen") + fen)


@action("fund_agreements", "create", "新建联合基金协议", "New agreement", creates=True, roles=("officer", "operator"))
def create_agreement(a: Run, agreement: Agreement, **values: Any) -> None:
    """Draft an agreement with a joint funder."""
    create_entry(a, agreement, values)
    a.require(agreement.ends_on >= agreement.starts_on, "date_order", "结束日期不能早于起始日期", field="ends_on")  # type: ignore[operator]
    a.record.visibility = "owner"
    a.on_saved.append(lambda: a.admit("funder", body=agreement.partner))


@action("fund_agreements", "sign", "签署", "Sign", fields=(Column("signed_on", "date", "签署日期", "Signed"),))
def sign_agreement(a: Run, agreement: Agreement, *, signed_on: dt.date | None = None) -> None:
    """Sign: the pay-ins of every year fall due for both sides."""
    agreement.signed_on = signed_on or agreement.signed_on or a.today
    rows = [
        PayIn(agreement=a.record, party=party, year=year, due_fen=fen)
        for year in range(agreement.starts_on.year, agreement.ends_on.year + 1)  # type: ignore[union-attr]
        for party, fen in (("province", agreement.yearly_province_fen), ("partner", agreement.yearly_partner_fen))
    ]
    PayIn.objects.bulk_create(rows)
    a.record.visibility = "public"
    a.extra["pay_ins"] = [None, len(rows)]


@action("fund_agreements", "receive", "登记到账", "Record a pay-in", roles=("finance", "officer", "operator"), fields=(
    Column("party", "text", "出资方", "Party", required=True, help="province 或 partner"), Column("year", "integer", "年度", "Year", required=True), MONEY,
))  # fmt: skip
def receive(a: Run, agreement: Agreement, *, party: str, year: int, amount_wan: int) -> None:
    """Record money received for a year. Refuses more than is due."""
    row = PayIn.objects.select_for_update().filter(agreement=a.record, party=party, year=year).first()
    if row is None:
        a.refuse("no_pay_in", "没有这一年度的应缴款", field="year", value=year)
        return
    a.require(
        0 < amount_wan <= row.due_fen - row.received_fen,
        "over_due",
        f"应缴余额 {(row.due_fen - row.received_fen) / 1_000_000:g} 万元",
        field="amount_wan",
    )
    row.received_fen, row.received_on = row.received_fen + amount_wan, a.today
    row.save(update_fields=["received_fen", "received_on"])
    a.extra["received"] = [None, [party, year, amount_wan]]


def release_tranches(a: Run, project: Project, trigger: str) -> int:
    """Set the planned tranches of a trigger free and allot their money. Returns how many."""
    rows = list(Tranche.objects.filter(project=project.record, trigger=trigger, state="planned"))
    if trigger == "stage_check":
        rows = rows[:1]
    for row in rows:
        row.state, row.released_on = "released", a.today
        row.save(update_fields=["state", "released_on"])
        project.allotted_fen += row.amount_fen
        if project.line is not None:
            change_line(by=SYSTEM, record=project.line, field="allotted", fen=row.amount_fen, now=a.now)
        a.extra[f"tranche:{row.position}"] = ["planned", "released"]
    return len(rows)


def bank_digest(payment: Payment) -> str:
    """What two people approved: payee, account and amount."""
    text = "|".join(
        [
            str(payment.payee_id),
            payment.account_name,
            payment.bank_name,
            payment.bank_account,
            str(payment.amount_fen),
            str(payment.project_id),
            str(payment.tranche),
        ]
    )
    return hashlib.sha256(text.encode()).hexdigest()


@action("payments", "create", "新建拨款单", "New payment order", creates=True, roles=("finance", "officer", "operator"))
def create_payment(a: Run, payment: Payment, **values: Any) -> None:
    """Order the payment of a released tranche to the payee. Refuses tranches not set free or ordered before, other payees and amounts."""
    project = _project(a, values)
    tranche = Tranche.objects.select_for_update().filter(project=project.record, position=values.get("tranche") or 0).first()
    if tranche is None or tranche.state != "released":
        a.refuse("not_released", "该期拨款未释放，或已开单", field="tranche", value=values.get("tranche"))
        return
    a.require(project.payee is not None, "no_payee", "项目没有收款方", field="project")
    wanted = values.get("amount_wan")
    a.require(
        wanted in (None, tranche.amount_fen),
        "amount",
        f"本期金额为 {tranche.amount_fen / 1_000_000:g} 万元",
        field="amount_wan",
        value=wanted,
    )
    values |= {
        "amount_wan": tranche.amount_fen,
        "payee": values.get("payee") or project.payee.uid,
        "owner": project.payee.uid,
        "title": values.get("title") or f"{project.title} {tranche.zh}"[:400],
    }
    values["project"], values["payee"], values["owner"] = str(project.uid), str(values["payee"]), str(values["owner"])
    create_entry(a, payment, values)
    a.require(
        payment.payee_id == project.payee_id,
        "wrong_payee",
        f"收款方应为 {project.payee.title}",
        field="payee",
        clause="申报单位与收款方分列",
    )
    payment.line = payment.line or project.line
    tranche.state = "ordered"
    tranche.save(update_fields=["state"])
    a.record.visibility = "owner"
    a.on_saved.append(lambda: a.link(project.record, "project"))


def _project(a: Run, values: dict[str, Any]) -> Project:
    from trihelix.kernel.action import find

    a.require(values.get("project"), "required", "请填写项目", field="project")
    return Project.objects.get(record=find(register_of("projects"), values["project"], a.by))


@action("payments", "approve", "审批", "Approve", safe=True)
def approve_payment(a: Run, payment: Payment) -> None:
    """Approve: two different people, neither of whom drafted the order. What they approved is fixed under its hash."""
    a.require(
        a.by.user_id is not None and a.by.user_id != a.record.created_by_id, "own_order", "制单人不能审批", field="act", clause="双人审批"
    )
    if payment.state == "draft":
        payment.first_by_id, payment.approved_digest = a.by.user_id, bank_digest(payment)
        a.go("first")
        return
    a.require(a.by.user_id != payment.first_by_id, "same_person", "两次审批须为不同的人", field="act", clause="双人审批")
    a.require(payment.approved_digest == bank_digest(payment), "changed", "审批后收款信息有改动，请退回重新审批", field="bank_account")
    payment.second_by_id = a.by.user_id
    a.go("approved")


@action("payments", "return", "退回", "Return")
def return_payment(a: Run, payment: Payment) -> None:
    """Send the order back; both approvals fall."""
    payment.first_by_id, payment.second_by_id, payment.approved_digest = None, None, ""


@action("payments", "pay", "支付", "Pay", fields=(Column("voucher", "text", "凭证号", "Voucher", required=True),))
def pay(a: Run, payment: Payment, *, voucher: str) -> None:
    """Record the payment. Refuses an order whose bank line changed after approval; project and line move with it."""
    a.require(
        payment.approved_digest == bank_digest(payment),
        "changed",
        "审批后收款信息有改动，不能支付；请退回重新审批",
        field="bank_account",
        clause="双人审批",
    )
    payment.voucher, payment.paid_on = voucher, a.today
    Tranche.objects.filter(project=payment.project, position=payment.tranche, state="ordered").update(state="paid", paid_on=a.today)
    book_payment(by=SYSTEM, record=payment.project, fen=payment.amount_fen, now=a.now)
    if payment.line is not None:
        change_line(by=SYSTEM, record=payment.line, field="paid", fen=payment.amount_fen, now=a.now)
    a.notify(f"已拨付 {payment.amount_fen / 1_000_000:g} 万元：{payment.title}", bodies={payment.payee_id}, en=f"Paid: {payment.title}")


@action("payments", "refuse", "不予支付", "Refuse")
def refuse_payment(a: Run, payment: Payment) -> None:
    """Refuse the order with a reason; the tranche is free again."""
    Tranche.objects.filter(project=payment.project, position=payment.tranche, state="ordered").update(state="released")


@action(
    "projects",
    "book_payment",
    "登记支付",
    "Book a payment",
    roles=("system",),
    hidden=True,
    fields=(Column("fen", "integer", "分", "Fen", required=True),),
)
def book_payment(a: Run, project: Project, *, fen: int) -> None:
    """Add to the paid column; a payment-only case ends when all is paid."""
    project.paid_fen += fen
    a.extra["paid_now"] = [None, fen]
