"""``python -m benchmarks.allocation.run [--quick] [TABLE …]``: the allocation engine beside its peers, in one run, as ratios.

Every method runs in its own process on the same arrays; a peer still running after 120 s is stopped and printed as *not finished*,
its ratio then an upper bound. Seeds and sizes are in the first column (items x experts, seed).
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import queue
import resource
import time
from collections.abc import Callable
from typing import Any

from benchmarks.allocation import tables

LIMIT = 120.0


class Outcome:
    """Seconds and peak memory (MB beyond the start) of one method, and what it returned (None = not finished)."""

    def __init__(self, seconds: float, megabytes: float, value: Any) -> None:
        self.seconds, self.megabytes, self.value = seconds, megabytes, value

    @property
    def done(self) -> bool:
        return self.value is not None


def _child(out: Any, method: Callable[[], Any]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    try:
        value = method()
    except Exception as exc:
        out.put((time.perf_counter() - start, 0.0, f"{type(exc).__name__}: {exc}"))
        raise
    seconds = time.perf_counter() - start
    out.put((seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, value))


def measure(method: Callable[[], Any], limit: float = LIMIT) -> Outcome:
    """Run ``method`` in a forked process, stopped at ``limit`` seconds."""
    context = mp.get_context("fork")
    out = context.Queue()
    process = context.Process(target=_child, args=(out, method))
    process.start()
    try:
        seconds, megabytes, value = out.get(timeout=limit + 5)
    except queue.Empty:
        seconds, megabytes, value = limit, 0.0, None
    if value is None:
        process.kill()
    process.join()
    if isinstance(value, str):
        raise RuntimeError(value)
    return Outcome(seconds, megabytes, value)


def show(title: str, head: list[str], rows: list[list[str]]) -> None:
    """A Markdown table."""
    print(f"\n### {title}\n\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


def main() -> None:
    """Print the tables asked for (all by default)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", choices=[*tables.TABLES, []], help="which tables (default all)")
    parser.add_argument("--quick", action="store_true", help="small sizes, about a minute")
    args = parser.parse_args()
    for name in args.tables or tables.TABLES:
        show(*tables.TABLES[name](args.quick, measure))


if __name__ == "__main__":
    main()
