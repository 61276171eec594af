"""Who must be in a consortium, an alliance or a council: refused by clause at the request, at filing and at evaluation, shown on the page."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.registers.networks.test_alliances import browser, consortium, member, run
from tests.registers.networks.test_institute import institute
from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.registers.networks import composition
from trihelix.registers.networks.models import Network

pytestmark = pytest.mark.django_db


def raised(op, actor, rule: str, parameter: str, value: str) -> None:
    """The department raises a threshold by a change of the rule that a second person confirmed."""
    made = run("rule_changes", "create")(
        by=op, rule=rule, parameter=parameter, value=value, effective_on=clock.today(), source_doc="测试通知", article="第三条"
    )
    run("rule_changes", "confirm")(by=actor("officer"), record=made.uid)


def test_a_request_is_refused_by_clause_with_what_is_missing(actor, op):
    made = consortium(op, filed=False)
    run("network_members", "leave")(by=op, record=member(made, "u-tcm").uid, reason="退出")
    with pytest.raises(Refused) as refusal:
        run("networks", "submit")(by=op, record=made.uid)
    told = {p.value: p for p in refusal.value.problems}
    assert set(told) == {"filing_members", "filing_research"} and {p.code for p in told.values()} == {"composition"}
    assert "在册成员数 2家" in told["filing_members"].message and "备案时成员数下限 3家" in told["filing_members"].message
    assert (
        "待核实" in told["filing_members"].message
        and told["filing_members"].clause
        and Network.objects.get(pk=made.pk).record.state == "preparing"
    )
    page = browser("jicui").get(f"/networks/{made.record.uid}/").content.decode()
    assert (
        "成员组成" in page
        and "不符合" in page
        and "备案时高校、科研院所、医疗机构成员数达到下限" in page
        and "厦门" not in page
        and "评估时" not in page
    )


def test_a_member_who_left_between_request_and_filing_is_noticed(op):
    made = consortium(op, filed=False)
    run("networks", "submit")(by=op, record=made.uid)
    run("network_members", "leave")(by=op, record=member(made, "firm-chiyu").uid, reason="退出")
    with pytest.raises(Refused) as refusal:
        run("networks", "file")(by=op, record=made.uid, filed_on=clock.today(), batch="一")
    assert {p.value for p in refusal.value.problems} == {"filing_members"}
    with pytest.raises(Refused) as refusal:  # the rule of the day of filing; no rule before it began
        run("networks", "file")(by=op, record=made.uid, filed_on=dt.date(2025, 3, 1), batch="一")
    assert {p.code for p in refusal.value.problems} == {"date_order"}


def test_an_evaluation_passes_only_with_the_members_the_rule_keeps(op):
    made = consortium(op)
    year = clock.today().year
    report = run("network_reports", "create")(by=op, title="年报", owner="firm-jicui", network=made.number, year=year, work="工作")
    run("network_reports", "submit")(by=op, record=report.uid)
    run("network_members", "leave")(by=op, record=member(made, "firm-chiyu").uid, reason="退出")
    with pytest.raises(Refused) as refusal:
        run("networks", "evaluate")(by=op, record=made.uid, year=year, grade="good", opinion="良好")
    assert {(p.value, p.field) for p in refusal.value.problems} == {("kept_members", "grade")}
    run("networks", "evaluate")(by=op, record=made.uid, year=year, grade="fail", opinion="成员流失")
    assert Network.objects.get(pk=made.pk).record.state == "rectifying"


def test_other_kinds_have_no_rule_and_an_alliance_its_own(op):
    other = consortium(op, kind="investment", filed=False)
    assert composition.shown(other) is None
    page = browser("operator").get(f"/networks/{other.record.uid}/").content.decode()
    assert "成员组成" not in page
    alliance = consortium(op, kind="alliance")
    answer = composition.shown(alliance)
    assert (answer.rule, answer.verdict) == ("alliance-members", "met")
    assert {t["clause"]: t["parent"] for t in answer.trace}["kept_research"] == "evaluation"


def test_a_threshold_that_the_department_raised_binds_from_its_day(actor, op):
    raised(op, actor, "consortium-members", "firms_filing", "3")
    made = consortium(op, filed=False)
    with pytest.raises(Refused) as refusal:
        run("networks", "submit")(by=op, record=made.uid)
    (problem,) = refusal.value.problems
    assert problem.value == "filing_firms" and "备案时企业成员数下限 3家" in problem.message and "待核实" not in problem.message
    before = composition.of_network(made, "filing", clock.today() - dt.timedelta(days=1))
    assert before.verdict == "met"


def test_a_council_smaller_than_the_rule_asks_does_not_open(actor, op):
    assert composition.shown(institute(op)).verdict == "met"
    raised(op, actor, "institute-council", "seats_least", "5")
    with pytest.raises(Refused) as refusal:
        institute(op, title="第二研究院")
    assert {p.value for p in refusal.value.problems} == {"seats"}
