"""Handing an application in: complete, eligible, within its limits; fixed under its hash, sealed where the call asks for it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.schemes import Scheme, judge
from trihelix.engines.schemes import forms as form_engine
from trihelix.kernel.action import Run, action
from trihelix.kernel.models import Record
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.actions.applications import in_time, move, refuse_clear, set_parties
from trihelix.registers.programmes.models import Application, ApplicationVersion, Project

ROLE_NAMES = {
    "applicant": "申报单位", "demand": "需求方", "taker": "揭榜方", "provider": "服务机构", "partner": "合作单位", "recommender": "推荐单位", "funder": "出资方",
}  # fmt: skip


def canonical(value: Any) -> str:
    """The text that a receipt's hash is taken of: keys sorted, UTF-8 kept."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def checked(application: Application, scheme: Scheme) -> dict[str, Any]:
    """Typed answers of a complete form; refuses with every gap. Hidden answers are dropped."""
    form = queries.form_of(application, scheme)
    read, problems = form_engine.read_answers(form, application.answers)
    problems += form_engine.missing(form, read)
    if problems:
        raise Refused.of(problems)
    kept = {f.id for f in form_engine.shown(form, read)}
    return {k: v for k, v in read.items() if k in kept}


def eligibility(
    application: Application, scheme: Scheme, answers: dict[str, Any], facts: dict[str, Any], day: dt.date
) -> list[dict[str, Any]]:
    """Every condition clause by clause: kind and place of the applicant, consortium, the scheme's own, the money rule's."""
    kinds, least, most = scheme.get("applicant.kinds"), scheme.get("consortium.min"), scheme.get("consortium.max")
    members = int(facts["members"])

    def row(key: str, text: str, holds: bool | None, **used: Any) -> dict[str, Any]:
        outcome = "unknown" if holds is None else "met" if holds else "not_met"
        return {
            "id": key,
            "text": text,
            "source": scheme.source(scheme.version.source),
            "outcome": outcome,
            "figures": used,
            "unverified": scheme.unverified("applicant"),
        }

    kind, inside = facts.get("kind"), facts.get("inside")
    out = [row("applicant_kind", f"申报单位类型为 {'、'.join(kinds)}", None if kind is None else kind in kinds, kind=kind)]
    if scheme.get("applicant.inside"):
        out.append(row("inside", "在省内注册", inside, inside=inside))
    if least > 1 or members > most:
        out.append(row("consortium", f"参加单位 {least} 至 {most} 家", least <= members <= most, members=members))
    for need in scheme.get("consortium.needs"):
        known = {"firm": facts["has_firm"], "university": facts["has_university"], "institute": facts["has_university"]}.get(need)
        out.append(row(f"needs_{need}", f"联合体须包含 {need}", known, needs=need))
    out += [o.as_json() for o in judge(scheme, scheme.conditions, facts, "submit")]
    out += queries.rule_checks(application, scheme, answers, day)
    if scheme.money is not None and application.stage == "full":
        out += [o.as_json() for o in judge(scheme, scheme.money.requires, facts)]
    return out


def refuse_barred(a: Run, application: Application, scheme: Scheme) -> None:
    """Integrity, affiliation, limits and quota: each refusal names its clause."""
    held = queries.bars([application.leader_id, a.record.owner_id, application.payee_id], a.today).select_related(None).first()
    a.require(
        held is None,
        "barred",
        f"{held.record.title if held else ''}：在有效期内的失信限制，依据 {held.basis if held else ''}，至 {held.valid_to if held else ''}",
        clause="科研诚信",
    )
    _refuse_affiliated(a, application, scheme)
    for limit in scheme.limits:
        subject = {"leader": application.leader_id, "unit": a.record.owner_id, "payee": application.payee_id}[limit.per]
        count = _counted(application, limit.per, limit.within, subject, a.today) if subject is not None else 0
        a.require(subject is None or count < limit.most, "limit", f"{limit.zh}（现有 {count}）", clause=limit.id)
    left = queries.quota_left(queries.call_of(application.call), a.record.owner_id or 0, scheme, a.today)
    a.require(left is None or left > 0, "quota", "本单位申报名额已用完或因逾期项目被核减", clause="名额与逾期")


def _refuse_affiliated(a: Run, application: Application, scheme: Scheme) -> None:
    """The pairs of roles that may not be affiliated: every partner counts, and the leader's own posts."""
    if not scheme.affiliation_ban:
        return
    taker = a.record.participants.filter(role="taker", until=None).select_related("body").first()
    roles: dict[str, list[Record | None]] = {
        "applicant": [a.record.owner],
        "demand": [application.demand],
        "provider": [application.provider],
        "recommender": [application.recommender],
        "taker": [taker.body if taker else None if application.board_id else a.record.owner],
        "partner": [link.target for link in a.record.links_out.filter(kind="partner").select_related("target").order_by("position", "pk")],
    }
    posts = tuple(scheme.get("affiliation.posts"))
    for one, other in scheme.affiliation_ban:
        for first in roles.get(one, ()):
            for second in roles.get(other, ()):
                why = queries.affiliated(first, second, posts, a.today, application.leader_id)
                a.require(not why, "affiliated", f"{ROLE_NAMES[one]}与{ROLE_NAMES[other]}{why}，不得申报", field=other, clause="关联回避")


def _counted(application: Application, per: str, within: str, subject: int | None, day: dt.date) -> int:
    held = {"leader": "leader_id", "unit": "record__owner_id", "payee": "payee_id"}[per]
    if within == "open":
        return Project.objects.filter(**{held: subject}).exclude(record__state__in=queries.ENDED).count()
    rows = Application.objects.filter(**{held: subject}, scheme=application.scheme).exclude(pk=application.pk).exclude(submitted_at=None)
    rows = rows.exclude(record__state__in=("withdrawn", "form_refused"))
    return (rows.filter(call=application.call) if within == "call" else rows.filter(submitted_at__year=day.year)).count()


def same_scheme(a: Run, application: Application) -> None:
    """The call is still one of the scheme that the draft was begun under."""
    now = queries.call_of(application.call).scheme
    a.require(now == application.scheme, "call_changed", "申报通知已改为另一计划，请新建申报", field="call")


def not_eligible(a: Run, application: Application, scheme: Scheme, answers: dict[str, Any]) -> list[Problem]:
    """The clauses that do not hold, empty where all do; every clause and the priority are kept with the case."""
    facts = queries.case_facts(application, scheme, answers, a.today)
    application.checks = eligibility(application, scheme, answers, facts, a.today)
    if scheme.priority is not None:
        found = judge(scheme, [scheme.priority], facts)[0]
        application.priority, application.priority_reason = found.outcome == "met", found.text if found.outcome == "met" else ""
    return [
        Problem(c["id"], f"不符合：{c['text']}", field=next(iter(c["figures"]), None), clause=c["source"] or c["text"], value=c["figures"])
        for c in application.checks
        if c["outcome"] == "not_met"
    ]


def accept_answers(application: Application, scheme: Scheme, answers: dict[str, Any]) -> None:
    """Keep the checked answers, without those that the form does not show."""
    application.answers = form_engine.plain_answers(queries.form_of(application, scheme), answers)
    if "requested" in answers:
        application.requested_fen = answers["requested"]


@action("applications", "submit", "提交", "Submit")
def submit(a: Run, application: Application) -> None:
    """Submit: the version is fixed under its hash, which is the receipt.

    Refuses after the deadline (by the second), an incomplete form, a clause not met, a ban, an affiliation, a limit, a used-up quota,
    and in a sealed call anything that is not encrypted.
    """
    in_time(a, application)
    scheme = queries.scheme_of(application)
    refuse_clear(a, scheme)
    answers = checked(application, scheme)
    same_scheme(a, application)
    set_parties(a, application, scheme)
    refuse_barred(a, application, scheme)
    if broken := not_eligible(a, application, scheme, answers):
        raise Refused.of(broken)
    accept_answers(application, scheme, answers)
    fix_version(a, application, "submit")
    move(a, application, scheme, "draft")
    a.notify(
        f"申报已提交，回执 {application.receipt[:16]}：{application.title}",
        roles=("owner",),
        key="receipt",
        en=f"Submitted, receipt {application.receipt[:16]}: {application.title}",
    )


def fix_version(a: Run, application: Application, why: str) -> None:
    """Fix the submitted answers under their hash, which is the receipt."""
    number = ApplicationVersion.objects.filter(application=a.record).count() + 1
    body = {"application": str(a.record.uid), "number": number, "stage": application.stage, "answers": application.answers}
    application.receipt, application.submitted_at = hashlib.sha256(canonical(body).encode()).hexdigest(), a.now
    store_version(a, application, application.answers, application.receipt, why, number)


def store_version(a: Run, application: Application, stored: dict[str, Any], sha256: str, why: str, number: int = 0) -> None:
    """Keep a version for good: the answers, or what they were encrypted to."""
    number = number or ApplicationVersion.objects.filter(application=a.record).count() + 1
    ApplicationVersion.objects.create(
        application=a.record, number=number, stage=application.stage, answers=stored, sha256=sha256, submitted_at=a.now, by_id=a.by.user_id,
        why=why,
    )  # fmt: skip
    a.extra["version"] = [None, {"number": number, "sha256": sha256}]
