"""A stock-taking from template to push, answer and regrade; a recorded licence; a product to national recognition; ten cases."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from openpyxl import Workbook

from trihelix.engines.codes import application_of
from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, clock, index
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import User, Wait
from trihelix.kernel.register import register_of
from trihelix.registers.patents import national
from trihelix.registers.patents.models import Case, CaseCall, Deal, Patent, Product, Push, Recording, StockRecord

pytestmark = pytest.mark.django_db
TEXT = "人参皂苷高效提取与热泵干燥联合工艺，降低红参干燥能耗，保留有效成分，适合红参加工企业连续生产"


def run(register: str, act: str):
    return register_of(register).acts[act].run


def code(refusal) -> str:
    return refusal.value.problems[0].code


def number(serial: int, kind: int = 1, year: int = 2021) -> str:
    return application_of(year, serial, kind)


def patent(by, serial: int, **more):
    values = {
        "app_no": number(serial), "title": f"红参热泵干燥与皂苷提取方法{serial}", "filing_date": dt.date(2021, 3, 1), "grant_date": dt.date(2023, 3, 1),
        "fee_paid_to": dt.date(2030, 3, 1), "holders": [{"name": "示例中医药大学"}], "summary": TEXT, "inventors": ["甲", "乙"],
    }  # fmt: skip
    return run("patents", "create")(by=by, **{**values, **more})


@pytest.fixture
def office(actor):
    return actor("utcm-office")


@pytest.fixture
def running(op):
    made = run("stock_rounds", "create")(
        by=op, title="盘点（测试）", owner="g-scjg", bodies=["u-tcm", "jlau"], starts_on=clock.today(), ref="PD-test"
    )
    return run("stock_rounds", "start")(by=op, record=made.uid)


def in_pool(office, op, running, serial: int, **more):
    made = patent(office, serial)
    form = run("stock_records", "create")(by=office, round=running.number, patent=made.app_no)
    run("stock_records", "self_assess")(
        by=office, record=form.uid, **{"stars": 4, "prospect": "good", "trl": 6, "modes": ["ordinary"], **more}
    )
    run("stock_records", "college_approve")(by=office, record=form.uid)
    with pytest.raises(Refused) as refusal:
        run("stock_records", "university_approve")(by=office, record=form.uid)
    assert code(refusal) == "second_person"
    run("stock_records", "university_approve")(by=op, record=form.uid)
    return made, run("stock_records", "tier")(by=op, record=form.uid)


def test_from_form_to_push_answer_and_regrade(actor, office, op, running):
    assert Wait.objects.filter(record=running.record, act="report").count() == 2
    college = run("stock_colleges", "create")(by=op, title="中药学院", owner="u-tcm", reviewer=None)
    assert college.record.state == "active"
    made, form = in_pool(office, op, running, 11)
    assert (form.tier, form.record.state, form.record.visibility) == ("B", "tiered", "members")
    index.flush()
    run("stock_records", "push")(by=op, record=form.uid, most=30)
    pushes = list(Push.objects.filter(stock=form.record).order_by("rank"))
    assert pushes and [p.rank for p in pushes] == list(range(1, len(pushes) + 1))
    assert all(p.firm.entry.kind == "firm" and p.reasons for p in pushes)
    mine = next(p for p in pushes if p.firm.ref == "firm-jicui")
    firm = actor("jicui")
    assert Wait.objects.filter(record=mine.record, act="answer", scope=mine.firm).exists()
    run("stock_pushes", "answer")(by=firm, record=mine.uid, answer="interested", prospect="good", need_level="urgent")
    form = StockRecord.objects.get(pk=form.pk)
    assert (form.tier, form.willing, form.record.state) == ("A", 1, "contacted")
    run("stock_records", "assess")(by=firm, record=form.uid, prospect="unclear", need_level="later", willing=False)
    assert StockRecord.objects.get(pk=form.pk).tier == "B"
    with pytest.raises(Refused) as refusal:
        run("stock_records", "assess")(by=office, record=form.uid, prospect="good", need_level="none")
    assert code(refusal) == "not_a_firm"
    result = run("stock_records", "to_result")(by=office, record=form.uid).result
    assert result.state == "draft" and result.entry.ip_numbers == [f"ZL{made.app_no}"]
    listing = run("stock_records", "to_listing")(by=office, record=form.uid, way="listing", base_wan=50_000_000, price_basis="评估").listing
    assert listing.state == "draft" and listing.entry.result_id == result.pk
    run("patents", "note_event")(by=op, record=made.uid, kind="invalidation", on=clock.today())
    assert StockRecord.objects.get(pk=form.pk).record.state == "invalidated"
    assert not Push.objects.filter(stock=form.record, record__state="sent").exists()


def test_a_right_that_ends_soon_is_not_pushed(office, op, running):
    made, form = in_pool(office, op, running, 12)
    run("patents", "change")(by=office, record=made.uid, fee_paid_to=clock.today() + dt.timedelta(days=89))
    with pytest.raises(Refused) as refusal:
        run("stock_records", "push")(by=op, record=form.uid)
    assert code(refusal) == "lapses_soon"


def test_approvals_are_in_order_and_by_the_body(actor, op, office, running):
    made = patent(office, 13)
    form = run("stock_records", "create")(by=office, round="PD-test", patent=made.app_no)
    with pytest.raises(Refused) as refusal:
        run("stock_records", "university_approve")(by=office, record=form.uid)
    assert code(refusal) == "flow"
    with pytest.raises(Refused) as refusal:
        run("stock_records", "self_assess")(by=office, record=form.uid, stars=6, prospect="good")
    assert code(refusal) == "out_of_range"
    with pytest.raises(Refused) as refusal:
        run("stock_records", "create")(by=office, round="PD-test", patent=made.app_no)
    assert code(refusal) == "form_twice"
    with pytest.raises(Refused):
        run("stock_records", "create")(by=actor("jicui"), round="PD-test", patent=made.app_no)
    run("stock_records", "self_assess")(by=actor("utcm-teacher"), record=form.uid, stars=3, prospect="unclear")
    with pytest.raises(Refused):
        run("stock_records", "college_approve")(by=actor("utcm-teacher"), record=form.uid)
    with pytest.raises(Refused) as refusal:
        run("stock_rounds", "report")(by=office, record=running.uid)
    assert code(refusal) == "forms_waiting"
    run("stock_rounds", "step_forms")(by=office, record=running.uid, step="college_approve")
    run("stock_rounds", "step_forms")(by=op, record=running.uid, step="university_approve")
    assert StockRecord.objects.get(pk=form.pk).record.state == "pool"
    run("stock_rounds", "report")(by=office, record=running.uid)
    assert not Wait.objects.filter(record=running.record, act="report", scope__ref="u-tcm").exists()


def export(path, rows):
    book = Workbook()
    sheet = book.active
    sheet.append(
        [
            "序号",
            "专利号",
            "专利名称",
            "专利类型",
            "填报单位",
            "专利权人",
            "发明人",
            "申请日",
            "授权公告日",
            "法律状态",
            "专利价值分级自评",
            "产业化前景",
            "拟转化方式",
        ]
    )
    for i, (app_no, prospect, stars) in enumerate(rows, 1):
        sheet.append(
            [
                i,
                f"ZL{app_no}",
                f"导出专利{i}",
                "发明",
                "u-tcm",
                "示例中医药大学、示例农牧学院",
                "甲、乙",
                "2021-03-01",
                "2023-03-01",
                "有效",
                stars,
                prospect,
                "普通许可、转让",
            ]
        )
    book.save(path)
    return path


def test_the_national_export_is_imported_as_it_is_and_never_doubles(tmp_path, op, running):
    path = export(tmp_path / "x.xlsx", [(number(700 + i), "前景好" if i % 3 else "不明确", "四星") for i in range(12)])
    answer = national.import_export(path, "PD-test", op)
    assert (answer["errors"], answer["patents"]["created"], answer["forms"]["created"]) == ([], 12, 12)
    form = StockRecord.objects.get(round=running.record, patent__patents_patent__app_no=number(701))
    assert (form.tier, form.record.state, form.stars, form.modes) == ("B", "tiered", 4, ["ordinary", "transfer"])
    assert [h["name"] for h in form.patent.entry.holders] == ["示例中医药大学", "示例农牧学院"]
    again = national.import_export(path, "PD-test", op)
    assert (again["patents"]["unchanged"], again["forms"]["unchanged"], again["patents"]["created"]) == (12, 12, 0)
    changed = national.import_export(export(tmp_path / "y.xlsx", [(number(700 + i), "前景好", "五星") for i in range(12)]), "PD-test", op)
    assert (changed["forms"]["updated"], changed["forms"]["created"]) == (12, 0)
    wrong = national.import_export(
        export(tmp_path / "z.xlsx", [("202110000900.0", "前景好", "四星"), (number(901), "极好", "四星")]), "PD-test", op
    )
    assert {(e["row"], e["field"]) for e in wrong["errors"]} >= {(2, "app_no"), (3, "prospect")} or {e["row"] for e in wrong["errors"]} == {
        3
    }
    assert not Patent.objects.filter(app_no=number(901)).exists()


def test_figures_count_the_latest_round(op, running):
    day = Period(None, clock.today())
    rows = [
        {"app_no": number(800 + i), "title": f"统计专利{i}", "owner": owner, "grant_date": dt.date(2023, 1, 1)}
        for i, owner in enumerate(["u-tcm"] * 4 + ["jlau"] * 3)
    ]
    bulk.import_rows(register_of("patents"), rows, op)
    forms = [
        {"round": "PD-test", "patent": r["app_no"], "stars": 3, "prospect": p}
        for r, p in zip(rows, ["good", "potential", "unclear", "none"] + ["good"] * 3, strict=True)
    ]
    bulk.import_rows(register_of("stock_records"), forms, op)
    assert evaluate("patents.stock_prospects", op, day).raw() == 5
    assert evaluate("patents.stock_bodies", op, day).raw() == 2
    bulk.import_rows(
        register_of("stock_rounds"), [{"ref": "PD-old", "title": "旧一轮", "owner": "g-scjg", "starts_on": dt.date(2020, 1, 1)}], op
    )
    assert evaluate("patents.stock_prospects", op, day).raw() == 5
    assert evaluate("patents.stock_prospects", op, day, round="PD-old").raw() == 0


def test_a_licence_signed_effective_recorded(actor, office, op, running):
    made, form = in_pool(office, op, running, 21)
    period = Period(dt.date(2000, 1, 1), clock.today())
    before = evaluate("patents.recordings", op, period).raw()
    signed = clock.today() - dt.timedelta(days=70)
    values = {
        "title": "许可（测试）",
        "kind": "ordinary",
        "patents": [made.app_no],
        "counterpart": "firm-jicui",
        "signed_on": signed,
        "stock": str(form.uid),
    }
    with pytest.raises(Refused) as refusal:
        run("patent_deals", "create")(by=office, **{**values, "term_to": dt.date(2050, 1, 1)})
    assert code(refusal) == "term_beyond_patent"
    deal = run("patent_deals", "create")(by=office, **values)
    with pytest.raises(Refused) as refusal:
        run("patent_deals", "record")(by=office, record=deal.uid, recorded_on=clock.today(), recording_no="X")
    assert code(refusal) == "not_effective"
    run("patent_deals", "take_effect")(by=office, record=deal.uid, effective_on=signed)
    deal = Deal.objects.get(pk=deal.pk)
    wait = Wait.objects.get(record=deal.record, act="record", role="owner")
    assert clock.local_date(wait.due_at) == deal.record_by and (deal.record_by - signed).days in (89, 90, 91, 92)
    run("patent_deals", "record")(by=office, record=deal.uid, recorded_on=clock.today(), recording_no="2026-1")
    assert evaluate("patents.recordings", op, period).raw() == before + 1
    assert StockRecord.objects.get(pk=form.pk).record.state == "recorded"
    assert Recording.objects.filter(deal=deal.record, holder_kind="university").count() == 1


def test_a_transfer_takes_effect_on_registration_only(office, op):
    made = patent(office, 22)
    deal = run("patent_deals", "create")(
        by=office, title="转让（测试）", kind="transfer", patents=[made.app_no], counterpart="firm-jicui", signed_on=dt.date(2024, 1, 5)
    )
    with pytest.raises(Refused) as refusal:
        run("patent_deals", "take_effect")(by=office, record=deal.uid, effective_on=dt.date(2024, 1, 6))
    assert code(refusal) == "effective_by_registration"
    assert Patent.objects.get(pk=made.pk).record.owner.ref == "u-tcm"
    run("patent_deals", "record")(by=op, record=deal.uid, recorded_on=dt.date(2024, 3, 1), recording_no="2024-1")
    held = Patent.objects.get(pk=made.pk)
    assert (held.record.owner.ref, held.acquired_by, Deal.objects.get(pk=deal.pk).effective_on) == (
        "firm-jicui",
        "transferred",
        dt.date(2024, 3, 1),
    )


def test_an_open_licence_is_for_all_and_cuts_the_fee(actor, office, op):
    made = patent(office, 23, holders=[{"name": "示例中医药大学"}])
    offer = run("open_licences", "create")(
        by=office, title="开放许可（测试）", patent=made.app_no, declared_on=dt.date(2025, 1, 5), fee_kind="lump", base_wan=3_000_000
    )
    run("open_licences", "file")(by=office, record=offer.uid)
    run("open_licences", "announce")(by=op, record=offer.uid, announced_on=dt.date(2025, 2, 1))
    with pytest.raises(Refused) as refusal:
        run("patent_deals", "create")(
            by=office, title="独占", kind="exclusive", patents=[made.app_no], counterpart="firm-jicui", signed_on=dt.date(2025, 3, 1)
        )
    assert code(refusal) == "open_licence_running"
    run("open_licences", "accept")(by=actor("jicui"), record=offer.uid, notified_on=dt.date(2025, 3, 1))
    run("open_licences", "confirm_payment")(by=office, record=offer.uid, licensee="firm-jicui", paid_on=dt.date(2025, 3, 9))
    from trihelix.registers.patents.queries import fee_of

    assert fee_of(Patent.objects.get(pk=made.pk), 5, dt.date(2025, 3, 1)).pay_fen == 102_000  # 1,200 yuan less 15 %
    run("open_licences", "withdraw")(by=office, record=offer.uid, reason="改为独占")
    assert offer.record.acceptances.get().paid_on == dt.date(2025, 3, 9)
    utility = patent(office, 24, app_no=number(24, 2))
    with pytest.raises(Refused) as refusal:
        run("open_licences", "create")(by=office, title="x", patent=utility.app_no, declared_on=dt.date(2025, 1, 5), fee_kind="free")
    assert code(refusal) == "report_required"


def test_a_product_to_national_recognition_and_revenue(actor, op):
    firm, day = actor("jicui"), Period(None, clock.today())
    before = [evaluate(f"patents.{n}", op, day).raw() for n in ("product_firms", "products", "products_recognised")]
    values = {
        "title": "红参浓缩液（测试）", "data_year": 2023, "sales_wan": 800_000_000, "revenue_wan": 2_000_000_000, "takes_part": True,
        "patents_used": [{"app_no": number(31), "core": True}],
    }  # fmt: skip
    product = run("patent_products", "create")(by=firm, **values)
    run("patent_products", "submit")(by=firm, record=product.uid)
    run("patent_products", "file")(by=op, record=product.uid, filed_on=dt.date(2024, 9, 30))
    run("patent_products", "recognise")(
        by=op, record=product.uid, year=2024, answer="recognised", on=dt.date(2024, 12, 1), basis="T/PPAC 402—2022", certificate_no="C-1"
    )
    run("patent_products", "update")(by=firm, record=product.uid, data_year=2024, sales_wan=950_000_000, revenue_wan=2_100_000_000)
    product = Product.objects.get(pk=product.pk)
    assert (product.record.state, product.sales_fen, [y.year for y in product.record.product_years.all()]) == (
        "recognised",
        950_000_000,
        [2023, 2024],
    )
    run("patent_products", "recognise")(by=op, record=product.uid, year=2025, answer="not_renewed", on=dt.date(2025, 12, 1))
    after = [evaluate(f"patents.{n}", op, day).raw() for n in ("product_firms", "products", "products_recognised")]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 1]
    with pytest.raises(Refused) as refusal:
        run("patent_products", "create")(by=firm, **{**values, "sales_wan": 3_000_000_000})
    assert code(refusal) == "sales_above_revenue"


@pytest.mark.parametrize(
    ("filed", "takes_part", "data_year", "verdict"),
    [
        (dt.date(2024, 9, 30), True, 2023, "met"),
        (dt.date(2024, 10, 1), True, 2023, "not_met"),
        (dt.date(2024, 9, 30), True, 2022, "not_met"),
    ],
)
def test_the_gate_of_a_round(filed, takes_part, data_year, verdict):
    from trihelix.registers.patents.queries import product_gate

    product = Product(
        filed_on=filed,
        takes_part=takes_part,
        data_year=data_year,
        sales_fen=1_000_000,
        revenue_fen=2_000_000,
        patents_used=[{"app_no": number(1)}],
    )
    assert product_gate(product, None, dt.date(2024, 10, 15))["verdict"] == verdict


def test_the_ten_best_cases(actor, op, office):
    today = clock.today()
    call = run("case_calls", "create")(by=op, title="十大典型案例（测试）", owner="g-scjg", wanted=1, opens_on=today, closes_on=today)
    run("case_calls", "open")(by=op, record=call.uid)
    reviewers = ["reviewer", "officer", "leader"]
    cases = []
    for i in range(2):
        made = patent(office, 41 + i)
        case = run("patent_cases", "create")(by=office, title=f"案例{i}", call=call.number, patent=made.app_no, story="专利转化为产品")
        run("patent_cases", "submit")(by=office, record=case.uid)
        run("patent_cases", "admit")(by=op, record=case.uid, reviewers=reviewers)
        cases.append(case)
    with pytest.raises(Refused) as refusal:
        run("case_calls", "review")(by=op, record=call.uid)
    assert code(refusal) == "call_open"
    CaseCall.objects.filter(pk=call.pk).update(opens_on=today - dt.timedelta(days=9), closes_on=today - dt.timedelta(days=1))
    run("case_calls", "review")(by=op, record=call.uid)
    for i, case in enumerate(cases):
        for name in reviewers:
            run("patent_cases", "score")(by=actor(name), record=case.uid, score=80 + i)
    run("case_calls", "rank")(by=op, record=call.uid)
    with pytest.raises(Refused) as refusal:
        run("case_calls", "publish")(by=op, record=call.uid)
    assert code(refusal) == "notice_running"
    CaseCall.objects.filter(pk=call.pk).update(notice_to=today - dt.timedelta(days=1))
    before = evaluate("patents.cases", op, Period(None, today)).raw()
    run("case_calls", "publish")(by=op, record=call.uid)
    assert [Case.objects.get(pk=c.pk).record.state for c in cases] == ["not_selected", "selected"]
    assert evaluate("patents.cases", op, Period(None, today)).raw() == before + 1


def test_a_valuation_prints_its_weights(office):
    made = patent(office, 51)
    rows = [{"indicator": "法律价值", "score": 80}, {"indicator": "technical", "score": 70}, {"indicator": "economic", "score": 60}]
    value = run("patent_valuations", "create")(
        by=office, title="评估（测试）", patent=made.app_no, scenario="grading", scores=rows, valued_on=dt.date(2025, 1, 1), method="income",
        flows=["100", "100", "100"], share_percent=Decimal(5), rate_percent=Decimal(20),
    )  # fmt: skip
    assert (value.score, value.money_fen, value.weights) == (70, 10_532_407, {"legal": 30, "technical": 40, "economic": 30})


def test_pages_of_the_patent_registers(client, office, op, running):
    made, form = in_pool(office, op, running, 61)
    client.force_login(User.objects.get(username="officer"))
    for path in (
        "/patents/families/",
        "/patents/national/?round=PD-test",
        f"/patents/{made.uid}/",
        f"/stock_records/{form.uid}/",
        f"/stock_rounds/{running.uid}/",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
    assert made.title in client.get("/patents/families/").content.decode()
