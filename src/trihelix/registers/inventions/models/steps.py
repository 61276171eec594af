"""What every mechanism keeps: its papers, the body's decision, the notice (公示) and objections."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


class Procedure(Entry):
    """A case that a body decides and puts on notice before it binds anyone.

    ``documents`` holds ``{kind, name, sha256, on}``; ``notice_to`` is the last day of the notice in force.
    """

    documents = models.JSONField(default=list, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    minutes = models.CharField(max_length=200, blank=True)
    alternatives = models.TextField(blank=True)
    recused = models.JSONField(default=list, blank=True)
    no_gain = models.BooleanField(default=False)
    notice_from = models.DateField(null=True, blank=True)
    notice_to = models.DateField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        abstract = True


class Publicity(models.Model):
    """One notice (公示): never shortened; a change of price or person starts a new one. The text is kept with its hash."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="publicities")
    kind = models.CharField(max_length=40)
    scope = models.JSONField(default=list)
    starts = models.DateField()
    ends = models.DateField()
    days = models.PositiveSmallIntegerField()
    calendar = models.CharField(max_length=10)
    clause = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    proof = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")
    superseded = models.BooleanField(default=False)
    objections = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["record"], condition=models.Q(superseded=False), name="publicity_one_in_force"),
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("starts")), name="publicity_dates"),
        )
        ordering = ("made_at", "id")

    def __str__(self) -> str:
        return f"{self.record_id} {self.kind} {self.starts}–{self.ends}"
