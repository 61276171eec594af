"""Why a hit is a hit: reasons whose parts add up to the score, and where in the text they stand.

The index scores words, pairs and characters; people read words. A pair or character is credited to the longest matched word that holds
it, a pair across two matched neighbours half to each. Every term named is in the query and in the document.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trihelix.engines.matching.fusion import Fused
from trihelix.engines.matching.port import Doc, Filters, Span, Term
from trihelix.engines.matching.text import CHAR, PAIR, WORD, normalise, positions, words_of

VECTOR_TERM = "语义相近"
SNIPPET = 120
_LATIN = re.compile(r"[^\W㐀-䶿一-鿿]")


def _longest(token: str, owners: Sequence[str]) -> str | None:
    return next((o for o in owners if token in o), None)


def _credit(term: Term, words: Sequence[str], pairs: Sequence[str], query: str) -> list[str]:
    """The terms shown that share this token's part equally. ``words`` and ``pairs`` come longest first."""
    owner = _longest(term.token, words)
    if owner:
        return [owner]
    if term.field == PAIR and len(term.token) == 2:
        left = [w for w in words if w.endswith(term.token[0])]
        right = [w for w in words if w.startswith(term.token[1])]
        if both := next(([a, b] for a in left for b in right if a + b in query), None):
            return both
    if term.field == CHAR and (owner := _longest(term.token, pairs)):
        return [owner]
    return [term.token]


def word_parts(parts: Mapping[Term, float], query: str) -> list[tuple[str, float]]:
    """Parts of the index's tokens → parts of the words a person reads, largest first; the sum stays.

    ``query``: the query's text after :func:`~trihelix.engines.matching.text.normalise`.
    """
    words = sorted({t.token for t in parts if t.field == WORD}, key=lambda w: (-len(w), w))
    pairs = sorted({t.token for t in parts if t.field == PAIR}, key=lambda w: (-len(w), w))
    shares: dict[str, list[float]] = {}
    for term in sorted(parts):
        owners = _credit(term, words, pairs, query)
        for owner in owners:
            shares.setdefault(owner, []).append(parts[term] / len(owners))
    summed = {owner: math.fsum(values) for owner, values in shares.items()}
    return sorted(summed.items(), key=lambda kv: (-kv[1], kv[0]))


def _span_text(name: str, span: Span) -> str:
    if span.low is not None and span.low == span.high:
        return f"{name}:{span.low:g}"
    low = "" if span.low is None else f"{'>=' if span.low_in else '>'}{span.low:g}"
    high = "" if span.high is None else f"{'<=' if span.high_in else '<'}{span.high:g}"
    return f"{name}:{low}{' ' if low and high else ''}{high}"


def filters_met(filters: Filters, doc: Doc) -> list[str]:
    """The conditions this document meets, as one would type them (visibility is not a reason)."""
    out = [f"{name}:{v}" for name, values in sorted(filters.include.items()) for v in values if v in doc.facets.get(name, ())]
    out += [f"-{name}:{v}" for name, values in sorted(filters.exclude.items()) for v in values]
    out += [_span_text(name, span) for name, spans in sorted(filters.spans.items()) for span in spans]
    return out + [f'"{p}"' for p in filters.phrases] + [f'-"{p}"' for p in filters.without]


def indicators_met(indicators: Iterable[str], doc: Doc) -> list[str]:
    """Indicator names the text speaks to: named whole, or with at least half of the name's words (of two letters or more)."""
    named = list(indicators)
    if not named:
        return []
    normal = normalise(doc.body)
    held = set(words_of(normal))
    out = []
    for name in named:
        bare = normalise(name).strip()
        words = [w for w in dict.fromkeys(words_of(bare)) if len(w) > 1]
        if bare and (bare in normal or (words and 2 * sum(w in held for w in words) >= len(words))):
            out.append(name)
    return out


def reasons(hit: Fused, query: str, filters: Filters, indicators: Iterable[str] = ()) -> list[dict[str, Any]]:
    """``[{"kind": "word|vector|filter|indicator", "term", "part"}]``; the parts sum to ``hit.score``. Filters and indicators weigh 0."""
    doc = hit.candidate.doc
    out = [{"kind": "word", "term": t, "part": p * hit.word_scale} for t, p in word_parts(hit.candidate.parts, query)]
    if hit.candidate.cosine is not None or hit.vector_part:
        out.append({"kind": "vector", "term": VECTOR_TERM, "part": hit.vector_part})
    out += [{"kind": "filter", "term": t, "part": 0.0} for t in filters_met(filters, doc)]
    return out + [{"kind": "indicator", "term": t, "part": 0.0} for t in indicators_met(indicators, doc)]


def marks(text: str, terms: Iterable[str]) -> list[tuple[int, int]]:
    """Places of the terms in a raw text, as ``(start, end)``; overlapping and touching ones are joined.

    Terms of other letters match whole words only; Chinese terms anywhere.
    """
    longest_first = sorted(set(terms), key=lambda t: (-len(t), t))
    patterns = [rf"(?<![a-z0-9]){re.escape(t)}(?![a-z0-9])" if _LATIN.match(t) else re.escape(t) for t in longest_first]
    if not patterns or not text:
        return []
    normal, places = positions(text)
    out: list[tuple[int, int]] = []
    for m in re.finditer("|".join(patterns), normal):
        start, end = places[m.start()], places[m.end() - 1] + 1
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _window(length: int, found: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The stretch of ``SNIPPET`` characters that holds the most marked text, the earliest among equals."""
    best, start = -1, 0
    for s, _ in found:
        held = sum(min(e, s + SNIPPET) - max(b, s) for b, e in found if b < s + SNIPPET and e > s)
        if held > best:
            best, start = held, s
    start = max(0, min(start - SNIPPET // 6, length - SNIPPET))
    return start, min(length, start + SNIPPET)


def highlights(doc: Doc, terms: Iterable[str]) -> list[dict[str, Any]]:
    """``[{"field": "title|text", "start", "end", "snippet", "marks": [[s, e]]}]``: a stretch of each raw field that holds terms.

    ``start``/``end`` place the snippet in the field; ``marks`` count from the snippet's start.
    """
    wanted = list(terms)
    # Single characters light up everything; they are shown only where nothing longer was met.
    wanted = [t for t in wanted if len(t) > 1] or wanted
    out = []
    for name, text in (("title", doc.title), ("text", doc.text)):
        found = marks(text, wanted)
        if not found:
            continue
        start, end = (0, len(text)) if name == "title" else _window(len(text), found)
        inside = [[max(s, start) - start, min(e, end) - start] for s, e in found if s < end and e > start]
        out.append({"field": name, "start": start, "end": end, "snippet": text[start:end], "marks": inside})
    return out
