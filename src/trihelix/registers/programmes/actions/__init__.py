"""The only writers of programmes."""

from trihelix.registers.programmes.actions import applications, calls, cases, decisions, endings, money, projects, schemes, subsidies

__all__ = ["applications", "calls", "cases", "decisions", "endings", "money", "projects", "schemes", "subsidies"]
