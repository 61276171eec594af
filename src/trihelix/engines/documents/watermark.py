"""A watermark over every page of a PDF: who opened it and when. The pages given are not changed; a new file is made."""

from __future__ import annotations

import io
from html import escape

from trihelix.engines.documents.web import pdf
from trihelix.engines.errors import Refused

STEP = 150  # points between two lines of the mark
STYLE = """
@page { size: %(w)spt %(h)spt; margin: 0 } body { margin: 0 }
p { position: absolute; margin: 0; white-space: nowrap; transform: rotate(-24deg); color: rgba(96, 96, 96, 0.28);
  font: 14pt "SimHei", "Noto Sans CJK SC", sans-serif }
"""


def stamped(data: bytes, text: str) -> bytes:
    """The PDF ``data`` with ``text`` across every page, in the reading direction of the page.

    Refused: ``not_stampable`` for damaged and for encrypted files, ``no_pdf`` and ``no_font`` as :func:`web.pdf`.
    """
    from pypdf import PageObject, PdfReader, PdfWriter
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise Refused.one("not_stampable", "此 PDF 已加密，不能加水印；请联系上传方换成未加密的版本", field="file")
        writer = PdfWriter(clone_from=reader)
        marks: dict[tuple[int, int], PageObject] = {}
        for page in writer.pages:
            page.transfer_rotation_to_content()
            left, low = float(page.mediabox.left), float(page.mediabox.bottom)
            size = (round(float(page.mediabox.width)), round(float(page.mediabox.height)))
            if size not in marks:
                marks[size] = PdfReader(io.BytesIO(pdf(_sheet(text, *size)))).pages[0]
            page.merge_translated_page(marks[size], left, low)
        out = io.BytesIO()
        writer.write(out)
    except (PyPdfError, ValueError, KeyError) as exc:
        raise Refused.one("not_stampable", "此 PDF 已损坏，不能加水印；请联系上传方重新上传", field="file") from exc
    return out.getvalue()


def _sheet(text: str, width: int, height: int) -> str:
    """A page of a size with the mark repeated over it."""
    lines = "".join(
        f'<p style="left:{x}pt;top:{y}pt">{escape(text)}</p>'
        for y in range(STEP // 2, height + STEP, STEP)
        for x in (0, round(width * 0.55))
    )
    return f"<html><head><style>{STYLE % {'w': width, 'h': height}}</style></head><body>{lines}</body></html>"
