"""Delegated title review: authorisations, committees, cases through each channel, combined bodies; carriers, enclaves, classes."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from django.test import Client

from trihelix.engines.codes import synthetic_credit_code
from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, clock
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.titles.actions.authorities import run_periods
from trihelix.registers.titles.channels import Votes, channels
from trihelix.registers.titles.models import CombinedBody

pytestmark = pytest.mark.django_db
SPAN = Period(None, dt.date(2026, 12, 31))
LATER = dt.datetime(2026, 12, 20, 3, tzinfo=dt.UTC)


def run(register: str, act: str):
    return register_of(register).acts[act].run


def codes(refusal) -> set[str]:
    return {p.code for p in refusal.value.problems}


def authorised(op, firm: str = "firm-jicui", **values):
    made = run("title_authorisations", "create")(
        by=op, owner=firm, title="自主评审授权", **{"series": ["engineering"], "levels": ["intermediate", "associate_senior"], **values}
    )
    run("title_authorisations", "authorise")(
        by=op, record=made.uid, number_given=f"SQ-{firm}", valid_from=dt.date(2026, 1, 1), valid_to=dt.date(2027, 12, 31)
    )
    return made


def committee(op, owner: str = "g-hrss", **values):
    given = {"title": "工程系列评委会", "series": "engineering", "levels": ["intermediate", "associate_senior", "senior"], "size": 15}
    made = run("review_committees", "create")(by=op, owner=owner, **{**given, **values})
    run("review_committees", "approve")(by=op, record=made.uid, filing_number="PW-1", valid_to=dt.date(2027, 12, 31))
    return made


@pytest.fixture
def office(op):
    """A provincial body that can own a committee."""
    run("bodies", "create")(by=op, ref="g-hrss", title="示例人才评价中心（演示）", kind="government")
    return committee(op)


def case(by, **values):
    given = {
        "title": "工程系列副高级申报", "channel": "ordinary", "applicant_name": "示例甲", "year": 2026, "series": "engineering", "speciality": "机械设计", "level": "associate_senior",
        "works": [{"name": "干燥装备", "kind": "专利"}],
    }  # fmt: skip
    return run("title_cases", "create")(by=by, **{**given, **values})


def reload(entry):
    entry.refresh_from_db()
    entry.record.refresh_from_db()
    return entry


def test_a_vote_carries_by_shares():
    rule = Votes(Fraction(2, 3), Fraction(2, 3))
    assert rule.passed(15, 9, 9) is None
    assert rule.passed(15, 10, 6) is False
    assert rule.passed(15, 10, 7) is True
    assert rule.passed(15, 12, 8) is True


def test_authorised_firms_are_distinct_and_valid_on_the_day(op):
    before = evaluate("titles.authorised_firms", op, SPAN).raw()
    first = authorised(op)
    authorised(op, series=["agriculture"])
    assert evaluate("titles.authorised_firms", op, SPAN).raw() == before + 1
    assert evaluate("titles.authorised_firms", op, SPAN, series="agriculture").raw() >= 1
    with pytest.raises(Refused) as refused:
        run("title_authorisations", "create")(by=op, owner="jlu", title="高校", series=["engineering"], levels=["senior"])
    assert codes(refused) == {"not_a_firm"}
    for n in (1, 2):
        paper = Record.objects.filter(register="title_authorisations", owner=first.record.owner, state="valid").first()
        run("title_authorisations", "revoke")(by=op, record=paper.uid, reason="评审不规范")
        assert evaluate("titles.authorised_firms", op, Period(None, clock.today())).raw() == before + (1 if n == 1 else 0)
    assert evaluate("titles.authorised_firms", op, Period(None, dt.date(2026, 2, 1))).raw() == before + 1


def test_a_firms_committee_stays_within_its_authorisation(op):
    paper = authorised(op)
    for change, code in (
        ({}, "authorisation_missing"), ({"authorisation": paper.number, "series": "health"}, "series_not_authorised"),
        ({"authorisation": paper.number, "levels": ["senior"]}, "level_not_authorised"), ({"authorisation": paper.number, "size": 4}, "committee_size"),
        ({"authorisation": paper.number, "owner": "firm-chiyu"}, "other_firm"),
    ):  # fmt: skip
        given = {"owner": "firm-jicui", "title": "企业评委会", "series": "engineering", "levels": ["intermediate"], "size": 7}
        with pytest.raises(Refused) as refused:
            run("review_committees", "create")(by=op, **{**given, **change})
        assert codes(refused) == {code}, change
    made = run("review_committees", "create")(by=op, **{**given, "authorisation": paper.number})
    with pytest.raises(Refused) as refused:
        run("review_committees", "approve")(by=op, record=made.uid, filing_number="PW-2", valid_to=dt.date(2028, 12, 31))
    assert codes(refused) == {"beyond_authorisation"}


def finish(op, made, reviewer, agreed: int = 12, attended: int = 15, certificate: str = "JL-0001"):
    run("title_cases", "review")(by=reviewer, record=made.uid, attended=attended, agreed=agreed, conclusion="评议", defence=True)
    if reload(made).state == "failed":
        return
    run("title_cases", "announce")(by=op, record=made.uid)
    with pytest.raises(Refused) as refused:
        run("title_cases", "grant")(by=op, record=made.uid, certificate_no=certificate)
    assert codes(refused) == {"notice_runs"}
    run("title_cases", "grant")(by=op, record=made.uid, certificate_no=certificate, now=LATER)


def test_ordinary_channel_from_filing_to_grant(actor, op, office):
    firm, before = actor("jicui"), evaluate("titles.cases", op, SPAN, channel="ordinary").raw()
    made = case(firm)
    run("title_cases", "submit")(by=firm, record=made.uid)
    assert reload(made).state == "unit_check"
    with pytest.raises(Refused) as refused:
        run("title_cases", "pass_unit")(by=firm, record=made.uid, originals_checked=False)
    assert codes(refused) == {"originals_unchecked"}
    run("title_cases", "pass_unit")(by=firm, record=made.uid, originals_checked=True, unit_notice_from=dt.date(2026, 11, 20))
    assert reload(made).unit_notice_to == dt.date(2026, 11, 27)  # five working days over a weekend
    with pytest.raises(Refused) as refused:
        run("title_cases", "end_notice")(by=firm, record=made.uid, now=dt.datetime(2026, 11, 27, 3, tzinfo=dt.UTC))
    assert codes(refused) == {"notice_runs"}
    run("title_cases", "end_notice")(by=firm, record=made.uid, now=dt.datetime(2026, 11, 28, 3, tzinfo=dt.UTC))
    run("title_cases", "pass_upward")(by=op, record=made.uid)
    assert reload(made).committee == office.record
    with pytest.raises(Refused) as refused:
        run("title_cases", "review")(by=op, record=made.uid, attended=9, agreed=9, conclusion="评议")
    assert codes(refused) == {"quorum"}
    finish(op, made, op)
    assert reload(made).state == "granted"
    assert evaluate("titles.cases", op, SPAN, channel="ordinary").raw() == before + 1
    again = case(firm)
    with pytest.raises(Refused) as refused:
        run("title_cases", "submit")(by=firm, record=again.uid)
    assert codes(refused) == {"already_filed"}


def test_social_channel_needs_a_firm_and_a_senior_level_and_skips_the_unit(actor, op, office):
    firm = actor("jicui")
    with pytest.raises(Refused) as refused:
        case(firm, channel="social", level="intermediate")
    assert codes(refused) == {"channel_level"}
    with pytest.raises(Refused) as refused:
        case(op, owner="jlu", channel="social")
    assert codes(refused) == {"channel_employer"}
    made = case(firm, channel="social")
    run("title_cases", "submit")(by=firm, record=made.uid)
    assert reload(made).state == "upward_check"
    run("title_cases", "pass_upward")(by=op, record=made.uid)
    finish(op, made, op, agreed=9)
    assert made.state == "failed"


def test_direct_channel_needs_the_recognition_and_goes_to_the_firms_own_committee(actor, op, office):
    firm = actor("jicui")
    with pytest.raises(Refused) as refused:
        case(firm, channel="direct")
    assert codes(refused) == {"recognition_missing"}
    run("recognitions", "create")(
        by=op,
        owner="firm-jicui",
        title="专精特新中小企业",
        title_kind="specialised-sme",
        valid_from=dt.date(2025, 1, 1),
        valid_to=dt.date(2027, 12, 31),
    )
    own = committee(op, owner="firm-jicui", levels=["associate_senior"], authorisation=authorised(op).number)
    made = case(firm, channel="direct")
    run("title_cases", "submit")(by=firm, record=made.uid)
    run("title_cases", "pass_unit")(by=firm, record=made.uid, originals_checked=True, unit_notice_from=dt.date(2026, 11, 2))
    run("title_cases", "end_notice")(by=firm, record=made.uid)
    assert (reload(made).state, made.committee) == ("routed", own.record)
    finish(op, made, firm, certificate="JL-0002")
    assert reload(made).state == "granted"


def test_another_firms_committee_takes_no_case(actor, op):
    committee(op, owner="firm-jicui", levels=["associate_senior"], authorisation=authorised(op).number)
    made = case(op, owner="firm-chiyu", channel="social")
    run("title_cases", "submit")(by=op, record=made.uid)
    with pytest.raises(Refused) as refused:
        run("title_cases", "pass_upward")(by=op, record=made.uid)
    assert codes(refused) == {"no_committee"}


def test_a_named_objection_stops_the_grant(actor, op, office):
    made = case(actor("jicui"), channel="social")
    run("title_cases", "submit")(by=op, record=made.uid)
    run("title_cases", "pass_upward")(by=op, record=made.uid)
    run("title_cases", "review")(by=op, record=made.uid, attended=15, agreed=12, conclusion="评议")
    run("title_cases", "announce")(by=op, record=made.uid)
    with pytest.raises(Refused):
        run("title_cases", "object")(by=actor("chiyu"), record=made.uid, text="证书有误", reason="业绩不实")
    run("title_cases", "object")(by=actor("chiyu"), record=made.uid, objector="示例乙 0431-000", text="证书有误", reason="业绩不实")
    with pytest.raises(Refused) as refused:
        run("title_cases", "grant")(by=op, record=made.uid, certificate_no="JL-9", now=LATER)
    assert codes(refused) == {"flow"}
    run("title_cases", "settle")(by=op, record=made.uid, upheld=True, finding="属实")
    assert reload(made).state == "failed"


def test_names_stay_with_the_case(actor, op, office):
    made = case(actor("jicui"), channel="social")
    run("title_cases", "submit")(by=op, record=made.uid)
    run("title_cases", "pass_upward")(by=op, record=made.uid)
    run("title_cases", "review")(by=op, record=made.uid, attended=15, agreed=12, conclusion="评议")
    run("title_cases", "announce")(by=op, record=made.uid)
    client = Client()
    client.force_login(User.objects.get(username="chiyu"))
    page = client.get(f"/title_cases/{made.uid}/").content.decode()
    assert "工程系列副高级申报" in page and "示例甲" not in page and "干燥装备" not in page


def test_periods_end_by_the_clock(op):
    paper = authorised(op)
    run_periods(dt.datetime(2028, 1, 2, 3, tzinfo=dt.UTC))
    assert reload(paper).state == "expired"
    run("title_authorisations", "renew")(by=op, record=paper.uid, valid_to=dt.date(2030, 12, 31))
    assert reload(paper).state == "valid" and len(paper.periods) == 2


def test_fourteen_thousand_bodies_import_in_bounded_queries_and_count_distinct(op, django_assert_max_num_queries):
    before = evaluate("titles.combined_bodies", op, SPAN).raw()
    seed = 50_000
    rows = [
        {"ref": f"PJ-{i}", "title": f"示例单位{i}（演示）", "credit_code": synthetic_credit_code(seed + i, "220100", "12"), "kind": "public", "since": dt.date(2021, 9, 1)}
        for i in range(14_032)
    ]  # fmt: skip
    with django_assert_max_num_queries(600):  # about forty for each thousand rows
        bulk.import_rows(register_of("combined_bodies"), rows, op)
    assert evaluate("titles.combined_bodies", op, SPAN).raw() == before + 14_032
    again = {k: v for k, v in rows[0].items() if k != "ref"} | {"title": "更名后的单位（演示）"}
    bulk.import_rows(register_of("combined_bodies"), [again], op)  # found by its credit code
    assert CombinedBody.objects.get(record__ref="PJ-0").record.title == "更名后的单位（演示）"
    assert evaluate("titles.combined_bodies", op, SPAN).raw() == before + 14_032
    one = CombinedBody.objects.get(record__ref="PJ-1")
    run("combined_bodies", "end")(by=op, record=one.record, reason="撤并")
    assert evaluate("titles.combined_bodies", op, SPAN).raw() == before + 14_031
    with pytest.raises(Refused) as refused:
        run("combined_bodies", "create")(by=op, title="重复", credit_code=rows[2]["credit_code"], since=dt.date(2022, 1, 1))
    assert codes(refused) == {"already_listed"}


def base(by, **values):
    given = {
        "title": "集翠博士后创新实践基地",
        "kind": "practice_base",
        "has_rd_unit": True,
        "has_supervisors": True,
        "has_plan": True,
        "has_living": True,
    }
    return run("talent_carriers", "create")(by=by, **{**given, **values})


def test_practice_bases_meet_five_conditions_and_universities_are_out(actor, op):
    firm = actor("jicui")
    with pytest.raises(Refused) as refused:
        base(op, owner="jlu")
    assert codes(refused) == {"host_kind"}
    for name in ("has_rd_unit", "has_supervisors", "has_plan", "has_living"):
        made = base(firm, **{name: False})
        with pytest.raises(Refused) as refused:
            run("talent_carriers", "submit")(by=firm, record=made.uid)
        assert codes(refused) == {"condition_missing"}


def test_a_base_becomes_a_workstation_and_both_count_on_their_days(actor, op):
    def count(kind: str, day: dt.date) -> int:
        return evaluate("titles.carriers", op, Period(None, day), kind=kind).raw()

    march, later = dt.date(2026, 3, 1), dt.date(2026, 12, 31)
    before = {(k, d): count(k, d) for k in ("practice_base", "workstation", "workstation,practice_base") for d in (march, later)}
    made = base(actor("jicui"))
    run("talent_carriers", "submit")(by=op, record=made.uid)
    run("talent_carriers", "recognise")(by=op, record=made.uid, recognised_on=dt.date(2025, 6, 1))
    run("talent_carriers", "upgrade")(by=op, record=made.uid, doc_number="人社部函〔2026〕8号", recognised_on=dt.date(2026, 9, 1))
    grown = {key: count(*key) - value for key, value in before.items()}
    assert grown == {
        ("practice_base", march): 1, ("workstation", march): 0, ("workstation,practice_base", march): 1,
        ("practice_base", later): 0, ("workstation", later): 1, ("workstation,practice_base", later): 1,
    }  # fmt: skip


def test_levels_of_skill_bases_and_studios(op):
    before = [evaluate("titles.carriers", op, SPAN, **p).raw() for p in ({"kind": "skill_base", "level": "national"}, {"kind": "studio"})]
    rows = [
        {"ref": f"SB-{i}", "title": f"基地{i}", "owner": "firm-jicui", "kind": kind, "level": level, "recognised_on": dt.date(2023, 1, 1), "leader": "示例丙"}
        for i, (kind, level) in enumerate((("skill_base", "national"), ("skill_base", "provincial"), ("studio", "national"), ("studio", "provincial")))
    ]  # fmt: skip
    bulk.import_rows(register_of("talent_carriers"), rows, op)
    after = [evaluate("titles.carriers", op, SPAN, **p).raw() for p in ({"kind": "skill_base", "level": "national"}, {"kind": "studio"})]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 2]


def test_a_training_base_has_two_sides(op):
    made = run("talent_carriers", "create")(by=op, owner="u-tcm", title="实训基地", kind="training_base")
    with pytest.raises(Refused) as refused:
        run("talent_carriers", "submit")(by=op, record=made.uid)
    assert codes(refused) == {"two_sides"}
    run("talent_carriers", "change")(by=op, record=made.uid, partners=["firm-jicui"])
    run("talent_carriers", "submit")(by=op, record=made.uid)


def test_years_enclaves_and_classes(actor, op):
    made = base(actor("jicui"))
    run("talent_carriers", "submit")(by=op, record=made.uid)
    run("talent_carriers", "recognise")(by=op, record=made.uid, recognised_on=dt.date(2025, 6, 1))
    span = Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    before = evaluate("titles.entered", op, span).raw()
    year = run("carrier_years", "create")(by=actor("jicui"), carrier=made.number, title="2025", year=2025, entered=2, left=1)
    run("carrier_years", "submit")(by=actor("jicui"), record=year.uid)
    run("carrier_years", "accept")(by=op, record=year.uid)
    assert evaluate("titles.entered", op, span).raw() == before + 2
    with pytest.raises(Refused) as refused:
        run("carrier_years", "create")(by=op, carrier=made.number, title="又", year=2025)
    assert codes(refused) == {"year_taken"}

    open_before = evaluate("titles.enclaves", op, SPAN).raw()
    place = run("talent_enclaves", "create")(by=op, owner="firm-jicui", title="北京飞地", host_place="北京市海淀区", services=["项目对接"])
    run("talent_enclaves", "open")(by=op, record=place.uid)
    run("talent_enclaves", "engage")(by=op, record=place.uid, people=[{"name": "示例丁", "since": dt.date(2026, 1, 1)}])
    assert evaluate("titles.enclaves", op, SPAN).raw() == open_before + 1 and reload(place).people[0]["name"] == "示例丁"

    classes = evaluate("titles.graded", op, SPAN, talent_class="D").raw()
    asked = run("talent_grades", "create")(by=actor("jicui"), title="人才分类认定", person_name="示例戊", talent_class="D")
    run("talent_grades", "grade")(by=op, record=asked.uid, issuer="示例市人社局", standard="3.0")
    assert evaluate("titles.graded", op, SPAN, talent_class="D").raw() == classes + 1


def test_channels_are_data():
    assert [(c.id, c.unit_check, c.upward_check) for c in channels().values()] == [
        ("ordinary", True, True),
        ("social", False, True),
        ("direct", True, False),
    ]
    assert channels()["direct"].unverified


def test_the_course_of_a_case_is_written_by_its_acts_only(actor, op, office):
    firm = actor("jicui")
    with pytest.raises(Refused) as refused:
        case(firm, attended=15, agreed=15)
    assert codes(refused) == {"by_course"}
    made = case(firm, channel="social")
    run("title_cases", "submit")(by=firm, record=made.uid)
    run("title_cases", "pass_upward")(by=op, record=made.uid)
    run("title_cases", "send_back")(by=op, record=made.uid, reason="材料不全")
    assert reload(made).committee is None and not made.record.participants.filter(role="committee", until=None).exists()
    run("title_cases", "change")(by=firm, record=made.uid, speciality="食品机械")
    with pytest.raises(Refused) as refused:
        run("title_cases", "change")(by=firm, record=made.uid, granted_on=dt.date(2026, 1, 1))
    assert codes(refused) == {"by_course"}
    run("title_cases", "submit")(by=firm, record=made.uid)
    run("title_cases", "pass_upward")(by=op, record=made.uid)
    assert reload(made).committee == office.record


def test_titles_granted_earlier_come_in_by_sheet(op, actor):
    row = {
        "ref": "old-1", "title": "工程系列", "owner": "firm-jicui", "channel": "ordinary", "applicant_name": "示例辛", "year": 2024, "series": "engineering", "level": "intermediate",
        "granted_on": dt.date(2024, 11, 1), "certificate_no": "JL-2024-9",
    }  # fmt: skip
    before = evaluate("titles.cases", op, Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))).raw()
    bulk.import_rows(register_of("title_cases"), [row], op)
    assert evaluate("titles.cases", op, Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))).raw() == before + 1
    with pytest.raises(Refused) as refused:
        bulk.import_rows(register_of("title_cases"), [{**row, "ref": "old-2", "certificate_no": "JL-2024-10"}], actor("jicui"))
    assert codes(refused) == {"by_course"}
