"""Stored files: limited in size, typed by their bytes, named by their hash, opened by case."""

from __future__ import annotations

import hashlib
import io
import shutil
from pathlib import Path, PurePath
from typing import BinaryIO

import puremagic
from django.conf import settings
from django.db import transaction

from trihelix.engines.documents.watermark import stamped
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import Column
from trihelix.kernel import clock, journal, outbox
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import Actor
from trihelix.kernel.models import File, Record
from trihelix.kernel.register import Register
from trihelix.kernel.values import hidden_columns

# By extension: the types that the bytes may turn out to be. Anything else is refused.
ALLOWED: dict[str, tuple[str, ...]] = {
    ".pdf": ("application/pdf",),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/zip"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip"),
    ".pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "application/zip"),
    ".doc": ("application/msword", "application/x-ole-storage"), ".xls": ("application/vnd.ms-excel", "application/x-ole-storage"),
    ".png": ("image/png",), ".jpg": ("image/jpeg",), ".jpeg": ("image/jpeg",), ".zip": ("application/zip",),
    ".txt": ("text/plain",), ".csv": ("text/csv", "text/plain"),
}  # fmt: skip
OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"


def sniff(path: Path, name: str) -> str:
    """The MIME type by the file's bytes; refuses an extension that is not allowed or does not fit the bytes."""
    extension = PurePath(name).suffix.lower()
    allowed = ALLOWED.get(extension)
    if allowed is None:
        raise Refused.one("file_type", f"不接收 {extension or '无扩展名'} 文件；可用：{'、'.join(ALLOWED)}", field="file", value=name)
    head = path.read_bytes()[:4096]
    if extension in (".txt", ".csv"):
        if b"\0" in head:
            raise Refused.one("file_content", f"{name} 不是文本文件", field="file", value=name)
        return allowed[0]
    if extension in (".docx", ".xlsx", ".pptx", ".zip"):
        fits = head.startswith(ZIP)
    elif extension in (".doc", ".xls"):
        fits = head.startswith(OLE)
    else:
        fits = any(m.mime_type in allowed for m in _magic(path))
    if not fits:
        raise Refused.one("file_content", f"{name} 的内容与扩展名 {extension} 不符", field="file", value=name)
    return allowed[0]


def _magic(path: Path) -> list[puremagic.PureMagicWithConfidence]:
    try:
        return list(puremagic.magic_file(str(path)))
    except (puremagic.PureError, ValueError):
        return []


def store(stream: BinaryIO, name: str) -> tuple[Path, str, int, str]:
    """Write a stream into the files folder under its hash: path, sha256, size, type. Refuses empty, too large, or wrong types."""
    root = Path(settings.MEDIA_ROOT)
    incoming = root / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    temporary = incoming / hashlib.sha256(f"{name}{id(stream)}".encode()).hexdigest()
    try:
        with temporary.open("wb") as out:
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                if size > settings.FILE_MAX_BYTES:
                    raise Refused.one("file_size", f"文件超过 {settings.FILE_MAX_BYTES // 1024 // 1024} MB 上限", field="file", value=name)
                digest.update(chunk)
                out.write(chunk)
        if size == 0:
            raise Refused.one("file_empty", f"{name} 是空文件", field="file", value=name)
        mime = sniff(temporary, name)
        final = path_of(digest.hexdigest())
        final.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(temporary, final)
        return final, digest.hexdigest(), size, mime
    finally:
        temporary.unlink(missing_ok=True)


def path_of(sha256: str) -> Path:
    """Where a stored file lies."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def may_read(register: Register, file: File, by: Actor) -> bool:
    """Open parts follow the record; confidential parts need the same right as confidential columns."""
    return file.part == "open" or not hidden_columns(register, by, file.record) or not (register.confidential | register.personal)


def is_marked(file: File) -> bool:
    """Whether the case asks that a download says who took it: its confidential part, and sealed cases."""
    return file.part == "confidential" or file.record.visibility == "sealed"


def handed_out(file: File, by: Actor) -> tuple[BinaryIO, int]:
    """The bytes of a file for a reader who may have them, and their number.

    Where the case asks for it a PDF carries the reader's name, the time and the case's number on every page; the stored file stays
    as it is. Such a download is journalled whatever the file's type.
    """
    path = path_of(file.sha256)
    if not is_marked(file):
        return path.open("rb"), file.size
    now = clock.now()
    stamp = file.mime == "application/pdf"
    who = by.name if by.signed_in or by.system else "访客"
    text = f"{who}　{now.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}　{file.record.number}"
    data = stamped(path.read_bytes(), text) if stamp else b""
    with transaction.atomic():
        journal.append(
            action=f"{file.record.register}.download", register=file.record.register, at=now, record=file.record, actor=by.user_id,
            on_behalf_of=by.on_behalf_of, changes={"file": [None, {"uid": str(file.uid), "name": file.name, "sha256": file.sha256, "watermark": stamp}]},
        )  # fmt: skip
        transaction.on_commit(outbox.wake)
    return (io.BytesIO(data), len(data)) if stamp else (path.open("rb"), file.size)


def file_actions(register: Register) -> None:
    """Register ``attach`` and ``detach`` for a register."""

    @action(
        register.id, "attach", "添加文件", "Attach a file", roles=("owner", "node", "officer", "operator", "need_side", "result_side", "buyer", "seller", "participant"),
        hidden=True, fields=(
            Column("stream", "text", "文件", "File", required=True), Column("name", "text", "文件名", "Name", required=True),
            Column("part", "text", "部分", "Part"), Column("replaces", "text", "替换", "Replaces"),
        ),
    )  # fmt: skip
    def attach(a: Run, entry: object, *, stream: BinaryIO, name: str, part: str = "open", replaces: str | None = None) -> File:
        """Attach a file, or a new version of one. Refuses wrong types, empty or too large files."""
        a.require(part in ("open", "confidential"), "unknown_part", "文件只能放在公开或保密部分", field="part", value=part)
        old = File.objects.filter(record=a.record, uid=replaces).first() if replaces else None
        a.require(not replaces or old, "not_found", "找不到要替换的文件", field="replaces", value=replaces)
        clean = PurePath(name.replace("\\", "/")).name[-200:]
        _, sha, size, mime = store(stream, clean)
        made = File.objects.create(
            record=a.record, name=clean, size=size, mime=mime, sha256=sha, part=part, replaces=old, by_id=a.by.user_id, at=a.now
        )
        a.extra["file"] = [str(old.uid) if old else None, {"uid": str(made.uid), "name": clean, "sha256": sha, "part": part}]
        return made

    @action(
        register.id, "detach", "作废文件", "Void a file", roles=("owner", "node", "officer", "operator"), hidden=True,
        fields=(Column("file", "text", "文件", "File", required=True),),
    )  # fmt: skip
    def detach(a: Run, entry: object, *, file: str) -> None:
        """Void a file with a reason; it stays listed."""
        held = File.objects.filter(record=a.record, uid=file, void_reason="").first()
        if held is None:
            raise Refused(Problem("not_found", "找不到该文件", field="file", value=file))
        a.require(a.reason, "reason_required", "作废文件须说明理由", field="reason")
        held.void_reason = a.reason[:200]
        held.save(update_fields=["void_reason"])
        a.extra["file"] = [{"uid": str(held.uid), "name": held.name}, None]


def current_files(record: Record) -> list[File]:
    """The files in force: not voided, not replaced by a newer version."""
    return list(record.files.filter(void_reason="", newer=None).select_related("by"))
