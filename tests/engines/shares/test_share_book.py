"""The book of share rules: inheritance, dated values, and errors with file and line."""

from __future__ import annotations

import os
import shutil
from datetime import date
from fractions import Fraction

import pytest

from trihelix.engines.bookfile import BookError
from trihelix.engines.books import books_root
from trihelix.engines.shares import load_share_book

pytestmark = pytest.mark.nodb

SOURCE = books_root(os.environ) / "jilin" / "money" / "share-rules.yaml"


@pytest.fixture
def book_with(tmp_path):
    def make(old: str, new: str):
        folder = tmp_path / "money"
        folder.mkdir()
        shutil.copy(SOURCE, folder)
        text = SOURCE.read_text(encoding="utf-8")
        assert old in text
        (folder / SOURCE.name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return make


def test_a_place_inherits_what_it_does_not_say(tmp_path):
    book = load_share_book(SOURCE.parent.parent)
    shandong = book.rule("shandong")
    assert shandong.floor("licence", None).value == Fraction(7, 10)
    assert shandong.value("main_floor").value == Fraction(1, 2)
    assert shandong.value("due_months") is None
    assert shandong.root().id == "national"


def test_dated_values_take_effect_on_their_day(book_with):
    dated = 'licence: [{value: "0.20", source: 旧法}, {from: 2015-10-01, value: "0.50", source: 新法}]'
    book = load_share_book(book_with('licence: {value: "0.50", source: 促进科技成果转化法第四十五条}', dated))
    rule = book.rule("national")
    assert [rule.floor("licence", d).value for d in (date(2015, 9, 30), date(2015, 10, 1))] == [Fraction(1, 5), Fraction(1, 2)]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('{value: "0.50", source: 国发〔2016〕16号}', '{value: "0.50"}', "missing_key"),
        ('{value: "0.50", source: 国发〔2016〕16号}', '"0.50"', "not_sourced"),
        ('{value: "0.50", source: 国发〔2016〕16号}', '{value: "1.50", source: 国发〔2016〕16号}', "bad_ratio"),
        ('{value: "0.50", source: 国发〔2016〕16号}', "{value: 五成, source: 国发〔2016〕16号}", "bad_number"),
        ("    parent: national", "    parent: mars", "unknown_parent"),
        ("  - id: jilin", "  - id: national", "duplicate_rule"),
        ("    name: 吉林省", "    title: 吉林省", "unknown_key"),
        ("{value: net, source: 国家", "{value: gross, source: 国家", "bad_choice"),
    ],
)
def test_a_wrong_book_names_its_line(book_with, old, new, code):
    with pytest.raises(BookError) as refusal:
        load_share_book(book_with(old, new))
    assert code in {p.code for p in refusal.value.problems}
    assert all("share-rules.yaml:" in p.message for p in refusal.value.problems)
