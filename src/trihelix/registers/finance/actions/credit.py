"""Acts on credit lines and loans: the limit is one thing, what is drawn another."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.errors import Refused
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.models import Record
from trihelix.kernel.standard import create_entry
from trihelix.registers.finance import queries
from trihelix.registers.finance.models import CreditLine, FirmList, ListedFirm, Loan
from trihelix.registers.ladder import facts
from trihelix.registers.policies.rulebook import rules

MAKERS = ("owner", "officer", "operator")


@action("credit_lines", "create", "登记授信", "New credit line", creates=True, roles=MAKERS)
def grant(a: Run, entry: CreditLine, **values: Any) -> None:
    """A bank returns a credit it granted. Refuses owners that are no finance body, and firms that are not on the list named."""
    create_entry(a, entry, {**values, "title": values.get("title") or "授信"})
    finance_body(a)
    a.require(entry.granted_on <= a.today, "date_future", "授信日期在今天之后", field="granted_on")
    _on_list(a, entry)
    if not values.get("title"):
        a.record.title = f"授信 — {entry.firm.title}"[:400]
    a.record.visibility = "owner"
    a.after_saved(lambda: _tie(a, entry))


def finance_body(a: Run) -> None:
    """The owner must be a bank, a fund or an intermediary."""
    owner = a.record.owner
    kind = owner.entry.kind if owner is not None and owner.register == "bodies" else ""
    a.require(kind in ("bank", "fund", "intermediary"), "not_finance_body", "由金融机构填报；请填写金融机构", field="owner", value=kind)


def _on_list(a: Run, entry: CreditLine | Loan) -> None:
    if entry.list is None:
        return
    sent = FirmList.objects.filter(record=entry.list, record__state__in=("sent", "closed")).exists()
    a.require(sent, "list_not_sent", "所依名单尚未推送", field="list", value=entry.list.number)
    listed = ListedFirm.objects.filter(list=entry.list, firm=entry.firm).exists()
    a.require(listed, "not_listed", f"“{entry.firm.title}” 不在所依名单上", field="firm")


def _tie(a: Run, entry: CreditLine | Loan) -> None:
    a.admit("firm", body=entry.firm)
    for name in ("agreement", "list", "product", "statement", "line"):
        target = getattr(entry, name, None)
        if target is not None:
            a.link(target, name)


@action(
    "credit_lines",
    "raise",
    "调整额度",
    "Change the limit",
    fields=(Column("limit_wan", "money_wan", "新的额度", "New limit", unit="万元", required=True),),
)
def change_limit(a: Run, entry: CreditLine, *, limit_wan: int) -> None:
    """Change the limit with the reason. Refuses less than what is outstanding."""
    drawn = queries.outstanding(a.record)
    a.require(limit_wan > 0 and limit_wan >= drawn, "below_drawn", f"额度不能低于未还余额 {facts.wan_text(drawn)} 万元", field="limit_wan")
    entry.limit_fen = limit_wan


@action("credit_lines", "close", "结束", "Close")
def close(a: Run, entry: CreditLine) -> None:
    """Close. Refuses while something is outstanding."""
    a.require(queries.outstanding(a.record) == 0, "still_drawn", "仍有未还余额，不能结束", field="state")
    entry.ended_on = a.today


@action("credit_lines", "void", "作废", "Void", danger=True)
def void_line(a: Run, entry: CreditLine) -> None:
    """Void a credit entered by mistake. Refuses where something was drawn on it."""
    a.require(
        not Loan.objects.filter(line=a.record).exclude(record__state="void").exists(), "still_drawn", "该授信项下已有贷款", field="state"
    )


@action("loans", "create", "登记贷款", "New loan", creates=True, roles=MAKERS)
def draw(a: Run, entry: Loan, **values: Any) -> None:
    """A bank returns a loan it paid out. On a line: the same firm and bank, within its days, and never beyond its limit.

    Whether central-bank re-lending could refinance it is checked by the rule of the day and kept with its version.
    """
    create_entry(a, entry, {**values, "title": values.get("title") or "贷款"})
    finance_body(a)
    a.require(entry.drawn_on <= a.today, "date_future", "发放日期在今天之后", field="drawn_on")
    if entry.line is not None:
        _within_line(a, entry)
    _on_list(a, entry)
    judge(entry)
    if not values.get("title"):
        a.record.title = f"贷款 — {entry.firm.title}"[:400]
    a.record.visibility = "owner"
    a.after_saved(lambda: _tie(a, entry))


def _within_line(a: Run, entry: Loan) -> None:
    locked = Record.objects.select_for_update(of=("self",)).get(pk=entry.line_id)  # two loans at once cannot both take the rest
    line = CreditLine.objects.get(record=locked)
    a.require(locked.state == "granted", "line_closed", "该授信已结束", field="line", value=locked.number)
    a.require(
        line.firm_id == entry.firm_id and locked.owner_id == getattr(a.record.owner, "pk", None),
        "other_line",
        "授信的企业或金融机构与贷款不同",
        field="line",
    )
    fits = line.granted_on <= entry.drawn_on and (line.valid_to is None or entry.drawn_on <= line.valid_to)
    a.require(fits, "outside_line", "发放日期不在授信有效期内", field="drawn_on", value=str(entry.drawn_on))
    left = line.limit_fen - queries.outstanding(locked)
    amount = entry.amount_fen - entry.repaid_fen
    a.require(
        amount <= left, "over_limit", f"超出授信余额：尚可发放 {facts.wan_text(left)} 万元", field="amount_wan", value=entry.amount_fen
    )
    entry.list = entry.list or line.list


def judge(entry: Loan) -> None:
    """Fill the verdict of the re-lending rule on the day of the loan; days before the rule leave it empty."""
    table = rules()
    rule = table.rule("tech-relending")
    if rule.on(entry.drawn_on) is None:
        return
    known = facts.of_firm(rule, entry.firm, entry.drawn_on)
    try:
        answer = table.check(
            "tech-relending", {**known, **queries.relending_facts(entry.firm, entry.drawn_on, entry)}, entry.drawn_on, change=False
        )
    except Refused as refusal:
        entry.relending, entry.relending_answer = "unknown", {"problems": [p.as_json() for p in refusal.problems]}
        return
    entry.relending, entry.relending_answer = answer.verdict, answer.as_json()


@action("loans", "judge", "核对再贷款条件", "Check re-lending", roles=MAKERS)
def judge_again(a: Run, entry: Loan) -> None:
    """Check the re-lending rule of the loan's day, for imported loans or after facts were completed."""
    judge(entry)


@action("loans", "repay", "登记还款", "Record a repayment", fields=(
    Column("amount_wan", "money_wan", "还款金额", "Amount", unit="万元", required=True), Column("on", "date", "还款日期", "On"),
))  # fmt: skip
def repay(a: Run, entry: Loan, *, amount_wan: int, on: dt.date | None = None) -> None:
    """Record a repayment of principal; the last one closes the loan. Refuses more than is outstanding."""
    day = on or a.today
    a.require(entry.drawn_on <= day <= a.today, "date_order", "还款日期应在发放日期与今天之间", field="on")
    left = entry.amount_fen - entry.repaid_fen
    a.require(0 < amount_wan <= left, "over_repaid", f"未还本金 {facts.wan_text(left)} 万元", field="amount_wan")
    entry.repaid_fen += amount_wan
    if entry.repaid_fen == entry.amount_fen:
        entry.repaid_on = day
        a.go("repaid")
    else:
        a.go(a.record.state)


@action("loans", "mark_overdue", "登记逾期", "Mark overdue")
def mark_overdue(a: Run, entry: Loan) -> None:
    """Mark as overdue. Refuses before the due day."""
    a.require(entry.due_on is not None and entry.due_on < a.today, "not_due", "尚未到期", field="due_on")
