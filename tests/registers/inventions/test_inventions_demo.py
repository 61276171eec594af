"""The demo content of inventions and listings loads through the acts."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from trihelix.cli.demo import inventions, listings
from trihelix.cli.demo.province import Context
from trihelix.kernel.models import Record
from trihelix.registers.inventions.models import Transfer

pytestmark = pytest.mark.django_db


def test_demo_records_load(op):
    if Record.objects.filter(register="inventions", ref="ZKCG-001").exists():
        assert Transfer.objects.get(record__ref="ZH-001").people_fen == 658_000_000
        return
    ctx = Context(op, random.Random(1), dt.date(2026, 11, 24))
    inventions.load(ctx)
    listings.load(ctx)
    assert Transfer.objects.get(record__ref="ZH-001").people_fen == 658_000_000
    assert set(Record.objects.filter(register="listings", ref__startswith="GP-").values_list("state", flat=True)) == {"listed"}
