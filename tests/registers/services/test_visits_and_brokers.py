"""Visits counted by distinct firm, researchers' services confirmed by the firm, brokers' commission under caps."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, clock
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Link, Notice, Record
from trihelix.kernel.register import register_of
from trihelix.registers.services.models import BrokerageCase

pytestmark = pytest.mark.django_db
WAN = 1_000_000
EVER = Period(None, dt.date(2099, 1, 1))


def run(register: str, act: str):
    return register_of(register).acts[act].run


def codes(refusal) -> set[str]:
    return {p.code for p in refusal.value.problems}


@pytest.fixture
def campaign(op):
    made = run("visit_campaigns", "create")(
        by=op,
        title="百企调研",
        owner="g-jyt",
        owner_kind="education",
        starts_on=clock.today() - dt.timedelta(days=30),
        firms=["firm-jicui", "firm-chiyu"],
    )
    return run("visit_campaigns", "start")(by=op, record=made.uid)


def _visit(op, campaign, firm: str, days: int = 1, **more):
    return run("visits", "create")(
        by=op,
        title=f"走访 {firm}",
        owner="g-jyt",
        campaign=campaign.number,
        firm=firm,
        visited_on=clock.today() - dt.timedelta(days=days),
        **more,
    )


def test_firms_are_counted_once_however_often_they_are_visited(op, campaign):
    where = {"campaign": campaign.number}
    for days in (3, 2):
        _visit(op, campaign, "firm-jicui", days)
    wrong = _visit(op, campaign, "firm-chiyu")
    assert evaluate("services.firms_visited", op, EVER, **where).raw() == 2
    run("visits", "void")(by=op, record=wrong.uid, reason="记错")
    assert (evaluate("services.visits", op, EVER, **where).raw(), evaluate("services.firms_visited", op, EVER, **where).raw()) == (2, 1)
    assert evaluate("services.firms_visited", op, EVER, owner_kind="education", owner="g-jyt", **where).raw() == 1
    assert evaluate("services.firms_visited", op, EVER, owner_kind="market", **where).raw() == 0


def test_a_visit_to_a_university_and_one_outside_a_running_campaign_are_refused(op, campaign):
    with pytest.raises(Refused) as refusal:
        _visit(op, campaign, "u-tcm")
    assert codes(refusal) == {"not_a_firm"}
    run("visit_campaigns", "close")(by=op, record=campaign.uid, summary="完成")
    with pytest.raises(Refused) as refusal:
        _visit(op, campaign, "firm-jicui")
    assert codes(refusal) == {"not_running"}


def test_a_need_raised_is_a_draft_of_the_firm_and_counts_once_published(op, actor, campaign):
    visit = _visit(op, campaign, "firm-jicui")
    run("visits", "raise_need")(by=op, record=visit.uid, title="红参干燥能耗", problem="干燥能耗高")
    need = Link.objects.get(source=visit.record, kind="raised").target
    assert (need.state, need.owner.ref) == ("draft", "firm-jicui")
    intake = Record.objects.get(register="intakes", intakes_intake__need=need).entry
    assert (intake.route, intake.record.owner.ref) == ("education", "g-jyt")
    assert Notice.objects.filter(record=visit.record).exists()
    where = {"campaign": campaign.number}
    assert evaluate("services.visit_needs", op, EVER, published=False, **where).raw() == 1
    assert evaluate("services.visit_needs", op, EVER, **where).raw() == 0
    need.entry.__class__.objects.filter(record=need).update(published_on=clock.today())
    assert evaluate("services.visit_needs", op, EVER, **where).raw() == 1


def test_a_need_of_another_firm_is_not_linked(op, campaign):
    visit = _visit(op, campaign, "firm-jicui")
    other = Record.objects.filter(register="needs").exclude(owner__ref="firm-jicui").first()
    with pytest.raises(Refused) as refusal:
        run("visits", "link_need")(by=op, record=visit.uid, need=str(other.uid))
    assert codes(refusal) == {"other_firm"}


def test_a_researchers_service_counts_when_the_firm_confirmed_it(actor, op):
    office, firm = actor("utcm-office"), actor("jicui")
    with pytest.raises(Refused) as refusal:
        run("researcher_services", "create")(
            by=office, title="咨询", kind="consulting", provider_kind="joint_laboratory", firm="firm-jicui", started_on=dt.date(2024, 4, 1)
        )
    assert codes(refusal) == {"required"}
    made = run("researcher_services", "create")(
        by=office,
        title="工艺咨询",
        kind="consulting",
        provider_kind="university",
        firm="firm-jicui",
        started_on=dt.date(2024, 4, 1),
        hours=Decimal("16"),
    )
    where = {"kind": "consulting", "owner": "u-tcm"}
    before = evaluate("services.researcher_services", op, EVER, **where).raw()
    run("researcher_services", "ask_firm")(by=office, record=made.uid)
    with pytest.raises(Refused):
        run("researcher_services", "confirm")(by=office, record=made.uid, satisfaction=5)
    run("researcher_services", "confirm")(by=firm, record=made.uid, satisfaction=5)
    assert evaluate("services.researcher_services", op, EVER, **where).raw() == before + 1
    assert evaluate("services.researcher_firms", op, EVER, **where).raw() >= 1


@pytest.fixture
def broker(actor, op):
    made = run("brokers", "create")(by=actor("utcm-office"), title="示例经理人", grade="senior", fields=[], certificate_no="JL-001")
    return run("brokers", "register")(by=op, record=made.uid)


def test_a_broker_is_public_once_registered_and_joins_the_alliance_once(broker, actor, op):
    assert broker.record.visibility == "public"
    run("brokers", "join")(by=op, record=broker.uid, joined_on=clock.today())
    with pytest.raises(Refused) as refusal:
        run("brokers", "join")(by=op, record=broker.uid, joined_on=clock.today())
    assert codes(refusal) == {"member_already"}
    today = Period(None, clock.today())
    members = evaluate("services.brokers", op, today, alliance=True).raw()
    run("brokers", "remove")(by=op, record=broker.uid, reason="本人申请")
    assert evaluate("services.brokers", op, today, alliance=True).raw() == members - 1


def _case(actor, broker, **more):
    values = {
        "title": "红参工艺转让",
        "broker": broker.number,
        "mandate": "seller",
        "buyer": "firm-jicui",
        "seller": "u-tcm",
        "opened_on": clock.today(),
        **more,
    }
    return run("brokerages", "create")(by=actor("utcm-office"), **values)


def _settled(actor, op, broker, base: int, **more):
    made = _case(actor, broker, **more)
    run("brokerages", "agree")(by=actor("utcm-office"), record=made.uid)
    run("brokerages", "contract")(by=op, record=made.uid, contracted_on=clock.today(), base_wan=base * WAN)
    run("brokerages", "settle")(by=op, record=made.uid)
    return BrokerageCase.objects.get(pk=made.pk)


def test_the_commission_is_rate_by_base_under_the_cap_of_the_year(actor, op, broker):
    first = _settled(actor, op, broker, 300, rule="lanzhou")
    assert (first.commission_fen, first.capped_by) == (15 * WAN, "")
    second = _settled(actor, op, broker, 300, rule="lanzhou")
    assert (second.commission_before_fen, second.commission_fen, second.capped_by) == (15 * WAN, 5 * WAN, "year")
    other = _settled(actor, op, broker, 1000, rule="deqing")
    assert (other.commission_fen, other.capped_by) == (3 * WAN, "case")
    assert evaluate("services.commission", op, Period(clock.today(), clock.today())).raw() >= 23 * WAN


def test_own_terms_are_computed_by_the_same_engine(actor, op, broker):
    case = _settled(actor, op, broker, 100, rate_percent=Decimal("2.5"), case_cap_wan=2 * WAN)
    assert (case.commission_before_fen, case.commission_fen, case.capped_by) == (250_0000, 2 * WAN, "case")
    assert (case.buyer_part_fen, case.seller_part_fen) == (0, 2 * WAN)


def test_a_hidden_double_mandate_is_refused_and_a_shown_one_needs_both_sides(actor, op, broker):
    with pytest.raises(Refused) as refusal:
        _case(actor, broker, mandate="both", rule="lanzhou")
    assert codes(refusal) == {"double_mandate_hidden"}
    made = _case(actor, broker, mandate="both", disclosed=True, rule="zhenhai")
    assert run("brokerages", "agree")(by=actor("utcm-office"), record=made.uid).record.state == "opened"
    with pytest.raises(Refused) as refusal:
        run("brokerages", "agree")(by=actor("utcm-office"), record=made.uid)
    assert codes(refusal) == {"agreed_already"}
    assert run("brokerages", "agree")(by=actor("jicui"), record=made.uid).record.state == "agreed"
    run("brokerages", "contract")(by=op, record=made.uid, contracted_on=clock.today(), base_wan=100 * WAN + 100)
    run("brokerages", "settle")(by=op, record=made.uid)
    case = BrokerageCase.objects.get(pk=made.pk)
    assert case.buyer_part_fen + case.seller_part_fen == case.commission_fen
    assert abs(case.buyer_part_fen - case.seller_part_fen) <= 1


def test_a_suspended_broker_takes_no_new_case(actor, op, broker):
    run("brokers", "suspend")(by=op, record=broker.uid, reason="核查")
    with pytest.raises(Refused) as refusal:
        _case(actor, broker)
    assert codes(refusal) == {"not_in_practice"}


def test_an_imported_case_cannot_bring_its_own_commission(op, broker):
    row = {
        "title": "一",
        "broker": broker.number,
        "mandate": "seller",
        "buyer": "firm-jicui",
        "seller": "u-tcm",
        "opened_on": clock.today(),
        "owner": "u-tcm",
        "commission_wan": WAN,
    }
    assert {p.code for p in bulk.decide(register_of("brokerages"), [(2, row)], (), op).problems} == {"computed"}
