"""The only writers of secondments."""

from trihelix.registers.secondments.actions import batches, choice, posts, service, subsidy, terms_end

__all__ = ["batches", "choice", "posts", "service", "subsidy", "terms_end"]
