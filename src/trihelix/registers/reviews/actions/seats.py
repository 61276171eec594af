"""What a reviewer does by link: answer, declare an interest, save, submit, abstain. The link's row is noted in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trihelix.engines.errors import Refused
from trihelix.engines.sheets import Column
from trihelix.kernel import clock
from trihelix.kernel.action import Run as Act
from trihelix.kernel.action import action
from trihelix.registers.reviews import links, rulebook
from trihelix.registers.reviews.models import Conflict, Round, Seat

INTEREST = Column("interest", "longtext", "利益申报", "Declared interest")


@action("review_seats", "accept", "接受邀请", "Accept", fields=(Column("promise", "boolean", "承诺", "Promise", required=True),))
def accept(a: Act, seat: Seat, *, promise: bool) -> None:
    """Take the seat: no conflict of interest, files and votes kept secret."""
    a.require(promise, "promise", "请确认没有利益关系并承诺保密，否则请谢绝", field="promise")
    seat.answered_at = a.now


@action("review_seats", "decline", "谢绝", "Decline", fields=(INTEREST,))
def decline(a: Act, seat: Seat, *, interest: str = "") -> None:
    """Step out; a declared interest is a conflict from now on."""
    seat.answered_at, seat.interest = a.now, interest.strip()
    if seat.interest:
        Conflict.objects.update_or_create(
            round=seat.round, item=seat.item, expert=seat.expert, kind="declared", defaults={"reason": seat.interest[:200], "waived": ""}
        )
    a.notify(
        f"评审专家谢绝：{seat.item_code}，请换人",
        roles=("officer",),
        key="declined",
        en=f"A reviewer stepped out of {seat.item_code}: please replace",
    )


MARKS = (
    Column("points", "longtext", "评分", "Points"), Column("gates", "longtext", "门槛", "Gates"), Column("texts", "longtext", "意见", "Texts"),
)  # fmt: skip


def round_of(seat: Seat) -> Round:
    """The round of a seat, read once for a seat in hand."""
    found: Round = seat.round.reviews_round  # type: ignore[attr-defined]
    return found


def sheet_of(seat: Seat) -> Any:
    """The score sheet that the round keeps."""
    return rulebook.from_json(round_of(seat).sheet)


def _keep(a: Act, seat: Seat, points: Any, gates: Any, texts: Any) -> Any:
    sheet = sheet_of(seat)
    known = {i.id for g in sheet.groups for i in g.items}, {k for k, _, _ in sheet.gates}, {t[0] for t in sheet.texts}
    for given, names in zip((points, gates, texts), known, strict=True):
        a.require(isinstance(given or {}, Mapping), "bad_format", "评分应为一组键", field="points")
        unknown = sorted(set(given or {}) - names)
        a.require(not unknown, "unknown_item", f"评分表没有 “{'、'.join(unknown)}”", field="points", value=unknown)
    seat.points = {k: str(v) for k, v in (points or {}).items() if v not in (None, "")}
    seat.gates = {k: v for k, v in (gates or {}).items() if v is not None}
    seat.texts = {k: str(v) for k, v in (texts or {}).items() if str(v).strip()}
    seat.saved_at = a.now
    return sheet


@action("review_seats", "save", "暂存", "Save", fields=MARKS)
def save(a: Act, seat: Seat, *, points: Any = None, gates: Any = None, texts: Any = None) -> None:
    """Keep an unfinished sheet; nothing is checked for completeness."""
    _keep(a, seat, points, gates, texts)


@action("review_seats", "submit", "提交评分", "Submit", fields=MARKS)
def submit(a: Act, seat: Seat, *, points: Any = None, gates: Any = None, texts: Any = None) -> None:
    """Hand in the sheet; refuses missing, unknown and excessive points by name. Fixed unless the office returns it."""
    _open_phase(a, seat)
    sheet = _keep(a, seat, points, gates, texts)
    total: Fraction | None = sheet.total({k: Decimal(v) if _is_number(v) else v for k, v in seat.points.items()}, seat.gates)
    seat.gate_failed, seat.submitted_at = total is None, a.now
    seat.total = None if total is None else Decimal(total.numerator) / Decimal(total.denominator)
    seat.total = seat.total.quantize(Decimal("0.0001")) if seat.total is not None else None


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        raise Refused.one("bad_number", f"“{text}” 不是数字", field="points", value=text) from None


def _open_phase(a: Act, seat: Seat) -> None:
    """Where phases are set, scoring needs one that is open today with the right to score."""
    phases = round_of(seat).phases
    today = a.today.isoformat()
    allowed = not phases or any(str(p["from"]) <= today <= str(p["to"]) and (p.get("right") or "score") == "score" for p in phases)
    a.require(allowed, "phase_closed", "当前阶段不开放评分", field="phases")
    a.require(seat.round.state == "reviewing", "round_closed", "本轮评审已汇总或取消", field="state")


@action("review_seats", "abstain", "弃权", "Abstain")
def abstain(a: Act, seat: Seat) -> None:
    """No score, with the reason; the item is ranked without this seat."""
    seat.submitted_at = a.now


@action("review_seats", "return", "退回修改", "Return")
def return_(a: Act, seat: Seat) -> None:
    """The office returns a sheet with the reason; it is open again, by the link in force or a new one."""
    seat.total, seat.gate_failed, seat.submitted_at = None, False, None
    link = links.make(seat.round, seat.expert, clock.end_of(round_of(seat).closes_on or a.today), a.now)
    links.send(link, f"return:{a.record.version}", a.now)


@action("review_seats", "replace", "换人", "Replace", hidden=True)
def replace(a: Act, seat: Seat) -> None:
    """Ended because somebody else sits here now; done by the round."""


@action("review_seats", "expire", "登记逾期", "Expire")
def expire(a: Act, seat: Seat) -> None:
    """Not done in time: the seat ends, the credit falls by the book's points."""
    from trihelix.kernel.actor import SYSTEM
    from trihelix.kernel.register import register_of
    from trihelix.registers.experts.fees import book_credit

    points = book_credit()["expired"]
    register_of("experts").acts["credit"].run(
        by=SYSTEM, record=seat.expert, points=points, why=f"{seat.round.number} {seat.item_code} 逾期未评", now=a.now
    )
