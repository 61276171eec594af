"""Tables of the reform itself: pilot bodies, symposia, the problem log, typical cases, yearly reports."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


class PilotBody(Entry):
    """A pilot body (先期试点) with dates; the record's owner is the body."""

    batch = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    mechanisms = models.JSONField(default=list, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")), name="pilot_dates"),
        )


class Symposium(Entry):
    """A symposium (座谈会) on the reform, and what was raised there."""

    held_on = models.DateField()
    place = models.CharField(max_length=200, blank=True)
    people = models.PositiveIntegerField(null=True, blank=True)
    minutes = models.TextField(blank=True)


class ReformProblem(Entry):
    """A problem of the reform (问题台账): raised, answered, closed."""

    symposium = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="problems_raised")
    mechanism = models.CharField(max_length=30, blank=True)
    text = models.TextField()
    raised_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_on = models.DateField(null=True, blank=True)


class TypicalCase(Entry):
    """A typical case (典型案例) for others to follow."""

    transfer = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="typical_cases")
    mechanism = models.CharField(max_length=30)
    story = models.TextField()
    lesson = models.TextField(blank=True)
    published_on = models.DateField(null=True, blank=True)


class TransferReport(Entry):
    """A body's yearly transfer report (科技成果转化年度报告), counted from its records when drawn up."""

    year = models.PositiveSmallIntegerField()
    counts = models.JSONField(default=dict, blank=True)
    experience = models.TextField(blank=True)
    problems = models.TextField(blank=True)
    submitted_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
