"""The only writers of the ladder registers."""

from trihelix.registers.ladder.actions import consents, incubators, places, rankings

__all__ = ["consents", "incubators", "places", "rankings"]
