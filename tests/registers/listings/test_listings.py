"""Lots from decision to certificate: days, sealed bids, first refusal, objections, one award."""

from __future__ import annotations

import base64
import datetime as dt
import json
from zoneinfo import ZoneInfo

import pyrage
import pytest
from django.db import IntegrityError, transaction

from trihelix.engines import sealing
from trihelix.engines.errors import Refused
from trihelix.kernel.journal import history
from trihelix.kernel.register import register_of
from trihelix.registers.listings.models import Award, Bid, Listing, Payment

pytestmark = pytest.mark.django_db
WAN = 1_000_000
DAY = dt.timedelta(days=1)
START = dt.date(2026, 1, 5)
ZONE = ZoneInfo("Asia/Shanghai")


def run(act: str, register: str = "listings", **values):
    return register_of(register).acts[act].run(**values)


def moment(day: dt.date, hour: int = 12, minute: int = 0, second: int = 0) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=ZONE)


def code(call) -> set[str]:
    with pytest.raises(Refused) as refusal:
        call()
    return {p.code for p in refusal.value.problems}


@pytest.fixture
def office(actor):
    return actor("utcm-office")


@pytest.fixture
def desk(actor):
    return actor("officer")


@pytest.fixture
def result(office):
    values = {
        "title": "提取方法",
        "kind": "patent",
        "granted_on": dt.date(2025, 6, 1),
        "completers": [{"person": "p-058", "name": "示例-何二", "ratio": "1"}],
    }
    made = run("create", "inventions", by=office, **values)
    run("disclose", "inventions", by=office, record=made.uid, now=moment(START))
    return run("claim", "inventions", by=office, record=made.uid, minutes="校办", registered_on=START, now=moment(START))


def lot(office, result, **more):
    values = {
        "title": "专利转让",
        "invention": result.number,
        "way": "listing",
        "kind": "LIC",
        "base_wan": 100 * WAN,
        "price_basis": "询价",
        "deposit_wan": 5 * WAN,
    }
    made = run("create", by=office, **{**values, **more})
    return run("decide", by=office, record=made.uid, minutes="校务会", no_gain=True, now=moment(START))


def published(office, desk, result, **more):
    made = lot(office, result, **more)
    run("submit", by=office, record=made.uid, now=moment(START))
    run("publish", by=desk, record=made.uid, text="挂牌公告", closes_time="17:00", now=moment(START))
    return made


END = START + 15 * DAY


def joined(made, desk, *firms):
    for firm in firms:
        run("apply_intent", by=firm, record=made.uid, now=moment(START + DAY))
        body = made.intents.order_by("-id").first().applicant
        run(
            "qualify", by=desk, record=made.uid, applicant=body.number, qualified=True, deposit_paid_on=START + DAY, now=moment(START + DAY)
        )


@pytest.fixture
def firms(actor):
    return actor("jicui"), actor("chiyu")


def bids(made, firms, first=100, second=110):
    run("bid", by=firms[0], record=made.uid, price_wan=first * WAN, now=moment(START + 2 * DAY))
    run("bid", by=firms[1], record=made.uid, price_wan=second * WAN, now=moment(START + 3 * DAY))


def test_open_bids_rise_close_on_the_second_and_the_highest_wins(office, desk, result, firms):
    made = published(office, desk, result, step_wan=2 * WAN)
    joined(made, desk, *firms)
    assert code(lambda: run("bid", by=firms[0], record=made.uid, price_wan=99 * WAN, now=moment(START + 2 * DAY))) == {"bid_too_low"}
    bids(made, firms)
    assert code(lambda: run("bid", by=firms[0], record=made.uid, price_wan=111 * WAN, now=moment(END))) == {"bid_too_low"}
    run("bid", by=firms[0], record=made.uid, price_wan=112 * WAN, now=moment(END, 17))
    assert code(lambda: run("bid", by=firms[1], record=made.uid, price_wan=130 * WAN, now=moment(END, 17, 0, 1))) == {"late"}
    assert code(lambda: run("close", by=desk, record=made.uid, now=moment(END, 17))) == {"listing_running"}
    run("close", by=desk, record=made.uid, now=moment(END, 17, 0, 1))
    run("propose", by=office, record=made.uid, now=moment(END + DAY))
    run("award", by=office, record=made.uid, now=moment(END + DAY))
    award = Award.objects.get(listing=made.pk)
    assert award.price_fen == 112 * WAN and award.winner.pk in firms[0].bodies
    assert [p.kind for p in Payment.objects.filter(listing=made.pk)] == ["deposit_return"]


def test_from_award_to_certificate(office, desk, result, firms):
    made = published(office, desk, result)
    joined(made, desk, *firms)
    bids(made, firms)
    late = moment(END + DAY)
    run("close", by=desk, record=made.uid, now=late)
    run("propose", by=office, record=made.uid, now=late)
    run("award", by=office, record=made.uid, now=late)
    run("contract", by=office, record=made.uid, signed_on=END + DAY, contract_no="HT-1", due_on=END + 10 * DAY, now=late)
    assert code(lambda: run("settle", by=office, record=made.uid, now=late)) == {"payments_open"}
    for payment in Payment.objects.filter(listing=made.pk):
        run("mark_paid", by=office, record=made.uid, payment=payment.key, paid_on=END + DAY, now=late)
    run("settle", by=office, record=made.uid, now=late)
    assert run("certify", by=desk, record=made.uid, now=late).certificate_no


def test_the_lot_cannot_be_awarded_twice_even_by_the_database(office, desk, result, firms):
    made = published(office, desk, result)
    joined(made, desk, *firms)
    bids(made, firms)
    late = moment(END + DAY)
    run("close", by=desk, record=made.uid, now=late)
    run("propose", by=office, record=made.uid, now=late)
    run("award", by=office, record=made.uid, now=late)
    assert code(lambda: run("award", by=office, record=made.uid, now=late)) == {"flow"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.create(listing_id=made.pk, winner_name="另一家", price_fen=1, at=late)


def test_assignment_waits_for_the_inventors_answer(office, desk, result, firms, actor):
    made = published(office, desk, result, kind="TRF")
    joined(made, desk, *firms)
    bids(made, firms)
    late = moment(END + DAY)
    run("close", by=desk, record=made.uid, now=late)
    assert run("propose", by=office, record=made.uid, now=late).record.state == "first_refusal"
    assert code(lambda: run("award", by=office, record=made.uid, now=late)) == {"flow"}
    assert code(lambda: run("clear_refusal", by=office, record=made.uid, now=late)) == {"refusal_open"}
    inventor = actor("utcm-teacher")
    run("answer_refusal", by=inventor, record=made.uid, completer="示例-何二", answer="take", now=late)
    run("clear_refusal", by=office, record=made.uid, now=late)
    run("award", by=office, record=made.uid, now=late)
    award = Award.objects.get(listing=made.pk)
    assert (award.first_refusal, award.winner_name, award.price_fen) == (True, "示例-何二", 110 * WAN)
    again = lot_again(office, result)
    assert "already_sold" in code(again)


def lot_again(office, result):
    return lambda: lot(office, result, title="再次转让", kind="TRF")


def test_silence_after_the_fixed_time_counts_as_lapsed(office, desk, result, firms):
    made = published(office, desk, result, kind="TRF")
    joined(made, desk, *firms)
    bids(made, firms)
    run("close", by=desk, record=made.uid, now=moment(END + DAY))
    run("propose", by=office, record=made.uid, now=moment(END + DAY))
    done = run("clear_refusal", by=office, record=made.uid, now=moment(END + 17 * DAY))
    assert done.refusals[0]["answer"] == "lapsed"


def agreed(office, result, **more):
    return lot(office, result, way="agreement", kind="LIC", buyer_name="示例企业", **more)


def test_an_agreed_price_runs_its_15_days_and_never_goes_below_notice(office, result):
    made = agreed(office, result)
    assert code(lambda: run("announce", by=office, record=made.uid, text="公示", notice_to=START + 14 * DAY, now=moment(START))) == {
        "notice_short"
    }
    run("announce", by=office, record=made.uid, text="公示", scope=["market"], price_wan=120 * WAN, now=moment(START))
    assert code(lambda: run("propose", by=office, record=made.uid, now=moment(END))) == {"notice_running"}
    assert code(lambda: run("propose", by=office, record=made.uid, price_wan=110 * WAN, now=moment(END + DAY))) == {"under_noticed_price"}
    run("announce", by=office, record=made.uid, text="改价再公示", price_wan=110 * WAN, now=moment(END))
    assert code(lambda: run("propose", by=office, record=made.uid, now=moment(END + DAY))) == {"notice_running"}


def test_a_related_buyer_must_be_labelled(office, result):
    made = lot(office, result, way="agreement", buyer_name="示例-何二")
    assert code(lambda: run("announce", by=office, record=made.uid, text="公示", now=moment(START))) == {"related_unlabelled"}


def test_an_objection_suspends_and_gives_the_days_back(office, desk, result, firms):
    made = published(office, desk, result)
    run("object", by=firms[0], record=made.uid, reason="权属有争议", now=moment(START + DAY))
    assert code(lambda: run("apply_intent", by=firms[1], record=made.uid, now=moment(START + 2 * DAY))) == {"not_listed"}
    back = run("resolve", by=office, record=made.uid, outcome="resume", reason="查无实据", now=moment(START + 4 * DAY))
    assert back.record.state == "listed" and back.notice_to == END + 3 * DAY


# --- sealed bids -------------------------------------------------------------------------------------------------------


@pytest.fixture
def keepers(actor):
    names = ("officer", "discipline", "finance")
    return [(actor(n), n, pyrage.x25519.Identity.generate()) for n in names]


@pytest.fixture
def sealed_lot(office, desk, result, keepers, firms):
    made = lot(office, result, way="tender")
    run("submit", by=office, record=made.uid, now=moment(START))
    assert code(lambda: run("publish", by=desk, record=made.uid, text="公告", now=moment(START))) == {"no_keepers"}
    rows = [{"username": n, "public_key": str(k.to_public())} for _, n, k in keepers]
    run("set_keepers", by=desk, record=made.uid, keepers=rows, now=moment(START))
    run("publish", by=desk, record=made.uid, text="公告", closes_time="17:00", now=moment(START))
    joined(made, desk, *firms)
    return made


def seal(made, text):
    key = pyrage.x25519.Recipient.from_str(Listing.objects.get(pk=made.pk).lot_key)
    return base64.b64encode(pyrage.encrypt(text.encode(), [key])).decode()


def submit(made, firm, text, at):
    return run("bid_sealed", by=firm, record=made.uid, sealed=seal(made, text), now=at)


@pytest.mark.parametrize(("inner", "outer"), [(0, 1), (0, 2), (1, 2)])
def test_any_two_of_three_keepers_open(sealed_lot, keepers, firms, inner, outer):
    submit(sealed_lot, firms[0], json.dumps({"price_wan": "120"}), moment(START + 2 * DAY))
    submit(sealed_lot, firms[0], json.dumps({"price_wan": "125.5"}), moment(START + 3 * DAY))
    submit(sealed_lot, firms[1], "130万元", moment(END, 17))
    assert code(lambda: submit(sealed_lot, firms[1], "900万元", moment(END, 17, 0, 1))) == {"late"}
    assert "120" not in str(Bid.objects.filter(intent__listing=sealed_lot.pk).values_list("price_fen", flat=True))
    run("close", by=keepers[0][0], record=sealed_lot.uid, now=moment(END, 18))
    pair = f"{inner}+{outer}"
    held = Listing.objects.get(pk=sealed_lot.pk)
    layer = sealing.peel(held.wrapped[pair], str(keepers[outer][2]))
    secret = sealing.peel(layer, str(keepers[inner][2]))
    assert code(lambda: run("open_bids", by=keepers[inner][0], record=sealed_lot.uid, pair=pair, lot_key=secret, now=moment(END, 19))) == {
        "second_keeper"
    }
    run("peel", by=keepers[outer][0], record=sealed_lot.uid, pair=pair, layer=layer, now=moment(END, 19))
    assert code(lambda: run("open_bids", by=keepers[outer][0], record=sealed_lot.uid, pair=pair, lot_key=secret, now=moment(END, 19))) == {
        "second_keeper"
    }
    opened = run("open_bids", by=keepers[inner][0], record=sealed_lot.uid, pair=pair, lot_key=secret, now=moment(END, 20))
    assert sorted(r["price_fen"] for r in opened.opening) == [125_500_000, 130 * WAN]
    assert not opened.opened_early and opened.record.visibility == "public"


def test_one_keeper_alone_opens_nothing(sealed_lot, keepers):
    held = Listing.objects.get(pk=sealed_lot.pk)
    assert "AGE-SECRET" not in json.dumps(held.wrapped)
    with pytest.raises(Refused):
        sealing.peel(held.wrapped["0+1"], str(keepers[0][2]))


def test_opening_early_needs_two_keepers_and_a_reason_and_is_journalled(sealed_lot, keepers, firms):
    submit(sealed_lot, firms[0], "120万元", moment(START + 2 * DAY))
    held, at = Listing.objects.get(pk=sealed_lot.pk), moment(START + 3 * DAY)
    layer = sealing.peel(held.wrapped["0+1"], str(keepers[1][2]))
    run("peel", by=keepers[1][0], record=sealed_lot.uid, pair="0+1", layer=layer, now=at)
    secret = sealing.peel(layer, str(keepers[0][2]))
    assert code(lambda: run("open_early", by=keepers[0][0], record=sealed_lot.uid, pair="0+1", lot_key=secret, now=at)) == {
        "reason_required"
    }
    done = run("open_early", by=keepers[0][0], record=sealed_lot.uid, pair="0+1", lot_key=secret, reason="司法要求", now=at)
    assert done.opened_early
    assert any(
        h["changes"]["opening"][1] == {"pair": "0+1", "early": True, "bids": 1, "valid": 1}
        for h in history(done.record)
        if "opening" in h["changes"]
    )
    assert code(lambda: submit(sealed_lot, firms[1], "130万元", at + DAY)) == {"not_listed"}


def test_a_bid_in_the_clear_is_refused_and_a_broken_one_is_void(sealed_lot, keepers, firms):
    plain = base64.b64encode(b"120").decode()
    assert code(lambda: run("bid_sealed", by=firms[0], record=sealed_lot.uid, sealed=plain, now=moment(START + 2 * DAY))) == {"not_sealed"}
    stranger = pyrage.x25519.Identity.generate().to_public()
    run(
        "bid_sealed",
        by=firms[0],
        record=sealed_lot.uid,
        sealed=base64.b64encode(pyrage.encrypt(b"120", [stranger])).decode(),
        now=moment(START + 2 * DAY),
    )
    run("close", by=keepers[0][0], record=sealed_lot.uid, now=moment(END, 18))
    held = Listing.objects.get(pk=sealed_lot.pk)
    layer = sealing.peel(held.wrapped["0+1"], str(keepers[1][2]))
    run("peel", by=keepers[1][0], record=sealed_lot.uid, pair="0+1", layer=layer, now=moment(END, 19))
    opened = run(
        "open_bids",
        by=keepers[0][0],
        record=sealed_lot.uid,
        pair="0+1",
        lot_key=sealing.peel(layer, str(keepers[0][2])),
        now=moment(END, 19),
    )
    assert opened.opening[0]["valid"] is False
    assert code(lambda: run("propose", by=keepers[0][0], record=sealed_lot.uid, now=moment(END, 20))) == {"no_bid"}
