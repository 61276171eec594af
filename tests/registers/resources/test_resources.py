"""Shared resources: prices, half hours, no double booking, use into the ledger, settlement; the yearly review; scenes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, clock
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Notice, Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.resources import booking as slots
from trihelix.registers.resources import queries
from trihelix.registers.resources.models import Booking, SharedResource, Slot, UsageLog

pytestmark = pytest.mark.django_db
YUAN = 100
WAN = 1_000_000


def run(register: str, act: str):
    return register_of(register).acts[act].run


def codes(refusal) -> set[str]:
    return {p.code for p in refusal.value.problems}


def tomorrow() -> dt.date:
    return clock.today() + dt.timedelta(days=1)


def instrument(op, **more):
    values = {
        "title": "高分辨质谱仪",
        "kind": "instrument",
        "owner": "u-tcm",
        "exclusive": True,
        "price_yuan": 300 * YUAN,
        "member_price_yuan": 200 * YUAN,
        **more,
    }
    made = run("shared_resources", "create")(by=op, **values)
    return run("shared_resources", "open")(by=op, record=made.uid)


def wish(by, resource, **more):
    values = {"title": "红参成分检测", "resource": resource.number, "day": tomorrow(), "starts_at": "09:00", "ends_at": "11:30", **more}
    return run("bookings", "create")(by=by, **values)


def test_a_price_is_published_before_opening_and_members_pay_no_more(op):
    made = run("shared_resources", "create")(by=op, title="中试线", kind="pilot_line", owner="u-tcm")
    with pytest.raises(Refused) as refusal:
        run("shared_resources", "open")(by=op, record=made.uid)
    assert codes(refusal) == {"price_missing"}
    with pytest.raises(Refused) as refusal:
        run("shared_resources", "create")(by=op, title="中试线", kind="pilot_line", owner="u-tcm", price_yuan=100, member_price_yuan=200)
    assert codes(refusal) == {"member_price"}


@given(st.integers(0, 47), st.integers(1, 48), st.integers(0, 5))
def test_a_booking_takes_the_same_half_hours_on_each_day(first, length, more):
    last = min(48, first + length)
    text = [f"{h // 2:02d}:{'30' if h % 2 else '00'}" for h in (first, last)]
    taken = list(slots.wanted(dt.date(2025, 3, 10), dt.date(2025, 3, 10) + dt.timedelta(days=more), *text))
    assert len(taken) == len(set(taken)) == (last - first) * (more + 1)


def test_the_fee_rounds_half_a_fen_up():
    assert [slots.fee(m, p) for m, p in ((150, 30_000), (1, 30), (1, 29), (0, 500))] == [75_000, 1, 0, 0]


def test_a_half_hour_has_one_holder_and_comes_back_when_refused(actor, op):
    resource = instrument(op)
    first = wish(actor("jicui"), resource)
    assert first.quoted_fen == 750 * YUAN and Slot.objects.filter(booking=first.record).count() == 5
    with pytest.raises(Refused) as refusal:
        wish(actor("chiyu"), resource, starts_at="11:00", ends_at="12:00")
    assert codes(refusal) == {"taken"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.create(resource=resource.record, booking=first.record, unit=1, day=tomorrow(), half_hour=20)
    wish(actor("chiyu"), resource, starts_at="11:30", ends_at="12:00")
    run("bookings", "refuse")(by=actor("utcm-office"), record=first.uid, reason="检修")
    assert wish(actor("chiyu"), resource).record.state == "requested"


def test_two_units_serve_two_and_data_serve_all(actor, op):
    pair = instrument(op, units=2)
    assert [wish(actor(n), pair).unit for n in ("jicui", "chiyu")] == [1, 2]
    with pytest.raises(Refused):
        wish(op, pair, owner="firm-mingze")
    data = instrument(op, title="光谱数据", kind="data", exclusive=False, price_yuan=0, member_price_yuan=None)
    for name in ("jicui", "chiyu"):
        assert wish(actor(name), data).quoted_fen == 0
    assert not Slot.objects.filter(resource=data.record).exists()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"starts_at": "9点"}, "bad_time"),
        ({"starts_at": "09:15"}, "bad_time"),
        ({"starts_at": "11:30", "ends_at": "09:00"}, "time_order"),
        ({"starts_at": "06:00"}, "closed_hours"),
        ({"day": dt.date(2024, 1, 2)}, "date_past"),
        ({"until": dt.date(2099, 1, 1)}, "too_long"),
    ],
)
def test_impossible_times_are_refused(actor, op, more, code):
    with pytest.raises(Refused) as refusal:
        wish(actor("jicui"), instrument(op), **more)
    assert code in codes(refusal)


def test_a_booking_is_seen_by_its_two_sides_only(actor, op):
    made = wish(actor("jicui"), instrument(op))
    for name, seen in (("jicui", True), ("utcm-office", True), ("chiyu", False)):
        client = Client()
        client.force_login(User.objects.get(username=name))
        assert (client.get(f"/bookings/{made.uid}/").status_code == 200) is seen
    with pytest.raises(Refused):
        run("bookings", "confirm")(by=actor("jicui"), record=made.uid)


def test_used_hours_enter_the_ledger_and_the_bill_follows_them(actor, op):
    resource = instrument(op)
    firm, keeper = actor("jicui"), actor("utcm-office")
    today = Period(clock.today(), clock.today())
    before = {n: evaluate(n, op, today, **p).raw() for n, p in (("resources.minutes", {"outside": True}), ("resources.income", {}))}
    ahead = wish(firm, resource)
    run("bookings", "confirm")(by=keeper, record=ahead.uid)
    with pytest.raises(Refused) as refusal:
        run("bookings", "start")(by=keeper, record=ahead.uid)
    assert codes(refusal) == {"too_early"}
    made = wish(firm, resource, day=clock.today())
    run("bookings", "confirm")(by=keeper, record=made.uid)
    run("bookings", "start")(by=keeper, record=made.uid)
    run("bookings", "report")(by=keeper, record=made.uid, hours=Decimal("2.25"), outcome="报告一份")
    line = UsageLog.objects.get(booking=made.record)
    assert (line.minutes, line.outside, line.user_kind) == (135, True, "firm")
    with pytest.raises(Refused) as refusal:
        run("bookings", "invoice")(by=keeper, record=made.uid, fee_yuan=700 * YUAN)
    assert codes(refusal) == {"above_price"}
    run("bookings", "invoice")(by=keeper, record=made.uid)
    with pytest.raises(Refused):
        run("bookings", "settle")(by=firm, record=made.uid, paid_on=clock.today())
    run("bookings", "settle")(by=keeper, record=made.uid, paid_on=clock.today())
    run("bookings", "rate")(by=firm, record=made.uid, satisfaction=5)
    done = Booking.objects.get(pk=made.pk)
    assert (done.state, done.fee_fen, done.satisfaction) == ("settled", 675 * YUAN, 5)
    assert evaluate("resources.minutes", op, today, outside=True).raw() == before["resources.minutes"] + 135
    assert evaluate("resources.income", op, today).raw() == before["resources.income"] + 675 * YUAN


def test_the_managing_unit_pays_nothing_and_is_settled_at_once(actor, op):
    keeper = actor("utcm-office")
    made = wish(keeper, instrument(op), day=clock.today())
    assert made.quoted_fen == 0
    run("bookings", "confirm")(by=op, record=made.uid)
    run("bookings", "start")(by=op, record=made.uid)
    run("bookings", "report")(by=op, record=made.uid, hours=Decimal(1), outcome="自用")
    assert not UsageLog.objects.get(booking=made.record).outside
    assert run("bookings", "invoice")(by=op, record=made.uid).record.state == "settled"


def test_bookings_ahead_are_not_imported(op):
    resource = instrument(op)
    row = {"title": "导入", "owner": "firm-jicui", "resource": resource.number, "day": tomorrow(), "starts_at": "09:00", "ends_at": "10:00"}
    with pytest.raises(Refused) as refusal:
        bulk.import_rows(register_of("bookings"), [row], op)
    assert codes(refusal) == {"book_by_act"}


def test_a_ledger_of_a_year_is_imported_with_few_queries(op, django_assert_max_num_queries):
    resource = instrument(op)
    rows = [
        {"ref": f"JS-{i}", "title": "检测", "owner": "u-tcm", "resource": resource.number, "user": "firm-jicui", "user_kind": "firm", "outside": True,
         "day": dt.date(2023, 1 + i % 12, 1 + i % 28), "hours": Decimal("1.5"), "fee_yuan": 450 * YUAN}
        for i in range(500)
    ]  # fmt: skip
    year = Period(dt.date(2023, 1, 1), dt.date(2023, 12, 31))
    before = evaluate("resources.minutes", op, year).raw()
    with django_assert_max_num_queries(40):
        bulk.import_rows(register_of("usage_logs"), rows, op)
    assert evaluate("resources.minutes", op, year).raw() == before + 500 * 90
    wrong = [{**rows[0], "ref": "x", "hours": Decimal("0.01")}, {**rows[0], "ref": "y", "user": "nobody"}]
    with pytest.raises(Refused) as refusal:
        bulk.import_rows(register_of("usage_logs"), wrong, op)
    assert [(p.row, p.code) for p in refusal.value.problems] == [(1, "bad_hours"), (2, "unknown_reference")]


def test_the_calendar_shows_free_units_and_not_who_took_them(actor, op):
    resource = instrument(op)
    wish(actor("jicui"), resource)
    week = queries.calendar(resource, queries.monday(tomorrow()))
    cells = {label: {c["day"]: c["free"] for c in row} for label, row in week["rows"]}
    assert (cells["09:00"][tomorrow()], cells["11:30"][tomorrow()]) == (0, 1)
    page = Client().get(f"/shared_resources/{resource.uid}/calendar/?week={tomorrow()}")
    assert page.status_code == 200 and "集翠" not in page.content.decode()
    assert Client().get(f"/shared_resources/{resource.uid}/calendar/?week=nonsense").status_code == 200


def test_nothing_is_retired_with_open_bookings(actor, op):
    resource = instrument(op)
    made = wish(actor("jicui"), resource)
    with pytest.raises(Refused) as refusal:
        run("shared_resources", "retire")(by=op, record=resource.uid, reason="报废")
    assert codes(refusal) == {"bookings_open"}
    run("bookings", "cancel")(by=actor("jicui"), record=made.uid, reason="改期")
    assert run("shared_resources", "retire")(by=op, record=resource.uid, reason="报废").record.state == "retired"


def review(op, year: int, **more):
    made = run("sharing_reviews", "create")(by=op, title="年报", owner="u-tcm", year=year, **more)
    return run("sharing_reviews", "submit")(by=op, record=made.uid)


def test_a_review_takes_its_numbers_from_the_ledger(actor, op):
    resource = instrument(op, original_wan=120 * WAN)
    year = clock.today().year - 1
    run("usage_logs", "create")(
        by=actor("utcm-office"),
        title="测样",
        resource=resource.number,
        user="firm-jicui",
        day=dt.date(year, 5, 6),
        hours=Decimal(2),
        fee_yuan=600 * YUAN,
    )
    made = review(op, year)
    assert (
        made.outside_minutes >= 120
        and made.effective_minutes >= made.outside_minutes
        and made.clients >= 1
        and made.income_fen >= 600 * YUAN
    )
    with pytest.raises(Refused) as refusal:
        run("sharing_reviews", "create")(by=op, title="再报", owner="u-tcm", year=year)
    assert codes(refusal) == {"reported_already"}
    with pytest.raises(Refused) as refusal:
        run("sharing_reviews", "grade")(by=op, record=made.uid, grade="pass", opinion="合格", subsidy_wan=10 * WAN)
    assert codes(refusal) == {"no_subsidy"}
    run("sharing_reviews", "grade")(by=op, record=made.uid, grade="excellent", opinion="好", subsidy_wan=10 * WAN)
    with pytest.raises(Refused):
        run("sharing_reviews", "pay")(by=op, record=made.uid, paid_wan=11 * WAN, paid_on=clock.today())
    paid = run("sharing_reviews", "pay")(by=op, record=made.uid, paid_wan=10 * WAN, paid_on=clock.today())
    assert paid.record.state == "subsidised"


def test_after_false_reports_no_subsidy_for_three_years_and_poor_is_put_right(op):
    year = clock.today().year - 1
    first = review(op, year - 1)
    run("sharing_reviews", "grade")(by=op, record=first.uid, grade="good", opinion="良", subsidy_wan=5 * WAN)
    run("sharing_reviews", "pay")(by=op, record=first.uid, paid_wan=5 * WAN, paid_on=clock.today())
    back = run("sharing_reviews", "claw_back")(by=op, record=first.uid, reason="机时造假")
    assert (back.barred_until - clock.today()).days == 1095
    second = review(op, year)
    with pytest.raises(Refused) as refusal:
        run("sharing_reviews", "grade")(by=op, record=second.uid, grade="good", opinion="良", subsidy_wan=5 * WAN)
    assert codes(refusal) == {"barred"}
    poor = run("sharing_reviews", "grade")(by=op, record=second.uid, grade="poor", opinion="差")
    assert poor.record.state == "rectifying" and poor.rectify_until > clock.today()


def scene(op, **more):
    values = {
        "title": "智能分拣线",
        "kind": "scene_chance",
        "owner": "firm-jicui",
        "problem": "人工分拣慢",
        "conditions": [{"kind": "site", "text": "一条产线"}],
        **more,
    }
    return run("scenes", "create")(by=op, **values)


def test_the_two_lists_of_chances_are_kept_apart(op):
    for more, field in (({"kind": "project_chance"}, "budget_wan"), ({"conditions": []}, "conditions")):
        with pytest.raises(Refused) as refusal:
            scene(op, **more)
        assert [p.field for p in refusal.value.problems] == [field]
    period = Period(clock.today(), clock.today())
    before = evaluate("resources.scenes", op, period, kind="scene_chance").raw()
    made = scene(op)
    run("scenes", "submit")(by=op, record=made.uid)
    run("scenes", "publish")(by=op, record=made.uid)
    assert evaluate("resources.scenes", op, period, kind="scene_chance").raw() == before + 1


def test_a_scene_is_answered_piloted_reported_and_copied(actor, op):
    made = scene(op)
    run("scenes", "submit")(by=actor("jicui"), record=made.uid)
    run("scenes", "publish")(by=op, record=made.uid)
    run("scenes", "answer")(by=actor("utcm-office"), record=made.uid, title="视觉分拣", proposal="用现有模型")
    run("scenes", "answer")(by=actor("chiyu"), record=made.uid, title="机械分拣", proposal="改造设备")
    with pytest.raises(Refused) as refusal:
        run("scenes", "answer")(by=actor("chiyu"), record=made.uid, title="再答", proposal="x")
    assert codes(refusal) == {"answered_already"}
    with pytest.raises(Refused) as refusal:
        run("scenes", "answer")(by=actor("jicui"), record=made.uid, title="自答", proposal="x")
    assert codes(refusal) == {"own_scene"}
    won = Record.objects.get(register="scene_replies", title="视觉分拣", resources_scenereply__scene=made.record)
    lost = Record.objects.get(register="scene_replies", title="机械分拣", resources_scenereply__scene=made.record)
    assert not queries.replies(made, actor("ciomp-teacher")) and len(queries.replies(made, actor("jicui"))) == 2
    with pytest.raises(Refused) as refusal:
        run("scenes", "pilot")(by=actor("jicui"), record=made.uid)
    assert codes(refusal) == {"none_chosen"}
    run("scene_replies", "choose")(by=actor("jicui"), record=won.uid, pilot_from=clock.today(), pilot_to=tomorrow())
    run("scenes", "pilot")(by=actor("jicui"), record=made.uid)
    assert Record.objects.get(pk=lost.pk).state == "declined"
    with pytest.raises(Refused) as refusal:
        run("scenes", "report")(by=actor("jicui"), record=made.uid, result="好")
    assert codes(refusal) == {"pilots_running"}
    run("scene_replies", "report")(by=actor("utcm-office"), record=won.uid, report="效率提高", outcome="met")
    run("scenes", "report")(by=actor("jicui"), record=made.uid, result="已采用", demonstration=True)
    copied = run("scenes", "copy")(by=op, record=made.uid, place="吉林市某厂", copied_on=clock.today())
    assert copied.copies == [{"place": "吉林市某厂", "copied_on": str(clock.today())}]
    assert evaluate("resources.pilots", op, Period(clock.today(), clock.today()), succeeded=True).raw() >= 1
    assert Notice.objects.filter(record=lost).exists()


def test_words_typed_as_a_class_become_codes_of_the_book(op):
    import importlib

    from django.apps import apps

    from trihelix.registers.resources.sheets import CLASSES

    assert len(CLASSES) == 15
    made = [
        register_of("shared_resources").acts["create"].run(by=op, title=f"示例仪器{i}", kind="instrument", owner="u-tcm", price_yuan=100)
        for i in range(3)
    ]
    for one, word in zip(made, ("分析仪器", "质谱仪", "laser"), strict=True):
        SharedResource.objects.filter(pk=one.pk).update(instrument_class=word)
    importlib.import_module("trihelix.registers.resources.migrations.0002_instrument_classes").coded(apps, None)
    rows = [SharedResource.objects.get(pk=one.pk) for one in made]
    assert [r.instrument_class for r in rows] == ["analysis", "other", "laser"]
    assert rows[1].conditions == "仪器类别原填：质谱仪" and rows[0].conditions == ""
