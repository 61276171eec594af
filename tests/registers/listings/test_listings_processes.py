"""Real processes: one lot is awarded once, one part is paid once, however many try at the same moment."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.nodb

MAKE = """
import datetime as dt, sys, django
django.setup()
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
by, day, WAN = operator(), dt.date(2026, 1, 5), 1_000_000
def at(d): return dt.datetime(d.year, d.month, d.day, 4, tzinfo=dt.UTC)
def run(r, act, **v): return register_of(r).acts[act].run(by=by, **v)
body = run("bodies", "create", title="示例大学", kind="university", ref="u-1")
one = run("inventions", "create", title="成果", kind="patent", owner="u-1", completers=[{"name": "甲", "ratio": "1"}])
run("inventions", "disclose", record=one.uid); run("inventions", "claim", record=one.uid, minutes="校办", registered_on=day)
lot = run("listings", "create", title="许可", owner="u-1", invention=one.number, way="agreement", kind="LIC", base_wan=WAN, price_basis="询价", buyer_name="示例企业")
run("listings", "decide", record=lot.uid, minutes="校办", no_gain=True, now=at(day))
run("listings", "announce", record=lot.uid, text="公示", now=at(day))
late = day + dt.timedelta(days=16)
run("listings", "propose", record=lot.uid, now=at(late))
deal = run("transfers", "create", title="许可", owner="u-1", invention=one.number, way="licence", amount_wan=WAN)
run("transfers", "sign", record=deal.uid, signed_on=day)
plan = run("share_plans", "create", title="方案", owner="u-1", transfer=deal.number, p="0.7", members=[{"name": "甲", "role": "completer", "ratio": "1"}])
run("share_plans", "apply", record=plan.uid, now=at(day)); run("share_plans", "decide", record=plan.uid, minutes="校办", no_gain=True, now=at(day))
run("share_plans", "announce", record=plan.uid, text="公示", now=at(day)); run("share_plans", "clear", record=plan.uid, now=at(late))
run("share_plans", "take_effect", record=plan.uid, now=at(late))
run("transfers", "receive", record=deal.uid, voucher="V1", date=late, amount_wan=WAN)
print(lot.uid, deal.uid)
"""
TRY = """
import datetime as dt, os, sys, django
django.setup()
from trihelix.engines.errors import Refused
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
from trihelix.registers.inventions.models import Payout
by, done = operator(), []
def attempt(r, act, **v):
    try:
        register_of(r).acts[act].run(by=by, **v)
        done.append(act)
    except Refused:
        pass
attempt("listings", "award", record=sys.argv[1])
attempt("transfers", "order_payouts", record=sys.argv[2])
for order in Payout.objects.all():
    attempt("transfers", "pay", record=sys.argv[2], payout=order.number, paid_on=dt.date(2026, 2, 1), bank_voucher=f"B-{os.getpid()}")
print(" ".join(done))
"""


def test_one_award_and_one_payment_among_four_processes(processes):
    uids = tuple(processes.run(MAKE))
    done = processes.words(TRY, *[uids] * 4)
    assert {act: done.count(act) for act in ("award", "order_payouts", "pay")} == {"award": 1, "order_payouts": 1, "pay": 1}
