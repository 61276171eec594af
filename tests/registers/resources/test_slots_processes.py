"""Real processes: the same half hour of one instrument goes to one of four."""

MAKE = """
import django
django.setup()
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
by = operator()
def run(r, act, **v): return register_of(r).acts[act].run(by=by, **v)
for ref in ("u-1", "u-2"):
    run("bodies", "create", title=ref, kind="university", ref=ref)
made = run("shared_resources", "create", title="质谱仪", kind="instrument", owner="u-1", exclusive=True, price_yuan=100, units=1)
run("shared_resources", "open", record=made.uid)
print(made.uid)
"""
TRY = """
import sys, django, datetime as dt
django.setup()
from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
try:
    register_of("bookings").acts["create"].run(
        by=operator(), title=sys.argv[2], owner="u-2", resource=sys.argv[1], day=clock.today() + dt.timedelta(days=1), starts_at=sys.argv[3], ends_at="12:00"
    )
except Refused as refusal:
    assert {p.code for p in refusal.problems} == {"taken"}, refusal
"""
COUNT = """
import django
django.setup()
from trihelix.registers.resources.models import Booking, Slot
print(Booking.objects.count(), Slot.objects.values("booking").distinct().count())
"""


def test_one_half_hour_among_four_processes(processes):
    (uid,) = processes.run(MAKE)
    processes.race(TRY, *((uid, f"约{i}", start) for i, start in enumerate(("09:00", "10:00", "11:00", "11:30"))))
    assert processes.run(COUNT) == ["1", "1"]
