"""The contract book: its words fit together, and a wrong book names its line."""

from __future__ import annotations

import os
import shutil

import pytest

from trihelix.engines import contracts
from trihelix.engines.bookfile import BookError
from trihelix.engines.books import books_root
from trihelix.engines.codelists import load_codelists
from trihelix.engines.contracts.defaults import default_rules, load_default_rules

pytestmark = pytest.mark.nodb

FOLDER = books_root(os.environ) / "jilin"
BOOK = contracts.load_contract_book(FOLDER)


@pytest.fixture
def book_with(tmp_path):
    def make(old: str, new: str):
        shutil.copytree(FOLDER / "money", tmp_path / "money")
        file = tmp_path / "money" / "contract-rules.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return make


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("parent: OLD-2001", "parent: OLD-1985", "unknown_parent"),
        ("oral: {outcome: refuse", "oral: {outcome: shrug", "bad_choice"),
        ("code: routine_work, text: 研究", "code: boredom, text: 研究", "unknown_reason"),
        ("when: {needs_permit: [true]}", "when: {mood: [true]}", "unknown_key"),
        ("    name: 技术开发", "    title: 技术开发", "unknown_key"),
        ("default_rule_sets:", "fallback:", "missing_key"),
    ],
)
def test_a_wrong_book_names_its_line(book_with, old, new, code):
    with pytest.raises(BookError) as refusal:
        contracts.load_contract_book(book_with(old, new))
    assert code in {p.code for p in refusal.value.problems}
    assert all("contract-rules.yaml:" in p.message for p in refusal.value.problems)


def test_every_kind_and_proposal_is_known():
    words = {s for k in BOOK.kinds.values() for s in (k.code, *k.subkinds)}
    assert {t.propose for t in BOOK.all_tests() if t.propose} <= words
    assert {t.only for t in BOOK.all_tests() if t.only} <= words
    assert all(set(b.by_kind) == set(BOOK.kinds) for b in BOOK.benefits)


def test_kinds_carry_the_codes_of_the_code_list():
    codes = load_codelists(FOLDER / "codes")
    listed = {row.code: row.zh for row in codes["contract_types"].rows}
    ours = {k.code: k.name for k in BOOK.kinds.values()} | {c: n for k in BOOK.kinds.values() for c, n in k.subkinds.items()}
    assert {c: n for c, n in listed.items() if ours.get(c) != n} == {}


def test_default_rules_by_kind_and_subkind():
    rules = load_default_rules(FOLDER)
    words = {s for k in BOOK.kinds.values() for s in (k.code, *k.subkinds)}
    assert all(set(r.kinds) <= words for r in rules)
    assert [r.id for r in default_rules(rules, "DEV", "DEV-E")] == ["dev_patent", "dev_secret", "delay", "price_mix", "group_signed"]
    assert "broker_fee" not in {r.id for r in default_rules(rules, "SER", "SER-T")}
