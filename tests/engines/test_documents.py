"""Documents: mark-up to blocks, Word with real styles and fonts, the HTML twin, the PDF or a clear refusal."""

from __future__ import annotations

import builtins
import io
import subprocess
import sys
import zipfile
from datetime import date
from html.parser import HTMLParser

import docx as python_docx
import pypdf
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from trihelix.engines.documents import (
    Document,
    Heading,
    Item,
    PageBreak,
    Paragraph,
    Run,
    Table,
    docx,
    docx_from_markdownish,
    html,
    html_body,
    parse,
    pdf,
    runs,
)
from trihelix.engines.errors import Refused

pytestmark = pytest.mark.nodb
TEXT = """# 一、总体情况
全省登记技术合同
**4830**项，成交额150.02亿元。

second line of
latin text
- 第一项
- 第二项
| 单位 | 金额 | 说明 |
|---|---:|---|
| 甲 \\| 乙 | 1,234.50 | 无 |
| 丙 | 20 |

## （一）人才
---
>< 附件
>> 2025年5月28日
"""
BLOCKS = (
    Heading(1, "一、总体情况"),
    Paragraph("全省登记技术合同**4830**项，成交额150.02亿元。"),
    Paragraph("second line of latin text"),
    Item("第一项"),
    Item("第二项"),
    Table(("单位", "金额", "说明"), (("甲 | 乙", "1,234.50", "无"), ("丙", "20"))),
    Heading(2, "（一）人才"),
    PageBreak(),
    Paragraph("附件", "center"),
    Paragraph("2025年5月28日", "right"),
)
DOCUMENT = Document("关于产学研融合工作的复函", BLOCKS, note="演示数据（合成）", issued=date(2025, 5, 28))


def test_the_mark_up_becomes_blocks():
    assert parse(TEXT) == BLOCKS
    assert parse("") == parse("\n\n") == ()
    assert runs("甲**乙**丙\x00") == [Run("甲"), Run("乙", True), Run("丙")]


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@given(st.text(st.sampled_from("字a \n|-#*<>&/\"'\\script\x00")))
def test_any_text_gives_well_formed_html_with_our_tags_only(text):
    tags = Tags()
    tags.feed(html(Document(text, parse(text), note=text)))
    assert tags.open == []
    known = "html head meta title style body p h1 h2 h3 h4 h5 ul li strong table thead tbody tr th td div"
    assert tags.seen <= set(known.split())


def test_tables_line_up_numbers_and_fill_short_rows():
    table = BLOCKS[5]
    assert table.aligns() == ["left", "right", "left"]
    assert table.grid()[1] == ("丙", "20", "")
    with pytest.raises(ValueError, match="wider"):
        Table(("a",), (("1", "2"),)).grid()


def test_word_has_styles_fonts_numbers_and_tables():
    made = python_docx.Document(io.BytesIO(docx(DOCUMENT)))
    lines = [(p.style.name, p.text) for p in made.paragraphs if p.text]
    assert lines[:4] == [
        ("Caption", "演示数据（合成）"),
        ("Title", "关于产学研融合工作的复函"),
        ("Heading 1", "一、总体情况"),
        ("Normal", "全省登记技术合同4830项，成交额150.02亿元。"),
    ]
    assert [r.text for r in made.paragraphs[3].runs if r.bold] == ["4830"]
    fonts = {s: made.styles[s].element.rPr.rFonts.get(qn("w:eastAsia")) for s in ("Normal", "Title", "Heading 1", "Heading 2")}
    assert fonts == {"Normal": "仿宋_GB2312", "Title": "方正小标宋简体", "Heading 1": "黑体", "Heading 2": "楷体_GB2312"}
    assert made.styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:eastAsia")) == "zh-CN"
    table = made.tables[0]
    assert [[c.text for c in r.cells] for r in table.rows] == [["单位", "金额", "说明"], ["甲 | 乙", "1,234.50", "无"], ["丙", "20", ""]]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    for footer in (made.sections[0].footer, made.sections[0].even_page_footer):
        assert footer.paragraphs[0]._p.find(qn("w:fldSimple")).get(qn("w:instr")) == "PAGE"
    assert made.core_properties.created.date() == date(2025, 5, 28)


def test_word_names_substitutes_and_equal_documents_are_equal_bytes():
    raw = docx(DOCUMENT)
    assert raw == docx(DOCUMENT) != docx(Document("另一题", BLOCKS))
    table = zipfile.ZipFile(io.BytesIO(raw)).read("word/fontTable.xml").decode()
    assert '<w:font w:name="方正小标宋简体"><w:altName w:val="华文中宋,宋体,Noto Serif CJK SC"/>' in table
    assert docx_from_markdownish(DOCUMENT.title, TEXT, DOCUMENT.note, DOCUMENT.issued) == raw


def test_the_twin_says_the_same_and_escapes():
    page = html(DOCUMENT)
    assert '<html lang="zh-CN">' in page and "<h1>关于产学研融合工作的复函</h1>" in page and "http" not in page
    assert "<strong>4830</strong>" in page and '<td class="right">1,234.50</td>' in page and '<p class="right">2025年5月28日</p>' in page
    assert html_body([Paragraph("<b>&")]) == "<p>&lt;b&gt;&amp;</p>\n"
    assert html_body([Item("a"), Item("b"), Paragraph("c")]) == "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>c</p>\n"


def chinese_font():
    try:
        return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout)
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not chinese_font(), reason="no Chinese font on this machine")
def test_the_pdf_holds_the_chinese_text_and_page_numbers():
    pytest.importorskip("weasyprint")
    pages = [p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pdf(html(DOCUMENT)))).pages]
    assert len(pages) == 2
    assert "一、总体情况" in pages[0] and "成交额150.02亿元" in pages[0].replace("\n", "")
    assert "2025年5月28日" in pages[1] and "— 2 —" in pages[1]


def test_without_the_extra_the_refusal_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def missing(name, *rest, **more):
        if name.startswith("weasyprint"):
            raise ImportError(name)
        return real(name, *rest, **more)

    for name in [n for n in sys.modules if n.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(Refused, match=r"trihelix\[pdf\]"):
        pdf(html(DOCUMENT))


def test_a_character_no_font_has_is_refused_not_boxed():
    pytest.importorskip("weasyprint")
    with pytest.raises(Refused, match="字体"):
        pdf(html(Document("字", (Paragraph("\U0003fffd"),))))
