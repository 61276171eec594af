"""Acts on awarded cases: opening, instrument, match money, changes, reports, status."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.documents import Document, docx, parse
from trihelix.engines.money import format_wan
from trihelix.engines.months import add_months
from trihelix.engines.schemes import Scheme, parts_of
from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.actions.founding import found_platform
from trihelix.registers.programmes.actions.money import commit, release_tranches
from trihelix.registers.programmes.flow import SIGNER_ROLES
from trihelix.registers.programmes.models import Application, MatchMoney, Project, ProjectChange, Report, Tranche

OFFICE = ("officer", "operator")
NOTE = Column("note", "longtext", "说明", "Note")


@action("projects", "open", "立项", "Open", creates=True, hidden=True, fields=(
    Column("application", "ref", "申报", "Application", required=True), Column("scheme", "text", "计划", "Scheme", required=True), Column("line", "ref", "资金科目", "Line"),
))  # fmt: skip
def open_project(a: Run, project: Project, *, application: Application, scheme: Scheme, line: Any = None) -> None:
    """Open an awarded case from its application, commit its money on the budget line, plan its tranches. Done by the award only."""
    call = queries.call_of(application.call)
    for name in (
        "scheme",
        "scheme_version",
        "class_id",
        "variant",
        "leader",
        "leader_name",
        "demand",
        "recommender",
        "priority",
        "priority_reason",
    ):
        setattr(project, name, getattr(application, name))
    project.application, project.call, project.payee = application.record, application.call, application.payee
    project.year, project.batch, project.line = call.year, call.batch, line
    project.approved_fen, project.approved_on = application.grant_fen or 0, a.today
    project.indicators = application.answers.get("indicators") or []
    if application.board is not None:
        from trihelix.registers.programmes.models import Board

        board = Board.objects.get(record=application.board)
        project.taker, project.contract_number, project.batch = board.taker, board.contract_number, board.batch or call.batch
    months = int(application.answers.get("term_months") or scheme.get("term.default_months"))
    a.require(months <= scheme.get("term.max_months"), "term", f"执行期不能超过 {scheme.get('term.max_months')} 个月", field="term_months")
    project.starts_on, project.due_on = a.today, add_months(a.today, months) if scheme.award == "grant" else None
    part = application.answers.get("partner_part")
    project.partner_fen = min(round(float(part) * 1_000_000), project.approved_fen) if part else 0
    a.record.title, a.record.owner, a.record.node, a.record.visibility = (
        application.title,
        application.record.owner,
        application.record.node,
        "public",
    )
    a.record.book_id = application.record.book_id
    if project.line is not None and project.approved_fen:
        commit(a, project.line, project.approved_fen)
    a.on_saved.append(lambda: _after_open(a, project, scheme))


def _after_open(a: Run, project: Project, scheme: Scheme) -> None:
    for role in ("demand", "taker", "recommender", "payee"):
        if (body := getattr(project, role)) is not None:
            a.admit(role, body=body)
    for target, kind in ((project.application, "application"), (project.call, "call")):
        if target is not None:
            a.link(target, kind)
    if project.approved_fen and scheme.tranches:
        plan_tranches(project, scheme)
    found_platform(a, project)


def plan_tranches(project: Project, scheme: Scheme) -> None:
    """The tranches of a grant in fen, which add up to it."""
    rows = zip(scheme.tranches, parts_of(scheme, project.approved_fen), strict=True)
    Tranche.objects.bulk_create(
        Tranche(project=project.record, position=i, code=t.id, zh=t.zh, trigger=t.trigger, condition=t.condition, amount_fen=fen)
        for i, (t, fen) in enumerate(rows, 1)
    )


@action("projects", "draft_instrument", "起草文书", "Draft the instrument", fields=(NOTE,))
def draft_instrument(a: Run, project: Project, *, note: str = "") -> None:
    """Draft the task book or military order from the award: header equal to the award list, indicators equal to the application.

    Refuses schemes without an instrument, and an open bid whose technology contract is not named.
    """
    scheme = queries.scheme_of(project)
    a.require(scheme.award == "grant", "no_instrument", "该类立项没有任务书", field="state")
    a.require(
        scheme.shape != "demand" or project.contract_number,
        "no_contract",
        "须先登记技术合同编号",
        field="contract_number",
        clause="技术合同核实",
    )
    due = book.current().calendar.add(a.today, scheme.get("instrument.sign_days"), kind=scheme.get("instrument.kind_of_days")).date
    project.instrument = {
        "kind": scheme.get("instrument.kind"), "template": scheme.get("instrument.template"), "signers": list(scheme.get("instrument.signers")),
        "signatures": [], "due": due.isoformat(), "note": note or "",
    }  # fmt: skip
    a.notify(
        f"请于 {due} 前签署{scheme.get('instrument.template')}：{project.title}",
        roles=("owner", "demand", "taker"),
        en=f"Please sign by {due}: {project.title}",
    )


@action(
    "projects",
    "set_contract",
    "登记技术合同",
    "Record the technology contract",
    roles=("owner", "demand", *OFFICE),
    fields=(Column("contract_number", "text", "技术合同编号", "Contract", required=True),),
)
def set_contract(a: Run, project: Project, *, contract_number: str) -> None:
    """Name the registered technology contract behind an open bid. Refuses once the instrument is signed."""
    a.require(project.state in ("awarded", "instrument"), "signed", "文书已签署，不能更改合同编号", field="state")
    project.contract_number = contract_number


@action(
    "projects",
    "sign",
    "签署",
    "Sign",
    fields=(Column("as_role", "text", "签署身份", "Signing as", required=True), Column("name", "text", "签署人", "Name", required=True)),
)
def sign(a: Run, project: Project, *, as_role: str, name: str) -> None:
    """Sign the instrument in one role; the last signature starts the project and sets the first tranche free.

    Refuses roles that do not sign, a second signature of one role, and people who do not hold the role.
    """
    wanted = project.instrument.get("signers") or []
    done = [s["role"] for s in project.instrument.get("signatures") or []]
    a.require(as_role in wanted, "not_a_signer", f"签署方为：{'、'.join(wanted)}", field="as_role", value=as_role)
    a.require(as_role not in done, "already_signed", f"{as_role} 已签署", field="as_role")
    needed = SIGNER_ROLES.get(as_role, as_role)
    a.require(needed in a.by.roles_on(a.record), "not_yours", f"您不能代表 {as_role} 签署", field="as_role")
    signature = {"role": as_role, "name": name, "at": a.now.isoformat(), "user": a.by.user_id}
    project.instrument = {**project.instrument, "signatures": [*(project.instrument.get("signatures") or []), signature]}
    if set(wanted) <= {*done, as_role}:
        project.starts_on = a.today
        scheme = queries.scheme_of(project)
        a.go("running")
        release_tranches(a, project, "signed")
        schedule_reports(a, project, scheme)


def schedule_reports(a: Run, project: Project, scheme: Scheme) -> None:
    """Reports due over the term: progress and stage checks."""
    for kind, gap in (("progress", scheme.get("progress.every_months")), ("stage", scheme.get("progress.stage_check_months"))):
        step = 1
        while gap and project.due_on and (due := add_months(project.starts_on or a.today, gap * step)) < project.due_on:
            open_report(by=SYSTEM, project=project, kind=kind, due_on=due, now=a.now)
            step += 1


@action("progress_reports", "open", "安排报告", "Schedule", creates=True, hidden=True, fields=(
    Column("project", "ref", "项目", "Project", required=True), Column("kind", "text", "类型", "Kind", required=True), Column("due_on", "date", "应交日期", "Due", required=True),
))  # fmt: skip
def open_report(a: Run, report: Report, *, project: Project, kind: str, due_on: dt.date) -> None:
    """Schedule a report; it waits with the undertaking unit."""
    word = {"progress": "进展报告", "stage": "阶段检查", "follow_up": "后续跟踪"}[kind]
    report.project, report.kind, report.due_on = project.record, kind, due_on
    a.record.title, a.record.owner, a.record.node, a.record.visibility = (
        f"{project.title} {word} {due_on}"[:400],
        project.record.owner,
        project.record.node,
        "owner",
    )
    a.on_saved.append(lambda: a.link(project.record, "project"))


@action("progress_reports", "submit", "提交", "Submit", fields=(
    Column("text", "longtext", "进展", "Progress", required=True), Column("problems", "longtext", "问题", "Problems"), Column("next_steps", "longtext", "下一步", "Next steps"),
    Column("percent", "integer", "完成百分比", "Percent"), Column("spent_wan", "money_wan", "已支出", "Spent", unit="万元"), Column("output_wan", "money_wan", "应用收入", "Income from use", unit="万元"),
))  # fmt: skip
def submit_report(
    a: Run,
    report: Report,
    *,
    text: str,
    problems: str = "",
    next_steps: str = "",
    percent: int | None = None,
    spent_wan: int | None = None,
    output_wan: int | None = None,
) -> None:
    """Submit the report. Refuses a percentage outside 0 to 100."""
    a.require(percent is None or 0 <= percent <= 100, "out_of_range", "完成百分比应在 0 至 100 之间", field="percent", value=percent)
    report.text, report.problems, report.next_steps, report.percent = text, problems or "", next_steps or "", percent
    report.spent_fen, report.output_fen, report.submitted_on = spent_wan, output_wan, a.today


@action(
    "progress_reports",
    "check",
    "检查",
    "Check",
    fields=(
        Column("result", "text", "结论", "Result", required=True, help="pass、rectify 或 stop"),
        Column("rectify_by", "date", "整改期限", "Rectify by"),
        NOTE,
    ),
)
def check_report(a: Run, report: Report, *, result: str, rectify_by: dt.date | None = None, note: str = "") -> None:
    """Pass (a stage check sets the next tranche free), ask to rectify by a day, or advise to stop."""
    a.require(result in ("pass", "rectify", "stop"), "unknown_result", "结论应为 pass、rectify 或 stop", field="result", value=result)
    a.require(result != "rectify" or (rectify_by and rectify_by >= a.today), "no_day", "请给出不早于今天的整改期限", field="rectify_by")
    report.result, report.rectify_by = result, rectify_by
    a.go({"pass": "accepted", "rectify": "rectify", "stop": "stopped"}[result])
    project = Project.objects.get(record=report.project)
    if result == "pass" and report.kind == "stage":
        set_free(by=SYSTEM, record=project.record, trigger="stage_check", now=a.now)
    a.notify(f"{report.title}：{a.register.state_label(a.target or '')}", roles=("owner",), en=f"{report.title}: {result}")


@action(
    "projects",
    "set_free",
    "释放拨款",
    "Set a tranche free",
    roles=("system", *OFFICE),
    fields=(Column("trigger", "text", "条件", "Trigger", required=True),),
)
def set_free(a: Run, project: Project, *, trigger: str) -> None:
    """Set the tranches of a trigger free for payment (milestone, stage_check, year_two, acceptance, evaluation …)."""
    a.require(
        release_tranches(a, project, trigger) or a.by.system,
        "no_tranche",
        f"没有以 {trigger} 为条件的待释放拨款",
        field="trigger",
        value=trigger,
    )


@action("projects", "match", "登记匹配资金", "Record match money", roles=("owner", "demand", *OFFICE), fields=(
    Column("party", "ref", "出资单位", "Party", required=True), Column("kind", "text", "类型", "Kind", required=True, help="committed 承诺 或 paid 到位"),
    Column("amount_wan", "money_wan", "金额", "Amount", unit="万元", required=True), Column("proof", "text", "凭证", "Proof"), Column("on", "date", "日期", "Date"),
))  # fmt: skip
def match_money(a: Run, project: Project, *, party: Any, kind: str, amount_wan: int, proof: str = "", on: dt.date | None = None) -> None:
    """Record enterprise money, committed or paid apart. Refuses payment without proof, in the future, or beyond what the party committed."""
    a.require(kind in ("committed", "paid"), "unknown_kind", "类型应为 committed 或 paid", field="kind", value=kind)
    a.require(amount_wan > 0, "not_positive", "金额应大于零", field="amount_wan")
    a.require(kind == "committed" or proof, "no_proof", "到位资金须附银行凭证号", field="proof")
    a.require(on is None or on <= a.today, "future", "日期不能晚于今天", field="on")
    body = find(register_of("bodies"), party, a.by)
    held = {k: sum(m.amount_fen for m in MatchMoney.objects.filter(project=a.record, party=body, kind=k)) for k in ("committed", "paid")}
    a.require(
        kind == "committed" or held["paid"] + amount_wan <= held["committed"],
        "over_committed",
        f"到位资金超过 {body.title} 的承诺",
        field="amount_wan",
    )
    MatchMoney.objects.create(project=a.record, party=body, kind=kind, amount_fen=amount_wan, on=on or a.today, proof=proof or "")
    if kind == "committed":
        project.match_committed_fen += amount_wan
    else:
        project.match_paid_fen += amount_wan
    a.extra[f"match_{kind}"] = [None, [body.pk, amount_wan]]


@action("project_changes", "create", "申请变更", "Ask for a change", creates=True, roles=("owner", "officer", "operator"))
def create_change(a: Run, change: ProjectChange, **values: Any) -> None:
    """Ask for a change; the kind decides who approves. Refuses unknown kinds, extensions beyond count or months, projects that ended."""
    create_entry(a, change, values)
    project = Project.objects.get(record=change.project)
    scheme = queries.scheme_of(project)
    kinds = {c.kind: c for c in scheme.changes}
    a.require(change.kind in kinds, "unknown_kind", f"变更类型应为：{'、'.join(kinds)}", field="kind", value=change.kind)
    a.require(
        project.state in ("running", "due", "instrument", "building"),
        "not_running",
        "该项目不在执行中",
        field="project",
        value=project.state,
    )
    a.require(project.record.owner_id in a.by.bodies or a.by.sees_all, "not_yours", "只能为本单位的项目申请变更", field="project")
    if change.kind == "term":
        most, count = scheme.get("extension.months"), scheme.get("extension.count")
        a.require(
            change.months and 0 < change.months <= most,
            "extension_months",
            f"延期最长 {most} 个月",
            field="months",
            value=change.months,
            clause="延期一次不超过六个月",
        )
        a.require(project.extensions < count, "extension_count", f"最多延期 {count} 次", field="kind", clause="延期一次不超过六个月")
    a.require(change.kind != "leader" or change.leader_id, "required", "请填写新负责人", field="leader")
    change.approver = kinds[change.kind].approver
    a.record.owner, a.record.node, a.record.visibility = project.record.owner, project.record.node, "owner"
    a.on_saved.append(lambda: a.link(project.record, "project"))


@action("project_changes", "approve", "批准", "Approve", fields=(NOTE,))
def approve_change(a: Run, change: ProjectChange, *, note: str = "") -> None:
    """Approve a change and carry it out. Refuses those who are not the approver of its kind."""
    _approver(a, change)
    change.decided_on = a.today
    project = Project.objects.get(record=change.project)
    if change.kind == "term":
        prolong(by=SYSTEM, record=project.record, months=change.months, now=a.now, reason=change.reason_text)
    elif change.kind == "leader":
        replace_leader(by=SYSTEM, record=project.record, leader=change.leader, now=a.now, reason=change.reason_text)


@action("project_changes", "refuse", "不予批准", "Refuse")
def refuse_change(a: Run, change: ProjectChange) -> None:
    """Refuse with a reason."""
    _approver(a, change)
    change.decided_on = a.today


def _approver(a: Run, change: ProjectChange) -> None:
    unit = change.approver in ("unit", "leader")
    own = a.record.owner_id in a.by.bodies
    a.require(
        own if unit else bool(a.by.roles & {"officer", "operator"}),
        "not_approver",
        f"此类变更由{'承担单位' if unit else '主管部门'}批准",
        field="kind",
        clause=change.kind,
    )


@action(
    "projects",
    "prolong",
    "延期",
    "Prolong",
    fields=(Column("months", "integer", "月数", "Months", required=True), Column("document", "text", "依据文件", "Document")),
    hidden=True,
)
def prolong(a: Run, project: Project, *, months: int, document: str = "") -> None:
    """Move the due day later. An extension by request counts; a shift of all terms by a document does not."""
    project.due_on = add_months(project.due_on or a.today, months)
    if not document:
        project.extensions += 1


@action("calls", "shift_terms", "统一顺延执行期", "Shift all terms", roles=OFFICE, danger=True, fields=(
    Column("months", "integer", "月数", "Months", required=True), Column("due_from", "date", "到期日自", "Due from", required=True), Column("due_to", "date", "到期日至", "Due to", required=True),
    Column("document", "text", "依据文件", "Document", required=True),
))  # fmt: skip
def shift_terms(a: Run, call: Any, *, months: int, due_from: dt.date, due_to: dt.date, document: str) -> None:
    """Lengthen the terms of all running projects of the call's scheme that end in a span, by a reason document (force majeure)."""
    a.require(0 < months <= 24, "out_of_range", "顺延月数应在 1 至 24 之间", field="months", value=months)
    rows = list(
        Project.objects.filter(scheme=call.scheme, due_on__gte=due_from, due_on__lte=due_to, record__state__in=("running", "due")).order_by(
            "pk"
        )
    )
    for project in rows:
        prolong(by=SYSTEM, record=project.record, months=months, document=document, now=a.now, reason=document)
    a.extra["shifted"] = [None, {"projects": len(rows), "months": months, "document": document}]


@action(
    "projects",
    "replace_leader",
    "变更负责人",
    "Replace the leader",
    roles=("system",),
    hidden=True,
    fields=(Column("leader", "ref", "负责人", "Leader", required=True),),
)
def replace_leader(a: Run, project: Project, *, leader: Any) -> None:
    """Put another person in charge. Refuses people barred from leading."""
    held = queries.bars([leader.pk], a.today).first()
    a.require(held is None, "barred", "新负责人在失信限制期内", field="leader")
    project.leader, project.leader_name = leader, leader.title


def instrument_docx(project: Project) -> bytes:
    """The task book or military order as a Word file."""
    scheme = queries.scheme_of(project)
    order = project.instrument.get("kind") == "military_order"
    rows = [f"| {i.get('name', '')} | {i.get('target', '')}{i.get('unit') or ''} | {i.get('method') or ''} |" for i in project.indicators]
    parts = [
        "# 一、基本信息",
        "| 项目 | 内容 |", f"| 项目编号 | {project.number} |", f"| 项目名称 | {project.title} |", f"| 计划类别 | {scheme.zh}（规则版本 {project.scheme_version}） |",
        f"| 承担单位 | {project.record.owner.title if project.record.owner else ''} |", f"| 收款单位 | {project.payee.title if project.payee else ''} |",
        f"| 揭榜方 | {project.taker.title if project.taker else '—'} |", f"| 负责人 | {project.leader_name or (project.leader.title if project.leader else '')} |",
        f"| 资助金额 | {format_wan(project.approved_fen)} |", f"| 执行期 | {project.starts_on} 至 {project.due_on} |", "",
        "# 二、考核指标", "| 指标 | 目标 | 考核方式 |", *rows, "",
        "# 三、拨款安排", "| 期次 | 金额 | 条件 |", *[f"| {t.zh} | {format_wan(t.amount_fen)} | {t.condition or t.trigger} |" for t in Tranche.objects.filter(project=project.record)], "",
        *(["# 四、军令状", "责任人承诺按期完成考核指标；未完成的，按约定追究责任并接受核查。", ""] if order else []),
        "# 五、签署" if order else "# 四、签署", *[f">> {s['role']}：{s['name']}（{s['at'][:10]}）" for s in project.instrument.get("signatures") or []],
    ]  # fmt: skip
    note = "演示数据（合成）" if project.record.synthetic else ""
    return docx(Document(project.instrument.get("template") or "项目任务书", parse("\n".join(parts)), note))
