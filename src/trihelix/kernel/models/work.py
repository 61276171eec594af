"""What waits and what must still be sent: waits (the inbox), notices, the outbox, idempotency keys."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from trihelix.kernel.models.record import Record


class Wait(models.Model):
    """Something a role must do on a record. Written only by flows; the inbox is one query on this table."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="waits")
    act = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    scope = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    due_confirmed = models.BooleanField(default=True)
    clock = models.CharField(max_length=60, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    step = models.PositiveSmallIntegerField(default=0, help_text="how far up a missed limit was told: 1 the person, 2 the unit, 3 the node")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["record", "act", "role", "scope", "user"], name="wait_once"),)
        indexes = (models.Index(fields=["role", "scope", "due_at"]), models.Index(fields=["due_at"]))

    def __str__(self) -> str:
        return f"{self.record_id} {self.act} {self.role}"


class Snooze(models.Model):
    """A task that one person put aside until a day; for everybody else it waits on."""

    wait = models.ForeignKey(Wait, models.CASCADE, related_name="snoozes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    until = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["wait", "user"], name="snooze_once"),)

    def __str__(self) -> str:
        return f"{self.wait_id} {self.user_id} {self.until}"


class Outbox(models.Model):
    """Work to do after commit: the row is the truth, a task is only a wake-up."""

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    next_try = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["kind", "next_try"], condition=models.Q(done_at=None), name="outbox_open"),
            models.Index(fields=["kind", "id"], name="outbox_kind_id"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Notice(models.Model):
    """An on-screen notice, exactly once per person and cause."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    record = models.ForeignKey(Record, models.CASCADE, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=200, unique=True)
    text = models.CharField(max_length=400)
    text_en = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["user", "read_at"]),)

    def __str__(self) -> str:
        return self.text


class IdempotencyKey(models.Model):
    """A key a caller gave with a write: the same key answers with the same result and writes once."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=120)
    action = models.CharField(max_length=80)
    request = models.CharField(max_length=64)
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["actor", "key"], name="idempotency_once"),)

    def __str__(self) -> str:
        return f"{self.action} {self.key}"
