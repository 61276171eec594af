"""The demo content of ladder and finance goes in through the acts, and the figures of the book count it."""

from __future__ import annotations

import random
import time

import pytest

from trihelix.cli.demo import finance, ladder
from trihelix.cli.demo.province import PARTS, Context
from trihelix.kernel import clock
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Record

pytestmark = pytest.mark.django_db
REGISTERS = (
    "firm_years", "ladder_places", "rankings", "ranked_firms", "incubators", "tenants", "incubator_services", "consents", "finance_agreements", "firm_lists",
    "credit_lines", "loans", "points_statements", "venture_funds", "investments", "finance_products", "finance_requests", "tax_referrals",
)  # fmt: skip


def test_every_register_gets_records_and_the_figures_count_them(op):
    started = time.monotonic()
    for name, part in (("ladder", ladder), ("finance", finance)):
        if name not in PARTS:
            part.load(Context(op, random.Random(1), clock.today()))
    assert time.monotonic() - started < 10
    for register in REGISTERS:
        assert Record.objects.filter(register=register).exists(), register
    for formula in ("ladder.ranked", "finance.agreements", "finance.credit_limits", "finance.loans_drawn"):
        assert evaluate(formula, op, Period(None, clock.today())).raw() > 0, formula
