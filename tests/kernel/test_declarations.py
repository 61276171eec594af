"""What every declared register must keep."""

from __future__ import annotations

import pytest

from trihelix.engines.matching.port import KINDS
from trihelix.kernel.register import REGISTERS, attribute

pytestmark = pytest.mark.nodb


def test_number_prefixes_are_unique():
    prefixes = [r.prefix for r in REGISTERS.values()]
    assert len(prefixes) == len(set(prefixes)), sorted(p for p in prefixes if prefixes.count(p) > 1)


def test_every_searched_register_is_a_kind_of_the_index():
    assert {r.id for r in REGISTERS.values() if r.search_doc} <= set(KINDS)


@pytest.mark.parametrize("register_id", sorted(REGISTERS))
def test_names_in_a_declaration_are_columns(register_id):
    register = REGISTERS[register_id]
    columns = {c.name for c in register.sheet.columns}
    fields = {f.name for f in register.model._meta.get_fields()} | {
        f.name for f in register.model.record.field.related_model._meta.get_fields()
    }
    for name in {*register.personal, *register.confidential, *register.links, *register.refs}:
        assert name in columns, f"{register_id}: {name}"
    for name in (*register.list_columns, *register.filters):
        assert name in columns or attribute(name) in fields, f"{register_id}: {name}"
    assert all(act.zh and act.en for act in register.acts.values())
    moved = {t.act for t in register.flow.transitions}
    assert moved <= set(register.acts), f"{register_id}: transitions without an act: {sorted(moved - set(register.acts))}"
