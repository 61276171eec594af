"""The only writers of experts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action


@action("experts", "admit", "入库", "Admit", safe=True)
def admit(a: Run, expert: Any) -> None:
    """Admit to the pool; signed-in bodies see name, employer and fields."""
    a.record.visibility = "members"


@action("experts", "pause", "暂停", "Pause")
def pause(a: Run, expert: Any) -> None:
    """Take no seats for a while, with a reason."""


@action("experts", "resume", "恢复", "Resume")
def resume(a: Run, expert: Any) -> None:
    """Available again."""
    expert.away_from = expert.away_to = None


@action("experts", "remove", "出库", "Remove", danger=True)
def remove(a: Run, expert: Any) -> None:
    """Leave the pool for good, with a reason."""
    a.record.visibility = "node"


@action("experts", "leave", "登记不可用时段", "State leave", roles=("owner", "author", "officer", "operator"), fields=(
    Column("away_from", "date", "起", "From", required=True), Column("away_to", "date", "止", "Until", required=True),
))  # fmt: skip
def state_leave(a: Run, expert: Any, *, away_from: dt.date, away_to: dt.date) -> None:
    """State a time without seats. Refuses an end before the start."""
    a.require(away_to >= away_from, "date_order", "止日早于起日", field="away_to")
    expert.away_from, expert.away_to = away_from, away_to
