"""Signed-in people at work: think time between pages, one write in ten, against `trihelix serve` on this machine.

    python benchmarks/desk/load.py [--users 200] [--seconds 120] [--think 5 10] [--processes 2] [--home DIR]

Goal: p95 under 500 ms and no error, with 200 users on two cores. With ``DATABASE_URL`` set to PostgreSQL the same run is
reported for it. The client runs beside the server, so its own time is part of what is measured.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote, urlencode

ACCOUNTS = (
    "jicui",
    "chiyu",
    "chiyu-clerk",
    "utcm-teacher",
    "utcm-office",
    "jlau-office",
    "station-province",
    "station-jian",
    "officer",
    "leader",
)
READS = (
    "/inbox/",
    "/needs/",
    "/results/",
    "/search/?q=" + quote("红参"),
    "/needs/?group=state",
    "/",
    "/starred/",
    "/notices/",
    "/api/v1/needs?limit=20",
)


class Person:
    """One browser: keeps its cookies and its connection, reads pages, now and then writes."""

    def __init__(self, port: int, number: int) -> None:
        self.port, self.number, self.rng = port, number, random.Random(number)
        self.cookies: dict[str, str] = {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.times: dict[str, list[float]] = defaultdict(list)
        self.errors: list[str] = []
        self.opened: list[str] = []

    def send(self, method: str, address: str, form: dict[str, str] | None = None, kind: str = "") -> str:
        """One request; its time is kept by kind, an answer of 400 or more as an error."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")})
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        try:
            self.connection.request(method, address, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as exc:
            self.errors.append(f"{method} {address}: {exc!r}")
            self.connection.close()
            return ""
        if kind:
            self.times[kind].append(time.perf_counter() - started)
        for header in answer.msg.get_all("Set-Cookie") or []:
            name, _, value = header.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        if answer.status >= 400:
            self.errors.append(f"{method} {address}: {answer.status}")
        return text

    def sign_in(self) -> None:
        self.send("GET", "/accounts/login/")
        self.send("POST", "/accounts/login/", {"demo": ACCOUNTS[self.number % len(ACCOUNTS)]})
        page = self.send("GET", "/needs/")
        self.opened = re.findall(r'class="main" href="(/needs/[0-9a-f-]{36}/)"', page)[:20]

    def step(self) -> None:
        """One page in ten is a write: a star or a message."""
        if self.rng.random() < 0.1 and self.opened:
            record = self.rng.choice(self.opened)
            if self.rng.random() < 0.5:
                self.send("POST", f"{record}marks/star/", {"on": str(self.rng.randint(0, 1))}, "write")
            else:
                self.send("POST", f"{record}acts/message/", {"text": f"来自 {self.number} 的留言", "tab": "messages"}, "write")
        elif self.rng.random() < 0.3 and self.opened:
            self.send("GET", self.rng.choice(self.opened), kind="record")
        else:
            self.send("GET", self.rng.choice(READS), kind="page")


def work(person: Person, until: float, think: tuple[float, float], begin: float) -> None:
    time.sleep(begin)
    while time.monotonic() < until:
        person.step()
        time.sleep(person.rng.uniform(*think))


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def summary(people: list[Person]) -> dict[str, object]:
    """Milliseconds by kind of request, and every error."""
    out: dict[str, object] = {}
    merged: dict[str, list[float]] = defaultdict(list)
    for person in people:
        for kind, values in person.times.items():
            merged[kind] += values
            merged["all"] += values
    for kind, values in sorted(merged.items()):
        out[kind] = {
            "requests": len(values), "median_ms": round(statistics.median(values) * 1000), "p95_ms": round(percentile(values, 0.95) * 1000),
            "p99_ms": round(percentile(values, 0.99) * 1000),
        }  # fmt: skip
    errors = [e for p in people for e in p.errors]
    return {**out, "errors": len(errors), "first_errors": errors[:5]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--think", type=float, nargs=2, default=(5, 10))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    home = given.home or Path(tempfile.mkdtemp(prefix="trihelix-load-"))
    env = {**os.environ, "TRIHELIX_HOME": str(home), "TRIHELIX_LOG_LEVEL": "ERROR"}
    if not given.home:
        subprocess.run([sys.executable, "-m", "trihelix.cli", "demo", "--no-serve", "--json"], env=env, check=True, capture_output=True)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = int(s.getsockname()[1])
    server = subprocess.Popen(
        [sys.executable, "-m", "trihelix.cli", "serve", "--port", str(port), "--processes", str(given.processes)], env=env
    )
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.3)
        people = [Person(port, n) for n in range(given.users)]
        for person in people:
            person.sign_in()
        until = time.monotonic() + given.seconds
        threads = [threading.Thread(target=work, args=(p, until, tuple(given.think), p.rng.uniform(0, given.think[1]))) for p in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        server.terminate()
        server.wait(timeout=30)
    database = "postgresql" if env.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    print(
        json.dumps(
            {"database": database, "processes": given.processes, "users": given.users, "seconds": given.seconds, **summary(people)},
            ensure_ascii=False,
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
