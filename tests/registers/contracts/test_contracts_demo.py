"""The demo content of deals goes in through the acts and is counted."""

from __future__ import annotations

import random

import pytest

from trihelix.cli.demo import contracts
from trihelix.cli.demo.province import PARTS, Context
from trihelix.kernel import clock
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Record

pytestmark = pytest.mark.django_db


def test_deals_texts_obligations_and_a_registration(op):
    if "contracts" not in PARTS:
        contracts.load(Context(op, random.Random(1), clock.today()))
    for register in ("deals", "contract_drafts", "obligations", "contracts"):
        assert Record.objects.filter(register=register).exists(), register
    today = Period(clock.today(), clock.today())
    assert evaluate("contracts.registrations", op, today, office_level="1").raw() >= 1
    assert evaluate("contracts.turnover", op, today, office_level="1").raw() >= 80 * 1_000_000
