"""`trihelix demo`: a fresh data folder, the demo province, the main thread, and what to open."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trihelix.cli import setup
from trihelix.cli.base import emit
from trihelix.engines.errors import Problem, Refused

if TYPE_CHECKING:
    from trihelix.cli.demo.full.targets import Targets


def _corpus(path: Path | None) -> list[dict[str, Any]]:
    """Rows of a corpus file; wrong rows are refused by number."""
    if path is None:
        return []
    rows, problems = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict) or "id" not in row or not str(row.get("text", "")).strip():
                raise ValueError("每行应有 id 与非空的 text")
            rows.append(row)
        except ValueError as exc:
            problems.append(Problem("bad_row", f"第 {number} 行：{exc}", row=number))
    doubles = {str(r["id"]) for r in rows}
    if len(doubles) != len(rows):
        problems.append(Problem("duplicate_id", "id 有重复", field="id"))
    if problems:
        raise Refused.of(problems[:200])
    return rows


def _totals(path: Path | None) -> Targets:
    """The totals of the full province; contradictions are refused before anything is touched."""
    setup.ready(tables=False)
    from trihelix.cli.demo.full.targets import read, targets

    return targets(read(path))


def _fresh(home: Path) -> None:
    """Empty a demo's folder; anything that is not a demo's is left alone by :func:`mark_demo`."""
    from trihelix.kernel import home as homes

    if homes.is_demo():
        for item in home.iterdir():
            if item.name not in ("models", "secrets"):
                shutil.rmtree(item) if item.is_dir() else item.unlink()
    homes.mark_demo()


@click.command()
@click.option("--seed", default=1, show_default=True, help="随机种子；同一种子得到同样的记录")
@click.option("--corpus", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="以此 JSON-lines 文件的文本作成果")
@click.option("--full", is_flag=True, help="全量演示省份：各指标合计等于公开答复的数（截止 2025-05-28）/ the full province")
@click.option(
    "--targets",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='全量省份的其他总数，JSON：{"F29": 4830, "F30": "150.02"}',
)
@click.option("--serve/--no-serve", "serving", default=True, help="完成后启动网站")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@setup.json_option
@click.pass_context
def demo(
    ctx: click.Context, seed: int, corpus: Path | None, full: bool, targets: Path | None, serving: bool, host: str, port: int, as_json: bool
) -> None:
    """新建演示数据目录：载入演示省份，走一遍 需求→匹配→交易，打印可打开的页面，然后启动网站。"""
    from trihelix.cli.worker import runs
    from trihelix.kernel.home import home

    rows = _corpus(corpus)
    if targets is not None and not full:
        raise Refused.one("usage", "--targets 与 --full 同用", field="targets")
    if full and corpus is not None:
        raise Refused.one("usage", "--corpus 不与 --full 同用", field="corpus")
    totals = _totals(targets) if full else None
    if runs(home()):
        raise Refused.one("worker_runs", "此数据目录的后台进程仍在运行，请先停止网站再重建演示", field="TRIHELIX_HOME")
    _fresh(home())
    started = time.monotonic()
    say = (lambda text: None) if as_json else (lambda text: click.echo(text))
    from trihelix.cli.migrate import migrate

    ctx.invoke(migrate, as_json=False) if not as_json else _quiet(ctx, migrate)
    from trihelix.cli.demo.province import PASSWORD, demo_users, load_province
    from trihelix.cli.demo.thread import run_thread
    from trihelix.kernel import index, journal
    from trihelix.kernel.models import Record

    say("载入演示省份（全部为合成数据）…")
    with setup.progress("演示省份") as report:
        steps = iter(range(1, 1000))
        if totals is None:
            context = load_province(seed, corpus=rows, say=lambda text: report(next(steps), 12))
        else:
            from trihelix.cli.demo.full.build import load_full

            context = load_full(totals, seed, say=lambda text: report(next(steps), 20))
    index.rebuild()
    paths = run_thread(context, say)
    verified = journal.verify()
    records = Record.objects.count()
    say(
        f"\n完成：{records} 条记录，流水 {verified['sealed']} 条已封存并校验{'通过' if verified['ok'] else '失败'}，用时 {time.monotonic() - started:.1f} 秒"
    )
    accounts = [{"username": u.username, "name": u.display_name} for u in demo_users()]
    say(f"打开 http://{host}:{port}/ ，登录页可直接选择演示账号（口令 {PASSWORD}）")
    for label, path in paths.items():
        say(f"  {label}  http://{host}:{port}{path}")
    if as_json:
        emit({"records": records, "journal": verified, "open": paths, "accounts": accounts, "seed": seed}, True)
    if not verified["ok"]:
        raise SystemExit(1)
    if serving:
        from trihelix.cli.serve import serve

        ctx.invoke(serve, host=host, port=port)


def _quiet(ctx: click.Context, command: click.Command) -> None:
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()):
        ctx.invoke(command, as_json=False)
