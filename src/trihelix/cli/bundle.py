"""A backup bundle: one ``.tar.gz`` with a manifest of hashes; written whole or not at all, checked before anything is restored."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from trihelix.engines.errors import Problem, Refused

MANIFEST = "manifest.json"
KIND = "trihelix-backup"
FORMAT = 1
CHUNK = 1 << 20


@dataclass(frozen=True)
class Member:
    """One file of the bundle: its name inside, where it lies now."""

    name: str
    path: Path


def sha256(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A temporary path beside ``target`` that takes its name only when all went well. Refuses an existing target."""
    if target.exists():
        raise Refused.one("file_exists", f"文件 {target} 已存在，不会覆盖；请换一个文件名", field="file", value=str(target))
    if not target.parent.is_dir():
        raise Refused.one("no_folder", f"目录 {target.parent} 不存在", field="file", value=str(target.parent))
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb") as done:
            os.fsync(done.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write(target: Path, manifest: dict[str, Any], members: Iterable[Member]) -> dict[str, Any]:
    """Write the bundle; returns the manifest with the hash and size of every member."""
    listed: dict[str, dict[str, Any]] = {}
    with whole_file(target) as part:
        with tarfile.open(part, "w:gz", compresslevel=6) as tar:
            for member in members:
                tar.add(member.path, arcname=member.name, recursive=False)
                listed[member.name] = {"sha256": sha256(member.path), "size": member.path.stat().st_size}
            full = {"kind": KIND, "format": FORMAT, **manifest, "members": listed}
            raw = json.dumps(full, ensure_ascii=False, indent=1, sort_keys=True).encode()
            info = tarfile.TarInfo(MANIFEST)
            info.size = len(raw)
            tar.addfile(info, io.BytesIO(raw))
        part.chmod(0o600)
    return full


def _safe(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def extract(bundle: Path, folder: Path) -> dict[str, Any]:
    """Unpack into an empty folder and check every member against the manifest; returns the manifest. Refuses anything off."""
    if not bundle.is_file():
        raise Refused.one("no_file", f"找不到文件 {bundle}", field="bundle", value=str(bundle))
    try:
        with tarfile.open(bundle, "r:gz") as tar:
            for info in tar:
                if not info.isfile() or not _safe(info.name):
                    raise Refused.one("bad_bundle", f"备份包含有不允许的条目 “{info.name}”", field="bundle", value=info.name)
                tar.extract(info, folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as exc:
        raise Refused.one("bad_bundle", f"{bundle.name} 不是完整的备份包：{exc}", field="bundle", value=str(bundle)) from exc
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, json.JSONDecodeError):
        raise Refused.one("bad_bundle", f"{bundle.name} 没有可读的 {MANIFEST}，不是本系统的备份包", field="bundle") from None
    if not isinstance(manifest, dict) or manifest.get("kind") != KIND or manifest.get("format") != FORMAT:
        raise Refused.one("bad_bundle", f"{bundle.name} 不是本版本可读的备份包", field="bundle", value=str(manifest)[:80])
    if problems := list(_compare(folder, manifest.get("members", {}))):
        raise Refused.of(problems)
    return manifest


def _compare(folder: Path, members: dict[str, dict[str, Any]]) -> Iterator[Problem]:
    there = {str(p.relative_to(folder).as_posix()) for p in folder.rglob("*") if p.is_file()} - {MANIFEST}
    for name in sorted(set(members) - there):
        yield Problem("member_missing", f"备份包缺少 {name}", field=name)
    for name in sorted(there - set(members)):
        yield Problem("member_unknown", f"备份包多出未登记的 {name}", field=name)
    for name in sorted(there & set(members)):
        if sha256(folder / name) != members[name].get("sha256"):
            yield Problem("member_altered", f"{name} 的内容与清单摘要不符", field=name)
