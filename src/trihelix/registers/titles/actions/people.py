"""Enclaves with the people engaged there, and talent classes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.standard import create_entry
from trihelix.kernel.values import stored_rows
from trihelix.registers.platforms.life import OWN
from trihelix.registers.titles.models import Enclave, TalentGrade
from trihelix.registers.titles.sheets import PERSON


@action("talent_enclaves", "create", "设立飞地", "New enclave", creates=True, roles=OWN)
def found(a: Run, enclave: Enclave, **values: Any) -> None:
    """Plan an enclave in the owner's name."""
    create_entry(a, enclave, values)
    a.require(a.record.owner is not None, "required", "请填写设立单位", field="owner")
    enclave.opened_on = enclave.closed_on = None
    a.record.visibility = "members"


@action("talent_enclaves", "open", "启用", "Open", fields=(Column("opened_on", "date", "启用日期", "Opened on", help="留空为今天"),))
def open_enclave(a: Run, enclave: Enclave, *, opened_on: dt.date | None = None) -> None:
    """Open. Refuses one without services."""
    day = opened_on or a.today
    a.require(day <= a.today, "date_future", "启用日期不能在今天之后", field="opened_on", value=str(day))
    a.require(enclave.services, "required", "请至少填写一项服务", field="services")
    enclave.opened_on, a.record.visibility = day, "public"


@action(
    "talent_enclaves",
    "engage",
    "登记柔性引进人才",
    "Engage people",
    roles=OWN,
    fields=(Column("people", "rows", "人才", "People", rows=PERSON, required=True),),
)
def engage(a: Run, enclave: Enclave, *, people: list[dict[str, Any]]) -> None:
    """Add people engaged at an open enclave."""
    a.require(a.record.state == "open", "not_open", "只有运行中的飞地可以登记人才", field="state", value=a.record.state)
    for row in people:
        a.require(not (row.get("since") and row.get("until")) or row["until"] >= row["since"], "date_order", "止日早于起日", field="people")
    enclave.people = [*enclave.people, *stored_rows(people)]


@action("talent_enclaves", "close", "关闭", "Close", danger=True)
def close(a: Run, enclave: Enclave) -> None:
    """Close with the reason."""
    enclave.closed_on = a.today


@action("talent_grades", "create", "申请人才认定", "Ask for a class", creates=True, roles=OWN)
def ask(a: Run, grade: TalentGrade, **values: Any) -> None:
    """An application of the employer; open all year."""
    create_entry(a, grade, values)
    a.require(a.record.owner is not None, "required", "请填写所在单位", field="owner")
    grade.graded_on = grade.ended_on = None
    a.record.visibility = "node"


@action("talent_grades", "grade", "认定", "Grade", fields=(
    Column("issuer", "text", "认定机关", "Issuer", required=True), Column("standard", "text", "认定标准版本", "Version of the standard", required=True),
    Column("valid_to", "date", "有效期止", "Valid to"), Column("delegated", "boolean", "授权单位自行认定", "Graded by a delegated body"),
))  # fmt: skip
def decide(a: Run, grade: TalentGrade, *, issuer: str, standard: str, valid_to: dt.date | None = None, delegated: bool = False) -> None:
    """Grade by a version of the standard."""
    a.require(valid_to is None or valid_to > a.today, "date_past", "有效期止应在今天之后", field="valid_to", value=str(valid_to))
    grade.issuer, grade.standard, grade.valid_to, grade.delegated, grade.graded_on = issuer, standard, valid_to, bool(delegated), a.today


@action("talent_grades", "expire", "到期", "Expire", hidden=True)
def expire(a: Run, grade: TalentGrade) -> None:
    """The period ended. Refuses one that still runs."""
    a.require(
        grade.valid_to and grade.valid_to < a.today, "still_valid", f"有效期至 {grade.valid_to or '未限期'}，尚未到期", field="valid_to"
    )


@action("talent_grades", "end", "取消", "End", danger=True)
def end(a: Run, grade: TalentGrade) -> None:
    """Taken back with the reason."""
    grade.ended_on = a.today
