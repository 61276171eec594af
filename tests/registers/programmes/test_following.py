"""What an award founded follows it: recognised, renewed, graded, put right, removed, by the acts that the book names."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.registers.programmes.test_shapes import LATER, NOW, applied, do, fresh, opened, through
from trihelix.kernel import clock
from trihelix.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day(monkeypatch):
    held = [NOW.date()]
    monkeypatch.setattr(clock, "today", lambda: held[0])
    return held


def seen(project):
    """What the award founded: state, grade, last day."""
    from trihelix.registers.platforms.models import Platform

    made = Platform.objects.get(project=project.record)
    return made.record.state, made.grade, made.valid_to


def test_what_an_award_founded_follows_it_to_its_recognition_grades_and_removal(actor, day):
    from trihelix.kernel.models import JournalEntry
    from trihelix.registers.platforms.models import Platform

    call = opened(actor, "pilot-base")
    case = applied(actor, "ciomp-teacher", call, {"summary": "自评报告", "requested": 30}, class_id="pilot")
    do("applications", "submit", actor("ciomp-teacher"), case)
    project = through(actor, "ciomp-teacher", case, call, day)
    officer = actor("officer")
    assert seen(project) == ("building", "", None)
    do("projects", "recognise", officer, project, now=LATER)
    assert seen(project) == ("recognised", "", dt.date(2029, 4, 1))
    made = Platform.objects.get(project=project.record)
    assert made.recognised_on == LATER.date() and made.periods[-1]["basis"] == project.number
    do("projects", "renew", officer, project, now=LATER)
    assert seen(project) == ("recognised", "", dt.date(2032, 4, 1))
    do("projects", "evaluate", officer, project, grade="不合格", now=LATER)
    assert seen(project)[:2] == ("rectifying", "fail") and Platform.objects.get(pk=made.pk).rectify_until == dt.date(2026, 9, 28)
    do("projects", "evaluate", officer, project, grade="良好", now=LATER)
    assert seen(project)[:2] == ("recognised", "good") and Platform.objects.get(pk=made.pk).fails == 0
    do("projects", "remove", officer, project, now=LATER, reason="不再运行")
    assert seen(project)[0] == "removed" and project.number in Platform.objects.get(pk=made.pk).ended_why
    told = list(JournalEntry.objects.filter(record=made.record).order_by("pk").values_list("action", flat=True))
    assert told == [f"platforms.{a}" for a in ("found", "recognise", "renew", "evaluate", "evaluate", "restore", "remove")]


def test_a_platform_is_recognised_when_its_building_is_accepted_and_may_be_ahead_of_its_award(actor, day):
    from trihelix.registers.platforms.models import Platform

    call = opened(actor, "innovation-centre")
    case = applied(actor, "utcm-office", call, {"summary": "建设意向"}, class_id="special")
    office, officer = actor("utcm-office"), actor("officer")
    for act, by in (("submit", office), ("unit_approve", office), ("recommend", office), ("form_pass", officer)):
        do("applications", act, by, case)
    do("applications", "review_done", SYSTEM, case, score=90, rank=1)
    do("applications", "visit_done", officer, case, note="已看")
    do("applications", "invite_full", officer, case)
    do("applications", "save", office, case, answers={"goals": "目标"})
    do("applications", "submit", office, case)
    project = through(actor, "utcm-office", case, call, day)
    do("projects", "recognise", officer, project, now=LATER)
    assert (fresh(project).state, seen(project)[0]) == ("building", "building")
    do("projects", "build_done", officer, project, now=LATER)
    assert seen(project) == ("recognised", "", dt.date(2031, 4, 1))
    made = Platform.objects.get(project=project.record)
    do("platforms", "remove", officer, made, now=LATER, reason="依托单位注销")
    do("projects", "evaluate", officer, project, grade="优秀", now=LATER)  # the platform has ended: passed over, not refused
    assert (fresh(project).grade, seen(project)[:2]) == ("优秀", ("removed", ""))


def test_following_names_acts_states_and_grades_that_there_are(db):
    from trihelix.kernel.register import REGISTERS
    from trihelix.registers.platforms.awards import following, foundings
    from trihelix.registers.platforms.life import GRADES
    from trihelix.registers.programmes.queries import scheme_book

    told, projects = following(), REGISTERS["projects"]
    assert set(told.grades.values()) == set(GRADES)
    for name, founding in foundings().items():
        for scheme in scheme_book().schemes[name]:
            assert set(scheme.get("status.grades")) <= set(told.grades), name
        for step in told.steps:
            assert step.act in projects.acts and step.to in {"", *(s.id for s in projects.flow.states)}, step
            assert set(step.do) <= set(REGISTERS[founding.register].acts), step
