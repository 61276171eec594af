"""Documents: one list of blocks gives the Word file, its HTML twin and the PDF, in the layout of official papers."""

from trihelix.engines.documents.blocks import Block, Document, Heading, Item, PageBreak, Paragraph, Run, Table, parse, runs
from trihelix.engines.documents.web import html, html_body, pdf
from trihelix.engines.documents.word import docx, docx_from_markdownish

__all__ = [
    "Block", "Document", "Heading", "Item", "PageBreak", "Paragraph", "Run", "Table", "docx", "docx_from_markdownish", "html", "html_body", "parse",
    "pdf", "runs",
]  # fmt: skip
