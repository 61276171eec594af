"""``python -m benchmarks.province.run [--seed 1]``: the full province built by its command, its figures against its totals, letter and journal timed."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

from trihelix.engines.bookfile import load_file
from trihelix.engines.books import book_path

DAY = "2025-05-28"
ROUNDED = ("F53", "F96")  # growth: printed digits are the target


def timed(home: Path, *args: str) -> tuple[float, str]:
    """Seconds and output of one command in a data folder."""
    env = {**os.environ, "TRIHELIX_HOME": str(home), "TRIHELIX_LOG_LEVEL": "ERROR"}
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "trihelix.cli", *args], env=env, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, done.stdout


def wrong(answers: dict[str, dict[str, Any]]) -> dict[str, tuple[Any, Any]]:
    """Figures that differ from the totals asked for."""
    path = book_path(os.environ.get("TRIHELIX_BOOK", "jilin"), os.environ)
    totals = load_file(path / "demo" / "full.yaml", path)["totals"]
    out = {}
    for name, wanted in totals.items():
        found = answers[name]
        got = found["value"] if name in ROUNDED else found["value_exact"]
        if got is None or Fraction(got) != Fraction(str(wanted)):
            out[name] = (wanted, got)
    return out


def main() -> None:
    """Build, count, write the letter; exit 1 where a figure differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", default="1")
    seed = parser.parse_args().seed
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        build, answer = timed(home, "demo", "--full", "--seed", seed, "--no-serve", "--json")
        built = json.loads(answer)
        count, listed = timed(home, "figures", "--as-of", DAY, "--json")
        letter, _ = timed(home, "letter", "--as-of", DAY, "-o", str(Path(folder) / "letter.docx"))
        verify, _ = timed(home, "verify")
    differs = wrong({f["id"]: f for f in json.loads(listed)})
    print(f"seed {seed}: {built['records']} records, journal {'verified' if built['journal']['ok'] else 'BROKEN'}")
    print(f"build {build:.1f} s | all figures {count:.1f} s | letter {letter:.1f} s | verify {verify:.1f} s")
    print("every figure equals its total" if not differs else f"DIFFERENT: {differs}")
    raise SystemExit(1 if differs or not built["journal"]["ok"] else 0)


if __name__ == "__main__":
    main()
