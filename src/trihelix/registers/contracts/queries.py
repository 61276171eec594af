"""Reads of deals, contract texts and technology contracts used by more than one caller."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.contracts import Check, statistics
from trihelix.engines.contracts.drafting import Line, lines, missing
from trihelix.engines.contracts.tables import Statistics, cells_of, sums_of
from trihelix.kernel import clock
from trihelix.kernel.actor import Actor, entries, visible_to
from trihelix.kernel.figures import Period
from trihelix.kernel.models import Link, Record
from trihelix.kernel.register import register_of
from trihelix.registers.contracts import drafts, recognition, signing
from trihelix.registers.contracts.access import SIDES, may_read, nda_open, side_of
from trihelix.registers.contracts.figures import registered
from trihelix.registers.contracts.models import Contract, ContractDraft, Deal, Obligation


def checked(contract: Contract, on: dt.date | None = None) -> Check:
    """The recognition check of a stored contract as it stands; nothing is written."""
    return recognition.check_filed(contract, on or contract.accepted_on or clock.today())


def queue(by: Actor) -> list[Contract]:
    """The registration desk: what waits for a decision, by due date."""
    rows = entries(by, Contract).filter(record__state__in=("submitted", "accepted", "expert", "objected", "change_pending"))
    return sorted(rows.select_related("office"), key=lambda c: (c.due or dt.date.max, c.record.created_at, c.pk))


def tables(by: Actor, start: dt.date, end: dt.date, division: str = "22") -> Statistics:
    """Statistics of the contracts registered in a period that the viewer may see: kinds, fields, natures on both sides, flow."""
    rows = registered(by, Period(start, end)).prefetch_related("receipts", "certificates")
    records = [recognition.record_of(c) for c in rows]
    return statistics(records, division, start, end, recognition.contract_book(), clock.today())


def cell_list(by: Actor, start: dt.date, end: dt.date, division: str, table: str, key: str) -> list[tuple[Contract, int, int]]:
    """The contracts that one cell of the statistics counts, each with the turnover and technical amount it adds there."""
    rows = (
        registered(by, Period(start, end))
        .prefetch_related("receipts", "certificates")
        .select_related("office")
        .order_by("registered_on", "pk")
    )
    rule_book, today, out = recognition.contract_book(), clock.today(), []
    for contract in rows:
        record = recognition.record_of(contract)
        if (table, key) in cells_of(record, division, start, end, rule_book):
            out.append((contract, *sums_of(record, rule_book, today)))
    return out


def deal_view(deal: Deal, by: Actor) -> dict[str, Any]:
    """Confidentiality, brokers, term sheets, meetings, texts and obligations of a deal, as far as the viewer may read them."""
    sheets_shown = [
        {"row": s, "open": may_read(deal, by, s.side), "terms": _sheet_rows(s.terms), "side": SIDE_WORDS.get(s.side, s.side)}
        for s in deal.term_sheets.all()
    ]
    duties = entries(by, Obligation).filter(deal=deal.record).select_related("debtor", "creditor").order_by("due_on", "pk")
    texts = entries(by, ContractDraft).filter(deal=deal.record).order_by("-pk")
    links = Link.objects.filter(source=deal.record, kind__in=("contract", "transfer")).select_related("target")
    return {
        "open": may_read(deal, by), "nda_open": nda_open(deal), "side": side_of(deal, by), "sheets": sheets_shown, "meetings": deal.meetings.all(),
        "brokers": deal.brokers.filter(until=None).select_related("broker"), "duties": duties, "texts": texts,
        "next": [x.target for x in links if visible_to(by, Record.objects.filter(pk=x.target_id)).exists()],
    }  # fmt: skip


SIDE_WORDS = {"buyer": ("受让方", "Buyer"), "seller": ("让与方", "Seller"), "desk": ("站点", "Desk")}


def _sheet_rows(terms: list[list[Any]]) -> list[dict[str, Any]]:
    columns = {c.name: c for c in term_columns()}
    return [{"column": columns[name], "value": value} for name, value in terms if name in columns]


def term_columns() -> tuple[Any, ...]:
    """The columns of a term sheet."""
    return register_of("deals").acts["propose_terms"].fields


def writer(draft: ContractDraft, deal: Deal) -> str:
    """The side whose text it is; empty for the desk's."""
    return next((s for s in SIDES if getattr(deal, f"{s}_id") == draft.record.owner_id), "")


def readable_deal(draft: ContractDraft, by: Actor) -> Deal | None:
    """The deal of a text when its confidential parts are open to the viewer."""
    deal: Deal = draft.deal.entry
    return deal if may_read(deal, by, writer(draft, deal)) else None


def draft_view(draft: ContractDraft, by: Actor) -> dict[str, Any]:
    """Versions with who confirmed and signed, the checklist, and what the viewer's side may do now."""
    deal = readable_deal(draft, by)
    if deal is None:
        return {"open": False}
    side = side_of(deal, by)
    versions = list(draft.versions.prefetch_related("signatures"))
    last = versions[-1] if versions else None
    found = clause_lines(draft)
    signed = {s.side for s in last.signatures.all()} if last else set()
    return {
        "open": True, "deal": deal, "side": side, "versions": versions, "last": last, "missing": missing(found),
        "law": [x for x in found if x.origin == "law"], "signed": signed,
        "may_confirm": bool(side and last and draft.record.state == "drafting" and getattr(last, f"{side}_on") is None),
        "may_sign": bool(side and draft.record.state == "agreed" and side not in signed), "providers": signing.PROVIDERS.values(),
    }  # fmt: skip


def clause_lines(draft: ContractDraft) -> tuple[Line, ...]:
    """The clauses of a text as they stand."""
    return lines(drafts.template(draft), drafts.engine_terms(draft))
