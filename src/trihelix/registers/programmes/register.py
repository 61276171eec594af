"""Declarations of the programme registers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.errors import Problem
from trihelix.kernel.checks import fill, no_new_rows
from trihelix.kernel.models import Record
from trihelix.kernel.register import PublicNotice, Register, declare_row
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.registers.programmes import flow, models, sheets

OFFICE = ("officer", "operator")
# What the system computes or an act sets: read in lists and exports, never changed by an owner.


def _publicity_to(entry: Any) -> dt.date | None:
    end: dt.date | None = entry.publicity_to
    return end


def _scheme(call: Any) -> Any:
    from trihelix.registers.programmes.queries import scheme_of

    return scheme_of(call)


def _publicity(entry: Any, actor: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    offices = {"transfer_office", "body_admin", "signer"}
    own = (
        set().union(*(actor.body_roles.get(b, frozenset()) for b in (entry.record.owner_id,) if b))
        if hasattr(actor, "body_roles")
        else set()
    )
    return {"publicity_to": entry.publicity_to, "by_office": bool(own & offices) or actor.system}


def _year(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    if row.get("year") is not None and not 2000 <= row["year"] <= 2100:
        yield Problem("bad_year", "年度应为 2000 至 2100", field="year", value=row["year"])


def _call_check(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from _year(row, context)
    if row.get("opens_on") and row.get("closes_on") and row["closes_on"] < row["opens_on"]:
        yield Problem("date_order", "截止日期不能早于开始日期", field="closes_on")


def _project_check(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    from trihelix.registers.programmes.queries import scheme_book

    if row.get("scheme") and row["scheme"] not in scheme_book().schemes:
        yield Problem("unknown_scheme", f"没有计划类别 “{row['scheme']}”", field="scheme", value=row["scheme"])
    money = [row.get(k) or 0 for k in ("approved_wan", "allotted_wan", "paid_wan")]
    if not money[0] >= money[1] >= money[2] >= 0:
        yield Problem("money_order", "批准、下达、支付应依次不增，且不为负", field="paid_wan")
    if (row.get("match_paid_wan") or 0) > (row.get("match_committed_wan") or 0):
        yield Problem("money_order", "匹配资金到位不能超过承诺", field="match_paid_wan")


def _money_defaults(values: dict[str, Any]) -> None:
    for key in ("approved_fen", "allotted_fen", "paid_fen", "partner_fen", "match_committed_fen", "match_paid_fen"):
        values[key] = values.get(key) or 0


def _signed(record: Record) -> set[tuple[str, str]]:
    """Who signs the instrument and has not yet; the desk once the parties did."""
    if record.state != "instrument":
        return set()
    instrument = models.Project.objects.get(record=record).instrument
    done = {s["role"] for s in instrument.get("signatures") or []}
    asked = {flow.SIGNER_ROLES.get(role, role) for role in instrument.get("signers") or [] if role not in done}
    return {("sign", role) for role in ("owner", "demand", "taker", "recommender", *OFFICE) if role not in asked}


def _iso(text: Any) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _signing(project: models.Project) -> dt.date | None:
    return _iso(project.instrument.get("due"))


def _correcting(application: models.Application) -> dt.date | None:
    return _iso(application.correction.get("due"))


def _reporting(report: models.Report) -> dt.date | None:
    return report.rectify_by or report.due_on


def _versions(values: dict[str, Any]) -> None:
    """An imported project keeps the rule version of its award day."""
    from trihelix.registers.programmes.queries import scheme_book

    _money_defaults(values)
    if values.get("scheme") in scheme_book().schemes and not values.get("scheme_version"):
        versions = scheme_book().versions(values["scheme"])
        day = values.get("approved_on")
        fits = [s for s in versions if day is None or s.version.since <= day]
        values["scheme_version"] = (fits or [versions[0]])[-1].version.id


def _doc(entry: Any) -> dict[str, Any] | None:
    text = [getattr(entry, n, "") or "" for n in ("text", "problem", "conditions")]
    return document(entry, text=text, facets={"kind_of": [entry.scheme]}, numbers={"year": getattr(entry, "year", None)})


def _application_doc(entry: Any) -> dict[str, Any] | None:
    from trihelix.registers.programmes.queries import caption

    return document(
        entry, text=[] if entry.sealed and entry.record.visibility == "sealed" else [caption(entry)], facets={"kind_of": [entry.scheme]}
    )


def _made(*row: Any, **more: Any) -> Register:
    """One row of the table below; the body is asked for where its sheet asks for it."""
    asked = any(c.name == "owner" and c.required for c in row[6].columns)
    return declare_row(*row, **{"area": "programmes", "public": False, "create_roles": OFFICE, "owner_required": asked, **more})


REGISTERS = (
    _made("calls", models.Call, "申报通知", "Call", "TZ", flow.CALL, sheets.CALLS, ("scheme", "year", "closes_on"), ("各类计划的申报通知；版本随通知固定。", "Calls of every scheme, each in a fixed version."),
          public=True, filters=("scheme", "year", "closes_on"), change_states=("drafting", "topic_collection", "approved"), refs={"line": "budget_lines", "agreement": "fund_agreements"}, check=_call_check,
          search_doc=_doc, panels=("programmes/_call.html",), prepare=fill(batch=1), scheme=_scheme),
    _made("topics", models.Topic, "选题建议", "Topic suggestion", "XT", flow.TOPIC, sheets.TOPICS, ("owner", "call", "band"), ("指南发布前征集的选题建议。", "Topics suggested before the guide."),
          create_roles=("owner", *OFFICE), change_states=("draft",), refs={"call": "calls", "need": "needs"}, filters=("call", "band", "owner")),
    _made("boards", models.Board, "榜单", "Board", "BD", flow.BOARD, sheets.BOARDS, ("owner", "amount_wan", "closes_on", "scheme_version"), ("揭榜挂帅的榜单：四项必填，规则版本随张榜固定。", "Boards of the open bid, with the rule version they were posted under."),
          public=True, create_roles=("owner", "node", *OFFICE), change_states=("draft", "submitted", "screened", "argued"), refs={"call": "calls", "need": "needs"}, filters=("owner", "batch", "scheme_version", "closes_on"), search_doc=_doc,
          confidential=frozenset({"tried"}), prepare=fill(scheme="open-bid")),
    _made("applications", models.Application, "申报", "Application", "SB", flow.APPLICATION, sheets.APPLICATIONS, ("owner", "call", "class_id"), ("申报书：分节填写、自动保存、提交即固定并给出回执。", "Applications: filled in sections, saved as one goes, fixed with a receipt when submitted."),
          create_roles=("owner", "node", *OFFICE), change_states=("draft",), deadlines={"correct": _correcting}, refs={"call": "calls", "board": "boards", "need": "needs", "leader": "people", "demand": "bodies", "provider": "bodies", "recommender": "bodies"},
          links={"partners": ("bodies", "partner")}, filters=("call", "class_id", "owner"), facts=_publicity, search_doc=_application_doc,
          notice=PublicNotice(("publicity", "objection"), _publicity_to, stop=("suspend", {}), closing=("award",), remedies={"none": ("resume", {}), "correct": ("resume", {}), "refuse": ("refuse", {})}), panels=("programmes/_application.html",)),
    _made("projects", models.Project, "立项", "Project", "LX", flow.PROJECT, sheets.PROJECTS, ("owner", "scheme", "approved_wan", "allotted_wan", "paid_wan", "due_on"), ("立项后的项目、认定与补助：批准、下达、支付三列分开。", "Awarded projects, statuses and payments: approved, allotted and paid apart."),
          public=True, refs={"leader": "people", "payee": "bodies", "demand": "bodies", "taker": "bodies"}, filters=("scheme", "year", "batch", "class_id", "approved_on", "due_on", "owner"), check=_project_check, prepare=_versions,
          import_state="running", deadlines={"sign": _signing, "request_acceptance": "due_on"}, import_visibility="public", change_states=(), panels=("programmes/_project.html",), rests=_signed),
    _made("budget_lines", models.BudgetLine, "资金科目", "Budget line", "ZX", flow.LINE, sheets.LINES, ("kind", "year", "amount_wan"), ("专项资金与科目的树：任何一级都不能超安排。", "The tree of funds and lines; none can be over-committed."),
          create_roles=("finance", *OFFICE), change_states=(), refs={"parent": "budget_lines", "agreement": "fund_agreements"}, filters=("kind", "year", "parent"), check=_year, panels=("programmes/_line.html",)),
    _made("fund_agreements", models.Agreement, "联合基金协议", "Joint-fund agreement", "LHX", flow.AGREEMENT, sheets.AGREEMENTS, ("partner", "kind", "starts_on", "ends_on"), ("联合基金协议与逐年出资。", "Joint-fund agreements with yearly pay-ins."),
          refs={"partner": "bodies"}, filters=("kind", "partner"), change_states=("drafting",), panels=("programmes/_agreement.html",)),
    _made("payments", models.Payment, "拨款单", "Payment order", "BK", flow.PAYMENT, sheets.PAYMENTS, ("payee", "amount_wan", "tranche"), ("拨款单由制单人之外的两人审批。", "Payment orders, approved by two people who did not draft them."),
          create_roles=("finance", *OFFICE), change_states=("draft",), refs={"project": "projects", "line": "budget_lines", "payee": "bodies"}, personal=frozenset({"account_name", "bank_account"}), filters=("payee", "project")),
    _made("project_changes", models.ProjectChange, "项目变更", "Project change", "BGX", flow.CHANGE, sheets.CHANGES, ("project", "kind"), ("项目变更，按类型由承担单位或主管部门批准。", "Changes of projects, approved by unit or department by kind."),
          create_roles=("owner", *OFFICE), change_states=(), refs={"project": "projects", "leader": "people"}, filters=("kind", "project")),
    _made("progress_reports", models.Report, "项目报告", "Project report", "JZ", flow.REPORT, sheets.REPORTS, ("project", "kind", "due_on"), ("进展报告、阶段检查与后续跟踪。", "Progress reports, stage checks and follow-up."),
          refs={"project": "projects"}, filters=("kind", "due_on", "project"), change_states=("due", "rectify"), deadlines={"submit": _reporting}),
    _made("objections", models.Objection, "异议", "Objection", "YY", flow.OBJECTION, sheets.OBJECTIONS, (), ("公示期内的实名异议：受理、答复、申诉；异议人信息只供受理的人核对。", "Objections by real name during publicity: taken up, answered, appealed; who objects is shown to those who answer only."),
          create_roles=("owner", *OFFICE), change_states=(), personal=frozenset({"name", "id_kind", "id_number", "contact"}), confidential=frozenset({"unit", "evidence"}), panels=("programmes/_objection.html",)),
    _made("integrity_records", models.Integrity, "科研诚信记录", "Integrity record", "CX", flow.INTEGRITY, sheets.INTEGRITY, ("person", "body", "bars", "valid_to"), ("失信处理的依据与期限。", "Consequences of misconduct with legal basis and period."),
          create_roles=("discipline", *OFFICE), change_states=(), filters=("bars", "valid_to"), refs={"person": "people", "body": "bodies"}, personal=frozenset({"note"})),
    _made("call_questions", models.Question, "申报咨询", "Question on a call", "WD", flow.QUESTION, sheets.QUESTIONS, ("call",), ("申报期内的公开答疑。", "Public questions and answers on calls."),
          public=True, create_roles=("owner", *OFFICE), change_states=("asked",), refs={"call": "calls"}, filters=("call",), panels=("programmes/_question.html",)),
    _made("outages", models.Outage, "系统中断", "Outage", "ZDJ", flow.OUTAGE, sheets.OUTAGES, (), ("系统中断登记：截止时间顺延的依据。", "Outages: the evidence behind moved deadlines."), public=True, create_roles=("admin", *OFFICE), change_states=()),
    _made("subsidy_lists", models.SubsidyList, "免申即享名单", "Data-led list", "MS", flow.SUBSIDY, sheets.LISTS, ("scheme", "year"), ("无需申请：由各部门数据比对得出的名单。", "Nobody applies: lists from agencies' data."),
          refs={"line": "budget_lines"}, filters=("scheme", "year"), change_states=("collecting",), check=_year, facts=_publicity, panels=("programmes/_list.html",),
          notice=PublicNotice(("publicity",), _publicity_to, closing=("approve",))),
    _made("scheme_changes", models.SchemeChange, "计划文件修改", "Scheme change", "JWX", flow.SCHEME_CHANGE, sheets.SCHEME_CHANGES, ("scheme", "effective_on"), ("计划文件的新版本或新计划：一人提出，另一人复核后生效。", "A new version of a scheme file or a new scheme: proposed by one person, in force once a second one confirms."),
          create_roles=OFFICE, change_states=(), filters=("scheme", "effective_on"), check=no_new_rows, panels=("programmes/_scheme_change.html",)),
)  # fmt: skip

from trihelix.registers.programmes import actions  # noqa: E402, F401
from trihelix.registers.programmes import figures as _figures  # noqa: E402, F401

for _register in REGISTERS:
    standard_actions(_register)
