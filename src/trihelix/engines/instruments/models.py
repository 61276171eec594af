"""Load ``money/instruments.yaml``: local models of use first pay later (先使用后付费), defaults of fund first equity later (先投后股)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import check_keys, load_file
from trihelix.engines.dated import Series, Value, parameters
from trihelix.engines.errors import Refused
from trihelix.engines.shares.book import CommissionRule, load_share_book


@dataclass(frozen=True)
class UseFirstModel:
    """A place's way of use first pay later: shortest free time, when pay starts, what the result must be."""

    id: str
    name: str
    values: Mapping[str, Series]

    def value(self, key: str, on: date | None = None) -> Value:
        """A value in force on a day."""
        return _need(self.values, key, on)


@dataclass(frozen=True)
class Models:
    """All local models of a book that instruments lean on."""

    use_first: Mapping[str, UseFirstModel]
    limits: Mapping[str, Series]
    fund_first: Mapping[str, Series]
    commissions: Mapping[str, CommissionRule]

    def limit(self, key: str) -> Value:
        """A sanity limit of use first; never a refusal."""
        return _need(self.limits, key, None)

    def fund(self, key: str) -> Value:
        """A default of fund first."""
        return _need(self.fund_first, key, None)


def _need(values: Mapping[str, Series], key: str, on: date | None) -> Value:
    found = values[key].on(on)
    if found is None:
        raise Refused.one("no_value", f"规则库在 {on} 没有“{key}”的取值", field=key)
    return found


_USE_FIRST = ("min_free_months", "pays_from", "must_be")


def load_models(book: Path) -> Models:
    """Read a book folder's instrument models and commission rules; BookError names file and line."""
    node: Any = load_file(book / "money" / "instruments.yaml", book)
    check_keys(node, required=("use_first", "use_first_limits", "fund_first"))
    check_keys(node["use_first_limits"], required=("royalty_rate", "fixed_wan", "demand_days"))
    check_keys(node["fund_first"], required=("cap", "trigger_months", "amount_wan"))
    use_first: dict[str, UseFirstModel] = {}
    for entry in node["use_first"]:
        check_keys(entry, required=("id", "name", *_USE_FIRST))
        use_first[entry["id"]] = UseFirstModel(entry["id"], entry["name"], parameters(entry, _USE_FIRST))
    limits = parameters(node["use_first_limits"], node["use_first_limits"])
    return Models(use_first, limits, parameters(node["fund_first"], node["fund_first"]), load_share_book(book).commissions)
