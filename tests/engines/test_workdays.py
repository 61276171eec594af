"""Working days: the published years, the worked examples, and properties of counting."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.make_calendar import NOTICES, render
from trihelix.engines.bookfile import BookError
from trihelix.engines.errors import Refused
from trihelix.engines.workdays import Calendar, Clock, Due, Pause

pytestmark = pytest.mark.nodb
FOLDER = Path(__file__).resolve().parents[2] / "books/jilin/calendar"
CAL = Calendar.load(FOLDER)
D = date.fromisoformat
days = st.dates(date(2020, 2, 1), date(2026, 6, 30))


def test_every_day_of_every_announced_year_agrees_with_the_package():
    day = date(2020, 1, 1)
    while day <= date(2026, 12, 31):
        assert CAL.is_working(day) == (chinese_calendar.is_workday(day), True), day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", sorted(NOTICES))
def test_the_shipped_file_is_what_the_tool_writes(year):
    assert (FOLDER / f"{year}.yaml").read_text(encoding="utf-8") == render(year)


def test_2026_has_248_working_days():
    assert CAL.working_days_between(D("2025-12-31"), D("2026-12-31")) == (248, True)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2025-05-28", 20, "2025-06-26"),
        ("2025-06-26", -20, "2025-05-28"),
    ],
)
def test_worked_examples(start, n, end):
    assert CAL.add(D(start), n) == Due(D(end), True)


def test_first_day_counts_calendar_days_and_roll():
    assert CAL.add(D("2026-02-13"), 5, first_day_counts=True).date == D("2026-02-26")
    assert CAL.add(D("2026-09-25"), 1, first_day_counts=True).date == D("2026-09-28")  # starts on a holiday
    assert CAL.add(D("2026-09-01"), 30, kind="calendar").date == D("2026-10-01")
    assert CAL.add(D("2026-09-01"), 30, kind="calendar", first_day_counts=True).date == D("2026-09-30")
    assert CAL.add(D("2026-09-01"), 30, kind="calendar", roll=True).date == D("2026-10-08")
    assert CAL.add(D("2026-10-01"), 0).date == D("2026-10-01")
    assert CAL.add(D("2026-10-01"), 0, roll=True).date == D("2026-10-08")


def test_a_deadline_across_an_unannounced_year_is_provisional():
    assert CAL.add(D("2026-12-30"), 1) == Due(D("2026-12-31"), True)
    assert CAL.add(D("2026-12-30"), 2) == Due(D("2027-01-01"), False)  # Monday-to-Friday rule until announced
    assert CAL.add(D("2026-12-30"), 10, kind="calendar") == Due(D("2027-01-09"), True)
    assert CAL.add(D("2026-12-30"), 10, kind="calendar", roll=True) == Due(D("2027-01-11"), False)
    assert CAL.is_working(D("2027-02-08")) == (True, False)
    assert not CAL.working_days_between(D("2026-12-01"), D("2027-01-05")).confirmed


def test_the_version_names_the_days(tmp_path):
    for file in FOLDER.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    assert Calendar.load(tmp_path).version == CAL.version
    text = (tmp_path / "2026.yaml").read_text(encoding="utf-8").replace("2026-10-10", "2026-10-11")
    (tmp_path / "2026.yaml").write_text(text, encoding="utf-8")
    assert Calendar.load(tmp_path).version != CAL.version


@given(days, st.integers(1, 60))
def test_adding_and_counting_are_inverse(start, n):
    end = CAL.add(start, n).date
    assert CAL.is_working(end).working
    assert CAL.working_days_between(start, end).days == n
    assert CAL.working_days_between(end, start).days == -n


@given(days, st.integers(1, 60), st.booleans())
def test_ends_rise_with_n_and_the_first_day_never_lengthens(start, n, roll):
    assert CAL.add(start, n, roll=roll).date < CAL.add(start, n + 1, roll=roll).date
    assert CAL.add(start, n, first_day_counts=True).date <= CAL.add(start, n).date


@given(days, st.integers(2, 40), st.integers(0, 20), st.integers(0, 30))
def test_a_pause_moves_the_end_by_the_working_days_it_took(start, n, after, length):
    clock = Clock(start, n)
    end = clock.due(CAL).date
    since = start + timedelta(days=1 + after)
    until = since + timedelta(days=length)
    paused = clock.pause(since, "补正材料")
    if since > end:
        assert paused.due(CAL) == clock.due(CAL)
        return
    assert paused.due(CAL) is None
    lost = CAL.working_days_between(since - timedelta(days=1), until - timedelta(days=1)).days
    assert paused.resume(until).due(CAL).date == CAL.add(end, lost).date


def test_clock_pause_resume_restart_and_refusals():
    clock = Clock(D("2026-03-02"), 15)
    paused = clock.pause(D("2026-03-05"))
    assert paused.pauses == (Pause(D("2026-03-05")),) and paused.is_paused
    with pytest.raises(Refused, match="已处于暂停"):
        paused.pause(D("2026-03-06"))
    with pytest.raises(Refused, match="早于暂停日"):
        paused.resume(D("2026-03-04"))
    with pytest.raises(Refused, match="没有暂停"):
        clock.resume(D("2026-03-04"))
    again = paused.restart(D("2026-03-20"))
    assert again.due(CAL) == CAL.add(D("2026-03-20"), 15) and again.began == D("2026-03-02")
    with pytest.raises(Refused, match="早于原起算日"):
        clock.restart(D("2026-03-01"))
    with pytest.raises(Refused, match="早于"):
        clock.pause(D("2026-03-01"))
    with pytest.raises(Refused, match="至少 1 天"):
        Clock(D("2026-03-02"), 0)


@pytest.mark.parametrize(("n", "kind"), [(5, "business"), (36_601, "working"), (-36_601, "calendar")])
def test_refusals_of_add(n, kind):
    with pytest.raises(Refused):
        CAL.add(D("2026-01-01"), n, kind=kind)


def test_the_end_of_time_is_refused():
    with pytest.raises(Refused, match="超出"):
        CAL.add(date(9999, 12, 30), 10)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("year: 2026", "year: 2025", "bad_date"),
        ("confirmed: true", "confirmed: 是", "bad_calendar"),
        ("day: 2026-01-04", "day: 2026-01-05", "bad_date"),
        ("day: 2026-01-04", "day: 2026-01-03", "duplicate_day"),
        ("to: 2026-02-23", "to: 2026-02-13", "bad_date"),
        ("from: 2026-02-15", "from: soon", "bad_date"),
        ("source:", "sauce:", "unknown_key"),
    ],
)
def test_a_wrong_file_names_its_line(tmp_path, old, new, code):
    text = (FOLDER / "2026.yaml").read_text(encoding="utf-8")
    (tmp_path / "2026.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BookError) as caught:
        Calendar.load(tmp_path)
    assert code in {p.code for p in caught.value.problems}
    assert "2026.yaml:" in str(caught.value)


def test_a_year_twice_and_no_folder_are_refused(tmp_path):
    text = (FOLDER / "2026.yaml").read_text(encoding="utf-8")
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BookError, match="已在另一个文件"):
        Calendar.load(tmp_path)
    with pytest.raises(Refused, match="找不到日历"):
        Calendar.load(tmp_path / "none")


@pytest.mark.parametrize(
    ("args", "code", "expected"),
    [
        (["--from", "2025-05-28", "--add", "20"], 0, {"date": "2025-06-26", "confirmed": True}),
        (["--from", "2026-12-30", "--add", "5"], 0, {"date": "2027-01-06", "confirmed": False}),
        (["--from", "2026-09-01", "--add", "30", "--kind", "calendar", "--first-day-counts"], 0, {"date": "2026-09-30"}),
        (["--from", "2026-13-01", "--add", "5"], 2, {}),
        (["--from", "2026-01-01"], 2, {}),
    ],
)
def test_command_line(args, code, expected, capsys):
    from trihelix.cli import main

    try:
        main(["workdays", *args, "--json"])
        status = 0
    except SystemExit as stop:
        status = stop.code
    answer = json.loads(capsys.readouterr().out)
    assert status == code
    assert ("errors" in answer) == bool(code)
    assert answer.items() >= expected.items()
