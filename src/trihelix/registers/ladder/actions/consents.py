"""Acts on consents and on what is proposed to firms with their consent (implicit needs)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel import book, clock
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.kernel.ticks import tick
from trihelix.registers.ladder import data, queries
from trihelix.registers.ladder.models import Consent, ImplicitNeed
from trihelix.registers.parties.models import Body

YEAR = dt.timedelta(days=365)


@action("consents", "create", "授权同意", "Consent", creates=True, roles=("owner", "officer", "operator"))
def consent(a: Run, given: Consent, **values: Any) -> None:
    """A firm consents. Others may only enter a signed paper, with its number. At most three years; points need a named recipient."""
    values["granted_on"] = values.get("granted_on") or a.today
    values["valid_to"] = values.get("valid_to") or values["granted_on"] + YEAR
    create_entry(a, given, {**values, "title": values.get("title") or "授权同意"})
    own = a.record.owner_id in a.by.bodies
    a.require(own or given.evidence, "paper_needed", "代企业录入同意须填写纸质授权书编号", field="evidence")
    a.require(given.granted_on <= a.today, "date_future", "同意日期在今天之后", field="granted_on")
    a.require(
        given.valid_to <= given.granted_on + 3 * YEAR, "too_long", "同意最长三年，请缩短有效期", field="valid_to", value=str(given.valid_to)
    )
    named = a.pending_links.get("recipient") or []
    a.require(given.purpose == "profile" or named, "required", "请写明可接收的金融机构", field="recipients")
    if not values.get("title"):
        a.record.title = f"授权同意 — {a.record.owner.title if a.record.owner else ''}"
    a.record.visibility = "owner"


@action("consents", "withdraw", "撤回同意", "Withdraw", danger=True)
def withdraw(a: Run, given: Consent) -> None:
    """The firm withdraws: from this moment nothing is shared or proposed under it; what rests on it is taken back at once."""
    given.ended_on = a.today
    _take_back(a.record, a.now)


@action("consents", "expire", "到期", "Expire", hidden=True)
def expire(a: Run, given: Consent) -> None:
    """The period ended."""
    given.ended_on = given.valid_to
    _take_back(a.record, a.now)


def _take_back(record: Record, now: dt.datetime) -> None:
    recall = register_of("implicit_needs").acts["recall"].run
    for one in ImplicitNeed.objects.filter(consent=record, record__state="proposed").select_related("record"):
        recall(by=SYSTEM, record=one.record, now=now)
    for step in ON_END:
        step(record, now)


# What registers above do when a consent ends: functions of (consent record, now), entered when those registers load.
ON_END: list[Any] = []


@tick("consents_expire", every=3600)
def expire_due(now: dt.datetime) -> int:
    """Expire consents whose last day is over."""
    due = Consent.objects.filter(record__state="granted", valid_to__lt=clock.local_date(now)).select_related("record")
    return sum(1 for c in due.iterator() if register_of("consents").acts["expire"].run(by=SYSTEM, record=c.record, now=now))


@action("consents", "propose", "按本企业资料推送成果", "Propose results", roles=("owner", "node", "officer", "operator"), fields=(
    Column("count", "integer", "推送条数", "How many"),
))  # fmt: skip
def propose(a: Run, given: Consent, *, count: int | None = None) -> None:
    """Propose results from the firm's own records. Refuses other purposes, consents not in force, and beyond the firm's yearly cap."""
    firm = a.record.owner
    a.require(given.purpose == "profile", "other_purpose", "该同意不包含按资料推送成果", field="purpose", value=given.purpose)
    a.require(a.record.state == "granted" and given.valid_to >= a.today, "no_consent", "同意已撤回或到期", field="state")
    if firm is None:
        return
    Record.objects.select_for_update(of=("self",)).get(pk=firm.pk)  # two runs for one firm count one cap
    left = (given.cap or data.content()["implicit"]["cap"]) - queries.used_this_year(firm, a.today)
    a.require(left > 0, "cap_reached", "该企业本年度推送已达上限", field="count")
    records = queries.own_records(firm, given)
    text = queries.profile_text(firm, records, not given.scope or "profile" in given.scope)
    fields = list(Body.objects.get(record=firm).fields)
    hits = queries.proposals(firm, text, min(left, count or left))
    a.require(hits, "nothing_found", "没有可推送的成果", field="count")
    baseline = queries.popular(fields, 100)
    used = [{"number": r.number, "title": r.title, "register": r.register} for r in records]
    made = []
    for n, hit in enumerate(hits, 1):
        target = hit["record"]
        new = register_of("implicit_needs").acts["create"].run(
            by=SYSTEM, firm=firm, result=target, consent=a.record, place=n, score=hit["score"], reasons=hit["reasons"], profile=used, fields=fields,
            baseline=baseline.index(target.pk) + 1 if target.pk in baseline else None, now=a.now,
        )  # fmt: skip
        made.append(new.number)
    a.extra["proposed"] = [None, made]


@action("implicit_needs", "create", "推送成果", "Propose", creates=True, hidden=True)
def offer(
    a: Run, one: ImplicitNeed, *, firm: Record, result: Record, consent: Record, place: int, score: float, reasons: Any, profile: Any, fields: list[str],
    baseline: int | None,
) -> None:  # fmt: skip
    """One proposal; made by ``consents.propose`` only. The firm is told, nobody else learns of it."""
    one.result, one.consent, one.proposed_on, one.place = result, consent, a.today, place
    one.score, one.reasons, one.profile, one.baseline_place, one.baseline_class = round(score, 6), reasons, profile, baseline, fields
    one.answer_by = book.current().due("implicit.answer", a.today)[0]
    a.record.owner, a.record.node, a.record.visibility = firm, firm.node, "owner"
    a.record.title, a.record.ref = f"推送成果：{result.title}"[:400], result.number

    def tell() -> None:
        a.link(result, "result")
        a.notify(
            f"有一项成果可能对贵单位有用：{result.title}",
            bodies=(firm.pk,),
            key=result.number,
            en=f"A result may be of use to you: {result.title}",
        )

    a.after_saved(tell)


@action("implicit_needs", "accept", "感兴趣，转为需求", "Interested: make it a need", fields=(
    Column("answer", "longtext", "想用它解决什么问题", "What for", required=True),
))  # fmt: skip
def accept(a: Run, one: ImplicitNeed, *, answer: str) -> None:
    """The firm is interested: a draft need of its own, with the result linked; publishing it is the firm's step."""
    one.answered_on, one.answer = a.today, answer
    made = register_of("needs").acts["create"].run(
        by=a.by, title=f"{answer[:40]}（由推送成果形成）", problem=answer, owner=str(a.record.owner.uid) if a.record.owner else None, now=a.now
    )  # fmt: skip
    one.need = made.record
    a.link(made.record, "need")
    a.link(one.result, "result", source=made.record)


@action("implicit_needs", "decline", "不需要", "Not needed", safe=True, fields=(Column("answer", "longtext", "原因", "Why"),))
def decline(a: Run, one: ImplicitNeed, *, answer: str = "") -> None:
    """Not needed; the result is not proposed to this firm again."""
    one.answered_on, one.answer = a.today, answer or ""


@tick("implicit_needs_lapse", every=3600)
def lapse_due(now: dt.datetime) -> int:
    """Proposals nobody answered lapse quietly."""
    due = ImplicitNeed.objects.filter(record__state="proposed", answer_by__lt=clock.local_date(now)).select_related("record")
    return sum(1 for n in due.iterator() if register_of("implicit_needs").acts["lapse"].run(by=SYSTEM, record=n.record, now=now))
