"""While serving: service logs confirmed by the host, outputs, assessments, changes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Q

from trihelix.engines.errors import Problem
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.errors import Conflict
from trihelix.kernel.register import REGISTERS, register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.secondments import queries, sheets, terms
from trihelix.registers.secondments.flow import SERVING
from trihelix.registers.secondments.models import Assessment, Log, Output, Secondment

SIDES = ("owner", "host", "secondee", "officer", "operator")
LOG_FIELDS = tuple(
    c
    for c in sheets.LOGS.columns
    if c.name not in ("owner", "confirmed_on", "satisfaction", "state", "number", "uid", "version", "synthetic")
)
LINKED = {"contract": "contracts", "patent": "patents", "platform": "platforms", "project": "projects"}
MARKS = (
    Column("time", "decimal", "在岗时间", "Time"), Column("problems", "decimal", "解决问题", "Problems solved"), Column("contracts", "decimal", "合同与到账", "Contracts"),
    Column("outputs", "decimal", "知识产权与产品", "IP and products"), Column("satisfaction", "decimal", "接收单位满意度", "Satisfaction"),
)  # fmt: skip


@action("secondment_logs", "create", "记服务", "New log", creates=True, roles=("owner", "anyone"), fields=LOG_FIELDS)
def write_log(a: Run, log: Log, *, secondment: str, **values: Any) -> None:
    """Write down a day of service. Refuses days outside the term, in the future, and other people's secondments."""
    term = find(register_of("secondments"), secondment, a.by)
    row: Secondment = term.entry
    own = a.by.person_id == row.person_id or term.owner_id in a.by.bodies or a.by.sees_all
    a.require(own, "not_yours", "只能由本人或派出单位记录服务", field="secondment")
    create_entry(a, log, {**values, "secondment": str(term.uid)}, owner=term.owner)
    a.require(term.state in SERVING, "not_serving", "不在任期内，不能记录服务", field="secondment")
    a.require(log.on <= a.today, "date_future", "服务日期在今天之后", field="on", value=str(log.on))
    inside = (row.starts_on is None or row.starts_on <= log.on) and (row.ends_on is None or log.on <= row.ends_on)
    a.require(inside, "outside_term", f"服务日期不在任期 {row.starts_on} 至 {row.ends_on} 内", field="on", value=str(log.on))
    a.record.node = term.node
    a.after_saved(lambda: (a.admit("host", body=row.host), a.link(term, "secondment")))


@action(
    "secondment_logs",
    "confirm",
    "确认",
    "Confirm",
    safe=True,
    fields=(Column("satisfaction", "integer", "满意度", "Satisfaction", help="1–5"),),
)
def confirm(a: Run, log: Log, *, satisfaction: int | None = None) -> None:
    """The host confirms; only confirmed days count."""
    a.require(
        satisfaction is None or 1 <= satisfaction <= 5, "out_of_range", "满意度为 1 到 5 的整数", field="satisfaction", value=satisfaction
    )
    log.confirmed_on, log.satisfaction = a.today, satisfaction


@action("secondments", "add_output", "登记产出", "Add an output", roles=SIDES, fields=(
    Column("kind", "choice", "类别", "Kind", required=True, choices=sheets.OUTPUTS), Column("output", "text", "名称", "Title", required=True),
    Column("number_text", "text", "编号", "Number", help="合同登记号、专利号等；已在系统中的填系统编号即自动关联"), Column("on", "date", "日期", "Date", required=True),
    Column("amount_wan", "money_wan", "金额", "Amount", unit="万元"),
))  # fmt: skip
def add_output(
    a: Run, row: Secondment, *, kind: str, output: str, on: dt.date, number_text: str = "", amount_wan: int | None = None
) -> None:
    """Link what came of it: a contract brings its receipts, so that what it paid is counted, not what was promised."""
    a.require(on <= a.today, "date_future", "产出日期在今天之后", field="on")
    number, target = number_text.strip(), None
    if number and (register := REGISTERS.get(LINKED.get(kind, ""))) is not None:
        from trihelix.kernel.models import Record

        target = Record.objects.filter(Q(number=number) | Q(ref=number), register=register.id).first()
    if number and Output.objects.filter(secondment=a.record, kind=kind, number=number).exists():
        raise Conflict(Problem("output_twice", f"编号 {number} 的产出已登记", field="number_text", value=number))
    made = Output.objects.create(
        secondment=a.record, kind=kind, title=output.strip()[:200], number=number[:80], record=target, on=on, amount_fen=amount_wan
    )
    if target is not None:
        a.link(target, "output")
    a.extra["output"] = [None, {"id": made.pk, "kind": kind, "title": made.title, "number": number, "amount_fen": amount_wan}]


@action("secondments", "assess", "填写评估", "Assess", roles=SIDES, fields=(
    Column("phase", "choice", "阶段", "Phase", required=True, choices=sheets.PHASES), *MARKS, Column("text", "longtext", "评语", "Text", required=True),
))  # fmt: skip
def assess(a: Run, row: Secondment, *, phase: str, text: str, **marks: Decimal | None) -> None:
    """One's own side's assessment of a phase, once; marks left out are taken from what is recorded."""
    a.require(a.record.state in SERVING, "not_serving", "不在任期内，不能评估", field="state")
    side = _side(a, row)
    full = terms.terms()["scores"]
    parts = queries.score_of(row) | {k: v for k, v in marks.items() if v is not None}
    for name, value in parts.items():
        a.require(0 <= value <= full[name], "out_of_range", f"此项应在 0 至 {full[name]} 分之间", field=name, value=str(value))
    score = sum(parts.values(), Decimal(0))
    values = {
        "parts": {k: str(v) for k, v in parts.items()},
        "score": score,
        "grade": terms.grade_of(score),
        "text": text,
        "on": a.today,
        "by_id": a.by.user_id,
    }
    made, fresh = Assessment.objects.get_or_create(secondment=a.record, phase=phase, side=side, defaults=values)
    if not fresh:
        raise Conflict(Problem("assessed", "本方此阶段的评估已提交", field="phase", value=phase))
    a.extra["assessment"] = [None, {"phase": phase, "side": side, "score": str(made.score)}]


def _side(a: Run, row: Secondment) -> str:
    if a.by.person_id == row.person_id:
        return "self"
    roles = a.by.roles_on(a.record)
    return "host" if "host" in roles else "home" if "owner" in roles else "self" if "secondee" in roles else "province"


@action("secondments", "amend", "变更约定", "Amend", roles=("host", "owner", "officer", "operator"), fields=(
    Column("days_per_year", "integer", "每年在岗天数", "Days a year"), Column("duties", "list", "工作内容", "Duties", choices=sheets.DUTIES),
    Column("leave_note", "longtext", "请假或中断说明", "Leave"), Column("post_title", "text", "聘任职务", "Post title"),
))  # fmt: skip
def amend(
    a: Run,
    row: Secondment,
    *,
    days_per_year: int | None = None,
    duties: list[str] | None = None,
    leave_note: str = "",
    post_title: str = "",
) -> None:
    """Change what was agreed during the term; the other sides are told, the history keeps the old values."""
    a.require(a.record.state in SERVING, "not_serving", "不在任期内，不能变更", field="state")
    a.require(days_per_year is None or days_per_year > 0, "not_positive", "天数应大于零", field="days_per_year")
    row.days_per_year, row.duties, row.post_title = days_per_year or row.days_per_year, duties or row.duties, post_title or row.post_title
    if leave_note:
        a.extra["leave"] = [None, leave_note]
    a.notify(f"选派约定有变更：{row.title}", roles=("host", "owner", "secondee"), key="amend", en=f"Terms changed: {row.title}")
