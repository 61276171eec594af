"""The search index of the records: who writes it, how it follows the outbox, and searching within what the viewer may see.

One owner at a time holds the index lock, usually the worker. Everybody else only adds outbox rows; a command that finds no owner
becomes one for a moment. The index stores the last outbox id with each commit, so a restart resumes there.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from trihelix.engines.errors import Refused
from trihelix.engines.matching import tantivy_index
from trihelix.engines.matching.pipeline import Answer, Matcher
from trihelix.engines.matching.port import Doc, Filters
from trihelix.engines.matching.tantivy_index import Reader, Writer
from trihelix.kernel import clock
from trihelix.kernel.actor import UNDONE, Actor
from trihelix.kernel.home import home
from trihelix.kernel.models import Outbox, Record
from trihelix.kernel.register import REGISTERS

BATCH = 500
FIELDS = ("field", "region", "state", "holder", "kind_of", "way", "ip", "ownership")  # facets that may be named and counted


def folder() -> Path:
    """Where the index lies."""
    return home() / "index"


def doc_of(entry: Any) -> Doc | None:
    """The search document of a typed row; ``None`` where its register is not searched."""
    register = REGISTERS[entry.record.register]
    made = register.search_doc(entry) if register.search_doc else None
    if made is None or entry.record.merged_into_id is not None or entry.record.state == UNDONE:
        return None
    facets = {k: tuple(v) for k, v in made["facets"].items() if v}
    return Doc(
        ref=made["ref"], kind=made["kind"], text=made["text"], title=made["title"], uid=made["uid"], scopes=tuple(made["scopes"]),
        facets=facets, numbers=made["numbers"],
    )  # fmt: skip


def _entries(record_ids: Sequence[int]) -> list[Any]:
    by_register: dict[str, list[int]] = {}
    for pk, name in Record.objects.filter(pk__in=record_ids).values_list("pk", "register"):
        by_register.setdefault(name, []).append(pk)
    found: list[Any] = []
    for name, ids in sorted(by_register.items()):
        if name in REGISTERS:
            found += REGISTERS[name].model._default_manager.filter(record_id__in=ids)
    return found


def apply_pending(writer: Writer, limit: int = BATCH) -> int:
    """Bring one batch of outbox rows into the index and commit; returns how many rows."""
    rows = list(Outbox.objects.filter(kind="index", done_at=None).order_by("id")[:limit])
    if not rows:
        return 0
    ids = sorted({r.payload["record"] for r in rows})
    entries = _entries(ids)
    docs = [d for d in (doc_of(e) for e in entries) if d is not None]
    gone = {str(e.record.uid) for e in entries} - {d.key for d in docs}
    writer.delete(gone)
    writer.upsert(docs)
    writer.commit(last=rows[-1].pk)
    Outbox.objects.filter(pk__in=[r.pk for r in rows]).update(done_at=clock.now(), attempts=1)
    return len(rows)


@contextmanager
def index_owner(stop: threading.Event | None = None) -> Iterator[Callable[[], int]]:
    """Own the index; yields a function that applies what is pending. Refuses while another owner lives."""
    fresh = tantivy_index.current(folder()) is None
    with Writer(folder()) as writer:
        if fresh:
            _rebuild_with(writer)

        def apply_all() -> int:
            total = 0
            while (n := apply_pending(writer)) and not (stop is not None and stop.is_set()):
                total += n
            return total

        yield apply_all


def _all_docs(progress: Callable[[int], None] | None = None) -> Iterator[Doc]:
    n = 0
    for register in [r for r in REGISTERS.values() if r.search_doc is not None]:
        for entry in register.model._default_manager.order_by("pk").iterator(chunk_size=500):
            if (doc := doc_of(entry)) is not None:
                n += 1
                if progress and n % 500 == 0:
                    progress(n)
                yield doc


def _rebuild_with(writer: Writer, progress: Callable[[int], None] | None = None) -> int:
    last = Outbox.objects.filter(kind="index").order_by("-id").values_list("id", flat=True).first() or 0
    count = writer.rebuild(_all_docs(progress), last=last)
    Outbox.objects.filter(kind="index", done_at=None, pk__lte=last).update(done_at=clock.now(), attempts=1)
    return count


def rebuild(progress: Callable[[int], None] | None = None) -> int:
    """Build the whole index anew beside the old one and swap; readers never stop. Refuses while another process owns it."""
    with Writer(folder()) as writer:
        return _rebuild_with(writer, progress)


def flush(wait: float = 1.0) -> bool:
    """Make what was just written searchable: by becoming the owner for a moment, else by waiting for the owner. True when done."""
    if not Outbox.objects.filter(kind="index", done_at=None).exists():
        return True
    deadline = time.monotonic() + wait
    while True:
        try:
            with index_owner() as apply_all:
                apply_all()
                return True
        except Refused:
            if not Outbox.objects.filter(kind="index", done_at=None).exists():
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)


@functools.lru_cache(maxsize=2)
def _matcher(path: str) -> Matcher:
    return Matcher(Reader(path))


def matcher() -> Matcher:
    """The reader of this process; it sees every commit that ended before a search. An index that does not exist yet is built."""
    if tantivy_index.current(folder()) is None:
        flush() or rebuild()
        if tantivy_index.current(folder()) is None:
            rebuild()
    return _matcher(str(folder()))


def filters_for(
    by: Actor,
    kinds: Sequence[str] = (),
    include: Mapping[str, Sequence[str]] | None = None,
    exclude: Mapping[str, Sequence[str]] | None = None,
) -> Filters:
    """The viewer's filters: scopes always, kinds and facet values as asked."""
    return Filters(
        scopes=frozenset(by.scope_tokens()), kinds=tuple(kinds), include={k: tuple(v) for k, v in (include or {}).items()},
        exclude={k: tuple(v) for k, v in (exclude or {}).items()},
    )  # fmt: skip


def search(
    text: str, *, by: Actor, kinds: Sequence[str] = (), k: int = 10, include: Mapping[str, Sequence[str]] | None = None,
    exclude: Mapping[str, Sequence[str]] | None = None, facets: Sequence[str] = (), power: bool = True,
) -> Answer:  # fmt: skip
    """Search as a person types: power words, facets, only what the viewer may see."""
    return matcher().search(text, k, filters_for(by, kinds, include, exclude), power=power, fields=FIELDS, facets=facets)


def match(
    text: str, *, by: Actor, kind: str = "results", k: int = 10, include: Mapping[str, Sequence[str]] | None = None,
    indicators: Sequence[str] = (), given: Iterable[str] = (), without: Iterable[str] = (),
) -> Answer:  # fmt: skip
    """Rank records of one kind for a text such as a need, with reasons and what its wording lacks."""
    filters = replace(filters_for(by, (), include), not_keys=tuple(without))
    return matcher().search(text, k, filters, kind, indicators=indicators, given=given)


def similar(text: str, *, kinds: Sequence[str], by: Actor, k: int = 5) -> list[dict[str, Any]]:
    """Records whose wording is close to a text. ``closeness`` is the shared part of the weighted words of both, 0 to 1 (weighted Jaccard)."""
    found = matcher()
    hits = found.search(text, k, filters_for(by, kinds), explain=False).hits
    mine = found.weighted(text)[0]
    held = Record.objects.filter(ref__in={h["ref"] for h in hits}, register__in=kinds).order_by("-pk")  # the oldest stays in place
    records = {(r.ref, r.title): r for r in held}
    out = []
    for hit in hits:
        record = records.get((hit["ref"], hit["title"]))
        doc = found.index.get(str(record.uid)) if record is not None and isinstance(found.index, Reader) else None
        if record is None or doc is None:
            continue
        theirs = found.weighted(doc.body)[0]
        both = sum(min(mine[t], theirs[t]) for t in mine.keys() & theirs.keys())
        either = sum(max(mine.get(t, 0.0), theirs.get(t, 0.0)) for t in mine.keys() | theirs.keys())
        out.append({**hit, "uid": str(record.uid), "closeness": both / either if either else 0.0})
    return sorted(out, key=lambda h: (-h["closeness"], h["uid"]))
