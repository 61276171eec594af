"""Redacted material is read before a reviewer gets it: names in any part of a file, originals, unreadable formats, altered or voided files."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from django.test import Client
from pypdf import PdfReader, PdfWriter

from tests.registers.reviews.test_rounds import codes, items, open_round, pool, run, solved, token  # noqa: F401
from trihelix.engines.errors import Refused
from trihelix.kernel import files
from trihelix.kernel.models import File, Link, Record
from trihelix.kernel.register import register_of
from trihelix.registers.experts.affinity import text_of
from trihelix.registers.reviews import redaction
from trihelix.registers.reviews.models import Item, Seat

pytestmark = pytest.mark.django_db
CLEAN = "技术路线：分段干燥，温度由闭环控制。"


@pytest.fixture
def blind(op, pool, items):  # noqa: F811
    """A published blind round of two items, nothing redacted yet."""
    round_ = open_round(op, items[:2], blind=True)
    run("publish")(by=op, record=round_.uid, run=solved(op, round_).number)
    return round_


@pytest.fixture
def item(blind):
    return Item.objects.filter(round=blind.record).order_by("code").first()


def put(op, round_, item, raw: bytes, name: str):
    run("redact_file")(by=op, record=round_.uid, item=item.code, stream=io.BytesIO(raw), name=name)
    item.refresh_from_db()


def word(text: str = CLEAN, **about: str) -> bytes:
    made, out = docx.Document(), io.BytesIO()
    made.add_paragraph(text)
    for key, value in about.items():
        setattr(made.core_properties, key, value)
    made.save(out)
    return out.getvalue()


def with_part(raw: bytes, name: str, text: str) -> bytes:
    """The Office file with one more part."""
    out = io.BytesIO(raw)
    with zipfile.ZipFile(out, "a") as held:
        held.writestr(name, text)
    return out.getvalue()


def pdf(*texts: str, **about: str) -> bytes:
    weasyprint = pytest.importorskip("weasyprint")
    pages = "".join(f"<p style='break-after:page'>{t}</p>" for t in texts)
    raw = weasyprint.HTML(string=f"<html><body>{pages}</body></html>").write_pdf()
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(raw)))
    if about:
        writer.add_metadata({f"/{k}": v for k, v in about.items()})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_nothing_redacted_shows_nothing_of_the_original(blind, item):
    """Neither wording nor names nor files of the record, before and after the invitation is accepted; blanks count as nothing."""
    seat = Seat.objects.filter(round=blind.record, item_code=item.code).first()
    reader, address = Client(), f"/r/{token(seat)}/"
    original = [line for line in text_of(item.record.entry).split("\n") if len(line) > 5]
    assert original
    for state in ("invited", "accepted"):
        page = reader.get(address).content.decode()
        assert "隐名材料尚未提供" in page
        for secret in (*original, *redaction.names_behind(item.record).values()):
            assert secret not in page, (state, secret)
        assert reader.get(f"{address}files/{item.code}/").status_code == 404
        if state == "invited":
            reader.post(address, {"seat": seat.uid, "do": "accept", "promise": "1"})
    Item.objects.filter(pk=item.pk).update(redacted="   ")
    assert not any(line in reader.get(address).content.decode() for line in original)


def test_a_name_behind_the_item_is_found_however_it_is_set(op, blind, item):
    owner = item.record.owner
    spread = " ".join(owner.title)
    behind = redaction.names_behind(item.record)
    person = Record.objects.filter(pk__in=Link.objects.filter(source=item.record, target__register="people").values("target")).first()
    assert owner.title in behind.values() and item.record.number in behind.values()
    assert person is None or person.title in behind.values()
    for text in (f"由{owner.title}承担", f"由{spread}承担", f"编号 {item.record.number.lower()}"):
        with pytest.raises(Refused) as refused:
            run("redact")(by=op, record=blind.uid, item=item.code, redacted=text)
        assert codes(refused) == {"not_redacted"} and refused.value.problems[0].value
    item.refresh_from_db()
    assert item.redacted == ""


def test_names_are_found_in_every_part_of_an_office_file(op, blind, item):
    owner = item.record.owner.title
    half = len(owner) // 2
    runs = f"<w:r><w:t>{owner[:half]}</w:t></w:r><w:r><w:t>{owner[half:]}</w:t></w:r>"
    named = [
        word(f"本项目由{owner}承担"),
        word(author=owner),
        word(last_modified_by=owner),
        with_part(word(), "word/header9.xml", f"<w:hdr>{runs}</w:hdr>"),
        with_part(word(), "word/comments.xml", f'<w:comment w:author="{owner}"/>'),
        with_part(word(), "docProps/custom.xml", f"<x>{''.join(f'&#{ord(c)};' for c in owner)}</x>"),
    ]
    for n, raw in enumerate(named):
        with pytest.raises(Refused) as refused:
            put(op, blind, item, raw, "x.docx")
        assert codes(refused) == {"not_redacted"}, n
    item.refresh_from_db()
    assert item.redacted_file is None
    put(op, blind, item, word(), "x.docx")
    assert item.redacted_file.name == f"{item.code}.docx"


def test_names_are_found_in_pages_and_properties_of_a_pdf(op, blind, item):
    owner = item.record.owner.title
    for raw in (pdf(CLEAN, f"承担单位：{owner}"), pdf(CLEAN, Author=owner)):
        with pytest.raises(Refused) as refused:
            put(op, blind, item, raw, "x.pdf")
        assert codes(refused) == {"not_redacted"}
    put(op, blind, item, pdf(CLEAN), "x.pdf")
    assert item.redacted_file.mime == "application/pdf"


def test_what_cannot_be_read_whole_is_refused(op, blind, item):
    scan, locked, out = PdfWriter(), PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(CLEAN)))), [io.BytesIO(), io.BytesIO()]
    scan.add_blank_page(200, 200)
    scan.write(out[0])
    locked.encrypt("x")
    locked.write(out[1])
    picture = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
    carrier = io.BytesIO()
    with zipfile.ZipFile(carrier, "w") as held:
        held.writestr("a.txt", CLEAN)
    unread = [
        (out[0].getvalue(), "x.pdf"), (out[1].getvalue(), "x.pdf"), (b"%PDF-1.7 broken", "x.pdf"), (picture, "x.png"), (carrier.getvalue(), "x.zip"),
        (with_part(word(), "word/embeddings/oleObject1.bin", "x"), "x.docx"), (word()[:400], "x.docx"), (b"   \n", "x.txt"), (b"\xff\xfe\x41\x80", "x.txt"),
    ]  # fmt: skip
    for raw, name in unread:
        with pytest.raises(Refused) as refused:
            put(op, blind, item, raw, name)
        assert codes(refused) <= {"unreadable", "file_content"}, name
    item.refresh_from_db()
    assert item.redacted_file is None


def test_the_original_file_is_never_the_redacted_one(op, blind, item):
    attach = register_of(item.record.register).acts["attach"].run
    attach(by=op, record=item.record.uid, stream=io.BytesIO(CLEAN.encode()), name="申报书.txt", part="confidential")
    with pytest.raises(Refused) as refused:
        put(op, blind, item, CLEAN.encode(), "隐名.txt")
    assert codes(refused) == {"original_file"}


def test_a_reviewer_gets_the_bytes_that_were_read_or_nothing(op, blind, item):
    seat = Seat.objects.filter(round=blind.record, item_code=item.code).first()
    reader, base = Client(), f"/r/{token(seat)}/"
    put(op, blind, item, f"{CLEAN}第一版".encode(), "a.txt")
    put(op, blind, item, f"{CLEAN}第二版".encode(), "b.txt")
    got = reader.get(f"{base}files/{item.code}/")
    assert b"".join(got.streaming_content).decode() == f"{CLEAN}第二版"
    assert got["Content-Length"] == str(item.redacted_file.size) and "下载评审材料" in reader.get(base).content.decode()
    path = files.path_of(item.redacted_file.sha256)
    kept = path.read_bytes()
    path.write_bytes(item.record.owner.title.encode())
    try:
        got = reader.get(f"{base}files/{item.code}/")
        assert got.status_code == 404 and item.record.owner.title not in got.content.decode()
    finally:
        path.write_bytes(kept)
    File.objects.filter(pk=item.redacted_file_id).update(void_reason="误传")
    assert reader.get(f"{base}files/{item.code}/").status_code == 404
    assert "下载评审材料" not in reader.get(base).content.decode()
