"""Tables of commissions, meetings and rules in the making."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


class Commission(Entry):
    """A party S&T commission (党委科技委员会) of a level, with its heads, members and office."""

    level = models.CharField(max_length=10)
    division = models.CharField(max_length=12, blank=True)
    heads = models.JSONField(default=list, blank=True)
    members = models.JSONField(default=list, blank=True)
    office = models.CharField(max_length=120, blank=True)
    rules = models.TextField(blank=True)
    established_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["level"]),)


class Meeting(Entry):
    """A meeting (会议): number, day, agenda with papers and sponsors, decisions, minutes."""

    commission = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="meetings")
    kind = models.CharField(max_length=12, default="commission")
    ordinal = models.PositiveSmallIntegerField(null=True, blank=True)
    held_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True)
    attendees = models.JSONField(default=list, blank=True)
    agenda = models.JSONField(default=list, blank=True, help_text="[{item, paper, sponsor}]")
    decisions = models.JSONField(default=list, blank=True, help_text="[{item, outcome, note}]")
    minutes = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["commission", "ordinal"], condition=models.Q(ordinal__isnull=False), name="meeting_ordinal_once"
            ),
        )


class Rulemaking(Entry):
    """A rule in the making (在制文件): study, draft, consultation, co-signing, several deciding bodies, issue; tied to its commitment."""

    kind = models.CharField(max_length=12, default="rule")
    lead_office = models.CharField(max_length=60)
    co_offices = models.JSONField(default=list, blank=True)
    due_on = models.DateField(null=True, blank=True)
    summary = models.TextField(blank=True)
    text = models.TextField(blank=True)
    consult_from = models.DateField(null=True, blank=True)
    consult_to = models.DateField(null=True, blank=True)
    opinions = models.JSONField(default=list, blank=True, help_text="[{from, text, answer}]")
    deciding = models.JSONField(default=list, blank=True, help_text="[{body, on, outcome, meeting}]")
    commitment = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="rulemakings")
    revises = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="revising_rulemakings")
    policy = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="made_by")
    doc_number = models.CharField(max_length=80, blank=True)
    issued_on = models.DateField(null=True, blank=True)
