"""What hangs on a record: files, messages, links to other records, participants of a case."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from trihelix.kernel.models.record import Record, new_uid


class Participant(models.Model):
    """A body or person that takes part in a case with a role, and so may see it."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="participants")
    body = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="takes_part")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    confidential_at = models.DateTimeField(null=True, blank=True, help_text="when the confidentiality terms were accepted")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["record", "body", "user", "role"], name="participant_once"),)
        indexes = (models.Index(fields=["body", "record"]),)

    def __str__(self) -> str:
        return f"{self.record_id} {self.role}"


class Link(models.Model):
    """A typed link between two records: the thread from need to report is made of these."""

    source = models.ForeignKey(Record, models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Record, models.PROTECT, related_name="links_in")
    kind = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["source", "target", "kind"], name="link_once"),)
        indexes = (models.Index(fields=["target", "kind"]),)

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class Message(models.Model):
    """A message on a record (往来): to all who see the case, or to one side."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="messages")
    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    side = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="+", help_text="only this body may read it")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.text[:40]


class File(models.Model):
    """A stored file of a record: content-addressed, typed by its bytes, open or confidential."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="files")
    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    mime = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    part = models.CharField(max_length=20, default="open", choices=[("open", "公开部分"), ("confidential", "保密部分")])
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="newer")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    void_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.name
