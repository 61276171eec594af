"""The HTML twin of a document, and the PDF made from it by the extra ``pdf``."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from html import escape
from typing import Any

from trihelix.engines.documents.blocks import Block, Document, Heading, Item, PageBreak, Paragraph, Table, runs
from trihelix.engines.errors import Refused

# The stacks follow the font table of the Word file.
STYLE = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm; @bottom-right { content: "— " counter(page) " —"; font: 14pt "SimSun", "Noto Serif CJK SC", serif } }
@page :left { @bottom-right { content: none } @bottom-left { content: "— " counter(page) " —"; font: 14pt "SimSun", "Noto Serif CJK SC", serif } }
body { font: 16pt/28pt "Times New Roman", "FangSong_GB2312", "FangSong", "STFangsong", "Noto Serif CJK SC", serif; color: #000; max-width: 156mm;
  margin: 0 auto; overflow-wrap: break-word }
h1 { font: 22pt/36pt "FZXiaoBiaoSong-B05S", "STZhongsong", "SimSun", "Noto Serif CJK SC", serif; text-align: center; margin: 0 0 28pt }
h2, h3, h4, h5 { font-size: 16pt; line-height: 28pt; font-weight: normal; text-indent: 2em; margin: 0; break-after: avoid }
h2 { font-family: "SimHei", "Noto Sans CJK SC", sans-serif }
h3 { font-family: "KaiTi_GB2312", "KaiTi", "STKaiti", "Noto Serif CJK SC", serif }
h4 { font-weight: bold }
p { text-indent: 2em; margin: 0 } p.center { text-align: center; text-indent: 0 } p.right { text-align: right; text-indent: 0 }
p.note { font-size: 12pt; text-align: right; text-indent: 0 }
ul { margin: 0; padding-left: 3em }
table { border-collapse: collapse; width: 100%; font-size: 12pt; line-height: 18pt; margin: 6pt 0 }
caption { font-family: "SimHei", "Noto Sans CJK SC", sans-serif } thead { display: table-header-group } tr { break-inside: avoid }
th, td { border: 0.5pt solid #000; padding: 2pt 5pt; text-align: left; font-weight: normal } th { text-align: center; font-weight: bold }
td.right { text-align: right; font-variant-numeric: tabular-nums }
.break { break-before: page }
"""
_TD = {"left": "<td>", "right": '<td class="right">'}
# Ideographs, their punctuation and full-width forms: what a missing Chinese font would show as boxes.
_CJK = ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF))


def html(document: Document) -> str:
    """The document as a page of its own, with its style inside; no other file is needed."""
    lang = "zh-CN" if document.lang == "zh" else escape(document.lang)
    title = escape(document.title)
    head = f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style></head>\n<body>\n'
    note = f'<p class="note">{escape(document.note)}</p>\n' if document.note else ""
    return f"{head}{note}<h1>{title}</h1>\n{html_body(document.blocks)}</body></html>\n"


def html_body(blocks: Iterable[Block]) -> str:
    """The blocks as HTML without styles, for a page that brings its own; headings begin at level 2."""
    out: list[str] = []
    listed = False
    for block in blocks:
        if isinstance(block, Item) != listed:
            out.append("</ul>\n" if listed else "<ul>\n")
            listed = not listed
        out.append(_block(block))
    return "".join([*out, "</ul>\n" if listed else ""])


def _inline(text: str) -> str:
    return "".join(f"<strong>{escape(r.text)}</strong>" if r.bold else escape(r.text) for r in runs(text))


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level + 1}>{_inline(block.text)}</h{block.level + 1}>\n"
    if isinstance(block, Item):
        return f"<li>{_inline(block.text)}</li>\n"
    if isinstance(block, PageBreak):
        return '<div class="break"></div>\n'
    if isinstance(block, Paragraph):
        css = "" if block.align == "left" else f' class="{block.align}"'
        return f"<p{css}>{_inline(block.text)}</p>\n"
    return _table(block)


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col">{_inline(h)}</th>' for h in table.header)
    aligns = table.aligns()
    rows = ""
    for row in table.grid():
        cells = (_TD[a] + _inline(v) + "</td>" for v, a in zip(row, aligns, strict=True))
        rows += f"<tr>{''.join(cells)}</tr>\n"
    caption = f"<caption>{_inline(table.caption)}</caption>" if table.caption else ""
    columns = "".join(f'<col width="{round(100 * w / sum(table.widths))}%">' for w in table.widths)
    caption += f"<colgroup>{columns}</colgroup>" if columns else ""
    return f"<table>{caption}<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table>\n"


def pdf(page: str) -> bytes:
    """A PDF of an HTML page; nothing is fetched from anywhere.

    Refused: ``no_pdf`` when the extra is not installed, ``no_font`` when no installed font has the Chinese characters
    of the text — a document with boxes is never handed out.
    """
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as exc:
        text = "本机没有安装 PDF 组件，请执行 pip install 'trihelix[pdf]'（需系统库 Pango），或改为下载 Word 文件"
        raise Refused.one("no_pdf", text, field="pdf") from exc
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    document = weasyprint.HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=())).render()
    made: bytes = document.write_pdf()
    missing = sorted({c for font in document.fonts.values() for c in _missing(font)})
    if missing:
        shown = "、".join(chr(c) for c in missing[:5])
        text = f"没有可用的中文字体（缺 {shown} 等 {len(missing)} 个字），请安装 Noto CJK（Debian：apt install fonts-noto-cjk）"
        raise Refused.one("no_font", text, field="pdf")
    return made


def _missing(font: Any) -> list[int]:
    return [c for c in font.missing if isinstance(c, int) and any(a <= c <= b for a, b in _CJK)]
