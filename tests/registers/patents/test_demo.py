"""The demo content of patents goes in through the acts, quickly, and the figures of the letter have values from it."""

from __future__ import annotations

import random
import time

import pytest

from trihelix.cli.demo import patents
from trihelix.cli.demo.province import PARTS, Context
from trihelix.kernel import clock
from trihelix.kernel.models import Record
from trihelix.registers.figures import evaluation
from trihelix.registers.figures.book import figures

pytestmark = pytest.mark.django_db
REGISTERS = (
    "patents", "stock_rounds", "stock_records", "patent_deals", "patent_recordings", "patent_products", "open_licences", "patent_valuations",
    "cultivation_centres", "case_calls", "patent_cases",
)  # fmt: skip


@pytest.fixture
def loaded(op):
    if "patents" not in PARTS:
        patents.load(Context(op, random.Random(1), clock.today()))


def test_every_register_gets_records(op, loaded):
    for register in REGISTERS:
        assert Record.objects.filter(register=register).exists(), register


def test_it_is_quick(op):
    if "patents" not in PARTS:
        started = time.monotonic()
        patents.load(Context(op, random.Random(1), clock.today()))
        assert time.monotonic() - started < 20


@pytest.mark.parametrize("name", ["F47", "F48", "F49", "F50", "F51", "F52", "F53"])
def test_the_figures_are_counted_and_listed(op, loaded, name):
    found = evaluation.answer(figures().figure(name), op, clock.today())
    assert found.status == "computed" and found.value
    lines = list(evaluation.listed(found, op))
    assert lines and (name == "F53" or len(lines) == found.value)


def test_the_ten_cases_are_a_target_with_progress(op, loaded):
    assert evaluation.answer(figures().figure("F54"), op, clock.today()).status == "target"
