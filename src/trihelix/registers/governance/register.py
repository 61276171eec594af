"""Declaration of the registers of governance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.codes import check_credit_code
from trihelix.engines.errors import Problem
from trihelix.kernel import book, clock
from trihelix.kernel.checks import order
from trihelix.kernel.register import REGISTERS, Register, declare
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.governance import flow, models, sheets
from trihelix.registers.governance.queries import limits

OFFICERS = ("officer", "operator")


def _check_proposal(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    numbers = [s.get("number") for s in row.get("suggestions") or ()]
    if len(set(numbers)) != len(numbers):
        yield Problem("duplicate_suggestion", "建议的序号重复", field="suggestions")
    if (row.get("session_number") or 1) < 1:
        yield Problem("bad_number", "编号应为正整数", field="session_number", value=row["session_number"])


def _check_document(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    if index := str(row.get("index_number") or ""):
        code, slash, serial = index.partition("/")
        year, dash, number = serial.partition("-")
        if not (slash and dash and len(year) == 4 and year.isdigit() and len(number) == 5 and number.isdigit()):
            yield Problem("bad_index_number", "索引号应为 统一社会信用代码/年份-五位序号", field="index_number", value=index)
        elif found := check_credit_code(code).problems:
            yield Problem(
                "bad_index_number", f"索引号前段不是有效的统一社会信用代码：{found[0].message}", field="index_number", value=index
            )
    if row.get("published_on") and row.get("signed_on") and row["published_on"] < row["signed_on"]:
        yield Problem("date_order", "发布日期早于成文日期", field="published_on", value=str(row["published_on"]))


def _check_dates(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    for start, end in (("starts_on", "ends_on"), ("starts_on", "due_on"), ("consult_from", "consult_to")):
        yield from order(row, start, end)


def _check_commitment(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from _check_dates(row, context)
    if row.get("due_kind") == "date" and not row.get("due_on"):
        yield Problem("required", "定日的承诺须填写完成期限", field="due_on")


def _check_result(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    for text in row.get("evidence") or ():
        register, colon, ref = str(text).partition(":")
        if not colon or not ref or not register.isidentifier():
            yield Problem("bad_evidence", f"证据 “{text}” 应写成 登记库:编号", field="evidence", value=text)
    if not row.get("figures") and not row.get("evidence") and context.get("import"):
        yield Problem("unbound", "成效须有指标或证据之一", field="figures")


def _proposal(values: dict[str, Any]) -> None:
    values["key_item"], values["public_range"] = bool(values.get("key_item")), values.get("public_range") or "full"
    if values.get("received_on") and not values.get("due_on"):
        values["due_on"] = book.current().due("proposal.answer", values["received_on"])[0]


def _document(values: dict[str, Any]) -> None:
    values["issuers"] = values.get("issuers") or ["吉林省科学技术厅"]
    if values.get("signed_on"):
        values["publish_due"], values["publish_confirmed"] = book.current().due("disclosure.publish", values["signed_on"])


def _commitment(values: dict[str, Any]) -> None:
    """A commitment without a due date gets a review date instead, counted from its start."""
    values["unverified"] = bool(values.get("unverified"))
    if not values.get("due_on") and not values.get("review_on") and values.get("starts_on"):
        values["review_on"] = book.current().due("commitment.review", values["starts_on"])[0]


def _plain_rows(values: dict[str, Any]) -> None:
    """Days and decimals inside repeated groups as JSON values."""
    for name in ("goals", "tasks", "deciding"):
        if values.get(name):
            values[name] = [{k: v if v is None or isinstance(v, int) else str(v) for k, v in row.items()} for row in values[name]]


def _plan(values: dict[str, Any]) -> None:
    values["unverified"] = bool(values.get("unverified"))
    _plain_rows(values)


def _series(values: dict[str, Any]) -> None:
    values["last"] = values.get("last") or 0


def _document_state(row: Mapping[str, Any]) -> str:
    return "published" if row.get("published_on") else "signed" if row.get("signed_on") else "draft"


def _plan_state(row: Mapping[str, Any]) -> str:
    return "started" if row.get("started_on") else "published" if row.get("published_on") else "drafted"


def _text_doc(entry: Any) -> dict[str, Any]:
    return document(entry, text=[entry.text, entry.lead_office, *entry.co_offices], holder=entry.lead_office)


def _add(
    name: str, model: Any, zh: str, en: str, prefix: str, help_zh: str, help_en: str, columns: tuple[str, ...], **more: Any
) -> Register:
    more = {"area": "governance", "create_roles": OFFICERS, "owner_required": False, **more}
    found = Register(
        name, model, zh, en, prefix, more.pop("flow"), more.pop("sheet"), help_zh=help_zh, help_en=help_en, list_columns=("number", "title", *columns, "state"),
        **more,
    )  # fmt: skip
    return declare(found)


DISCLOSING = ("check_secrecy", "decide", "first_review", "second_review", "publish")


def _disclosed(document: models.OutgoingDocument) -> Any:
    """The disclosure clock runs from signature through every step, whatever step waits."""
    return document.publish_due, document.publish_confirmed


def _promised(commitment: models.Commitment) -> dt.date | None:
    """The day promised, else the next review."""
    return limits(commitment, clock.today())[1] or commitment.review_on


PROPOSALS = _add(
    "proposals", models.Proposal, "提案建议", "Proposal", "TA", "政协提案与人大建议：交办、会办、起草、沟通、签发、反馈，直到问题解决。",
    "Proposals and motions from assignment to reply, feedback and follow-up.", ("kind", "session", "session_number", "lead", "received_on"),
    flow=flow.PROPOSAL, sheet=sheets.PROPOSALS, deadlines=dict.fromkeys(("draft", "clear", "sign", "send"), "due_on"), filters=("kind", "session", "subkind", "lead", "received_on", "key_item"), refs={"lead": "bodies"},
    check=_check_proposal, prepare=_proposal, public=False, import_visibility="members", panels=("governance/_proposal.html",),
    change_states=("received", "returned"),
)  # fmt: skip
DOCUMENTS = _add(
    "documents", models.OutgoingDocument, "公文", "Document", "GW", "发出的公文：编号不断不重，二十个工作日内公开，三审留名。",
    "Outgoing documents: numbers without gap or double, published within twenty working days, three reviewers by name.",
    ("kind", "doc_number", "signed_on", "published_on"), flow=flow.DOCUMENT, sheet=sheets.DOCUMENTS, deadlines=dict.fromkeys(DISCLOSING, _disclosed),
    filters=("kind", "signed_on", "published_on", "division_code"), refs={"proposal": "proposals"}, check=_check_document, prepare=_document, public=False,
    import_state=_document_state, import_visibility="members", change_states=("draft",), panels=("governance/_document.html",),
)  # fmt: skip
SERIES = _add(
    "number_series", models.NumberSeries, "文号序列", "Number series", "XL", "发文字号的序列，按机关代字、处室代字和年度。",
    "Series of document numbers by body code, division code and year.", ("org_code", "division_code", "year", "last"), flow=flow.SERIES,
    sheet=sheets.SERIES, filters=("org_code", "year"), prepare=_series, public=False, change_states=(), panels=("governance/_series.html",),
)  # fmt: skip
COMMISSIONS = _add(
    "commissions", models.Commission, "科技委员会", "Commission", "WYH", "各级党委科技委员会：主任、成员、办公室与会议。",
    "Party S&T commissions of every level: heads, members, office, meetings.", ("level", "established_on"), flow=flow.COMMISSION,
    sheet=sheets.COMMISSIONS, filters=("level", "division"), import_visibility="public",
)  # fmt: skip
MEETINGS = _add(
    "meetings", models.Meeting, "会议", "Meeting", "HY", "会议议程、决定与决定事项的落实。", "Agenda, decisions and what follows from them.",
    ("kind", "ordinal", "held_on"), flow=flow.MEETING, sheet=sheets.MEETINGS, filters=("kind", "held_on", "commission"),
    refs={"commission": "commissions"}, import_visibility="members", import_state=lambda row: "held" if row.get("decisions") else "planned",
)  # fmt: skip
RULEMAKINGS = _add(
    "rulemakings", models.Rulemaking, "在制文件", "Rule in the making", "LGX", "从研究、起草、征求意见、会签到多家机构审议与印发；印发即为承诺的证明。",
    "From study and draft over consultation and co-signing to several deciding bodies; issuing it is the evidence of its commitment.",
    ("lead_office", "due_on"), flow=flow.RULEMAKING, sheet=sheets.RULEMAKINGS, deadlines=dict.fromkeys(("begin_draft", "consult", "cosign", "submit", "decide", "issue"), "due_on"), filters=("kind", "lead_office", "due_on"),
    refs={"commitment": "commitments", "revises": "policies", "policy": "policies"}, check=_check_dates, prepare=_plain_rows, import_visibility="members", public=False,
    import_state=lambda row: "issued" if row.get("issued_on") else "study",
)  # fmt: skip
COMMITMENTS = _add(
    "commitments", models.Commitment, "承诺事项", "Commitment", "CN", "答复与会议中的承诺：牵头、衡量办法、期限、进度与结论；未定衡量办法的如实显示。",
    "What was promised: owner, measure, due date, progress, conclusion; those without a measure say so.", ("lead_office", "due_on", "review_on", "target"),
    flow=flow.COMMITMENT, sheet=sheets.COMMITMENTS, deadlines={"fulfil": _promised}, filters=("lead_office", "due_kind", "due_on", "suggestion", "figure"),
    refs={"same_as": "commitments", "plan": "action_plans"}, check=_check_commitment, prepare=_commitment, search_doc=_text_doc, import_state="tracked",
    import_visibility="members", panels=("governance/_commitment.html",),
)  # fmt: skip
MEASURES = _add(
    "measures", models.Measure, "落实举措", "Measure", "JCX", "已施行的举措：依据文件，以及在系统中落实它的方案或登记库。",
    "Measures in force: the document behind, and the scheme or register that carries them out.", ("lead_office", "carried_by"), flow=flow.MEASURE,
    sheet=sheets.MEASURES, filters=("lead_office", "suggestion"), search_doc=_text_doc, import_visibility="members",
)  # fmt: skip
RESULTS = _add(
    "result_clauses", models.ResultClause, "成效条目", "Result", "CXT", "答复中的成效：绑定指标；没有数字的绑定活动、服务、文件或决定。",
    "Results told in the reply, bound to figures, or to an event, service, document or decision.", ("lead_office", "figures"), flow=flow.RESULT,
    sheet=sheets.RESULTS, filters=("lead_office", "suggestion"), check=_check_result, search_doc=_text_doc, import_visibility="members",
)  # fmt: skip
PLANS = _add(
    "action_plans", models.ActionPlan, "行动计划", "Action plan", "XDJ", "三年行动等计划：发起单位、目标、任务与评估；公布与启动分列。",
    "Action plans: owners, goals, tasks, reviews; published and started are two states.", ("lead_office", "starts_on", "ends_on"), flow=flow.PLAN,
    sheet=sheets.PLANS, deadlines={"finish": "ends_on"}, filters=("lead_office", "starts_on"), check=_check_dates, prepare=_plan, import_visibility="public", import_state=_plan_state,
)  # fmt: skip

ALL = (PROPOSALS, DOCUMENTS, SERIES, COMMISSIONS, MEETINGS, RULEMAKINGS, COMMITMENTS, MEASURES, RESULTS, PLANS)

from trihelix.registers.governance import actions, figures  # noqa: E402, F401

for _register in ALL:
    standard_actions(REGISTERS[_register.id])
