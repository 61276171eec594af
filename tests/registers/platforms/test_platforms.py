"""Platforms: who may host what, the status life, decisions in force, a year, evaluations, agreements abroad, recommended projects."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from django.test import Client

from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, clock
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Record, User, Wait
from trihelix.kernel.register import register_of
from trihelix.registers.figures import evaluation
from trihelix.registers.figures.book import figures
from trihelix.registers.platforms.actions.places import adopt_rows
from trihelix.registers.platforms.actions.platforms import platforms_clock
from trihelix.registers.platforms.life import later

pytestmark = pytest.mark.django_db
SPAN = Period(None, dt.date(2026, 12, 31))


def run(register: str, act: str):
    return register_of(register).acts[act].run


def codes(refusal) -> set[str]:
    return {p.code for p in refusal.value.problems}


@pytest.fixture
def lab(op):
    """``lab("A")``: a provincial laboratory of a batch of its own, so that what is loaded elsewhere stays apart."""

    def make(name: str, batch: int = 7, host: str = "jlu"):
        made = run("platforms", "create")(
            by=op, ref=f"SSY-{name}", title=f"示例{name}实验室", owner=host, kind="provincial_lab", batch=batch
        )
        run("platforms", "submit")(by=op, record=made.uid)
        run("platforms", "build")(by=op, record=made.uid)
        return made

    return make


def decide(op, lab, kind: str, **values):
    by = {k: values.pop(k) for k in ("decided_on", "starts_on", "ends_on") if k in values}
    made = run("platform_decisions", "create")(by=op, platform=lab.number, title=f"{kind}批复", kind=kind, **values)
    run("platform_decisions", "approve")(by=op, record=made.uid, decided_by="省政府", **by)
    return made


def joint(by, **values):
    given = {
        "title": "参业联合实验室", "kind": "joint_lab", "partners": ["firm-jicui"], "agreement_signed_on": dt.date(2026, 1, 5), "firm_cash_wan": 50_000_000,
        "head": "p-058",
    }  # fmt: skip
    return run("platforms", "create")(by=by, **{**given, **values})


def test_a_joint_laboratory_needs_firm_money_head_and_agreement(actor, op):
    office = actor("utcm-office")
    for change, code in (
        ({"partners": []}, "firm_partner"), ({"firm_cash_wan": 0}, "firm_invests"), ({"agreement_signed_on": None}, "required"), ({"head": "p-026"}, "head_serving"),
    ):  # fmt: skip
        made = joint(office, **change)
        with pytest.raises(Refused) as refused:
            run("platforms", "submit")(by=office, record=made.uid)
        assert code in codes(refused), change
    with pytest.raises(Refused) as refused:
        joint(op, owner="firm-jicui")
    assert codes(refused) == {"host_kind"}
    with pytest.raises(Refused) as refused:
        joint(office, recognised_on=dt.date(2025, 1, 1))
    assert codes(refused) == {"decided_by_department"}


def test_staff_of_an_international_key_laboratory(op):
    for staff, code in ((14, {"too_few_staff"}), (15, set())):
        made = run("platforms", "create")(by=op, owner="jlu", title="国际实验室", kind="key_lab", countries=["新加坡"], staff=staff)
        try:
            run("platforms", "submit")(by=op, record=made.uid)
            found = set()
        except Refused as refusal:
            found = {p.code for p in refusal.problems}
        assert found == code


def test_the_count_of_joint_laboratories_is_recognised_less_removed(actor, op):
    office = actor("utcm-office")
    before = evaluate("platforms.joint_labs", op, SPAN).raw()
    made = joint(office)
    run("platforms", "submit")(by=office, record=made.uid)
    assert evaluate("platforms.joint_labs", op, SPAN).raw() == before
    run("platforms", "recognise")(by=op, record=made.uid, recognised_on=dt.date(2026, 2, 28), doc_number="吉教科〔2026〕1号")
    made.refresh_from_db()
    assert (made.valid_to, made.periods[0]["basis"]) == (dt.date(2031, 2, 28), "吉教科〔2026〕1号")
    assert evaluate("platforms.joint_labs", op, SPAN).raw() == before + 1
    for n in (1, 2):
        run("platforms", "evaluate")(by=op, record=made.uid, grade="fail", rectify_until=clock.today() + dt.timedelta(days=60))
        made.refresh_from_db()
        assert (made.record.state, made.fails) == ("rectifying", n)
    run("platforms", "remove")(by=op, record=made.uid, reason="两次评估不合格")
    assert evaluate("platforms.joint_labs", op, SPAN).raw() == before
    assert evaluate("platforms.joint_labs", op, Period(None, dt.date(2026, 3, 1))).raw() == before + 1


def test_periods_end_by_the_clock_and_are_renewed(op):
    register = register_of("platforms")
    bulk.import_rows(
        register,
        [
            {
                "ref": "old",
                "title": "旧基地",
                "owner": "jlau",
                "kind": "transfer_base",
                "level": "ministry",
                "recognised_on": dt.date(2022, 1, 1),
                "valid_to": dt.date(2026, 12, 31),
            }
        ],
        op,
    )
    found = register.model.objects.get(record__ref="old")
    assert found.record.state == "recognised"
    platforms_clock(dt.datetime(2027, 1, 2, 3, tzinfo=dt.UTC))
    found.refresh_from_db()
    assert found.record.state == "expired"
    with pytest.raises(Refused) as refused:
        run("platforms", "renew")(by=op, record=found.uid, valid_to=dt.date(2026, 12, 31))
    assert codes(refused) == {"date_order"}
    run("platforms", "renew")(by=op, record=found.uid, valid_to=dt.date(2029, 12, 31))
    found.refresh_from_db()
    assert (found.record.state, found.valid_to) == ("recognised", dt.date(2029, 12, 31))
    assert later(dt.date(2024, 1, 31), 1) == dt.date(2024, 2, 29)
    assert later(dt.date(2024, 11, 30), 3) == dt.date(2025, 2, 28)


def test_yearly_money_holds_for_each_laboratory_or_is_no_figure(op, lab):
    labs = [lab(n) for n in "ABC"]
    book = figures().figure("F14")
    from dataclasses import replace

    own = replace(book, params={"batch": 7})
    for made in labs[:2]:
        decide(op, made, "money", amount_wan=200_000_000_00, starts_on=dt.date(2024, 1, 1))
    assert evaluation.answer(own, op, clock.today()).status == "gap"  # the third has none
    third = decide(op, labs[2], "money", amount_wan=150_000_000_00, starts_on=dt.date(2024, 1, 1))
    assert "不一致" in evaluation.answer(own, op, clock.today()).reason
    decide(op, labs[2], "money", amount_wan=200_000_000_00, replaces=third.number, starts_on=dt.date(2025, 1, 1))
    found = evaluation.answer(own, op, clock.today())
    assert (found.status, found.value, len(found.lines)) == ("computed", Fraction(2), 3)
    third.refresh_from_db()
    assert (third.record.state, third.ends_on) == ("ended", dt.date(2025, 1, 1))


def test_two_decisions_of_a_kind_do_not_overlap(op, lab):
    made = lab("D")
    decide(op, made, "posts", count=10)
    assert evaluate("platforms.lab_posts", op, SPAN, batch=7).raw() == 10
    with pytest.raises(Refused) as refused:
        decide(op, made, "posts", count=12)
    assert codes(refused) == {"overlap"}
    with pytest.raises(Refused) as refused:
        run("platform_decisions", "create")(by=op, platform=made.number, title="编制", kind="posts")
    assert codes(refused) == {"required"}


def test_plans_sites_works_and_the_aim(op, lab):
    made = lab("E")
    decide(op, made, "plan", text="方案")
    decide(op, made, "site", place="长春新区")
    assert [evaluate(f"platforms.{n}", op, SPAN, batch=7).raw() for n in ("lab_plans", "lab_sites", "provincial_labs")] == [1, 1, 1]
    works = [
        run("platform_milestones", "create")(by=op, platform=made.number, title=t, kind="rebuild", planned_on=dt.date(2026, 6, 30))
        for t in ("一期", "二期")
    ]
    run("platform_milestones", "reschedule")(by=op, record=works[0].uid, planned_on=dt.date(2026, 9, 30), why="雨季停工")
    works[0].refresh_from_db()
    assert (works[0].first_planned_on, works[0].planned_on) == (dt.date(2026, 6, 30), dt.date(2026, 9, 30))
    run("platform_milestones", "finish")(by=op, record=works[0].uid, evidence="验收单")
    assert evaluate("platforms.labs_rebuilt", op, SPAN, batch=7).raw() == 0
    run("platform_milestones", "finish")(by=op, record=works[1].uid, evidence="验收单")
    assert evaluate("platforms.labs_rebuilt", op, SPAN, batch=7).raw() == 1
    own = run("platform_evaluations", "create")(by=op, platform=made.number, title="自评", kind="self", evaluated_on=clock.today())
    run("platform_evaluations", "decide")(by=op, record=own.uid, grade="excellent", conclusion="达到", aim_met=True)
    assert evaluate("platforms.labs_evaluated", op, SPAN, batch=7).raw() == 0
    real = run("platform_evaluations", "create")(by=op, platform=made.number, title="中期", kind="midterm", evaluated_on=clock.today())
    with pytest.raises(Refused) as refused:
        run("platform_evaluations", "decide")(by=op, record=real.uid, grade="pass", conclusion="合格", support_wan=1)
    assert codes(refused) == {"money_by_grade"}
    run("platform_evaluations", "decide")(by=op, record=real.uid, grade="good", conclusion="达到", aim_met=True, support_wan=1)
    assert evaluate("platforms.labs_evaluated", op, SPAN, batch=7).raw() == 1
    made.refresh_from_db()
    assert (made.grade, made.record.state) == ("good", "building")


def test_batches_set_both_indicators(op, lab):
    made = lab("F")
    row = {"name": "参片", "leader": "示例甲", "money_wan": 3_000_000, "technical": "能耗降两成"}
    batch = run("laboratory_batches", "create")(by=op, platform=made.number, title="首批", year=2026, batch=1, projects=[row])
    with pytest.raises(Refused) as refused:
        run("laboratory_batches", "launch")(by=op, record=batch.uid)
    assert "产业指标" in refused.value.problems[0].message
    run("laboratory_batches", "change")(by=op, record=batch.uid, projects=[{**row, "industrial": "两户企业使用"}])
    run("laboratory_batches", "launch")(by=op, record=batch.uid)
    batch.refresh_from_db()
    assert (batch.project_count, batch.amount_fen) == (1, 3_000_000)
    with pytest.raises(Refused) as refused:
        run("laboratory_batches", "create")(by=op, platform=made.number, title="又一批", year=2026, batch=1)
    assert codes(refused) == {"batch_taken"}


def test_new_international_platforms_of_a_year_and_their_money(op):
    register, year = register_of("platforms"), Period(dt.date(2023, 1, 1), dt.date(2023, 12, 31))
    before = [evaluate(f, op, year, kind="research_centre").raw() for f in ("platforms.international", "platforms.international_money")]
    rows = [
        {"ref": f"IC-{i}", "title": f"国际中心{i}", "owner": "jlu", "kind": kind, "recognised_on": dt.date(y, 5, 6), "countries": ["韩国"], "support_wan": 110_000_000}
        for i, (kind, y) in enumerate((("research_centre", 2023), ("research_centre", 2022), ("key_lab", 2023)))
    ]  # fmt: skip
    bulk.import_rows(register, rows, op)
    after = [evaluate(f, op, year, kind="research_centre").raw() for f in ("platforms.international", "platforms.international_money")]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 110_000_000]


def test_recommended_only_with_the_three_statements(actor, op):
    office = actor("utcm-office")
    made = run("cooperation_projects", "create")(
        by=office, title="参业国际合作", kind="intergovernmental", year=2026, country="新加坡", integrity=True
    )
    with pytest.raises(Refused) as refused:
        run("cooperation_projects", "submit")(by=office, record=made.uid)
    assert codes(refused) == {"no_secrets_missing", "in_hand_missing"}
    run("cooperation_projects", "change")(by=office, record=made.uid, no_secrets=True, in_hand="无")
    run("cooperation_projects", "submit")(by=office, record=made.uid)
    assert Wait.objects.filter(record=made.record, act="recommend", due_at__isnull=False).exists()
    run("cooperation_projects", "recommend")(by=op, record=made.uid, recommendation_number="吉科推〔2026〕3号")
    span = Period(clock.today(), clock.today())
    before = evaluate("platforms.national_money", op, span).raw()
    run("cooperation_projects", "approve")(by=op, record=made.uid, approved_on=clock.today(), approved_wan=340_000_000)
    assert evaluate("platforms.national_money", op, span).raw() == before + 340_000_000
    with pytest.raises(Refused) as refused:
        run("cooperation_projects", "create")(by=office, title="自填立项", kind="exchange", year=2026, approved_on=clock.today())
    assert codes(refused) == {"decided_by_department"}


def test_agreements_abroad_run_out(op):
    run("foreign_partners", "create")(by=op, ref="SG-1", title="示例国立大学", country="新加坡", kind="university")
    with pytest.raises(Refused) as refused:
        run("foreign_partners", "create")(by=op, title="示例国立大学", country="新加坡", kind="university")
    assert codes(refused) == {"already_listed"}
    made = run("foreign_agreements", "create")(
        by=op, title="合作协议", owner="jlu", partner="SG-1", signed_on=dt.date(2024, 1, 1), valid_to=dt.date(2026, 12, 31)
    )
    assert evaluate("platforms.agreements", op, SPAN, country="新加坡").raw() >= 1
    from trihelix.registers.platforms.actions.abroad import expire_agreements

    expire_agreements(dt.datetime(2027, 1, 2, 3, tzinfo=dt.UTC))
    made.refresh_from_db()
    assert made.record.state == "expired"
    run("foreign_agreements", "renew")(by=op, record=made.uid, valid_to=dt.date(2029, 12, 31))


def test_imported_rows_become_the_hosts(op, lab, actor):
    made = lab("G", host="jlau")
    register = register_of("platform_milestones")
    bulk.import_rows(
        register, [{"ref": "M1", "title": "改造", "platform": made.ref, "kind": "rebuild", "planned_on": dt.date(2026, 1, 1)}], op
    )
    adopt_rows(clock.now())
    found = Record.objects.get(register="platform_milestones", ref="M1")
    assert found.owner == made.record.owner
    run("platform_milestones", "finish")(by=actor("jlau-office"), record=found.uid, evidence="验收单")


def test_two_hundred_ninety_one_laboratories_import_in_bounded_queries(op, django_assert_max_num_queries):
    rows = [
        {"ref": f"LHS-{i}", "title": f"联合实验室{i}", "owner": "u-tcm", "kind": "joint_lab", "recognised_on": dt.date(2023, 9, 1), "partners": ["firm-jicui"]}
        for i in range(291)
    ]  # fmt: skip
    before = evaluate("platforms.joint_labs", op, SPAN).raw()
    with django_assert_max_num_queries(60):
        bulk.import_rows(register_of("platforms"), rows, op)
    assert evaluate("platforms.joint_labs", op, SPAN).raw() == before + 291
    with pytest.raises(Refused) as refused:
        bulk.import_rows(register_of("platforms"), [{**rows[0], "ref": "x", "valid_to": dt.date(2020, 1, 1)}], op)
    assert codes(refused) == {"date_order"}


def test_pages_show_what_hangs_on_a_platform(op, lab):
    made = lab("H")
    decide(op, made, "money", amount_wan=200_000_000_00)
    client = Client()
    client.force_login(User.objects.get(username="officer"))
    page = client.get(f"/platforms/{made.uid}/").content.decode()
    assert "money批复" in page and "平台年度" in page
    assert client.get("/platforms/openness/?year=2025").status_code == 200
    assert client.get("/platforms/openness/?year=x").status_code == 422
    assert client.get(f"/platform_years/new/?platform={made.uid}").status_code == 200


def test_strangers_and_hosts_stay_within_their_rights(actor, op, lab):
    made = lab("I", host="jlau")
    stranger, host = actor("utcm-office"), actor("jlau-office")
    run("platforms", "recognise")(by=op, record=made.uid)
    for register, more in (
        ("platform_years", {"year": 2026}), ("platform_milestones", {"kind": "rebuild", "planned_on": dt.date(2026, 1, 1)}), ("laboratory_batches", {"year": 2026, "batch": 1}),
        ("platform_decisions", {"kind": "other"}), ("platform_evaluations", {"kind": "self", "evaluated_on": dt.date(2026, 1, 1)}),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            run(register, "create")(by=stranger, platform=made.number, title="他人", **more)
        assert codes(refused) == {"denied"}, register
        assert run(register, "create")(by=host, platform=made.number, title="本单位", **more).record.owner == made.record.owner
    with pytest.raises(Refused) as refused:
        run("platform_decisions", "create")(by=host, platform=made.number, title="自批", kind="other", decided_on=dt.date(2026, 1, 1))
    assert codes(refused) == {"decided_by_department"}
    for act in ("recognise", "evaluate", "remove", "renew"):
        with pytest.raises(Refused) as refused:
            run("platforms", act)(by=host, record=made.uid, reason="试")
        assert codes(refused) == {"denied"}
    run("platforms", "ask_renewal")(by=host, record=made.uid, report="成效显著")
    assert type(made).objects.get(pk=made.pk).renewal_asked_on == clock.today()
