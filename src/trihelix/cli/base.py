"""The root command, its lazy table of subcommands, and how every command prints and fails."""

from __future__ import annotations

import importlib
import json
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from trihelix import __version__
from trihelix.engines.errors import Refused

# name → module:attribute. A command that is not here does not exist.
COMMANDS: dict[str, str] = {
    "rules": "trihelix.cli.rules:rules",
    "schemes": "trihelix.cli.schemes:schemes",
    "allocate": "trihelix.cli.allocate:allocate",
    "contract": "trihelix.cli.contract:contract",
    "money": "trihelix.cli.money:money",
    "workdays": "trihelix.cli.workdays:workdays",
    "demo": "trihelix.cli.demo.command:demo",
    "match": "trihelix.cli.match:match",
    "migrate": "trihelix.cli.migrate:migrate",
    "serve": "trihelix.cli.serve:serve",
    "worker": "trihelix.cli.worker:worker",
    "verify": "trihelix.cli.verify:verify",
    "backup": "trihelix.cli.backup:backup",
    "restore": "trihelix.cli.backup:restore",
    "seal": "trihelix.cli.seal:seal",
    "key": "trihelix.cli.keys:key",
    "schema": "trihelix.cli.records:schema",
    "template": "trihelix.cli.records:template",
    "import": "trihelix.cli.records:import_",
    "export": "trihelix.cli.records:export",
    "act": "trihelix.cli.records:act",
    "search": "trihelix.cli.search:search",
    "figures": "trihelix.cli.figures:figures",
    "letter": "trihelix.cli.letter:letter",
    "patents": "trihelix.cli.patents:patents",
}


class LazyGroup(click.Group):
    """A group that imports a subcommand only when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, attribute = target.split(":")
        return getattr(importlib.import_module(module), attribute)  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "as_json"):
        return value.as_json()
    return str(value)


def dumps(obj: Any, indent: int | None = None) -> str:
    """JSON of the stable formats: UTF-8 kept, dates ISO."""
    return json.dumps(obj, ensure_ascii=False, indent=indent, default=_plain)


def emit(obj: Any, as_json: bool, text: str | None = None) -> None:
    """Print the answer: JSON with ``--json``, else the given text (or readable JSON)."""
    click.echo(dumps(obj) if as_json or (text is None and not sys.stdout.isatty()) else (text if text is not None else dumps(obj, 2)))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise Refused.one("duplicate_key", f"键“{key}”在同一对象中重复", field=key)
        seen[key] = value
    return seen


def read_json(path: str | Path, *, exact: bool = False) -> Any:
    """A JSON input file (``-`` = standard input); a syntax error is a refusal with its line.

    ``exact`` (money) keeps decimals as ``Decimal`` and refuses a key written twice.
    """
    name = str(path)
    try:
        raw = sys.stdin.read() if name == "-" else Path(path).read_text(encoding="utf-8-sig")
        return json.loads(raw, parse_float=Decimal, object_pairs_hook=_unique) if exact else json.loads(raw)
    except FileNotFoundError as exc:
        raise Refused.one("no_file", f"找不到文件 {name}", field="file", value=name) from exc
    except (UnicodeDecodeError, json.JSONDecodeError) as exc:
        raise Refused.one("bad_json", f"{name} 不是有效的 UTF-8 JSON：{exc}", field="file", value=name) from exc


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="trihelix")
def root() -> None:
    """三螺旋 Trihelix：产学研深度融合与科技成果转化系统。"""


def main(args: list[str] | None = None) -> None:
    """Entry point: refusals print ``{"errors": …}`` and exit 2 (3 proven negative, 4 stopped); a fault of ours exits 1."""
    argv = sys.argv[1:] if args is None else args
    try:
        code = root.main(args=argv, prog_name="trihelix", standalone_mode=False)  # click returns the code of ``Exit``
    except Refused as refusal:
        if "--json" in argv or not sys.stderr.isatty():
            click.echo(dumps(refusal.as_json()), err="--json" not in argv)
        else:
            for p in refusal.problems:
                place = " ".join(str(x) for x in (p.row and f"行{p.row}", p.field) if x)
                click.echo(f"✗ {place + '：' if place else ''}{p.message}" + (f"（{p.clause}）" if p.clause else ""), err=True)
        sys.exit(refusal.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as exc:
        if "--json" in argv:
            click.echo(
                dumps(
                    {
                        "errors": [
                            {"row": None, "field": None, "code": "usage", "message": exc.format_message(), "clause": None, "value": None}
                        ]
                    }
                )
            )
        else:
            exc.show()
        sys.exit(2)
    else:
        if isinstance(code, int) and code:
            sys.exit(code)
