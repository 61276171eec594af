"""What an act reads and writes: few queries, only what changed, and rights that hold as they are once the record is locked."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trihelix.kernel import action, clock, journal
from trihelix.kernel import actor as rights
from trihelix.kernel.accounts import operator
from trihelix.kernel.errors import Denied
from trihelix.kernel.models import JournalEntry, JournalSeal, Participant, Record
from trihelix.kernel.models.record import Visibility
from trihelix.kernel.register import register_of

pytestmark = pytest.mark.django_db
NEED = {
    "title": "参须粉碎粒度不均", "problem": "粉碎后粒度分布过宽，胶囊装量差异超标，希望有低温粉碎办法。",
    "indicators": [{"name": "D90", "op": "<=", "target": "75", "unit": "μm", "method": "激光粒度仪"}],
    "budget_wan": 60_000_000, "ownership": "shared", "deadline": dt.date(2028, 6, 30),
}  # fmt: skip


def act(register: str, name: str):
    return register_of(register).acts[name].run


@pytest.fixture
def need(actor):
    return act("needs", "create")(by=actor("jicui"), **NEED)


def statements(step):
    with CaptureQueriesContext(connection) as seen:
        step()
    return [q["sql"] for q in seen]


def test_no_step_of_a_need_costs_more_than_it_reads(actor):
    firm, made = actor("jicui"), []
    act("needs", "create")(by=firm, **{**NEED, "title": "先行的需求"})  # what is read once a process is read by now
    create = statements(lambda: made.append(act("needs", "create")(by=firm, **NEED)))
    change = statements(lambda: act("needs", "change")(by=firm, record=made[0].uid, title="参须低温粉碎"))
    submit = statements(lambda: act("needs", "submit")(by=firm, record=made[0].uid))
    counted = {"create": len(create), "change": len(change), "submit": len(submit)}
    assert {k: n for k, n in counted.items() if n > {"create": 28, "change": 14, "submit": 28}[k]} == {}
    for done in (change, submit):
        assert sum('SELECT "kernel_participant"."role"' in q for q in done) == 1  # sight, rights and flow share one reading


def test_an_act_writes_what_changed_and_nothing_else(need, actor):
    done = statements(lambda: act("needs", "change")(by=actor("jicui"), record=need.uid, title="参须低温粉碎"))
    updates = [q for q in done if q.startswith("UPDATE")]
    assert [q.split('"')[1] for q in updates] == ["kernel_record"]
    assert '"title" =' in updates[0] and '"version" =' in updates[0] and '"state" =' not in updates[0]
    done = statements(
        lambda: act("needs", "change")(by=actor("jicui"), record=need.uid, indicators=[{**NEED["indicators"][0], "target": "60"}])
    )
    held = register_of("needs").model.objects.get(pk=need.pk)
    assert held.indicators[0]["target"] == "60" and held.problem == NEED["problem"] and held.record.version == 3
    assert JournalEntry.objects.filter(record=need.record).latest("pk").changes.keys() == {"indicators"}


def test_sight_of_a_record_in_hand_is_the_sight_of_the_query(actor, need):
    """For every visibility, place and kind of viewer: the rule in memory and the condition in the database give one answer."""
    bodies = list(Record.objects.filter(register="bodies").order_by("pk")[:3])
    nodes = list(Record.objects.filter(register="nodes").order_by("pk")[:2])
    person = Record.objects.filter(register="people").order_by("pk").first() or bodies[2]
    known = actor("jicui")
    base = rights.Actor(None, "x")
    viewers = [
        rights.VISITOR, rights.SYSTEM, known, actor("officer"), actor("chiyu"),
        dataclasses.replace(base, user_id=known.user_id),
        dataclasses.replace(base, user_id=known.user_id, body_roles={bodies[0].pk: frozenset({"member"})}),
        dataclasses.replace(base, user_id=known.user_id, person_id=person.pk),
        dataclasses.replace(base, user_id=known.user_id, node_ids=frozenset({nodes[0].pk})),
        dataclasses.replace(base, body_roles={bodies[0].pk: frozenset({"member"})}),
        dataclasses.replace(base, node_ids=frozenset({nodes[0].pk})),
    ]  # fmt: skip
    places = itertools.product(Visibility.values, (None, bodies[0], bodies[1], person), (None, *nodes), ("draft", rights.UNDONE))
    parts = (None, {"body": bodies[0]}, {"user_id": known.user_id}, {"body": bodies[0], "until": clock.now()})
    seen = 0
    for visibility, owner, node, state in places:
        Record.objects.filter(pk=need.pk).update(visibility=visibility, owner=owner, node=node, state=state)
        for part in parts:
            Participant.objects.filter(record=need.record).delete()
            if part is not None:
                Participant.objects.create(record=need.record, role="partner", since=clock.now(), **part)
            row = Record.objects.get(pk=need.pk)
            for viewer in viewers:
                by_query = rights.visible_to(viewer, Record.objects.filter(pk=need.pk)).exists()
                assert rights.sees(viewer, row, viewer.parts_in(row)) is by_query, (visibility, owner, node, state, part, viewer)
                seen += by_query
    assert seen > 100
    for viewer in viewers:  # a body and a person see themselves
        for own in (bodies[0], person):
            by_query = rights.visible_to(viewer, Record.objects.filter(pk=own.pk)).exists()
            assert rights.sees(viewer, own, viewer.parts_in(own)) is by_query


def test_rights_are_asked_again_where_the_record_changed_before_the_lock(need, actor, monkeypatch):
    """A participant put out of the case by an act that held the lock first does not act on it after."""
    other = actor("chiyu")
    Participant.objects.create(record=need.record, body_id=min(other.bodies), role="owner", since=clock.now())
    act("needs", "change")(by=other, record=need.uid, title="合作方改动")

    def overtaken(seen):
        Participant.objects.filter(record=seen).update(until=clock.now())
        Record.objects.filter(pk=seen.pk).update(version=seen.version + 1)
        return Record.objects.get(pk=seen.pk)

    monkeypatch.setattr(action, "_locked", overtaken)
    with pytest.raises(Denied):
        act("needs", "change")(by=other, record=need.uid, title="迟到的改动")
    assert Record.objects.get(pk=need.pk).title == "合作方改动"


def test_a_short_batch_is_sealed_in_one_go(need):
    journal.seal_pending()
    act("needs", "change")(by=operator(), record=need.uid, title="再改")
    done = statements(journal.seal_pending)
    assert sum('FROM "kernel_journalentry"' in q for q in done) == 1
    assert JournalSeal.objects.count() == JournalEntry.objects.count()
