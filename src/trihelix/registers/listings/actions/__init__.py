"""The only writers of listings."""

from trihelix.registers.listings.actions import awarding, bidding, offering

__all__ = ["awarding", "bidding", "offering"]
