"""Work that the worker does for a person: done once, reported record by record, nobody else's business."""

from __future__ import annotations

import datetime as dt

import pytest

from trihelix.engines.errors import Refused
from trihelix.kernel import jobs, outbox
from trihelix.kernel.models import Job, Notice, Outbox, Record, User
from trihelix.kernel.register import register_of

pytestmark = pytest.mark.django_db


def drained():
    while outbox.drain():
        pass


@pytest.fixture
def needs(actor):
    """Three needs that the firm's clerk entered; they wait for the clerk's own station."""
    run = register_of("needs").acts["create"].run
    return [
        run(
            by=actor("chiyu-clerk"), title=f"批量办理的需求之{n}", problem="台架上无法稳定判别。", ownership="shared", deadline=dt.date(2035, 1, 1),
            budget_wan=1_000_000, indicators=[{"name": "判别率", "target": "95", "op": ">="}],
        ).record
        for n in "甲乙丙"
    ]  # fmt: skip


def batch(actor, records, act="submit", reason=""):
    payload = {"register": "needs", "act": act, "records": records, "values": {}, "reason": reason}
    return jobs.start(by=actor, kind="batch", title="提交需求", payload=payload, total=len(records))


def test_each_record_goes_through_its_own_act_and_refusals_are_reported(actor, needs):
    firm = actor("chiyu")
    foreign = Record.objects.filter(register="needs").exclude(owner__in=firm.bodies).first()
    job = batch(firm, [*(r.pk for r in needs), foreign.pk, 0])
    assert job.state == "waiting"
    drained()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 5, 5) and job.ended_at
    assert job.result["done"] == 3 and job.result["refused_count"] == 2
    assert {r["number"] for r in job.result["refused"]} == {foreign.number, ""} and all(r["message"] for r in job.result["refused"])
    assert set(Record.objects.filter(pk__in=[r.pk for r in needs]).values_list("state", flat=True)) == {"submitted"}
    assert Notice.objects.filter(user_id=firm.user_id, text__contains="后台工作已完成：提交需求").count() == 1


def test_a_job_is_done_once(actor, needs):
    job = batch(actor("chiyu"), [needs[0].pk])
    drained()
    version = Record.objects.get(pk=needs[0].pk).version
    row = Outbox.objects.get(kind="job", key=f"job:{job.uid}")
    jobs.do(row)
    assert Record.objects.get(pk=needs[0].pk).version == version
    assert Job.objects.get(pk=job.pk).result["done"] == 1


def test_a_job_that_was_interrupted_is_reported_and_not_begun_again(actor, needs):
    job = batch(actor("chiyu"), [needs[0].pk])
    Job.objects.filter(pk=job.pk).update(state="running")  # the worker fell over while it ran
    drained()
    job.refresh_from_db()
    assert job.state == "failed" and job.result["errors"][0]["code"] == "interrupted"
    assert Record.objects.get(pk=needs[0].pk).state == "draft"


def test_a_fault_is_told_without_its_inside(actor, needs, monkeypatch):
    def broken(job, by, progress):
        raise RuntimeError("secret detail")

    monkeypatch.setitem(jobs.RUNNERS, "batch", broken)
    job = batch(actor("chiyu"), [needs[0].pk])
    drained()
    job.refresh_from_db()
    assert job.state == "failed" and "secret detail" not in str(job.result)
    assert "secret detail" in Outbox.objects.get(kind="job", key=f"job:{job.uid}").error, "what went wrong is kept for the operators"


def test_a_job_acts_with_the_rights_of_the_day_it_runs(actor, needs):
    firm = actor("chiyu")
    job = batch(firm, [needs[0].pk])
    User.objects.get(pk=firm.user_id).grants.all().delete()
    drained()
    job.refresh_from_db()
    assert job.result["done"] == 0 and job.result["refused_count"] == 1


def test_a_job_is_its_owners_business(actor, needs):
    job = batch(actor("chiyu"), [needs[0].pk])
    assert jobs.own(actor("chiyu"), job.uid) == job
    for name in ("jicui", "officer"):
        with pytest.raises(Refused) as found:
            jobs.own(actor(name), job.uid)
        assert found.value.problems[0].code == "not_found"
