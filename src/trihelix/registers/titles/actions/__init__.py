"""The only writers of the registers of titles and talent carriers."""

from trihelix.registers.titles.actions import authorities, carriers, cases, people

__all__ = ["authorities", "carriers", "cases", "people"]
