"""Tables of assessments, recognitions, policy documents and rule changes."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


class Assessment(Entry):
    """A self-check (自评) of a firm against one rule on a day: facts, answer and rule version as they were. Never recomputed in place."""

    rule = models.CharField(max_length=40)
    rule_version = models.CharField(max_length=20)
    book_digest = models.CharField(max_length=64)
    on = models.DateField()
    facts = models.JSONField()
    answer = models.JSONField()
    verdict = models.CharField(max_length=10)
    replaces = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["rule", "verdict"]),)


class CheckUp(Entry):
    """A check-up (政策体检) of a firm kept as a report: every rule's answer of that day with the facts typed. Never recomputed."""

    on = models.DateField()
    typed = models.JSONField(default=dict, blank=True)
    rows = models.JSONField(default=list)
    book_digest = models.CharField(max_length=64)
    met = models.PositiveSmallIntegerField()
    near = models.PositiveSmallIntegerField()
    not_met = models.PositiveSmallIntegerField()
    unknown = models.PositiveSmallIntegerField()


class Recognition(Entry):
    """An official recognition (资格认定) of a firm or body: what, number, issuer, period, source."""

    title_kind = models.CharField(max_length=40)
    level = models.CharField(max_length=20, blank=True)
    number_given = models.CharField(max_length=60, blank=True)
    issuer = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")), name="recognition_dates"
            ),
            models.UniqueConstraint(
                fields=["title_kind", "number_given"], condition=~models.Q(number_given=""), name="recognition_number_once"
            ),
        )
        indexes = (models.Index(fields=["title_kind", "valid_from"]),)


class Policy(Entry):
    """A policy document (政策文件) with its status and what it replaces."""

    doc_number = models.CharField(max_length=80, blank=True)
    issuers = models.JSONField(default=list, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    summary = models.TextField(blank=True)
    interpretation = models.TextField(blank=True)
    rules = models.JSONField(default=list, blank=True)
    address = models.CharField(max_length=300, blank=True)
    replaces = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="replaced_by_policy")
    unverified = models.BooleanField(default=False)


class RuleChange(Entry):
    """A proposed value of one rule parameter: its source and effective date; a second person confirms it (overlay on the book)."""

    rule = models.CharField(max_length=40)
    parameter = models.CharField(max_length=60)
    value = models.JSONField()
    effective_on = models.DateField()
    source_doc = models.CharField(max_length=120)
    source_title = models.CharField(max_length=200, blank=True)
    article = models.CharField(max_length=120, blank=True)
    unverified = models.BooleanField(default=False)
    proposed_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    base_digest = models.CharField(max_length=64)
    preview = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["rule", "parameter", "effective_on"], condition=~models.Q(confirmed_at=None), name="one_confirmed_change_a_day"
            ),
        )
