"""Sealed calls: applications arrive encrypted to the key of the call, nobody reads them before two of three keepers open it.

Keys, keepers and the opening are those of every sealed lot (``kernel/sealing``); here is what an application adds: its content is
checked at the opening, for the server could not check it before.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from trihelix.engines import sealing
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.schemes import Scheme
from trihelix.engines.schemes import forms as form_engine
from trihelix.engines.sheets import Column
from trihelix.kernel import sealing as keepers_of
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.actions.applications import in_time, move, read_json_answers, set_parties
from trihelix.registers.programmes.actions.submission import (
    accept_answers,
    canonical,
    checked,
    not_eligible,
    refuse_barred,
    same_scheme,
    store_version,
)
from trihelix.registers.programmes.models import Application, Call

OFFICE = ("officer", "operator")


@action("calls", "set_keepers", "指定密封申报的密钥保管人", "Name the keepers", roles=OFFICE, fields=keepers_of.KEEPER_ROWS)
def set_keepers(a: Run, call: Call, *, keepers: list[dict[str, str]]) -> None:
    """Make the key of a sealed call and wrap its secret for each pair of three keepers. Refuses open calls and schemes that seal nothing."""
    a.require(queries.scheme_of(call).get("call.sealed"), "not_sealed_call", "该计划不收密封申报，不需要保管人", field="scheme")
    a.require(call.state in ("drafting", "topic_collection", "approved"), "published", "发布后不能更换保管人", field="state")
    keepers_of.name_keepers(a, call, keepers)


@action("applications", "submit_sealed", "提交密封申报", "Submit sealed", fields=(
    Column("sealed", "longtext", "密文（base64）", "Ciphertext", required=True, help="用通知的密封公钥加密（trihelix seal）后的 base64"),
))  # fmt: skip
def submit_sealed(a: Run, application: Application, *, sealed: str) -> None:
    """Hand in an encrypted application; its SHA-256 is the receipt, and a later one replaces it until the closing second.

    Refuses calls that are not sealed, late ones, anything not encrypted, a ban, an affiliation, a limit, a used-up quota.
    """
    in_time(a, application)
    scheme = queries.scheme_of(application)
    a.require(scheme.get("call.sealed"), "open_only", "本通知不收密封申报，请在线填报后提交", field="sealed")
    same_scheme(a, application)
    raw, receipt = sealing.sealed(sealed)
    if application.state == "draft":
        set_parties(a, application, scheme)
        refuse_barred(a, application, scheme)
        move(a, application, scheme, "draft")
    application.sealed, application.answers = base64.b64encode(raw).decode(), {}
    application.receipt, application.submitted_at = receipt, a.now
    a.record.visibility = "sealed"
    store_version(a, application, {"sealed": application.sealed}, receipt, "submit")
    a.notify(
        f"密封申报已收到，回执 {receipt[:16]}：{application.title}",
        roles=("owner",),
        key=f"receipt:{receipt[:16]}",
        en=f"Sealed application received, receipt {receipt[:16]}: {application.title}",
    )


@action("calls", "peel", "解开外层", "Take off the outer layer", roles=("keeper",), fields=keepers_of.PEELED)
def peel(a: Run, call: Call, *, pair: str, layer: str) -> None:
    """The outer keeper of a pair took off the outer layer off-line; the inner keeper can then open. Journalled, early or not."""
    keepers_of.peel(a, call, pair, layer)


@action("calls", "unseal", "开启密封申报", "Open the sealed applications", danger=True, fields=keepers_of.OPEN)
def unseal(a: Run, call: Call, *, pair: str, lot_key: str) -> None:
    """The recorded opening after the deadline, by two of three keepers. Refuses one person alone, a wrong key, a second opening."""
    _open(a, call, pair, lot_key)


@action("calls", "unseal_early", "提前开启密封申报", "Open early", danger=True, fields=keepers_of.OPEN)
def unseal_early(a: Run, call: Call, *, pair: str, lot_key: str) -> None:
    """Opening before the deadline needs two keepers and a reason, ends the intake, is told to everybody concerned and stays marked."""
    a.require(call.lot_key, "not_sealed_call", "本通知没有密封申报", field="state")
    _open(a, call, pair, lot_key)


def _open(a: Run, call: Call, pair: str, lot_key: str) -> None:
    a.require(call.unsealed_at is None, "already_open", "密封申报已经开启", field="state")
    early = keepers_of.is_early(call, a.now)
    lot = keepers_of.opened(a, call, pair, lot_key)  # a wrong key refuses before anything changes
    rows: list[dict[str, Any]] = []
    for n, held in enumerate(Application.objects.filter(call=a.record, record__state="sealed").order_by("submitted_at", "pk"), 1):
        raw = base64.b64decode(held.sealed)
        text, fault = sealing.text_in(raw, lot)
        intact = sealing.digest(raw) == held.receipt
        made = open_seal(
            by=SYSTEM, record=held.record, text=text, fault=fault or ("" if intact else "密文与回执不符"), receipt=held.receipt, now=a.now
        )
        owner = held.record.owner.title if held.record.owner else ""
        rows.append(
            {"n": n, "number": held.number, "owner": owner, "sha256": held.receipt, "intact": intact, "valid": made.state != "form_refused"}
        )
    call.opening, call.unsealed_at, call.opened_early = rows, a.now, early
    a.extra["unsealed"] = [None, {"pair": pair, "early": early, "applications": len(rows), "valid": sum(r["valid"] for r in rows)}]
    if early:
        owners = Application.objects.filter(call=a.record).values_list("record__owner_id", flat=True)
        text = f"密封申报提前开启：{call.title}（{a.reason}）"
        a.notify(text, roles=("discipline",), bodies={b for b in owners if b}, key="early", en=f"Opened early: {call.title}")


@action("applications", "open_seal", "开启", "Open", hidden=True, fields=(
    Column("text", "longtext", "内容", "Content"), Column("fault", "text", "不能读取的原因", "Fault"), Column("receipt", "text", "回执", "Receipt", required=True),
))  # fmt: skip
def open_seal(a: Run, application: Application, *, receipt: str, text: str = "", fault: str = "") -> None:
    """The recorded opening of one application: readable and complete it goes on, else it is refused at the form check and says why."""
    a.require(receipt == application.receipt, "receipt_mismatch", "开启的内容与回执不符", field="receipt")
    scheme = queries.scheme_of(application)
    a.record.visibility = "owner"
    found = [Problem("unreadable", fault)] if fault else _take(a, application, scheme, text)
    if found:
        application.checks = [
            {"id": p.code, "text": p.message, "source": p.clause or "", "outcome": "not_met", "figures": {}, "unverified": False}
            for p in found
        ]
        a.extra["void"] = [None, [p.code for p in found]]
        a.go("form_refused")
        why = "；".join(p.message for p in found[:3])
        a.notify(f"开启后不予受理：{application.title}（{why}）", roles=("owner",), en=f"Refused at the opening: {application.title}")
        return
    stored = hashlib.sha256(canonical(application.answers).encode()).hexdigest()
    store_version(a, application, application.answers, stored, "open")
    move(a, application, scheme, "sealed")


def _take(a: Run, application: Application, scheme: Scheme, text: str) -> list[Problem]:
    """Enter the opened answers, checked as a form in the clear is; what is wrong with them, empty where nothing is."""
    try:
        form = queries.form_of(application, scheme)
        read, problems = form_engine.read_answers(form, read_json_answers(text))
        if problems:
            return problems
        application.answers = form_engine.plain_answers(form, read)
        answers = checked(application, scheme)
        broken = not_eligible(a, application, scheme, answers)
        if not broken:
            accept_answers(application, scheme, answers)
        return broken
    except Refused as refusal:
        application.answers = {}
        return list(refusal.problems)
