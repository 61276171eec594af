"""Real processes on the database that the tests run on: SQLite in a folder of its own, or a database of its own in PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest

TABLES = """
import django
django.setup()
from django.core.management import call_command
from trihelix.kernel.tables import without_migrations
without_migrations()
call_command("migrate", run_syncdb=True, verbosity=0)
"""


class Processes:
    """Scripts run as processes of their own over one database with its tables in it."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env
        self.run(TABLES)

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


@pytest.fixture
def processes(tmp_path) -> Iterator[Processes]:
    env = {**os.environ, "TRIHELIX_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "trihelix.site.settings"}
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    if not url.scheme.startswith("postgres"):
        env.pop("DATABASE_URL", None)
        yield Processes(env)
        return
    import psycopg

    name = f"race_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(urlunsplit(url), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield Processes(env | {"DATABASE_URL": urlunsplit(url._replace(path=f"/{name}"))})
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
