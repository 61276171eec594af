"""Recall@10 and nDCG@10 by query type, beside jieba BM25 (bm25s) in the same run, with bootstrap intervals of the difference."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trihelix.engines.matching import pipeline
from trihelix.engines.matching.port import Doc

K = 10
Ranked = list[list[str]]


def load(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Corpus rows (``id``, ``text``) and query rows (``qid``, ``type``, ``text``, ``doc``)."""
    return tuple([json.loads(line) for line in open(folder / name, encoding="utf-8")] for name in ("corpus.jsonl", "queries.dev.jsonl"))  # type: ignore[return-value]


def baseline(corpus: Sequence[dict[str, Any]], queries: Sequence[dict[str, Any]]) -> Ranked:
    """BM25 (k1 1.2, b .75) over jieba's search-mode words."""
    import bm25s
    import jieba

    jieba.setLogLevel(60)

    def cut(text: str) -> list[str]:
        return [w for w in jieba.lcut_for_search(text.lower()) if w.strip() and any(c.isalnum() for c in w)]

    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index([cut(d["text"]) for d in corpus], show_progress=False)
    rows, _ = index.retrieve([cut(q["text"]) for q in queries], k=K, show_progress=False)
    return [[str(corpus[i]["id"]) for i in row] for row in rows]


def ours(folder: Path, queries: Sequence[dict[str, Any]], embed: Callable[[str], Any] | None, vectors: Path | None) -> Ranked:
    """The product's own batch path."""
    matcher = pipeline.open_folder(folder, embed, vectors)
    out = matcher.batch([(q["qid"], q["text"]) for q in queries], K)
    return [[h["ref"] for h in row["hits"]] for row in out]


def gains(ranked: Ranked, queries: Sequence[dict[str, Any]]) -> np.ndarray:
    """Queries × (recall, nDCG); one relevant document each."""
    out = np.zeros((len(queries), 2))
    for i, (refs, q) in enumerate(zip(ranked, queries, strict=True)):
        if str(q["doc"]) in refs:
            out[i] = 1, 1 / np.log2(refs.index(str(q["doc"])) + 2)
    return out


def interval(differences: np.ndarray, rounds: int = 2000, seed: int = 7) -> tuple[float, float]:
    """95 % bootstrap interval of a mean difference over queries."""
    rng = np.random.default_rng(seed)
    means = [differences[rng.integers(0, len(differences), len(differences))].mean() for _ in range(rounds)]
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def report(name: str, got: np.ndarray, base: np.ndarray, types: np.ndarray) -> list[dict[str, Any]]:
    """One row a query type, and one over all without the synthetic needs."""
    rows = []
    for kind in [*dict.fromkeys(types.tolist()), "all but need"]:
        pick = types != "need" if kind == "all but need" else types == kind
        row: dict[str, Any] = {"method": name, "type": kind, "queries": int(pick.sum())}
        for j, measure in enumerate(("recall", "ndcg")):
            low, high = interval(got[pick, j] - base[pick, j])
            row |= {
                measure: round(float(got[pick, j].mean()), 4),
                f"{measure}_gain": [round(float((got - base)[pick, j].mean()), 4), round(low, 4), round(high, 4)],
            }
        rows.append(row)
    return rows


def run(data: Path, work: Path, embed: Callable[[str], Any] | None, vectors: Path | None) -> list[dict[str, Any]]:
    """Build, rank, compare; prints a table and returns its rows."""
    corpus, queries = load(data)
    types = np.array([q["type"] for q in queries])
    started = time.perf_counter()
    pipeline.build((Doc(ref=str(d["id"]), kind="results", text=d["text"]) for d in corpus), work / "quality")
    built = time.perf_counter() - started
    base = gains(baseline(corpus, queries), queries)
    rows = report("jieba BM25", base, base, types)
    for name, model, store in [("words", None, None), *([("words + vectors", embed, vectors)] if embed else [])]:
        started = time.perf_counter()
        got = gains(ours(work / "quality", queries, model, store), queries)
        spent = time.perf_counter() - started
        print(f"{name}: index of {len(corpus)} built in {built:.1f} s, {len(queries)} queries in {spent:.1f} s")
        rows += report(name, got, base, types)
    for r in rows:
        gain = (
            ""
            if r["method"] == "jieba BM25"
            else "  recall {:+.3f} [{:+.3f}, {:+.3f}]  nDCG {:+.3f} [{:+.3f}, {:+.3f}]".format(*r["recall_gain"], *r["ndcg_gain"])
        )
        print(f"{r['method']:16} {r['type']:13} {r['queries']:5}  {r['recall']:.3f}/{r['ndcg']:.3f}{gain}")
    return rows
