"""Table of experts."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


class Expert(Entry):
    """A person in the expert pool (专家库); the record's owner is the employer, the evidence are the person's outputs."""

    person = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="expert_roles")
    kind = models.CharField(max_length=20, default="academic")
    fields = models.JSONField(default=list, blank=True)
    discipline = models.CharField(max_length=20, blank=True)
    rank = models.CharField(max_length=60, blank=True)
    city = models.CharField(max_length=12, blank=True)
    max_load = models.PositiveSmallIntegerField(default=10)
    away_from = models.DateField(null=True, blank=True)
    away_to = models.DateField(null=True, blank=True)
    email = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = (models.Index(fields=["kind", "city"]),)
