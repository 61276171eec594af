"""What pages of service inventions read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Sum

from trihelix.kernel.actor import Actor, entries
from trihelix.registers.inventions.figures import GONE
from trihelix.registers.inventions.models import IncomeReceipt, Invention, PilotBody, SharePart, Transfer
from trihelix.registers.inventions.sheets.core import MECHANISMS

WIDTH, HEIGHT, BAR = 640, 150, 90


@dataclass(frozen=True)
class Bar:
    """One bar of the waterfall: label, fen, place and height in pixels."""

    label: str
    fen: int
    x: int
    y: int
    height: int
    tone: str


@dataclass
class Line:
    """One receipt down to my share."""

    receipt: IncomeReceipt
    transfer: Transfer
    net: int
    pool: int
    mine: int
    payable: int
    paid: int
    due: dt.date | None
    late: bool
    bars: list[Bar] = field(default_factory=list)

    @property
    def owed(self) -> int:
        return self.payable - self.paid


def waterfall(steps: list[tuple[str, int, str]]) -> list[Bar]:
    """Bars of steps (label, fen, tone): totals stand on the ground, what is taken off hangs below the step before."""
    top = max((abs(fen) for _, fen, _ in steps), default=0) or 1
    bars, level = [], 0
    for n, (label, fen, tone) in enumerate(steps):
        height = max(1, round(abs(fen) * HEIGHT / top))
        if tone == "minus":
            y = HEIGHT - level
            level -= height
        else:
            level = height
            y = HEIGHT - level
        bars.append(Bar(label, fen, 12 + n * (BAR + 14), max(0, y), height, tone))
    return bars


def lines_of(person_id: int | None, today: dt.date) -> list[Line]:
    """Every receipt with a part for the person, newest first."""
    if person_id is None:
        return []
    out = []
    parts = SharePart.objects.filter(person_id=person_id).select_related("receipt__transfer__record").prefetch_related("payouts")
    for part in parts.order_by("-receipt__date", "-pk"):
        receipt = part.receipt
        siblings = list(receipt.parts.all())
        net = sum(p.earned_fen for p in siblings)
        pool = sum(p.earned_fen for p in siblings if p.role == "member")
        rest = sum(p.earned_fen for p in siblings if p.role != "member")
        paid = sum(p.amount_fen for p in part.payouts.all() if p.paid_on)
        owed = part.payable_fen - paid
        line = Line(
            receipt,
            receipt.transfer,
            net,
            pool,
            part.earned_fen,
            part.payable_fen,
            paid,
            part.due,
            bool(part.due and owed > 0 and today > part.due),
        )
        line.bars = waterfall(
            [
                ("到账", receipt.amount_fen, "total"), ("税费与成本", receipt.amount_fen - net, "minus"), ("净收益", net, "total"),
                ("单位与机构", rest, "minus"), ("奖励总额", pool, "total"), ("我的份额", part.earned_fen, "mine"),
            ]
        )  # fmt: skip
        out.append(line)
    return out


def totals(lines: list[Line]) -> dict[str, int]:
    """Earned, payable, paid, owed."""
    return {
        "mine": sum(x.mine for x in lines),
        "payable": sum(x.payable for x in lines),
        "paid": sum(x.paid for x in lines),
        "owed": sum(x.owed for x in lines),
    }


def my_inventions(actor: Actor, refs: set[str]) -> list[tuple[Invention, str]]:
    """Inventions the person completed, with the person's ratio."""
    out = []
    for one in entries(actor, Invention).order_by("-record__created_at"):
        row = next((r for r in one.completers if str(r.get("person") or "") in refs), None)
        if row:
            out.append((one, str(row["ratio"])))
    return out


def dashboard(actor: Actor, on: dt.date) -> dict[str, Any]:
    """By body and by mechanism, cumulative at a date: distinct results, signed, received, allotted and paid to people."""
    rows = entries(actor, Transfer).filter(signed_on__lte=on).exclude(record__state__in=GONE)
    sums = {
        "results": Count("invention", distinct=True), "deals": Count("pk", distinct=True), "signed": Sum("amount_fen"), "received": Sum("received_fen"),
        "people": Sum("people_fen"), "paid": Sum("paid_fen"),
    }  # fmt: skip
    pilots = set(PilotBody.objects.filter(valid_from__lte=on).exclude(valid_to__lt=on).values_list("record__owner_id", flat=True))
    bodies = list(rows.values("record__owner_id", "record__owner__title").annotate(**sums).order_by("record__owner__title"))
    for body in bodies:
        body["pilot"] = body["record__owner_id"] in pilots
    by_mechanism = [
        {**r, "label": MECHANISMS.get(r["mechanism"], (r["mechanism"], r["mechanism"]))}
        for r in rows.values("mechanism").annotate(**sums).order_by("mechanism")
    ]
    return {"bodies": bodies, "mechanisms": by_mechanism, "total": rows.aggregate(**sums), "pilots": len(pilots), "on": on}
