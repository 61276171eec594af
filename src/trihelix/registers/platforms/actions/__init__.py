"""The only writers of the registers of platforms."""

from trihelix.registers.platforms.actions import abroad, places, platforms, years

__all__ = ["abroad", "places", "platforms", "years"]
