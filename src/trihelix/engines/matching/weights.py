"""How much each token of a query counts.

Weight = field weight × idf × occurrences, and for a text recognised as a need also × a need factor: a word that a tenth of all needs
hold (我公司, 希望, 合作方式 …) says nothing about what is needed. The factor is ``max(0.02, 1 − min(1, 10 × share of needs holding it))``.
It is learnt from needs without labels, and every factor can be shown. Short queries keep plain idf: on titles the factor costs a point.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import resources

from trihelix.engines.matching.port import Stats, Term
from trihelix.engines.matching.text import CHAR, PAIR, WORD, normalise, tokens

# Tuned on the development queries (docs/matching.md): pairs lead, words and single characters support.
FIELD_WEIGHT = {WORD: 0.5, PAIR: 1.0, CHAR: 0.8}
FLOOR = 0.02
# Function words say nothing by themselves; without them the ranking is the same and the reasons are readable.
FUNCTION_WORDS = frozenset("的了和与及或在对为是以将把被由从到于等其之也都而则且并但所这那该此")
# Fewer needs than this say too little about what needs have in common.
ENOUGH_NEEDS = 60
# A need is verbose. A shorter text is a query, whatever it says.
NEED_LENGTH = 60

# The four things a firm writes about besides the problem itself. Two of them make a text a need.
MARKERS: dict[str, re.Pattern[str]] = {
    "firm": re.compile(
        r"我公司|本公司|我司|我厂|我们公司|本企业|我企业|公司(?:现|是|主|成立|位|地处|拟|希望|计划)|企业(?:现|是|主|拟|希望|急|面临|计划)|"
        r"员工\d|年产值|年销售"
    ),
    "want": re.compile(
        r"急需|亟需|亟待|希望|寻求|征集|诚征|拟(?:引进|开发|研发|对|投入|采用|寻)|需要(?:解决|开发|研发|引进|一|寻|突破)|"
        r"联合攻关|难题|技术需求|求购"
    ),
    "terms": re.compile(
        r"\d\s*万元|投入资金|合作方式|合作模式|技术转让|专利许可|委托研发|委托开发|产学研|联合研发|知识产权归|双方协商|面议"
    ),
    "check": re.compile(r"验收|考核指标|核心指标|技术指标|成熟度|中试|\d+\s*个月|完成期限|现场验证|达产|量产|良品率|成本降低|产业化"),
}


def recognised(text: str) -> bool:
    """Is this text a firm's need? At least ``NEED_LENGTH`` characters, and at least two of: speaks as a firm, wants something,
    states terms of cooperation, states checks or dates; one of the first two must be there."""
    normal = normalise(text)
    if len(normal) < NEED_LENGTH:
        return False
    met = {name for name, pattern in MARKERS.items() if pattern.search(normal)}
    return len(met) >= 2 and bool(met & {"firm", "want"})


def query_terms(text: str) -> dict[Term, int]:
    """Tokens of a query with their occurrences; lone function words are left out."""
    counts = tokens(text).counts()
    return {Term(name, token): n for name, found in counts.items() for token, n in found.items() if token not in FUNCTION_WORDS}


def need_factor(share: float) -> float:
    """Share of needs that hold the word (0..1) → factor of its weight (0.02..1)."""
    return max(FLOOR, 1 - min(1.0, 10 * share))


def idf(documents: int, held: int) -> float:
    """BM25's ``ln(1 + (N − n + ½) / (n + ½))``; a term nobody holds weighs nothing."""
    return math.log(1 + (documents - held + 0.5) / (held + 0.5)) if held else 0.0


class Shares:
    """In what share of needs each term stands. Built from texts (a batch's own needs, the shipped wording) or counted by the index."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.held: Counter[Term] = Counter()
        self.needs = 0
        for text in texts:
            self.needs += 1
            self.held.update(query_terms(text).keys())

    def __call__(self, term: Term) -> float:
        return self.held[term] / self.needs if self.needs else 0.0


@cache
def shipped_wording() -> Shares:
    """Common wording of enterprise needs, written for this product; used until enough real needs are known."""
    text = resources.files("trihelix.engines.matching").joinpath("need_wording.txt").read_text(encoding="utf-8")
    return Shares(line for line in text.splitlines() if line and not line.startswith("#"))


def shipped_share(term: Term) -> float:
    """The shipped wording holds no content, so a word or pair in it counts as wording outright; characters by their share."""
    wording = shipped_wording()
    return wording(term) if term.field == CHAR or not wording.held[term] else max(0.1, wording(term))


def shares_for(stats: Stats, batch: Shares | None = None) -> Callable[[Term], float]:
    """Where the need factor learns: needs in the index and needs of the same batch, each only if there are enough; else what is shipped.

    Where both are known the larger share counts: wording common in either is wording, not content.
    """
    sources: list[Callable[[Term], float]] = []
    if stats.needs >= ENOUGH_NEEDS:
        sources.append(lambda term: stats.held_by_needs.get(term, 0) / stats.needs)
    if batch is not None and batch.needs >= ENOUGH_NEEDS:
        sources.append(batch)
    if not sources:
        sources.append(shipped_share)
    return lambda term: max(source(term) for source in sources)


_CLAUSE = re.compile(r"[^,，。;；!！?？\n]+[,，。;；!！?？\n]*")
# A clause whose pairs keep less of their weight than this on average is wording, not content.
CONTENT = 0.4
ESSENCE_LENGTH = 400


def essence(text: str, share: Callable[[Term], float]) -> str:
    """The clauses of a need that say what is needed, at most ``ESSENCE_LENGTH`` characters: what the embedder reads.

    A model averages over the whole text, so wording drowns content; the same need factors that weigh words drop clauses of wording.
    Where every clause is wording the text stays whole.
    """
    kept = []
    for clause in _CLAUSE.findall(text):
        factors = [need_factor(share(t)) for t in query_terms(clause) if t.field == PAIR]
        if factors and math.fsum(factors) / len(factors) >= CONTENT:
            kept.append(clause)
    return "".join(kept)[:ESSENCE_LENGTH] or text


def weigh(found: Mapping[Term, int], stats: Stats, share: Callable[[Term], float] | None) -> dict[Term, float]:
    """Query tokens → weights; ``share`` is given for needs only. Tokens that no document holds are left out."""
    out: dict[Term, float] = {}
    for term, n in found.items():
        weight = FIELD_WEIGHT[term.field] * idf(stats.documents, stats.held.get(term, 0)) * n
        if weight > 0:
            out[term] = weight * (need_factor(share(term)) if share else 1.0)
    return out
