"""The journal: append-only entries, their seals in a hash chain, and erasable personal values beside them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from trihelix.kernel.models.record import Record, new_uid


class JournalEntry(models.Model):
    """One act: who, on whose behalf, what changed from what to what, why, under which rules. Never updated."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    at = models.DateTimeField()
    action = models.CharField(max_length=80)
    record = models.ForeignKey(Record, models.PROTECT, null=True, related_name="journal")
    register = models.CharField(max_length=40)
    version = models.PositiveIntegerField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changes = models.JSONField(help_text="{field: [old, new]}; personal values as keyed hashes")
    reason = models.TextField(blank=True)
    book = models.CharField(max_length=64, blank=True)
    rows = models.PositiveIntegerField(default=0)
    merkle_root = models.CharField(max_length=64, blank=True)
    public = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = (models.Index(fields=["record", "id"]), models.Index(fields=["action", "at"]))

    def __str__(self) -> str:
        return f"{self.action} {self.uid}"


class JournalChange(models.Model):
    """One row of a bulk act, so that history per field still works; its leaf is under the entry's Merkle root."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="children")
    position = models.PositiveIntegerField()
    record = models.ForeignKey(Record, models.PROTECT, related_name="bulk_changes")
    version = models.PositiveIntegerField()
    changes = models.JSONField()
    leaf = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "position"], name="journal_child_position"),)

    def __str__(self) -> str:
        return f"{self.entry_id}#{self.position}"


class JournalSeal(models.Model):
    """The sealed order: entry number ``seq`` with the hash that links it to the one before."""

    seq = models.PositiveBigIntegerField(primary_key=True)
    entry = models.OneToOneField(JournalEntry, models.PROTECT, related_name="seal")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash[:8]}"


class JournalPrivate(models.Model):
    """A personal value of an entry with its salt; both are erased together and the chain still verifies."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="private")
    record = models.ForeignKey(Record, models.PROTECT, related_name="private_values")
    field = models.CharField(max_length=60)
    token = models.CharField(max_length=64)
    salt = models.CharField(max_length=64)
    value = models.TextField()

    class Meta:
        indexes = (models.Index(fields=["record"]), models.Index(fields=["token"]))

    def __str__(self) -> str:
        return f"{self.entry_id}.{self.field}"
