"""Table of intakes."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


class Intake(Entry):
    """One collecting of a need or a result by a body over a route: "collected" counts these, "published" counts publications."""

    subject = models.CharField(max_length=10)
    need = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="need_intakes")
    result = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="result_intakes")
    route = models.CharField(max_length=20)
    at_node = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="+")
    campaign = models.CharField(max_length=80, blank=True)
    collected_on = models.DateField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(need=None, result__isnull=False) | models.Q(need__isnull=False, result=None),
                name="intake_has_one_subject",
            ),
        )
        indexes = (models.Index(fields=["collected_on", "subject"]),)
