"""An official letter (公文) in the form of GB/T 9704-2012: red sign and rule, number, title, addressee, body, signature with its seal place, annex.

The text never leaves the signature alone on a page: the last paragraph stays with it. Pure; equal letters give equal bytes.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import docx as python_docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from trihelix.engines.documents import web, word
from trihelix.engines.documents.blocks import Block, Document, PageBreak, clean

_RED = RGBColor(0xC0, 0, 0)
_CHARACTER = Pt(16)
_TITLE_LINE = 20  # characters of the title's size on one line
_SENSE = re.compile(r"(?<=会议)|(?=第)|(?<=关于)|(?=的答复)|(?=的通知)|(?=的函)|(?<=、)")
_SIGN_STYLE = '.sign { color: #c00000; font: 34pt/48pt "FZXiaoBiaoSong-B05S", "STZhongsong", "SimSun", "Noto Serif CJK SC", serif; text-align: center; text-indent: 0 }\n'
_STYLE = _SIGN_STYLE + (
    ".number { text-align: center; text-indent: 0; border-bottom: 1.5pt solid #c00000; padding-bottom: 4mm; margin: 24pt 0 }\n"
    ".addressee { text-indent: 0 } .signature { text-align: right; text-indent: 0; padding-right: 4em; break-before: avoid }\n"
    ".copies { font-size: 14pt; text-indent: 0; border-top: 0.35mm solid #000; border-bottom: 0.35mm solid #000; margin-top: 28pt }\n"
    "data.figure { border-bottom: 1px dotted #666 } data.figure a { color: inherit; text-decoration: none } .missing { background: #fff3c4 }\n"
)


@dataclass(frozen=True)
class Official:
    """A letter: ``sign`` heads it in red, ``number`` stands above the rule, ``annex`` follows on a new page."""

    sign: str
    number: str
    addressee: str
    title: str
    blocks: tuple[Block, ...]
    signature: str
    day: date
    copies: str = ""
    note: str = ""
    annex: tuple[Block, ...] = ()
    annex_title: str = ""


def day_text(day: date) -> str:
    """2025年5月28日: Arabic figures, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def title_lines(title: str) -> list[str]:
    """A title too long for one line broken by sense, nearest the middle (分行词意完整); where no break fits it is left to the page."""
    middle = len(title) / 2
    places = [m.start() for m in _SENSE.finditer(title) if 0 < m.start() < len(title)]
    fits = [p for p in places if max(p, len(title) - p) <= _TITLE_LINE]
    if len(title) <= _TITLE_LINE or not fits:
        return [title]
    at = min(fits, key=lambda p: (abs(p - middle), p))
    return [title[:at], title[at:]]


def docx(letter: Official) -> bytes:
    """The letter as a Word file."""
    made = python_docx.Document()
    word._styles(made)
    word._page(made)
    if letter.note:
        made.add_paragraph(clean(letter.note), style="Caption").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _head(made, letter)
    made.add_paragraph("\n".join(title_lines(clean(letter.title))), style="Title")
    made.add_paragraph(f"{clean(letter.addressee)}：")
    for block in letter.blocks:
        word._add(made, block)
    if letter.blocks:
        made.paragraphs[-1].paragraph_format.keep_with_next = True
        made.paragraphs[-1].paragraph_format.keep_together = True
    _signature(made, letter)
    if letter.annex:
        word._add(made, PageBreak())
        made.add_paragraph(clean(letter.annex_title), style="Heading 1")
        for block in letter.annex:
            word._add(made, block)
    word._properties(made, Document(letter.title, letter.blocks, issued=letter.day))
    word._substitutes(made)
    out = io.BytesIO()
    made.save(out)
    return word._steady(out.getvalue())


def _head(made: Any, letter: Official) -> None:
    sign = made.add_paragraph(style="Title")
    run = sign.add_run(clean(letter.sign))
    run.font.color.rgb, run.font.size = _RED, Pt(34)
    sign.paragraph_format.line_spacing, sign.paragraph_format.space_after = Pt(48), Pt(28)
    number = made.add_paragraph(clean(letter.number))
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    number.paragraph_format.space_after = Mm(8)
    borders, rule = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", "C00000")):
        rule.set(qn(f"w:{key}"), value)
    borders.append(rule)
    number._p.get_or_add_pPr().append(borders)


def _signature(made: Any, letter: Official) -> None:
    """With a seal: the date four characters from the right edge, the body's name centred on the date."""
    day = day_text(letter.day)
    shift = (len(letter.signature) - sum(1.0 if ord(c) > 0x2E7F else 0.5 for c in day)) / 2
    for text, indent in ((letter.signature, 4 - shift), (day, 4.0)):
        line = made.add_paragraph(clean(text))
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = int(_CHARACTER * max(0.0, indent))
        line.paragraph_format.keep_with_next = text is letter.signature
        line.paragraph_format.space_before = Pt(28) if text is letter.signature else Pt(0)
    if letter.copies:
        line = made.add_paragraph(f"抄送：{clean(letter.copies)}")
        for run in line.runs:
            run.font.size = Pt(14)


def html(letter: Official) -> str:
    """The letter as a page of its own, the same text and order; annex on a new page in print."""
    head = f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(letter.title)}</title><style>{web.STYLE}{_STYLE}</style></head>\n'
    return f"{head}<body>\n{html_body(letter)}</body></html>\n"


def html_body(letter: Official) -> str:
    """The letter as HTML without styles, for a page that brings its own."""
    heading = "<br>".join(escape(line) for line in title_lines(clean(letter.title)))
    parts = [
        f'<p class="note">{escape(letter.note)}</p>\n' if letter.note else "",
        f'<p class="sign">{escape(letter.sign)}</p>\n<p class="number">{escape(letter.number)}</p>\n<h1>{heading}</h1>\n',
        f'<p class="addressee">{escape(letter.addressee)}：</p>\n',
        web.html_body(letter.blocks),
        f'<p class="signature">{escape(letter.signature)}<br>{day_text(letter.day)}</p>\n',
        f'<p class="copies">抄送：{escape(letter.copies)}</p>\n' if letter.copies else "",
    ]
    if letter.annex:
        parts += [f'<div class="break"></div>\n<h2>{escape(letter.annex_title)}</h2>\n', web.html_body(letter.annex)]
    return "".join(parts)
