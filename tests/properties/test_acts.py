"""No sequence of acts by anybody breaks a flow, the journal, the waits or the index."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trihelix.engines import flow as flows
from trihelix.engines.errors import Refused
from trihelix.kernel import index, journal, waits
from trihelix.kernel.models import JournalEntry, Outbox, Record, Wait
from trihelix.kernel.register import REGISTERS, register_of

pytestmark = pytest.mark.django_db

WHO = ("jicui", "chiyu", "utcm-office", "officer", "auditor", "op")
FULL = {
    "title": "低温粉碎", "problem": "粒度不均，希望有低温粉碎办法", "budget_wan": 60_000_000, "ownership": "shared", "deadline": dt.date(2029, 1, 1),
    "indicators": [{"name": "D90", "op": "<=", "target": "75", "unit": "μm"}],
}  # fmt: skip
VALUES = {
    "publish": {"not_duplicate": True}, "give_up": {"outcome": "unclear", "next_on": dt.date(2029, 1, 1)}, "solve": {"route": "own"},
    "change": {"conditions": "新的要求"}, "message": {"text": "您好"}, "renew": {}, "assign": {"division": "220582"},
    "merge": {"into": "XQ-rare-ginsenoside-enzyme"},
}  # fmt: skip
NEED_ACTS = sorted(a for a in register_of("needs").acts if a not in ("create", "attach", "detach"))
RESULT_ACTS = sorted(a for a in register_of("results").acts if a not in ("create", "attach", "detach"))


def _run(register_id, record, steps, actors):
    """Fire the steps; returns how many succeeded. After each the state must be where the flow leads."""
    register, done = register_of(register_id), 0
    for act, who in steps:
        before = Record.objects.get(pk=record.pk)
        reachable = {before.state} | {
            x for t in flows.acts_from(register.flow, before.state) if t.act == act for x in (t.target, *t.targets)
        }
        try:
            register.acts[act].run(by=actors[who], record=record.uid, reason="说明", **VALUES.get(act, {}))
        except Refused as refusal:
            after = Record.objects.get(pk=record.pk)
            assert (after.state, after.version, after.updated_at) == (before.state, before.version, before.updated_at), (
                "a refusal changes nothing"
            )
            assert all(p.code and p.message for p in refusal.problems)
        else:
            done += 1
            after = Record.objects.get(pk=record.pk)
            assert after.state in reachable and after.version == before.version + 1
    return done


def _holds(register_id, record, done):
    register, now = register_of(register_id), Record.objects.get(pk=record.pk)
    assert JournalEntry.objects.filter(record=now).count() == done + 1
    wanted = {act for act, _, _ in waits.awaited(register, now.state)}
    assert {w.act for w in Wait.objects.filter(record=now)} <= wanted
    journal.seal_pending()
    assert not [f for f in journal.faults() if f["fault"] not in ("unsealed", "cut")]
    assert Outbox.objects.filter(kind="index", payload__record=now.pk).count() == done + 1
    doc = index.doc_of(now.entry)
    if now.visibility != "public" and doc is not None:
        assert "public" not in doc.scopes


def _steps(acts):
    return st.lists(st.tuples(st.sampled_from(acts), st.sampled_from(WHO)), max_size=14)


@pytest.mark.parametrize(("register_id", "values", "acts", "owner"), [
    ("needs", FULL, NEED_ACTS, "jicui"), ("results", {"title": "粉碎工艺", "summary": "低温粉碎"}, RESULT_ACTS, "utcm-office"),
])  # fmt: skip
def test_no_sequence_of_acts_breaks_a_record(register_id, values, acts, owner, actor, op):
    actors = {name: actor(name) for name in WHO if name != "op"} | {"op": op}

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=_steps(acts))
    def check(steps):
        with transaction.atomic():
            record = register_of(register_id).acts["create"].run(by=actors[owner], **values).record
            _holds(register_id, record, _run(register_id, record, steps, actors))
            transaction.set_rollback(True)

    check()


@pytest.mark.parametrize("register_id", sorted(REGISTERS))
def test_every_transition_leads_to_its_target_and_is_refused_to_strangers(register_id):
    flow = register_of(register_id).flow
    for t in flow.transitions:
        for source in t.sources:
            with pytest.raises(Refused):
                flows.fire(flow, source, t.act, {"stranger"}, {})
            free = dataclasses.replace(flow, transitions=tuple(dataclasses.replace(x, guards=()) for x in flow.transitions))
            assert flows.fire(free, source, t.act, {t.roles[0]}, {}) == t.target
