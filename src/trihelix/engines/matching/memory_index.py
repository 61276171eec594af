"""The reference adapter: everything in dictionaries, every document scored. For tests and for a few hundred documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from trihelix.engines.matching import port
from trihelix.engines.matching.port import Candidate, Counted, Doc, Facets, Filters, Stats, Term, Vector
from trihelix.engines.matching.text import CHAR, FIELDS, normalise, pairs_of, tokens
from trihelix.engines.matching.vectors import VectorStore
from trihelix.engines.matching.weights import recognised


@dataclass(frozen=True)
class _Row:
    doc: Doc
    counted: Counted
    stream: tuple[str, ...]
    need: bool

    def holds(self, term: Term) -> bool:
        return term.token in self.counted.counts[term.field]


def _row(doc: Doc) -> _Row:
    found = tokens(doc.body)
    return _Row(doc, Counted.of(found.counts()), found.pairs, doc.kind == "needs" and recognised(doc.body))


def _holds(stream: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(stream[i : i + len(part)] == part for i in range(len(stream) - len(part) + 1))


def _says(row: _Row, phrase: str) -> bool:
    normal = normalise(phrase)
    part = pairs_of(normal)
    if len(part) == 1 and len(part[0]) == 1 and row.holds(Term(CHAR, part[0])):
        return True
    return bool(part) and _holds(row.stream, part)


def meets(row: _Row, filters: Filters) -> bool:
    """Does the document meet every filter? The meaning every adapter must share."""
    doc = row.doc
    if filters.scopes is not None and not filters.scopes & set(doc.scopes):
        return False
    if (filters.kinds and doc.kind not in filters.kinds) or doc.key in filters.not_keys:
        return False
    if any(not set(values) & set(doc.facets.get(name, ())) for name, values in filters.include.items()):
        return False
    if any(set(values) & set(doc.facets.get(name, ())) for name, values in filters.exclude.items()):
        return False
    if any(not span.holds(doc.numbers.get(name)) for name, spans in filters.spans.items() for span in spans):
        return False
    return all(_says(row, p) for p in filters.phrases) and not any(_says(row, p) for p in filters.without)


class MemoryIndex:
    """The port over dictionaries. Reads see every write at once."""

    def __init__(self, vectors: VectorStore | None = None) -> None:
        self._rows: dict[str, _Row] = {}
        self._vectors = vectors
        self.last: int | None = None

    def upsert(self, docs: Iterable[Doc]) -> int:
        """Write or replace by key."""
        n = 0
        for doc in docs:
            self._rows[doc.key] = _row(doc)
            n += 1
        return n

    def delete(self, keys: Iterable[str]) -> int:
        """Remove by key."""
        asked = list(keys)
        for key in asked:
            self._rows.pop(key, None)
        return len(asked)

    def commit(self, last: int | None = None) -> None:
        """Keep the outbox id; writes were visible already."""
        self.last = last if last is not None else self.last

    def _means(self) -> dict[str, float]:
        n = len(self._rows) or 1
        return {name: sum(r.counted.lengths[name] for r in self._rows.values()) / n for name in FIELDS}

    def search(self, terms: Mapping[Term, float], vector: Vector | None, filters: Filters, k: int) -> list[Candidate]:
        """Score all that meet the filters and an anchor; with a vector, add the ``k`` nearest."""
        rows = [r for r in self._rows.values() if meets(r, filters)]
        means, wanted, must = self._means(), port.grouped(terms), port.anchors(terms)
        scored = {r.doc.key: port.candidate(r.doc, wanted, r.counted, means) for r in rows}
        lexical = [scored[r.doc.key] for r in rows if any(r.holds(t) for t in must)]
        best = sorted(lexical, key=port.order)[:k]
        if vector is None or self._vectors is None:
            return best
        cosines = self._vectors.cosines([r.doc.body for r in rows], vector)
        known = {r.doc.key: c for r, c in zip(rows, cosines, strict=True) if c is not None}
        near = sorted(known, key=lambda key: (-known[key], self._rows[key].doc.ref, key))[:k]
        keys = {c.doc.key for c in best} | set(near)
        return sorted((replace(scored[x], cosine=known.get(x)) for x in keys), key=port.order)

    def stats(self, terms: Iterable[Term]) -> Stats:
        """Counts by scanning."""
        wanted, rows = list(terms), list(self._rows.values())
        needs = [r for r in rows if r.need]
        return Stats(
            len(rows),
            len(needs),
            {t: sum(1 for r in rows if r.holds(t)) for t in wanted},
            {t: sum(1 for r in needs if r.holds(t)) for t in wanted},
        )

    def facets(self, terms: Mapping[Term, float], filters: Filters, fields: Sequence[str]) -> Facets:
        """Counts by scanning."""
        must = port.anchors(terms)
        rows = [r for r in self._rows.values() if meets(r, filters) and (not terms or any(r.holds(t) for t in must))]
        counts: dict[str, dict[str, int]] = {}
        for name in fields:
            found: Counter[str] = Counter()
            for r in rows:
                found.update({r.doc.kind} if name == "kind" else set(r.doc.facets.get(name, ())))
                if name in r.doc.numbers:
                    found[f"{r.doc.numbers[name]:g}"] += 1
            counts[name] = dict(sorted(found.items(), key=lambda kv: (-kv[1], kv[0])))
        return Facets(len(rows), counts)
