"""Real processes: one stock record has one outcome, whoever of several takers settles it first."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.nodb

MAKE = """
import datetime as dt, django
django.setup()
from trihelix.engines.codes import application_of
from trihelix.kernel.accounts import operator
from trihelix.kernel.actor import actor_for
from trihelix.kernel.models import Grant, User
from trihelix.kernel.register import register_of
by = operator()
def run(r, act, **v): return register_of(r).acts[act].run(by=by, **v)
run("nodes", "create", title="JL", level="1", ref="JL")
run("bodies", "create", title="示例大学", kind="university", ref="u-1")
patent = run("patents", "create", title="发明", owner="u-1", app_no=application_of(2020, 123456), ptype="invention", filing_date=dt.date(2020, 3, 1),
    grant_date=dt.date(2022, 3, 1), status="in_force", holders=[{"name": "示例大学"}])
one = run("stock_rounds", "create", title="盘点", owner="u-1", bodies=["u-1"], starts_on=dt.date(2024, 1, 1))
run("stock_rounds", "start", record=one.uid)
form = run("stock_records", "create", round=one.number, patent=patent.number)
run("stock_records", "self_assess", record=form.uid, stars=5, prospect="good")
run("stock_records", "college_approve", record=form.uid)
second = User.objects.create(username="second", display_name="第二人")
Grant.objects.create(user=second, role="officer", valid_from=dt.date(2020, 1, 1))
register_of("stock_records").acts["university_approve"].run(by=actor_for(second), record=form.uid)
run("stock_records", "tier", record=form.uid)
print(form.uid)
"""
TAKE = """
import sys, django
django.setup()
from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
try:
    register_of("stock_records").acts["settle"].run(by=operator(), record=sys.argv[1], outcome=sys.argv[2], outcome_on=clock.today())
    print(sys.argv[2])
except Refused as refusal:
    print("refused", refusal.problems[0].code)
"""
COUNT = """
import django
django.setup()
from trihelix.kernel import journal
from trihelix.kernel.models import JournalEntry
from trihelix.registers.patents.models import StockRecord
journal.seal_pending()
form = StockRecord.objects.get()
print(form.outcome, form.record.state, JournalEntry.objects.filter(action="stock_records.settle").count(), int(journal.verify()["ok"]))
"""


def test_two_takers_of_one_stock_record_leave_one_outcome(processes):
    (form,) = processes.run(MAKE)
    told = processes.race(TAKE, *((form, outcome) for outcome in ("licensed", "transferred", "licensed", "transferred")))
    won = [t[0] for t in told if t[0] != "refused"]
    assert len(won) == 1, told
    assert processes.run(COUNT) == [won[0], won[0], "1", "1"]
