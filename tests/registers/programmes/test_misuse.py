"""Bad input and misuse of programmes, one by one: each a clear refusal, nothing lost, the journal intact."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from trihelix.engines.errors import Refused
from trihelix.engines.rules.expressions import parse
from trihelix.engines.schemes import expressions
from trihelix.kernel import clock, journal
from trihelix.kernel.accounts import operator
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.models import JournalEntry, Link, Notice, Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.parties.models import Membership
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.models import Application, ApplicationVersion, Project, Tranche

pytestmark = pytest.mark.django_db
WAN = 1_000_000
NOW = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
ANSWERS = {
    "summary": "摘要", "goals": "目标与内容", "term_months": 24, "honest": True, "indicators": [{"name": "指标", "target": "1"}], "requested": 8,
    "budget": {"业务费": {"public": 8}},
}  # fmt: skip


def do(register, act, by, entry=None, now=NOW, **values):
    return register_of(register).acts[act].run(by=by, now=now, **({"record": entry.record} if entry is not None else {}), **values)


def fresh(entry):
    return type(entry).objects.get(pk=entry.pk)


def codes(step):
    """The codes of a refusal that wrote nothing: no entry, no fault in the chain."""
    before = JournalEntry.objects.count()
    with pytest.raises(Refused) as caught:
        step()
    assert JournalEntry.objects.count() == before and not [f for f in journal.faults() if f["fault"] != "unsealed"]
    return [p.code for p in caught.value.problems]


def client_of(name):
    client = Client()
    client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def today(monkeypatch):
    held = [NOW.date()]
    monkeypatch.setattr(clock, "today", lambda: held[0])
    return held


def opened(actor, scheme, **more):
    officer = actor("officer")
    made = do("calls", "create", officer, title="申报通知", scheme=scheme, year=2026, **more)
    do("calls", "approve", officer, made)
    do("calls", "publish", officer, made, closes_on=dt.date(2026, 3, 31))
    return fresh(made)


@pytest.fixture
def call(actor):
    return opened(actor, "natural-fund")


@pytest.fixture
def draft(actor, call):
    made = do("applications", "create", actor("utcm-office"), title="示例申报", call=call.number, class_id="young")
    do("applications", "save", actor("utcm-office"), made, answers=ANSWERS)
    return made


def test_a_second_late_loses_nothing(actor, call, draft):
    office, late = actor("utcm-office"), call.closes_at + dt.timedelta(seconds=1)
    for act, values in (("submit", {}), ("save", {"answers": {"summary": "改"}})):
        assert codes(lambda a=act, v=values: do("applications", a, office, draft, now=late, **v)) == ["late"]
    held = fresh(draft)
    assert held.state == "draft" and held.answers["summary"] == "摘要" and not ApplicationVersion.objects.filter(application=draft.record)
    do("applications", "submit", office, draft, now=call.closes_at)
    assert fresh(draft).submitted_at == call.closes_at


def test_another_tab_neither_overwrites_nor_submits_twice(actor, draft):
    office = actor("utcm-office")
    seen = fresh(draft).record.version
    do("applications", "save", office, draft, answers={"summary": "甲页"})
    assert codes(lambda: do("applications", "submit", office, draft, version=seen)) == ["stale"]
    do("applications", "submit", office, draft)
    receipt = fresh(draft).receipt
    assert codes(lambda: do("applications", "save", office, draft, answers={"summary": "乙页"})) == ["not_editable"]
    assert codes(lambda: do("applications", "submit", office, draft)) != []
    assert fresh(draft).receipt == receipt and fresh(draft).answers["summary"] == "甲页"
    page = client_of("utcm-office").post(f"/programmes/applications/{draft.record.uid}/form/", {"summary": "丙页"})
    assert (
        page.status_code == 422 and "只有草稿" in page.content.decode() and "丙页" in page.content.decode()
    )  # what was typed is shown again


def test_an_edited_address_shows_and_changes_nothing(draft):
    other, address = client_of("chiyu"), f"/programmes/applications/{draft.record.uid}/form/"
    for page in (other.get(address), other.post(address, {"summary": "偷改"}), other.get(address.replace("/form/", "/form.docx"))):
        assert page.status_code == 404 and "摘要" not in page.content.decode()
    assert other.get(f"/applications/{draft.record.uid}/").status_code == 404
    assert other.post(f"/applications/{draft.record.uid}/act/submit/").status_code in (403, 404)
    assert Client().get(address).status_code in (302, 404) and fresh(draft).answers["summary"] == "摘要" and fresh(draft).state == "draft"


def test_a_reviewer_of_a_rival_body_judges_nothing_of_the_call(actor):
    from trihelix.kernel import bulk
    from trihelix.registers.reviews.models import Conflict

    call, op = opened(actor, "special"), operator()
    bodies = list(Record.objects.filter(register="bodies").order_by("pk")[:3])
    made = [do("applications", "create", op, title=f"专项 {b.title}", call=call.number, owner=b.number) for b in bodies[:2]]
    Record.objects.filter(pk__in=[m.pk for m in made]).update(state="review")
    pool = [
        {"title": f"专家{n}", "ref": f"rival-{n}", "kind": "enterprise", "fields": ["medicine"], "city": "220100", "max_load": 5, "owner": b.number, "synthetic": True}
        for n, b in enumerate(bodies)
    ]  # fmt: skip
    bulk.import_rows(register_of("experts"), pool, op)
    rounds = do("review_rounds", "create", op, title="专项评审", call=call.number, closes_on=dt.date(2026, 6, 1))
    do("review_rounds", "add_items", op, rounds, items=[made[0].number])
    do("review_rounds", "find_conflicts", op, rounds)
    found = set(Conflict.objects.filter(round=rounds.record, expert__ref__startswith="rival-").values_list("expert__ref", "kind"))
    assert ("rival-0", "employer") in found and ("rival-1", "rival") in found and not [k for ref, k in found if ref == "rival-2"]


def paid_project(actor, today):
    finance, officer = actor("finance"), actor("officer")
    fund = do("budget_lines", "create", finance, title="专项资金", kind="fund", year=2026, amount_wan=1000 * WAN)
    line = do("budget_lines", "create", finance, title="基金项目", kind="line", parent=fund.number, year=2026, amount_wan=500 * WAN)
    call = opened(actor, "natural-fund", line=line.number)
    case = do("applications", "create", actor("utcm-office"), title="示例立项", call=call.number, class_id="young")
    do("applications", "save", actor("utcm-office"), case, answers=ANSWERS)
    office = actor("utcm-office")
    for act, by, values in (
        ("submit", office, {}), ("unit_approve", office, {}), ("recommend", office, {}), ("form_pass", officer, {}), ("screen_pass", officer, {"similar_read": True}),
        ("review_done", SYSTEM, {"score": 80, "rank": 1}), ("decide", officer, {"outcome": "award", "note": "同意"}),
    ):  # fmt: skip
        do("applications", act, by, case, **values)
    do("calls", "announce", officer, call)
    later = NOW + dt.timedelta(days=20)
    today[0] = later.date()
    do("applications", "award", officer, case, now=later)
    project = Project.objects.get(application=case.record)
    do("projects", "draft_instrument", officer, project, now=later)
    for role, by in (("applicant", office), ("department", officer)):
        do("projects", "sign", by, project, as_role=role, name="签", now=later)
    return fresh(project), later


def test_a_bank_line_changed_after_approval_is_not_paid(actor, today):
    project, later = paid_project(actor, today)
    finance, officer, op = actor("finance"), actor("officer"), operator()
    bank = {"account_name": "示例大学", "bank_name": "示例银行", "bank_account": "6222"}
    order = do("payments", "create", finance, project=project.number, tranche=1, now=later, **bank)
    do("payments", "approve", officer, order, now=later)
    do("payments", "approve", op, order, now=later)
    do("payments", "change", officer, order, bank_account="9999", now=later)  # an office may; what two people approved is then void
    changed = JournalEntry.objects.get(action="payments.change", record=order.record)
    assert "bank_account" in changed.changes and "9999" not in str(changed.changes)
    assert codes(lambda: do("payments", "pay", finance, order, voucher="V-1", now=later)) == ["changed"]
    tranche = Tranche.objects.get(project=project.record, position=1)
    assert fresh(order).state == "approved" and tranche.state == "ordered" and fresh(project).paid_fen == 0
    do("payments", "return", officer, order, reason="收款账号有误", now=later)
    assert (fresh(order).state, fresh(order).approved_digest, fresh(order).first_by_id) == ("draft", "", None)
    do("payments", "change", officer, order, bank_account="6222", now=later)
    do("payments", "approve", officer, order, now=later)
    do("payments", "approve", op, order, now=later)
    do("payments", "pay", finance, order, voucher="V-1", now=later)
    assert fresh(project).paid_fen == fresh(order).amount_fen > 0


def test_a_formula_that_meets_a_zero_says_where():
    ratio = parse("match / total", "schemes/x.yaml:12")
    with pytest.raises(Refused) as caught:
        expressions.value(ratio, {"match": 5, "total": 0})
    assert caught.value.problems[0].code == "division_by_zero" and "schemes/x.yaml:12" in caught.value.problems[0].message


def outage(actor, start, end, now):
    made = do(
        "outages",
        "create",
        actor("officer"),
        title="机房断电",
        started_at=start.isoformat(),
        ended_at=end.isoformat(),
        cause="停电",
        now=now,
    )
    do("outages", "apply", actor("officer"), made, now=now)
    return fresh(made)


def test_an_outage_in_the_last_hours_moves_the_deadline_and_tells_every_draft(actor, call, draft):
    close, hour = call.closes_at, dt.timedelta(hours=1)
    after = close + 2 * hour
    do("calls", "close", SYSTEM, call, now=close + hour)
    made = outage(actor, close - 3 * hour, close - hour, after)
    moved = fresh(call)
    assert moved.state == "open" and moved.closes_at == close + 24 * hour  # at least the scheme's hours
    assert made.moved == [{"call": call.number, "from": close.isoformat(), "to": moved.closes_at.isoformat()}]
    assert made.record.visibility == "public" and "停电" in made.cause
    entry = JournalEntry.objects.get(action="calls.shift")
    assert made.number in entry.reason and entry.changes["closes_at_moved"] == [close.isoformat(), moved.closes_at.isoformat()]
    assert Notice.objects.filter(user=User.objects.get(username="utcm-office"), text__contains="截止时间改为").count() == 1
    do("applications", "submit", actor("utcm-office"), draft, now=close + 3 * hour)
    assert codes(lambda: do("outages", "apply", actor("officer"), made, now=after)) != []


def test_a_long_outage_gives_back_its_whole_length_and_an_early_one_nothing(actor, call):
    close, hour = call.closes_at, dt.timedelta(hours=1)
    assert outage(actor, close - 60 * hour, close - 25 * hour, close).moved == [] and fresh(call).closes_at == close
    made = outage(actor, close - 40 * hour, close - 2 * hour, close)
    assert fresh(call).closes_at == close + 38 * hour and len(made.moved) == 1
    assert codes(lambda: outage(actor, close, close - hour, close + hour)) == ["date_order"]
    assert codes(lambda: do("outages", "create", actor("officer"), title="x", started_at="昨天", ended_at="今天", now=close)) == [
        "bad_moment"
    ]


POSTS = ("法定代表人", "董事")


def test_one_person_in_charge_of_both_bodies_ties_them(actor):
    first, second = list(Record.objects.filter(register="bodies", owner=None).order_by("pk")[:2])
    person, other = list(Record.objects.filter(register="people").order_by("pk")[:2])
    Membership.objects.filter(person__in=(person, other)).delete()
    day = NOW.date()

    def tie(leader=None, on=day):
        return queries.affiliated(first, second, POSTS, on, leader)

    member = {"valid_from": dt.date(2025, 1, 1)}
    assert tie() == ""
    Membership.objects.create(person=person, body=first, position="董事长", **member)
    assert tie() == ""
    Membership.objects.create(person=person, body=second, position="工程师", **member)
    Membership.objects.create(person=other, body=second, position="独立董事", **member)
    assert tie() == "" and "项目负责人" in tie(leader=person.pk)  # two people, or one in charge of one of them only
    Membership.objects.create(
        person=other, body=first, position="法定代表人", valid_from=dt.date(2026, 1, 1), valid_to=dt.date(2026, 6, 30)
    )
    assert "同一人" in tie() and tie(on=dt.date(2026, 7, 1)) == "" and tie(on=dt.date(2025, 12, 31)) == ""
    Link.objects.create(source=first, target=second, kind="equity", at=NOW)
    assert tie() == "存在股权关系"


def test_the_limits_check_refuses_bodies_tied_by_membership(actor):
    call = opened(actor, "voucher")
    provider = Record.objects.get(register="bodies", ref="ciomp")
    firm = Record.objects.get(pk=min(actor("chiyu").bodies))
    person = Record.objects.filter(register="people").order_by("pk").first()
    for body in (firm, provider):
        Membership.objects.update_or_create(
            person=person, body=body, valid_to=None, defaults={"position": "董事", "valid_from": dt.date(2025, 1, 1)}
        )
    answers = {
        "service": "检测", "service_kind": "testing", "paid_service": 20, "requested": 20, "invoice": "1", "provider_confirmed": True, "is_incubated": False, "honest": True,
        "summary": "检测服务", "term_months": 6,
    }  # fmt: skip
    case = do("applications", "create", actor("chiyu"), title="创新券", call=call.number, provider=provider.number)
    form = queries.form_of(fresh(case))
    do("applications", "save", actor("chiyu"), case, answers={k: v for k, v in answers.items() if form.field(k)})
    with pytest.raises(Refused) as caught:
        do("applications", "submit", actor("chiyu"), case)
    problem = caught.value.problems[0]
    assert (problem.code, problem.field, problem.clause) == ("affiliated", "provider", "关联回避") and "同一人" in problem.message
    Membership.objects.filter(person=person, body=provider).update(valid_to=dt.date(2026, 3, 1))
    do("applications", "submit", actor("chiyu"), case)
    assert Application.objects.get(pk=case.pk).state != "draft"
