"""Tables of external figures, frozen reports and edited clauses of the letter."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


class ExternalFigure(Entry):
    """A number that others publish (外部数据): value, unit, day, source, and who answers for it. Never mixed into counted records."""

    figure = models.CharField(max_length=8)
    value = models.DecimalField(max_digits=24, decimal_places=6)
    unit = models.CharField(max_length=20)
    as_of = models.DateField()
    source = models.CharField(max_length=300)
    address = models.CharField(max_length=300, blank=True)
    person = models.CharField(max_length=60)
    note = models.TextField(blank=True)
    unverified = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["figure", "as_of"]),)


class Report(Entry):
    """A report (统计报告): figures as of a day, frozen with their records and the last sealed place of the journal."""

    as_of = models.DateField()
    purpose = models.CharField(max_length=200, blank=True)
    explanations = models.JSONField(default=list, blank=True, help_text="[{check, text}]")
    book_digest = models.CharField(max_length=64, blank=True)
    seq = models.BigIntegerField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    checks = models.JSONField(default=list, blank=True)


class FrozenFigure(models.Model):
    """One figure of a frozen report: the answer as it was, and the records behind it."""

    report = models.ForeignKey(Record, models.PROTECT, related_name="frozen_figures")
    position = models.PositiveSmallIntegerField()
    figure = models.CharField(max_length=8)
    answer = models.JSONField()
    lines = models.JSONField(help_text="[[uid of the counted subject, raw summand or 1]]")

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["report", "figure"], name="frozen_figure_once"),)

    def __str__(self) -> str:
        return f"{self.report_id}:{self.figure}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Insert only: a frozen number never changes."""
        if self.pk is not None:
            raise ValueError("a frozen figure is never changed")
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class LetterClause(Entry):
    """A clause of the letter edited by people: prose with places for figures; numbers cannot be typed in."""

    clause = models.CharField(max_length=12)
    text = models.TextField()
    proposed_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")
