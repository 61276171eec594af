"""Acts on the draft of an application: opened, filled in, taken back; and where its route goes next."""

from __future__ import annotations

import json
from typing import Any

from trihelix.engines.errors import Problem, Refused
from trihelix.engines.schemes import Scheme
from trihelix.engines.schemes import forms as form_engine
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.kernel.standard import create_entry
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.models import Application

ANSWERS = Column("answers", "longtext", "申报内容", "Answers", help="JSON：字段 → 值，金额以万元计")


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
    set_parties(a, application, scheme)
    a.record.visibility = "owner"


def set_parties(a: Run, application: Application, scheme: Scheme) -> None:
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
    in_time(a, application)
    scheme = queries.scheme_of(application)
    if application.state == "draft":
        refuse_clear(a, scheme)
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


def refuse_clear(a: Run, scheme: Scheme) -> None:
    """In a sealed call nothing readable reaches the server before the opening."""
    text = "本通知只收密封申报：请离线填写，用通知的密封公钥加密（trihelix seal）后提交密文"
    a.require(not scheme.get("call.sealed"), "sealed_only", text, field="answers", clause="密封申报")


def in_time(a: Run, application: Application) -> None:
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


@action("applications", "withdraw", "撤回", "Withdraw", danger=True)
def withdraw(a: Run, application: Application) -> None:
    """Take the application back with a reason."""
