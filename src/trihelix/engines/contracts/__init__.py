"""Recognition of technology contracts (技术合同认定登记). Pure: rules come from the book, the day from the caller."""

from trihelix.engines.contracts.book import ContractBook, load_contract_book
from trihelix.engines.contracts.changes import Effect, after_registration
from trihelix.engines.contracts.hints import Hint, fingerprint, portfolio_hints
from trihelix.engines.contracts.pricing import PriceNotice, Sale, award, immunity_ready
from trihelix.engines.contracts.recognition import Check, check
from trihelix.engines.contracts.record import Contract, parse_contract
from trihelix.engines.contracts.sums import Amounts, amounts, clock, dispute_clocks, is_large, verified_income
from trihelix.engines.contracts.tables import Statistics, statistics
from trihelix.engines.contracts.tax import benefits, cash_reward

__all__ = [
    "Amounts",
    "Check",
    "Contract",
    "ContractBook",
    "Effect",
    "Hint",
    "PriceNotice",
    "Sale",
    "Statistics",
    "after_registration",
    "amounts",
    "award",
    "benefits",
    "cash_reward",
    "check",
    "clock",
    "dispute_clocks",
    "fingerprint",
    "immunity_ready",
    "is_large",
    "load_contract_book",
    "parse_contract",
    "portfolio_hints",
    "statistics",
    "verified_income",
]
