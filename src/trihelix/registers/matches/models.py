"""Table of matches."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


class Match(Entry):
    """A need and a result brought together: why, who must answer until when, what was answered."""

    need = models.ForeignKey(Record, models.PROTECT, related_name="need_matches")
    result = models.ForeignKey(Record, models.PROTECT, related_name="result_matches")
    initiated_by = models.CharField(max_length=10)
    score = models.FloatField(null=True, blank=True)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    reasons = models.JSONField(default=list, blank=True)
    note = models.TextField(blank=True)
    answer = models.CharField(max_length=12, blank=True)
    answer_reason = models.CharField(max_length=20, blank=True)
    answer_text = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    invited_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["need", "result"], name="match_once"),)
        indexes = (models.Index(fields=["invited_at"]),)
