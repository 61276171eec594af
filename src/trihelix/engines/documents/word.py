"""The Word file: real styles, Chinese fonts with fall-backs, page numbers, tables.

Layout after GB/T 9704-2012: A4, margins 37/35/28/26 mm, body 16 pt on 28 pt lines with two characters of indent, title
22 pt, headings in Hei, Kai and bold Fang-song (黑体、楷体、仿宋). Those fonts are rarely all installed, so the font table
names a substitute for each. Equal documents give equal bytes.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import quoteattr

import docx as python_docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from trihelix.engines.documents.blocks import Block, Document, Heading, Item, PageBreak, Paragraph, Table, clean, parse, runs

# Font of the standard → what stands in where it is not installed.
FONTS = {
    "方正小标宋简体": ("华文中宋", "宋体", "Noto Serif CJK SC"),
    "仿宋_GB2312": ("仿宋", "华文仿宋", "Noto Serif CJK SC"),
    "楷体_GB2312": ("楷体", "华文楷体", "Noto Serif CJK SC"),
    "黑体": ("SimHei", "Noto Sans CJK SC"),
    "宋体": ("SimSun", "Noto Serif CJK SC"),
}
LATIN = "Times New Roman"
# style → (font, points, bold, aligned)
STYLES = {
    "Normal": ("仿宋_GB2312", 16, False, None),
    "Title": ("方正小标宋简体", 22, False, WD_ALIGN_PARAGRAPH.CENTER),
    "Heading 1": ("黑体", 16, False, None),
    "Heading 2": ("楷体_GB2312", 16, False, None),
    "Heading 3": ("仿宋_GB2312", 16, True, None),
    "Heading 4": ("仿宋_GB2312", 16, False, None),
    "List Bullet": ("仿宋_GB2312", 16, False, None),
    "Caption": ("黑体", 12, False, WD_ALIGN_PARAGRAPH.CENTER),
    "Footer": ("宋体", 14, False, None),
}
_ALIGN = {"center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}
_EPOCH = date(2000, 1, 1)
_BLACK = RGBColor(0, 0, 0)


def docx(document: Document) -> bytes:
    """The document as a Word file."""
    made = python_docx.Document()
    _styles(made)
    _page(made)
    if document.note:
        note = made.add_paragraph(clean(document.note), style="Caption")
        note.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if document.title:
        made.add_paragraph(clean(document.title), style="Title")
    for block in document.blocks:
        _add(made, block)
    _properties(made, document)
    _substitutes(made)
    out = io.BytesIO()
    made.save(out)
    return _steady(out.getvalue())


def docx_from_markdownish(title: str, text: str, note: str = "", issued: date | None = None) -> bytes:
    """A Word file from a title and a text in the mark-up of :mod:`blocks`."""
    return docx(Document(title, parse(text), note, issued=issued))


def _font(style: Any, name: str, points: float, bold: bool) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.color.rgb = LATIN, Pt(points), bold, _BLACK
    style.font.italic = False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in [k for k in fonts.attrib if k.endswith("Theme")]:
        del fonts.attrib[key]
    for key, value in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", name), ("hint", "eastAsia")):
        fonts.set(qn(f"w:{key}"), value)


def _styles(made: Any) -> None:
    for name, (font, points, bold, align) in STYLES.items():
        style = made.styles[name]
        _font(style, font, points, bold)
        layout = style.paragraph_format
        layout.space_before = layout.space_after = Pt(0)
        layout.alignment = align
        if name in ("Caption", "Footer"):
            continue
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(36 if name == "Title" else 28)
        if name.startswith("Heading"):
            layout.first_line_indent, layout.keep_with_next = Pt(2 * points), True
    # Without it a reader may draw Chinese punctuation the Japanese or traditional way.
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    made.styles["Normal"].element.get_or_add_rPr().append(language)
    # The default title has a coloured rule under it.
    for border in made.styles["Title"].element.pPr.findall(qn("w:pBdr")):
        made.styles["Title"].element.pPr.remove(border)
    made.styles["Title"].paragraph_format.space_after = Pt(28)


def _page(made: Any) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    made.settings.odd_and_even_pages_header_footer = True
    for footer, align in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
        line = footer.paragraphs[0]
        line.style, line.alignment = made.styles["Footer"], align
        line.add_run("— ")
        line._p.append(_field("PAGE"))
        line.add_run(" —")


def _field(code: str) -> Any:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    return field


def _add(made: Any, block: Block) -> None:
    if isinstance(block, Heading):
        _runs(made.add_paragraph(style=f"Heading {block.level}"), block.text)
    elif isinstance(block, Item):
        _runs(made.add_paragraph(style="List Bullet"), block.text)
    elif isinstance(block, PageBreak):
        made.add_page_break()
    elif isinstance(block, Table):
        _table(made, block)
    else:
        _paragraph(made, block)


def _paragraph(made: Any, block: Paragraph) -> None:
    line = made.add_paragraph()
    if block.align == "left":
        line.paragraph_format.first_line_indent = Pt(32)
    else:
        line.alignment = _ALIGN[block.align]
    _runs(line, block.text)


def _runs(line: Any, text: str) -> None:
    for run in runs(text):
        line.add_run(run.text).bold = True if run.bold else None


def _table(made: Any, block: Table) -> None:
    if block.caption:
        made.add_paragraph(clean(block.caption), style="Caption")
    table = made.add_table(rows=1, cols=len(block.header), style="Table Grid")
    _fill(table.rows[0], block.header, ["center"] * len(block.header), bold=True)
    for row in block.grid():
        _fill(table.add_row(), row, block.aligns(), bold=False)
    if block.widths:
        table.autofit = False
        for column, share in zip(table.columns, block.widths, strict=True):
            column.width = Mm(156 * share // sum(block.widths))
            for cell in column.cells:
                cell.width = column.width
    repeat = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _fill(row: Any, texts: tuple[str, ...], aligns: list[Any], bold: bool) -> None:
    for cell, text, align in zip(row.cells, texts, aligns, strict=True):
        line = cell.paragraphs[0]
        line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        line.alignment = _ALIGN.get(align)
        for run in runs(text):
            made = line.add_run(run.text)
            made.font.size, made.bold = Pt(12), bold or run.bold


def _properties(made: Any, document: Document) -> None:
    core, day = made.core_properties, document.issued or _EPOCH
    core.title, core.author, core.language, core.comments = clean(document.title), "Trihelix", document.lang, ""
    core.created = core.modified = datetime(day.year, day.month, day.day)


def _substitutes(made: Any) -> None:
    """Name in the font table what Word and LibreOffice take where a font of the standard is missing."""
    part = next(p for p in made.part.package.iter_parts() if p.partname == "/word/fontTable.xml")
    entries = "".join(f"<w:font w:name={quoteattr(n)}><w:altName w:val={quoteattr(','.join(alt))}/></w:font>" for n, alt in FONTS.items())
    end = b"</w:fonts>"
    part._blob = part.blob.replace(end, entries.encode() + end)


def _steady(raw: bytes) -> bytes:
    """The same file with fixed times inside, so that equal documents have equal digests."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
