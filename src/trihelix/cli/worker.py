"""`trihelix worker`: seals the journal, drains the outbox, keeps the search index, reminds and escalates. Ends cleanly on SIGTERM."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import click

from trihelix.cli import setup
from trihelix.engines.errors import Refused

LOCK = "worker.lock"
PAUSE, LONGEST = 0.1, 0.4  # seconds between two looks when nothing is to do, growing while nothing is
HELD_ELSEWHERE = 2.0  # seconds until the index is tried again
FULL_LOOK = 60.0  # seconds between two looks for entries that committed late


@contextlib.contextmanager
def only_worker(home: Path) -> Iterator[IO[str]]:
    """Hold the worker's lock of a data folder; the system frees it when the process ends, however it ends."""
    lock = (home / LOCK).open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise Refused.one("worker_runs", f"数据目录 {home} 已有后台进程在运行", field="TRIHELIX_HOME", value=str(home)) from None
    try:
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield lock
    finally:
        lock.close()


def runs(home: Path) -> bool:
    """Whether a worker holds the lock."""
    try:
        with only_worker(home):
            return False
    except Refused:
        return True


class Loop:
    """The worker's rounds. ``round`` does what is due and says whether anything was done."""

    def __init__(self, stop: threading.Event, index: Index) -> None:
        self.stop, self.index = stop, index
        self.ticked: dict[str, dt.datetime] = {}
        self.full_look = 0.0

    def seal(self) -> int:
        """Seal committed entries; a look without a transaction first, so that an idle worker never locks."""
        from trihelix.kernel import journal
        from trihelix.kernel.models import JournalEntry, JournalSeal

        open_ones = JournalEntry.objects.filter(seal=None)
        if time.monotonic() - self.full_look < FULL_LOOK:  # between full looks, only where late commits can be
            last = JournalSeal.objects.order_by("-seq").values_list("entry_id", flat=True).first() or 0
            open_ones = open_ones.filter(pk__gt=last - 2000)
        else:
            self.full_look = time.monotonic()
        return journal.seal_pending() if open_ones.exists() else 0

    def tasks(self) -> int:
        """Run the background tasks that are ready."""
        from django.conf import settings
        from django_tasks_db.management.commands.db_worker import Worker
        from django_tasks_db.models import DBTaskResult

        if not DBTaskResult.objects.ready().exists():
            return 0
        queues = settings.TASKS["default"]["QUEUES"]
        Worker(
            queue_names=queues, interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=10,
            worker_id=f"trihelix-{os.getpid()}", excluded_queue_names=[],
        ).run()  # fmt: skip
        return 1

    def round(self) -> bool:
        """Everything once."""
        from trihelix.kernel import clock, outbox, ticks

        done = self.index.round()
        done += self.seal()
        done += outbox.drain()
        done += self.tasks()
        ticks.run_due(self.ticked, clock.now())
        return done > 0

    def run(self) -> None:
        """Rounds until told to stop. A fault of one round is logged, and the next begins after a pause."""
        import structlog
        from django.db import close_old_connections

        log, pause = structlog.get_logger(), PAUSE
        while not self.stop.is_set():
            close_old_connections()
            try:
                busy = self.round()
            except Exception as exc:
                log.error("worker.fault", error=repr(exc), exc_info=exc)
                self.stop.wait(2)
                continue
            pause = PAUSE if busy else min(2 * pause, LONGEST)
            if not busy:
                self.stop.wait(pause)


class Index:
    """The worker's hold on the search index: taken when it is free, tried again later when another process holds it."""

    def __init__(self, stack: contextlib.ExitStack, stop: threading.Event) -> None:
        self.stack, self.stop = stack, stop
        self.apply: Callable[[], int] | None = None
        self.next_try = 0.0

    def round(self) -> int:
        """Bring what is pending into the index; returns how many outbox rows."""
        from trihelix.kernel.index import index_owner

        if self.apply is None:
            if time.monotonic() < self.next_try:
                return 0
            try:
                self.apply = self.stack.enter_context(index_owner(self.stop))
            except Refused:
                self.next_try = time.monotonic() + HELD_ELSEWHERE
                return 0
        return self.apply()


@click.command()
@click.option("--once", is_flag=True, help="做完到期的事即退出 / do what is due, then end")
def worker(once: bool) -> None:
    """后台进程：封存流水、发送通知、维护检索索引、提醒与督办。"""
    setup.ready()
    from trihelix.kernel.home import home

    with contextlib.ExitStack() as stack:
        stack.enter_context(only_worker(home()))
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        loop = Loop(stop, Index(stack, stop))
        if once:
            while loop.round():
                pass
        else:
            loop.run()
