"""Tables of funds: the tree of budget lines, agreements with pay-ins, payment orders."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from trihelix.kernel.models import Entry, Record
from trihelix.registers.programmes.models.calls import link


class BudgetLine(Entry):
    """A fund or budget line (预算科目): what it holds, what went to lines below, what is committed, allotted, paid.

    The database refuses over-commitment, whatever the code does.
    """

    parent = link("sub_lines")
    kind = models.CharField(max_length=10, default="line")
    year = models.PositiveSmallIntegerField()
    amount_fen = models.BigIntegerField()
    allocated_fen = models.BigIntegerField(default=0)
    committed_fen = models.BigIntegerField(default=0)
    allotted_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    agreement = link("agreement_lines")
    note = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_fen__gte=0, allocated_fen__gte=0, committed_fen__gte=0), name="line_not_negative"),
            models.CheckConstraint(condition=Q(amount_fen__gte=F("allocated_fen") + F("committed_fen")), name="line_not_over_committed"),
            models.CheckConstraint(
                condition=Q(allotted_fen__lte=F("committed_fen"), paid_fen__lte=F("allotted_fen"), paid_fen__gte=0),
                name="line_paid_in_order",
            ),
        )
        indexes = (models.Index(fields=["kind", "year"]),)

    @property
    def free_fen(self) -> int:
        """What may still be given to lines or awards."""
        return self.amount_fen - self.allocated_fen - self.committed_fen


class Agreement(Entry):
    """A joint-fund agreement (联合基金协议): partner, kind, period, yearly pay-in of each side, terms."""

    partner = models.ForeignKey(Record, models.PROTECT, related_name="fund_agreements")
    kind = models.CharField(max_length=12)
    signed_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    yearly_province_fen = models.BigIntegerField(default=0)
    yearly_partner_fen = models.BigIntegerField(default=0)
    fields = models.JSONField(default=list, blank=True)
    ip_terms = models.TextField(blank=True)
    guide_rights = models.TextField(blank=True)
    exit_terms = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="agreement_dates"),
            models.CheckConstraint(condition=Q(yearly_province_fen__gte=0, yearly_partner_fen__gte=0), name="agreement_money"),
        )


class PayIn(models.Model):
    """A pay-in of an agreement's party for a year: due, and received."""

    agreement = models.ForeignKey(Record, models.PROTECT, related_name="pay_ins")
    party = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    due_fen = models.BigIntegerField()
    received_fen = models.BigIntegerField(default=0)
    received_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["agreement", "party", "year"], name="pay_in_once"),
            models.CheckConstraint(condition=Q(received_fen__gte=0, received_fen__lte=F("due_fen")), name="pay_in_within_due"),
        )
        ordering = ("year", "party")

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.party} {self.year}"


class Payment(Entry):
    """A payment order (拨款单): one tranche to one payee, approved by two people who did not draft it, then paid."""

    project = models.ForeignKey(Record, models.PROTECT, related_name="payments")
    tranche = models.PositiveSmallIntegerField()
    line = link("line_payments")
    payee = models.ForeignKey(Record, models.PROTECT, related_name="payments_received")
    account_name = models.CharField(max_length=120)
    bank_name = models.CharField(max_length=120)
    bank_account = models.CharField(max_length=40)
    amount_fen = models.BigIntegerField()
    approved_digest = models.CharField(max_length=64, blank=True)
    first_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")
    second_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+")
    paid_on = models.DateField(null=True, blank=True)
    voucher = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_positive"),
            models.CheckConstraint(condition=Q(first_by=None) | Q(second_by=None) | ~Q(first_by=F("second_by")), name="payment_two_people"),
        )
