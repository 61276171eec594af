"""Use first, pay later and fund first, equity later: conditional contracts with dated events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.instruments import demand_ends
from trihelix.engines.money import ratio_text
from trihelix.engines.months import add_months
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.models import Record
from trihelix.registers.inventions import conditional
from trihelix.registers.inventions.actions.mechanisms import placed, usable
from trihelix.registers.inventions.actions.plans import guarded
from trihelix.registers.inventions.models import ContractEvent, DiligenceFile, FundFirstCase, UseFirstLicence
from trihelix.registers.inventions.procedure import Steps, over, register_steps

EVENT = (
    Column("voucher", "text", "凭证号", "Voucher", required=True), Column("date", "date", "日期", "Date", required=True), Column("type", "text", "事件类型", "Type", required=True),
    Column("name", "text", "名称", "Name"), Column("amount_wan", "money_wan", "金额", "Amount", unit="万元"), Column("begins", "date", "期初", "Period from"), Column("ends", "date", "期末", "Period to"),
    Column("pre_wan", "money_wan", "投前估值", "Pre-money value", unit="万元"), Column("shares_before", "text", "原有股数", "Shares before"),
)  # fmt: skip


def _event_act(register: str) -> None:
    @action(register, "add_event", "登记履约事件", "Record an event", roles=("owner", "node", "officer", "operator"), fields=EVENT)
    def add_event(
        a: Run, entry: Any, *, voucher: str, date: dt.date, type: str, name: str = "", amount_wan: int | None = None, begins: dt.date | None = None,
        ends: dt.date | None = None, pre_wan: int | None = None, shares_before: str = "",
    ) -> None:  # fmt: skip
        """Record a dated event; the obligations follow from all events. Refuses what the engine refuses, a voucher twice, the future."""
        a.require(date <= a.today, "future_date", "事件日期不能晚于今天", field="date")
        taken = ContractEvent.objects.filter(record=a.record, key=voucher).exists()
        a.require(not taken, "event_twice", f"凭证 {voucher} 已登记", field="voucher", value=voucher)
        guarded(
            lambda: ContractEvent.objects.create(
                record=a.record, key=voucher, date=date, type=type, name=name or "", amount_fen=amount_wan, begins=begins, ends=ends, pre_fen=pre_wan,
                shares_before=shares_before or "",
            ),
            f"凭证 {voucher} 已登记", "voucher",
        )  # fmt: skip
        rows = conditional.obligations(entry, a.today)
        a.extra["event"] = [None, {"voucher": voucher, "type": type, "date": str(date), "amount_fen": amount_wan}]
        a.extra["obligations"] = [None, [{**o.as_json(), "due": str(o.due)} for o in rows]]


for _register in ("use_first_licences", "fund_first_cases", "concessions"):
    _event_act(_register)


def _use_first(entry: UseFirstLicence, a: Run) -> Iterator[Problem]:
    yield from usable(entry.invention_id)
    if not entry.licensee_id and not entry.licensee_name:
        yield Problem("required", "请填写被许可方", field="licensee")
    if not entry.is_sme:
        yield Problem("not_sme", "先使用后付费面向中小企业", field="is_sme")
    if entry.in_default:
        yield Problem("licensee_in_default", "被许可方失信或拖欠，不适用先使用后付费", field="in_default")
    try:
        conditional.instrument(entry, a.today, registered=True)  # the contract is registered after signing, before the trial
    except Refused as refusal:
        yield from placed(refusal, ("free_months", "royalty_rate", "stages", "start", "model", "pays_from"))


register_steps(
    Steps(
        "use_first_licences",
        {"offer": ("供给表", "Offer sheet"), "inquiry": ("询价记录", "Inquiry record"), "licence": ("许可合同", "Licence"), "registration": ("合同登记证明", "Registration"),
         "trial_report": ("试用报告", "Trial report"), "conversion": ("转付费纪要", "Conversion minute"), "statement": ("销售报表", "Sales statement"), "end_of_use": ("停止使用证明", "Proof of end of use")},
        needed=("offer",), scope=("unit", "market"), problems=_use_first,
    )
)  # fmt: skip


@action("use_first_licences", "sign", "签订许可合同", "Sign")
def sign(a: Run, entry: UseFirstLicence) -> None:
    """Sign after the notice."""
    over(a)
    entry.effective_on = a.today


@action(
    "use_first_licences",
    "register",
    "登记技术合同",
    "Register the contract",
    fields=(
        Column("contract_no", "text", "技术合同登记证明编号", "Certificate number", required=True),
        Column("contract", "ref", "技术合同", "Contract"),
    ),
)
def register(a: Run, entry: UseFirstLicence, *, contract_no: str, contract: Any = None) -> None:
    """The contract must be recognised and registered before the trial."""
    entry.contract_no = contract_no
    if contract:
        held = Record.objects.filter(register="contracts", state="registered").filter(number=str(contract)).first()
        a.require(held, "contract_not_registered", "找不到已登记的技术合同", field="contract", value=str(contract))
        entry.contract = held


@action("use_first_licences", "begin", "开始试用", "Begin the trial", fields=(Column("start", "date", "试用开始", "Start"),))
def begin(a: Run, entry: UseFirstLicence, *, start: dt.date | None = None) -> None:
    """The free time starts; nothing is payable before its end or the first income, as the clause says."""
    entry.start = start or entry.start or a.today
    conditional.instrument(entry, a.today)


@action(
    "use_first_licences",
    "extend",
    "延长试用（限一次）",
    "Extend once",
    fields=(Column("months", "integer", "延长月数", "Months", required=True),),
)
def extend(a: Run, entry: UseFirstLicence, *, months: int) -> None:
    """Extend the free time once."""
    a.require(not entry.extended, "extended_once", "试用只能延长一次", field="months")
    a.require(0 < months <= 24, "range", "延长月数应为 1 至 24", field="months", value=months)
    least = conditional.models().use_first[entry.model or "jilin"].value("min_free_months").value
    entry.free_months = (least if entry.free_months is None else entry.free_months) + months
    entry.extended = True


@action("use_first_licences", "convert", "转为付费", "Convert")
def convert(a: Run, entry: UseFirstLicence) -> None:
    """Conversion: a schedule of payments follows from the terms and the events. Refused before anything can be payable."""
    if entry.pays_from == "term":
        least = conditional.models().use_first[entry.model or "jilin"].value("min_free_months").value
        end = add_months(entry.start or a.today, least if entry.free_months is None else entry.free_months)
        a.require(a.today >= end, "free_time_running", f"免费使用期至 {end}，期满前不转付费", field="start")
    a.extra["schedule"] = [None, [{**o.as_json(), "due": str(o.due)} for o in conditional.obligations(entry, a.today)]]


@action("use_first_licences", "demand", "催告付款", "Demand payment")
def demand(a: Run, entry: UseFirstLicence) -> None:
    """Demand overdue payment; refused when nothing is overdue. Thirty days later the licence may be ended."""
    overdue = [o for o in conditional.obligations(entry, a.today) if o.status == "overdue"]
    a.require(overdue, "nothing_overdue", "没有逾期未付的款项", field="state")
    entry.demanded_on = a.today


@action("use_first_licences", "cure", "已补付", "Cured")
def cure(a: Run, entry: UseFirstLicence) -> None:
    """Paid after the demand; refused while something is overdue."""
    overdue = [o for o in conditional.obligations(entry, a.today) if o.status == "overdue"]
    a.require(not overdue, "still_overdue", "仍有逾期款项", field="state")
    entry.demanded_on = None


@action("use_first_licences", "terminate", "解除合同", "Terminate", danger=True)
def terminate(a: Run, entry: UseFirstLicence) -> None:
    """End the licence after the grace of the demand."""
    end = demand_ends(entry.demanded_on or a.today, conditional.models())
    a.require(a.today > end, "grace_running", f"催告期至 {end}，期满后方可解除", field="demanded_on", clause="民法典第八百七十三条")
    entry.ended_on = a.today


@action("use_first_licences", "finish", "完成", "Finish")
def finish(a: Run, entry: UseFirstLicence) -> None:
    """All obligations are paid."""
    open_rows = [o for o in conditional.obligations(entry, a.today) if o.status != "paid"]
    a.require(not open_rows, "payments_open", "尚有应付款项", field="state")
    entry.ended_on = a.today


@action("use_first_licences", "give_back", "退回成果", "Give back", danger=True)
def give_back(a: Run, entry: UseFirstLicence) -> None:
    """The licensee gives the result back after the trial; nothing more falls due."""
    ContractEvent.objects.get_or_create(record=a.record, key="return", defaults={"date": a.today, "type": "returned"})


@action("use_first_licences", "close", "确认停止使用", "Confirm end of use")
def close(a: Run, entry: UseFirstLicence) -> None:
    """Closed with proof of destruction or end of use."""
    there = {d["kind"] for d in entry.documents}
    a.require("end_of_use" in there, "papers_missing", "须登记停止使用证明", field="documents")
    entry.ended_on = a.today


# --- fund first, equity later ------------------------------------------------------------------------------------------


def _fund(entry: FundFirstCase, a: Run) -> Iterator[Problem]:
    yield from usable(entry.invention_id)
    if entry.firm_founded and add_months(entry.firm_founded, 36) < (entry.agreed_on or a.today):
        yield Problem("firm_too_old", "企业成立已超过三年", field="firm_founded")
    try:
        conditional.instrument(entry, a.today)
    except Refused as refusal:
        yield from placed(refusal, ("team_firm", "cap", "discount", "trigger_months", "buyback_rate"))


register_steps(
    Steps(
        "fund_first_cases",
        {"call": ("征集公告", "Call"), "due_diligence": ("尽职调查报告", "Due diligence"), "task_book": ("任务书", "Task book"), "clause": ("转股条款", "Conversion clause"),
         "registry": ("工商变更", "Registry change"), "exit_report": ("退出报告", "Exit report")},
        needed=("due_diligence",), clock="fund_first.notice", scope=("public",), problems=_fund,
    )
)  # fmt: skip


@action(
    "fund_first_cases",
    "agree",
    "签任务书与转股条款",
    "Sign task book and clause",
    fields=(Column("agreed_on", "date", "协议日期", "Agreed on"),),
)
def agree(a: Run, entry: FundFirstCase, *, agreed_on: dt.date | None = None) -> None:
    """Sign task book and conversion clause after the winners' notice. Refuses without both papers and a named holder."""
    over(a)
    there = {d["kind"] for d in entry.documents}
    a.require({"task_book", "clause"} <= there, "papers_missing", "须登记任务书与转股条款", field="documents")
    a.require(entry.holder, "no_holder", "须写明持股平台（受托机构）", field="holder")
    entry.agreed_on = agreed_on or entry.agreed_on or a.today
    entry.effective_on = a.today


@action("fund_first_cases", "fund", "拨付首期", "Pay the first tranche")
def fund(a: Run, entry: FundFirstCase) -> None:
    """The first tranche is paid: no shares, no registry entry."""


@action(
    "fund_first_cases",
    "accept_milestone",
    "验收里程碑",
    "Accept the milestone",
    fields=(Column("on", "date", "验收日期", "Accepted on", required=True),),
)
def accept_milestone(a: Run, entry: FundFirstCase, *, on: dt.date) -> None:
    """The milestone is accepted: the second tranche may follow."""
    a.require(on <= a.today, "future_date", "验收日期不能晚于今天", field="on")
    ContractEvent.objects.get_or_create(record=a.record, key="milestone", defaults={"date": on, "type": "milestone"})


@action("fund_first_cases", "fund_more", "拨付二期", "Pay the second tranche")
def fund_more(a: Run, entry: FundFirstCase) -> None:
    """The second tranche, after the milestone only (the flow has no other way)."""


@action("fund_first_cases", "trigger", "触发转股", "Trigger", fields=(
    Column("date", "date", "融资日期", "Date", required=True), Column("pre_wan", "money_wan", "投前估值", "Pre-money value", unit="万元", required=True),
    Column("round_wan", "money_wan", "本轮融资", "Round", unit="万元", required=True), Column("shares_before", "text", "原有股数", "Shares before", required=True),
    Column("evidence", "text", "证明材料", "Evidence", required=True),
))  # fmt: skip
def trigger(a: Run, entry: FundFirstCase, *, date: dt.date, pre_wan: int, round_wan: int, shares_before: str, evidence: str) -> None:
    """A signed round or a reached target; the shares are computed, cut to the cap. Refuses a round after the clause's date."""
    a.require(date <= a.today, "future_date", "日期不能晚于今天", field="date")
    ContractEvent.objects.create(
        record=a.record,
        key="trigger",
        date=date,
        type="round",
        amount_fen=round_wan,
        pre_fen=pre_wan,
        shares_before=shares_before,
        name=evidence[:80],
    )
    rows = [o for o in conditional.obligations(entry, a.today) if o.shares is not None]
    a.require(rows, "no_trigger", "该轮融资晚于转股期限，未触发转股", field="date", value=date.isoformat())
    found = rows[0]
    entry.shares, entry.own = ratio_text(found.shares), ratio_text(found.own)  # type: ignore[arg-type]
    a.extra["conversion"] = [None, {"shares": entry.shares, "own": entry.own, "amount_fen": found.amount, "because": found.because}]


@action("fund_first_cases", "convert", "工商变更、转为股权", "Convert to shares")
def convert_shares(a: Run, entry: FundFirstCase) -> None:
    """Shares are entered in the company registry in the name of the holder; refused without the registry paper."""
    there = {d["kind"] for d in entry.documents}
    a.require("registry" in there, "papers_missing", "须登记工商变更材料", field="documents")


@action("fund_first_cases", "exit", "退出", "Exit")
def exit_(a: Run, entry: FundFirstCase) -> None:
    """Sale, buy-back, capital reduction or listing; refused without the exit report."""
    there = {d["kind"] for d in entry.documents}
    a.require("exit_report" in there, "papers_missing", "须登记退出报告", field="documents")
    entry.ended_on = a.today


@action("fund_first_cases", "fail", "认定失败", "State failure")
def fail(a: Run, entry: FundFirstCase) -> None:
    """The project failed: compensation by clause, or written off with diligence."""
    ContractEvent.objects.get_or_create(record=a.record, key="failed", defaults={"date": a.today, "type": "failed"})


@action("fund_first_cases", "repay", "到期偿还", "Repaid")
def repay(a: Run, entry: FundFirstCase) -> None:
    """Not triggered by the date and repaid as the clause says; refused before that date."""
    rows = [o for o in conditional.obligations(entry, a.today) if o.id == "repay"]
    a.require(rows, "not_due", "未到转股期限，或条款未约定偿还", field="state")
    entry.ended_on = a.today


@action("fund_first_cases", "compensate", "补偿结案", "Compensated")
def compensate(a: Run, entry: FundFirstCase) -> None:
    """Closed with compensation."""
    entry.ended_on = a.today


@action("fund_first_cases", "excuse", "尽职免责核销", "Write off with diligence", danger=True)
def excuse(a: Run, entry: FundFirstCase) -> None:
    """Written off; refused without a diligence file found diligent on this result."""
    found = DiligenceFile.objects.filter(invention=entry.invention, finding="diligent").exists()
    a.require(found, "no_diligence", "须有认定为尽职的免责文件", field="state")
    entry.ended_on = a.today
