"""What the law fills in where a contract is silent (法定补充规则): shown by the wizard, clause by clause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trihelix.engines.bookfile import check_keys, load_file


@dataclass(frozen=True)
class DefaultRule:
    """One gap and what fills it, for some kinds or sub-kinds."""

    id: str
    kinds: tuple[str, ...]
    gap: str
    fills: str
    source: str
    unverified: bool


def load_default_rules(book: Path) -> tuple[DefaultRule, ...]:
    """Read ``money/default-rules.yaml``; BookError names file and line."""
    node = load_file(book / "money" / "default-rules.yaml", book)
    check_keys(node, required=("rules",))
    out = []
    for entry in node["rules"]:
        check_keys(entry, required=("id", "kinds", "gap", "fills", "source"), optional=("unverified",))
        kinds = tuple(entry["kinds"])
        out.append(DefaultRule(entry["id"], kinds, entry["gap"], entry["fills"], entry["source"], entry.get("unverified") is True))
    return tuple(out)


def default_rules(rules: Sequence[DefaultRule], kind: str, subkind: str = "") -> list[DefaultRule]:
    """The rules for a contract's kind and sub-kind, in the order of the book."""
    return [r for r in rules if kind in r.kinds or (subkind and subkind in r.kinds)]
