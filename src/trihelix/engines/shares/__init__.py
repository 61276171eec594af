"""Sharing the income of service inventions (职务科技成果收益分配). Pure: rules come from the book, dates from the input."""

from trihelix.engines.shares.book import CommissionRule, ShareBook, ShareRule, load_share_book
from trihelix.engines.shares.checks import rule_for, share
from trihelix.engines.shares.compute import Share, ShareResult, cut, nets
from trihelix.engines.shares.request import Member, Plan, Receipt, ShareRequest, parse_share

__all__ = [
    "CommissionRule",
    "Member",
    "Plan",
    "Receipt",
    "Share",
    "ShareBook",
    "ShareRequest",
    "ShareResult",
    "ShareRule",
    "cut",
    "load_share_book",
    "nets",
    "parse_share",
    "rule_for",
    "share",
]
