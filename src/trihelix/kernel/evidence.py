"""The sealed journal outside the database: rows that verify with nothing but arithmetic."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from trihelix.engines import chain
from trihelix.engines.errors import Refused
from trihelix.kernel.journal import content
from trihelix.kernel.models import JournalSeal

KEYS = ("seq", "content", "digest", "previous", "hash")


def sealed_rows(after: int = 0, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Sealed entries in order: ``{seq, content, digest, previous, hash}``; personal values appear only as keyed hashes."""
    seals = JournalSeal.objects.filter(seq__gt=after).select_related("entry").order_by("seq")
    rows = seals.iterator(chunk_size=2000) if limit is None else seals[:limit]
    for seal in rows:
        yield {"seq": seal.seq, "content": content(seal.entry), "digest": seal.entry.digest, "previous": seal.previous, "hash": seal.hash}


def read_rows(lines: Iterable[str], name: str) -> Iterator[chain.Sealed]:
    """Rows of an exported chain. Refuses a line that is not such a row, by its number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            sealed = chain.Sealed(**{k: row[k] for k in KEYS})
            if type(sealed.seq) is not int or not all(
                isinstance(x, str) and len(x) == 64 for x in (sealed.digest, sealed.previous, sealed.hash)
            ):
                raise ValueError(line)
            bytes.fromhex(sealed.digest + sealed.previous + sealed.hash)
        except (ValueError, KeyError, TypeError):
            raise Refused.one(
                "bad_chain", f"{name} 第 {number} 行不是流水封存条目（应有 {'、'.join(KEYS)}）", field="bundle", row=number
            ) from None
        yield sealed


def check_rows(lines: Iterable[str], name: str, head: tuple[int, str] | None = None) -> dict[str, Any]:
    """Replay an exported chain; the answer has the form of :func:`trihelix.kernel.journal.verify`."""
    last: list[chain.Sealed] = []

    def kept() -> Iterator[chain.Sealed]:
        for row in read_rows(lines, name):
            last[:] = [row]
            yield row

    found = chain.verify(kept(), head)
    faults = [{"seq": f.seq, "entry": None, "action": None, "fault": f.kind, "message": f.message} for f in found]
    return {"ok": not faults, "sealed": last[0].seq if last else 0, "head": last[0].hash if last else chain.GENESIS, "faults": faults}
