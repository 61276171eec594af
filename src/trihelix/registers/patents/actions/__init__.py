"""The only writers of the patent registers."""

from trihelix.registers.patents.actions import (
    cases,
    centres,
    deals,
    fees,
    opening,
    patents,
    products,
    pushing,
    rounds,
    stock,
    uses,
    valuations,
)

__all__ = ["cases", "centres", "deals", "fees", "opening", "patents", "products", "pushing", "rounds", "stock", "uses", "valuations"]
