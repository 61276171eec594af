"""Fees by the standard, credit, rest, invitations to planning groups, affinity by outputs only."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.models import Link, Record
from trihelix.kernel.register import register_of
from trihelix.registers.experts import fees
from trihelix.registers.experts.affinity import Evidence
from trihelix.registers.experts.models import Expert

pytestmark = pytest.mark.django_db
EVER = Period(None, dt.date(2099, 1, 1))


def run(register: str, act: str):
    return register_of(register).acts[act].run


def codes(refusal) -> set[str]:
    return {p.code for p in refusal.value.problems}


@pytest.fixture
def expert(op):
    return Expert.objects.filter(record__state="active", kind="enterprise").order_by("pk").first()


@pytest.mark.parametrize(
    ("days", "yuan"),
    [("0.5", 900), ("1", 1500), ("2", 3000), ("3", 3750), ("4", 4500), ("2.5", 3450), ("1.5", 2400)],
)
def test_meetings_by_half_days_and_half_rate_from_the_third_day(days, yuan):
    assert fees.amount("meeting", 150_000, Decimal(days), None, None) == yuan * 100


@pytest.mark.parametrize(("times", "percent", "yuan"), [(1, 20, 300), (4, 50, 3000), (3, None, 900)])
def test_correspondence_by_times(times, percent, yuan):
    assert fees.amount("correspondence", 150_000, None, times, percent) == yuan * 100


@pytest.mark.parametrize(
    ("rank", "academician", "low", "high"), [("教授", False, 1500, 2400), ("副教授", False, 900, 1500), ("教授", True, 2250, 3600)]
)
def test_day_rates_by_rank(rank, academician, low, high):
    assert fees.day_range(rank, academician) == (low * 100, high * 100)


def test_a_fee_outside_the_standard_is_refused(op, expert):
    create = run("expert_fees", "create")
    for values, code in (
        ({"mode": "correspondence", "times": 2, "percent": 60, "day_yuan": 150_000}, "out_of_range"),
        ({"mode": "meeting", "days": Decimal("0.3"), "day_yuan": 150_000}, "half_days"),
        ({"mode": "meeting", "days": Decimal(1), "day_yuan": 400_000}, "above_standard"),
        ({"mode": "meeting", "day_yuan": 150_000}, "required"),
    ):
        with pytest.raises(Refused) as refusal:
            create(by=op, title="咨询", expert=expert.record.number, **values)
        assert code in codes(refusal)
    made = create(by=op, title="咨询", expert=expert.record.number, mode="meeting", days=Decimal(3), day_yuan=150_000)
    assert made.amount_fen == 375_000
    with pytest.raises(Refused) as refusal:
        run("expert_fees", "approve")(by=op, record=made.uid)
    assert codes(refusal) == {"two_people"}


def test_credit_stays_between_nothing_and_the_most(op, expert):
    change = run("experts", "credit")
    assert change(by=op, record=expert.uid, points=-130, why="演示").credit == 0
    assert change(by=op, record=expert.uid, points=250, why="演示").credit == 100


def test_rest_begins_today_or_later(op, expert):
    with pytest.raises(Refused) as refusal:
        run("experts", "rest")(by=op, record=expert.uid, rests_until=clock.today() - dt.timedelta(days=1))
    assert codes(refusal) == {"date_order"}


def test_invitations_are_answered_and_counted_by_class(op, expert):
    before = evaluate("experts.invitations", op, EVER, kind="enterprise", work="guide").raw()
    made = run("expert_invitations", "create")(by=op, title="指南编制", expert=expert.record.number, work="guide")
    assert made.expert_kind == "enterprise" and made.record.owner_id == expert.record.owner_id
    with pytest.raises(Refused):
        run("expert_invitations", "contribute")(by=op, record=made.uid, contribution="先说")
    run("expert_invitations", "accept")(by=op, record=made.uid)
    run("expert_invitations", "contribute")(by=op, record=made.uid, contribution="增设方向")
    assert run("expert_invitations", "adopt")(by=op, record=made.uid, adopted=True).adopted is True
    assert evaluate("experts.invitations", op, EVER, kind="enterprise", work="guide").raw() == before + 1


def test_affinity_reads_outputs_and_names_them():
    person, other = Record.objects.filter(register="people").order_by("pk")[:2]
    result = Record.objects.filter(register="results", visibility="public").order_by("pk").first()
    Link.objects.get_or_create(source=result, target=person, kind="completer", defaults={"at": clock.now()})
    Link.objects.filter(target=other).delete()
    evidence = Evidence([person.pk, other.pk])
    shares = evidence.shares(result.title)
    assert shares.get(person.pk, 0) > 0.5 and other.pk not in shares
    assert any(r.output.pk == result.pk for r in evidence.reasons(result.title, person.pk))
