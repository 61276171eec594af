"""Tables of shared resources, bookings with their slots, the usage ledger, sharing reviews, scenes and replies."""

from __future__ import annotations

from typing import Any

from django.db import models

from trihelix.kernel.models import Entry, Record


def to_record(related: str = "+", *, null: bool = True) -> Any:
    """A foreign key to a record of any register."""
    return models.ForeignKey(Record, models.PROTECT, null=null, blank=null, related_name=related)


class SharedResource(Entry):
    """An instrument, data set, pilot line or team open to others (共享资源); the owner is the managing unit."""

    kind = models.CharField(max_length=12)
    network = to_record("network_resources")
    instrument_class = models.CharField(max_length=60, blank=True)
    fields = models.JSONField(default=list, blank=True)
    model_name = models.CharField(max_length=120, blank=True)
    original_fen = models.BigIntegerField(null=True, blank=True)
    bought_on = models.DateField(null=True, blank=True)
    funding = models.CharField(max_length=120, blank=True)
    must_open = models.BooleanField(default=False)
    exclusive = models.BooleanField(default=True)
    units = models.PositiveSmallIntegerField(default=1)
    opens_at = models.CharField(max_length=5, default="08:00")
    closes_at = models.CharField(max_length=5, default="18:00")
    price_fen = models.BigIntegerField(null=True, blank=True)
    member_price_fen = models.BigIntegerField(null=True, blank=True)
    price_basis = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200, blank=True)
    division = models.CharField(max_length=12, blank=True)
    contact = models.CharField(max_length=120, blank=True)
    conditions = models.TextField(blank=True)
    opened_on = models.DateField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(units__gte=1), name="resource_units"),
            models.CheckConstraint(condition=models.Q(price_fen=None) | models.Q(price_fen__gte=0), name="resource_price"),
            models.CheckConstraint(
                condition=models.Q(member_price_fen=None) | models.Q(member_price_fen__gte=0), name="resource_member_price"
            ),
        )
        indexes = (models.Index(fields=["kind", "division"]),)


class Booking(Entry):
    """One use of a resource asked for by a body (预约): from request to settlement."""

    resource = to_record("resource_bookings", null=False)
    day = models.DateField()
    until = models.DateField(null=True, blank=True)
    starts_at = models.CharField(max_length=5)
    ends_at = models.CharField(max_length=5)
    unit = models.PositiveSmallIntegerField(null=True, blank=True)
    purpose = models.TextField(blank=True)
    samples = models.CharField(max_length=200, blank=True)
    member_rate = models.BooleanField(default=False)
    price_fen = models.BigIntegerField(null=True, blank=True)
    quoted_fen = models.BigIntegerField(null=True, blank=True)
    used_minutes = models.PositiveIntegerField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    invoice_no = models.CharField(max_length=60, blank=True)
    fee_fen = models.BigIntegerField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(until=None) | models.Q(until__gte=models.F("day")), name="booking_days"),
            models.CheckConstraint(condition=models.Q(fee_fen=None) | models.Q(fee_fen__gte=0), name="booking_fee"),
        )
        indexes = (models.Index(fields=["resource", "day"]),)


class Slot(models.Model):
    """A half hour of one unit of a resource, held by one booking: the constraint is what forbids a double booking."""

    resource = models.ForeignKey(Record, models.CASCADE, related_name="slots")
    booking = models.ForeignKey(Record, models.CASCADE, related_name="booked_slots")
    unit = models.PositiveSmallIntegerField()
    day = models.DateField()
    half_hour = models.PositiveSmallIntegerField(help_text="half hours since midnight")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["resource", "unit", "day", "half_hour"], name="slot_once"),)

    def __str__(self) -> str:
        return f"{self.resource_id}/{self.unit} {self.day} {self.half_hour}"


class UsageLog(Entry):
    """One session in the usage ledger (使用台账); hours of a year are added from these lines, never typed in."""

    resource = to_record("usage_logs", null=False)
    booking = to_record("booking_logs")
    user = to_record("resource_use")
    user_name = models.CharField(max_length=200, blank=True)
    user_kind = models.CharField(max_length=20, blank=True)
    day = models.DateField()
    hours = models.DecimalField(max_digits=8, decimal_places=2)
    minutes = models.PositiveIntegerField(default=0)
    outside = models.BooleanField(default=False)
    purpose = models.CharField(max_length=300, blank=True)
    fee_fen = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(minutes__gt=0), name="usage_minutes"),)
        indexes = (models.Index(fields=["day", "outside"]), models.Index(fields=["resource", "day"]))


class SharingReview(Entry):
    """A unit's yearly report on sharing, its grade, and the subsidy that follows (开放共享考核与后补助)."""

    year = models.PositiveSmallIntegerField()
    rules = models.TextField(blank=True)
    technicians = models.PositiveIntegerField(null=True, blank=True)
    instruments = models.PositiveIntegerField(null=True, blank=True)
    must_open = models.PositiveIntegerField(null=True, blank=True)
    original_fen = models.BigIntegerField(null=True, blank=True)
    effective_minutes = models.PositiveIntegerField(null=True, blank=True)
    outside_minutes = models.PositiveIntegerField(null=True, blank=True)
    clients = models.PositiveIntegerField(null=True, blank=True)
    income_fen = models.BigIntegerField(null=True, blank=True)
    spent_fen = models.BigIntegerField(null=True, blank=True)
    results = models.TextField(blank=True)
    submitted_on = models.DateField(null=True, blank=True)
    grade = models.CharField(max_length=12, blank=True)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    graded_on = models.DateField(null=True, blank=True)
    opinion = models.TextField(blank=True)
    rectify_until = models.DateField(null=True, blank=True)
    subsidy_fen = models.BigIntegerField(null=True, blank=True)
    paid_fen = models.BigIntegerField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    barred_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(paid_fen=None) | models.Q(paid_fen__lte=models.F("subsidy_fen")), name="subsidy_paid"
            ),
        )
        indexes = (models.Index(fields=["year", "grade"]),)


class Scene(Entry):
    """An application scene (应用场景): a chance with a budget, a chance of access only, or an ability offered."""

    kind = models.CharField(max_length=16)
    network = to_record("network_scenes")
    batch = models.CharField(max_length=60, blank=True)
    fields = models.JSONField(default=list, blank=True)
    problem = models.TextField()
    place = models.CharField(max_length=200, blank=True)
    division = models.CharField(max_length=12, blank=True)
    conditions = models.JSONField(default=list, blank=True)
    budget_fen = models.BigIntegerField(null=True, blank=True)
    payer = models.CharField(max_length=120, blank=True)
    procurement = models.CharField(max_length=120, blank=True)
    technology = models.TextField(blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    answer_by = models.DateField(null=True, blank=True)
    contact = models.CharField(max_length=120, blank=True)
    secrecy = models.CharField(max_length=12, default="open")
    members_on = models.DateField(null=True, blank=True)
    members_until = models.DateField(null=True, blank=True)
    published_on = models.DateField(null=True, blank=True)
    piloted_on = models.DateField(null=True, blank=True)
    reported_on = models.DateField(null=True, blank=True)
    result = models.TextField(blank=True)
    demonstration = models.BooleanField(default=False)
    copies = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(starts_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="scene_dates",
            ),
        )
        indexes = (models.Index(fields=["kind", "published_on"]),)


class SceneReply(Entry):
    """A supplier's answer to a scene (应答), and its pilot where chosen (试点)."""

    scene = to_record("scene_replies", null=False)
    ability = to_record("ability_replies")
    proposal = models.TextField()
    price_fen = models.BigIntegerField(null=True, blank=True)
    contract = to_record("contract_replies")
    pilot_from = models.DateField(null=True, blank=True)
    pilot_to = models.DateField(null=True, blank=True)
    report = models.TextField(blank=True)
    reported_on = models.DateField(null=True, blank=True)
    succeeded = models.BooleanField(null=True, blank=True)
