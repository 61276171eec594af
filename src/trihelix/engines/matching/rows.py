"""Documents read back from the index, kept as arrays so that scoring the same document again costs microseconds.

A verbose need touches two hundred candidates; a batch of thousands of queries meets the same documents over and over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from trihelix.engines.matching import port
from trihelix.engines.matching.port import K1, B, Candidate, Counted, Doc, Grouped, Term
from trihelix.engines.matching.text import FIELDS, counts_of, normalise
from trihelix.engines.matching.vectors import digest

KEPT = 12_000
# The vocabulary of the documents kept; when it outgrows this, all is forgotten and read again as needed.
VOCABULARY = 1_000_000


class Row(NamedTuple):
    """A document, its words as cut, its token numbers, BM25's part of each count, and the digest its vector is found by."""

    doc: Doc
    words: str
    ids: npt.NDArray[np.int32]
    saturated: npt.NDArray[np.float64]
    digest: bytes


class Rows:
    """A bounded store of read documents for one state of the index (``means`` are part of the numbers)."""

    def __init__(self) -> None:
        self._rows: dict[Any, Row] = {}
        self._number: dict[str, dict[str, int]] = {name: {} for name in FIELDS}
        self._size = 1
        self._weights = np.zeros(1024)
        self.means: Mapping[str, float] = dict.fromkeys(FIELDS, 0.0)

    def reset(self, means: Mapping[str, float]) -> None:
        """Another state of the index: forget everything."""
        self._rows, self._number, self._size = {}, {name: {} for name in FIELDS}, 1
        self.means = means

    def get(self, address: Any) -> Row | None:
        """The row kept under an address."""
        return self._rows.get(address)

    def put(self, address: Any, stored: Any) -> Row:
        """Keep a document of the index's store."""
        if len(self._rows) >= KEPT or self._size > VOCABULARY:
            self.reset(self.means)
        doc = port.from_json(json.loads(bytes(stored.get_first("doc"))))
        words = bytes(stored.get_first("words")).decode()
        row = self._rows[address] = self._row(doc, words)
        return row

    def _row(self, doc: Doc, words: str) -> Row:
        counted = _counted(doc, words)
        # Number 0 is no token: it gives every row an entry, so that rows can be summed in one pass.
        ids = [0]
        saturated = [np.zeros(1)]
        for name in FIELDS:
            found, number, mean = counted.counts[name], self._number[name], self.means[name]
            for token in found:
                if token not in number:
                    number[token] = self._size
                    self._size += 1
            ids += map(number.__getitem__, found)
            tf = np.fromiter(found.values(), np.float64, len(found))
            saturated.append(tf * (K1 + 1) / (tf + K1 * (1 - B + B * (counted.lengths[name] / mean if mean else 1.0))))
        return Row(doc, words, np.array(ids, np.int32), np.concatenate(saturated), digest(doc.body))

    def score(self, rows: Iterable[Row], terms: Grouped) -> list[float]:
        """Word scores of rows of this store."""
        if len(self._weights) < self._size:
            self._weights = np.zeros(2 * self._size)
        known = [
            (number[token], weight)
            for name, number in self._number.items()
            for token, (_, weight) in terms[name].items()
            if token in number
        ]
        places = np.array([p for p, _ in known], np.int64)
        self._weights[places] = [w for _, w in known]
        wanted = list(rows)
        ids = np.concatenate([r.ids for r in wanted]) if wanted else np.zeros(0, np.int32)
        parts = self._weights[ids] * np.concatenate([r.saturated for r in wanted]) if wanted else np.zeros(0)
        self._weights[places] = 0.0
        starts = np.cumsum([0, *(len(r.ids) for r in wanted)])[:-1]
        out: list[float] = np.add.reduceat(parts, starts).tolist() if wanted else []
        return out

    def candidate(self, row: Row, words: float, terms: Grouped, cosine: float | None) -> Candidate:
        """The candidate of a scored row; its parts are worked out only when asked for."""
        means = self.means
        return Candidate(row.doc, words, lambda: _parts(row, terms, means), cosine)


def _counted(doc: Doc, words: str) -> Counted:
    return Counted.of(counts_of(normalise(doc.body), words.split()))


def _parts(row: Row, terms: Grouped, means: Mapping[str, float]) -> dict[Term, float]:
    return dict(port.saturated(terms, _counted(row.doc, row.words), means))
