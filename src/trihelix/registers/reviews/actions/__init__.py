"""The only writers of review rounds and seats."""

from trihelix.registers.reviews.actions import outcome, panels, rounds, seats

__all__ = ["outcome", "panels", "rounds", "seats"]
