"""Statistics of registered contracts: by kind, field, party nature on both sides, IP form, plan source, and flow.

A contract whose two sides are both here is local: it is output (输出) and intake (吸纳) at once and counted once in the
total, so ``output + intake − local`` is the number of contracts that touch the region.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from trihelix.engines.contracts.book import ContractBook
from trihelix.engines.contracts.findings import is_domestic
from trihelix.engines.contracts.record import Certificate, Contract
from trihelix.engines.contracts.sums import amounts


@dataclass(frozen=True)
class Cell:
    """Number of contracts, turnover and technical amount in fen; the two amounts are never added to each other."""

    contracts: int = 0
    turnover: int = 0
    technical: int = 0

    def plus(self, turnover: int, technical: int) -> Cell:
        """One contract more."""
        return Cell(self.contracts + 1, self.turnover + turnover, self.technical + technical)

    def as_json(self) -> dict[str, int]:
        """A cell of the answer."""
        return {"contracts": self.contracts, "turnover_fen": self.turnover, "technical_fen": self.technical}


Table = Mapping[str, Cell]


@dataclass(frozen=True)
class Statistics:
    """The tables of one period, and the revision: how many certificate versions later than the first it rests on."""

    total: Cell
    tables: Mapping[str, Table]
    revision: int

    def as_json(self) -> dict[str, Any]:
        """The tables with every cell."""
        cells = {name: {key: cell.as_json() for key, cell in table.items()} for name, table in self.tables.items()}
        return {"total": self.total.as_json(), "revision": self.revision, **cells}


def is_here(contract: Contract, side: str, division: str, book: ContractBook) -> bool:
    """Whether a side of the contract lies in a division (the prefix of its six-digit code)."""
    return any(is_domestic(p, book) and p.division6.startswith(division) for p in contract.side(side))


def flow(contract: Contract, division: str, book: ContractBook) -> str:
    """``local`` (both here), ``output`` (seller here), ``intake`` (buyer here) or ``elsewhere``."""
    seller, buyer = (is_here(contract, side, division, book) for side in ("seller", "buyer"))
    return {(True, True): "local", (True, False): "output", (False, True): "intake"}.get((seller, buyer), "elsewhere")


def is_foreign(contract: Contract, book: ContractBook) -> bool:
    """A party on either side is abroad."""
    return any(not is_domestic(p, book) for p in contract.parties if p.side != "third")


def current(contract: Contract, as_of: date) -> Certificate | None:
    """The certificate version in force on a day."""
    return max((c for c in contract.certificates if c.date <= as_of), key=lambda c: c.version, default=None)


def statistics(contracts: Iterable[Contract], division: str, since: date, until: date, book: ContractBook, as_of: date) -> Statistics:
    """Tables of the contracts registered in ``[since, until]`` that touch the division, as known on ``as_of``.

    The registered date counts; amounts are those of the certificate in force on ``as_of``, so a correction changes the
    figures of the past and shows in ``revision``.
    """
    tables: dict[str, dict[str, Cell]] = {name: {} for name in ("flow", "foreign", *_SINGLE, "buyer_nature", "seller_nature")}
    total, revision = Cell(), 0
    for row in contracts:
        cells = cells_of(row, division, since, until, book)
        if not cells:
            continue
        certificate = current(row, as_of)
        turnover, technical = _sums(row, certificate, book)
        revision += certificate.version - 1 if certificate else 0
        total = total.plus(turnover, technical)
        for name, key in cells[1:]:
            tables[name][key] = tables[name].get(key, Cell()).plus(turnover, technical)
    ordered = {name: dict(sorted(table.items())) for name, table in tables.items()}
    return Statistics(total, ordered, revision)


TOTAL = ("total", "")


def cells_of(row: Contract, division: str, since: date, until: date, book: ContractBook) -> list[tuple[str, str]]:
    """Every cell ``(table, key)`` that counts a contract, the total first; none when it is outside period or division."""
    where = flow(row, division, book)
    if row.registered_on is None or not since <= row.registered_on <= until or where == "elsewhere":
        return []
    return [TOTAL, *_keys(row, where, book)]


def sums_of(row: Contract, book: ContractBook, as_of: date) -> tuple[int, int]:
    """Turnover and technical amount that the tables count for a contract, in fen."""
    return _sums(row, current(row, as_of), book)


def _sums(row: Contract, certificate: Certificate | None, book: ContractBook) -> tuple[int, int]:
    if certificate:
        return certificate.turnover, certificate.technical
    found = amounts(row, book)
    return found.turnover or 0, found.technical or 0


_SINGLE: Mapping[str, Callable[[Contract], str]] = {
    "kind": lambda c: c.kind,
    "field": lambda c: c.field_name,
    "plan_source": lambda c: c.plan_source,
    "ip_form": lambda c: c.ip[0].ip_kind if c.ip else "none",
}


def _keys(row: Contract, where: str, book: ContractBook) -> list[tuple[str, str]]:
    sides = ("output", "intake", "local") if where == "local" else (where,)
    keys = [("flow", side) for side in sides]
    keys += [("foreign", "foreign")] if is_foreign(row, book) else []
    keys += [(name, get(row)) for name, get in _SINGLE.items()]
    for side in ("buyer", "seller"):
        first = next(iter(row.side(side)), None)
        keys.append((f"{side}_nature", first.nature_code if first else ""))
    return keys
