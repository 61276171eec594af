"""What changed between two books, rule by rule and value by value, and whose verdict it changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from trihelix.engines.rules.describe import rule_json
from trihelix.engines.rules.engine import RuleBook


def diff(old: RuleBook, new: RuleBook) -> list[dict[str, Any]]:
    """``[{"rule", "path", "old", "new"}]``; a path names ids and keys, never list positions where items have an id."""
    out = []
    for rule_id in sorted(set(old.rules) | set(new.rules)):
        before = rule_json(old.rules[rule_id]) if rule_id in old.rules else None
        after = rule_json(new.rules[rule_id]) if rule_id in new.rules else None
        out += [{"rule": rule_id, "path": path, "old": a, "new": b} for path, a, b in _differences(before, after, "")]
    return out


def version_diff(book: RuleBook, rule_id: str, first: date, second: date) -> list[dict[str, Any]]:
    """What differs in one rule between two days: the version's text and the values of its parameters."""
    sides = []
    for day in (first, second):
        rule = rule_json(book.rule(rule_id))
        version = next(v for v in rule["versions"] if v["version"] == book.version(rule_id, day).id)
        values = {k: v.value for k, v in book.compiled(rule_id, day).values.items()}
        shown = {p["key"]: next(x["value"] for x in reversed(p["values"]) if x["from"] <= day and (x["to"] is None or day <= x["to"]))
                 for p in rule["parameters"] if p["key"] in values}  # fmt: skip
        sides.append({**version, "parameters": shown})
    return [{"rule": rule_id, "path": path, "old": a, "new": b} for path, a, b in _differences(sides[0], sides[1], "")]


def affected(old: RuleBook, new: RuleBook, rule_id: str, frame: pl.DataFrame, days: tuple[date, date]) -> pl.DataFrame:
    """Firms whose verdict, total or failing clauses differ: ``id, old, new`` verdicts with their failing clauses."""
    tables = [book.check_many(rule_id, frame, day) for book, day in zip((old, new), days, strict=True)]
    a, b = (t.select("id", "verdict", "failed", "total") for t in tables)
    both = pl.concat([a.rename(lambda c: f"old_{c}" if c != "id" else c), b.drop("id").rename(lambda c: f"new_{c}")], how="horizontal")
    return both.filter((pl.col("old_verdict") != pl.col("new_verdict")) | (pl.col("old_failed") != pl.col("new_failed")))


def _differences(a: Any, b: Any, path: str) -> list[tuple[str, Any, Any]]:
    if a == b:
        return []
    left, right = _keyed(a), _keyed(b)
    if left is None or right is None:
        return [(path or "/", a, b)]
    out = []
    for key in [*left, *(k for k in right if k not in left)]:
        out += _differences(left.get(key), right.get(key), f"{path}/{key}")
    return out


def _keyed(value: Any) -> dict[str, Any] | None:
    """A mapping as it is; a list of items with an id, key, version or from-date by that name."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(x, dict) for x in value):
        for name in ("id", "key", "version", "from"):
            if all(name in x for x in value):
                return {str(x[name]): x for x in value}
    return None
