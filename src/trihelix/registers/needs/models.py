"""Table of needs."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


class Need(Entry):
    """A firm's need (企业需求). The four mandatory items bind technical needs: indicators, money, ownership, deadline."""

    kind = models.CharField(max_length=12, default="technical")
    problem = models.TextField()
    indicators = models.JSONField(default=list, blank=True, help_text="[{name, op, target, unit, method}]")
    budget_fen = models.BigIntegerField(null=True, blank=True)
    ownership = models.CharField(max_length=20, blank=True)
    ownership_text = models.CharField(max_length=400, blank=True)
    deadline = models.DateField(null=True, blank=True)
    industry = models.CharField(max_length=8, blank=True)
    fields = models.JSONField(default=list, blank=True)
    division = models.CharField(max_length=12, blank=True)
    conditions = models.TextField(blank=True)
    tried = models.TextField(blank=True)
    secrecy = models.CharField(max_length=12, default="open")
    anonymous = models.BooleanField(default=False)
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    contact_email = models.CharField(max_length=120, blank=True)
    published_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    next_body = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="+")
    next_on = models.DateField(null=True, blank=True)
    solved_on = models.DateField(null=True, blank=True)
    solved_route = models.CharField(max_length=20, blank=True)
    same_as = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(budget_fen=None) | models.Q(budget_fen__gte=0), name="need_budget_not_negative"),
        )
        indexes = (models.Index(fields=["deadline"]), models.Index(fields=["expires_on"]))
