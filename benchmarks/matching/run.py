"""Matching benchmark: ``python benchmarks/matching/run.py [--data DIR] [--vectors] [--sizes 12000,200000,1000000]``.

``--data`` (or ``$TRIHELIX_RETRIEVAL``): folder with ``corpus.jsonl`` and ``queries.dev.jsonl``. Skips with a message where there is none.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.matching import quality, speed


def vectors_of(data: Path, folder: Path) -> tuple[object, Path]:
    """Converted model and vector file, both kept in ``folder`` for the next run."""
    from trihelix.engines.matching.e5 import E5
    from trihelix.engines.matching.e5_convert import convert
    from trihelix.engines.matching.vectors import VectorStore

    model, store = E5(convert(folder / "e5"), threads=2), VectorStore(folder / "vectors")
    missing = store.missing(d["text"] for d in quality.load(data)[0])
    for start in range(0, len(missing), 512):
        part = missing[start : start + 512]
        store.add(part, model.passages(part))
        print(f"\rvectors {start + len(part)}/{len(missing)}", end="", flush=True)
    print()
    return model.query, folder / "vectors"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("TRIHELIX_RETRIEVAL", "var/retrieval")))
    parser.add_argument("--vectors", action="store_true", help="also words + vectors (first run embeds the corpus: 10-20 minutes)")
    parser.add_argument("--keep", type=Path, default=Path("var/benchmark"), help="where model and vectors are kept between runs")
    parser.add_argument("--sizes", default="12000", help="documents for the speed part, separated by commas; empty = none")
    parser.add_argument("--no-quality", action="store_true")
    parser.add_argument("--one-size", type=int, help=argparse.SUPPRESS)
    a = parser.parse_args()
    if not (a.data / "corpus.jsonl").exists():
        print(f"matching benchmark skipped: no corpus.jsonl in {a.data} (give --data or $TRIHELIX_RETRIEVAL)")
        return
    with tempfile.TemporaryDirectory() as work:
        if a.one_size:
            speed.run(a.data, Path(work), a.one_size)
            return
        if not a.no_quality:
            embed, store = vectors_of(a.data, a.keep) if a.vectors else (None, None)
            quality.run(a.data, Path(work), embed, store)  # type: ignore[arg-type]
    for size in filter(None, a.sizes.split(",")):
        # A process a size, so that memory and caches are its own.
        subprocess.run([sys.executable, __file__, "--data", str(a.data), "--one-size", size], check=True)


if __name__ == "__main__":
    main()
