"""Acts on applications from draft to the end of the checks."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.schemes import Scheme, judge
from trihelix.engines.schemes import forms as form_engine
from trihelix.engines.sheets import Column
from trihelix.kernel import book, clock, index
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.models import Application, ApplicationVersion, Project

ANSWERS = Column("answers", "longtext", "申报内容", "Answers", help="JSON：字段 → 值，金额以万元计")
NOTE = Column("note", "longtext", "意见", "Note")


def canonical(value: Any) -> str:
    """The text that a receipt's hash is taken of: keys sorted, UTF-8 kept."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_json_answers(given: Any) -> dict[str, Any]:
    """Answers as a mapping, from a mapping or JSON text."""
    if given in (None, ""):
        return {}
    if isinstance(given, dict):
        return given
    try:
        found = json.loads(given)
    except ValueError as exc:
        raise Refused.one("bad_json", "申报内容应为 JSON 对象", field="answers") from exc
    if not isinstance(found, dict):
        raise Refused.one("bad_json", "申报内容应为 JSON 对象", field="answers")
    return found


def next_step(a: Run, application: Application, scheme: Scheme, step: str) -> str:
    """The state after a step of the scheme's route; a step without anyone to do it is passed over."""
    nxt = scheme.route[step]
    if nxt == "recommendation" and application.recommender_id is None:
        return next_step(a, application, scheme, nxt)
    if nxt == "review" and application.stage == "concept" and "review" not in scheme.route:
        return "decision"
    return nxt


def move(a: Run, application: Application, scheme: Scheme, step: str) -> None:
    """Go on to the next step; a route that ends here awards at once."""
    from trihelix.registers.programmes.actions.decisions import settle

    nxt = next_step(a, application, scheme, step)
    if nxt == "awarded":
        settle(a, application, scheme)
    a.go(nxt)


@action("applications", "create", "新建申报", "New application", creates=True, roles=("owner", "node", "officer", "operator"))
def create_application(a: Run, application: Application, **values: Any) -> None:
    """Open a draft for an open call. The scheme and version come from the call. Refuses closed calls and unknown classes."""
    create_entry(a, application, values)
    call = queries.call_of(application.call)
    scheme = queries.scheme_of(call)
    a.require(
        call.state == "open" and (call.opens_on is None or call.opens_on <= a.today),
        "not_open",
        f"{call.title} 不在申报期",
        field="call",
        value=call.state,
    )
    a.require(call.closes_at is None or a.now <= call.closes_at, "late", "申报已截止", field="call")
    application.scheme, application.scheme_version = call.scheme, call.scheme_version
    a.record.book_id = call.record.book_id
    classes, variants = {c.id for c in scheme.classes}, {c.id for c in scheme.variants}
    a.require(
        not application.class_id or application.class_id in classes,
        "unknown_class",
        f"类别应为：{'、'.join(sorted(classes)) or '（无）'}",
        field="class_id",
        value=application.class_id,
    )
    a.require(
        not classes or application.class_id,
        "class_required",
        f"请选择类别：{'、'.join(c.id + ' ' + c.zh for c in scheme.classes)}",
        field="class_id",
    )
    a.require(
        not application.variant or application.variant in variants,
        "unknown_variant",
        "没有这一变体",
        field="variant",
        value=application.variant,
    )
    application.stage = "concept" if scheme.concept else "full"
    _parties(a, application, scheme)
    a.record.visibility = "owner"


def _parties(a: Run, application: Application, scheme: Scheme) -> None:
    """Who takes part: the payee by the scheme's rule, the recommender, board and need with their links."""
    if application.board is not None:
        from trihelix.registers.programmes.models import Board

        board = Board.objects.get(record=application.board)
        application.demand = application.demand or board.record.owner
        application.need = application.need or board.need
        application.scheme_version = board.scheme_version or application.scheme_version
        taker = board.taker
    else:
        taker = None
    owner = a.record.owner
    application.payee = {"demand": application.demand, "provider": application.provider}.get(scheme.payee, owner)
    if application.recommender is None and "recommendation" in scheme.route and owner is not None:
        kind = queries.body_facts(owner, a.today).get("kind")
        application.recommender = owner if kind in ("university", "institute") else None

    def admit() -> None:
        for role, body in (
            ("demand", application.demand),
            ("taker", taker),
            ("provider", application.provider),
            ("recommender", application.recommender),
        ):
            if body is not None:
                a.admit(role, body=body)
        for target, kind in ((application.call, "call"), (application.board, "board"), (application.need, "need")):
            if target is not None:
                a.link(target, kind)

    if a.spec.creates:
        a.on_saved.append(admit)
    else:
        admit()


@action(
    "applications", "save", "保存内容", "Save", roles=("owner",), fields=(ANSWERS, Column("replace", "boolean", "替换全部", "Replace all"))
)
def save(a: Run, application: Application, *, answers: Any = None, replace: bool = False) -> None:
    """Save answers of a draft; only the given fields change, so several tabs on several sections do not overwrite each other.

    Refuses unknown fields and wrong values by name; in a correction, only the named fields may change. Refuses after the deadline.
    """
    a.require(
        application.state in ("draft", "correction"),
        "not_editable",
        "只有草稿和补正中的申报可以修改",
        field="state",
        value=application.state,
    )
    _in_time(a, application)
    scheme = queries.scheme_of(application)
    form = queries.form_of(application, scheme)
    given = read_json_answers(answers)
    if application.state == "correction":
        allowed = set(application.correction.get("fields") or ())
        problems = [
            Problem("not_named", f"补正只能修改指定的字段：{'、'.join(sorted(allowed))}", field=k) for k in given if k not in allowed
        ]
        if problems:
            raise Refused.of(problems)
    read, problems = form_engine.read_answers(form, given)
    if problems:
        raise Refused.of(problems)
    kept = {} if replace else {k: v for k, v in application.answers.items() if k not in given}
    application.answers = {**kept, **form_engine.plain_answers(form, read)}
    if "requested" in read:
        application.requested_fen = read["requested"]


def _in_time(a: Run, application: Application) -> None:
    if application.state == "correction":
        due = application.correction.get("due")
        a.require(not due or a.today.isoformat() <= due, "late", f"补正期限 {due} 已过", field="call", clause="补正一次")
        return
    call = queries.call_of(application.call)
    a.require(
        call.state == "open" and (call.closes_at is None or a.now <= call.closes_at),
        "late",
        "申报已截止，草稿保留，不能再提交",
        field="call",
        clause="截止时间",
    )


def _checked(a: Run, application: Application, scheme: Scheme) -> dict[str, Any]:
    """Typed answers of a complete form; refuses with every gap. Hidden answers are dropped."""
    form = queries.form_of(application, scheme)
    read, problems = form_engine.read_answers(form, application.answers)
    problems += form_engine.missing(form, read)
    if problems:
        raise Refused.of(problems)
    kept = {f.id for f in form_engine.shown(form, read)}
    return {k: v for k, v in read.items() if k in kept}


def eligibility(application: Application, scheme: Scheme, answers: dict[str, Any], day: dt.date) -> list[dict[str, Any]]:
    """Every condition clause by clause: kind and place of the applicant, consortium, the scheme's own, the money rule's."""
    facts = queries.case_facts(application, scheme, answers, day)
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


def _ban_checks(a: Run, application: Application, scheme: Scheme) -> None:
    """Integrity, affiliation, limits and quota: each refusal names its clause."""
    held = queries.bars([application.leader_id, a.record.owner_id, application.payee_id], a.today).select_related("record").first()
    a.require(
        held is None,
        "barred",
        f"{held.record.title if held else ''}：在有效期内的失信限制，依据 {held.basis if held else ''}，至 {held.valid_to if held else ''}",
        clause="科研诚信",
    )
    roles = {
        "applicant": a.record.owner,
        "demand": application.demand,
        "provider": application.provider,
        "recommender": application.recommender,
    }
    taker = a.record.participants.filter(role="taker", until=None).select_related("body").first()
    partner = a.record.links_out.filter(kind="partner").select_related("target").first()
    roles |= {
        "taker": taker.body if taker else (None if application.board_id else a.record.owner),
        "partner": partner.target if partner else None,
    }
    for one, other in scheme.affiliation_ban:
        why = queries.affiliated(roles.get(one), roles.get(other))
        a.require(not why, "affiliated", f"{one} 与 {other} {why}，不得申报", clause="关联回避")
    for limit in scheme.limits:
        subject = {"leader": application.leader_id, "unit": a.record.owner_id, "payee": application.payee_id}[limit.per]
        count = _counted(application, limit.per, limit.within, subject, a.today)
        a.require(subject is None or count < limit.most, "limit", f"{limit.zh}（现有 {count}）", clause=limit.id)
    left = queries.quota_left(queries.call_of(application.call), a.record.owner_id or 0, scheme, a.today)
    a.require(left is None or left > 0, "quota", "本单位申报名额已用完或因逾期项目被核减", clause="名额与逾期")


def _counted(application: Application, per: str, within: str, subject: int | None, day: dt.date) -> int:
    if within == "open":
        held = {"leader": "leader_id", "unit": "record__owner_id", "payee": "payee_id"}[per]
        return Project.objects.filter(**{held: subject}).exclude(record__state__in=queries.ENDED).count()
    held = {"leader": "leader_id", "unit": "record__owner_id", "payee": "payee_id"}[per]
    rows = Application.objects.filter(**{held: subject}, scheme=application.scheme).exclude(pk=application.pk).exclude(submitted_at=None)
    rows = rows.exclude(record__state__in=("withdrawn", "form_refused"))
    return (rows.filter(call=application.call) if within == "call" else rows.filter(submitted_at__year=day.year)).count()


@action("applications", "submit", "提交", "Submit")
def submit(a: Run, application: Application) -> None:
    """Submit: the version is fixed under its hash, which is the receipt.

    Refuses after the deadline (by the second), an incomplete form, a clause not met, a ban, an affiliation, a limit, a used-up quota.
    """
    _in_time(a, application)
    scheme = queries.scheme_of(application)
    answers = _checked(a, application, scheme)
    a.require(
        queries.call_of(application.call).scheme == application.scheme, "call_changed", "申报通知已改为另一计划，请新建申报", field="call"
    )
    _parties(a, application, scheme)
    _ban_checks(a, application, scheme)
    checks = eligibility(application, scheme, answers, a.today)
    broken = [c for c in checks if c["outcome"] == "not_met"]
    if broken:
        raise Refused.of(
            Problem(
                c["id"], f"不符合：{c['text']}", field=next(iter(c["figures"]), None), clause=c["source"] or c["text"], value=c["figures"]
            )
            for c in broken
        )
    application.checks = checks
    if scheme.priority is not None:
        found = judge(scheme, [scheme.priority], queries.case_facts(application, scheme, answers, a.today))[0]
        application.priority, application.priority_reason = found.outcome == "met", found.text if found.outcome == "met" else ""
    application.answers = form_engine.plain_answers(queries.form_of(application, scheme), answers)
    if "requested" in answers:
        application.requested_fen = answers["requested"]
    _fix_version(a, application, scheme, "submit")
    move(a, application, scheme, "draft")
    a.notify(
        f"申报已提交，回执 {application.receipt[:16]}：{application.title}",
        roles=("owner",),
        key="receipt",
        en=f"Submitted, receipt {application.receipt[:16]}: {application.title}",
    )


def _fix_version(a: Run, application: Application, scheme: Scheme, why: str) -> None:
    """Store the submitted answers under their hash; a sealed call keeps them encrypted only."""
    number = ApplicationVersion.objects.filter(application=a.record).count() + 1
    body = {"application": str(a.record.uid), "number": number, "stage": application.stage, "answers": application.answers}
    application.receipt, application.submitted_at = hashlib.sha256(canonical(body).encode()).hexdigest(), a.now
    stored = application.answers
    if scheme.get("call.sealed") and why == "submit":
        from trihelix.registers.programmes.sealing import sealed

        application.sealed = sealed(application.answers, queries.call_of(application.call).recipient)
        application.answers, stored = {}, {"sealed": application.sealed}
        a.record.visibility = "sealed"
    ApplicationVersion.objects.create(
        application=a.record,
        number=number,
        stage=application.stage,
        answers=stored,
        sha256=application.receipt,
        submitted_at=a.now,
        by_id=a.by.user_id,
        why=why,
    )
    a.extra["version"] = [None, {"number": number, "sha256": application.receipt}]


@action("applications", "open_seal", "开启", "Open", hidden=True, fields=(Column("answers", "longtext", "内容", "Answers", required=True),))
def open_seal(a: Run, application: Application, *, answers: Any) -> None:
    """The recorded opening of one sealed application; its content must fit the receipt."""
    number = ApplicationVersion.objects.filter(application=a.record).count()
    body = {"application": str(a.record.uid), "number": number, "stage": application.stage, "answers": dict(answers)}
    a.require(
        hashlib.sha256(canonical(body).encode()).hexdigest() == application.receipt,
        "receipt_mismatch",
        "开启的内容与回执不符",
        field="receipt",
    )
    application.answers, a.record.visibility = dict(answers), "owner"
    a.go(queries.scheme_of(application).route["sealed"])


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
    _in_time(a, application)
    scheme = queries.scheme_of(application)
    answers = _checked(a, application, scheme)
    before = application.correction.get("before") or {}
    changed = {k: [v, application.answers.get(k)] for k, v in before.items() if application.answers.get(k) != v}
    a.require(changed, "nothing_changed", "指定的字段没有改动", field="answers")
    application.correction = {**application.correction, "changed": changed}
    application.checks = eligibility(application, scheme, answers, a.today)
    _fix_version(a, application, scheme, "correct")


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
    out = []
    for hit in hits:
        if hit["uid"] == str(application.record.uid) or hit["closeness"] < floor:
            continue
        other = Record.objects.filter(uid=hit["uid"]).first()
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
    import difflib
    import re

    theirs = (
        queries.caption(other.entry)
        if other.register == "applications"
        else "\n".join(str(v) for v in vars(other.entry).values() if isinstance(v, str) and len(v) > 20)
    )
    left, right = ([s for s in re.split(r"[。；\n]", t) if len(s) > 8][:60] for t in (own, theirs))
    pairs = [(difflib.SequenceMatcher(None, x, y).ratio(), x, y) for x in left for y in right]
    return [[x[:300], y[:300]] for r, x, y in sorted(pairs, reverse=True)[:5] if r >= 0.5]


@action("applications", "withdraw", "撤回", "Withdraw", danger=True)
def withdraw(a: Run, application: Application) -> None:
    """Take the application back with a reason."""


@tick("applications_clock", every=3600)
def lapse_due(now: dt.datetime) -> int:
    """Lapse corrections past their day."""
    day = clock.local_date(now).isoformat()
    late = [x for x in Application.objects.filter(record__state="correction") if str(x.correction.get("due") or "9") < day]
    return sum(1 for x in late if correction_lapse(by=SYSTEM, record=x.record, now=now))
