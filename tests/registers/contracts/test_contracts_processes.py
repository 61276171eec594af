"""Real processes: one contract is registered once, at one office; one deal is signed once and registered once."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.nodb

MAKE = """
import datetime as dt, django
django.setup()
from trihelix.kernel import clock
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
from trihelix.registers.contracts import recognition
by, WAN = operator(), 1_000_000
def run(r, act, **v): return register_of(r).acts[act].run(by=by, **v)
for ref in ("JL", "CC"):
    run("nodes", "create", title=ref, level="1" if ref == "JL" else "10", ref=ref)
for ref, kind in (("u-1", "university"), ("f-1", "institute")):
    run("bodies", "create", title=f"示例{ref}", kind=kind, ref=ref)
tests = list(recognition.contract_book().all_tests())
uids = []
for i, office in enumerate(("JL", "CC")):
    one = run("contracts", "create", title="同一合同", ref=f"c-{i}", owner="u-1", office=office, kind="DEV", sign_date=clock.today(), term_to=dt.date(2035, 1, 1),
        parties=[{"side": "seller", "name": "示例u-1"}, {"side": "buyer", "name": "示例f-1"}], amount_items=[{"label": "开发费", "kind": "technical", "amount_wan": 60 * WAN}])
    run("contracts", "submit", record=one.uid)
    run("contracts", "accept", record=one.uid)
    run("contracts", "answer", record=one.uid, passed=[t.id for t in tests if t.need], failed=[t.id for t in tests if not t.need])
    uids.append(str(one.uid))
deal = run("deals", "create", title="交易", buyer="f-1", seller="u-1")
run("deals", "confirm", record=deal.uid)
print(*uids, deal.uid)
"""
TRY = """
import sys, django
django.setup()
from trihelix.engines.errors import Refused
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
by, done = operator(), []
def attempt(r, act, word, **v):
    try:
        register_of(r).acts[act].run(by=by, **v)
        done.append(word)
    except Refused:
        pass
for uid in sys.argv[1:3]:
    attempt("contracts", "register", "register", record=uid)
attempt("deals", "sign", "sign", record=sys.argv[3], amount_wan=1_000_000)
attempt("deals", "register_contract", "prefill", record=sys.argv[3], kind="CON")
print(*done)
"""
COUNT = """
import django
django.setup()
from trihelix.kernel import journal
from trihelix.registers.contracts.models import Certificate, Contract
journal.seal_pending()
held = Contract.objects.exclude(registered_on=None)
print(held.count(), Certificate.objects.count(), len({c.fingerprint for c in held}), Contract.objects.exclude(deal=None).count(), int(journal.verify()["ok"]))
"""


def test_one_registration_and_one_signing_among_four_processes(processes):
    made = tuple(processes.run(MAKE))
    swapped = (made[1], made[0], made[2])
    done = processes.words(TRY, made, swapped, made, swapped)
    assert {word: done.count(word) for word in ("register", "sign", "prefill")} == {"register": 1, "sign": 1, "prefill": 1}
    assert processes.run(COUNT) == ["1", "1", "1", "1", "1"]
