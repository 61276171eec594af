"""Real processes: draws racing on one credit line never take more than its limit."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.nodb

MAKE = """
import datetime as dt, django
django.setup()
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
by, WAN = operator(), 1_000_000
def run(r, act, **v): return register_of(r).acts[act].run(by=by, **v)
run("nodes", "create", title="JL", level="1", ref="JL")
run("bodies", "create", title="示例银行", kind="bank", ref="b-1")
run("bodies", "create", title="示例研究所", kind="institute", ref="firm-1")
line = run("credit_lines", "create", owner="b-1", firm="firm-1", limit_wan=100 * WAN, granted_on=dt.date(2025, 1, 1))
print(line.number)
"""
DRAW = """
import sys, datetime as dt, django
django.setup()
from trihelix.engines.errors import Refused
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
by, WAN, told = operator(), 1_000_000, []
for n in range(2):
    try:
        register_of("loans").acts["create"].run(by=by, owner="b-1", firm="firm-1", line=sys.argv[1], amount_wan=40 * WAN, drawn_on=dt.date(2025, 2, 1))
        told.append("drawn")
    except Refused as refusal:
        told.append(refusal.problems[0].code)
print(*told)
"""
COUNT = """
import django
django.setup()
from trihelix.kernel import journal
from trihelix.registers.finance import queries
from trihelix.registers.finance.models import CreditLine, Loan
journal.seal_pending()
print(Loan.objects.count(), queries.outstanding(CreditLine.objects.get().record) // 1_000_000, int(journal.verify()["ok"]))
"""


def test_eight_draws_by_four_processes_stay_within_one_line(processes):
    (line,) = processes.run(MAKE)
    told = processes.words(DRAW, *[(line,)] * 4)
    assert sorted(told) == ["drawn"] * 2 + ["over_limit"] * 6
    assert processes.run(COUNT) == ["2", "80", "1"]
