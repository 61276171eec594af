"""Commands run in this process on the test database, as `trihelix …` would."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def codes(self) -> set[str]:
        return {e["code"] for e in self.json["errors"]}


@pytest.fixture
def run(db, capsys, home, settings):
    """``run("export", "needs", path, "--json")``."""
    from trihelix.cli.base import main

    settings.MEDIA_ROOT = home / "files"

    def call(*args: Any) -> Done:
        capsys.readouterr()
        code = 0
        try:
            main([str(a) for a in args])
        except SystemExit as stop:
            code = int(stop.code or 0)
        seen = capsys.readouterr()
        return Done(code, seen.out, seen.err)

    return call
