"""Zips that carry their own proof: members, and a ``manifest.json`` with the SHA-256 and size of every other one.

The same members give the same bytes. Decision files and signed texts are such zips; ``kind`` tells them apart.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from trihelix.engines import chain
from trihelix.engines.errors import Refused

FORMAT = 1
MANIFEST = "manifest.json"
_STAMP = (2000, 1, 1, 0, 0, 0)


def pack(kind: str, members: Mapping[str, bytes], **about: Any) -> bytes:
    """The zip; ``about`` stands in the manifest beside the hashes."""
    listed = {name: {"sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw)} for name, raw in sorted(members.items())}
    manifest = {"kind": kind, "format": FORMAT, **about, "members": listed}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, raw in [*sorted(members.items()), (MANIFEST, chain.canonical(manifest))]:
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, raw)
    return out.getvalue()


def is_kind(raw: bytes, kind: str) -> bool:
    """Whether bytes look like a zip of a kind."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as held:
            return bool(json.loads(held.read(MANIFEST)).get("kind") == kind)
    except (zipfile.BadZipFile, KeyError, ValueError, AttributeError):
        return False


def unpack(raw: bytes, kind: str, name: str, limit: int) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Members and manifest. Refused (``bad_bundle``) above ``limit`` bytes unpacked, when broken, or of another kind; ``name`` is what people call it."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as held:
            if sum(i.file_size for i in held.infolist()) > limit:
                raise Refused.one("bad_bundle", f"{name}过大", field="bundle")
            members = {i.filename: held.read(i) for i in held.infolist()}
        manifest = json.loads(members.pop(MANIFEST))
    except (zipfile.BadZipFile, KeyError, ValueError) as exc:
        raise Refused.one("bad_bundle", f"不是完整的{name}（缺少清单或文件已损坏）", field="bundle") from exc
    if not isinstance(manifest, dict) or manifest.get("kind") != kind or manifest.get("format") != FORMAT:
        raise Refused.one("bad_bundle", f"不是本版本可读的{name}", field="bundle")
    return members, manifest


def fault(kind: str, where: str, message: str) -> dict[str, str]:
    """One finding of a check."""
    return {"fault": kind, "where": where, "message": message}


def altered(members: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """What differs from the manifest: members missing, unknown, or of another hash."""
    listed = manifest.get("members") or {}
    for name in sorted(set(listed) - set(members)):
        yield fault("member_missing", name, f"缺少 {name}")
    for name in sorted(set(members) - set(listed)):
        yield fault("member_unknown", name, f"多出未登记的 {name}")
    for name in sorted(set(members) & set(listed)):
        if hashlib.sha256(members[name]).hexdigest() != listed[name].get("sha256"):
            yield fault("member_altered", name, f"{name} 的内容与清单摘要不符")
