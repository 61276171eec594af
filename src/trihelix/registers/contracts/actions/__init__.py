"""The only writers of deals and technology contracts."""

from trihelix.registers.contracts.actions import deals, performance, registration

__all__ = ["deals", "performance", "registration"]
