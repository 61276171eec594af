"""Sheets: cells of every kind, files in and out, forms, and the round trip that must change nothing."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from decimal import Decimal

import jsonschema_rs
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trihelix.engines.codes import synthetic_credit_code
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import Column, Sheet, is_formula, json_schema, mark_errors, parse, parse_values, read, template, write

pytestmark = pytest.mark.nodb
COLOURS = {
    "red": ("红", "Red"),
    "green": ("绿", "Green"),
    "220102": ("南关区", "Nanguan"),
    "220403": ("西安区", "Xian"),
    "610100": ("西安区", "Xian city"),
}
OPS = {">=": ("不低于", "at least"), "<=": ("不高于", "at most")}
INDICATOR = (
    Column("name", "text", "指标", "Indicator", required=True, example="损耗"),
    Column("op", "choice", "关系", "Relation", choices=OPS, example="<="),
    Column("target", "text", "目标值", "Target", required=True, example="0.5"),
    Column("unit", "text", "单位", "Unit", example="dB"),
    Column("method", "text", "检测方法", "Test method", example="功率计"),
)
SHEET = Sheet(
    "things",
    (
        Column("ref", "text", "外部编号", "External key", example="W-001"),
        Column("title", "text", "名称", "Title", required=True, example="示例物品"),
        Column("owner", "ref", "单位", "Owner"),
        Column("problem", "longtext", "问题", "Problem"),
        Column("indicators", "rows", "核心指标", "Indicators", rows=INDICATOR),
        Column("budget_wan", "money_wan", "资金投入", "Money", unit="万元", example="80"),
        Column("fee_yuan", "money_yuan", "费用", "Fee", unit="元"),
        Column("staff", "integer", "人数", "Staff", unit="人", check=lambda v: Problem("few", "人数过少") if v < 1 else None),
        Column("ratio", "decimal", "比例", "Ratio"),
        Column("deadline", "date", "时限", "Deadline", example="2027-12-31"),
        Column("open", "boolean", "公开", "Open", example=True),
        Column("colour", "choice", "颜色", "Colour", choices=COLOURS, example="red"),
        Column("code", "code", "信用代码", "Credit code", example="91220101MA17ABCD2W"),
        Column("tags", "list", "标签", "Tags"),
        Column("colours", "list", "多色", "Colours", choices=COLOURS),
        Column("uid", "text", "唯一标识", "UID"),
    ),
    zh="物品",
)
BY = SHEET.by_name


def one(name, raw):
    return parse(BY[name], raw)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("title", "  甲\r\n乙 ", "甲\n乙"),
        ("title", 13800001111.0, "13800001111"),
        ("title", 0.5, "0.5"),
        ("title", True, "是"),
        ("title", datetime(2025, 5, 28), "2025-05-28"),
        ("title", "-40~85℃", "-40~85℃"),
        ("title", "+86-431-88880000", "+86-431-88880000"),
        ("title", "@示例", "@示例"),
        ("title", "=", "="),
        ("budget_wan", "80", 80_000_000),
        ("budget_wan", 147.71, 147_710_000),
        ("budget_wan", "120万元", 120_000_000),
        ("budget_wan", "1.2亿", 12_000_000_000),
        ("budget_wan", "5000元", 500_000),
        ("fee_yuan", "1,234.56", 123_456),
        ("staff", "１,２３４", 1234),
        ("staff", 12.0, 12),
        ("ratio", "0.70", Decimal("0.70")),
        ("deadline", "2025/5/8", date(2025, 5, 8)),
        ("deadline", "2025年5月28日", date(2025, 5, 28)),
        ("deadline", "20250528", date(2025, 5, 28)),
        ("deadline", 20250528, date(2025, 5, 28)),
        ("deadline", 45805, date(2025, 5, 28)),
        ("deadline", 45805.0, date(2025, 5, 28)),
        ("deadline", datetime(2025, 5, 28), date(2025, 5, 28)),
        ("open", "否", False),
        ("open", "TRUE", True),
        ("open", 1.0, True),
        ("colour", "红", "red"),
        ("colour", " GREEN ", "green"),
        ("colour", 220102.0, "220102"),
        ("colour", "220403 西安区", "220403"),
        ("code", "91220101ma17abcd2w", "91220101MA17ABCD2W"),
        ("tags", "甲；乙;丙\n\n丁\\;戊", ["甲", "乙", "丙", "丁;戊"]),
        ("tags", ["王伟", "王伟"], ["王伟", "王伟"]),
        ("colours", "红；green;红", ["red", "green"]),
        ("indicators", "损耗|<=|0.5|dB|功率计\n\n重复性｜不低于｜3", [
            {"name": "损耗", "op": "<=", "target": "0.5", "unit": "dB", "method": "功率计"},
            {"name": "重复性", "op": ">=", "target": "3"}]),
        ("indicators", [{"name": "损耗", "target": 0.5, "unit": None}], [{"name": "损耗", "target": "0.5"}]),
        ("tags", "", []),
        ("indicators", None, []),
        ("deadline", "  ", None),
    ],
)  # fmt: skip
def test_cells_become_values(name, raw, value):
    got = one(name, raw)
    assert got == value and type(got) is type(value)


@pytest.mark.parametrize(
    ("name", "raw", "code", "words"),
    [
        ("title", "", "required", "必填"),
        ("title", "=HYPERLINK(\"http://x\",\"y\")", "formula", "公式"),
        ("title", "＝1+1", "formula", "公式"),
        ("title", "@SUM(A1)", "formula", "公式"),
        ("title", "+cmd|' /C calc'!A0", "formula", "公式"),
        ("title", "-A1+B2", "formula", "公式"),
        ("title", "a\x00b", "control_character", "U+0000"),
        ("title", "长" * 32_768, "too_long", "32768"),
        ("title", 122200004127550209.0, "imprecise_number", "文本"),
        ("title", ["x"], "bad_text", "文本"),
        ("problem", "=1", "formula", "公式"),
        ("budget_wan", "很多", "bad_money", "金额"),
        ("budget_wan", "-5", "negative_money", "负"),
        ("budget_wan", True, "bad_money", "金额"),
        ("fee_yuan", "0.001", "fraction_of_fen", "一分"),
        ("staff", "1.5", "bad_integer", "整数"),
        ("staff", "十", "bad_number", "十"),
        ("staff", True, "bad_number", "数字"),
        ("staff", 1e300, "bad_integer", "过大"),
        ("staff", "0", "few", "过少"),
        ("ratio", "NaN", "bad_number", "NaN"),
        ("deadline", "2025-02-30", "bad_date", "不存在"),
        ("deadline", "28/5/2025", "bad_date", "2025-05-28"),
        ("deadline", 7, "bad_date", "不是日期"),
        ("deadline", datetime(2025, 5, 28, 9), "bad_date", "时刻"),
        ("deadline", True, "bad_date", "日期"),
        ("open", "maybe", "bad_boolean", "是 或 否"),
        ("colour", "gren", "bad_choice", "green 绿"),
        ("colour", "西安区", "ambiguous_choice", "220403"),
        ("code", "91220101MA17ABCD2X", "credit_code_check", "应为 W"),
        ("colours", "红；紫", "bad_choice", "紫"),
        ("indicators", "损耗|<=|1|2|3|4", "bad_rows", "6 栏"),
        ("indicators", "|<=|1", "required", "指标"),
        ("indicators", [{"name": "a", "target": "1", "weight": 3}], "unknown_field", "weight"),
        ("indicators", [1], "bad_rows", "对象"),
        ("indicators", 5, "bad_rows", "|"),
    ],
)  # fmt: skip
def test_refused_cells_say_what_to_do(name, raw, code, words):
    with pytest.raises(Refused) as caught:
        one(name, raw)
    problem = caught.value.problems[0]
    assert problem.code == code and words in problem.message
    assert (problem.field or "").startswith(name)


def test_problems_of_repeated_rows_name_item_and_field():
    with pytest.raises(Refused) as caught:
        one("indicators", [{"name": "a", "target": "1"}, {"name": "b", "op": "~"}])
    assert [(p.field, p.code) for p in caught.value.problems] == [("indicators[1].op", "bad_choice"), ("indicators[1].target", "required")]


@pytest.mark.parametrize("text", ["-40", "+5V", "- 温度", "@", "1=1", "-5V (max)", "=", "—", "-0.5~+0.5 dB"])
def test_plain_texts_are_no_formulas(text):
    assert not is_formula(text)


def test_values_of_a_form_are_parsed_by_name():
    values, problems = parse_values(SHEET.columns, {"title": "甲", "staff": "x", "height": 3}, row=7)
    assert values == {"title": "甲"}
    assert [(p.row, p.field, p.code) for p in problems] == [(7, "staff", "bad_number"), (7, "height", "unknown_field")]


# ---- files ----------------------------------------------------------------------------------------------------------

line = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zs", "Zl", "Zp"]), min_size=1, max_size=12)
plain_text = line.map(lambda t: " ".join(t.split())).filter(lambda t: t and not is_formula(t) and not t.startswith(("示例", "Sample")))
texts = st.lists(plain_text, min_size=1, max_size=3).map("\n".join).map(str.strip).filter(lambda t: t and not is_formula(t))
fen = st.integers(0, 10**15)


def maybe(strategy):
    return st.none() | strategy


def group(row):
    return {k: v for k, v in row.items() if v is not None}


values_of = {
    "title": plain_text, "owner": maybe(plain_text), "problem": maybe(texts), "budget_wan": maybe(fen), "fee_yuan": maybe(fen),
    "indicators": st.lists(st.fixed_dictionaries({
        "name": plain_text, "op": maybe(st.sampled_from(list(OPS))), "target": plain_text, "unit": maybe(plain_text),
        "method": maybe(plain_text)}).map(group), max_size=3),
    "staff": maybe(st.integers(1, 2**53)), "ratio": maybe(st.decimals(-1000, 1000, places=3)), "open": maybe(st.booleans()),
    "deadline": maybe(st.dates(date(1950, 1, 1), date(2100, 1, 1))), "colour": maybe(st.sampled_from(list(COLOURS))),
    "code": maybe(st.integers(0, 10**6).map(synthetic_credit_code)), "tags": st.lists(texts, max_size=3),
    "colours": st.lists(st.sampled_from(list(COLOURS)), max_size=3, unique=True), "uid": st.none(),
}  # fmt: skip
tables = st.lists(st.fixed_dictionaries(values_of), min_size=1, max_size=4).map(
    lambda rows: [{"ref": f"W-{i}", **r} for i, r in enumerate(rows)]
)


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "jsonl"])
@pytest.mark.parametrize("lang", ["zh", "en", "name"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=tables)
def test_reading_back_what_was_written_changes_nothing(tmp_path, suffix, lang, rows):
    path = tmp_path / f"t.{suffix}"
    assert write(SHEET, rows, path, lang) == len(rows)
    got, problems = read(SHEET, path)
    assert problems == []
    assert [r for _, r in got] == rows


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
@pytest.mark.parametrize(
    "text", ["-40~85℃", "'-40", "''@x", "@示例", "_x0041_", "#N/A", "#ref!", "+86-431", "%5", "a\tb", "0012", "1e5", "TRUE", "2025-05-28"]
)
def test_texts_that_spreadsheets_change_stay_as_they_are(tmp_path, suffix, text):
    path = tmp_path / f"t.{suffix}"
    write(SHEET, [{"title": text, "problem": text, "tags": [text]}], path)
    (_, row), problems = read(SHEET, path)[0][0], read(SHEET, path)[1]
    assert (row["title"], row["problem"], row["tags"], problems) == (text, text, [text], [])


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "jsonl"])
@pytest.mark.parametrize("fen", [0, 1, 10**6, 10**15 + 1])
def test_every_fen_survives(tmp_path, suffix, fen):
    path = tmp_path / f"t.{suffix}"
    write(SHEET, [{"title": "甲", "budget_wan": fen, "fee_yuan": fen, "ratio": Decimal("0.000001")}], path)
    (_, row), problems = read(SHEET, path)[0][0], read(SHEET, path)[1]
    assert (row["budget_wan"], row["fee_yuan"], row["ratio"], problems) == (fen, fen, Decimal("0.000001"), [])


def test_csv_has_a_mark_and_guards_what_a_spreadsheet_would_run(tmp_path):
    path = tmp_path / "t.csv"
    write(SHEET, [{"title": "-40~85℃", "budget_wan": 1_000_000}, {"title": "@示例"}], path)
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    cells = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert [r["名称"] for r in cells] == ["'-40~85℃", "'@示例"] and cells[0]["资金投入（万元）"] == "1"


def test_workbook_text_is_never_a_formula(tmp_path):
    write(SHEET, [{"title": "甲", "problem": "=1+1"}], tmp_path / "t.xlsx")
    assert openpyxl.load_workbook(tmp_path / "t.xlsx").active["D2"].data_type == "s"


def book(tmp_path, *rows, name="t.xlsx"):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(tmp_path / name)
    return tmp_path / name


def test_headings_in_any_language_with_mark_and_unit(tmp_path):
    path = book(tmp_path, ["External key", "名称*", "budget_wan", "费用（元）", "资金"], ["W", "甲", 1, 2, None])
    with pytest.raises(Refused) as caught:
        read(SHEET, path)
    assert [(p.code, p.field, p.row) for p in caught.value.problems] == [("unknown_column", "资金", 1)]
    assert "资金投入" in caught.value.problems[0].message
    path = book(tmp_path, ["External key", "名称*", "budget_wan", "费用（元）*"], ["W", "甲", 1, 2])
    assert read(SHEET, path)[0] == [(2, {"ref": "W", "title": "甲", "budget_wan": 1_000_000, "fee_yuan": 200})]


def test_doubled_and_missing_headings_are_refused_together(tmp_path):
    path = book(tmp_path, ["名称", "title", None, "what"], ["甲", "乙", "x", "y"])
    with pytest.raises(Refused) as caught:
        read(SHEET, path)
    assert [p.code for p in caught.value.problems] == ["duplicate_column", "no_heading", "unknown_column"]


def test_a_wrong_workbook_names_every_row(tmp_path):
    path = book(
        tmp_path,
        ["外部编号", "名称", "信用代码", "时限", "核心指标", "人数"],
        ["a", "甲", "91220101MA17ABCD2X", date(2025, 1, 1), None, 1],
        [None, None, None, None, None, None],
        ["b", None, None, "soon", "损耗|<=", "=1+1"],
        ["a", "丙", None, None, None, 3],
        ["c", "丁", None, None, None, 3],
    )
    rows, problems = read(SHEET, path)
    assert [n for n, _ in rows] == [6]
    assert [(p.row, p.field, p.code) for p in problems] == [
        (2, "code", "credit_code_check"),
        (4, "title", "required"),
        (4, "deadline", "bad_date"),
        (4, "indicators[0].target", "required"),
        (4, "staff", "formula"),
        (5, "ref", "duplicate_row"),
    ]


def test_a_required_column_may_be_absent_only_for_existing_records(tmp_path):
    rows, problems = read(SHEET, book(tmp_path, ["uid", "人数"], ["u1", 1], [None, 2]))
    assert rows == [(2, {"uid": "u1", "staff": 1})]
    assert [(p.row, p.field, p.code) for p in problems] == [(3, "title", "required")]


def test_error_cells_and_cells_without_address_are_found(tmp_path):
    path = book(tmp_path, ["名称", "人数"], ["甲", 1], ["乙", "#N/A"])
    assert [(p.row, p.field, p.code) for p in read(SHEET, path)[1]] == [(3, "staff", "cell_error")]


def test_the_same_ref_of_two_owners_is_no_double(tmp_path):
    path = book(tmp_path, ["外部编号", "名称", "单位"], ["a", "甲", "x"], ["a", "乙", "y"], ["a", "丙", "y"])
    assert [(p.row, p.field) for p in read(SHEET, path)[1]] == [(4, "ref")]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_of_any_usual_kind(tmp_path, codec, delimiter):
    path = tmp_path / "t.csv"
    path.write_bytes(
        delimiter.join(["名称", "问题"]).encode(codec)
        + f'\r\n甲{delimiter}"两\n行"\r\n'.encode(codec).removeprefix(b"\xff\xfe").removeprefix(b"\xef\xbb\xbf")
    )
    assert read(SHEET, path)[0] == [(2, {"title": "甲", "problem": "两\n行"})]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("t.ods", b"x", "file_kind"),
        ("t.xlsx", b"not a zip", "bad_workbook"),
        ("t.xls", b"not a workbook", "bad_workbook"),
        ("t.csv", b"", "empty_file"),
        ("t.csv", '名称\n"甲'.encode(), "bad_csv"),
        ("t.csv", b"\xff\x00\x81", "encoding"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused) as caught:
        read(SHEET, tmp_path / name)
    assert caught.value.problems[0].code == code


def test_no_file_and_no_writer(tmp_path):
    for act in (lambda: read(SHEET, tmp_path / "t.csv"), lambda: write(SHEET, [], tmp_path / "t.txt")):
        with pytest.raises(Refused):
            act()


def test_json_lines_name_line_and_key(tmp_path):
    path = tmp_path / "t.jsonl"
    lines = [
        '{"title": "甲", "indicators": [{"name": "a", "target": 1}]}',
        "",
        "{bad",
        "[1]",
        '{"title": "乙", "height": 2}',
        '{"staff": 1}',
        '{"title": "a", "title": "b"}',
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    rows, problems = read(SHEET, path)
    assert rows == [(1, {"title": "甲", "indicators": [{"name": "a", "target": "1"}]})]
    assert [(p.row, p.field, p.code) for p in problems] == [
        (3, None, "bad_json"), (4, None, "bad_json"), (5, "height", "unknown_field"), (6, "title", "required"), (7, None, "bad_json"),
    ]  # fmt: skip


def test_twenty_thousand_rows_are_read_and_named(tmp_path):
    rows = [
        {"ref": f"W-{i}", "title": f"物品{i}", "staff": i + 1, "budget_wan": i * 10_000, "deadline": date(2027, 1, 1)}
        for i in range(20_000)
    ]
    path = tmp_path / "big.xlsx"
    write(SHEET, rows, path)
    got, problems = read(SHEET, path)
    assert len(got) == 20_000 and not problems
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("名称,人数\n" + "甲,x\n" * 20_000, encoding="utf-8")
    got, problems = read(SHEET, wrong)
    assert not got and [p.row for p in problems] == list(range(2, 20_002))


# ---- forms and schema -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_form_can_be_filled_and_its_sample_is_skipped(tmp_path, lang):
    path = tmp_path / "form.xlsx"
    template(SHEET, path, lang)
    assert read(SHEET, path) == ([], [])
    made = openpyxl.load_workbook(path)
    page = made.worksheets[0]
    heads = {str(c.value).split("（")[0].rstrip("*"): c.column for c in page[1]}
    assert ("唯一标识" if lang == "zh" else "UID") not in heads
    assert page.freeze_panes == "B2" and made.worksheets[1].sheet_state == "hidden"
    assert any("$L$" in rule.formula1 for rule in page.data_validations.dataValidation)
    assert "indicators" in page.cell(1, 5).comment.text
    page.cell(3, heads["名称" if lang == "zh" else "Title"], "甲")
    page.cell(3, heads["颜色" if lang == "zh" else "Colour"], "绿" if lang == "zh" else "Green")
    made.save(path)
    assert [(n, r["title"], r["colour"]) for n, r in read(SHEET, path)[0]] == [(3, "甲", "green")]


def test_the_sample_row_itself_would_be_accepted(tmp_path):
    path = tmp_path / "form.xlsx"
    template(SHEET, path)
    made = openpyxl.load_workbook(path)
    made.worksheets[0]["A2"] = "W-001"
    made.save(path)
    ((number, row),) = read(SHEET, path)[0]
    assert number == 2 and row["indicators"] == [{"name": "损耗", "op": "<=", "target": "0.5", "unit": "dB", "method": "功率计"}]


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv"])
def test_the_returned_workbook_marks_the_wrong_cells(tmp_path, name):
    if name == "t.xlsx":
        path = book(tmp_path, ["名称", "人数"], ["甲", "x"])
    else:
        path = tmp_path / name
        path.write_text("名称,人数\n甲,x\n", encoding="utf-8")
    _, problems = read(SHEET, path)
    mark_errors(SHEET, path, [*problems, Problem("denied", "=不能导入", row=2)], tmp_path / "out.xlsx")
    made = openpyxl.load_workbook(tmp_path / "out.xlsx")
    page = made.worksheets[0]
    assert "数字" in page["B2"].comment.text and page["B2"].fill.fgColor.rgb.endswith("F8CBAD")
    assert "不能导入" in page["A2"].comment.text
    assert [c.value for c in made["错误清单"][2]] == [2, "人数", problems[0].message, "bad_number"]
    assert made["错误清单"]["C3"].data_type == "s"


def test_the_schema_accepts_what_is_exported_and_refuses_the_rest(tmp_path):
    schema = json_schema(SHEET)
    check = jsonschema_rs.Draft202012Validator(schema)
    rows = [
        {
            "ref": "W",
            "title": "甲",
            "budget_wan": 1,
            "indicators": [{"name": "a", "target": "1"}],
            "colours": ["red"],
            "deadline": date(2027, 1, 1),
        }
    ]
    write(SHEET, rows, tmp_path / "t.jsonl")
    assert check.is_valid(json.loads((tmp_path / "t.jsonl").read_text(encoding="utf-8")))
    for bad in ({}, {"title": "甲", "height": 1}, {"title": "甲", "colour": "blue"}, {"title": "甲", "indicators": [{"name": "a"}]}):
        assert not check.is_valid(bad), bad
    assert schema["properties"]["budget_wan"]["x-unit"] == "万元" and schema["x-key"] == ["owner", "ref"]
    assert schema["properties"]["indicators"]["examples"] == [
        [{"name": "损耗", "op": "<=", "target": "0.5", "unit": "dB", "method": "功率计"}]
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Column("a", "colour", "甲", "A"),
        lambda: Column("a", "choice", "甲", "A"),
        lambda: Column("a", "rows", "甲", "A"),
        lambda: Column("a", "rows", "甲", "A", rows=(Column("b", "list", "乙", "B"),)),
        lambda: Sheet("s", (Column("a", "text", "甲", "A"), Column("b", "text", "甲", "B"))),
        lambda: json_schema(Sheet("s", (Column("a", "date", "甲", "A", example="soon"),))),
    ],
)
def test_wrong_declarations_never_start(make):
    with pytest.raises(ValueError, match=r"column|sheet"):
        make()
