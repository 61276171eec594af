"""Tables of deals."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


class Deal(Entry):
    """A deal (交易) between the two ends of a match; it carries need, result, parties and what they agree."""

    match = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="match_deals")
    need = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="need_deals")
    result = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="result_deals")
    buyer = models.ForeignKey(Record, models.PROTECT, related_name="bought")
    seller = models.ForeignKey(Record, models.PROTECT, related_name="sold")
    proposed_by = models.CharField(max_length=10)
    way = models.CharField(max_length=20, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)
    opened_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["match"], condition=models.Q(match__isnull=False), name="one_deal_a_match"),
            models.CheckConstraint(condition=~models.Q(buyer=models.F("seller")), name="deal_two_parties"),
        )
