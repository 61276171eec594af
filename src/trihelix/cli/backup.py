"""`trihelix backup` and `restore`: everything needed to stand up again, except the secrets, which lie elsewhere on purpose."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from trihelix.cli import bundle, setup
from trihelix.cli.base import emit
from trihelix.engines.errors import Problem, Refused

SQLITE, DUMP, CHAIN = "database.sqlite3", "database.dump", "journal.jsonl"
KEPT = {"journal.head": "journal.head", "demo.mark": "demo.mark"}
MAY_BE_THERE = {"secrets", "models"}  # what a home that counts as empty may hold
STAGE = ".restore"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@setup.json_option
def backup(file: Path, as_json: bool) -> None:
    """备份数据库、文件、规则书版本和流水链头到一个文件（不含密钥）。"""
    setup.ready()
    from trihelix.kernel.home import home

    with tempfile.TemporaryDirectory(prefix="trihelix-backup-") as scratch, setup.progress("备份") as report:
        manifest = bundle.write(file, *_contents(Path(scratch), home(), report))
    answer = {
        "file": str(file), "bytes": file.stat().st_size, "sha256": bundle.sha256(file), "engine": manifest["engine"],
        "members": len(manifest["members"]), "sealed": manifest["head"]["seq"], "head": manifest["head"]["hash"],
        "secrets_not_included": manifest["secrets"],
    }  # fmt: skip
    emit(
        answer,
        as_json,
        f"已备份到 {file}：{answer['members']} 个成员，流水封存到第 {answer['sealed']} 号；密钥须另行保管：{'、'.join(manifest['secrets']) or '无'}",
    )


def _contents(scratch: Path, home: Path, report: Callable[[int, int], None]) -> tuple[dict[str, Any], list[bundle.Member]]:
    """The manifest and members of a backup. The database first, then the files, which are only ever added."""
    from django.db import connection

    from trihelix import __version__
    from trihelix.kernel import clock, journal
    from trihelix.kernel.models import BookVersion, Record

    journal.seal_pending()
    database = scratch / (SQLITE if connection.vendor == "sqlite" else DUMP)
    _copy_sqlite(database, report) if connection.vendor == "sqlite" else _dump_postgresql(database)
    chain = scratch / CHAIN
    seq, head = _write_chain(chain)
    if seq:
        journal.write_head(seq, head)
    members = [bundle.Member(database.name, database), bundle.Member(CHAIN, chain), *_books(scratch, BookVersion)]
    members += [bundle.Member(inside, home / name) for name, inside in KEPT.items() if (home / name).is_file()]
    members += [
        bundle.Member(f"files/{p.relative_to(home / 'files').as_posix()}", p) for p in sorted((home / "files").rglob("*")) if p.is_file()
    ]
    manifest = {
        "version": __version__, "engine": connection.vendor, "made_at": clock.now().isoformat(), "records": Record.objects.count(),
        "head": {"seq": seq, "hash": head}, "secrets": secret_names(home), "migrations": _migrations(),
    }  # fmt: skip
    return manifest, members


def secret_names(home: Path) -> list[str]:
    """Names of the keys in the data folder; their contents never enter a backup."""
    folder = home / "secrets"
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else []


def _migrations() -> list[str]:
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _copy_sqlite(target: Path, report: Callable[[int, int], None]) -> None:
    """Copy by SQLite's online backup: consistent while others write."""
    from django.db import connection

    connection.ensure_connection()
    copy = sqlite3.connect(target)
    try:
        connection.connection.backup(copy, pages=4096, progress=lambda _, left, total: report(total - left, total))
        if (state := copy.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise Refused.one("damaged", f"数据库完整性检查未通过：{state}")
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    finally:
        copy.close()


def _postgresql_call(program: str, *arguments: str) -> None:
    from django.conf import settings

    if shutil.which(program) is None:
        raise Refused.one("no_program", f"找不到 {program}；请安装与服务器同版本的 PostgreSQL 客户端", field="PATH", value=program)
    database = settings.DATABASES["default"]
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    given = {variable: str(database[key]) for variable, key in names.items() if database.get(key)}
    done = subprocess.run([program, *arguments], env={**os.environ, **given}, capture_output=True, text=True)
    if done.returncode:
        raise Refused.one("program_failed", f"{program} 未完成：{done.stderr.strip()[-400:]}", field=program)


def _dump_postgresql(target: Path) -> None:
    _postgresql_call("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def _write_chain(target: Path) -> tuple[int, str]:
    """The sealed journal as JSON lines, so that it verifies without a database; returns the head."""
    from trihelix.engines import chain
    from trihelix.kernel.evidence import sealed_rows

    seq, head = 0, chain.GENESIS
    with target.open("w", encoding="utf-8") as out:
        for row in sealed_rows():
            out.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
            seq, head = row["seq"], row["hash"]
    return seq, head


def _books(scratch: Path, versions: Any) -> Iterator[bundle.Member]:
    for version in versions.objects.order_by("digest"):
        path = scratch / f"book-{version.digest}.json"
        path.write_text(
            json.dumps({"region": version.region, "version": version.version, "files": version.files}, ensure_ascii=False), encoding="utf-8"
        )
        yield bundle.Member(f"books/{version.digest}.json", path)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@setup.json_option
def restore(file: Path, as_json: bool) -> None:
    """从备份恢复到空的数据目录；逐项核对摘要，指出缺少的密钥，并重建检索索引。"""
    home = Path(os.environ.get("TRIHELIX_HOME", "var")).resolve()
    _require_empty(home)
    home.mkdir(parents=True, exist_ok=True)
    there = secret_names(home)  # before settings make a fresh signing key
    stage = home / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    try:
        manifest = bundle.extract(file, stage)
        missing = sorted(set(manifest["secrets"]) - set(there))
        _place(stage, home, manifest)
    except BaseException:
        for name in set(secret_names(home)) - set(there):  # a key made meanwhile must not pass for the old one next time
            (home / "secrets" / name).unlink()
        raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    answer = {"file": str(file), "engine": manifest["engine"], "missing_secrets": missing, **_after_restore()}
    note = f"；缺少密钥：{'、'.join(missing)}（请放回 {home / 'secrets'}，已生成的同名新密钥须被覆盖）" if missing else ""
    emit(
        answer,
        as_json,
        f"已恢复 {answer['records']} 条记录，流水封存到第 {answer['sealed']} 号，校验{'通过' if answer['ok'] else '未通过'}{note}",
    )
    if not answer["ok"]:
        raise click.exceptions.Exit(3)


def _require_empty(home: Path) -> None:
    found = sorted(p.name for p in home.iterdir() if p.name not in {*MAY_BE_THERE, STAGE}) if home.is_dir() else []
    if found:
        shown = "、".join(found[:5])
        raise Refused.one(
            "home_not_empty",
            f"数据目录 {home} 不是空的（{shown}）；请用 TRIHELIX_HOME 指定一个空目录",
            field="TRIHELIX_HOME",
            value=str(home),
        )


def _place(stage: Path, home: Path, manifest: dict[str, Any]) -> None:
    """Move the checked members into the home, all or none; the database comes last, so a crash leaves a home without one."""
    _require_fit(manifest)
    from django.db import connection, connections

    connections.close_all()
    placed: list[Path] = []
    try:
        if (stage / "files").is_dir():
            placed.append(home / "files")
            shutil.copytree(stage / "files", home / "files")
        for name, inside in KEPT.items():
            if (stage / inside).is_file():
                placed.append(home / name)
                shutil.copy2(stage / inside, home / name)
        if connection.vendor == "sqlite":
            shutil.move(stage / SQLITE, connection.settings_dict["NAME"])
        else:
            target = f"--dbname={connection.settings_dict['NAME']}"
            _postgresql_call(
                "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", target, str(stage / DUMP)
            )
    except BaseException:
        for path in placed:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        raise


def _require_fit(manifest: dict[str, Any]) -> None:
    """Refuse another engine, a database that holds something, a backup of a later release."""
    setup.ready(tables=False)
    from django.db import connection

    if connection.vendor != manifest["engine"]:
        text = f"备份来自 {manifest['engine']}，而 DATABASE_URL 指向 {connection.vendor}；请改为同一种数据库"
        raise Refused.one("other_engine", text, field="DATABASE_URL", value=connection.vendor)
    held = (
        Path(connection.settings_dict["NAME"]).exists() if connection.vendor == "sqlite" else bool(connection.introspection.table_names())
    )
    if held:
        raise Refused.one("database_not_empty", "目标数据库已存在且不是空的；请指定空数据库", field="DATABASE_URL")
    if ahead := sorted(set(manifest["migrations"]) - _known_migrations()):
        text = "备份来自更新的版本（{}）；请先升级程序"
        raise Refused.of(Problem("newer_backup", text.format(name), field="version", value=manifest["version"]) for name in ahead[:5])


def _after_restore() -> dict[str, Any]:
    """Bring the tables up to this release, replay the journal, rebuild the index, count."""
    from django.core.management import call_command

    from trihelix.kernel import journal
    from trihelix.kernel.models import Record

    call_command("migrate", interactive=False, verbosity=0)
    found = journal.verify()
    return {
        "records": Record.objects.count(),
        "ok": found["ok"],
        "sealed": found["sealed"],
        "faults": found["faults"],
        "indexed": setup.rebuild_index(),
    }


def _known_migrations() -> set[str]:
    from django.db.migrations.loader import MigrationLoader

    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
