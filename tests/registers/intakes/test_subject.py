"""An intake says by itself whether it collected a need or a result."""

from __future__ import annotations

import datetime as dt

import pytest

from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("column", "register"), [("need", "needs"), ("result", "results")])
def test_the_subject_follows_from_the_reference(op, column, register):
    target = Record.objects.filter(register=register).order_by("pk").first()
    made = (
        register_of("intakes")
        .acts["create"]
        .run(by=op, title="征集", owner="m-jl", route="market", collected_on=dt.date(2024, 1, 1), **{column: str(target.uid)})
    )
    assert made.subject == column
