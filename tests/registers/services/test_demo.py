"""The demo content of services and events goes in through the acts, quickly."""

from __future__ import annotations

import random
import time

import pytest

from trihelix.cli.demo import events, services
from trihelix.cli.demo.province import PARTS, Context
from trihelix.kernel import clock
from trihelix.kernel.models import Record

pytestmark = pytest.mark.django_db
REGISTERS = (
    "service_offers", "service_requests", "services", "visit_campaigns", "visits", "researcher_services", "brokers", "brokerages",
    "event_series", "events", "event_registrations", "event_outcomes", "releases",
)  # fmt: skip


def test_every_register_gets_records(op):
    started = time.monotonic()
    for name, part in (("services", services), ("events", events)):
        if name not in PARTS:
            part.load(Context(op, random.Random(1), clock.today()))
    assert time.monotonic() - started < 10
    for register in REGISTERS:
        assert Record.objects.filter(register=register).exists(), register
