"""Every mechanism of the reform: what it asks, what it refuses, what it computes."""

from __future__ import annotations

import datetime as dt

import pytest

from trihelix.engines.errors import Refused
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.register import register_of
from trihelix.registers.inventions.models import Invention

pytestmark = pytest.mark.django_db
WAN = 1_000_000
DAY = dt.timedelta(days=1)
START = dt.date(2026, 1, 5)


def run(register: str, act: str, **values):
    return register_of(register).acts[act].run(**values)


def moment(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 4, tzinfo=dt.UTC)


def code(call) -> set[str]:
    with pytest.raises(Refused) as refusal:
        call()
    return {p.code for p in refusal.value.problems}


@pytest.fixture
def office(actor):
    return actor("utcm-office")


@pytest.fixture
def result(office):
    return make(office)


def make(office, registered=START, **more):
    values = {
        "title": "成果",
        "kind": "patent",
        "completers": [{"name": "甲", "ratio": "0.6"}, {"name": "乙", "ratio": "0.2"}, {"name": "丙", "ratio": "0.2"}],
    }
    made = run("inventions", "create", by=office, **{**values, "granted_on": dt.date(2025, 6, 1), **more})
    run("inventions", "disclose", by=office, record=made.uid, now=moment(registered))
    return run("inventions", "claim", by=office, record=made.uid, minutes="校办〔2026〕1号", now=moment(registered))


def through(register, office, made, papers=(), begin=START, recused=None, wait=16):
    """Apply, check, decide, put on notice, clear; returns the day after."""
    for kind in papers:
        run(register, "add_paper", by=office, record=made.uid, kind=kind, name=kind)
    run(register, "apply", by=office, record=made.uid, now=moment(begin))
    run(register, "check", by=office, record=made.uid, now=moment(begin))
    run(register, "decide", by=office, record=made.uid, minutes="纪要", no_gain=True, recused=recused or [], now=moment(begin))
    run(register, "announce", by=office, record=made.uid, text="公示内容", now=moment(begin))
    end = begin + wait * DAY
    run(register, "clear", by=office, record=made.uid, now=moment(end))
    return end


def rights(office, result, **more):
    values = {
        "title": "赋权", "invention": result.number, "mode": "A", "receiver": "示例企业", "unit_ratio": "0.3", "consents": ["甲", "乙", "丙"],
        "owners": [{"name": "甲", "ratio": "0.5", "signs": True}, {"name": "乙", "ratio": "0.1"}, {"name": "丙", "ratio": "0.1"}],
        "income_terms": "按份", "decision_rule": "团队决定，单位十五日内不答复视为同意", "cost_bearer": "团队", "upkeep_payer": "团队", "entry_terms": "签约后三十日内",
    }  # fmt: skip
    return run("rights_grants", "create", by=office, **{**values, **more})


def test_rights_go_from_a_unanimous_application_to_the_register(office, result):
    made = rights(office, result)
    end = through("rights_grants", office, made, ["application"])
    run("rights_grants", "agree", by=office, record=made.uid, now=moment(end))
    done = run("rights_grants", "activate", by=office, record=made.uid, entered_on=end, now=moment(end))
    assert done.record.state == "active"
    assert Invention.objects.get(pk=result.pk).record.state == "rights_given"
    again = rights(office, result, title="再次赋权")
    end = through("rights_grants", office, again, ["application"], begin=end)
    run("rights_grants", "agree", by=office, record=again.uid, now=moment(end))
    assert code(lambda: run("rights_grants", "activate", by=office, record=again.uid, entered_on=end, now=moment(end))) == {"already_given"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"consents": ["甲", "乙"]}, "not_unanimous"), ({"unit_ratio": "0.4"}, "ratios_not_one"), ({"receiver": None}, "no_receiver"),
        ({"mode": "B", "use_from": START, "use_to": dt.date(2036, 1, 4)}, "use_right_short"), ({"grade": "platform"}, "platform_ip"),
        ({"grade": "commissioned"}, "firm_consent_missing"), ({"mode": "C"}, "already_granted"),
    ],
)  # fmt: skip
def test_rights_are_refused(office, result, change, expected):
    made = rights(office, result, **change)
    assert expected in code(lambda: run("rights_grants", "apply", by=office, record=made.uid, now=moment(START)))


@pytest.mark.parametrize(
    ("change", "expected"),
    [({"title_clear": False}, "unclear_title"), ({"secrecy": "security"}, "secret_result"), ({"pledged": True}, "pledged")],
)
def test_unfit_results_are_refused_for_rights(office, change, expected):
    made = rights(office, make(office, **change))
    assert expected in code(lambda: run("rights_grants", "apply", by=office, record=made.uid, now=moment(START)))


def test_a_long_term_use_right_of_ten_years_passes(office, result):
    made = rights(office, result, mode="B", use_from=START, use_to=dt.date(2036, 1, 5), receiver=None, owners=[], unit_ratio=None)
    assert through("rights_grants", office, made, ["application"])


def test_nothing_is_decided_without_its_papers(office, result):
    made = rights(office, result)
    for act in ("apply", "check"):
        run("rights_grants", act, by=office, record=made.uid, now=moment(START))
    assert code(lambda: run("rights_grants", "decide", by=office, record=made.uid, minutes="纪要", no_gain=True, now=moment(START))) == {
        "papers_missing"
    }


def use_first(office, result, **more):
    values = {"title": "先用后付", "invention": result.number, "licensee_name": "示例企业", "is_sme": True, "model": "shaanxi", "free_months": 12, "pays_from": "term", "royalty_rate": "0.05",
              "stages": [{"name": "量产", "amount_wan": 10 * WAN}]}  # fmt: skip
    return run("use_first_licences", "create", by=office, **{**values, **more})


def test_use_first_owes_50_after_a_free_year(office, result):
    run("inventions", "separate", by=office, record=result.uid, ledger_no="DL-1", minutes="纪要", now=moment(START))
    made = use_first(office, result)
    end = through("use_first_licences", office, made, ["offer"])
    run("use_first_licences", "sign", by=office, record=made.uid, now=moment(end))
    run("use_first_licences", "register", by=office, record=made.uid, contract_no="2026220100010001", now=moment(end))
    start = dt.date(2026, 2, 1)
    run("use_first_licences", "begin", by=office, record=made.uid, start=start, now=moment(start))
    assert code(lambda: run("use_first_licences", "convert", by=office, record=made.uid, now=moment(dt.date(2026, 12, 1)))) == {
        "free_time_running"
    }
    run("use_first_licences", "convert", by=office, record=made.uid, now=moment(dt.date(2027, 2, 1)))
    later = moment(dt.date(2027, 8, 2))
    run(
        "use_first_licences",
        "add_event",
        by=office,
        record=made.uid,
        voucher="S1",
        date=dt.date(2027, 8, 1),
        type="sales",
        amount_wan=800 * WAN,
        begins=dt.date(2027, 2, 1),
        ends=dt.date(2027, 7, 31),
        now=later,
    )
    run(
        "use_first_licences",
        "add_event",
        by=office,
        record=made.uid,
        voucher="S2",
        date=dt.date(2027, 8, 1),
        type="stage",
        name="量产",
        now=later,
    )
    from trihelix.registers.inventions import conditional

    entry = register_of("use_first_licences").model.objects.get(pk=made.pk)
    rows = conditional.obligations(entry, dt.date(2027, 8, 2))
    assert sum(o.amount for o in rows) == 50 * WAN
    assert code(
        lambda: run(
            "use_first_licences", "add_event", by=office, record=made.uid, voucher="S1", date=dt.date(2027, 8, 1), type="stage", now=later
        )
    ) == {"event_twice"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"is_sme": False}, "not_sme"),
        ({"in_default": True}, "licensee_in_default"),
        ({"free_months": 11}, "free_time_short"),
        ({}, "not_separately_managed"),
    ],
)
def test_use_first_is_refused(office, result, change, expected):
    made = use_first(office, result, **change)
    assert expected in code(lambda: run("use_first_licences", "apply", by=office, record=made.uid, now=moment(START)))


def test_use_first_with_a_pending_patent_is_refused(office):
    made = use_first(office, make(office, granted_on=None, kind="application"))
    assert "not_granted" in code(lambda: run("use_first_licences", "apply", by=office, record=made.uid, now=moment(START)))


def fund(office, result, **more):
    values = {"title": "先投后股", "invention": result.number, "firm": "示例光子", "holder": "示例平台", "team_firm": True, "agreed_on": START, "tranche1_wan": 100 * WAN, "tranche2_wan": 100 * WAN,
              "trigger_months": 36, "cap": "0.20", "buyback_rate": "0.03"}  # fmt: skip
    made = run("fund_first_cases", "create", by=office, **{**values, **more})
    end = through("fund_first_cases", office, made, ["due_diligence", "task_book", "clause"], wait=10)
    run("fund_first_cases", "agree", by=office, record=made.uid, agreed_on=end, now=moment(end))
    run("fund_first_cases", "fund", by=office, record=made.uid, now=moment(end))
    run("fund_first_cases", "accept_milestone", by=office, record=made.uid, on=end, now=moment(end))
    run("fund_first_cases", "fund_more", by=office, record=made.uid, now=moment(end))
    return made, end


@pytest.mark.parametrize(
    ("more", "shares", "own"), [({}, "50", "1/26"), ({"discount": "0.2"}, "62.5", "1/21"), ({"cap": "0.02"}, None, "0.02")]
)
def test_fund_first_converts_at_the_round_up_to_the_cap(office, result, more, shares, own):
    made, end = fund(office, result, **more)
    done = run(
        "fund_first_cases",
        "trigger",
        by=office,
        record=made.uid,
        date=end + DAY,
        pre_wan=4000 * WAN,
        round_wan=1000 * WAN,
        shares_before="1000",
        evidence="增资协议",
        now=moment(end + DAY),
    )
    assert done.own == own
    assert shares is None or done.shares == shares
    assert code(lambda: run("fund_first_cases", "convert", by=office, record=made.uid, now=moment(end + DAY))) == {"papers_missing"}


def test_fund_first_never_pays_the_second_tranche_before_the_milestone(office, result):
    made = run(
        "fund_first_cases",
        "create",
        by=office,
        title="先投后股",
        invention=result.number,
        firm="示例光子",
        holder="平台",
        tranche1_wan=100 * WAN,
        tranche2_wan=100 * WAN,
    )
    assert code(lambda: run("fund_first_cases", "fund_more", by=office, record=made.uid)) == {"flow"}


def test_a_concession_is_paid_down_and_out_of_income(office, result):
    made = run("concessions", "create", by=office, title="让渡", invention=result.number, team="甲团队", value_wan=500 * WAN, unit_share="0.30", price_wan=150 * WAN, down_wan=50 * WAN,
               down_on=dt.date(2026, 2, 1), income_rate="0.10")  # fmt: skip
    end = through("concessions", office, made, ["price_file"])
    assert code(lambda: run("concessions", "sign", by=office, record=made.uid, price_wan=140 * WAN, now=moment(end))) == {
        "under_noticed_price"
    }
    run("concessions", "sign", by=office, record=made.uid, now=moment(end))
    run("concessions", "enter", by=office, record=made.uid, now=moment(end))
    late = moment(dt.date(2026, 7, 1))
    run(
        "concessions",
        "add_event",
        by=office,
        record=made.uid,
        voucher="I1",
        date=dt.date(2026, 6, 30),
        type="income",
        amount_wan=400 * WAN,
        now=late,
    )
    from trihelix.registers.inventions import conditional

    entry = register_of("concessions").model.objects.get(pk=made.pk)
    assert sum(o.amount for o in conditional.obligations(entry, dt.date(2026, 7, 1))) == 90 * WAN
    assert code(lambda: run("concessions", "finish", by=office, record=made.uid, now=late)) == {"price_open"}


def head(office, **more):
    values = {
        "title": "备案",
        "person_name": "甲院长",
        "post": "院长",
        "contributor": True,
        "firm": "示例企业",
        "ratio": "0.05",
        "recusal_promise": True,
        "sign_planned_on": dt.date(2026, 3, 1),
        "term_to": dt.date(2028, 12, 31),
    }
    return run("head_holdings", "create", by=office, **{**values, **more})


def test_a_head_files_before_signing_is_locked_and_recused(office, actor):
    made, officer = head(office), actor("officer")
    run("head_holdings", "add_paper", by=office, record=made.uid, kind="form", name="表")
    run("head_holdings", "add_paper", by=office, record=made.uid, kind="promise", name="承诺")
    for act in ("apply", "check"):
        run("head_holdings", act, by=office, record=made.uid, now=moment(START))
    assert "not_recused" in code(
        lambda: run("head_holdings", "decide", by=office, record=made.uid, minutes="纪要", no_gain=True, now=moment(START))
    )
    run("head_holdings", "decide", by=office, record=made.uid, minutes="纪要", no_gain=True, recused=["甲院长"], now=moment(START))
    run("head_holdings", "announce", by=office, record=made.uid, text="公示", now=moment(START))
    end = START + 16 * DAY
    run("head_holdings", "clear", by=office, record=made.uid, now=moment(end))
    run("head_holdings", "accept", by=officer, record=made.uid, now=moment(end))
    assert code(lambda: run("head_holdings", "sign", by=office, record=made.uid, signed_on=START, now=moment(end))) & {"head_filing_late"}
    run("head_holdings", "sign", by=office, record=made.uid, signed_on=end + DAY, now=moment(end + DAY))
    assert code(lambda: run("head_holdings", "free", by=office, record=made.uid, now=moment(end + DAY))) == {"locked_in_term"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"contributor": False}, "head_not_contributor"),
        ({"sign_planned_on": dt.date(2026, 1, 4)}, "head_filing_late"),
        ({"firm_is_supplier": True}, "supplier_firm"),
        ({"decided_own_case": True}, "own_case"),
    ],
)
def test_heads_are_refused(office, change, expected):
    made = head(office, **change)
    assert expected in code(lambda: run("head_holdings", "apply", by=office, record=made.uid, now=moment(START)))


def surplus(office, **more):
    values = {"title": "出资", "project": "横向 1", "source": "contract", "accepted": True, "received_wan": 500 * WAN, "spent_wan": 320 * WAN, "overhead_wan": 30 * WAN, "taxes_wan": 20 * WAN,
              "reserve_wan": 30 * WAN, "firm": "示例企业", "pre_value_wan": 1500 * WAN, "technology_wan": 400 * WAN}  # fmt: skip
    return run("surplus_capitals", "create", by=office, **{**values, **more})


@pytest.mark.parametrize(("more", "cash", "technology"), [({}, "0.05", "0.2"), ({"technology_wan": None}, "0.0625", "0")])
def test_surplus_becomes_shares(office, more, cash, technology):
    made = surplus(office, **more)
    end = through("surplus_capitals", office, made, ["closing_audit", "surplus_sheet"])
    done = run("surplus_capitals", "pay_in", by=office, record=made.uid, now=moment(end))
    assert (done.surplus_fen, done.cash_share, done.technology_share) == (100 * WAN, cash, technology)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"source": "public"}, "public_money"),
        ({"accepted": False}, "not_accepted"),
        ({"audit_open": True}, "audit_open"),
        ({"cash_wan": 101 * WAN}, "over_surplus"),
    ],
)
def test_surplus_is_refused(office, change, expected):
    made = surplus(office, **change)
    assert expected in code(lambda: run("surplus_capitals", "apply", by=office, record=made.uid, now=moment(START)))


def test_an_expert_of_the_completers_unit_is_excluded_and_the_panel_scores(office, result):
    made = run(
        "evaluations",
        "create",
        by=office,
        title="评价",
        invention=result.number,
        research_class="applied",
        weights=[{"indicator": "技术", "weight": "0.6"}, {"indicator": "经济", "weight": "0.4"}],
    )
    run("evaluations", "check", by=office, record=made.uid)
    run("evaluations", "contract", by=office, record=made.uid, due_on=dt.date(2027, 1, 1))
    own = result.record.owner.title
    assert code(lambda: run("evaluations", "add_expert", by=office, record=made.uid, expert="丁", unit=own, technical=True)) == {
        "expert_own_unit"
    }
    for n in range(5):
        run("evaluations", "add_expert", by=office, record=made.uid, expert=f"专家{n}", unit=f"单位{n}", technical=n < 4, head=n == 0)
    run("evaluations", "name_panel", by=office, record=made.uid)
    for n in range(5):
        run(
            "evaluations",
            "score",
            by=office,
            record=made.uid,
            expert=f"专家{n}",
            opinion="可行",
            scores=[{"indicator": "技术", "score": str(80 + n)}, {"indicator": "经济", "score": "70"}],
        )
    assert run("evaluations", "close_opinions", by=office, record=made.uid).score == "77.2"
    assert run("evaluations", "issue", by=office, record=made.uid, conclusion="成熟", trl=6).record.state == "issued"


def test_the_year_cap_of_a_manager_counts_all_cases(office):
    fees = []
    for n in range(2):
        made = run("broker_mandates", "create", by=office, title=f"委托 {n}", manager_name="示例经理人", rule="lanzhou", term_from=START)
        for act in ("start", "match", "deal"):
            run("broker_mandates", act, by=office, record=made.uid)
        fees.append(run("broker_mandates", "compute_fee", by=office, record=made.uid, base_wan=(300, 500)[n] * WAN).fee_fen)
    assert fees == [15 * WAN, 5 * WAN]


def test_a_hidden_double_mandate_is_refused(office):
    assert code(
        lambda: run(
            "broker_mandates", "create", by=office, title="委托", manager_name="经理", rule="lanzhou", both_sides=True, term_from=START
        )
    ) == {"double_mandate_hidden"}


def test_a_trustee_sells_nothing_without_consent(office):
    made = run(
        "trusteeships",
        "create",
        by=office,
        title="托管",
        trustee="jsti",
        scope="part",
        items=["ZL1"],
        secrecy=True,
        term_from=START,
        term_to=dt.date(2029, 1, 1),
    )
    for act in ("sign", "start"):
        run("trusteeships", act, by=office, record=made.uid)
    assert code(lambda: run("trusteeships", "sell", by=office, record=made.uid, item="ZL1", amount_wan=WAN)) == {"sale_without_consent"}
    run("trusteeships", "consent", by=office, record=made.uid, item="ZL1")
    assert run("trusteeships", "sell", by=office, record=made.uid, item="ZL1", amount_wan=WAN).sales[0]["item"] == "ZL1"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"gain": True}, "not_diligent"),
        ({"price_way": "agreement", "notice_scope": ["unit"]}, "price_procedure"),
        ({"price_way": "listing"}, None),
        ({"price_way": "agreement", "notice_scope": ["unit", "market"]}, None),
    ],
)
def test_diligence_needs_evidence_procedure_and_no_gain(office, actor, more, expected):
    made = run(
        "diligence_files",
        "create",
        by=office,
        title="认定",
        subject="leader",
        event="亏损",
        happened_on=START,
        evidence=["minutes", "notice", "conflict"],
        **more,
    )
    for act in ("complete", "convene"):
        run("diligence_files", act, by=office, record=made.uid)
    find = lambda: run("diligence_files", "find", by=actor("officer"), record=made.uid, finding="diligent", minutes="评议纪要")  # noqa: E731
    if expected:
        assert code(find) == {expected}
    else:
        assert find().finding == "diligent"


def test_a_result_idle_for_twelve_months_is_flagged_once(office):
    from trihelix.registers.inventions.actions.ledger import flag_idle

    found = make(office, registered=dt.date(2025, 1, 10))
    assert flag_idle(moment(dt.date(2026, 1, 9))) == 0
    assert flag_idle(moment(dt.date(2026, 2, 10))) == 1
    assert flag_idle(moment(dt.date(2026, 2, 11))) == 0
    assert Invention.objects.get(pk=found.pk).idle_flagged_on == dt.date(2026, 2, 10)


def test_the_figures_follow_the_pilot_list_and_count_results_once(office, op):
    one = make(office)
    run("pilot_bodies", "create", by=op, title="试点", owner=one.record.owner.ref, valid_from=dt.date(2025, 1, 1))
    for n in range(2):
        deal = run("transfers", "create", by=office, title=f"转化 {n}", invention=one.number, way="licence", amount_wan=100 * WAN)
        run("transfers", "sign", by=office, record=deal.uid, signed_on=START)
    period = Period(None, dt.date(2026, 12, 31))
    got = [evaluate(f"inventions.{n}", op, period).raw() for n in ("pilot_bodies", "results_transferred", "amount_signed", "distributed")]
    assert got == [1, 1, 200 * WAN, 0]
    assert evaluate("inventions.results_transferred", op, Period(None, dt.date(2024, 12, 31))).raw() == 0


def test_the_yearly_report_counts_the_bodys_year(office):
    one = make(office)
    deal = run("transfers", "create", by=office, title="转化", invention=one.number, way="licence", amount_wan=100 * WAN)
    run("transfers", "sign", by=office, record=deal.uid, signed_on=START)
    made = run("transfer_reports", "create", by=office, title="2026 报告", year=2026)
    done = run("transfer_reports", "draw_up", by=office, record=made.uid)
    assert (done.counts["transfers"], done.counts["signed_fen"], done.due_on) == (1, 100 * WAN, dt.date(2027, 3, 31))
