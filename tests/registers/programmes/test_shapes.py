"""The other intake shapes and the status schemes, each from intake to its end, by acts."""

from __future__ import annotations

import datetime as dt

import pytest

from trihelix.engines.codes import synthetic_credit_code
from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.programmes import figures
from trihelix.registers.programmes.models import PayIn, Project, SubsidyRow
from trihelix.registers.programmes.queries import review_context, strike_log

pytestmark = pytest.mark.django_db
WAN = 1_000_000
NOW = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=30)
BASE = {
    "summary": "摘要", "goals": "目标与内容", "term_months": 24, "honest": True, "indicators": [{"name": "损耗", "target": "0.5"}], "requested": 50,
    "budget": {"设备费": {"public": 20}, "业务费": {"public": 30, "own": 50}},
}  # fmt: skip


def do(register, act, by, record=None, now=NOW, **values):
    return register_of(register).acts[act].run(by=by, now=now, **({"record": record} if record is not None else {}), **values)


@pytest.fixture(autouse=True)
def day(monkeypatch):
    held = [NOW.date()]
    monkeypatch.setattr(clock, "today", lambda: held[0])
    return held


def code_of(call):
    with pytest.raises(Refused) as caught:
        call()
    return [p.code for p in caught.value.problems]


def fresh(entry):
    return type(entry).objects.get(pk=entry.pk)


def opened(actor, scheme, **more):
    officer = actor("officer")
    made = do("calls", "create", officer, title=f"{scheme} 通知", scheme=scheme, year=2026, **more)
    do("calls", "approve", officer, made)
    do("calls", "publish", officer, made)
    return made


def applied(actor, who, call, answers, **more):
    made = do("applications", "create", actor(who), title="示例申报", call=call.number, **more)
    do("applications", "save", actor(who), made, answers=answers)
    return made


def through(actor, who, case, call, day, grant=None):
    """Every step that waits, whoever it waits for, up to the award."""
    officer = actor("officer")
    steps = {
        "unit_check": ("unit_approve", actor(who), {}), "recommendation": ("recommend", officer, {}), "form_check": ("form_pass", officer, {}),
        "screening": ("screen_pass", officer, {"similar_read": True}), "review": ("review_done", SYSTEM, {"score": 80, "rank": 1}),
        "site_visit": ("visit_done", officer, {"note": "属实"}), "decision": ("decide", officer, {"outcome": "award", "note": "同意", **({"grant_wan": grant} if grant is not None else {})}),
    }  # fmt: skip
    for _ in range(12):
        state = fresh(case).state
        if state in steps:
            act, by, values = steps[state]
            do("applications", act, by, case, **values)
        elif state == "pending":
            do("calls", "announce", officer, call)
        elif state == "publicity":
            day[0] = LATER.date()
            do("applications", "award", officer, case, now=LATER)
        else:
            break
    assert fresh(case).state == "awarded", fresh(case).state
    return Project.objects.get(application=case.record)


def test_open_bid_pays_the_demand_party(actor, day):
    officer, firm, taker = actor("officer"), actor("chiyu"), actor("ciomp-teacher")
    call = opened(actor, "open-bid")
    board = do(
        "boards",
        "create",
        firm,
        title="低损耗封装",
        problem="损耗偏高",
        indicators=[{"name": "损耗", "target": "0.5"}],
        amount_wan=800 * WAN,
        ownership="shared",
        deadline=dt.date(2028, 1, 1),
        call=call.number,
        variant="military_order",
    )
    for act, by, values in (
        ("submit", firm, {}),
        ("screen", officer, {}),
        ("argue", officer, {"note": "可行"}),
        ("list", officer, {}),
        ("post", officer, {"batch": 5}),
    ):
        do("boards", act, by, board, **values)
    assert fresh(board).scheme_version == "2023"
    assert code_of(lambda: do("boards", "register_interest", firm, board)) == ["affiliated"]
    do("boards", "register_interest", taker, board)
    body = Record.objects.get(pk=next(iter(taker.bodies)))
    assert code_of(lambda: do("boards", "choose_taker", firm, board, taker="firm-jicui", note="x")) == ["no_interest"]
    do("boards", "choose_taker", firm, board, taker=body.ref, note="论证并经办公会同意", contract_number="HT-1")
    do("boards", "hand_over", firm, board)
    from trihelix.registers.programmes.models import Application

    case = Application.objects.get(board=board.record)
    answers = {**BASE, "total": 800, "owed_to_taker": 150, "subsidy_kind": "pre"}
    do("applications", "save", firm, case, answers=answers)
    assert code_of(lambda: do("applications", "submit", firm, case)) == ["owed_to_taker_share"]
    do("applications", "save", firm, case, answers={"owed_to_taker": 400})
    do("applications", "submit", firm, case)
    project = through(actor, "chiyu", case, call, day)
    assert project.approved_fen == 225 * WAN and fresh(case).grant_won == "formula"
    assert (
        project.payee_id == board.record.owner_id
        and project.taker_id == body.pk
        and project.scheme_version == "2023"
        and project.variant == "military_order"
    )
    do("projects", "draft_instrument", officer, project, now=LATER)
    assert fresh(project).instrument["kind"] == "military_order"
    from trihelix.registers.programmes.actions.projects import instrument_docx

    assert instrument_docx(fresh(project))[:2] == b"PK"
    for role, by in (("demand", firm), ("taker", taker), ("leader", firm), ("department", officer)):
        do("projects", "sign", by, project, as_role=role, name="签", now=LATER)
    assert fresh(project).state == "running" and fresh(project).allotted_fen == 225 * WAN // 2


def test_joint_fund_starts_from_a_signed_agreement(actor, day):
    officer = actor("officer")
    made = do(
        "fund_agreements",
        "create",
        officer,
        title="省企联合基金",
        partner="firm-chiyu",
        kind="firm",
        starts_on=dt.date(2026, 1, 1),
        ends_on=dt.date(2028, 12, 31),
        yearly_province_wan=100 * WAN,
        yearly_partner_wan=200 * WAN,
    )
    call = do("calls", "create", officer, title="联合基金", scheme="joint-fund", year=2026, agreement=made.number)
    do("calls", "approve", officer, call)
    assert code_of(lambda: do("calls", "publish", officer, call)) == ["agreement_not_signed"]
    do("fund_agreements", "sign", officer, made)
    assert PayIn.objects.filter(agreement=made.record).count() == 6
    do("fund_agreements", "receive", actor("finance"), made, party="partner", year=2026, amount_wan=150 * WAN)
    assert code_of(lambda: do("fund_agreements", "receive", actor("finance"), made, party="partner", year=2026, amount_wan=51 * WAN)) == [
        "over_due"
    ]
    do("calls", "publish", officer, call)
    case = applied(actor, "utcm-office", call, {**BASE, "partner_part": 30}, class_id="firm")
    do("applications", "submit", actor("utcm-office"), case)
    project = through(actor, "utcm-office", case, call, day)
    assert (project.approved_fen, project.partner_fen, project.class_id) == (50 * WAN, 30 * WAN, "firm")
    found = evaluate("programmes.projects", officer, Period(dt.date(2023, 1, 1), LATER.date()), scheme="joint-fund", class_id="firm")
    assert found.raw() == 1
    assert evaluate("programmes.approved", officer, Period(None, LATER.date()), scheme="joint-fund").raw() == 50 * WAN


def test_a_list_without_applicants(actor, day):
    officer, finance = actor("officer"), actor("finance")
    made = do("subsidy_lists", "create", officer, title="2026 引导计划", scheme="rd-subsidy", year=2026)
    codes = [synthetic_credit_code(9000 + i, "220101", "91") for i in range(4)]
    tax = [
        {"credit_code": c, "name": f"示例{i}", "rd_last": v, "rd_before": 100, "tax_arrears": 0}
        for i, (c, v) in enumerate(zip(codes, (300, 600, 90, 400), strict=True))
    ]
    do("subsidy_lists", "supply", officer, made, agency="tax", rows=tax, source="税务局 2026-03")
    assert code_of(lambda: do("subsidy_lists", "supply", officer, made, agency="tax", rows=[{"credit_code": "x"}], source="x"))
    assert code_of(lambda: do("subsidy_lists", "compute", officer, made)) == ["data_missing"]
    for agency, column, bad in (("science", "dishonest", codes[3]), ("finance", "fiscal_breach", None), ("market", "abnormal", None)):
        do(
            "subsidy_lists",
            "supply",
            officer,
            made,
            agency=agency,
            rows=[{"credit_code": c, column: int(c == bad)} for c in codes],
            source=agency,
        )
    do(
        "subsidy_lists",
        "supply",
        officer,
        made,
        agency="statistics",
        rows=[{"credit_code": c, "large": int(c == codes[1]), "rd_reported": 1} for c in codes],
        source="统计局",
    )
    do("subsidy_lists", "compute", officer, made)
    assert {r.credit_code: r.grant_fen for r in SubsidyRow.objects.filter(list=made.record, struck_by="")} == {
        codes[0]: 6 * WAN,
        codes[1]: 18 * WAN,
    }
    assert sorted((x["agency"], x["reason"]) for x in strike_log(made.record)) == [("science", "科研失信"), ("tax", "按规则计算为零")]
    first = fresh(made).digest
    do("subsidy_lists", "compute", officer, made)
    assert fresh(made).digest == first
    do("subsidy_lists", "publish", officer, made)
    assert code_of(lambda: do("subsidy_lists", "approve", officer, made)) == ["publicity_over"]
    day[0] = LATER.date()
    do("subsidy_lists", "approve", officer, made, now=LATER)
    do("subsidy_lists", "pay", finance, made, now=LATER)
    assert fresh(made).paid_fen == 24 * WAN
    period = Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert (evaluate("programmes.subsidy_firms", officer, period).raw(), evaluate("programmes.subsidy_paid", officer, period).raw()) == (
        2,
        24 * WAN,
    )


def test_a_voucher_is_claimed_and_capped_by_the_year(actor, day):
    call = opened(actor, "voucher")
    answers = {
        "service": "检测",
        "service_kind": "testing",
        "paid_service": 20,
        "requested": 20,
        "invoice": "1",
        "provider_confirmed": True,
        "is_incubated": False,
    }
    firm, officer = actor("chiyu"), actor("officer")
    grants = []
    for _ in range(2):
        case = applied(actor, "chiyu", call, answers, provider="ciomp")
        do("applications", "submit", firm, case)
        do("applications", "form_pass", officer, case)
        do("applications", "screen_pass", officer, case, similar_read=True)
        grants.append((fresh(case).grant_fen, fresh(case).grant_won, fresh(case).state))
    assert grants == [(16 * WAN, "formula", "awarded"), (4 * WAN, "yearly", "awarded")]
    same = applied(actor, "chiyu", call, answers, provider="firm-chiyu")
    assert code_of(lambda: do("applications", "submit", firm, same)) == ["affiliated"]
    project = Project.objects.filter(scheme="voucher").order_by("pk").first()
    do("projects", "start_paying", officer, project)
    assert fresh(project).allotted_fen == 16 * WAN


def test_a_status_is_recognised_graded_and_removed(actor, day):
    call = opened(actor, "pilot-base")
    answers = {"summary": "自评报告", "requested": 30}
    case = applied(actor, "ciomp-teacher", call, answers, class_id="pilot")
    do("applications", "submit", actor("ciomp-teacher"), case)
    project = through(actor, "ciomp-teacher", case, call, day)
    officer = actor("officer")
    do("projects", "recognise", officer, project, now=LATER)
    assert fresh(project).state == "recognised" and fresh(project).valid_to == dt.date(2029, 4, 1)
    assert code_of(lambda: do("projects", "evaluate", officer, project, grade="一般", now=LATER)) == ["unknown_grade"]
    do("projects", "evaluate", officer, project, grade="良好", now=LATER)
    do("projects", "evaluate", officer, project, grade="不合格", now=LATER)
    assert fresh(project).state == "status_rectify"
    do("projects", "evaluate", officer, project, grade="不合格", now=LATER)
    assert fresh(project).state == "removed"


def test_an_award_founds_its_platform_once_and_both_name_each_other(actor, day):
    from trihelix.kernel.action import Run
    from trihelix.kernel.models import JournalEntry, Link
    from trihelix.registers.figures import thread
    from trihelix.registers.platforms.models import Platform
    from trihelix.registers.programmes.actions import founding

    call = opened(actor, "pilot-base")
    case = applied(actor, "ciomp-teacher", call, {"summary": "自评报告", "requested": 30}, class_id="concept")
    do("applications", "submit", actor("ciomp-teacher"), case)
    project = through(actor, "ciomp-teacher", case, call, day)
    made = Platform.objects.get(project=project.record)
    assert (made.kind, made.record.state, made.record.owner, made.record.visibility) == (
        "proof_of_concept", "building", project.record.owner, "public",
    )  # fmt: skip
    assert made.build_until == dt.date(2027, 4, 1) and made.record.number
    assert Link.objects.filter(source=made.record, target=project.record, kind="award").count() == 1
    assert JournalEntry.objects.filter(record=made.record, action="platforms.found").count() == 1
    officer = actor("officer")
    for one, other in ((made.record, project.record), (project.record, made.record)):
        assert other.pk in thread.collect(one, officer)[0]
    run = Run.__new__(Run)
    run.record = project.record
    founding.found_platform(run, project)  # asked again: nothing more
    assert Platform.objects.filter(project=project.record).count() == 1


def test_every_founding_names_a_scheme_a_class_and_a_kind_that_there_are(db):
    from trihelix.kernel.register import REGISTERS
    from trihelix.registers.platforms.awards import foundings
    from trihelix.registers.programmes.queries import scheme_book

    known = scheme_book().schemes
    for name, told in foundings().items():
        assert name in known, name
        assert set(told.classes) <= {c.id for s in known[name] for c in s.classes}, name
        kinds = REGISTERS[told.register].column("kind").choices
        assert {told.kind, *told.classes.values()} - {""} <= set(kinds), name


def test_concept_first_then_the_full_form_with_data_carried_over(actor, day):
    call = opened(actor, "innovation-centre")
    office, officer = actor("utcm-office"), actor("officer")
    case = applied(actor, "utcm-office", call, {"summary": "建设意向"}, class_id="special")
    assert code_of(lambda: do("applications", "save", office, case, answers={"goals": "x"})) == ["unknown_field"]
    do("applications", "submit", office, case)
    for act, by in (("unit_approve", office), ("recommend", office), ("form_pass", officer)):
        do("applications", act, by, case)
    do("applications", "review_done", SYSTEM, case, score=90, rank=1)
    do("applications", "visit_done", officer, case, note="已看")
    assert code_of(lambda: do("applications", "decide", officer, case, outcome="award", note="x")) == ["concept"]
    do("applications", "invite_full", officer, case)
    assert fresh(case).answers["summary"] == "建设意向" and fresh(case).state == "draft"
    do("applications", "save", office, case, answers={"goals": "目标"})
    do("applications", "submit", office, case)
    project = through(actor, "utcm-office", case, call, day)
    do("projects", "recognise", officer, project, now=LATER)
    assert fresh(project).state == "building"


def test_the_fund_and_its_growth(actor):
    for year, wan in ((2035, 122500), (2036, 152900)):
        do("budget_lines", "create", actor("finance"), title=f"{year} 专项资金", kind="fund", year=year, amount_wan=wan * WAN)
    period = Period(None, dt.date(2036, 5, 28))
    assert figures.fund(actor("officer"), period).raw() == 152900 * WAN
    assert round(float(figures.fund_growth(actor("officer"), period)) * 100, 1) == 24.8


def test_the_review_gets_its_rules_and_items(actor, day):
    call = opened(actor, "natural-fund")
    case = applied(actor, "utcm-office", call, {**BASE, "requested": 8}, class_id="young")
    for act, by in (("submit", "utcm-office"), ("unit_approve", "utcm-office"), ("recommend", "utcm-office"), ("form_pass", "officer")):
        do("applications", act, actor(by), case)
    do("applications", "screen_pass", actor("officer"), case, similar_read=True)
    context = review_context(call.record, actor("officer"))
    assert context["panel"] == 7 and context["items"] == [case.record] and context["sheet"]["groups"]
