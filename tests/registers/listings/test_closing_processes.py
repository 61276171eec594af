"""Real processes and the real clock: bids arrive until the closing second and not after it, while the lot is being closed."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.nodb

MAKE = """
import datetime as dt, django
django.setup()
from trihelix.kernel import clock
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
by, WAN = operator(), 1_000_000
def run(r, act, **v): return register_of(r).acts[act].run(by=by, **v)
for ref, kind in (("u-1", "university"), ("f-1", "institute"), ("f-2", "institute"), ("f-3", "institute")):
    run("bodies", "create", title=ref, kind=kind, ref=ref)
one = run("inventions", "create", title="成果", kind="patent", owner="u-1", completers=[{"name": "甲", "ratio": "1"}])
run("inventions", "disclose", record=one.uid); run("inventions", "claim", record=one.uid, minutes="校办", registered_on=clock.today())
lot = run("listings", "create", title="许可", owner="u-1", invention=one.number, way="listing", kind="LIC", base_wan=WAN, price_basis="询价")
run("listings", "decide", record=lot.uid, minutes="校办", no_gain=True); run("listings", "submit", record=lot.uid)
run("listings", "publish", record=lot.uid, text="公告")
for firm in ("f-1", "f-2", "f-3"):
    run("listings", "apply_intent", record=lot.uid, applicant=firm); run("listings", "qualify", record=lot.uid, applicant=firm, qualified=True)
print(lot.uid)
"""
BID = """
import os, pathlib, sys, time, django
django.setup()
from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
from trihelix.registers.listings.models import Bid, Listing
by, lot, firm = operator(), register_of("listings"), sys.argv[2]
home, accepted, refused = pathlib.Path(os.environ["TRIHELIX_HOME"]), 0, []
(home / f"ready-{firm}").touch()
while not (home / "go").exists():
    time.sleep(0.02)
closes = Listing.objects.get(record__uid=sys.argv[1]).closes_at
while not {"late", "not_listed"} & set(refused):
    top = Bid.objects.filter(intent__listing__record__uid=sys.argv[1]).order_by("-price_fen").first()
    try:
        lot.acts["bid"].run(by=by, record=sys.argv[1], applicant=firm, price_wan=(top.price_fen if top else 1_000_000) + 100)
        accepted += 1
    except Refused as refusal:
        refused += [p.code for p in refusal.problems]
assert clock.now() > closes, "refused as late before the closing second"
print(accepted)
"""
CLOSE = """
import datetime as dt, os, pathlib, sys, time, django
django.setup()
from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
from trihelix.registers.listings.models import Listing
by, tries, home = operator(), 0, pathlib.Path(os.environ["TRIHELIX_HOME"])
while len(list(home.glob("ready-*"))) < 3:  # however slow the machine: bidding begins when all are up
    time.sleep(0.05)
closes = clock.now() + dt.timedelta(seconds=4)
Listing.objects.filter(record__uid=sys.argv[1]).update(closes_at=closes)
(home / "go").touch()
while True:
    try:
        register_of("listings").acts["close"].run(by=by, record=sys.argv[1])
        break
    except Refused as refusal:
        assert {p.code for p in refusal.problems} == {"listing_running"}
        tries += 1
        time.sleep(0.1)
assert clock.now() > closes
print(tries)
"""
BID_OR_CLOSE = f"import sys\nexec({BID!r} if len(sys.argv) > 2 else {CLOSE!r})"
COUNT = """
import sys, django
django.setup()
from trihelix.registers.listings.models import Bid, Listing
lot = Listing.objects.get(record__uid=sys.argv[1])
bids = list(Bid.objects.filter(intent__listing=lot).order_by("pk"))
print(lot.record.state, len(bids), sum(b.at > lot.closes_at for b in bids), int([b.price_fen for b in bids] == sorted({b.price_fen for b in bids})))
"""


def test_no_bid_after_the_closing_second_and_none_lost_before_it(processes):
    (lot,) = processes.run(MAKE)
    *bidders, desk = processes.race(BID_OR_CLOSE, *((lot, firm) for firm in ("f-1", "f-2", "f-3")), (lot,))
    state, bids, late, rising = processes.run(COUNT, lot)
    assert (state, late, rising) == ("closed", "0", "1")
    assert int(bids) == sum(int(told[0]) for told in bidders) > 0 and int(desk[0]) > 0
