"""From a stored contract text to the wizard's engine and back: the only place that maps names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trihelix.engines.contracts import amounts, parse_contract
from trihelix.engines.contracts.drafting import Party, Terms, heading
from trihelix.engines.contracts.record import Contract
from trihelix.engines.contracts.terms import KindTerms, load_terms, terms_of
from trihelix.engines.documents import Document, docx, parse
from trihelix.kernel import book
from trihelix.kernel.models import Record
from trihelix.kernel.values import stored_rows
from trihelix.registers.contracts import recognition
from trihelix.registers.contracts.models import ContractDraft, DraftVersion

STRUCTURED = ("kind", "subkind", "term_from", "term_to", "amount_items", "payment_plan", "ip_items", "clauses", "field", "plan_source")


@book.of_current
def templates(path: Path) -> Mapping[str, KindTerms]:
    """Clause templates of the current book by kind."""
    return load_terms(path, recognition.contract_book())


def template(draft: ContractDraft) -> KindTerms:
    return terms_of(templates(), draft.kind)


def _party(record: Record) -> Party:
    body = record.entry
    return Party(record.title, body.credit_code, body.address)


def engine_contract(values: Mapping[str, Any], title: str = "") -> Contract:
    """The structured terms as the recognition engine reads a contract; refuses what it cannot read."""
    plain = {k: stored_rows(v) for k, v in values.items()}
    return parse_contract({**recognition.filed(plain), "title": title}, recognition.contract_book())


def sums(values: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Total price and technical amount in fen, by the rules of recognition (reasonable carriers kept in)."""
    found = amounts(engine_contract(values), recognition.contract_book())
    return found.turnover, found.technical


def parties_of(deal: Any) -> list[dict[str, Any]]:
    """Both parties as rows of a registration."""
    rows = []
    for side, record in (("seller", deal.seller), ("buyer", deal.buyer)):
        body = record.entry
        row = {"side": side, "name": record.title, "credit_code": body.credit_code, "division6": body.division[:6]}
        rows.append({k: v for k, v in row.items() if v})
    return rows


def structured(draft: ContractDraft) -> dict[str, Any]:
    """The structured terms as JSON values, kept with each version."""
    out = {name: getattr(draft, name) for name in STRUCTURED}
    return {**out, "title": draft.record.title, **{k: out[k].isoformat() if out[k] else None for k in ("term_from", "term_to")}}


def engine_terms(draft: ContractDraft) -> Terms:
    """A stored text as the drafting engine reads it."""
    deal = draft.deal.entry
    values = {name: getattr(draft, name) for name in STRUCTURED if name != "clauses"}
    made = engine_contract({**values, "sign_date": draft.term_from or draft.record.created_at.date(), "parties": parties_of(deal)})
    return Terms(
        draft.record.title, draft.subkind, _party(deal.buyer), _party(deal.seller), made.items, made.payments, draft.technical_fen,
        draft.term_from, draft.term_to, {row["clause"]: row["text"] for row in draft.clauses},
    )  # fmt: skip


def title_of(draft: ContractDraft) -> str:
    return heading(template(draft), engine_terms(draft))


def word(version: DraftVersion) -> bytes:
    """A version as a Word file; its footing names version and hash."""
    note = f"{version.draft.record.number} 第 {version.version} 版 · SHA-256 {version.sha256[:16]}…"
    return docx(Document(version.title, parse(version.text), note, issued=version.at.date()))
