"""Rows with ``valid_from`` and ``valid_to`` (none: without end), both days included: which hold on a day."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q


def not_over(day: dt.date) -> Q:
    """Those that hold on the day or later."""
    return Q(valid_to=None) | Q(valid_to__gte=day)


def in_force(day: dt.date) -> Q:
    """Those that hold on the day."""
    return Q(valid_from__lte=day) & not_over(day)
