"""Rules as data (政策规则): what a firm qualifies for on a day, by which clause, and what would change it.

``load_rules(path)`` → :class:`RuleBook`; ``check`` one firm, ``check_many`` a frame, ``diff`` two books.
"""

from trihelix.engines.rules.answer import Answer
from trihelix.engines.rules.diff import affected, diff, version_diff
from trihelix.engines.rules.engine import RuleBook, load_rules

__all__ = ["Answer", "RuleBook", "affected", "diff", "load_rules", "version_diff"]
