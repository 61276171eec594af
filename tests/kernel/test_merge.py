"""Merging duplicates keeps history and never loses a reference."""

from __future__ import annotations

import pytest

from trihelix.kernel import merge
from trihelix.kernel.models import Link, Record
from trihelix.kernel.register import register_of

pytestmark = pytest.mark.django_db


def run(register: str, act: str):
    return register_of(register).acts[act].run


def test_every_relation_is_moved_or_kept_on_purpose():
    """A new foreign key to a record is moved by default; one that must stay is named in KEPT, which lists nothing that is gone."""
    names = {name for name, _, _ in merge.relations()}
    assert names >= merge.KEPT, merge.KEPT - names
    assert "needs.Need.next_body" in names - merge.KEPT and "kernel.Grant.scope" in names - merge.KEPT


def test_a_merged_body_leaves_nothing_pointing_at_it(op, actor):
    firm = Record.objects.get(register="bodies", ref="firm-chiyu")
    double = run("bodies", "create")(by=op, title="示例·驰域（重复）有限公司", kind="firm", credit_code=_code(), division="220174").record
    person = run("people", "create")(by=op, title="示例-重复甲", owner=double.ref)
    run("people", "join")(by=op, record=person.uid, body=double.ref, position="工程师")
    result = run("results", "create")(by=op, title="重复单位的成果", summary="说明", owner=double.ref, holders=[double.ref])
    run("bodies", "merge")(by=op, record=double.uid, into=firm.ref, reason="同一企业重复登记")
    double.refresh_from_db()
    assert (double.state, double.merged_into_id) == ("merged", firm.pk)
    for name, model, field in merge.relations():
        if name not in merge.KEPT:
            assert not model._base_manager.filter(**{field.name: double}).exists(), name
    assert Record.objects.get(pk=result.pk).owner_id == firm.pk
    assert Link.objects.filter(source=result.record, target=firm, kind="holder").exists()
    assert person.record.memberships.get().body_id == firm.pk
    again = run("results", "create")(by=op, title="按旧编号引用", summary="说明", owner=double.number)
    assert again.record.owner_id == firm.pk, "the old id is an alias"


def test_a_merge_into_itself_or_into_a_dead_record_is_refused(op):
    from trihelix.engines.errors import Refused

    body = Record.objects.get(register="bodies", ref="firm-chiyu")
    with pytest.raises(Refused) as refusal:
        run("bodies", "merge")(by=op, record=body.uid, into=body.ref, reason="误操作")
    assert refusal.value.problems[0].code == "same_record"


def _code() -> str:
    from trihelix.engines.codes import synthetic_credit_code

    return synthetic_credit_code(900_001, "220174")
