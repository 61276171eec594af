"""The watermark says who and when on every page, also of turned and odd-sized ones; what cannot be marked is refused."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter

from trihelix.engines.documents.watermark import stamped
from trihelix.engines.documents.web import pdf
from trihelix.engines.errors import Refused

pytestmark = pytest.mark.nodb
MARK = "示例甲 2026-03-04 10:00 SB-2026-000001"


def made(*, turn: int = 0, password: str = "") -> bytes:
    """A two-page PDF: A4 with text, and a wide page."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("<html><body><p>申报书正文</p></body></html>"))))
    writer.add_blank_page(width=800, height=300)
    if turn:
        writer.pages[0].rotate(turn)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("turn", [0, 90])
def test_every_page_says_who_and_when_and_keeps_its_text(turn):
    original = made(turn=turn)
    pages = PdfReader(io.BytesIO(stamped(original, MARK))).pages
    assert len(pages) == 2 and all("2026-03-04" in page.extract_text() and "示例甲" in page.extract_text() for page in pages)
    assert "申报书正文" in pages[0].extract_text()
    assert "示例甲" not in PdfReader(io.BytesIO(original)).pages[0].extract_text()
    wide, high = pages[0].mediabox.width, pages[0].mediabox.height
    assert (wide > high) is bool(turn)


@pytest.mark.parametrize("data", [made(password="x"), made()[:400], b"%PDF-1.7 nothing"])
def test_encrypted_and_damaged_files_are_refused(data):
    with pytest.raises(Refused) as refused:
        stamped(data, MARK)
    assert refused.value.problems[0].code == "not_stampable"
