"""A provincial laboratory's year; a joint laboratory recognised, evaluated, removed — as its people live it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from trihelix.engines.errors import Refused
from trihelix.kernel import clock, journal
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import register_of
from trihelix.kernel.waits import mine

pytestmark = pytest.mark.django_db


def run(register: str, act: str):
    return register_of(register).acts[act].run


def browser(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def waiting(actor, entry) -> set[str]:
    return {w.act for w in mine(actor) if w.record_id == entry.pk}


def test_a_provincial_laboratorys_year(actor, op):
    host, officer, today = actor("jlau-office"), actor("officer"), clock.today()
    lab = run("platforms", "create")(by=host, title="示例种业实验室", kind="provincial_lab", batch=5, goals="种业")
    assert "submit" in waiting(host, lab)
    run("platforms", "submit")(by=host, record=lab.uid)
    assert "recognise" in waiting(officer, lab)
    run("platforms", "build")(by=officer, record=lab.uid)
    for kind, more in (("plan", {}), ("site", {"place": "示例园区"}), ("money", {"amount_wan": 200_000_000_00}), ("posts", {"count": 10})):
        matter = run("platform_decisions", "create")(by=host, platform=lab.number, title=f"{kind}事项", kind=kind, **more)
        with pytest.raises(Refused):
            run("platform_decisions", "approve")(by=host, record=matter.uid, decided_by="自己")
        run("platform_decisions", "approve")(by=officer, record=matter.uid, decided_by="省政府常务会议")
    span = Period(None, today)
    assert evaluate("platforms.lab_yearly_money", officer, span, batch=5).raw() == 200_000_000_00
    assert evaluate("platforms.lab_posts", officer, span, batch=5).raw() == 10

    works = run("platform_milestones", "create")(
        by=host, platform=lab.number, title="物理空间改造", kind="rebuild", planned_on=today + dt.timedelta(days=20)
    )
    year = run("platform_years", "create")(
        by=host, platform=lab.number, title="本年度", year=today.year, plan="开放共享", goals=[{"goal": "外部用户", "target": "50"}]
    )
    run("platform_years", "submit_plan")(by=host, record=year.uid)
    assert "accept_plan" in waiting(officer, year)
    run("platform_years", "accept_plan")(by=officer, record=year.uid)
    assert {"report"} <= waiting(host, year)

    batch = run("laboratory_batches", "create")(
        by=host, platform=lab.number, title="首批项目", year=today.year, batch=1,
        projects=[{"name": "抗旱玉米", "leader": "示例甲", "money_wan": 80_000_000, "technical": "减产不超一成", "industrial": "推广五千亩", "moved_in": True}],
    )  # fmt: skip
    run("laboratory_batches", "launch")(by=host, record=batch.uid)
    run("platform_milestones", "finish")(by=host, record=works.uid, evidence="验收单")
    assert evaluate("platforms.labs_rebuilt", officer, span, batch=5).raw() == 1
    before = evaluate("platforms.outside_users", officer, Period(dt.date(today.year, 1, 1), today), kind="provincial_lab").raw()
    run("platform_years", "report")(
        by=host, record=year.uid, report="完成", outside_users=62, shared_hours=900, firms_served=1, firms=["firm-jicui"], director_days=200
    )
    run("platform_years", "accept")(by=officer, record=year.uid)
    assert (
        evaluate("platforms.outside_users", officer, Period(dt.date(today.year, 1, 1), today), kind="provincial_lab").raw() == before + 62
    )

    own = run("platform_evaluations", "create")(by=host, platform=lab.number, title="自评", kind="self", evaluated_on=today)
    run("platform_evaluations", "submit")(by=host, record=own.uid)
    with pytest.raises(Refused):
        run("platform_evaluations", "create")(by=host, platform=lab.number, title="年度", kind="yearly", evaluated_on=today)
    judged = run("platform_evaluations", "create")(
        by=officer,
        platform=lab.number,
        title="年度评估",
        kind="yearly",
        evaluated_on=today,
        scores=[{"item": "开放", "points": 40, "full": 50}, {"item": "成果", "points": 45, "full": 50}],
    )
    run("platform_evaluations", "decide")(by=officer, record=judged.uid, grade="good", conclusion="达到", aim_met=True)
    judged.refresh_from_db()
    assert judged.score == 85
    run("platforms", "recognise")(by=officer, record=lab.uid)
    page = browser("jlau-office").get(f"/platforms/{lab.uid}/").content.decode()
    assert all(text in page for text in ("money事项", "本年度", "年度评估", "首批项目", "物理空间改造"))
    assert "62" in browser("officer").get(f"/platforms/openness/?year={today.year}&kind=provincial_lab").content.decode()
    assert "年度评估" in browser("officer").get(f"/thread/{lab.uid}/").content.decode()
    journal.seal_pending()
    assert journal.verify()["ok"]


def test_a_joint_laboratory_recognised_evaluated_removed(actor, op):
    office, officer, firm, today = actor("utcm-office"), actor("officer"), actor("jicui"), clock.today()
    count = evaluate("platforms.joint_labs", officer, Period(None, today)).raw()
    lab = run("platforms", "create")(
        by=office, title="参业联合技术创新实验室", kind="joint_lab", partners=["firm-jicui"], head="p-058", agreement_signed_on=today, agreement_terms="共建两年",
        firm_cash_wan=60_000_000, goals="干燥节能",
    )  # fmt: skip
    run("platforms", "submit")(by=office, record=lab.uid)
    assert browser("jicui").get(f"/platforms/{lab.uid}/").status_code == 200  # the partner takes part before it is public
    with pytest.raises(Refused):
        run("platforms", "recognise")(by=firm, record=lab.uid)
    run("platforms", "recognise")(by=officer, record=lab.uid, doc_number="吉教科〔2026〕1号")
    assert evaluate("platforms.joint_labs", officer, Period(None, today)).raw() == count + 1
    assert "参业联合技术创新实验室" in Client().get(f"/platforms/{lab.uid}/").content.decode()
    for grade, state in (("good", "recognised"), ("fail", "rectifying")):
        judged = run("platform_evaluations", "create")(
            by=officer, platform=lab.number, title=f"评估{grade}", kind="yearly", evaluated_on=today - dt.timedelta(days=grade == "good")
        )
        more = {"rectify_until": today + dt.timedelta(days=90)} if grade == "fail" else {}
        run("platform_evaluations", "decide")(by=officer, record=judged.uid, grade=grade, conclusion="见评语", **more)
        assert Record.objects.get(pk=lab.pk).state == state
    run("platforms", "restore")(by=officer, record=lab.uid, finding="已整改")
    run("platforms", "remove")(by=officer, record=lab.uid, reason="企业不再投入")
    assert evaluate("platforms.joint_labs", officer, Period(None, today)).raw() == count
    with pytest.raises(Refused):
        run("platform_years", "create")(by=office, platform=lab.number, title="又一年", year=today.year)
