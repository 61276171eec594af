"""Words and meaning made comparable, in a way that still splits into parts.

A z-score less its mean orders the same, so the mean is dropped: word parts are divided by the spread of the word scores in the pool,
the vector part is the cosine above the pool's lowest divided by the spread of cosines, half each. Each part stays a share of the score.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from trihelix.engines.matching.port import Candidate, order

HALF = 0.5
RRF_K = 60


@dataclass(frozen=True)
class Fused:
    """A candidate with its final score: ``score = word_scale · (sum of word parts) + vector_part``."""

    candidate: Candidate
    word_scale: float
    vector_part: float

    @property
    def score(self) -> float:
        """The final score."""
        return self.word_scale * self.candidate.words + self.vector_part


def fused_order(hit: Fused) -> tuple[float, str, str]:
    """The total order: score falling, then ref, then key."""
    return (-round(hit.score, 9), hit.candidate.doc.ref, hit.candidate.doc.key)


def _spread(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / len(values))


def words_only(pool: Sequence[Candidate]) -> list[Fused]:
    """No vectors at hand: the word score is the score. The pool comes ordered by words, as the port answers."""
    return [Fused(c, 1.0, 0.0) for c in pool]


def z_scores(pool: Sequence[Candidate], vector_share: float = HALF) -> list[Fused]:
    """z-score fusion. A candidate without a vector yet stands at the pool's mean cosine: neither helped nor punished."""
    known = [c.cosine for c in pool if c.cosine is not None]
    if not known:
        return words_only(sorted(pool, key=order))
    mean, low = math.fsum(known) / len(known), min(known)
    words, meaning = _spread([c.words for c in pool]), _spread(known)
    word_scale = (1 - vector_share) / words if words > 0 else 1 - vector_share
    vector_scale = vector_share / meaning if meaning > 0 else 0.0
    return sorted((Fused(c, word_scale, vector_scale * ((mean if c.cosine is None else c.cosine) - low)) for c in pool), key=fused_order)


def reciprocal_ranks(pool: Sequence[Candidate]) -> list[Fused]:
    """RRF: ``1/(60 + rank by words) + 1/(60 + rank by cosine)``; the word share is split over the words by their parts."""
    if all(c.cosine is None for c in pool):
        return words_only(sorted(pool, key=order))
    by_words = {c.doc.key: i for i, c in enumerate(sorted((c for c in pool if c.words > 0), key=order), 1)}
    near = sorted((c for c in pool if c.cosine is not None), key=lambda c: (-(c.cosine or 0.0), c.doc.ref, c.doc.key))
    by_meaning = {c.doc.key: i for i, c in enumerate(near, 1)}
    out = []
    for c in pool:
        lexical = 1 / (RRF_K + by_words[c.doc.key]) if c.doc.key in by_words else 0.0
        vector = 1 / (RRF_K + by_meaning[c.doc.key]) if c.doc.key in by_meaning else 0.0
        out.append(Fused(c, lexical / c.words if c.words > 0 else 0.0, vector))
    return sorted(out, key=fused_order)
