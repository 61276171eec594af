"""``python -m benchmarks.rules.run [--firms 100000] [--peers PYTHON]``: seconds, firms a second and ratios, all measured in this run.

``--peers`` is the Python of an environment with ``openfisca-core`` and ``simpleeval``; without it only our own row-by-row
reading with fractions is compared.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.rules.firms import firms
from trihelix.cli.base import dumps
from trihelix.engines.books import book_path
from trihelix.engines.rules import RuleBook, load_rules
from trihelix.engines.rules.describe import rule_json
from trihelix.engines.rules.exact import assess
from trihelix.engines.rules.facts import read_facts
from trihelix.engines.rules.trace import exact_names

RULE, DAY = "tech-sme", date(2023, 6, 1)


def timed(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Median seconds of some runs, and the last result."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), result


def fractions(book: RuleBook, columns: dict[str, list[Any]], rows: int) -> dict[str, Any]:
    """Our own plain reading with fractions, row by row."""
    compiled = book.compiled(RULE, DAY)
    facts = [{k: v[i] for k, v in columns.items()} for i in range(rows)]
    start = time.perf_counter()
    verdicts = [assess(compiled.version, exact_names(compiled, read_facts(compiled.rule, f), DAY))["verdict"] for f in facts]
    return {"seconds": time.perf_counter() - start, "rows": rows, "verdicts": verdicts}


def peers(python: str, rule: Any, columns: dict[str, list[Any]], rows: int) -> dict[str, Any]:
    """The other engines, in their own process and environment."""
    task = dumps({"rule": rule, "firms": columns, "rows": rows})
    done = subprocess.run([python, str(Path(__file__).with_name("peers.py"))], input=task, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=3_000, help="firms for the row-by-row engines")
    parser.add_argument("--peers", help="Python with openfisca-core and simpleeval")
    args = parser.parse_args()
    columns = firms(args.firms)
    rows = min(args.rows, args.firms)
    book, frame = load_rules(book_path("jilin", {})), pl.DataFrame(columns)
    seconds, table = timed(lambda: book.check_many(RULE, frame, DAY), 5)
    ours = table["verdict"].to_list()
    speed = args.firms / seconds
    print(f"{RULE}, {args.firms:,} firms, {pl.thread_pool_size()} threads: verdict, total, parts, route, failed, missing, outputs")
    print(f"{'engine':<28}{'firms':>9}{'seconds':>10}{'firms/s':>12}{'ratio':>9}  verdicts that differ")
    print(f"{'this engine':<28}{args.firms:>9,}{seconds:>10.3f}{speed:>12,.0f}{1:>9.1f}  0")
    others = {"fractions, row by row": fractions(book, columns, rows)}
    if args.peers:
        others |= peers(args.peers, rule_json(book.rule(RULE)), columns, rows)
    for name, peer in others.items():
        rate = peer["rows"] / peer["seconds"]
        wrong = sum((a == "met") != bool(b) for a, b in zip(ours, peer["verdicts"], strict=False))
        print(f"{name:<28}{peer['rows']:>9,}{peer['seconds']:>10.3f}{rate:>12,.0f}{speed / rate:>9.1f}  {wrong}")


if __name__ == "__main__":
    main()
