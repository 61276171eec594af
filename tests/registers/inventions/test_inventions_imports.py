"""Ledgers and past transfers come in by file and go out again unchanged; wrong rows are named."""

from __future__ import annotations

import datetime as dt

import pytest

from trihelix.engines.errors import Refused
from trihelix.kernel import bulk
from trihelix.kernel.actor import entries
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.register import register_of

pytestmark = pytest.mark.django_db
WAN = 1_000_000
DAY = dt.date(2025, 3, 1)


def row(**more):
    values = {
        "ref": "L-1",
        "owner": "u-eng",
        "title": "旧台账成果",
        "kind": "patent",
        "completers": [{"name": "甲", "ratio": "1/3"}, {"name": "乙", "ratio": "2/3"}],
        "registered_on": DAY,
    }
    return {**values, **more}


def deal(**more):
    values = {"ref": "T-1", "owner": "u-eng", "title": "旧转化", "invention": "L-1", "way": "licence", "signed_on": DAY, "amount_wan": 320 * WAN, "opening_on": DAY,
              "opening_received_wan": 300 * WAN, "opening_people_wan": 230 * WAN}  # fmt: skip
    return {**values, **more}


def test_past_transfers_feed_the_figures_from_their_opening_columns(op):
    bulk.import_rows(register_of("inventions"), [row()], op)
    bulk.import_rows(register_of("transfers"), [deal(), deal(ref="T-2", title="同一成果再许可")], op)
    period = Period(None, dt.date(2026, 1, 1))
    wanted = {"results_transferred": 1, "amount_signed": 640 * WAN, "amount_received": 600 * WAN, "distributed": 460 * WAN}
    mine = {"L-1"}
    got = {n: evaluate(f"inventions.{n}", op, period, pilot=False) for n in wanted}
    for name, found in got.items():
        found_rows = found.rows.filter(invention__ref__in=mine)
        assert type(found)(found_rows, found.measure, found.path).raw() == wanted[name]


def test_what_is_exported_comes_back_unchanged(op):
    register = register_of("inventions")
    bulk.import_rows(register, [row()], op)
    out = list(bulk.export_rows(register, entries(op, register.model).filter(record__ref="L-1"), op))
    decision = bulk.decide(register, [(1, out[0])], (), op)
    assert not decision.problems and decision.unchanged == 1


@pytest.mark.parametrize(
    ("register", "values", "code"),
    [
        ("inventions", row(completers=[{"name": "甲", "ratio": "0.9"}]), "ratios_not_one"), ("inventions", row(completers=[{"name": "甲", "ratio": "一半"}]), "bad_number"),
        ("inventions", row(completers=[{"name": "甲", "ratio": "0.5"}, {"name": "甲", "ratio": "0.5"}]), "duplicate_completer"),
        ("inventions", row(separate_from=DAY), "required"),
    ],
)  # fmt: skip
def test_wrong_rows_are_refused_by_code(op, register, values, code):
    with pytest.raises(Refused) as refusal:
        bulk.import_rows(register_of(register), [values], op)
    assert code in {p.code for p in refusal.value.problems}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"opening_people_wan": 301 * WAN}, "people_over_received"),
        ({"rule": "mars"}, "unknown_rule"),
        ({"invention": "none"}, "unknown_reference"),
    ],
)
def test_wrong_transfers_are_refused_by_code(op, change, code):
    bulk.import_rows(register_of("inventions"), [row()], op)
    with pytest.raises(Refused) as refusal:
        bulk.import_rows(register_of("transfers"), [deal(**change)], op)
    assert code in {p.code for p in refusal.value.problems}
