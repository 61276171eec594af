"""Consortia and alliances: filing, members, promises, posts to members first, tasks, evaluation, removal."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, clock
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.networks import queries
from trihelix.registers.networks.models import Commitment, Member, Network, Post

pytestmark = pytest.mark.django_db
WAN = 1_000_000
TODAY = Period(None, clock.today())


def run(register: str, act: str):
    return register_of(register).acts[act].run


def codes(refusal) -> set[str]:
    return {p.code for p in refusal.value.problems}


def browser(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def consortium(op, *, filed: bool = True, **more):
    values = {
        "title": "人参产业创新联合体", "kind": "consortium", "owner": "firm-jicui", "agreement_signed_on": dt.date(2025, 4, 1), "agreement": "决策、执行、收益、退出",
        "liable_body": "firm-jicui", "secretariat": "秘书处", "service_centre": "jsti", **more,
    }  # fmt: skip
    made = run("networks", "create")(by=op, **values)
    run("network_members", "create")(by=op, title="驰域", owner="firm-chiyu", network=made.number, layer="close")
    run("network_members", "create")(by=op, title="中医大", owner="u-tcm", network=made.number)
    if filed:
        run("networks", "submit")(by=op, record=made.uid)
        run("networks", "file")(by=op, record=made.uid, filed_on=dt.date(2025, 5, 20), batch="2025年第一批")
        run("networks", "run")(by=op, record=made.uid)
    return Network.objects.get(pk=made.pk)


def member(network, ref: str) -> Member:
    return Member.objects.get(network=network.record, body__ref=ref, left_on=None)


def test_an_incomplete_file_is_not_submitted_and_the_lead_is_a_member(actor, op):
    made = run("networks", "create")(by=actor("jicui"), title="联合体", kind="consortium")
    assert (member(made, "firm-jicui").role, member(made, "firm-jicui").state) == ("lead", "active")
    with pytest.raises(Refused) as refusal:
        run("networks", "submit")(by=actor("jicui"), record=made.uid)
    assert codes(refusal) == {"filing_complete"}
    with pytest.raises(Refused) as refusal:
        run("networks", "create")(by=actor("jicui"), title="联合体", kind="consortium", batch="自填")
    assert codes(refusal) == {"decided_by_department"}


def test_the_three_filed_on_a_day_are_among_those_running(op):
    period = [Period(None, dt.date(2025, 5, day)) for day in (19, 20)]
    before = [evaluate("networks.consortia", op, p).raw() for p in period]
    for _ in range(3):
        consortium(op)
    assert [evaluate("networks.consortia", op, p).raw() - b for p, b in zip(period, before, strict=True)] == [0, 3]
    assert evaluate("networks.consortia", op, period[1], batch="2025年第一批").raw() >= 3
    consortium(op, kind="alliance")
    assert evaluate("networks.consortia", op, period[1]).raw() - before[1] == 3


def test_one_membership_a_body_and_a_new_one_after_leaving(actor, op):
    network = consortium(op)
    with pytest.raises(Refused) as refusal:
        run("network_members", "create")(by=actor("chiyu"), title="驰域", network=network.number)
    assert codes(refusal) == {"member_already"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=member(network, "u-tcm").pk).update(body=member(network, "firm-chiyu").body)
    run("network_members", "leave")(by=actor("chiyu"), record=member(network, "firm-chiyu").uid, reason="战略调整")
    again = run("network_members", "create")(by=actor("chiyu"), title="驰域", network=network.number)
    assert again.record.state == "applied"
    with pytest.raises(Refused):
        run("network_members", "admit")(by=actor("chiyu"), record=again.uid)
    run("network_members", "admit")(by=actor("jicui"), record=again.uid, layer="core")
    assert queries.is_active(network.record, again.body)
    with pytest.raises(Refused) as refusal:
        run("network_members", "leave")(by=op, record=member(network, "firm-jicui").uid, reason="x")
    assert codes(refusal) == {"lead_stays"}


def test_a_promise_is_kept_confirmed_or_seen_as_overdue(actor, op):
    network = consortium(op)
    base = {
        "title": "质谱仪共享",
        "network": network.number,
        "kind": "equipment",
        "promise": "每年开放200小时",
        "due_on": clock.today() + dt.timedelta(days=30),
    }
    with pytest.raises(Refused) as refusal:
        run("network_commitments", "create")(by=op, owner="firm-mingze", **base)
    assert codes(refusal) == {"not_a_member"}
    made = run("network_commitments", "create")(by=actor("chiyu"), **base)
    run("network_commitments", "deliver")(by=actor("chiyu"), record=made.uid, delivered="已开放", delivered_on=clock.today())
    with pytest.raises(Refused):
        run("network_commitments", "confirm")(by=actor("chiyu"), record=made.uid)
    assert run("network_commitments", "confirm")(by=actor("jicui"), record=made.uid).record.state == "confirmed"
    money = run("network_commitments", "create")(by=actor("utcm-office"), **{**base, "kind": "money", "amount_wan": 100 * WAN})
    with pytest.raises(Refused) as refusal:
        run("network_commitments", "deliver")(by=actor("utcm-office"), record=money.uid, delivered="已到", delivered_on=clock.today())
    assert codes(refusal) == {"required"}
    before = evaluate("networks.commitments_overdue", op, TODAY).raw()
    Commitment.objects.filter(pk=money.pk).update(due_on=clock.today() - dt.timedelta(days=1))
    assert evaluate("networks.commitments_overdue", op, TODAY).raw() == before + 1
    rows = {r["member"].body.ref: r for r in queries.name_only(network, op)}
    assert (rows["u-tcm"]["overdue"], rows["firm-chiyu"]["kept"], rows["firm-chiyu"]["quiet"]) == (1, 1, False)


def test_united_yet_not_united_names_the_silent_first(op):
    network = consortium(op)
    old = clock.today() - dt.timedelta(days=800)
    Member.objects.filter(network=network.record).update(joined_on=old)
    run("network_posts", "create")(by=op, title="需求", owner="firm-chiyu", network=network.number, kind="technical", text="求解")
    rows = queries.name_only(network, op)
    assert [r["quiet"] for r in rows] == [True, True, False] and rows[-1]["member"].body.ref == "firm-chiyu"


def test_a_need_goes_to_members_first_and_then_to_everybody(actor, op):
    network = consortium(op)
    post = run("network_posts", "create")(
        by=actor("jicui"), title="红参干燥能耗", network=network.number, kind="technical", text="能耗偏高，求方案"
    )
    assert browser("chiyu").get(f"/network_posts/{post.uid}/").status_code == 404
    run("network_posts", "post")(by=actor("jicui"), record=post.uid)
    assert browser("chiyu").get(f"/network_posts/{post.uid}/").status_code == 200
    assert browser("ciomp-teacher").get(f"/network_posts/{post.uid}/").status_code == 404
    answered = run("network_posts", "answer")(by=actor("utcm-office"), record=post.uid, text="可用热泵")
    assert answered.answers[0]["text"] == "可用热泵"
    with pytest.raises(Refused) as refusal:
        run("network_posts", "raise")(by=actor("jicui"), record=post.uid)
    assert codes(refusal) == {"members_first"}
    Post.objects.filter(pk=post.pk).update(members_until=clock.today() - dt.timedelta(days=1))
    raised = run("network_posts", "raise")(by=actor("jicui"), record=post.uid)
    assert raised.need.register == "needs" and raised.need.owner.ref == "firm-jicui"
    task = run("network_tasks", "create")(
        by=actor("jicui"), title="攻关", network=network.number, post=post.number, plan="三步", partners=["u-tcm"]
    )
    assert task.need_id == raised.need_id
    run("network_tasks", "agree")(by=actor("jicui"), record=task.uid, task_book="指标与分工", budget_wan=50 * WAN)
    run("network_tasks", "start")(by=actor("jicui"), record=task.uid)
    run("network_tasks", "finish")(by=actor("jicui"), record=task.uid, result="样机", done_on=clock.today())
    solved = run("network_posts", "solve")(by=actor("jicui"), record=post.uid, outcome="热泵干燥", solved_by="u-tcm")
    assert solved.record.state == "solved"


def test_who_joins_sees_what_stands_posted_and_who_leaves_no_more(actor, op):
    network = consortium(op)
    post = run("network_posts", "create")(by=actor("jicui"), title="招贤", network=network.number, kind="people", text="求工艺人才")
    run("network_posts", "post")(by=actor("jicui"), record=post.uid)
    scene = run("scenes", "create")(
        by=actor("jicui"),
        title="参园",
        kind="scene_chance",
        network=network.number,
        problem="分级",
        conditions=[{"kind": "site", "text": "基地"}],
    )
    run("scenes", "post")(by=actor("jicui"), record=scene.uid)
    run("network_members", "create")(by=op, title="农大", owner="jlau", network=network.number)
    for made in (post, scene):
        assert made.record.participants.filter(role="ally", until=None, body__ref="jlau").exists()
    run("network_members", "leave")(by=op, record=member(network, "firm-chiyu").uid, reason="退出")
    for made in (post, scene):
        assert not made.record.participants.filter(role="ally", until=None, body__ref="firm-chiyu").exists()
    with pytest.raises(Refused) as refusal:
        run("scenes", "submit")(by=actor("jicui"), record=scene.uid)
    assert codes(refusal) == {"members_first"}


def test_two_failures_in_a_row_lead_to_removal(op):
    network = consortium(op)
    year = clock.today().year
    with pytest.raises(Refused) as refusal:
        run("networks", "evaluate")(by=op, record=network.uid, year=year - 2, grade="good", opinion="好")
    assert codes(refusal) == {"report_missing"}
    report = run("network_reports", "create")(
        by=op, title="年报", owner="firm-jicui", network=network.number, year=year - 3, work="活动三次"
    )
    run("network_reports", "submit")(by=op, record=report.uid)
    run("networks", "evaluate")(by=op, record=network.uid, year=year - 3, grade="good", opinion="好")
    first = run("networks", "evaluate")(by=op, record=network.uid, year=year - 2, grade="fail", opinion="无活动")
    assert (first.record.state, first.fails) == ("rectifying", 1) and first.rectify_until > clock.today()
    with pytest.raises(Refused) as refusal:
        run("networks", "remove")(by=op, record=network.uid, reason="不合格")
    assert codes(refusal) == {"not_yet"}
    run("networks", "put_right")(by=op, record=network.uid, note="已整改")
    with pytest.raises(Refused) as refusal:
        run("networks", "evaluate")(by=op, record=network.uid, year=year - 2, grade="good", opinion="重评")
    assert codes(refusal) == {"evaluated_already"}
    second = run("networks", "evaluate")(by=op, record=network.uid, year=year - 1, grade="fail", opinion="仍无活动")
    assert second.fails == 2
    before = evaluate("networks.consortia", op, TODAY).raw()
    assert run("networks", "remove")(by=op, record=network.uid, reason="连续两年不合格").record.state == "removed"
    assert evaluate("networks.consortia", op, TODAY).raw() == before - 1
    with pytest.raises(Refused) as refusal:
        run("network_members", "create")(by=op, title="新", owner="jlau", network=network.number)
    assert codes(refusal) == {"not_live"}


def test_activities_are_planned_by_members_or_the_service_centre(actor, op):
    network = consortium(op)
    with pytest.raises(Refused) as refusal:
        run("network_activities", "create")(by=actor("station-jian"), title="对接", network=network.number, kind="matching", owner="m-jl")
    assert codes(refusal) & {"not_a_member", "not_yours", "denied"}
    made = run("network_activities", "create")(
        by=actor("jicui"), title="年会", network=network.number, kind="annual", planned_on=clock.today()
    )
    held = run("network_activities", "hold")(by=actor("jicui"), record=made.uid, held_on=clock.today(), report="到会百人", attendance=100)
    assert held.record.state == "held"
    assert evaluate("networks.activities", op, Period(clock.today(), clock.today()), kind="annual").raw() >= 1


def test_the_account_is_for_those_inside(actor, op):
    network = consortium(op)
    page = browser("jicui").get(f"/networks/{network.uid}/account/")
    assert page.status_code == 200 and "理事长单位的需求" in page.content.decode()
    assert browser("officer").get(f"/networks/{network.uid}/account/").status_code == 200
    assert browser("ciomp-teacher").get(f"/networks/{network.uid}/account/").status_code == 403
    assert "在册成员" in Client().get(f"/networks/{network.uid}/").content.decode()


def test_members_are_imported_with_row_errors_and_few_queries(op, django_assert_max_num_queries):
    network = consortium(op)
    firms = list(
        Record.objects.filter(register="bodies", ref__startswith="firm-")
        .exclude(ref__in=("firm-jicui", "firm-chiyu"))
        .values_list("ref", flat=True)[:30]
    )
    rows = [
        {
            "ref": f"CY-{i}",
            "title": ref,
            "owner": ref,
            "network": network.number,
            "role": "member",
            "layer": "general",
            "joined_on": dt.date(2025, 6, 1),
        }
        for i, ref in enumerate(firms)
    ]
    before = evaluate("networks.members", op, TODAY).raw()
    with django_assert_max_num_queries(40):
        bulk.import_rows(register_of("network_members"), rows, op)
    assert Member.objects.filter(network=network.record, record__state="active").count() == 33
    assert evaluate("networks.members", op, TODAY).raw() >= before
    wrong = [{**rows[0], "ref": "n1", "joined_on": clock.today() + dt.timedelta(days=9)}, {**rows[0], "ref": "n2", "network": "none"}]
    with pytest.raises(Refused) as refusal:
        bulk.import_rows(register_of("network_members"), wrong, op)
    assert [(p.row, p.code) for p in refusal.value.problems] == [(1, "date_future"), (2, "unknown_reference")]


def test_brokers_join_their_alliance_as_persons(op):
    alliance = run("networks", "create")(by=op, title="科技经纪人联盟", kind="brokers", owner="a-01")
    broker = run("brokers", "create")(by=op, title="经理人甲", owner="a-01", fields=[])
    made = run("network_members", "create")(by=op, title="经理人甲", network=alliance.number, broker=broker.number, owner="a-01")
    assert made.record.state == "applied" or Member.objects.get(pk=made.pk).state == "active"
    with pytest.raises(Refused) as refusal:
        run("network_members", "create")(by=op, title="经理人甲", network=alliance.number, broker=broker.number, owner="a-01")
    assert codes(refusal) == {"member_already"}
