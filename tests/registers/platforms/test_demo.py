"""The demo content of platforms and titles goes in quickly, and the figures of the book count it."""

from __future__ import annotations

import random

import pytest

from trihelix.cli.demo import platforms, titles
from trihelix.cli.demo.province import PARTS, Context
from trihelix.engines import sheets
from trihelix.kernel import bulk, clock
from trihelix.kernel.actor import entries
from trihelix.kernel.models import Record
from trihelix.registers.figures import evaluation
from trihelix.registers.figures.book import figures
from trihelix.registers.platforms.register import ALL as PLATFORMS
from trihelix.registers.titles.register import ALL as TITLES

pytestmark = pytest.mark.django_db
COMPUTED = (
    "F07",
    "F11",
    "F12",
    "F13",
    "F14",
    "F15",
    "F16",
    "F59",
    "F60",
    "F61",
    "F62",
    "F63",
    "F64",
    "F65",
    "F66",
    "F67",
    "F68",
    "F69",
    "F70",
    "F71",
)


def loaded(op) -> None:
    for name, part in (("platforms", platforms), ("titles", titles)):
        if name not in PARTS:
            part.load(Context(op, random.Random(1), clock.today()))


def test_sheets_go_out_and_come_back_unchanged(op, tmp_path):
    """Every register's rows, exported and read again, change nothing; the empty template is read too."""
    loaded(op)
    for register in (*PLATFORMS, *TITLES):
        for suffix in ("xlsx", "csv"):
            path = tmp_path / f"{register.id}.{suffix}"
            rows = list(bulk.export_rows(register, entries(op, register.model), op))
            sheets.write(register.sheet, rows, path)
            found = bulk.import_file(register, path, op)
            assert (found["errors"], found["created"], found["updated"], found["unchanged"]) == ([], 0, 0, len(rows)), register.id


def test_every_register_gets_records_and_every_figure_a_value(op):
    loaded(op)
    for register in (*PLATFORMS, *TITLES):
        assert Record.objects.filter(register=register.id).exists(), register.id
    for name in COMPUTED:
        found = evaluation.answer(figures().figure(name), op, clock.today())
        assert found.status == "computed" and found.lines, (name, found.reason)
        assert len(list(evaluation.listed(found, op))) == len(found.lines), name
    assert evaluation.answer(figures().figure("F14"), op, clock.today()).text == "2"
    assert evaluation.answer(figures().figure("F68"), op, clock.today()).text == "550"
    progress = {name: evaluation.answer(figures().figure(name), op, clock.today()).progress for name in ("F23", "F24")}
    assert all(p is not None and p.lines for p in progress.values())
