"""The only writers of service inventions."""

from trihelix.registers.inventions.actions import ledger, money, plans

__all__ = ["ledger", "money", "plans"]
