"""Tables of patents: the right, its events, annual fees, valuations."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record
from trihelix.registers.patents.models.columns import day, items, text, to_record


class Patent(Entry):
    """A patent or application (专利). ``family`` joins what protects one invention: the earliest priority number, else its own."""

    app_no = models.CharField(max_length=20, unique=True)
    pub_no = text(20)
    ptype = models.CharField(max_length=10)
    classes = items()
    holders = items()
    co_owners = items()
    inventors = items()
    college = text(120)
    filing_date = day()
    grant_date = day()
    expires_on = day()
    fee_paid_to = day()
    status = text(24)
    encumbrances = items()
    priority = text(40)
    family = models.CharField(max_length=40, db_index=True)
    family_overseas = models.PositiveSmallIntegerField(null=True, blank=True)
    funding = items()
    funded = models.BooleanField(default=False)
    summary = models.TextField(blank=True)
    fields = items()
    industries = items()
    sei = models.BooleanField(null=True, blank=True)
    division = text(12)
    fee_cut = models.BooleanField(default=False)
    fee_parties = items()
    acquired_by = text(12)
    acquired_on = day()
    pledge_fen = models.BigIntegerField(null=True, blank=True)
    awards = models.PositiveSmallIntegerField(null=True, blank=True)
    used_in = items()

    class Meta:
        indexes = (models.Index(fields=["status", "fee_paid_to"]), models.Index(fields=["ptype", "status"]))


class PatentEvent(models.Model):
    """An event of the legal status (法律状态事件): what, when, which gazette, and the status it led to."""

    patent = models.ForeignKey(Record, models.PROTECT, related_name="patent_events")
    kind = models.CharField(max_length=24)
    on = models.DateField()
    gazette = text(60)
    note = text(200)
    status = models.CharField(max_length=24)

    class Meta:
        ordering = ("on", "id")
        constraints = (models.UniqueConstraint(fields=["patent", "kind", "on"], name="patent_event_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Fee(Entry):
    """The annual fee (年费) of one year of term: due day, full amount, reduction, late fee, what to pay — by the rule ``patent-fee``."""

    patent = to_record("fees", null=False)
    year = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    last_on = models.DateField()
    full_fen = models.BigIntegerField()
    rate_percent = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    late_fen = models.BigIntegerField(default=0)
    pay_fen = models.BigIntegerField()
    paid_on = day()
    voucher = text(80)
    rule = text(40)
    restore_fen = models.BigIntegerField(null=True, blank=True)
    restored_on = day()
    refund_fen = models.BigIntegerField(null=True, blank=True)
    refunded_on = day()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["patent", "year"], name="patent_fee_once_a_year"),
            models.CheckConstraint(
                condition=models.Q(refund_fen=None) | models.Q(refund_fen__gt=0, paid_on__isnull=False), name="patent_fee_refund_of_paid"
            ),
        )
        indexes = (models.Index(fields=["due_on"]),)


class Valuation(Entry):
    """A valuation of a patent (专利价值评估): score by weights of a scenario, money by a method; the weights are kept with it."""

    patent = to_record("valuations", null=False)
    scenario = models.CharField(max_length=20)
    weight_version = text(20)
    weights = models.JSONField(default=dict, blank=True)
    scores = items()
    score = models.DecimalField(max_digits=7, decimal_places=3, null=True, blank=True)
    method = text(12)
    money_fen = models.BigIntegerField(null=True, blank=True)
    flows = items()
    share_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    rate_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    valued_on = models.DateField()
    valid_to = day()
    valuer = text(200)
    basis = models.TextField(blank=True)
