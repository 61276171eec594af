"""Agreements, lists, credit and loans, points statements, funds, products, requests, tax referrals."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from trihelix.engines.errors import Refused
from trihelix.engines.matching.port import Doc
from trihelix.kernel import bulk, clock
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Grant, Record, User
from trihelix.kernel.register import register_of
from trihelix.registers.finance import conditions, queries
from trihelix.registers.finance.actions.banks import expire_due
from trihelix.registers.finance.actions.firms import expire_due as statements_expire
from trihelix.registers.finance.models import CreditLine, FinanceAgreement, ListedFirm, Loan, PointsStatement
from trihelix.registers.ladder.models import Consent
from trihelix.registers.policies.rulebook import rules

pytestmark = pytest.mark.django_db
WAN = 1_000_000
DAY = dt.date(2025, 4, 1)


@pytest.fixture(autouse=True)
def without_demo_consents(db):
    """The demo firms consented to something; these tests begin without."""
    Record.objects.filter(register="consents", state="granted").update(state="withdrawn")


def run(register: str, act: str):
    return register_of(register).acts[act].run


def codes(refusal) -> set[str]:
    return {p.code for p in refusal.value.problems}


def body(ref: str) -> Record:
    return Record.objects.get(register="bodies", ref=ref)


def user_of(ref: str, name: str) -> User:
    user, made = User.objects.get_or_create(username=name, defaults={"display_name": name, "demo": True})
    if made:
        Grant.objects.create(user=user, role="member", scope=body(ref), valid_from=dt.date(2020, 1, 1))
    return user


def bank(ref: str = "b-01") -> Actor:
    from trihelix.kernel.actor import actor_for

    return actor_for(user_of(ref, f"bank-{ref}"))


def agreement(op, ref="b-01", **more):
    values = {"title": "战略合作协议", "partner": ref, "signed_on": dt.date(2024, 3, 1), "valid_to": dt.date(2030, 2, 28), **more}
    return run("finance_agreements", "create")(by=op, **values)


def consent(actor, who="jicui", purpose="list", recipients=("b-01",), **more):
    return run("consents", "create")(by=actor(who), purpose=purpose, recipients=list(recipients), **more)


def firm_list(op, *firms, **more):
    made = run("firm_lists", "create")(by=op, title="清单", kind="innovation", as_of=DAY, **more)
    return run("firm_lists", "load")(by=op, record=made.uid, rows=[{"firm": f} for f in firms])


def year(op, ref, y, **values):
    bulk.import_rows(
        register_of("firm_years"),
        [{"title": f"{ref} {y}", "ref": str(y), "owner": ref, "year": y, "source": "审计报告", **values}],
        op,
        "年度数据",
    )


# Agreements


def test_finance_bodies_with_an_agreement_are_counted_once_and_on_the_day(op):
    day = dt.date(2019, 6, 1)  # a day on which nothing else is in force
    before = evaluate("finance.agreements", op, Period(None, day)).raw()
    for signed in (dt.date(2019, 1, 1), dt.date(2019, 2, 1)):
        agreement(op, signed_on=signed, valid_to=dt.date(2019, 12, 31))
    assert evaluate("finance.agreements", op, Period(None, day)).raw() == before + 1
    assert evaluate("finance.agreements", op, Period(None, dt.date(2020, 1, 1))).raw() == before
    assert expire_due(clock.now()) >= 2
    with pytest.raises(Refused) as refusal:
        agreement(op, ref="firm-jicui")
    assert codes(refusal) == {"not_finance_body"}


# Lists


def test_a_list_names_every_wrong_row_and_writes_nothing(op):
    made = run("firm_lists", "create")(by=op, title="清单", kind="innovation", as_of=DAY)
    with pytest.raises(Refused) as refusal:
        run("firm_lists", "load")(by=op, record=made.uid, rows=[{"firm": "firm-jicui"}, {"firm": "无此企业"}, {"firm": "firm-jicui"}])
    assert [(p.row, p.code) for p in refusal.value.problems] == [(3, "unknown_reference"), (4, "duplicate_row")]
    assert not ListedFirm.objects.filter(list=made.record).exists()


def test_a_list_is_sent_to_agreed_bodies_and_shows_only_firms_that_consent(actor, op):
    made = firm_list(op, "firm-jicui", "firm-chiyu")
    FinanceAgreement.objects.all().update(ended_on=dt.date(2020, 1, 1))
    with pytest.raises(Refused) as refusal:
        run("firm_lists", "send")(by=op, record=made.uid)
    assert codes(refusal) == {"no_agreement"}
    agreement(op)
    given = consent(actor)
    sent = run("firm_lists", "send")(by=op, record=made.uid)
    assert sent.withheld == 1
    assert [r.firm.ref for r in queries.rows_of(sent, bank())] == ["firm-jicui"]
    assert queries.rows_of(sent, op).count() == 2
    run("firm_lists", "answer")(by=bank(), record=made.uid, contacted=1, granted=1)
    with pytest.raises(Refused):
        run("firm_lists", "answer")(by=bank("b-02"), record=made.uid, contacted=1, granted=1)
    run("consents", "withdraw")(by=actor("jicui"), record=given.uid)
    assert list(queries.rows_of(sent, bank())) == []


def test_the_relending_feed_is_selected_by_the_rule_of_the_day(op):
    run("recognitions", "create")(
        by=op, title="高企", owner="firm-jicui", title_kind="hnte", valid_from=dt.date(2022, 1, 1), valid_to=dt.date(2025, 1, 1)
    )
    base = firm_list(op, "firm-jicui", "firm-chiyu")
    feed = run("firm_lists", "create")(by=op, title="备选", kind="relending", as_of=dt.date(2023, 6, 1), base=base.number)
    feed = run("firm_lists", "compute")(by=op, record=feed.uid)
    rows = {r.firm.ref: r for r in ListedFirm.objects.filter(list=feed.record)}
    assert (
        feed.rule_version == "2022" and rows["firm-jicui"].verdict == "met" and any("高新技术企业" in c for c in rows["firm-jicui"].clauses)
    )
    assert rows.get("firm-chiyu") is None or (rows["firm-chiyu"].verdict == "unknown" and rows["firm-chiyu"].missing)


@pytest.mark.parametrize(
    ("day", "rate", "quota"),
    [
        (dt.date(2025, 5, 6), "1.75%", 50_000_000), (dt.date(2025, 5, 7), "1.5%", 80_000_000), (dt.date(2026, 1, 14), "1.5%", 80_000_000),
        (dt.date(2026, 1, 15), "1.5%", 120_000_000), (dt.date(2026, 1, 18), "1.5%", 120_000_000), (dt.date(2026, 1, 19), "1.25%", 120_000_000),
    ],
)  # fmt: skip
def test_rate_and_quota_change_on_their_days(day, rate, quota):
    outputs = rules().check("tech-relending", {}, day, change=False).outputs
    assert (outputs["rate"], outputs["quota_fen"]) == (rate, quota * WAN)


# Credit and loans


def line(by, firm="firm-jicui", limit=500, **more):
    return run("credit_lines", "create")(by=by, firm=firm, limit_wan=limit * WAN, granted_on=DAY, valid_to=dt.date(2026, 3, 31), **more)


def test_a_limit_is_not_a_loan_and_draws_stay_within_it(op):
    mine = bank()
    made = line(mine)
    loan = run("loans", "create")(by=mine, firm="firm-jicui", line=made.number, amount_wan=300 * WAN, drawn_on=dt.date(2025, 5, 1))
    with pytest.raises(Refused) as refusal:
        run("loans", "create")(by=mine, firm="firm-jicui", line=made.number, amount_wan=201 * WAN, drawn_on=dt.date(2025, 5, 2))
    assert codes(refusal) == {"over_limit"}
    run("loans", "repay")(by=mine, record=loan.uid, amount_wan=100 * WAN)
    assert queries.line_state(CreditLine.objects.get(pk=made.pk), op) == {
        "limit": 500 * WAN,
        "drawn": 300 * WAN,
        "outstanding": 200 * WAN,
        "left": 300 * WAN,
    }
    with pytest.raises(Refused) as refusal:
        run("credit_lines", "raise")(by=mine, record=made.uid, limit_wan=199 * WAN, reason="降额")
    assert codes(refusal) == {"below_drawn"}
    with pytest.raises(Refused) as refusal:
        run("credit_lines", "close")(by=mine, record=made.uid)
    assert codes(refusal) == {"still_drawn"}
    paid = run("loans", "repay")(by=mine, record=loan.uid, amount_wan=200 * WAN)
    assert paid.record.state == "repaid"
    assert run("credit_lines", "close")(by=mine, record=made.uid).record.state == "closed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"firm": "firm-chiyu"}, "other_line"), ({"drawn_on": dt.date(2025, 3, 31)}, "outside_line"), ({"drawn_on": dt.date(2026, 4, 1)}, "outside_line"),
    ],
)  # fmt: skip
def test_loans_that_do_not_fit_their_line(change, code):
    made = line(bank())
    values = {"firm": "firm-jicui", "line": made.number, "amount_wan": WAN, "drawn_on": dt.date(2025, 5, 1), **change}
    with pytest.raises(Refused) as refusal:
        run("loans", "create")(by=bank(), **values)
    assert codes(refusal) == {code}


def test_firms_see_their_credit_other_banks_do_not(actor):
    made = line(bank())
    assert register_of("credit_lines").acts["message"].run(by=actor("jicui"), record=made.uid, text="已收到") is not None
    for stranger in (bank("b-02"), actor("chiyu")):
        with pytest.raises(Refused):
            register_of("credit_lines").acts["message"].run(by=stranger, record=made.uid, text="看看")
    with pytest.raises(Refused) as refusal:
        line(actor("jicui"))
    assert codes(refusal) == {"not_finance_body"}


def test_limits_and_loans_of_listed_firms_are_two_figures(actor, op):
    agreement(op)
    consent(actor)
    made = firm_list(op, "firm-jicui")
    run("firm_lists", "send")(by=op, record=made.uid)
    span = Period(None, clock.today())
    limits, loans = evaluate("finance.credit_limits", op, span).raw(), evaluate("finance.loans_drawn", op, span).raw()
    drawn = line(bank(), list=made.number)
    run("loans", "create")(by=bank(), firm="firm-jicui", line=drawn.number, amount_wan=120 * WAN, drawn_on=dt.date(2025, 5, 1))
    line(bank(), firm="firm-mingze", limit=900)  # on no list
    assert evaluate("finance.credit_limits", op, span).raw() - limits == 500 * WAN
    assert evaluate("finance.loans_drawn", op, span).raw() - loans == 120 * WAN
    with pytest.raises(Refused) as refusal:
        line(bank(), firm="firm-chiyu", list=made.number)
    assert codes(refusal) == {"not_listed"}


def test_a_banks_return_is_imported_with_row_errors(op):
    register = register_of("loans")
    rows = [
        {
            "ref": "L1",
            "title": "甲",
            "owner": "b-01",
            "firm": "firm-jicui",
            "drawn_on": dt.date(2024, 5, 1),
            "amount_wan": 100 * WAN,
            "repaid_wan": 100 * WAN,
        },
        {"ref": "L2", "title": "乙", "owner": "b-01", "firm": "firm-none", "drawn_on": dt.date(2024, 5, 1), "amount_wan": 0},
        {
            "ref": "L3",
            "title": "丙",
            "owner": "b-01",
            "firm": "firm-jicui",
            "drawn_on": dt.date(2024, 5, 1),
            "amount_wan": 5,
            "repaid_wan": 6,
        },
    ]
    found = {(p.row, p.code) for p in bulk.decide(register, list(enumerate(rows, 2)), (), op).problems}
    assert found == {(3, "unknown_reference"), (3, "not_positive"), (4, "part_exceeds_whole")}
    bulk.import_rows(register, rows[:1], op, "贷款")
    assert Loan.objects.get(record__ref="L1").record.state == "repaid"


def test_imported_loans_stay_within_their_lines(op):
    made = line(bank(), ref="SX-t")
    register = register_of("loans")
    base = {"title": "贷款", "owner": "b-01", "firm": "firm-jicui", "line": "SX-t", "drawn_on": dt.date(2025, 5, 1)}
    rows = [
        {**base, "ref": "N1", "amount_wan": 300 * WAN}, {**base, "ref": "N2", "amount_wan": 201 * WAN}, {**base, "ref": "N3", "firm": "firm-chiyu", "amount_wan": 1},
        {**base, "ref": "N4", "drawn_on": dt.date(2024, 5, 1), "amount_wan": 1},
    ]  # fmt: skip
    found = {(p.row, p.code) for p in bulk.decide(register, list(enumerate(rows, 2)), (), op).problems}
    assert {(3, "over_limit"), (4, "other_line"), (5, "outside_line")} <= found and not any(row == 2 for row, _ in found)
    bulk.import_rows(register, rows[:1], op, "贷款")
    bulk.import_rows(register, [{**rows[0], "purpose": "更正"}], op, "贷款")  # the same row again counts once
    assert queries.line_state(CreditLine.objects.get(pk=made.pk), op)["left"] == 200 * WAN


def test_firms_of_imported_credits_loans_and_investments_take_part(actor, op):
    money = fund(op)
    files = {
        "credit_lines": {"owner": "b-01", "limit_wan": 100 * WAN, "granted_on": dt.date(2025, 4, 10)},
        "loans": {"owner": "b-01", "amount_wan": 10 * WAN, "drawn_on": dt.date(2025, 5, 1)},
        "investments": {"fund": money.number, "stage": "seed", "invested_on": dt.date(2024, 1, 1), "amount_wan": WAN},
    }
    for name, values in files.items():
        rows = [{"title": f"导入 {n}", "ref": f"in-{n}", "firm": "firm-jicui", **values} for n in range(30)]
        bulk.import_rows(register_of(name), rows, op, "导入")
    firm = actor("jicui")
    seen = lambda: {n: entries(firm, register_of(n).model).filter(record__ref__startswith="in-").count() for n in files}  # noqa: E731
    assert seen() == dict.fromkeys(files, 30)
    bulk.import_rows(register_of("loans"), [{"title": "导入 0", "ref": "in-0", "firm": "firm-chiyu", **files["loans"]}], op, "更正")
    assert (
        entries(firm, Loan).filter(record__ref="in-0").count() == 0
        and entries(actor("chiyu"), Loan).filter(record__ref="in-0").count() == 1
    )


def test_products_rankings_and_incubators_are_found_by_search(op):
    made = [
        product(bank()),
        run("rankings", "create")(by=op, title="五百强测试榜", method="top-500", year=2025, as_of=dt.date(2025, 12, 31)),
        run("incubators", "create")(by=op, owner="firm-jicui", title="长白孵化器", kind="incubator"),
    ]
    for entry in made:
        found = register_of(entry.record.register).search_doc(entry)
        assert Doc(**{**found, "scopes": frozenset(found["scopes"])}).kind == entry.record.register and found["title"] == entry.record.title


def test_imports_stay_within_bounded_queries(op, django_assert_max_num_queries):
    register = register_of("loans")
    rows = [
        {"ref": f"M{i}", "title": f"贷款 {i}", "owner": "b-01", "firm": "firm-jicui", "drawn_on": dt.date(2024, 5, 1), "amount_wan": (i + 1) * WAN} for i in range(300)
    ]  # fmt: skip
    with django_assert_max_num_queries(60):
        bulk.import_rows(register, rows, op, "贷款")


def test_a_loan_carries_the_relending_verdict_of_its_day(op):
    run("recognitions", "create")(
        by=op, title="高企", owner="firm-jicui", title_kind="hnte", valid_from=dt.date(2022, 1, 1), valid_to=dt.date(2025, 1, 1)
    )
    old = run("loans", "create")(by=bank(), firm="firm-jicui", amount_wan=WAN, drawn_on=dt.date(2023, 5, 1))
    assert (old.relending, old.relending_answer["version"]) == ("met", "2022")
    new = run("loans", "create")(by=bank(), firm="firm-jicui", amount_wan=WAN, drawn_on=dt.date(2025, 5, 1), equipment_upgrade=True)
    assert (new.relending, new.relending_answer["version"]) == ("met", "2024")
    assert any(f["key"] == "first_loan" and f["value"] is False for t in new.relending_answer["trace"] for f in t["figures"])


# Points


def statement(actor, op, who="jicui", ref="firm-jicui"):
    year(op, ref, 2023, revenue_wan=1000 * WAN, rd_tax_wan=50 * WAN)
    year(op, ref, 2024, revenue_wan=1200 * WAN, rd_tax_wan=60 * WAN)
    return run("points_statements", "create")(by=actor(who), on=dt.date(2025, 6, 1))


def test_a_statement_is_an_interval_with_paper_apart_from_merit(actor, op):
    made = statement(actor, op)
    part = {p["part"]: p for p in made.parts}
    ratio = part["研发费用占营业收入比重"]
    assert (ratio["low"], ratio["high"], ratio["age_months"], ratio["papers"]) == ("12", "12", 5, "")
    assert part["Ⅰ类知识产权"]["papers"] and part["Ⅰ类知识产权"]["low"] == "0"
    assert made.high - made.low == made.lost_paper and made.lost_merit == sum(Decimal(p["most"]) - Decimal(p["high"]) for p in made.parts)
    assert made.lost_paper + made.lost_merit + made.low == 100
    assert made.cohort["enough"] is False and made.rule == "jilin-points" and made.rule_version


def test_the_national_points_are_never_computed(actor, op):
    year(op, "firm-jicui", 2024, revenue_wan=1200 * WAN, rd_stat_wan=60 * WAN)
    made = run("points_statements", "create")(by=actor("jicui"), rule="innovation-points", on=dt.date(2025, 6, 1))
    assert made.low is None and made.high is None and "未公布" in made.answer["outputs"]["status"]


def test_a_statement_leaves_the_firm_only_by_consent_and_comes_back_at_once(actor, op):
    made = run("points_statements", "create")(by=actor("jicui"))
    with pytest.raises(Refused) as refusal:
        run("points_statements", "share")(by=actor("jicui"), record=made.uid, bank="b-01")
    assert codes(refusal) == {"no_consent"}
    given = consent(actor, purpose="points")
    with pytest.raises(Refused):
        run("points_statements", "share")(by=op, record=made.uid, bank="b-01")  # only the firm itself
    run("points_statements", "share")(by=actor("jicui"), record=made.uid, bank="b-01")
    with pytest.raises(Refused):
        run("points_statements", "share")(by=actor("jicui"), record=made.uid, bank="b-02")
    client = Client()
    client.force_login(user_of("b-01", "bank-b-01"))
    paper = f"/points_statements/{made.record.uid}/statement.docx"
    assert client.get(paper).status_code == 403, "a bank reads by the act that is logged"
    page = client.get(f"/points_statements/{made.record.uid}/")
    assert page.status_code == 200 and "阅读报告" in page.content.decode() and "数据月龄" not in page.content.decode()
    assert queries.readings(made) == []
    read = f"/points_statements/{made.record.uid}/read/"
    answer = client.post(read)
    assert answer.status_code == 200 and "研发费用占营业收入比重" in answer.content.decode()
    assert client.post(read, {"format": "docx"}).content[:2] == b"PK"
    assert [r["who"] for r in queries.readings(made)] == ["bank-b-01"] * 2
    own = Client()
    own.force_login(User.objects.get(username="jicui"))
    assert "bank-b-01" in own.get(f"/points_statements/{made.record.uid}/").content.decode()
    assert own.get(paper).content[:2] == b"PK" and own.post(read).status_code == 403
    run("consents", "withdraw")(by=actor("jicui"), record=given.uid)
    assert Record.objects.get(pk=made.pk).state == "withdrawn"
    assert client.get(paper).status_code == 404 and client.post(read).status_code == 404
    assert PointsStatement.objects.get(pk=made.pk).withdrawn_at is not None


@pytest.mark.parametrize(("what", "code"), [("statement", "expired"), ("consent", "no_consent"), ("withdrawn", "no_consent")])
def test_a_bank_is_refused_from_the_day_itself_by_the_api_too(actor, op, what, code):
    """The clock runs once an hour; the refusal does not wait for it."""
    made = run("points_statements", "create")(by=actor("jicui"))
    given = consent(actor, purpose="points")
    run("points_statements", "share")(by=actor("jicui"), record=made.uid, bank="b-01")
    client = Client()
    client.force_login(user_of("b-01", "bank-b-01"))
    address = f"/api/v1/points_statements/{made.record.uid}/acts/read"
    assert client.post(address, {}, content_type="application/json").status_code == 200
    yesterday = clock.today() - dt.timedelta(days=1)
    if what == "statement":
        PointsStatement.objects.filter(pk=made.pk).update(valid_to=yesterday)
    elif what == "consent":
        Consent.objects.filter(record=given.record).update(granted_on=yesterday, valid_to=yesterday)
    else:
        Record.objects.filter(pk=given.record.pk).update(state="withdrawn")
    refused = client.post(address, {}, content_type="application/json")
    assert refused.status_code in (409, 422) and code in refused.content.decode()
    assert len(queries.readings(made)) == 1
    with pytest.raises(Refused) as refusal:
        run("points_statements", "read")(by=bank(), record=made.uid)
    assert codes(refusal) == {code}


def test_statements_expire(actor):
    made = run("points_statements", "create")(by=actor("jicui"), on=dt.date(2024, 1, 1))
    assert statements_expire(clock.now()) >= 1 and Record.objects.get(pk=made.pk).state == "expired"


def test_firms_are_compared_within_their_stage_only_and_not_below_five(actor, op):
    made = statement(actor, op)
    day = dt.date(2025, 6, 1)
    others = list(Record.objects.filter(register="bodies", ref__startswith="firm-").exclude(ref="firm-jicui").order_by("pk")[:12])
    for other in others:
        run("points_statements", "create")(by=op, owner=str(other.uid), on=day)
    found = queries.peers(made, made.record.owner, made.rule, made.stage, day)
    same = {s.record.owner_id for s in PointsStatement.objects.filter(stage=made.stage, on=day).exclude(record__owner=made.record.owner)}
    assert found["firms"] >= len(same) and found["enough"] == (found["firms"] >= queries.PEERS)


# Products and requests

LOAN = [
    {"key": "revenue", "op": "at_least", "value": "500"},
    {"key": "tech_sme_valid", "op": "is", "value": "是"},
    {"key": "rd_ratio", "op": "at_least", "value": "3%"},
]


def product(by, **more):
    made = run("finance_products", "create")(by=by, title="科创信用贷", kind="credit_loan", conditions=LOAN, stages=["growth"], **more)
    return run("finance_products", "publish")(by=by, record=made.uid)


def test_a_product_says_which_firm_fits_clause_by_clause(op):
    made = product(bank())
    day = dt.date(2025, 6, 1)
    year(op, "firm-jicui", 2024, revenue_wan=600 * WAN, rd_tax_wan=18 * WAN)
    answer = conditions.check(made, body("firm-jicui"), day)
    assert [t["outcome"] for t in answer.trace] == ["met", "not_met", "met"] and answer.verdict == "not_met"
    run("recognitions", "create")(
        by=op, title="科小", owner="firm-jicui", title_kind="tech-sme", valid_from=dt.date(2025, 1, 1), valid_to=dt.date(2025, 12, 31)
    )
    assert conditions.check(made, body("firm-jicui"), day).verdict == "met"
    assert conditions.check(made, body("firm-jicui"), dt.date(2026, 6, 1)).verdict != "met"  # the title ended
    rows = conditions.fitting(made, [body("firm-jicui"), body("jlau")], day)  # a body of which nothing is known
    assert rows[0]["verdict"] == "met" and rows[1]["failed"] + rows[1]["missing"]


@pytest.mark.parametrize(
    "row",
    [
        {"key": "revenue", "op": "is", "value": "5"}, {"key": "revenue", "op": "at_least", "value": "__import__('os')"}, {"key": "hnte_valid", "op": "at_least", "value": "1"},
        {"key": "nothing", "op": "is", "value": "1"}, {"key": "age", "op": "at_most", "value": "2.5"},
    ],
)  # fmt: skip
def test_conditions_a_machine_cannot_check_are_refused_by_row(row):
    with pytest.raises(Refused) as refusal:
        run("finance_products", "create")(by=bank(), title="贷", kind="credit_loan", conditions=[LOAN[0], row])
    assert {(p.code, p.row) for p in refusal.value.problems} == {("bad_condition", 2)}


def test_age_conditions_count_from_the_founding_day():
    assert conditions.expression({"key": "age", "op": "at_most", "value": "5"}) == "on <= add_years(founded, 5)"


def test_a_request_goes_from_the_firm_to_a_credit_line(actor):
    made = product(bank())
    asked = run("finance_requests", "create")(by=actor("jicui"), product=made.number, amount_wan=200 * WAN, purpose="采购设备")
    assert asked.verdict in ("met", "not_met", "unknown") and asked.bank_id == body("b-01").pk
    with pytest.raises(Refused):
        run("finance_requests", "accept")(by=bank("b-02"), record=asked.uid)
    run("finance_requests", "accept")(by=bank(), record=asked.uid)
    granted = run("finance_requests", "grant")(by=bank(), record=asked.uid, limit_wan=150 * WAN)
    assert CreditLine.objects.get(record=granted.credit).limit_fen == 150 * WAN
    assert Record.objects.get(pk=granted.credit_id).owner_id == body("b-01").pk


# Funds


def fund(op, **more):
    return run("venture_funds", "create")(
        by=op,
        title="示例基金",
        owner="f-01",
        kind="venture",
        size_wan=10000 * WAN,
        public_wan=3000 * WAN,
        started_on=dt.date(2020, 1, 1),
        early_percent=Decimal(60),
        **more,
    )


def test_a_fund_its_follow_on_its_promise_and_its_report(op):
    made = fund(op)
    first = run("investments", "create")(
        by=op,
        fund=made.number,
        firm="firm-qiguang",
        stage="seed",
        invested_on=dt.date(2020, 6, 1),
        amount_wan=300 * WAN,
        private_wan=600 * WAN,
        hard_technology=True,
    )
    second = run("investments", "create")(
        by=op,
        fund=made.number,
        firm="firm-qiguang",
        stage="growth",
        invested_on=dt.date(2023, 6, 12),
        amount_wan=700 * WAN,
        follows=first.number,
    )
    promise = {p["id"]: p for p in queries.promises(made, op, clock.today())}
    assert promise["early"]["actual"] == 30 and promise["early"]["kept"] is False and promise["hard"]["kept"] is None
    report = queries.funds_report(op, dt.date(2024, 6, 1), made.number)
    assert (report["count"], report["amount"], report["private"], report["follow_on"], report["firms"], report["leverage"]) == (
        2,
        1000 * WAN,
        600 * WAN,
        1,
        1,
        "0.60",
    )
    assert {r["key"]: r["count"] for r in report["tables"]["age"]} == {"≤3": 1, "4—5": 1}  # founded in June 2019
    assert {r["key"]: r["count"] for r in report["tables"]["held"]} == {"≤2": 1, "3—4": 1}
    with pytest.raises(Refused) as refusal:
        run("investments", "create")(
            by=op, fund=made.number, firm="firm-jicui", stage="seed", invested_on=dt.date(2024, 1, 1), amount_wan=WAN, follows=first.number
        )
    assert codes(refusal) == {"other_firm"}
    gone = run("investments", "exit")(by=op, record=second.uid, on=dt.date(2025, 1, 1), way="sale", amount_wan=900 * WAN)
    assert gone.record.state == "exited"


def test_a_fund_is_supervised_year_by_year(op):
    made = fund(op)
    run("venture_funds", "report")(by=op, record=made.uid, year=2022, paid_in_wan=4000 * WAN)
    again = run("venture_funds", "report")(by=op, record=made.uid, year=2022, paid_in_wan=5000 * WAN)
    assert [y["paid_in_fen"] for y in again.years] == [5000 * WAN] and again.paid_in_fen == 5000 * WAN
    with pytest.raises(Refused) as refusal:
        run("venture_funds", "report")(by=op, record=made.uid, year=2023, paid_in_wan=20000 * WAN)
    assert codes(refusal) == {"part_exceeds_whole"}
    seen = run("venture_funds", "inspect")(by=op, record=made.uid, finding="投早比例偏低")
    assert seen.findings[0]["promises"][0]["promised"] == "60.00" and seen.record.state == "running"


# Tax


def test_a_tax_check_ends_in_a_tracked_referral(actor, op):
    facts = [{"key": "five", "value": "800"}, {"key": "other", "value": "100"}, {"key": "excluded_industry", "value": "否"}]
    made = run("tax_referrals", "create")(by=actor("jicui"), rule="rd-super-deduction", on=dt.date(2025, 6, 1), facts=facts)
    assert made.verdict == "met" and made.answer["outputs"]["extra_fen"] == 888_888_889
    with pytest.raises(Refused) as refusal:
        run("tax_referrals", "create")(by=actor("jicui"), rule="rd-super-deduction", facts=[{"key": "fife", "value": "8"}])
    assert codes(refusal) == {"unknown_field"}
    with pytest.raises(Refused) as refusal:
        run("tax_referrals", "refer")(by=actor("jicui"), record=made.uid)
    assert codes(refusal) == {"required"}
    run("tax_referrals", "refer")(by=actor("jicui"), record=made.uid, question="委托研发怎样归集")
    answered = run("tax_referrals", "reply")(by=op, record=made.uid, reply="按 80% 计入")
    assert answered.replied_on == clock.today()
    assert run("tax_referrals", "enjoy")(by=actor("jicui"), record=made.uid, amount_wan=100 * WAN).record.state == "enjoyed"


# Pages


def test_pages_and_files(actor, op):
    agreement(op)
    made = firm_list(op, "firm-jicui")
    paper = run("points_statements", "create")(by=op, owner="firm-jicui")
    credit = line(bank())
    loan = run("loans", "create")(by=bank(), firm="firm-jicui", line=credit.number, amount_wan=WAN, drawn_on=dt.date(2025, 5, 1))
    money = fund(op)
    run("investments", "create")(by=op, fund=money.number, firm="firm-jicui", stage="seed", invested_on=dt.date(2024, 1, 1), amount_wan=WAN)
    offered = product(bank())
    tax = run("tax_referrals", "create")(by=op, owner="firm-jicui", rule="rd-super-deduction")
    uid = body("firm-jicui").uid
    client = Client()
    assert client.get("/tax_referrals/guide/").status_code == 200
    assert client.get(f"/finance_products/{offered.record.uid}/").status_code == 200
    client.force_login(User.objects.get(username="officer"))
    for path in (
        f"/firm_lists/{made.record.uid}/", f"/firm_lists/{made.record.uid}/firms.xlsx", f"/points_statements/{paper.record.uid}/", f"/credit_lines/{credit.record.uid}/",
        f"/loans/{loan.record.uid}/", f"/venture_funds/{money.record.uid}/", f"/finance_products/{offered.record.uid}/firms/?verdict=", f"/bodies/{uid}/finance-products/",
        "/investments/report/", "/tax_referrals/guide/", f"/tax_referrals/{tax.record.uid}/", "/finance_agreements/", "/firm_lists/", "/loans/", "/credit_lines/", "/finance_requests/",
        "/points_statements/", "/tax_referrals/", "/tax_referrals/new/", "/finance_products/new/", "/investments/", "/venture_funds/",
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path
    rows = "企业（编号、统一社会信用代码或全称）\nfirm-chiyu\n"
    upload = SimpleUploadedFile("名单.csv", rows.encode("utf-8-sig"), content_type="text/csv")
    assert client.post(f"/firm_lists/{made.record.uid}/firms/upload/", {"file": upload}).status_code == 302
    assert ListedFirm.objects.filter(list=made.record).count() == 2
    assert client.post(f"/firm_lists/{made.record.uid}/firms/upload/", {"file": io.BytesIO(b"x")}).status_code in (400, 422)
