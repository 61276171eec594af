"""The desk, the check and the statistics as pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests.registers.contracts.test_registration import run, terms
from trihelix.kernel.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def filed(actor):
    office = actor("utcm-office")
    return run("submit")(by=office, record=run("create")(by=office, **terms()).uid)


def _client(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def test_the_desk_lists_what_waits_and_is_closed_to_firms(filed):
    page = _client("officer").get("/contracts/desk/")
    assert page.status_code == 200 and filed.number in page.content.decode()
    assert _client("jicui").get("/contracts/desk/").status_code == 403


def test_the_check_shows_amounts_and_every_test(filed):
    page = _client("officer").get(f"/contracts/{filed.uid}/check/")
    text = page.content.decode()
    assert page.status_code == 200 and "430" in text and "泵与传感器" in text
    assert _client("jicui").get(f"/contracts/{filed.uid}/check/").status_code == 404


def test_statistics_answer_and_a_wrong_date_is_named(filed):
    page = _client("officer").get("/contracts/statistics/?from=2026-01-01&to=2026-12-31")
    assert page.status_code == 200
    assert _client("officer").get("/contracts/statistics/?from=soon").status_code == 422
    assert dt.date(2026, 1, 1).isoformat() in page.content.decode()
