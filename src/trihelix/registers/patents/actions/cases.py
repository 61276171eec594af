"""Typical cases (典型案例): call, nomination, scores, rank, notice, publication of the best."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Avg, Count

from trihelix.engines.sheets import Column
from trihelix.kernel import book
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import User
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import create_entry
from trihelix.registers.patents.models import Case, CaseCall, CaseScore
from trihelix.registers.patents.settings_book import settings

WRITERS = ("owner", "officer", "operator")
DESK = ("officer", "operator")


@action("case_calls", "create", "新建征集", "New call", creates=True, roles=DESK)
def create_call(a: Run, call: CaseCall, **values: Any) -> None:
    """Plan a call for cases."""
    create_entry(a, call, values)
    call.wanted = call.wanted or settings().cases_wanted
    call.noticed_on = call.notice_to = call.published_on = None
    a.record.visibility = "members"


@action("case_calls", "open", "开始征集", "Open")
def open_call(a: Run, call: CaseCall) -> None:
    """Firms, universities and institutes may nominate until the closing day."""
    a.record.visibility = "public"


@action("patent_cases", "create", "申报案例", "Nominate a case", creates=True, roles=WRITERS)
def nominate(a: Run, case: Case, **values: Any) -> None:
    """Nominate a case in an open call. Scores, rank and selection are never typed."""
    create_entry(a, case, values)
    _open(a, case)
    case.average = case.rank = case.selected_on = None
    a.record.visibility = "owner"
    for target in (case.patent, case.product):
        if target is not None:
            a.on_saved.append(lambda t=target: a.link(t, t.register.rstrip("s")))


def _open(a: Run, case: Case) -> None:
    call = case.call.entry
    a.require(case.call.state == "open", "call_closed", "该征集不在进行中", field="call", value=case.call.number)
    a.require(
        call.opens_on <= a.today <= call.closes_on,
        "call_closed",
        f"征集期为 {call.opens_on} 至 {call.closes_on}",
        field="call",
        value=case.call.number,
    )


@action("patent_cases", "submit", "提交", "Submit")
def submit(a: Run, case: Case) -> None:
    """Send in before the call closes; a patent or product must stand behind the case."""
    _open(a, case)
    a.require(case.patent or case.product, "no_patent", "案例须关联专利或专利产品", field="patent")


@action("patent_cases", "admit", "审核通过", "Admit", fields=(Column("reviewers", "list", "评审专家账号", "Reviewers' accounts"),))
def admit(a: Run, case: Case, *, reviewers: list[str] | None = None) -> None:
    """Admit to the review and name its reviewers; people of the nominee do not review it."""
    for name in reviewers or []:
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            a.refuse("unknown_reference", f"没有账号 “{name}”", field="reviewers", value=name)
            return
        own = user.grants.filter(scope=a.record.owner).exists()
        a.require(not own, "conflict_of_interest", f"“{name}” 属于申报单位，不能评审", field="reviewers", value=name)
        a.admit("reviewer", user_id=user.pk)


@action("patent_cases", "score", "评分", "Score", fields=(
    Column("score", "decimal", "得分", "Score", required=True, help="0–100"), Column("note", "text", "说明", "Note"),
))  # fmt: skip
def score(a: Run, case: Case, *, score: Decimal, note: str = "") -> None:
    """Score a case during the review; scoring again replaces one's own score."""
    a.require(case.call.state == "reviewing", "not_reviewing", "评审尚未开始或已结束", field="state", value=case.call.state)
    a.require(0 <= score <= 100, "out_of_range", "得分应在 0 与 100 之间", field="score", value=str(score))
    a.require(
        a.by.user_id is not None and a.record.owner_id not in a.by.bodies, "conflict_of_interest", "不能评审本单位的案例", field="act"
    )
    CaseScore.objects.update_or_create(case=a.record, user_id=a.by.user_id, defaults={"score": score, "note": (note or "")[:300]})
    mean = CaseScore.objects.filter(case=a.record).aggregate(m=Avg("score"))["m"]
    case.average = Decimal(str(mean)).quantize(Decimal("0.001"), ROUND_HALF_UP)
    a.extra["score"] = [None, {"user": a.by.user_id, "score": str(score)}]


@action("case_calls", "review", "截止并评审", "Close and review")
def review(a: Run, call: CaseCall) -> None:
    """Close the call. Refuses before its last day, and while nominations wait for their check."""
    a.require(a.today > call.closes_on, "call_open", f"征集至 {call.closes_on}", field="closes_on", value=str(call.closes_on))
    waiting = Case.objects.filter(call=a.record, record__state="submitted").count()
    a.require(not waiting, "cases_waiting", f"还有 {waiting} 个案例待审核", field="state", value=waiting)


@action(
    "case_calls",
    "rank",
    "排名并公示",
    "Rank and give notice",
    fields=(Column("notice_to", "date", "公示截止", "Notice until", help="留空按规定天数"),),
)
def rank(a: Run, call: CaseCall, *, notice_to: dt.date | None = None) -> None:
    """Rank the admitted cases by average score and give notice of the best. Refuses cases with too few scores, and a tie at the limit."""
    least = settings().cases_reviewers
    rows = list(
        Case.objects.filter(call=a.record, record__state="admitted").annotate(n=Count("record__case_scores")).order_by("-average", "pk")
    )
    thin = [c for c in rows if c.n < least]
    a.require(rows, "no_cases", "没有已入围的案例", field="state")
    a.require(not thin, "too_few_scores", f"{len(thin)} 个案例的评分不足 {least} 份", field="state", value=[c.number for c in thin[:20]])
    edge = rows[call.wanted - 1 : call.wanted + 1]
    a.require(
        len(edge) < 2 or edge[0].average != edge[1].average,
        "tie_at_limit",
        "入选线上得分相同，请增加评分后再排名",
        field="state",
        value=[c.number for c in edge],
    )
    due = book.current().due("case.notice", a.today)[0]
    a.require(notice_to is None or notice_to >= due, "notice_short", f"公示至少到 {due}", field="notice_to", value=str(notice_to))
    call.noticed_on, call.notice_to = a.today, notice_to or due
    shortlist = register_of("patent_cases").acts["shortlist"].run
    for place, case in enumerate(rows[: call.wanted], 1):
        shortlist(by=SYSTEM, record=case.record, rank=place, now=a.now)
    a.extra["shortlist"] = [None, [c.number for c in rows[: call.wanted]]]


@action("patent_cases", "shortlist", "拟入选", "Shortlist", hidden=True)
def shortlist(a: Run, case: Case, *, rank: int) -> None:
    """Among the best; shown to all during the notice."""
    case.rank = rank
    a.record.visibility = "public"


@action("case_calls", "reopen", "重新评审", "Review again", danger=True)
def reopen(a: Run, call: CaseCall) -> None:
    """An objection holds: back to the review, with the reason."""
    call.noticed_on = call.notice_to = None
    for case in list(Case.objects.filter(call=a.record, record__state="shortlisted")):
        register_of("patent_cases").acts["unlist"].run(by=SYSTEM, record=case.record, now=a.now)


@action("patent_cases", "unlist", "取消拟入选", "Take back", hidden=True)
def unlist(a: Run, case: Case) -> None:
    """Back among the admitted."""
    case.rank = None
    a.record.visibility = "owner"


@action("case_calls", "publish", "发布入选案例", "Publish")
def publish(a: Run, call: CaseCall) -> None:
    """Publish the selection once the notice is over."""
    a.require(
        call.notice_to is not None and a.today > call.notice_to,
        "notice_running",
        f"公示至 {call.notice_to}",
        field="notice_to",
        value=str(call.notice_to),
    )
    call.published_on = a.today
    acts = register_of("patent_cases").acts
    for case in list(Case.objects.filter(call=a.record, record__state__in=("shortlisted", "admitted"))):
        acts["select" if case.record.state == "shortlisted" else "pass_over"].run(by=SYSTEM, record=case.record, now=a.now)


@action("patent_cases", "select", "入选", "Select", hidden=True)
def select(a: Run, case: Case) -> None:
    """Selected and public."""
    case.selected_on = a.today
    a.record.visibility = "public"
    a.notify(f"案例入选：{a.record.title}", roles=("owner",), en=f"Case selected: {a.record.title}")
