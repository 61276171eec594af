"""The only writers of secondments."""

from trihelix.registers.secondments.actions import batches, choice, dispatch, posts, service, subsidy, terms_end

__all__ = ["batches", "choice", "dispatch", "posts", "service", "subsidy", "terms_end"]
