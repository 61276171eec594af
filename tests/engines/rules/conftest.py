"""The book of Jilin, read once, and random facts for any of its rules."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import strategies as st

from trihelix.engines.books import book_path
from trihelix.engines.rules import RuleBook, load_rules
from trihelix.engines.rules.columns import SCALES, to_units
from trihelix.engines.rules.model import Input, Rule

BOOK = load_rules(book_path("jilin", {}))
DAYS = {"int": 1, "decimal": 10**5, "money": 10**4, "percent": 10**5, "ratio": 10**4}


@pytest.fixture(scope="session")
def book() -> RuleBook:
    return BOOK


def versions() -> list[tuple[str, date]]:
    """Every version of every rule, with a day on which it holds."""
    return [(rule.id, version.since) for rule in BOOK.rules.values() for version in rule.versions]


def _number(one: Input) -> st.SearchStrategy[int]:
    """Column units: small round values that meet the borders of bands often, and a few large or finely cut ones."""
    scale, _, limit = SCALES[one.type]
    low = -3 if one.least is None else 0
    step = DAYS[one.type]
    top = None if one.most is None else int(to_units(one.most, one))
    wide = (
        st.one_of(st.integers(low, 30), st.integers(low, 2000)).map(lambda n: n * step)
        | st.integers(0, limit * scale)
        | st.integers(0, 10 * scale)
    )
    least = None if one.least is None else int(to_units(one.least, one))
    return wide.map(lambda n: n if top is None else min(n, top)).map(lambda n: n if least is None else max(n, least))


def units(one: Input) -> st.SearchStrategy[Any]:
    """A value of one input in column units, possibly unknown."""
    if one.type in SCALES:
        value: st.SearchStrategy[Any] = _number(one)
    elif one.type == "date":
        value = st.dates(date(2005, 1, 1), date(2030, 12, 31))
    elif one.type == "bool":
        value = st.booleans()
    else:
        value = st.sampled_from(one.choices or ("x",))
    if one.series:
        value = st.lists(st.none() | value, min_size=1, max_size=5) if one.type != "bool" else value
    return st.none() | value


def facts_in_units(rule: Rule) -> st.SearchStrategy[dict[str, Any]]:
    """Facts of one firm, every input known or not."""
    return st.fixed_dictionaries({k: units(one) for k, one in rule.inputs.items()})
