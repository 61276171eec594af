"""What the sheets of networks refuse, and the values they derive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel import checks, clock

Check = Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[Problem]]


def rules(
    *, past: tuple[str, ...] = (), positive: tuple[str, ...] = (), order: tuple[tuple[str, str], ...] = (), together: tuple[tuple[str, ...], ...] = (),
    one_of: tuple[tuple[str, ...], ...] = (), exactly: tuple[tuple[str, str], ...] = (), more: Check | None = None,
) -> Check:  # fmt: skip
    """A check of a sheet: days not in the future, numbers not negative, days in order, columns that come together, one of several, exactly one of two."""

    def check(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
        yield from checks.past(row, *past)
        yield from checks.not_negative(row, *positive)
        for first, last in order:
            yield from checks.order(row, first, last)
        for names in together:
            if any(_given(row, n) for n in names):
                for name in names:
                    if not _given(row, name):
                        yield Problem("required", "相关各栏须一并填写", field=name)
        for names in one_of:
            if not any(_given(row, n) for n in names):
                yield Problem("required", "请填写其中一栏", field=names[0])
        for one, other in exactly:
            if _given(row, one) == _given(row, other):
                yield Problem("exactly_one", "研究院（所）与联合体（联盟）须填且只填一项", field=one)
        if more is not None:
            yield from more(row, context)

    return check


def _given(row: Mapping[str, Any], name: str) -> bool:
    return row.get(name) not in (None, "", [])


def network(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    """A network imported as filed has its day and batch."""
    if context.get("import") and row.get("state") in ("filed", "running", "rectifying") and not row.get("filed_on"):
        yield Problem("required", "已备案的须填写备案日期", field="filed_on", clause="联合体备案")
    by = context.get("by")
    if by is not None and not by.sees_all and not row.get("number"):
        for name in ("filed_on", "filing_no", "batch"):
            if row.get(name):
                yield Problem("decided_by_department", "备案信息由主管部门填写，请留空", field=name)


def year(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    """A year that can be."""
    if row.get("year") is not None and not 2000 <= row["year"] <= clock.today().year:
        yield Problem("out_of_range", "年度不合理，请核对", field="year", value=row["year"])


def attribution(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    """A deal that arose from the alliance names the activity or the introduction; a member's own names none."""
    kind = row.get("attribution")
    for name in ("activity", "introduction"):
        if kind == name and not _given(row, name):
            yield Problem("required", "归因于联盟的项目须指明活动或引荐", field=name, clause="投资归因")
        if kind != name and _given(row, name):
            yield Problem("attribution_differs", "归因与所填活动或引荐不符", field=name, value=row[name])
    if context.get("import") and row.get("state") == "closed" and not row.get("closed_on"):
        yield Problem("required", "已完成的投资须填写完成日期", field="closed_on")


def paid(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    """A payment is more than nothing."""
    if row.get("paid_wan") is not None and row["paid_wan"] <= 0:
        yield Problem("not_positive", "出资金额须大于零", field="paid_wan", value=str(row["paid_wan"]))


def area(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    """A park has an area."""
    if row.get("area_m2") is not None and row["area_m2"] <= 0:
        yield Problem("not_positive", "面积须大于零", field="area_m2", value=row["area_m2"])


def shares(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    """Shares of investors do not exceed the whole, and a professional institute lies below another."""
    total = sum(r.get("share_percent") or 0 for r in row.get("investors") or ())
    if total > 100:
        yield Problem("shares_above_whole", f"出资比例合计 {total}%，超过 100%", field="investors", value=str(total))
    if row.get("kind") == "professional" and not row.get("parent"):
        yield Problem("required", "专业所须填写上级研究院", field="parent")


def firm_key(values: dict[str, Any]) -> None:
    """What is counted once: the registered firm, else its name."""
    values["firm_key"] = str(values["firm_id"]) if values.get("firm_id") else (values.get("firm_name") or "").replace(" ", "")


def member_body(member: Any, today: dt.date) -> None:
    """An imported member is the owner body, a member since today where no day is given."""
    member.body = member.record.owner
    if member.record.state == "active":
        member.joined_on = member.joined_on or today


def firm_of(name: str) -> Callable[[Any, dt.date], None]:
    """An imported row belongs to its owner firm."""

    def imported(entry: Any, today: dt.date) -> None:
        setattr(entry, name, entry.record.owner)

    return imported
