"""Dated values of a book: each value carries its legal source, and says when it is not verified.

In YAML a parameter is one mapping or a list of them, oldest first::

    pool_floor:
      - {from: 2015-10-01, value: "0.50", source: 促进科技成果转化法第四十五条}

A value without ``from`` has held as long as anyone may ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from trihelix.engines.bookfile import BookError, Node, check_keys


@dataclass(frozen=True)
class Value:
    """One value with its source (``clause``); ``unverified`` values are editable defaults and are shown as such."""

    value: Any
    source: str
    since: date | None = None
    unverified: bool = False


@dataclass(frozen=True)
class Series:
    """A parameter as dated values, oldest first."""

    values: tuple[Value, ...]

    def on(self, day: date | None) -> Value | None:
        """The value in force on a day (the newest one when ``day`` is None); None before the first."""
        found = None
        for value in self.values:
            if day is None or value.since is None or value.since <= day:
                found = value
        return found


def series(node: Node, key: str) -> Series:
    """Read a parameter; BookError names file and line of a missing source or of dates out of order."""
    raw = node[key]
    entries = raw if isinstance(raw, list) else [raw]
    values = [_value(node, key, entry) for entry in entries]
    starts = [v.since or date.min for v in values]
    if not values or starts != sorted(set(starts)):
        raise BookError.at(node, key, "dates_order", f"“{key}”的取值为空，或生效日期没有从早到晚排列")
    return Series(tuple(values))


def _value(node: Node, key: str, entry: Any) -> Value:
    if not isinstance(entry, Node):
        raise BookError.at(node, key, "not_sourced", f"“{key}”须写成 {{value: …, source: …}}")
    check_keys(entry, required=("value", "source"), optional=("from", "unverified"))
    since = entry.get("from")
    if since is not None and not isinstance(since, date):
        raise BookError.at(entry, "from", "bad_date", f"生效日期“{since}”不是日期")
    if not isinstance(entry["source"], str) or not entry["source"].strip():
        raise BookError.at(entry, "source", "no_source", f"“{key}”没有写明出处")
    return Value(entry["value"], entry["source"], since, entry.get("unverified", False) is True)


def parameters(node: Node, keys: Iterable[str]) -> dict[str, Series]:
    """The parameters present among ``keys``."""
    return {key: series(node, key) for key in keys if key in node}
