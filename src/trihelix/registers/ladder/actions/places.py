"""Acts on yearly data and ladder places."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.ladder import queries
from trihelix.registers.ladder.models import FirmYear, LadderPlace


def own_firm(a: Run, owner: Any) -> Record:
    """The firm named, or one's only body. Refuses others' firms."""
    if owner:
        firm = find(register_of("bodies"), owner, a.by)
    else:
        a.require(len(a.by.bodies) == 1, "required", "请填写企业", field="owner")
        firm = find(register_of("bodies"), Record.objects.get(pk=next(iter(a.by.bodies))), a.by)
    may = a.by.sees_all or firm.pk in a.by.bodies or firm.node_id in a.by.node_ids
    a.require(may, "not_yours", f"您不能为 “{firm.title}” 办理", field="owner")
    return firm


@action("firm_years", "create", "填报年度数据", "Report a year", creates=True, roles=("owner", "node", "officer", "operator"))
def report(a: Run, row: FirmYear, **values: Any) -> None:
    """Report a firm's year. The reference is the year; a second row of the year is refused."""
    create_entry(a, row, {**values, "ref": str(values.get("year") or ""), "title": values.get("title") or "年度数据"})
    if not values.get("title"):
        a.record.title = f"{a.record.owner.title if a.record.owner else ''} {row.year} 年度数据"


@action("firm_years", "check", "核对", "Check", safe=True)
def check(a: Run, row: FirmYear) -> None:
    """The desk compared it with the source. Refuses years without a source."""
    a.require(row.source, "no_source", "请先填写数据来源", field="source")
    row.checked_on = a.today


@action("firm_years", "reopen", "退回更正", "Reopen")
def reopen(a: Run, row: FirmYear) -> None:
    """Back to the firm with the reason."""
    row.checked_on = None
    a.notify(f"年度数据退回更正：{a.record.title}（{a.reason}）", roles=("owner",), en=f"Yearly data returned: {a.record.title}")


@action("ladder_places", "create", "评定梯度位置", "Place on the ladder", creates=True, roles=("owner", "node", "officer", "operator"), fields=(
    Column("owner", "ref", "企业", "Firm"), Column("on", "date", "日期", "On"),
))  # fmt: skip
def place(a: Run, entry: LadderPlace, *, owner: Any = None, on: dt.date | None = None) -> None:
    """Place a firm on a day by its recognitions, with every rule's verdict, version and facts; the earlier place is superseded."""
    firm, day = own_firm(a, owner), on or a.today
    a.require(day <= a.today, "date_future", f"日期 {day} 在今天之后", field="on")
    found = queries.place(firm, day)
    entry.on, entry.book_digest = day, book.current().digest[:64]
    for name in ("place", "growth_place", "next_step", "official", "trace", "facts"):
        setattr(entry, name, found[name])
    a.record.title, a.record.owner, a.record.node, a.record.visibility = f"梯度位置 — {firm.title}", firm, firm.node, "owner"
    old = LadderPlace.objects.filter(record__owner=firm, record__state="current").select_related("record").order_by("-pk").first()
    if old is not None:
        entry.replaces = old.record
        register_of("ladder_places").acts["supersede"].run(by=SYSTEM, record=old.record, now=a.now)
