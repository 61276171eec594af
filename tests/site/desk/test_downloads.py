"""Files of the confidential part: a PDF leaves with its reader's name on it, the download is on record, the stored file is as it was."""

from __future__ import annotations

import hashlib
import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from trihelix.engines.documents.web import pdf
from trihelix.kernel import files, links
from trihelix.kernel.models import File, JournalEntry
from trihelix.kernel.register import register_of

pytestmark = pytest.mark.django_db
PAGE = pdf("<html><body><p>检测报告</p></body></html>")


def attached(by, record, name, data, part):
    register_of("needs").acts["attach"].run(by=by, record=record.uid, stream=io.BytesIO(data), name=name, part=part)
    return File.objects.get(record=record, name=name)


def body(answer):
    return b"".join(answer.streaming_content)


def downloads(record):
    return list(JournalEntry.objects.filter(record=record, action="needs.download").order_by("pk"))


def test_a_confidential_pdf_is_marked_for_its_reader_and_noted(visit, actor, need):
    secret = attached(actor("jicui"), need, "报告.pdf", PAGE, "confidential")
    version = need.version
    client = visit("officer")
    assert "水印" in client.get(reverse("record", args=["needs", need.uid]), {"tab": "files"}).content.decode()
    answer = client.get(reverse("file", args=["needs", need.uid, secret.uid]))
    data = body(answer)
    text = PdfReader(io.BytesIO(data)).pages[0].extract_text()
    assert str(actor("officer").name) in text and need.number in text and "检测报告" in text
    assert int(answer["Content-Length"]) == len(data)
    kept = files.path_of(secret.sha256).read_bytes()
    assert kept == PAGE and hashlib.sha256(kept).hexdigest() == secret.sha256
    (entry,) = downloads(need)
    assert entry.actor_id == actor("officer").user_id and entry.changes["file"][1]["watermark"] is True
    need.refresh_from_db()
    assert need.version >= version
    assert "下载文件" in client.get(reverse("record", args=["needs", need.uid]), {"tab": "history"}).content.decode()
    api = client.get(f"/api/v1/needs/{need.uid}/files/{secret.uid}")
    assert "ETag" not in api and body(api) != PAGE and len(downloads(need)) == 2


def test_by_a_signed_link_the_name_of_the_link_is_on_it(visit, actor, need):
    secret = attached(actor("jicui"), need, "报告.pdf", PAGE, "confidential")
    _made, word = links.issue(by=actor("jicui"), register=register_of("needs"), record=need.uid, name="示例评审人")
    held, _reader = links.opened(word)
    need.participants.filter(user=held.user).update(confidential_at=held.at)
    data = body(visit().get(reverse("link-file", args=[word, secret.uid])))
    assert "示例评审人" in PdfReader(io.BytesIO(data)).pages[0].extract_text()


def test_open_files_leave_as_they_are_and_other_types_are_noted_only(visit, actor, need):
    opened = attached(actor("jicui"), need, "说明.pdf", PAGE, "open")
    note = attached(actor("jicui"), need, "数据.txt", "甲".encode(), "confidential")
    client = visit("officer")
    answer = client.get(reverse("file", args=["needs", need.uid, opened.uid]))
    assert body(answer) == PAGE and downloads(need) == []
    assert body(client.get(reverse("file", args=["needs", need.uid, note.uid]))) == "甲".encode()
    assert [e.changes["file"][1]["watermark"] for e in downloads(need)] == [False]
    assert visit("chiyu").get(reverse("file", args=["needs", need.uid, note.uid])).status_code == 403 and len(downloads(need)) == 1
