"""Events: seats and waiting list, check-in, audience, outcomes, releases, the calendar feed and the figures."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from icalendar import Calendar

from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, clock
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Notice, Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.events import queries
from trihelix.registers.events.models import Event, Registration

pytestmark = pytest.mark.django_db
WAN = 1_000_000
YEAR = Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))


def run(register: str, act: str):
    return register_of(register).acts[act].run


def codes(refusal) -> set[str]:
    return {p.code for p in refusal.value.problems}


def make(op, **more):
    values = {"title": "人参产业对接会", "kind": "matching", "organiser": "JL-2205", "held_on": clock.today(), **more}
    made = run("events", "create")(by=op, **values)
    return run("events", "publish")(by=op, record=made.uid)


def seat(by, event, name: str):
    run("events", "register")(by=by, record=event.uid, name=name)
    return Registration.objects.get(event=event.record, name=name)


def test_a_node_plans_only_its_own_and_the_desk_publishes(actor, op):
    station = actor("station-tonghua")
    made = run("events", "create")(by=station, title="路演", kind="roadshow", held_on=clock.today())
    assert made.organiser.ref.startswith("JL-2205") or made.organiser.ref == "JL-2205"
    with pytest.raises(Refused):
        run("events", "create")(by=station, title="路演", kind="roadshow", held_on=clock.today(), organiser="JL-2201")
    firm = run("events", "create")(by=actor("jicui"), title="新品发布", kind="press", held_on=clock.today())
    with pytest.raises(Refused) as refusal:
        run("events", "publish")(by=actor("jicui"), record=firm.uid)
    assert codes(refusal) == {"denied"}


def test_days_gone_by_are_not_published_and_times_are_checked(op):
    with pytest.raises(Refused) as refusal:
        make(op, held_on=dt.date(2024, 1, 1))
    assert codes(refusal) == {"date_past"}
    with pytest.raises(Refused) as refusal:
        make(op, starts_at="9点", ends_at="08:00")
    assert "bad_time" in codes(refusal)
    with pytest.raises(Refused) as refusal:
        make(op, starts_at="11:00", ends_at="09:00")
    assert codes(refusal) == {"time_order"}


def test_beyond_the_seats_people_wait_and_move_up_when_one_cancels(actor, op):
    event = make(op, capacity=1)
    first, second = seat(actor("jicui"), event, "甲"), seat(actor("chiyu"), event, "乙")
    assert (first.record.state, second.record.state) == ("registered", "waiting")
    run("event_registrations", "cancel")(by=actor("jicui"), record=first.uid)
    assert Record.objects.get(pk=second.pk).state == "registered"
    assert Notice.objects.filter(record=second.record).exists()


def test_nobody_registers_twice_after_the_last_day_or_for_another_body(actor, op):
    event = make(op)
    seat(actor("jicui"), event, "甲")
    with pytest.raises(Refused) as refusal:
        seat(actor("jicui"), event, "甲")
    assert codes(refusal) == {"registered_already"}
    with pytest.raises(Refused):
        run("event_registrations", "create")(by=actor("jicui"), title="冒名", name="丙", event=event.number, owner="firm-chiyu")
    closed = make(op, held_on=clock.today() + dt.timedelta(days=5), register_by=clock.today() - dt.timedelta(days=1))
    with pytest.raises(Refused) as refusal:
        seat(actor("jicui"), closed, "甲")
    assert codes(refusal) == {"closed"}


def test_body_kind_and_city_come_from_the_register_and_check_in_makes_the_audience(actor, op):
    event = make(op)
    came = seat(actor("jicui"), event, "甲")
    seat(actor("utcm-office"), event, "乙")
    assert came.body_kind == "firm" and came.division[:2] == "22"
    run("event_registrations", "check_in")(by=op, record=came.uid)
    who = queries.audience(Event.objects.get(pk=event.pk), op)
    assert (who["total"], who["source"], [k[2] for k in who["kinds"]]) == (1, "check_in", [1])
    held = run("events", "hold")(by=op, record=event.uid, report="顺利")
    assert (held.record.state, held.attendance) == ("held", 1)


def test_nobody_checks_in_before_the_day_and_strangers_do_not_read_the_list(actor, op):
    event = make(op, held_on=clock.today() + dt.timedelta(days=3))
    made = seat(actor("jicui"), event, "甲")
    with pytest.raises(Refused) as refusal:
        run("event_registrations", "check_in")(by=op, record=made.uid)
    assert codes(refusal) == {"too_early"}
    with pytest.raises(Refused):
        run("event_registrations", "check_in")(by=actor("chiyu"), record=made.uid)


def test_reported_heads_must_add_up(op):
    event = make(op)
    groups = [{"body_kind": "firm", "division": "220500", "persons": 30}, {"body_kind": "university", "division": "220100", "persons": 12}]
    with pytest.raises(Refused) as refusal:
        run("events", "hold")(by=op, record=event.uid, report="好", attendance=40, audience=groups)
    assert codes(refusal) == {"sum_differs"}
    held = run("events", "hold")(by=op, record=event.uid, report="好", audience=groups)
    assert held.attendance == 42
    assert [(zh, n) for zh, _, n in queries.audience(held, op)["kinds"]] == [("企业", 30), ("高校", 12)]


def test_those_registered_are_told_of_a_cancellation(actor, op):
    event = make(op)
    seat(actor("jicui"), event, "甲")
    run("events", "cancel")(by=op, record=event.uid, reason="天气")
    assert Notice.objects.filter(record=event.record, text__contains="活动取消").exists()


def test_outcomes_belong_to_events_and_are_performed_later(actor, op):
    event = make(op)
    base = {"by": op, "title": "意向", "event": event.number, "kind": "intent", "party_a": "firm-jicui", "party_b": "u-tcm"}
    with pytest.raises(Refused) as refusal:
        run("event_outcomes", "create")(**base, signed_on=clock.today() - dt.timedelta(days=1))
    assert codes(refusal) == {"date_order"}
    made = run("event_outcomes", "create")(**base, signed_on=clock.today(), amount_wan=300 * WAN)
    assert evaluate("events.outcome_amount", op, Period(clock.today(), clock.today()), event_kind="matching").raw() >= 300 * WAN
    done = run("event_outcomes", "perform")(by=op, record=made.uid, performed_on=clock.today(), follow_up="已签合同")
    assert done.record.state == "performed"
    assert register_of("event_outcomes").model.objects.get(pk=made.pk) and made.record.participants.filter(role="party").count() == 2


def test_a_release_shows_only_what_is_public(actor, op):
    result = Record.objects.filter(register="results", visibility="public").first()
    draft = register_of("needs").acts["create"].run(by=actor("jicui"), title="内部需求", problem="不公开")
    made = run("releases", "create")(by=op, title="第一批", kind="both", results=[str(result.uid)], needs=[str(draft.uid)], owner="m-jl")
    with pytest.raises(Refused) as refusal:
        run("releases", "release")(by=op, record=made.uid)
    assert codes(refusal) == {"not_public"} and draft.number in refusal.value.problems[0].message
    run("releases", "change")(by=op, record=made.uid, needs=[])
    out = run("releases", "release")(by=op, record=made.uid)
    assert out.record.visibility == "public" and out.released_on == clock.today()
    assert result.title in Client().get(f"/releases/{made.uid}/").content.decode()
    Record.objects.filter(pk=result.pk).update(visibility="owner")
    assert result.title not in Client().get(f"/releases/{made.uid}/").content.decode()


def test_an_empty_release_and_items_of_another_kind_are_refused(op):
    made = run("releases", "create")(by=op, title="空", kind="results", owner="m-jl")
    with pytest.raises(Refused) as refusal:
        run("releases", "release")(by=op, record=made.uid)
    assert codes(refusal) == {"empty"}
    need = Record.objects.filter(register="needs").first()
    with pytest.raises(Refused) as refusal:
        run("releases", "create")(by=op, title="错", kind="results", needs=[str(need.uid)], owner="m-jl")
    assert codes(refusal) == {"other_kind"}


def test_the_feed_is_a_calendar_of_public_events_only(op):
    timed = make(op, title="有时间", starts_at="09:00", ends_at="11:30", place="长春")
    whole = make(op, title="整天", ends_on=clock.today() + dt.timedelta(days=1))
    run("events", "create")(by=op, title="未发布", kind="training", organiser="JL", held_on=clock.today())
    answer = Client().get("/events/calendar.ics")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/calendar")
    found = {str(e["uid"]): e for e in Calendar.from_ical(answer.content).walk("VEVENT")}
    one, day = found[f"{timed.uid}@trihelix"], found[f"{whole.uid}@trihelix"]
    local = one.decoded("dtstart").astimezone(clock.SHANGHAI)
    assert (local.hour, local.date()) == (9, clock.today())
    assert day.decoded("dtend") == clock.today() + dt.timedelta(days=2)
    assert "未发布" not in answer.content.decode()
    run("events", "cancel")(by=op, record=timed.uid, reason="改期")
    again = {str(e["uid"]): e for e in Calendar.from_ical(Client().get("/events/calendar.ics").content).walk("VEVENT")}
    assert str(again[f"{timed.uid}@trihelix"]["status"]) == "CANCELLED"
    assert Client().get("/events/calendar.ics?kind=gold").status_code == 422


def test_history_comes_in_as_held_and_counts_by_kind_and_organiser(op):
    before = evaluate("events.events", op, YEAR, kind="matching", organiser_level="1").raw()
    rows = [
        {
            "ref": f"h{i}",
            "title": f"对接 {i}",
            "kind": "matching",
            "organiser": "JL",
            "owner": "m-jl",
            "held_on": dt.date(2024, 1 + i, 9),
            "attendance": 10,
        }
        for i in range(12)
    ]
    rows.append({**rows[0], "ref": "t1", "kind": "training"})
    rows.append({**rows[0], "ref": "c1", "organiser": "JL-2201"})
    rows.append({**rows[0], "ref": "x1", "state": "cancelled"})
    rows.append({**rows[0], "ref": "f1", "held_on": clock.today() + dt.timedelta(days=9)})
    bulk.import_rows(register_of("events"), rows, op)
    assert evaluate("events.events", op, YEAR, kind="matching", organiser_level="1").raw() == before + 12
    assert Record.objects.get(register="events", ref="f1").state == "published"
    assert evaluate("events.attendance", op, YEAR, kind="training", organiser_level="1").raw() >= 10


def test_attendance_lists_come_in_by_file(op):
    event = make(op)
    rows = [
        {
            "title": "张",
            "name": "张",
            "event": event.number,
            "body_kind": "firm",
            "body_name": "某企业",
            "division": "220500",
            "checked_in_on": clock.today(),
        },
        {"title": "李", "name": "李", "event": event.number, "body_kind": "media", "body_name": "某报"},
    ]
    bulk.import_rows(register_of("event_registrations"), rows, op)
    states = sorted(Registration.objects.filter(event=event.record).values_list("record__state", flat=True))
    assert states == ["checked_in", "registered"]


@pytest.mark.parametrize("address", ["/events/", "/events/calendar/", "/events/calendar/?kind=training", "/event_series/", "/releases/"])
def test_public_pages_answer(address):
    assert Client().get(address).status_code == 200


def test_the_event_page_shows_seats_and_its_series(op):
    series = run("event_series", "create")(by=op, title="吉林科创路演", brand="科创路演", owner="m-jl")
    event = make(op, kind="roadshow", series=series.number, capacity=20)
    assert "20" in Client().get(f"/events/{event.uid}/").content.decode()
    assert event.title in Client().get(f"/event_series/{series.uid}/").content.decode()
    client = Client()
    client.force_login(User.objects.get(username="officer"))
    assert client.get(f"/events/{event.uid}/").status_code == 200
