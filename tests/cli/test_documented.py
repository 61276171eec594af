"""The pages for operators say what the code does: every setting, every command, every route."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.nodb
ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def read_settings() -> set[str]:
    """Every variable that the code reads from the environment."""
    pattern = re.compile(r"""(?:env\.\w+\(|environ(?:\.get\(|\[)|getenv\(|env\.get\()\s*["'](TRIHELIX_\w+|DATABASE_URL)["']""")
    return {name for path in (ROOT / "src").rglob("*.py") for name in pattern.findall(path.read_text(encoding="utf-8"))}


def test_the_table_of_settings_is_that_of_the_code():
    table = OPERATIONS.partition("## Settings")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE)) == read_settings()


def test_defaults_in_the_table_are_those_of_the_settings():
    from django.conf import settings

    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)`", OPERATIONS, re.MULTILINE))
    assert int(rows["TRIHELIX_FILE_MAX_MB"]) * 1024 * 1024 == settings.FILE_MAX_BYTES
    assert int(rows["TRIHELIX_API_RATE_VISITOR"]) == settings.API_RATE_VISITOR
    assert int(rows["TRIHELIX_API_RATE_ACCOUNT"]) == settings.API_RATE_ACCOUNT
    assert int(rows["TRIHELIX_PROXIES"]) == settings.PROXIES
    assert rows["TRIHELIX_MAIL_DOMAIN"] == settings.MAIL_DOMAIN and rows["TRIHELIX_SITE_URL"] == settings.SITE_URL


def test_example_environments_hold_known_settings_only():
    given = re.findall(r"^([A-Z_]+)=", (ROOT / "deploy" / "trihelix.env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert given and set(given) <= read_settings()


def test_units_call_commands_that_exist():
    from trihelix.cli.base import COMMANDS

    called = set()
    for unit in [*(ROOT / "deploy").glob("*.service"), ROOT / "deploy" / "Containerfile"]:
        called |= set(re.findall(r"bin/trihelix (\w+)|\"trihelix\", \"(\w+)\"", unit.read_text(encoding="utf-8")))
    names = {a or b for a, b in called}
    assert names >= {"serve", "worker", "migrate", "backup", "verify"} and names <= set(COMMANDS)


def test_every_command_of_the_page_exists_and_has_help(capsys):
    from trihelix.cli.base import COMMANDS, main

    table = OPERATIONS.partition("## Settings")[0]
    named = {n for cell in re.findall(r"^\| `trihelix ([^`]+)`", table, re.MULTILINE) for n in re.findall(r"(?:^|· )(\w+)", cell)}
    assert {"migrate", "serve", "worker", "verify", "backup", "key", "seal", "schema", "act", "search"} <= named <= set(COMMANDS)
    for name in sorted(named):
        with pytest.raises(SystemExit) as stop:
            main([name, "--help"])
            raise SystemExit(0)
        assert stop.value.code == 0 and "--help" in capsys.readouterr().out


def test_every_route_of_the_page_exists_and_every_route_is_on_the_page():
    from trihelix.kernel.register import REGISTERS
    from trihelix.site.api import api

    generic = set()
    for path in api.get_openapi_schema(path_prefix="")["paths"]:
        first, _, rest = path.strip("/").partition("/")
        kind = "{register}" if first in REGISTERS or first == "{register_id}" else first
        generic.add(f"/{kind}" + (f"/{rest}" if rest else ""))
    for path in generic:
        last = [p for p in path.split("/") if p and not p.startswith("{")]
        assert not last or last[-1] in API, path
    for path in re.findall(r"`(?:GET|POST|PATCH) (/\{register\}[^`? ]*)", API):
        assert any(g == path or g.startswith(f"{path}/") for g in generic), path
