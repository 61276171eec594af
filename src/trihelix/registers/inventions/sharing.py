"""From receipts and share plans to parts: the only bridge to the share engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.models import Sum

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import exact, ratio_text
from trihelix.engines.shares import ShareBook, ShareResult, load_share_book, parse_share, share
from trihelix.kernel import book
from trihelix.kernel.models import Record
from trihelix.registers.inventions.models import IncomeReceipt, Payout, SharePart, SharePlan, Transfer


@book.of_current
def share_book(path: Path) -> ShareBook:
    """The share rules of the current book."""
    return load_share_book(path)


def member_id(row: dict[str, Any]) -> str:
    """How a member is named in the engine: the person's key, else the name."""
    return str(row.get("person") or row["name"]).strip()


def plan_json(plan: SharePlan, dated: bool = True) -> dict[str, Any]:
    """A plan as the engine reads it."""
    members = []
    for row in plan.members:
        member = {
            "id": member_id(row),
            "ratio": str(row["ratio"]),
            "role": row["role"],
            "leader": bool(row.get("leader") or row["role"] == "leader"),
        }
        if row.get("is_main") is not None:
            member["main"] = bool(row["is_main"])
        members.append(member)
    out: dict[str, Any] = {"p": plan.p, "members": members}
    if plan.office:
        out["office"] = plan.office
    if plan.notice_from and plan.notice_to:
        out |= {"notice_from": plan.notice_from.isoformat(), "notice_to": plan.notice_to.isoformat()}
    if dated and plan.since:
        out["from"] = plan.since.isoformat()
    return out


def plans_of(transfer: Transfer) -> list[SharePlan]:
    """Plans in force, oldest first."""
    return list(SharePlan.objects.filter(transfer=transfer.record).exclude(effective_on=None).order_by("since"))


def receipt_json(receipt: IncomeReceipt) -> dict[str, Any]:
    """A receipt as the engine reads it."""
    out: dict[str, Any] = {
        "date": receipt.date.isoformat(), "amount_fen": receipt.amount_fen, "taxes_fen": receipt.taxes_fen, "upkeep_fen": receipt.upkeep_fen,
        "direct_cost_fen": receipt.direct_fen,
    }  # fmt: skip
    if receipt.refund_of_id:
        out["refund_of"] = receipt.refund_of.date.isoformat()  # type: ignore[union-attr]
    return out


def request_of(transfer: Transfer, receipts: list[dict[str, Any]], plans: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole question put to the engine; kept in decision files so that it can be asked again."""
    return {
        "rule": transfer.rule, "unit_kind": transfer.unit_kind, "governance": transfer.governance, "way": transfer.way, "plans": plans,
        "receipts": receipts,
    }  # fmt: skip


def check_plan(plan: SharePlan, transfer: Transfer) -> list[Problem]:
    """Every reason against a plan, tried on one yuan received on the day of signing."""
    day = transfer.signed_on or plan.decided_on or plan.record.created_at.date()
    tried = {**plan_json(plan, dated=False), "from": day.isoformat()}
    trial = {"date": day.isoformat(), "amount_fen": 100}
    try:
        share(parse_share(request_of(transfer, [trial], [tried])), share_book())
    except Refused as refusal:
        return [Problem(p.code, p.message, field=_column(p.field), clause=p.clause, value=p.value) for p in refusal.problems]
    return []


def _column(path: str | None) -> str | None:
    """The sheet column of an engine path such as ``plans[0].members``."""
    tail = (path or "").split("].", 1)[-1].split("[")[0].split(".")[0]
    return tail if tail in ("p", "office", "members", "notice_from", "notice_to", "rule", "way") else None


def compute(transfer: Transfer) -> tuple[list[IncomeReceipt], ShareResult] | None:
    """All receipts shared by the plans in force; nothing while there is no plan or no receipt."""
    receipts, plans = list(transfer.receipts.select_related("refund_of")), plans_of(transfer)
    if not receipts or not plans:
        return None
    data = request_of(transfer, [receipt_json(r) for r in receipts], [plan_json(p) for p in plans])
    return receipts, share(parse_share(data), share_book())


def distribute(transfer: Transfer) -> list[SharePart]:
    """Write the parts of every receipt. A part already ordered or paid never changes: what would change it is refused."""
    found = compute(transfer)
    if found is None:
        refresh_totals(transfer)
        return []
    receipts, result = found
    plans = plans_of(transfer)
    ordered = {p.part_id: p for p in Payout.objects.filter(part__receipt__transfer=transfer, cancelled_on=None)}
    old = {(p.receipt_id, p.role, p.member): p for p in SharePart.objects.filter(receipt__transfer=transfer)}
    made: list[SharePart] = []
    for receipt, one in zip(receipts, result.shares, strict=True):
        day = receipt.refund_of.date if receipt.refund_of else receipt.date
        plan = [p for p in plans if p.since and p.since <= day][-1]
        rows = {member_id(r): r for r in plan.members}
        lines = [("member", m, amount, one.payable[m]) for m, amount in one.members.items()]
        lines += [("office", "", one.office, 0), ("unit", "", one.unit, 0)]
        for role, member, earned, payable in lines:
            part = old.pop((receipt.pk, role, member), None) or SharePart(receipt=receipt, role=role, member=member)
            if part.pk in ordered and (part.earned_fen, part.payable_fen) != (earned, payable):
                raise Refused.one(
                    "paid_part_changes", f"{receipt.date} 已开兑付单，不能再改变其分配；请先撤销未付的兑付单，已付的以新的到账或退款冲抵",
                    field="receipt", value=receipt.key,
                )  # fmt: skip
            part.earned_fen, part.payable_fen, part.due, part.plan = earned, payable, one.due, plan.record
            if role == "member":
                part.name = str(rows[member]["name"])
                part.person = person_of(rows[member], plan)
            made.append(part)
    for gone in old.values():
        if gone.pk in ordered:
            raise Refused.one("paid_part_changes", "已开兑付单的人员不能从方案中去掉", field="members", value=gone.member)
        gone.delete()
    for part in made:
        part.save()
    refresh_totals(transfer)
    return made


def person_of(row: dict[str, Any], plan: SharePlan) -> Record | None:
    """The person's record behind a member, where the key names one."""
    key = str(row.get("person") or "").strip()
    if not key:
        return None
    hits = list(Record.objects.filter(register="people", ref=key)[:2]) or list(Record.objects.filter(register="people", number=key)[:2])
    if len(hits) > 1:
        hits = [h for h in hits if h.owner_id == plan.record.owner_id] or hits[:1]
    if not hits:
        raise Refused.one("unknown_person", f"人员库中没有编号 “{key}”；请核对，或留空只写姓名", field="members", value=key)
    return hits[0]


def refresh_totals(transfer: Transfer) -> None:
    """Sums of a transfer from its receipts, parts and payouts (unsaved)."""
    received = transfer.receipts.aggregate(n=Sum("amount_fen"))["n"] or 0
    people = SharePart.objects.filter(receipt__transfer=transfer, role="member").aggregate(n=Sum("earned_fen"))["n"] or 0
    paid = Payout.objects.filter(part__receipt__transfer=transfer).exclude(paid_on=None).aggregate(n=Sum("amount_fen"))["n"] or 0
    transfer.received_fen = transfer.opening_received_fen + received
    transfer.people_fen = transfer.opening_people_fen + people
    transfer.paid_fen = transfer.opening_people_fen + paid


def whole(rows: list[dict[str, Any]], field: str) -> list[Problem]:
    """Ratios of rows must be readable and add up to one."""
    problems, total = [], exact(0)
    for n, row in enumerate(rows, 1):
        try:
            ratio = exact(str(row.get("ratio")))
        except Refused as refusal:
            problems += [Problem(p.code, f"第 {n} 行：{p.message}", field=field, value=row.get("ratio")) for p in refusal.problems]
            continue
        if ratio < 0:
            problems.append(Problem("negative_ratio", f"第 {n} 行：比例不能为负", field=field, value=row.get("ratio")))
        total += ratio
    if not problems and rows and total != 1:
        problems.append(Problem("ratios_not_one", f"各人比例之和为 {ratio_text(total)}，应恰为 1", field=field, value=ratio_text(total)))
    return problems
