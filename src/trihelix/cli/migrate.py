"""`trihelix migrate`: make or update the tables, keep the book, make the accounts of the system."""

from __future__ import annotations

import click

from trihelix.cli import setup
from trihelix.cli.base import emit


@click.command()
@setup.json_option
def migrate(as_json: bool) -> None:
    """建表或升级数据库，存入规则书版本，建立系统与运维账号；可重复运行。"""
    setup.ready(tables=False)
    from django.db import connection

    from trihelix.kernel import book, clock, tables, waits
    from trihelix.kernel.accounts import operator
    from trihelix.kernel.actor import system_user

    applied = tables.bring_up()
    version = book.store(book.current())
    system_user()
    operator()
    waits.complete(clock.now())
    answer = {"engine": connection.vendor, "applied": applied, "book": version.digest, "region": version.region}
    emit(answer, as_json, f"已就绪（{connection.vendor}）：应用 {len(applied)} 个迁移，规则书 {version.region}@{version.digest[:8]}")
