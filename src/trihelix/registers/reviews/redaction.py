"""Redacted material (隐名材料): read in full before a reviewer gets it, so that no name behind an item slips through.

Text, Office and PDF files are read whole: every part of the container, headers, comments, tracked changes and properties included.
What cannot be read (pictures, scans, archives, old formats, encrypted files, embedded files) cannot be vouched for and is refused.
"""

from __future__ import annotations

import html
import io
import re
import unicodedata
import zipfile
from pathlib import PurePath

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel.models import File, Record
from trihelix.registers.parties.models import Body, Person
from trihelix.registers.reviews import conflicts

READABLE = (".txt", ".csv", ".docx", ".xlsx", ".pptx", ".pdf")
MOST_UNPACKED = 200 * 1024 * 1024  # bytes an Office file may unfold to
SHORTEST = 2  # characters of a name worth looking for


def names_behind(record: Record) -> dict[str, str]:
    """What would tell whose the item is: number, bodies and people with their addresses; by the form in which it is searched for."""
    behind = conflicts.parties_of([record])[record.pk]
    ids = {*behind.bodies, *behind.people, *([behind.owner] if behind.owner else [])}
    names = [record.number, *Record.objects.filter(pk__in=ids).order_by("pk").values_list("title", flat=True)]
    names += Body.objects.filter(pk__in=ids).order_by("pk").values_list("short_name", flat=True)
    for email, phone in Person.objects.filter(pk__in=ids).order_by("pk").values_list("email", "phone"):
        names += [email, phone]
    return {packed(name): name for name in names if name and len(packed(name)) >= SHORTEST}


def packed(text: str) -> str:
    """Text without spaces, of one width and case: a name is found however it is set."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def refuse_named(record: Record, *texts: str, field: str) -> None:
    """Refuse texts in which a name behind the item stands; every name found is listed."""
    inside = packed("\n".join(texts))
    found = [name for key, name in names_behind(record).items() if key in inside]
    if found:
        raise Refused(Problem("not_redacted", f"隐名材料中出现{'、'.join(found[:10])}，请删去后再传", field=field, value=found[:10]))


def refuse_file(record: Record, raw: bytes, name: str, sha256: str) -> None:
    """Refuse a file that is one of the item's own, that cannot be read whole, or in which a name behind the item stands."""
    if File.objects.filter(record=record, sha256=sha256).exists():
        raise Refused(Problem("original_file", "这是该项目的原件，请上传隐名后的文件", field="file", value=PurePath(name).name))
    refuse_named(record, *texts_in(raw, name), field="file")


def texts_in(raw: bytes, name: str) -> list[str]:
    """All text of a file. Refuses formats and contents that cannot be read whole, with what to do."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in READABLE:
        raise _unread(f"{suffix or '无扩展名'} 文件无法核对是否已隐名，请改用 {'、'.join(READABLE)}")
    texts = _pdf(raw) if suffix == ".pdf" else _office(raw) if suffix in (".docx", ".xlsx", ".pptx") else [_plain(raw)]
    if not any(t.strip() for t in texts):
        raise _unread("文件中没有可读的文字（可能是扫描件），无法核对是否已隐名，请上传带文字的文件")
    return texts


def _unread(why: str) -> Refused:
    return Refused.one("unreadable", why, field="file")


def _plain(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unread("文本文件的编码无法识别，请存为 UTF-8")


def _office(raw: bytes) -> list[str]:
    """Every XML part: its words with the marks taken out, and as it stands, for names in attributes."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as held:
            parts = held.infolist()
            if sum(p.file_size for p in parts) > MOST_UNPACKED:
                raise _unread("文件展开后过大，无法核对")
            inner = [p.filename for p in parts if "/embeddings/" in p.filename or p.filename.lower().endswith((".bin", ".zip", ".ole"))]
            if inner:
                raise _unread("文件中嵌有其他文件，无法核对是否已隐名，请先取出")
            texts = [_plain(held.read(p)) for p in parts if p.filename.lower().endswith((".xml", ".rels", ".vml", ".txt"))]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as exc:
        raise _unread("文件已损坏或加密，无法核对是否已隐名") from exc
    return [html.unescape(t) for text in texts for t in (re.sub(r"<[^>]*>", "", text), text)]


def _pdf(raw: bytes) -> list[str]:
    """Text of every page and the properties; a page without any text is a scan."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted:
            raise _unread("PDF 已加密，无法核对是否已隐名")
        if reader.attachments:
            raise _unread("PDF 中附有其他文件，无法核对是否已隐名，请先取出")
        pages = [page.extract_text() for page in reader.pages]
        notes = [
            str(a.get_object().get("/Contents", "")) + str(a.get_object().get("/T", ""))
            for p in reader.pages
            for a in p.get("/Annots") or ()
        ]
        about = [str(v) for v in (reader.metadata or {}).values()]
        xmp = reader.xmp_metadata
        if xmp is not None:
            about.append(xmp.stream.get_data().decode("utf-8", "replace"))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise _unread("PDF 已损坏，无法核对是否已隐名") from exc
    bare = [n for n, text in enumerate(pages, 1) if not text.strip()]
    if bare:
        raise _unread(f"PDF 第 {'、'.join(map(str, bare[:10]))} 页没有可读的文字（可能是扫描件），无法核对是否已隐名")
    return [*pages, *notes, *about]
