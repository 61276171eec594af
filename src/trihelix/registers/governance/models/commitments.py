"""Tables of commitments, measures in force, results of the letter, action plans."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


class Commitment(Entry):
    """A commitment (承诺事项): who owes what until when, how it is measured, what was reached."""

    place = models.CharField(max_length=8, blank=True)
    source = models.CharField(max_length=200, blank=True)
    source_record = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="commitments_from")
    suggestion = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField()
    lead_office = models.CharField(max_length=60)
    co_offices = models.JSONField(default=list, blank=True)
    carried_by = models.CharField(max_length=120, blank=True)
    measure = models.CharField(max_length=200, blank=True)
    target = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    figure = models.CharField(max_length=8, blank=True)
    reached = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    due_kind = models.CharField(max_length=12, default="none")
    due_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    evidence_needed = models.CharField(max_length=200, blank=True)
    risk = models.CharField(max_length=200, blank=True)
    progress = models.JSONField(default=list, blank=True, help_text="[{on, value, note, evidence}]")
    reminders = models.JSONField(default=list, blank=True, help_text="[{on, text}]")
    conclusion = models.TextField(blank=True)
    supplementary = models.TextField(blank=True)
    same_as = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="repeated_as")
    plan = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="plan_commitments")
    unverified = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["due_on"]), models.Index(fields=["lead_office"]))

    @property
    def light(self) -> str:
        """The traffic light of today: green, amber, red, or grey where there is no measure."""
        from trihelix.kernel import clock
        from trihelix.registers.governance.queries import light

        return light(self, clock.today())


class Measure(Entry):
    """A measure in force (落实举措): suggestion, owner, document, and the scheme or register that carries it out."""

    place = models.CharField(max_length=8, blank=True)
    suggestion = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField()
    lead_office = models.CharField(max_length=60)
    co_offices = models.JSONField(default=list, blank=True)
    document = models.CharField(max_length=200, blank=True)
    carried_by = models.CharField(max_length=120, blank=True)
    since = models.DateField(null=True, blank=True)


class ResultClause(Entry):
    """A result (取得成效) told in the reply: bound to figures, or where it has no number to its event, document or decision."""

    place = models.CharField(max_length=8, blank=True)
    suggestion = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField()
    lead_office = models.CharField(max_length=60)
    co_offices = models.JSONField(default=list, blank=True)
    figures = models.JSONField(default=list, blank=True)
    evidence = models.JSONField(default=list, blank=True, help_text='["register:ref"]')


class ActionPlan(Entry):
    """An action plan (行动计划): period, owners, goals bound to figures, tasks, reviews. Published and started are two states."""

    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    years = models.PositiveSmallIntegerField(null=True, blank=True)
    term_years = models.PositiveSmallIntegerField(null=True, blank=True)
    lead_office = models.CharField(max_length=60)
    owners = models.JSONField(default=list, blank=True)
    goals = models.JSONField(default=list, blank=True, help_text="[{name, year, value, unit, figure}]")
    tasks = models.JSONField(default=list, blank=True, help_text="[{task, office, due, done_on}]")
    reviews = models.JSONField(default=list, blank=True, help_text="[{on, note}]")
    summary = models.TextField(blank=True)
    published_on = models.DateField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    unverified = models.BooleanField(default=False)
