"""The only writers of deals, contract texts, obligations and technology contracts."""

from trihelix.registers.contracts.actions import deals, handing, obligations, performance, registration, texts

__all__ = ["deals", "handing", "obligations", "performance", "registration", "texts"]
