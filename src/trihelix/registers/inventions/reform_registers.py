"""Declaration of the mechanisms' registers and of the reform's own records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.money import exact
from trihelix.kernel.checks import order
from trihelix.kernel.register import NO_PROBLEMS, Register, declare
from trihelix.registers.inventions import models
from trihelix.registers.inventions.flow import mechanisms as steps
from trihelix.registers.inventions.flow import people as lives
from trihelix.registers.inventions.sheets import mechanisms as sheets
from trihelix.registers.inventions.sheets import people as papers

OWNERS = ("owner", "node", "officer", "operator")


def _ratios(*names: str) -> Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[Problem]]:
    """A check that the named text columns are ratios from 0 to 1."""

    def check(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
        for name in names:
            if row.get(name) in (None, ""):
                continue
            try:
                value = exact(str(row[name]))
            except Refused as refusal:
                yield from (Problem(p.code, p.message, field=name, value=row[name]) for p in refusal.problems)
                continue
            if not 0 <= value <= 1:
                yield Problem("bad_ratio", "比例应在 0 与 1 之间", field=name, value=row[name])

    return check


def _dates(first: str, last: str) -> Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[Problem]]:
    return lambda row, context: order(row, first, last)


def _mandate(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from _ratios("rate")(row, context)
    yield from _dates("term_from", "term_to")(row, context)
    if row.get("both_sides") and not row.get("disclosed"):
        yield Problem("double_mandate_hidden", "经理人同时代理双方须事先披露", field="disclosed")
    if bool(row.get("rule")) == bool(row.get("rate")):
        yield Problem("rule_or_rate", "佣金规则与自定费率须恰填一项", field="rule")


def _filled(model: type) -> Callable[[dict[str, Any]], None]:
    """Blank answers take the model's defaults."""

    def prepare(values: dict[str, Any]) -> None:
        for field in model._meta.concrete_fields:  # type: ignore[attr-defined]
            if field.name in values and values[field.name] is None and not field.null:
                values[field.name] = field.get_default()

    return prepare


def _register(
    register_id: str, model: type, zh: str, en: str, prefix: str, flow: Any, sheet: Any, help_zh: str, help_en: str, *, refs: Mapping[str, str],
    check: Any = None, area: str = "results", states: tuple[str, ...] = ("draft",), columns: tuple[str, ...] = (), **more: Any,
) -> Register:  # fmt: skip
    return declare(
        Register(
            register_id, model, zh, en, prefix, flow, sheet, area=area, help_zh=help_zh, help_en=help_en,
            list_columns=("number", "title", "owner", *columns, "state"), filters=("owner", *(c for c in columns if c not in ("held_on",))),
            public=more.pop("public", False), create_roles=more.pop("create_roles", OWNERS), change_states=states, refs=refs,
            check=check or (lambda row, context: NO_PROBLEMS), prepare=_filled(model), **more,
        )
    )  # fmt: skip


ON = {"invention": "inventions"}
PROCEDURE = ("inventions/_procedure.html",)
CONDITIONAL = ("inventions/_obligations.html", "inventions/_procedure.html")

RIGHTS = _register(
    "rights_grants", models.RightsGrant, "赋权", "Grant of rights", "FUQ", steps.RIGHTS, sheets.RIGHTS,
    "把职务科技成果所有权或十年以上使用权赋予完成人：一致申请、审核、集体决策、公示、协议、权属登记、年度报告。",
    "Ownership or long-term use given to completers: unanimous application, check, decision, notice, agreement, entry, yearly report.",
    refs=ON, check=_ratios("unit_ratio"), columns=("mode", "grade"), confidential=frozenset({"owners"}), panels=PROCEDURE,
)  # fmt: skip
CONCESSIONS = _register(
    "concessions", models.Concession, "权益让渡", "Concession of rights", "RQ", steps.CONCESSION, sheets.CONCESSIONS,
    "单位把自己的份额让渡给团队：首付加从收入中支付，直到付清。", "The unit's part passes to the team: paid down and out of income until paid up.",
    refs=ON, check=_ratios("unit_share", "income_rate"), columns=("team", "price_wan"), panels=CONDITIONAL,
)  # fmt: skip
USE_FIRST = _register(
    "use_first_licences", models.UseFirstLicence, "先使用后付费", "Use first, pay later", "XS", steps.USE_FIRST, sheets.USE_FIRST,
    "中小企业先免费使用，期满或取得收入后按约定付费。", "Small firms use a result free first and pay later, after a term or the first income.",
    refs={**ON, "licensee": "bodies"}, check=_ratios("royalty_rate"), columns=("licensee_name", "start"), panels=CONDITIONAL,
)  # fmt: skip
FUND_FIRST = _register(
    "fund_first_cases", models.FundFirstCase, "先投后股", "Fund first, equity later", "TG", steps.FUND_FIRST, sheets.FUND_FIRST,
    "财政资金先投入，触发后按约定转为股权，设持股上限。", "Public money first; equity at a later round by the clause, up to a cap.",
    refs=ON, check=_ratios("discount", "cap", "buyback_rate"), columns=("firm", "agreed_on"), panels=CONDITIONAL,
)  # fmt: skip
HEADS = _register(
    "head_holdings", models.HeadHolding, "正职领导持股备案", "Heads' shareholding", "CB", steps.HEAD, sheets.HEADS,
    "签约前备案、公示、锁定，任期届满解除。", "Filed before signing, on notice, locked during the term.",
    refs={**ON, "person": "people"}, check=_ratios("ratio"), columns=("person_name", "firm"), panels=PROCEDURE, confidential=frozenset({"family_holdings"}),
)  # fmt: skip
SURPLUS = _register(
    "surplus_capitals", models.SurplusCapital, "横向结余经费出资", "Surplus as capital", "JC", steps.SURPLUS, sheets.SURPLUS,
    "横向项目结余作为现金出资，与技术作价一起形成股权。", "Surplus of finished contract projects put into firms as cash beside technology.",
    refs=ON, columns=("project", "firm"), panels=PROCEDURE,
)  # fmt: skip
EVALUATIONS = _register(
    "evaluations", models.Evaluation, "成果评价", "Evaluation", "PJ", lives.EVALUATION, papers.EVALUATIONS,
    "专家独立评分、回避、加权汇总、出具报告。", "Experts score alone, conflicts excluded, weighted total, report.",
    refs={**ON, "result": "results"}, columns=("research_class",), states=("requested", "checked"), panels=("inventions/_evaluation.html",), deadlines={"issue": "due_on"},
)  # fmt: skip
TRUSTEESHIPS = _register(
    "trusteeships", models.Trusteeship, "知识产权托管", "IP trusteeship", "TZG", lives.TRUSTEESHIP, papers.TRUSTEESHIPS,
    "把知识产权事务委托专业机构；权属不变，处置须逐项书面同意。", "IP work under a mandate; title stays, each sale needs written consent.",
    refs={"trustee": "bodies"}, check=_dates("term_from", "term_to"), columns=("trustee", "scope"), states=("offered",),
)  # fmt: skip
MANDATES = _register(
    "broker_mandates", models.BrokerMandate, "技术经理人委托", "Technology manager's mandate", "JJ", lives.MANDATE, papers.MANDATES,
    "委托、撮合、成交、按规则核定佣金，年度上限跨案累计。", "Mandate, match, deal, commission by rule; the year cap counts all cases.",
    refs={**ON, "manager": "people"}, check=_mandate, columns=("manager_name", "term_from"), states=("signed", "active"),
)  # fmt: skip
DILIGENCE = _register(
    "diligence_files", models.DiligenceFile, "尽职免责", "Diligence file", "MZ", lives.DILIGENCE, papers.DILIGENCE,
    "归集决策、公示、询价、利益声明等证据，评议是否尽职。", "Evidence of decision, notice, inquiry and interests; a panel finds whether one was diligent.",
    refs={**ON, "transfer": "transfers"}, columns=("subject", "happened_on"), states=("reported", "material"),
)  # fmt: skip
PILOTS = _register(
    "pilot_bodies", models.PilotBody, "先期试点单位", "Pilot body", "SD", lives.PILOT, papers.PILOTS, "职务科技成果改革先期试点，有起止日期。",
    "Pilots of the reform, with dates.", refs={}, check=_dates("valid_from", "valid_to"), columns=("batch", "valid_from"), states=("listed",), area="governance",
    public=True, create_roles=("officer", "operator"), import_visibility="public",
)  # fmt: skip
SYMPOSIA = _register(
    "symposia", models.Symposium, "改革座谈会", "Symposium", "ZT", lives.SYMPOSIUM, papers.SYMPOSIA, "座谈会纪要，问题转入问题台账。", "Minutes; problems go to the log.",
    refs={}, columns=("held_on",), states=("open",), area="governance", create_roles=("officer", "operator", "node"), owner_required=False,
)  # fmt: skip
PROBLEMS = _register(
    "reform_problems", models.ReformProblem, "改革问题台账", "Problem log", "WT", lives.PROBLEM, papers.PROBLEMS, "改革中的问题：提出、答复、确认。",
    "Raised, answered, confirmed.", refs={"symposium": "symposia"}, columns=("mechanism", "raised_on"), states=("open",), area="governance", owner_required=False,
)  # fmt: skip
CASES = _register(
    "typical_cases", models.TypicalCase, "典型案例", "Typical case", "AL", lives.CASE, papers.CASES, "可复制推广的案例。", "Cases for others to follow.",
    refs={"transfer": "transfers"}, columns=("mechanism",), states=("draft",), area="governance", public=True,
)  # fmt: skip
REPORTS = _register(
    "transfer_reports", models.TransferReport, "转化年度报告", "Yearly transfer report", "NB", lives.REPORT, papers.REPORTS,
    "每个单位每年一份，数据由登记汇总，三月底前报主管部门。", "One a body a year, counted from the records, due at the end of March.",
    refs={}, columns=("year",), states=("draft",), panels=("inventions/_report.html",), deadlines={"submit": "due_on"},
)  # fmt: skip

ALL = (
    RIGHTS,
    CONCESSIONS,
    USE_FIRST,
    FUND_FIRST,
    HEADS,
    SURPLUS,
    EVALUATIONS,
    TRUSTEESHIPS,
    MANDATES,
    DILIGENCE,
    PILOTS,
    SYMPOSIA,
    PROBLEMS,
    CASES,
    REPORTS,
)
