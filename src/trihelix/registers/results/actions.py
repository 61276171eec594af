"""The only writers of results."""

from __future__ import annotations

import datetime as dt

from trihelix.kernel import book, clock
from trihelix.kernel.action import Run, action
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.ticks import tick
from trihelix.registers.results.models import Result


def live_until(start: dt.date) -> dt.date:
    """The day on which a listing ends by default."""
    return book.current().due("result.life", start)[0]


def _live(a: Run, result: Result) -> None:
    a.record.visibility = "public"
    result.listed_at = result.listed_at or a.now
    result.expires_on = live_until(a.today)


@action("results", "submit", "提交", "Submit", safe=True)
def submit(a: Run, result: Result) -> None:
    """Submit for the node's check."""
    a.record.visibility = "node"


@action("results", "discard", "作废草稿", "Discard", danger=True)
def discard(a: Run, result: Result) -> None:
    """Discard a draft; it stays listed as discarded."""


@action("results", "return", "退回补充", "Return")
def send_back(a: Run, result: Result) -> None:
    """Send back to the holder with the reason."""
    a.notify(f"成果退回补充：{result.title}（{a.reason}）", roles=("owner",), en=f"Result returned: {result.title}")


@action("results", "list", "发布", "List", safe=True)
def list_result(a: Run, result: Result) -> None:
    """List the result for a term; its confidential part stays closed."""
    _live(a, result)
    a.notify(f"成果已发布：{result.title}", roles=("owner",), en=f"Result listed: {result.title}")


@action("results", "start_talking", "开始洽谈", "Start talking")
def start_talking(a: Run, result: Result) -> None:
    """A match led to talks."""


@action("results", "relist", "恢复发布", "List again")
def relist(a: Run, result: Result) -> None:
    """Talks ended or the term ran out: list again."""
    _live(a, result)


@action("results", "renew", "续期", "Renew", safe=True)
def renew(a: Run, result: Result) -> None:
    """List for another term."""
    _live(a, result)


@action("results", "transfer", "登记转化", "Record transfer")
def transfer(a: Run, result: Result) -> None:
    """A transfer was recorded."""


@action("results", "expire", "到期", "Expire", hidden=True)
def expire(a: Run, result: Result) -> None:
    """End the listing; the holder may list again."""
    a.record.visibility = "node"
    a.notify(f"成果发布到期，可恢复发布：{result.title}", roles=("owner",), en=f"Listing ended: {result.title}")


@action("results", "withdraw", "撤回", "Withdraw", danger=True)
def withdraw(a: Run, result: Result) -> None:
    """The holder takes the result back, with a reason."""
    a.record.visibility = "owner"


@tick("results_expire", every=3600)
def expire_due(now: dt.datetime) -> int:
    """Expire every listing whose term ended; returns how many."""
    due = Result.objects.filter(record__state="listed", expires_on__lt=clock.local_date(now))
    return sum(1 for result in due.iterator() if expire(by=SYSTEM, record=result.record, now=now, reason="发布期满"))
