"""Figures over records: value, lineage, gaps, external numbers, frozen reports, the letter."""

import datetime as dt
import re
from decimal import Decimal
from io import BytesIO

import docx
import pytest

from trihelix.engines.documents import official
from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, journal
from trihelix.kernel.actor import entries
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.contracts.models import Contract
from trihelix.registers.figures import checks, comparison, evaluation
from trihelix.registers.figures import letter as letters
from trihelix.registers.figures.book import figures
from trihelix.registers.figures.models import ExternalFigure, FrozenFigure

D = dt.date(2025, 5, 28)


def figure(name):
    return figures().figure(name)


def contracts(op, amounts, office="JL", day=dt.date(2024, 6, 3), lead="HT-T"):
    rows = [
        {
            "ref": f"{lead}-{i}", "title": f"技术开发合同{i}", "owner": "u-sci", "office": office, "kind": next(iter(register_of("contracts").column("kind").choices)),
            "sign_date": day, "registered_on": day, "parties": [{"side": "seller", "name": "甲"}, {"side": "buyer", "name": "乙"}],
            "amount_items": [{"label": "开发费", "kind": "technical", "amount_wan": wan * 1_000_000}],
        }
        for i, wan in enumerate(amounts)
    ]  # fmt: skip
    bulk.import_rows(register_of("contracts"), rows, op)


def test_no_records_is_a_gap_and_never_zero(op):
    found = evaluation.answer(figure("F29"), op, D)
    assert (found.status, found.text, found.digest) == ("gap", None, None)
    assert found.as_json()["gap"]


def test_counts_and_sums_have_their_records(op):
    contracts(op, [100, 250, 70_000])
    contracts(op, [900], day=dt.date(2025, 2, 3), lead="HT-LATER")
    count, total = evaluation.answer(figure("F29"), op, D), evaluation.answer(figure("F30"), op, D)
    assert (count.text, total.text, total.exact) == ("3", "7.04", "7.035")
    assert len(list(evaluation.listed(count, op))) == 3
    rows = list(evaluation.listed(total, op))
    assert sum(r["value_fen"] for r in rows) == 70_350 * 1_000_000
    assert {r["register"] for r in rows} == {"contracts"}
    naive = [
        c for c in entries(op, Contract) if c.registered_on and c.registered_on.year == 2024 and c.office and c.office.entry.level == "1"
    ]
    assert (int(count.text), total.value * 10**10) == (len(naive), sum(c.turnover_fen for c in naive))


def test_a_distinct_number_lists_each_subject_once(op):
    from trihelix.kernel.figures import Counted
    from trihelix.registers.figures import lineage

    contracts(op, [100, 250, 300])
    every = entries(op, Contract).filter(record__ref__startswith="HT-T-")
    by_owner, by_day = Counted(every, "distinct", "record__owner"), Counted(every, "distinct", "registered_on")
    assert [(t.raw, t.records) for t in lineage.tallies([by_owner, Counted(every.distinct()), by_day, Counted(every.none())])] == [
        (1, 1), (3, 3), (1, 1), (0, 0),
    ]  # fmt: skip
    owner = every.first().record.owner
    assert list(lineage.fetch(by_owner)) == lineage.page(by_owner, 0, 5) == [lineage.Line(owner.uid.hex, 1)]
    assert [line.key for line in lineage.fetch(by_day)] == ["2024-06-03"]
    assert next(iter(lineage.fetch(by_day))).uid == min(c.record.uid.hex for c in every)


def test_long_lists_stand_on_pages_and_their_digest_is_made_when_asked(op, client, monkeypatch):
    from trihelix.kernel.models import User
    from trihelix.registers.figures import pages

    contracts(op, [100, 250, 300])
    monkeypatch.setattr(pages, "SHOWN", 2)
    monkeypatch.setattr(pages, "DIGESTED", 2)
    client.force_login(User.objects.get(username="officer"))
    digest = evaluation.answer(figure("F29"), op, D).digest
    first = client.get("/figures/F29/", {"as_of": "2025-05-28"}).content.decode()
    assert '<span class="count">3</span>' in first and first.count('class="small" href="/thread/') == 2 and digest not in first
    second = client.get("/figures/F29/", {"as_of": "2025-05-28", "page": "2"}).content.decode()
    assert second.count('class="small" href="/thread/') == 1
    assert digest in client.get("/figures/F29/", {"as_of": "2025-05-28", "digest": "1"}).content.decode()


def test_removing_one_contract_changes_only_what_depends_on_it(loaded):
    contracts(loaded, [100, 250])
    before = {a.figure.id: a.digest for a in evaluation.evaluate_all(loaded, D)}
    gone = Contract.objects.get(record__ref="HT-T-0")
    register_of("contracts").acts["revoke"].run(by=loaded, record=gone.record, reason="重复登记")
    after = {a.figure.id: a.digest for a in evaluation.evaluate_all(loaded, D)}
    assert {k for k in before if before[k] != after[k]} == {"F29", "F30"}


def test_from_and_to_move_flows_only(op):
    contracts(op, [100], day=dt.date(2025, 2, 3))
    found = evaluation.answer(figure("F29"), op, D, dt.date(2025, 1, 1), dt.date(2025, 3, 31))
    assert (found.text, found.span.as_json()["from"]) == ("1", "2025-01-01")
    assert evaluation.answer(figure("F25"), op, D, dt.date(2025, 1, 1)).span.start is None
    with pytest.raises(Refused) as told:
        evaluation.answer(figure("F29"), op, D, dt.date(2025, 3, 1), dt.date(2025, 1, 1))
    assert told.value.problems[0].code == "date_order"


def test_external_numbers_count_once_a_second_person_confirmed_them(op, actor):
    acts = register_of("external_figures").acts
    for held in entries(op, ExternalFigure).filter(figure="F41"):
        acts["withdraw"].run(by=op, record=held.record, reason="另行登记")
    made = acts["create"].run(
        by=op,
        title="研发投入",
        figure="F41",
        value=Decimal("98.76"),
        unit="亿元",
        as_of=dt.date(2024, 12, 31),
        source="公报",
        person="填报人",
    )
    assert evaluation.answer(figure("F41"), op, D).status == "gap"
    with pytest.raises(Refused) as told:
        acts["confirm"].run(by=op, record=made.record)
    assert told.value.problems[0].code == "second_person"
    acts["confirm"].run(by=actor("officer"), record=made.record)
    found = evaluation.answer(figure("F41"), op, D)
    assert (found.status, found.text, found.exact) == ("external", "98.8", "98.76")
    assert any("公报" in c for c in found.cautions)
    assert evaluation.answer(figure("F41"), op, dt.date(2024, 6, 1)).status == "gap"


@pytest.mark.parametrize(
    ("change", "code"), [({"figure": "F29"}, "not_external"), ({"unit": "万元"}, "bad_unit"), ({"figure": "F999"}, "unknown_figure")]
)
def test_wrong_external_numbers_are_refused(op, change, code):
    row = {
        "title": "研发投入",
        "figure": "F41",
        "value": Decimal(1),
        "unit": "亿元",
        "as_of": D,
        "source": "公报",
        "person": "填报人",
    } | change
    with pytest.raises(Refused) as told:
        register_of("external_figures").acts["create"].run(by=op, **row)
    assert code in {p.code for p in told.value.problems}


def test_targets_print_target_and_progress(op):
    found = evaluation.answer(figure("F22"), op, D).as_json()
    assert (found["status"], found["value"], found["progress"]["value"]) == ("target", "50", None)


def test_attributes_of_plans_and_documents(loaded):
    told = {i: evaluation.answer(figure(i), loaded, D).text for i in ("F04", "F05", "F55", "F58", "F82", "F94", "F107", "F108")}
    expected = {"F04": "吉科发成〔2025〕71号", "F05": "18", "F55": "3", "F58": "2", "F82": "2", "F94": "2023-12", "F107": "4", "F108": "6"}
    assert told == expected


def _report(op):
    acts = register_of("reports").acts
    return acts["create"].run(by=op, title="季度指标", as_of=D)


def test_a_frozen_report_keeps_its_numbers_and_tells_what_changed(loaded):
    contracts(loaded, [100, 250])
    journal.seal_pending()
    report = _report(loaded)
    register_of("reports").acts["freeze"].run(by=loaded, record=report.record)
    held = FrozenFigure.objects.get(report=report.record, figure="F29")
    assert (held.answer["value"], held.answer["seq"]) == ("2", evaluation.last_seq())
    contracts(loaded, [40], lead="HT-NEW")
    changed = {c["figure"]: c for c in comparison.since_frozen(report, loaded) if c["changed"]}
    assert set(changed) == {"F29", "F30"}
    assert (changed["F29"]["then"], changed["F29"]["now"], len(changed["F29"]["added"])) == ("2", "3", 1)
    compared = comparison.compared(evaluation.answer(figure("F29"), loaded, D), loaded)
    assert compared["last_report"]["difference"] == "1"
    with pytest.raises(ValueError):
        held.save()


def test_a_red_check_must_be_explained(op, monkeypatch):
    red = checks.Finding(next(c for c in figures().checks if c.id == "loans-within-credit"), "red", None, None)
    monkeypatch.setattr(checks, "check_all", lambda *a, **k: [red])
    report = _report(op)
    with pytest.raises(Refused) as told:
        register_of("reports").acts["freeze"].run(by=op, record=report.record)
    assert (told.value.problems[0].code, told.value.problems[0].value) == ("red_check", "loans-within-credit")
    told_why = [{"check": "loans-within-credit", "text": "贷款含上年授信"}]
    register_of("reports").acts["change"].run(by=op, record=report.record, explanations=told_why)
    register_of("reports").acts["freeze"].run(by=op, record=report.record)


def test_checks_without_records_are_grey(op):
    assert {f.light for f in checks.check_all(op, D)} <= {"grey", "green", "amber"}


def _numbers_of(built):
    text = "".join(getattr(b, "text", "") for b in built.official.blocks)
    return dict(re.findall("\ue000(F\\d+)\ue001([^\ue002]*)\ue002", text))


def test_every_printed_number_is_the_figure(loaded):
    contracts(loaded, [100, 250, 70_000])
    built = letters.build(loaded, D)
    printed = _numbers_of(built)
    assert printed["F29"] == "3" and printed["F30"] == "7.04"
    for name in ("F29", "F30", "F41", "F25", "F26"):
        assert printed[name] == evaluation.answer(figure(name), loaded, D).text
    paper = docx.Document(BytesIO(official.docx(letters.plain(built.official))))
    text = "\n".join(p.text for p in paper.paragraphs)
    assert "登记技术合同3项，成交额7.04亿元" in text and "吉科发成〔2025〕71号" in text and "2025年5月28日" in text
    assert "\ue000" not in text and "民建省委会：" in text
    assert {"Heading 1", "Heading 2", "Title"} <= {p.style.name for p in paper.paragraphs}


def test_what_is_missing_is_named_and_not_zero(loaded):
    k50 = Record.objects.get(register="result_clauses", ref="K50")
    register_of("result_clauses").acts["retire"].run(by=loaded, record=k50, reason="无记录")
    built = letters.build(loaded, D)
    assert {"record", "figure"} <= {g["kind"] for g in built.gaps}
    text = "".join(getattr(b, "text", "") for b in built.official.blocks)
    assert "〔缺：" in text and "K50 没有登记" in text


def test_an_edited_wording_takes_the_place_of_the_book(loaded, actor):
    contracts(loaded, [100])
    acts = register_of("letter_clauses").acts
    with pytest.raises(Refused) as told:
        acts["create"].run(by=loaded, title="改", clause="2R1", text="登记了 9 项合同。")
    assert told.value.problems[0].code == "typed_number"
    made = acts["create"].run(by=loaded, title="改", clause="2R1", text="上年全省登记合同{F29}项。")
    acts["adopt"].run(by=loaded, record=made.record)
    text = "".join(getattr(b, "text", "") for b in letters.build(loaded, D).official.blocks)
    assert "上年全省登记合同" in text and "认定登记技术合同" not in text
    second = acts["create"].run(by=loaded, title="改二", clause="2R1", text="登记合同{F29}项。")
    acts["adopt"].run(by=loaded, record=second.record)
    made.record.refresh_from_db()
    assert made.record.state == "retired"


def test_pages_show_figures_to_those_who_see_all(loaded, client, actor):
    from trihelix.kernel.models import User

    contracts(loaded, [100])
    assert client.get("/figures/").status_code == 200
    assert client.get("/leaders/").status_code in (302, 403)
    client.force_login(User.objects.get(username="officer"))
    for address in ("/figures/", "/figures/F29/", "/figures/checks/", "/figures/all.json", "/letter/", "/letter/letter.docx", "/leaders/"):
        assert client.get(address, {"as_of": "2025-05-28"}).status_code == 200, address
    assert client.get("/figures/F29/list.jsonl", {"as_of": "2025-05-28"}).getvalue().count(b"\n") == 1
    assert client.get("/figures/", {"as_of": "soon"}).status_code == 422
    uid = Contract.objects.get(record__ref="HT-T-0").record.uid
    page = client.get(f"/thread/{uid}/").content.decode()
    assert "<svg" in page and "100" in page
