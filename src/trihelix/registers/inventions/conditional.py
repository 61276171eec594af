"""From a mechanism's terms and dated events to obligations: the only bridge to the instrument engine."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from trihelix.engines.instruments import Instrument, Models, Obligation, load_models, parse_instrument, timeline
from trihelix.kernel import book
from trihelix.registers.inventions.models import Concession, ContractEvent, FundFirstCase, Invention, UseFirstLicence


@book.of_current
def models(path: Path) -> Models:
    """The instrument models of the current book."""
    return load_models(path)


def _given(**values: Any) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in values.items() if v not in (None, "", [])}


def use_first_terms(entry: UseFirstLicence, registered: bool, today: dt.date) -> dict[str, Any]:
    """Terms of use first; what the result must be is read from the invention on the day."""
    found = Invention.objects.get(pk=entry.invention_id)
    granted = found.granted_on is not None and found.granted_on <= (entry.start or today)
    separate = found.separate_from is not None and not found.separate_to
    return {
        "granted": granted, "separately_managed": separate, "registered": registered, "sole_licensed": found.sole_licensed, "pledged": found.pledged,
        "start": (entry.start or today).isoformat(), "payer": entry.licensee_name or "被许可方", "payee": entry.record.owner.title if entry.record.owner else "许可方",
        **_given(model=entry.model, free_months=entry.free_months, pays_from=entry.pays_from, royalty_rate=entry.royalty_rate),
        "entry_fen": entry.entry_fen, "deferred_fee_fen": entry.deferred_fen,
        "stages": [{"name": s["name"], "amount_fen": s["amount_wan"]} for s in entry.stages],
    }  # fmt: skip


def fund_first_terms(entry: FundFirstCase, today: dt.date) -> dict[str, Any]:
    """Terms of fund first: two tranches, the second at the milestone."""
    agreed = (entry.agreed_on or today).isoformat()
    tranches: list[dict[str, Any]] = [{"amount_fen": entry.tranche1_fen, "when": agreed}]
    if entry.tranche2_fen:
        tranches.append({"amount_fen": entry.tranche2_fen, "when": {"event": "milestone"}})
    return {
        "agreed": agreed, "tranches": tranches, "team_firm": entry.team_firm, "firm": entry.firm,
        **_given(
            holder=entry.holder, trigger_months=entry.trigger_months, discount=entry.discount, cap=entry.cap, buyback_rate=entry.buyback_rate,
            on_no_trigger=entry.on_no_trigger, rest_as=entry.rest_as,
        ),
    }  # fmt: skip


def concession_terms(entry: Concession, today: dt.date) -> dict[str, Any]:
    """Terms of a concession of rights."""
    return {
        "value_fen": entry.value_fen, "unit_share": entry.unit_share, "third_party_behind": entry.third_party_behind, "payer": entry.team,
        "payee": entry.record.owner.title if entry.record.owner else "单位", "down_fen": entry.down_fen,
        **_given(price_fen=entry.price_fen, noticed_price_fen=entry.noticed_fen, income_rate=entry.income_rate),
        **({"down_when": (entry.down_on or today).isoformat()} if entry.down_fen else {}),
    }  # fmt: skip


def event_json(event: ContractEvent) -> dict[str, Any]:
    """An event as the engine reads it."""
    return {
        "date": event.date.isoformat(), "type": event.type,
        **_given(
            name=event.name, amount_fen=event.amount_fen, to=event.ends, pre_fen=event.pre_fen, shares_before=event.shares_before, **{"from": event.begins}
        ),
    }  # fmt: skip


def question(entry: Any, today: dt.date, registered: bool = True) -> dict[str, Any]:
    """Kind, terms and events of an entry: what decision files keep and anyone can replay."""
    events = [event_json(e) for e in ContractEvent.objects.filter(record=entry.record)] if entry.record.pk else []
    if isinstance(entry, UseFirstLicence):
        return {"instrument": "use-first", "terms": use_first_terms(entry, registered, today), "events": events}
    if isinstance(entry, FundFirstCase):
        return {"instrument": "fund-first", "terms": fund_first_terms(entry, today), "events": events}
    return {"instrument": "concession", "terms": concession_terms(entry, today), "events": events}


def instrument(entry: Any, today: dt.date, registered: bool = True) -> Instrument:
    """The parsed instrument; refuses by the engine's codes."""
    return parse_instrument(question(entry, today, registered), models())


def obligations(entry: Any, today: dt.date) -> list[Obligation]:
    """What is owed by whom, as known on the day."""
    return timeline(instrument(entry, today), today)
