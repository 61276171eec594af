"""Conditions on the person are rows of the book: each tells what was found, a failed one needs a reason, unverified ones say so."""

from __future__ import annotations

import datetime as dt

import pytest

from trihelix.kernel import bulk, clock
from trihelix.kernel.models import Link, Record
from trihelix.kernel.register import register_of
from trihelix.registers.parties.models import Membership
from trihelix.registers.secondments import queries, terms
from trihelix.registers.secondments.models import Secondment

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(op):
    values = {"ref": "pc-1", "person": "p-058", "owner": "u-tcm", "host": "firm-jicui", "kind": "commissioner", "rank": "讲师"}
    bulk.import_rows(register_of("secondments"), [values], op)
    Link.objects.filter(target__ref="p-058", target__register="people").delete()
    return Secondment.objects.get(record__ref="pc-1")


def found(row):
    return {c["id"]: c for c in queries.person_checks(row)}


def test_a_commissioner_needs_degree_or_rank_and_an_output(row):
    told = found(row)
    assert not told["degree_or_rank"]["ok"] and told["degree_or_rank"]["unverified"] and "讲师" in told["degree_or_rank"]["found"]
    assert not told["outputs"]["ok"] and "years_in_firm" not in told
    row.degree = "doctor"
    Link.objects.create(source=Record.objects.filter(register="results").first(), target=row.person, kind="completer", at=clock.now())
    assert all(c["ok"] for c in queries.person_checks(row))
    assert {c["id"] for c in queries.person_checks(row)} <= {c["id"] for c in queries.checks_of(row)}


def test_a_professor_needs_five_years_in_the_firm(row):
    row.kind = "professor"
    Membership.objects.filter(person=row.person).delete()
    assert found(row)["years_in_firm"]["found"] == "未登记入职日期"
    held = Membership.objects.create(person=row.person, body=row.record.owner, valid_from=clock.today() - dt.timedelta(days=4 * 365))
    assert not found(row)["years_in_firm"]["ok"]
    Membership.objects.filter(pk=held.pk).update(valid_from=clock.today() - dt.timedelta(days=6 * 365))
    assert found(row)["years_in_firm"]["ok"] and not found(row)["years_in_firm"]["unverified"]


def test_every_test_of_the_book_is_known():
    assert {r["test"] for r in terms.terms()["person_checks"]} <= set(terms.TESTS) == set(queries.PERSON_TESTS)
