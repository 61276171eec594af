"""A case as one document: what a viewer may read of it, in the order of a file."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from trihelix.engines.documents import Block, Document, Heading, Item, PageBreak, Paragraph, Table, html
from trihelix.engines.documents import pdf as made_pdf
from trihelix.kernel import clock, files
from trihelix.kernel import values as vals
from trihelix.kernel.actor import Actor, entries
from trihelix.kernel.models import Record
from trihelix.kernel.register import Register, attribute
from trihelix.site import display
from trihelix.site.history import events
from trihelix.site.listing import linked_titles, own_field, seen_references, shown_value

TAGS = re.compile(r"<[^>]+>")
HISTORY = 200


def plain(value: Any) -> str:
    """A shown value without its mark-up."""
    from html import unescape

    text = str(value).replace("</tr>", "；").replace("</th>", " ").replace("</td>", " ").replace("</span>", " ")
    return re.sub(r"\s+", " ", unescape(TAGS.sub("", text))).strip()


def facts(register: Register, record: Record, actor: Actor) -> list[tuple[Any, Any]]:
    """``(column, value)`` of the sheet, without what the viewer may not read and without blanks."""
    entry = entries(actor, register.model).get(record=record)
    hide = vals.hidden_columns(register, actor, record)
    columns = [
        c for c in register.sheet.columns if c.name not in ("uid", "version", "synthetic", "state", "number", "ref") and c.name not in hide
    ]
    linked = linked_titles(register, columns, [entry], actor)
    seen = seen_references(register, columns, [entry], actor)
    out = []
    for column in columns:
        if column.kind == "rows":
            value = getattr(entry, attribute(column.name), None) if own_field(register, attribute(column.name)) else None
        else:
            value = shown_value(register, entry, column.name, linked, seen)
        if value not in (None, "", [], {}):
            out.append((column, value))
    return out


def shown(register: Register, record: Record, actor: Actor) -> dict[str, Any]:
    """What the page of a signed link shows."""
    from trihelix.site.pages.records import readable_messages

    return {
        "register": register, "record": record, "facts": facts(register, record, actor), "thread": readable_messages(record, actor),
        "files": [f for f in files.current_files(record) if files.may_read(register, f, actor)],
    }  # fmt: skip


def document(register: Register, record: Record, actor: Actor) -> Document:
    """The case file: cover, contents, parts."""
    from trihelix.site.pages.records import readable_messages

    attached = files.current_files(record)
    talk = list(readable_messages(record, actor))
    inside = actor.sees_all or bool(actor.roles_on(record) - {"anyone"})
    past = events(register, record, actor, vals.hidden_columns(register, actor, record))[:HISTORY] if inside else []
    parts = [_("一、内容"), _("二、往来"), _("三、历史"), _("四、附件清单")]
    blocks: list[Block] = [
        Paragraph(f"{register.zh if not display.english() else register.en}　{record.number}", "center"),
        Paragraph(_("状态：%(state)s　第 %(version)d 版") % {"state": register.state_label(record.state, "en" if display.english() else "zh"), "version": record.version}, "center"),
        Paragraph(record.owner.title if record.owner and register.owner_column not in vals.hidden_columns(register, actor, record) else "", "center"),
        Paragraph(_("制作：%(who)s，%(at)s") % {"who": actor.name, "at": display.moment(clock.now())}, "center"),
        Heading(1, _("目录")), *(Item(p) for p in parts), PageBreak(), Heading(1, parts[0]),
    ]  # fmt: skip
    for column, value in facts(register, record, actor):
        blocks += _fact(column, value)
    blocks.append(Heading(1, parts[1]))
    blocks += [Paragraph(f"**{m.author}**　{display.moment(m.at)}　{m.text}") for m in talk] or [Paragraph(_("没有往来。"))]
    blocks.append(Heading(1, parts[2]))
    blocks += _past(past)
    blocks.append(Heading(1, parts[3]))
    rows = tuple((str(n), f.name, f"{f.size:,}", f.sha256[:16]) for n, f in enumerate(attached, 1))
    blocks.append(Table((_("序号"), _("文件"), _("字节"), _("校验值（前 16 位）")), rows) if rows else Paragraph(_("没有附件。")))
    note = _("演示数据（合成）") if record.synthetic else ""
    return Document(
        record.title,
        tuple(b for b in blocks if not (isinstance(b, Paragraph) and not b.text)),
        note,
        "en" if display.english() else "zh",
        clock.today(),
    )


def _fact(column: Any, value: Any) -> list[Block]:
    label = display.words(column)
    if column.kind == "rows" and isinstance(value, list):
        rows = tuple(tuple(plain(display.value(c, row.get(c.name))) for c in column.rows) for row in value)
        return [Table(tuple(display.words(c) for c in column.rows), rows, label)]
    if column.kind == "longtext":
        return [Heading(2, label), *(Paragraph(line) for line in str(value).splitlines() if line.strip())]
    return [Paragraph(f"**{label}**　{plain(display.value(column, value))}")]


def _past(past: list[dict[str, Any]]) -> list[Block]:
    if not past:
        return [Paragraph(_("历史对本案各方开放。"))]
    rows = tuple(
        (display.moment(h["at"]), h["act"], h["who"] + (_("（代 %(name)s）") % {"name": h["behalf"]} if h["behalf"] else ""), h["reason"])
        for h in past
    )
    return [Table((_("时间"), _("操作"), _("办理人"), _("理由")), rows)]


def pdf(register: Register, record: Record, actor: Actor) -> bytes:
    """The case as a PDF. Refused where the PDF component or a Chinese font is missing."""
    return made_pdf(html(document(register, record, actor)))
