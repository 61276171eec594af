"""Values that must be unique: a wrong row of an import is told by number, never by a failing database."""

from __future__ import annotations

import datetime as dt

import pytest

from trihelix.engines.errors import Refused
from trihelix.kernel import bulk, uniques
from trihelix.kernel.register import REGISTERS, register_of

pytestmark = pytest.mark.django_db


def rows(*years: int, ref: str = "ND") -> list[dict[str, object]]:
    return [{"ref": f"{ref}-{i}", "title": "年度", "platform": "SD-u", "year": year} for i, year in enumerate(years)]


@pytest.fixture
def years(op):
    bulk.import_rows(
        register_of("platforms"),
        [{"ref": "SD-u", "title": "基地", "owner": "jlau", "kind": "transfer_base", "recognised_on": dt.date(2022, 1, 1)}],
        op,
    )
    return register_of("platform_years")


def test_twice_in_one_file(years, op):
    with pytest.raises(Refused) as refused:
        bulk.import_rows(years, rows(2023, 2024, 2023), op)
    assert [(p.code, p.row, p.field) for p in refused.value.problems] == [("value_taken", 3, "year")]


def test_against_what_is_there(years, op):
    bulk.import_rows(years, rows(2023, 2024), op)
    with pytest.raises(Refused) as refused:
        bulk.import_rows(years, rows(2025, 2024, ref="other"), op)
    assert [(p.code, p.row) for p in refused.value.problems] == [("value_taken", 2)]
    with pytest.raises(Refused) as refused:
        bulk.import_rows(years, rows(2024, 2023), op)  # two records cannot change places in one write
    assert {p.code for p in refused.value.problems} == {"value_taken"}
    assert bulk.decide(years, list(enumerate(rows(2023, 2024), 1)), (), op).unchanged == 2


def test_blank_values_under_a_condition_are_free():
    columns = dict(uniques.unique_sets(REGISTERS["title_cases"].model))
    assert columns[("certificate_no",)] is True
    assert dict(uniques.unique_sets(REGISTERS["platform_years"].model)) == {("platform_id", "year"): False}
