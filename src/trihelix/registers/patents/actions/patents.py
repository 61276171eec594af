"""Patents: entry, change, events of the legal status, encumbrances."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.columns import options
from trihelix.kernel.errors import Conflict
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import change_entry, create_entry, editable
from trihelix.kernel.ticks import tick
from trihelix.registers.patents import flow, sheets
from trihelix.registers.patents.family import refresh_families, reindex
from trihelix.registers.patents.keys import canonical
from trihelix.registers.patents.models import Patent, PatentEvent, StockRecord
from trihelix.registers.policies.rulebook import rules

WRITERS = ("owner", "officer", "operator")
# Event → the status it leads to; events without one leave the status as it is.
LEADS = {
    "publication": "published", "examination": "substantive_exam", "grant": "in_force", "rejection": "rejected", "withdrawal": "withdrawn",
    "deemed_withdrawal": "deemed_withdrawn", "not_registered": "granted_not_registered", "grace": "fee_grace", "lapse": "lapsed_fee", "expiry": "expired",
    "surrender": "surrendered", "invalidation": "invalid_full", "part_invalidation": "invalid_part", "restoration": "restored",
    "suspension": "suspended", "preservation": "preserved", "resumption": "in_force",
}  # fmt: skip
EVENTS = options(
    ("publication", "公布", "Publication"), ("examination", "进入实质审查", "Examination"), ("grant", "授权公告", "Grant"), ("rejection", "驳回", "Rejection"),
    ("withdrawal", "撤回", "Withdrawal"), ("deemed_withdrawal", "视为撤回", "Deemed withdrawal"), ("not_registered", "放弃取得专利权", "Not registered"),
    ("grace", "进入年费宽限期", "Into grace"), ("lapse", "未缴年费终止", "Lapse"), ("expiry", "期满终止", "Expiry"), ("surrender", "放弃", "Surrender"),
    ("invalidation", "宣告全部无效", "Invalidation"), ("part_invalidation", "宣告部分无效", "Part invalidation"), ("restoration", "权利恢复", "Restoration"),
    ("suspension", "中止", "Suspension"), ("preservation", "保全", "Preservation"), ("resumption", "恢复程序", "Resumption"),
)  # fmt: skip
ENDED = ("lapsed_fee", "expired", "surrendered", "invalid_full", "rejected", "withdrawn", "deemed_withdrawn", "granted_not_registered")
PARTIES = options(
    ("person", "个人", "Person"), ("firm", "企业", "Firm"), ("public", "事业单位、社会团体、非营利科研机构", "Public or non-profit body")
)
MARKS = options(("add", "设定", "Set"), ("remove", "解除", "Release"))


@action("patents", "create", "登记专利", "Register a patent", creates=True, roles=WRITERS)
def create(a: Run, patent: Patent, **values: Any) -> None:
    """Register a patent or application. Refuses a wrong check digit, a kind that the number contradicts, a number already there."""
    number = canonical(values.get("app_no") or "")
    if number and not values.get("ref"):
        values["ref"] = number
    create_entry(a, patent, values)
    a.record.visibility = "public" if patent.pub_no or patent.grant_date else "owner"
    reindex(a, [patent.family])


@action("patents", "change", "修改", "Change", roles=WRITERS)
def change(a: Run, patent: Patent, **values: Any) -> None:
    """Change columns; publication opens the record to all."""
    if not editable(a.register, a.record, a.by):
        raise Conflict(Problem("not_editable", "已移出的专利不能修改；请先恢复", field="state", value=a.record.state))
    old = patent.family
    if "pub_no" in values or "grant_date" in values or "app_no" in values:
        values.setdefault("app_no", patent.app_no)
    change_entry(a, patent, values)
    if patent.pub_no or patent.grant_date:
        a.record.visibility = "public"
    reindex(a, [old, patent.family])


@action("patents", "archive", "移出", "Archive", danger=True)
def archive(a: Run, patent: Patent) -> None:
    """Take a patent registered by mistake off the register, with the reason."""
    reindex(a, [patent.family])


@action("patents", "restore", "恢复", "Restore")
def restore(a: Run, patent: Patent) -> None:
    """Put it back."""
    reindex(a, [patent.family])


@action("patents", "note_event", "登记法律状态事件", "Record an event", roles=(*WRITERS, "system"), fields=(
    Column("kind", "choice", "事件", "Event", required=True, choices=EVENTS), Column("on", "date", "日期", "On", required=True),
    Column("gazette", "text", "公报号", "Gazette"), Column("note", "text", "说明", "Note"),
))  # fmt: skip
def note_event(a: Run, patent: Patent, *, kind: str, on: dt.date, gazette: str = "", note: str = "") -> None:
    """Record an event; the status is that of the latest event. Refuses a day ahead, and the same event twice on a day."""
    a.require(on <= a.today, "date_future", f"日期 {on} 在今天之后", field="on", value=str(on))
    a.require(
        not patent.filing_date or on >= patent.filing_date, "date_order", f"事件早于申请日 {patent.filing_date}", field="on", value=str(on)
    )
    taken = PatentEvent.objects.filter(patent=a.record, kind=kind, on=on).exists()
    a.require(not taken, "event_twice", "同一天的同一事件已登记", field="kind", value=kind)
    PatentEvent.objects.create(patent=a.record, kind=kind, on=on, gazette=gazette or "", note=note or "", status=LEADS[kind])
    a.extra["event"] = [None, {"kind": kind, "on": str(on)}]
    if kind == "grant":
        patent.grant_date = patent.grant_date or on
    if kind in ("publication", "grant"):
        a.record.visibility = "public"
    last = PatentEvent.objects.filter(patent=a.record).order_by("on", "id").last()
    patent.status = last.status if last else LEADS[kind]
    reindex(a, [patent.family])
    if patent.status in ENDED:
        a.after_saved(lambda: leave_stock(a, patent))


def leave_stock(a: Run, patent: Patent) -> None:
    """A right that ended leaves the stock-taking and its open pushes."""
    kind = "invalidated" if patent.status == "invalid_full" else "lapsed"
    leave = register_of("stock_records").acts["exit"].run
    open_states = ("registered", "self_assessed", "college_ok", *flow.POOL)
    for form in StockRecord.objects.filter(patent=patent.record, record__state__in=open_states):
        leave(by=SYSTEM, record=form.record, exit_kind=kind, reason=f"法律状态：{sheets.STATUSES[patent.status][0]}", now=a.now)


@action("patents", "encumber", "登记权利负担", "Record an encumbrance", roles=WRITERS, fields=(
    Column("mark", "choice", "设定或解除", "Set or release", required=True, choices=MARKS),
    Column("encumbrance", "choice", "权利负担", "Encumbrance", required=True, choices=sheets.ENCUMBRANCES),
))  # fmt: skip
def encumber(a: Run, patent: Patent, *, mark: str, encumbrance: str) -> None:
    """Set or release an encumbrance."""
    set_encumbrance(patent, encumbrance, mark == "add")


def set_encumbrance(patent: Patent, name: str, held: bool) -> None:
    """Put an encumbrance on or take it off; the order of the choices is kept."""
    wanted = (set(patent.encumbrances) | {name}) if held else (set(patent.encumbrances) - {name})
    patent.encumbrances = [e for e in sheets.ENCUMBRANCES if e in wanted]


@action("patents", "mark", "更新权利负担", "Update encumbrance", roles=("system",), hidden=True)
def mark(a: Run, patent: Patent, *, encumbrance: str, held: bool) -> None:
    """An encumbrance that a contract or an open licence sets."""
    set_encumbrance(patent, encumbrance, held)


@action("patents", "check_reduction", "逐个权利人核对费用减缴", "Check the fee reduction", roles=WRITERS, fields=(
    Column("parties", "rows", "权利人", "Holders", required=True, rows=(
        Column("name", "text", "权利人", "Holder", required=True), Column("holder_kind", "choice", "类别", "Kind", required=True, choices=PARTIES),
        Column("monthly_income", "text", "上年度月均收入（元）", "Monthly income, yuan"), Column("taxable_income", "text", "上年度应纳税所得额（万元）", "Taxable income, 万元"),
    )),
))  # fmt: skip
def check_reduction(a: Run, patent: Patent, *, parties: list[dict[str, Any]]) -> None:
    """Check every holder by the rule of the day; the reduction holds only if each qualifies. Refuses holders left out, invented or named twice."""
    named = [p["name"].strip() for p in parties]
    held = [str(h.get("name", "")).strip() for h in patent.holders] or [a.record.owner.title if a.record.owner else ""]
    a.require(sorted(named) == sorted(held), "holders_differ", f"请逐个填写全部权利人：{'、'.join(held)}", field="parties", value=named)
    told = [holder_answer(p, a.today) for p in parties]
    patent.fee_parties = told
    patent.fee_cut = all(t["verdict"] == "met" for t in told)


def holder_answer(party: dict[str, Any], day: dt.date) -> dict[str, Any]:
    """One holder by the rule ``patent-fee-holder``: verdict, what failed, what is missing, version."""
    facts: dict[str, Any] = {"holder_kind": party["holder_kind"]}
    if party.get("monthly_income"):
        facts["monthly_income"] = {"value": party["monthly_income"], "unit": "元"}
    if party.get("taxable_income"):
        facts["taxable_income"] = party["taxable_income"]
    answer = rules().check("patent-fee-holder", facts, day, change=False)
    return {
        "name": party["name"].strip(), "kind": party["holder_kind"], "verdict": answer.verdict, "failed": answer.failed, "missing": answer.missing,
        "rule": f"{answer.rule}@{answer.version}", "on": day.isoformat(),
    }  # fmt: skip


@action("patents", "paid_to", "年费缴至", "Fees paid until", roles=("system",), hidden=True)
def paid_to(a: Run, patent: Patent, *, on: dt.date) -> None:
    """A paid annual fee carries the patent a year further."""
    patent.fee_paid_to = max(on, patent.fee_paid_to) if patent.fee_paid_to else on
    if patent.status == "fee_grace":
        patent.status = "in_force"


@action("patents", "hand_over", "变更权利人", "Change the holder", roles=("system",), hidden=True)
def hand_over(a: Run, patent: Patent, *, owner: Any, on: dt.date) -> None:
    """A registered transfer makes the buyer the owner."""
    a.record.owner, a.record.node = owner, owner.node
    patent.acquired_by, patent.acquired_on = "transferred", on
    patent.holders = [{"name": owner.title}]
    reindex(a, [patent.family])


@tick("patent_families", every=300)
def index_families(now: dt.datetime) -> int:
    """Bring families up to date in the index after imports."""
    return refresh_families(now)
