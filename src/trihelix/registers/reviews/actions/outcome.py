"""The outcome: ranking with ties and sensitivity, handed over to the records under review; fees of the reviewers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run as Act
from trihelix.kernel.action import action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.register import register_of
from trihelix.registers.experts import fees
from trihelix.registers.experts.models import Expert
from trihelix.registers.reviews import panels, queries
from trihelix.registers.reviews.flow import OFFICE
from trihelix.registers.reviews.models import Item, ReviewLink, Round, Seat


@action("review_rounds", "close", "汇总排名", "Close and rank")
def close(a: Act, entry: Round) -> None:
    """Rank from the submitted sheets, exactly; links stop working, reviewers who did their work gain credit."""
    entry.ranking = queries.ranked(entry)
    entry.closed_at = a.now
    ReviewLink.objects.filter(round=a.record, revoked_at=None).update(revoked_at=a.now)
    points = fees.book_credit()["submitted"]
    done = Seat.objects.filter(round=a.record, record__state="submitted").values_list("expert_id", flat=True).distinct()
    most = fees.book_credit()["most"]
    for expert in Expert.objects.filter(pk__in=done, credit__lt=most):
        register_of("experts").acts["credit"].run(
            by=SYSTEM, record=expert.record, points=points, why=f"完成 {a.record.number} 评审", now=a.now
        )


@action("review_rounds", "reopen", "重新开放", "Reopen")
def reopen(a: Act, entry: Round) -> None:
    """Back to reviewing with the reason; new links must be sent to those who are asked again."""
    entry.ranking, entry.closed_at = {}, None


@action("review_rounds", "hand_over", "移交评审结果", "Hand over")
def hand_over(a: Act, entry: Round) -> None:
    """Give score and rank to the records under review; applications move on by their own act."""
    rows = {r["item"]: r for r in entry.ranking.get("rows", ())}
    moved = 0
    for item in Item.objects.filter(round=a.record).select_related("record"):
        row = rows.get(item.code, {})
        register = register_of(item.record.register)
        if "review_done" in register.acts and item.record.state == "review":
            kept = {**row, "round": a.record.number, "normalised": entry.normalise}
            score = None if row.get("exact") is None else _decimal(row["exact"])
            register.acts["review_done"].run(by=a.by, record=item.record, score=score, rank=row.get("rank"), ranking=kept, now=a.now)
            moved += 1
        a.link(item.record, "review")
    a.extra["handed"] = [None, moved]


def _decimal(exact: str) -> Decimal:
    value = Fraction(exact)
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.0001"))


@action("review_rounds", "settle_fees", "核算咨询费", "Work out fees", roles=(*OFFICE, "finance"), fields=(
    Column("mode", "choice", "方式", "Mode", required=True, choices={"meeting": ("会议", "Meeting"), "correspondence": ("函评或网评", "By correspondence")}),
    Column("days", "decimal", "会议天数", "Days", unit="天"), Column("percent", "integer", "每次占日标准", "Percent", unit="%"),
))  # fmt: skip
def settle_fees(a: Act, entry: Round, *, mode: str, days: Decimal | None = None, percent: int | None = None) -> None:
    """Draft a fee for every reviewer who handed in sheets: by days for a meeting, by sheets for correspondence, at the least day rate of the rank."""
    a.require(a.record.state in ("closed", "handed_over"), "not_closed", "汇总后才能核算咨询费", field="state")
    seats = Seat.objects.filter(round=a.record, record__state="submitted").values("expert").annotate(n=Count("pk")).order_by("expert")
    create, count = register_of("expert_fees").acts["create"].run, 0
    for row in seats:
        expert = Expert.objects.get(pk=row["expert"])
        low, _ = fees.day_range(expert.rank, expert.academician)
        how: dict[str, Any] = (
            {"days": days} if mode == "meeting" else {"times": row["n"], "percent": percent or fees.standard()["correspondence_percent"][0]}
        )
        create(
            by=a.by,
            title=f"{a.record.title} 咨询费"[:200],
            expert=str(expert.record.uid),
            mode=mode,
            day_yuan=low,
            ref=f"{a.record.number}-{expert.record.number}",
            now=a.now,
            **how,
        )
        count += 1
    a.require(count, "no_seats", "没有已提交的评审", field="mode")
    a.extra["fees"] = [None, count]


@action("review_rounds", "cancel", "取消", "Cancel", danger=True)
def cancel(a: Act, entry: Round) -> None:
    """Cancel with the reason; links stop working and open seats end."""
    ReviewLink.objects.filter(round=a.record, revoked_at=None).update(revoked_at=a.now)
    end = register_of("review_seats").acts["replace"].run
    for seat in Seat.objects.filter(round=a.record, record__state__in=panels.OPEN):
        end(by=SYSTEM, record=seat.record, reason="评审取消", now=a.now)
