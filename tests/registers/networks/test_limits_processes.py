"""Real processes: a park's area is let once, and a deal of the alliance is never paid beyond what was signed."""

HEAD = """
import sys, datetime as dt, django
django.setup()
from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.accounts import operator
from trihelix.kernel.register import register_of
by, WAN, today = operator(), 1_000_000, clock.today()
def run(r, act, **v): return register_of(r).acts[act].run(by=by, **v)
def tell(r, act, **v):
    try:
        run(r, act, **v)
        print("done")
    except Refused as refusal:
        print(refusal.problems[0].code)
"""
PARK = """
for i in range(5):
    run("bodies", "create", title=f"示例机构{i}", kind="institute", ref=f"b-{i}")
park = run("parks", "create", title="示例园", owner="b-4", area_m2=1000)
run("parks", "open", record=park.uid)
print(*(run("tenancies", "create", title=f"入驻{i}", owner=f"b-{i}", park=park.number).number for i in range(4)))
"""
AGREE = 'tell("tenancies", "agree", record=sys.argv[1], area_m2=400)'
SHRINK = """
from trihelix.registers.networks.actions.limits import let_area
from trihelix.registers.networks.models import Park, Tenancy
park = Park.objects.get()
tell("parks", "change", record=park.record, area_m2=700)
tenancy = Tenancy.objects.filter(record__state="agreed").first()
tell("tenancies", "change", record=tenancy.record, area_m2=700)
print(let_area(park.record))
"""
DEAL = """
for i in range(2):
    run("bodies", "create", title=f"示例基金{i}", kind="fund", ref=f"f-{i}")
net = run("networks", "create", title="示例投资联盟", kind="investment", owner="f-0")
run("bodies", "create", title="示例研究所", kind="institute", ref="target")
run("network_members", "create", title="示例基金1", owner="f-1", network=net.number)
deal = run("alliance_deals", "create", title="示例投资", owner="f-1", network=net.number, attribution="own", target="target", committed_wan=1000 * WAN)
run("alliance_deals", "sign", record=deal.uid, signed_on=today, committed_wan=1000 * WAN)
print(deal.number)
"""
PAY = """
if sys.argv[2] == "pay":
    tell("alliance_deals", "pay", record=sys.argv[1], paid_wan=400 * WAN, paid_on=today)
else:
    tell("alliance_payments", "create", title="补登出资", deal=sys.argv[1], paid_wan=400 * WAN, paid_on=today)
"""
PAID = """
from trihelix.registers.networks.actions.limits import paid_on_deal
from trihelix.registers.networks.models import Deal
deal = Deal.objects.get()
tell("alliance_deals", "change", record=deal.record, committed_wan=700 * WAN)
print(paid_on_deal(deal.record) // WAN)
"""


def test_four_agreements_at_once_never_let_more_than_the_park(processes):
    wanted = processes.run(HEAD + PARK)
    assert sorted(processes.words(HEAD + AGREE, *((number,) for number in wanted))) == ["done", "done", "park_full", "park_full"]
    assert processes.run(HEAD + SHRINK) == ["below_let", "park_full", "800"]


def test_payments_by_either_way_never_exceed_the_sum_signed(processes):
    (deal,) = processes.run(HEAD + DEAL)
    told = processes.words(HEAD + PAY, *((deal, way) for way in ("pay", "enter", "pay", "enter")))
    assert sorted(told) == ["above_committed", "above_committed", "done", "done"]
    assert processes.run(HEAD + PAID) == ["below_paid", "800"]
