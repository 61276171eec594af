"""Tables of events, their series, registrations, signed outcomes, and releases."""

from __future__ import annotations

from typing import Any

from django.db import models

from trihelix.kernel.models import Entry, Record


def to_record(related: str = "+", *, null: bool = True) -> Any:
    """A foreign key to a record of any register."""
    return models.ForeignKey(Record, models.PROTECT, null=null, blank=null, related_name=related)


class Series(Entry):
    """A branded series of roadshows or other events (品牌路演)."""

    brand = models.CharField(max_length=60)
    slogan = models.CharField(max_length=120, blank=True)
    rhythm = models.CharField(max_length=60, blank=True)
    introduction = models.TextField(blank=True)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)


class Event(Entry):
    """An event (活动) of the market or the reform. ``audience`` holds heads by body kind and city for events without a list of names."""

    kind = models.CharField(max_length=20)
    organiser = to_record("organised_events")
    series = to_record("series_events")
    held_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    starts_at = models.CharField(max_length=5, blank=True)
    ends_at = models.CharField(max_length=5, blank=True)
    place = models.CharField(max_length=200, blank=True)
    division = models.CharField(max_length=12, blank=True)
    online = models.CharField(max_length=200, blank=True)
    fields = models.JSONField(default=list, blank=True)
    topic = models.CharField(max_length=60, blank=True)
    summary = models.TextField(blank=True)
    agenda = models.JSONField(default=list, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    register_by = models.DateField(null=True, blank=True)
    contact = models.CharField(max_length=120, blank=True)
    audience = models.JSONField(default=list, blank=True)
    attendance = models.PositiveIntegerField(null=True, blank=True)
    report = models.TextField(blank=True)
    cancelled_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("held_on")), name="event_dates"),
            models.CheckConstraint(condition=models.Q(capacity=None) | models.Q(capacity__gt=0), name="event_capacity_positive"),
        )
        indexes = (models.Index(fields=["held_on", "kind"]),)


class Registration(Entry):
    """One person registered for an event (报名), with body kind and city; checked in on the day."""

    event = to_record("event_registrations", null=False)
    name = models.CharField(max_length=60)
    body_name = models.CharField(max_length=200, blank=True)
    body_kind = models.CharField(max_length=20, blank=True)
    division = models.CharField(max_length=12, blank=True)
    part = models.CharField(max_length=12, default="audience")
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=120, blank=True)
    registered_at = models.DateTimeField(null=True, blank=True)
    checked_in_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["event", "body_kind"]),)


class Outcome(Entry):
    """What was signed or agreed at an event (签约成果)."""

    event = to_record("event_outcomes", null=False)
    kind = models.CharField(max_length=12)
    party_a = to_record("outcomes_a")
    party_b = to_record("outcomes_b")
    parties = models.CharField(max_length=300, blank=True)
    need = to_record()
    result = to_record()
    deal = to_record()
    contract = to_record()
    amount_fen = models.BigIntegerField(null=True, blank=True)
    signed_on = models.DateField()
    follow_up = models.TextField(blank=True)
    performed_on = models.DateField(null=True, blank=True)


class Release(Entry):
    """A release of selected results and needs (发布): what the publication desk shows, where, until when."""

    kind = models.CharField(max_length=12)
    channel = models.CharField(max_length=12, default="site")
    event = to_record("event_releases")
    introduction = models.TextField(blank=True)
    released_on = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
