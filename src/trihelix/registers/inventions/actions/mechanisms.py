"""The mechanisms that move rights: given to people, conceded, heads' shares, surplus of contract research as capital."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import exact, ratio_text
from trihelix.engines.shares.capital import Project, capital_shares, surplus
from trihelix.engines.shares.rights import Owner, check_head_filing, check_ownership, check_use_right
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.register import register_of
from trihelix.registers.inventions import conditional, sharing
from trihelix.registers.inventions.models import Concession, HeadHolding, Invention, RightsGrant, SurplusCapital
from trihelix.registers.inventions.procedure import Steps, over, register_steps

UNIT = "单位"


def placed(refusal: Refused, columns: tuple[str, ...]) -> list[Problem]:
    """Problems of an engine with the path cut to a sheet column where there is one."""
    out = []
    for p in refusal.problems:
        name = (p.field or "").removeprefix("terms.").split("[")[0].split(".")[0]
        out.append(Problem(p.code, p.message, field=name if name in columns else None, clause=p.clause, value=p.value))
    return out


def usable(invention_id: int | None) -> Iterator[Problem]:
    """What every mechanism asks of the result: registered, clear title, no secret, no pledge."""
    found = Invention.objects.filter(pk=invention_id).first()
    if found is None:
        return
    if not found.registered_on:
        yield Problem("not_registered", "成果须先在单位登记", field="invention")
    if not found.title_clear:
        yield Problem("unclear_title", "权属不清的成果不能办理", field="invention")
    if found.secrecy != "none":
        yield Problem(
            "secret_result",
            "涉密、涉及国家安全或关键核心技术的成果不适用，须先经主管部门审批",
            field="invention",
            clause="财资〔2019〕57号",
        )
    if found.pledged:
        yield Problem("pledged", "成果已质押", field="invention")


# --- rights given to people --------------------------------------------------------------------------------------------

AGREEMENT = (
    ("income_terms", "收益分享"),
    ("decision_rule", "转化决策机制"),
    ("cost_bearer", "费用承担"),
    ("upkeep_payer", "维持费承担"),
    ("entry_terms", "权属变更登记"),
)


def _rights(grant: RightsGrant, a: Run) -> Iterator[Problem]:
    yield from usable(grant.invention_id)
    invention = Invention.objects.get(pk=grant.invention_id)
    if grant.grade == "platform":
        yield Problem("platform_ip", "平台或背景知识产权只许可、不赋权", field="grade")
    if grant.grade == "secret":
        yield Problem("secret_result", "涉密或关键核心技术成果不赋权", field="grade")
    if (grant.grade == "commissioned" or invention.money_sources == "contract") and not grant.firm_consent:
        yield Problem("firm_consent_missing", "委托研发的成果赋权须委托企业同意", field="firm_consent")
    if grant.mode in ("A", "C") and not grant.receiver:
        yield Problem(
            "no_receiver",
            "赋予所有权须有明确的受让方；尚无受让方的可改为长期使用权（B）",
            field="receiver",
            clause="吉林省全面深化职务科技成果改革实施方案",
        )
    if grant.mode == "C" and invention.granted_on:
        yield Problem("already_granted", "已授权的成果不能再走申请前共同申请，请改用方式 A", field="mode")
    completers = [sharing.member_id(r) for r in invention.completers]
    left = [str(r["name"]) for r in invention.completers if r.get("left") and sharing.member_id(r) not in grant.consents]
    if left:
        yield Problem("leaver_without_consent", f"已离职的完成人尚未同意：{'、'.join(left)}", field="consents", value=left)
    try:
        if grant.mode == "B":
            if not grant.use_from or not grant.use_to:
                yield Problem("required", "长期使用权须写明起止日期", field="use_to")
            else:
                check_use_right(grant.use_from, grant.use_to, sharing.share_book())
            missing = [c for c in completers if c not in grant.consents]
            if missing:
                yield Problem("not_unanimous", f"完成人须一致同意，尚缺：{'、'.join(missing)}", field="consents", value=missing)
        else:
            check_ownership(owners_of(grant), UNIT, completers, grant.consents)
    except Refused as refusal:
        yield from placed(refusal, ("owners", "consents", "use_to"))


def owners_of(grant: RightsGrant) -> list[Owner]:
    """Co-owners with the unit last."""
    people = [Owner(sharing.member_id(r), exact(str(r["ratio"]), "owners"), bool(r.get("signs"))) for r in grant.owners]
    return [*people, Owner(UNIT, exact(grant.unit_ratio or "0", "unit_ratio"))]


register_steps(
    Steps(
        "rights_grants",
        {"application": ("赋权申请", "Application"), "check_list": ("审核清单", "Check list"), "minutes": ("会议纪要", "Minutes"), "agreement": ("赋权协议", "Agreement"),
         "entry": ("权属登记证明", "Register entry"), "report": ("年度报告", "Yearly report")},
        needed=("application",), problems=_rights,
    )
)  # fmt: skip


@action("rights_grants", "agree", "签订赋权协议", "Sign the agreement")
def agree(a: Run, grant: RightsGrant) -> None:
    """Sign after the notice. Refuses an agreement without its must-have clauses."""
    over(a)
    missing = [zh for name, zh in AGREEMENT if not getattr(grant, name)]
    a.require(not missing, "clauses_missing", f"赋权协议须写明：{'、'.join(missing)}", field="income_terms", value=missing)


@action("rights_grants", "complete_terms", "补充协议条款", "Complete the clauses", roles=("owner", "officer", "operator"), fields=(
    Column("income_terms", "longtext", "收益分享", "Share of income"), Column("decision_rule", "longtext", "转化决策机制", "Who decides"),
    Column("cost_bearer", "text", "费用承担", "Who bears costs"), Column("upkeep_payer", "text", "维持费承担", "Who pays upkeep"), Column("entry_terms", "text", "权属变更登记", "Entry of the change"),
))  # fmt: skip
def complete_terms(a: Run, grant: RightsGrant, **clauses: str) -> None:
    """Write the clauses of the agreement before it is signed."""
    a.require(a.record.state in ("applied", "checked", "decided", "notice", "cleared"), "signed", "协议签订后条款不能再改", field="state")
    for name, text in clauses.items():
        setattr(grant, name, text or getattr(grant, name))


@action(
    "rights_grants",
    "activate",
    "权属变更登记生效",
    "Enter the change of right",
    fields=(Column("entered_on", "date", "登记日期", "Entered on", required=True),),
)
def activate(a: Run, grant: RightsGrant, *, entered_on: dt.date) -> None:
    """In force once the change of owner is entered (mode B: once agreed). Σ ratios stay 100%."""
    a.require(entered_on <= a.today, "future_date", "登记日期不能晚于今天", field="entered_on")
    rivals = RightsGrant.objects.filter(invention=grant.invention, record__state__in=("active", "breached")).exclude(pk=grant.pk)
    a.require(not rivals.exists(), "already_given", "该成果已有生效的赋权", field="invention")
    grant.effective_on = entered_on
    a.after_saved(lambda: _mark_rights(a, grant))


def _mark_rights(a: Run, grant: RightsGrant) -> None:
    if grant.invention.state in ("registered", "available", "negotiating", "transferred"):
        register_of("inventions").acts["mark_rights"].run(by=SYSTEM, record=grant.invention, now=a.now)


@action(
    "rights_grants", "report", "提交年度报告", "Yearly report", fields=(Column("text", "longtext", "转化进展", "Progress", required=True),)
)
def report(a: Run, grant: RightsGrant, *, text: str) -> None:
    """The team's yearly report."""
    grant.reported_on = a.today
    a.extra["report"] = [None, text]


def _plain(register: str, act: str, zh: str, en: str, ends: bool = False) -> None:
    """An act that only moves the state, with the end day noted where it ends the case."""

    @action(register, act, zh, en, danger=ends)
    def step(a: Run, entry: RightsGrant) -> None:
        if ends:
            entry.ended_on = a.today


for _act, _zh, _en, _ends in (
    ("breach", "认定违约", "State a breach", False), ("cure", "违约已纠正", "Cured", False), ("recall", "收回权利", "Recall", True), ("expire", "到期", "Expire", True),
):  # fmt: skip
    _plain("rights_grants", _act, _zh, _en, _ends)

# --- concession --------------------------------------------------------------------------------------------------------


def _concession(entry: Concession, a: Run) -> Iterator[Problem]:
    yield from usable(entry.invention_id)
    try:
        conditional.instrument(entry, a.today)
    except Refused as refusal:
        yield from placed(refusal, ("value_wan", "unit_share", "price_wan", "down_wan", "income_rate", "third_party_behind"))


def _fix_price(entry: Concession, a: Run) -> Iterator[Problem]:
    entry.noticed_fen = entry.price_fen if entry.price_fen is not None else entry.noticed_fen
    yield from ()


register_steps(
    Steps(
        "concessions",
        {"price_file": ("定价材料", "Price file"), "notice": ("公示材料", "Notice"), "transfer": ("转让合同", "Transfer"), "plan": ("分期付款计划", "Instalment plan")},
        needed=("price_file",), problems=_concession, on_decide=_fix_price,
    )
)  # fmt: skip


@action("concessions", "sign", "签约", "Sign", fields=(Column("price_wan", "money_wan", "成交价", "Price", unit="万元"),))
def sign_concession(a: Run, entry: Concession, *, price_wan: int | None = None) -> None:
    """Sign after the notice; refused below the noticed price (a lower one must be announced again)."""
    over(a)
    if price_wan is not None:
        entry.price_fen = price_wan
    problems = list(_concession(entry, a))
    if problems:
        raise Refused.of(problems)
    entry.effective_on = a.today


for _act, _zh, _en, _ends in (
    ("enter", "权属变更登记", "Enter the change of right", False), ("default", "认定违约", "Default", False), ("cure", "违约已纠正", "Cured", False), ("revert", "返还权利", "Revert", True),
):  # fmt: skip
    _plain("concessions", _act, _zh, _en, _ends)


@action("concessions", "finish", "确认付清", "Paid up")
def finish_concession(a: Run, entry: Concession) -> None:
    """Done when the whole price is paid; refused before."""
    price = entry.price_fen if entry.price_fen is not None else int(entry.value_fen * exact(entry.unit_share))
    paid = sum(o.paid for o in conditional.obligations(entry, a.today))
    a.require(paid >= price, "price_open", "让渡价款尚未付清", field="price_wan", value=price - paid)
    entry.ended_on = a.today


# --- heads' shareholding -----------------------------------------------------------------------------------------------


def _head(entry: HeadHolding, a: Run) -> Iterator[Problem]:
    day = entry.signed_on or entry.sign_planned_on or dt.date.max
    try:
        check_head_filing(day, entry.filed_on or a.today, entry.decided_own_case, entry.contributor)
    except Refused as refusal:
        yield from placed(refusal, ("contributor",))
    if entry.firm_is_supplier:
        yield Problem("supplier_firm", "企业是本单位供应商且有在办采购，不予备案", field="firm_is_supplier")
    if not entry.recusal_promise:
        yield Problem("no_recusal_promise", "须作出回避承诺", field="recusal_promise")


def _filed(entry: HeadHolding, a: Run) -> None:
    entry.filed_on = a.today


def _head_recused(entry: HeadHolding, a: Run) -> Iterator[Problem]:
    if entry.person_name not in entry.recused:
        yield Problem("not_recused", f"{entry.person_name} 须回避决策并列入回避人员", field="recused", clause="own_case")


register_steps(
    Steps(
        "head_holdings",
        {"form": ("备案表", "Filing form"), "minutes": ("会议纪要", "Minutes"), "promise": ("回避承诺书", "Recusal promise"), "role_proof": ("贡献证明", "Proof of role")},
        needed=("form", "promise"), problems=_head, on_decide=_head_recused, applied=_filed,
    )
)  # fmt: skip


@action("head_holdings", "accept", "准予备案", "Accept the filing")
def accept_head(a: Run, entry: HeadHolding) -> None:
    """The supervising department accepts after the notice in the body."""
    over(a)
    entry.effective_on = a.today


@action(
    "head_holdings", "sign", "登记签约持股", "Record signing", fields=(Column("signed_on", "date", "签约日期", "Signed on", required=True),)
)
def sign_head(a: Run, entry: HeadHolding, *, signed_on: dt.date) -> None:
    """Record the signing. Refuses a signing not after the filing was accepted: shares are locked during the term."""
    check_head_filing(signed_on, entry.filed_on, entry.decided_own_case, entry.contributor)
    a.require(entry.effective_on and signed_on >= entry.effective_on, "head_filing_late", "签约不得早于备案办结", field="signed_on")
    entry.signed_on = signed_on


@action("head_holdings", "report_change", "报告变动", "Report a change")
def report_change(a: Run, entry: HeadHolding) -> None:
    """Report a change of post, ratio or firm; the reason is the report."""


@action("head_holdings", "free", "任期届满解除", "Release after the term")
def free_head(a: Run, entry: HeadHolding) -> None:
    """Shares may be traded after the term; refused during it."""
    a.require(entry.term_to, "term_missing", "未登记任期，不能解除锁定", field="term_to")
    a.require(entry.term_to and a.today > entry.term_to, "locked_in_term", f"任期至 {entry.term_to}，任期内不得转让", field="term_to")
    entry.ended_on = a.today


# --- surplus as capital ------------------------------------------------------------------------------------------------


def project_of(entry: SurplusCapital) -> Project:
    """The finished project as the engine reads it."""
    return Project(
        entry.received_fen,
        entry.spent_fen,
        entry.overhead_fen,
        entry.taxes_fen,
        entry.reserve_fen,
        entry.source or "contract",
        entry.accepted,
        entry.audit_open,
    )


def _surplus(entry: SurplusCapital, a: Run) -> Iterator[Problem]:
    yield from usable(entry.invention_id)
    try:
        left = surplus(project_of(entry))
    except Refused as refusal:
        yield from placed(refusal, ("source", "accepted", "audit_open"))
        return
    entry.surplus_fen = left
    cash = left if entry.cash_fen is None else entry.cash_fen
    if cash > left:
        yield Problem("over_surplus", "现金出资超过结余", field="cash_wan", value=cash - left)
    if cash <= 0:
        yield Problem("no_surplus", "没有可出资的结余", field="cash_wan")
    used = sum(
        o.cash_fen or o.surplus_fen
        for o in SurplusCapital.objects.filter(
            project=entry.project, record__owner=entry.record.owner, record__state__in=("paid_in", "issued")
        ).exclude(pk=entry.pk)
    )
    if used and used + cash > left:
        yield Problem("surplus_used", "该项目结余已用于其他出资", field="project", value=used)
    if entry.controlled_by_decider:
        filed = HeadHolding.objects.filter(firm=entry.firm, record__state__in=("accepted", "held")).exists()
        if not filed:
            yield Problem("decider_not_filed", "企业由决策人控制，须先办理持股备案", field="controlled_by_decider")


register_steps(
    Steps(
        "surplus_capitals",
        {"closing_audit": ("结题审计", "Closing audit"), "surplus_sheet": ("结余核定表", "Surplus sheet"), "minutes": ("会议纪要", "Minutes"), "capital_paper": ("出资协议", "Capital paper")},
        needed=("closing_audit", "surplus_sheet"), problems=_surplus,
    )
)  # fmt: skip


@action("surplus_capitals", "pay_in", "出资到位", "Pay in")
def pay_in(a: Run, entry: SurplusCapital) -> None:
    """Money moves into the firm's capital; shares follow from pre-money value and both contributions."""
    over(a)
    problems = list(_surplus(entry, a))
    if problems:
        raise Refused.of(problems)
    cash = entry.surplus_fen if entry.cash_fen is None else entry.cash_fen
    parts = capital_shares(entry.pre_value_fen, {"cash": cash, "technology": entry.technology_fen})
    entry.cash_fen, entry.cash_share, entry.technology_share = cash, ratio_text(parts["cash"]), ratio_text(parts["technology"])
    entry.effective_on = a.today
    a.extra["parts"] = [None, {k or "earlier": ratio_text(Fraction(v)) for k, v in parts.items()}]


for _act, _zh, _en, _ends in (
    ("issue", "登记股权", "Issue shares", False),
    ("exit", "退出", "Exit", True),
    ("lose", "核销", "Write off", True),
):
    _plain("surplus_capitals", _act, _zh, _en, _ends)
