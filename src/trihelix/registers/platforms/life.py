"""The status life that platforms and carriers share: applied for, built, recognised, evaluated, put right, renewed, expired, removed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.engines.flow import Flow, State, Transition
from trihelix.engines.sheets import Column
from trihelix.kernel import clock, outbox
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.columns import options
from trihelix.kernel.models import Record
from trihelix.kernel.register import REGISTERS, register_of

UPPER = ("officer", "operator")
DESK = ("node", *UPPER)
OWN = ("owner", *DESK)
LIVE = ("recognised", "rectifying", "expired")
GRADES = options(("excellent", "优秀", "Excellent"), ("good", "良好", "Good"), ("pass", "合格", "Pass"), ("fail", "不合格", "Fail"))
LEVELS = options(
    ("national", "国家级", "National"), ("ministry", "部级", "Ministry"), ("provincial", "省级", "Provincial"), ("city", "市级", "City"),
)  # fmt: skip
DECIDED = ("recognised_on", "grade", "evaluated_on", "ended_on", "support_wan", "rectify_until")  # written by the department only
WARN_DAYS = 90  # before a period ends


def life_flow(flow_id: str) -> Flow:
    """The flow of a status; evaluations may send it to rectification, the clock lets it expire."""
    return Flow(
        flow_id, 1,
        (
            State("draft", "草稿", "Draft", "initial"), State("submitted", "待审核", "Submitted"), State("building", "建设中", "Being built"),
            State("recognised", "在册", "Recognised"), State("rectifying", "整改中", "Being put right"), State("expired", "已到期", "Expired"),
            State("removed", "已撤销", "Removed", "failed"), State("closed", "已注销", "Closed", "end"),
            State("refused", "不予认定", "Refused", "failed"), State("withdrawn", "已撤回", "Withdrawn", "failed"),
        ),
        (
            Transition("submit", ("draft",), "submitted", OWN, "提交申报", "Submit", waits=True),
            Transition("send_back", ("submitted",), "draft", DESK, "退回修改", "Send back", reason_required=True),
            Transition("refuse", ("submitted", "building"), "refused", ("system", *UPPER), "不予认定", "Refuse", reason_required=True),
            Transition("withdraw", ("draft", "submitted"), "withdrawn", ("owner", *UPPER), "撤回", "Withdraw", reason_required=True),
            Transition("build", ("submitted",), "building", UPPER, "同意建设", "Approve building"),
            Transition("recognise", ("submitted", "building"), "recognised", ("system", *UPPER), "认定", "Recognise", clock="platform.check"),
            Transition("evaluate", ("building", "recognised", "rectifying"), "recognised", ("system", *UPPER), "登记评估结果", "Record an evaluation", targets=("building", "rectifying")),
            Transition("rectify", ("recognised",), "rectifying", UPPER, "责令整改", "Order to put right", reason_required=True),
            Transition("restore", ("rectifying",), "recognised", ("system", *UPPER), "整改通过", "Restore", waits=True),
            Transition("expire", ("recognised", "rectifying"), "expired", ("system", *UPPER), "到期", "Expire"),
            Transition("renew", ("recognised", "expired"), "recognised", ("system", *UPPER), "续期", "Renew"),
            Transition("remove", LIVE, "removed", ("system", *UPPER), "撤销", "Remove", reason_required=True),
            Transition("close", ("building", *LIVE), "closed", OWN, "注销", "Close", reason_required=True),
        ),
    )  # fmt: skip


def state_of(row: Mapping[str, Any]) -> str:
    """The state of an imported row by its dates: removed, expired, recognised, else a draft."""
    if not row.get("recognised_on"):
        return "draft"
    if row.get("ended_on") and row["ended_on"] <= clock.today():
        return "removed"
    return "expired" if row.get("valid_to") and row["valid_to"] < clock.today() else "recognised"


def check_life(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    """Dates in order, money not negative; an import may not claim a status without its day."""
    start, end, ended = row.get("recognised_on"), row.get("valid_to"), row.get("ended_on")
    if start and start > clock.today():
        yield Problem("date_future", f"认定日期 {start} 在今天之后，请核对", field="recognised_on", value=str(start))
    if start and end and end < start:
        yield Problem("date_order", "有效期止早于认定日期", field="valid_to", value=str(end))
    if start and ended and ended < start:
        yield Problem("date_order", "撤销或注销日期早于认定日期", field="ended_on", value=str(ended))
    if row.get("support_wan") is not None and row["support_wan"] < 0:
        yield Problem("negative", "数值不能为负", field="support_wan", value=str(row["support_wan"]))
    by = context.get("by")
    if by is not None and not by.sees_all and (named := [n for n in DECIDED if row.get(n) not in (None, "")]):
        yield Problem("decided_by_department", "认定、评估与经费由主管部门填写，请留空", field=named[0])
    if context.get("import") and row.get("state") in LIVE and not start:
        yield Problem("required", "在册的记录须填写认定日期", field="recognised_on")


def later(day: dt.date, months: int) -> dt.date:
    """The day so many months later, at the month's last day where there is no such day."""
    total = day.month - 1 + months
    year, month = day.year + total // 12, total % 12 + 1
    last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month, min(day.day, last))


def life_columns(kind_choices: Mapping[str, tuple[str, str]], example: str) -> tuple[Column, ...]:
    """The columns of a status that every sheet shares."""
    return (
        Column("kind", "choice", "类别", "Kind", required=True, choices=dict(kind_choices), example=example),
        Column("level", "choice", "级别", "Level", choices=LEVELS, example="provincial"), Column("issuer", "text", "认定机关", "Issuer"),
        Column("doc_number", "text", "认定文号", "Document number"), Column("number_given", "text", "证书或平台编号", "Number given"),
        Column("recognised_on", "date", "认定日期", "Recognised on", example="2024-06-18"), Column("build_until", "date", "建设期止", "Build until"),
        Column("valid_to", "date", "有效期止", "Valid to"), Column("grade", "choice", "最近评估等次", "Last grade", choices=GRADES),
        Column("evaluated_on", "date", "最近评估日期", "Last evaluated on"), Column("rectify_until", "date", "整改期限", "Put right by"),
        Column("ended_on", "date", "撤销或注销日期", "Removed or closed on"), Column("support_wan", "money_wan", "批准支持经费", "Support approved", unit="万元"),
    )  # fmt: skip


def grant(a: Run, entry: Any, start: dt.date, until: dt.date | None, basis: str) -> None:
    """Add a period to a status. Refuses one that ends before it starts."""
    a.require(until is None or until >= start, "date_order", "有效期止早于起始日期", field="valid_to", value=str(until))
    entry.valid_to = until
    entry.periods = [*entry.periods, {"from": str(start), "to": str(until) if until else None, "basis": basis, "on": str(a.today)}]


def no_check(a: Run, entry: Any) -> None:
    """A register without tests of its own."""


def life_actions(
    register: str, *, before_submit: Callable[[Run, Any], None] = no_check, months: Callable[[Any], int | None] = lambda entry: None,
    build_months: Callable[[Any], int | None] = lambda entry: None, remove_after: Callable[[Any], int | None] = lambda entry: None,
) -> None:  # fmt: skip
    """The acts of a status life. ``before_submit`` holds the tests of the kind; the others read its periods."""
    _founding(register, months, build_months)
    _entering(register, before_submit, months, build_months)
    _judging(register, remove_after)
    _ending(register)


def _founding(register: str, months: Any, build_months: Any) -> None:
    @action(register, "found", "立项设立", "Founded by an award", creates=True, hidden=True)
    def found(a: Run, entry: Any, *, case: Record, kind: str, batch: int | None = None) -> None:
        """Enter what an award founds, in the name of its applicant: being built where the kind has a building period, else recognised.
        Done by the award only, which holds the tests; the case and the record name each other."""
        entry.kind, entry.level = kind, "provincial"
        if hasattr(entry, "batch"):
            entry.batch, entry.project = batch, case
        a.record.title, a.record.owner, a.record.node, a.record.visibility = case.title, case.owner, case.node, "public"
        span, valid = build_months(entry), months(entry)
        a.record.state = "building" if span else "recognised"
        if span:
            entry.build_until = later(a.today, span)
        else:
            entry.recognised_on = a.today
            grant(a, entry, a.today, later(a.today, valid) if valid else None, case.number)
        a.after_saved(lambda: a.link(case, "award"))


def _entering(register: str, before_submit: Any, months: Any, build_months: Any) -> None:
    @action(register, "submit", "提交申报", "Submit", safe=True)
    def submit(a: Run, entry: Any) -> None:
        """Submit for recognition. Refuses what the kind needs and lacks."""
        before_submit(a, entry)
        if a.record.visibility == "owner":
            a.record.visibility = "node"

    @action(
        register,
        "build",
        "同意建设",
        "Approve building",
        fields=(Column("build_until", "date", "建设期止", "Build until", help="留空按类别的建设期"),),
    )
    def build(a: Run, entry: Any, *, build_until: dt.date | None = None) -> None:
        """Let it be built first; the recognition follows."""
        span = build_months(entry)
        entry.build_until = build_until or (later(a.today, span) if span else None)
        a.require(entry.build_until and entry.build_until > a.today, "required", "请填写今天之后的建设期止", field="build_until")

    @action(register, "recognise", "认定", "Recognise", fields=(
        Column("recognised_on", "date", "认定日期", "Recognised on", help="留空为今天"), Column("valid_to", "date", "有效期止", "Valid to", help="留空按类别的有效期"),
        Column("doc_number", "text", "认定文号", "Document number"), Column("number_given", "text", "证书或平台编号", "Number given"),
        Column("support_wan", "money_wan", "批准支持经费", "Support approved", unit="万元"),
    ))  # fmt: skip
    def recognise(
        a: Run, entry: Any, *, recognised_on: dt.date | None = None, valid_to: dt.date | None = None, doc_number: str = "", number_given: str = "",
        support_wan: int | None = None,
    ) -> None:  # fmt: skip
        """Recognise with period; public from now on. What an award founded was tested by the award, which recognises it as the system."""
        if not a.by.system:
            before_submit(a, entry)
        day = recognised_on or a.today
        a.require(day <= a.today, "date_future", "认定日期不能在今天之后", field="recognised_on", value=str(day))
        a.require(support_wan is None or support_wan >= 0, "negative", "数值不能为负", field="support_wan")
        entry.recognised_on, entry.doc_number, entry.number_given = day, doc_number or entry.doc_number, number_given or entry.number_given
        entry.support_fen = entry.support_fen if support_wan is None else support_wan
        span = months(entry)
        grant(a, entry, day, valid_to or (later(day, span) if span else None), entry.doc_number)
        a.record.visibility = "public"

    @action(register, "renew", "续期", "Renew", fields=(
        Column("valid_to", "date", "新的有效期止", "Valid to", help="留空按类别的有效期"), Column("doc_number", "text", "文号", "Document number"),
    ))  # fmt: skip
    def renew(a: Run, entry: Any, *, valid_to: dt.date | None = None, doc_number: str = "") -> None:
        """A further period from the end of the last one, or from today after a gap. Refuses an end that is not later."""
        start = a.today if entry.valid_to is None or entry.valid_to < a.today else entry.valid_to
        span = months(entry)
        until = valid_to or (later(start, span) if span else None)
        a.require(until is not None, "required", "请填写新的有效期止", field="valid_to")
        a.require(
            entry.valid_to is None or until > entry.valid_to,
            "date_order",
            f"新的有效期应晚于 {entry.valid_to}",
            field="valid_to",
            value=str(until),
        )
        grant(a, entry, start, until, doc_number)
        entry.renewal_asked_on = None

    @action(
        register,
        "ask_renewal",
        "申请续期",
        "Ask for renewal",
        roles=OWN,
        fields=(Column("report", "longtext", "续期理由与成效", "Reasons", required=True),),
    )
    def ask_renewal(a: Run, entry: Any, *, report: str) -> None:
        """The host asks for a further period. Refuses a status that is not in force or expired."""
        a.require(
            a.record.state in ("recognised", "expired"),
            "not_in_force",
            "只有在册或已到期的可以申请续期",
            field="state",
            value=a.record.state,
        )
        entry.renewal_asked_on = a.today
        a.extra["renewal"] = [None, report]
        a.notify(f"申请续期：{entry.title}", roles=("officer",), key=f"renew:{a.today}", en=f"Renewal asked: {entry.title}")


def _judging(register: str, remove_after: Any) -> None:
    @action(register, "evaluate", "登记评估结果", "Record an evaluation", fields=(
        Column("grade", "choice", "等次", "Grade", required=True, choices=GRADES, example="good"), Column("evaluated_on", "date", "评估日期", "Evaluated on", help="留空为今天"),
        Column("rectify_until", "date", "整改期限", "Put right by", help="不合格时填写"),
    ))  # fmt: skip
    def evaluate(a: Run, entry: Any, *, grade: str, evaluated_on: dt.date | None = None, rectify_until: dt.date | None = None) -> None:
        """Note a grade: a fail sends a recognised one to rectification; after as many in a row as the kind allows, removal is proposed."""
        day = evaluated_on or a.today
        a.require(day <= a.today, "date_future", "评估日期不能在今天之后", field="evaluated_on", value=str(day))
        a.require(
            entry.evaluated_on is None or day >= entry.evaluated_on,
            "date_order",
            f"评估日期早于上次评估（{entry.evaluated_on}）",
            field="evaluated_on",
        )
        entry.grade, entry.evaluated_on, state = grade, day, a.record.state
        entry.fails = entry.fails + 1 if grade == "fail" else 0
        if grade == "fail" and state != "building":
            a.require(rectify_until and rectify_until > a.today, "required", "不合格须填写今天之后的整改期限", field="rectify_until")
            entry.rectify_until, state = rectify_until, "rectifying"
        a.go(state)
        most = remove_after(entry)
        if most and entry.fails >= most:
            a.notify(f"连续 {entry.fails} 次评估不合格，请决定是否撤销：{entry.title}", roles=("officer",), key=f"fails:{entry.fails}",
                     en=f"Failed {entry.fails} evaluations in a row, please decide on removal: {entry.title}")  # fmt: skip

    @action(
        register,
        "rectify",
        "责令整改",
        "Order to put right",
        danger=True,
        fields=(Column("rectify_until", "date", "整改期限", "Put right by", required=True),),
    )
    def rectify(a: Run, entry: Any, *, rectify_until: dt.date) -> None:
        """Order to put something right by a day."""
        a.require(rectify_until > a.today, "date_past", "整改期限应在今天之后", field="rectify_until", value=str(rectify_until))
        entry.rectify_until = rectify_until
        a.notify(
            f"请于 {rectify_until} 前完成整改：{entry.title}（{a.reason}）",
            roles=("owner",),
            key=str(rectify_until),
            en=f"Please put right by {rectify_until}: {entry.title}",
        )

    @action(register, "restore", "整改通过", "Restore", fields=(Column("finding", "longtext", "核查情况", "Finding", required=True),))
    def restore(a: Run, entry: Any, *, finding: str) -> None:
        """It was put right; the finding stays in the history."""
        entry.rectify_until = None
        a.extra["finding"] = [None, finding]


def _ending(register: str) -> None:
    @action(register, "expire", "到期", "Expire", hidden=True)
    def expire(a: Run, entry: Any) -> None:
        """The period ended. Refuses one that still runs."""
        a.require(
            entry.valid_to and entry.valid_to < a.today, "still_valid", f"有效期至 {entry.valid_to or '未限期'}，尚未到期", field="valid_to"
        )

    @action(
        register, "remove", "撤销", "Remove", danger=True, fields=(Column("ended_on", "date", "撤销日期", "Removed on", help="留空为今天"),)
    )
    def remove(a: Run, entry: Any, *, ended_on: dt.date | None = None) -> None:
        """Remove from the list with the reason."""
        _end(a, entry, ended_on)

    @action(register, "close", "注销", "Close", danger=True)
    def close(a: Run, entry: Any) -> None:
        """The host gives it up, with the reason."""
        _end(a, entry, None)


def _end(a: Run, entry: Any, day: dt.date | None) -> None:
    day = day or a.today
    a.require(day <= a.today, "date_future", "日期不能在今天之后", field="ended_on", value=str(day))
    a.require(entry.recognised_on is None or day >= entry.recognised_on, "date_order", "日期早于认定日期", field="ended_on", value=str(day))
    entry.ended_on, entry.ended_why, entry.rectify_until = day, a.reason, None


def run_clock(register_id: str, now: dt.datetime) -> int:
    """Let periods end, warn before they do, and tell once when a rectification is late."""
    register, today = REGISTERS[register_id], clock.local_date(now)
    rows = register.model._default_manager
    done = 0
    for entry in list(rows.filter(record__state__in=("recognised", "rectifying"), valid_to__lt=today)[:500]):
        register_of(register_id).acts["expire"].run(by=SYSTEM, record=entry.record, now=now)
        done += 1
    soon = rows.filter(
        record__state="recognised", valid_to__gte=today, valid_to__lte=today + dt.timedelta(days=WARN_DAYS), renewal_asked_on=None
    )
    for entry in soon[:500]:
        outbox.put_notice(entry.record, f"有效期至 {entry.valid_to}，请及时申请续期：{entry.title}", now, roles=("owner",), key=f"ends:{entry.valid_to}",
                          en=f"Valid to {entry.valid_to}, please ask for renewal: {entry.title}")  # fmt: skip
    for entry in rows.filter(record__state="rectifying", rectify_until__lt=today)[:500]:
        outbox.put_notice(entry.record, f"整改期限已过：{entry.title}", now, roles=("officer",), key=f"late:{entry.rectify_until}",
                          en=f"The time to put right is over: {entry.title}")  # fmt: skip
    return done
