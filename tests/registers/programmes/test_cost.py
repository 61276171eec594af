"""What acts, imports and pages of programmes may cost: queries counted, the same for few and for many."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from trihelix.kernel import bulk, clock, index, memo
from trihelix.kernel.accounts import operator
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.programmes import overlay, queries
from trihelix.registers.programmes.models import Application, Project

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
ANSWERS = {
    "summary": "摘要", "goals": "目标与内容", "term_months": 24, "honest": True, "indicators": [{"name": "指标", "target": "1"}], "requested": 8,
    "budget": {"业务费": {"public": 8}},
}  # fmt: skip


def do(register, act, by, entry=None, **values):
    return register_of(register).acts[act].run(by=by, now=NOW, **({"record": entry.record} if entry is not None else {}), **values)


def cost(step):
    with CaptureQueriesContext(connection) as seen:
        step()
    return len(seen)


@pytest.fixture
def call(actor, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: NOW.date())
    officer = actor("officer")
    made = do("calls", "create", officer, title="基金通知", scheme="natural-fund", year=2026)
    do("calls", "approve", officer, made)
    do("calls", "publish", officer, made, closes_on=dt.date(2026, 3, 31))
    return made


def filled(actor, call, title):
    made = do("applications", "create", actor("utcm-office"), title=title, call=call.number, class_id="young")
    do("applications", "save", actor("utcm-office"), made, answers=ANSWERS)
    return made


def test_no_step_of_an_application_costs_more_than_it_reads(actor, call):
    office, officer = actor("utcm-office"), actor("officer")
    filled(actor, call, "先行的申报")  # whatever is read once a process is read by now
    case = filled(actor, call, "示例申报")
    index.matcher()  # an index that does not exist yet is built by the first who asks
    counted = {
        "save": cost(lambda: do("applications", "save", office, case, answers=ANSWERS)),
        "submit": cost(lambda: do("applications", "submit", office, case)),
        "unit_approve": cost(lambda: do("applications", "unit_approve", office, case)),
        "recommend": cost(lambda: do("applications", "recommend", office, case)),
        "form_pass": cost(lambda: do("applications", "form_pass", officer, case)),
        "screen_pass": cost(lambda: do("applications", "screen_pass", officer, case, similar_read=True)),
        "review_done": cost(lambda: do("applications", "review_done", SYSTEM, case, score=80, rank=1)),
        "decide": cost(lambda: do("applications", "decide", officer, case, outcome="award", note="同意")),
    }
    most = {
        "save": 14,
        "submit": 36,
        "unit_approve": 18,
        "recommend": 19,
        "form_pass": 20,
        "screen_pass": 20,
        "review_done": 19,
        "decide": 20,
    }
    assert {k: v for k, v in counted.items() if v > most[k]} == {}


def test_an_import_of_projects_asks_for_the_schemes_once(actor):
    owner = Record.objects.get(pk=min(actor("utcm-office").bodies)).number

    def rows(start, count):
        return [
            {"title": f"项目 {i}", "ref": f"cost-{i}", "scheme": "natural-fund", "year": 2025, "approved_on": dt.date(2025, 5, 1), "owner": owner, "approved_wan": 8}
            for i in range(start, start + count)
        ]  # fmt: skip

    register = register_of("projects")
    bulk.import_rows(register, rows(0, 2), operator())
    few, many = (
        cost(lambda: bulk.import_rows(register, rows(10, 5), operator())),
        cost(lambda: bulk.import_rows(register, rows(30, 60), operator())),
    )
    assert Project.objects.filter(record__ref__startswith="cost-").count() == 67 and many <= few + 4
    assert {p.scheme_version for p in Project.objects.filter(record__ref__startswith="cost-")} == {
        queries.scheme_book().scheme("natural-fund", dt.date(2025, 5, 1)).version.id
    }


def test_what_is_remembered_ends_with_the_stretch_of_work():
    with memo.scope():
        assert cost(lambda: [overlay.schemes() for _ in range(5)]) == 1
        with memo.scope():
            assert cost(overlay.schemes) == 0
    assert cost(lambda: [overlay.schemes() for _ in range(5)]) == 5


def test_lists_and_dashboards_cost_the_same_for_few_and_for_many(actor, call):
    client = Client()
    client.force_login(User.objects.get(username="officer"), backend="django.contrib.auth.backends.ModelBackend")
    addresses = (
        "/calls/", "/applications/", "/applications/?state=draft", f"/calls/{call.record.uid}/", "/projects/", "/programmes/schemes/", "/review_rounds/", "/review_seats/", "/inbox/", "/",
    )  # fmt: skip

    def costs():
        for address in addresses:
            assert client.get(address).status_code == 200, address
        return {address: cost(lambda a=address: client.get(a)) for address in addresses}

    filled(actor, call, "第一项申报")
    before = costs()
    for i in range(12):
        filled(actor, call, f"又一项申报 {i}")
        do("applications", "submit", actor("utcm-office"), Application.objects.order_by("-pk").first())
    after = costs()
    assert {a: (before[a], n) for a, n in after.items() if n > before[a] + 2 or n > (100 if a == "/" else 40)} == {}
