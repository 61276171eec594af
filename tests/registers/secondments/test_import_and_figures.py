"""A batch of 200 by Excel with row errors, the figures behind the letter, the pages and the Word files."""

from __future__ import annotations

import datetime as dt
import io

import docx as python_docx
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from trihelix.engines import sheets
from trihelix.kernel import bulk, clock
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Participant, Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.secondments import queries
from trihelix.registers.secondments.actions import terms_end
from trihelix.registers.secondments.models import Batch, Secondment

pytestmark = pytest.mark.django_db
LETTER = Period(None, dt.date(2024, 12, 2))
TODAY = Period(None, dt.date(2099, 1, 1))
NAMES = ("appointments", "people", "batches", "home_bodies", "host_firms", "host_cities", "fields")


def counts(by, period, **where):
    return {n: evaluate(f"secondments.{n}", by, period, **where).raw() for n in NAMES}


@pytest.fixture
def batch(op):
    rows = [
        {
            "ref": "KCP-t",
            "title": "测试批次",
            "owner": "g-kjt",
            "number_in_line": 91,
            "year": 2024,
            "planned": 200,
            "appointed_on": dt.date(2024, 6, 1),
            "kind": "commissioner",
        }
    ]
    bulk.import_rows(register_of("secondment_batches"), rows, op)
    return Batch.objects.get(record__ref="KCP-t")


def rows_of(op, count, **more):
    people = list(
        Record.objects.filter(register="people", owner__ref__in=("jlu", "jlau", "ciomp", "u-eng", "u-sci", "u-tcm")).order_by("pk")
    )
    firms = list(Record.objects.filter(register="bodies", parties_body__kind="firm").order_by("pk"))
    return [
        {
            "ref": f"T-{n}", "kind": "commissioner", "owner": people[n % len(people)].owner.ref, "person": people[n % len(people)].ref, "host": firms[n % len(firms)].ref, "batch": "KCP-t",
            "field": ("medicine", "seed", "digital")[n % 3], "days_per_year": 120, "appointed_on": dt.date(2024, 6, 1), "starts_on": dt.date(2024, 6, 1) + dt.timedelta(days=n),
            "ends_on": dt.date(2026, 5, 31) + dt.timedelta(days=n), **more,
        }
        for n in range(count)
    ]  # fmt: skip


def test_a_batch_of_200_by_excel_names_each_wrong_row_and_writes_nothing_then_all(op, batch, tmp_path):
    register = register_of("secondments")
    rows = rows_of(op, 200)
    rows[10] = {**rows[10], "person": "no-such"}
    rows[57] = {**rows[57], "ends_on": dt.date(2020, 1, 1)}
    rows[120] = {**rows[120], "days_per_year": 400}
    before = Secondment.objects.count()
    path = tmp_path / "批次.xlsx"
    sheets.write(register.sheet, rows, path)
    found = bulk.import_file(register, path, op)
    assert found["refused"] == 3 and Secondment.objects.count() == before
    assert {(e["row"], e["field"]) for e in found["errors"]} == {(12, "person"), (59, "ends_on"), (122, "days_per_year")}
    sheets.write(register.sheet, rows_of(op, 200), path)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        found = bulk.import_file(register, path, op)
    assert (found["created"], found["refused"]) == (200, 0)
    assert len(caught) < 120
    assert bulk.import_file(register, path, op)["unchanged"] == 200


def test_people_and_appointments_are_two_counts(op, batch):
    rows = rows_of(op, 3)
    rows.append({**rows[0], "ref": "T-again", "host": rows[1]["host"], "starts_on": dt.date(2024, 7, 1)})
    bulk.import_rows(register_of("secondments"), rows, op)
    found = counts(op, LETTER, batch="KCP-t")
    assert (found["appointments"], found["people"], found["host_firms"]) == (4, 3, 3)
    assert evaluate("secondments.appointments", op, Period(None, dt.date(2024, 5, 31)), batch="KCP-t").raw() == 0


def test_outside_bodies_cities_and_fields_of_one_batch(op, batch):
    bulk.import_rows(register_of("secondments"), rows_of(op, 6), op)
    where = {"batch": "KCP-t"}
    homes = Record.objects.filter(pk__in=Secondment.objects.filter(batch=batch.record).values("record__owner_id"))
    body = homes.first().entry
    type(body).objects.filter(pk=body.pk).update(inside=False)
    found = counts(op, LETTER, **where)
    assert found["home_bodies"] == homes.count() and found["batches"] == 1 and found["fields"] == 3
    assert evaluate("secondments.home_bodies", op, LETTER, outside=True, **where).raw() == 1
    divisions = {s.host.entry.division[:4] for s in Secondment.objects.filter(batch=batch.record)}
    assert found["host_cities"] == len(divisions)


def test_an_industry_professor_is_no_commissioner(op):
    before = counts(op, TODAY)["people"]
    rows = [
        {
            "ref": "P-1",
            "kind": "professor",
            "owner": "firm-jicui",
            "person": "p-058",
            "host": "u-tcm",
            "appointed_on": dt.date(2025, 9, 1),
            "starts_on": dt.date(2025, 9, 1),
            "ends_on": dt.date(2027, 8, 31),
        }
    ]
    bulk.import_rows(register_of("secondments"), rows, op)
    assert counts(op, TODAY)["people"] == before
    assert evaluate("secondments.people", op, TODAY, kind="professor").raw() >= 1


def test_imported_cases_are_shown_to_their_parties_once(op, actor, batch):
    bulk.import_rows(register_of("secondments"), [{**rows_of(op, 1)[0], "host": "firm-jicui"}], op)
    row = Secondment.objects.get(record__ref="T-0")
    terms_end.watch_imports(clock.now())
    assert Participant.objects.filter(record=row.record, role="host", body__ref="firm-jicui").count() == 1
    version = Record.objects.get(pk=row.pk).version
    terms_end.watch_imports(clock.now())
    assert Record.objects.get(pk=row.pk).version == version
    assert row in queries.mine(actor("jicui"))["host"]


def test_a_past_term_comes_in_closed_and_an_appointment_needs_its_dates(op, batch):
    row = {**rows_of(op, 1)[0], "ends_on": dt.date(2025, 1, 1)}
    decided = bulk.decide(register_of("secondments"), [(2, {k: v for k, v in row.items() if k != "starts_on"})], (), op)
    assert [(p.code, p.field) for p in decided.problems] == [("required", "starts_on")]
    bulk.import_rows(register_of("secondments"), [row], op)
    made = Secondment.objects.get(record__ref="T-0")
    assert made.state == "closed" and made.record.title == f"{made.person.title} → {made.host.title}"


def test_pages_and_word_files(op, batch):
    bulk.import_rows(register_of("secondments"), rows_of(op, 5), op)
    row = Secondment.objects.get(record__ref="T-0")
    client = Client()
    assert client.get("/secondments/overview/").status_code == 302
    client.force_login(User.objects.get(username="operator"))
    pages = (
        "/secondments/overview/",
        "/secondments/overview/?until=2024-12-02&kind=professor",
        "/my/secondments/",
        "/secondments/",
        f"/secondments/{row.uid}/",
        f"/secondment_batches/{batch.uid}/",
        "/secondment_needs/",
    )
    for page in pages:
        assert client.get(page).status_code == 200, page
    assert client.get("/secondments/overview/?kind=x").status_code == 422
    text = _text(client.get(f"/secondments/{row.uid}/letter.docx").content)
    assert row.person.title in text and row.host.title in text and "2024年6月1日" in text
    text = _text(client.get(f"/secondments/{row.uid}/agreement.docx").content)
    assert "丙方" in text and row.record.owner.title in text
    assert "任命次数" in _text(client.get(f"/secondment_batches/{batch.uid}/report.docx").content)


def _text(data: bytes) -> str:
    document = python_docx.Document(io.BytesIO(data))
    return "\n".join([p.text for p in document.paragraphs] + [c.text for t in document.tables for r in t.rows for c in r.cells])


def test_the_agreement_is_for_its_parties_only(op, batch):
    bulk.import_rows(register_of("secondments"), [{**rows_of(op, 1)[0], "host": "firm-chiyu"}], op)
    row = Secondment.objects.get(record__ref="T-0")
    client = Client()
    client.force_login(User.objects.get(username="jicui"))
    assert client.get(f"/secondments/{row.uid}/agreement.docx").status_code == 403


def test_a_list_page_needs_a_bounded_number_of_queries(op, batch):
    client = Client()
    client.force_login(User.objects.get(username="operator"))

    def queries_of() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/secondments/?batch=KCP-t").status_code == 200
        return len(caught)

    bulk.import_rows(register_of("secondments"), rows_of(op, 5), op)
    few = queries_of()
    bulk.import_rows(register_of("secondments"), rows_of(op, 40), op)
    assert queries_of() <= few + 2


def without_ref(rows):
    return [{k: v for k, v in r.items() if k != "ref"} for r in rows]


def brought(op, rows):
    """The result of an import of rows, written when nothing is refused."""
    register = register_of("secondments")
    decision = bulk.decide(register, [(n, dict(r)) for n, r in enumerate(rows, 2)], (), op)
    if not decision.problems:
        bulk.apply(register, decision, op)
    return decision.summary()


def test_an_appointment_without_a_key_is_found_again_by_person_host_and_first_day(op, batch):
    rows = without_ref(rows_of(op, 5))
    assert brought(op, rows)["created"] == 5
    assert brought(op, rows)["unchanged"] == 5
    count = Secondment.objects.count()
    found = brought(op, [{**r, "post_title": "科技副总"} for r in rows])
    assert (found["created"], found["updated"], found["refused"]) == (0, 5, 0) and Secondment.objects.count() == count
    assert brought(op, [{**rows[1], "ref": "T-named"}])["created"] == 0  # a key given later doubles nothing
    assert brought(op, [{**rows[0], "starts_on": dt.date(2024, 9, 1)}])["created"] == 1  # another first day is another term


def test_one_appointment_twice_in_one_file_is_told_by_row(op, batch):
    rows = without_ref(rows_of(op, 2))
    found = brought(op, [*rows, rows[0]])
    assert found["refused"] == 1 and found["errors"][0]["code"] == "duplicate_row" and found["errors"][0]["row"] == 4


def test_a_thousand_appointments_come_back_unchanged_in_a_bounded_number_of_queries(op, batch):
    rows = without_ref(rows_of(op, 1000))
    assert brought(op, rows)["created"] == 1000
    with CaptureQueriesContext(connection) as caught:
        found = brought(op, rows)
    assert (found["unchanged"], found["created"]) == (1000, 0)
    assert len(caught) < 120
