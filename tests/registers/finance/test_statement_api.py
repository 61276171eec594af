"""A bank reads a shared points statement through the API: content under consent, scope of the key, expiry and withdrawal; no key replays it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client

from tests.registers.finance.test_finance import WAN, bank, consent, run, year
from trihelix.kernel import clock, keys
from trihelix.kernel.models import JournalEntry
from trihelix.registers.finance import queries
from trihelix.registers.finance.models import PointsStatement
from trihelix.registers.ladder.models import Consent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(db):
    cache.clear()
    Consent.objects.all().update(valid_to=clock.today() - dt.timedelta(days=1))


@pytest.fixture
def shared(actor, op):
    this = clock.today().year
    year(op, "firm-jicui", this - 2, revenue_wan=1000 * WAN, rd_tax_wan=50 * WAN)
    year(op, "firm-jicui", this - 1, revenue_wan=1200 * WAN, rd_tax_wan=60 * WAN)
    made = run("points_statements", "create")(by=actor("jicui"))
    given = consent(actor, purpose="points")
    run("points_statements", "share")(by=actor("jicui"), record=made.uid, bank="b-01")
    return PointsStatement.objects.get(pk=made.pk), given


def read(made, by, *, scopes=("read", "write"), key="", method="post"):
    _, token = keys.issue(by=by, name="核心系统", scopes=scopes)
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    address = f"/api/v1/points_statements/{made.record.uid}"
    if method == "get":
        return Client().get(address, headers=headers)
    return Client().post(f"{address}/acts/read", {}, content_type="application/json", headers=headers)


def codes(response) -> set[str]:
    return {e["code"] for e in response.json()["errors"]}


def test_the_answer_carries_the_interval_the_parts_their_ages_and_sources(shared):
    made, _ = shared
    told = read(made, bank()).json()["told"]
    age = queries.months(dt.date(clock.today().year - 1, 12, 31), clock.today())
    assert told["points"] == {"low": f"{made.low.normalize():f}", "high": f"{made.high.normalize():f}"}
    assert (told["lost_paper"], told["lost_merit"]) == (f"{made.lost_paper.normalize():f}", f"{made.lost_merit.normalize():f}")
    assert (told["rule"], told["rule_version"], told["on"], told["valid_to"]) == (
        "jilin-points",
        made.rule_version,
        str(made.on),
        str(made.valid_to),
    )
    ratio = next(p for p in told["parts"] if p["part"] == "研发费用占营业收入比重")
    assert (ratio["low"], ratio["high"], ratio["age_months"]) == ("12", "12", age) and ratio["source"] and ratio["most"]
    assert len(told["parts"]) == len(made.parts) and told["firm"]["title"] == made.record.owner.title
    assert told["cohort"]["enough"] is False and "不是全国" in told["note"] and told["synthetic"] is True


def test_only_the_act_tells_and_each_reading_is_journalled(shared, actor):
    made, _ = shared
    plain = read(made, bank(), method="get")
    assert plain.status_code == 200 and not {"low", "high", "parts", "lost_paper", "told"} & {
        k for k, v in plain.json().items() if v is not None
    }
    assert queries.readings(made) == []
    assert read(made, bank(), key="once").json()["told"] == read(made, bank(), key="once").json()["told"]
    assert len(queries.readings(made)) == 2, "the same key is another reading, told and journalled anew"
    entry = JournalEntry.objects.filter(record=made.record, action="points_statements.read").first()
    assert entry.changes["read_by"][1] == made.bank.number and "parts" not in entry.changes
    assert read(made, actor("jicui")).status_code == 403, "the firm has its own paper"


def test_a_key_without_the_right_to_write_and_another_bank_read_nothing(shared):
    made, _ = shared
    answer = read(made, bank(), scopes=("read",))
    assert answer.status_code == 403 and codes(answer) == {"scope"}
    assert read(made, bank("b-02")).status_code == 404
    assert queries.readings(made) == []


@pytest.mark.parametrize(("what", "status"), [("withdrawn", 404), ("consent", 404), ("expired", 422)])
def test_what_is_taken_back_or_over_is_told_no_more_even_for_the_key_of_an_earlier_reading(shared, actor, what, status):
    made, given = shared
    assert read(made, bank(), key="morning").json()["told"]["parts"]
    if what == "withdrawn":
        run("points_statements", "withdraw")(by=actor("jicui"), record=made.uid)
    elif what == "consent":
        run("consents", "withdraw")(by=actor("jicui"), record=given.uid)
    else:
        PointsStatement.objects.filter(pk=made.pk).update(valid_to=clock.today() - dt.timedelta(days=1))
    answer = read(made, bank(), key="morning")
    assert answer.status_code == status and "parts" not in answer.content.decode()
    assert len(queries.readings(made)) == 1


def test_other_acts_tell_nothing(actor):
    made = run("points_statements", "create")(by=actor("jicui"))
    _, token = keys.issue(by=actor("jicui"), name="测试")
    address = f"/api/v1/points_statements/{made.record.uid}/acts/withdraw"
    answer = Client().post(address, {}, content_type="application/json", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200 and answer.json()["told"] is None
