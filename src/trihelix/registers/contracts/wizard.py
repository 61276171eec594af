"""Pages of contract texts: the wizard clause by clause, versions compared, Word files, the signed bundle, the authority's certificate."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from trihelix.engines.contracts import signed_text
from trihelix.engines.contracts.drafting import compare as compare_texts
from trihelix.engines.documents import html_body, parse
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel.action import find, may
from trihelix.kernel.actor import entries
from trihelix.kernel.errors import Denied
from trihelix.kernel.register import register_of
from trihelix.registers.contracts import drafts, queries, signing
from trihelix.registers.contracts.models import ContractDraft, DraftVersion

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _draft(request: HttpRequest, uid: uuid.UUID) -> ContractDraft:
    """The text, when its confidential parts are open to the viewer."""
    actor = request.actor  # type: ignore[attr-defined]
    found: ContractDraft = (
        entries(actor, ContractDraft).select_related("record").get(record=find(register_of("contract_drafts"), uid, actor))
    )
    if queries.readable_deal(found, actor) is None:
        raise Denied(Problem("nda_first", "双方签署保密约定后才能查看合同文本", field="deal", clause="保密约定"))
    return found


def _version(draft: ContractDraft, number: Any) -> DraftVersion:
    if not str(number).isdigit():
        raise Refused.one("bad_version", f"“{number}” 不是版本号", field="version", value=str(number))
    found = draft.versions.filter(version=int(number)).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def wizard(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Clause by clause: what the parties wrote, what the law fills in, what is missing and why it matters. A POST saves what changed."""
    draft, actor = _draft(request, uid), request.actor  # type: ignore[attr-defined]
    register = register_of("contract_drafts")
    spec = register.acts["fill_clause"]
    problems: list[Problem] = []
    if request.method == "POST":
        held = {row["clause"]: row["text"] for row in draft.clauses}
        given = {k[7:]: v.replace("\r\n", "\n").strip() for k, v in request.POST.items() if k.startswith("clause:")}
        try:
            for clause, text in given.items():
                if text != held.get(clause, ""):
                    spec.run(by=actor, record=draft.record.uid, clause=clause, text=text)
        except Refused as refusal:
            problems = list(refusal.problems)
        if not problems:
            messages.success(request, _("条款已保存。"))
            return redirect("contract-wizard", uid=draft.record.uid)
        draft = _draft(request, uid)
    kind = drafts.template(draft)
    hints = {c.id: c for c in kind.of(draft.subkind)}
    written = {row["clause"]: row["text"] for row in draft.clauses}
    rows = [
        {"line": x, "clause": hints[x.id], "written": written.get(x.id, ""), "rule": hints[x.id].rule(draft.subkind)}
        for x in queries.clause_lines(draft)
    ]
    context = {
        "register": register, "record": draft.record, "entry": draft, "rows": rows, "problems": problems, "can": may(register, spec, actor, draft.record) and draft.record.state == "drafting",
        "missing": [r for r in rows if r["line"].origin == "missing"], "heading": drafts.title_of(draft),
    }  # fmt: skip
    return render(request, "contracts/wizard.html", context, status=422 if problems else 200)


@require_safe
def text(request: HttpRequest, uid: uuid.UUID, version: int) -> HttpResponse:
    """A version as a page, with its hash and who confirmed and signed it."""
    draft = _draft(request, uid)
    found = _version(draft, version)
    context = {
        "register": register_of("contract_drafts"), "record": draft.record, "version": found, "body": html_body(parse(found.text)),
        "signatures": [{"row": s, "fault": signed_text.fault_of(s.envelope, found.sha256)} for s in found.signatures.all()],
    }  # fmt: skip
    return render(request, "contracts/text.html", context)


@require_safe
def word(request: HttpRequest, uid: uuid.UUID, version: int) -> HttpResponse:
    """A version as a Word file."""
    found = _version(_draft(request, uid), version)
    answer = HttpResponse(drafts.word(found), content_type=WORD)
    answer["Content-Disposition"] = f'attachment; filename="{found.draft.record.number}-v{found.version}.docx"'
    return answer


@require_safe
def compare(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Two versions, clause by clause; by default the last two."""
    draft = _draft(request, uid)
    versions = list(draft.versions.all())
    if len(versions) < 2:
        raise Refused.one("two_versions_needed", "至少有两个版本才能对比", field="version")
    old = _version(draft, request.GET.get("old") or versions[-2].version)
    new = _version(draft, request.GET.get("new") or versions[-1].version)
    rows = compare_texts(*([(x["id"], x["title"], x["text"]) for x in v.lines] for v in (old, new)))
    context = {
        "register": register_of("contract_drafts"), "record": draft.record, "versions": versions, "old": old, "new": new, "rows": rows,
        "changed": sum(r.kind != "same" for r in rows),
    }  # fmt: skip
    return render(request, "contracts/compare.html", context)


@require_safe
def bundle(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The signed text with its signatures, to be checked off-line by ``trihelix verify``."""
    draft = _draft(request, uid)
    version = draft.versions.last()
    if draft.record.state != "signed" or version is None:
        raise Refused.one("not_signed", "双方签署后才能下载签名合同包", field="state", value=draft.record.state)
    document = {"number": draft.record.number, "version": version.version, "title": version.title}
    raw = signed_text.write(version.text, [s.envelope for s in version.signatures.all()], document, {"contract.docx": drafts.word(version)})
    answer = HttpResponse(raw, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{draft.record.number}-signed.zip"'
    return answer


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """The certificate of the house's signing authority, for everybody."""
    answer = HttpResponse(signing.root_pem(), content_type="application/x-pem-file")
    answer["X-Fingerprint-SHA256"] = signing.root_fingerprint()
    return answer


@require_safe
def start(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Choose kind and sub-kind for the text of a deal: what each is, and the form with the deal filled in."""
    deal = find(register_of("deals"), uid, request.actor)  # type: ignore[attr-defined]
    kinds = []
    for kind in drafts.recognition.contract_book().kinds.values():
        terms = drafts.templates()[kind.code]
        subkinds = [{"code": code, "name": name, "title": terms.named(terms.titles, code)} for code, name in kind.subkinds.items()]
        rules = sorted({(c.title, r.fills, r.source) for c in terms.clauses for r in c.default.values()})
        kinds.append({"kind": kind, "subkinds": subkinds, "rules": rules})
    context = {
        "register": register_of("deals"),
        "record": deal,
        "kinds": kinds,
        "new": reverse("new", args=[register_of("contract_drafts")]),
    }
    return render(request, "contracts/start.html", context)


BASE = "contract_drafts/<uuid:uid>/"
urlpatterns = [
    path("deals/<uuid:uid>/draft/", start, name="contract-start"),
    path(BASE + "wizard/", wizard, name="contract-wizard"),
    path(BASE + "versions/<int:version>/", text, name="contract-text"),
    path(BASE + "versions/<int:version>.docx", word, name="contract-word"),
    path(BASE + "compare/", compare, name="contract-compare"),
    path(BASE + "signed.zip", bundle, name="contract-signed"),
    path("contracts/signing-authority.pem", root, name="signing-authority"),
]
