"""From text to the three token streams of the index: search words, character pairs, single characters.

Chinese has no spaces, so no one cutting is right: the dictionary splits unknown terms badly (石墨烯气凝胶 → 石墨/烯气/凝胶),
pairs always meet but know no words, and single characters bridge words that share only a root (编译器 / 编译). All three are kept.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import rjieba

HAN = "㐀-䶿一-鿿豈-﫿〇々\U00020000-\U0003134f"
_RUN = re.compile(f"[{HAN}]+|[^\\W{HAN}_]+")
_HAN_START = re.compile(f"[{HAN}]")
_SPEAKS = re.compile(r"[^\W_]")
# Longer tokens are data (base64, sequences), not language; cutting keeps the term dictionary sane.
LONGEST = 64
# Stands between two runs in the stream of pairs, so that a phrase never reaches over punctuation.
BREAK = "¦"

WORD, PAIR, CHAR = "w", "b", "u"
FIELDS = (WORD, PAIR, CHAR)


@dataclass(frozen=True)
class Tokens:
    """The token streams of one text, in reading order; ``pairs`` holds a ``BREAK`` between runs."""

    words: tuple[str, ...]
    pairs: tuple[str, ...]
    chars: tuple[str, ...]

    def counts(self) -> dict[str, Counter[str]]:
        """Occurrences of each token by field (break marks left out)."""
        pairs = Counter(self.pairs)
        pairs.pop(BREAK, None)
        return {WORD: Counter(self.words), PAIR: pairs, CHAR: Counter(self.chars)}


def normalise(text: str) -> str:
    """NFKC and lower case: full-width letters, ligatures and case never decide a match."""
    return unicodedata.normalize("NFKC", text).lower()


def is_han(char: str) -> bool:
    """Is this one Chinese character?"""
    return _HAN_START.match(char) is not None


def words_of(normal: str) -> tuple[str, ...]:
    """Dictionary words in search mode: a long word also yields its parts."""
    return tuple(w[:LONGEST] for w in rjieba.cut_for_search(normal) if _SPEAKS.search(w) and len(w.split()) == 1)


def pairs_of(normal: str) -> tuple[str, ...]:
    """Character pairs of Chinese runs (a lone character stays single), whole runs of other letters, breaks between."""
    out: list[str] = []
    for run in _RUN.findall(normal):
        if out:
            out.append(BREAK)
        if len(run) > 1 and _HAN_START.match(run):
            out += map("".join, itertools.pairwise(run))
        else:
            out.append(run[:LONGEST])
    return tuple(out)


def chars_of(normal: str) -> tuple[str, ...]:
    """Single Chinese characters."""
    return tuple(_HAN_START.findall(normal))


def tokens(text: str) -> Tokens:
    """All three streams of a raw text."""
    normal = normalise(text)
    return Tokens(words_of(normal), pairs_of(normal), chars_of(normal))


def counts_of(normal: str, words: Iterable[str]) -> dict[str, Counter[str]]:
    """:meth:`Tokens.counts` of a normalised text whose words are already cut."""
    return Tokens(tuple(words), pairs_of(normal), chars_of(normal)).counts()


def positions(text: str) -> tuple[str, list[int]]:
    """The text normalised character by character, and for each of its characters the place in the raw text.

    Used for highlights only: unlike :func:`normalise` it does not compose marks across characters.
    """
    out: list[str] = []
    places: list[int] = []
    for i, c in enumerate(text):
        n = c if "一" <= c <= "鿿" else normalise(c)
        out.append(n)
        places += [i] * len(n)
    return "".join(out), places
