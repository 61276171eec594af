"""What happens by the clock: one reminder, one escalation, keys forgotten; a failing tick stops no other."""

from __future__ import annotations

import datetime as dt

import pytest

from trihelix.kernel import clock, outbox, reminders, ticks
from trihelix.kernel.models import IdempotencyKey, Notice, Snooze, Wait

pytestmark = pytest.mark.django_db


@pytest.fixture
def wait(actor):
    """A need of a firm that waits for its node with a limit."""
    from trihelix.kernel.register import register_of

    acts = register_of("needs").acts
    firm = actor("jicui")
    need = acts["create"].run(
        by=firm, title="期限测试", problem="等待受理。", ownership="shared", deadline=dt.date(2035, 1, 1), budget_wan=1_000_000,
        indicators=[{"name": "精度", "target": "1", "op": ">="}],
    )  # fmt: skip
    acts["submit"].run(by=firm, record=need)
    found = Wait.objects.get(record=need.record, act="accept", role="node")
    assert found.due_at is not None
    return found


def test_those_who_can_act_are_reminded_once_before_the_limit(wait):
    early = wait.due_at - dt.timedelta(days=5)
    near = wait.due_at - dt.timedelta(days=1)
    Wait.objects.filter(pk=wait.pk).update(since=early - dt.timedelta(days=2))
    mine = Notice.objects.filter(record=wait.record, key__contains=f":remind:{wait.pk}:")
    ticks.remind(early)
    assert not mine.exists()
    ticks.remind(near)
    count = mine.count()
    assert count >= 1 and all("即将到期" in n.text and n.text_en for n in mine)
    ticks.remind(near)
    assert mine.count() == count


def test_who_snoozed_a_task_is_left_in_peace_until_that_day_and_nobody_else(wait):
    near = wait.due_at - dt.timedelta(days=1)
    Wait.objects.filter(pk=wait.pk).update(since=near - dt.timedelta(days=9))
    told = Notice.objects.filter(record=wait.record, key__contains=f":remind:{wait.pk}:")
    holders = set(
        outbox.people_of(
            wait.record, [] if wait.scope_id else [wait.role], [wait.scope_id] if wait.scope_id else [], [], clock.local_date(near)
        )
    )
    assert holders
    sleeper = min(holders)
    Snooze.objects.create(wait=wait, user_id=sleeper, until=clock.local_date(wait.due_at))
    ticks.remind(near)
    assert set(told.values_list("user_id", flat=True)) == holders - {sleeper}
    Snooze.objects.update(until=clock.local_date(near))
    ticks.remind(near)
    assert set(told.values_list("user_id", flat=True)) == holders


def test_a_missed_limit_is_told_once_to_those_late_and_to_those_above(wait, actor):
    late = wait.due_at + dt.timedelta(hours=1)
    reminders.escalate(late)
    wait.refresh_from_db()
    assert wait.escalated_at == late
    told = Notice.objects.filter(record=wait.record, key__contains=f":escalate:{wait.pk}:")
    count = told.count()
    assert count >= 1 and all("已超期" in n.text for n in told)
    officers = {n.user.username for n in told}
    assert all("officer" in actor(name).roles for name in officers)
    reminders.escalate(late + dt.timedelta(minutes=5))
    assert told.count() == count


def test_old_idempotency_keys_are_forgotten(op):
    now = clock.now()
    for age in (1, 40):
        IdempotencyKey.objects.create(
            actor_id=op.user_id, key=f"k{age}", action="x", request="", answer={}, at=now - dt.timedelta(days=age)
        )
    assert ticks.forget_keys(now) == 1
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["k1"]


def test_ticks_run_when_due_and_a_failing_one_stops_no_other(monkeypatch):
    ran: list[str] = []
    monkeypatch.setattr(ticks, "TICKS", {
        "broken": ticks.Tick("broken", 10, lambda now: 1 // 0),
        "whole": ticks.Tick("whole", 60, lambda now: ran.append("whole") or 1),
    })  # fmt: skip
    last: dict[str, dt.datetime] = {}
    start = clock.now()
    for seconds in (0, 30, 59, 61):
        ticks.run_due(last, start + dt.timedelta(seconds=seconds))
    assert ran == ["whole", "whole"] and last["broken"] == start + dt.timedelta(seconds=59)
