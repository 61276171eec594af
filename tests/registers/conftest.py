"""Real processes on the database that the tests run on: SQLite in a folder of its own, or a database of its own in PostgreSQL."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

# One process loads the house and waits; each script runs in processes forked from it, so that a race costs one start-up.
FORKING = """
import json, os, sys, traceback
import django
django.setup()
for line in sys.stdin:
    script, each = json.loads(line)
    begun = []
    for args in each:
        told, mouth = os.pipe()
        if (pid := os.fork()) == 0:
            os.dup2(mouth, 1)
            sys.argv = ["-c", *args]
            try:
                exec(script, {"__name__": "__main__"})
                code = 0
            except BaseException:
                traceback.print_exc()
                code = 1
            sys.stdout.flush()
            os._exit(code)
        os.close(mouth)
        begun.append((pid, open(told)))
    print(json.dumps([(told.read(), os.waitpid(pid, 0)[1]) for pid, told in begun]), flush=True)
"""


class Processes:
    """Scripts run as processes of their own over one database with its tables in it."""

    def __init__(self, env: dict[str, str]) -> None:
        self.errors = Path(env["TRIHELIX_HOME"]) / "errors.txt"
        with self.errors.open("w") as errors:
            self.parent = subprocess.Popen(
                [sys.executable, "-c", FORKING], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
            )

    def race(self, script: str, *each: tuple[str, ...]) -> list[list[str]]:
        """The words that each of the processes started together prints, each with its own arguments; a failure fails the test."""
        self.parent.stdin.write(json.dumps([script, each]) + "\n")
        self.parent.stdin.flush()
        assert select.select([self.parent.stdout], [], [], 240)[0], "the processes did not end"
        answers = json.loads(self.parent.stdout.readline() or "[]")
        assert [code for _, code in answers] == [0] * len(each), self.errors.read_text()[-4000:]
        return [told.split() for told, _ in answers]

    def words(self, script: str, *each: tuple[str, ...]) -> list[str]:
        """The words that all of the processes started together print."""
        return [word for told in self.race(script, *each) for word in told]

    def run(self, script: str, *args: str) -> list[str]:
        """The words that one process prints."""
        return self.race(script, args)[0]

    def end(self) -> None:
        self.parent.stdin.close()
        self.parent.wait(timeout=30)


def _environment(home: Path, url: str = "") -> dict[str, str]:
    """What a process needs to work in a data folder, on SQLite there or on the database named."""
    env = {**os.environ, "TRIHELIX_HOME": str(home), "DJANGO_SETTINGS_MODULE": "trihelix.site.settings", "DATABASE_URL": url}
    return env if url else {k: v for k, v in env.items() if k != "DATABASE_URL"}


def _migrated(env: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "trihelix.cli", "migrate"], env=env, check=True, capture_output=True)


@pytest.fixture(scope="session")
def migrated_home(tmp_path_factory) -> Path:
    """A data folder with its tables, made once."""
    home = tmp_path_factory.mktemp("migrated")
    _migrated(_environment(home))
    return home


@pytest.fixture
def house(migrated_home, tmp_path) -> dict[str, str]:
    """The environment of processes in a data folder of their own, on SQLite, with its tables."""
    shutil.copytree(migrated_home, tmp_path, dirs_exist_ok=True)
    return _environment(tmp_path)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory) -> Iterator[tuple[Any, Callable[[str], str], str]]:
    """The server, addresses of its databases, and the name of one with the tables, made once."""
    import psycopg

    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"tables_{uuid.uuid4().hex[:12]}"
    address = lambda database: urlunsplit(url._replace(path=f"/{database}"))  # noqa: E731
    with psycopg.connect(urlunsplit(url), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            _migrated(_environment(tmp_path_factory.mktemp("migrated"), address(name)))
            yield server, address, name
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _begun(env: dict[str, str]) -> Iterator[Processes]:
    held = Processes(env)
    try:
        yield held
    finally:
        held.end()


@pytest.fixture
def processes(request, tmp_path) -> Iterator[Processes]:
    if not urlsplit(os.environ.get("DATABASE_URL", "")).scheme.startswith("postgres"):
        with _begun(request.getfixturevalue("house")) as held:
            yield held
        return
    server, address, tables = request.getfixturevalue("postgres")
    name = f"race_{uuid.uuid4().hex[:12]}"
    server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{tables}"')
    try:
        with _begun(_environment(tmp_path, address(name))) as held:
            yield held
    finally:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
