"""Rules of a panel beyond class and employer: women, newcomers, experts kept apart, cures that stay granted, experts let in; redacted files."""

from __future__ import annotations

import io

import pytest
from django.test import Client

from tests.registers.reviews.test_rounds import codes, items, open_round, pool, run, solved, token  # noqa: F401
from trihelix.engines import allocation
from trihelix.engines.errors import Refused
from trihelix.kernel import clock
from trihelix.kernel.models import Record, User
from trihelix.registers.experts.models import Expert
from trihelix.registers.parties.models import Person
from trihelix.registers.reviews.models import Item, Run, Seat

pytestmark = pytest.mark.django_db


def last(round_) -> Run:
    return Run.objects.filter(round=round_.record).last()


def panels_of(found) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for item, expert in found.answer["pairs"]:
        out.setdefault(item, []).append(expert)
    return out


@pytest.fixture
def women(pool):  # noqa: F811
    """Seven of the pool are linked to people registered as women."""
    people = list(Person.objects.order_by("pk")[:7])
    for expert, person in zip(pool[:7], people, strict=True):
        Person.objects.filter(pk=person.pk).update(gender="f")
        Expert.objects.filter(pk=expert.pk).update(person=person.record)
    return {e.record.number for e in pool[:7]}


def test_each_panel_has_its_women(op, women, items):  # noqa: F811
    round_ = open_round(op, items, women_min=2)
    found = solved(op, round_)
    assert found.answer["status"] == "optimal" and allocation.verify(found.problem, found.answer)["ok"]
    assert all(len(women & set(panel)) >= 2 for panel in panels_of(found).values())


def test_each_panel_has_its_newcomers(op, pool, items):  # noqa: F811
    first = open_round(op, items[:2])
    run("publish")(by=op, record=first.uid, run=solved(op, first).number)
    known = set(Seat.objects.filter(round=first.record).values_list("expert__number", flat=True))
    second = open_round(op, items[2:], newcomers_each=3)
    found = solved(op, second)
    assert all(len(set(panel) - known) >= 3 for panel in panels_of(found).values())
    with pytest.raises(Refused) as refused:
        open_round(op, items, newcomers_each=1, newcomers_min=1)
    assert codes(refused) == {"one_of_two"}


def test_experts_kept_apart_never_sit_together(op, pool, items):  # noqa: F811
    round_ = open_round(op, items)
    one, two = panels_of(solved(op, round_))[items[0].number][:2]
    run("keep_apart")(by=op, record=round_.uid, left=one, right=two, why="师生")
    run("run")(by=op, record=round_.uid)
    assert not any({one, two} <= set(panel) for panel in panels_of(last(round_)).values())
    page = Client()
    page.force_login(User.objects.get(username="officer"))
    assert "师生" in page.get(f"/review_rounds/{round_.uid}/assign/").content.decode()
    run("lift_apart")(by=op, record=round_.uid, left=two, right=one)
    with pytest.raises(Refused) as refused:
        run("lift_apart")(by=op, record=round_.uid, left=two, right=one)
    assert codes(refused) == {"no_pair"}


@pytest.fixture
def short_of_finance(pool, items, op):  # noqa: F811
    """No finance expert is active but one, who rests."""
    finance = [e for e in pool if e.kind == "finance"]
    Record.objects.filter(pk__in=[e.pk for e in finance[1:]]).update(state="paused")
    Expert.objects.filter(pk=finance[0].pk).update(rests_until=clock.today().replace(year=clock.today().year + 1))
    return finance[0], open_round(op, items)


def test_a_granted_waiver_stays_in_the_problem_and_checks(op, short_of_finance):
    _, round_ = short_of_finance
    found = solved(op, round_)
    assert found.answer["status"] == "infeasible"
    cure = next(k for k, r in enumerate(found.answer["repairs"], 1) if {c[0] for c in r["changes"]} == {"count_waiver"})
    run("relieve")(by=op, record=round_.uid, run=found.number, cure=cure, why="本批无经费支出")
    again = last(round_)
    assert again.answer["status"] == "optimal" and {c[0] for c in again.problem["granted"]} == {"count_waiver"}
    assert allocation.verify(again.problem, again.answer)["ok"]


def test_a_resting_expert_is_let_in_from_the_list(op, short_of_finance):
    expert, round_ = short_of_finance
    solved(op, round_)
    officer = Client()
    officer.force_login(User.objects.get(username="officer"))
    page = officer.get(f"/review_rounds/{round_.uid}/assign/").content.decode()
    assert 'id="pick"' in page and f'value="{expert.record.number}"' in page
    officer.post(f"/review_rounds/{round_.uid}/acts/let_in/", {"experts": expert.record.number, "why": "轮休中，财务专家不足"})
    run("run")(by=op, record=round_.uid)
    assert last(round_).answer["status"] == "optimal"
    Expert.objects.filter(pk=expert.pk).update(away_from=clock.today(), away_to=clock.today())
    with pytest.raises(Refused) as refused:
        run("let_in")(by=op, record=round_.uid, experts=[expert.record.number], why="x")
    assert codes(refused) == {"away"}


def test_a_blind_reviewer_reads_the_redacted_file_and_never_the_original(op, pool, items):  # noqa: F811
    round_ = open_round(op, items[:2], blind=True)
    run("publish")(by=op, record=round_.uid, run=solved(op, round_).number)
    told, silent = Item.objects.filter(round=round_.record).order_by("code")
    officer = Client()
    officer.force_login(User.objects.get(username="officer"))
    sent = io.BytesIO("技术路线：分段干燥。".encode())
    sent.name = f"{items[0].owner.title}.txt"
    assert officer.post(f"/review_rounds/{round_.uid}/items/{told.code}/file/", {"file": sent}).status_code == 302
    reader = Client()
    seat = Seat.objects.filter(round=round_.record, item_code=told.code).first()
    base = f"/r/{token(seat)}/"
    got = reader.get(f"{base}files/{told.code}/")
    assert b"".join(got.streaming_content).decode() == "技术路线：分段干燥。"
    assert got["Content-Disposition"] == f'attachment; filename="{told.code}.txt"' and "no-store" in got["Cache-Control"]
    other = Seat.objects.filter(round=round_.record, item_code=silent.code).first()
    assert reader.get(f"/r/{token(other)}/files/{silent.code}/").status_code == 404
    page = reader.get(f"/r/{token(other)}/").content.decode()
    for item in items[:2]:
        assert item.title not in page and item.owner.title not in page
    stranger = Seat.objects.filter(round=round_.record, item_code=silent.code).exclude(
        expert__in=Seat.objects.filter(round=round_.record, item_code=told.code).values("expert")
    )
    for one in stranger[:1]:
        assert reader.get(f"/r/{token(one)}/files/{told.code}/").status_code == 404
