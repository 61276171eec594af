"""Tables of outgoing documents and their gap-free numbers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from trihelix.kernel.models import Entry, Record


class NumberSeries(Entry):
    """A series of document numbers (发文字号): body code, division code, year. Its row is locked while a number is taken."""

    org_code = models.CharField(max_length=20)
    division_code = models.CharField(max_length=8, blank=True)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["org_code", "division_code", "year"], name="document_series_once"),)


class OutgoingDocument(Entry):
    """An outgoing document (公文): number, date, issuers, disclosure with its three reviewers."""

    kind = models.CharField(max_length=12)
    org_code = models.CharField(max_length=20, default="吉科发")
    division_code = models.CharField(max_length=8, blank=True)
    doc_number = models.CharField(max_length=60, blank=True)
    index_number = models.CharField(max_length=40, blank=True)
    classes = models.JSONField(default=list, blank=True)
    issuers = models.JSONField(default=list, blank=True)
    addressee = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    signer = models.CharField(max_length=60, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    publish_due = models.DateField(null=True, blank=True)
    publish_confirmed = models.BooleanField(default=True)
    disclosure = models.CharField(max_length=12, blank=True)
    disclosure_reason = models.TextField(blank=True)
    secrecy_by = models.CharField(max_length=60, blank=True)
    first_review = models.CharField(max_length=60, blank=True)
    second_review = models.CharField(max_length=60, blank=True)
    final_review = models.CharField(max_length=60, blank=True)
    published_on = models.DateField(null=True, blank=True)
    versions = models.JSONField(default=list, blank=True, help_text="[{version, on, text, reason}]")
    proposal = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="reply_documents")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["doc_number"], condition=~Q(doc_number=""), name="document_number_once"),
            models.UniqueConstraint(fields=["index_number"], condition=~Q(index_number=""), name="index_number_once"),
        )


class ReservedNumber(models.Model):
    """A number taken from a series; a void number stays listed, so that none is missing without a record."""

    series = models.ForeignKey(Record, models.PROTECT, related_name="reserved_numbers")
    number = models.PositiveIntegerField()
    document = models.ForeignKey(Record, models.PROTECT, null=True, related_name="reserved_number")
    reserved_at = models.DateTimeField()
    void = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["series", "number"], name="reserved_number_once"),)

    def __str__(self) -> str:
        return f"{self.series_id}:{self.number}"
