"""The institute: charter, council, votes, professional institutes, park, tenancies, investment; the alliance's deals; partners and clients."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, clock
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.networks import queries
from trihelix.registers.networks.models import Deal, DealPayment, Member, Park, Tenancy, TenantInvestment

pytestmark = pytest.mark.django_db
WAN = 1_000_000
TODAY = Period(None, clock.today())


def run(register: str, act: str):
    return register_of(register).acts[act].run


def codes(refusal) -> set[str]:
    return {p.code for p in refusal.value.problems}


def days(n: int) -> dt.date:
    return clock.today() + dt.timedelta(days=n)


def institute(op, **more):
    values = {
        "title": "科技创新研究院",
        "kind": "provincial",
        "owner": "jsti",
        "charter": "理事会领导下的院长负责制",
        "charter_on": dt.date(2022, 1, 5),
        **more,
    }
    made = run("institutes", "create")(by=op, **values)
    seat = run("council_seats", "create")(
        by=op, title="理事长", owner="g-kjt", institute=made.number, position="chair", person_name="示例甲"
    )
    run("council_seats", "seat")(by=op, record=seat.uid, starts_on=dt.date(2024, 1, 1), term_to=days(900))
    return run("institutes", "open")(by=op, record=made.uid)


def test_an_institute_opens_with_charter_and_chair_and_has_one_chair(op):
    bare = run("institutes", "create")(by=op, title="研究院", kind="provincial", owner="jsti")
    with pytest.raises(Refused) as refusal:
        run("institutes", "open")(by=op, record=bare.uid)
    assert codes(refusal) == {"charter_missing"}
    made = institute(op)
    second = run("council_seats", "create")(by=op, title="理事长", owner="jlu", institute=made.number, position="chair")
    with pytest.raises(Refused) as refusal:
        run("council_seats", "seat")(by=op, record=second.uid, starts_on=clock.today(), term_to=days(900))
    assert codes(refusal) == {"chair_held"}
    assert len(queries.institute_of(made, op)["seats"]) == 1


def test_a_seat_and_a_resolution_belong_to_one_of_the_two(op):
    for register, values in (
        ("council_seats", {"position": "member", "owner": "jlu"}),
        ("council_resolutions", {"meeting": "一次会", "met_on": clock.today(), "text": "x", "owner": "jsti"}),
    ):
        with pytest.raises(Refused) as refusal:
            run(register, "create")(by=op, title="无属", **values)
        assert codes(refusal) == {"exactly_one"}


@pytest.mark.parametrize(("votes", "state"), [((1, 0, 0), "adopted"), ((0, 0, 1), "rejected"), ((0, 1, 0), "rejected")])
def test_more_than_half_of_the_votes_adopt(op, votes, state):
    made = institute(op)
    table = run("council_resolutions", "create")(
        by=op,
        title="建园",
        owner="jsti",
        institute=made.number,
        meeting="理事会",
        met_on=clock.today(),
        text="建设孵化园",
        in_charge="m-jl",
        due_on=days(60),
    )
    cast = dict(zip(("in_favour", "against", "abstained"), votes, strict=True))
    with pytest.raises(Refused) as refusal:
        run("council_resolutions", "vote")(by=op, record=table.uid, in_favour=9)
    assert codes(refusal) == {"more_than_seats"}
    voted = run("council_resolutions", "vote")(by=op, record=table.uid, **cast)
    assert voted.record.state == state
    if state == "adopted":
        done = run("council_resolutions", "carry_out")(by=op, record=table.uid, outcome="已开工", done_on=clock.today())
        assert done.record.state == "carried_out"


def test_a_professional_institute_builds_a_laboratory_with_a_firm(actor, op):
    above = institute(op)
    below = run("institutes", "create")(by=op, title="参茸专业所", kind="professional", owner="jsti", parent=above.number)
    run("institutes", "open")(by=op, record=below.uid)
    lab = run("institute_labs", "create")(
        by=op, title="红参重点实验室", owner="firm-jicui", institute=below.number, direction="加工", agreed_on=days(-60)
    )
    before = evaluate("networks.labs", op, TODAY).raw()
    run("institute_labs", "open")(by=op, record=lab.uid, opened_on=days(-30))
    assert evaluate("networks.labs", op, TODAY).raw() == before + 1
    assert [x.pk for x in queries.institute_of(above, op)["labs"]] == [lab.pk]


def open_park(op, area: int = 13_000):
    park = run("parks", "create")(by=op, title="产业孵化园", owner="jsti", area_m2=area)
    return run("parks", "open")(by=op, record=park.uid)


def test_an_area_is_given_once(actor, op):
    park = open_park(op, 1000)
    first = run("tenancies", "create")(by=actor("jicui"), title="集翠参业", park=park.number)
    second = run("tenancies", "create")(by=actor("chiyu"), title="驰域", park=park.number)
    run("tenancies", "agree")(by=op, record=first.uid, area_m2=700)
    with pytest.raises(Refused) as refusal:
        run("tenancies", "agree")(by=op, record=second.uid, area_m2=400)
    assert codes(refusal) == {"park_full"}
    with pytest.raises(Refused) as refusal:
        run("tenancies", "create")(by=actor("jicui"), title="再来", park=park.number)
    assert codes(refusal) == {"tenant_already"}
    with pytest.raises(Refused):
        run("tenancies", "agree")(by=actor("chiyu"), record=second.uid, area_m2=10)


def test_the_figures_of_the_park_count_tenants_and_money_that_came(actor, op):
    names = ("networks.park_area", "networks.tenants", "networks.tenant_investment")
    before = {n: evaluate(n, op, TODAY).raw() for n in names}
    park = open_park(op)
    tenancy = run("tenancies", "create")(by=actor("jicui"), title="集翠参业", park=park.number)
    run("tenancies", "agree")(by=op, record=tenancy.uid, area_m2=300)
    run("tenancies", "move_in")(by=op, record=tenancy.uid, moved_in_on=clock.today())
    promised = run("tenant_investments", "create")(
        by=op, title="天使投资", tenancy=tenancy.number, investor_name="某基金", promised_wan=500 * WAN
    )
    after = {n: evaluate(n, op, TODAY).raw() - before[n] for n in names}
    assert after == {"networks.park_area": 13_000, "networks.tenants": 1, "networks.tenant_investment": 0}
    with pytest.raises(Refused) as refusal:
        run("tenant_investments", "pay")(by=op, record=promised.uid, paid_wan=600 * WAN, paid_on=clock.today())
    assert codes(refusal) == {"above_promised"}
    run("tenant_investments", "pay")(by=op, record=promised.uid, paid_wan=300 * WAN, paid_on=clock.today())
    assert evaluate("networks.tenant_investment", op, TODAY).raw() - before["networks.tenant_investment"] == 300 * WAN
    seen = queries.park_of(Park.objects.get(pk=park.pk), op)
    assert (seen["used"], seen["paid"], len(seen["tenants"])) == (300, 300 * WAN, 1)
    with pytest.raises(Refused) as refusal:
        run("parks", "close")(by=op, record=park.uid, reason="调整")
    assert codes(refusal) == {"tenants_inside"}
    run("tenancies", "move_out")(by=op, record=tenancy.uid, moved_out_on=clock.today(), outcome="graduated", reason="毕业")
    assert evaluate("networks.tenants", op, TODAY).raw() == before["networks.tenants"]
    assert Client().get(f"/parks/{park.uid}/").status_code == 200


def test_the_letters_tenants_and_investment_are_imported(op):
    park = open_park(op)
    firms = list(Record.objects.filter(register="bodies", ref__startswith="firm-").values_list("ref", flat=True)[:12])
    before = {n: evaluate(n, op, TODAY).raw() for n in ("networks.tenants", "networks.tenant_investment")}
    bulk.import_rows(
        register_of("tenancies"),
        [
            {"ref": f"RZ-{f}", "title": f, "owner": f, "park": park.number, "moved_in_on": dt.date(2024, 3, 1), "area_m2": 200}
            for f in firms
        ],
        op,
    )
    assert Tenancy.objects.filter(park=park.record, record__state="active", firm__isnull=False).count() == 12
    money = [72_608_000 * 100 // 12] * 12
    money[0] += 72_608_000 * 100 - sum(money)
    rows = [
        {
            "ref": f"TZ-{f}",
            "title": f,
            "owner": f,
            "tenancy": f"RZ-{f}",
            "investor_name": "某基金",
            "paid_wan": m,
            "paid_on": dt.date(2024, 9, 1),
        }
        for f, m in zip(firms, money, strict=True)
    ]
    bulk.import_rows(register_of("tenant_investments"), rows, op)
    assert TenantInvestment.objects.filter(tenancy__networks_tenancy__park=park.record, record__state="paid").count() == 12
    assert evaluate("networks.tenant_investment", op, TODAY).raw() - before["networks.tenant_investment"] == 72_608_000 * 100
    assert evaluate("networks.tenants", op, TODAY).raw() - before["networks.tenants"] <= 12


def alliance(op):
    made = run("networks", "create")(by=op, title="投资联盟", kind="investment", owner="f-01")
    run("network_members", "create")(by=op, title="光电基金", owner="f-02", network=made.number)
    return made


def test_a_deal_is_signed_then_paid_and_says_whether_the_alliance_brought_it(op):
    made = alliance(op)
    base = {"title": "红参加工项目", "network": made.number, "target": "firm-jicui", "committed_wan": 1000 * WAN}
    with pytest.raises(Refused) as refusal:
        run("alliance_deals", "create")(by=op, owner="firm-chiyu", attribution="own", **base)
    assert codes(refusal) == {"not_a_member"}
    with pytest.raises(Refused) as refusal:
        run("alliance_deals", "create")(by=op, owner="f-02", attribution="activity", **base)
    assert codes(refusal) == {"required"}
    show = run("network_activities", "create")(by=op, title="路演", owner="f-01", network=made.number, kind="roadshow")
    with pytest.raises(Refused) as refusal:
        run("alliance_deals", "create")(by=op, owner="f-02", attribution="activity", activity=show.number, **base)
    assert codes(refusal) == {"not_held"}
    names = ("networks.alliance_deals", "networks.alliance_paid", "networks.alliance_roadshows")
    before = {n: evaluate(n, op, TODAY).raw() for n in names}
    run("network_activities", "hold")(by=op, record=show.uid, held_on=days(-20), report="八个项目", projects=8)
    deal = run("alliance_deals", "create")(by=op, owner="f-02", attribution="activity", activity=show.number, **base)
    with pytest.raises(Refused) as refusal:
        run("alliance_deals", "sign")(by=op, record=deal.uid, signed_on=days(-25), committed_wan=1000 * WAN)
    assert codes(refusal) == {"after_signature"}
    run("alliance_deals", "sign")(by=op, record=deal.uid, signed_on=days(-10), committed_wan=1000 * WAN)
    part = run("alliance_deals", "pay")(by=op, record=deal.uid, paid_wan=400 * WAN, paid_on=days(-5))
    assert part.record.state == "paying"
    assert evaluate("networks.alliance_deals", op, TODAY).raw() == before["networks.alliance_deals"]
    with pytest.raises(Refused) as refusal:
        run("alliance_deals", "pay")(by=op, record=deal.uid, paid_wan=601 * WAN, paid_on=clock.today())
    assert codes(refusal) == {"above_committed"}
    done = run("alliance_deals", "pay")(by=op, record=deal.uid, paid_wan=600 * WAN, paid_on=clock.today())
    assert (done.record.state, done.closed_on) == ("closed", clock.today())
    after = {n: evaluate(n, op, TODAY).raw() - before[n] for n in names}
    assert after == {"networks.alliance_deals": 1, "networks.alliance_paid": 1000 * WAN, "networks.alliance_roadshows": 1}
    assert (
        evaluate("networks.alliance_deals", op, TODAY, attribution="own").raw()
        == evaluate("networks.alliance_deals", op, TODAY).raw()
        - evaluate("networks.alliance_deals", op, TODAY, attribution="activity").raw()
        - evaluate("networks.alliance_deals", op, TODAY, attribution="introduction").raw()
    )
    assert queries.payments(Deal.objects.get(pk=deal.pk), op)["paid"] == 1000 * WAN


def test_the_letters_deals_are_imported_at_their_size(op, django_assert_max_num_queries):
    made = alliance(op)
    year = Period(None, dt.date(2024, 12, 31))
    names = (
        "networks.alliance_members",
        "networks.alliance_deals",
        "networks.alliance_paid",
        "networks.alliance_roadshows",
        "networks.alliance_matchings",
        "networks.firms_attracted",
        "networks.firms_incubated",
    )
    before = {n: evaluate(n, op, year).raw() for n in names}
    day = dt.date(2024, 6, 1)
    deals = [
        {
            "ref": f"TM-{i}",
            "title": f"项目{i}",
            "owner": "f-02",
            "network": made.number,
            "target_name": f"企业{i}",
            "signed_on": day,
            "closed_on": day,
            "attribution": "own",
        }
        for i in range(181)
    ]
    amounts = [3_404_000_000 * 100 // 181] * 181
    amounts[0] += 3_404_000_000 * 100 - sum(amounts)
    payments = [
        {"ref": f"CZ-{i}", "title": "出资", "owner": "f-02", "deal": f"TM-{i}", "paid_on": day, "paid_wan": m}
        for i, m in enumerate(amounts)
    ]
    events = [
        {"ref": f"HD-{k}-{i}", "title": k, "owner": "f-01", "network": made.number, "kind": k, "held_on": day}
        for k, n in (("roadshow", 125), ("matching", 387))
        for i in range(n)
    ]
    firms = [
        {"ref": f"YR-{i}", "title": f"引入{i}", "owner": "f-01", "network": made.number, "firm_name": f"企业{i % 31}", "landed_on": day}
        for i in range(33)
    ]
    served = [
        {
            "ref": f"FH-{i}",
            "title": "辅导",
            "owner": "f-01",
            "network": made.number,
            "firm_name": f"企业{i % 151}",
            "kind": "mentoring",
            "starts_on": day,
        }
        for i in range(160)
    ]
    with django_assert_max_num_queries(200):
        for register, rows in (
            ("alliance_deals", deals),
            ("alliance_payments", payments),
            ("network_activities", events),
            ("attracted_firms", firms),
            ("incubations", served),
        ):
            bulk.import_rows(register_of(register), rows, op)
    after = {n: evaluate(n, op, year).raw() - before[n] for n in names[1:]}
    assert after == {
        "networks.alliance_deals": 181, "networks.alliance_paid": 340_400_000_000, "networks.alliance_roadshows": 125, "networks.alliance_matchings": 387,
        "networks.firms_attracted": 31, "networks.firms_incubated": 151,
    }  # fmt: skip
    assert DealPayment.objects.filter(deal__ref="TM-0").count() == 1
    assert Member.objects.filter(network=made.record, record__state="active").count() == 2


def test_an_introduction_is_followed_from_meeting_to_answer_to_result(actor, op):
    partner = run("partners", "create")(by=op, title="省外某研究所", kind="outside_institute", owner="jsti", contact="示例乙", phone="000")
    made = run("introductions", "create")(by=op, title="引荐", owner="firm-jicui", partner=partner.number, by_body="jsti", topic="干燥技术")
    with pytest.raises(Refused):
        run("introductions", "meet")(by=actor("chiyu"), record=made.uid, met_on=clock.today(), people="甲乙")
    run("introductions", "meet")(by=actor("jicui"), record=made.uid, met_on=clock.today(), people="甲、乙", next_on=days(10))
    run("introductions", "answer")(by=op, record=made.uid, answer="愿意合作")
    done = run("introductions", "agree")(by=op, record=made.uid, outcome="签意向书")
    assert done.record.state == "agreed"
    assert (
        evaluate("networks.introductions", op, Period(clock.today(), clock.today()), partner_kind="outside_institute", agreed=True).raw()
        >= 1
    )
    client = Client()
    client.force_login(User.objects.get(username="chiyu"))
    page = client.get(f"/partners/{partner.uid}/").content.decode()
    assert "省外某研究所" in page and "示例乙" not in page


def test_one_client_record_and_contacts_shared_with_consent(actor, op):
    made = run("clients", "create")(by=op, title="集翠参业", owner="firm-jicui")
    with pytest.raises(Refused) as refusal:
        run("clients", "create")(by=op, title="又一份", owner="firm-jicui")
    assert codes(refusal) == {"client_already"}
    with pytest.raises(Refused) as refusal:
        run("clients", "serve")(by=op, record=made.uid, institution="u-tcm")
    assert codes(refusal) == {"no_consent"}
    run("clients", "consent")(by=actor("jicui"), record=made.uid)
    for body in ("u-tcm", "firm-chiyu"):
        run("clients", "serve")(by=op, record=made.uid, institution=body)
    log = run("client_contacts", "create")(
        by=actor("utcm-office"),
        title="来访",
        client=made.number,
        line="platform",
        contacted_on=clock.today(),
        subject="求检测",
        refer_to="b-01",
    )
    assert {p.role for p in log.record.participants.all()} == {"line", "referred"}
    with pytest.raises(Refused) as refusal:
        run("client_contacts", "create")(
            by=actor("ciomp-teacher"), title="来访", client=made.number, line="platform", contacted_on=clock.today(), subject="x"
        )
    assert codes(refusal) & {"not_serving", "unknown_reference"}
    run("clients", "end_consent")(by=actor("jicui"), record=made.uid)
    assert not log.record.participants.filter(role="line", until=None).exists()
    seen = queries.client_of(register_of("clients").model.objects.get(pk=made.pk), op)
    assert [c.pk for c in seen["contacts"]] == [log.pk] and any(h["register"].id == "needs" for h in seen["held"])


def test_a_prospect_is_talked_over_proposed_and_agreed(op):
    made = run("prospects", "create")(
        by=op, title="企业联合基金", owner="g-kjt", kind="joint_fund", counterpart_name="某央企", expected_wan=5000 * WAN
    )
    talked = run("prospects", "talk")(
        by=op, record=made.uid, talked_on=clock.today(), note="意向明确", next_step="送方案", next_on=days(14)
    )
    assert talked.talks == [{"talked_on": str(clock.today()), "note": "意向明确"}]
    run("prospects", "propose")(by=op, record=made.uid, stage_note="每年两千万")
    done = run("prospects", "agree")(by=op, record=made.uid, agreed_on=clock.today(), agreement="联合基金协议", agreed_wan=4000 * WAN)
    assert (done.record.state, done.agreed_fen) == ("agreed", 4000 * WAN)
    assert evaluate("networks.prospects", op, Period(clock.today(), clock.today()), kind="joint_fund").raw() >= 1
