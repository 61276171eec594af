"""The default adapter: a tantivy index in a folder, one writer, many readers.

The folder holds generations (``g000001`` …) and ``CURRENT``, which names the one in use. A rebuild writes the next generation beside
and swaps the name; readers follow at their next search and never wait. tantivy finds the candidates; their scores are then computed
exactly here, so that the parts shown are the score and do not depend on how the index happens to be cut into segments.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from threading import RLock
from typing import IO, Any, Concatenate, ParamSpec, TypeVar

from trihelix.engines.errors import Refused
from trihelix.engines.matching import port
from trihelix.engines.matching import tantivy_query as tq
from trihelix.engines.matching.port import Candidate, Doc, Facets, Filters, Stats, Term, Vector
from trihelix.engines.matching.rows import Rows
from trihelix.engines.matching.text import FIELDS
from trihelix.engines.matching.vectors import VectorStore

_HEAP = 64_000_000
# A filter may hide most near texts: look at up to this many times k before being content with fewer.
WIDEST = 100
P = ParamSpec("P")
R = TypeVar("R")


def current(folder: Path) -> Path | None:
    """The generation in use."""
    try:
        return folder / (folder / "CURRENT").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None


def _alone(method: Callable[Concatenate[Reader, P], R]) -> Callable[Concatenate[Reader, P], R]:
    """One call at a time: threads of a server share a reader, and a call must see one state of the index throughout."""

    @wraps(method)
    def locked(self: Reader, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._lock:
            return method(self, *args, **kwargs)

    return locked


class Reader:
    """Searches; sees every commit that ended before the call, from whatever process. May be shared by threads."""

    def __init__(self, folder: Path | str, vectors: VectorStore | None = None) -> None:
        self.folder, self.vectors = Path(folder), vectors
        self._lock = RLock()
        self._seen: tuple[Any, ...] = ()
        self._rows = Rows()
        self._held: dict[tuple[Term, str], int] = {}
        self.refresh()

    @_alone
    def refresh(self) -> None:
        """Follow the newest commit and generation. Cheap when nothing changed: two ``stat`` calls."""
        for attempt in range(5):
            path = current(self.folder)
            if path is None:
                raise Refused.one(
                    "no_index", f"检索库 {self.folder.name} 还没有建立，请先建立（重建索引）", field="folder", value=self.folder.name
                )
            try:
                meta = os.stat(path / "meta.json")
                seen = (path, meta.st_ino, meta.st_mtime_ns)
                if seen == self._seen:
                    return
                if not self._seen or self._seen[0] != path:
                    self._index = tq.open_index(path, create=False)
                self._index.reload()
            except (FileNotFoundError, ValueError, OSError):
                # The generation was swapped and swept between two lines; look again, give up only if it stays so.
                self._seen = ()
                if attempt == 4:
                    raise
                continue
            self._schema, self._searcher = self._index.schema, self._index.searcher()
            self._seen = seen
            self._held.clear()
            self._measure()
            self._rows.reset(self.means)
            return

    def _measure(self) -> None:
        everything = self._query(None, Filters(scopes=None))
        found = self._searcher.aggregate(everything, {name: {"sum": {"field": f"len_{name}"}} for name in FIELDS})
        self.documents = int(self._searcher.search(everything, limit=1).count)
        self._clean = self._searcher.doc_freq("tag", tq.tag("", "all")) == self.documents
        self.means = {name: (found[name]["value"] or 0.0) / (self.documents or 1) for name in FIELDS}
        self.needs = self._count([("tag", tq.tag("", "need"))])

    @_alone
    def last(self) -> int | None:
        """The last outbox id stored with the newest commit; ``None`` when none was."""
        self.refresh()
        hits = self._searcher.search(tq.Query.term_query(self._schema, "key", tq.META, "basic"), limit=1).hits
        return int(json.loads(bytes(self._searcher.doc(hits[0][1]).get_first("doc")))["last"]) if hits else None

    def _query(self, words: Any, filters: Filters) -> Any:
        clauses = tq.filter_clauses(self._schema, filters)
        return tq.Query.boolean_query([(tq.Occur.Must, words), *clauses] if words is not None else clauses)

    def _count(self, exact: Sequence[tuple[str, str]]) -> int:
        """Living documents that hold all of these; tantivy's own count includes replaced ones until a merge."""
        if len(exact) == 1 and self._clean:
            return int(self._searcher.doc_freq(*exact[0]))
        clauses = [(tq.Occur.Must, tq.Query.term_query(self._schema, f, t, "basic")) for f, t in exact]
        return int(self._searcher.search(tq.Query.boolean_query(clauses), limit=1).count)

    def _held_by(self, term: Term, among: str) -> int:
        key = (term, among)
        if key not in self._held:
            extra = [("tag", tq.tag("", among))] if among else []
            self._held[key] = self._count([(term.field, term.token), *extra])
        return self._held[key]

    @_alone
    def stats(self, terms: Iterable[Term]) -> Stats:
        """Counts of living documents, kept until the next commit."""
        self.refresh()
        wanted = list(terms)
        needs = {t: self._held_by(t, "need") for t in wanted} if self.needs else {}
        return Stats(self.documents, self.needs, {t: self._held_by(t, "") for t in wanted}, needs)

    def _words(self, terms: Mapping[Term, float]) -> Any | None:
        must = port.anchors(terms)
        if not must:
            return None
        boosts: dict[Term, float] = {}
        total = self._searcher.num_docs
        for t in must:
            held = self._searcher.doc_freq(t.field, t.token)
            boosts[t] = terms[t] / math.log(1 + (max(total - held, 0) + 0.5) / (held + 0.5)) if held else 0.0
        alive = {t: terms[t] for t in must if boosts[t] > 0}
        return tq.words_query(self._schema, alive, boosts) if alive else None

    @_alone
    def search(self, terms: Mapping[Term, float], vector: Vector | None, filters: Filters, k: int) -> list[Candidate]:
        """The ``k`` best by words and, with a vector, the ``k`` nearest that meet the filters; exact scores for all of them."""
        self.refresh()
        words = self._words(terms)
        addresses: dict[tuple[int, int], Any] = {}
        if words is not None:
            hits = self._searcher.search(self._query(words, filters), limit=k, count=False).hits
            addresses = {(a.segment_ord, a.doc): a for _, a in hits}
        if vector is not None and self.vectors is not None:
            addresses |= self._near(self.vectors, vector, filters, k)
        rows = self._rows.fetch(addresses, self._searcher.doc)
        wanted = port.grouped(terms)
        cosines: list[float | None] = [None] * len(rows)
        if vector is not None and self.vectors is not None:
            cosines = self.vectors.cosines_by_id([r.digest for r in rows], vector)
        return sorted(self._rows.candidates(rows, wanted, cosines), key=port.order)

    def _near(self, vectors: VectorStore, vector: Vector, filters: Filters, k: int) -> dict[tuple[int, int], Any]:
        """Addresses of the nearest texts that the engine's own filter lets through; the net widens while a filter empties it."""
        vectors.refresh()
        net = k
        while True:
            near = vectors.nearest(vector, net)
            found: dict[tuple[int, int], Any] = {}
            for start in range(0, len(near), k):
                ids = [i.hex() for i, _ in near[start : start + k]]
                query = self._query(tq.Query.term_set_query(self._schema, "vec", ids), filters)
                hits = self._searcher.search(query, limit=4 * k, count=False).hits
                found |= {(a.segment_ord, a.doc): a for _, a in hits}
                if len(found) >= k:
                    return found
            if net >= min(len(vectors), WIDEST * k):
                return found
            net *= 10

    @_alone
    def facets(self, terms: Mapping[Term, float], filters: Filters, fields: Sequence[str]) -> Facets:
        """Counts over everything that meets the filters (and an anchor); nothing outside the viewer's scopes is counted."""
        self.refresh()
        words = self._words(terms) if terms else None
        query = self._query(words if words is not None or not terms else tq.Query.empty_query(), filters)
        total = int(self._searcher.search(query, limit=1).count)
        counts: dict[str, dict[str, int]] = {}
        for name in fields:
            found: dict[str, int] = {}
            if name in port.NUMBERS:
                buckets = self._searcher.aggregate(query, {"n": {"terms": {"field": f"n_{name}", "size": 100}}})["n"]["buckets"]
                found = {f"{float(b['key']):g}": int(b["doc_count"]) for b in buckets}
            else:
                prefix = tq.tag("kind" if name == "kind" else f"f:{name}", "")
                found = {t[len(prefix) :]: int(n) for t, n in self._searcher.terms_with_prefix("tag", prefix, query) if n}
            counts[name] = dict(sorted(found.items(), key=lambda kv: (-kv[1], kv[0])))
        return Facets(total, counts)

    @_alone
    def get(self, key: str) -> Doc | None:
        """One document by key, whoever may see it (for the owner's own use)."""
        self.refresh()
        hits = self._searcher.search(tq.Query.term_query(self._schema, "key", key, "basic"), limit=1).hits
        return port.from_json(json.loads(bytes(self._searcher.doc(hits[0][1]).get_first("doc")))) if hits else None


class Writer:
    """The one owner of an index folder. A second one is refused while the first lives; a killed owner frees it."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = self._own()
        path = current(self.folder)
        if path is None:
            path = self._fresh()
            tq.open_index(path, create=True)
            self._point(path)
        self._path = path
        # One thread: documents keep the order they came in, so two builds of the same records are the same index.
        self._index = tq.open_index(path, create=False)
        self._writer = self._index.writer(_HEAP, 1)

    def _own(self) -> IO[str]:
        lock = open(self.folder / "owner.lock", "a+", encoding="ascii")  # noqa: SIM115 (held for life)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            lock.close()
            raise Refused.one(
                "index_owned", "检索库正由另一个进程写入，请通过它更新，或等它结束", field="folder", value=self.folder.name
            ) from exc
        return lock

    def _fresh(self) -> Path:
        numbers = [int(p.name[1:]) for p in self.folder.glob("g[0-9]*") if p.name[1:].isdigit()]
        path = self.folder / f"g{max(numbers, default=0) + 1:06d}"
        path.mkdir()
        return path

    def _point(self, path: Path) -> None:
        beside = self.folder / "CURRENT.tmp"
        with open(beside, "w", encoding="ascii") as out:
            out.write(path.name)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, self.folder / "CURRENT")

    def upsert(self, docs: Iterable[Doc]) -> int:
        """Write or replace by key; visible after :meth:`commit`."""
        n = 0
        for doc in docs:
            self._writer.delete_documents_by_term("key", doc.key)
            self._writer.add_document(tq.document(doc))
            n += 1
        return n

    def delete(self, keys: Iterable[str]) -> int:
        """Remove by key; visible after :meth:`commit`."""
        asked = list(keys)
        for key in asked:
            self._writer.delete_documents_by_term("key", key)
        return len(asked)

    def commit(self, last: int | None = None) -> None:
        """Make everything so far visible and lasting, with the last outbox id it includes."""
        if last is not None:
            self._writer.delete_documents_by_term("key", tq.META)
            self._writer.add_document(tq.meta_document(last))
        self._writer.commit()

    def rebuild(self, docs: Iterable[Doc], last: int | None = None, progress: Any = None) -> int:
        """Build the next generation beside the present one and swap; readers go on all the while. Returns the documents written."""
        self._writer.rollback()
        path = self._fresh()
        index = tq.open_index(path, create=True)
        writer = index.writer(_HEAP, 1)
        written = set[str]()
        for n, doc in enumerate(docs, 1):
            if doc.key in written:
                writer.delete_documents_by_term("key", doc.key)
            written.add(doc.key)
            writer.add_document(tq.document(doc))
            if progress is not None and n % 1000 == 0:
                progress(n)
        if last is not None:
            writer.add_document(tq.meta_document(last))
        writer.commit()
        self._point(path)
        self._path, self._index, self._writer = path, index, writer
        for other in self.folder.glob("g[0-9]*"):
            if other != path:
                shutil.rmtree(other, ignore_errors=True)
        return len(written)

    def close(self) -> None:
        """Wait for merges and free the folder."""
        self._writer.wait_merging_threads()
        del self._writer, self._index
        self._lock.close()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
