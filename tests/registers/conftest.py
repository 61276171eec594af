"""Real processes on the database that the tests run on: SQLite in a folder of its own, or a database of its own in PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest


class Processes:
    """Scripts run as processes of their own over one database with its tables in it."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env

    def run(self, script: str, *args: str) -> list[str]:
        """The words that one process prints; a failure fails the test."""
        done = subprocess.run([sys.executable, "-c", script, *args], env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.split()

    def race(self, script: str, *each: tuple[str, ...]) -> list[str]:
        """The words that processes started together print, each with its own arguments."""
        begun = [
            subprocess.Popen([sys.executable, "-c", script, *args], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for args in each
        ]
        told = [p.communicate(timeout=240) for p in begun]
        assert [p.returncode for p in begun] == [0] * len(begun), [err[-2000:] for _, err in told]
        return [word for out, _ in told for word in out.split()]


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


@pytest.fixture
def processes(request, tmp_path) -> Iterator[Processes]:
    if not urlsplit(os.environ.get("DATABASE_URL", "")).scheme.startswith("postgres"):
        yield Processes(request.getfixturevalue("house"))
        return
    server, address, tables = request.getfixturevalue("postgres")
    name = f"race_{uuid.uuid4().hex[:12]}"
    server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{tables}"')
    try:
        yield Processes(_environment(tmp_path, address(name)))
    finally:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
