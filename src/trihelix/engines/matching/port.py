"""The port of the index: four calls (upsert, delete; search, stats), facets, and the plain types that cross it.

Reading and writing are two protocols, for they live in different processes: one owner writes, many read.

No engine type leaks: an adapter may be a file index, a dictionary or a remote shard. A coordinator over shards sends the
same weighted terms everywhere (global idf inside the weights) and merges by ``order``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from trihelix.engines.errors import Refused
from trihelix.engines.matching.text import CHAR, FIELDS

Vector = npt.NDArray[np.float32]

# Kinds of record in the one index. A kind that is not here is refused.
KINDS = (
    "results",
    "needs",
    "experts",
    "patents",
    "bodies",
    "policies",
    "calls",
    "notices",
    "boards",
    "applications",
    "projects",
    "service_offers",
    "brokers",
    "events",
    "releases",
    "commitments",
    "measures",
    "result_clauses",
    "platforms",
    "talent_carriers",
    "networks",
    "shared_resources",
    "scenes",
    "partners",
    "rankings",
    "incubators",
    "finance_products",
)
NUMBERS = ("trl", "year", "amount")
K1, B = 1.2, 0.75
# Best words that must be met by one at least; the rest only refine the score.
ANCHORS = 25


@dataclass(frozen=True)
class Doc:
    """One searchable record.

    ``scopes``: tokens of who may see it (``public``, ``body:12``, ``node:3``); ``facets``: field → values;
    ``numbers``: field of ``NUMBERS`` → value. ``uid`` is the identity; without it ``kind:ref`` is.
    """

    ref: str
    kind: str
    text: str
    title: str = ""
    uid: str = ""
    scopes: tuple[str, ...] = ("public",)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise Refused.one("unknown_kind", f"没有“{self.kind}”这类对象，可用：{'、'.join(KINDS)}", field="kind", value=self.kind)
        for name, value in self.numbers.items():
            if name not in NUMBERS:
                raise Refused.one("unknown_number", f"数值字段“{name}”不存在，可用：{'、'.join(NUMBERS)}", field="numbers", value=name)
            if not math.isfinite(value):
                raise Refused.one("not_finite", f"“{name}”不是有限的数", field=name, value=str(value))
        if any(":" in name or not name for name in self.facets):
            raise Refused.one("bad_facet", "分面名称不能为空，也不能含冒号", field="facets", value=list(self.facets))

    @property
    def key(self) -> str:
        """Identity in the index."""
        return self.uid or f"{self.kind}:{self.ref}"

    @property
    def body(self) -> str:
        """Title and text as they are indexed and embedded."""
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True)
class Span:
    """A numeric condition; ``None`` = open end."""

    low: float | None = None
    high: float | None = None
    low_in: bool = True
    high_in: bool = True

    def holds(self, value: float | None) -> bool:
        """An absent value meets no condition."""
        if value is None:
            return False
        low = self.low is None or value > self.low or (self.low_in and value == self.low)
        return low and (self.high is None or value < self.high or (self.high_in and value == self.high))


@dataclass(frozen=True)
class Filters:
    """What a hit must be. ``scopes`` are the viewer's tokens: ``None`` only for the system itself, an empty set sees nothing.

    ``include``: every field must hold one of its values; ``exclude``: none of its values; ``spans``: all hold;
    ``phrases`` / ``without``: texts that must / must not stand in title or text; ``not_keys``: records left out.
    """

    scopes: frozenset[str] | None
    kinds: tuple[str, ...] = ()
    include: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    not_keys: tuple[str, ...] = ()


class Term(NamedTuple):
    """A token of one field (``w`` words, ``b`` pairs, ``u`` characters)."""

    field: str
    token: str


@dataclass(frozen=True)
class Candidate:
    """One document found: its word score, the cosine if vectors were asked for, and on demand the exact parts of the word score."""

    doc: Doc
    words: float
    split: Callable[[], Mapping[Term, float]] = field(compare=False, repr=False)
    cosine: float | None = None

    @property
    def parts(self) -> Mapping[Term, float]:
        """Word parts by term; they sum to ``words``."""
        return self.split()


@dataclass(frozen=True)
class Stats:
    """Counts for weights: all documents, documents that hold each term, and the same among recognised needs."""

    documents: int
    needs: int
    held: Mapping[Term, int]
    held_by_needs: Mapping[Term, int]


@dataclass(frozen=True)
class Facets:
    """Counts over everything that matches: total, and field → value → count."""

    total: int
    counts: Mapping[str, Mapping[str, int]]


class ReadPort(Protocol):
    """The reading half. Reads see every commit that ended before them."""

    def search(self, terms: Mapping[Term, float], vector: Vector | None, filters: Filters, k: int) -> list[Candidate]:
        """Up to ``k`` candidates by words (best first) and, with a vector, up to ``k`` more by meaning."""
        ...

    def stats(self, terms: Iterable[Term]) -> Stats:
        """Counts behind the weights."""
        ...

    def facets(self, terms: Mapping[Term, float], filters: Filters, fields: Sequence[str]) -> Facets:
        """Counts over all documents that meet the filters (and an anchor term, where there are terms)."""
        ...


class WritePort(Protocol):
    """The writing half: one owner at a time."""

    def upsert(self, docs: Iterable[Doc]) -> int:
        """Write or replace by key; returns how many."""
        ...

    def delete(self, keys: Iterable[str]) -> int:
        """Remove by key; unknown keys are no error. Returns how many were asked for."""
        ...

    def commit(self, last: int | None = None) -> None:
        """Make everything so far visible and lasting, with the last outbox id it includes."""
        ...


def anchors(terms: Mapping[Term, float], most: int = ANCHORS) -> list[Term]:
    """The terms of which a hit must hold one: the heaviest words and pairs (characters only where nothing else is known)."""
    strong = [t for t in terms if t.field != CHAR and terms[t] > 0] or [t for t in terms if terms[t] > 0]
    return sorted(strong, key=lambda t: (-terms[t], t))[:most]


@dataclass(frozen=True)
class Counted:
    """Token counts of one document and the lengths of its streams, by field."""

    counts: Mapping[str, Mapping[str, int]]
    lengths: Mapping[str, int]

    @classmethod
    def of(cls, counts: Mapping[str, Mapping[str, int]]) -> Counted:
        """With lengths as the sums of the counts."""
        return cls(counts, {name: sum(counts[name].values()) for name in FIELDS})


Grouped = Mapping[str, Mapping[str, tuple[Term, float]]]


def grouped(terms: Mapping[Term, float]) -> Grouped:
    """Terms of positive weight by field and token."""
    out: dict[str, dict[str, tuple[Term, float]]] = {name: {} for name in FIELDS}
    for term, weight in terms.items():
        if weight > 0:
            out[term.field][term.token] = (term, weight)
    return out


def saturated(terms: Grouped, row: Counted, means: Mapping[str, float]) -> Iterator[tuple[Term, float]]:
    """BM25: ``weight · tf·(k1+1) / (tf + k1·(1 − b + b·length/mean))`` for each term the document holds."""
    for name, wanted in terms.items():
        found, mean = row.counts[name], means[name]
        norm = K1 * (1 - B + B * (row.lengths[name] / mean if mean else 1.0))
        for token in wanted.keys() & found.keys():
            term, weight = wanted[token]
            tf = found[token]
            yield term, weight * tf * (K1 + 1) / (tf + norm)


def candidate(doc: Doc, terms: Grouped, row: Counted, means: Mapping[str, float], cosine: float | None = None) -> Candidate:
    """Score one document exactly. The sum is exactly rounded, so no order of adding shows."""
    words = math.fsum(part for _, part in saturated(terms, row, means))
    return Candidate(doc, words, lambda: dict(saturated(terms, row, means)), cosine)


def order(candidate: Candidate) -> tuple[float, str, str]:
    """The total order by words: score falling, then ref, then key."""
    return (-round(candidate.words, 9), candidate.doc.ref, candidate.doc.key)


def as_json(doc: Doc) -> dict[str, Any]:
    """The document as plain JSON, for storing."""
    return {
        "ref": doc.ref, "kind": doc.kind, "text": doc.text, "title": doc.title, "uid": doc.uid, "scopes": list(doc.scopes),
        "facets": {k: list(v) for k, v in doc.facets.items()}, "numbers": dict(doc.numbers),
    }  # fmt: skip


def from_json(row: Mapping[str, Any]) -> Doc:
    """The document of :func:`as_json`."""
    return Doc(
        ref=row["ref"], kind=row["kind"], text=row["text"], title=row["title"], uid=row["uid"], scopes=tuple(row["scopes"]),
        facets={k: tuple(v) for k, v in row["facets"].items()}, numbers=row["numbers"],
    )  # fmt: skip
