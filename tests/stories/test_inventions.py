"""A researcher discloses, the university lists and sells, the firm pays, and the researcher sees the money of each receipt."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from trihelix.kernel import clock
from trihelix.kernel.models import User
from trihelix.kernel.register import register_of
from trihelix.registers.inventions.models import Payout
from trihelix.registers.listings.models import Award

pytestmark = pytest.mark.django_db
WAN = 1_000_000
START = dt.date(2026, 2, 2)


def test_from_disclosure_to_the_paid_share(actor):
    teacher, office, cashier, desk, firm = (actor(n) for n in ("utcm-teacher", "utcm-office", "utcm-finance", "officer", "jicui"))

    def run(register, act, by, day=START, **values):
        return register_of(register).acts[act].run(by=by, now=clock.end_of(day) - dt.timedelta(hours=12), **values)

    one = run(
        "inventions",
        "create",
        teacher,
        title="低温粉碎工艺",
        kind="patent",
        completers=[{"person": "p-058", "name": "示例-何二", "ratio": "1"}],
    )
    run("inventions", "disclose", teacher, record=one.uid)
    run("inventions", "claim", office, record=one.uid, minutes="校办〔2026〕9号", registered_on=START)
    lot = run(
        "listings",
        "create",
        office,
        title="低温粉碎工艺转让",
        invention=one.number,
        way="listing",
        kind="TRF",
        base_wan=100 * WAN,
        price_basis="三家询价",
    )
    run("listings", "decide", office, record=lot.uid, minutes="校务会", no_gain=True)
    run("listings", "submit", office, record=lot.uid)
    run("listings", "publish", desk, record=lot.uid, text="挂牌公告")
    run("listings", "apply_intent", firm, record=lot.uid)
    run("listings", "qualify", desk, record=lot.uid, applicant=lot.intents.get().applicant.number, qualified=True)
    run("listings", "bid", firm, record=lot.uid, price_wan=120 * WAN)
    late = START + dt.timedelta(days=16)
    run("listings", "close", desk, late, record=lot.uid)
    run("listings", "propose", office, late, record=lot.uid)
    run("listings", "answer_refusal", teacher, late, record=lot.uid, completer="示例-何二", answer="waive")
    run("listings", "clear_refusal", office, late, record=lot.uid)
    run("listings", "award", office, late, record=lot.uid)
    price = Award.objects.get(listing=lot.pk).price_fen

    deal = run(
        "transfers",
        "create",
        office,
        late,
        title="低温粉碎工艺转让",
        invention=one.number,
        way="transfer",
        price_way="listing",
        amount_wan=price,
    )
    run("transfers", "sign", office, late, record=deal.uid, signed_on=late)
    plan = run(
        "share_plans",
        "create",
        office,
        late,
        title="方案",
        transfer=deal.number,
        p="0.7",
        members=[{"person": "p-058", "name": "示例-何二", "role": "completer", "ratio": "1"}],
    )
    run("share_plans", "apply", office, late, record=plan.uid)
    run("share_plans", "decide", office, late, record=plan.uid, minutes="党委会", no_gain=True)
    run("share_plans", "announce", office, late, record=plan.uid, text="方案公示")
    end = late + dt.timedelta(days=16)
    run("share_plans", "clear", office, end, record=plan.uid)
    run("share_plans", "take_effect", office, end, record=plan.uid)
    run("transfers", "receive", office, end, record=deal.uid, voucher="V1", date=end, amount_wan=price)
    run("transfers", "order_payouts", cashier, end, record=deal.uid)
    run(
        "transfers",
        "pay",
        cashier,
        end,
        record=deal.uid,
        payout=Payout.objects.get(part__receipt__transfer=deal.pk).number,
        paid_on=end,
        bank_voucher="B1",
    )

    client = Client()
    client.force_login(User.objects.get(username="utcm-teacher"))
    page = client.get("/my/inventions/").content.decode()
    assert "840,000.00" in page and "低温粉碎工艺转让" in page
