"""Bad input never raises anything but a refusal: random JSON is planted anywhere in good files."""

from __future__ import annotations

import os
from copy import deepcopy
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trihelix.engines import contracts, instruments, shares
from trihelix.engines.books import books_root
from trihelix.engines.errors import Refused
from trihelix.engines.fields import Reader
from trihelix.engines.workdays import Calendar

pytestmark = pytest.mark.nodb

FOLDER = books_root(os.environ) / "jilin"
CONTRACT_BOOK, SHARE_BOOK = contracts.load_contract_book(FOLDER), shares.load_share_book(FOLDER)
MODELS, CALENDAR = instruments.load_models(FOLDER), Calendar.load(FOLDER / "calendar")

CONTRACT = {
    "kind": "LIC",
    "subkind": "patent",
    "rule_set": "NAT-2026",
    "sign_date": "2026-02-01",
    "submissions": ["2026-02-20"],
    "price_text": "80万元",
    "papers": ["mandate"],
    "tests": {"object_mastered": True},
    "parties": [{"side": "buyer", "name": "甲", "shareholders": ["丁"]}, {"side": "seller", "name": "乙", "rd_staff": 3}],
    "amount_items": [{"label": "许可费", "kind": "technical", "amount_wan": "80"}],
    "payment_plan": [{"seq": 1, "amount_wan": 80, "form": "fixed", "due": "2026-05-01"}],
    "ip_items": [{"ip_kind": "发明专利", "number": "ZL202010012345.6", "proof_file": "a.pdf", "term": 5}],
    "performance": [{"date": "2026-03-01", "received_wan": 10, "cost_wan": 1}],
    "known": [{"fingerprint": "x"}],
}
SHARE = {
    "rule": "zhejiang",
    "p": "0.70",
    "office": "0.05",
    "receipts": [
        {"date": "2025-03-01", "amount_wan": 10, "taxes_wan": 1, "paid_on": "2025-04-01"},
        {"date": "2025-05-01", "amount_wan": -1},
    ],
    "members": [{"id": "a", "ratio": "0.8", "main": True}, {"id": "b", "ratio": 0.2}],
}

scalars = st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats() | st.text(max_size=8)
junk = st.recursive(
    scalars | st.sampled_from(["9999-12-31", "0001-01-01", "1/0", "1e999", "0.0000001"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def paths(node, here=()):
    """The address of every node of a JSON tree."""
    yield here
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from paths(child, (*here, key))


@st.composite
def spoilt(draw, good):
    """A good file with one node replaced by junk, or with one key added."""
    data = deepcopy(good)
    *parents, last = draw(st.sampled_from([p for p in paths(good) if p]))
    node = data
    for key in parents:
        node = node[key]
    node[last] = draw(junk)
    return data


@settings(max_examples=300, deadline=None)
@given(spoilt(CONTRACT))
def test_a_spoilt_contract_is_answered_or_refused(data):
    try:
        record = contracts.parse_contract(data, CONTRACT_BOOK)
        contracts.check(record, date(2026, 3, 10), CONTRACT_BOOK, CALENDAR).as_json()
    except Refused as refusal:
        assert all(p.code and p.message for p in refusal.problems)


@settings(max_examples=300, deadline=None)
@given(spoilt(SHARE))
def test_a_spoilt_share_request_is_answered_or_refused(data):
    try:
        answer = shares.share(shares.parse_share(data), SHARE_BOOK).as_json()
    except Refused as refusal:
        assert all(p.code and p.message for p in refusal.problems)
    else:
        assert answer["total"]["pool_fen"] + answer["total"]["unit_fen"] == answer["total"]["net_fen"]


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["instalments", "royalty", "use-first", "fund-first", "concession", "commission", "custom"]).flatmap(
        lambda k: spoilt(instruments.example(k))
    )
)
def test_a_spoilt_instrument_is_answered_or_refused(data):
    try:
        rows = instruments.timeline(instruments.parse_instrument(data, MODELS), date(2026, 12, 31))
    except Refused as refusal:
        assert all(p.code and p.message for p in refusal.problems)
    else:
        assert all(r.amount >= r.paid >= 0 for r in rows)


def test_a_reader_names_every_problem_with_its_path():
    top = Reader({"a": {"b": "x", "c": 1}, "d": [1], "e": 5, "f": []})
    inner = top.child("a")
    assert inner is not None and inner.whole("b") is None
    top.rows("d"), top.texts("e"), top.wrapped("f", "g")
    with pytest.raises(Refused) as refusal:
        top.finish()
    found = {(p.field, p.code) for p in refusal.value.problems}
    assert found == {("a.b", "bad_number"), ("a.c", "unknown_key"), ("d[0]", "bad_type"), ("e", "bad_type"), ("f", "missing_key")}
