"""A plan project from call to filing, by acts; refusals on the way."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.register import register_of
from trihelix.registers.programmes.models import ApplicationVersion, BudgetLine, Project, Tranche

pytestmark = pytest.mark.django_db
WAN = 1_000_000
NOW = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)


def do(register, act, by, record=None, now=NOW, **values):
    run = register_of(register).acts[act].run
    return run(by=by, now=now, **({"record": record} if record is not None else {}), **values)


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 3, 2))


def code_of(call):
    with pytest.raises(Refused) as caught:
        call()
    return [p.code for p in caught.value.problems]


@pytest.fixture
def line(actor):
    fund = do("budget_lines", "create", actor("finance"), title="专项资金", kind="fund", year=2026, amount_wan=1000 * WAN)
    return do(
        "budget_lines", "create", actor("finance"), title="计划项目", kind="line", parent=fund.number, year=2026, amount_wan=150 * WAN
    )


@pytest.fixture
def call(actor, line):
    officer = actor("officer")
    made = do("calls", "create", officer, title="2026 年计划项目", scheme="plan-project", year=2026, line=line.number)
    do("calls", "approve", officer, made)
    do("calls", "publish", officer, made, closes_on=dt.date(2026, 3, 31))
    return made


ANSWERS = {
    "summary": "低温粉碎", "goals": "研究参须低温粉碎工艺与装备，形成可量产的示范线。", "term_months": 24, "programme": "agriculture", "requested": 100, "honest": True,
    "indicators": [{"name": "D90", "target": "75", "unit": "μm"}], "budget": {"设备费": {"public": 30, "own": 20}, "业务费": {"public": 70}},
}  # fmt: skip


@pytest.fixture
def draft(actor, call):
    made = do("applications", "create", actor("utcm-office"), title="参须低温粉碎", call=call.number, leader_name="示例甲")
    do("applications", "save", actor("utcm-office"), made, answers=ANSWERS)
    return made


def refreshed(entry):
    return type(entry).objects.get(pk=entry.pk)


def to_decision(actor, draft):
    unit, officer = actor("utcm-office"), actor("officer")
    do("applications", "submit", unit, draft)
    do("applications", "unit_approve", unit, draft)
    do("applications", "recommend", unit, draft)
    do("applications", "form_pass", officer, draft)
    do("applications", "screen_pass", officer, draft, similar_read=True)
    do("applications", "review_done", SYSTEM, draft, score="86.5", rank=1)
    return officer


def awarded(actor, call, draft):
    officer = to_decision(actor, draft)
    do("applications", "decide", officer, draft, outcome="award", note="同意")
    do("calls", "announce", officer, call)
    later = NOW + dt.timedelta(days=20)
    do("applications", "award", officer, draft, now=later)
    return Project.objects.get(application=draft.record)


def test_from_call_to_filing(actor, call, draft, line):
    project = awarded(actor, call, draft)
    officer, unit, finance = actor("officer"), actor("utcm-office"), actor("finance")
    assert project.approved_fen == 100 * WAN and refreshed(line).committed_fen == 100 * WAN
    assert [t.amount_fen for t in Tranche.objects.filter(project=project.record)] == [60 * WAN, 40 * WAN]
    do("projects", "draft_instrument", officer, project)
    do("projects", "sign", unit, project, as_role="applicant", name="甲")
    assert refreshed(project).state == "instrument"
    do("projects", "sign", officer, project, as_role="department", name="乙")
    project = refreshed(project)
    assert project.state == "running" and project.allotted_fen == 60 * WAN
    order = do(
        "payments", "create", finance, project=project.number, tranche=1, account_name="示例大学", bank_name="示例银行", bank_account="6222"
    )
    assert code_of(lambda: do("payments", "approve", finance, order)) == ["own_order"]
    do("payments", "approve", officer, order)
    assert code_of(lambda: do("payments", "approve", officer, order)) == ["same_person"]
    do("payments", "approve", the_operator(), order)
    do("payments", "pay", finance, order, voucher="V-1")
    project = refreshed(project)
    assert (project.paid_fen, refreshed(line).paid_fen) == (60 * WAN, 60 * WAN)
    pack = [{"id": i, "reference": "f"} for i in ("request", "summary", "ip")]
    comparison = [{"name": "D90", "target": "75", "reached": "70", "met": True}]
    assert code_of(lambda: do("projects", "request_acceptance", unit, project, pack=pack, comparison=comparison)) == ["papers_missing"]
    pack.append({"id": "audit", "reference": "审字 1 号"})
    assert code_of(
        lambda: do("projects", "request_acceptance", unit, project, pack=pack, comparison=[{"name": "别的", "reached": "1", "met": True}])
    ) == ["indicators_missing"]
    do("projects", "request_acceptance", unit, project, pack=pack, comparison=comparison)
    do("projects", "desk_pass", officer, project)
    assert code_of(lambda: do("projects", "conclude", officer, project, conclusion="accepted", votes=7, votes_for=4, opinion="x")) == [
        "majority"
    ]
    do("projects", "conclude", officer, project, conclusion="accepted", votes=7, votes_for=5, opinion="通过")
    assert refreshed(project).state == "filing"
    do("projects", "file", officer, project, number="备 1")
    assert refreshed(project).state == "follow_up" and refreshed(project).followup_to.year == 2028


def the_operator():
    from trihelix.kernel.accounts import operator

    return operator()


def test_a_receipt_is_the_hash_of_an_unchangeable_version(actor, draft):
    do("applications", "submit", actor("utcm-office"), draft)
    held = ApplicationVersion.objects.get(application=draft.record)
    assert held.sha256 == refreshed(draft).receipt and len(held.sha256) == 64
    held.answers = {}
    with pytest.raises(ValueError, match="never changed"):
        held.save()
    assert code_of(lambda: do("applications", "save", actor("utcm-office"), draft, answers={"summary": "改"})) == ["not_editable"]


def test_late_by_a_second_is_late_and_the_draft_stays(actor, call, draft):
    close = refreshed(call).closes_at
    assert code_of(lambda: do("applications", "submit", actor("utcm-office"), draft, now=close + dt.timedelta(seconds=1))) == ["late"]
    assert refreshed(draft).state == "draft" and refreshed(draft).answers["summary"] == "低温粉碎"
    do("applications", "submit", actor("utcm-office"), draft, now=close)
    assert refreshed(draft).state == "unit_check"


@pytest.mark.parametrize(("change", "code"), [
    ({"requested": 90}, "asked_in_budget"), ({"programme": "hightech"}, "match_money"), ({"honest": False}, "required"), ({"summary": "字" * 801}, "too_long"),
    ({"colour": "red"}, "unknown_field"), ({"budget": {"差旅": {"public": 1}}}, "unknown_head"), ({"requested": -1}, "negative_money"), ({"ethics": True}, "required"),
])  # fmt: skip
def test_a_clause_or_field_that_fails_is_named(actor, draft, change, code):
    office = actor("utcm-office")

    def attempt():
        do("applications", "save", office, draft, answers=change)
        do("applications", "submit", office, draft)

    assert code in code_of(attempt)


def test_several_tabs_do_not_overwrite_each_other(actor, draft):
    office = actor("utcm-office")
    do("applications", "save", office, draft, answers=json.dumps({"summary": "甲"}))
    do("applications", "save", office, draft, answers={"goals": "乙"})
    assert (refreshed(draft).answers["summary"], refreshed(draft).answers["goals"]) == ("甲", "乙")


def test_one_correction_round_of_named_fields(actor, draft):
    office, officer = actor("utcm-office"), actor("officer")
    for act in ("submit", "unit_approve", "recommend"):
        do("applications", act, office, draft)
    do("applications", "form_return", officer, draft, fields=["summary"], note="摘要过短")
    assert refreshed(draft).correction["due"] == "2026-03-09"
    assert code_of(lambda: do("applications", "save", office, draft, answers={"goals": "偷改"})) == ["not_named"]
    assert code_of(lambda: do("applications", "correct", office, draft)) == ["nothing_changed"]
    do("applications", "save", office, draft, answers={"summary": "参须低温粉碎与装备"})
    assert code_of(lambda: do("applications", "correct", office, draft, now=NOW + dt.timedelta(days=8))) == ["late"]
    do("applications", "correct", office, draft)
    assert refreshed(draft).correction["changed"] == {"summary": ["低温粉碎", "参须低温粉碎与装备"]}
    assert code_of(lambda: do("applications", "form_return", officer, draft, fields=["goals"], note="再补")) == ["rounds_used"]


def test_decisions_are_told_together_and_publicity_must_end(actor, call, draft):
    officer = to_decision(actor, draft)
    assert code_of(lambda: do("applications", "decide", officer, draft, outcome="award", note="x", grant_wan=101 * WAN)) == ["over_limit"]
    do("applications", "decide", officer, draft, outcome="award", note="同意")
    do("calls", "announce", officer, call)
    assert refreshed(draft).publicity_to == dt.date(2026, 3, 9)
    assert code_of(lambda: do("applications", "award", officer, draft)) == ["publicity_over"]
    last = dt.datetime(2026, 3, 9, 15, 59, 59, tzinfo=dt.UTC)  # still the last day in Jilin
    assert code_of(lambda: do("applications", "award", officer, draft, now=last)) == ["publicity_over"]
    do("applications", "award", officer, draft, now=last + dt.timedelta(seconds=1))
    assert refreshed(draft).state == "awarded"


def test_an_objection_suspends_only_its_case(actor, call, draft):
    officer = to_decision(actor, draft)
    do("applications", "decide", officer, draft, outcome="award", note="同意")
    do("calls", "announce", officer, call)
    firm = actor("jicui")
    objection = do("objections", "create", firm, target=draft.number, name="示例乙", contact="0431", grounds="重复立项", evidence="见附件")
    do("objections", "accept", officer, objection, suspends=True)
    assert refreshed(draft).state == "objection"
    do("objections", "answer", officer, objection, answer="经核查不成立", remedy="none")
    assert refreshed(draft).state == "publicity"
    do("objections", "appeal", firm, objection, text="不服")
    do("objections", "answer", officer, objection, answer="维持", remedy="refuse")
    assert refreshed(draft).state == "not_awarded" and refreshed(objection).state == "final"


def test_a_line_is_never_over_committed(actor, call, draft, line):
    do("budget_lines", "change_amount", actor("finance"), line, amount_wan=99 * WAN, reason="压减")
    officer = to_decision(actor, draft)
    do("applications", "decide", officer, draft, outcome="award", note="同意")
    do("calls", "announce", officer, call)
    later = NOW + dt.timedelta(days=20)
    assert code_of(lambda: do("applications", "award", officer, draft, now=later)) == ["line_exhausted"]
    assert refreshed(draft).state == "publicity" and not Project.objects.filter(application=draft.record).exists()
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetLine.objects.filter(pk=line.pk).update(committed_fen=100 * WAN)


def test_revoking_bars_the_leader_and_recovers_money(actor, call, draft, line):
    from trihelix.kernel.models import Record

    person = Record.objects.filter(register="people", owner=draft.record.owner).first()
    do("applications", "change", actor("utcm-office"), draft, leader=person.ref)
    project = awarded(actor, call, draft)
    officer = actor("officer")
    do("projects", "draft_instrument", officer, project)
    do("projects", "sign", actor("utcm-office"), project, as_role="applicant", name="甲")
    do("projects", "sign", officer, project, as_role="department", name="乙")
    assert code_of(lambda: do("projects", "revoke", officer, project, reason="无故拖延", recover_wan=1)) == ["recovery"]
    do("projects", "revoke", officer, project, reason="无故拖延", cause="未开展")
    assert refreshed(project).state == "revoked" and refreshed(line).committed_fen == 60 * WAN
    second = do("calls", "create", officer, title="第二批", scheme="plan-project", year=2026, batch=2)
    do("calls", "approve", officer, second)
    do("calls", "publish", officer, second, closes_on=dt.date(2026, 4, 30))
    again = do("applications", "create", actor("utcm-office"), title="另一项", call=second.number, leader=person.ref)
    do("applications", "save", actor("utcm-office"), again, answers=ANSWERS)
    assert code_of(lambda: do("applications", "submit", actor("utcm-office"), again)) == ["barred"]


def test_one_extension_of_at_most_six_months(actor, call, draft):
    project = awarded(actor, call, draft)
    officer, unit = actor("officer"), actor("utcm-office")
    do("projects", "draft_instrument", officer, project)
    do("projects", "sign", unit, project, as_role="applicant", name="甲")
    do("projects", "sign", officer, project, as_role="department", name="乙")
    base = {"title": "延期", "project": project.number, "kind": "term", "reason_text": "设备迟到"}
    assert code_of(lambda: do("project_changes", "create", unit, months=7, **base)) == ["extension_months"]
    change = do("project_changes", "create", unit, months=6, **base)
    assert code_of(lambda: do("project_changes", "approve", unit, change)) == ["not_approver"]
    due = refreshed(project).due_on
    do("project_changes", "approve", officer, change)
    assert (refreshed(project).due_on - due).days > 180
    assert code_of(lambda: do("project_changes", "create", unit, months=1, **base)) == ["extension_count"]


def test_an_outage_before_the_deadline_moves_it(actor, call, draft):
    close = refreshed(call).closes_at
    officer = actor("officer")
    now = close + dt.timedelta(minutes=5)
    made = do(
        "outages",
        "create",
        officer,
        title="机房断电",
        started_at=(close - dt.timedelta(hours=2)).isoformat(),
        ended_at=(close - dt.timedelta(hours=1)).isoformat(),
        now=now,
    )
    do("outages", "apply", officer, made, now=now)
    assert refreshed(call).closes_at == close + dt.timedelta(hours=24)
    assert refreshed(made).moved[0]["call"] == call.number
