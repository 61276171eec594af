"""Real processes: two officers publish one round, and two people are taken for one post; each happens once."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.nodb

MAKE = """
import datetime as dt
import django
django.setup()
from trihelix.kernel import clock
from trihelix.kernel.accounts import operator
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.reviews.models import Run
by = operator()
def run(r, act, **v): return register_of(r).acts[act].run(by=by, **v)
for ref, kind in (("host-1", "institute"), ("u-1", "university"), ("u-2", "university"), ("u-3", "university")):
    run("bodies", "create", title=ref, kind=kind, ref=ref)
for n in range(9):
    made = run("experts", "create", title=f"专家{n}", ref=f"e-{n}", owner=f"u-{1 + n % 3}", kind="finance" if n < 3 else "academic")
    if made.state == "proposed":
        run("experts", "admit", record=made.uid)
results = [run("results", "create", title=f"成果{n}", owner="host-1", summary="红参干燥") for n in range(2)]
made = run("review_rounds", "create", title="评审", panel=5, same_employer=5, closes_on=clock.today() + dt.timedelta(days=20))
run("review_rounds", "add_items", record=made.uid, register="results", items=[r.number for r in results])
run("review_rounds", "run", record=made.uid)
assert Run.objects.get().answer["status"] == "optimal", Run.objects.get().answer
post = run("secondment_needs", "create", owner="host-1", title="岗位", problem="干燥", kind="enclave")
run("secondment_needs", "post", record=post.uid)
run("secondment_needs", "check", record=post.uid)
rows = []
for n in (1, 2):
    person = run("people", "create", title=f"人员{n}", ref=f"p-{n}", owner=f"u-{n}")
    rows.append(run("secondment_needs", "offer_self", record=post.uid, person=person.number))
Record.objects.filter(register="secondments").update(state="offered")
print(made.uid, *(r.uid for r in rows))
"""
TRY = """
import dataclasses, sys, django
django.setup()
from trihelix.kernel.accounts import operator
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.engines.errors import Refused
by = operator()
host = dataclasses.replace(by, roles=frozenset(), body_roles={Record.objects.get(register="bodies", ref="host-1").pk: frozenset({"member"})})
def tried(act, **v):
    try:
        act.run(**v)
    except Refused as refused:
        return refused.problems[0].code
    return "done"
print(tried(register_of("review_rounds").acts["publish"], by=by, record=sys.argv[1], run=1), tried(register_of("secondments").acts["take"], by=host, record=sys.argv[2]))
"""
COUNT = """
import django
django.setup()
from trihelix.kernel import journal
from trihelix.registers.reviews.models import ReviewLink, Seat
from trihelix.registers.secondments.models import Secondment
journal.seal_pending()
links = list(ReviewLink.objects.values_list("expert_id", flat=True))
print(Seat.objects.count(), len(links) == len(set(links)), Secondment.objects.filter(record__state="agreed").count(), journal.verify()["ok"])
"""


def test_one_round_is_published_once_and_one_post_taken_once(processes):
    round_, *posts = processes.run(MAKE)
    told = processes.race(TRY, *((round_, post) for post in posts))
    assert sorted(t[0] == "done" for t in told) == [False, True], told
    assert sorted(t[1] for t in told) == ["done", "post_full"], told
    assert processes.run(COUNT) == ["10", "True", "1", "True"]
