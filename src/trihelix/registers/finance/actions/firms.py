"""Acts on points statements, products, requests and tax referrals."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from trihelix.engines.errors import Refused
from trihelix.engines.sheets import Column
from trihelix.kernel import book, clock
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.registers.finance import conditions, queries, sheets
from trihelix.registers.finance.actions.credit import finance_body
from trihelix.registers.finance.models import FinanceProduct, FinanceRequest, PointsStatement, TaxReferral
from trihelix.registers.ladder import facts
from trihelix.registers.ladder.actions.consents import ON_END
from trihelix.registers.ladder.actions.places import own_firm
from trihelix.registers.ladder.models import Consent
from trihelix.registers.ladder.queries import consent_for
from trihelix.registers.policies.rulebook import rules

FACTS = Column(
    "facts", "rows", "补充的事实", "Facts", rows=(Column("key", "text", "项目", "Key", required=True), Column("value", "text", "值", "Value", required=True))
)  # fmt: skip


def typed(rows: Any) -> dict[str, Any]:
    """Facts as typed: 是/否 as truth, a list split at ;, else as written; each says that it was typed."""
    if isinstance(rows, dict):
        return rows
    out: dict[str, Any] = {}
    for row in rows or ():
        text = str(row["value"]).strip().replace("；", ";")
        value: Any = {"是": True, "否": False}.get(text, [w.strip() for w in text.split(";")] if ";" in text else text)
        out[str(row["key"]).strip()] = {"value": value, "source": "填写"}
    return out


@action("points_statements", "create", "生成创新评价报告", "Issue a statement", creates=True, roles=("owner", "node", "officer", "operator"), fields=(
    Column("owner", "ref", "企业", "Firm"), Column("rule", "choice", "评价规则", "Rule", choices=sheets.POINTS_RULES), Column("on", "date", "日期", "On"), FACTS,
))  # fmt: skip
def issue(a: Run, entry: PointsStatement, *, owner: Any = None, rule: str = "", on: dt.date | None = None, facts: Any = None) -> None:
    """Make a firm's statement: the interval, each part with age and sources, points lost by missing paper apart from points lost on merit.

    Nothing leaves the firm by this. The national points are an imported number and are never computed here.
    """
    firm, day, rule_id = own_firm(a, owner), on or a.today, rule or "jilin-points"
    a.require(day <= a.today, "date_future", "日期在今天之后", field="on")
    fill(entry, firm, rule_id, day, typed(facts))
    life = book.current().due("statement.life", day)[0]
    entry.valid_to = life
    a.record.title, a.record.owner, a.record.node, a.record.visibility = f"创新评价报告 — {firm.title}", firm, firm.node, "owner"
    entry.cohort = queries.peers(entry, firm, rule_id, entry.stage, day)


def fill(entry: PointsStatement, firm: Record, rule_id: str, day: dt.date, given: dict[str, Any]) -> None:
    """Facts, answer, interval and parts of a statement; refuses wrong and contradictory facts by name."""
    table = rules()
    one = table.rule(rule_id)
    if rule_id == "jilin-points" and "contract_turnover" not in given and (fen := queries.turnover(firm, day)) is not None:
        given = {**given, "contract_turnover": {"value": facts.wan_text(fen), "source": "技术合同登记库", "as_of": f"{day.year - 1}-12-31"}}
    known = facts.of_firm(one, firm, day, given)
    answer = table.check(rule_id, known, day, change=False)
    entry.rule, entry.rule_version, entry.on = rule_id, answer.version, day
    entry.facts, entry.answer = known, answer.as_json()
    entry.stage = str(answer.outputs.get("stage") or "")
    entry.parts = queries.parts_of(answer, one, day)
    if answer.total is not None:
        low, high = Decimal(str(answer.total["min"])), Decimal(str(answer.total["max"]))
        entry.low, entry.high, entry.lost_paper = low, high, high - low
        entry.lost_merit = sum((Decimal(p["most"]) - Decimal(p["high"]) for p in entry.parts), Decimal(0))
    elif (points := answer.outputs.get("points")) is not None:
        entry.low = entry.high = Decimal(str(points))


@action(
    "points_statements",
    "share",
    "提供给金融机构",
    "Share with the bank",
    fields=(Column("bank", "ref", "金融机构", "Finance body", required=True),),
)
def share(a: Run, entry: PointsStatement, *, bank: Any) -> None:
    """Give it to one finance body named in a consent in force; that body sees it until it is withdrawn or expires. Refuses without consent."""
    target = find(register_of("bodies"), bank, a.by)
    firm = a.record.owner
    found = consent_for(firm, "points", a.today, target) if firm is not None else None
    if found is None:
        a.refuse("no_consent", f"没有向 “{target.title}” 提供的有效同意，请先办理授权同意", field="bank", value=target.number)
        return
    a.require(entry.valid_to is None or entry.valid_to >= a.today, "expired", "报告已过期，请重新生成", field="state")
    entry.bank, entry.consent, entry.shared_at = target, found.record, a.now
    entry.valid_to = min(entry.valid_to or found.valid_to, found.valid_to)
    a.admit("bank", body=target)
    a.link(found.record, "consent")
    a.notify(f"收到创新评价报告：{a.record.title}", bodies=(target.pk,), en=f"A points statement: {a.record.title}")


@action("points_statements", "read", "阅读报告", "Read the statement", roles=("bank",), safe=True, tells=True)
def read(a: Run, entry: PointsStatement) -> dict[str, Any]:
    """The bank reads it and is told its content: every reading is an entry of the journal that the firm sees. Refuses others than
    the bank, and what is no longer shared: withdrawn, past its last day, or without a consent in force, even before the clock ended it."""
    a.require(a.record.state == "shared", "not_shared", "报告已撤回或过期，不能再阅读", field="state", value=a.record.state)
    a.require(
        entry.valid_to is None or entry.valid_to >= a.today,
        "expired",
        "报告已过期，不能再阅读",
        field="valid_to",
        value=str(entry.valid_to),
    )
    given = Consent.objects.filter(record=entry.consent, record__state="granted", valid_to__gte=a.today)
    a.require(given.exists(), "no_consent", "企业的同意已撤回或到期，不能再阅读", field="consent")
    a.extra["read_by"] = [None, entry.bank.number if entry.bank else None]
    a.notify(f"金融机构阅读了创新评价报告：{a.record.title}", roles=("owner",), en=f"A bank read the statement: {a.record.title}")
    return queries.told(entry)


@action("points_statements", "withdraw", "撤回", "Withdraw", danger=True)
def withdraw(a: Run, entry: PointsStatement) -> None:
    """Take it back: the bank no longer sees it from this moment."""
    _shut(a, entry)
    entry.withdrawn_at = a.now


@action("points_statements", "expire", "过期", "Expire", hidden=True)
def expire(a: Run, entry: PointsStatement) -> None:
    """Its last day is over; the bank no longer sees it."""
    _shut(a, entry)


def _shut(a: Run, entry: PointsStatement) -> None:
    ended = a.record.participants.filter(role="bank", until=None).update(until=a.now)
    if ended and entry.bank is not None:
        a.extra["access_ended"] = [entry.bank_id, None]
        a.notify(
            f"创新评价报告已撤回或过期：{a.record.title}", bodies=(entry.bank_id,), en=f"Statement withdrawn or expired: {a.record.title}"
        )


def _consent_ended(consent: Record, now: dt.datetime) -> None:
    """A consent ended: everything shared under it is taken back."""
    for one in PointsStatement.objects.filter(consent=consent, record__state="shared").select_related("record"):
        withdraw(by=SYSTEM, record=one.record, now=now)


if _consent_ended not in ON_END:
    ON_END.append(_consent_ended)


@tick("points_statements_expire", every=3600)
def expire_due(now: dt.datetime) -> int:
    """Expire statements whose last day is over."""
    due = PointsStatement.objects.filter(record__state__in=("issued", "shared"), valid_to__lt=clock.local_date(now)).select_related(
        "record"
    )
    return sum(1 for s in due.iterator() if expire(by=SYSTEM, record=s.record, now=now))


@action("finance_products", "create", "新建金融产品", "New product", creates=True, roles=("owner", "officer", "operator"))
def design(a: Run, entry: FinanceProduct, **values: Any) -> None:
    """Enter a product with its conditions. Refuses owners that are no finance body, and conditions a machine cannot check, by row."""
    create_entry(a, entry, values)
    finance_body(a)


@action("finance_products", "publish", "公布", "Publish", safe=True)
def publish(a: Run, entry: FinanceProduct) -> None:
    """Offer it: everybody sees it with its conditions."""
    a.record.visibility = "public"


@action("finance_requests", "create", "申请融资", "Ask for finance", creates=True, roles=("owner", "node", "officer", "operator"))
def ask(a: Run, entry: FinanceRequest, **values: Any) -> None:
    """A firm asks a finance body. With a product its conditions are checked that day and the answer goes along; not fitting is told, not refused."""
    create_entry(a, entry, {**values, "title": values.get("title") or "融资申请"})
    if entry.product is not None:
        a.require(entry.product.state == "offered", "not_offered", "该产品不在售", field="product")
        entry.bank = entry.product.owner
    a.require(entry.bank_id, "required", "请填写金融产品或金融机构", field="bank")
    a.require(entry.bank.entry.kind in ("bank", "fund", "intermediary"), "not_finance_body", "所填单位不是金融机构", field="bank")
    entry.asked_on = a.today
    firm = a.record.owner
    if entry.product is not None and firm is not None:
        answer = conditions.check(entry.product.entry, firm, a.today)
        entry.verdict, entry.answer = answer.verdict, answer.as_json()
    if entry.statement is not None:
        shown = PointsStatement.objects.filter(record=entry.statement, record__owner=firm, record__state="shared", bank=entry.bank).exists()
        a.require(shown, "statement_not_shared", "请先把创新评价报告提供给该金融机构", field="statement")
    if not values.get("title"):
        a.record.title = f"融资申请 — {firm.title if firm else ''}"[:400]
    a.record.visibility = "owner"

    def tell() -> None:
        a.admit("bank", body=entry.bank)
        a.notify(f"新的融资申请：{a.record.title}", bodies=(entry.bank_id,), key="asked", en=f"A request for finance: {a.record.title}")

    a.after_saved(tell)


@action("finance_requests", "accept", "受理", "Accept", safe=True)
def accept(a: Run, entry: FinanceRequest) -> None:
    """The finance body takes it on."""
    a.notify(f"融资申请已受理：{a.record.title}", roles=("owner",), en=f"Request accepted: {a.record.title}")


@action("finance_requests", "grant", "批准授信", "Grant credit", fields=(
    Column("limit_wan", "money_wan", "授信额度", "Limit", unit="万元", required=True), Column("valid_to", "date", "有效期止", "Valid to"),
))  # fmt: skip
def grant(a: Run, entry: FinanceRequest, *, limit_wan: int, valid_to: dt.date | None = None) -> None:
    """Grant: the credit line is entered at once and linked."""
    firm = a.record.owner
    made = register_of("credit_lines").acts["create"].run(
        by=a.by, owner=str(entry.bank.uid), firm=str(firm.uid) if firm else None, limit_wan=limit_wan, granted_on=a.today, valid_to=valid_to,
        product=str(entry.product.uid) if entry.product else None, ref=f"{a.record.number}-SX", now=a.now,
    )  # fmt: skip
    entry.credit, entry.decided_on = made.record, a.today
    a.link(made.record, "credit")
    a.notify(f"融资申请已批准：{a.record.title}", roles=("owner",), en=f"Request granted: {a.record.title}")


@action("finance_requests", "refuse", "不予批准", "Refuse")
def refuse(a: Run, entry: FinanceRequest) -> None:
    """Refuse with the reason, which the firm reads."""
    entry.decided_on = a.today
    a.notify(f"融资申请未获批准：{a.record.title}（{a.reason}）", roles=("owner",), en=f"Request refused: {a.record.title}")


@action("tax_referrals", "create", "税费政策自测", "Check a tax rule", creates=True, roles=("owner", "node", "officer", "operator"), fields=(
    Column("owner", "ref", "企业", "Firm"), Column("rule", "choice", "政策", "Rule", required=True, choices=sheets.TAX_RULES), Column("on", "date", "日期", "On"), FACTS,
    Column("question", "longtext", "咨询问题", "Question"), Column("ref", "text", "外部编号", "External key"),
))  # fmt: skip
def check_tax(
    a: Run,
    entry: TaxReferral,
    *,
    rule: str,
    owner: Any = None,
    on: dt.date | None = None,
    facts: Any = None,
    question: str = "",
    ref: str = "",
) -> None:
    """Check a tax rule for a firm, clause by clause; amounts are estimates and no tax opinion. Refuses contradictory facts by name."""
    firm, day = own_firm(a, owner), on or a.today
    table = rules()
    known = firm_facts(table.rule(rule), firm, day, typed(facts))
    answer = table.check(rule, known, day, change=False)
    entry.rule, entry.rule_version, entry.on, entry.facts = rule, answer.version, day, known
    entry.answer, entry.verdict, entry.question = answer.as_json(), answer.verdict, question or ""
    a.record.title, a.record.owner, a.record.node, a.record.visibility = (
        f"{table.rule(rule).label.zh} — {firm.title}"[:400],
        firm,
        firm.node,
        "owner",
    )
    a.record.ref = ref or ""


def firm_facts(rule: Any, firm: Record, day: dt.date, given: dict[str, Any]) -> dict[str, Any]:
    """Facts of a firm for a tax rule; typed names that the rule does not know are refused by name."""
    unknown = sorted(set(given) - set(rule.inputs))
    if unknown:
        raise Refused.one(
            "unknown_field", f"该政策没有项目 “{unknown[0]}”；可用：{'、'.join(rule.inputs)}", field="facts", value=unknown[0]
        )
    return facts.of_firm(rule, firm, day, given)


@action("tax_referrals", "refer", "转税务部门", "Refer to the tax office", fields=(
    Column("office", "ref", "税务部门", "Tax office"), Column("question", "longtext", "咨询问题", "Question"),
))  # fmt: skip
def refer(a: Run, entry: TaxReferral, *, office: Any = None, question: str = "") -> None:
    """Refer with the check attached; without an office named the officer answers for it. Tracked by a clock."""
    entry.question = question or entry.question
    a.require(entry.question, "required", "请写明要咨询的问题", field="question")
    entry.referred_on = a.today
    if office:
        entry.office = find(register_of("bodies"), office, a.by)
        a.require(entry.office.entry.kind == "government", "not_office", "请填写政府部门", field="office", value=entry.office.number)
        a.admit("tax_office", body=entry.office)
        a.notify(f"税费政策转办：{a.record.title}", bodies=(entry.office_id,), en=f"Tax referral: {a.record.title}")


@action("tax_referrals", "reply", "答复", "Reply", fields=(Column("reply", "longtext", "答复", "Reply", required=True),))
def reply(a: Run, entry: TaxReferral, *, reply: str) -> None:
    """The office's reply; the firm is told."""
    entry.reply, entry.replied_on = reply, a.today
    a.notify(f"税费政策已答复：{a.record.title}", roles=("owner",), en=f"Tax referral answered: {a.record.title}")


@action(
    "tax_referrals",
    "enjoy",
    "登记已享受",
    "Record what was enjoyed",
    fields=(Column("amount_wan", "money_wan", "已享受金额", "Amount", unit="万元", required=True),),
)
def enjoy(a: Run, entry: TaxReferral, *, amount_wan: int) -> None:
    """The firm enjoyed the relief; the amount is its own statement."""
    a.require(amount_wan >= 0, "negative", "金额不能为负", field="amount_wan")
    entry.enjoyed_fen = amount_wan
