"""The instrument file: kind, terms, dated events; a sample of every kind."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from trihelix.engines.errors import Refused
from trihelix.engines.fields import Reader
from trihelix.engines.instruments import kinds
from trihelix.engines.instruments.core import Event, Obligation, run, settle
from trihelix.engines.instruments.fund_first import fund_first
from trihelix.engines.instruments.kinds import Built
from trihelix.engines.instruments.models import Models
from trihelix.engines.months import add_days

_KINDS: dict[str, tuple[Callable[[Reader, Models], Built], tuple[str, ...] | None]] = {
    "instalments": (kinds.instalments, None),
    "royalty": (kinds.royalty, ("report",)),
    "use-first": (kinds.use_first, ("first_income", "sales", "stage", "returned", "terminated")),
    "fund-first": (fund_first, ("milestone", "round", "revenue", "failed", "buyback")),
    "concession": (kinds.concession, ("income",)),
    "commission": (kinds.commission, ("paid", "contract", "technical")),
    "custom": (kinds.custom, None),
}


@dataclass(frozen=True)
class Instrument:
    """A parsed instrument: what was built from its terms, and its events."""

    kind: str
    built: Built
    events: tuple[Event, ...]


def parse_instrument(data: Any, models: Models) -> Instrument:
    """Parse ``{"instrument", "id"?, "terms", "events"}``; every unknown key and bad value is refused at once, by path."""
    top = Reader(data)
    kind = top.text("instrument", required=True, among=_KINDS)
    top.text("id")
    terms = top.child("terms", required=True)
    rows = top.rows("events")
    if kind not in _KINDS or terms is None:
        raise Refused.of(top.problems)
    build, types = _KINDS[kind]
    built = build(terms, models)
    events = tuple(_event(row, types) for row in rows)
    top.finish()
    return Instrument(kind, built, events)


def _event(row: Reader, types: tuple[str, ...] | None) -> Event:
    kind = row.text("type", required=True, among=None if types is None else (*types, "payment"))
    shares = row.ratio("shares_before", most=None)
    event = Event(
        day=row.day_or("date"),
        type=kind,
        name=row.text("name"),
        amount=row.money("amount", required=kind in ("payment", "sales", "report", "income", "paid"), negative=kind != "payment") or 0,
        begins=row.day("from"),
        ends=row.day("to"),
        pre_value=row.money("pre"),
        shares_before=shares,
        payer=row.text("payer"),
    )
    if event.begins and event.ends and event.ends < event.begins:
        row.wrong("to", "period_reversed", "期末早于期初", event.ends.isoformat())
    return event


def timeline(instrument: Instrument, on: date | None = None) -> list[Obligation]:
    """Obligations from terms and events; with ``on``, as known on that day and with the status of each.

    Refusals: ``overpaid``, ``straddles_start``, ``no_value`` (a trigger without valuation).
    """
    payments = [e for e in instrument.events if e.type == "payment"]
    happened = [e for e in instrument.events if e.type != "payment"]
    rows = run(instrument.built.clauses, happened, on, instrument.built.stops)
    return settle(rows, payments, instrument.built.payer, on)


def demand_ends(demanded_on: date, models: Models) -> date:
    """When the grace of a demand for overdue payment (催告) ends; after it the licensor may terminate."""
    return add_days(demanded_on, models.limit("demand_days").value)


def example(kind: str) -> dict[str, Any]:
    """A sample input of a kind; refused with the known kinds."""
    if kind not in _EXAMPLES:
        raise Refused.one("unknown_instrument", f"没有“{kind}”这类约定，可用：{'、'.join(_EXAMPLES)}", field="instrument", value=kind)
    return {"instrument": kind, **deepcopy(_EXAMPLES[kind])}


_EXAMPLES: dict[str, dict[str, Any]] = {
    "instalments": {
        "terms": {
            "total_wan": "600",
            "parts": [
                {"label": "签约", "ratio": "0.3", "when": "2026-03-01"},
                {"label": "验收", "ratio": "0.6", "when": {"event": "accepted"}},
                {"label": "质保", "ratio": "0.1", "when": {"after": {"event": "accepted"}, "months": 12}},
            ],
        },
        "events": [{"date": "2026-09-10", "type": "accepted"}, {"date": "2026-03-05", "type": "payment", "amount_wan": "180"}],
    },
    "royalty": {
        "terms": {
            "entry_wan": "50",
            "entry_when": "2026-01-15",
            "base": "sales",
            "tiers": [{"up_to_wan": "1000", "rate": "0.05"}, {"rate": "0.03"}],
            "cap_wan": "300",
            "pay_days": 30,
        },
        "events": [
            {"date": "2026-07-05", "type": "report", "amount_wan": "800", "from": "2026-01-15", "to": "2026-06-30"},
            {"date": "2027-01-05", "type": "report", "amount_wan": "600", "from": "2026-07-01", "to": "2026-12-31"},
        ],
    },
    "use-first": {
        "terms": {
            "model": "shaanxi",
            "granted": True,
            "separately_managed": True,
            "registered": True,
            "start": "2025-01-01",
            "free_months": 12,
            "pays_from": "term",
            "royalty_rate": "0.05",
            "stages": [{"name": "量产", "amount_wan": "10"}],
        },
        "events": [
            {"date": "2026-06-30", "type": "sales", "amount_wan": "800", "from": "2026-01-01", "to": "2026-06-30"},
            {"date": "2026-07-01", "type": "stage", "name": "量产"},
        ],
    },
    "fund-first": {
        "terms": {
            "agreed": "2025-01-01",
            "tranches": [
                {"amount_wan": "100", "when": "2025-01-15"},
                {"amount_wan": "100", "when": {"event": "milestone"}},
            ],
            "trigger_months": 36,
            "cap": "0.20",
            "buyback_rate": "0.03",
            "on_no_trigger": "repay",
        },
        "events": [
            {"date": "2026-01-20", "type": "milestone"},
            {"date": "2026-10-01", "type": "round", "pre_wan": "4000", "amount_wan": "1000", "shares_before": "1000"},
        ],
    },
    "concession": {
        "terms": {"value_wan": "500", "unit_share": "0.30", "down_wan": "50", "down_when": "2026-01-10", "income_rate": "0.10"},
        "events": [{"date": "2026-12-31", "type": "income", "amount_wan": "400"}],
    },
    "commission": {
        "terms": {"rule": "lanzhou"},
        "events": [{"date": "2026-05-01", "type": "paid", "amount_wan": "500"}],
    },
    "custom": {
        "terms": {
            "payer": "甲公司",
            "payee": "乙大学",
            "clauses": [
                {"id": "开工", "amount_wan": "20", "when": {"later_of": ["2026-03-01", {"event": "permit"}]}},
                {"id": "分成", "per_event": "saving", "rate": "0.3", "since": {"after": {"event": "permit"}, "months": 6}},
            ],
        },
        "events": [{"date": "2026-02-01", "type": "permit"}, {"date": "2026-12-31", "type": "saving", "amount_wan": "90"}],
    },
}


def present_value(payments: list[tuple[int, Fraction]], rate: Fraction) -> Fraction:
    """Present value (现值) in fen of ``(amount, years from now)``; whole years only, exact."""
    total = Fraction(0)
    for amount, years in payments:
        if years.denominator != 1:
            raise Refused.one("whole_years", "现值只按整年折算", field="years", value=str(years))
        total += amount / (1 + rate) ** years.numerator
    return total
