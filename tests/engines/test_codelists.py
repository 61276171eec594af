"""The shipped code lists and what the loader refuses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from trihelix.engines.bookfile import BookError
from trihelix.engines.codelists import CodeList, load_codelists, lookup
from trihelix.engines.errors import Refused

pytestmark = pytest.mark.nodb
LISTS = load_codelists(Path(__file__).resolve().parents[2] / "books/jilin/codes")
COUNTY = {"district", "county_city", "county", "autonomous_county"}


def jilin(kinds):
    return [r for r in LISTS["divisions"].active() if r.code.startswith("22") and r.kind in kinds]


def test_sixty_counties_nine_prefectures_nine_zones():
    assert len(jilin(COUNTY)) == 60
    assert len(jilin(COUNTY | {"zone"})) == 69
    assert len(jilin({"prefecture"})) == 9
    assert {k: len(jilin({k})) for k in sorted(COUNTY)} == {"autonomous_county": 3, "county": 16, "county_city": 20, "district": 21}
    per = [len([r for r in LISTS["divisions"].children(p.code) if r.kind != "zone"]) for p in jilin({"prefecture"})]
    assert per == [11, 9, 5, 4, 7, 6, 5, 5, 8]


def test_every_county_lies_in_its_prefecture():
    prefectures = {r.code for r in jilin({"prefecture"})}
    for row in jilin(COUNTY | {"zone"}):
        assert row.parent == row.code[:4] + "00" and row.parent in prefectures
        assert (row.kind == "zone") == (71 <= int(row.code[4:]) <= 79)


@pytest.mark.parametrize(("old", "new"), [("220381", "220184"), ("220181", "220113"), ("220724", "220781"), ("220625", "220605")])
def test_old_codes_lead_to_the_new(old, new):
    divisions = LISTS["divisions"]
    assert divisions.get(old) is None and divisions.current(old).code == new
    assert divisions.get(old, date(2005, 6, 1)).code == old
    with pytest.raises(Refused, match=new):
        lookup(LISTS, "divisions", old, date(2025, 5, 1))


def test_names_that_repeat_show_their_prefecture():
    names = dict(LISTS["divisions"].choices())
    assert names["220403"] == "西安区"
    assert [r.zh for r in LISTS["divisions"].path("220403")] == ["吉林省", "辽源市", "西安区"]
    assert len(set(names.values())) == len(names)


@pytest.mark.parametrize(("code", "section"), [("27", "C"), ("65", "I"), ("75", "M")])
def test_the_section_of_a_division(code, section):
    assert lookup(LISTS, "industries", code).parent == section


def test_industries_are_complete_and_98_is_invalid():
    industries = LISTS["industries"]
    assert len(industries.active(kind="section")) == 20 and len(industries.active(kind="division")) == 97
    with pytest.raises(Refused) as caught:
        lookup(LISTS, "industries", "98")
    assert caught.value.problems[0].code == "code_unknown"


def test_disciplines_by_block():
    assert [len(LISTS["disciplines"].children(b)) for b in "ABCDE"] == [9, 4, 6, 24, 19]


def test_market_nodes_are_one_ten_and_n():
    nodes = LISTS["market_nodes"]
    assert [len(nodes.active(kind=k)) for k in ("provincial", "sub_market", "station")] == [1, 10, 60]
    assert [r.code for r in nodes.active(kind="sub_market") if r.unverified] == ["JL-CBS"]


@pytest.mark.parametrize("system", ["market_nodes", "management_units", "contract_areas"])
def test_mapped_codes_exist(system):
    for row in LISTS[system].rows:
        assert row.maps_to
        for code in row.maps_to:
            assert lookup(LISTS, "divisions", code)


def test_trl_stages_overlap_as_published():
    assert len(LISTS["trl"].rows) == 9
    assert {c for r in LISTS["trl_stages"].rows for c in r.maps_to} == {r.code for r in LISTS["trl"].rows}


def test_twelve_fields_in_chinese_and_english():
    assert len(LISTS["fields"].rows) == 12
    assert LISTS["fields"].get("fibre").name("en") == "Optical-fibre communication"
    assert LISTS["fields"].find("光电信息")[0].code == "optoelectronics"


def test_unknown_systems_and_codes_say_what_there_is():
    with pytest.raises(Refused, match="divisions"):
        lookup(LISTS, "division", "220100")
    with pytest.raises(Refused, match="220104 朝阳区"):
        lookup(LISTS, "divisions", "朝阳区")


HEAD = "system: t\nzh: 表\nversion: '1'\nsource: 测试\n"


def load(tmp_path, text) -> CodeList:
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    return load_codelists(tmp_path)["t"]


def test_the_name_is_that_of_the_day(tmp_path):
    rows = "rows:\n  - {code: a, zh: 旧名, valid_to: 2019-12-31}\n  - {code: a, zh: 新名, valid_from: 2020-01-01}\n"
    made = load(tmp_path, HEAD + rows)
    assert [made.get("a", date(y, 1, 1)).zh for y in (2019, 2020)] == ["旧名", "新名"]
    assert made.get("a").zh == "新名" and made.current("a").zh == "新名"
    assert made.get("a").source == "测试" and made.get("a").name("en") == "新名"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("rows:\n  - {code: a, zh: 甲}\n  - {code: a, zh: 乙}\n", "duplicate_code"),
        ("rows:\n  - {code: a, zh: 甲, parent: b}\n", "code_unknown"),
        ("rows:\n  - {code: a, zh: 甲, replaced_by: b}\n", "code_unknown"),
        ("rows:\n  - {code: a, zh: ' '}\n", "bad_row"),
        ("rows:\n  - {code: 1, zh: 甲}\n", "bad_row"),
        ("rows:\n  - {code: a, zh: 甲, valid_from: soon}\n", "bad_date"),
        ("rows:\n  - {code: a, zh: 甲, valid_from: 2020-01-02, valid_to: 2020-01-01}\n", "bad_date"),
        ("rows:\n  - {code: a, zh: 甲, colour: red}\n", "unknown_key"),
        ("rows: []\n", "bad_codes"),
        ("expect: {rows: 2}\nrows:\n  - {code: a, zh: 甲}\n", "row_count"),
        ("expect: {golden: {a: 乙}}\nrows:\n  - {code: a, zh: 甲}\n", "golden"),
    ],
)
def test_a_wrong_list_names_its_line(tmp_path, body, code):
    with pytest.raises(BookError) as caught:
        load(tmp_path, HEAD + body)
    assert caught.value.problems[0].code == code and str(caught.value).startswith("t.yaml:")


def test_a_system_twice_and_no_folder(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(HEAD + "rows:\n  - {code: a, zh: 甲}\n", encoding="utf-8")
    with pytest.raises(BookError, match="已在另一个文件"):
        load_codelists(tmp_path)
    with pytest.raises(Refused, match="找不到"):
        load_codelists(tmp_path / "none")


def test_a_ring_of_successors_has_no_current_row(tmp_path):
    rows = (
        "rows:\n  - {code: a, zh: 甲, valid_to: 2020-01-01, replaced_by: b}\n  - {code: b, zh: 乙, valid_to: 2020-01-01, replaced_by: a}\n"
    )
    assert load(tmp_path, HEAD + rows).current("a") is None
