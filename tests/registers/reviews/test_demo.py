"""The demo parts of reviews and secondments load through the acts and feed the letter's figures."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from trihelix.cli.demo import reviews, secondments
from trihelix.cli.demo.province import Context
from trihelix.kernel import clock, journal
from trihelix.kernel.figures import Period, evaluate
from trihelix.registers.reviews.models import Seat

pytestmark = pytest.mark.django_db
LETTER = Period(None, dt.date(2024, 12, 2))


def test_the_demo_parts_load_and_count(op):
    ctx = Context(op, random.Random(1), clock.today())
    names = ("batches", "people", "appointments", "home_bodies", "host_firms", "host_cities", "fields")
    before = {n: evaluate(f"secondments.{n}", op, LETTER).raw() for n in names}
    if before["appointments"] == 0:  # not yet part of the province
        secondments.load(ctx)
        reviews.load(ctx)
    found = {n: evaluate(f"secondments.{n}", op, LETTER).raw() for n in names}
    assert found["batches"] == 6 and found["appointments"] == 24
    assert evaluate("secondments.home_bodies", op, LETTER, outside=True).raw() == 2
    assert found["people"] <= found["appointments"] and found["host_firms"] <= found["appointments"]
    assert Seat.objects.filter(record__state="submitted").count() >= 2
    journal.seal_pending()
    assert journal.verify()["ok"]
