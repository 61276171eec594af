"""`trihelix serve`: the site by granian, and a worker where none runs."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from trihelix.cli import setup
from trihelix.engines.errors import Refused

CONNECTIONS = 4096  # kept open at a time; a connection waiting for its next request counts, so few would lock browsers out


@contextlib.contextmanager
def worker_beside(home: Path, wanted: bool = True) -> Iterator[subprocess.Popen[bytes] | None]:
    """Start a worker as a process of its own unless one holds the lock; end it with us."""
    from trihelix.cli.worker import runs

    if not wanted or runs(home):
        yield None
        return
    process = subprocess.Popen([sys.executable, "-m", "trihelix.cli", "worker"], env={**os.environ, "TRIHELIX_HOME": str(home)})
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64), help="同时办理的请求数 / requests at a time")
@click.option(
    "--processes",
    default=1,
    show_default=True,
    type=click.IntRange(1, 16),
    help="网站进程数，多核上增加 / server processes, more on more cores",
)
@click.option("--worker/--no-worker", "with_worker", default=True, help="没有后台进程时同时启动一个 / start a worker when none runs")
def serve(host: str, port: int, threads: int, processes: int, with_worker: bool) -> None:
    """启动网站；没有后台进程时同时启动一个。"""
    setup.ready()
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces

    from trihelix.kernel.home import home

    if not _free(host, port):
        raise Refused.one("port_taken", f"{host}:{port} 已被占用；请用 --port 指定另一端口", field="port", value=port)
    connections.close_all()  # the server's processes open their own
    with worker_beside(home(), with_worker):
        click.echo(f"三螺旋 Trihelix：http://{host}:{port}/（Ctrl-C 停止）", err=True)
        Granian(
            "trihelix.site.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=processes, blocking_threads=threads,
            backlog=CONNECTIONS, backpressure=CONNECTIONS, websockets=False, log_access=False,
        ).serve()  # fmt: skip


def _free(host: str, port: int) -> bool:
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
