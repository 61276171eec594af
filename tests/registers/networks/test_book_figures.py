"""The figures of the book that networks feed: counted in their printed unit, with the records behind them."""

from __future__ import annotations

import random

import pytest

from trihelix.cli.demo import networks
from trihelix.cli.demo.province import PARTS, Context
from trihelix.kernel import clock
from trihelix.registers.figures import evaluation
from trihelix.registers.figures.book import figures

pytestmark = pytest.mark.django_db


def test_every_figure_has_a_value_and_its_records(op):
    if "networks" not in PARTS:
        networks.load(Context(op, random.Random(1), clock.today()))
    for number in ("F08", *(f"F{n}" for n in range(84, 94))):
        found = evaluation.answer(figures().figure(number), op, clock.today())
        assert found.value, (number, found.status, found.reason)
        assert list(evaluation.listed(found, op)), number
    if "networks" not in PARTS:
        area, paid = (evaluation.answer(figures().figure(n), op, clock.today()) for n in ("F84", "F89"))
        assert (area.text, paid.text) == ("1.3", "0.10")
