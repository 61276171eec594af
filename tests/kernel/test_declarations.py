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


CREATES = [(r.id, a.act) for r in REGISTERS.values() for a in r.acts.values() if a.creates and not a.hidden]


@pytest.mark.parametrize(("register_id", "act"), CREATES)
def test_nobody_starts_a_record_without_a_role_for_it(register_id, act):
    """Deny by default: a signed-in account without roles starts nothing but what is open to everybody; a visitor nothing at all."""
    from trihelix.kernel.action import may_start
    from trihelix.kernel.actor import VISITOR, Actor

    spec = REGISTERS[register_id].acts[act]
    assert spec.roles, "a creating act names its roles"
    assert not may_start(spec, VISITOR)
    assert may_start(spec, Actor(1, "无角色")) == ("anyone" in spec.roles)
    assert may_start(spec, Actor(1, "处室", roles=frozenset({"officer"}))) == bool({"officer", "anyone"} & set(spec.roles))
