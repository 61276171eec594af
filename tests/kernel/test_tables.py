"""An empty database made from the models is the same as one that replayed every migration."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.nodb, pytest.mark.slow]


def _schema(home):
    with sqlite3.connect(home / "trihelix.sqlite3") as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
        columns = {t: sorted((r[1], r[2].lower(), r[3]) for r in db.execute(f'PRAGMA table_info("{t}")')) for t in tables}
        indexes = {t: len(list(db.execute(f'PRAGMA index_list("{t}")'))) for t in tables}
        applied = set(db.execute("SELECT app, name FROM django_migrations"))
    return columns, indexes, applied


def test_both_ways_give_the_same_tables(tmp_path):
    homes = []
    for name, command in (
        ("direct", ["-m", "trihelix.cli", "migrate"]),
        ("replayed", ["-m", "django", "migrate", "--settings", "trihelix.site.settings"]),
    ):
        home = tmp_path / name
        env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {
            "TRIHELIX_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "trihelix.site.settings",
        }
        subprocess.run([sys.executable, "-W", "ignore", *command], env=env, check=True, capture_output=True, timeout=600)
        homes.append(_schema(home))
    assert homes[0] == homes[1]
