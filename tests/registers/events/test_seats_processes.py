"""Real processes: the last seat goes to one, and the room under a broker's yearly cap is used once."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.nodb

MAKE = """
import django
django.setup()
from trihelix.kernel import clock
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
by, WAN = operator(), 1_000_000
def run(r, act, **v): return register_of(r).acts[act].run(by=by, **v)
run("nodes", "create", title="省级市场", level="1", ref="JL")
for ref, kind in (("a-1", "association"), ("u-1", "university"), ("u-2", "university"), ("u-3", "university")):
    run("bodies", "create", title=ref, kind=kind, ref=ref)
event = run("events", "create", title="对接会", kind="matching", organiser="JL", held_on=clock.today(), capacity=2)
run("events", "publish", record=event.uid)
broker = run("brokers", "create", title="经理人", owner="a-1", fields=[])
run("brokers", "register", record=broker.uid)
cases = []
for i in range(4):
    case = run("brokerages", "create", title=f"案{i}", broker=broker.number, mandate="seller", buyer="u-1", seller="u-2", owner="a-1", opened_on=clock.today(), rule="lanzhou")
    case.record.state = "agreed"; case.record.save(update_fields=["state"])
    run("brokerages", "contract", record=case.uid, contracted_on=clock.today(), base_wan=300 * WAN)
    cases.append(str(case.uid))
print(event.uid, *cases)
"""
TRY = """
import sys, django
django.setup()
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
by = operator()
register_of("events").acts["register"].run(by=by, record=sys.argv[1], name=sys.argv[3])
register_of("brokerages").acts["settle"].run(by=by, record=sys.argv[2])
"""
COUNT = """
import django
django.setup()
from collections import Counter
from trihelix.registers.events.models import Registration
from trihelix.registers.services.models import BrokerageCase
states = Counter(Registration.objects.values_list("record__state", flat=True))
print(states["registered"], states["waiting"], sum(BrokerageCase.objects.values_list("commission_fen", flat=True)))
"""


def test_two_seats_and_one_cap_among_four_processes(processes):
    event, *cases = processes.run(MAKE)
    processes.race(TRY, *((event, case, f"人{i}") for i, case in enumerate(cases)))
    assert processes.run(COUNT) == ["2", "2", str(20 * 1_000_000)]
