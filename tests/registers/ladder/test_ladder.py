"""Yearly data, ladder places, rankings, incubators, consents and implicit needs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, clock, index
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.ladder import facts, queries
from trihelix.registers.ladder.actions.consents import expire_due
from trihelix.registers.ladder.models import Consent, FirmYear, ImplicitNeed, RankedFirm, Tenant
from trihelix.registers.policies.rulebook import rules

pytestmark = pytest.mark.django_db
WAN = 1_000_000


def run(register: str, act: str):
    return register_of(register).acts[act].run


def codes(refusal) -> set[str]:
    return {p.code for p in refusal.value.problems}


def firm(ref: str) -> Record:
    return Record.objects.get(register="bodies", ref=ref)


def title(op, ref: str, kind: str = "tech-sme", **more):
    return run("recognitions", "create")(
        by=op, title="科技型中小企业", owner=ref, title_kind=kind, valid_from=dt.date(2024, 1, 1), valid_to=dt.date(2027, 12, 31), **more
    )


def years(op, ref: str, **by_year):
    rows = [
        {"ref": y[1:], "title": f"{ref} {y[1:]}", "owner": ref, "year": int(y[1:]), "source": "审计报告", **values}
        for y, values in by_year.items()
    ]
    bulk.import_rows(register_of("firm_years"), rows, op, "年度数据")


def test_a_firm_reports_each_year_once_and_four_kinds_of_rd_stay_apart(actor, op):
    made = run("firm_years", "create")(by=actor("jicui"), year=2024, rd_tax_wan=120 * WAN, rd_stat_wan=150 * WAN, revenue_wan=3000 * WAN)
    assert (made.record.ref, made.rd_tax_fen, made.rd_stat_fen, made.rd_acc_fen) == ("2024", 120 * WAN, 150 * WAN, None)
    with pytest.raises(Refused) as refusal:
        run("firm_years", "create")(by=actor("jicui"), year=2024)
    assert codes(refusal) == {"ref_taken"}
    with pytest.raises(Refused) as refusal:
        run("firm_years", "check")(by=op, record=made.uid)
    assert codes(refusal) == {"no_source"}
    table = rules()
    day = dt.date(2025, 6, 1)
    tax = facts.of_firm(table.rule("rd-guidance-subsidy"), firm("firm-jicui"), day)["rd_tax"]
    assert tax["value"] == ["120"] and tax["as_of"] == "2024-12-31"
    statistics = facts.of_firm(table.rule("innovation-points"), firm("firm-jicui"), day)["rd_stat"]
    assert statistics["value"] == ["150"]


def test_other_firms_neither_see_nor_write_a_firms_years(actor):
    made = run("firm_years", "create")(by=actor("jicui"), year=2023)
    with pytest.raises(Refused):
        run("firm_years", "change")(by=actor("chiyu"), record=made.uid, staff=5)
    with pytest.raises(Refused):
        run("firm_years", "create")(by=actor("chiyu"), year=2023, owner="firm-jicui")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"ref": "x", "year": 2024}, "ref_not_year"), ({"ref": "2024", "year": 2024, "staff": 3, "rd_staff": 4}, "part_exceeds_whole"),
        ({"ref": "2024", "year": 2024, "revenue_wan": -1}, "negative"), ({"ref": "1900", "year": 1900}, "year_out_of_range"),
    ],
)  # fmt: skip
def test_wrong_rows_are_named(op, row, code):
    decision = bulk.decide(register_of("firm_years"), [(2, {"owner": "firm-jicui", **row})], (), op)
    assert {(p.code, p.row) for p in decision.problems} == {(code, 2)}


def test_a_year_imported_again_updates(op):
    years(op, "firm-jicui", y2022={"staff": 10})
    years(op, "firm-jicui", y2022={"staff": 12})
    assert list(FirmYear.objects.filter(record__owner=firm("firm-jicui"), year=2022).values_list("staff", flat=True)) == [12]


def test_gaps_in_the_years_are_not_bridged(op):
    years(op, "firm-jicui", y2021={"revenue_wan": WAN}, y2023={"revenue_wan": 2 * WAN}, y2024={"revenue_wan": 3 * WAN})
    found = facts.of_firm(rules().rule("gazelle"), firm("firm-jicui"), dt.date(2025, 6, 1))["revenue"]
    assert found["value"] == ["2", "3"]


def test_a_place_rests_on_recognitions_and_shows_every_rule(actor, op):
    title(op, "firm-jicui", number_given="202422010000001")
    made = run("ladder_places", "create")(by=actor("jicui"), on=dt.date(2025, 6, 1))
    assert (made.place, made.growth_place) == ("base", "")
    assert made.official[0]["number"] == "202422010000001"
    assert {t["rule"] for t in made.trace} >= {
        "tech-sme",
        "innovative-sme",
        "specialised-sme",
        "little-giant",
        "hnte",
        "gazelle",
        "unicorn",
        "eaglet",
    }
    assert all(t["verdict"] in ("met", "not_met", "unknown") for t in made.trace)
    assert next(t for t in made.trace if t["rule"] == "tech-sme")["version"]
    after = run("ladder_places", "create")(
        by=actor("jicui"), on=dt.date(2028, 1, 1) if clock.today() > dt.date(2028, 1, 1) else dt.date(2023, 1, 1)
    )
    assert after.place == ""  # not yet recognised then
    assert Record.objects.get(pk=made.pk).state == "superseded" and after.replaces_id == made.pk


def ranked(op, ref="top-t"):
    for n, name in enumerate(("firm-jicui", "firm-chiyu", "firm-mingze")):
        title(op, name)
        years(
            op, name,
            y2023={"revenue_wan": 1000 * WAN, "rd_tax_wan": 50 * WAN, "ip1": 1},
            y2024={"revenue_wan": (1100 + 100 * n) * WAN, "rd_tax_wan": (60 + 20 * n) * WAN, "ip1": 1 + n},
        )  # fmt: skip
    made = run("rankings", "create")(by=op, title="测试榜单", method="top-500", year=2024, as_of=dt.date(2024, 12, 31), size=2, ref=ref)
    return run("rankings", "compute")(by=op, record=made.uid)


def test_a_ranking_is_computed_published_and_counted(actor, op):
    made = ranked(op)
    rows = list(RankedFirm.objects.filter(ranking=made.record).order_by("rank"))
    assert made.listed == len(rows) and made.population >= 3 and len(made.sensitivity) == 10
    assert rows[0].rank == 1 and rows[0].score >= rows[-1].score and rows[0].best_rank <= rows[0].rank <= rows[0].worst_rank
    assert len(rows[0].parts) == 5 and rows[0].record.visibility == "owner"
    before = evaluate("ladder.ranked", op, Period(None, clock.today())).rows
    assert not before.filter(ranking=made.record).exists()
    run("rankings", "publish")(by=op, record=made.uid)
    counted = evaluate("ladder.ranked", op, Period(None, clock.today()))
    latest = counted.rows.first().ranking
    if latest.pk == made.pk:
        assert counted.raw() == len(rows)
    assert Record.objects.get(pk=rows[0].pk).visibility == "public"
    assert evaluate("ladder.ranked", op, Period(None, dt.date(2020, 1, 1))).raw() == 0


def test_computed_again_the_same_data_give_the_same_list_and_fallen_firms_are_dropped(op):
    made = ranked(op)
    digest = made.digest
    again = run("rankings", "compute")(by=op, record=made.uid)
    assert again.digest == digest
    last = RankedFirm.objects.filter(ranking=made.record, record__state="listed").order_by("rank").first()
    years(op, last.record.owner.ref, y2023={"revenue_wan": 1 * WAN}, y2024={"revenue_wan": 1 * WAN, "rd_tax_wan": 0, "ip1": 0})
    run("rankings", "compute")(by=op, record=made.uid)
    assert Record.objects.get(pk=last.pk).state == "dropped"


def test_an_official_list_is_imported_with_row_errors_and_taken(op):
    made = run("rankings", "create")(by=op, title="官方榜单", method="top-500", year=2024, as_of=dt.date(2024, 12, 31), ref="off-1")
    register = register_of("ranked_firms")
    bad = [
        {"title": "甲", "ref": "off-1", "owner": "firm-nobody", "ranking": "off-1", "rank": 1},
        {"title": "乙", "ref": "x", "owner": "firm-jicui", "ranking": "off-1", "rank": 0},
    ]
    decision = bulk.decide(register, list(enumerate(bad, 2)), (), op)
    assert {(p.row, p.code) for p in decision.problems} == {
        (2, "unknown_reference"),
        (2, "required"),
        (3, "out_of_range"),
    }
    twice = [{"title": "甲", "owner": "firm-jicui", "ranking": "off-1", "rank": r} for r in (1, 2)]
    assert [(p.row, p.code) for p in bulk.decide(register, list(enumerate(twice, 2)), (), op).problems] == [(3, "duplicate_row")]
    good = [{"title": o, "ref": f"off-1-{o}", "owner": o, "ranking": "off-1", "rank": r} for o, r in (("firm-jicui", 1), ("firm-chiyu", 1))]
    bulk.import_rows(register, good, op, "名单")
    with pytest.raises(Refused) as refusal:
        run("rankings", "accept_list")(by=op, record=made.uid)
    assert codes(refusal) == {"no_source"}
    run("rankings", "change")(by=op, record=made.uid, source="省科技厅公告")
    with pytest.raises(Refused) as refusal:
        run("rankings", "accept_list")(by=op, record=made.uid)
    assert codes(refusal) == {"rank_twice"}
    bulk.import_rows(register, [{**g, "tied": True} for g in good], op, "名单")
    bulk.import_rows(
        register, [{**g, "ref": f"other-{n}", "tied": True} for n, g in enumerate(good)], op, "名单"
    )  # another key, the same rows
    assert run("rankings", "accept_list")(by=op, record=made.uid).listed == 2


def incubator(op, **more):
    return run("incubators", "create")(by=op, title="示例孵化器", owner="firm-chiyu", kind="incubator", ref="fh-t", **more)


def test_an_incubator_its_tenants_services_and_rule(actor, op):
    made = incubator(op, space=Decimal(20000), tenant_space=Decimal(15000), staff=10, professional_staff=8)
    tenant = run("tenants", "create")(by=actor("jicui"), incubator="fh-t", entered_on=dt.date(2024, 3, 1), filed_patent=True)
    with pytest.raises(Refused) as refusal:
        run("tenants", "create")(by=actor("jicui"), incubator="fh-t", entered_on=dt.date(2024, 4, 1))
    assert codes(refusal) == {"inside_already"}
    checked = run("incubators", "assess")(by=op, record=made.uid)
    outcome = {t["clause"]: t["outcome"] for t in checked.assessment["trace"]}
    assert outcome["tenant_space"] == "met" and outcome["density"] == "not_met" and outcome["legal_person"] == "unknown"
    served = run("incubator_services", "create")(
        by=actor("chiyu"), title="辅导", incubator="fh-t", firm="firm-jicui", kind="mentor", served_on=dt.date(2024, 5, 1)
    )
    run("incubator_services", "confirm")(by=actor("jicui"), record=served.uid)
    year = Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
    assert evaluate("ladder.incubation", op, year).rows.filter(pk=served.pk).exists()
    with pytest.raises(Refused) as refusal:
        run("incubators", "close")(by=op, record=made.uid, reason="停办")
    assert codes(refusal) == {"tenants_inside"}
    run("tenants", "graduate")(by=op, record=tenant.uid, on=dt.date(2024, 12, 1))
    assert Tenant.objects.get(pk=tenant.pk).outcome == "graduated"
    assert evaluate("ladder.graduates", op, year).rows.filter(pk=tenant.pk).exists()


def test_services_outside_the_stay_are_refused(actor, op):
    incubator(op)
    with pytest.raises(Refused) as refusal:
        run("incubator_services", "create")(
            by=actor("chiyu"), title="辅导", incubator="fh-t", firm="firm-jicui", kind="mentor", served_on=dt.date(2024, 5, 1)
        )
    assert codes(refusal) == {"not_inside"}


def test_consent_is_the_firms_own_or_a_numbered_paper(actor, op):
    with pytest.raises(Refused) as refusal:
        run("consents", "create")(by=op, owner="firm-jicui", purpose="profile")
    assert codes(refusal) == {"paper_needed"}
    with pytest.raises(Refused) as refusal:
        run("consents", "create")(by=actor("jicui"), purpose="points")
    assert codes(refusal) == {"required"}
    with pytest.raises(Refused):
        run("consents", "create")(by=actor("chiyu"), owner="firm-jicui", purpose="profile")
    given = run("consents", "create")(by=actor("jicui"), purpose="points", recipients=["b-01"])
    bank = firm("b-01")
    assert queries.consent_for(firm("firm-jicui"), "points", clock.today(), bank).pk == given.pk
    assert queries.consent_for(firm("firm-jicui"), "points", clock.today(), firm("b-02")) is None
    run("consents", "withdraw")(by=actor("jicui"), record=given.uid)
    assert queries.consent_for(firm("firm-jicui"), "points", clock.today(), bank) is None


def test_consents_expire_by_the_clock(actor):
    given = run("consents", "create")(by=actor("jicui"), purpose="profile", granted_on=dt.date(2024, 1, 1), valid_to=dt.date(2024, 12, 31))
    assert expire_due(clock.now()) >= 1
    assert Consent.objects.get(pk=given.pk).ended_on == dt.date(2024, 12, 31)


def test_results_are_proposed_from_a_firms_own_words_within_its_cap(actor, op):
    index.rebuild()
    given = run("consents", "create")(by=actor("jicui"), purpose="profile", cap=2)
    run("consents", "propose")(by=actor("jicui"), record=given.uid)
    rows = list(ImplicitNeed.objects.filter(consent=given.record).order_by("place"))
    assert len(rows) == 2 and all(r.reasons for r in rows) and rows[0].score >= rows[1].score
    with pytest.raises(Refused) as refusal:
        run("consents", "propose")(by=actor("jicui"), record=given.uid)
    assert codes(refusal) == {"cap_reached"}
    taken = run("implicit_needs", "accept")(by=actor("jicui"), record=rows[0].uid, answer="提高红参加工的成品率")
    assert taken.need.register == "needs" and taken.need.owner_id == firm("firm-jicui").pk
    with pytest.raises(Refused):
        run("implicit_needs", "decline")(by=actor("chiyu"), record=rows[1].uid)
    run("consents", "withdraw")(by=actor("jicui"), record=given.uid)
    assert Record.objects.get(pk=rows[1].pk).state == "recalled"
    told = queries.funnel(op)
    assert told["interested"] >= 1 and told["proposed"] >= 2


def test_pages_answer(actor, op):
    made = ranked(op)
    run("rankings", "publish")(by=op, record=made.uid)
    place = run("ladder_places", "create")(by=op, owner="firm-jicui")
    house = incubator(op)
    run("incubators", "assess")(by=op, record=house.uid)
    given = run("consents", "create")(by=actor("jicui"), purpose="profile")
    client = Client()
    assert client.get("/rankings/methods/").status_code == 200
    assert client.get(f"/rankings/{made.record.uid}/").status_code == 200
    assert client.get(f"/bodies/{firm('firm-jicui').uid}/growth/").status_code == 302
    client.force_login(User.objects.get(username="officer"))
    for path in (
        f"/bodies/{firm('firm-jicui').uid}/growth/", f"/ladder_places/{place.record.uid}/", f"/incubators/{house.record.uid}/", f"/consents/{given.record.uid}/",
        "/firm_years/", "/ranked_firms/", "/tenants/", "/incubator_services/", "/implicit_needs/", "/ranked_firms/?q=x", "/consents/new/",
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path
