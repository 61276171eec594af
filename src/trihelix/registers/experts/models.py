"""Table of experts."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry, Link, Record

EVIDENCE = ("completer", "inventor")  # links from an output to the person who made it


class Expert(Entry):
    """A person in the expert pool (专家库); the record's owner is the employer, the evidence are the person's outputs."""

    person = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="expert_roles")
    kind = models.CharField(max_length=20, default="academic")
    fields = models.JSONField(default=list, blank=True)
    discipline = models.CharField(max_length=20, blank=True)
    rank = models.CharField(max_length=60, blank=True)
    city = models.CharField(max_length=12, blank=True)
    max_load = models.PositiveSmallIntegerField(default=10)
    away_from = models.DateField(null=True, blank=True)
    away_to = models.DateField(null=True, blank=True)
    rests_until = models.DateField(null=True, blank=True)
    credit = models.PositiveSmallIntegerField(default=100)
    academician = models.BooleanField(default=False)
    email = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = (models.Index(fields=["kind", "city"]), models.Index(fields=["credit"]))

    @property
    def outputs(self) -> list[Record]:
        """The public outputs of the expert's person, newest first: the only evidence that search reads."""
        if self.person_id is None:
            return []
        links = Link.objects.filter(target_id=self.person_id, kind__in=EVIDENCE, source__visibility="public")
        return [link.source for link in links.select_related("source").order_by("-at", "-id")[:40]]


class Invitation(Entry):
    """An expert invited to take part in a plan, a policy or the yearly guide (参与规划、政策、指南): role, answer, contribution."""

    expert = models.ForeignKey(Record, models.PROTECT, related_name="expert_invitations")
    work = models.CharField(max_length=12)
    expert_kind = models.CharField(max_length=20, blank=True)
    role = models.CharField(max_length=12, default="member")
    subject = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="planning_invitations")
    task = models.TextField(blank=True)
    invited_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    contribution = models.TextField(blank=True)
    contributed_on = models.DateField(null=True, blank=True)
    adopted = models.BooleanField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["work", "invited_on"]),)


class Fee(Entry):
    """A consulting fee (咨询费) of an expert: how it was worked out, approved, paid."""

    expert = models.ForeignKey(Record, models.PROTECT, related_name="expert_fees")
    event = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="event_fees")
    mode = models.CharField(max_length=16)
    days = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    times = models.PositiveSmallIntegerField(null=True, blank=True)
    day_fen = models.BigIntegerField()
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    amount_fen = models.BigIntegerField(default=0)
    approved_on = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    voucher = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(amount_fen__gte=0, day_fen__gte=0), name="expert_fee_not_negative"),)
