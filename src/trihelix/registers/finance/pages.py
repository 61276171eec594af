"""Pages of finance: lists up and down, the statement, products for a firm, firms for a product, the funds report, the tax guide."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from trihelix.engines import sheets as files
from trihelix.engines.documents import Document, Paragraph, Table, docx, html_body
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock
from trihelix.kernel.action import find
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.errors import Denied
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.values import hidden_columns
from trihelix.registers.finance import conditions, queries, sheets
from trihelix.registers.finance.models import FinanceProduct, FirmList, PointsStatement
from trihelix.registers.parties.models import Body

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FILE_MAX = 5 * 1024 * 1024


def _one(request: HttpRequest, register: str, model: Any, uid: uuid.UUID) -> Any:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return entries(by, model).get(record=find(register_of(register), uid, by))


@require_POST
def upload(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Load a list from a file; every wrong row is named and nothing is written then."""
    entry = _one(request, "firm_lists", FirmList, uid)
    given = request.FILES.get("file")
    if given is None or given.size is None or given.size > FILE_MAX:
        raise Refused.one("no_file", "请选择一个不超过 5 MB 的表格文件", field="file")
    suffix = Path(given.name or "list.xlsx").suffix.lower()
    with tempfile.NamedTemporaryFile(suffix=suffix) as held:
        for chunk in given.chunks():
            held.write(chunk)
        held.flush()
        rows, problems = files.read(sheets.UPLOAD, Path(held.name))
    if problems:
        raise Refused.of(problems)
    with transaction.atomic():
        register_of("firm_lists").acts["load"].run(by=request.actor, record=entry.record.uid, rows=[r for _, r in rows])  # type: ignore[attr-defined]
    return HttpResponseRedirect(f"/firm_lists/{uid}/")


@require_safe
def download(request: HttpRequest, uid: uuid.UUID) -> FileResponse:
    """The firms of a list that the viewer may see, as a workbook."""
    entry = _one(request, "firm_lists", FirmList, uid)
    rows = list(queries.rows_of(entry, request.actor))  # type: ignore[attr-defined]
    bodies = {b.pk: b for i in range(0, len(rows), 500) for b in Body.objects.filter(record_id__in=[r.firm_id for r in rows[i : i + 500]])}
    out = Path(tempfile.mkdtemp()) / "firms.xlsx"
    files.write(
        sheets.LISTED,
        (
            {
                "number": r.firm.number, "firm": r.firm.title, "credit_code": bodies[r.firm_id].credit_code, "division": bodies[r.firm_id].division,
                "verdict": sheets.VERDICTS.get(r.verdict, ("", ""))[0], "clauses": "；".join(r.clauses),
            }
            for r in rows
        ),
        out,
    )  # fmt: skip
    return FileResponse(out.open("rb"), as_attachment=True, filename=f"{entry.record.number}.xlsx")


def statement_document(entry: PointsStatement) -> Document:
    """The statement as a paper: interval, parts with age and source, what was lost and why, what it may not be taken for."""
    stage = sheets.STAGES.get(entry.stage, ("未知", ""))[0]
    rule = sheets.POINTS_RULES.get(entry.rule, (entry.rule, ""))[0]
    points = "不能计算" if entry.low is None else f"{entry.low:g}" if entry.low == entry.high else f"{entry.low:g} 至 {entry.high:g}"
    lines = [
        f"企业：{entry.record.owner.title if entry.record.owner else ''}；阶段：{stage}（划分标准待核实）；日期：{entry.on}；有效期至：{entry.valid_to or ''}。",
        f"评价规则：{rule}，版本 {entry.rule_version}。参考分：{points}。",
    ]
    if entry.lost_paper is not None and entry.lost_merit is not None:
        lines.append(f"因缺少材料未得 {entry.lost_paper:g} 分，因水平未得 {entry.lost_merit:g} 分；两者不可相加为“扣分”。")
    lines.append(_cohort_text(entry.cohort, stage))
    lines.append("本报告不是全国“企业创新积分”，指标、分档与权重为省内默认值；不构成信用评级，不替代金融机构的独立判断；企业可随时撤回。")
    table = Table(
        ("指标", "得分", "满分", "数据月龄", "来源", "缺少的材料"),
        tuple(
            (str(p["part"]), p["low"] if p["low"] == p["high"] else f"{p['low']}—{p['high']}", str(p["most"]), "" if p["age_months"] is None else str(p["age_months"]), p["source"], p["papers"])
            for p in entry.parts
        ),
    )  # fmt: skip
    blocks = (*(Paragraph(text) for text in lines), table)
    note = "合成数据，仅供演示" if entry.record.synthetic else ""
    return Document(entry.record.title, blocks, note=note, issued=entry.on)


def _cohort_text(cohort: dict[str, Any], stage: str) -> str:
    if not cohort.get("enough"):
        return f"同阶段（{stage}）可比企业 {cohort.get('firms', 0)} 户，不足 {queries.PEERS} 户，不作比较。"
    return (
        f"同阶段（{stage}）可比企业 {cohort['firms']} 户，确定高于其中 {cohort['surely_above']} 户，至多高于 {cohort['perhaps_above']} 户。"
    )


def _word(entry: PointsStatement) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{entry.record.number}.docx"'}
    return HttpResponse(docx(statement_document(entry)), content_type=WORD, headers=headers)


@require_safe
def statement_file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The statement as a Word file, for the firm and its desk; a bank reads it by an act that is logged."""
    entry = _one(request, "points_statements", PointsStatement, uid)
    if hidden_columns(register_of("points_statements"), request.actor, entry.record):  # type: ignore[attr-defined]
        raise Denied(Problem("read_by_act", "请用“阅读报告”打开；每次阅读都会记录并告知企业", field="act", value="read"))
    return _word(entry)


@require_POST
def statement_read(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One reading by the bank, logged first: the paper on the screen, or as a Word file."""
    entry = _one(request, "points_statements", PointsStatement, uid)
    register_of("points_statements").acts["read"].run(by=request.actor, record=entry.record.uid)  # type: ignore[attr-defined]
    entry.refresh_from_db()
    if request.POST.get("format") == "docx":
        return _word(entry)
    paper = html_body(statement_document(entry).blocks)
    return render(
        request,
        "finance/statement.html",
        {"entry": entry, "record": entry.record, "paper": paper, "register": register_of("points_statements")},
    )


def _firm(request: HttpRequest, uid: uuid.UUID) -> Record:
    by: Actor = request.actor  # type: ignore[attr-defined]
    firm = find(register_of("bodies"), uid, by)
    if not (by.sees_all or firm.pk in by.bodies or firm.node_id in by.node_ids):
        raise Denied(Problem("denied", "只供本企业、所属站点与主管部门查看", field="page"))
    return firm


@require_safe
def products(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Every product offered, checked for one firm clause by clause."""
    firm = _firm(request, uid)
    rows = queries.products_for(firm, request.actor, clock.today())  # type: ignore[attr-defined]
    return render(
        request, "finance/products.html", {"record": firm, "register": register_of("bodies"), "rows": rows, "stages": sheets.STAGES}
    )


@require_safe
def fitting(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Which firms fit a product, clause by clause; for the desk only, since facts of firms are not the bank's to read."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    if not (by.sees_all or by.node_ids):
        raise Denied(Problem("denied", "由站点与主管部门使用；金融机构通过推送名单和企业申请获知企业", field="page"))
    product = _one(request, "finance_products", FinanceProduct, uid)
    firms = [b.record for b in entries(by, Body).filter(kind="firm", record__state="active").select_related("record").order_by("pk")[:2000]]
    if by.node_ids and not by.sees_all:
        firms = [f for f in firms if f.node_id in by.node_ids]
    rows = conditions.fitting(product, firms, clock.today())
    wanted = request.GET.get("verdict", "met")
    if wanted not in ("", *sheets.VERDICTS):
        raise Refused.one("unknown_verdict", f"没有结论 “{wanted}”；可用：{'、'.join(sheets.VERDICTS)}", field="verdict", value=wanted)
    counts = {v: sum(r["verdict"] == v for r in rows) for v in sheets.VERDICTS}
    context = {
        "record": product.record,
        "register": register_of("finance_products"),
        "rows": [r for r in rows if not wanted or r["verdict"] == wanted][:500],
        "counts": counts,
        "verdict": wanted,
    }
    return render(request, "finance/fitting.html", context)


@require_safe
def funds(request: HttpRequest) -> HttpResponse:
    """The funds report: early, small, long, hard technology, and private money drawn in."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    if not by.sees_all:
        raise Denied(Problem("denied", "基金报表供主管部门使用", field="page"))
    fund = request.GET.get("fund", "")
    names = {"stage": dict(sheets.INVESTED), "hard": {"yes": ("是", "Yes"), "no": ("否", "No")}}
    return render(
        request,
        "finance/funds.html",
        {"report": queries.funds_report(by, clock.today(), fund), "names": names, "fund": fund, "register": register_of("investments")},
    )


@require_safe
def tax_guide(request: HttpRequest) -> HttpResponse:
    """The tax rules in force with office, deadline, papers; each leads to a check that can end in a tracked referral."""
    return render(
        request,
        "finance/tax_guide.html",
        {"rows": queries.tax_guide(clock.today()), "today": clock.today(), "register": register_of("tax_referrals")},
    )


urlpatterns = [
    path("firm_lists/<uuid:uid>/firms/upload/", upload, name="firm-list-upload"),
    path("firm_lists/<uuid:uid>/firms.xlsx", download, name="firm-list-download"),
    path("points_statements/<uuid:uid>/statement.docx", statement_file, name="points-statement"),
    path("points_statements/<uuid:uid>/read/", statement_read, name="points-statement-read"),
    path("bodies/<uuid:uid>/finance-products/", products, name="firm-products"),
    path("finance_products/<uuid:uid>/firms/", fitting, name="product-firms"),
    path("investments/report/", funds, name="funds-report"),
    path("tax_referrals/guide/", tax_guide, name="tax-guide"),
]
