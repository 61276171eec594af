"""Documents read back from the index, and their exact word scores.

A query touches two hundred candidates. A document met for the first time is scored from its text at once; met again, it is kept as arrays,
for a batch of thousands of queries meets the same documents over and over. Both ways give the same score.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from trihelix.engines.matching import port
from trihelix.engines.matching.port import K1, B, Candidate, Counted, Doc, Grouped, Term
from trihelix.engines.matching.text import BREAK, CHAR, FIELDS, PAIR, WORD, counts_of, is_han, normalise, pairs_of
from trihelix.engines.matching.vectors import digest

KEPT = 12_000
# The vocabulary of the documents kept; when it outgrows this, all is forgotten and read again as needed.
VOCABULARY = 1_000_000


@dataclass(slots=True)
class Row:
    """A document, its normal text, its words as cut, the lengths of its streams; once met again also token numbers and BM25's parts of the counts."""

    doc: Doc
    normal: str
    words: str
    lengths: Mapping[str, int]
    digest: bytes
    met: bool = False
    ids: npt.NDArray[np.int32] | None = None
    saturated: npt.NDArray[np.float64] | None = None


def _read(stored: Any) -> Row:
    raw = json.loads(bytes(stored.get_first("doc")))
    doc = port.from_json(raw)
    return Row(
        doc,
        normalise(doc.body),
        bytes(stored.get_first("words")).decode(),
        dict(zip(FIELDS, raw["lengths"], strict=True)),
        digest(doc.body),
    )


def _needs_cutting(pair: str) -> bool:
    """Can this token of the pair stream not be counted as a plain substring? Doubled characters overlap; other letters need whole runs."""
    return len(pair) != 2 or pair[0] == pair[1] or not (is_han(pair[0]) and is_han(pair[1]))


def _found(row: Row, terms: Grouped, odd: Sequence[str]) -> Counted:
    """Counts of the query's tokens in one document. ``odd``: the query's pairs that need cutting."""
    normal = row.normal
    wanted = terms[PAIR].keys()
    if any(t in normal for t in odd):
        counts = Counter(pairs_of(normal))
        pairs = {t: counts[t] for t in wanted & counts.keys() if t != BREAK}
    else:
        pairs = {t: normal.count(t) for t in wanted & set(map(add, normal, normal[1:])) if not _needs_cutting(t)}
    words = row.words.split()
    return Counted(
        {
            WORD: {t: words.count(t) for t in terms[WORD].keys() & set(words)},
            PAIR: pairs,
            CHAR: {t: normal.count(t) for t in terms[CHAR].keys() & set(normal)},
        },
        row.lengths,
    )


class Rows:
    """A bounded store of read documents for one state of the index (``means`` are part of the numbers)."""

    def __init__(self) -> None:
        self._weights = np.zeros(1024)
        self.reset(dict.fromkeys(FIELDS, 0.0))

    def reset(self, means: Mapping[str, float]) -> None:
        """Another state of the index: forget everything."""
        self._rows: dict[Any, Row] = {}
        self._number: dict[str, dict[str, int]] = {name: {} for name in FIELDS}
        # Number 0 is no token: it gives every row an entry, so that rows can be summed in one pass.
        self._size = 1
        self.means = means

    def fetch(self, addresses: Mapping[Any, Any], read: Callable[[Any], Any]) -> list[Row]:
        """The rows at these addresses (key → address), in order; ``read`` gives the stored document of an address."""
        if len(self._rows) > KEPT or self._size > VOCABULARY:
            self.reset(self.means)
        out = []
        for key, address in addresses.items():
            row = self._rows.get(key)
            if row is None:
                row = self._rows[key] = _read(read(address))
            out.append(row)
        return out

    def _number_tokens(self, row: Row) -> None:
        counts = counts_of(row.normal, row.words.split())
        ids, saturated = [0], [np.zeros(1)]
        for name in FIELDS:
            found, number, mean = counts[name], self._number[name], self.means[name]
            for token in found:
                if token not in number:
                    number[token] = self._size
                    self._size += 1
            ids += map(number.__getitem__, found)
            tf = np.fromiter(found.values(), np.float64, len(found))
            saturated.append(tf * (K1 + 1) / (tf + K1 * (1 - B + B * (row.lengths[name] / mean if mean else 1.0))))
        row.ids, row.saturated = np.array(ids, np.int32), np.concatenate(saturated)

    def candidates(self, rows: Sequence[Row], terms: Grouped, cosines: Sequence[float | None]) -> list[Candidate]:
        """The rows scored; parts are worked out only when asked for."""
        odd = [t for t in terms[PAIR] if _needs_cutting(t)]
        means = self.means

        def parts(row: Row) -> dict[Term, float]:
            return dict(port.saturated(terms, _found(row, terms, odd), means))

        again = [row for row in rows if row.met]
        known = dict(zip(map(id, again), self._again(again, terms), strict=True))
        out = []
        for row, cosine in zip(rows, cosines, strict=True):
            words = known[id(row)] if row.met else math.fsum(parts(row).values())
            row.met = True
            out.append(Candidate(row.doc, words, lambda row=row: parts(row), cosine))  # type: ignore[misc]
        return out

    def _again(self, rows: Sequence[Row], terms: Grouped) -> list[float]:
        """Word scores of rows met before, all in one pass over their arrays."""
        if not rows:
            return []
        for row in rows:
            if row.ids is None:
                self._number_tokens(row)
        if len(self._weights) < self._size:
            self._weights = np.zeros(2 * self._size)
        known = [(n[token], weight) for name, n in self._number.items() for token, (_, weight) in terms[name].items() if token in n]
        places = np.array([p for p, _ in known], np.int64)
        self._weights[places] = [w for _, w in known]
        parts = self._weights[_joined(r.ids for r in rows)] * _joined(r.saturated for r in rows)
        self._weights[places] = 0.0
        starts = np.cumsum([0, *(len(r.ids) for r in rows if r.ids is not None)])[:-1]
        return [float(x) for x in np.add.reduceat(parts, starts)]


def _joined(arrays: Iterable[npt.NDArray[Any] | None]) -> npt.NDArray[Any]:
    return np.concatenate([a for a in arrays if a is not None])
