"""Checks of a submitted application: unit, recommending unit, form with one correction round, integrity and similar wording."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from typing import Any

from trihelix.engines.schemes import Scheme
from trihelix.engines.sheets import Column
from trihelix.kernel import book, clock, index
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.ticks import tick
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.actions.applications import in_time, move
from trihelix.registers.programmes.actions.submission import checked, eligibility, fix_version
from trihelix.registers.programmes.models import Application

NOTE = Column("note", "longtext", "意见", "Note")


@action("applications", "unit_approve", "单位审核通过", "Unit approves", fields=(NOTE,))
def unit_approve(a: Run, application: Application, *, note: str = "") -> None:
    """The unit answers for the application."""
    move(a, application, queries.scheme_of(application), "unit_check")


@action("applications", "unit_return", "单位退回", "Unit returns")
def unit_return(a: Run, application: Application) -> None:
    """The unit sends the draft back."""


@action("applications", "recommend", "推荐", "Recommend", fields=(NOTE,))
def recommend(a: Run, application: Application, *, note: str = "") -> None:
    """The recommending unit recommends."""
    move(a, application, queries.scheme_of(application), "recommendation")


@action("applications", "recommend_refuse", "推荐单位退回", "Return")
def recommend_refuse(a: Run, application: Application) -> None:
    """The recommending unit sends it back with a reason."""


@action("applications", "form_pass", "形式审查通过", "Pass the form check", fields=(NOTE,))
def form_pass(a: Run, application: Application, *, note: str = "") -> None:
    """The form is in order; similar applications are looked up on the way (a hint, never a refusal)."""
    scheme = queries.scheme_of(application)
    application.similar = similar(application, scheme, a.by)
    move(a, application, scheme, "form_check")


@action("applications", "form_return", "退回补正", "Return for correction", fields=(
    Column("fields", "list", "须补正的字段", "Fields", required=True), Column("note", "longtext", "补正要求", "What to correct", required=True),
))  # fmt: skip
def form_return(a: Run, application: Application, *, fields: list[str], note: str) -> None:
    """Return once for correction of named fields by a named day. Refuses a second round and unknown fields."""
    scheme = queries.scheme_of(application)
    done = int(application.correction.get("round") or 0)
    a.require(
        done < scheme.get("correction.rounds"),
        "rounds_used",
        f"补正最多 {scheme.get('correction.rounds')} 轮",
        field="state",
        clause="补正一次",
    )
    form = queries.form_of(application, scheme)
    unknown = [f for f in fields if form.field(f) is None]
    a.require(not unknown, "unknown_field", f"申报表没有字段：{'、'.join(unknown)}", field="fields", value=unknown)
    due = book.current().calendar.add(a.today, scheme.get("correction.days"), kind=scheme.get("correction.kind")).date
    application.correction = {
        "round": done + 1,
        "fields": fields,
        "note": note,
        "due": due.isoformat(),
        "before": {f: application.answers.get(f) for f in fields},
    }
    a.notify(f"请于 {due} 前补正：{application.title}（{note}）", roles=("owner",), en=f"Correct by {due}: {application.title}")


@action("applications", "correct", "提交补正", "Submit the correction")
def correct(a: Run, application: Application) -> None:
    """Submit the correction; the difference is kept. Refuses after the named day and when nothing changed."""
    in_time(a, application)
    scheme = queries.scheme_of(application)
    answers = checked(application, scheme)
    before = application.correction.get("before") or {}
    changed = {k: [v, application.answers.get(k)] for k, v in before.items() if application.answers.get(k) != v}
    a.require(changed, "nothing_changed", "指定的字段没有改动", field="answers")
    application.correction = {**application.correction, "changed": changed}
    facts = queries.case_facts(application, scheme, answers, a.today)
    application.checks = eligibility(application, scheme, answers, facts, a.today)
    fix_version(a, application, "correct")


@action("applications", "correction_lapse", "逾期未补正", "Correction lapsed")
def correction_lapse(a: Run, application: Application) -> None:
    """The named day passed without a correction. Refuses before it."""
    a.require(a.today.isoformat() > str(application.correction.get("due") or ""), "not_over", "补正期限未到", field="state")


@action(
    "applications",
    "screen_pass",
    "核查通过",
    "Pass the screening",
    fields=(NOTE, Column("similar_read", "boolean", "已人工核对相似项", "Similar ones were read")),
)
def screen_pass(a: Run, application: Application, *, note: str = "", similar_read: bool = False) -> None:
    """Integrity checked again on the day; similar applications, if any, must have been read by a person."""
    scheme = queries.scheme_of(application)
    held = queries.bars([application.leader_id, a.record.owner_id, application.payee_id], a.today).first()
    a.require(held is None, "barred", f"在有效期内的失信限制：{held.basis if held else ''}", clause="科研诚信")
    a.require(
        not application.similar or similar_read,
        "similar_unread",
        "存在相似申报，请对照阅读后勾选“已人工核对”",
        field="similar_read",
        clause="查重提示",
    )
    move(a, application, scheme, "screening")


@action("applications", "find_similar", "查重", "Look for similar ones", roles=("officer", "operator"))
def find_similar(a: Run, application: Application) -> None:
    """Look the wording up again; a hint for a person, never a refusal."""
    application.similar = similar(application, queries.scheme_of(application), a.by)


def similar(application: Application, scheme: Scheme, by: Any) -> list[dict[str, Any]]:
    """Earlier applications and projects whose wording is close, with the passages side by side."""
    floor = float(scheme.get("similarity.flag"))
    own = queries.caption(application)
    hits = index.similar(own, kinds=("applications", "projects", "results"), by=by, k=6)
    near = [h for h in hits if h["uid"] != str(application.record.uid) and h["closeness"] >= floor]
    others = {str(r.uid): r for r in Record.objects.filter(uid__in=[h["uid"] for h in near])} if near else {}
    out = []
    for hit in near:
        other = others.get(hit["uid"])
        if other is not None:
            out.append(
                {
                    "uid": hit["uid"],
                    "number": other.number,
                    "title": other.title,
                    "share": round(hit["closeness"], 3),
                    "passages": passages(own, other),
                }
            )
    return out


def passages(own: str, other: Record) -> list[list[str]]:
    """Up to five pairs of sentences that are most alike."""
    theirs = (
        queries.caption(other.entry)
        if other.register == "applications"
        else "\n".join(str(v) for v in vars(other.entry).values() if isinstance(v, str) and len(v) > 20)
    )
    left, right = ([s for s in re.split(r"[。；\n]", t) if len(s) > 8][:60] for t in (own, theirs))
    pairs = [(difflib.SequenceMatcher(None, x, y).ratio(), x, y) for x in left for y in right]
    return [[x[:300], y[:300]] for r, x, y in sorted(pairs, reverse=True)[:5] if r >= 0.5]


@tick("applications_clock", every=3600)
def lapse_due(now: dt.datetime) -> int:
    """Lapse corrections past their day."""
    day = clock.local_date(now).isoformat()
    late = [x for x in Application.objects.filter(record__state="correction") if str(x.correction.get("due") or "9") < day]
    return sum(1 for x in late if correction_lapse(by=SYSTEM, record=x.record, now=now))
