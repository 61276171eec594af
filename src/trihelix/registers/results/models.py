"""Table of results."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry


class Result(Entry):
    """A research result (科技成果): its open summary and its confidential part are kept apart."""

    summary = models.TextField()
    confidential_part = models.TextField(blank=True)
    fields = models.JSONField(default=list, blank=True)
    division = models.CharField(max_length=12, blank=True)
    maturity = models.PositiveSmallIntegerField(null=True, blank=True)
    completers = models.JSONField(default=list, blank=True)
    ip_kind = models.CharField(max_length=20, blank=True)
    ip_numbers = models.JSONField(default=list, blank=True)
    transfer_ways = models.JSONField(default=list, blank=True)
    price_fen = models.BigIntegerField(null=True, blank=True)
    price_rule = models.CharField(max_length=20, blank=True)
    limits = models.TextField(blank=True)
    application = models.TextField(blank=True)
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    contact_email = models.CharField(max_length=120, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(maturity=None) | models.Q(maturity__range=(1, 9)), name="result_maturity_1_9"),
            models.CheckConstraint(condition=models.Q(price_fen=None) | models.Q(price_fen__gte=0), name="result_price_not_negative"),
        )
        indexes = (models.Index(fields=["maturity"]), models.Index(fields=["expires_on"]))
