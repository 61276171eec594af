"""The policy check-up of a firm, one rule over many firms, and a rule as people read it."""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trihelix.engines import sheets as files
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import Column, Sheet
from trihelix.kernel import book, bookfiles, clock
from trihelix.kernel.action import find
from trihelix.kernel.actor import entries
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.register import register_of
from trihelix.registers.parties.models import Body
from trihelix.registers.policies import queries, report, rulebook
from trihelix.registers.policies.models import CheckUp
from trihelix.registers.policies.rulebook import rules

FILE_MAX = 1 << 20
BATCH = Sheet(
    "batch",
    (
        Column("number", "text", "单位编号", "Number"), Column("title", "text", "企业", "Firm"), Column("division", "text", "区划", "Division"),
        Column("verdict", "text", "结论", "Verdict"), Column("failed", "text", "未过条款", "Failed"), Column("missing", "text", "缺少信息", "Missing"),
        Column("steps", "text", "差的一步", "One step"), Column("errors", "text", "数据有误", "Wrong facts"),
    ),
)  # fmt: skip


def _on(request: HttpRequest) -> dt.date:
    text = request.GET.get("on", "")
    try:
        return dt.date.fromisoformat(text) if text else clock.today()
    except ValueError:
        raise Refused.one("bad_date", f"“{text}” 不是日期，请写成 2026-05-01", field="on", value=text) from None


def _firm(request: HttpRequest, uid: uuid.UUID) -> Body:
    """The firm, if the viewer works for it, its node, or the departments: figures of a firm are not for strangers."""
    body = entries(request.actor, Body).get(record=find(register_of("bodies"), uid, request.actor))
    actor = request.actor
    if not (actor.sees_all or body.record.pk in actor.bodies or body.record.node_id in actor.node_ids):
        raise Denied(Problem("denied", "政策体检只对本企业、所属站点与主管部门开放", field="page"))
    return body


def _typed(request: HttpRequest, known: set[str]) -> dict[str, Any]:
    """What was typed on the page: ``f.KEY=value``; blanks are left out, a list is split at ``;``."""
    out: dict[str, Any] = {}
    for name, value in request.GET.items():
        key, text = name.removeprefix("f."), value.strip()
        if not name.startswith("f.") or not text:
            continue
        if key not in known:
            raise Refused.one("unknown_key", f"没有项目 “{key}”", field=key, value=value)
        out[key] = {"true": True, "false": False}.get(text, [v.strip() for v in text.split(";")] if ";" in text else text)
    return out


@require_safe
def check_up(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """All rules at once in four columns, with typed facts and "what if" values from the address."""
    body, on = _firm(request, uid), _on(request)
    inputs = {k: one for rule in queries.firm_rules() for k, one in rule.inputs.items()}
    typed = _typed(request, set(inputs))
    columns = queries.check_up(body.record, on, typed)
    wanted = sorted({k for rows in columns.values() for r in rows if r["answer"] for k in r["answer"].missing[:3]})
    context = {
        "body": body, "record": body.record, "register": register_of("bodies"), "on": on, "typed": typed,
        "columns": [(_(name), key, columns[key]) for key, name in (("met", "符合"), ("near", "差一步"), ("not_met", "不符合"), ("unknown", "待补信息"))],
        "asked": [(inputs[k], request.GET.get(f"f.{k}", "")) for k in dict.fromkeys([*typed, *wanted])], "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "policies/check_up.html", context)


@require_safe
def check_up_pdf(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The check-up as the page shows it, as a PDF: all rules, clause trees, figures and sources, missing inputs."""
    body, on = _firm(request, uid), _on(request)
    typed = _typed(request, {k for rule in queries.firm_rules() for k in rule.inputs})
    rows = report.stored_rows(queries.check_up(body.record, on, typed))
    return _pdf(body.record.title, body.record.number, on, rows, typed, body.record.synthetic)


@require_safe
def report_pdf(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A kept check-up as a PDF, by the rules and facts of its day."""
    kept = entries(request.actor, CheckUp).get(record=find(register_of("check_ups"), uid, request.actor))
    return _pdf(kept.record.owner.title, kept.record.number, kept.on, kept.rows, kept.typed, kept.record.synthetic)


def _pdf(title: str, number: str, on: dt.date, rows: list[dict[str, Any]], typed: dict[str, Any], synthetic: bool) -> HttpResponse:
    made = report.paper(title, number, on, rows, typed, "演示数据（合成）" if synthetic else "")
    return HttpResponse(made, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="check-up.pdf"'})


@require_POST
def check_up_keep(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Keep what the page shows as a report, and share it with the node where asked."""
    body, on = _firm(request, uid), _on(request)
    typed = _typed(request, {k for rule in queries.firm_rules() for k in rule.inputs})
    acts = register_of("check_ups").acts
    with transaction.atomic():
        kept = acts["create"].run(by=request.actor, owner=str(body.record.uid), on=on, facts=typed)
        if request.POST.get("share"):
            acts["share"].run(by=request.actor, record=kept.record.uid)
    return HttpResponseRedirect(f"/check_ups/{kept.record.uid}/")


@require_safe
def trace(request: HttpRequest, uid: uuid.UUID, rule: str) -> HttpResponse:
    """One rule for one firm: the clause tree with figures, sources, margins, and what would change it."""
    body, on, table = _firm(request, uid), _on(request), rules()
    if rule not in table.rules:
        raise Unseen.record("规则", rule)
    one = table.rule(rule)
    typed = _typed(request, set(one.inputs) | {k for r in table.rules.values() for k in r.inputs})
    from trihelix.registers.policies import facts as known

    facts = known.of_firm(rule, body.record, on, {k: v for k, v in typed.items() if k in one.inputs})
    context: dict[str, Any] = {
        "body": body,
        "record": body.record,
        "rule": one,
        "on": on,
        "facts": facts,
        "query": request.GET.urlencode(),
        "problems": [],
        "labels": {},
    }
    try:
        context["answer"] = table.check(rule, facts, on)
    except Refused as refusal:
        context["problems"] = refusal.problems
    context["inputs"] = [(i, facts.get(k, {}), request.GET.get(f"f.{k}", "")) for k, i in one.inputs.items()]
    return render(request, "policies/trace.html", context)


@require_safe
def batch(request: HttpRequest) -> HttpResponse | FileResponse:
    """One rule over all firms of a place, filtered, exported with reasons."""
    if not (request.actor.sees_all or request.actor.node_ids):
        raise Denied(Problem("denied", "批量体检由站点与主管部门使用", field="page"))
    table, on = rules(), _on(request)
    rule = request.GET.get("rule", "tech-sme")
    table.rule(rule)
    division, column = request.GET.get("division", "22"), request.GET.get("column", "")
    rows = [r for r in queries.batch(rule, request.actor, division, on) if not column or r["column"] == column]
    if request.GET.get("format") == "xlsx":
        return _export(rows)
    context = {
        "rows": rows, "rule": rule, "rules": [r for r in table.rules.values() if r in queries.firm_rules()], "on": on, "division": division, "column": column,
        "divisions": [("22", "吉林省"), *((c.code[:4], c.zh) for c in book.current().codes["divisions"].active() if c.code.endswith("00") and c.code != "220000")],
        "register": register_of("bodies"), "counts": {c: sum(r["column"] == c for r in rows) for c in queries.COLUMNS}, "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "policies/batch.html", context)


def _export(rows: list[dict[str, Any]]) -> FileResponse:
    out = Path(tempfile.mkdtemp()) / "check-up.xlsx"
    files.write(
        BATCH,
        (
            {
                "number": r["body"].record.number, "title": r["body"].record.title, "division": r["body"].division, "verdict": r["column"],
                "failed": "；".join(r["failed"]), "missing": "；".join(r["missing"]), "steps": "；".join(report.change_text(s) for s in r["steps"]),
                "errors": "；".join(str(e) for e in r["errors"]),
            }
            for r in rows
        ),
        out,
    )  # fmt: skip
    return FileResponse(out.open("rb"), as_attachment=True, filename="check-up.xlsx")


@require_safe
def rule_page(request: HttpRequest, rule: str) -> HttpResponse:
    """A rule as people read it: clauses, bands, parameters with dates and sources, unverified values marked."""
    table = rules()
    if rule not in table.rules:
        raise Unseen.record("规则", rule)
    one = table.rule(rule)
    return render(
        request,
        "policies/rule.html",
        {"rule": one, "version": one.on(_on(request)) or one.versions[-1], "on": _on(request), "register": register_of("rule_changes")},
    )


@require_safe
def rule_file(request: HttpRequest, rule: str) -> HttpResponse:
    """The rule in force as a file of the book: download, edit, hand in again."""
    return bookfiles.offered(rulebook.current_text(rule), rule)


@require_POST
def rule_upload(request: HttpRequest) -> HttpResponse:
    """An edited rule file becomes proposals, all or none; a second person still confirms each."""
    text, name = bookfiles.handed_in(request, "规则", FILE_MAX)
    propose = register_of("rule_changes").acts["create"].run
    with transaction.atomic():
        made = [propose(by=request.actor, **values) for values in rulebook.proposals_from(text, name)]
    return HttpResponseRedirect(f"/rule_changes/?rule={made[0].rule}")


@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """The rules of the book."""
    return render(request, "policies/rules.html", {"rules": sorted(rules().rules.values(), key=lambda r: (r.group, r.id))})


urlpatterns = [
    path("bodies/<uuid:uid>/check-up/", check_up, name="check-up"),
    path("bodies/<uuid:uid>/check-up.pdf", check_up_pdf, name="check-up-pdf"),
    path("bodies/<uuid:uid>/check-up/keep/", check_up_keep, name="check-up-keep"),
    path("check_ups/<uuid:uid>/report.pdf", report_pdf, name="check-up-report"),
    path("bodies/<uuid:uid>/check-up/<slug:rule>/", trace, name="check-up-rule"),
    path("policies/batch/", batch, name="check-up-batch"),
    path("policies/rules/", rule_list, name="rule-list"),
    path("policies/rules/upload/", rule_upload, name="rule-upload"),
    path("policies/rules/<slug:rule>.yaml", rule_file, name="rule-file"),
    path("policies/rules/<slug:rule>/", rule_page, name="rule"),
]
