"""Pages of the dispatch of a batch, for the office: posts with candidates and reasons, runs side by side, one run with price and proof."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from trihelix.engines import allocation
from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock
from trihelix.kernel.action import find
from trihelix.kernel.errors import Denied
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.secondments import dispatch, queries, sheets
from trihelix.registers.secondments.actions import dispatch as acts
from trihelix.registers.secondments.flow import DESK
from trihelix.registers.secondments.models import Batch, Dispatch, HomeAnswer

SHOWN_POSTS, SHOWN_PEOPLE = 60, 5
REASONS = {
    "tie": "与接收单位有股权、控制或任职关系", "declined": "此前未成", "office": "经办认定不宜", "field": "领域不符", "no_consent": "派出单位尚未同意",
}  # fmt: skip


def _batch(request: HttpRequest, uid: uuid.UUID) -> Batch:
    record = find(register_of("secondment_batches"), uid, request.actor)
    if not request.actor.roles & {*DESK, "auditor", "leader", "discipline", "admin"}:
        raise Denied(Problem("denied", "整批分配只向主管部门与监督岗位开放", field="page"))
    return Batch.objects.get(record=record)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    if not text.isdecimal():
        raise Refused.one("bad_number", f"{name} 应为方案号", field=name, value=text)
    return int(text)


def _common(request: HttpRequest, entry: Batch) -> dict[str, Any]:
    return {
        "entry": entry, "record": entry.record, "register": register_of("secondment_batches"), "may": bool(request.actor.roles & set(DESK)),
        "open": entry.state in ("planned", "open"), "objectives": acts.OBJECTIVES, "divisions": sheets.DIVISIONS, "reasons": REASONS,
    }  # fmt: skip


def _posts(case: dispatch.Case) -> list[dict[str, Any]]:
    """Posts with their best candidates, each with what speaks for the pair and what forbids it."""
    out = []
    for post in list(case.posts.values())[:SHOWN_POSTS]:
        pairs = sorted((p for p in case.score if p[0] == post.pk), key=lambda p: (-case.score[p], case.people[p[1]].record.number))
        rows = [
            {
                "person": case.people[b], "score": case.score[a, b], **case.why[a, b], "against": [REASONS[k] for k in case.against.get((a, b), ())],
                "reasons": case.evidence.reasons(queries.wording(post), b, 3),
            }
            for a, b in pairs[:SHOWN_PEOPLE]
        ]  # fmt: skip
        out.append(
            {"post": post, "places": case.places[post.pk], "city": queries.city_of(post.record.owner), "rows": rows, "count": len(pairs)}
        )
    return out


def _cure_words(cure: dict[str, Any], run: Dispatch) -> str:
    """One changed option in words."""
    name, value = next(iter(cure.items()))
    columns = {c.name: c for c in acts.ASKED}
    old = run.options.get(name)
    if name == "objective":
        return f"目标改为“{acts.OBJECTIVES[value][0]}”"
    if name == "consent":
        return "派出单位未反对即可"
    if isinstance(old, bool):
        return f"不再要求“{columns[name].zh}”"
    return f"“{columns[name].zh}”由 {old} 改为 {'不限' if value is None else value}"


@require_safe
def board(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Posts × candidates with reasons, homes' answers, runs; ``left`` and ``right`` choose two to compare."""
    entry = _batch(request, uid)
    case = dispatch.gather(entry, dispatch.Options(), request.actor)
    runs = [dispatch.summary(r) for r in Dispatch.objects.filter(batch=entry.record)]
    for s in runs:
        s["words"] = [_cure_words(c, s["run"]) for c in s["cures"]]
    chosen = [_number(request, name) for name in ("left", "right") if request.GET.get(name)]
    two = [s for n in chosen for s in runs if s["run"].number == n]
    context = {
        **_common(request, entry), "posts": _posts(case), "post_count": len(case.posts), "people_count": len(case.people), "left_out": case.left_out, "runs": runs,
        "compared": two if len(two) == 2 else [], "moved": _moved(two), "answers": list(HomeAnswer.objects.filter(batch=entry.record).select_related("person__owner")[:200]),
        "room": dispatch.room(entry, clock.today()),
    }  # fmt: skip
    return render(request, "secondments/dispatch.html", context)


def _moved(two: list[dict[str, Any]]) -> int | None:
    """People whom two runs place differently."""
    if len(two) != 2:
        return None
    left, right = ({tuple(p) for p in s["run"].answer.get("pairs") or []} for s in two)
    return len({e for _, e in left ^ right})


@require_safe
def show_run(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """One run: pairs with reasons, certificate; with ``post`` and ``person`` the exact price of that pair, or what forbids it."""
    entry = _batch(request, uid)
    run = acts.run_of(entry.record, number)
    solved = run.answer["status"] != "infeasible"
    context: dict[str, Any] = {
        **_common(request, entry), "run": run, "summary": dispatch.summary(run), "rows": dispatch.rows_of(run, request.actor), "verified": allocation.verify(run.problem, run.answer) if solved else None,
    }  # fmt: skip
    if request.GET.get("post") and request.GET.get("person"):
        context["why"] = _why(run, request.GET["post"].strip(), request.GET["person"].strip())
    return render(request, "secondments/dispatch_run.html", context)


def _why(run: Dispatch, post: str, person: str) -> dict[str, Any]:
    """The engine's answer on a pair with the titles of both."""
    found = allocation.why(run.problem, post, person)
    titles = dict(Record.objects.filter(number__in=(post, person)).values_list("number", "title"))
    against = [REASONS.get(k, k) for i, e, k in run.problem["conflicts"] if (i, e) == (post, person)]
    return {**found, "post_title": titles.get(post, post), "person_title": titles.get(person, person), "against": against}


@require_safe
def run_file(request: HttpRequest, uid: uuid.UUID, number: int, which: str) -> HttpResponse:
    """The files of a run: anyone who holds both may verify them with ``trihelix allocate``."""
    run = acts.run_of(_batch(request, uid).record, number)
    data = {"problem": run.problem, "answer": run.answer, "certificate": run.answer.get("certificate")}[which]
    answer = HttpResponse(json.dumps(data, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{which}-{number}.json"'
    return answer


BASE = "secondment_batches/<uuid:uid>/dispatch/"
urlpatterns = [
    path(BASE, board, name="secondment-dispatch"),
    path(BASE + "<int:number>/", show_run, name="secondment-dispatch-run"),
    path(BASE + "<int:number>/problem.json", run_file, {"which": "problem"}, name="secondment-problem"),
    path(BASE + "<int:number>/answer.json", run_file, {"which": "answer"}, name="secondment-answer"),
    path(BASE + "<int:number>/certificate.json", run_file, {"which": "certificate"}, name="secondment-certificate"),
]
