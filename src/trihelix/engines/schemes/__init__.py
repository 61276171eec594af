"""Schemes as data (计划类别): one file configures intake, checks, review, money, instrument, checks, acceptance and follow-up.

``load_schemes(path)`` → :class:`SchemeBook`; ``grant`` computes the public money; ``routes.flow`` draws a scheme's way.
"""

from trihelix.engines.schemes.describe import diagram, scheme_flow, scheme_json, summary_json
from trihelix.engines.schemes.loader import SchemeBook, from_texts, load_schemes, read_scheme, with_choice
from trihelix.engines.schemes.model import Scheme
from trihelix.engines.schemes.money import Granted, grant, judge, parts_of

__all__ = [
    "Granted", "Scheme", "SchemeBook", "diagram", "from_texts", "grant", "judge", "load_schemes", "parts_of", "read_scheme", "scheme_flow", "scheme_json",
    "summary_json", "with_choice",
]  # fmt: skip
