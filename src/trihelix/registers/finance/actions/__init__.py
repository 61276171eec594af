"""The only writers of the finance registers."""

from trihelix.registers.finance.actions import banks, credit, firms, funds

__all__ = ["banks", "credit", "firms", "funds"]
