"""Rules as data (政策规则): what a firm qualifies for on a day, by which clause, and what would change it.

``load_rules(path)`` → :class:`RuleBook`; ``check`` one firm, ``check_many`` a frame, ``diff`` two books.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trihelix.engines.rules.answer import Answer
    from trihelix.engines.rules.differences import affected, diff, version_diff
    from trihelix.engines.rules.engine import RuleBook, load_rules

__all__ = ["Answer", "RuleBook", "affected", "diff", "load_rules", "version_diff"]
_HOMES = {"Answer": "answer", "RuleBook": "engine", "load_rules": "engine"}


def __getattr__(name: str) -> Any:
    """Schemes use the expressions of rules in every process; frames and the compiler load when a rule is first run (PEP 562)."""
    if name in __all__:
        return getattr(import_module(f"trihelix.engines.rules.{_HOMES.get(name, 'differences')}"), name)
    raise AttributeError(name)
