"""The check-up, stored assessments, and rule parameters changed by two people."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests.registers.policies.common import DAY, FACTS, client, run
from trihelix.engines.errors import Refused
from trihelix.kernel.models import Record
from trihelix.registers.policies import queries, rulebook
from trihelix.registers.policies.models import Assessment, RuleChange

pytestmark = pytest.mark.django_db


def _change(by, **more):
    values = {
        "rule": "tech-sme",
        "parameter": "staff_max",
        "value": "100",
        "effective_on": dt.date(2027, 1, 1),
        "source_doc": "国科发政〔2027〕1号",
    }
    return run("rule_changes", "create")(by=by, **{**values, **more})


def test_an_assessment_keeps_facts_version_and_sources(actor, firm):
    made = run("assessments", "create")(by=actor("jicui"), rule="tech-sme", on=DAY, facts=FACTS)
    assert made.verdict == "met" and made.rule_version == "2017" and made.answer["total"]["min"] >= 60
    assert made.facts["tech_staff"] == {"value": 40, "source": "填写"}
    assert made.record.owner_id == firm.pk and made.record.visibility == "sealed"


def test_register_data_comes_with_its_source(actor, firm):
    made = run("assessments", "create")(by=actor("jicui"), rule="tech-sme", on=DAY)
    assert made.facts["staff"]["source"].startswith("单位库 DW-") and made.verdict == "unknown"


def test_recomputing_makes_a_new_assessment_beside_the_old(actor, op):
    firm = actor("jicui")
    old = run("assessments", "create")(by=firm, rule="tech-sme", on=DAY, facts=FACTS)
    kept = dict(old.answer)
    change = _change(actor("officer"), value="50")
    run("rule_changes", "confirm")(by=op, record=change.uid)
    run("assessments", "recompute")(by=firm, record=old.uid, on=dt.date(2027, 3, 1))
    new = Assessment.objects.exclude(pk=old.pk).get(record__owner=old.record.owner, rule="tech-sme")
    assert new.verdict == "not_met" and "staff" in new.answer["failed"] and new.replaces_id == old.pk
    assert Assessment.objects.get(pk=old.pk).answer == kept


def test_wrong_facts_are_named(actor):
    with pytest.raises(Refused) as refusal:
        run("assessments", "create")(by=actor("jicui"), rule="tech-sme", on=DAY, facts={**FACTS, "tech_staff": 500})
    assert refusal.value.problems[0].code == "contradiction"


def test_a_firm_cannot_assess_another(actor):
    with pytest.raises(Refused) as refusal:
        run("assessments", "create")(by=actor("jicui"), owner="firm-chiyu", rule="tech-sme", on=DAY)
    assert refusal.value.problems[0].code == "not_yours"


def test_a_rule_change_needs_a_second_person_and_shows_whom_it_touches(actor, op):
    officer = actor("officer")
    change = _change(officer)
    assert change.preview["old"] == "500" and change.preview["firms"] > 50
    with pytest.raises(Refused) as refusal:
        run("rule_changes", "confirm")(by=officer, record=change.uid)
    assert refusal.value.problems[0].code == "second_person"
    before = rulebook.rules().rule("tech-sme").parameters["staff_max"]
    run("rule_changes", "confirm")(by=op, record=change.uid)
    after = rulebook.rules().rule("tech-sme").parameters["staff_max"]
    assert before.on(dt.date(2027, 6, 1)).value == 500 and after.on(dt.date(2027, 6, 1)).value == 100
    assert after.on(dt.date(2026, 6, 1)).value == 500, "the past keeps its value"


def test_an_unknown_parameter_is_refused_before_anybody_confirms(actor):
    with pytest.raises(Refused) as refusal:
        _change(actor("officer"), parameter="colour_max")
    assert refusal.value.problems[0].code == "unknown_parameter"


def test_an_overlay_is_the_books_format_and_loses_nothing(actor):
    change = _change(actor("officer"))
    text = rulebook.changed_text(rulebook.rule_text("tech-sme"), [RuleChange.objects.get(pk=change.pk)])
    from trihelix.engines.rules.loader import read_rule

    again = read_rule(text, "tech-sme.yaml")
    base = rulebook.rules().rule("tech-sme")
    assert again.inputs.keys() == base.inputs.keys() and [v.id for v in again.versions] == [v.id for v in base.versions]
    assert again.parameters["staff_max"].on(dt.date(2027, 1, 1)).value == 100


def test_the_check_up_sorts_every_rule_into_one_column(firm):
    columns = queries.check_up(firm, DAY, FACTS)
    ids = [r["rule"].id for rows in columns.values() for r in rows]
    assert len(ids) == len(set(ids)) > 8
    assert "tech-sme" in {r["rule"].id for r in columns["met"]}
    one_short = queries.check_up(firm, DAY, {**FACTS, "staff": 501, "tech_staff": 150})
    assert "tech-sme" in {r["rule"].id for r in one_short["near"]}


def test_pages_answer_and_are_closed_to_strangers(firm):
    assert client("jicui").get(f"/bodies/{firm.uid}/check-up/?f.ip1=2").status_code == 200
    trace = client("jicui").get(f"/bodies/{firm.uid}/check-up/tech-sme/?f.tech_staff=40")
    assert trace.status_code == 200 and "第六条" in trace.content.decode()
    assert client("chiyu").get(f"/bodies/{firm.uid}/check-up/").status_code == 403
    assert client("jicui").get(f"/bodies/{firm.uid}/check-up/?f.colour=2").status_code == 422
    assert client("officer").get("/policies/batch/?rule=tech-sme&division=2201").status_code == 200
    assert client("jicui").get("/policies/batch/").status_code == 403
    assert client("officer").get("/policies/batch/?format=xlsx").status_code == 200
    assert Client().get("/policies/rules/tech-sme/").status_code == 200
    assert Client().get("/policies/rules/nothing/").status_code == 404


def test_a_new_policy_replaces_the_old_one(op):
    old = run("policies", "create")(by=op, title="旧办法", rules=["tech-sme"])
    run("policies", "publish")(by=op, record=old.uid)
    new = run("policies", "create")(by=op, title="新办法", replaces=old.number)
    run("policies", "publish")(by=op, record=new.uid)
    assert Record.objects.get(pk=old.pk).state == "replaced" and Record.objects.get(pk=new.pk).state == "in_force"


def test_a_recognition_expires_and_counts_only_inside_its_period(op, firm):
    from trihelix.registers.policies.actions import expire_due
    from trihelix.registers.policies.facts import titles_on

    made = run("recognitions", "create")(
        by=op, title="高新技术企业", owner=firm.ref, title_kind="hnte", valid_from=dt.date(2022, 1, 1), valid_to=dt.date(2024, 12, 31)
    )
    assert titles_on([firm.pk], dt.date(2023, 1, 1)) == {firm.pk: {"hnte"}} and titles_on([firm.pk], DAY) == {}
    from trihelix.kernel import clock

    assert expire_due(clock.now()) == 1 and Record.objects.get(pk=made.pk).state == "expired"


def _upload(name: str, text: str):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return client(name).post("/policies/rules/upload/", {"file": SimpleUploadedFile("tech-sme.yaml", text.encode())})


def test_a_rule_file_goes_out_and_comes_back_without_loss(op):
    text = client("officer").get("/policies/rules/tech-sme.yaml").content.decode()
    assert text == rulebook.rule_text("tech-sme")
    with pytest.raises(Refused) as refusal:
        rulebook.proposals_from(text, "tech-sme.yaml")
    assert refusal.value.problems[0].code == "no_difference"
    edited = text.replace(
        "values: [{from: 2017-05-03, value: 500, source: measure, article: 第六条第（二）项}]",
        "values: [{from: 2017-05-03, value: 500, source: measure, article: 第六条第（二）项}, {from: 2028-01-01, value: 400, source: guide}]",
    )
    assert _upload("officer", edited).status_code == 302
    change = RuleChange.objects.get(rule="tech-sme", parameter="staff_max")
    assert (change.value, change.effective_on, change.source_doc) == (400, dt.date(2028, 1, 1), "国科火字〔2022〕67号")
    run("rule_changes", "confirm")(by=op, record=change.uid)
    again = client("officer").get("/policies/rules/tech-sme.yaml").content.decode()
    with pytest.raises(Refused) as refusal:
        rulebook.proposals_from(again, "tech-sme.yaml")
    assert refusal.value.problems[0].code == "no_difference", "the exported overlay proposes nothing new"


def test_a_rule_file_with_other_differences_is_refused_whole(op):
    text = rulebook.rule_text("tech-sme")
    assert _upload("officer", text.replace("when: staff <= staff_max", "when: staff < staff_max")).status_code == 422
    assert _upload("officer", text.replace("value: 500", "valu: 500")).status_code == 422
    assert _upload("jicui", text.replace("value: 500", "value: 5000")).status_code == 403
    assert not RuleChange.objects.exists()
