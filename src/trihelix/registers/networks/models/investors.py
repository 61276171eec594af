"""Tables of the investment alliance: deals with attribution, their payments, attracted firms, incubation services."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry
from trihelix.registers.networks.models.alliances import not_negative, to_record


class Deal(Entry):
    """An investment of a member (投资项目): signed, then paid, with its attribution; the owner is the member."""

    network = to_record("network_deals", null=False)
    fund = to_record("fund_alliance_deals")
    target = to_record("target_alliance_deals")
    target_name = models.CharField(max_length=200, blank=True)
    fields = models.JSONField(default=list, blank=True)
    result = to_record("result_alliance_deals")
    round = models.CharField(max_length=12, blank=True)
    committed_fen = models.BigIntegerField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    attribution = models.CharField(max_length=16)
    activity = to_record("activity_deals")
    introduction = to_record("introduction_deals")
    attribution_note = models.TextField(blank=True)

    class Meta:
        constraints = (
            not_negative("alliance_deal_amount", "committed_fen"),
            models.CheckConstraint(
                condition=models.Q(closed_on=None) | models.Q(signed_on=None) | models.Q(closed_on__gte=models.F("signed_on")),
                name="alliance_deal_dates",
            ),
        )
        indexes = (models.Index(fields=["closed_on"]),)


class DealPayment(Entry):
    """Money paid on a deal (投资款到位)."""

    deal = to_record("deal_payments", null=False)
    paid_on = models.DateField()
    paid_fen = models.BigIntegerField()
    voucher = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(paid_fen__gt=0), name="deal_payment_positive"),)
        indexes = (models.Index(fields=["paid_on"]),)


class AttractedFirm(Entry):
    """A firm that the alliance brought to the province (招商引入企业)."""

    network = to_record("network_attracted", null=False)
    firm = to_record("firm_attracted")
    firm_name = models.CharField(max_length=200, blank=True)
    firm_key = models.CharField(max_length=200, help_text="record or name of the firm: what is counted once")
    from_place = models.CharField(max_length=120, blank=True)
    division = models.CharField(max_length=12, blank=True)
    deal = to_record("deal_attracted")
    agreed_on = models.DateField(null=True, blank=True)
    landed_on = models.DateField(null=True, blank=True)
    investment_fen = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (not_negative("attracted_amount", "investment_fen"),)
        indexes = (models.Index(fields=["landed_on"]),)


class Incubation(Entry):
    """An incubation service given to a firm by the alliance or the institute (孵化服务)."""

    network = to_record("network_incubations")
    institute = to_record("institute_incubations")
    firm = to_record("firm_incubations")
    firm_name = models.CharField(max_length=200, blank=True)
    firm_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    result = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(institute=None) ^ models.Q(network=None), name="incubation_of_one"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")), name="incubation_dates"
            ),
        )
        indexes = (models.Index(fields=["starts_on"]),)
