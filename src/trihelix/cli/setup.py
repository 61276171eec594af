"""What commands that touch records share: Django set up late, the check for tables, who acts, filters and values of options."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from trihelix.engines.errors import Refused

if TYPE_CHECKING:
    from trihelix.kernel.actor import Actor
    from trihelix.kernel.register import Register

NOT_MIGRATED = "数据库还没有建表或版本不符；请先运行 trihelix migrate"


def ready(*, tables: bool = True) -> None:
    """Set Django up once; with ``tables`` refuse a database that was never migrated."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trihelix.site.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    if tables and not migrated():
        raise Refused.one("not_migrated", NOT_MIGRATED)


def migrated() -> bool:
    """Whether the base table is there."""
    from django.db import connection

    from trihelix.kernel.models import Record

    return Record._meta.db_table in connection.introspection.table_names()


def actor(username: str = "") -> Actor:
    """The account of ``--as``, else the operator; journalled with the system account, and never with more rights than its own."""
    from dataclasses import replace

    from trihelix.kernel.accounts import actor_named, operator
    from trihelix.kernel.actor import system_user

    found = actor_named(username) if username else operator()
    return replace(found, on_behalf_of=system_user().pk)


def at_terminal(text: str = "") -> str:
    """A reason that also names the system user at the terminal."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        name = str(os.getuid())
    return f"{text}〔命令行 {name}〕" if text else f"〔命令行 {name}〕"


def register(name: str) -> Register:
    """The register, or a refusal that lists what exists."""
    from trihelix.kernel.register import register_of

    return register_of(name)


def pairs(given: Iterable[str], field: str) -> list[tuple[str, str]]:
    """``k=v`` options in order; a missing ``=`` is refused."""
    out = []
    for text in given:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            raise Refused.one("bad_option", f"“{text}” 应写成 键=值", field=field, value=text)
        out.append((key.strip(), value))
    return out


def single(given: Iterable[tuple[str, str]], field: str) -> dict[str, str]:
    """Pairs as a mapping; a key given twice is refused."""
    out: dict[str, str] = {}
    for key, value in given:
        if key in out:
            raise Refused.one("duplicate_key", f"“{key}” 给了两次", field=field, value=key)
        out[key] = value
    return out


def as_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--as USER``."""
    return click.option("--as", "username", default="", metavar="USER", help="以此账号的权限办理；缺省为运维操作员 / act as this account")(
        command
    )


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="JSON")(command)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr, only where a person watches; yields ``report(done, total)``."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def rebuild_index() -> int:
    """Build the search index anew from the database; returns the documents written."""
    from trihelix.kernel import index

    with progress("重建检索索引") as report:
        return index.rebuild(lambda done: report(done, 0))
