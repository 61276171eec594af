"""From a text to ranked, explained hits: the whole way, without Django.

``build(docs, folder)`` writes an index; ``open_folder(folder)`` gives a :class:`Matcher` with ``search`` and ``batch``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from trihelix.engines.errors import Refused
from trihelix.engines.matching import explain as why
from trihelix.engines.matching import fusion, port, query, weights, wording
from trihelix.engines.matching.fusion import Fused
from trihelix.engines.matching.port import Doc, Facets, Filters, ReadPort, Term, Vector
from trihelix.engines.matching.tantivy_index import Reader, Writer
from trihelix.engines.matching.text import normalise
from trihelix.engines.matching.vectors import VectorStore

# Candidates by words, and as many by meaning, before the exact order.
DEPTH = 200
# Facets a person may type or count when the caller names none.
FIELDS = ("field", "region", "state", "holder", "industry")
MOST = 1000
PUBLIC = Filters(scopes=frozenset({"public"}))


@dataclass(frozen=True)
class Answer:
    """Ranked hits of one text."""

    hits: list[dict[str, Any]]
    missing: list[str] = field(default_factory=list)
    facets: Facets | None = None

    def as_json(self) -> dict[str, Any]:
        """``{"hits", "missing", "facets", "total"}`` of the stable formats."""
        facets = self.facets
        return {
            "hits": self.hits, "missing": self.missing,
            "facets": {k: dict(v) for k, v in facets.counts.items()} if facets else {}, "total": facets.total if facets else None,
        }  # fmt: skip


class Matcher:
    """Ranks documents for a text. Deterministic: the same index and the same text give the same list.

    ``embed``: query text → unit vector, where a model is at hand; without it words alone rank.
    """

    def __init__(self, index: ReadPort, embed: Callable[[str], Vector] | None = None, rrf: bool = False) -> None:
        self.index, self.embed = index, embed
        self._fuse = fusion.reciprocal_ranks if rrf else fusion.z_scores

    def weighted(self, text: str, batch: weights.Shares | None = None) -> tuple[dict[Term, float], str]:
        """The query's tokens with their weights, and what the embedder should read.

        Need weights and the essence for a text recognised as a need; plain idf and the text itself for any other.
        """
        found = weights.query_terms(text)
        stats = self.index.stats(found)
        share = weights.shares_for(stats, batch) if weights.recognised(text) else None
        return weights.weigh(found, stats, share), weights.essence(text, share) if share else text

    def _ranked(self, text: str, filters: Filters, k: int, batch: weights.Shares | None = None) -> list[Fused]:
        terms, read = self.weighted(text, batch)
        vector = self.embed(read) if self.embed is not None and read.strip() else None
        pool = self.index.search(terms, vector, filters, max(DEPTH, k))
        return fusion.words_only(pool[:k]) if vector is None else self._fuse(pool)[:k]

    def search(
        self,
        text: str,
        k: int = 10,
        filters: Filters = PUBLIC,
        kind: str | None = None,
        *,
        explain: bool = True,
        power: bool = False,
        fields: Sequence[str] = FIELDS,
        facets: Sequence[str] = (),
        indicators: Sequence[str] = (),
        given: Iterable[str] = (),
    ) -> Answer:
        """Rank for one text.

        ``filters`` carry the viewer's scopes. ``power``: the text was typed in a search box, read power words (``fields`` lists the
        facets that may be named). ``facets``: fields to count. ``indicators``: names of the need's indicators; without any, those the
        text states. ``given``: mandatory items the form holds in columns of its own. Without free words there is
        nothing to rank by: no hits, but facets still count what meets the filters.
        """
        _check_k(k)
        limits = _of_kind(filters, kind)
        asked = query.parse(text, fields) if power else query.Asked(text)
        limits = asked.over(limits)
        ranked = self._ranked(asked.text, limits, k)
        named = list(indicators) or wording.stated_indicators(asked.text)
        hits = [self._hit(h, asked.text, limits, named) if explain else _bare(h) for h in ranked]
        counted = self._counted(asked.text, limits, facets) if facets else None
        return Answer(hits, [] if power else wording.missing(text, given), counted)

    def _counted(self, text: str, filters: Filters, fields: Sequence[str]) -> Facets:
        terms = self.weighted(text)[0]
        if text.strip() and not terms:
            return Facets(0, {name: {} for name in fields})
        return self.index.facets(terms, filters, fields)

    def _hit(self, hit: Fused, text: str, filters: Filters, indicators: Sequence[str]) -> dict[str, Any]:
        found = why.reasons(hit, normalise(text), filters, indicators)
        doc = hit.candidate.doc
        terms = [r["term"] for r in found if r["kind"] == "word"]
        return {**_bare(hit), "uid": doc.uid, "kind": doc.kind, "reasons": found, "highlights": why.highlights(doc, terms)}

    def batch(
        self, rows: Sequence[tuple[str, str]], k: int = 10, filters: Filters = PUBLIC, kind: str | None = None, *, explain: bool = False
    ) -> Iterator[dict[str, Any]]:
        """``(id, text)`` rows → ``{"id", "hits": [{"ref", "score"}]}`` in the same order; with ``explain`` also ``reasons``.

        The batch's own needs teach the need weights too, where there are enough of them.
        """
        _check_k(k)
        limits = _of_kind(filters, kind)
        learnt = weights.Shares(t for _, t in rows if weights.recognised(t))
        for name, text in rows:
            hits = []
            for h in self._ranked(text, limits, k, learnt):
                row: dict[str, Any] = {"ref": h.candidate.doc.ref, "score": round(h.score, 9)}
                if explain:
                    row["reasons"] = why.reasons(h, normalise(text), limits, wording.stated_indicators(text))
                hits.append(row)
            yield {"id": name, "hits": hits}


def _check_k(k: int) -> None:
    if not 1 <= k <= MOST:
        raise Refused.one("bad_k", f"返回条数 k 应在 1 到 {MOST} 之间", field="k", value=k)


def _of_kind(filters: Filters, kind: str | None) -> Filters:
    if kind is None:
        return filters
    if kind not in port.KINDS:
        raise Refused.one("unknown_kind", f"没有“{kind}”这类对象，可用：{'、'.join(port.KINDS)}", field="kind", value=kind)
    return replace(filters, kinds=(kind,))


def _bare(hit: Fused) -> dict[str, Any]:
    doc = hit.candidate.doc
    return {"ref": doc.ref, "title": doc.title, "score": round(hit.score, 9)}


def build(docs: Iterable[Doc], folder: Path | str, last: int | None = None, progress: Callable[[int], None] | None = None) -> int:
    """(Re)build the index in a folder; readers keep reading the old one until the swap. Returns the documents written."""
    with Writer(folder) as writer:
        return writer.rebuild(docs, last, progress)


def open_folder(folder: Path | str, embed: Callable[[str], Vector] | None = None, vectors: Path | str | None = None) -> Matcher:
    """A matcher over an index folder; with ``embed`` and the folder of a vector file, words and meaning together."""
    store = VectorStore(vectors) if embed is not None and vectors is not None else None
    return Matcher(Reader(folder, store), embed if store is not None else None)
