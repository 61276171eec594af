"""Short forms of optional columns."""

from __future__ import annotations

from typing import Any

from django.db import models

from trihelix.kernel.models import Record


def to_record(related: str = "+", *, null: bool = True) -> Any:
    """A foreign key to a record of any register."""
    return models.ForeignKey(Record, models.PROTECT, null=null, blank=null, related_name=related)


def text(length: int = 200) -> Any:
    """An optional line of text."""
    return models.CharField(max_length=length, blank=True)


def day() -> Any:
    """An optional day."""
    return models.DateField(null=True, blank=True)


def items() -> Any:
    """An optional JSON list."""
    return models.JSONField(default=list, blank=True)
