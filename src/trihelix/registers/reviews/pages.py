"""Pages of reviews: assign, one run, progress and ranking for the office; the reviewer's page by signed link."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trihelix.engines import allocation
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock, files
from trihelix.kernel.action import find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.experts.models import Expert
from trihelix.registers.reviews import links, panels, queries, rulebook, sheets
from trihelix.registers.reviews.actions.panels import run_of
from trihelix.registers.reviews.flow import OFFICE
from trihelix.registers.reviews.models import Conflict, Item, ReviewLink, Round, Seat

READING = ("invited", "accepted", "submitted")
CLASSES = register_of("experts").column("kind").choices  # type: ignore[union-attr]


def _round(request: HttpRequest, uid: uuid.UUID) -> Round:
    record = find(register_of("review_rounds"), uid, request.actor)
    if not request.actor.roles & {*OFFICE, "auditor", "leader", "discipline", "admin"}:
        raise Denied(Problem("denied", "专家分配与评审进度只向组织方与监督岗位开放", field="page"))
    return Round.objects.get(record=record)


@require_safe
def assign(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The pool by class and field, conflicts with their sources, runs side by side; ``left`` and ``right`` choose two to compare."""
    entry = _round(request, uid)
    board = queries.board(entry, clock.today())
    chosen = [_number(request, name) for name in ("left", "right") if request.GET.get(name)]
    two = [s for n in chosen for s in board["runs"] if s["run"].number == n]
    context = {
        **board, "picks": _picks(entry, board), "entry": entry, "record": entry.record, "register": register_of("review_rounds"), "compared": two if len(two) == 2 else [], "classes_of": CLASSES,
        "reasons": sheets.REASONS, "drafting": entry.state == "drafting", "may": bool(request.actor.roles & set(OFFICE)), "moved": _moved(two),
    }  # fmt: skip
    return render(request, "reviews/assign.html", context)


def _picks(entry: Round, board: dict[str, Any]) -> dict[str, list[tuple[Expert, str]]]:
    """Experts of the pool who are left out though they are there, by class: whom a cure that asks for more experts may let in."""
    out: dict[str, list[tuple[Expert, str]]] = {}
    today = clock.today()
    for expert, reason in board["left"]:
        if not panels.away(expert, today, entry.closes_on or today) and expert.max_load > expert.busy:
            out.setdefault(expert.kind, []).append((expert, reason))
    return out


def _moved(two: list[dict[str, Any]]) -> int | None:
    """Seats in which two runs differ."""
    if len(two) != 2:
        return None
    left, right = ({tuple(p) for p in s["run"].answer.get("pairs") or []} for s in two)
    return len(left - right)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    if not text.isdecimal():
        raise Refused.one("bad_number", f"{name} 应为方案号", field=name, value=text)
    return int(text)


@require_safe
def show_run(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """One run: matrix, load bars, certificate, the draw record; with ``item`` and ``expert`` the exact price of that pair."""
    entry = _round(request, uid)
    run = run_of(entry.record, number)
    kinds = {e["id"]: e.get("type", "") for e in run.problem["experts"]}
    context: dict[str, Any] = {
        "entry": entry, "record": entry.record, "register": register_of("review_rounds"), "run": run, "summary": panels.summary(run, kinds), "classes_of": CLASSES,
        "matrix": queries.matrix(run, kinds), "draw": (run.answer.get("certificate") or {}).get("draw"), "verified": allocation.verify(run.problem, run.answer) if run.answer["status"] != "infeasible" and run.kind != "replace" else None,
        "drafting": entry.state == "drafting", "may": bool(request.actor.roles & set(OFFICE)),
    }  # fmt: skip
    if request.GET.get("item") and request.GET.get("expert"):
        context["why"] = _why(entry, run, request.GET["item"], request.GET["expert"])
    return render(request, "reviews/run.html", context)


def _why(entry: Round, run: Any, item: str, expert: str) -> dict[str, Any]:
    code = Item.objects.filter(round=entry.record, code=item).select_related("record").first()
    name = code.record.number if code else item
    if run.problem["objective"] == "max_expected_sum" or run.kind == "replace":
        raise Refused.one("no_price", "抽签与换人方案没有单一组合的价格，请看择优方案", field="item")
    person = Expert.objects.filter(record__number=expert).first()
    held = Record.objects.filter(number=name).first()
    clashes = Conflict.objects.filter(round=entry.record, item=held, expert=person.record if person else None, waived="").select_related(
        "source"
    )
    found = allocation.why(run.problem, name, expert)
    evidence = panels.evidence_for(held, person) if held and person else []
    return {**found, "title": held.title if held else name, "person": person, "conflicts": list(clashes), "evidence": evidence}


@require_safe
def run_file(request: HttpRequest, uid: uuid.UUID, number: int, which: str) -> HttpResponse:
    """The published files of a run: anyone may verify or replay them with ``trihelix allocate``."""
    run = run_of(_round(request, uid).record, number)
    data = run.problem if which == "problem" else run.answer
    answer = HttpResponse(json.dumps(data, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{which}-{number}.json"'
    return answer


@require_safe
def progress(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Live progress and the ranking as it stands; JSON for those who ask for it."""
    entry = _round(request, uid)
    found = queries.progress(entry.record)
    if request.GET.get("format") == "json":
        keys = ("states", "seats", "done", "percent", "items", "enterprise")
        return JsonResponse({k: found[k] for k in keys})
    ranking = entry.ranking or queries.ranked(entry)
    titles = dict(Item.objects.filter(round=entry.record).values_list("code", "record__title"))
    people = dict(Expert.objects.filter(record__expert_seats__round=entry.record).values_list("record__number", "record__title"))
    rows = [{**r, "title": titles.get(r["item"], ""), "mover_name": people.get(r["mover"], "")} for r in ranking["rows"]]
    active = ReviewLink.objects.filter(round=entry.record, revoked_at=None).select_related("expert")
    context = {
        "entry": entry, "record": entry.record, "register": register_of("review_rounds"), "progress": found, "rows": rows, "drop_from": ranking["drop_from"],
        "links": [(link, links.address_of(link)) for link in active] if request.actor.roles & set(OFFICE) else [], "states": register_of("review_seats"),
    }  # fmt: skip
    return render(request, "reviews/progress.html", context)


@require_safe
def shares(request: HttpRequest) -> HttpResponse:
    """Enterprise experts three ways: share of the pool, of the seats drawn, of the planning groups."""
    if not request.actor.sees_all:
        raise Denied(Problem("denied", "专家库统计只向主管与监督岗位开放", field="page"))
    found = queries.shares()
    rows = [(k, v, f"{100 * v['enterprise'] / v['all']:.1f}%" if v["all"] else "—") for k, v in found.items()]
    return render(request, "reviews/shares.html", {"rows": rows})


def _private(answer: Any) -> Any:
    """The address is the key: no store, no index, no referrer to other sites.

    Not ``no-referrer``: under it browsers send forms with ``Origin: null``, which the check against forged requests refuses.
    """
    answer["Cache-Control"] = "no-store, private"
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex"
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The reviewer's page: answer invitations, declare an interest, score by the sheet, submit. Works on a phone, without an account."""
    link = links.open_link(token)
    if link.opened_at is None and request.method == "GET":
        ReviewLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=clock.now())
    problems: list[Problem] = []
    posted: dict[str, Any] = {}
    if request.method == "POST":
        seat = next((s for s in queries.my_seats(link) if str(s.uid) == request.POST.get("seat")), None)
        if seat is None:
            raise Unseen(Problem("not_found", "此链接没有这一席位", field="seat"))
        try:
            _do(request, seat)
        except Refused as refused:
            problems, posted = refused.problems, {"seat": str(seat.uid), "values": request.POST}
        else:
            return _private(HttpResponseRedirect(f"/r/{token}/#s{seat.uid}"))
    context = {
        "link": link, "round": link.round.entry, "record": link.round, "seats": _shown(link, posted), "problems": problems, "token": token,
        "bad": posted.get("seat"), "blind": link.round.entry.blind,
    }  # fmt: skip
    return _private(render(request, "reviews/link.html", context, status=422 if problems else 200))


@require_POST
def upload_redacted(request: HttpRequest, uid: uuid.UUID, code: str) -> HttpResponse:
    """The office puts up the redacted file of an item."""
    entry = _round(request, uid)
    sent = request.FILES.get("file")
    if sent is None:
        raise Refused.one("no_file", "请选择要上传的文件", field="file")
    register_of("review_rounds").acts["redact_file"].run(by=request.actor, record=entry.record, item=code, stream=sent.file, name=sent.name)
    return HttpResponseRedirect(reverse("review-assign", args=[uid]))


@never_cache
@require_safe
def redacted_file(request: HttpRequest, token: str, code: str) -> HttpResponse:
    """The redacted file of an item for who holds a seat on it; nothing else of the item can be had by link."""
    link = links.open_link(token)
    seat = next((s for s in queries.my_seats(link) if s.item_code == code and s.state in READING), None)
    held = Item.objects.select_related("redacted_file").filter(round=link.round, code=code).first() if seat is not None else None
    if held is None or held.redacted_file is None or held.redacted_file.void_reason:
        raise Unseen(Problem("not_found", "此链接没有这份材料", field="code", value=code))
    stored = held.redacted_file
    raw = files.path_of(stored.sha256).read_bytes()
    if hashlib.sha256(raw).hexdigest() != stored.sha256:  # what was read when it was put up is what leaves, or nothing does
        raise Unseen(Problem("file_altered", "材料文件与上传时不一致，请联系组织方", field="code", value=code))
    return _private(FileResponse(io.BytesIO(raw), as_attachment=True, filename=stored.name, content_type=stored.mime))


def _do(request: HttpRequest, seat: Seat) -> None:
    acts, post = register_of("review_seats").acts, request.POST
    what = post.get("do", "")
    if what == "accept":
        acts["accept"].run(by=SYSTEM, record=seat.record, promise=bool(post.get("promise")))
    elif what == "decline":
        acts["decline"].run(
            by=SYSTEM, record=seat.record, interest=post.get("interest", ""), reason=post.get("reason", "") or post.get("interest", "")
        )
    elif what == "abstain":
        acts["abstain"].run(by=SYSTEM, record=seat.record, reason=post.get("reason", ""))
    elif what in ("save", "submit"):
        marks = {
            "points": {k[2:]: v.strip() for k, v in post.items() if k.startswith("p_") and v.strip()}, "gates": {k[2:]: v == "yes" for k, v in post.items() if k.startswith("g_") and v in ("yes", "no")},
            "texts": {k[2:]: v for k, v in post.items() if k.startswith("t_")},
        }  # fmt: skip
        acts[what].run(by=SYSTEM, record=seat.record, **marks)
    else:
        raise Refused.one("unknown_act", "请选择要办理的事项", field="do", value=what)


def _shown(link: ReviewLink, posted: dict[str, Any]) -> list[dict[str, Any]]:
    """Seats with their sheet filled in; in a blind round nothing of the original is even read."""
    entry = link.round.entry
    sheet = rulebook.from_json(entry.sheet)
    items = {i.record_id: i for i in Item.objects.filter(round=link.round).select_related("redacted_file")}
    out = []
    for seat in queries.my_seats(link):
        typed = posted.get("values") if posted.get("seat") == str(seat.uid) else None
        out.append(
            {
                "seat": seat, "uid": str(seat.uid), "state": seat.state, "text": _readable(seat, items[seat.item_id], blind=entry.blind), "file": _has_file(items[seat.item_id]) and seat.state in READING, "title": "" if entry.blind else seat.item.title,
                "gates": [{"id": k, "zh": zh, "en": en, "yes": _held(typed, f"g_{k}", seat.gates.get(k))} for k, zh, en in sheet.gates],
                "groups": [
                    {"zh": g.zh, "en": g.en, "weight": f"{float(g.weight * 100):g}%", "items": [{"item": i, "value": (typed or {}).get(f"p_{i.id}", seat.points.get(i.id, ""))} for i in g.items]}
                    for g in sheet.groups
                ],
                "texts": [{"id": k, "zh": zh, "en": en, "secret": c, "value": (typed or {}).get(f"t_{k}", seat.texts.get(k, ""))} for k, zh, en, c in sheet.texts],
            }
        )  # fmt: skip
    return out


def _held(typed: Any, name: str, kept: bool | None) -> bool | None:
    if typed is not None and name in typed:
        return bool(typed[name] == "yes")
    return kept


def _has_file(item: Item) -> bool:
    return item.redacted_file is not None and not item.redacted_file.void_reason


def _readable(seat: Seat, item: Item, *, blind: bool) -> str:
    """What the reviewer reads of an item: the redacted text alone in a blind round, else its open wording."""
    if blind:
        return item.redacted
    from trihelix.registers.experts.affinity import text_of

    return text_of(seat.item.entry)


BASE = "review_rounds/<uuid:uid>/"
urlpatterns = [
    path(BASE + "assign/", assign, name="review-assign"),
    path(BASE + "runs/<int:number>/", show_run, name="review-run"),
    path(BASE + "runs/<int:number>/problem.json", run_file, {"which": "problem"}, name="review-problem"),
    path(BASE + "runs/<int:number>/answer.json", run_file, {"which": "answer"}, name="review-answer"),
    path(BASE + "items/<str:code>/file/", upload_redacted, name="review-redacted"),
    path(BASE + "progress/", progress, name="review-progress"),
    path("experts/shares/", shares, name="expert-shares"),
    path("r/<str:token>/files/<str:code>/", redacted_file, name="review-file"),
    path("r/<str:token>/", by_link, name="review-link"),
]
