"""Memory of `serve` with its worker on the demo, and the time of its pages as a ratio to the empty health page, in one run.

    python benchmarks/serve/run.py [--rounds 20]

Goal: resident memory of both processes together under 500 MB without the vector extra.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

PAGES = ("/", "/needs/", "/results/", "/search/?q=%E7%BA%A2%E5%8F%82", "/matching/quality/", "/api/v1/needs")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def fetch(address: str) -> tuple[float, int]:
    """Seconds and bytes of one page."""
    started = time.perf_counter()
    with urllib.request.urlopen(address, timeout=30) as answer:
        size = len(answer.read())
    return time.perf_counter() - started, size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    home = Path(tempfile.mkdtemp(prefix="trihelix-bench-"))
    env = {**os.environ, "TRIHELIX_HOME": str(home), "TRIHELIX_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "trihelix.cli"]
    subprocess.run([*command, "demo", "--no-serve", "--json"], env=env, check=True, stdout=subprocess.DEVNULL)
    port = free_port()
    server = subprocess.Popen([*command, "serve", "--port", str(port)], env=env, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                fetch(f"{base}/health/")
                break
            except OSError:
                time.sleep(0.2)
        empty = statistics.median(fetch(f"{base}/health/")[0] for _ in range(rounds))
        print(f"{'page':<40}{'median ms':>10}{'x health':>10}{'KB':>8}")
        for page in PAGES:
            fetch(base + page)
            found = [fetch(base + page) for _ in range(rounds)]
            median = statistics.median(t for t, _ in found)
            print(f"{page:<40}{median * 1000:>10.1f}{median / empty:>10.1f}{found[0][1] / 1024:>8.1f}")
        tree = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        total = sum(p.memory_info().rss for p in tree) / 2**20
        print(json.dumps({"processes": len(tree), "resident_mb": round(total, 1), "goal_mb": 500, "share_of_goal": round(total / 500, 2)}))
    finally:
        server.terminate()
        server.wait(timeout=30)


if __name__ == "__main__":
    main()
