"""The only writers of service inventions."""

from trihelix.registers.inventions.actions import deferred, ledger, mechanisms, money, people, plans, reform

__all__ = ["deferred", "ledger", "mechanisms", "money", "people", "plans", "reform"]
