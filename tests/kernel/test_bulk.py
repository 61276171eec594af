"""Imports: all rows or none, every wrong row named, an export changes nothing when it comes back."""

from __future__ import annotations

import openpyxl
import pytest

from trihelix.engines import sheets
from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, journal
from trihelix.kernel.actor import entries
from trihelix.kernel.models import JournalEntry, Record, Wait
from trihelix.kernel.register import REGISTERS, register_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "jsonl"])
@pytest.mark.parametrize("register_id", sorted(REGISTERS))
def test_an_export_that_comes_back_changes_nothing(register_id, suffix, op, tmp_path):
    register = register_of(register_id)
    path = tmp_path / f"out.{suffix}"
    sheets.write(register.sheet, bulk.export_rows(register, entries(op, register.model).order_by("pk"), op), path)
    before = JournalEntry.objects.count()
    answer = bulk.import_file(register, path, op)
    assert answer["errors"] == [] and answer["created"] == answer["updated"] == 0
    assert answer["unchanged"] == answer["read"] == register.model.objects.count()
    assert JournalEntry.objects.count() == before and answer["journal"] is None


def _need_rows(path, rows):
    book = openpyxl.Workbook()
    page = book.active
    header = ["ref", "title", "owner", "problem", "indicators", "budget_wan", "ownership", "deadline"]
    page.append(header)
    for row in rows:
        page.append([row.get(h) for h in header])
    book.save(path)


GOOD = {"ref": "T-1", "title": "好的需求", "owner": "firm-jicui", "problem": "蒸制不匀", "indicators": "空心率|<=|3|%|目检", "budget_wan": "60",
        "ownership": "双方共有", "deadline": "2028-12-31"}  # fmt: skip


def test_a_wrong_workbook_names_every_row_and_writes_nothing(op, tmp_path):
    path = tmp_path / "wrong.xlsx"
    rows = [
        GOOD,
        {**GOOD, "ref": "T-2", "owner": "91220101MA17ABCD2X"},
        {**GOOD, "ref": "T-3", "indicators": None},
        {**GOOD, "ref": "T-4", "deadline": "2001-01-01"},
        {**GOOD, "ref": "T-5", "title": "=HYPERLINK(1)"},
        {**GOOD, "ref": "T-6", "budget_wan": "很多"},
        {**GOOD, "ref": "T-1", "title": "重复编号"},
    ]
    _need_rows(path, rows)
    before = Record.objects.count()
    answer = bulk.import_file(register_of("needs"), path, op)
    assert answer["read"] == 7 and answer["created"] == 0 and Record.objects.count() == before
    named = {(e["row"], e["field"]) for e in answer["errors"]}
    assert {(3, "owner"), (4, "indicators"), (5, "deadline"), (6, "title"), (7, "budget_wan")} <= named
    assert any(row == 8 for row, _ in named), "the double key is named too"


def test_a_good_workbook_creates_published_needs_with_one_entry(op, tmp_path):
    path = tmp_path / "good.xlsx"
    _need_rows(path, [{**GOOD, "ref": f"T-{i}"} for i in range(5)])
    answer = bulk.import_file(register_of("needs"), path, op)
    assert (answer["created"], answer["errors"]) == (5, [])
    entry = JournalEntry.objects.get(uid=answer["journal"])
    assert entry.rows == 5 and entry.children.count() == 5
    need = Record.objects.get(register="needs", ref="T-0")
    assert need.state == "published" and need.node is not None and need.entry.budget_fen == 60_000_000
    assert journal.history(need)[0]["changes"]["budget_fen"] == [None, 60_000_000]
    journal.seal_pending()
    assert not [f for f in journal.faults() if f["fault"] != "unsealed"]


def test_a_firms_own_import_starts_as_drafts_that_wait_for_it(actor, tmp_path):
    path = tmp_path / "own.xlsx"
    _need_rows(path, [{**GOOD, "owner": None}])
    firm = actor("jicui")
    assert bulk.import_file(register_of("needs"), path, firm)["created"] == 1
    record = Record.objects.get(register="needs", ref="T-1")
    assert record.state == "draft" and Wait.objects.filter(record=record, act="submit", role="owner").exists()


def test_a_stale_row_is_refused_with_its_version(op, tmp_path):
    register = register_of("needs")
    record = entries(op, register.model).filter(record__state="published").first().record
    row = next(r for r in bulk.export_rows(register, register.model.objects.filter(record=record), op))
    register.acts["change"].run(by=op, record=record.uid, conditions="改过")
    path = tmp_path / "stale.jsonl"
    sheets.write(register.sheet, [{**row, "title": "旧表里的新标题"}], path)
    answer = bulk.import_file(register, path, op)
    assert [e["code"] for e in answer["errors"]] == ["stale"]


def test_a_change_between_deciding_and_writing_refuses_the_whole_import(op):
    register = register_of("needs")
    record = entries(op, register.model).filter(record__state="published").first().record
    decision = bulk.decide(register, [(1, {"ref": record.ref, "owner": record.owner.ref, "conditions": "新的要求"})], (), op)
    assert len(decision.updates) == 1
    register.acts["change"].run(by=op, record=record.uid, conditions="别人先改")
    with pytest.raises(Refused) as refusal:
        bulk.apply(register, decision, op)
    assert refusal.value.problems[0].code == "stale"
    assert Record.objects.get(pk=record.pk).entry.conditions == "别人先改"


@pytest.mark.slow
def test_twenty_thousand_rows_with_two_wrong_ones(op, tmp_path):
    path = tmp_path / "big.jsonl"
    rows = [
        {"ref": f"B-{i}", "title": f"成果 {i}", "owner": "jlu", "summary": f"第 {i} 项成果的说明", "maturity": 1 + i % 9}
        for i in range(20_000)
    ]
    rows[11]["maturity"] = 10
    rows[19_998]["owner"] = "无此单位"
    sheets.write(register_of("results").sheet, rows, path, "name")
    answer = bulk.import_file(register_of("results"), path, op)
    assert answer["read"] == 20_000 and {(e["row"], e["field"]) for e in answer["errors"]} == {(12, "maturity"), (19_999, "owner")}
    assert not Record.objects.filter(register="results", ref="B-0").exists()


def test_a_changed_file_updates_what_it_names_and_nothing_else(op):
    """Updates are written by the insert that updates: keys, numbers, states, makers and days of making stay as they were."""
    register, by = register_of("results"), op
    held = Record.objects.filter(register="results").order_by("pk")
    kept = ("pk", "uid", "number", "state", "visibility", "created_at", "created_by_id", "owner_id", "synthetic", "book_id")
    before = {r["pk"]: r for r in held.values(*kept, "version", "title")}
    bulk.import_rows(register, [{"ref": r.ref, "owner": r.owner.ref, "title": f"改名 {r.ref}"} for r in held], by)
    after = {r["pk"]: r for r in held.values(*kept, "version", "title")}
    assert before and set(after) == set(before)
    for pk, row in after.items():
        assert {k: row[k] for k in kept} == {k: before[pk][k] for k in kept}
        assert row["title"].startswith("改名") and row["version"] == before[pk]["version"] + 1
    rows = {r.pk: r for r in register.model.objects.all()}
    bulk.import_rows(register, [{"ref": r.ref, "owner": r.owner.ref, "title": f"改名 {r.ref}"} for r in held], by)
    assert {r["pk"]: r["version"] for r in held.values("pk", "version")} == {pk: r["version"] for pk, r in after.items()}, "unchanged"
    assert set(rows) == set(before)
