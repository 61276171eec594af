"""The end of a term: mid-term and end review, grade, renewal, early end with a successor; what the clock does by itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from trihelix.engines.sheets import Column
from trihelix.kernel import clock
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Participant, Record
from trihelix.kernel.register import register_of
from trihelix.kernel.ticks import tick
from trihelix.registers.secondments import queries, sheets, terms
from trihelix.registers.secondments.actions.choice import admit_parties
from trihelix.registers.secondments.flow import SERVING
from trihelix.registers.secondments.models import Assessment, Log, Secondment

KEPT = ("kind", "person", "host", "post", "recommender", "city", "field", "discipline", "degree", "rank", "post_title", "duties", "days_per_year",
        "hours_per_year", "pay_fen", "payer", "ip_terms", "exit_terms")  # fmt: skip


@action("secondments", "finish_mid", "完成中期评估", "Finish the mid-term review", safe=True)
def finish_mid(a: Run, row: Secondment) -> None:
    """Back to service. Refuses without the host's assessment."""
    done = Assessment.objects.filter(secondment=a.record, phase="mid", side="host").exists()
    a.require(done, "not_assessed", "请先由接收单位填写中期评估", field="phase")
    row.mid_on = a.today


@action("secondments", "grade", "评定等次并结束", "Grade and close", fields=(
    Column("score", "decimal", "得分", "Score", help="留空按记录自动计分"), Column("note", "longtext", "说明", "Note"),
))  # fmt: skip
def grade(a: Run, row: Secondment, *, score: Decimal | None = None, note: str = "") -> None:
    """The province grades: the default score from what is recorded, or a stated one with a note; the grade by the book's thresholds."""
    parts = queries.score_of(row)
    found = sum(parts.values(), Decimal(0)) if score is None else score
    a.require(0 <= found <= 100, "out_of_range", "得分应在 0 至 100 之间", field="score", value=str(found))
    a.require(score is None or note.strip(), "reason_required", "改动自动计分须写明说明", field="note")
    row.score, row.grade, row.ended_on = found, terms.grade_of(found), min(row.ends_on or a.today, a.today)
    Assessment.objects.update_or_create(
        secondment=a.record, phase="end", side="province",
        defaults={"parts": {k: str(v) for k, v in parts.items()}, "score": found, "grade": row.grade, "text": note, "on": a.today, "by_id": a.by.user_id},
    )  # fmt: skip
    a.extra["assessment"] = [None, {"phase": "end", "side": "province", "score": str(found), "grade": row.grade}]
    a.notify(
        f"期满评估：{row.title}，{sheets.GRADES[row.grade][0]}（{found} 分）",
        roles=("host", "owner", "secondee"),
        en=f"Graded {row.grade}: {row.title}",
    )


@action("secondments", "next_term", "续聘任期", "Next term", creates=True, hidden=True)
def next_term(a: Run, row: Secondment, *, previous: Secondment, starts_on: dt.date, ends_on: dt.date) -> None:
    """A further term of the same person at the same host; done by renewing."""
    for field in KEPT:
        setattr(row, field, getattr(previous, field))
    row.previous, row.term_no, row.starts_on, row.ends_on, row.appointed_on = (
        previous.record,
        previous.term_no + 1,
        starts_on,
        ends_on,
        a.today,
    )
    a.record.title, a.record.owner, a.record.node, a.record.state, a.record.visibility = (
        previous.title,
        previous.record.owner,
        previous.record.node,
        "appointed",
        "public",
    )
    a.record.synthetic = previous.record.synthetic
    a.after_saved(lambda: (admit_parties(a, row), a.link(previous.record, "renewal")))


@action("secondments", "renew", "续聘", "Renew", fields=(
    Column("starts_on", "date", "任期起", "From"), Column("ends_on", "date", "任期止", "Until"),
))  # fmt: skip
def renew(a: Run, row: Secondment, *, starts_on: dt.date | None = None, ends_on: dt.date | None = None) -> Secondment:
    """A new term after this one: a new letter and a new three-party agreement. Refuses a person graded unqualified."""
    a.require(row.grade != "unqualified", "unqualified", "期满评估不合格，不能续聘", field="grade")
    start = starts_on or ((row.ends_on or a.today) + dt.timedelta(days=1))
    a.require(row.ends_on is None or start > row.ends_on, "date_order", "新任期应在本任期之后", field="starts_on")
    end = ends_on or terms.years_on(start, terms.kind_terms(row.kind)["term_years"])
    a.require(end > start, "date_order", "任期止日应晚于起日", field="ends_on")
    row.ended_on = row.ends_on or a.today
    made = register_of("secondments").acts["next_term"].run(by=SYSTEM, previous=row, starts_on=start, ends_on=end, now=a.now)
    a.extra["renewed_as"] = [None, made.number]
    a.notify(
        f"已续聘：{row.title}，请签署新一任期的三方协议", roles=("host", "owner", "secondee"), en=f"Renewed: {row.title}; please sign again"
    )
    return made  # type: ignore[no-any-return]


@action("secondments", "end_early", "提前结束", "End early", danger=True, fields=(
    Column("end_kind", "choice", "原因", "Reason", required=True, choices=sheets.ENDS), Column("ended_on", "date", "结束日期", "Ended on"),
    Column("successor", "ref", "接替人员", "Successor", help="填写人员编号；岗位与未结问题交其办理"),
))  # fmt: skip
def end_early(a: Run, row: Secondment, *, end_kind: str, ended_on: dt.date | None = None, successor: str = "") -> None:
    """End before time with the kind of reason. Open logs go to the host to confirm; subsidy not yet allotted falls; a successor is named, or the post is open again."""
    day = ended_on or a.today
    a.require(row.starts_on is None or day >= row.starts_on, "date_order", "结束日期早于任期起日", field="ended_on")
    row.ended_on, row.end_kind = day, end_kind
    if row.approved_fen > row.allotted_fen:
        a.extra["subsidy_cut"] = [row.approved_fen, row.allotted_fen]
        row.approved_fen = row.allotted_fen
    a.extra["open_logs"] = [None, Log.objects.filter(secondment=a.record, record__state__in=("written", "disputed")).count()]
    if successor:
        person = find(register_of("people"), successor, a.by)
        a.require(person.pk != row.person_id, "same_person", "接替人员不能是本人", field="successor")
        made = register_of("secondments").acts["succeed"].run(by=SYSTEM, previous=row, person=person, now=a.now)
        row.successor = made.record
        a.extra["succeeded_by"] = [None, made.number]
        a.go("replaced")
    a.notify(
        f"选派提前结束：{row.title}（{sheets.ENDS[end_kind][0]}）",
        roles=("host", "owner", "secondee", "recommender"),
        en=f"Ended early: {row.title}",
    )


@action("secondments", "succeed", "接替", "Succeed", creates=True, hidden=True)
def succeed(a: Run, row: Secondment, *, previous: Secondment, person: Record) -> None:
    """The successor at the same host: named, to be asked like anybody else; takes over post and duties. Done by ending early."""
    a.require(person.owner is not None, "no_home", f"“{person.title}” 没有登记所在单位", field="successor")
    for field in KEPT:
        setattr(row, field, getattr(previous, field))
    entry = person.entry
    row.person, row.rank, row.discipline, row.degree = person, entry.rank, entry.discipline, ""
    a.record.title, a.record.owner, a.record.node, a.record.state = (
        f"{person.title} → {row.host.title}",
        person.owner,
        previous.record.node,
        "named",
    )
    a.after_saved(lambda: (admit_parties(a, row), a.link(previous.record, "succeeds")))


def middle(row: Secondment) -> dt.date | None:
    """Half of the term."""
    return row.starts_on + (row.ends_on - row.starts_on) // 2 if row.starts_on and row.ends_on else None


@tick("secondment-terms", every=3600)
def watch_terms(now: dt.datetime) -> int:
    """Terms that end soon, and terms past their middle, enter the inboxes by themselves. Run again, it does nothing more."""
    today, acts, done = clock.local_date(now), register_of("secondments").acts, 0
    soon = today + dt.timedelta(days=terms.terms()["ending_days"])
    for row in Secondment.objects.filter(record__state__in=("serving", "mid_review"), ends_on__lte=soon).order_by("ends_on")[:500]:
        acts["near_end"].run(by=SYSTEM, record=row.record, now=now)
        done += 1
    for row in Secondment.objects.filter(record__state="serving", mid_on=None, starts_on__isnull=False, ends_on__gt=soon).order_by(
        "starts_on"
    )[:500]:
        half = middle(row)
        if half is not None and half <= today:
            acts["call_mid"].run(by=SYSTEM, record=row.record, now=now)
            done += 1
    return done


@action("secondments", "admit_parties", "登记各方", "Admit the parties", hidden=True, roles=("system",))
def admit_imported(a: Run, row: Secondment) -> None:
    """Host, person and recommender of an imported case see it from now on."""
    row.city = row.city or queries.city_of(row.host)
    admit_parties(a, row)


@action("secondment_logs", "admit_host", "请接收单位确认", "Ask the host", hidden=True, roles=("system",))
def admit_host(a: Run, log: Log) -> None:
    """The host of an imported log is asked to confirm it."""
    a.admit("host", body=log.secondment.entry.host)


@tick("secondment-parties", every=60)
def watch_imports(now: dt.datetime) -> int:
    """Cases and logs that came by import are shown to their parties."""
    there = Participant.objects.filter(record=OuterRef("pk"), role="host")
    done = 0
    work: tuple[tuple[Any, str, str], ...] = ((Secondment, "secondments", "admit_parties"), (Log, "secondment_logs", "admit_host"))
    for model, register, act in work:
        blank = Q(city="", host__parties_body__division__gt="") if model is Secondment else Q(pk=None)
        for entry in model.objects.filter(~Exists(there) | blank).order_by("pk")[:500]:
            register_of(register).acts[act].run(by=SYSTEM, record=entry.record, now=now)
            done += 1
    return done


def idle(today: dt.date) -> Any:
    """Serving without a confirmed log for the book's number of months: a reason to end early."""
    since = today - dt.timedelta(days=30 * terms.terms()["no_service_months"])
    recent = Log.objects.filter(secondment=OuterRef("record_id"), on__gte=since, record__state="confirmed")
    return Secondment.objects.filter(record__state__in=SERVING, starts_on__lt=since).filter(~Exists(recent))
