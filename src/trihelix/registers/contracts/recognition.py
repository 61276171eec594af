"""From a filed contract to the recognition engine and back: the only place that maps names."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from trihelix.engines.contracts import Check, ContractBook, check, load_contract_book, parse_contract
from trihelix.engines.contracts import Contract as Terms
from trihelix.kernel import book
from trihelix.registers.contracts.models import Contract

# Sheet column of the money inside repeat rows → key of the engine's record.
TERMS = (
    "kind", "subkind", "rule_set", "form", "price_text", "text", "signed_by", "field", "plan_source", "government_project", "secret_flag",
)  # fmt: skip
DATES = ("sign_date", "effective_date", "term_from", "term_to")


@book.of_current
def contract_book(path: Path) -> ContractBook:
    """The contract rules of the current book."""
    return load_contract_book(path)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """A repeat row with its money in fen under the engine's key, blanks left out."""
    out = {}
    for key, value in row.items():
        if value in (None, "", []):
            continue
        out[f"{key[:-4]}_fen" if key.endswith("_wan") else key] = value
    return out


def filed(values: dict[str, Any]) -> dict[str, Any]:
    """The engine's record of sheet values (money in fen, dates as dates or ISO text)."""
    out = {k: values[k] for k in TERMS if values.get(k) not in (None, "")}
    out |= {k: str(values[k]) for k in DATES if values.get(k)}
    out |= {k: [_row(r) for r in values.get(k) or ()] for k in ("parties", "amount_items", "payment_plan", "ip_items")}
    for party in out["parties"]:
        if isinstance(party.get("shareholders"), str):
            party["shareholders"] = [s for s in party["shareholders"].replace("；", ";").split(";") if s]
    out["papers"] = list(values.get("papers") or ())
    out["tests"] = dict(values.get("tests") or {})
    out["disputed"] = bool(values.get("disputed"))
    return out


def record_of(contract: Contract, known: list[dict[str, str]] | None = None) -> Terms:
    """A stored contract as the engine reads it."""
    values = {f.name: getattr(contract, f.name) for f in contract._meta.concrete_fields if f.name in (*TERMS, *DATES)}
    for name in ("parties", "amount_items", "payment_plan", "ip_items", "papers", "tests", "disputed"):
        values[name] = getattr(contract, name)
    data = filed(values)
    data["title"] = contract.record.title
    if contract.submissions:  # imported registrations have none
        data["submissions"] = list(contract.submissions)
    if contract.registered_on:
        data["registered_on"] = contract.registered_on.isoformat()
    data["performance"] = [
        {
            "date": r.date.isoformat(), "received_fen": r.received_fen, "technical_part_fen": r.technical_fen, "cost_fen": r.cost_fen,
            "verified_income_fen": r.verified_fen,
        }
        for r in contract.receipts.all()
    ] if contract.pk else []  # fmt: skip
    data["certificate"] = [
        {"no": contract.certificate_no or contract.record.number, "version": c.version, "date": c.date.isoformat(), "turnover_fen": c.turnover_fen,
         "technical_amount_fen": c.technical_fen}
        for c in contract.certificates.all()
    ] if contract.pk else []  # fmt: skip
    data["known"] = known or []
    return parse_contract(data, contract_book())


def known_elsewhere(contract: Contract) -> list[dict[str, str]]:
    """Registrations in force with the same fingerprint at any office: the duplicate check."""
    if not contract.fingerprint:
        return []
    others = Contract.objects.filter(fingerprint=contract.fingerprint, ended_on=None).exclude(registered_on=None).exclude(pk=contract.pk)
    return [
        {"fingerprint": o.fingerprint, "number": o.certificate_no or o.record.number, "body": o.office.title if o.office else ""}
        for o in others.select_related("office")
    ]


def check_filed(contract: Contract, on: dt.date) -> Check:
    """Check a stored contract on a day, duplicates of other offices included; also refreshes the computed columns (unsaved)."""
    current = book.current()
    first = check(record_of(contract), on, contract_book(), current.calendar)
    contract.fingerprint = first.fingerprint
    found = check(record_of(contract, known_elsewhere(contract)), on, contract_book(), current.calendar)
    contract.turnover_fen, contract.technical_fen = found.amounts.turnover, found.amounts.technical
    contract.large, contract.rule_set = found.large, found.rule_set.id
    return found
