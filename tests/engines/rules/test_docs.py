"""The list of rules in the documentation is the list in the book."""

from __future__ import annotations

from pathlib import Path

import pytest

from trihelix.engines.rules import RuleBook
from trihelix.engines.rules.describe import catalogue
from trihelix.engines.rules.expressions import FUNCTIONS

pytestmark = pytest.mark.nodb
PAGE = Path(__file__).resolve().parents[3] / "docs" / "rules.md"


def test_the_documented_list_is_current(book: RuleBook) -> None:
    text = PAGE.read_text(encoding="utf-8")
    listed = text.partition("<!-- generated: rules -->\n")[2].partition("\n<!-- end -->")[0]
    assert listed == catalogue(book.rules.values())


def test_every_function_of_the_language_is_named() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(name in text for name in FUNCTIONS)
