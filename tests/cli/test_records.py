"""Sheets and acts from the terminal."""

from __future__ import annotations

import json

import pytest
from openpyxl import load_workbook

from trihelix.engines import sheets
from trihelix.kernel.models import JournalEntry, Record
from trihelix.kernel.register import REGISTERS

pytestmark = pytest.mark.django_db
NEED = {
    "ref": "CLI-1", "title": "命令行测试需求", "owner": "firm-chiyu", "problem": "需要检验导入。", "budget_wan": "12.345678", "ownership": "shared",
    "deadline": "2030-01-31", "indicators": [{"name": "精度", "op": ">=", "target": "99", "unit": "%", "method": "比对"}],
}  # fmt: skip


def write(path, *rows):
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["xlsx", "csv", "jsonl"])
@pytest.mark.parametrize("register", sorted(REGISTERS))
def test_import_of_an_export_changes_nothing(run, tmp_path, register, kind):
    path = tmp_path / f"{register}.{kind}"
    out = run("export", register, path, "--json")
    assert out.code == 0, out
    count = REGISTERS[register].model._default_manager.count()
    assert out.json["rows"] == count
    if not count and kind != "jsonl":
        return  # a sheet without rows is refused as empty
    before, entries = dict(Record.objects.values_list("pk", "version")), JournalEntry.objects.count()
    back = run("import", register, path, "--json")
    assert back.code == 0, back.out[:2000]
    assert back.json == {
        "read": count,
        "created": 0,
        "updated": 0,
        "unchanged": count,
        "refused": 0,
        "errors": [],
        "journal": None,
        "seq": None,
    }
    assert dict(Record.objects.values_list("pk", "version")) == before and JournalEntry.objects.count() == entries


def test_import_creates_then_updates_and_names_its_journal_entry(run, tmp_path):
    path = write(tmp_path / "n.jsonl", NEED, {**NEED, "ref": "CLI-2"})
    dry = run("import", "needs", path, "--dry-run", "--json")
    assert dry.code == 0 and dry.json["created"] == 2 and dry.json["journal"] is None
    assert not Record.objects.filter(ref__startswith="CLI-").exists()
    done = run("import", "needs", path, "--json")
    assert done.json["created"] == 2 and done.json["errors"] == []
    entry = JournalEntry.objects.get(uid=done.json["journal"])
    assert entry.rows == 2 and entry.actor.username == "operator"
    again = run("import", "needs", write(tmp_path / "n.jsonl", {**NEED, "title": "改名"}, {**NEED, "ref": "CLI-2"}), "--json")
    assert (again.json["updated"], again.json["unchanged"]) == (1, 1)


def test_wrong_rows_are_all_named_and_nothing_is_written(run, tmp_path):
    before = Record.objects.count()
    rows = [
        NEED,
        {**NEED, "ref": "CLI-2", "ownership": "mine"},
        {**NEED, "ref": "CLI-3", "owner": "nobody"},
        {**NEED, "ref": "CLI-4", "colour": 1},
    ]
    done = run("import", "needs", write(tmp_path / "n.jsonl", *rows), "--json")
    assert done.code == 2
    named = {(e["row"], e["field"]) for e in done.json["errors"]}
    assert named >= {(2, "ownership"), (3, "owner"), (4, "colour")} and done.json["created"] == 0 and done.json["refused"] == 3
    assert Record.objects.count() == before


def test_as_a_firm_one_writes_only_for_ones_own_body(run, tmp_path):
    done = run("import", "needs", write(tmp_path / "n.jsonl", {**NEED, "owner": "firm-jicui"}), "--as", "chiyu", "--json")
    assert done.code == 2 and {"unknown_reference", "not_yours"} & done.codes
    assert run("import", "needs", write(tmp_path / "n.jsonl", NEED), "--as", "nobody", "--json").codes == {"unknown_user"}
    mine = run("import", "needs", write(tmp_path / "n.jsonl", NEED), "--as", "chiyu", "--json")
    assert mine.code == 0 and JournalEntry.objects.get(uid=mine.json["journal"]).actor.username == "chiyu"


def test_export_is_scoped_and_filtered(run, tmp_path):
    assert run("import", "needs", write(tmp_path / "n.jsonl", {**NEED, "state": "draft", "owner": "firm-jicui"}), "--json").code == 0
    Record.objects.filter(ref="CLI-1").update(visibility="owner")
    full = run("export", "needs", tmp_path / "a.jsonl", "--json").json["rows"]
    part = run("export", "needs", tmp_path / "b.jsonl", "--filter", "state=published", "--json").json["rows"]
    assert 0 < part < full
    firm = run("export", "needs", tmp_path / "c.jsonl", "--as", "chiyu", "--json").json["rows"]
    assert firm == full - 1
    assert run("export", "needs", tmp_path / "a.jsonl", "--json").codes == {"file_exists"}
    refused = run("export", "needs", tmp_path / "d.jsonl", "--filter", "colour=red", "--json")
    assert refused.code == 2 and refused.codes == {"unknown_filter"} and not (tmp_path / "d.jsonl").exists()
    assert run("export", "needs", tmp_path / "e.doc", "--json").codes == {"file_kind"}
    assert run("export", "colours", tmp_path / "f.csv", "--json").codes == {"unknown_register"}


@pytest.mark.parametrize("register", sorted(REGISTERS))
def test_schema_and_template_of_every_register(run, tmp_path, register):
    schema = run("schema", register, "--json").json
    assert set(schema["properties"]) == {c.name for c in REGISTERS[register].sheet.columns}
    path = tmp_path / "form.xlsx"
    assert run("template", register, path, "--json").json["register"] == register
    heads = [c.value for c in load_workbook(path).worksheets[0][1]]
    assert heads and all(heads)
    empty = run("import", register, path, "--json")  # the sample row is no row
    assert empty.code == 0 and empty.json["read"] == 0, empty.out


def test_acts_walk_a_need_with_the_refusals_of_the_pages(run, tmp_path):
    write(tmp_path / "n.jsonl", {**NEED, "state": "draft"})
    assert run("import", "needs", tmp_path / "n.jsonl", "--json").code == 0
    record = Record.objects.get(ref="CLI-1")
    denied = run("act", "needs", record.number, "accept", "--as", "chiyu", "--json")
    assert denied.code == 2 and denied.codes == {"denied"}
    done = run("act", "needs", "firm-chiyu:CLI-1", "submit", "--as", "chiyu", "--json")
    assert done.code == 0 and done.json["state"] == "submitted"
    assert run("act", "needs", record.uid, "submit", "--json").codes == {"flow"}
    assert run("act", "needs", record.uid, "vanish", "--json").codes == {"unknown_act"}
    assert run("act", "needs", record.uid, "return", "--json").codes == {"reason_required"}
    stale = run("act", "needs", record.uid, "accept", "--if-version", "1", "--json")
    assert stale.code == 2 and stale.codes == {"stale"}
    run("act", "needs", record.uid, "accept")
    wrong = run("act", "needs", record.uid, "give_up", "--value", "outcome=never", "--value", "colour=1", "--reason", "x", "--json")
    assert {e["field"] for e in wrong.json["errors"]} == {"outcome", "colour"}
    given = ("--value", "outcome=long_term", "--value", "next_on=2031-01-01", "--reason", "须长期研究")
    ended = run("act", "needs", record.uid, "give_up", *given, "--json")
    assert ended.json["state"] == "long_term"
    entry = JournalEntry.objects.filter(record=record).latest("id")
    assert entry.reason.startswith("须长期研究") and entry.actor.username == "operator" and entry.on_behalf_of.username == "system"


def test_search_ranks_with_reasons_and_refuses_unknown_filters(run):
    found = run("search", "needs", "人参", "-k", "3", "--facet", "field", "--json")
    assert found.code == 0 and found.json["hits"][0]["reasons"] and set(found.json) >= {"hits", "missing", "facets"}
    field = next(iter(found.json["facets"]["field"]))
    part = run("search", "needs", "人参", "--filter", f"field={field}", "--json")
    assert len(part.json["hits"]) > 0
    assert run("search", "needs", "人参", "--filter", "colour=1", "--json").codes == {"unknown_filter"}
    assert run("search", "colours", "人参", "--json").codes == {"usage"}


def test_what_is_imported_is_found_at_once(run, tmp_path):
    write(tmp_path / "n.jsonl", {**NEED, "title": "磁悬浮压缩机转子动平衡"})
    assert run("import", "needs", tmp_path / "n.jsonl", "--json").code == 0
    assert run("search", "needs", "磁悬浮压缩机", "--json").json["hits"][0]["ref"] == "CLI-1"


def test_a_formula_in_a_workbook_is_refused_by_row(run, tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    columns = REGISTERS["needs"].sheet.columns
    book.active.append([c.zh for c in columns])
    row = {c.zh: sheets.cell(c, sheets.parse(c, NEED[c.name])) if c.name in NEED else None for c in columns}
    book.active.append(list(row.values()))
    row["需求名称"] = "=1+1"
    row["外部编号"] = "CLI-9"
    book.active.append(list(row.values()))
    book.save(tmp_path / "n.xlsx")
    done = run("import", "needs", tmp_path / "n.xlsx", "--json")
    assert done.code == 2 and [(e["row"], e["field"], e["code"]) for e in done.json["errors"]] == [(3, "title", "formula")]


def test_links_of_a_record_named_several_times_are_answered_once(db):
    from trihelix.kernel.values import linked_refs

    records = list(Record.objects.filter(register="results").order_by("pk"))
    once = linked_refs(records, ("holder", "completer"))
    assert once and linked_refs([r for r in records for _ in range(7)], ("holder", "completer")) == once


def test_what_the_table_cannot_hold_is_named_by_row_and_column(run, tmp_path):
    rows = ({**NEED, "title": "长" * 401}, {**NEED, "ref": "CLI-2", "contact_phone": "1" * 41}, {**NEED, "ref": "R" * 121})
    done = run("import", "needs", write(tmp_path / "n.jsonl", *rows), "--json")
    assert done.code == 2
    assert [(e["row"], e["field"], e["code"]) for e in done.json["errors"]] == [
        (1, "title", "too_long"), (2, "contact_phone", "too_long"), (3, "ref", "too_long"),
    ]  # fmt: skip
    body = {"ref": "B-1", "title": "数目测试", "kind": "university", "division": "220100", "staff": -5}
    many = run("import", "bodies", write(tmp_path / "b.jsonl", body, {**body, "ref": "B-2", "staff": 10**12}), "--json")
    assert {(e["row"], e["field"], e["code"]) for e in many.json["errors"]} == {(1, "staff", "out_of_range"), (2, "staff", "out_of_range")}
