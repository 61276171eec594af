"""The only place that reads the system clock; engines get ``now`` passed in."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """This moment, aware, UTC."""
    return timezone.now()


def today() -> dt.date:
    """The civil date in Jilin."""
    return timezone.now().astimezone(SHANGHAI).date()


def local_date(moment: dt.datetime) -> dt.date:
    """The civil date of a stored moment."""
    return moment.astimezone(SHANGHAI).date()


def end_of(day: dt.date) -> dt.datetime:
    """The last second of a civil day: a deadline is a moment with zone."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), tzinfo=SHANGHAI)
