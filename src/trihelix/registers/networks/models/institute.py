"""Tables of the innovation research institute: charter, council, resolutions, laboratories, park, tenancies and their investment."""

from __future__ import annotations

from django.db import models

from trihelix.kernel.models import Entry
from trihelix.registers.networks.models.alliances import not_negative, to_record


class Institute(Entry):
    """A research institute under a council, or a professional institute (专业所) below it; the owner is the body."""

    kind = models.CharField(max_length=16)
    parent = to_record("sub_institutes")
    network = to_record("network_institutes")
    fields = models.JSONField(default=list, blank=True)
    charter = models.TextField(blank=True)
    charter_on = models.DateField(null=True, blank=True)
    president = models.CharField(max_length=60, blank=True)
    company = to_record("company_institutes")
    company_name = models.CharField(max_length=200, blank=True)
    capital_fen = models.BigIntegerField(null=True, blank=True)
    investors = models.JSONField(default=list, blank=True)
    address = models.CharField(max_length=200, blank=True)
    founded_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (not_negative("institute_capital", "capital_fen"),)


class CouncilSeat(Entry):
    """A seat of a council, a board or an expert committee (理事会席位), of an institute or a network; the owner is the body that sends."""

    institute = to_record("institute_seats")
    network = to_record("network_seats")
    organ = models.CharField(max_length=16, default="council")
    position = models.CharField(max_length=16)
    person = to_record("person_seats")
    person_name = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    term_to = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(institute=None) ^ models.Q(network=None), name="seat_of_one"),
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(starts_on=None) | models.Q(ended_on__gte=models.F("starts_on")),
                name="seat_dates",
            ),
        )


class Resolution(Entry):
    """A resolution of a council (决议): text, vote, who carries it out by when."""

    institute = to_record("institute_resolutions")
    network = to_record("network_resolutions")
    meeting = models.CharField(max_length=120)
    met_on = models.DateField()
    text = models.TextField()
    in_favour = models.PositiveSmallIntegerField(null=True, blank=True)
    against = models.PositiveSmallIntegerField(null=True, blank=True)
    abstained = models.PositiveSmallIntegerField(null=True, blank=True)
    in_charge = to_record("resolutions_in_charge")
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(institute=None) ^ models.Q(network=None), name="resolution_of_one"),)


class InstituteLab(Entry):
    """A firm's key laboratory built by a professional institute with a member firm (企业重点实验室); the owner is the firm."""

    institute = to_record("institute_labs", null=False)
    network = to_record("network_labs")
    platform = to_record("platform_labs")
    fields = models.JSONField(default=list, blank=True)
    direction = models.TextField(blank=True)
    money_fen = models.BigIntegerField(null=True, blank=True)
    agreed_on = models.DateField(null=True, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (not_negative("lab_money", "money_fen"),)


class Park(Entry):
    """An incubation park (产业孵化园) with its area; the owner is the operator."""

    institute = to_record("institute_parks")
    division = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=200, blank=True)
    area_m2 = models.PositiveIntegerField()
    fields = models.JSONField(default=list, blank=True)
    services = models.TextField(blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)


class Tenancy(Entry):
    """A firm in the park (入驻), from application to leaving; the owner is the firm."""

    park = to_record("park_tenancies", null=False)
    firm = to_record("firm_tenancies")
    area_m2 = models.PositiveIntegerField(null=True, blank=True)
    business = models.TextField(blank=True)
    asked_on = models.DateField(null=True, blank=True)
    moved_in_on = models.DateField(null=True, blank=True)
    lease_to = models.DateField(null=True, blank=True)
    moved_out_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["park", "firm"], condition=models.Q(moved_in_on__isnull=False, moved_out_on=None), name="tenant_once"
            ),
            models.CheckConstraint(
                condition=models.Q(moved_out_on=None) | models.Q(moved_in_on=None) | models.Q(moved_out_on__gte=models.F("moved_in_on")),
                name="tenancy_dates",
            ),
        )


class TenantInvestment(Entry):
    """Investment that a tenant attracted (投资): promised by a day, paid on a day; only what is paid counts as paid."""

    tenancy = to_record("tenant_investments", null=False)
    investor = to_record("investor_of_tenants")
    investor_name = models.CharField(max_length=200, blank=True)
    promised_fen = models.BigIntegerField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    paid_fen = models.BigIntegerField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            not_negative("tenant_investment_amounts", "promised_fen", "paid_fen"),
            models.CheckConstraint(condition=models.Q(paid_fen=None, paid_on=None) | models.Q(paid_fen__isnull=False, paid_on__isnull=False), name="tenant_paid_has_day"),
        )  # fmt: skip
        indexes = (models.Index(fields=["paid_on"]),)
