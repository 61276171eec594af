"""The figures and the wording of the book: whole, bound, and no number typed in."""

import pytest
import yaml

from trihelix.engines.errors import Refused
from trihelix.registers.figures import letterbook
from trihelix.registers.figures.book import figures, read

pytestmark = pytest.mark.nodb


def test_every_figure_of_the_letter_is_there_once():
    assert [f.id for f in figures().of_letter()] == [f"F{n:02d}" for n in range(1, 109)]


def test_every_measure_result_and_commitment_stands_in_one_place():
    ks = {k for c in letterbook.letter().clauses.values() for s in c.sentences for k in s.ks}
    assert ks == {f"K{n:02d}" for n in range(1, 113)}


def test_every_counted_figure_is_told_in_the_letter():
    told = {p for c in letterbook.letter().clauses.values() for s in c.sentences for p in letterbook.places(s.text)}
    assert {f.id for f in figures().of_letter()} - told == {"F01", "F02", "F03", "F04", "F05", "F06", "F27", "F106"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("共登记 4827 项。", "typed_number"),
        ("共登记{F999}项。", "unknown_place"),
        ("成交{F30}元。", "unit_missing"),
        ("共{F29项。", "bad_place"),
    ],
)
def test_typed_numbers_and_unknown_places_are_refused(text, code):
    assert code in {p.code for p in letterbook.check_text(text)}


def test_a_good_wording_has_no_problem():
    assert not list(letterbook.check_text("{Y-1}年登记{F29}项，成交额{F30}亿元，增长{F53}%。"))


def _write(tmp_path, **change):
    row = {
        "id": "F01", "place": "D", "phrase": {"zh": "数"}, "subject": "s", "population": "p", "measure_kind": "flow", "period": "to_date", "unit": "项",
        "owner": "o", "formula": "a.b",
    } | change  # fmt: skip
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "a.yaml").write_text(yaml.safe_dump({"figures": [row]}, allow_unicode=True), encoding="utf-8")
    return read(tmp_path / "figures", tmp_path)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"surprise": 1}, "unknown_key"), ({"period": "someday"}, "bad_period"), ({"measure_kind": "guess"}, "bad_kind"), ({"formula": ""}, "no_source"),
        ({"operation": "growth"}, "bad_unit"), ({"target": "many"}, "bad_number"),
    ],
)  # fmt: skip
def test_a_wrong_book_is_refused_with_file_and_line(tmp_path, change, code):
    with pytest.raises(Refused) as told:
        _write(tmp_path, **change)
    assert told.value.problems[0].code == code
    assert "figures/a.yaml:" in told.value.problems[0].message
