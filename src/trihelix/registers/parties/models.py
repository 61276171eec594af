"""Tables of bodies, people, memberships and market nodes."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Record


class Body(Entry):
    """A body (单位): firm, university, institute, hospital, office, node operator, bank, fund, intermediary."""

    kind = models.CharField(max_length=20)
    credit_code = models.CharField(max_length=18, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    short_name = models.CharField(max_length=60, blank=True)
    division = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=200, blank=True)
    industry = models.CharField(max_length=8, blank=True)
    fields = models.JSONField(default=list, blank=True)
    established = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    inside = models.BooleanField(default=True)
    staff = models.PositiveIntegerField(null=True, blank=True)
    sales_fen = models.BigIntegerField(null=True, blank=True)
    rd_fen = models.BigIntegerField(null=True, blank=True)
    website = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=120, blank=True)
    summary = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["credit_code"], condition=~models.Q(credit_code=""), name="body_credit_code_once"),)
        indexes = (models.Index(fields=["kind", "division"]),)


class Person(Entry):
    """A person (人员) with a home body; the record's owner is that body."""

    discipline = models.CharField(max_length=20, blank=True)
    position = models.CharField(max_length=60, blank=True)
    rank = models.CharField(max_length=60, blank=True)
    fields = models.JSONField(default=list, blank=True)
    gender = models.CharField(max_length=10, blank=True)
    email = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    summary = models.TextField(blank=True)


class Membership(models.Model):
    """A person in a body with a position and dates; figures as of a day read these."""

    person = models.ForeignKey(Record, models.PROTECT, related_name="memberships")
    body = models.ForeignKey(Record, models.PROTECT, related_name="members")
    position = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "body", "valid_from"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")), name="membership_dates"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} in {self.body_id}"


class Node(Entry):
    """A market node (技术市场站点) of the 1 + 10 + N network; its own list, not the administrative division."""

    level = models.CharField(max_length=2)
    division = models.CharField(max_length=12, blank=True)
    operator = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="operated_nodes")
    address = models.CharField(max_length=200, blank=True)
    opening = models.JSONField(default=list, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    contact = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=120, blank=True)
    services = models.JSONField(default=list, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["level", "division"]),)
