"""Declaration of the finance registers."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.engines.sheets import Column
from trihelix.kernel import values as vals
from trihelix.kernel.checks import no_new_rows, not_negative, order, past
from trihelix.kernel.register import declare_row, register_of
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.finance import conditions, flow, models, sheets

DESK = ("officer", "operator")
MAKERS = ("owner", *DESK)


def _positive(row: Mapping[str, Any], *names: str) -> Iterable[Problem]:
    for name in names:
        if row.get(name) is not None and row[name] <= 0:
            yield Problem("not_positive", "金额应大于零", field=name, value=str(row[name]))


def _percent(row: Mapping[str, Any], *names: str) -> Iterable[Problem]:
    for name in names:
        if row.get(name) is not None and not 0 <= row[name] <= 100:
            yield Problem("out_of_range", "百分比应在 0 与 100 之间", field=name, value=str(row[name]))


def _within(row: Mapping[str, Any], part: str, whole: str, text: str) -> Iterable[Problem]:
    if row.get(part) is not None and row.get(whole) is not None and row[part] > row[whole]:
        yield Problem("part_exceeds_whole", text, field=part, value=str(row[part]))


def _check_agreement(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "signed_on")
    yield from order(row, "valid_from", "valid_to")
    yield from not_negative(row, "intended_wan")
    if context.get("import") and not row.get("valid_from"):
        yield Problem("required", "请填写有效期起", field="valid_from")


def _check_credit(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "granted_on")
    yield from order(row, "granted_on", "valid_to")
    yield from _positive(row, "limit_wan")


def _check_loan(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "drawn_on", "repaid_on")
    yield from order(row, "drawn_on", "due_on")
    yield from order(row, "drawn_on", "repaid_on")
    yield from _positive(row, "amount_wan")
    yield from not_negative(row, "repaid_wan", "rate_percent")
    yield from _within(row, "repaid_wan", "amount_wan", "已还本金不能大于发放金额")


def _within_lines(rows: list[tuple[int, dict[str, Any]]], by: Any) -> Iterable[Problem]:
    """Imported loans on credit lines: the line's firm and bank, its days, and all rows of a file together within its limit."""
    context = vals.load_context(register_of("loans"), (row for _, row in rows), by)
    named: dict[int, Any] = {}
    for number, row in rows:
        hits = context["line"].get(str(row.get("line") or ""), [])
        if len(hits) == 1:
            named[number] = hits[0]
    ids = sorted({r.pk for r in named.values()})
    lines = {
        line.pk: line
        for i in range(0, len(ids), 500)
        for line in models.CreditLine.objects.filter(pk__in=ids[i : i + 500]).select_related("record")
    }
    left = {pk: line.limit_fen for pk, line in lines.items()}
    mine = {str(row.get(k)) for _, row in rows for k in ("uid", "number", "ref") if row.get(k)}
    for i in range(0, len(ids), 500):
        held = models.Loan.objects.filter(line_id__in=ids[i : i + 500]).exclude(record__state="void").select_related("record")
        for loan in held:
            if not {str(loan.record.uid), loan.record.number, loan.record.ref} & mine:  # rows of this file replace themselves
                left[loan.line_id] -= loan.amount_fen - loan.repaid_fen
    for number, row in rows:
        line = lines.get(named[number].pk) if number in named else None
        if line is not None:
            yield from (p.at(row=number) for p in _fits(row, line, context, left))


def _fits(row: Mapping[str, Any], line: models.CreditLine, context: Any, left: dict[int, int]) -> Iterable[Problem]:
    for column, expected in (("firm", line.firm_id), ("owner", line.record.owner_id)):
        hits = context[column].get(str(row.get(column) or ""), [])
        if hits and expected not in {h.pk for h in hits}:
            yield Problem("other_line", "授信的企业或金融机构与贷款不同", field=column, value=str(row[column]))
    day = row.get("drawn_on")
    if day and not (line.granted_on <= day and (line.valid_to is None or day <= line.valid_to)):
        yield Problem("outside_line", "发放日期不在授信有效期内", field="drawn_on", value=str(day))
    left[line.pk] -= (row.get("amount_wan") or 0) - (row.get("repaid_wan") or 0)
    if left[line.pk] < 0:
        yield Problem("over_limit", f"超出授信额度 {-left[line.pk] / 1_000_000:.2f} 万元", field="amount_wan", value=row.get("amount_wan"))


def _check_fund(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "started_on")
    yield from order(row, "started_on", "ends_on")
    yield from not_negative(row, "size_wan", "paid_in_wan", "public_wan")
    yield from _percent(row, "early_percent", "hard_percent", "inside_percent")
    yield from _within(row, "public_wan", "size_wan", "财政出资不能大于认缴规模")
    yield from _within(row, "paid_in_wan", "size_wan", "实缴不能大于认缴规模")


def _check_investment(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "invested_on", "exited_on")
    yield from order(row, "invested_on", "exited_on")
    yield from _positive(row, "amount_wan")
    yield from not_negative(row, "private_wan", "valuation_wan", "exit_wan")
    yield from _percent(row, "share_percent")
    if context.get("import") and row.get("exited_on") and not row.get("exit_way"):
        yield Problem("required", "已退出的须填写退出方式", field="exit_way")


def _check_product(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from _positive(row, "limit_wan", "term_months")
    yield from conditions.problems(row.get("conditions") or ())


def _check_request(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from _positive(row, "amount_wan", "term_months")
    yield from no_new_rows(row, context)


def _product_doc(product: models.FinanceProduct) -> dict[str, Any]:
    lines = [conditions.sentence(row) for row in product.conditions]
    stages = [sheets.STAGES[s][0] for s in product.stages if s in sheets.STAGES]
    kind = sheets.PRODUCTS.get(product.kind, ("", ""))[0]
    return document(product, text=[kind, *stages, product.rate, *lines, product.papers], facets={"kind_of": [product.kind]})


def _flag(values: dict[str, Any]) -> None:
    values["hard_technology"] = bool(values.get("hard_technology"))


def _principal(values: dict[str, Any]) -> None:
    values["repaid_fen"] = values.get("repaid_fen") or 0


def _loan_state(row: Mapping[str, Any]) -> str:
    return "repaid" if row.get("repaid_wan") is not None and row["repaid_wan"] == row.get("amount_wan") else "drawn"


_made = functools.partial(declare_row, area="finance", public=False, create_roles=MAKERS)


REGISTERS = (
    _made("finance_agreements", models.FinanceAgreement, "金融合作协议", "Finance agreement", "JRX", flow.AGREEMENT, sheets.AGREEMENTS, ("partner", "signed_on", "valid_to", "intended_wan"),
          ("与金融机构签署的战略合作协议及有效期；意向额度不是授信。", "Strategic agreements with finance bodies and their period; an intended amount is no credit."),
          create_roles=DESK, owner_required=False, refs={"partner": "bodies"}, filters=("partner", "signed_on", "valid_to"), check=_check_agreement, import_visibility="members"),
    _made("firm_lists", models.FirmList, "企业名单推送", "Firm list", "MDJ", flow.LIST, sheets.FIRM_LISTS, ("kind", "as_of", "firms", "sent_on"),
          ("向签约金融机构推送的企业名单：装入或按规则筛选；未同意的企业不出现。", "Lists of firms for finance bodies with an agreement: loaded, or selected by a rule; firms without consent do not appear."),
          create_roles=DESK, owner_required=False, refs={"base": "firm_lists"}, filters=("kind", "as_of", "sent_on"), change_states=("draft", "ready"),
          computed=(Column("firms", "integer", "企业数", "Firms", unit="户"), Column("sent_on", "date", "推送日期", "Sent on")), panels=("finance/_list.html",)),
    _made("credit_lines", models.CreditLine, "授信", "Credit line", "SXE", flow.CREDIT, sheets.CREDITS, ("owner", "firm", "limit_wan", "granted_on", "valid_to"),
          ("金融机构填报的授信额度；发放的贷款另行登记，两者分列。", "Credit limits returned by finance bodies; loans drawn are a register of their own."),
          refs={"firm": "bodies", "agreement": "finance_agreements", "list": "firm_lists", "product": "finance_products", "statement": "points_statements"},
          filters=("owner", "firm", "list", "product", "granted_on"), change_states=(), admits={"firm": "firm"}, check=_check_credit, panels=("finance/_line.html",)),
    _made("loans", models.Loan, "贷款", "Loan", "DKJ", flow.LOAN, sheets.LOANS, ("owner", "firm", "amount_wan", "drawn_on", "due_on", "relending"),
          ("金融机构填报的贷款发放与还款；按当日规则核对再贷款条件。", "Loans drawn and repaid, returned by finance bodies; checked against the re-lending rule of the day."),
          refs={"firm": "bodies", "line": "credit_lines", "list": "firm_lists", "product": "finance_products"}, filters=("owner", "firm", "line", "list", "drawn_on", "relending", "first_loan"),
          change_states=(), check=_check_loan,
        keyed=_within_lines, admits={"firm": "firm"}, prepare=_principal, import_state=_loan_state, panels=("finance/_loan.html",)),
    _made("points_statements", models.PointsStatement, "创新评价报告", "Points statement", "JFB", flow.STATEMENT, sheets.STATEMENTS, ("owner", "bank", "on", "stage", "low", "high"),
          ("经企业同意向金融机构提供：分数区间、分项、数据月龄与来源；缺材料与水平不足分列；只与同阶段企业比较。", "With the firm's consent: an interval, parts, ages, sources; points lost by paper apart from merit; compared within its stage only."),
          create_roles=("owner", "node", *DESK), refs={"bank": "bodies"}, filters=("owner", "bank", "stage", "on"), change_states=(), check=no_new_rows, panels=("finance/_statement.html",),
          confidential=frozenset({"low", "high", "lost_paper", "lost_merit", "parts"})),
    _made("venture_funds", models.VentureFund, "创投基金", "Venture fund", "JJG", flow.FUND, sheets.VENTURE, ("owner", "kind", "size_wan", "public_wan", "started_on"),
          ("创投基金的规模、财政出资、承诺比例、年度报告与监管检查。", "Venture funds: size, public money, promised shares, yearly reports, inspections."),
          create_roles=("owner", "finance", *DESK), refs={"manager": "bodies"}, filters=("kind", "owner", "manager"), check=_check_fund, import_visibility="members", panels=("finance/_fund.html",)),
    _made("investments", models.Investment, "基金投资", "Investment", "TZX", flow.INVESTMENT, sheets.INVESTMENTS, ("fund", "firm", "stage", "amount_wan", "private_wan", "invested_on"),
          ("基金对企业的投资、跟进投资与退出，同轮社会资本分列。", "Investments, follow-ons and exits; private money of the same round beside."),
          create_roles=("owner", "finance", *DESK), owner_required=False,
        refs={"fund": "venture_funds", "firm": "bodies", "follows": "investments"}, filters=("fund", "firm", "stage", "hard_technology", "field", "invested_on"),
          change_states=("held",), admits={"firm": "firm"}, check=_check_investment, prepare=_flag, import_state=lambda row: "exited" if row.get("exited_on") else "held"),
    _made("finance_products", models.FinanceProduct, "金融产品", "Finance product", "JRC", flow.PRODUCT, sheets.FINANCE_PRODUCTS, ("owner", "kind", "stages", "limit_wan", "rate"),
          ("金融产品及其准入条件；条件由规则引擎逐条核对。", "Finance products and their conditions, checked clause by clause by the rule engine."),
          public=True, filters=("kind", "owner"), change_states=("draft",), check=_check_product, search_doc=_product_doc, import_visibility="public", import_state="offered", panels=("finance/_product.html",)),
    _made("finance_requests", models.FinanceRequest, "融资申请", "Finance request", "RZS", flow.REQUEST, sheets.REQUESTS, ("owner", "bank", "product", "amount_wan", "asked_on", "verdict"),
          ("企业向金融机构提出的融资申请，附当日条件核对结果。", "Requests of firms to finance bodies, with that day's check of the conditions."),
          create_roles=("owner", "node", *DESK), refs={"product": "finance_products", "bank": "bodies", "statement": "points_statements", "credit": "credit_lines"},
          filters=("owner", "bank", "product", "asked_on", "verdict"), change_states=(), check=_check_request, panels=("finance/_answer.html",)),
    _made("tax_referrals", models.TaxReferral, "税费政策转办", "Tax referral", "SHZ", flow.TAX, sheets.TAX, ("owner", "rule", "on", "verdict", "referred_on", "replied_on"),
          ("税费政策指引：自测、转办、答复、享受，全程可查；金额为估算，不是纳税意见。", "Tax guide: check, referral, reply, relief enjoyed, tracked; amounts are estimates, no tax opinion."),
          create_roles=("owner", "node", *DESK), refs={"office": "bodies"}, filters=("owner", "rule", "verdict", "on"), change_states=(), check=no_new_rows, panels=("finance/_answer.html",)),
)  # fmt: skip

from trihelix.registers.finance import actions, figures  # noqa: E402, F401

for _register in REGISTERS:
    standard_actions(_register)
