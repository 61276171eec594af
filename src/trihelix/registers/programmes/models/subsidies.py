"""Tables of data-led schemes: the list without applicants, its data sets with provenance, its rows with strike-out reasons."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record
from trihelix.registers.programmes.models.calls import link


class SubsidyList(Entry):
    """A list computed from agencies' data (免申即享名单): recomputable, with a reason for each firm struck out."""

    scheme = models.CharField(max_length=60)
    scheme_version = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    line = link("line_lists")
    listed = models.PositiveIntegerField(default=0)
    dropped = models.PositiveIntegerField(default=0)
    total_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, help_text="of data and rule: the same again gives the same list")
    publicity_to = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["scheme", "year"], name="subsidy_list_once_a_year"),
            models.CheckConstraint(condition=models.Q(paid_fen__lte=models.F("total_fen")), name="subsidy_paid_within_total"),
        )


class DataSet(models.Model):
    """What one agency supplied: when, how many rows, and its hash."""

    list = models.ForeignKey(Record, models.PROTECT, related_name="subsidy_data")
    agency = models.CharField(max_length=20)
    at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.list_id} {self.agency} {self.rows}"


class SubsidyRow(models.Model):
    """One firm of a list: its data, whether and by whom it was struck out, what it gets."""

    list = models.ForeignKey(Record, models.PROTECT, related_name="subsidy_rows")
    credit_code = models.CharField(max_length=18)
    name = models.CharField(max_length=120)
    body = link("subsidies")
    data = models.JSONField(default=dict)
    struck_by = models.CharField(max_length=20, blank=True)
    struck_reason = models.CharField(max_length=120, blank=True)
    grant_fen = models.BigIntegerField(default=0)
    grant_won = models.CharField(max_length=60, blank=True)
    paid_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["list", "credit_code"], name="subsidy_firm_once"),)
        ordering = ("credit_code",)

    def __str__(self) -> str:
        return f"{self.credit_code} {self.grant_fen}"
