"""Executable conditional contracts: clauses say when and how much, dated events come in, obligations come out.

A *when* is data: a date, an event, so many months after another when, the later or the earlier of several. A clause is
due once, or once for every event of a type. Replaying the same events in any order gives the same obligations, because
events are sorted by date, type and name before anything is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Literal, Protocol

from trihelix.engines.errors import Refused
from trihelix.engines.money import format_wan, round_half_up
from trihelix.engines.months import add_days, add_months

Status = Literal["planned", "due", "part_paid", "paid", "overdue"]


@dataclass(frozen=True)
class Event:
    """Something that happened: ``type``, an optional ``name`` (which stage), an amount in fen, a period it covers."""

    day: date
    type: str
    name: str = ""
    amount: int = 0
    begins: date | None = None
    ends: date | None = None
    pre_value: int | None = None
    shares_before: Fraction | None = None
    payer: str = ""

    def order(self) -> tuple[str, ...]:
        """A total order, so that the order of the input does not matter."""
        return (self.day.isoformat(), self.type, self.name, f"{self.amount:+030d}", str(self.begins), str(self.ends), str(self.pre_value))


@dataclass(frozen=True)
class When:
    """A date that depends on events. ``op``: on, event, after, later_of, earlier_of."""

    op: str
    day: date | None = None
    event: str = ""
    name: str = ""
    months: int = 0
    days: int = 0
    parts: tuple[When, ...] = ()

    def resolve(self, events: Sequence[Event]) -> date | None:
        """The date, or None while what it waits for has not happened."""
        if self.op == "on":
            return self.day
        if self.op == "event":
            return min((e.begins or e.day for e in events if e.type == self.event and self.name in ("", e.name)), default=None)
        found = [p.resolve(events) for p in self.parts]
        if self.op == "after":
            start = found[0]
            return None if start is None else add_days(add_months(start, self.months), self.days)
        known = [d for d in found if d is not None]
        if self.op == "later_of":
            return max(known) if known and len(known) == len(found) else None
        return min(known, default=None)

    def text(self) -> str:
        """The condition in words."""
        if self.op == "on":
            return str(self.day)
        if self.op == "event":
            return f"“{self.name or self.event}”发生"
        if self.op == "after":
            return f"{self.parts[0].text()}后 {self.months} 个月" + (f"又 {self.days} 日" if self.days else "")
        return ("较晚者" if self.op == "later_of" else "较早者") + "（" + "、".join(p.text() for p in self.parts) + "）"


def on(day: date) -> When:
    """A fixed date."""
    return When("on", day=day)


def happens(event: str, name: str = "") -> When:
    """The first event of a type (and name); an event that covers a period happens from its first day."""
    return When("event", event=event, name=name)


def after(start: When, months: int = 0, days: int = 0) -> When:
    """So many months and days after another when."""
    return When("after", months=months, days=days, parts=(start,))


def later_of(*parts: When) -> When:
    """The later of several; open while any of them is."""
    return When("later_of", parts=parts)


def earlier_of(*parts: When) -> When:
    """The earlier of several; open while all of them are."""
    return When("earlier_of", parts=parts)


@dataclass(frozen=True)
class Obligation:
    """Who owes whom how much, when and why; amounts in fen. ``shares`` and ``own`` only where shares are issued."""

    id: str
    due: date
    payer: str
    payee: str
    amount: int
    because: str
    paid: int = 0
    status: Status | None = None
    shares: Fraction | None = None
    own: Fraction | None = None

    def as_json(self) -> dict[str, Any]:
        """A row of the timeline."""
        row: dict[str, Any] = {
            "id": self.id,
            "due": self.due,
            "from": self.payer,
            "to": self.payee,
            "amount_fen": self.amount,
            "because": self.because,
            "paid_fen": self.paid,
            "open_fen": self.amount - self.paid,
            "status": self.status,
        }
        if self.shares is not None and self.own is not None:
            row |= {"shares": f"{self.shares}", "own": f"{self.own}"}
        return row


class Clause(Protocol):
    """Anything that turns past events into obligations."""

    def obligations(self, events: Sequence[Event]) -> Iterator[Obligation]:
        """What is owed by this clause, given events in order."""


@dataclass(frozen=True)
class Once:
    """A clause due once: a fixed amount when a condition is met."""

    id: str
    when: When
    amount: int
    payer: str
    payee: str
    because: str

    def obligations(self, events: Sequence[Event]) -> Iterator[Obligation]:
        """At most one; none for an amount of zero."""
        due = self.when.resolve(events)
        if due is not None and self.amount:
            yield Obligation(self.id, due, self.payer, self.payee, self.amount, f"{self.because}：{self.when.text()}")


@dataclass(frozen=True)
class PerEvent:
    """A clause due for every event of a type: ``fee`` maps the cumulated base (fen) to the cumulated fee (exact fen).

    Only events that end on or after ``since`` count. The fee of one event is the growth of the rounded cumulated fee,
    so all fees together are the fee of all bases together, to the fen; a negative base gives money back. ``year_cap``
    limits what one calendar year may cost.
    """

    id: str
    event: str
    fee: Callable[[Fraction], Fraction]
    payer: str
    payee: str
    because: str
    since: When | None = None
    pay_days: int = 0
    year_cap: int | None = None

    def obligations(self, events: Sequence[Event]) -> Iterator[Obligation]:
        """One for each counted event whose fee is not zero. Refused (``straddles_start``) for a report across the start."""
        start = self.since.resolve(events) if self.since else date.min
        base, charged = Fraction(0), 0
        used: dict[int, int] = {}
        for n, event in enumerate(self._counted(events, start), 1):
            base += event.amount
            fee = round_half_up(self.fee(base)) - charged
            charged += fee
            due = add_days(max(event.day, start or event.day), self.pay_days)
            if self.year_cap is not None:
                fee = min(fee, self.year_cap - used.get(due.year, 0))
                used[due.year] = used.get(due.year, 0) + fee
            if fee:
                yield self._row(n, event, due, fee)

    def _counted(self, events: Sequence[Event], start: date | None) -> Iterator[Event]:
        for event in events:
            if start is None or event.type != self.event or (event.ends or event.day) < start:
                continue
            if event.begins and event.begins < start:
                message = f"{event.begins} 至 {event.ends} 的报表跨过起付日 {start}，请在该日分成两张"
                raise Refused.one("straddles_start", message, field="events", value=event.begins.isoformat())
            yield event

    def _row(self, n: int, event: Event, due: date, fee: int) -> Obligation:
        payer, payee = (self.payer, self.payee) if fee > 0 else (self.payee, self.payer)
        words = self.because if fee > 0 else f"{self.because}更正，退回多付"
        return Obligation(f"{self.id}-{n}", due, payer, payee, abs(fee), f"{words}：{event.day} 申报")


def run(clauses: Iterable[Clause], events: Iterable[Event], until: date | None = None, stops: Sequence[str] = ()) -> list[Obligation]:
    """Evaluate clauses over the events known on a day (all, if None); obligations by due date, then id.

    After the first event whose type is in ``stops`` nothing more falls due; what was due before stays due.
    """
    past = sorted((e for e in events if until is None or e.day <= until), key=Event.order)
    end = next((e.day for e in past if e.type in stops), date.max)
    out = [o for clause in clauses for o in clause.obligations(past) if o.due <= end]
    return sorted(out, key=lambda o: (o.due, o.id))


def settle(rows: Sequence[Obligation], payments: Iterable[Event], payer: str, on_day: date | None) -> list[Obligation]:
    """Set payments off against what their payer owes, oldest first, and give each obligation its status as of a day.

    Shares are not paid in money and keep no status. ``payer`` is who pays where a payment does not say. Refused (``overpaid``) when more was paid than is owed.
    """
    left: dict[str, int] = {}
    for payment in payments:
        if on_day is None or payment.day <= on_day:
            name = payment.payer or payer
            left[name] = left.get(name, 0) + payment.amount
    out = []
    for row in rows:
        if row.shares is not None:
            out.append(row)
            continue
        paid = min(left.get(row.payer, 0), row.amount)
        left[row.payer] = left.get(row.payer, 0) - paid
        out.append(replace(row, paid=paid, status=_status(row, paid, on_day)))
    for name, amount in left.items():
        if amount > 0:
            raise Refused.one("overpaid", f"{name} 已付款比应付多 {format_wan(amount)} 万元，请核对付款记录", field="events", value=amount)
    return out


def _status(row: Obligation, paid: int, on_day: date | None) -> Status | None:
    if paid >= row.amount:
        return "paid"
    if on_day is not None and row.due < on_day:
        return "overdue"
    if paid:
        return "part_paid"
    if on_day is None:
        return None
    return "planned" if row.due > on_day else "due"


def by_rate(rate: Fraction, cap: int | None = None) -> Callable[[Fraction], Fraction]:
    """A flat rate on the cumulated base, with an optional cap on the fee in all."""
    return by_tiers(((None, rate),), cap)


def by_tiers(tiers: Sequence[tuple[int | None, Fraction]], cap: int | None = None) -> Callable[[Fraction], Fraction]:
    """Rates by slices of the cumulated base, rising or falling: ``(upper bound in fen or None, rate)``, lowest first."""

    def fee(base: Fraction) -> Fraction:
        total, low = Fraction(0), Fraction(0)
        for top, rate in tiers:
            high = base if top is None else min(base, Fraction(top))
            total += max(Fraction(0), high - low) * rate
            low = max(low, high)
        if base < 0:
            total = base * tiers[0][1]
        return total if cap is None else min(total, Fraction(cap))

    return fee
