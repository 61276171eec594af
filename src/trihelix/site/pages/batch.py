"""One act on a filtered list: the count is shown, one confirmation, each record through its own action, a report of what was refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import jobs, teams, waits
from trihelix.kernel.errors import Unseen
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import Act, Register
from trihelix.site import display, forms
from trihelix.site.listing import Listing
from trihelix.site.pages.desk import signed_in

AT_ONCE, MOST = 50, 5000
TEAM = ("label", "remind", "assign")  # what teams do beside the acts of the register


def possible(register: Register) -> list[Act]:
    """The acts that make sense on many records: not those that start a record, edit its sheet or carry a file."""
    return [a for a in register.acts.values() if not a.creates and not a.hidden and a.act != "change"]


@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HttpRequest, register: Register) -> HttpResponse:
    """Choose an act, fill it in, see how many records it concerns, confirm once, read the report."""
    actor = signed_in(request)
    address = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    params = QueryDict(address, mutable=True)
    what = request.POST.get("act") or params.pop("act", [""])[-1]
    listing = Listing.of(register, actor, params)
    rows = listing.queryset()
    if listing.problems:
        raise Refused.of(listing.problems)
    count = rows.count()
    spec = next((a for a in possible(register) if a.act == what), None)
    if what and spec is None and what not in TEAM:
        raise Unseen(Problem("unknown_act", f"{register.zh}没有可批量办理的 “{what}”", field="act", value=what))
    form = forms.build(spec.fields, {}) if spec else None
    context: dict[str, Any] = {
        "register": register, "count": count, "query": urlencode([(n, v) for n in params for v in params.getlist(n)]), "acts": possible(register), "what": what,
        "spec": spec, "form": form, "problems": [], "labels": form.labels if form else {}, "people": _people(actor) if what == "assign" else [],
        "team": [("label", _("加标签")), ("remind", _("催办")), ("assign", _("分派待办"))], "most": MOST,
    }  # fmt: skip
    if request.method == "POST" and what:
        if count > MOST:
            raise Refused.one("too_many", f"一次最多 {MOST} 条，请先收窄筛选", field="count", value=count)
        ids = list(rows.values_list("record_id", flat=True))
        if request.POST.get("count") != str(count):
            context["problems"] = [
                Problem(
                    "count_changed", f"列表在确认前有变化（原 {request.POST.get('count')} 条，现 {count} 条），请再次确认", field="count"
                )
            ]
            return render(request, "trihelix/batch.html", context, status=409)
        return _team(request, register, what, ids, context) if what in TEAM else _act(request, register, spec, ids, context)
    return render(request, "trihelix/batch.html", context)


def _people(actor: Any) -> list[User]:
    scopes = [*actor.bodies, *actor.node_ids, *([None] if actor.sees_all else [])]
    found: dict[int, User] = {}
    for scope in scopes[:20]:
        found |= {u.pk: u for u in teams.colleagues(actor, scope)[:100]}
    return sorted(found.values(), key=lambda u: u.display_name)


def _act(request: HttpRequest, register: Register, spec: Any, ids: list[int], context: dict[str, Any]) -> HttpResponse:
    form, _values = forms.bind(spec.fields, request.POST)
    if form.problems:
        return render(request, "trihelix/batch.html", {**context, "form": form, "problems": form.problems}, status=422)
    given = forms.read_raw(spec.fields, request.POST)
    given = {k: v for k, v in given.items() if v not in ("", [], None)}
    reason = request.POST.get("reason", "")
    title = _("%(act)s：%(name)s %(n)d 条") % {"act": display.words(spec), "name": display.words(register), "n": len(ids)}
    if len(ids) > AT_ONCE:
        payload = {"register": register.id, "act": spec.act, "records": ids, "values": given, "reason": reason}
        job = jobs.start(by=request.actor, kind="batch", title=title, payload=payload, total=len(ids))
        return HttpResponseRedirect(reverse("job", args=[job.uid]))
    result = jobs.act_on(request.actor, register.id, spec.act, ids, given, reason)
    return render(request, "trihelix/batch_report.html", {**context, "title": title, "result": result})


def _team(request: HttpRequest, register: Register, what: str, ids: list[int], context: dict[str, Any]) -> HttpResponse:
    done, refused = 0, []
    to = User.objects.filter(username=request.POST.get("to", ""), is_active=True).first() if what == "assign" else None
    if what == "assign" and to is None:
        raise Refused.one("required", "请选择同事", field="to")
    for record in Record.objects.filter(pk__in=ids):
        try:
            done += _team_one(request, what, record, to)
        except Refused as refusal:
            refused.append(
                {
                    "number": record.number,
                    "title": record.title,
                    "uid": str(record.uid),
                    "message": "；".join(p.message for p in refusal.problems),
                }
            )
    title = dict(context["team"])[what]
    return render(
        request,
        "trihelix/batch_report.html",
        {**context, "title": title, "result": {"done": done, "refused": refused, "refused_count": len(refused)}},
    )


def _team_one(request: HttpRequest, what: str, record: Record, to: User | None) -> int:
    actor = request.actor
    if what == "label":
        teams.put_label(by=actor, record=record, word=request.POST.get("word", ""))
        return 1
    if what == "remind":
        if not actor.roles_on(record):
            raise Refused.one("denied", "只有本案各方可以催办", field="act")
        if not teams.remind(by=actor, record=record):
            raise Refused.one("nothing_waits", "没有等待办理的事项", field="act")
        return 1
    held = list(waits.mine(actor).filter(record=record))
    if not held or to is None:
        raise Refused.one("nothing_waits", "您的收件箱里没有此记录的待办", field="wait")
    for wait in held:
        teams.assign(by=actor, wait=wait.pk, to=to)
    return 1
