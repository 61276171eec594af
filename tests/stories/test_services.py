"""A year of the market as its people live it: a firm asks and is served, is visited, comes to an event, and every number can be opened."""

from __future__ import annotations

import pytest
from django.test import Client

from trihelix.kernel import clock, journal
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Link, Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.services import exchange

pytestmark = pytest.mark.django_db


def run(register: str, act: str):
    return register_of(register).acts[act].run


def browser(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def test_from_a_question_to_a_number_that_can_be_opened(actor, op):
    today = Period(clock.today(), clock.today())
    station, firm = actor("station-tonghua"), actor("jicui")
    before = {name: evaluate(name, op, today).raw() for name in ("services.services", "services.firms_visited", "events.events")}

    offer = run("service_offers", "create")(by=station, title="成果征集咨询", node="JL-2205", kind="collection", promise_days=3)
    run("service_offers", "publish")(by=station, record=offer.uid)
    node = Record.objects.get(register="nodes", ref="JL-2205")
    assert "成果征集咨询" in Client().get(f"/nodes/{node.uid}/").content.decode()

    form = browser("jicui").get(f"/service_requests/new/?offer={offer.uid}")
    assert form.status_code == 200
    asked = run("service_requests", "create")(by=firm, title="想找干燥成果", offer=offer.number, wanted="干燥节能")
    run("service_requests", "accept")(by=station, record=asked.uid)
    run("service_requests", "deliver")(by=station, record=asked.uid, served_on=clock.today(), outcome="introduced")
    service = Record.objects.get(register="services", services_service__request=asked.record)
    assert service.number in browser("jicui").get("/services/").content.decode()
    run("services", "confirm")(by=firm, record=service.uid, satisfaction=5)
    assert evaluate("services.services", op, today).raw() == before["services.services"] + 1

    campaign = run("visit_campaigns", "create")(
        by=op, title="调研", owner="g-jyt", owner_kind="education", starts_on=clock.today(), firms=["firm-jicui"]
    )
    run("visit_campaigns", "start")(by=op, record=campaign.uid)
    visit = run("visits", "create")(
        by=op, title="走访", owner="g-jyt", campaign=campaign.number, firm="firm-jicui", visited_on=clock.today()
    )
    run("visits", "raise_need")(by=op, record=visit.uid, title="干燥能耗", problem="能耗偏高")
    need = Link.objects.get(source=visit.record, kind="raised").target
    assert need.number in browser("jicui").get("/needs/").content.decode()
    assert evaluate("services.firms_visited", op, today).raw() == before["services.firms_visited"] + 1
    assert "计划企业" in browser("officer").get(f"/visit_campaigns/{campaign.uid}/").content.decode()

    event = run("events", "create")(by=station, title="参业对接会", kind="matching", held_on=clock.today())
    run("events", "publish")(by=station, record=event.uid)
    run("events", "register")(by=firm, record=event.uid, name="示例甲")
    seat = Record.objects.get(register="event_registrations", events_registration__event=event.record)
    run("event_registrations", "check_in")(by=station, record=seat.uid)
    run("event_outcomes", "create")(
        by=station, title="意向", event=event.number, kind="intent", party_a="firm-jicui", party_b="u-tcm", signed_on=clock.today()
    )
    run("events", "hold")(by=station, record=event.uid, report="达成意向一项")
    assert evaluate("events.events", op, today).raw() == before["events.events"] + 1

    card = browser("officer").get(f"/nodes/{event.organiser.uid}/scorecard/").content.decode()
    assert "有签约成果的活动" in card
    journal.seal_pending()
    told = {c["id"] for c in exchange.changes(0, 2000, ["event", "service"])["changes"]}
    assert {str(event.uid), str(offer.uid)} <= told and str(service.uid) not in told
    assert journal.verify()["ok"]
