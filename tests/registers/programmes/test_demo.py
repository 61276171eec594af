"""The demo programmes load through acts, and overdue projects cost the unit its places."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from trihelix.cli.demo import programmes as demo
from trihelix.cli.demo.province import Context
from trihelix.kernel import bulk, clock
from trihelix.kernel.figures import Period, evaluate
from trihelix.kernel.register import register_of
from trihelix.registers.programmes import queries
from trihelix.registers.programmes.models import Application, Board, BudgetLine, Project

pytestmark = pytest.mark.django_db


def test_the_demo_loads(op):
    if not Board.objects.exists():  # the demo province may bring them along
        demo.load(Context(op, random.Random(1), clock.today()))
    assert BudgetLine.objects.filter(kind="fund").count() == 2
    assert Board.objects.get().state == "posted" and Application.objects.get().state == "draft"
    assert Project.objects.count() == 6 and set(Project.objects.values_list("record__state", flat=True)) == {"running"}
    year = clock.today().year
    period = Period(dt.date(year - 1, 1, 1), dt.date(year - 1, 12, 31))
    assert evaluate("programmes.batches", op, period, scheme="special").raw() == 2
    assert evaluate("programmes.firms", op, period, scheme="cocoon").raw() == 1
    assert evaluate("programmes.match_committed", op, period, scheme="special").raw() == 1200 * 1_000_000


def test_the_rule_version_of_an_imported_project_follows_its_award_day(op):
    base = {"owner": "firm-chiyu", "scheme": "open-bid", "state": "running"}
    rows = [
        {**base, "ref": f"b{i}", "title": f"揭榜 {i}", "approved_on": day}
        for i, day in enumerate((dt.date(2023, 11, 30), dt.date(2023, 12, 1)))
    ]
    bulk.import_rows(register_of("projects"), rows, op, "历史")
    assert list(Project.objects.filter(record__ref__in=("b0", "b1")).order_by("approved_on").values_list("scheme_version", flat=True)) == [
        "2021",
        "2023",
    ]


def test_overdue_projects_cut_the_quota_of_their_unit(op):
    rows = [
        {
            "ref": f"o{i}",
            "title": f"逾期 {i}",
            "owner": "firm-chiyu",
            "scheme": "plan-project",
            "approved_on": dt.date(2019, 1, 1),
            "due_on": day,
            "state": "running",
        }
        for i, day in enumerate((dt.date(2022, 12, 31), dt.date(2025, 1, 31)))
    ]
    bulk.import_rows(register_of("projects"), rows, op, "逾期")
    unit = Project.objects.get(record__ref="o0").record.owner_id
    held = queries.unit_standing(unit, queries.scheme_book().scheme("plan-project"), 10, dt.date(2025, 7, 1))
    assert (held.overdue, held.beyond, held.forced, held.quota) == (2, 1, 1, 9)
