"""Pilot bodies, symposia, the problem log, typical cases and the yearly transfer report."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Sum

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action
from trihelix.registers.inventions.models import Invention, Payout, PilotBody, ReformProblem, Transfer, TransferReport, TypicalCase


@action("pilot_bodies", "end", "结束试点", "End the pilot", danger=True)
def end(a: Run, pilot: PilotBody) -> None:
    """The pilot of this body ends today."""
    pilot.valid_to = pilot.valid_to or max(a.today, pilot.valid_from)


@action("symposia", "close", "归档", "File")
def close_symposium(a: Run, entry: object) -> None:
    """File the minutes."""


@action("reform_problems", "answer", "答复", "Answer", fields=(Column("answer", "longtext", "答复", "Answer", required=True),))
def answer(a: Run, problem: ReformProblem, *, answer: str) -> None:
    """Answer a problem; whoever raised it confirms."""
    problem.answer, problem.answered_on = answer, a.today
    a.notify(f"改革问题已答复：{a.record.title}", roles=("owner",), en=f"Answered: {a.record.title}")


@action("reform_problems", "close", "确认解决", "Solved")
def close_problem(a: Run, problem: ReformProblem) -> None:
    """Solved."""


@action("reform_problems", "reopen", "未解决", "Not solved")
def reopen(a: Run, problem: ReformProblem) -> None:
    """Not solved by the answer."""


@action("typical_cases", "publish", "发布", "Publish")
def publish(a: Run, case: TypicalCase) -> None:
    """Publish a typical case."""
    case.published_on = a.today
    a.record.visibility = "public"


@action("typical_cases", "discard", "作废", "Discard", danger=True)
def discard_case(a: Run, case: TypicalCase) -> None:
    """Discard a draft."""


def counts_of(owner_id: int | None, year: int) -> dict[str, object]:
    """A body's year: results, transfers by way and mechanism, money signed, received, allotted and paid to people."""
    deals = Transfer.objects.filter(record__owner_id=owner_id, signed_on__year=year).exclude(record__state="discarded")
    own = Transfer.objects.filter(record__owner_id=owner_id)
    received = own.filter(receipts__date__year=year).aggregate(n=Sum("receipts__amount_fen"))["n"] or 0
    allotted = (
        own.filter(receipts__date__year=year, receipts__parts__role="member").aggregate(n=Sum("receipts__parts__earned_fen"))["n"] or 0
    )
    paid = Payout.objects.filter(part__receipt__transfer__record__owner_id=owner_id, paid_on__year=year)
    return {
        "registered": Invention.objects.filter(record__owner_id=owner_id, registered_on__year=year).count(),
        "separate": Invention.objects.filter(record__owner_id=owner_id, separate_from__year__lte=year, separate_to=None).count(),
        "results_transferred": deals.aggregate(n=Count("invention", distinct=True))["n"], "transfers": deals.count(),
        "signed_fen": deals.aggregate(n=Sum("amount_fen"))["n"] or 0, "received_fen": received, "allotted_fen": allotted,
        "paid_fen": paid.aggregate(n=Sum("amount_fen"))["n"] or 0, "people_paid": paid.values("part__member").distinct().count(),
        "by_way": {r["way"]: r["n"] for r in deals.values("way").annotate(n=Count("pk")).order_by("way")},
        "by_mechanism": {r["mechanism"]: r["n"] for r in deals.values("mechanism").annotate(n=Count("pk")).order_by("mechanism")},
        "related": deals.filter(related=True).count(),
    }  # fmt: skip


@action("transfer_reports", "draw_up", "汇总数据", "Draw up")
def draw_up(a: Run, report: TransferReport) -> None:
    """Count the year from the body's records; due by the end of March of the next year."""
    report.counts = counts_of(a.record.owner_id, report.year)
    report.due_on = dt.date(report.year + 1, 3, 31)


@action("transfer_reports", "submit", "报送", "Submit")
def submit(a: Run, report: TransferReport) -> None:
    """Send to the supervising department; refused before the year's records were counted."""
    a.require(report.counts, "not_drawn_up", "请先汇总数据", field="counts")
    a.require(a.today.year > report.year, "year_running", f"{report.year} 年度尚未结束", field="year")
    report.submitted_on = a.today


@action("transfer_reports", "return", "退回", "Return")
def send_back(a: Run, report: TransferReport) -> None:
    """Send back for correction."""


@action("transfer_reports", "accept", "接收", "Accept")
def accept(a: Run, report: TransferReport) -> None:
    """Accepted; goes on to finance and S&T."""


@action("transfer_reports", "discard", "作废", "Discard", danger=True)
def discard_report(a: Run, report: TransferReport) -> None:
    """Discard a draft."""
