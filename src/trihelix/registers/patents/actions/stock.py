"""The stock-taking form: self-assessment, approvals, firms' judgement, tier, outcome, exit; a result or listing in one act."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines import patents as engine
from trihelix.engines.months import add_days
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.models import JournalEntry, Record, User
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.patents import flow, sheets
from trihelix.registers.patents.actions.rounds import reviewer_of
from trihelix.registers.patents.models import FirmScore, Patent, StockRecord
from trihelix.registers.patents.settings_book import settings

WRITERS = ("owner", "officer", "operator")
JUDGED = (
    Column("prospect", "choice", "产业化前景", "Prospect", required=True, choices=sheets.PROSPECTS), Column("need_level", "choice", "需要程度", "Need", required=True, choices=sheets.NEEDS),
    Column("willing", "boolean", "愿意合作", "Willing to co-operate"), Column("note", "text", "说明", "Note"),
)  # fmt: skip
WAYS = {
    "transfer": "transfer",
    "exclusive": "licence",
    "sole": "licence",
    "ordinary": "licence",
    "open": "licence",
    "equity": "invest",
    "joint": "joint",
}
LISTED = {"transfer": "TRF", "equity": "SHR"}


def patent_of(form: StockRecord) -> Patent:
    """The typed patent of a form."""
    return Patent.objects.get(pk=form.patent_id)


@action("stock_records", "create", "新建盘点表", "New form", creates=True, roles=WRITERS)
def create(a: Run, form: StockRecord, **values: Any) -> None:
    """Open the form of a patent in a round. Refuses a round that does not run, a patent of another body, a second form."""
    patent = find(register_of("patents"), values.get("patent") or "", a.by)
    values = {
        "title": patent.title,
        "owner": str(patent.owner.uid) if patent.owner else None,
        "college": patent.entry.college,
        **{k: v for k, v in values.items() if v not in (None, "")},
    }
    create_entry(a, form, {k: v for k, v in values.items() if v is not None})
    a.require(form.round.state == "running", "round_not_running", "该盘点批次未在进行中", field="round", value=form.round.number)
    holders = {patent.owner_id, *patent.links_out.filter(kind="holder").values_list("target_id", flat=True)}
    a.require(a.record.owner_id in holders, "not_the_holder", f"填报单位不是专利 {patent.entry.app_no} 的权利人", field="owner")
    a.require(
        not StockRecord.objects.filter(round=form.round, patent=patent).exists(),
        "form_twice",
        "该专利在本批次已有盘点表",
        field="patent",
        value=patent.entry.app_no,
    )
    form.tier, form.willing, form.pool_on = "", 0, None
    a.record.visibility = "owner"


@action("stock_records", "self_assess", "自评", "Self-assess", fields=sheets.ASSESSED)
def self_assess(a: Run, form: StockRecord, **values: Any) -> None:
    """Grade one's own patent: stars and prospect at least. The college's reviewer is asked; bodies without colleges go to their office."""
    from trihelix.kernel.standard import change_entry

    change_entry(a, form, {k: v for k, v in values.items() if v not in (None, "", [])})
    a.require(form.stars, "required", "请填写价值星级", field="stars")
    a.require(form.prospect, "required", "请填写产业化前景", field="prospect")
    form.self_assessed_on = a.today
    person = reviewer_of(a.record.owner_id, form.college)
    account = User.objects.filter(person=person, is_active=True).first() if person else None
    if account is not None:
        a.admit("college", user_id=account.pk)


@action("stock_records", "college_approve", "学院审核通过", "College approves", safe=True)
def college_approve(a: Run, form: StockRecord) -> None:
    """The college agrees with the self-assessment."""
    form.college_on = a.today


@action("stock_records", "return", "退回修改", "Return")
def send_back(a: Run, form: StockRecord) -> None:
    """Back to the inventor with the reason."""
    form.college_on = None
    a.notify(f"盘点表退回修改：{a.record.title}（{a.reason}）", roles=("author", "owner"), en=f"Form returned: {a.record.title}")


@action("stock_records", "university_approve", "学校审核入库", "University approves", safe=True)
def university_approve(a: Run, form: StockRecord) -> None:
    """Into the pool of transferable patents; firms may see and judge it. Refuses patents used up before, rights not in force, and the
    person who approved for the college."""
    patent = patent_of(form)
    first = JournalEntry.objects.filter(record=a.record, action="stock_records.college_approve").order_by("-at", "-pk").first()
    a.require(
        first is None or a.by.user_id is None or first.actor_id != a.by.user_id,
        "second_person",
        "学院审核与学校审核须由不同的人办理，请由另一人审核",
        field="act",
        clause="两级审核",
    )
    a.require(
        form.prior_use != "transfer", "transferred_before", "此前已转让的专利不入库；请办理退出", field="prior_use", value=form.prior_use
    )
    a.require(
        patent.status in sheets.VALID,
        "not_in_force",
        f"专利 {patent.app_no} 的法律状态为“{sheets.STATUSES[patent.status][0]}”，不能入库",
        field="patent",
        value=patent.status,
    )
    form.pool_on = a.today
    a.record.visibility = "members"


@action("stock_records", "assess", "企业评价", "Assess as a firm", fields=JUDGED)
def assess(a: Run, form: StockRecord, *, prospect: str, need_level: str, willing: bool = False, note: str = "") -> None:
    """A firm judges the patent for itself; its newest judgement counts, and the tier is computed anew. Refuses others than firms."""
    firms = [b for b in Record.objects.filter(pk__in=a.by.bodies, register="bodies") if b.entry.kind == "firm"]
    a.require(len(firms) == 1, "not_a_firm", "企业评价由企业账号填写", field="act")
    a.require(firms[0].pk != a.record.owner_id, "own_patent", "不能评价本单位的专利", field="act")
    judge(a, form, firms[0], prospect, need_level, bool(willing), note or "")


def judge(a: Run, form: StockRecord, firm: Record, prospect: str, need: str, willing: bool, note: str) -> None:
    """Keep a firm's judgement and grade the patent again."""
    FirmScore.objects.update_or_create(
        stock=form.record, firm=firm, defaults={"on": a.today, "prospect": prospect, "need": need, "willing": willing, "note": note[:300]}
    )
    a.extra["firm_score"] = [None, {"firm": firm.number, "prospect": prospect, "willing": willing}]
    regrade(a, form)


def regrade(a: Run, form: StockRecord) -> None:
    """The tier by the book's rule, from stars, prospect and firms willing."""
    form.willing = FirmScore.objects.filter(stock=form.record, willing=True).count()
    if form.tier or form.record.state in ("tiered", "pushed", "contacted"):
        set_tier(a, form)


def set_tier(a: Run, form: StockRecord) -> None:
    """Compute and note the tier; the holder hears of a change."""
    rule, before = settings(), form.tier
    form.tier = engine.tier(rule.tiers, form.stars or 0, form.prospect, form.willing)
    form.tier_rule = rule.tier_version
    if before and before != form.tier:
        a.notify(
            f"专利分层由 {before} 变为 {form.tier}：{a.record.title}",
            roles=("owner",),
            key=f"tier{form.tier}",
            en=f"Tier {before} → {form.tier}: {a.record.title}",
        )


@action("stock_records", "regrade", "评价计入分层", "Count a firm's answer", roles=("system",), hidden=True)
def take_answer(a: Run, form: StockRecord, *, firm: Record, prospect: str, need_level: str, willing: bool, note: str = "") -> None:
    """The answer to a push counts as the firm's judgement."""
    judge(a, form, firm, prospect, need_level, willing, note)


@action("stock_records", "tier", "按规则分层", "Tier by rule", safe=True)
def tier(a: Run, form: StockRecord) -> None:
    """Grade by the rule."""
    a.require(form.stars and form.prospect, "not_assessed", "未填写星级或前景，不能分层", field="stars")
    set_tier(a, form)


def expiring(form: StockRecord, today: dt.date) -> dt.date | None:
    """The day on which the right of a form may end soon: fees paid or term, within the days that block a push."""
    patent = patent_of(form)
    limit = add_days(today, settings().block_days)
    near = [d for d in (patent.fee_paid_to, patent.expires_on) if d is not None and d < limit]
    return min(near) if near else None


@action("stock_records", "contact", "登记对接", "Record contact", fields=(Column("firm", "ref", "企业", "Firm"),))
def contact(a: Run, form: StockRecord, *, firm: Any = None) -> None:
    """Talks with a firm began."""
    if firm:
        a.link(find(register_of("bodies"), firm, a.by), "contact")


@action("stock_records", "settle", "登记转化结果", "Record the outcome", fields=(
    Column("outcome", "choice", "转化结果", "Outcome", required=True, choices=sheets.OUTCOMES), Column("outcome_on", "date", "日期", "On", required=True),
    Column("deal", "ref", "转让许可合同", "Deal"),
))  # fmt: skip
def settle(a: Run, form: StockRecord, *, outcome: str, outcome_on: dt.date, deal: Any = None) -> None:
    """How the patent came into use."""
    a.require(outcome_on <= a.today, "date_future", "日期在今天之后", field="outcome_on", value=str(outcome_on))
    form.outcome, form.outcome_on = outcome, outcome_on
    if deal:
        a.link(find(register_of("patent_deals"), deal, a.by), "patent_deal")
    a.go(outcome)


@action(
    "stock_records",
    "record",
    "登记备案",
    "Record the recording",
    fields=(Column("outcome_number", "text", "合同或备案号", "Number", required=True),),
)
def record(a: Run, form: StockRecord, *, outcome_number: str) -> None:
    """The outcome was recorded or registered under a number."""
    form.outcome_number = outcome_number


@action(
    "stock_records",
    "exit",
    "退出盘点",
    "Leave",
    danger=True,
    fields=(Column("exit_kind", "choice", "退出原因", "Why", required=True, choices=sheets.EXITS),),
)
def leave(a: Run, form: StockRecord, *, exit_kind: str) -> None:
    """Leave the stock-taking with kind and reason; open pushes are taken back."""
    form.exit_kind = exit_kind
    a.go(exit_kind)
    withdraw = register_of("stock_pushes").acts["withdraw"].run
    from trihelix.kernel.actor import SYSTEM

    for push in form.record.pushes.filter(record__state="sent"):
        withdraw(by=SYSTEM, record=push.record, reason=f"专利退出盘点：{sheets.EXITS[exit_kind][0]}", now=a.now)


@action(
    "stock_records",
    "to_result",
    "转为成果",
    "Make it a result",
    roles=WRITERS,
    fields=(Column("summary", "longtext", "公开简介", "Open summary", help="留空时取摘要"),),
)
def to_result(a: Run, form: StockRecord, *, summary: str = "") -> None:
    """Turn the form into a draft result in one act, with everything it knows. Refuses a second time, and patents not in the pool."""
    a.require(a.record.state in flow.POOL, "not_in_pool", "入库的专利才能转为成果", field="state", value=a.record.state)
    a.require(form.result is None, "result_there", f"已转为成果 {form.result.number if form.result else ''}", field="result")
    patent = patent_of(form)
    text = summary or patent.summary or a.record.title
    ways = list(dict.fromkeys(WAYS[m] for m in form.modes if m in WAYS))
    values = {
        "title": a.record.title, "owner": str(a.record.owner.uid), "summary": text, "ip_kind": patent.ptype, "ip_numbers": [f"ZL{patent.app_no}"],
        "completers": patent.inventors, "fields": patent.fields, "maturity": form.trl, "transfer_ways": ways, "price_wan": form.ask_fen,
        "price_rule": form.price_rule, "limits": form.obstacle, "contact_name": form.contact[:60], "division": patent.division,
    }  # fmt: skip
    made = register_of("results").acts["create"].run(by=a.by, now=a.now, **{k: v for k, v in values.items() if v not in (None, "", [])})
    form.result = made.record
    a.link(made.record, "result")
    a.link(patent.record, "from", source=made.record)


@action("stock_records", "to_listing", "转为挂牌标的", "Make it a listing", roles=WRITERS, fields=(
    Column("way", "choice", "交易方式", "Way", required=True, choices={"listing": ("挂牌交易", "Listing"), "auction": ("拍卖", "Auction"), "agreement": ("协议定价", "Agreed price")}),
    Column("base_wan", "money_wan", "底价", "Base", unit="万元", help="留空时取意向价格"), Column("price_basis", "longtext", "定价依据", "Price basis"),
))  # fmt: skip
def to_listing(a: Run, form: StockRecord, *, way: str, base_wan: int | None = None, price_basis: str = "") -> None:
    """Turn the form into a draft listing in one act. Refuses a second time, patents not in the pool, and a lot without a price."""
    a.require(a.record.state in flow.POOL, "not_in_pool", "入库的专利才能挂牌", field="state", value=a.record.state)
    a.require(form.listing is None, "listing_there", f"已挂牌 {form.listing.number if form.listing else ''}", field="listing")
    base = base_wan if base_wan is not None else form.ask_fen
    a.require(base, "required", "请填写底价", field="base_wan")
    kind = next((LISTED[m] for m in form.modes if m in LISTED), "LIC")
    values = {
        "title": a.record.title, "owner": str(a.record.owner.uid), "way": way, "kind": kind, "base_wan": base, "price_basis": price_basis,
        "result": str(form.result.uid) if form.result else None,
    }  # fmt: skip
    made = register_of("listings").acts["create"].run(by=a.by, now=a.now, **{k: v for k, v in values.items() if v not in (None, "")})
    form.listing = made.record
    a.link(made.record, "listing")
    a.link(form.patent, "from", source=made.record)
