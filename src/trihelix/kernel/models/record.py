"""The base record: one row for each record of each register."""

from __future__ import annotations

import contextvars
import hashlib
import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uuid_utils
from django.conf import settings
from django.db import models

_seeded: contextvars.ContextVar[Iterator[uuid.UUID] | None] = contextvars.ContextVar("seeded_uids", default=None)


def new_uid() -> uuid.UUID:
    """A time-ordered UUIDv7 (RFC 9562); inside :func:`seeded_uids`, the next one of the seed."""
    source = _seeded.get()
    return next(source) if source is not None else uuid.UUID(int=uuid_utils.uuid7().int)


@contextmanager
def seeded_uids(seed: int) -> Iterator[None]:
    """Generated provinces: the ids of everything made inside follow from the seed (version 7, times from 2025-01-01 on, one a millisecond)."""

    def source() -> Iterator[uuid.UUID]:
        for n in itertools.count():
            noise = int.from_bytes(hashlib.sha256(f"{seed}:{n}".encode()).digest()[:10], "big")
            value = ((1_735_660_800_000 + n) << 80) | noise
            value = value & ~(0xF << 76) | (7 << 76)
            yield uuid.UUID(int=value & ~(0x3 << 62) | (0x2 << 62))

    token = _seeded.set(source())
    try:
        yield
    finally:
        _seeded.reset(token)


class BookVersion(models.Model):
    """A loaded book, whole, named by its digest: a running case keeps the version it opened with."""

    digest = models.CharField(max_length=64, primary_key=True)
    region = models.CharField(max_length=40)
    version = models.CharField(max_length=40)
    files = models.JSONField()
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.region}@{self.digest[:8]}"


class Visibility(models.TextChoices):
    """Who may see a record beside its participants, officers and auditors."""

    PUBLIC = "public", "公开"
    MEMBERS = "members", "登录单位可见"
    NODE = "node", "本单位与所属站点可见"
    OWNER = "owner", "仅本单位可见"
    SEALED = "sealed", "密封"


class Record(models.Model):
    """What every record has: identity, title, state, owner, node, visibility, versions.

    Files, messages, links, journal, search and inbox point here with real foreign keys.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    register = models.CharField(max_length=40)
    number = models.CharField(max_length=40, unique=True)
    ref = models.CharField(max_length=120)
    title = models.CharField(max_length=400)
    state = models.CharField(max_length=40)
    flow_version = models.PositiveSmallIntegerField(default=1)
    owner = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="owned")
    node = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="in_care")
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.OWNER)
    synthetic = models.BooleanField(default=False)
    book = models.ForeignKey(BookVersion, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="aliases")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["register", "owner", "ref"], name="record_ref_per_owner"),
            models.UniqueConstraint(fields=["register", "ref"], condition=models.Q(owner=None), name="record_ref_unowned"),
            models.CheckConstraint(condition=~models.Q(title=""), name="record_has_title"),
        )
        indexes = (
            models.Index(fields=["register", "state"]),
            models.Index(fields=["register", "visibility", "-updated_at"]),
            models.Index(fields=["register", "-created_at"]),
            models.Index(fields=["register", "ref"]),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def entry(self) -> Any:
        """The typed row of this record in its register."""
        from trihelix.kernel.register import register_of

        return register_of(self.register).model._default_manager.get(record=self)


class EntryManager(models.Manager["Any"]):
    """Always brings the base record along: every list shows its title and state. Asked from a record in hand, it brings the row alone."""

    _hints: dict[str, Any]  # Django's: for a row reached from another, the ``instance`` it is reached from

    def get_queryset(self) -> models.QuerySet[Any]:
        rows = super().get_queryset()
        if isinstance(self._hints.get("instance"), Record):
            return rows
        return rows.select_related("record", "record__owner", "record__node")


class Entry(models.Model):
    """Abstract typed row of a register: one to one with its base record."""

    record = models.OneToOneField(Record, models.PROTECT, primary_key=True, related_name="%(app_label)s_%(class)s")

    objects = EntryManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def __str__(self) -> str:
        return str(self.record)

    @property
    def uid(self) -> uuid.UUID:
        return self.record.uid

    @property
    def title(self) -> str:
        return self.record.title

    @property
    def state(self) -> str:
        return self.record.state

    @property
    def number(self) -> str:
        return self.record.number

    @property
    def ref(self) -> str:
        return self.record.ref


class Series(models.Model):
    """A gap-free number series; its row is locked last in the transaction."""

    prefix = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["prefix", "year"], name="series_once_a_year"),)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}-{self.last:06d}"
