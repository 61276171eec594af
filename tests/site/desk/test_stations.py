"""Public pages of market nodes: what they do, when they are open, how to reach them; kept by the node's own people."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.parties import opening
from trihelix.site.pages import stations

MORNING, AFTERNOON = {"day": "workday", "opens": "08:30", "closes": "11:30"}, {"day": "workday", "opens": "13:00", "closes": "16:30"}
SATURDAY = {"day": "sat", "opens": "09:00", "closes": "12:00"}


@pytest.mark.nodb
def test_a_named_weekday_overrides_the_calendar():
    rows = [AFTERNOON, MORNING, SATURDAY]
    wednesday, saturday, sunday = (dt.date(2026, 3, 4), dt.date(2026, 3, 7), dt.date(2026, 3, 8))
    assert opening.spans(rows, wednesday, True) == [("08:30", "11:30"), ("13:00", "16:30")]
    assert opening.spans(rows, wednesday, False) == []  # a holiday
    assert opening.spans(rows, saturday, True) == [("09:00", "12:00")]  # a make-up day: what is said of Saturdays counts
    assert opening.spans(rows, sunday, True) == [("08:30", "11:30"), ("13:00", "16:30")]
    day = opening.spans(rows, wednesday, True)
    assert [opening.is_open(day, dt.time(h, m)) for h, m in ((8, 29), (8, 30), (11, 30), (12, 0), (16, 29))] == [
        False,
        True,
        False,
        False,
        True,
    ]


@pytest.mark.nodb
@pytest.mark.parametrize(
    ("rows", "code"),
    [([{**MORNING, "opens": "8:30"}], "bad_time"), ([{**MORNING, "closes": "08:30"}], "time_order"), ([MORNING, {**AFTERNOON, "opens": "11:00"}], "time_overlap")],
)  # fmt: skip
def test_wrong_rows_are_named(rows, code):
    assert [p.code for p in opening.check(rows)] == [code]
    assert list(opening.check([MORNING, AFTERNOON, SATURDAY])) == []


@pytest.fixture
def station(db):
    return Record.objects.get(register="nodes", grants__user__username="station-jian")


def test_everybody_reads_the_page_and_its_people_change_it(visit, actor, station):
    entry = station.entry
    page = visit().get(reverse("station", args=[station.uid])).content.decode()
    assert all(text in page for text in (entry.address, entry.phone, entry.contact, "政策咨询", "08:30–15:30"))
    assert "修改站点信息" not in page
    mine = visit("station-jian")
    assert "修改站点信息" in mine.get(reverse("station", args=[station.uid])).content.decode()
    form = {"title": station.title, "level": entry.level, "ref": station.ref, "owner": station.owner.ref, "division": entry.division, "address": "集安市示例街 9 号",
            "opening.0.day": "workday", "opening.0.opens": "09:00", "opening.0.closes": "15:00", "services": ["policy"], "phone": entry.phone}  # fmt: skip
    answer = mine.post(reverse("edit", args=["nodes", station.uid]), form, follow=True)
    assert answer.status_code == 200
    page = visit().get(reverse("station", args=[station.uid])).content.decode()
    assert "09:00–15:00" in page and "集安市示例街 9 号" in page and "08:30–15:30" not in page
    with pytest.raises(Refused) as stranger:
        register_of("nodes").acts["change"].run(by=actor("jicui"), record=station.uid, phone="1")
    assert stranger.value.status == 403
    with pytest.raises(Refused) as wrong:
        register_of("nodes").acts["change"].run(by=actor("station-jian"), record=station.uid, opening=[{**MORNING, "closes": "08:00"}])
    assert wrong.value.problems[0].code == "time_order"


def test_a_new_node_is_in_its_own_care(op):
    made = register_of("nodes").acts["create"].run(by=op, title="示例新站", level="n", division="220182")
    assert Record.objects.get(pk=made.pk).node_id == made.pk


def test_the_list_tells_what_is_open_and_narrows(visit, monkeypatch):
    monkeypatch.setattr(stations, "_now", lambda: (dt.date(2026, 3, 4), dt.time(10, 0)))
    page = visit().get(reverse("stations")).content.decode()
    assert page.count("现在开放") >= 20 and "长白山分市场" in page
    monkeypatch.setattr(stations, "_now", lambda: (dt.date(2026, 3, 8), dt.time(10, 0)))
    assert "现在开放" not in visit().get(reverse("stations")).content.decode()
    narrowed = visit().get(reverse("stations"), {"service": "trusteeship", "city": "2205"}).content.decode()
    assert "通化分市场（演示站点）</a>" in narrowed and "吉林市分市场（演示站点）</a>" not in narrowed
    assert visit().get(reverse("stations"), {"service": "x"}).status_code == 422


def test_events_of_the_place_stand_on_the_page(visit, op, station):
    division = station.entry.division
    create = register_of("events").acts["create"].run
    made = create(
        by=op, title="集安参业对接会", kind="roadshow", held_on=clock.today() + dt.timedelta(days=3), division=division, place="示例厅"
    )
    Record.objects.filter(pk=made.pk).update(state="published", visibility="public")
    assert "集安参业对接会" in visit().get(reverse("station", args=[station.uid])).content.decode()
    other = Record.objects.filter(register="nodes", state="open").exclude(pk=station.pk).filter(parties_node__level="n").first()
    assert "集安参业对接会" not in visit().get(reverse("station", args=[other.uid])).content.decode()
