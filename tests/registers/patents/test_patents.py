"""Patents: numbers, families as one hit, events of the status, fees by rule, imports that never double."""

from __future__ import annotations

import datetime as dt

import pytest

from trihelix.engines.codes import application_of
from trihelix.engines.errors import Refused
from trihelix.engines.months import add_months
from trihelix.kernel import bulk, clock, index
from trihelix.kernel.models import Wait
from trihelix.kernel.register import register_of
from trihelix.registers.patents import queries
from trihelix.registers.patents.actions.fees import run_calendar
from trihelix.registers.patents.models import Fee, Patent

pytestmark = pytest.mark.django_db


def run(act: str, register: str = "patents"):
    return register_of(register).acts[act].run


def code(refusal) -> str:
    return refusal.value.problems[0].code


def number(serial: int, kind: int = 1, year: int = 2018) -> str:
    return application_of(year, serial, kind)


def granted(by, serial: int, **more):
    values = {
        "app_no": number(serial), "title": f"一种晶圆键合对准装置{serial}", "filing_date": dt.date(2018, 3, 15), "grant_date": dt.date(2020, 6, 1),
        "fee_paid_to": dt.date(2027, 3, 15), "holders": [{"name": "示例理工大学"}], "fee_cut": True, "summary": "红外对准标记与压电微调平台配合，用于晶圆键合",
    }  # fmt: skip
    return run("create")(by=by, **{**values, **more})


@pytest.fixture
def office(actor):
    return actor("utcm-office")


def test_a_number_is_checked_and_kept_in_one_form(office):
    made = run("create")(by=office, app_no="zl 2023 1 0000001.5", title="测试专利", filing_date=dt.date(2023, 1, 4))
    assert (made.app_no, made.ptype, made.ref) == ("202310000001.5", "invention", "202310000001.5")
    assert made.family == made.app_no and made.expires_on == dt.date(2043, 1, 4) and made.record.visibility == "owner"
    for wrong, expected in (
        ("202310000001.4", "patent_number_check"),
        ("202370000001.5", "patent_number_kind"),
        ("202310000001.5", "patent_taken"),
    ):
        with pytest.raises(Refused) as refusal:
            run("create")(by=office, app_no=wrong, title="测试专利")
        assert code(refusal) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"ptype": "utility"}, "ptype_mismatch"), ({"classes": ["A61K 31/0"]}, "ipc_form"), ({"pub_no": "CN12"}, "publication_form"),
        ({"grant_date": dt.date(2017, 1, 1)}, "date_order"), ({"holders": [{"name": "甲", "share_percent": 60}, {"name": "乙", "share_percent": 50}]}, "share_sum"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(office, more, expected):
    with pytest.raises(Refused) as refusal:
        granted(office, 501, **more)
    assert code(refusal) == expected


def test_a_family_is_one_hit(office):
    first = granted(office, 511, title="鹿茸多肽低温喷雾包埋工艺", summary="鹿茸多肽包埋")
    second = granted(office, 512, title="鹿茸多肽低温喷雾包埋装置", family=first.family, filing_date=dt.date(2018, 9, 1))
    index.flush()
    hits = [h["uid"] for h in index.search("鹿茸多肽低温喷雾包埋", by=office, kinds=["patents"]).hits]
    assert str(first.uid) in hits and str(second.uid) not in hits
    run("archive")(by=office, record=first.uid, reason="误登")
    index.flush()
    hits = [h["uid"] for h in index.search("鹿茸多肽低温喷雾包埋", by=office, kinds=["patents"]).hits]
    assert str(second.uid) in hits and str(first.uid) not in hits


def test_the_status_follows_the_latest_event(office):
    made = granted(office, 521)
    run("note_event")(by=office, record=made.uid, kind="suspension", on=dt.date(2022, 1, 1))
    later = run("note_event")(by=office, record=made.uid, kind="grant", on=dt.date(2020, 6, 1))
    assert later.status == "suspended"
    with pytest.raises(Refused) as refusal:
        run("note_event")(by=office, record=made.uid, kind="suspension", on=dt.date(2022, 1, 1))
    assert code(refusal) == "event_twice"


@pytest.mark.parametrize(
    ("year", "more", "paid", "opened", "pay"),
    [
        (7, {}, None, False, 30_000), (7, {"holders": [{"name": "甲"}, {"name": "乙"}]}, None, False, 60_000), (7, {}, "2025-06-15", False, 50_000),
        (16, {"fee_cut": False}, None, True, 680_000), (7, {}, None, True, 30_000), (7, {"fee_cut": False}, None, False, 200_000),
    ],
)  # fmt: skip
def test_fees_by_rule(office, year, more, paid, opened, pay):
    filed = dt.date(2025 - year + 1, 3, 15)
    made = granted(office, 530, app_no=number(530, year=filed.year), filing_date=filed, grant_date=add_months(filed, 24), **more)
    made = Patent.objects.get(pk=made.pk)
    told = queries.fee_of(made, year, dt.date(2025, 3, 15), dt.date.fromisoformat(paid) if paid else None, opened=opened)
    assert told.pay_fen == pay


def test_the_calendar_draws_up_pays_and_lets_lapse(office, op):
    now, today = clock.now(), clock.today()
    filed = add_months(today, -12 * 6)
    soon = granted(office, 541, app_no=number(541, year=filed.year), filing_date=filed, grant_date=add_months(filed, 24), fee_paid_to=today)
    run_calendar(now)
    run_calendar(now)
    fee = Fee.objects.get(patent=soon.record)
    assert (fee.year, fee.due_on, fee.pay_fen) == (7, today, 30_000)
    wait = Wait.objects.get(record=fee.record, act="pay")
    assert clock.local_date(wait.due_at) == today and wait.scope_id == soon.record.owner_id
    run("pay", "patent_fees")(by=office, record=fee.uid, paid_on=today, voucher="P-1")
    assert Patent.objects.get(pk=soon.pk).fee_paid_to == add_months(filed, 12 * 7)
    filed = add_months(today, -12 * 6 - 7)
    late = granted(
        office,
        542,
        app_no=number(542, year=filed.year),
        filing_date=filed,
        grant_date=add_months(filed, 24),
        fee_paid_to=add_months(filed, 12 * 6),
    )
    run_calendar(now)
    assert Patent.objects.get(pk=late.pk).status == "lapsed_fee"
    assert Fee.objects.get(patent=late.record).record.state == "lapsed"


def rows_of(count: int, **more):
    return [
        {
            "app_no": number(600_000 + i),
            "title": f"导入专利{i}",
            "owner": "u-tcm",
            "filing_date": dt.date(2018, 1, 2),
            "grant_date": dt.date(2020, 1, 3),
            **more,
        }
        for i in range(count)
    ]


def test_an_import_updates_and_never_doubles(op, django_assert_max_num_queries):
    register = register_of("patents")
    bulk.import_rows(register, rows_of(30), op)
    again = bulk.decide(register, list(enumerate(rows_of(30), 2)), (), op)
    assert (len(again.creates), len(again.updates), again.unchanged, again.problems) == (0, 0, 30, [])
    written = [{**r, "app_no": "ZL" + r["app_no"].replace(".", ""), "status": "lapsed_fee"} for r in rows_of(30)]
    with django_assert_max_num_queries(25):
        changed = bulk.decide(register, list(enumerate(written, 2)), (), op)
    assert (len(changed.creates), len(changed.updates)) == (0, 30)
    bulk.apply(register, changed, op)
    assert Patent.objects.filter(record__title__startswith="导入专利", status="lapsed_fee").count() == 30


def test_wrong_rows_are_named_and_nothing_is_written(op):
    rows = rows_of(5)
    rows[1]["app_no"], rows[3]["app_no"] = "201810600001.0", rows[2]["app_no"]
    found = bulk.decide(register_of("patents"), list(enumerate(rows, 2)), (), op)
    told = {(p.row, p.field, p.code) for p in found.problems}
    assert {(3, "app_no", "patent_number_check"), (5, "app_no", "duplicate_row")} <= told


def test_another_body_cannot_take_a_patent_over_by_import(op, actor):
    bulk.import_rows(register_of("patents"), [{**rows_of(1)[0], "grant_date": None}], op)
    found = bulk.decide(register_of("patents"), [(2, {**rows_of(1)[0], "owner": None})], (), actor("jicui"))
    assert "patent_taken" in {p.code for p in found.problems}
