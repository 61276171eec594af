"""Acts on venture funds and their investments."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.standard import create_entry
from trihelix.registers.finance import queries, sheets
from trihelix.registers.finance.models import Investment, VentureFund

MAKERS = ("owner", "finance", "officer", "operator")
MONEY = ("paid_in_wan", "invested_wan", "fees_wan", "net_wan")


@action("venture_funds", "create", "登记基金", "New fund", creates=True, roles=MAKERS)
def create(a: Run, entry: VentureFund, **values: Any) -> None:
    """Register a fund under supervision."""
    create_entry(a, entry, values)
    a.record.visibility = "members"


@action("venture_funds", "report", "报送年度运行情况", "Report a year", fields=sheets.FUND_YEAR)
def report(a: Run, entry: VentureFund, *, year: int, note: str = "", **amounts: Any) -> None:
    """A year of the fund; reported again, it replaces that year. Refuses years ahead, and paid-in money above the size."""
    a.require(entry.started_on.year <= year <= a.today.year, "year_out_of_range", "年度应在成立年与今年之间", field="year", value=year)
    paid = amounts.get("paid_in_wan")
    a.require(
        paid is None or entry.size_fen is None or 0 <= paid <= entry.size_fen,
        "part_exceeds_whole",
        "实缴不能大于认缴规模",
        field="paid_in_wan",
    )
    row = {
        "year": year,
        "note": note or "",
        **{k.removesuffix("_wan") + "_fen": amounts.get(k) for k in MONEY},
        "reported_on": a.today.isoformat(),
    }
    entry.years = sorted([*(y for y in entry.years if y["year"] != year), row], key=lambda y: y["year"])
    if paid is not None and year == max(y["year"] for y in entry.years):
        entry.paid_in_fen = paid
    a.go(a.record.state)


@action("venture_funds", "inspect", "监管检查", "Inspect", fields=(
    Column("finding", "longtext", "检查意见", "Finding", required=True), Column("due_on", "date", "整改期限", "Due on"),
))  # fmt: skip
def inspect(a: Run, entry: VentureFund, *, finding: str, due_on: dt.date | None = None) -> None:
    """A supervisor's finding, kept with what the fund had promised and what its investments showed that day."""
    shown = [{**p, "promised": _text(p["promised"]), "actual": _text(p["actual"])} for p in queries.promises(entry, a.by, a.today)]
    entry.findings = [
        *entry.findings,
        {"on": a.today.isoformat(), "finding": finding, "due_on": due_on.isoformat() if due_on else None, "promises": shown},
    ]
    a.notify(f"基金监管检查意见：{a.record.title}", roles=("owner",), en=f"Fund inspected: {a.record.title}", key=str(len(entry.findings)))
    a.go(a.record.state)


def _text(value: Any) -> str | None:
    return None if value is None else f"{value:.2f}"


@action("venture_funds", "end", "完成清算", "End")
def end(a: Run, entry: VentureFund) -> None:
    """End. Refuses while investments are held."""
    held = Investment.objects.filter(fund=a.record, record__state="held").count()
    a.require(not held, "still_held", f"仍持有 {held} 笔投资", field="state")


@action("investments", "create", "登记投资", "New investment", creates=True, roles=MAKERS)
def invest(a: Run, entry: Investment, **values: Any) -> None:
    """Record an investment. A follow-on follows an earlier one in the same firm. Refuses funds of others, and days outside the fund's life."""
    create_entry(a, entry, {**values, "title": values.get("title") or "投资"})
    fund = entry.fund.entry
    own = a.by.sees_all or entry.fund.owner_id in a.by.bodies or fund.manager_id in a.by.bodies
    a.require(own, "not_yours", "您不能为其他基金登记投资", field="fund")
    a.require(entry.invested_on <= a.today, "date_future", "投资日期在今天之后", field="invested_on")
    fits = fund.started_on <= entry.invested_on and (fund.ends_on is None or entry.invested_on <= fund.ends_on)
    a.require(fits, "outside_life", "投资日期不在基金存续期内", field="invested_on", value=str(entry.invested_on))
    if entry.follows is not None:
        earlier = entry.follows.entry
        a.require(earlier.firm_id == entry.firm_id, "other_firm", "跟进的投资不是同一企业", field="follows")
        a.require(earlier.invested_on <= entry.invested_on, "date_order", "跟进投资早于原投资", field="follows")
    a.record.owner = entry.fund.owner or a.record.owner
    if not values.get("title"):
        a.record.title = f"{entry.fund.title} — {entry.firm.title}"[:400]
    a.record.visibility = "owner"

    def tie() -> None:
        a.admit("firm", body=entry.firm)
        a.link(entry.fund, "fund")
        if entry.follows is not None:
            a.link(entry.follows, "follows")

    a.after_saved(tie)


@action("investments", "exit", "登记退出", "Record the exit", fields=(
    Column("on", "date", "退出日期", "On", required=True), Column("way", "choice", "退出方式", "How", required=True, choices=sheets.EXITS), Column("amount_wan", "money_wan", "退出金额", "Amount", unit="万元", required=True),
))  # fmt: skip
def leave(a: Run, entry: Investment, *, on: dt.date, way: str, amount_wan: int) -> None:
    """Record an exit with its amount."""
    a.require(entry.invested_on <= on <= a.today, "date_order", "退出日期应在投资日期与今天之间", field="on")
    a.require(amount_wan >= 0, "negative", "金额不能为负", field="amount_wan")
    entry.exited_on, entry.exit_way, entry.exit_fen = on, way, amount_wan


@action("investments", "write_off", "核销", "Write off", danger=True)
def write_off(a: Run, entry: Investment) -> None:
    """Write off with the reason; it counts as held until today."""
    entry.exited_on, entry.exit_way, entry.exit_fen = a.today, "liquidation", 0
