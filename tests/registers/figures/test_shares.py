"""Shares of enterprise experts: asked for by id, three populations apart, never among the figures of the letter."""

from __future__ import annotations

from fractions import Fraction

import pytest

from trihelix.kernel import bulk, clock
from trihelix.kernel.models import Record
from trihelix.kernel.register import register_of
from trihelix.registers.figures import evaluation
from trihelix.registers.figures.book import figures

pytestmark = pytest.mark.django_db
OWN = {"K98", "K99", "K99S"}


def told(op, name):
    return evaluation.evaluate_all(op, clock.today(), [name])[0]


def test_the_share_of_the_pool_is_part_over_whole(op):
    Record.objects.filter(register="experts").update(state="removed")
    rows = [{"ref": f"sh-{n}", "title": f"示例{n}", "owner": "jlau", "kind": "enterprise" if n < 2 else "academic"} for n in range(7)]
    bulk.import_rows(register_of("experts"), rows, op)
    Record.objects.filter(register="experts", ref__startswith="sh-").update(state="active")
    found = told(op, "K99")
    assert found.value == Fraction(200, 7) and found.text == "28.6" and len(found.lines) == 2 and found.base.value == 7
    Record.objects.filter(register="experts", ref__in=("sh-0", "sh-1")).update(state="removed")
    assert told(op, "K99").text == "0.0"


def test_without_anybody_a_share_has_no_value(op):
    for register, state in (("experts", "removed"), ("review_seats", "replaced"), ("expert_invitations", "cancelled")):
        Record.objects.filter(register=register).update(state=state)
    assert [told(op, k).value for k in sorted(OWN)] == [None, None, None]


def test_the_letter_does_not_know_them(op):
    assert set(figures().figures) >= OWN
    assert not OWN & {f.id for f in figures().of_letter()} and len(figures().of_letter()) == 108
    assert not OWN & {t["figure"] for c in figures().checks for t in (*c.left, *c.right) if "figure" in t}
