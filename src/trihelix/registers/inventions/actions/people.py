"""Evaluation, IP trusteeship, technology managers' mandates and diligence files."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from django.db.models import Sum

from trihelix.engines.errors import Refused
from trihelix.engines.money import exact, ratio_text
from trihelix.engines.shares.book import CommissionRule
from trihelix.engines.shares.capital import commission
from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action
from trihelix.kernel.columns import options
from trihelix.kernel.models import User
from trihelix.registers.inventions import sharing
from trihelix.registers.inventions.actions.plans import guarded
from trihelix.registers.inventions.flow.common import OFFICE
from trihelix.registers.inventions.models import (
    BrokerMandate,
    DiligenceFile,
    Evaluation,
    ExpertSheet,
    HeadHolding,
    Invention,
    Publicity,
    Trusteeship,
)
from trihelix.registers.inventions.sheets.people import EVIDENCE

LEAST, MOST, PER_UNIT = 5, 9, 2

# --- evaluation --------------------------------------------------------------------------------------------------------


@action("evaluations", "check", "受理审查", "Check", safe=True)
def check(a: Run, entry: Evaluation) -> None:
    """Accept the request. Weights must add up to one."""
    total = sum((exact(str(w["weight"])) for w in entry.weights), Fraction(0))
    a.require(not entry.weights or total == 1, "weights_not_one", f"权重之和为 {ratio_text(total)}，应恰为 1", field="weights")


@action(
    "evaluations",
    "contract",
    "签订评价合同",
    "Contract",
    fields=(Column("fee_wan", "money_wan", "评价费", "Fee", unit="万元"), Column("due_on", "date", "约定完成日", "Due", required=True)),
)
def contract(a: Run, entry: Evaluation, *, due_on: dt.date, fee_wan: int | None = None) -> None:
    """Demand, date and fee are agreed."""
    entry.due_on, entry.fee_fen = due_on, fee_wan if fee_wan is not None else entry.fee_fen


@action("evaluations", "add_expert", "增加专家", "Add an expert", roles=OFFICE, fields=(
    Column("expert", "text", "专家", "Expert", required=True), Column("unit", "text", "单位", "Unit", required=True), Column("technical", "boolean", "技术专家", "Technical", required=True),
    Column("head", "boolean", "组长", "Head"), Column("coauthor", "boolean", "三年内与完成人合著", "Co-author in three years"), Column("holds_shares", "boolean", "持有相关股份", "Holds shares"),
))  # fmt: skip
def add_expert(
    a: Run, entry: Evaluation, *, expert: str, unit: str, technical: bool | None = None, head: bool | None = None, coauthor: bool | None = None, holds_shares: bool | None = None
) -> None:  # fmt: skip
    """Name an expert. Excluded: the completers' own unit, recent co-authors, holders of shares; at most two from one unit."""
    a.require(a.record.state == "contracted", "not_contracted", "签订合同后才能确定专家", field="state")
    invention = Invention.objects.filter(pk=entry.invention_id).first()
    own = {str(r.get("unit") or "") for r in invention.completers} if invention else set()
    own |= {invention.record.owner.title, invention.record.owner.ref} if invention and invention.record.owner else set()
    names = {str(r["name"]) for r in invention.completers} if invention else set()
    a.require(unit not in own - {""}, "expert_own_unit", f"{expert} 与完成人同单位，应回避", field="unit", value=unit)
    a.require(expert not in names, "expert_is_completer", f"{expert} 是完成人，应回避", field="expert", value=expert)
    a.require(not coauthor, "expert_coauthor", f"{expert} 三年内与完成人合著，应回避", field="coauthor")
    a.require(not holds_shares, "expert_holds_shares", f"{expert} 持有相关股份，应回避", field="holds_shares")
    a.require(not entry.sheets.filter(expert=expert).exists(), "expert_twice", f"{expert} 已在专家组", field="expert")
    a.require(entry.sheets.filter(unit=unit).count() < PER_UNIT, "unit_too_many", f"同一单位专家不超过 {PER_UNIT} 人", field="unit")
    guarded(
        lambda: ExpertSheet.objects.create(evaluation=entry, expert=expert, unit=unit, technical=bool(technical), head=bool(head)),
        f"{expert} 已在专家组",
        "expert",
    )
    a.extra["expert"] = [None, {"unit": unit, "technical": bool(technical)}]


@action("evaluations", "name_panel", "确定专家组", "Name the panel")
def name_panel(a: Run, entry: Evaluation) -> None:
    """Five to nine experts, an odd number, two thirds technical, one head."""
    rows = list(entry.sheets.all())
    a.require(
        LEAST <= len(rows) <= MOST, "panel_size", f"专家应为 {LEAST} 至 {MOST} 人，现有 {len(rows)} 人", field="experts", value=len(rows)
    )
    a.require(len(rows) % 2, "panel_even", "专家人数应为单数", field="experts", value=len(rows))
    a.require(3 * sum(r.technical for r in rows) >= 2 * len(rows), "panel_technical", "技术专家不少于三分之二", field="experts")
    a.require(sum(r.head for r in rows) == 1, "panel_head", "须恰有一名组长", field="experts")


@action("evaluations", "score", "登记专家意见", "Record an opinion", roles=OFFICE, fields=(
    Column("expert", "text", "专家", "Expert", required=True), Column("opinion", "longtext", "意见", "Opinion", required=True),
    Column("scores", "rows", "评分", "Scores", rows=(Column("indicator", "text", "指标", "Indicator", required=True), Column("score", "text", "得分", "Score", required=True))),
))  # fmt: skip
def score(a: Run, entry: Evaluation, *, expert: str, opinion: str, scores: list[dict[str, str]] | None = None) -> None:
    """Each expert's opinion alone; staff only sum up. Refuses unknown experts, indicators, and scores outside 0–100."""
    a.require(a.record.state == "panel", "not_panel", "专家组确定后才能登记意见", field="state")
    sheet = entry.sheets.filter(expert=expert).first()
    if sheet is None:
        raise Refused.one("unknown_expert", f"{expert} 不在专家组", field="expert", value=expert)
    known = {str(w["indicator"]) for w in entry.weights}
    given = {str(r["indicator"]): str(r["score"]) for r in scores or ()}
    a.require(
        set(given) == known, "indicators", f"须逐项评分：{'、'.join(sorted(known)) or '（未设指标）'}", field="scores", value=sorted(given)
    )
    for name, value in given.items():
        a.require(0 <= exact(value, "scores") <= 100, "range", f"{name} 得分应在 0 至 100 之间", field="scores", value=value)
    sheet.scores, sheet.opinion = given, opinion
    sheet.save(update_fields=["scores", "opinion"])
    a.extra["opinion"] = [None, sheet.pk]


@action("evaluations", "close_opinions", "意见收齐", "Close the opinions")
def close_opinions(a: Run, entry: Evaluation) -> None:
    """All opinions are in; the total is Σ weight × mean score."""
    rows = list(entry.sheets.all())
    missing = [r.expert for r in rows if not r.opinion]
    a.require(not missing, "opinions_missing", f"尚缺 {len(missing)} 位专家意见", field="experts", value=len(missing))
    total = Fraction(0)
    for w in entry.weights:
        mean = sum((exact(r.scores[w["indicator"]]) for r in rows), Fraction(0)) / len(rows)
        total += exact(str(w["weight"])) * mean
    entry.score = ratio_text(total) if entry.weights else ""


@action("evaluations", "issue", "出具报告", "Issue the report", fields=(
    Column("conclusion", "longtext", "结论", "Conclusion", required=True), Column("limits", "longtext", "局限", "Limits"), Column("trl", "integer", "技术就绪度", "Readiness level"),
))  # fmt: skip
def issue(a: Run, entry: Evaluation, *, conclusion: str, limits: str = "", trl: int | None = None) -> None:
    """Issue: experts' names open to the client from now on; valid for the book's time."""
    a.require(trl is None or 1 <= trl <= 9, "range", "技术就绪度应为 1 至 9 级", field="trl", value=trl)
    entry.conclusion, entry.limits, entry.trl, entry.issued_on = conclusion, limits or "", trl, a.today
    entry.valid_to = book.current().due("evaluation.life", a.today)[0]


def _plain(register: str, act: str, zh: str, en: str, danger: bool = False) -> None:
    @action(register, act, zh, en, danger=danger)
    def step(a: Run, entry: object) -> None:
        """Moves the state only."""


_plain("evaluations", "supersede", "由新报告取代", "Supersede")
_plain("evaluations", "withdraw", "撤回", "Withdraw", danger=True)

# --- trusteeship -------------------------------------------------------------------------------------------------------


@action("trusteeships", "sign", "签订托管合同", "Sign")
def sign(a: Run, entry: Trusteeship) -> None:
    """Sign the mandate. Refuses one without items, term or secrecy clause."""
    a.require(entry.items or entry.scope == "full", "no_items", "部分托管须列明知识产权", field="items")
    a.require(entry.term_from and entry.term_to and entry.term_to > entry.term_from, "term_missing", "须写明托管期限", field="term_to")
    a.require(entry.secrecy, "no_secrecy", "托管合同须有保密约定", field="secrecy")
    a.after_saved(lambda: a.admit("trustee", body=entry.trustee))


_plain("trusteeships", "start", "开始托管", "Start")
_plain("trusteeships", "revoke", "解除托管", "Revoke", danger=True)


@action("trusteeships", "end", "到期结束", "End")
def end(a: Run, entry: Trusteeship) -> None:
    """Ended at its term."""
    a.require(entry.term_to and a.today > entry.term_to, "term_running", f"托管至 {entry.term_to}", field="term_to")


@action(
    "trusteeships",
    "consent",
    "同意处置",
    "Consent to a sale",
    roles=OFFICE,
    fields=(Column("item", "text", "知识产权", "Item", required=True),),
)
def consent(a: Run, entry: Trusteeship, *, item: str) -> None:
    """The client's written consent for one item."""
    a.require(item in entry.items, "unknown_item", f"“{item}” 不在托管清单", field="item", value=item)
    entry.consents = list(dict.fromkeys([*entry.consents, item]))


@action("trusteeships", "sell", "登记处置", "Record a sale", roles=(*OFFICE, "trustee"), fields=(
    Column("item", "text", "知识产权", "Item", required=True), Column("amount_wan", "money_wan", "金额", "Amount", unit="万元", required=True),
))  # fmt: skip
def sell(a: Run, entry: Trusteeship, *, item: str, amount_wan: int) -> None:
    """A sale by the trustee; refused without the client's consent to that item."""
    a.require(a.record.state == "active", "not_active", "托管期内才能处置", field="state")
    a.require(item in entry.consents, "sale_without_consent", f"处置 “{item}” 须委托方逐项书面同意", field="item", value=item)
    a.require(item not in {s["item"] for s in entry.sales}, "sold_twice", f"“{item}” 已处置", field="item")
    entry.sales = [*entry.sales, {"item": item, "amount_fen": amount_wan, "on": a.today.isoformat()}]


@action(
    "trusteeships",
    "report",
    "提交托管报告",
    "Report",
    roles=(*OFFICE, "trustee"),
    fields=(Column("text", "longtext", "报告", "Report", required=True),),
)
def report(a: Run, entry: Trusteeship, *, text: str) -> None:
    """The trustee's report of the period."""
    a.require(a.record.state == "active", "not_active", "托管期内提交报告", field="state")
    entry.reports = [*entry.reports, {"on": a.today.isoformat(), "text": text}]


# --- mandates ----------------------------------------------------------------------------------------------------------


@action("broker_mandates", "start", "开始", "Start")
def begin(a: Run, entry: BrokerMandate) -> None:
    """Begin the mandate; the manager named by record takes part in it from here on."""
    for user in User.objects.filter(person=entry.manager_id, is_active=True) if entry.manager_id else ():
        a.admit("manager", user_id=user.pk)


_plain("broker_mandates", "match", "登记撮合", "Record a match")
_plain("broker_mandates", "deal", "登记成交", "Record the deal")
_plain("broker_mandates", "expire", "到期", "Expire")


def rule_of(entry: BrokerMandate) -> CommissionRule:
    """The commission rule: a local one of the book, or the mandate's own terms."""
    if entry.rule:
        rules = sharing.share_book().commissions
        if entry.rule not in rules:
            raise Refused.one("unknown_rule", f"没有佣金规则 “{entry.rule}”；可用：{'、'.join(rules)}", field="rule", value=entry.rule)
        return rules[entry.rule]
    return CommissionRule(
        "own", "自定", exact(entry.rate or "0", "rate"), entry.base or "paid", entry.case_cap_fen, entry.year_cap_fen, "委托合同", False
    )


@action(
    "broker_mandates",
    "compute_fee",
    "核定佣金",
    "Compute the fee",
    fields=(
        Column("base_wan", "money_wan", "计费基数", "Base", unit="万元", required=True),
        Column("facts_hidden", "boolean", "隐瞒重要事实", "Facts hidden"),
    ),
)
def compute_fee(a: Run, entry: BrokerMandate, *, base_wan: int, facts_hidden: bool | None = None) -> None:
    """min(caps, rate × base); the year cap counts what the manager already earned. Forfeited when facts were hidden."""
    a.require(not entry.both_sides or entry.disclosed, "double_mandate_hidden", "同时代理双方须事先披露", field="disclosed")
    same = (
        BrokerMandate.objects.filter(manager=entry.manager)
        if entry.manager_id
        else BrokerMandate.objects.filter(manager_name=entry.manager_name)
    )
    earned = same.exclude(pk=entry.pk).filter(fee_on__year=a.today.year).aggregate(n=Sum("fee_fen"))["n"] or 0
    found = commission(base_wan, rule_of(entry), earned)
    entry.base_fen, entry.fee_fen, entry.fee_on = base_wan, 0 if facts_hidden else found.amount, a.today
    a.extra["commission"] = [
        None,
        {
            "before_cap": found.before_cap,
            "amount": entry.fee_fen,
            "capped_by": found.capped_by,
            "earned_this_year": earned,
            "forfeited": bool(facts_hidden),
        },
    ]


@action(
    "broker_mandates",
    "pay",
    "支付佣金",
    "Pay the fee",
    fields=(Column("invoice", "text", "发票号", "Invoice", required=True), Column("paid_on", "date", "支付日期", "Paid on", required=True)),
)
def pay(a: Run, entry: BrokerMandate, *, invoice: str, paid_on: dt.date) -> None:
    """Pay against an invoice; an invoice serves once."""
    a.require(paid_on <= a.today, "future_date", "支付日期不能晚于今天", field="paid_on")
    taken = BrokerMandate.objects.filter(invoice=invoice).exclude(pk=entry.pk).exists()
    a.require(not taken, "invoice_twice", f"发票 {invoice} 已使用", field="invoice", value=invoice)
    entry.invoice, entry.paid_on = invoice, paid_on


# --- diligence ---------------------------------------------------------------------------------------------------------

FINDINGS = options(("diligent", "尽职", "Diligent"), ("partly", "部分尽职", "Partly"), ("not", "未尽职", "Not diligent"))
BARS = (("gain", "存在谋取非法利益"), ("hidden_conflict", "隐瞒利益关系"), ("forged_paper", "材料造假"), ("ban_ignored", "违反明令禁止"))


def immunity_ready(entry: DiligenceFile) -> bool:
    """Price by listing or auction, or by agreement with notice in the body and on the market (technology-transfer act, State opinion)."""
    return entry.price_way in ("listing", "auction", "tender") or {"unit", "market"} <= set(entry.notice_scope)


@action("diligence_files", "gather", "从案卷归集证据", "Gather evidence", roles=OFFICE)
def gather(a: Run, entry: DiligenceFile) -> None:
    """Collect from the records of the same result: decisions, notices, contracts, receipts, filings."""
    found = set(entry.evidence)
    threads = [pk for pk in (entry.invention_id, entry.transfer_id) if pk]
    plans = sharing.SharePlan.objects.filter(transfer_id__in=threads)
    for plan in plans.exclude(decided_on=None):
        found |= {"minutes"} | ({"conflict"} if plan.no_gain else set())
    notices = Publicity.objects.filter(record_id__in=[*threads, *plans.values_list("pk", flat=True)])
    found |= {"notice"} if notices.exists() else set()
    for deal in sharing.Transfer.objects.filter(pk__in=threads):
        found |= {"contract"} if deal.contract_id or deal.signed_on else set()
        found |= {"receipts"} if deal.receipts.exists() else set()
        entry.price_way = entry.price_way or deal.price_way
    if HeadHolding.objects.filter(invention_id=entry.invention_id, record__state__in=("accepted", "held")).exists():
        found.add("conflict")
    entry.evidence = [k for k in EVIDENCE if k in found]


@action("diligence_files", "complete", "材料齐备", "Material complete")
def complete(a: Run, entry: DiligenceFile) -> None:
    """Evidence must be there of decision, notice and interests: no procedure, no immunity."""
    missing = [EVIDENCE[k][0] for k in ("minutes", "notice", "conflict") if k not in entry.evidence]
    a.require(not missing, "no_procedure", f"没有履行程序的证据：{'、'.join(missing)}", field="evidence", value=missing)


_plain("diligence_files", "convene", "组织评议", "Convene the panel")
_plain("diligence_files", "appeal", "申请复核", "Appeal")
_plain("diligence_files", "close", "结案", "Close")


@action(
    "diligence_files",
    "find",
    "作出认定",
    "Find",
    fields=(
        Column("finding", "choice", "认定", "Finding", required=True, choices=FINDINGS),
        Column("minutes", "text", "评议纪要", "Minutes", required=True),
    ),
)
def find(a: Run, entry: DiligenceFile, *, finding: str, minutes: str) -> None:
    """The panel's finding. Diligent is refused with gain, hidden conflict, forged paper or an ignored ban, or without the price procedure."""
    bars = [zh for name, zh in BARS if getattr(entry, name)]
    a.require(finding != "diligent" or not bars, "not_diligent", f"不能认定为尽职：{'、'.join(bars)}", field="finding", value=bars)
    a.require(
        finding != "diligent" or entry.subject != "leader" or immunity_ready(entry), "price_procedure",
        "领导免责须挂牌、拍卖定价，或协议定价并在本单位和技术市场公示", field="notice_scope", clause="国发〔2016〕16号",
    )  # fmt: skip
    entry.finding, entry.minutes, entry.decided_on = finding, minutes, a.today


@action(
    "diligence_files",
    "apply_finding",
    "适用认定",
    "Apply the finding",
    fields=(Column("relief", "longtext", "免除的责任", "What is lifted", required=True),),
)
def apply_finding(a: Run, entry: DiligenceFile, *, relief: str) -> None:
    """Apply the finding; refused where it is not at least partly diligent."""
    a.require(entry.finding in ("diligent", "partly"), "not_diligent", "未认定为尽职，不能免责", field="finding")
    entry.relief = relief
