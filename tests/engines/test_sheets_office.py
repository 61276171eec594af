"""Files that went through a real spreadsheet program come back unchanged."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from trihelix.engines.sheets import Column, Sheet, read, template, write

pytestmark = [
    pytest.mark.nodb,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
]
SHEET = Sheet(
    "things",
    (
        Column("ref", "text", "外部编号", "External key", example="W-001"),
        Column("title", "text", "名称", "Title", required=True, example="示例"),
        Column("budget_wan", "money_wan", "资金投入", "Money", unit="万元", example="80"),
        Column("ratio", "decimal", "比例", "Ratio"),
        Column("deadline", "date", "时限", "Deadline", example="2027-12-31"),
        Column("open", "boolean", "公开", "Open"),
        Column("kind", "choice", "类别", "Kind", choices={"a": ("甲类", "A kind"), "b": ("乙类", "B kind")}, example="a"),
        Column("tags", "list", "标签", "Tags"),
    ),
)
ROWS = [
    {"ref": "0012", "title": "-40~85℃ 封装", "budget_wan": 147_710_000, "ratio": Decimal("0.125"), "deadline": date(2027, 2, 28), "open": True,
     "kind": "a", "tags": ["甲", "乙;丙"]},
    {"ref": "1e5", "title": "两\n行", "budget_wan": None, "ratio": None, "deadline": None, "open": None, "kind": None, "tags": []},
]  # fmt: skip


def convert(path: Path, kind: str, out: Path) -> Path:
    out.mkdir()
    command = [
        "soffice",
        f"-env:UserInstallation=file://{out}/profile",
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        str(out),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out / f"{path.stem}.{kind}"


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_an_export_saved_by_libreoffice_reads_the_same(tmp_path, kind):
    path = tmp_path / "t.xlsx"
    write(SHEET, ROWS, path)
    rows, problems = read(SHEET, convert(path, kind, tmp_path / "out"))
    assert problems == [] and [r for _, r in rows] == ROWS


def test_a_form_saved_by_libreoffice_still_skips_its_sample(tmp_path):
    template(SHEET, tmp_path / "form.xlsx")
    assert read(SHEET, convert(tmp_path / "form.xlsx", "xlsx", tmp_path / "out")) == ([], [])
