"""Cultivation centres of high-value patents: recognised, evaluated, removed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.standard import create_entry
from trihelix.registers.patents import sheets
from trihelix.registers.patents.models import Centre


@action("cultivation_centres", "create", "新建培育中心", "New centre", creates=True, roles=("owner", "officer", "operator"))
def create(a: Run, centre: Centre, **values: Any) -> None:
    """Draft an application; days are set by the acts."""
    create_entry(a, centre, values)
    centre.applied_on = centre.recognised_on = centre.valid_to = None
    a.record.visibility = "owner"


@action("cultivation_centres", "apply", "申请", "Apply")
def apply(a: Run, centre: Centre) -> None:
    """Apply with field, head and plan."""
    for name, label in (("field", "领域"), ("head", "负责人"), ("plan", "建设方案")):
        a.require(getattr(centre, name), "required", f"请填写“{label}”", field=name)
    centre.applied_on = a.today


@action("cultivation_centres", "recognise", "认定", "Recognise", fields=(
    Column("recognised_on", "date", "认定日期", "Recognised on", required=True), Column("valid_to", "date", "有效期至", "Valid to"),
))  # fmt: skip
def recognise(a: Run, centre: Centre, *, recognised_on: dt.date, valid_to: dt.date | None = None) -> None:
    """Recognise the centre for a time."""
    a.require(recognised_on <= a.today, "date_future", "认定日期在今天之后", field="recognised_on", value=str(recognised_on))
    a.require(valid_to is None or valid_to > recognised_on, "date_order", "有效期止日早于认定日期", field="valid_to", value=str(valid_to))
    centre.recognised_on, centre.valid_to = recognised_on, valid_to
    a.record.visibility = "public"
    a.notify(f"高价值专利培育中心已认定：{a.record.title}", roles=("owner",), en=f"Cultivation centre recognised: {a.record.title}")


@action("cultivation_centres", "evaluate", "登记评价", "Evaluate", fields=(
    Column("year", "integer", "年度", "Year", required=True), Column("grade", "choice", "等级", "Grade", required=True, choices=sheets.GRADES), Column("note", "text", "说明", "Note"),
))  # fmt: skip
def evaluate(a: Run, centre: Centre, *, year: int, grade: str, note: str = "") -> None:
    """Grade a year once."""
    a.require(year not in [g["year"] for g in centre.grades], "graded_twice", f"{year} 年度已评价", field="year", value=year)
    a.require(2000 <= year <= a.today.year, "out_of_range", "年度不在允许范围", field="year", value=year)
    centre.grades = sorted([*centre.grades, {"year": year, "grade": grade, "note": note or ""}], key=lambda g: g["year"])
