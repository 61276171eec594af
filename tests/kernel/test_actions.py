"""The action: rights, versions, idempotency, journal, waits — all or nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from trihelix.engines.errors import Refused
from trihelix.kernel import journal, waits
from trihelix.kernel.errors import Conflict, Denied, Stale, Unseen
from trihelix.kernel.models import JournalEntry, JournalPrivate, Record
from trihelix.kernel.register import register_of

pytestmark = pytest.mark.django_db

FULL = {
    "title": "参须粉碎粒度不均",
    "problem": "粉碎后粒度分布过宽，胶囊装量差异超标，希望有低温粉碎办法。",
    "indicators": [{"name": "D90", "op": "<=", "target": "75", "unit": "μm", "method": "激光粒度仪"}],
    "budget_wan": 60_000_000,
    "ownership": "shared",
    "deadline": dt.date(2028, 6, 30),
}


def act(register: str, name: str):
    return register_of(register).acts[name].run


@pytest.fixture
def need(actor):
    return act("needs", "create")(by=actor("jicui"), **FULL)


def test_a_new_record_has_identity_number_and_journal(need, actor):
    assert need.record.number.startswith("XQ-") and need.record.version == 1 and need.record.state == "draft"
    entry = JournalEntry.objects.get(record=need.record)
    assert entry.action == "needs.create" and entry.changes["budget_fen"] == [None, 60_000_000]
    assert entry.actor.username == "jicui" and entry.book == need.record.book_id


def test_numbers_are_gap_free_even_after_a_refusal(need, actor):
    with pytest.raises(Refused):
        act("needs", "create")(by=actor("jicui"), **{**FULL, "title": ""})
    nxt = act("needs", "create")(by=actor("jicui"), **{**FULL, "title": "另一条"})
    assert int(nxt.record.number[-6:]) == int(need.record.number[-6:]) + 1


def test_refused_input_writes_nothing(actor):
    before = (Record.objects.count(), JournalEntry.objects.count())
    with pytest.raises(Refused) as refusal:
        act("needs", "create")(by=actor("jicui"), title="x", problem="y", deadline=dt.date(2001, 1, 1), budget_wan=-1)
    assert {p.code for p in refusal.value.problems} == {"date_past", "negative"}
    assert (Record.objects.count(), JournalEntry.objects.count()) == before


def test_unknown_fields_are_refused_by_name(actor):
    with pytest.raises(Refused) as refusal:
        act("needs", "create")(by=actor("jicui"), **{**FULL, "colour": "red"})
    assert refusal.value.problems[0].field == "colour"


def test_two_clerks_cannot_lose_an_edit(need, actor):
    clerk = actor("jicui")
    act("needs", "change")(by=clerk, record=need.uid, version=1, title="参须低温粉碎")
    with pytest.raises(Stale) as stale:
        act("needs", "change")(by=clerk, record=need.uid, version=1, title="另一个标题")
    assert stale.value.problems[0].value == {"yours": 1, "current": 2, "changed": ["title"]}
    assert Record.objects.get(pk=need.pk).title == "参须低温粉碎"


def test_strangers_see_nothing_and_learn_nothing(need, actor):
    for name in ("chiyu", "utcm-office"):
        with pytest.raises(Unseen) as unseen:
            act("needs", "change")(by=actor(name), record=need.uid, title="偷改")
        with pytest.raises(Unseen) as absent:
            act("needs", "change")(by=actor(name), record="00000000-0000-7000-8000-000000000000", title="x")
        assert unseen.value.problems[0].code == absent.value.problems[0].code


def test_who_sees_but_may_not_is_denied_with_whom_to_ask(need, actor):
    with pytest.raises(Denied) as denied:
        act("needs", "submit")(by=actor("auditor"), record=need.uid)
    assert "办理" in denied.value.problems[0].message


def test_the_same_key_writes_once_and_another_request_is_refused(actor):
    first = act("needs", "create")(by=actor("jicui"), key="k-1", **FULL)
    again = act("needs", "create")(by=actor("jicui"), key="k-1", **FULL)
    assert first.pk == again.pk
    with pytest.raises(Conflict):
        act("needs", "create")(by=actor("jicui"), key="k-1", **{**FULL, "title": "别的"})


def test_flow_says_what_may_be_done_instead(need, actor):
    with pytest.raises(Refused) as refusal:
        act("needs", "withdraw")(by=actor("jicui"), record=need.uid, reason="不需要了")
    assert "提交（submit）" in refusal.value.problems[0].message


def test_a_technical_need_lacks_nothing_before_it_is_submitted(actor):
    need = act("needs", "create")(by=actor("jicui"), title="缺项", problem="只写了问题")
    with pytest.raises(Refused) as refusal:
        act("needs", "submit")(by=actor("jicui"), record=need.uid)
    assert refusal.value.problems[0].clause == "需求四项必填"


def test_a_guard_reads_the_day_of_the_action(need, actor):
    late = dt.datetime(2028, 6, 30, 16, 0, tzinfo=dt.UTC)  # the first moment of 1 July in Jilin, a day after the need's deadline
    with pytest.raises(Refused) as refusal:
        act("needs", "submit")(by=actor("jicui"), record=need.record.uid, now=late)
    assert [p.code for p in refusal.value.problems] == ["deadline_ahead"]
    act("needs", "submit")(by=actor("jicui"), record=need.record.uid, now=late - dt.timedelta(seconds=1))
    assert Record.objects.get(pk=need.pk).state == "submitted"


def test_waits_follow_the_flow(need, actor):
    firm, node = actor("jicui"), actor("officer")
    assert [w.act for w in waits.mine(firm) if w.record_id == need.pk] == ["submit"]
    act("needs", "submit")(by=firm, record=need.uid)
    assert not [w for w in waits.mine(firm) if w.record_id == need.pk]
    wait = need.record.waits.get()
    assert (wait.act, wait.role, wait.scope_id) == ("accept", "node", need.record.node_id) and wait.due_at is not None
    assert node.sees_all


def test_personal_values_stay_out_of_the_chain_and_can_be_erased(need, actor):
    act("needs", "change")(by=actor("jicui"), record=need.uid, contact_phone="13900000000", contact_name="示例联系人")
    entry = JournalEntry.objects.filter(record=need.record).latest("id")
    assert "13900000000" not in str(entry.changes) and JournalPrivate.objects.filter(entry=entry).count() == 2
    journal.seal_pending()
    assert journal.erase_personal(need.record) == 2
    assert not [f for f in journal.faults() if f["fault"] != "unsealed"]


def test_bad_version_numbers_and_unknown_references(actor):
    with pytest.raises(Refused) as refusal:
        act("results", "create")(by=actor("utcm-office"), title="成果", summary="简介", holders=["无此单位"])
    assert refusal.value.problems[0].code == "unknown_reference"


def test_a_firm_cannot_write_for_another(actor):
    with pytest.raises(Refused) as refusal:
        act("needs", "create")(by=actor("jicui"), owner="firm-chiyu", **FULL)
    assert refusal.value.problems[0].code == "not_yours"
