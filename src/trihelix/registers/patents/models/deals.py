"""Tables of licences and transfers, recordings, open licences and their acceptance."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record
from trihelix.registers.patents.models.columns import day, text, to_record


class Deal(Entry):
    """A licence or transfer of patents (专利转让许可): signed is not effective, effective is not recorded."""

    kind = models.CharField(max_length=12)
    counterpart = to_record("+")
    counterpart_name = text(200)
    signed_on = models.DateField()
    effective_on = day()
    record_by = day()
    recorded_on = day()
    recording_no = text(80)
    term_from = day()
    term_to = day()
    fee_fen = models.BigIntegerField(null=True, blank=True)
    fee_kind = text(16)
    territory = text(200)
    field = text(200)
    exclusions = models.TextField(blank=True)
    consents = models.BooleanField(default=False)
    contract = to_record("+")
    stock = to_record("+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(term_to=None) | models.Q(term_from=None) | models.Q(term_to__gte=models.F("term_from")),
                name="patent_deal_term",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_on=None) | models.Q(effective_on__gte=models.F("signed_on")), name="patent_deal_effective"
            ),
        )


class Recording(Entry):
    """A recorded event of transfer or licence (备案登记): what the statistics count as one time (次)."""

    kind = models.CharField(max_length=12)
    recorded_on = models.DateField(db_index=True)
    recording_no = text(80)
    app_no = text(20)
    patents = models.PositiveIntegerField(default=1)
    holder_kind = text(20)
    holder_name = text(200)
    counterpart_name = text(200)
    deal = to_record("recordings")


class OpenLicence(Entry):
    """An offer of open licence (开放许可声明): fee and terms for anyone, announced by the office."""

    patent = to_record("open_licences", null=False)
    declared_on = models.DateField()
    announced_on = day()
    withdrawn_on = day()
    fee_kind = models.CharField(max_length=16)
    base_fen = models.BigIntegerField(null=True, blank=True)
    rate_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    floor_fen = models.BigIntegerField(null=True, blank=True)
    period_from = day()
    period_to = day()
    report_no = text(80)
    terms = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(announced_on=None) | models.Q(announced_on__gte=models.F("declared_on")), name="open_licence_dates"
            ),
        )


class Acceptance(models.Model):
    """A licensee's acceptance of an open licence: licensed once notified and paid."""

    offer = models.ForeignKey(Record, models.PROTECT, related_name="acceptances")
    licensee = models.ForeignKey(Record, models.PROTECT, related_name="+")
    notified_on = models.DateField()
    paid_on = day()

    class Meta:
        ordering = ("notified_on", "id")
        constraints = (models.UniqueConstraint(fields=["offer", "licensee"], name="open_acceptance_once"),)

    def __str__(self) -> str:
        return f"{self.licensee_id} {self.notified_on}"
