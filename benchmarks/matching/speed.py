"""Latency, build time, memory and write-to-searchable time on recombined text."""

from __future__ import annotations

import json
import random
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trihelix.engines.matching import pipeline
from trihelix.engines.matching.port import Doc, Filters, Span
from trihelix.engines.matching.tantivy_index import Reader

FIELDS = ("光电", "汽车", "新材料", "氢能", "医药", "种业", "农机", "空间信息", "人工智能", "光通信", "交通安全", "环保")
REGIONS = ("长春", "吉林", "四平", "辽源", "通化", "白山", "松原", "白城", "延边")
NARROW = Filters(scopes=frozenset({"public"}), include={"region": ("长春",)}, spans={"trl": (Span(6),)})


def recombined(texts: Sequence[str], count: int, seed: int = 1) -> Iterator[Doc]:
    """Documents of about 300 characters made of sentences of different texts. The vocabulary does not grow as real text would."""
    rng = random.Random(seed)
    sentences = [s for t in texts for s in re.split(r"(?<=[。.;；])", t) if len(s) > 15]
    for i in range(count):
        body = ""
        while len(body) < 300:
            body += rng.choice(sentences)
        facets = {"field": (rng.choice(FIELDS),), "region": (rng.choice(REGIONS),)}
        scope = "public" if rng.random() < 0.9 else f"body:{rng.randrange(50)}"
        yield Doc(ref=f"P{i}", kind="results", text=body, scopes=(scope,), facets=facets, numbers={"trl": rng.randint(1, 9)})


def quantiles(times: Sequence[float]) -> list[float]:
    """p50 and p95 in ms."""
    return [round(1000 * float(np.quantile(times, q)), 2) for q in (0.5, 0.95)]


def _measure(matcher: pipeline.Matcher, texts: Sequence[str], **how: Any) -> list[float]:
    times = []
    for text in texts:
        started = time.perf_counter()
        matcher.search(text, 10, **how)
        times.append(time.perf_counter() - started)
    return quantiles(times)


def latency(folder: Path, queries: Sequence[dict[str, Any]], each: int = 150) -> dict[str, Any]:
    """p50/p95 by kind of query; a first pass of other queries warms the page cache, not the answers."""
    matcher = pipeline.open_folder(folder)
    short = [q["text"] for q in queries if q["type"] == "title"][: 2 * each]
    needs = [q["text"] for q in queries if q["type"] == "need"][: 2 * each]
    for text in (*short[each:], *needs[each:]):
        matcher.search(text, 10, explain=False)
    reader = matcher.index
    assert isinstance(reader, Reader)
    words = []
    for text in needs[:each]:
        terms, _ = matcher.weighted(text)
        started = time.perf_counter()
        reader.search(terms, None, pipeline.PUBLIC, 10)
        words.append(time.perf_counter() - started)
    return {
        "short": _measure(matcher, short[:each], explain=False),
        "need": _measure(matcher, needs[:each], explain=False),
        "need, filtered": _measure(matcher, needs[:each], explain=False, filters=NARROW),
        "need, explained": _measure(matcher, needs[:each]),
        "need, facets": _measure(matcher, needs[:40], explain=False, facets=("field", "region", "trl")),
        "index only, k=10": quantiles(words),
    }


_WATCH = """
import sys, time
from trihelix.engines.matching.tantivy_index import Reader
reader = Reader(sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    key = line.strip()
    while reader.get(key) is None:
        time.sleep(0.0005)
    print(time.time(), flush=True)
"""


def write_to_searchable(folder: Path, texts: Sequence[str], rounds: int = 30) -> list[float]:
    """From the owner's receipt of a document to its being found by another process: p50, p95 and worst in ms."""
    from trihelix.engines.matching.tantivy_index import Writer

    watcher = subprocess.Popen([sys.executable, "-c", _WATCH, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert watcher.stdin is not None and watcher.stdout is not None
    watcher.stdout.readline()
    times = []
    with Writer(folder) as writer:
        for i in range(rounds):
            watcher.stdin.write(f"results:W{i}\n")
            watcher.stdin.flush()
            started = time.time()
            writer.upsert([Doc(ref=f"W{i}", kind="results", text=texts[i])])
            writer.commit(i)
            times.append(float(watcher.stdout.readline()) - started)
    watcher.stdin.close()
    watcher.wait()
    return [*quantiles(times), round(1000 * max(times), 2)]


def run(data: Path, work: Path, count: int) -> dict[str, Any]:
    """One size, in this process (run a fresh process a size, so that memory is its own)."""
    from benchmarks.matching.quality import load

    corpus, queries = load(data)
    texts = [d["text"] for d in corpus]
    folder = work / f"speed{count}"
    shutil.rmtree(folder, ignore_errors=True)
    started = time.perf_counter()
    pipeline.build(recombined(texts, count), folder)
    row: dict[str, Any] = {"documents": count, "build_s": round(time.perf_counter() - started, 1)}
    row["mb"] = round(sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6)
    row |= latency(folder, queries)
    row["write to searchable"] = write_to_searchable(folder, texts)
    row["peak_rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(row, ensure_ascii=False), flush=True)
    return row
